"""Which events make a chunk, and the stretch of the panel that each chunk needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from eventwindow.errors import StudyError
from eventwindow.estimation.event_time import OUTSIDE, Days, factor_table
from eventwindow.estimation.models import model_named
from eventwindow.panel.chunk import Codes, Specification, Task, nothing_masked
from eventwindow.panel.events import EventList, contaminated
from eventwindow.panel.source import Panel

STRETCH = 1 << 23  # returns that a chunk may touch: 64 MB


@dataclass(frozen=True)
class Plan:
    """Chunks of a panel study; a chunk's task is cut from the panel when it is asked for."""

    specification: Specification
    panel: Panel
    events: EventList
    factors: np.ndarray  # (B, k, D)
    factor_names: tuple[str, ...]
    dates: Days  # (D,)
    chunk: int  # events, at most

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The first event of each chunk, and the number of events: a chunk's stretch of the panel stays small."""
        starts, n = [0], len(self.events)
        while starts[-1] < n:
            starts.append(self._end(starts[-1], min(starts[-1] + self.chunk, n)))
        return tuple(starts)

    def _end(self, start: int, furthest: int) -> int:
        """The last event up to which sessions × securities stay below STRETCH; at least one event."""
        spec, day = self.specification, self.events.day
        reach = max(spec.estimation.end, spec.window.end, 0) - min(spec.estimation.start, spec.window.start, 0) + 1
        ends = np.arange(start + 1, furthest + 1)
        securities = np.minimum(ends - start, len(self.panel.securities))
        small = (day[start:furthest].astype(np.int64) - day[start] + reach) * securities <= STRETCH
        return start + max(1, int(small.sum()))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def rows(self, number: int) -> slice:
        """The events of a chunk."""
        return slice(self.starts[number], self.starts[number + 1])

    def task(self, number: int, *, halo: bool = True) -> Task:
        """A chunk with, as its halo, the earlier events that may share a tested day with its first."""
        rows, start = self.rows(number), self.rows(number).start
        if halo:
            longest = max(map(len, self.specification.report))
            start = int(np.searchsorted(self.events.day, self.events.day[rows.start] - longest, side="right"))
            start = min(start, rows.start)
        return self.cut(np.arange(start, rows.stop), rows.start - start)

    def cut(self, at: Codes, halo: int = 0) -> Task:
        """The events at `at`, ascending, with what their windows touch of the panel."""
        spec, events = self.specification, self.events
        day = events.day[at].astype(np.int64)
        first = int(day.min()) + min(spec.estimation.start, spec.window.start, 0)
        stop = int(day.max()) + max(spec.estimation.end, spec.window.end, 0) + 1
        used, security = np.unique(events.security[at], return_inverse=True)
        return Task(
            spec,
            first,
            _stretch(self.dates, first, stop, OUTSIDE),
            self.panel.returns(first, stop, used),
            self.panel.spans[used],
            _stretch(self.factors, first, stop, np.nan),
            self.factor_names,
            security,
            day,
            events.group[at].astype(np.int64),
            events.benchmark[at].astype(np.int64),
            halo,
            self._masked(at),
        )

    def _masked(self, at: Codes) -> Days:
        """(m, 2) position in `at` and estimation day of returns that lie in another event's own window."""
        spec, events = self.specification, self.events
        if spec.contamination != "mask":
            return nothing_masked()
        event, other = self.contaminated
        mine = np.isin(event, at)
        row = np.searchsorted(at, event[mine])
        first = other[mine] - events.day[event[mine]] - spec.estimation.start
        column = (first[:, None] + spec.window.taus).ravel()
        pairs: Days = np.column_stack([np.repeat(row, len(spec.window)), column]).astype(np.int64)
        inside = (column >= 0) & (column < len(spec.estimation))
        return np.asarray(pairs[inside])

    @cached_property
    def contaminated(self) -> tuple[Days, Days]:
        """Each event with another of its security in its estimation window, ascending, and the session of that one."""
        return contaminated(self.events, self.specification.estimation)


def _stretch(values: np.ndarray, first: int, stop: int, outside: float) -> np.ndarray:
    """Entries first … stop - 1 of the last axis, `outside` beyond its ends."""
    length = values.shape[-1]
    low, high = max(first, 0), min(stop, length)
    pad = [(0, 0)] * (values.ndim - 1) + [(low - first, stop - high)]
    return np.pad(values[..., low:high], pad, constant_values=outside)


def factor_tables(
    spec: Specification,
    panel: Panel,
    events: EventList,
    factors: pd.Series | pd.DataFrame | Mapping[str, pd.DataFrame] | None,
) -> tuple[np.ndarray, tuple[str, ...]]:
    """(B, k, D) and names: one table for all, one a benchmark, or the benchmark's own column of the panel."""
    lags, leads = model_named(spec.model).neighbours
    sessions = panel.sessions
    named = [(name, f"benchmark of {events.where(events.benchmark == i)}") for i, name in enumerate(events.benchmarks)]
    if isinstance(factors, (pd.Series, pd.DataFrame)):
        tables = [factor_table(factors, sessions, lags, leads)] * len(events.benchmarks)
    elif factors is not None:
        tables = [factor_table(_named(factors, name, where), sessions, lags, leads) for name, where in named]
    elif events.benchmarks == ("",):
        return np.empty((1, 0, len(sessions))), ()
    else:
        tables = [factor_table(_column(panel, name, where), sessions, lags, leads) for name, where in named]
    return np.stack([table.to_numpy(float).T for table in tables]), tuple(map(str, tables[0].columns))


def _named(factors: Mapping[str, pd.DataFrame], name: str, where: str) -> pd.DataFrame:
    if name not in factors:
        raise StudyError(f"benchmark {name!r} has no table of factors", where=where, remedy="Add it to `factors`.")
    return factors[name]


def _column(panel: Panel, name: str, where: str) -> pd.Series:
    at = panel.securities.get_indexer(pd.Index([name]))
    if at[0] < 0:
        remedy = "Add it to the panel, or correct the name."
        raise StudyError(f"benchmark {name!r} is no security of the panel", where=where, remedy=remedy)
    return pd.Series(panel.returns(0, len(panel.sessions), at)[0], panel.sessions)
