"""Slopes of abnormal returns on characteristics by generalised least squares, on a day that all firms share.

Firms that move together say the same thing twice: the residual covariance of the estimation days weighs them (Cohn,
Johnson, Liu & Wardlaw 2026). The event's slope is ranked among those of all runs of days, each weighed by a covariance
of the estimation days outside it.
"""

from __future__ import annotations

import numpy as np

from eventwindow.errors import Reason
from eventwindow.estimation.event_time import Array

COMPONENTS = 100  # of the covariance at most, and at most half the days and a quarter of the firms
FIRMS = 200  # beyond which a covariance a run takes too long
TOO_MANY = Reason("gls_firms", n=FIRMS)


def factor_covariance(residuals: Array) -> Array:
    """(N, N) from residuals (N, T): the first K principal components, and each firm's own variance about them."""
    days = residuals.T - residuals.mean(axis=1)
    t, n = days.shape
    k = max(1, min(COMPONENTS, t // 2, n // 4))
    vectors = np.linalg.svd(days, full_matrices=False)[2][:k].T
    scores = days @ vectors
    own = (days - scores @ vectors.T).var(axis=0, ddof=1)
    return np.asarray(vectors * scores.var(axis=0, ddof=1) @ vectors.T + np.diag(own))


def gls_slopes(y: Array, x: Array, covariance: Array) -> Array:
    """(c,) coefficients of y (N,) on x (N, c)."""
    import statsmodels.api as sm

    return np.asarray(sm.GLS(y, x, sigma=covariance).fit().params)


def slopes_of_runs(residuals: Array, event: Array, x: Array) -> Array:
    """(D, c) slopes of each run of the joined circle (N, T + L), the event's own at place T.

    A run's covariance is that of the estimation days that are not in it.
    """
    t, length = residuals.shape[1], event.shape[1]
    joined, out = np.concatenate([residuals, event], axis=1), np.empty((t + length, x.shape[1]))
    for start in range(t + length):
        run = (start + np.arange(length)) % (t + length)
        covariance = factor_covariance(np.delete(residuals, run[run < t], axis=1))
        out[start] = gls_slopes(joined[:, run].sum(axis=1), x, covariance)
    return out
