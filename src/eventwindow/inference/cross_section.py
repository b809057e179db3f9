"""Tests on the spread of raw CARs across firms."""

from __future__ import annotations

import numpy as np

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.inference.design import complete
from eventwindow.inference.results import NotComputed, Result, student

NULL = "the mean CAR is zero"


def cross_sectional_t(ar: AbnormalReturns, window: Window) -> Result:
    """√N mean/sd (divisor N - 1), t(N - 1); independent firms."""
    car = complete(ar, window)[1].car
    n = len(car)
    if reason := no_spread(car, 2):
        return NotComputed("cross_sectional_t", reason, NULL, n)
    return student("cross_sectional_t", NULL, np.sqrt(n) * car.mean() / car.std(ddof=1), n - 1, n)


def skewness_adjusted_t(ar: AbnormalReturns, window: Window) -> Result:
    """√N (S + γS²/3 + γ²S³/27 + γ/(6N)), S = mean/sd, t(N - 1) (Hall 1992)."""
    car = complete(ar, window)[1].car
    if reason := no_spread(car, 3):
        return NotComputed("skewness_adjusted_t", reason, NULL, len(car))
    return student("skewness_adjusted_t", NULL, hall(car), len(car) - 1, len(car))


def hall(values: Array) -> float:
    """Hall's skewness-adjusted t of a sample; the skewness is bias-corrected."""
    n = len(values)
    s = values.mean() / values.std(ddof=1)
    centred = values - values.mean()
    g = np.sqrt(n * (n - 1)) / (n - 2) * np.mean(centred**3) / np.mean(centred**2) ** 1.5
    return float(np.sqrt(n) * (s + g * s**2 / 3 + g**2 * s**3 / 27 + g / (6 * n)))


def no_spread(values: Array, needed: int) -> Reason | None:
    """Why a test on the spread of `values` cannot run; None where it can."""
    if len(values) < needed:
        return Reason("needs_events", needed=needed, n=len(values))
    if values.std() <= 1e-14 * np.abs(values).max():
        return Reason("cars_alike")
    return None
