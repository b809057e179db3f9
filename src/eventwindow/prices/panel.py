"""A file of prices as one wide table, for what looks at a whole market at once."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from eventwindow.prices.files import read_prices


def panel_prices(path: Path) -> pd.DataFrame:
    """Adjusted closes (closes where a security has none), date × security, from a file or folder of prices."""
    frames = read_prices(path)
    columns = {s: f["adj_close"] if f["adj_close"].notna().any() else f["close"] for s, f in frames.items()}
    return pd.DataFrame(columns).sort_index()
