"""Synthetic control on daily returns: weights from 0 on that sum to 1; with ridge (Ben-Michael et al. 2021)."""

import numpy as np

from eventwindow.analyses.counterfactual.predictor import EVERY_DAY, Ints
from eventwindow.estimation.event_time import Array

AT_ONCE = 20  # donors tried first, and that join where the solution wants them most; those without weight leave
TOLERANCE = 1e-10


def simplex_weights(x: Array, y: Array) -> Array:
    """w ≥ 0, Σw = 1 that minimise |y - x w|; x (T, J), y (T,) → (J,).

    As Σw = 1, the error is D w with D = x - y: the point of the hull of D's columns nearest to the origin. Non-negative
    least squares of (0, 1) on D with a row of ones beneath gives it up to its scale (Lawson & Hanson 1974, ch. 23).
    """
    from scipy.optimize import nnls

    gaps = x.T - y
    square = np.sum(gaps**2, axis=1)
    stacked = np.column_stack([gaps / (np.sqrt(square.mean()) or 1.0), np.ones(len(gaps))])
    goal = np.append(np.zeros(len(y)), 1.0)
    tried, old = np.argsort(square, kind="stable")[:AT_ONCE], 0
    while True:
        rows = stacked[tried]
        scaled, _ = nnls(rows.T, goal)
        pull = stacked @ (goal - scaled @ rows)
        pull[tried] = 0.0
        wanted = np.argsort(-pull, kind="stable")[:AT_ONCE]
        wanted, held = wanted[pull[wanted] > TOLERANCE], scaled > 0
        if not len(wanted) or not held[old:].any():
            break
        tried, old = np.append(tried[held], wanted), int(held.sum())
    weights = np.zeros(len(gaps))
    weights[tried] = scaled / scaled.sum()
    return weights


def synthetic_control(x: Array, y: Array, x_new: Array, own: Ints, penalties: Array, days: slice = EVERY_DAY) -> Array:
    """The weighted donors, without an intercept; nothing is chosen, so A = 1."""
    weights = np.zeros((x.shape[1], y.shape[1]))
    for m, column in enumerate(own):
        others = np.arange(x.shape[1]) != column
        weights[others, m] = simplex_weights(x[:, others], y[:, m])
    return np.asarray((np.vstack([x, x_new])[days] @ weights)[None])


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
