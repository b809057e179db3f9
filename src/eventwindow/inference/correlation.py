"""The mean residual correlation of events that share event days (Kolari & Pynnönen 2010), without a loop over pairs."""

from __future__ import annotations

import numpy as np

from eventwindow.abnormal import AbnormalReturns
from eventwindow.event_returns import OUTSIDE, Array, Days
from eventwindow.inference.sample import tested_days
from eventwindow.timeline import Window

MINIMUM_DAYS = 30
ROWS = 1000  # of a matrix of pairs at a time
NO_VARIANCE = "a firm's residuals do not vary on the days that it shares with another"


def mean_correlation(ar: AbnormalReturns, window: Window) -> float | str:
    """r̄ = 2/(N(N - 1)) Σ o_ij ρ_ij over the pairs of events, or why it cannot be had.

    o_ij is the share of tested calendar days that the two have in common, ρ_ij the correlation of their residuals on
    the calendar days common to both estimation windows. A pair without a shared tested day counts as zero.
    """
    n = len(ar)
    if n < 2:
        return f"needs two events; {n} is left"
    tested = tested_days(ar, window)
    groups = _alike(tested, ar.estimation_days)
    total = 0.0
    for g, h, overlap in _overlaps(tested, [rows[0] for rows in groups]):
        first, second = groups[g], groups[h]
        if g == h and len(first) == 1:
            continue
        part = _sum_of_correlations(ar, first, second)
        if isinstance(part, str):
            return part
        total += overlap * part
    return 2 * total / (n * (n - 1))


def _alike(*days: Days) -> list[np.ndarray]:
    """Rows grouped by equal calendars (compared by a 64-bit hash of the dates)."""
    rng = np.random.default_rng(0)
    weights = [rng.integers(1, 2**62, d.shape[1]) for d in days]
    key = np.sum([d @ w for d, w in zip(days, weights, strict=True)], axis=0)
    order = np.argsort(key, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(key[order])) + 1)


def _overlaps(tested: Days, rows: list[int]) -> list[tuple[int, int, float]]:
    """(g, h, o) for each pair g <= h of groups that share a tested day; o = shared / √(L_g L_h)."""
    from scipy.sparse import csr_array

    days = tested[rows]
    group, column = np.nonzero(days != OUTSIDE)
    unique, at = np.unique(days[group, column], return_inverse=True)
    held = csr_array((np.ones(len(group)), (group, at)), shape=(len(rows), len(unique)))
    shared = (held @ held.T).tocoo()
    length = held.sum(axis=1)
    upper = shared.row <= shared.col
    g, h = shared.row[upper], shared.col[upper]
    overlap = shared.data[upper] / np.sqrt(length[g] * length[h])
    return list(zip(g.tolist(), h.tolist(), overlap.tolist(), strict=True))


def _sum_of_correlations(ar: AbnormalReturns, first: np.ndarray, second: np.ndarray) -> float | str:
    """Σ ρ_ij over i in `first` and j in `second`; within one group over the pairs i < j."""
    days = ar.estimation_days[first[0]], ar.estimation_days[second[0]]
    _, left, right = np.intersect1d(*days, return_indices=True)
    keep = days[0][left] != OUTSIDE
    a = ar.residuals[np.ix_(first, left[keep])]
    b = a if first is second else ar.residuals[np.ix_(second, right[keep])]
    if np.isfinite(a).all() and np.isfinite(b).all():
        return _complete(a, b)
    return _pairwise(a, b)


def _complete(a: Array, b: Array) -> float | str:
    """Σ_ij z_i·z_j is (Σ z_i)·(Σ z_j): no pair is ever formed."""
    if a.shape[1] < MINIMUM_DAYS:
        return _too_few(a.shape[1])
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


def _pairwise(a: Array, b: Array) -> float | str:
    """Σ ρ_ij on the days that both of a pair have, by products of matrices."""
    total = 0.0
    for i in range(0, len(a), ROWS):
        rho = _correlations(a[i : i + ROWS], b)
        if isinstance(rho, str):
            return rho
        total += float(np.triu(rho, i + 1).sum() if a is b else rho.sum())
    return total


def _correlations(a: Array, b: Array) -> Array | str:
    ma, mb = np.isfinite(a), np.isfinite(b)
    a, b = np.where(ma, a, 0.0), np.where(mb, b, 0.0)
    wa, wb = ma.astype(float), mb.astype(float)
    n = wa @ wb.T
    if n.min() < MINIMUM_DAYS:
        return _too_few(int(n.min()))
    sum_a, sum_b = a @ wb.T, wa @ b.T
    ss_a = (a**2) @ wb.T - sum_a**2 / n
    ss_b = wa @ (b**2).T - sum_b**2 / n
    if min(ss_a.min(), ss_b.min()) <= 0:
        return NO_VARIANCE
    return np.asarray((a @ b.T - sum_a * sum_b / n) / np.sqrt(ss_a * ss_b))


def _too_few(days: int) -> str:
    return f"two firms that share an event day have {days} common estimation days, {MINIMUM_DAYS} needed"
