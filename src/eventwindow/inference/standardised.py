"""Tests on standardised abnormal returns: Patell, BMP, and both adjusted for cross-correlation."""

import numpy as np

from eventwindow.errors import Reason
from eventwindow.estimation.event_time import Array
from eventwindow.inference.cross_section import CrossSection
from eventwindow.inference.results import NotComputed, Result, normal, student

NULL = "the mean standardised CAR is zero"


def patell_z(events: CrossSection) -> Result:
    """Σ SCAR / √Σ(dof/(dof - 2)), N(0,1), on exact SCARs; independent firms (Patell 1976; CLM 1997, section 4.4.3)."""
    return _patell("patell_z", events.car.scar, events.car.dof)


def patell_z_sum_of_sars(events: CrossSection) -> Result:
    """Patell's own window statistic, the sum of SARs over √L, as if the days' forecast errors were independent."""
    return _patell("patell_z_sum_of_sars", events.sum_of_sars / np.sqrt(events.car.days), events.car.dof)


def adjusted_patell_z(events: CrossSection) -> Result:
    """Patell's Z over √(1 + (N - 1) r̄), N(0,1) (Kolari & Pynnönen 2010)."""
    name, n = "adjusted_patell_z", events.n
    plain, rbar = _patell(name, events.car.scar, events.car.dof), _usable_correlation(events)
    if isinstance(plain, NotComputed):
        return plain
    if isinstance(rbar, Reason):
        return NotComputed(name, rbar, NULL, n)
    z = plain.statistic / np.sqrt(1 + (n - 1) * rbar)
    return normal(name, NULL, z, n, note=Reason("mean_correlation", correlation=rbar))


def bmp_t(events: CrossSection) -> Result:
    """√N mean/sd of the SCARs, t(N - 1) (Boehmer, Musumeci & Poulsen 1991)."""
    return _bmp("bmp_t", events.car.scar)


def kolari_pynnonen_t(events: CrossSection) -> Result:
    """BMP times √((1 - r̄)/(1 + (N - 1) r̄)), t(N - 1) (Kolari & Pynnönen 2010)."""
    name, n = "kolari_pynnonen_t", events.n
    plain, rbar = _bmp(name, events.car.scar), _usable_correlation(events)
    if isinstance(plain, NotComputed):
        return plain
    if isinstance(rbar, Reason):
        return NotComputed(name, rbar, NULL, n)
    t = plain.statistic * np.sqrt((1 - rbar) / (1 + (n - 1) * rbar))
    return student(name, NULL, t, n - 1, n, note=Reason("mean_correlation", correlation=rbar))


def _patell(name: str, scar: Array, dof: Array) -> Result:
    if not len(scar) or (dof <= 2).any():
        reason = Reason("event_with_few_days" if len(scar) else "no_event_in_window")
        return NotComputed(name, reason, NULL, len(scar))
    return normal(name, NULL, scar.sum() / np.sqrt((dof / (dof - 2)).sum()), len(scar))


def _bmp(name: str, scar: Array) -> Result:
    n = len(scar)
    if reason := standardised_alike(scar):
        return NotComputed(name, reason, NULL, n)
    return student(name, NULL, np.sqrt(n) * scar.mean() / scar.std(ddof=1), n - 1, n)


def standardised_alike(scar: Array) -> Reason | None:
    """Why SCARs have no spread to divide by; None where they have."""
    if len(scar) < 2:
        return Reason("needs_two_that_hold", n=len(scar))
    return Reason("standardised_cars_alike") if scar.std(ddof=1) <= 1e-14 * np.abs(scar).max() else None


def _usable_correlation(events: CrossSection) -> float | Reason:
    rbar = events.correlation
    if isinstance(rbar, Reason):
        return rbar
    if rbar >= 1 or 1 + (events.n - 1) * rbar <= 0:
        return Reason("correlation_leaves_no_variance", correlation=rbar)
    return rbar
