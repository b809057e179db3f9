"""From a table of returns and a table of events to abnormal returns, in one call."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eventwindow.calendars.dates import Rows, check_sessions, frequency
from eventwindow.calendars.day_zero import with_day_zero
from eventwindow.calendars.exchange import MAX_SHIFT, SessionRule
from eventwindow.calendars.window import Span, as_window
from eventwindow.errors import Exchange, Reason, StudyError, WindowError
from eventwindow.estimation.abnormal import AbnormalReturns, estimate, read_only
from eventwindow.estimation.by_exchange import (
    displaced,
    displaced_reasons,
    exchange_of,
    foreign_rows,
    lacking_sessions,
    named_own_benchmark,
    over_the_same_span,
    own_rows,
    spanned_windows,
)
from eventwindow.estimation.concat import concat
from eventwindow.estimation.contamination import Contamination, decontaminated, gap_notes, overlap_notes
from eventwindow.estimation.cumulative import check_own_windows
from eventwindow.estimation.door import (
    OF_RETURNS,
    Values,
    benchmarks_of,
    check_choices,
    check_prices,
    check_reach,
    returns_table,
    sessions_only,
    tables_of,
)
from eventwindow.estimation.event_time import OUTSIDE, Array, Days, Factors, event_returns
from eventwindow.estimation.exports import tool, worded
from eventwindow.estimation.given import OTHERS, factors_given, given, identifier
from eventwindow.estimation.models import Model, model_named
from eventwindow.estimation.returns import check_decimals
from eventwindow.estimation.risk_free import check_rates
from eventwindow.estimation.unlikely import AHEAD, Later, column_doubts, few, short_notes, unlikely_notes
from eventwindow.inference.advice import Advice, advise
from eventwindow.inference.summary import Summary, summarise


@dataclass(frozen=True, repr=False, eq=False)
class EventStudy(AbnormalReturns):
    """Abnormal returns with what is concluded from them: `AbnormalReturns` and its `summary`.

    Attributes
    ----------
    ar : array (N, L)
        Abnormal returns, decimals. All other attributes and methods are those of `AbnormalReturns`.

    Examples
    --------
    >>> study
    Abnormal returns of 3 events over [-5,5], market_model
    ...
    >>> round(study.caar((0, 1)), 4)
    -0.0617
    >>> study.summary(0).valid[0].name
    'date_permutation_mean'
    """

    @classmethod
    def of(cls, abnormal: AbnormalReturns) -> EventStudy:
        parts = {f.name: getattr(abnormal, f.name) for f in fields(abnormal)}
        for part in parts.values():  # what is changed in place would be summed and tested as changed
            if isinstance(part, np.ndarray):
                read_only(part)
        return cls(**parts)

    @property
    def plot(self) -> Any:
        """Figures that show themselves: `.plot.car()`, `.aar()`, `.caar()`, `.day0()`; `.save("car.svg")` keeps one."""
        return tool("returns_plot")(self)

    def advise(self, window: Span = 0) -> Advice:
        """Which test to read for these events and why, and the sample that shows effects of 1, 2 and 5 %."""
        return advise(self, as_window(window))

    def summary(self, window: Span | None = None) -> Summary:
        """Every test of one window: first those that hold for the design, then what could not run, then the others."""
        if window is None and self.has_own_windows:
            what = "the events have windows of their own, and a test is of one window for all"
            remedy = "Name it: summary((0, 1)). car() and caar() take each event's own."
            raise WindowError(what, remedy=remedy)
        return summarise(self, self.window if window is None else as_window(window))


def abnormal_returns(
    returns: pd.DataFrame | pd.Series | Mapping[Any, Any],
    events: pd.DataFrame | pd.Series | Mapping[Any, Any] | Sequence[Any],
    *,
    model: str | Model = "market_model",
    benchmark: str | int | pd.Series | None = None,
    factors: Factors | None = None,
    peers: Sequence[str] = (),
    estimation: Span = (-260, -11),
    window: Span = (-10, 20),
    minimum_returns: int = 100,
    session: SessionRule = "error",
    max_shift: int = MAX_SHIFT,
    exchange: str | None = None,
    kind: str = "simple",
    values: Values = "returns",
    contamination: Contamination = "tell",
) -> EventStudy:
    """Abnormal returns of every event, from a table of returns and a table of events.

    Parameters
    ----------
    returns : DataFrame (D days, S securities), Series or mapping
        Returns in decimals by date and security, NaN where there is none; prices where `values` says so. It may be
        long (date, security, return), have the dates in a column, or the columns of yfinance.
    events : DataFrame, Series, mapping or pairs
        {"NVDA": "2025-01-27"}, or a row an event with the columns security and date. Optional are event and group
        (names), time, zone and exchange (of the news), session (the event's own rule), benchmark and risk_free (its
        own, columns of `returns`), window_start and window_end (its own window in trading days, which `car()` takes).
    model : str or Model
        A name of docs/methods.md, or an object with `name`, `neighbours` and `fit`.
    benchmark : str, int or Series, optional
        The column of `returns` that is the market for every event without a benchmark of its own; or its figures.
    factors : DataFrame or Series (D,), or mapping of benchmark to such, optional
        Factor returns in decimals, instead of a benchmark.
    peers : sequence of str
        Columns whose mean is the benchmark of the peer models.
    estimation : Window or pair of int
    window : Window or pair of int
        Trading days from day 0; the two must not overlap.
    minimum_returns : int
        Returns in the estimation window below which an event is excluded.
    session : {"error", "next", "previous"}
        What becomes of a date that is no session.
    max_shift : int
        Weekdays by which such a date may move; of weekly and monthly returns it may move further.
    exchange : str, optional
        Code of the exchange, "XNYS": for events with a clock time, and where the table holds days of other exchanges.
    kind : {"simple", "log", "trade_to_trade"}
        What the returns are; from trade to trade (of prices alone) for stocks that do not trade every session.
    values : {"returns", "prices"}
        What the table holds. Of prices, a return over a halt covers the sessions since the last trade.
    contamination : {"tell", "mask", "drop"}
        What becomes of an event whose estimation window holds another event of its security: a note, those days
        masked, or the event excluded.

    Returns
    -------
    EventStudy
        One row an event that could be fitted; the others stand in `excluded` with their reason.

    Raises
    ------
    StudyError
        For input that cannot be used: unknown columns, per cent or prices taken for returns, text, a model unknown.
    EventDateError
        For a date that no session carries, where `session` is "error".
    WindowError
        For windows that overlap or are none.

    References
    ----------
    Brown, S. J. and Warner, J. B. (1985). Using daily stock returns. Journal of Financial Economics 14, 3-31.
    MacKinlay, A. C. (1997). Event studies in economics and finance. Journal of Economic Literature 35, 13-39.

    Examples
    --------
    >>> result = ew.abnormal_returns(returns, events, benchmark="MKT", **spans)
    >>> result.car(0).car.round(4)
    array([-0.0494, -0.0481, -0.0488])
    >>> prices = 100 * (1 + returns).cumprod()
    >>> again = ew.abnormal_returns(prices, events, benchmark="MKT", values="prices", **spans)
    >>> bool(np.allclose(again.ar, result.ar))
    True
    """
    factors = factors_given(factors)
    options: dict[str, Any] = {"kind": kind, "values": values, "contamination": contamination, "session": session}
    options |= {"minimum_returns": minimum_returns, "max_shift": max_shift, "factors": factors}
    check_choices(**options, benchmark=benchmark, exchange=exchange, peers=peers)
    fitter = model_named(model)
    estimation, window = as_window(estimation), as_window(window)
    returns, events, benchmark, read = given(returns, events, benchmark, values)
    returns = returns_table(returns)
    check_sessions(returns.index, OF_RETURNS)
    read = (*read, *_unread(events))
    rows = Rows("the table of events", "index", events.index)
    check_own_windows(events, window, rows.at)
    check_rates(events, fitter, rows.at)
    of = exchange_of(events, exchange, rows)
    read = (*read, *_when_closed(returns, of, values))
    if not frequency(returns.index) and (len(set(of.values())) > 1 or _holds_foreign_days(returns, of, values)):
        options |= {"model": model, "benchmark": benchmark, "peers": peers, "estimation": estimation, "window": window}
        return _by_exchange(returns, events, of, options, read)
    if not frequency(returns.index):
        read = (*read, *map(str, lacking_sessions(set(of.values()), pd.DatetimeIndex(returns.index))))
    returns, closed = sessions_only(returns, benchmarks_of(events, benchmark), values, kind)
    prices = returns if values == "prices" else None
    if prices is not None:
        returns = _returns_of(prices, kind)
    most = None if frequency(returns.index) else max_shift
    events = with_day_zero(events, pd.DatetimeIndex(returns.index), session, exchange, returns.columns, most)
    peers = [identifier(peer) for peer in ([peers] if isinstance(peers, str) else peers)]
    if peers:
        factors = _peer_index(returns, list(peers))
    elif factors is None and benchmark is not None:
        events = events.assign(benchmark=_own(events, benchmark))
    for table in () if peers else tables_of(factors):
        check_reach(table, events["date"])
    _check_returns(returns, events, peers, kind)
    lags, leads = fitter.neighbours
    spans: dict[str, Any] = {"estimation": estimation, "window": window, "lags": lags, "leads": leads}
    source = event_returns(returns, events, factors=factors, kind=kind, prices=prices, **spans)
    source, contaminated, lost = decontaminated(source, contamination)
    result = estimate(source, fitter, minimum_returns)
    shifts = tuple(map(str, result.labels["shift"].dropna()))
    notes = (*read, *result.notes, *closed, *shifts, *contaminated, *gap_notes(result), *overlap_notes(result))
    notes += (
        *unlikely_notes(source, returns, kind),
        *map(str, few(column_doubts(source, _later(returns)))),
        *short_notes(result),
        *_peer_notes(returns, result, events, peers),
    )
    excluded = pd.concat([result.excluded, lost], ignore_index=True) if len(lost) else result.excluded
    excluded = named_own_benchmark(excluded, source.labels)
    return EventStudy.of(replace(result, notes=notes, excluded=worded(excluded)))


def _later(returns: pd.DataFrame) -> Later:
    """The returns of a security after a day, and their dates."""
    days = pd.DatetimeIndex(returns.index).as_unit("s").asi8 // 86400

    def later(security: str, day: int) -> tuple[Array, Days]:
        rows = slice(first := int(np.searchsorted(days, day, side="right")), first + AHEAD)
        return returns[security].iloc[rows].to_numpy(float), days[rows]

    return later


def _returns_of(prices: pd.DataFrame, kind: str) -> pd.DataFrame:
    check_prices(prices.to_numpy(float), prices.columns, prices.index, "the table of prices")
    ratio = prices / prices.shift(1)
    returns: pd.DataFrame = ratio.apply(np.log) if kind == "log" else ratio - 1
    return returns


def _by_exchange(
    returns: pd.DataFrame, events: pd.DataFrame, of: Mapping[str, str], options: dict[str, Any], read: Sequence[str]
) -> EventStudy:
    """Each event on the sessions of its own exchange; a benchmark that keeps others covers the same span."""
    mics, parts, told = events["security"].astype(str).map(of), list[EventStudy](), [*read]
    events = events.assign(position=np.arange(len(events)))
    benchmarks = [b for b in benchmarks_of(events, options["benchmark"]) if b in returns]
    for mic in sorted(set(of.values())):
        mine = events[mics == mic]
        own = returns[[name for name in returns if name in set(mine["security"])]]
        rows, why = own_rows(mic, pd.DatetimeIndex(returns.index), own.notna().any(axis=1).to_numpy())
        table = returns.iloc[rows]
        if len(rows) < len(returns):
            told.append(str(Reason("own_rows", mic=Exchange(mic), n=len(rows), of=len(returns))))
        if options["values"] == "returns":
            days, kind = pd.DatetimeIndex(table.index), options["kind"]
            table = table.assign(**{b: over_the_same_span(returns[b].dropna(), days, kind) for b in benchmarks})
        told += [f"{mic}: its sessions are the days on which one of its securities has a figure: {why}"] if why else []
        part = abnormal_returns(table, mine, exchange=mic, **options)
        open_days = {b: returns[b].dropna().index for b in benchmarks}
        spans = spanned_windows(
            part, open_days, dict.fromkeys(mine["security"].astype(str), pd.DatetimeIndex(table.index))
        )
        told += [str(Reason("of_security", security=part.labels["security"].iloc[k], reason=why)) for k, why in spans]
        parts.append(part)
    joined = concat(parts)
    joined = joined.select(joined.labels["position"].to_numpy().argsort(kind="stable"))
    joined = replace(joined, labels=joined.labels.drop(columns="position"), notes=(*told, *joined.notes))
    return EventStudy.of(joined)


NEARLY = 0.75  # alike, of two names
READ = ("security", "date", *OTHERS, "window_start", "window_end")


def _unread(events: pd.DataFrame) -> Iterator[str]:
    """Columns of the events that are not read, whose names are nearly those of columns that are."""
    for name in [str(name) for name in events if name not in READ]:
        if near := [one for one in get_close_matches(name.lower(), READ, 1, NEARLY) if one not in events]:
            yield f"the column {name!r} of the events is not read: did you mean {near[0]!r}?"


def _moved(table: pd.DataFrame, values: Values) -> NDArray[np.bool_]:
    """(S, D) which columns of returns or prices move on which row."""
    moves = (table if values == "returns" else table.diff()).to_numpy(float).T
    return np.asarray(np.isfinite(moves) & (moves != 0))


def _holds_foreign_days(table: pd.DataFrame, of: Mapping[str, str], values: Values) -> bool:
    """Whether the one exchange of all events was closed on days on which other columns of the table move."""
    own = np.array([str(name) in of for name in table], bool)
    return any(foreign_rows(mic, pd.DatetimeIndex(table.index), _moved(table, values), own) for mic in set(of.values()))


def _when_closed(table: pd.DataFrame, of: Mapping[str, str], values: Values) -> list[str]:
    """Securities that move on days on which the exchange that their events name is closed."""
    days, found = pd.DatetimeIndex(table.index), list[tuple[str, str, int, pd.Timestamp]]()
    for mic in sorted(set(of.values())) if not frequency(days) else ():
        own = table[[name for name in table if of.get(str(name)) == mic]]
        odd = displaced(mic, days, _moved(own, values)).tolist()
        found += [(str(own.columns[place]), mic, n, days[first]) for place, n, first in odd]
    return list(map(str, displaced_reasons(found)))


def _check_returns(returns: pd.DataFrame, events: pd.DataFrame, peers: Sequence[str], kind: str) -> None:
    """The columns that the events read hold returns in decimals."""
    read = [*events["security"].unique(), *events.get("benchmark", pd.Series(dtype=object)).unique(), *peers]
    table = returns[returns.columns.intersection(read)]
    remedy = "Turn them into returns: prices.pct_change()."
    check_decimals(table.to_numpy(float), table.columns, "the table of returns", remedy, kind)


def _own(events: pd.DataFrame, benchmark: str) -> pd.Series:
    """Each event's own benchmark, the common one where it has none."""
    own = events.get("benchmark", pd.Series("", index=events.index))
    return own.where(own.notna() & (own != ""), benchmark)


def _peer_index(returns: pd.DataFrame, peers: list[str]) -> pd.DataFrame:
    if lacking := [peer for peer in peers if peer not in returns]:
        raise StudyError(f"peer {lacking[0]!r} is no column of the table of returns.")
    return returns[peers].mean(axis=1).to_frame("peers")


def _peer_notes(
    returns: pd.DataFrame, result: AbnormalReturns, events: pd.DataFrame, peers: Sequence[str]
) -> tuple[str, ...]:
    """Peers that lack a day of an event window, and those that are themselves in the study."""
    absent = tuple(_absent_peers(returns, result, peers))
    treated = [peer for peer in peers if peer in set(events["security"])]
    if not treated:
        return absent
    note = f"{', '.join(treated)}: a peer that is itself in the study hides part of the effect"
    warnings.warn(note, stacklevel=3)
    return (*absent, note)


def _absent_peers(returns: pd.DataFrame, result: AbnormalReturns, peers: Sequence[str]) -> Iterator[str]:
    """Peers that have no return on a day of an event window: the mean of the day is that of the others."""
    days = pd.to_datetime(np.unique(result.event_days[result.event_days != OUTSIDE]), unit="D")
    for peer in peers if len(peers) > 1 else ():
        lost = days[returns[peer].reindex(days).isna()]
        if len(lost):
            more = f", … ({len(lost)} days)" if len(lost) > 1 else ""
            yield f"the peer {peer!r} has no return on {lost[0]:%Y-%m-%d}{more}: the others stand for it"
