"""Synthetic control on daily returns: weights from 0 on that sum to 1; with ridge (Ben-Michael et al. 2021)."""

import numpy as np

from eventwindow.analyses.counterfactual.pivoting import quadratic_minimum
from eventwindow.analyses.counterfactual.predictor import EVERY_DAY, NOT_A_DONOR, Ints
from eventwindow.estimation.event_time import Array

NEAREST = 20  # donors tried first
RIDGE = 1e-12  # of the donors' mean squared error: with it there is one solution, also where donors are equal
TOLERANCE = 1e-10


def simplex_weights(x: Array, y: Array) -> Array:
    """w ≥ 0, Σw = 1 that minimise |y - x w|; x (T, J), y (T,) → (J,)."""
    products = x.T @ x
    return _weights(products, x.T @ y, float(y @ y), NOT_A_DONOR, products)


def _weights(products: Array, with_own: Array, own: float, barred: int | np.int64, room: Array) -> Array:
    """The same from X'X (J, J), X'y (J,) and y'y, worked out in `room` (J, J); no weight for the donor at `barred`.

    As Σw = 1, the error is D w with D = x - y: the point of the hull of D's columns nearest to the origin. Up to its
    scale that is the v ≥ 0 with D'D v ≥ 1, and = 1 where v > 0 (Lawson & Hanson 1974, ch. 23).
    """
    gaps = np.subtract(products, with_own[:, None], out=room)
    gaps -= with_own - own  # D'D
    square = gaps.diagonal().copy()
    gaps.flat[:: len(gaps) + 1] += RIDGE * square.mean() or 1.0
    if barred >= 0:
        square[barred] = np.inf
    tried = np.zeros(len(gaps))
    tried[np.argsort(square, kind="stable")[: min(NEAREST, np.isfinite(square).sum())]] = 1.0
    one = np.ones(len(gaps))
    scaled = quadratic_minimum(gaps, one, tried, signed=False, barred=barred, slack=TOLERANCE)
    return np.asarray(scaled / scaled.sum())


def synthetic_control(x: Array, y: Array, x_new: Array, own: Ints, penalties: Array, days: slice = EVERY_DAY) -> Array:
    """The weighted donors, without an intercept; nothing is chosen, so A = 1."""
    products, with_own, squares = x.T @ x, x.T @ y, np.einsum("tm,tm->m", y, y)
    room = np.empty_like(products)
    weights = [_weights(products, with_own[:, m], squares[m], column, room) for m, column in enumerate(own)]
    return np.asarray((np.vstack([x, x_new])[days] @ np.transpose(weights))[None])


STEPS, RANGE = 21, 1e-8  # penalties from the largest squared singular value down to that share of it


def augmented_penalties(x: Array, y: Array, own: Ints) -> Array:
    """(A, M), the same for every target."""
    largest = np.linalg.svd(x - x.mean(axis=1, keepdims=True), compute_uv=False)[0] ** 2
    return np.asarray(np.repeat(largest * RANGE ** (np.arange(STEPS)[:, None] / (STEPS - 1)), y.shape[1], axis=1))


def augmented(x: Array, y: Array, x_new: Array, own: Ints, penalties: Array, days: slice = EVERY_DAY) -> Array:
    """Predictions (A, days, M) by weights that sum to one and may be negative.

    With X̃ the donors less each day's mean over them and ỹ the same of the target, the synthetic control's weights w
    become w + X̃'(X̃X̃' + penalty I)⁻¹(ỹ - X̃w).
    """
    asked = np.vstack([x, x_new])[days]
    out = np.empty((len(penalties), len(asked), y.shape[1]))
    for m, column in enumerate(own):
        others = np.arange(x.shape[1]) != column
        out[:, :, m] = augmented_weights(x[:, others], y[:, m], penalties[:, m]) @ asked[:, others].T
    return out


def augmented_weights(x: Array, y: Array, penalties: Array) -> Array:
    """(A, J), one row a penalty."""
    weights, mean = simplex_weights(x, y), x.mean(axis=1)
    centred = x - mean[:, None]
    values, vectors = np.linalg.eigh(centred @ centred.T)
    left = vectors.T @ (y - mean - centred @ weights)
    added = (left / (np.maximum(values, 0) + penalties[:, None])) @ vectors.T @ centred
    return np.asarray(weights + added)
