"""Ordinary least squares for many events at once, with the exact covariance of the forecast errors."""

from __future__ import annotations

import numpy as np

from eventwindow.event_returns import Array
from eventwindow.models.fit import Fit

BLOCK = 512  # events at a time: the temporaries stay in the processor's cache
COLLINEAR = 1e-12  # smallest share of a factor's variance that the other factors may leave
NO_VARIANCE = 1e-24  # residual against total sum of squares


def ols(y: Array, x: Array, x_event: Array, names: tuple[str, ...]) -> Fit:
    """Regress y (N, T) on a constant and x (N, k, T); expected returns and loadings at x_event (N, k, L)."""
    blocks = [_block(y[i : i + BLOCK], x[i : i + BLOCK], x_event[i : i + BLOCK]) for i in range(0, len(y), BLOCK)]
    expected, residuals, sigma, dof, nobs, loading, coefficients, problem = (
        part[0] if len(blocks) == 1 else np.concatenate(part) for part in zip(*blocks, strict=True)
    )
    own = np.broadcast_to((sigma**2)[:, None], expected.shape)
    names = ("alpha", *names)
    return Fit(expected, residuals, sigma, dof, nobs, own, loading, coefficients, names, problem)


def _block(y: Array, x: Array, x_event: Array) -> tuple[np.ndarray, ...]:
    k = x.shape[1]
    seen = np.isfinite(y) & np.isfinite(x).all(axis=1)
    nobs = seen.sum(axis=1).astype(float)
    count = np.maximum(nobs, 1)
    y_mean = np.sum(y, axis=1, where=seen) / count
    x_mean = np.sum(x, axis=2, where=seen[:, None, :]) / count[:, None]
    yc = np.where(seen, y - y_mean[:, None], 0.0)
    xc = np.where(seen[:, None, :], x - x_mean[:, :, None], 0.0)
    root, collinear = _inverse_root(xc @ xc.swapaxes(1, 2))
    beta = (root.swapaxes(1, 2) @ (root @ (xc @ yc[:, :, None])))[:, :, 0]
    residuals = yc - (beta[:, None, :] @ xc)[:, 0, :]
    dof = nobs - k - 1
    square = np.einsum("nt,nt->n", residuals, residuals)
    sigma = np.sqrt(square / np.maximum(dof, 1))
    xc_event = x_event - x_mean[:, :, None]
    expected = y_mean[:, None] + (beta[:, None, :] @ xc_event)[:, 0, :]
    leverage = np.concatenate(
        [np.broadcast_to(count[:, None, None] ** -0.5, expected[:, None].shape), root @ xc_event], 1
    )
    loading = (sigma[:, None, None] * leverage).swapaxes(1, 2)
    residuals[~seen] = np.nan
    coefficients = np.column_stack([y_mean - np.einsum("nk,nk->n", beta, x_mean), beta])
    total = np.einsum("nt,nt->n", yc, yc) + count * y_mean**2
    problem = problems(dof, collinear, square <= NO_VARIANCE * total)
    return expected, residuals, sigma, dof, nobs, loading, coefficients, problem


def problems(dof: Array, collinear: np.ndarray, constant: np.ndarray) -> np.ndarray:
    """Why an event has no fit, "" where it has one."""
    problem = np.full(len(dof), "", dtype=object)
    problem[constant] = "the residual variance is zero"
    problem[collinear] = "the factors are collinear over the estimation window"
    problem[dof < 3] = "too few returns for the model's coefficients"
    return problem


def _inverse_root(sxx: Array) -> tuple[Array, np.ndarray]:
    """W with W'W = Sxx⁻¹ for each event (Cholesky of the correlation matrix), and where the factors are collinear."""
    scale = np.sqrt(np.diagonal(sxx, axis1=1, axis2=2))
    flat = np.asarray((scale <= 0).any(axis=1))
    scale = np.where(scale > 0, scale, 1.0)
    k = sxx.shape[1]
    if k == 1:
        return 1 / scale[:, :, None], flat
    correlation = sxx / (scale[:, :, None] * scale[:, None, :])
    collinear = flat | (np.linalg.eigvalsh(correlation)[:, 0] < COLLINEAR) if k else flat
    correlation[collinear] = np.eye(k)
    return np.linalg.inv(np.linalg.cholesky(correlation)) / scale[:, None, :], collinear
