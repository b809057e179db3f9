"""Synthetic control on daily returns (Abadie, Diamond & Hainmueller 2010): weights not below 0 that sum to 1."""

from __future__ import annotations

import numpy as np

from eventwindow.analyses.counterfactual.predictor import Ints
from eventwindow.estimation.event_time import Array

FIRST = 60  # donors tried first; others join where the solution wants them
TOLERANCE = 1e-10


def simplex_weights(x: Array, y: Array) -> Array:
    """w ≥ 0, Σw = 1 that minimise |y - x w|; x (T, J), y (T,) → (J,).

    As Σw = 1, the error is D w with D = x - y: the point of the hull of D's columns nearest to the origin. Non-negative
    least squares of (0, 1) on D with a row of ones beneath gives it up to its scale (Lawson & Hanson 1974, ch. 23).
    """
    from scipy.optimize import nnls

    gaps = x - y[:, None]
    square = np.sum(gaps**2, axis=0)
    stacked = np.vstack([gaps / (np.sqrt(square.mean()) or 1.0), np.ones(x.shape[1])])
    goal = np.append(np.zeros(len(y)), 1.0)
    tried = np.zeros(x.shape[1], bool)
    tried[np.argsort(square, kind="stable")[:FIRST]] = True
    while True:
        scaled, _ = nnls(stacked[:, tried], goal)
        pull = np.einsum("tj,t->j", stacked, goal - stacked[:, tried] @ scaled)
        wanted = (pull > TOLERANCE) & ~tried
        if not wanted.any():
            break
        tried |= wanted
    weights = np.zeros(x.shape[1])
    weights[tried] = scaled / scaled.sum()
    return weights


def synthetic_control(x: Array, y: Array, x_new: Array, own: Ints, penalties: Array) -> Array:
    """The weighted donors, without an intercept; nothing is chosen, so A = 1."""
    weights = np.zeros((x.shape[1], y.shape[1]))
    for m, column in enumerate(own):
        others = np.arange(x.shape[1]) != column
        weights[others, m] = simplex_weights(x[:, others], y[:, m])
    return np.asarray((np.vstack([x, x_new]) @ weights)[None])
