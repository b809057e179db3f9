"""Rank tests: Corrado, Corrado & Zivney, and the generalized rank tests of Kolari & Pynnönen."""

from __future__ import annotations

import numpy as np

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.inference.design import complete
from eventwindow.inference.ranking import mean_ranks, mean_ranks_with
from eventwindow.inference.results import NotComputed, Result, normal, student

NULL = "the abnormal returns rank like those of other days"


def corrado_z(ar: AbnormalReturns, window: Window) -> Result:
    """ΣK̄_τ / (√L S) on ranks of raw ARs over the estimation and the whole event window, N(0,1) (Corrado 1989)."""
    return _corrado("corrado_z", ar, window, standardised=False)


def corrado_zivney_z(ar: AbnormalReturns, window: Window) -> Result:
    """As `corrado_z`, on ranks of e/s and of SAR over their sd across the events of the day (Corrado & Zivney 1992)."""
    return _corrado("corrado_zivney_z", ar, window, standardised=True)


def grank_t(ar: AbnormalReturns, window: Window) -> Result:
    """Z √((T - 1)/(T - Z²)), t(T - 1), Z the standardised mean rank of SCAR/sd(SCAR) (Kolari & Pynnönen 2011)."""
    mean = _grank_means("grank_t", ar, window)
    if isinstance(mean, NotComputed):
        return mean
    u, share, n, _ = mean
    t = len(u) - 1
    z = u[-1] / np.sqrt((share * u**2).sum() / (t + 1))
    if z**2 >= t:
        return NotComputed("grank_t", Reason("mean_rank_on_event_alone"), NULL, n)
    return student("grank_t", NULL, z * np.sqrt((t - 1) / (t - z**2)), t - 1, n)


def grank_z(ar: AbnormalReturns, window: Window) -> Result:
    """Ū₀ / √(T/(12 N (T + 2))), N(0,1); independent firms only (Kolari & Pynnönen 2011)."""
    mean = _grank_means("grank_z", ar, window)
    if isinstance(mean, NotComputed):
        return mean
    u, _, n, counts = mean
    return normal("grank_z", NULL, u[-1] / np.sqrt((counts / (12 * (counts + 2))).sum() / n**2), n)


def _corrado(name: str, ar: AbnormalReturns, window: Window, *, standardised: bool) -> Result:
    held, _ = complete(ar, window)
    n, t = len(held), held.residuals.shape[1]
    if n == 0:
        return NotComputed(name, Reason("no_event_in_window"), NULL)
    if standardised and n < 2:
        return NotComputed(name, Reason("needs_two_that_hold", n=n), NULL, n)
    k, share = mean_ranks(held, standardised=standardised)
    tested = k[t:][ar.columns(window)]
    spread = np.sqrt(np.nansum(share * k**2) / (share > 0).sum())
    days = np.isfinite(tested).sum()
    if spread <= 0 or days == 0:
        return NotComputed(name, Reason("ranks_constant"), NULL, n)
    return normal(name, NULL, np.nansum(tested) / (np.sqrt(days) * spread), n)


def _grank_means(name: str, ar: AbnormalReturns, window: Window) -> tuple[Array, Array, int, Array] | NotComputed:
    """Ū over the T estimation days and the event, N_t/N, N, and each firm's T; or why not. Worked out once a window."""
    held, car = complete(ar, window)
    n = len(held)
    if n < 2:
        return NotComputed(name, Reason("needs_two_that_hold", n=n), NULL, n)
    spread = car.scar.std(ddof=1)
    if spread <= 1e-14 * np.abs(car.scar).max():
        return NotComputed(name, Reason("standardised_cars_alike"), NULL, n)
    if ("grank", window) not in held.memo:
        held.memo["grank", window] = mean_ranks_with(held, car.scar / spread)
    u, share, counts = held.memo["grank", window]
    return u[share > 0], share[share > 0], n, counts
