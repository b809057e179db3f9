"""Which events make a chunk, and the stretch of the panel that each chunk needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from eventwindow.calendars.day_zero import near_names
from eventwindow.errors import Reason, StudyError
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.by_exchange import over_the_same_span
from eventwindow.estimation.concat import concat
from eventwindow.estimation.door import check_reach, tables_of
from eventwindow.estimation.event_time import OUTSIDE, Days, factor_table
from eventwindow.estimation.models import model_named
from eventwindow.estimation.risk_free import with_rate
from eventwindow.estimation.unlikely import AHEAD, Later, column_doubts, few
from eventwindow.panel.chunk import Codes, Specification, Task, fitted, laid_out
from eventwindow.panel.events import EventList, contaminated, reach, told_of_all
from eventwindow.panel.source import TILE, Panel

STRETCH = 1 << 23  # returns that a chunk may touch: 64 MB


@dataclass(frozen=True)
class Asked:
    """Pairs of groups whose CAARs are compared, and the characteristics of all rows of the list."""

    pairs: tuple[tuple[str, str], ...] = ()
    characteristics: pd.DataFrame | None = None


@dataclass(frozen=True)
class Plan:
    """Chunks of a panel study; a chunk's task is cut from the panel when it is asked for."""

    specification: Specification
    panel: Panel
    events: EventList
    factors: tuple[np.ndarray, ...]  # of each exchange (B × R, k, its sessions): benchmarks, risk-free rates
    factor_names: tuple[str, ...]
    dates: Days  # (D,), of the panel's rows
    axes: tuple[Days, ...]  # of each exchange, the rows of the panel that are its sessions
    chunk: int  # events, at most
    exchanges: tuple[str, ...] = ()  # the names of the axes, where the list gives them
    asked: Asked = Asked()

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The first event of each chunk, and the number of events: a chunk's stretch of the panel stays small."""
        starts, n = [0], len(self.events)
        while starts[-1] < n:
            last = int(np.searchsorted(self.events.exchange, self.events.exchange[starts[-1]], side="right"))
            starts.append(self._end(starts[-1], min(starts[-1] + self.chunk, last)))
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
        return slice(self.starts[number], self.starts[number + 1])

    def task(self, number: int, *, halo: bool = True) -> Task:
        """A chunk with, as its halo, the earlier events that may share a tested day with its first."""
        rows, start = self.rows(number), self.rows(number).start
        if halo:
            longest = max(map(len, self.specification.report))
            low = int(np.searchsorted(self.events.exchange, self.events.exchange[start]))
            earlier = self.events.day[low:start]
            start = low + int(np.searchsorted(earlier, self.events.day[start] - longest, side="right"))
        return self.cut(np.arange(start, rows.stop), rows.start - start)

    def cut(self, at: Codes, halo: int = 0) -> Task:
        """The events at `at`, ascending, of one exchange, with what their windows touch of its sessions."""
        spec, events = self.specification, self.events
        exchange = int(events.exchange[at[0]])
        axis = self.axes[exchange]
        day = events.day[at].astype(np.int64)
        first = int(day.min()) + min(spec.estimation.start, spec.window.start, 0)
        stop = int(day.max()) + max(spec.estimation.end, spec.window.end, 0) + 1
        used, security = np.unique(events.security[at], return_inverse=True)
        return Task(
            spec,
            first,
            _stretch(self.dates[axis], first, stop, OUTSIDE),
            self._returns(axis, first, stop, used),
            _spans_on(axis, self.panel.spans[used]),
            _stretch(self.factors[exchange], first, stop, np.nan),
            self.factor_names,
            security,
            day,
            events.group[at].astype(np.int64),
            events.benchmark[at].astype(np.int64) * len(events.rates) + events.rate[at],
            halo,
            self._masked(at),
            self._halts(axis, first, used),
        )

    def _returns(self, axis: Days, first: int, stop: int, used: Codes) -> np.ndarray:
        """(S, stop - first) returns on sessions of one exchange; NaN beyond the panel."""
        low, high = max(first, 0), min(stop, len(axis))
        row = int(axis[low])
        held = self.panel.returns(row, int(axis[high - 1]) + 1, used)[:, axis[low:high] - row]
        return np.pad(held, [(0, 0), (low - first, stop - high)], constant_values=np.nan)

    def _halts(self, axis: Days, first: int, used: Codes) -> np.ndarray:
        """The panel's returns over halts, their sessions counted on one exchange from `first` on."""
        found = self.panel.halts(used)
        return np.column_stack([found[:, 0], np.searchsorted(axis, found[:, 1:3]) - first, found[:, 3]])

    def fitted_together(self, at: Codes) -> AbnormalReturns:
        """Abnormal returns of the events at `at`, ascending, of whatever exchange, with their calendar days."""
        bounds = np.flatnonzero(np.diff(self.events.exchange[at])) + 1
        parts = [self._fitted(mine) for mine in np.split(at, bounds)]
        return concat(parts) if len(parts) > 1 else parts[0]

    def several_exchanges(self, at: Codes) -> bool:
        """Whether the events at `at` count the sessions of more than one exchange."""
        return len(self.axes) > 1 and len(np.unique(self.events.exchange[at])) > 1

    def _fitted(self, at: Codes) -> AbnormalReturns:
        ar = fitted(self.cut(at), slice(None), estimation_days=True)
        place = at[ar.labels["event"].to_numpy()]
        return replace(ar, labels=ar.labels.assign(event=place, security=self.events.security[place]))

    def _masked(self, at: Codes) -> Days:
        """(m, 2) position in `at` and estimation day of returns that lie in another event's own window."""
        spec, events = self.specification, self.events
        if spec.contamination != "mask":
            return np.empty((0, 2), np.int64)
        event, other = self.contaminated
        mine = np.isin(event, at)
        row = np.searchsorted(at, event[mine])
        first = other[mine] - events.day[event[mine]] - spec.estimation.start
        column = (first[:, None] + spec.window.taus).ravel()
        pairs: Days = np.column_stack([np.repeat(row, len(spec.window)), column]).astype(np.int64)
        inside = (column >= 0) & (column < len(spec.estimation))
        return np.asarray(pairs[inside])

    def with_doubts(self) -> Plan:
        """The plan, its events' exclusions with what speaks against the returns of a security."""
        events, reasons = self.events, list[Reason]()
        first = np.unique(events.security, return_index=True)[1]
        for exchange in range(len(self.axes)):
            mine = np.sort(first[events.exchange[first] == exchange])
            for at in np.array_split(mine, -(-len(mine) // TILE) or 1):
                if len(at):
                    source = laid_out(self.cut(at), slice(None), estimation_days=True)
                    names = self.panel.securities[events.security[at]]
                    named = replace(source, labels=source.labels.assign(security=names))
                    reasons += column_doubts(named, self._later(exchange))
        told = told_of_all(few(reasons))
        return replace(self, events=replace(events, exclusions=pd.concat([events.exclusions, told], ignore_index=True)))

    def _later(self, exchange: int) -> Later:
        """The returns of a security on sessions of an exchange after a day, and their dates."""
        axis = self.axes[exchange]
        days = self.dates[axis]

        def later(security: str, day: int) -> tuple[np.ndarray, Days]:
            first = int(np.searchsorted(days, day, side="right"))
            rows, column = axis[first : first + AHEAD], self.panel.securities.get_indexer(pd.Index([security]))
            if not len(rows):
                return np.empty(0), rows
            held = self.panel.returns(int(rows[0]), int(rows[-1]) + 1, column)[0]
            return held[rows - rows[0]], self.dates[rows]

        return later

    @cached_property
    def contaminated(self) -> tuple[Days, Days]:
        """Each event with another of its security that reaches into its estimation window, and that one's session."""
        return contaminated(self.events, reach(self.specification.estimation, self.specification.window))


def _spans_on(axis: Days, spans: Days) -> Days:
    """First and last rows of the panel (S, 2) as session numbers of an exchange."""
    ends = [np.searchsorted(axis, spans[:, 0]), np.searchsorted(axis, spans[:, 1], side="right") - 1]
    return np.column_stack(ends).astype(np.int64)


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
    axis: Days,
) -> tuple[np.ndarray, tuple[str, ...]]:
    """(B × R, k, sessions) and names: one table for all, one a benchmark, or the benchmark's own column of the panel.

    Each stands once for every risk-free rate that events name. A series that keeps other sessions than the exchange's
    covers the span that the securities' returns cover.
    """
    lags, leads = model_named(spec.model).neighbours
    sessions = panel.sessions[axis]
    for one in tables_of(factors):
        check_reach(one, pd.Series(panel.sessions[events.session]))
    named = [(name, f"benchmark of {events.where(events.benchmark == i)}") for i, name in enumerate(events.benchmarks)]
    given: list[pd.Series | pd.DataFrame]
    if isinstance(factors, (pd.Series, pd.DataFrame)):
        given = [factors] * len(events.benchmarks)
    elif factors is not None:
        given = [_named(factors, name, where) for name, where in named]
    elif events.benchmarks == ("",):
        return np.empty((len(events.rates), 0, len(sessions))), ()
    else:
        given = [_own(panel, "benchmark", name, where, axis, spec.kind) for name, where in named]
    tables = [factor_table(one, sessions, lags, leads) for one in _with_rates(given, panel, events, axis, spec.kind)]
    return np.stack([table.to_numpy(float).T for table in tables]), tuple(map(str, tables[0].columns))


def _with_rates(
    factors: list[pd.Series | pd.DataFrame], panel: Panel, events: EventList, axis: Days, kind: str
) -> list[pd.Series | pd.DataFrame]:
    """Each table with each of the risk-free rates that events name; as it is where they name none."""
    if events.rates == ("",):
        return factors
    named = [(name, f"risk-free rate of {events.where(events.rate == i)}") for i, name in enumerate(events.rates)]
    rates = [_own(panel, "risk-free rate", name, where, axis, kind) for name, where in named]
    return [with_rate(table, rate) for table in factors for rate in rates]


def _own(panel: Panel, what: str, name: str, where: str, axis: Days, kind: str) -> pd.Series:
    """A series of the panel on the sessions of an exchange."""
    column = _column(panel, what, name, where)
    every = len(axis) == len(panel.sessions)
    return column if every else over_the_same_span(column.dropna(), panel.sessions[axis], kind)


def _named(factors: Mapping[str, pd.DataFrame], name: str, where: str) -> pd.DataFrame:
    if name not in factors:
        raise StudyError(f"benchmark {name!r} has no table of factors", where=where, remedy="Add it to `factors`.")
    return factors[name]


def _column(panel: Panel, what: str, name: str, where: str) -> pd.Series:
    at = panel.securities.get_indexer(pd.Index([name]))
    if at[0] < 0:
        near = near_names([name], panel.securities)[name]
        remedy = f"Write {near!r}, which it holds." if near else "Add it to the panel, or correct the name."
        raise StudyError(f"{what} {name!r} is no security of the panel", where=where, remedy=remedy)
    return pd.Series(panel.returns(0, len(panel.sessions), at)[0], panel.sessions, name=name)
