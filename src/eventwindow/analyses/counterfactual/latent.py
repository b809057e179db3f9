"""Latent factors of the untreated stocks: principal components on all days, loadings from the days fitted."""

import numpy as np

from eventwindow.analyses.counterfactual.predictor import EVERY_DAY, Ints
from eventwindow.estimation.event_time import Array

MOST = 8  # factors considered (Bai & Ng 2002)
BISECTIONS = 60


def latent_factors(x: Array, y: Array, x_new: Array, own: Ints, penalties: Array, days: slice = EVERY_DAY) -> Array:
    """y on a constant and the donors' principal components by OLS (Xu 2017, without interactions); A = 1.

    Donors are standardised over all days. A donor that is its own target is taken out of the components exactly.
    """
    every = np.vstack([x, x_new])
    z = standardised(every)
    values, vectors = np.linalg.eigh(z @ z.T)
    values, vectors = values[::-1], vectors[:, ::-1]
    r = number_of_factors(values, *z.shape)
    components = np.broadcast_to(vectors[:, :r], (y.shape[1], len(z), r)).copy()
    leaving = np.flatnonzero(own >= 0)
    if len(leaving):
        components[leaving] = downdated(values, vectors, z[:, own[leaving]], r)
    design = np.concatenate([np.ones((*components.shape[:2], 1)), components], axis=2)
    fitted = design[:, : len(x)]
    square, right = fitted.swapaxes(1, 2) @ fitted, fitted.swapaxes(1, 2) @ y.T[:, :, None]
    return np.asarray((design[:, days] @ np.linalg.solve(square, right))[:, :, 0].T[None])


def standardised(x: Array) -> Array:
    """Columns with mean 0 and variance 1; one that never moves stays at 0."""
    centred = x - x.mean(axis=0)
    sd = centred.std(axis=0)
    return np.asarray(centred / np.where(sd > 0, sd, 1.0))


def number_of_factors(values: Array, days: int, donors: int) -> int:
    """The k from 1 to 8 with the smallest IC_p2 (Bai & Ng 2002); `values` are the eigenvalues of ZZ', largest first."""
    most = min(MOST, days - 2, donors - 1)
    left = (values.sum() - np.cumsum(values)[:most]) / (days * donors)
    price = np.arange(1, most + 1) * (donors + days) / (donors * days) * np.log(min(donors, days))
    return int(np.argmin(np.log(np.maximum(left, np.finfo(float).tiny)) + price)) + 1


def downdated(values: Array, vectors: Array, z: Array, r: int) -> Array:
    """The first r eigenvectors (M, n, r) of K - zz' for each column of z (n, M), from those of K, largest value first.

    The eigenvalues are the roots of 1 = Σ_k (v_k'z)²/(d_k - μ), one between each two of K's (Golub 1973).
    """
    weight = (vectors.T @ z).T  # (M, n)
    low = np.broadcast_to(values[1 : r + 1], (len(weight), r)).copy()
    high = np.broadcast_to(values[:r], (len(weight), r)).copy()
    square = np.ascontiguousarray((weight**2)[:, :, None])
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        above = (1 / (values[:, None] - middle[:, None, :]) * square).sum(axis=1) > 1
        high, low = np.where(above, middle, high), np.where(above, low, middle)
    gap = values[:, None] - ((low + high) / 2)[:, None, :]
    found = weight[:, :, None] / np.where(gap == 0, np.finfo(float).tiny, gap)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(vectors @ found)
