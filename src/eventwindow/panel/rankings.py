"""Sums of ranks by day, straight from each event's order: no rank is ever laid out."""

from __future__ import annotations

import numpy as np

from eventwindow.estimation.event_time import Array
from eventwindow.inference.ranks import orders, ranked
from eventwindow.panel.group_sums import Cells


def rank_sums(values: Array, t: int, summed: Cells, rows: slice) -> tuple[Array, Array]:
    """By key: Σ rank/(M + 1) of each row of `values` (n, D), and Σ rank/(T + 2) of its first `t` among themselves.

    M and T count what is not missing; a missing value has no rank, ties are averaged.
    """
    d = values.shape[1]
    order, near = orders(values)
    seen = np.isfinite(values)
    count, place = seen.sum(axis=1), np.arange(1.0, d + 1)
    cell = summed.cell[rows]
    into = cell[:, None] * d + order
    shares = place / (count + 1.0)[:, None]
    early = order < t
    own = np.cumsum(early, axis=1) / (seen[:, :t].sum(axis=1) + 2.0)[:, None] if t else None
    ragged = count < d
    if ragged.any():
        there = place <= count[ragged, None]
        shares[ragged] *= there
        early[ragged] &= there
    if near.any():  # ties, perhaps: their ranks are laid out after all
        shares[near] = 0.0
        early[near] = False
    both = _by_cell(into, shares, summed, d)
    alone = np.empty((0, 0)) if own is None else _by_cell(into, own * early, summed, d)[:, :t]
    if near.any():
        exact, exact_own = ranked(values[near], t)
        weights = 0.5 / (count[near] + 1), 0.5 / (seen[near, :t].sum(axis=1) + 2)
        at = cell[near]
        np.add.at(both, at, exact * weights[0][:, None])
        if t:
            np.add.at(alone, at, exact_own * weights[1][:, None])
    return summed.to_keys @ both, summed.to_keys @ alone if t else alone


def _by_cell(into: np.ndarray, weight: Array, summed: Cells, d: int) -> Array:
    cells = summed.to_keys.shape[1]
    return np.asarray(np.bincount(into.ravel(), weight.ravel(), cells * d), float).reshape(cells, d)
