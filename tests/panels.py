"""Seeded panels of returns for property tests."""

from __future__ import annotations

import numpy as np
import pandas as pd

from eventwindow.analyses.event_study import abnormal_returns
from eventwindow.calendars.window import Window
from eventwindow.estimation.abnormal import AbnormalReturns

ESTIMATION, EVENT = Window(-70, -6), Window(-5, 5)


def panel(seed: int, firms: int = 5, days: int = 140, rho: float = 0.3) -> pd.DataFrame:
    """Returns of a market, MKT, and of firms whose residuals are correlated; fat tails."""
    g = np.random.default_rng(seed)
    market = 0.01 * g.standard_t(5, days)
    noise = np.sqrt(rho) * g.standard_normal((days, 1)) + np.sqrt(1 - rho) * g.standard_normal((days, firms))
    table = market[:, None] * g.uniform(0.5, 1.5, firms) + noise * g.uniform(0.01, 0.03, firms)
    index = pd.bdate_range("2023-01-02", periods=days)
    return pd.DataFrame(np.column_stack([market, table]), index, ["MKT", *(f"F{i}" for i in range(firms))])


def on_one_day(returns: pd.DataFrame, at: int = 100, **options: object) -> AbnormalReturns:
    """Every firm has its event on the same day."""
    firms = [name for name in returns if name != "MKT"]
    return on_days(returns, firms, [at] * len(firms), **options)


def on_days(returns: pd.DataFrame, firms: list[str], at: list[int], **options: object) -> AbnormalReturns:
    """One event a firm at the given positions."""
    events = pd.DataFrame({"security": firms, "date": returns.index[at]})
    spans = {"estimation": ESTIMATION, "window": EVENT, "minimum_returns": 30, "benchmark": "MKT"}
    return abnormal_returns(returns, events, **spans | options)
