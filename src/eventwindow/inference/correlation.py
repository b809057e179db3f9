"""The mean residual correlation of events that share event days (Kolari & Pynnönen 2010), without a loop over pairs."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from eventwindow.errors import Reason
from eventwindow.estimation.event_time import OUTSIDE, Array, Days
from eventwindow.parallel import in_blocks

Pairs = tuple[np.ndarray, np.ndarray, Array]  # groups g <= h and the overlap o of their tested days

MINIMUM_DAYS = 30
NO_VARIANCE = Reason("pair_constant")


@dataclass(frozen=True)
class Moments:
    """Of each event's residuals: their number, their mean, and the sum of squares about it, (N,) each."""

    count: Array
    mean: Array
    square: Array


def moments(residuals: Array) -> Moments:
    """Of residuals (N, T)."""
    parts = in_blocks(len(residuals), lambda rows: _moments(residuals[rows]))
    return Moments(*(np.concatenate(part) for part in zip(*parts, strict=True)))


@dataclass(frozen=True)
class Meeting:
    """Which events share days."""

    tested: Days  # (N, L), the window's days that have an AR, -1 elsewhere
    groups: list[np.ndarray]  # events with the same tested and estimation days
    pairs: Pairs  # of the groups that share n > 0 tested days, with n

    def overlaps(self) -> Pairs:
        """The pairs with the share of tested calendar days that the two have in common."""
        length = (self.tested[[rows[0] for rows in self.groups]] != OUTSIDE).sum(axis=1)
        g, h, shared = self.pairs
        return g, h, np.asarray(shared / np.sqrt(length[g] * length[h]))


def meeting(tested: Days, estimation: Days) -> Meeting:
    """How the days of events meet, from their tested days and those of their estimation windows (N, T)."""
    groups = alike(tested, estimation)
    return Meeting(tested, groups, shared_days(tested[[rows[0] for rows in groups]]))


def _moments(e: Array) -> tuple[Array, Array, Array]:
    mean = e.mean(axis=1)
    if np.isfinite(mean).all():
        centred = e - mean[:, None]
        return np.full(len(e), float(e.shape[1])), mean, np.einsum("nt,nt->n", centred, centred)
    seen = np.isfinite(e)
    days = seen.sum(axis=1).astype(float)
    mean = np.sum(e, axis=1, where=seen) / np.maximum(days, 1)
    return days, mean, np.sum((e - mean[:, None]) ** 2, axis=1, where=seen)


def runs(estimation: Days, seen: Array, groups: list[np.ndarray]) -> Days:
    """Where each group's estimation window starts on the joint calendar, -1 if it misses a day of it or a residual."""
    days = estimation[[g[0] for g in groups]]
    first = int(days.min())
    held = np.zeros(int(days.max()) - first + 1, bool)
    held[days - first] = True
    calendar = np.flatnonzero(held) + first
    start, end = (np.searchsorted(calendar, days[:, j]) for j in (0, -1))
    t = days.shape[1]
    count = np.minimum.reduceat(seen[np.concatenate(groups)], np.cumsum([0, *map(len, groups)])[:-1])
    return np.where((days[:, 0] != OUTSIDE) & (end - start == t - 1) & (count == t), start, -1)


def over_runs(residuals: Array, each: Moments, groups: list[np.ndarray], pairs: Pairs, start: Days) -> float | Reason:
    """Σ o Σ ρ_ij over the pairs of groups whose windows are whole, all pairs with the same shift between them at once.

    Σ_ij z_i·z_j is (Σ z_i)·(Σ z_j): no pair of events is ever formed.
    """
    size = np.array([len(g) for g in groups])
    g, h, overlap = pairs
    usable = (start[g] >= 0) & (start[h] >= 0) & ((g != h) | (size[g] > 1))
    g, h, overlap = g[usable], h[usable], overlap[usable]
    g, h = np.where(start[g] <= start[h], g, h), np.where(start[g] <= start[h], h, g)
    t, total = residuals.shape[1], 0.0
    for shift in np.unique(start[h] - start[g]):
        if t - shift < MINIMUM_DAYS:
            return too_few(int(t - shift))
        at = start[h] - start[g] == shift
        first = _unit_sums(residuals, each, groups, int(shift), late=True)
        second = _unit_sums(residuals, each, groups, int(shift), late=False) if shift else first
        if first is None or second is None:
            return NO_VARIANCE
        products = np.einsum("gt,gt->g", first[g[at]], second[h[at]])
        own = g[at] == h[at]
        total += float(overlap[at] @ np.where(own, (products - size[g[at]]) / 2, products))
    return total


def _unit_sums(residuals: Array, each: Moments, groups: list[np.ndarray], shift: int, *, late: bool) -> Array | None:
    """Each group's sum of residuals, centred and of length one on the last (or first) T - shift days, (G, T - shift).

    None where a firm's residuals do not vary on them.
    """
    from scipy.sparse import csr_array

    mean, square, t = each.mean, each.square, residuals.shape[1]
    cut = (residuals[:, :shift] if late else residuals[:, t - shift :]) - mean[:, None]
    left = -cut.sum(axis=1)
    square = square - np.einsum("nt,nt->n", cut, cut) - left**2 / (t - shift)
    rows = np.concatenate(groups)
    whole = np.isfinite(square)
    if (square[whole] <= 0).any():
        return None
    weight = np.where(whole, 1 / np.sqrt(np.where(whole, square, 1.0)), 0.0)[rows]
    ends = np.cumsum([0, *map(len, groups)])
    sums = csr_array((weight, rows, ends), shape=(len(groups), len(residuals))) @ residuals
    offset = np.add.reduceat(weight * (mean + left / (t - shift))[rows], ends[:-1])
    kept = slice(shift, None) if late else slice(0, t - shift)
    return np.asarray(sums[:, kept] - offset[:, None])


def too_few(days: int) -> Reason:
    return Reason("few_days_of_a_pair", n=days, needed=MINIMUM_DAYS)


ROWS = 1000  # of a matrix of pairs at a time


def sum_of_correlations(residuals: Array, days: Days, first: np.ndarray, second: np.ndarray) -> float | Reason:
    """Σ ρ_ij over i in `first` and j in `second`; within one group over the pairs i < j."""
    left, right = _common(days[first[0]], days[second[0]])
    a = np.ascontiguousarray(residuals[first][:, left])
    b = a if first is second else np.ascontiguousarray(residuals[second][:, right])
    if np.isfinite(a).all() and np.isfinite(b).all():
        return _complete(a, b)
    return _pairwise(a, b)


def _common(own: Days, other: Days) -> tuple[Any, Any]:
    """Places of the days that two calendars have in common: slices, where one runs on from within the other."""
    if other[0] < own[0]:
        return _common(other, own)[::-1]
    shift, t = int(np.searchsorted(own, other[0])), len(own)
    if own[0] != OUTSIDE and shift < t and np.array_equal(own[shift:], other[: t - shift]) and own[-1] > own[0]:
        return slice(shift, t), slice(0, t - shift)
    _, left, right = np.intersect1d(own, other, return_indices=True)
    keep = own[left] != OUTSIDE
    return left[keep], right[keep]


def _complete(a: Array, b: Array) -> float | Reason:
    """Σ_ij z_i·z_j is (Σ z_i)·(Σ z_j): no pair is ever formed."""
    if a.shape[1] < MINIMUM_DAYS:
        return too_few(a.shape[1])
    za, zb = _unit(a), None if a is b else _unit(b)
    if za is None or (zb is None and a is not b):
        return NO_VARIANCE
    if zb is None:
        common = za.sum(axis=0)
        return float(common @ common - len(a)) / 2
    return float(za.sum(axis=0) @ zb.sum(axis=0))


def _unit(e: Array) -> Array | None:
    """Rows centred, of length one; None where a row does not vary."""
    centred = e - e.mean(axis=1, keepdims=True)
    length = np.sqrt(np.einsum("nt,nt->n", centred, centred))
    return None if (length <= 0).any() else centred / length[:, None]


def _pairwise(a: Array, b: Array) -> float | Reason:
    """Σ ρ_ij on the days that both of a pair have, by products of matrices."""
    total, other = 0.0, filled(b)
    for i in range(0, len(a), ROWS):
        rho, days, flat = correlations(filled(a[i : i + ROWS]), other)
        if days.min() < MINIMUM_DAYS:
            return too_few(int(days.min()))
        if flat.any():
            return NO_VARIANCE
        total += float(np.triu(rho, i + 1).sum() if a is b else rho.sum())
    return total


def filled(residuals: Array) -> Array:
    """(3, N, T), residuals (N, T), their squares and one, each zero where a residual is missing."""
    seen = np.isfinite(residuals)
    value = np.where(seen, residuals, 0.0)
    return np.stack([value, value**2, seen])


def correlations(a: Array, b: Array) -> tuple[Array, Array, np.ndarray]:
    """ρ of each pair of `filled` rows on the days that both have, 0 for none; how many days; where one is flat."""
    (value, square, seen), (other, other_square, other_seen) = a, b
    sum_b, ss_b = seen @ other.T, seen @ other_square.T
    if other_seen.all():
        days, sum_a, ss_a = (part.sum(axis=1)[:, None] for part in (seen, value, square))
    else:
        days, sum_a, ss_a = (part @ other_seen.T for part in (seen, value, square))
    count = np.maximum(days, 1)
    ss_a, ss_b = ss_a - sum_a**2 / count, ss_b - sum_b**2 / count
    flat = (days >= MINIMUM_DAYS) & (np.minimum(ss_a, ss_b) <= 0)
    product = value @ other.T - sum_a * sum_b / count
    usable = (days >= MINIMUM_DAYS) & ~flat
    if usable.all():
        return product / np.sqrt(ss_a * ss_b), days, flat
    return np.where(usable, product / np.sqrt(np.where(usable, ss_a * ss_b, 1.0)), 0.0), days, flat


def mean_correlation(residuals: Array, days: Days, each: Moments, met: Meeting) -> float | Reason:
    """r̄ = 2/(N(N - 1)) Σ o_ij ρ_ij over the pairs of events, or why it cannot be had."""
    n, total = len(residuals), sum_over_pairs(residuals, days, each, met)
    return total if isinstance(total, Reason) else 2 * total / (n * (n - 1))


def sum_over_pairs(residuals: Array, days: Days, each: Moments, met: Meeting) -> float | Reason:
    """Σ o_ij ρ_ij of events whose `residuals` (N, T) are of the calendar `days` (N, T).

    o_ij is the share of tested calendar days that the two have in common, ρ_ij the correlation of their residuals on
    the calendar days common to both estimation windows. A pair without a shared tested day counts as zero.
    """
    groups, pairs = met.groups, met.overlaps()
    g, h, _ = pairs
    start = runs(days, each.count, groups)
    total = over_runs(residuals, each, groups, pairs, start)
    # of which one misses residuals, or has a calendar with gaps: one by one
    size = np.array([len(group) for group in groups])
    left = ((start[g] < 0) | (start[h] < 0)) & ((g != h) | (size[g] > 1))
    for one, other, overlap in zip(*(part[left] for part in pairs), strict=True):
        part = sum_of_correlations(residuals, days, groups[one], groups[other])
        if isinstance(total, Reason) or isinstance(part, Reason):
            return total if isinstance(total, Reason) else part
        total += overlap * part
    return total


def alike(*days: Days) -> list[np.ndarray]:
    """Rows grouped by equal calendars (compared by a 64-bit hash of the dates)."""
    if all((d == d[:1]).all() for d in days):
        return [np.arange(len(days[0]))]
    rng = np.random.default_rng(0)
    key = np.sum([d @ rng.integers(1, 2**62, d.shape[1]) for d in days], axis=0)
    order = np.argsort(key, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(key[order])) + 1)


def shared_days(tested: Days) -> Pairs:
    """(g, h, n) for each pair g <= h of rows of (G, L) that share n > 0 tested days, a row with itself among them."""
    from scipy.sparse import csr_array

    row, column = np.nonzero(tested != OUTSIDE)
    if len(tested) == 1 and len(row):
        return row[:1], row[:1], np.array([float(len(row))])
    unique, at = np.unique(tested[row, column], return_inverse=True)
    held = csr_array((np.ones(len(row)), (row, at)), shape=(len(tested), len(unique)))
    shared = (held @ held.T).tocoo()
    upper = shared.row <= shared.col
    return shared.row[upper], shared.col[upper], np.asarray(shared.data[upper])
