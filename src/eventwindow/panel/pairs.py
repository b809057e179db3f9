"""Sums of residual correlations over pairs of events that share tested days, added up block by block in date order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from eventwindow.calendars.window import Window
from eventwindow.estimation.event_time import Array
from eventwindow.inference.correlation import MINIMUM_DAYS, correlations, filled
from eventwindow.panel.chunk import Codes


@dataclass(frozen=True)
class Rows:
    """Events in the order of their day 0, with what their pairs need."""

    residuals: Array  # (N, T)
    day: Codes  # (N,), session numbers
    group: Codes  # (N,), -1 for none
    tested: np.ndarray  # (N, L), whether the day of the event window has an AR
    held: np.ndarray  # (N, W), whether the event has a CAR over the window

    def take(self, chosen: np.ndarray) -> Rows:
        return Rows(*(getattr(self, f.name)[chosen] for f in fields(self)))

    def then(self, other: Rows) -> Rows:
        return Rows(*(np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)))

    @property
    def whole(self) -> np.ndarray:
        """(N,), whether no residual and no AR is missing."""
        return np.asarray(np.isfinite(self.residuals).all(axis=1) & self.tested.all(axis=1))


@dataclass(frozen=True)
class PairSums:
    """Σ o_ij ρ_ij by key, all events first, then the groups; and where a pair has no correlation."""

    total: Array  # (G + 1, W)
    few: np.ndarray  # (G + 1, W), a pair has fewer than 30 common estimation days
    flat: np.ndarray  # (G + 1, W), residuals that do not vary on the common days


def pair_sums(rows: Rows, windows: tuple[Window, ...], event: Window, groups: int) -> PairSums:
    """Over all pairs of `rows`: whole events by sums of unit vectors, the others pair by pair.

    As `inference.correlation.mean_correlation`: ρ_ij on the days common to both estimation windows, o_ij the shared
    tested days over the root of both numbers.
    """
    shape = (groups + 1, len(windows))
    sums = PairSums(np.zeros(shape), np.zeros(shape, bool), np.zeros(shape, bool))
    whole = rows.whole
    for shift in range(max(map(len, windows))):
        _add_whole(sums, rows, np.flatnonzero(whole), windows, shift)
    if not whole.all():
        filled_rows = filled(rows.residuals)
        for pair in _ragged_pairs(rows, whole, max(map(len, windows))):
            if len(pair[0]) and len(pair[1]):
                _add_ragged(sums, rows, filled_rows, *pair, windows, event)
    return sums


def _add_whole(sums: PairSums, rows: Rows, at: Codes, windows: tuple[Window, ...], shift: int) -> None:
    """Pairs of whole events whose days lie `shift` sessions apart: Σ_ij z_i·z_j is (Σ z_i)·(Σ z_j)."""
    if not len(at):
        return
    share = np.array([max(0, len(w) - shift) / len(w) for w in windows])
    t, groups = rows.residuals.shape[1], len(sums.total) - 1
    # a cell is a day and a group; the sums of a day are the sums of its cells
    code = rows.day[at].astype(np.int64) * (groups + 1) + rows.group[at] + 1
    cell, which, size = np.unique(code, return_inverse=True, return_counts=True)
    day, first_of_day = np.unique(cell // (groups + 1), return_index=True)
    partner = np.searchsorted(day, day + shift)
    met = np.flatnonzero((partner < len(day)) & (day[np.minimum(partner, len(day) - 1)] == day + shift))
    if not len(met):
        return
    if t - shift < MINIMUM_DAYS:
        _flag_few(sums.few, cell, size, shift, share > 0)
        return
    late, flat = _unit_sums(rows.residuals, at, which, len(cell), slice(shift, t))
    early, flat_too = (
        (late, flat) if not shift else _unit_sums(rows.residuals, at, which, len(cell), slice(0, t - shift))
    )
    sums.flat[:, share > 0] |= flat | flat_too
    by_day, by_day_early = (np.add.reduceat(part, first_of_day) for part in (late, early))
    total = np.zeros(groups + 1)
    product = np.einsum("dt,dt->d", by_day[met], by_day_early[partner[met]])
    if not shift:  # each pair once, none with itself; exactly nothing where a day has one event
        product = _pairs_of(product, np.add.reduceat(size, first_of_day))
    total[0] = product.sum()
    if groups:
        other = np.searchsorted(cell, cell + shift * (groups + 1))
        named = (cell % (groups + 1) > 0) & (other < len(cell))
        named[named] = cell[other[named]] == cell[named] + shift * (groups + 1)
        product = np.einsum("ct,ct->c", late[named], early[other[named]])
        np.add.at(total, cell[named] % (groups + 1), product if shift else _pairs_of(product, size[named]))
    sums.total[...] += total[:, None] * share


def _pairs_of(square: Array, size: Codes) -> Array:
    """Σ z_i·z_j over the pairs of each day from |Σ z_i|² and the number of its events."""
    return np.where(size > 1, (square - size) / 2, 0.0)


def _flag_few(few: np.ndarray, cell: Codes, size: Codes, shift: int, windows: np.ndarray) -> None:
    """Mark the keys that hold a pair `shift` sessions apart."""
    groups = len(few) - 1
    other = np.minimum(np.searchsorted(cell, cell + shift * (groups + 1)), len(cell) - 1)
    paired = (size > 1) if not shift else cell[other] == cell + shift * (groups + 1)
    keys = np.append(0, np.setdiff1d(cell[paired] % (groups + 1), [0])) if paired.any() else np.empty(0, np.int64)
    few[np.ix_(keys, np.flatnonzero(windows))] = True


def _unit_sums(residuals: Array, at: Codes, which: Codes, cells: int, kept: slice) -> tuple[Array, bool]:
    """Each cell's sum of residuals, centred and of length one on the kept days; and whether some do not vary."""
    from scipy.sparse import csr_array

    days = kept.stop - kept.start
    e = residuals[:, kept]
    mean = e.mean(axis=1)[at]
    square = np.einsum("nt,nt->n", e, e)[at] - days * mean**2
    flat = bool((square <= 0).any())
    weight = 1 / np.sqrt(np.where(square > 0, square, 1.0))
    order = np.argsort(which, kind="stable")
    ends = np.searchsorted(which[order], np.arange(cells + 1))
    sums = csr_array((weight[order], at[order], ends), shape=(cells, len(residuals))) @ residuals
    return sums[:, kept] - np.bincount(which, weight * mean, cells)[:, None], flat


def _ragged_pairs(rows: Rows, whole: np.ndarray, length: int) -> Iterator[tuple[Codes, Codes, int, int]]:
    """(i, j, early i, early j): rows of one day, not whole, against rows of a day less than `length` sessions away.

    `early` is by how many sessions each comes before the other. Each pair comes once.
    """
    days, start = np.unique(rows.day, return_index=True)
    ends = np.append(start[1:], len(rows.day))
    ragged = [np.flatnonzero(~whole[a:b]) + a for a, b in zip(start, ends, strict=True)]
    sound = [np.flatnonzero(whole[a:b]) + a for a, b in zip(start, ends, strict=True)]
    for k, day in enumerate(days):
        for m in range(k, min(len(days), k + length)):
            shift = int(days[m] - day)
            if shift >= length:
                break
            yield ragged[k], np.arange(start[m], ends[m]), shift, 0
            if m > k:
                yield ragged[m], sound[k], 0, shift


def _add_ragged(
    sums: PairSums,
    rows: Rows,
    whole: Array,
    first: Codes,
    second: Codes,
    early: int,
    early_too: int,
    windows: tuple[Window, ...],
    event: Window,
) -> None:
    t, shift = rows.residuals.shape[1], max(early, early_too)
    rho, days, flat = correlations(whole[:, first, early : t - early_too], whole[:, second, early_too : t - early])
    few = np.broadcast_to(days < MINIMUM_DAYS, rho.shape)
    once = np.ones(rho.shape, bool)
    if not shift:  # none with itself, and two that are not whole one way round
        once = (second > first[:, None]) | ~np.isin(second, first)
    alike = (rows.group[first, None] == rows.group[second]) & (rows.group[first, None] >= 0)
    clean = not (few.any() or flat.any())
    for w, window in enumerate(windows):
        if shift >= len(window):
            continue
        overlap = _overlap(rows, first, second, (early, early_too), w, window, event) * once
        value = rho * overlap
        sums.total[0, w] += value.sum()
        if len(sums.total) > 1:
            named = rows.group[first] >= 0
            np.add.at(sums.total[:, w], rows.group[first][named] + 1, (value * alike).sum(axis=1)[named])
        if not clean:
            for flags, bad in ((sums.few, few), (sums.flat, flat)):
                met = bad & (overlap > 0)
                flags[0, w] |= met.any()
                flags[rows.group[first][(met & alike).any(axis=1)] + 1, w] = True


def _overlap(
    rows: Rows, first: Codes, second: Codes, early: tuple[int, int], w: int, window: Window, event: Window
) -> Array:
    """(n, m) shared tested days over the root of both numbers; zero where one does not hold the window."""
    at, end = slice(window.start - event.start, window.end - event.start + 1), len(window)
    tested, other = (rows.tested[which, at] * rows.held[which, w, None] for which in (first, second))
    if tested.all() and other.all():
        return np.full((len(first), len(second)), (end - sum(early)) / end)
    tested, other = tested.astype(float), other.astype(float)
    shared = tested[:, early[0] : end - early[1]] @ other[:, early[1] : end - early[0]].T
    return np.asarray(shared / np.sqrt(np.maximum(np.outer(tested.sum(axis=1), other.sum(axis=1)), 1)))
