"""Sizes of the tests of abnormal volume, on the stocks that ship with deepseek-2025: a table for docs/calibration.md.

    python scripts/volume_sizes.py FIRMS [DRAWS]

draws a day and as many US stocks at random, and counts how often the plain permutation, the one scaled by the expected
volatility and that of both which leads reject at 5 and at 1 %. The page's rows are of FIRMS 1 and 10, 2,000 draws.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

import eventwindow
from eventwindow.calendars.window import Window
from eventwindow.estimation.abnormal import estimate
from eventwindow.estimation.event_time import event_returns
from eventwindow.estimation.returns import log_volume
from eventwindow.inference.expected_volatility import date_permutation_scaled
from eventwindow.inference.permutation import date_permutation_mean
from eventwindow.inference.registry import leading_permutation
from eventwindow.inference.results import SignificanceResult
from eventwindow.inference.sample import sample
from eventwindow.prices.bundled import shipped_histories

FIGURES = Path(eventwindow.__file__).parent / "study" / "library" / "deepseek_2025" / "figures"
FUNDS = {
    "SPY", "RSP", "QQQ", "SMH", "SOXX", "VTI", "IWM", "DIA", "MTUM", "XLK", "XLU", "XLE", "XLF", "XLP", "XLV", "KWEB",
    "FXI",
}  # fmt: skip
ESTIMATION, WHOLE, MINIMUM = Window(-260, -11), Window(-10, 20), 100
WINDOWS = [Window(0, length - 1) for length in (1, 2, 5, 21)]
TESTS = {
    "**What leads**": leading_permutation,
    "Date permutation": date_permutation_mean,
    "Scaled": date_permutation_scaled,
}


def volumes() -> pd.DataFrame:
    """Daily volumes of the US stocks that have one on every session, date × symbol."""
    held = {symbol: found.frame["volume"] for symbol, found in shipped_histories(FIGURES).items()}
    stocks = {s: v for s, v in held.items() if s not in FUNDS and not set(s) & set("^.=")}
    table = pd.DataFrame(stocks)
    return table.loc[:, table.notna().mean() > 0.99].dropna()


def drawn(logs: pd.DataFrame, firms: int, draws: int) -> pd.DataFrame:
    """A row a draw, window and test: the month of the day drawn, and p; NaN where no test leads."""
    rng, rows = np.random.default_rng(0), []
    for at in rng.integers(-ESTIMATION.start + 1, len(logs) - WHOLE.end, draws):
        who, day = rng.choice(logs.columns, firms, replace=False), logs.index[at]
        labels = pd.DataFrame({"event": "drawn", "security": who, "group": "", "benchmark": "", "date": day})
        source = event_returns(logs[who], labels, estimation=ESTIMATION, window=WHOLE, kind="log_volume")
        found = estimate(source, "mean_adjusted", MINIMUM)
        for window in WINDOWS:
            events = sample(found, window)
            for name, test in TESTS.items():
                result = test(events)
                leads = isinstance(result, SignificanceResult) and result.valid
                rows.append((name, len(window), f"{day:%Y-%m}", result.p_value if leads else np.nan))
    return pd.DataFrame(rows, columns=["test", "sessions", "month", "p"])


def cell(table: pd.DataFrame) -> str:
    """Rejections in per cent at 5 %, with their error clustered by month, and at 1 %."""
    held = table.dropna()
    by_month = (held["p"] <= 0.05).groupby(held["month"]).agg(["sum", "size"])
    rate, months = by_month["sum"].sum() / len(held), len(by_month)
    spread = ((by_month["sum"] - rate * by_month["size"]) ** 2).sum()
    error = np.sqrt(months / (months - 1) * spread) / len(held)
    return f"{100 * rate:.1f} ({100 * error:.1f}) / {100 * (held['p'] <= 0.01).mean():.1f}"


def main(firms: int, draws: int = 2000) -> None:
    table = drawn(log_volume(volumes()), firms, draws)
    for name in TESTS:
        mine = table[table["test"] == name]
        print(f"| {firms} | {name} |", " | ".join(cell(mine[mine["sessions"] == len(w)]) for w in WINDOWS), "|")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
