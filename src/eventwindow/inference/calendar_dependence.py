"""Events whose windows overlap in calendar time: variances of their sum taken over the calendar days they share.

With independent days the variance of a sum over events is Σ_ij n_ij Ω_ij: n_ij calendar days that the windows of i and
j share, Ω_ij what their values do together on one day. Two windows that do not meet add nothing. The idea is that of
Kolari, Pape & Pynnönen (2018) and Pynnönen (2022); on one date and without gaps the tests are Brown & Warner's and
Corrado's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eventwindow.calendars.window import Window
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import OUTSIDE, Array, Days
from eventwindow.inference.correlation import alike, shared_days
from eventwindow.inference.correlation_runs import MINIMUM_DAYS, too_few
from eventwindow.inference.design import complete, once, tested_days
from eventwindow.inference.ranking import mean_ranks
from eventwindow.inference.results import NotComputed, Result, normal, student

MEAN, RANKS = "the mean CAR is zero", "the abnormal returns rank like those of other days"
NO_VARIANCE = "the covariances leave no variance to test against"
AT_ONCE = 2_000_000  # numbers of a block of pairs


def crude_dependence_calendar_t(ar: AbnormalReturns, window: Window) -> Result:
    """Mean CAR over √(Σ_ij n_ij c_ij)/N, c_ij the residuals' covariance on common calendar days, t(least T - 1)."""
    name = "crude_dependence_calendar_t"
    held, car = complete(ar, window)
    if not len(held):
        return NotComputed(name, "no event holds the window", MEAN)
    figures = once(held, ("variance in calendar time", window), lambda: variance_of_cars(held, window))
    if isinstance(figures, str) or figures[0] <= 0:
        return NotComputed(name, figures if isinstance(figures, str) else NO_VARIANCE, MEAN, len(held))
    return student(name, MEAN, car.car.sum() / np.sqrt(figures[0]), figures[1] - 1, len(held))


def rank_calendar_z(ar: AbnormalReturns, window: Window) -> Result:
    """Sum of Corrado's ranks over √(Σ_ij n_ij ω_ij), ω_ij their mean product on common calendar days, N(0,1)."""
    name = "rank_calendar_z"
    held, _ = complete(ar, window)
    if not len(held):
        return NotComputed(name, "no event holds the window", RANKS)
    figures = once(held, ("ranks in calendar time", window), lambda: rank_sum(held, window))
    if isinstance(figures, str) or figures[1] <= 0:
        return NotComputed(name, figures if isinstance(figures, str) else NO_VARIANCE, RANKS, len(held))
    return normal(name, RANKS, figures[0] / np.sqrt(figures[1]), len(held))


def variance_of_cars(held: AbnormalReturns, window: Window) -> tuple[float, float] | str:
    """Of the sum of the CARs; and the least number of residuals."""
    cells = _cells(held.estimation_days, held.residuals, tested_days(held, window))

    def covariance(g: np.ndarray, h: np.ndarray, days: Array) -> Array:
        """Σ_ij c_ij over the members of two cells, divisor D - 1."""
        total, seen = cells.total, cells.seen
        product, one, other = (_dots(a, b, g, h) for a, b in ((total, total), (total, seen), (seen, total)))
        return (product - one * other / days) / (days - 1)

    variance = cells.weighted(covariance)
    return variance if isinstance(variance, str) else (variance, float(np.isfinite(held.residuals).sum(axis=1).min()))


def rank_sum(held: AbnormalReturns, window: Window) -> tuple[float, float] | str:
    """The sum of the ranks in the window, and its variance."""
    mean_ranks(held, standardised=False)
    doubled = held.memo["raw ranks"]
    ranks = np.where(doubled > 0, doubled / (2 * ((doubled > 0).sum(axis=1, keepdims=True) + 1)) - 0.5, np.nan)
    days = np.concatenate([held.estimation_days, held.event_days], axis=1)
    cells = _cells(days, ranks, tested_days(held, window))
    variance = cells.weighted(lambda g, h, n: _dots(cells.total, cells.total, g, h) / n)
    at = held.columns(window)
    tested = ranks[:, held.residuals.shape[1] :][:, at]
    return variance if isinstance(variance, str) else (float(np.nansum(tested)), variance)


@dataclass(frozen=True)
class _Cells:
    """Events with the same days summed: (G, D) on one calendar, zero where a day has no value, and the days seen."""

    total: Array
    seen: Array
    tested: Days  # (G, L), of one event each
    size: np.ndarray

    def weighted(self, of_pairs: object) -> float | str:
        """Σ n_ij over all ordered pairs of events, an event with itself among them, times `of_pairs`."""
        g, h, shared = shared_days(self.tested)
        days = _dots(self.seen, self.seen, g, h)
        paired = (g != h) | (self.size[g] > 1)
        if (days[paired] < MINIMUM_DAYS).any():
            return too_few(int(days[paired].min()))
        value = of_pairs(g, h, np.maximum(days, 2))  # type: ignore[operator]
        return float(np.sum(np.where(g == h, 1, 2) * shared * value))


def _cells(days: Days, values: Array, tested: Days) -> _Cells:
    seen = np.isfinite(values)
    days = np.where(seen, days, OUTSIDE)
    groups = alike(days, tested)
    first = [rows[0] for rows in groups]
    calendar = np.unique(days[first])
    total, present = np.zeros((len(groups), len(calendar))), np.zeros((len(groups), len(calendar)))
    which = np.empty(len(days), np.int64)
    which[np.concatenate(groups)] = np.repeat(np.arange(len(groups)), [len(rows) for rows in groups])
    sums = _sums(np.where(seen, values, 0.0), which, len(groups))
    at = np.searchsorted(calendar, days[first])
    cell, column = np.nonzero(days[first] != OUTSIDE)
    total[cell, at[cell, column]] = sums[cell, column]
    present[cell, at[cell, column]] = 1.0
    return _Cells(total, present, tested[first], np.bincount(which))


def _sums(values: Array, which: np.ndarray, groups: int) -> Array:
    from scipy.sparse import csr_array

    if groups == len(values):
        return values[np.argsort(which)]
    ones = np.ones(len(which))
    return np.asarray(csr_array((ones, (which, np.arange(len(which)))), shape=(groups, len(which))) @ values)


def _dots(a: Array, b: Array, g: np.ndarray, h: np.ndarray) -> Array:
    """(P,) the products of the rows g of one array with the rows h of another, block by block."""
    step = max(1, AT_ONCE // max(a.shape[1], 1))
    parts = [np.einsum("pd,pd->p", a[g[i : i + step]], b[h[i : i + step]]) for i in range(0, len(g), step)]
    return np.concatenate(parts) if parts else np.empty(0)
