"""Prices → returns, security by security, on the security's own sessions."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

ReturnKind = Literal["simple", "log"]


def returns(prices: pd.Series, sessions: pd.DatetimeIndex | None = None, kind: ReturnKind = "simple") -> pd.Series:
    """Returns per session, decimals; the first is missing.

    With `sessions`, prices are laid on them first: a missing session leaves its own return and the next one
    empty, so that no return spans two sessions unseen.
    """
    laid = prices if sessions is None else prices.reindex(sessions)
    ratio = laid / laid.shift(1)
    return ratio - 1 if kind == "simple" else pd.Series(np.log(ratio), laid.index)


def price_for_returns(history: pd.DataFrame) -> pd.Series:
    """The total-return series of a price history: `adj_close`, or `close` where it holds no adjusted close."""
    adjusted = history["adj_close"]
    return adjusted if adjusted.notna().any() else history["close"]
