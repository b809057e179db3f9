"""Tests on standardised abnormal returns: Patell, BMP, and both adjusted for cross-correlation."""

from __future__ import annotations

import numpy as np

from eventwindow.calendars.window import Window
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.inference.correlation import mean_correlation
from eventwindow.inference.design import complete, once
from eventwindow.inference.results import NotComputed, Result, normal, student

NULL = "the mean standardised CAR is zero"


def patell_z(ar: AbnormalReturns, window: Window) -> Result:
    """Σ SCAR / √Σ(dof/(dof - 2)), N(0,1), on exact SCARs; independent firms (Patell 1976; CLM 1997, section 4.4.3)."""
    held, car = complete(ar, window)
    return _patell("patell_z", car.scar, held.dof)


def patell_z_sum_of_sars(ar: AbnormalReturns, window: Window) -> Result:
    """Patell's own window statistic, the sum of SARs over √L, as if the days' forecast errors were independent."""
    held, car = complete(ar, window)
    total = once(held, ("sum of SARs", window), lambda: np.nansum(held.sar[:, ar.columns(window)], axis=1))
    return _patell("patell_z_sum_of_sars", total / np.sqrt(car.days), held.dof)


def adjusted_patell_z(ar: AbnormalReturns, window: Window) -> Result:
    """Patell's Z over √(1 + (N - 1) r̄), N(0,1) (Kolari & Pynnönen 2010)."""
    name = "adjusted_patell_z"
    held, car = complete(ar, window)
    plain, rbar = _patell(name, car.scar, held.dof), _usable_correlation(held, window)
    if isinstance(plain, NotComputed) or isinstance(rbar, str):
        return plain if isinstance(plain, NotComputed) else NotComputed(name, str(rbar), NULL, len(held))
    z = plain.statistic / np.sqrt(1 + (len(held) - 1) * rbar)
    return normal(name, NULL, z, len(held), note=f"mean residual correlation {rbar:.3f}")


def bmp_t(ar: AbnormalReturns, window: Window) -> Result:
    """√N mean/sd of the SCARs, t(N - 1) (Boehmer, Musumeci & Poulsen 1991)."""
    return _bmp("bmp_t", complete(ar, window)[1].scar)


def kolari_pynnonen_t(ar: AbnormalReturns, window: Window) -> Result:
    """BMP times √((1 - r̄)/(1 + (N - 1) r̄)), t(N - 1) (Kolari & Pynnönen 2010)."""
    name = "kolari_pynnonen_t"
    held, car = complete(ar, window)
    plain, rbar = _bmp(name, car.scar), _usable_correlation(held, window)
    if isinstance(plain, NotComputed) or isinstance(rbar, str):
        return plain if isinstance(plain, NotComputed) else NotComputed(name, str(rbar), NULL, len(held))
    n = len(held)
    t = plain.statistic * np.sqrt((1 - rbar) / (1 + (n - 1) * rbar))
    return student(name, NULL, t, n - 1, n, note=f"mean residual correlation {rbar:.3f}")


def _patell(name: str, scar: Array, dof: Array) -> Result:
    if not len(scar) or (dof <= 2).any():
        reason = "an event has too few estimation days" if len(scar) else "no event holds the window"
        return NotComputed(name, reason, NULL, len(scar))
    return normal(name, NULL, scar.sum() / np.sqrt((dof / (dof - 2)).sum()), len(scar))


def _bmp(name: str, scar: Array) -> Result:
    n = len(scar)
    if n < 2:
        return NotComputed(name, f"needs two events; {n} left that hold the window", NULL, n)
    sd = scar.std(ddof=1)
    if sd <= 1e-14 * np.abs(scar).max():
        return NotComputed(name, "the standardised CARs do not differ", NULL, n)
    return student(name, NULL, np.sqrt(n) * scar.mean() / sd, n - 1, n)


def _usable_correlation(ar: AbnormalReturns, window: Window) -> float | str:
    if ("correlation", window) not in ar.memo:
        ar.memo["correlation", window] = mean_correlation(ar, window)
    rbar: float | str = ar.memo["correlation", window]
    if isinstance(rbar, str):
        return rbar
    if rbar >= 1 or 1 + (len(ar) - 1) * rbar <= 0:
        return f"the mean residual correlation {rbar:.3f} leaves no variance to test against"
    return rbar
