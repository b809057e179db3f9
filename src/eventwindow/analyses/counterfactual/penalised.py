"""Penalised regressions on untreated stocks: elastic net down a path of penalties (Zou & Hastie 2005), and ridge."""

import numpy as np

from eventwindow.analyses.counterfactual.pivoting import quadratic_minimum
from eventwindow.analyses.counterfactual.predictor import EVERY_DAY, Ints
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


def elastic_net(x: Array, y: Array, x_new: Array, own: Ints, penalties: Array, days: slice = EVERY_DAY) -> Array:
    """Minimises |y - a - X b|²/(2T) + penalty (|b|₁ + |b|²/2)/2, the intercept free; predictions (A, days, M)."""
    mean, level = x.mean(axis=0), y.mean(axis=0)
    centred, asked = x - mean, np.vstack([x, x_new])[days] - mean
    gram, covariance = centred.T @ centred / len(x), centred.T @ (y - level) / len(x)
    out = np.empty((len(penalties), len(asked), y.shape[1]))
    for m, column in enumerate(own):
        coefficients = elastic_net_path(gram, covariance[:, m], penalties[:, m], column)
        out[:, :, m] = level[m] + coefficients @ asked.T
    return out


def elastic_net_path(gram: Array, covariance: Array, penalties: Array, barred: np.int64) -> Array:
    """Coefficients (A, J) under each penalty, begun from the one before; gram X'X/T, covariance X'y/T.

    The donor at `barred`, if that is a place, never enters.
    """
    path, b = np.empty((len(penalties), len(gram))), np.zeros(len(gram))
    if barred >= 0:
        covariance = covariance.copy()
        covariance[barred] = 0.0
    slack = TOLERANCE * float(np.abs(covariance).max())
    for a, penalty in enumerate(penalties):
        l1, l2 = penalty * L1_SHARE, penalty * (1 - L1_SHARE)
        b = path[a] = quadratic_minimum(gram, covariance, np.sign(b), l1=l1, l2=l2, barred=barred, slack=slack)
    return path


RIDGE_PENALTIES = np.logspace(2.5, -1.5, 13)  # penalties in units of the mean eigenvalue of XX'


def ridge_penalties(x: Array, y: Array, own: Ints) -> Array:
    """(A, M), the same for every target: multiples of the mean eigenvalue of the centred XX'."""
    centred = x - x.mean(axis=0)
    return np.asarray(np.repeat(RIDGE_PENALTIES[:, None] * np.sum(centred**2) / len(x), y.shape[1], axis=1))


def ridge(x: Array, y: Array, x_new: Array, own: Ints, penalties: Array, days: slice = EVERY_DAY) -> Array:
    """Minimises |y - a - X b|² + penalty |b|², the intercept free (Hoerl & Kennard 1970), in its dual form.

    A donor that is its own target leaves the Gram matrix by a rank-one downdate: (A - yy')⁻¹y = A⁻¹y / (1 - y'A⁻¹y).
    """
    mean, level = x.mean(axis=0), y.mean(axis=0)
    centred, asked = x - mean, np.vstack([x, x_new])[days] - mean
    values, vectors = np.linalg.eigh(centred @ centred.T)
    target, projected = vectors.T @ (y - level), asked @ centred.T @ vectors
    out = np.full((len(penalties), len(asked), y.shape[1]), np.nan)
    for penalty in np.unique(penalties):
        a, m = np.nonzero(penalties == penalty)
        share = 1 / (np.maximum(values, 0) + penalty)  # along the eigenvectors
        along = target[:, m]
        itself = share @ along**2 * (own[m] >= 0)
        out[a, :, m] = (level[m] + (projected * share @ along - itself * asked[:, own[m]]) / (1 - itself)).T
    return out
