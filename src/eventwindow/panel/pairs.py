"""Sums of residual correlations over the pairs of a block's events, by group and window."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.estimation.event_time import OUTSIDE, Array
from eventwindow.inference.correlation import NO_VARIANCE, meeting, moments, sum_over_pairs
from eventwindow.panel.chunk import Codes, Specification


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


@dataclass(frozen=True)
class PairSums:
    """Σ o_ij ρ_ij by key, all events first, then the groups; and where a pair has no correlation."""

    total: Array  # (G + 1, W)
    few: np.ndarray  # (G + 1, W), a pair has fewer than 30 common estimation days
    flat: np.ndarray  # (G + 1, W), residuals that do not vary on the common days


def pair_sums(rows: Rows, spec: Specification) -> PairSums:
    """Over all pairs of `rows` that hold a window, of all and of each group."""
    shape = (spec.groups + 1, len(spec.report))
    sums = PairSums(np.zeros(shape), np.zeros(shape, bool), np.zeros(shape, bool))
    for key in range(spec.groups + 1):
        mine = rows.take(rows.group == key - 1) if key else rows
        for w, window in enumerate(spec.report):
            found = _sum(mine.take(mine.held[:, w]), window, spec) if mine.held[:, w].sum() > 1 else 0.0
            if isinstance(found, Reason):
                (sums.flat if found == NO_VARIANCE else sums.few)[key, w] = True
            else:
                sums.total[key, w] = found
    return sums


def _sum(rows: Rows, window: Window, spec: Specification) -> float | Reason:
    at = slice(window.start - spec.window.start, window.end - spec.window.start + 1)
    tested = np.where(rows.tested[:, at], rows.day[:, None] + window.taus, OUTSIDE)
    days = rows.day[:, None] + spec.estimation.taus
    return sum_over_pairs(rows.residuals, days, moments(rows.residuals), meeting(tested, days))
