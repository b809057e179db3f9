"""Augmented synthetic control (Ben-Michael, Feller & Rothstein 2021): ridge regression adds what the weights leave."""

from __future__ import annotations

import numpy as np

from eventwindow.analyses.counterfactual.predictor import Ints
from eventwindow.analyses.counterfactual.synthetic import simplex_weights
from eventwindow.estimation.event_time import Array

STEPS, RANGE = 21, 1e-8  # penalties from the largest squared singular value down to that share of it


def augmented_penalties(x: Array, y: Array, own: Ints) -> Array:
    """(A, M), the same for every target."""
    largest = np.linalg.svd(x - x.mean(axis=1, keepdims=True), compute_uv=False)[0] ** 2
    return np.asarray(np.repeat(largest * RANGE ** (np.arange(STEPS)[:, None] / (STEPS - 1)), y.shape[1], axis=1))


def augmented(x: Array, y: Array, x_new: Array, own: Ints, penalties: Array) -> Array:
    """Predictions (A, T + L, M) by weights that sum to one and may be negative.

    With X̃ the donors less each day's mean over them and ỹ the same of the target, the synthetic control's weights w
    become w + X̃'(X̃X̃' + penalty I)⁻¹(ỹ - X̃w).
    """
    out = np.empty((len(penalties), len(x) + len(x_new), y.shape[1]))
    for m, column in enumerate(own):
        others = np.arange(x.shape[1]) != column
        out[:, :, m] = augmented_weights(x[:, others], y[:, m], penalties[:, m]) @ np.vstack([x, x_new])[:, others].T
    return out


def augmented_weights(x: Array, y: Array, penalties: Array) -> Array:
    """(A, J), one row a penalty."""
    weights, mean = simplex_weights(x, y), x.mean(axis=1)
    centred = x - mean[:, None]
    values, vectors = np.linalg.eigh(centred @ centred.T)
    left = vectors.T @ (y - mean - centred @ weights)
    added = (left / (np.maximum(values, 0) + penalties[:, None])) @ vectors.T @ centred
    return np.asarray(weights + added)
