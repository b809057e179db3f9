"""Tests on the spread of raw CARs and of buy-and-hold returns across firms; one firm by its rank."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason, StudyError
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.inference.cross_section import CrossSection
from eventwindow.inference.results import Answer, FirmSignificance, student
from eventwindow.inference.shifts import ROUNDING
from eventwindow.inference.significance import significance_test

NULL, MEAN_CAR = "the mean buy-and-hold abnormal return is zero", "the mean CAR is zero"


def firm_bhar(ar: AbnormalReturns, window: Window) -> FirmSignificance:
    """Each event's BHAR by its place among those of all cyclic shifts of its days, itself counted."""
    value = ar.bhar(window)
    runs = np.delete(bhar_of_shifts(ar, window), ar.residuals.shape[1], axis=1)
    count = np.isfinite(runs).sum(axis=1)
    with np.errstate(invalid="ignore"):
        beyond = (np.abs(runs) >= np.abs(value)[:, None] * (1 - ROUNDING)).sum(axis=1)
        below = (runs <= value[:, None] * (1 + ROUNDING)).sum(axis=1)
    reason = ar.car(window).reason.copy()
    reason[(reason == "") & (count == 0)] = Reason("no_consecutive_returns", n=len(window))
    two, low = (np.where(reason == "", (1 + hits) / (count + 1), np.nan) for hits in (beyond, below))
    null, among = "the buy-and-hold abnormal return is zero", Reason("shifts_of_own_days")
    return FirmSignificance("bhar_rank", null, ar.labels, value, two, among, count, reason, lower_p=low)


def bhar_of_shifts(ar: AbnormalReturns, window: Window) -> Array:
    """(N, T + L) BHARs of the run that begins on each day of the circle of estimation and window days."""
    if ar.source is None:
        raise StudyError("these abnormal returns carry no returns to hold and compare.")
    at, length, estimation = ar.columns(window), len(window), ar.source.estimation_returns
    if ar.source.sessions is not None:  # a return over several sessions is no day's
        estimation = np.where(ar.source.sessions > 1, np.nan, estimation)
    actual = np.concatenate([estimation, ar.actual[:, at]], axis=1)
    expected = np.concatenate([estimation - ar.residuals, ar.expected[:, at]], axis=1)
    on_circle = np.isfinite(actual - expected)  # a day without a return leaves it, as in `shifts.shift_sums`
    on_circle[:, -length:] = True
    out = np.full(actual.shape, np.nan)
    for days in np.unique(on_circle, axis=0):
        rows = np.ix_((on_circle == days).all(axis=1), days)
        out[rows] = _compounded(actual[rows], length) - _compounded(expected[rows], length)
    return out


def _compounded(returns: Array, length: int) -> Array:
    """(N, D) Π(1 + R) over the run of `length` days that begins on each day of a circle."""
    around = np.concatenate([returns, returns[:, : length - 1]], axis=1)
    return np.asarray(sliding_window_view(1 + around, length, axis=1).prod(axis=2))


@significance_test("BHAR, cross-sectional t", NULL)
def bhar_t(events: CrossSection) -> Answer:
    """Cross-sectional t of the BHARs, t(N - 1); independent firms."""
    return _across(events.bhar, 2)


@significance_test("BHAR, skewness-adjusted t", NULL)
def bhar_skewness_adjusted_t(events: CrossSection) -> Answer:
    """Hall's skewness-adjusted t of the BHARs, t(N - 1); independent firms."""
    return _across(events.bhar, 3)


@significance_test("Cross-sectional t", MEAN_CAR)
def cross_sectional_t(events: CrossSection) -> Answer:
    """√N mean/sd (divisor N - 1), t(N - 1); independent firms."""
    return _across(events.car.car, 2)


@significance_test("Skewness-adjusted t", MEAN_CAR)
def skewness_adjusted_t(events: CrossSection) -> Answer:
    """√N (S + γS²/3 + γ²S³/27 + γ/(6N)), S = mean/sd, t(N - 1) (Hall 1992)."""
    return _across(events.car.car, 3)


def _across(values: Array | Reason, needed: int) -> Answer:
    """The t of the mean of two events or more; of three or more, adjusted for their skewness."""
    if isinstance(values, Reason):
        return values
    if reason := no_spread(values, needed):
        return reason
    n = len(values)
    return student(np.sqrt(n) * values.mean() / values.std(ddof=1) if needed == 2 else hall(values), n - 1)


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
