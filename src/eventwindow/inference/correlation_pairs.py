"""Sums of residual correlations between two groups of events, day by day where residuals are missing."""

from __future__ import annotations

import numpy as np

from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import OUTSIDE, Array
from eventwindow.inference.correlation_runs import MINIMUM_DAYS, NO_VARIANCE, too_few

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
