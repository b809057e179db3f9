"""Tests on standardised abnormal returns: Patell, BMP, and both adjusted for cross-correlation."""

import numpy as np

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.inference.correlation import mean_correlation
from eventwindow.inference.design import complete, once
from eventwindow.inference.results import NotComputed, Result, normal, student
from eventwindow.inference.shifts import event_sars

NULL = "the mean standardised CAR is zero"


def patell_z(ar: AbnormalReturns, window: Window) -> Result:
    """Σ SCAR / √Σ(dof/(dof - 2)), N(0,1), on exact SCARs; independent firms (Patell 1976; CLM 1997, section 4.4.3)."""
    held, car = complete(ar, window)
    return _patell("patell_z", car.scar, held.dof)


def patell_z_sum_of_sars(ar: AbnormalReturns, window: Window) -> Result:
    """Patell's own window statistic, the sum of SARs over √L, as if the days' forecast errors were independent."""
    held, car = complete(ar, window)
    total = once(held, ("sum of SARs", window), lambda: np.nansum(event_sars(held, window), axis=1))
    return _patell("patell_z_sum_of_sars", total / np.sqrt(car.days), held.dof)


def adjusted_patell_z(ar: AbnormalReturns, window: Window) -> Result:
    """Patell's Z over √(1 + (N - 1) r̄), N(0,1) (Kolari & Pynnönen 2010)."""
    name = "adjusted_patell_z"
    held, car = complete(ar, window)
    plain, rbar = _patell(name, car.scar, held.dof), _usable_correlation(held, window)
    if isinstance(plain, NotComputed):
        return plain
    if isinstance(rbar, Reason):
        return NotComputed(name, rbar, NULL, len(held))
    z = plain.statistic / np.sqrt(1 + (len(held) - 1) * rbar)
    return normal(name, NULL, z, len(held), note=Reason("mean_correlation", correlation=rbar))


def bmp_t(ar: AbnormalReturns, window: Window) -> Result:
    """√N mean/sd of the SCARs, t(N - 1) (Boehmer, Musumeci & Poulsen 1991)."""
    return _bmp("bmp_t", complete(ar, window)[1].scar)


def kolari_pynnonen_t(ar: AbnormalReturns, window: Window) -> Result:
    """BMP times √((1 - r̄)/(1 + (N - 1) r̄)), t(N - 1) (Kolari & Pynnönen 2010)."""
    name = "kolari_pynnonen_t"
    held, car = complete(ar, window)
    plain, rbar = _bmp(name, car.scar), _usable_correlation(held, window)
    if isinstance(plain, NotComputed):
        return plain
    if isinstance(rbar, Reason):
        return NotComputed(name, rbar, NULL, len(held))
    n = len(held)
    t = plain.statistic * np.sqrt((1 - rbar) / (1 + (n - 1) * rbar))
    return student(name, NULL, t, n - 1, n, note=Reason("mean_correlation", correlation=rbar))


def _patell(name: str, scar: Array, dof: Array) -> Result:
    if not len(scar) or (dof <= 2).any():
        reason = Reason("event_with_few_days" if len(scar) else "no_event_in_window")
        return NotComputed(name, reason, NULL, len(scar))
    return normal(name, NULL, scar.sum() / np.sqrt((dof / (dof - 2)).sum()), len(scar))


def _bmp(name: str, scar: Array) -> Result:
    n = len(scar)
    if n < 2:
        return NotComputed(name, Reason("needs_two_that_hold", n=n), NULL, n)
    sd = scar.std(ddof=1)
    if sd <= 1e-14 * np.abs(scar).max():
        return NotComputed(name, Reason("standardised_cars_alike"), NULL, n)
    return student(name, NULL, np.sqrt(n) * scar.mean() / sd, n - 1, n)


def _usable_correlation(ar: AbnormalReturns, window: Window) -> float | Reason:
    if ("correlation", window) not in ar.memo:
        ar.memo["correlation", window] = mean_correlation(ar, window)
    rbar: float | Reason = ar.memo["correlation", window]
    if isinstance(rbar, Reason):
        return rbar
    if rbar >= 1 or 1 + (len(ar) - 1) * rbar <= 0:
        return Reason("correlation_leaves_no_variance", correlation=rbar)
    return rbar
