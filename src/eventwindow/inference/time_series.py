"""Tests on the spread of a portfolio's days: of all events open on a day, and Brown & Warner's."""

import numpy as np

from eventwindow.errors import Reason
from eventwindow.estimation.event_time import Array, Days
from eventwindow.inference.cross_section import CrossSection
from eventwindow.inference.design import TOGETHER
from eventwindow.inference.results import Answer, normal, student
from eventwindow.inference.significance import significance_test


@significance_test("Calendar-time portfolio", "the mean abnormal return of the open events' portfolio is zero")
def calendar_time(events: CrossSection) -> Answer:
    """Mean daily AR of the equal-weighted open events over its Newey–West error with L - 1 lags, N(0,1) (Fama 1998)."""
    if events.design in TOGETHER:
        return Reason("single_event_day")
    length, mean = len(events.window), events.portfolio
    if len(mean) <= length + 1:
        return Reason("few_open_days", n=len(mean), open=1)
    error = newey_west_error(mean, length - 1)
    if error <= 0:
        return Reason("portfolio_constant")
    return normal(mean.mean() / error, Reason("days_and_mean", n=len(mean), mean=float(mean.mean())))


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


@significance_test("Crude dependence", MEAN_CAR)
def crude_dependence_t(events: CrossSection) -> Answer:
    """CAAR / (√L S_p), S_p the sd (divisor T - 1) of the mean residual, t(T - 1) (Brown & Warner 1985)."""
    mean = events.residuals.mean
    mean = mean[np.isfinite(mean)]
    spread = mean.std(ddof=1) * np.sqrt(len(events.window))
    if spread <= 0:
        return Reason("mean_residual_constant")
    return student(events.car.car.mean() / spread, len(mean) - 1)


@significance_test("Independence t", MEAN_CAR)
def independence_t(events: CrossSection) -> Answer:
    """CAAR / (√L √(Σ s_i²)/N), s_i with divisor T - 1, N(0,1); independent firms (Brown & Warner 1980)."""
    variance = float((events.residuals.square / (events.residuals.count - 1)).sum()) * len(events.window)
    return normal(events.car.car.mean() / (np.sqrt(variance) / events.n))
