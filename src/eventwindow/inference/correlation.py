"""The mean residual correlation of events that share event days (Kolari & Pynnönen 2010), without a loop over pairs."""

from collections.abc import Iterator

import numpy as np

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import OUTSIDE, Array, Days
from eventwindow.inference.design import once, tested_days
from eventwindow.parallel import in_blocks

Pairs = tuple[np.ndarray, np.ndarray, Array]  # groups g <= h and the overlap o of their tested days

MINIMUM_DAYS = 30
NO_VARIANCE = Reason("pair_constant")


def moments(ar: AbnormalReturns) -> tuple[Array, Array, Array]:
    """Each event's number of residuals, their mean, and the sum of squares about it; worked out once."""
    if "moments" not in ar.memo:
        parts = in_blocks(len(ar), lambda rows: _moments(ar.residuals[rows]))
        ar.memo["moments"] = tuple(np.concatenate(part) for part in zip(*parts, strict=True))
    days, mean, square = ar.memo["moments"]
    return days, mean, square


def _moments(e: Array) -> tuple[Array, Array, Array]:
    mean = e.mean(axis=1)
    if np.isfinite(mean).all():
        centred = e - mean[:, None]
        return np.full(len(e), float(e.shape[1])), mean, np.einsum("nt,nt->n", centred, centred)
    seen = np.isfinite(e)
    days = seen.sum(axis=1).astype(float)
    mean = np.sum(e, axis=1, where=seen) / np.maximum(days, 1)
    return days, mean, np.sum((e - mean[:, None]) ** 2, axis=1, where=seen)


def runs(ar: AbnormalReturns, groups: list[np.ndarray]) -> Days:
    """Where each group's estimation window starts on the joint calendar, -1 if it misses a day of it or a residual."""
    days = ar.estimation_days[[g[0] for g in groups]]
    first = int(days.min())
    held = np.zeros(int(days.max()) - first + 1, bool)
    held[days - first] = True
    calendar = np.flatnonzero(held) + first
    start, end = (np.searchsorted(calendar, days[:, j]) for j in (0, -1))
    t = days.shape[1]
    count = np.minimum.reduceat(moments(ar)[0][np.concatenate(groups)], np.cumsum([0, *map(len, groups)])[:-1])
    return np.where((days[:, 0] != OUTSIDE) & (end - start == t - 1) & (count == t), start, -1)


def over_runs(ar: AbnormalReturns, groups: list[np.ndarray], pairs: Pairs, start: Days) -> float | Reason:
    """Σ o Σ ρ_ij over the pairs of groups whose windows are whole, all pairs with the same shift between them at once.

    Σ_ij z_i·z_j is (Σ z_i)·(Σ z_j): no pair of events is ever formed.
    """
    size = np.array([len(g) for g in groups])
    g, h, overlap = pairs
    usable = (start[g] >= 0) & (start[h] >= 0) & ((g != h) | (size[g] > 1))
    g, h, overlap = g[usable], h[usable], overlap[usable]
    g, h = np.where(start[g] <= start[h], g, h), np.where(start[g] <= start[h], h, g)
    t, total = ar.residuals.shape[1], 0.0
    for shift in np.unique(start[h] - start[g]):
        if t - shift < MINIMUM_DAYS:
            return too_few(int(t - shift))
        at = start[h] - start[g] == shift
        first = _unit_sums(ar, groups, int(shift), late=True)
        second = _unit_sums(ar, groups, int(shift), late=False) if shift else first
        if first is None or second is None:
            return NO_VARIANCE
        products = np.einsum("gt,gt->g", first[g[at]], second[h[at]])
        own = g[at] == h[at]
        total += float(overlap[at] @ np.where(own, (products - size[g[at]]) / 2, products))
    return total


def _unit_sums(ar: AbnormalReturns, groups: list[np.ndarray], shift: int, *, late: bool) -> Array | None:
    """Each group's sum of residuals, centred and of length one on the last (or first) T - shift days, (G, T - shift).

    None where a firm's residuals do not vary on them.
    """
    from scipy.sparse import csr_array

    _, mean, square = moments(ar)
    t = ar.residuals.shape[1]
    cut = (ar.residuals[:, :shift] if late else ar.residuals[:, t - shift :]) - mean[:, None]
    left = -cut.sum(axis=1)
    square = square - np.einsum("nt,nt->n", cut, cut) - left**2 / (t - shift)
    rows = np.concatenate(groups)
    whole = np.isfinite(square)
    if (square[whole] <= 0).any():
        return None
    weight = np.where(whole, 1 / np.sqrt(np.where(whole, square, 1.0)), 0.0)[rows]
    ends = np.cumsum([0, *map(len, groups)])
    sums = csr_array((weight, rows, ends), shape=(len(groups), len(ar))) @ ar.residuals
    offset = np.add.reduceat(weight * (mean + left / (t - shift))[rows], ends[:-1])
    kept = slice(shift, None) if late else slice(0, t - shift)
    return np.asarray(sums[:, kept] - offset[:, None])


def too_few(days: int) -> Reason:
    return Reason("few_days_of_a_pair", n=days, needed=MINIMUM_DAYS)


ROWS = 1000  # of a matrix of pairs at a time


def sum_of_correlations(ar: AbnormalReturns, first: np.ndarray, second: np.ndarray) -> float | Reason:
    """Σ ρ_ij over i in `first` and j in `second`; within one group over the pairs i < j."""
    days = ar.estimation_days[first[0]], ar.estimation_days[second[0]]
    _, left, right = np.intersect1d(*days, return_indices=True)
    keep = days[0][left] != OUTSIDE
    a = ar.residuals[np.ix_(first, left[keep])]
    b = a if first is second else ar.residuals[np.ix_(second, right[keep])]
    if np.isfinite(a).all() and np.isfinite(b).all():
        return _complete(a, b)
    return _pairwise(a, b)


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
    total = 0.0
    for i in range(0, len(a), ROWS):
        rho = _correlations(a[i : i + ROWS], b)
        if isinstance(rho, Reason):
            return rho
        total += float(np.triu(rho, i + 1).sum() if a is b else rho.sum())
    return total


def _correlations(a: Array, b: Array) -> Array | Reason:
    ma, mb = np.isfinite(a), np.isfinite(b)
    a, b = np.where(ma, a, 0.0), np.where(mb, b, 0.0)
    wa, wb = ma.astype(float), mb.astype(float)
    n = wa @ wb.T
    if n.min() < MINIMUM_DAYS:
        return too_few(int(n.min()))
    sum_a, sum_b = a @ wb.T, wa @ b.T
    ss_a = (a**2) @ wb.T - sum_a**2 / n
    ss_b = wa @ (b**2).T - sum_b**2 / n
    if min(ss_a.min(), ss_b.min()) <= 0:
        return NO_VARIANCE
    return np.asarray((a @ b.T - sum_a * sum_b / n) / np.sqrt(ss_a * ss_b))


def mean_correlation(ar: AbnormalReturns, window: Window) -> float | Reason:
    """r̄ = 2/(N(N - 1)) Σ o_ij ρ_ij over the pairs of events, or why it cannot be had.

    o_ij is the share of tested calendar days that the two have in common, ρ_ij the correlation of their residuals on
    the calendar days common to both estimation windows. A pair without a shared tested day counts as zero.
    """
    n = len(ar)
    if n < 2:
        return Reason("needs_two", n=n)
    groups = alike_in(ar, window)
    g, h, shared = pairs_in(ar, window)
    length = (tested_days(ar, window)[[rows[0] for rows in groups]] != OUTSIDE).sum(axis=1)
    pairs = g, h, np.asarray(shared / np.sqrt(length[g] * length[h]))
    start = runs(ar, groups)
    total = 0.0
    for part in (over_runs(ar, groups, pairs, start), *_one_by_one(ar, groups, pairs, start)):
        if isinstance(part, Reason):
            return part
        total += part
    return 2 * total / (n * (n - 1))


def _one_by_one(ar: AbnormalReturns, groups: list[np.ndarray], pairs: Pairs, start: Days) -> Iterator[float | Reason]:
    """o Σ ρ_ij for each pair of groups of which one misses residuals, or has a calendar with gaps."""
    size = np.array([len(g) for g in groups])
    left = ((start[pairs[0]] < 0) | (start[pairs[1]] < 0)) & ((pairs[0] != pairs[1]) | (size[pairs[0]] > 1))
    for g, h, overlap in zip(*(part[left] for part in pairs), strict=True):
        part = sum_of_correlations(ar, groups[g], groups[h])
        yield part if isinstance(part, Reason) else overlap * part


def alike_in(ar: AbnormalReturns, window: Window) -> list[np.ndarray]:
    """Events grouped by their tested and estimation days; worked out once."""
    groups: list[np.ndarray] = once(ar, ("alike", window), lambda: alike(tested_days(ar, window), ar.estimation_days))
    return groups


def alike(*days: Days) -> list[np.ndarray]:
    """Rows grouped by equal calendars (compared by a 64-bit hash of the dates)."""
    rng = np.random.default_rng(0)
    key = np.sum([d @ rng.integers(1, 2**62, d.shape[1]) for d in days], axis=0)
    order = np.argsort(key, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(key[order])) + 1)


def pairs_in(ar: AbnormalReturns, window: Window) -> Pairs:
    """`shared_days` of the groups that are alike; worked out once."""
    rows = [rows[0] for rows in alike_in(ar, window)]
    pairs: Pairs = once(ar, ("shared days", window), lambda: shared_days(tested_days(ar, window)[rows]))
    return pairs


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
