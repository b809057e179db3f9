"""Prices → returns, security by security, on the security's own sessions."""

from typing import Literal, get_args

import numpy as np
import pandas as pd

from eventwindow.errors import StudyError
from eventwindow.estimation.event_time import Array

ReturnKind = Literal["simple", "log", "trade_to_trade"]


def returns(prices: pd.Series, sessions: pd.DatetimeIndex | None = None, kind: ReturnKind = "simple") -> pd.Series:
    """Returns per session, decimals; the first is missing.

    With `sessions`, prices are laid on them first: a missing session leaves its own return and the next one
    empty, so that no return spans two sessions unseen.
    """
    laid = prices if sessions is None else prices.reindex(sessions)
    ratio = laid / laid.shift(1)
    return pd.Series(np.log(ratio), laid.index) if kind == "log" else ratio - 1


def price_for_returns(history: pd.DataFrame) -> pd.Series:
    """The total-return series of a price history: `adj_close`, or `close` where it holds no adjusted close."""
    adjusted = history["adj_close"]
    return adjusted if adjusted.notna().any() else history["close"]


FLOOR = 0.000255  # keeps a day without trading finite


def log_volume(volume: pd.DataFrame, shares: pd.DataFrame | pd.Series | None = None) -> pd.DataFrame:
    """log(100 volume/shares + 0.000255), or log volume without shares, date × security.

    Pass it as `returns` with model="mean_adjusted" and kind="log_volume". Volume is serially correlated: a window is
    judged by its rank among the firm's own windows (`firm_sq`, date permutation), not by a t. A day without volume is
    missing where it has no logarithm.
    """
    if shares is not None:
        turnover = 100 * (volume / shares) + FLOOR
        return turnover.apply(np.log)
    return volume.where(volume > 0).apply(np.log)


RETURNS = get_args(ReturnKind)  # of another kind, log volume for one, nothing is known
ENOUGH = 60  # values of a security below which nothing is said
PRICES = 0.05  # half the days up by more than 5 % and none down is no return
PER_CENT = 0.10  # half the days beyond 10 %, and some below -100 %, is no return in decimals


def check_decimals(values: Array, securities: pd.Index, where: str, prices: str, kind: str = "simple") -> None:
    """(D, S) values of a `kind` that is a return are in decimals; `prices` is the remedy if they are prices.

    A security that never falls is a rate or a price, and rates are small; a price cannot lose more than all of itself.
    """
    if kind not in RETURNS:
        return
    held = np.isfinite(values).sum(axis=0)
    impossible = (values < -1).sum(axis=0)
    falls = (values < 0).sum(axis=0)
    for i in np.flatnonzero((held >= ENOUGH) & ((falls == 0) | (impossible > 1))).tolist():
        middle = float(np.nanmedian(np.abs(values[:, i])))
        if falls[i] == 0 and middle > PRICES:
            what = f"{str(securities[i])!r} never falls on {held[i]:,} days, and half its values are above {middle:.3g}"
            raise StudyError(f"{what}: these are prices, not returns", where=where, remedy=prices)
        if impossible[i] > 1 and middle > PER_CENT:
            what = f"{str(securities[i])!r} falls by more than 100 % on {impossible[i]:,} of {held[i]:,} days"
            remedy = "Divide them by 100: returns are decimals, 0.01 is 1 %."
            raise StudyError(f"{what}: these are returns in per cent", where=where, remedy=remedy)
