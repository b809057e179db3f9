"""Events whose windows overlap in calendar time: variances of their sum taken over the calendar days they share.

With independent days the variance of a sum over events is Σ_ij n_ij Ω_ij: n_ij calendar days that the windows of i and
j share, Ω_ij what their values do together on one day. Two windows that do not meet add nothing. The idea is that of
Kolari, Pape & Pynnönen (2018) and Pynnönen (2022); on one date and without gaps the tests are Brown & Warner's and
Corrado's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import OUTSIDE, Array, Days
from eventwindow.inference.correlation import MINIMUM_DAYS, Meeting, Pairs, alike, shared_days, too_few
from eventwindow.inference.cross_section import CarVariance, CrossSection, RankSum
from eventwindow.inference.ranks import NULL as RANK_LIKE_OTHERS
from eventwindow.inference.ranks import Doubled
from eventwindow.inference.results import Answer, normal, student
from eventwindow.inference.significance import MET, significance_test

NO_VARIANCE = Reason("no_variance_in_calendar_time")
OfPairs = Callable[[Array, Array, Array, Array], Array]  # Σ product, Σ of each, days of pairs of cells
AT_ONCE = 2_000_000  # numbers of a block of pairs


@significance_test("Crude dependence, calendar time", "the mean CAR is zero", asked_in=MET)
def crude_dependence_calendar_t(events: CrossSection) -> Answer:
    """Mean CAR over √(Σ_ij n_ij c_ij)/N, c_ij the residuals' covariance on common calendar days, t(least T - 1)."""
    of_cars = events.car_variance
    if isinstance(of_cars, Reason) or of_cars.value <= 0:
        return of_cars if isinstance(of_cars, Reason) else NO_VARIANCE
    return student(events.car.car.sum() / np.sqrt(of_cars.value), of_cars.days - 1)


@significance_test("Rank, calendar time", RANK_LIKE_OTHERS, asked_in=MET)
def rank_calendar_z(events: CrossSection) -> Answer:
    """Sum of Corrado's ranks over √(Σ_ij n_ij ω_ij), ω_ij their mean product on common calendar days, N(0,1)."""
    ranks = events.rank_sum
    if isinstance(ranks, Reason) or ranks.variance <= 0:
        return ranks if isinstance(ranks, Reason) else NO_VARIANCE
    return normal(ranks.total / np.sqrt(ranks.variance))


def variance_of_cars(held: AbnormalReturns, met: Meeting, weights: Array | None = None) -> CarVariance | Reason:
    """Of the sum of the CARs, each times its weight (N,)."""
    seen = np.isfinite(held.residuals)
    values = held.residuals if weights is None else held.residuals * weights[:, None]
    if seen.all():
        cells = _cells([held.estimation_days], values, met.groups, met.pairs)
    else:
        cells = _with_gaps([held.estimation_days], values, seen, met.tested)
    # of two cells: Σ_ij c_ij over their members, divisor D - 1
    variance = cells.weighted(lambda product, one, other, days: (product - one * other / days) / (days - 1))
    return variance if isinstance(variance, Reason) else CarVariance(variance, float(seen.sum(axis=1).min()))


def rank_sum(held: AbnormalReturns, doubled: Doubled, met: Meeting, tested: slice) -> RankSum | Reason:
    """From twice the ranks (N, T + L) of both windows; `tested` are the days that are summed."""
    seen = doubled > 0
    ranks = doubled * (0.5 / (seen.sum(axis=1, keepdims=True) + 1))
    ranks -= 0.5
    days = held.estimation_days, held.event_days
    first = np.repeat([rows[0] for rows in met.groups], [len(rows) for rows in met.groups])
    if seen.all() and (held.event_days[np.concatenate(met.groups)] == held.event_days[first]).all():
        cells = _cells(days, ranks, met.groups, met.pairs)
    else:
        cells = _with_gaps(days, ranks, seen, met.tested)
    variance = cells.weighted(lambda product, one, other, days: product / days)
    if isinstance(variance, Reason):
        return variance
    return RankSum(float(np.sum(ranks[:, tested], where=seen[:, tested])), variance)


@dataclass(frozen=True)
class _Cells:
    """Events with the same days, summed: values (G, C), the first of each, how many, and the tested days two share."""

    total: Array  # zero where a day has no value
    days: Sequence[Days]  # of all events, beside each other (N, C); -1 there
    first: np.ndarray
    size: np.ndarray
    pairs: Pairs

    def weighted(self, of_pairs: OfPairs) -> float | Reason:
        """Σ n_ij over all ordered pairs of events, an event with itself among them, times `of_pairs`."""
        g, h, shared = self.pairs
        own = g == h
        sums = self.total.sum(axis=1)
        count = sum((part[self.first] != OUTSIDE).sum(axis=1) for part in self.days) + 0.0
        square = np.einsum("gc,gc->g", self.total, self.total)
        few = count[g[own]][self.size[g[own]] > 1]
        value = of_pairs(square, sums, sums, np.maximum(count, 2))[g[own]] @ shared[own]
        if not own.all():
            product, one, other, days = self._across(g[~own], h[~own])
            few = np.append(few, days)
            value += 2 * (of_pairs(product, one, other, np.maximum(days, 2)) @ shared[~own])
        return too_few(int(few.min())) if (few < MINIMUM_DAYS).any() else float(value)

    def _across(self, g: np.ndarray, h: np.ndarray) -> tuple[Array, Array, Array, Array]:
        """Of each pair of cells on their common days: Σ product, Σ of the one, Σ of the other, and how many days."""
        used, at = np.unique(np.concatenate([g, h]), return_inverse=True)
        g, h = at[: len(g)], at[len(g) :]
        days = np.concatenate([part[self.first[used]] for part in self.days], axis=1)
        calendar = np.unique(days)
        cell, column = np.nonzero(days != OUTSIDE)
        place = np.searchsorted(calendar, days[cell, column])
        total, seen = np.zeros((len(used), len(calendar))), np.zeros((len(used), len(calendar)))
        total[cell, place], seen[cell, place] = self.total[used][cell, column], 1.0
        one, other = _dots(total, seen, g, h), _dots(seen, total, g, h)
        return _dots(total, total, g, h), one, other, _dots(seen, seen, g, h)


def _cells(days: Sequence[Days], values: Array, groups: list[np.ndarray], pairs: Pairs) -> _Cells:
    from scipy.sparse import csr_array

    first, size = np.array([rows[0] for rows in groups]), np.array([len(rows) for rows in groups])
    ends, rows = np.append(0, np.cumsum(size)), np.concatenate(groups)
    total = csr_array((np.ones(len(rows)), rows, ends), shape=(len(groups), len(rows))) @ values
    return _Cells(np.asarray(total), days, first, size, pairs)


def _with_gaps(days: Sequence[Days], values: Array, seen: np.ndarray, tested: Days) -> _Cells:
    """Events whose values are `seen` on the same days."""
    held = np.where(seen, np.concatenate(days, axis=1), OUTSIDE)
    groups = alike(held, tested)
    return _cells([held], np.where(seen, values, 0.0), groups, shared_days(tested[[rows[0] for rows in groups]]))


def _dots(a: Array, b: Array, g: np.ndarray, h: np.ndarray) -> Array:
    """(P,) the products of the rows g of one array with the rows h of another, block by block."""
    step = max(1, AT_ONCE // max(a.shape[1], 1))
    return np.concatenate(
        [np.einsum("pd,pd->p", a[g[i : i + step]], b[h[i : i + step]]) for i in range(0, len(g), step)]
    )
