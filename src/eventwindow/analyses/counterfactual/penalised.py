"""Penalised regressions on untreated stocks: elastic net down a path of penalties (Zou & Hastie 2005), and ridge."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eventwindow.analyses.counterfactual.predictor import Ints
from eventwindow.estimation.event_time import Array

L1_SHARE = 0.5  # of the penalty; the rest is quadratic
RELATIVE = np.logspace(0, -1.6, 10)  # penalties in units of the smallest that leaves no donor in
TOLERANCE = 1e-9  # of the largest covariance


def elastic_net_penalties(x: Array, y: Array, own: Ints) -> Array:
    """(A, M), from the smallest penalty at which every coefficient is zero."""
    covariance = (x - x.mean(axis=0)).T @ (y - y.mean(axis=0)) / len(x)
    leaving = np.flatnonzero(own >= 0)
    covariance[own[leaving], leaving] = 0.0  # a donor is none of its own
    return np.asarray(RELATIVE[:, None] * np.abs(covariance).max(axis=0) / L1_SHARE)


def elastic_net(x: Array, y: Array, x_new: Array, own: Ints, penalties: Array) -> Array:
    """Minimises |y - a - X b|²/(2T) + penalty (|b|₁ + |b|²/2)/2, the intercept free; predictions (A, T + L, M)."""
    mean, level = x.mean(axis=0), y.mean(axis=0)
    centred, every = x - mean, np.vstack([x, x_new]) - mean
    gram, covariance = centred.T @ centred / len(x), centred.T @ (y - level) / len(x)
    out = np.empty((len(penalties), len(every), y.shape[1]))
    for m, column in enumerate(own):
        coefficients = elastic_net_path(gram, covariance[:, m], penalties[:, m], column)
        out[:, :, m] = level[m] + coefficients @ every.T
    return out


def elastic_net_path(gram: Array, covariance: Array, penalties: Array, barred: np.int64) -> Array:
    """Coefficients (A, J) down the penalties, each from the one before; gram X'X/T, covariance X'y/T.

    The donor at `barred`, if that is a place, never enters.
    """
    path, b = np.empty((len(penalties), len(gram))), np.zeros(len(gram))
    largest = float(np.abs(np.delete(covariance, barred) if barred >= 0 else covariance).max())
    for a, penalty in enumerate(penalties):
        b = _solved(gram, covariance, penalty * L1_SHARE, penalty * (1 - L1_SHARE), b, barred, TOLERANCE * largest)
        path[a] = b
    return path


def _solved(gram: Array, covariance: Array, l1: float, l2: float, b: Array, barred: np.int64, slack: float) -> Array:
    """From any start: donors whose covariance with the error exceeds the penalty enter, those that reach zero leave.

    With the signs held the problem is linear, and at least one donor that enters keeps its sign: each round lowers the
    objective, so it ends (Lee, Battle, Raina & Ng 2007).
    """
    b = b.copy()
    active = np.flatnonzero(b)
    while True:
        b, active = _descended(gram, covariance, l1, l2, b, active)
        pull = covariance - np.einsum("aj,a->j", gram[active], b[active])  # too small for threads of BLAS to pay
        pull[active] = 0.0
        if barred >= 0:
            pull[barred] = 0.0
        entering = np.flatnonzero(np.abs(pull) > l1 + slack)
        if not len(entering):
            return b
        active = np.append(active, entering)
        b[entering] = np.copysign(np.finfo(float).tiny, pull[entering])


def _descended(
    gram: Array, covariance: Array, l1: float, l2: float, b: Array, active: NDArray[np.int64]
) -> tuple[Array, NDArray[np.int64]]:
    """The optimum over the active donors; one whose coefficient would change its sign leaves at zero."""
    from scipy.linalg.lapack import dposv  # half the work of a general solver, and no waiting for threads

    while len(active):
        here = b[active]
        sign = np.sign(here)
        held = gram[active[:, None], active]
        held.flat[:: len(active) + 1] += l2
        goal = dposv(held.T, covariance[active] - l1 * sign, overwrite_a=True, overwrite_b=True)[1]
        kept = goal * sign > 0
        if kept.all():
            b[active] = goal
            break
        steps = np.divide(here, here - goal, out=np.ones(len(active)), where=~kept)
        leaving = steps <= steps.min()
        b[active] = np.where(leaving, 0.0, here + steps.min() * (goal - here))
        active = active[~leaving]
    return b, active


RIDGE_PENALTIES = np.logspace(2.5, -1.5, 13)  # penalties in units of the mean eigenvalue of XX'


def ridge_penalties(x: Array, y: Array, own: Ints) -> Array:
    """(A, M), the same for every target: multiples of the mean eigenvalue of the centred XX'."""
    centred = x - x.mean(axis=0)
    return np.asarray(np.repeat(RIDGE_PENALTIES[:, None] * np.sum(centred**2) / len(x), y.shape[1], axis=1))


def ridge(x: Array, y: Array, x_new: Array, own: Ints, penalties: Array) -> Array:
    """Minimises |y - a - X b|² + penalty |b|², the intercept free (Hoerl & Kennard 1970), in its dual form.

    A donor that is its own target leaves the Gram matrix by a rank-one downdate: (A - yy')⁻¹y = A⁻¹y / (1 - y'A⁻¹y).
    """
    mean, level = x.mean(axis=0), y.mean(axis=0)
    centred, every = x - mean, np.vstack([x, x_new]) - mean
    values, vectors = np.linalg.eigh(centred @ centred.T)
    target, projected = vectors.T @ (y - level), every @ (centred.T @ vectors)
    leaving = own >= 0
    out = np.empty((len(penalties), len(every), y.shape[1]))
    for a, penalty in enumerate(penalties):
        dual = target / (np.maximum(values, 0)[:, None] + penalty)  # along the eigenvectors
        dual /= np.where(leaving, 1 - np.sum(target * dual, axis=0), 1.0)
        without = np.sum(target * dual, axis=0) * every[:, own] * leaving
        out[a] = level + projected @ dual - without
    return out
