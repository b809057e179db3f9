"""The longest history of a security that is held: the table "megacaps" where it has one, and the study's own prices."""

from __future__ import annotations

import pandas as pd

from eventwindow.claims.evidence import Evidence, history
from eventwindow.claims.market_value import large_closes


def longest_closes(evidence: Evidence, symbol: str) -> pd.Series:
    """Closes of the long history where one is held, else the study's own."""
    long = _long(evidence, symbol)
    held: pd.Series = history(evidence, symbol)["close"].dropna() if long is None else long
    return held


def longest_returns(evidence: Evidence, symbol: str) -> pd.Series:
    """The study's own total returns, and the price returns of the long history before the first of them; decimals."""
    own, long = evidence.returns[symbol].dropna(), _long(evidence, symbol)
    if long is None or own.empty:
        return own
    before: pd.Series = long.pct_change().dropna()
    both: pd.Series = pd.concat([before[before.index < own.index[0]], own])
    return both


def _long(evidence: Evidence, symbol: str) -> pd.Series | None:
    if "megacaps" not in evidence.tables:
        return None
    closes = large_closes(evidence)
    held: pd.Series | None = closes[symbol].dropna() if symbol in closes.columns else None
    return held
