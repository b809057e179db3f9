"""What a result rests on: the specification, where each ticker's figures are from, checksums and versions."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from eventwindow.claims.rules import RULES_DATE, RULES_VERSION
from eventwindow.errors import Catalogue
from eventwindow.prices.bundled import sha256_of
from eventwindow.prices.history import COLUMNS, OWN, PriceHistory, Prices
from eventwindow.prices.keyed import source_name
from eventwindow.study.definition import Study

LIBRARIES = ("eventwindow", "exchange-calendars", "numpy", "pandas", "scipy", "yfinance")


def run_record(study: Study, prices: Prices, frozen: Mapping[str, Any] | None = None) -> dict[str, Any]:
    record = {
        "study": study.file.model_dump(mode="json", exclude_none=True),
        "headline": study.headline,
        "rules": {"version": RULES_VERSION, "date": f"{RULES_DATE}"},
        "prices": {symbol: _price_record(history) for symbol, history in sorted(prices.histories.items())},
        "unavailable": {symbol: u.reason for symbol, u in sorted(prices.unavailable.items())},
        "notes": list(prices.notes),
        "inputs": {path.relative_to(study.folder).as_posix(): sha256_of(path) for path in _inputs(study.folder)},
        "versions": {name: version(name) for name in LIBRARIES},
    }
    return record | ({} if frozen is None else {"frozen": frozen})


def told_origins(record: Mapping[str, Any], words: Catalogue) -> list[str]:
    """How many tickers of a record are from where, the most first."""
    counts = Counter(str(one["origin"]) for one in record["prices"].values())
    return [
        words.text("data.count_origin", n=n, origin=told_origin(origin, words)) for origin, n in counts.most_common()
    ]


def told_origin(origin: str, words: Catalogue) -> str:
    return (
        words.text(f"data.origin_{origin}")
        if origin in OWN
        else words.text("data.origin_source", name=source_name(origin))
    )


def _price_record(history: PriceHistory) -> dict[str, Any]:
    frame = history.frame
    record = {
        "origin": history.origin,
        "first": f"{frame.index[0]:%Y-%m-%d}",
        "last": f"{frame.index[-1]:%Y-%m-%d}",
        "sessions": len(frame),
        "sha256": _checksum(history),
    }
    return record | ({"note": history.note} if history.note else {})


def _checksum(history: PriceHistory) -> str:
    """Of dates and figures; without a pulled adjusted close, which is restated at every later dividend."""
    columns = [c for c in COLUMNS if history.origin in OWN or c != "adj_close"]
    figures = history.frame[columns].to_numpy(float)
    dates = pd.DatetimeIndex(history.frame.index).as_unit("s").asi8
    return hashlib.sha256(dates.tobytes() + np.where(np.isnan(figures), np.nan, figures).tobytes()).hexdigest()


def _inputs(folder: Path) -> list[Path]:
    files = [folder / "study.toml", folder / "claims.toml", *sorted((folder / "figures").glob("*"))]
    return [path for path in files if path.is_file()]
