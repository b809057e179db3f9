"""One chunk of a panel: its events, the returns that their windows touch, and what it hands back to be added up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from eventwindow.calendars.window import Window
from eventwindow.estimation.abnormal import AbnormalReturns, estimate
from eventwindow.estimation.contamination import Contamination
from eventwindow.estimation.event_time import (
    OUTSIDE,
    TRADE_TO_TRADE,
    Array,
    Days,
    EventReturns,
    Halts,
    basis,
    between_trades,
    over_halts,
    spans_of,
)
from eventwindow.estimation.models import Model

Codes = NDArray[np.integer]
BLOCK = 3840  # events whose arrays are held at once; as many as one thread works through


@dataclass(frozen=True)
class Specification:
    """What is asked of every event of a panel."""

    estimation: Window
    window: Window
    report: tuple[Window, ...]
    model: str | Model = "market_model"
    minimum_returns: int = 100
    kind: str = "simple"
    groups: int = 0  # named groups; an event without one counts among all events only
    daily: bool = False  # whether the ARs of each event and day are handed back
    contamination: Contamination = "tell"  # of an estimation window that holds another event of the security


@dataclass(frozen=True)
class Task:
    """n events in the order of their day 0, on D sessions of S securities; the first `halo` are of earlier chunks."""

    specification: Specification
    first: int  # number of the slab's first session
    dates: Days  # (D,), days since 1970-01-01, -1 where the panel has no session
    values: Array  # (S, D) returns, NaN where missing
    spans: Days  # (S, 2), session numbers of each security's first and last return
    factors: Array  # (B, k, D), a table a benchmark
    factor_names: tuple[str, ...]
    security: Codes  # (n,), rows of `values`
    day: Codes  # (n,), session numbers of day 0, ascending
    group: Codes  # (n,), -1 for none
    benchmark: Codes  # (n,), rows of `factors`
    halo: int
    masked: Days  # (m, 2), event and estimation day that are left out, by event
    halts: Array  # (m, 4): row of `values`, session of the price before, session, return

    def __len__(self) -> int:
        return len(self.day)

    @cached_property
    def halted(self) -> Halts | None:
        """The halts (S, D) on the task's sessions; None without one."""
        inside = self.halts[(self.halts[:, 2] >= 0) & (self.halts[:, 2] < self.values.shape[1])]
        if not len(inside):
            return None
        between, over = np.zeros(self.values.shape, bool), np.full(self.values.shape, np.nan)
        covered = np.ones(self.values.shape)
        for row, before, session in inside[:, :3].astype(int).tolist():
            between[row, max(before + 1, 0) : session] = True
            covered[row, session] = session - before
        over[inside[:, 0].astype(int), inside[:, 2].astype(int)] = inside[:, 3]
        return Halts(between, over, covered)


def fitted(task: Task, rows: slice, *, estimation_days: bool = False) -> AbnormalReturns:
    """Abnormal returns of the events in `rows`; their label `event` is the position in the task."""
    spec = task.specification
    return estimate(laid_out(task, rows, estimation_days=estimation_days), spec.model, spec.minimum_returns)


def laid_out(task: Task, rows: slice, *, estimation_days: bool = False) -> EventReturns:
    """The events in event time; the dates of the estimation window only where they are asked for."""
    spec, at = task.specification, np.arange(len(task))[rows]
    security, day, benchmark = task.security[rows], task.day[rows] - task.first, task.benchmark[rows]
    labels = pd.DataFrame({"event": at, "security": security, "group": task.group[rows], "benchmark": benchmark})
    parts: dict[str, Any] = {}
    for name, span in spans_of(spec.estimation, spec.window).items():
        start = day + span.start
        parts[f"{name}_returns"] = sliding_window_view(task.values, len(span), axis=1)[security, start]
        factors = sliding_window_view(task.factors, len(span), axis=2)[benchmark, :, start]
        parts[f"{name}_factors"] = factors.swapaxes(1, 2)
        if name != "estimation" or estimation_days:
            parts[f"{name}_days"] = _days(task, rows, span)
    place = day.astype(np.int64), security.astype(np.int64)
    if task.halted is not None:
        parts |= over_halts(parts, task.halted, (spec.window, *place))
    if spec.kind == TRADE_TO_TRADE:
        parts |= between_trades(parts, task.halted, (spec.estimation, *place))
    first, stop, _ = rows.indices(len(task))
    low, high = np.searchsorted(task.masked[:, 0], [first, stop])
    parts["estimation_returns"][task.masked[low:high, 0] - first, task.masked[low:high, 1]] = np.nan
    return EventReturns(
        labels.assign(date=task.dates[day]),
        spec.estimation,
        spec.window,
        **{"estimation_days": np.empty((len(at), 0), np.int64)} | parts,
        factor_names=task.factor_names,
        kind=basis(spec.kind),
    )


def _days(task: Task, rows: slice, span: Window) -> Days:
    """(n, L) dates; -1 where the security's own data has not begun or has ended."""
    at, spans = task.day[rows, None] + span.taus, task.spans[task.security[rows]]
    inside = (at >= spans[:, :1]) & (at <= spans[:, 1:])
    return np.where(inside, task.dates[at - task.first], OUTSIDE)


Arrays = Mapping[str, np.ndarray]


def add_up(parts: Iterable[Arrays]) -> dict[str, np.ndarray]:
    """Sums by name, in the order of the parts; flags are joined by or."""
    total: dict[str, np.ndarray] = {}
    for part in parts:
        for name, value in part.items():
            if name not in total:
                total[name] = value.copy()
            elif value.dtype == bool:
                total[name] |= value
            else:
                total[name] += value
    return total


def stacked(parts: Iterable[Arrays], name: str) -> Array:
    """One array of every part, one after the other."""
    return np.concatenate([part[name] for part in parts])


class Words:
    """Reasons as small numbers."""

    def __init__(self) -> None:
        self.code: dict[str, int] = {"": 0}

    def codes(self, reason: np.ndarray) -> np.ndarray:
        """(N,) codes of texts, uint32: a reason may name its day or its security."""
        out = np.zeros(len(reason), np.uint32)
        for at in np.flatnonzero(reason != ""):
            out[at] = self.code.setdefault(reason[at].packed(), len(self.code))
        return out
