"""The calendar-time portfolio of all events that are open on a day."""

from __future__ import annotations

import numpy as np

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array, Days
from eventwindow.inference.design import complete, design, once
from eventwindow.inference.results import NotComputed, Result, normal

NAME, NULL = "calendar_time", "the mean abnormal return of the open events' portfolio is zero"


def calendar_time(ar: AbnormalReturns, window: Window, least_open: int = 1) -> Result:
    """Mean daily AR of the equal-weighted open events over its Newey–West error with L - 1 lags, N(0,1) (Fama 1998)."""
    held, _ = complete(ar, window)
    if design(held, window) in ("single", "one_day"):
        return NotComputed(NAME, Reason("single_event_day"), NULL, len(held))
    at = ar.columns(window)
    key = ("open portfolio", window, least_open)
    days, mean = once(held, key, lambda: open_portfolio(held.event_days[:, at], held.ar[:, at], least_open))
    if len(days) <= len(window) + 1:
        return NotComputed(NAME, Reason("few_open_days", n=len(days), open=least_open), NULL, len(held))
    error = newey_west_error(mean, len(window) - 1)
    if error <= 0:
        return NotComputed(NAME, Reason("portfolio_constant"), NULL, len(held))
    note = Reason("days_and_mean", n=len(days), mean=float(mean.mean()))
    return normal(NAME, NULL, mean.mean() / error, len(held), note=note)


def open_portfolio(days: Days, ar: Array, least_open: int) -> tuple[Days, Array]:
    """The days with at least `least_open` ARs among (N, L), in order, and their equal-weighted means."""
    seen = np.isfinite(ar)
    unique, at = np.unique(days[seen], return_inverse=True)
    count = np.bincount(at)
    mean = np.bincount(at, weights=ar[seen]) / count
    return unique[count >= least_open], mean[count >= least_open]


def newey_west_error(values: Array, lags: int) -> float:
    """Standard error of the mean, Bartlett weights, no small-sample factor (Newey & West 1987)."""
    e = values - values.mean()
    covariance = [float(e[j:] @ e[: len(e) - j]) for j in range(lags + 1)]
    total = covariance[0] + 2 * sum((1 - j / (lags + 1)) * c for j, c in enumerate(covariance) if j)
    return float(np.sqrt(max(total, 0.0)) / len(e))
