"""Ranks of each event's residuals and abnormal returns, one sort an event for all rank tests."""

from __future__ import annotations

import numpy as np

from eventwindow.abnormal import AbnormalReturns
from eventwindow.event_returns import Array

BLOCK = 512  # events at a time: the sort stays in the processor's cache


def ranks(ar: AbnormalReturns, *, standardised: bool) -> tuple[Array, Array, Array]:
    """Ranks (N, T + L) over both windows, how many each event ranks (N,), and ranks (N, T) among the estimation days.

    Ties are averaged; a missing day has no rank (NaN). Worked out once.
    """
    if ("ranks", standardised) not in ar.memo:
        residuals, event = (ar.standardised_residuals, ar.sar) if standardised else (ar.residuals, ar.ar)
        parts = [_ranked(residuals[i : i + BLOCK], event[i : i + BLOCK]) for i in range(0, len(ar), BLOCK)]
        ar.memo["ranks", standardised] = tuple(np.concatenate(part) for part in zip(*parts, strict=True))
    both, count, estimation = ar.memo["ranks", standardised]
    return both, count, estimation


def with_one_more(ar: AbnormalReturns, estimation: Array, value: Array) -> tuple[Array, Array, Array]:
    """Ranks of the estimation days (N, T) and of `value` (N,) among both, and the number of those days."""
    e = ar.standardised_residuals
    below, equal = (e < value[:, None]), (e == value[:, None])
    event_rank = 1 + below.sum(axis=1) + 0.5 * equal.sum(axis=1)
    above = ~(below | equal)  # a missing day's rank is NaN anyway
    return estimation + above + 0.5 * equal, event_rank, np.isfinite(e).sum(axis=1).astype(float)


def mean_over(values: Array) -> tuple[Array, Array]:
    """Means over the events of each day (NaN where none has a value), and the share N_t/N that has one."""
    seen = np.isfinite(values)
    n = seen.sum(axis=0)
    return np.where(n > 0, np.sum(values, axis=0, where=seen) / np.maximum(n, 1), np.nan), n / len(values)


def _ranked(residuals: Array, event: Array) -> tuple[Array, Array, Array]:
    values = np.concatenate([residuals, event], axis=1)
    order = np.argsort(values, axis=1)
    sorted_values = np.take_along_axis(values, order, axis=1)
    missing = np.isnan(values)
    both, estimation = np.empty_like(values), np.empty_like(values)
    np.put_along_axis(both, order, np.arange(1.0, values.shape[1] + 1)[None], axis=1)
    np.put_along_axis(estimation, order, np.cumsum(order < residuals.shape[1], axis=1, dtype=float), axis=1)
    estimation = estimation[:, : residuals.shape[1]]
    tied = np.flatnonzero((sorted_values[:, 1:] == sorted_values[:, :-1]).any(axis=1))
    if len(tied):
        from scipy.stats import rankdata

        both[tied] = rankdata(values[tied], axis=1, nan_policy="omit")
        estimation[tied] = rankdata(residuals[tied], axis=1, nan_policy="omit")
    both[missing], estimation[missing[:, : residuals.shape[1]]] = np.nan, np.nan
    return both, values.shape[1] - missing.sum(axis=1).astype(float), estimation
