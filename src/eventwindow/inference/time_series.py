"""Tests on the spread of a portfolio's days: of all events open on a day, and Brown & Warner's."""

import numpy as np

from eventwindow.errors import Reason
from eventwindow.estimation.event_time import Array, Days
from eventwindow.inference.cross_section import CrossSection
from eventwindow.inference.design import TOGETHER
from eventwindow.inference.results import NotComputed, Result, normal, student

NAME, NULL = "calendar_time", "the mean abnormal return of the open events' portfolio is zero"


def calendar_time(events: CrossSection) -> Result:
    """Mean daily AR of the equal-weighted open events over its Newey–West error with L - 1 lags, N(0,1) (Fama 1998)."""
    if events.design in TOGETHER:
        return NotComputed(NAME, Reason("single_event_day"), NULL, events.n)
    length, mean = len(events.window), events.portfolio
    if len(mean) <= length + 1:
        return NotComputed(NAME, Reason("few_open_days", n=len(mean), open=1), NULL, events.n)
    error = newey_west_error(mean, length - 1)
    if error <= 0:
        return NotComputed(NAME, Reason("portfolio_constant"), NULL, events.n)
    note = Reason("days_and_mean", n=len(mean), mean=float(mean.mean()))
    return normal(NAME, NULL, mean.mean() / error, events.n, note=note)


def open_portfolio(days: Days, ar: Array) -> Array:
    """(D,), the equal-weighted mean of the ARs (N, L) of each of `days` that has one."""
    seen = np.isfinite(ar)
    at = np.unique(days[seen], return_inverse=True)[1]
    return np.asarray(np.bincount(at, weights=ar[seen]) / np.bincount(at))


def newey_west_error(values: Array, lags: int) -> float:
    """Standard error of the mean, Bartlett weights, no small-sample factor (Newey & West 1987)."""
    e = values - values.mean()
    covariance = [float(e[j:] @ e[: len(e) - j]) for j in range(lags + 1)]
    total = covariance[0] + 2 * sum((1 - j / (lags + 1)) * c for j, c in enumerate(covariance) if j)
    return float(np.sqrt(max(total, 0.0)) / len(e))


MEAN_CAR = "the mean CAR is zero"


def crude_dependence_t(events: CrossSection) -> Result:
    """CAAR / (√L S_p), S_p the sd (divisor T - 1) of the mean residual, t(T - 1) (Brown & Warner 1985)."""
    name = "crude_dependence_t"
    if not events.n:
        return NotComputed(name, Reason("no_event_in_window"), MEAN_CAR)
    mean = events.residuals.mean
    mean = mean[np.isfinite(mean)]
    spread = mean.std(ddof=1) * np.sqrt(len(events.window))
    if spread <= 0:
        return NotComputed(name, Reason("mean_residual_constant"), MEAN_CAR, events.n)
    return student(name, MEAN_CAR, events.car.car.mean() / spread, len(mean) - 1, events.n)


def independence_t(events: CrossSection) -> Result:
    """CAAR / (√L √(Σ s_i²)/N), s_i with divisor T - 1, N(0,1); independent firms (Brown & Warner 1980)."""
    name, n = "independence_t", events.n
    if not n:
        return NotComputed(name, Reason("no_event_in_window"), MEAN_CAR)
    variance = float((events.residuals.square / (events.residuals.count - 1)).sum()) * len(events.window)
    return normal(name, MEAN_CAR, events.car.car.mean() / (np.sqrt(variance) / n), n)
