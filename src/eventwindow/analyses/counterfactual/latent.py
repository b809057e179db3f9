"""Latent factors of the untreated stocks: principal components on all days, loadings from the days fitted."""

import numpy as np

from eventwindow.analyses.counterfactual.predictor import EVERY_DAY, Ints
from eventwindow.estimation.event_time import Array

MOST = 8  # factors considered (Bai & Ng 2002)
STEPS, SETTLED = 60, 1e-12  # of Newton at most; what the last but one may move


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

    The eigenvalues are the roots of 1 = Σ_k (v_k'z)²/(d_k - μ), one between each two of K's (Golub 1973). Newton
    finds how far each falls from the one of K's above it, halving where a step would leave the bracket.
    """
    weight = z.T @ vectors  # (M, n)
    square, apart, room = weight**2, values - values[:r, None, None], values[:r, None] - values[1 : r + 1, None]
    low, high, fall = (np.broadcast_to(share * room, (r, len(weight))) for share in (0.0, 1.0, 0.5))  # to the root
    with np.errstate(all="ignore"):  # where two of K's are equal, nothing is between them
        for _ in range(STEPS):
            inverse = 1 / (apart + fall[:, :, None])
            over, slope = np.einsum("mn,rmn->rm", square, inverse) - 1, -np.einsum("mn,rmn->rm", square, inverse**2)
            low, high = np.where(over < 0, low, fall), np.where(over < 0, fall, high)
            ends = fall * (room - fall)  # `over` times this has no pole
            step = fall - ends * over / ((room - 2 * fall) * over + ends * slope)
            before, fall = fall, np.where((step >= low) & (step <= high), step, (low + high) / 2)
            if np.all(np.abs(fall - before) <= SETTLED * fall):
                break
    gap = apart + fall[:, :, None]
    found = weight / np.where(gap == 0, np.finfo(float).tiny, gap)
    found /= np.linalg.norm(found, axis=2, keepdims=True)
    return np.moveaxis(found @ vectors.T, 0, 2)
