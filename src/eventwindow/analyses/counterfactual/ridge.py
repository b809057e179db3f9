"""Ridge regression on untreated stocks, all targets and penalties from one eigendecomposition."""

from __future__ import annotations

import numpy as np

from eventwindow.analyses.counterfactual.predictor import Ints
from eventwindow.estimation.event_time import Array

RELATIVE = np.logspace(2.5, -1.5, 13)  # penalties in units of the mean eigenvalue of XX'


def ridge_penalties(x: Array, y: Array, own: Ints) -> Array:
    """(A, M), the same for every target: multiples of the mean eigenvalue of the centred XX'."""
    centred = x - x.mean(axis=0)
    return np.asarray(np.repeat(RELATIVE[:, None] * np.sum(centred**2) / len(x), y.shape[1], axis=1))


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
