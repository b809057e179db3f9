"""Sums over the events of a block by group and window, for any array with a row an event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from eventwindow.estimation.event_time import Array
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

    def sums(self, values: np.ndarray, weight: Array | None = None, rows: slice = slice(None)) -> Array:
        """(K, M) sums of the rows of `values` (n, M), each times its weight."""
        from scipy.sparse import csr_array

        cell = self.cell[rows]
        order = np.argsort(cell, kind="stable")
        ends = np.searchsorted(cell[order], np.arange(self.to_keys.shape[1] + 1))
        data = np.ones(len(cell)) if weight is None else weight[order]
        by_cell = csr_array((data, order, ends), shape=(self.to_keys.shape[1], len(cell))) @ values
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
