"""Tests on the spread of a portfolio's days: of all events open on a day, and Brown & Warner's."""

import numpy as np

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array, Days
from eventwindow.inference.correlation import moments
from eventwindow.inference.design import complete, design, once
from eventwindow.inference.ranks import mean_over
from eventwindow.inference.results import NotComputed, Result, normal, student

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


MEAN_CAR = "the mean CAR is zero"


def crude_dependence_t(ar: AbnormalReturns, window: Window) -> Result:
    """CAAR / (√L S_p), S_p the sd (divisor T - 1) of the mean residual, t(T - 1) (Brown & Warner 1985)."""
    held, car = complete(ar, window)
    if not len(held):
        return NotComputed("crude_dependence_t", Reason("no_event_in_window"), MEAN_CAR)
    mean = once(held, "mean residual", lambda: mean_over(held.residuals)[0])
    mean = mean[np.isfinite(mean)]
    spread = mean.std(ddof=1) * np.sqrt(len(window))
    if spread <= 0:
        return NotComputed("crude_dependence_t", Reason("mean_residual_constant"), MEAN_CAR, len(held))
    return student("crude_dependence_t", MEAN_CAR, car.car.mean() / spread, len(mean) - 1, len(held))


def independence_t(ar: AbnormalReturns, window: Window) -> Result:
    """CAAR / (√L √(Σ s_i²)/N), s_i with divisor T - 1, N(0,1); independent firms (Brown & Warner 1980)."""
    held, car = complete(ar, window)
    if not len(held):
        return NotComputed("independence_t", Reason("no_event_in_window"), MEAN_CAR)
    days, _, square = moments(held)
    variance = float((square / (days - 1)).sum()) * len(window)
    return normal("independence_t", MEAN_CAR, car.car.mean() / (np.sqrt(variance) / len(held)), len(held))
