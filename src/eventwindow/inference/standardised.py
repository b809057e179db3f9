"""Tests on standardised abnormal returns: Patell, BMP, and both adjusted for cross-correlation."""

import numpy as np

from eventwindow.errors import Reason
from eventwindow.estimation.event_time import Array
from eventwindow.inference.cross_section import CrossSection
from eventwindow.inference.results import Answer, normal, student
from eventwindow.inference.significance import significance_test

NULL = "the mean standardised CAR is zero"


@significance_test("Patell Z", NULL)
def patell_z(events: CrossSection) -> Answer:
    """Σ SCAR / √Σ(dof/(dof - 2)), N(0,1), on exact SCARs; independent firms (Patell 1976; CLM 1997, section 4.4.3)."""
    return _patell(events.car.scar, events.car.dof)


@significance_test("Patell Z, sum of SARs", NULL)
def patell_z_sum_of_sars(events: CrossSection) -> Answer:
    """Patell's own window statistic, the sum of SARs over √L, as if the days' forecast errors were independent."""
    return _patell(events.sum_of_sars / np.sqrt(events.car.days), events.car.dof)


@significance_test("Adjusted Patell", NULL)
def adjusted_patell_z(events: CrossSection) -> Answer:
    """Patell's Z over √(1 + (N - 1) r̄), N(0,1) (Kolari & Pynnönen 2010)."""
    plain, rbar = _patell(events.car.scar, events.car.dof), _usable_correlation(events)
    if isinstance(plain, Reason):
        return plain
    if isinstance(rbar, Reason):
        return rbar
    z = plain.statistic / np.sqrt(1 + (events.n - 1) * rbar)
    return normal(z, Reason("mean_correlation", correlation=rbar))


@significance_test("BMP", NULL)
def bmp_t(events: CrossSection) -> Answer:
    """√N mean/sd of the SCARs, t(N - 1) (Boehmer, Musumeci & Poulsen 1991)."""
    return _bmp(events.car.scar)


@significance_test("Kolari–Pynnönen", NULL)
def kolari_pynnonen_t(events: CrossSection) -> Answer:
    """BMP times √((1 - r̄)/(1 + (N - 1) r̄)), t(N - 1) (Kolari & Pynnönen 2010)."""
    plain, rbar, n = _bmp(events.car.scar), _usable_correlation(events), events.n
    if isinstance(plain, Reason):
        return plain
    if isinstance(rbar, Reason):
        return rbar
    t = plain.statistic * np.sqrt((1 - rbar) / (1 + (n - 1) * rbar))
    return student(t, n - 1, Reason("mean_correlation", correlation=rbar))


def _patell(scar: Array, dof: Array) -> Answer:
    if (dof <= 2).any():
        return Reason("event_with_few_days")
    return normal(scar.sum() / np.sqrt((dof / (dof - 2)).sum()))


def _bmp(scar: Array) -> Answer:
    n = len(scar)
    return standardised_alike(scar) or student(np.sqrt(n) * scar.mean() / scar.std(ddof=1), n - 1)


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
