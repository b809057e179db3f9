"""Sums over the events of a block by group and window, and sums of ranks by day, straight from each event's order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from eventwindow.estimation.event_time import Array
from eventwindow.inference.ranks import orders, ranked
from eventwindow.panel.chunk import Codes

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True)
class Cells:
    """Events of the same group that hold the same windows are summed once, then added to every key they belong to.

    A key is (group, window): all events first, then each group; K = (G + 1) W.
    """

    cell: Codes  # (N,)
    to_keys: csr_array  # (K, C)

    def of(self, rows: np.ndarray) -> Cells:
        """Those of some of the events."""
        return Cells(self.cell[rows], self.to_keys)

    def sums(self, values: np.ndarray) -> Array:
        """(K, M) sums of the rows of `values` (N, M)."""
        from scipy.sparse import csr_array

        order = np.argsort(self.cell, kind="stable")
        ends = np.searchsorted(self.cell[order], np.arange(self.to_keys.shape[1] + 1))
        shape = self.to_keys.shape[1], len(order)
        by_cell = csr_array((np.ones(len(order)), order, ends), shape=shape) @ values
        return np.asarray(self.to_keys @ by_cell)


def cells(held: np.ndarray, group: Codes, groups: int) -> Cells:
    """From the windows that each event holds (N, W) and its group (N,), -1 for none."""
    from scipy.sparse import csr_array

    windows = held.shape[1]
    code = (group.astype(np.int64) + 1 << windows) | held @ (1 << np.arange(windows))
    unique, cell = np.unique(code, return_inverse=True)
    own, bits = unique >> windows, (unique[:, None] >> np.arange(windows)) & 1
    at, window = np.nonzero(bits)
    named = own[at] > 0
    key = np.concatenate([window, own[at][named] * windows + window[named]])
    member = np.concatenate([at, at[named]])
    shape = ((groups + 1) * windows, len(unique))
    return Cells(cell, csr_array((np.ones(len(key)), (key, member)), shape=shape))


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
