"""The longest history of a security that is held: the table "megacaps" where it has one, and the study's own prices."""

from __future__ import annotations

import pandas as pd

from eventwindow.claims.claim import Evidence
from eventwindow.claims.lookup import history
from eventwindow.claims.market_value import large_closes


def longest_closes(evidence: Evidence, symbol: str) -> pd.Series:
    """Closes of the long history where one is held, else the study's own."""
    long = _long(evidence, symbol)
    return history(evidence, symbol)["close"].dropna() if long is None else long


def longest_returns(evidence: Evidence, symbol: str) -> pd.Series:
    """The study's own total returns, and the price returns of the long history before the first of them; decimals."""
    own, long = evidence.returns[symbol].dropna(), _long(evidence, symbol)
    if long is None or own.empty:
        return own
    before = long.pct_change().dropna()
    return pd.concat([before[before.index < own.index[0]], own])


def _long(evidence: Evidence, symbol: str) -> pd.Series | None:
    if "megacaps" not in evidence.tables:
        return None
    closes = large_closes(evidence)
    return closes[symbol].dropna() if symbol in closes.columns else None
