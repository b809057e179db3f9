"""Returns and factors of many events laid out in event time: calendars go in, arrays come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from eventwindow.calendars.dates import Rows, check_as_often, check_sessions, iso_days
from eventwindow.calendars.day_zero import near_names
from eventwindow.calendars.window import Window, check_estimation
from eventwindow.errors import EventDateError, StudyError
from eventwindow.estimation.risk_free import COLUMN, with_rate

Array = NDArray[np.float64]
Days = NDArray[np.int64]
Factors = pd.Series | pd.DataFrame | Mapping[str, pd.Series | pd.DataFrame]

TRADE_TO_TRADE = "trade_to_trade"  # a kind of returns: simple ones, from each price to the next
OUTSIDE = -1  # stands for the date of a day that lies outside the security's data
LABELS = ("event", "security", "group", "benchmark", "date")


@dataclass(frozen=True)
class EventReturns:
    """N events in event time: T estimation days, L event days, k factors; decimals, NaN where a return is missing."""

    labels: pd.DataFrame  # N rows: event, security, group, benchmark, date (day 0), and what else the user gave
    estimation: Window
    window: Window
    estimation_returns: Array  # (N, T)
    event_returns: Array  # (N, L)
    estimation_factors: Array  # (N, T, k)
    event_factors: Array  # (N, L, k)
    estimation_days: Days  # (N, T), calendar days since 1970-01-01; -1 outside the security's data
    event_days: Days  # (N, L)
    factor_names: tuple[str, ...] = ()
    kind: str = "simple"
    covered: Array | None = None  # (N, L), sessions that each return covers: more than one after a halt
    halted: NDArray[np.bool_] | None = None  # (N, L + 1), no price between two, from the day before the window on
    sessions: Array | None = (
        None  # (N, T), between trades: what each return covers; returns and factors are per session
    )
    gap_returns: Array | None = None  # (N, G), of the days between the two windows, where there are any
    gap_factors: Array | None = None  # (N, G, k)
    gap_days: Days | None = None  # (N, G)

    def __len__(self) -> int:
        return len(self.labels)

    def through_the_gap(self) -> tuple[EventReturns, int]:
        """The same events with the days between the windows before the event window's, and how many these are."""
        gap = between(self.estimation, self.window)
        if gap is None or self.gap_returns is None:
            return self, 0
        names = ("returns", "factors", "days")
        joined: dict[str, Any] = {
            f"event_{n}": np.concatenate([getattr(self, f"gap_{n}"), getattr(self, f"event_{n}")], axis=1)
            for n in names
        }
        return replace(self, window=Window(gap.start, self.window.end), **joined), len(gap)

    def rows(self, index: NDArray[Any]) -> EventReturns:
        held = {f.name: getattr(self, f.name) for f in fields(self)}
        chosen = {name: value[index] for name, value in held.items() if isinstance(value, np.ndarray)}
        return EventReturns(**held | chosen | {"labels": taken(self.labels, np.arange(len(self))[index])})

    def columns(self, names: Sequence[str]) -> tuple[Array, Array]:
        """The named factors, (N, k, T) over the estimation and (N, k, L) over the event window."""
        lacking = [name for name in names if name not in self.factor_names]
        if lacking:
            raise StudyError(
                f"the model needs the factor {lacking[0]!r}; the table holds {', '.join(self.factor_names) or 'none'}.",
                remedy=_remedy(lacking[0]),
            )
        first = self.factor_names.index(names[0]) if names else 0
        run = self.factor_names[first : first + len(names)] == tuple(names)  # a slice is a view, a list a copy
        at = slice(first, first + len(names)) if run else [self.factor_names.index(name) for name in names]
        return self.estimation_factors[:, :, at].swapaxes(1, 2), self.event_factors[:, :, at].swapaxes(1, 2)


def taken(table: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """The rows at these places, counted anew; those that follow one another are not copied."""
    follow = len(rows) > 0 and bool((np.diff(rows) == 1).all())
    found = table.iloc[rows[0] : rows[-1] + 1] if follow else table.take(rows)
    found.index = pd.RangeIndex(len(found))
    return found


def _remedy(factor: str) -> str:
    """What to do where a factor is not there."""
    if factor == "market":
        return 'Give benchmark="SPY", or factors with a column of that name, or choose another model.'
    return (
        "Give factors with a column of that name, or choose another model; capm takes a benchmark where the events name"
        " a series in the column `risk_free`."
    )


class Halts(NamedTuple):
    """(S, D) each: sessions without a price between two; the return up to each price; the sessions it covers."""

    between: NDArray[np.bool_]
    over: Array
    covered: Array


def event_returns(
    returns: pd.DataFrame,
    events: pd.DataFrame,
    *,
    estimation: Window,
    window: Window,
    factors: Factors | None = None,
    lags: int = 0,
    leads: int = 0,
    kind: str = "simple",
    prices: pd.DataFrame | None = None,
) -> EventReturns:
    """Lay the events of one session calendar out in event time.

    `returns` is date × security, decimals. `events` has the columns security and date (a session of the table) and any
    labels. `factors` is one table for all events (a lone column is the market), or a table for each name in the events'
    column `benchmark`; left out, each event's benchmark is a column of `returns`. `lags` and `leads` add the market of
    neighbouring days as market-1, market+1, …

    `prices`, on the same sessions, are held against a halt inside the event window: the return from the last price
    before it to the first one after it stands on that session, and `covered` says how many sessions it spans
    (Maynes & Rumsey 1993). Estimation windows leave such returns out, but for the kind "trade_to_trade".
    """
    _check(returns, estimation, window)
    labels = _labelled(events)
    column = _located(returns.columns, labels["security"], "security")
    day = _located(returns.index, labels["date"], "day 0")  # whoever lays events out has placed them
    tables, of = _factor_tables(returns, labels, factors, lags, leads)
    names = tuple(next(iter(tables.values())).columns) if tables else ()
    used, column = np.unique(column, return_inverse=True)
    values = np.take(returns.to_numpy(float).T, used, axis=0)
    reach = held_spans(values)
    parts: dict[str, Any] = {}
    for which, span in spans_of(estimation, window).items():
        parts[f"{which}_returns"] = _gather(values, span, day)[column]
        parts[f"{which}_factors"] = _gather_factors(tables, names, of, span, day)
        parts[f"{which}_days"] = _gather_days(returns.index, span, day, reach[column])
    if prices is not None:
        traded = prices[returns.columns[used]].to_numpy(float).T
        halts = Halts(between_prices(traded), *trade_to_trade(traded, kind))
        parts |= over_halts(parts, halts, (window, day, column))
        parts |= between_trades(parts, halts, (estimation, day, column)) if kind == TRADE_TO_TRADE else {}
    return EventReturns(labels, estimation, window, factor_names=names, kind=basis(kind), **parts)


def basis(kind: str) -> str:
    """How returns of a kind add up: those from trade to trade are simple."""
    return "simple" if kind == TRADE_TO_TRADE else kind


def between(estimation: Window, window: Window) -> Window | None:
    """The days between an estimation window and an event window after it, where there are any."""
    return Window(estimation.end + 1, window.start - 1) if window.start > estimation.end + 1 else None


def spans_of(estimation: Window, window: Window) -> dict[str, Window]:
    """The stretches of days that are laid out, by the prefix of their arrays."""
    gap = between(estimation, window)
    return {"estimation": estimation, "event": window} | ({} if gap is None else {"gap": gap})


def trade_to_trade(prices: Array, kind: str = "simple") -> tuple[Array, Array]:
    """Returns (S, D) from the last price before each price, and the sessions each covers (Maynes & Rumsey 1993)."""
    held = np.isfinite(prices)
    place = np.where(held, np.arange(prices.shape[1]), -1)
    before = np.maximum.accumulate(np.pad(place, ((0, 0), (1, 0)), constant_values=-1), axis=1)[:, :-1]
    usable = held & (before >= 0)
    ratio = prices / np.take_along_axis(prices, np.maximum(before, 0), axis=1)
    moved = np.log(ratio) if kind == "log" else ratio - 1
    return np.where(usable, moved, np.nan), np.where(usable, np.arange(prices.shape[1]) - before, 1.0)


def over_halts(parts: Mapping[str, Any], halts: Halts, place: tuple[Window, Days, Days]) -> dict[str, Any]:
    """The event's returns (N, L) with those over a halt in the window, the sessions each covers, and the halts, if any.

    `place` are the window, day 0 of each event, and its row of the halts.
    """
    window, day, row = place
    around = _Gathered(halts.between, Window(window.start - 1, window.end), day, False)[row]
    if not around.any():
        return {}
    returns, covered = _joined(parts["event_returns"], halts, place)
    return {"halted": around, "covered": covered, "event_returns": returns}


def _joined(own: Array, halts: Halts, place: tuple[Window, Days, Days]) -> tuple[Array, Array]:
    """The returns of a window with those over a halt that begins in it, and the sessions that each covers."""
    window, day, row = place
    over, covered = (_gather(part, window, day)[row] for part in (halts.over, halts.covered))
    inside = np.isnan(own) & np.isfinite(over) & (covered > 1) & (covered <= np.arange(1, own.shape[1] + 1))
    return np.where(inside, over, own), np.where(inside, covered, 1.0)


def between_trades(parts: Mapping[str, Any], halts: Halts | None, place: tuple[Window, Days, Days]) -> dict[str, Any]:
    """An estimation window's returns from each price to the next and their factors, per session that they cover."""
    own, factors = parts["estimation_returns"], np.array(parts["estimation_factors"], float)
    joined, covered = (own, np.ones_like(own)) if halts is None else _joined(own, halts, place)
    for row, days in over_several(covered):
        factors[row, days[-1]] = parts["estimation_factors"][row, days].mean(axis=0)
    return {"estimation_returns": joined / covered, "estimation_factors": factors, "sessions": covered}


def over_several(covered: Array | None) -> Iterator[tuple[int, range]]:
    """Of each return over several sessions, its row and their places: it stands on the last of them."""
    if covered is not None:
        for row, last in np.argwhere(covered > 1).tolist():
            yield row, range(last - int(covered[row, last]) + 1, last + 1)


def between_prices(prices: Array) -> NDArray[np.bool_]:
    """(S, D) sessions without a price that lie between two."""
    held = np.isfinite(prices)
    before, after = (np.maximum.accumulate(part, axis=1) for part in (held, held[:, ::-1]))
    return np.asarray(~held & before & after[:, ::-1])


class _Gathered:
    """Windows of a padded table, taken row by row without an index matrix."""

    def __init__(self, table: NDArray[Any], span: Window, day: Days, outside: float) -> None:
        before, after = max(0, -int((day + span.start).min())), max(0, int((day + span.end).max()) - table.shape[1] + 1)
        padded = np.pad(table, ((0, 0), (before, after)), constant_values=outside) if before or after else table
        self.windows, self.start = sliding_window_view(padded, len(span), axis=1), day + span.start + before

    def __getitem__(self, row: Days | int) -> NDArray[Any]:
        return np.asarray(self.windows[row, self.start])


def _gather(table: Array, span: Window, day: Days) -> _Gathered:
    return _Gathered(table, span, day, np.nan)


def _gather_factors(
    tables: Mapping[Any, pd.DataFrame], names: tuple[str, ...], of: pd.Series, span: Window, day: Days
) -> Array:
    """(N, T, k), each event's factors from its own table; contiguous along the days."""
    if tables and len(names) == 1 and (len(tables) == 1 and ("" in tables or bool(of.isin(list(tables)).all()))):
        [table] = tables.values()
        return _gather(table.to_numpy(float).T, span, day)[0][:, :, None]
    out = np.full((len(of), len(names), len(span)), np.nan)
    for key, table in tables.items():
        mine = np.flatnonzero(of == key) if key else slice(None)
        taken = _gather(table.to_numpy(float).T, span, day[mine])
        for j in range(len(names)):
            out[mine, j] = taken[j]
    return out.swapaxes(1, 2)


def _gather_days(index: pd.Index, span: Window, day: Days, spans: Days) -> Days:
    """(N, T) dates; -1 where the security's own data has not begun or has ended."""
    dates = pd.DatetimeIndex(index).as_unit("s").asi8 // 86400
    days = _Gathered(dates[None], span, day, OUTSIDE)[0]
    cut = np.flatnonzero((day + span.start < spans[:, 0]) | (day + span.end > spans[:, 1]))
    at = day[cut, None] + span.taus
    days[cut] = np.where((at >= spans[cut, :1]) & (at <= spans[cut, 1:]), days[cut], OUTSIDE)
    return np.asarray(days, np.int64)


def held_spans(values: Array) -> Days:
    """(S, 2) positions of the first and last return of each security (S, D); (D, -1) where it has none."""
    seen = np.isfinite(values)
    last = values.shape[1] - 1
    spans = np.column_stack([seen.argmax(1), last - seen[:, ::-1].argmax(1)])
    return np.where(seen.any(1, keepdims=True), spans, [last + 1, -1]).astype(np.int64)


def check_finite(values: Array, securities: pd.Index, sessions: pd.Index, where: str) -> None:
    """No return (D, S) is infinite."""
    infinite = np.isinf(values)
    if infinite.any():
        row, column = np.argwhere(infinite)[0]
        what = f"{securities[column]!r} has an infinite return on {sessions[row].date()}"
        raise StudyError(what, where=where, remedy="A price of zero? Correct it, or leave the return empty.")


def _factor_tables(
    returns: pd.DataFrame, labels: pd.DataFrame, factors: Factors | None, lags: int, leads: int
) -> tuple[dict[Any, pd.DataFrame], pd.Series]:
    """One factor table a benchmark, and risk-free rate where events name theirs, on the sessions of the returns.

    "" stands for a table of all events; beside them, the key of each event's table.
    """
    wanted = [b for b in labels["benchmark"].unique() if b and pd.notna(b)]
    if factors is None:
        without = labels["benchmark"].isna() | (labels["benchmark"] == "")
        if without.any() and not without.all():
            what = f"the event of {labels['security'][without].iloc[0]!r} has no benchmark, others have"
            remedy = 'Fill the column `benchmark`, or give benchmark = "SPY" for those without.'
            raise StudyError(what, where="the table of events", remedy=remedy)
        _located(returns.columns, pd.Series(wanted, dtype=object), "benchmark")
        factors = {b: returns[b] for b in wanted}
    if isinstance(factors, (pd.Series, pd.DataFrame)):
        factors = {"": factors}
        wanted = [""]
    elif lacking := [b for b in wanted if b not in factors]:
        raise StudyError(f"benchmark {lacking[0]!r} has no table of factors.", remedy="Add it to `factors`.")
    chosen: dict[Any, Any] = {b: factors[b] for b in wanted}
    of = labels["benchmark"]
    if COLUMN in labels and chosen:
        _located(returns.columns, labels[COLUMN], "risk-free rate")
        of = pd.Series([*zip(of, labels[COLUMN], strict=True)], dtype=object)
        chosen = {key: with_rate(chosen[key[0] if key[0] in chosen else ""], returns[key[1]]) for key in of.unique()}
    return {key: factor_table(table, returns.index, lags, leads) for key, table in chosen.items()}, of


def factor_table(table: pd.Series | pd.DataFrame, sessions: pd.Index, lags: int = 0, leads: int = 0) -> pd.DataFrame:
    """Factors by date, a lone series as `market`, laid on `sessions`, with the market of neighbouring days."""
    check_as_often(table.index, sessions, "the factors")
    return _shifted(_named(table).reindex(sessions), lags, leads)


def _named(table: pd.Series | pd.DataFrame) -> pd.DataFrame:
    frame = table.to_frame("market") if isinstance(table, pd.Series) else table
    if np.isinf(frame.to_numpy(float)).any():
        raise StudyError("a factor holds an infinite value.", remedy="Correct it, or leave it empty.")
    return frame


def _shifted(table: pd.DataFrame, lags: int, leads: int) -> pd.DataFrame:
    """The table with the market of the days before (market-1, …) and after (market+1, …) beside it."""
    near = {f"market{-s:+d}": table["market"].shift(s) for s in range(-leads, lags + 1) if s}
    return table.assign(**near) if near else table


def _labelled(events: pd.DataFrame) -> pd.DataFrame:
    days = iso_days(events["date"], Rows("the table of events").at, EventDateError)
    lacking: dict[str, Any] = {name: "" for name in ("group", "benchmark") if name not in events}
    if "event" not in events:
        lacking["event"] = np.datetime_as_string(days).astype(object)
    frame = events.assign(date=days.astype("M8[s]"), **lacking).reset_index(drop=True)
    return frame[[*LABELS, *(c for c in frame if c not in LABELS)]]


def _located(axis: pd.Index, wanted: pd.Series, what: str) -> Days:
    """Positions on an axis of the table; names that are not there are told."""
    at = np.asarray(axis.get_indexer(pd.Index(wanted)), np.int64)
    if (at < 0).any():
        raise StudyError(_unheld(axis, wanted[at < 0], what), remedy="Add it, or correct the name.")
    return at


def _unheld(axis: pd.Index, lacking: pd.Series, what: str) -> str:
    """Every name that is no column, beside the column that differs from it in case or blanks alone."""
    near = near_names(lacking, axis)
    told = [f"{name!r} (there is {held!r})" if held else repr(name) for name, held in near.items()]
    if len(told) == 1:
        return f"{what} {told[0]} is no column of the table of returns."
    return f"{what} {', '.join(told)}: none is a column of the table of returns"


def _check(returns: pd.DataFrame, estimation: Window, window: Window) -> None:
    check_estimation(estimation, window)
    where = "the table of returns"
    check_sessions(returns.index, where)
    check_securities(returns.columns, where)
    check_finite(returns.to_numpy(float), returns.columns, returns.index, where)


def check_securities(names: pd.Index, where: str) -> None:
    """Each security stands once."""
    if names.has_duplicates:
        twice = names[names.duplicated()][0]
        raise StudyError(f"the security {twice!r} stands twice", where=where, remedy="Keep one of the two.")
