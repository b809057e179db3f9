"""A small world in which every answer can be worked out by hand.

252 sessions. Returns follow the market model exactly: 0.1 % + market ± 1 %, where market and residuals are Walsh
patterns (±1 with period 8, orthogonal to each other and to a constant), so that OLS finds alpha = 0.1 %, beta = 1 and
the residuals ± 1 % without error. On day 0 (the event "fall") the firms are hit by a shock of the test's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import time

import numpy as np
import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.claims.evidence import Evidence
from eventwindow.claims.model import Claim
from eventwindow.estimation.abnormal import estimate
from eventwindow.estimation.event_time import event_returns

T, BEFORE, AFTER = 200, 10, 20
DAYS = pd.bdate_range("2024-01-01", periods=1 + T + BEFORE + 1 + AFTER)
ZERO = 1 + T + BEFORE
FALL = DAYS[ZERO].date()
WALSH = {
    "M": (1, 1, 1, 1, -1, -1, -1, -1),
    "A": (1, -1, 1, -1, 1, -1, 1, -1),
    "B": (1, 1, -1, -1, 1, 1, -1, -1),
    "C": (1, -1, -1, 1, 1, -1, -1, 1),
    "D": (1, 1, -1, -1, -1, -1, 1, 1),
    "E": (1, -1, 1, -1, -1, 1, -1, 1),
}
ALPHA, STEP = 0.001, 0.01


def day(tau: int):
    """The date of event day tau."""
    return DAYS[ZERO + tau].date()


def pattern(name: str) -> np.ndarray:
    """± 1 on every session after the first, zero from day 0 on."""
    values = np.resize(WALSH[name], len(DAYS) - 1).astype(float)
    values[T:] = 0.0
    return values


def world(shocks: Mapping[str, Mapping[int, float]], **more: object) -> Evidence:
    """Prices, returns and abnormal returns of A … E against M; `shocks` are added to the returns of an event day."""
    market = STEP * pattern("M")
    moves = {"M": market} | {s: ALPHA + market + STEP * pattern(s) for s in WALSH if s != "M"}
    for symbol, hits in shocks.items():
        for tau, size in hits.items():
            moves[symbol][ZERO + tau - 1] += size
    returns = pd.DataFrame({s: np.concatenate([[np.nan], r]) for s, r in moves.items()}, index=DAYS)
    prices = {s: bars(100 * np.cumprod(1 + np.nan_to_num(r.to_numpy()))) for s, r in returns.items()}
    evidence = Evidence(
        prices=prices,
        returns={s: returns[s] for s in returns},
        abnormal={"fall": abnormal(returns)},
        securities=pd.DataFrame(
            {"exchange": "XNYS", "benchmark": "M", "group": "", "name_en": [f"Firm {s}" for s in returns], "name_zh": ""},
            index=list(returns),
        ),
        baskets={"hit": ("A", "B"), "middle": ("C",), "spared": ("D", "E")},
        tables={},
        news=pd.DataFrame(
            {"date": [day(-3), day(0)], "what_en": ["A plan announced", "A speech"], "what_zh": ["計畫", "演說"],
             "time": [None, time(18, 0)], "source": ["A page: a title. https://example.org/1", ""]}
        ),
    )  # fmt: skip
    return replace(evidence, **more)


def abnormal(returns: pd.DataFrame):
    """Abnormal returns of A … E around day 0."""
    events = pd.DataFrame(
        {"event": "fall", "security": [s for s in WALSH if s != "M"], "group": "", "benchmark": "M", "date": DAYS[ZERO]}
    )
    estimation, window = Window(-(T + BEFORE), -BEFORE - 1), Window(-BEFORE, AFTER)
    return estimate(event_returns(returns, events, estimation=estimation, window=window))


def bars(close: np.ndarray, **columns: np.ndarray) -> pd.DataFrame:
    """A price history in which nothing moves within the day but what is given."""
    frame = pd.DataFrame(dict.fromkeys(("open", "high", "low", "close", "adj_close"), close), index=DAYS[: len(close)])
    return frame.assign(volume=1000.0, **columns)


def quoted(**histories: Mapping[str, tuple[float, ...]]) -> Evidence:
    """Evidence of a few days: symbol → date → (open, high, low, close)."""
    prices = {}
    for symbol, rows in histories.items():
        frame = pd.DataFrame.from_dict(rows, orient="index", columns=["open", "high", "low", "close"]).astype(float)
        prices[symbol] = frame.set_axis(pd.DatetimeIndex(frame.index)).assign(
            adj_close=lambda f: f["close"], volume=1000.0
        )
    return Evidence(
        prices=prices,
        returns={s: f["adj_close"].pct_change() for s, f in prices.items()},
        abnormal={},
        securities=pd.DataFrame({"exchange": "XNYS", "name_en": "", "name_zh": ""}, index=list(prices)),
        baskets={"all": tuple(prices)},
        tables={},
        news=pd.DataFrame(),
    )


def flat(close: float, open_: float | None = None) -> tuple[float, float, float, float]:
    """A day whose close is `close`."""
    opened = close if open_ is None else open_
    return opened, max(opened, close), min(opened, close), close


def stated(measure: object, name: str, **keys: object) -> Claim:
    """A claim that states what a test says."""
    return Claim(id="X-1", article="X", text_en="said", text_zh="說", measure=measure, measure_name=name, **keys)
