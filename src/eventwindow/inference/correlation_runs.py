"""Sums of residual correlations between groups of events with the same calendar: no pair of events is ever formed."""

from __future__ import annotations

import numpy as np

from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import OUTSIDE, Array, Days
from eventwindow.parallel import in_blocks

Pairs = tuple[np.ndarray, np.ndarray, Array]  # groups g <= h and the overlap o of their tested days

MINIMUM_DAYS = 30
NO_VARIANCE = Reason("pair_constant")


def moments(ar: AbnormalReturns) -> tuple[Array, Array, Array]:
    """Each event's number of residuals, their mean, and the sum of squares about it; worked out once."""
    if "moments" not in ar.memo:
        parts = in_blocks(len(ar), lambda rows: _moments(ar.residuals[rows]))
        ar.memo["moments"] = tuple(np.concatenate(part) for part in zip(*parts, strict=True))
    days, mean, square = ar.memo["moments"]
    return days, mean, square


def _moments(e: Array) -> tuple[Array, Array, Array]:
    mean = e.mean(axis=1)
    if np.isfinite(mean).all():
        centred = e - mean[:, None]
        return np.full(len(e), float(e.shape[1])), mean, np.einsum("nt,nt->n", centred, centred)
    seen = np.isfinite(e)
    days = seen.sum(axis=1).astype(float)
    mean = np.sum(e, axis=1, where=seen) / np.maximum(days, 1)
    return days, mean, np.sum((e - mean[:, None]) ** 2, axis=1, where=seen)


def runs(ar: AbnormalReturns, groups: list[np.ndarray]) -> Days:
    """Where each group's estimation window starts on the joint calendar, -1 if it misses a day of it or a residual."""
    days = ar.estimation_days[[g[0] for g in groups]]
    first = int(days.min())
    held = np.zeros(int(days.max()) - first + 1, bool)
    held[days - first] = True
    calendar = np.flatnonzero(held) + first
    start, end = (np.searchsorted(calendar, days[:, j]) for j in (0, -1))
    t = days.shape[1]
    count = np.minimum.reduceat(moments(ar)[0][np.concatenate(groups)], np.cumsum([0, *map(len, groups)])[:-1])
    return np.where((days[:, 0] != OUTSIDE) & (end - start == t - 1) & (count == t), start, -1)


def over_runs(ar: AbnormalReturns, groups: list[np.ndarray], pairs: Pairs, start: Days) -> float | Reason:
    """Σ o Σ ρ_ij over the pairs of groups whose windows are whole, all pairs with the same shift between them at once.

    Σ_ij z_i·z_j is (Σ z_i)·(Σ z_j): no pair of events is ever formed.
    """
    size = np.array([len(g) for g in groups])
    g, h, overlap = pairs
    usable = (start[g] >= 0) & (start[h] >= 0) & ((g != h) | (size[g] > 1))
    g, h, overlap = g[usable], h[usable], overlap[usable]
    g, h = np.where(start[g] <= start[h], g, h), np.where(start[g] <= start[h], h, g)
    t, total = ar.residuals.shape[1], 0.0
    for shift in np.unique(start[h] - start[g]):
        if t - shift < MINIMUM_DAYS:
            return too_few(int(t - shift))
        at = start[h] - start[g] == shift
        first = _unit_sums(ar, groups, int(shift), late=True)
        second = _unit_sums(ar, groups, int(shift), late=False) if shift else first
        if first is None or second is None:
            return NO_VARIANCE
        products = np.einsum("gt,gt->g", first[g[at]], second[h[at]])
        own = g[at] == h[at]
        total += float(overlap[at] @ np.where(own, (products - size[g[at]]) / 2, products))
    return total


def _unit_sums(ar: AbnormalReturns, groups: list[np.ndarray], shift: int, *, late: bool) -> Array | None:
    """Each group's sum of residuals, centred and of length one on the last (or first) T - shift days, (G, T - shift).

    None where a firm's residuals do not vary on them.
    """
    from scipy.sparse import csr_array

    _, mean, square = moments(ar)
    t = ar.residuals.shape[1]
    cut = (ar.residuals[:, :shift] if late else ar.residuals[:, t - shift :]) - mean[:, None]
    left = -cut.sum(axis=1)
    square = square - np.einsum("nt,nt->n", cut, cut) - left**2 / (t - shift)
    rows = np.concatenate(groups)
    whole = np.isfinite(square)
    if (square[whole] <= 0).any():
        return None
    weight = np.where(whole, 1 / np.sqrt(np.where(whole, square, 1.0)), 0.0)[rows]
    ends = np.cumsum([0, *map(len, groups)])
    sums = csr_array((weight, rows, ends), shape=(len(groups), len(ar))) @ ar.residuals
    offset = np.add.reduceat(weight * (mean + left / (t - shift))[rows], ends[:-1])
    kept = slice(shift, None) if late else slice(0, t - shift)
    return np.asarray(sums[:, kept] - offset[:, None])


def too_few(days: int) -> Reason:
    return Reason("few_days_of_a_pair", n=days, needed=MINIMUM_DAYS)
