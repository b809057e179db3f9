"""The mean residual correlation of events that share event days (Kolari & Pynnönen 2010), without a loop over pairs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import OUTSIDE, Days
from eventwindow.inference.correlation_pairs import sum_of_correlations
from eventwindow.inference.correlation_runs import Pairs, over_runs, runs
from eventwindow.inference.design import once, tested_days


def mean_correlation(ar: AbnormalReturns, window: Window) -> float | Reason:
    """r̄ = 2/(N(N - 1)) Σ o_ij ρ_ij over the pairs of events, or why it cannot be had.

    o_ij is the share of tested calendar days that the two have in common, ρ_ij the correlation of their residuals on
    the calendar days common to both estimation windows. A pair without a shared tested day counts as zero.
    """
    n = len(ar)
    if n < 2:
        return Reason("needs_two", n=n)
    tested = tested_days(ar, window)
    groups = alike_in(ar, window)
    pairs = _overlaps(tested, [rows[0] for rows in groups])
    start = runs(ar, groups)
    total = 0.0
    for part in (over_runs(ar, groups, pairs, start), *_one_by_one(ar, groups, pairs, start)):
        if isinstance(part, Reason):
            return part
        total += part
    return 2 * total / (n * (n - 1))


def _one_by_one(ar: AbnormalReturns, groups: list[np.ndarray], pairs: Pairs, start: Days) -> Iterator[float | Reason]:
    """o Σ ρ_ij for each pair of groups of which one misses residuals, or has a calendar with gaps."""
    size = np.array([len(g) for g in groups])
    left = ((start[pairs[0]] < 0) | (start[pairs[1]] < 0)) & ((pairs[0] != pairs[1]) | (size[pairs[0]] > 1))
    for g, h, overlap in zip(*(part[left] for part in pairs), strict=True):
        part = sum_of_correlations(ar, groups[g], groups[h])
        yield part if isinstance(part, Reason) else overlap * part


def alike_in(ar: AbnormalReturns, window: Window) -> list[np.ndarray]:
    """Events grouped by their tested and estimation days; worked out once."""
    groups: list[np.ndarray] = once(ar, ("alike", window), lambda: alike(tested_days(ar, window), ar.estimation_days))
    return groups


def alike(*days: Days) -> list[np.ndarray]:
    """Rows grouped by equal calendars (compared by a 64-bit hash of the dates)."""
    rng = np.random.default_rng(0)
    key = np.sum([d @ rng.integers(1, 2**62, d.shape[1]) for d in days], axis=0)
    order = np.argsort(key, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(key[order])) + 1)


def _overlaps(tested: Days, rows: list[int]) -> Pairs:
    """(g, h, o) for each pair g <= h of groups that share a tested day; o = shared / √(L_g L_h)."""
    g, h, shared = shared_days(tested[rows])
    length = (tested[rows] != OUTSIDE).sum(axis=1)
    return g, h, np.asarray(shared / np.sqrt(length[g] * length[h]))


def shared_days(tested: Days) -> Pairs:
    """(g, h, n) for each pair g <= h of rows of (G, L) that share n > 0 tested days, a row with itself among them."""
    from scipy.sparse import csr_array

    row, column = np.nonzero(tested != OUTSIDE)
    unique, at = np.unique(tested[row, column], return_inverse=True)
    held = csr_array((np.ones(len(row)), (row, at)), shape=(len(tested), len(unique)))
    shared = (held @ held.T).tocoo()
    upper = shared.row <= shared.col
    return shared.row[upper], shared.col[upper], np.asarray(shared.data[upper])
