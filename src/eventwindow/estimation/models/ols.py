"""Ordinary least squares for many events at once, with the exact covariance of the forecast errors."""

from typing import Any

import numpy as np

from eventwindow.errors import Reason
from eventwindow.estimation.event_time import Array
from eventwindow.estimation.models.fit import Fit
from eventwindow.parallel import in_blocks

COLLINEAR = 1e-12  # smallest share of a factor's variance that the other factors may leave
NO_VARIANCE = 1e-24  # residual against total sum of squares


def ols(y: Array, x: Array, x_event: Array, names: tuple[str, ...], sessions: Array | None = None) -> Fit:
    """Regress y (N, T) on a constant and x (N, k, T); expected returns and loadings at x_event (N, k, L).

    `sessions` (N, T) weight the days: a mean over n sessions has an n-th of the variance of one (Maynes & Rumsey 1993).
    """
    (n, t), (k, length) = y.shape, x_event.shape[1:]
    shapes = {
        "expected": (n, length),
        "residuals": (n, t),
        "sigma": (n,),
        "dof": (n,),
        "nobs": (n,),
        "loading": (n, length, k + 1),
        "coefficients": (n, k + 1),
    }
    out: dict[str, Any] = {name: np.empty(shape) for name, shape in shapes.items()}
    problem = np.full(n, "", dtype=object)

    def work(rows: slice) -> None:
        weights = None if sessions is None else sessions[rows]
        fitted, problem[rows] = _block(y[rows], x[rows], x_event[rows], weights)
        for name, value in fitted.items():
            out[name][rows] = value

    in_blocks(n, work)
    own = np.broadcast_to((out["sigma"] ** 2)[:, None], (n, length))
    return Fit(**out, own_variance=own, coefficient_names=("alpha", *names), problem=problem)


def _block(y: Array, x: Array, x_event: Array, weights: Array | None) -> tuple[dict[str, Array], np.ndarray]:
    nobs, total, y_mean, x_mean, yc, xc = centred(y, x, weights)
    k = x.shape[1]
    products = xc @ xc.swapaxes(1, 2)
    spread = np.diagonal(products, axis1=1, axis2=2)
    still = np.asarray((spread <= NO_VARIANCE * total[:, None] * x_mean**2).any(axis=1))
    root, collinear = _inverse_root(products, still)
    beta = (root.swapaxes(1, 2) @ (root @ (xc @ yc[:, :, None])))[:, :, 0]
    residuals = yc - (beta[:, None, :] @ xc)[:, 0, :]
    dof = nobs - k - 1
    square = np.einsum("nt,nt->n", residuals, residuals)
    sigma = np.sqrt(square / np.maximum(dof, 1))
    xc_event = x_event - x_mean[:, :, None]
    expected = y_mean[:, None] + (beta[:, None, :] @ xc_event)[:, 0, :]
    of_mean = np.broadcast_to(np.maximum(total, 1)[:, None, None] ** -0.5, expected[:, None].shape)
    leverage = np.concatenate([of_mean, root @ xc_event], axis=1)
    if nobs.min() < y.shape[1]:
        residuals[~_seen(y, x)] = np.nan
    fitted = {
        "expected": expected,
        "residuals": residuals,
        "sigma": sigma,
        "dof": dof,
        "nobs": nobs,
        "loading": (sigma[:, None, None] * leverage).swapaxes(1, 2),
        "coefficients": np.column_stack([y_mean - np.einsum("nk,nk->n", beta, x_mean), beta]),
    }
    squares = np.einsum("nt,nt->n", yc, yc) + total * y_mean**2
    return fitted, problems(dof, square <= NO_VARIANCE * squares, collinear, still)


def centred(y: Array, x: Array, weights: Array | None = None) -> tuple[Array, Array, Array, Array, Array, Array]:
    """Days seen, the sum of their weights, means, and deviations from them times the root of the weight.

    y (N, T), x (N, k, T); missing days deviate by zero.
    """
    if weights is not None:
        return _weighted(y, x, weights)
    t = y.shape[1]
    y_sum, x_sum = y.sum(axis=1), x.sum(axis=2)
    if np.isfinite(y_sum).all() and np.isfinite(x_sum).all():
        y_mean, x_mean = y_sum / t, x_sum / t
        nobs = np.full(len(y), float(t))
        return nobs, nobs, y_mean, x_mean, y - y_mean[:, None], x - x_mean[:, :, None]
    seen = _seen(y, x)
    nobs = seen.sum(axis=1).astype(float)
    count = np.maximum(nobs, 1)
    y, x = np.where(seen, y, 0.0), np.where(seen[:, None, :], x, 0.0)
    y_mean, x_mean = y.sum(axis=1) / count, x.sum(axis=2) / count[:, None]
    yc = np.where(seen, y - y_mean[:, None], 0.0)
    return nobs, nobs, y_mean, x_mean, yc, np.where(seen[:, None, :], x - x_mean[:, :, None], 0.0)


def _weighted(y: Array, x: Array, weights: Array) -> tuple[Array, Array, Array, Array, Array, Array]:
    seen = _seen(y, x)
    w = np.where(seen, weights, 0.0)
    total = w.sum(axis=1)
    y, x = np.where(seen, y, 0.0), np.where(seen[:, None, :], x, 0.0)
    share = w / np.maximum(total, 1)[:, None]
    y_mean, x_mean = (share * y).sum(axis=1), (share[:, None, :] * x).sum(axis=2)
    root = np.sqrt(w)
    yc, xc = root * (y - y_mean[:, None]), root[:, None, :] * (x - x_mean[:, :, None])
    return seen.sum(axis=1).astype(float), total, y_mean, x_mean, yc, xc


def _seen(y: Array, x: Array) -> np.ndarray:
    return np.isfinite(y) & np.isfinite(x).all(axis=1)


def problems(
    dof: Array, constant: np.ndarray, collinear: np.ndarray | None = None, still: np.ndarray | None = None
) -> np.ndarray:
    """Why an event has no fit, "" where it has one: residuals that are `constant`, factors that are, or add up."""
    problem = np.full(len(dof), "", dtype=object)
    problem[constant] = Reason("no_residual_variance")
    if collinear is not None:
        problem[collinear] = Reason("collinear_factors")
    if still is not None:
        problem[still] = Reason("still_factor")
    problem[dof < 3] = Reason("too_few_for_coefficients")
    return problem


def _inverse_root(sxx: Array, still: np.ndarray) -> tuple[Array, np.ndarray]:
    """W with W'W = Sxx⁻¹ for each event (Cholesky of the correlation matrix), and where the factors are collinear."""
    scale = np.sqrt(np.diagonal(sxx, axis1=1, axis2=2))
    scale = np.where(scale > 0, scale, 1.0)
    k = sxx.shape[1]
    if k == 1:
        return 1 / scale[:, :, None], np.zeros(len(sxx), bool)
    correlation = sxx / (scale[:, :, None] * scale[:, None, :])
    collinear = still | (np.linalg.eigvalsh(correlation)[:, 0] < COLLINEAR) if k else still
    correlation[collinear] = np.eye(k)
    return np.linalg.inv(np.linalg.cholesky(correlation)) / scale[:, None, :], collinear
