"""Looking figures up in the evidence: a session that is none is an error, a figure not held is a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

import numpy as np
import pandas as pd

from eventwindow.calendars.exchange import Calendar, exchange_calendar
from eventwindow.calendars.window import Window
from eventwindow.errors import MINUS, ClaimError, EventDateError, Figure, Listed, NoFigure, Reason, Text
from eventwindow.estimation.abnormal import AbnormalReturns, estimate
from eventwindow.estimation.event_time import event_returns
from eventwindow.inference.response import FEWEST, Response
from eventwindow.prices.checks import Finding

Day = date  # a session; a field named `date` would hide the type
Symbol = Annotated[str, "symbol"]  # one security of the study
Members = Annotated[tuple[str, ...], "members"]  # securities or baskets of the study
EventId = Annotated[str, "event"]  # one event of the study
SourceText = Annotated[str, "source"]  # a public page: publisher, title, date and address
Span = tuple[int, int]  # a closed window of trading days around the event


def history(evidence: Evidence, symbol: str) -> pd.DataFrame:
    """Daily prices of `symbol`, or NoFigure with the reason why there are none."""
    if symbol not in evidence.prices:
        raise NoFigure(
            Reason(
                "no_prices", security=name(evidence, symbol), why=evidence.unavailable.get(symbol, Reason("none_held"))
            )
        )
    return evidence.prices[symbol]


def session(evidence: Evidence, symbol: str, when: date) -> pd.Timestamp:
    """`when` as a session of `symbol`; ClaimError where its exchange was closed, NoFigure where a row is missing."""
    stamp, index = pd.Timestamp(when), history(evidence, symbol).index
    if stamp in index:
        return stamp
    if _was_open(evidence, symbol, stamp):
        raise NoFigure(Reason("no_row", security=name(evidence, symbol), day=stamp))
    before, after = index[index < stamp], index[index > stamp]
    around = [f"{i[k].date()} ({word})" for word, i, k in (("before", before, -1), ("after", after, 0)) if len(i)]
    remedy = f"Give {' or '.join(around)}."
    raise ClaimError(f"{stamp.date()} is not a session of {symbol}'s exchange", remedy=remedy)


def _was_open(evidence: Evidence, symbol: str, stamp: pd.Timestamp) -> bool:
    """Whether another security of the exchange has a row that day, or its calendar a session."""
    table = evidence.securities
    if symbol not in table.index or "exchange" not in table.columns:
        return False
    mic = str(table.at[symbol, "exchange"])
    peers = table.index[table["exchange"] == mic]
    if any(stamp in evidence.prices[s].index for s in peers if s in evidence.prices):
        return True
    try:
        return exchange_calendar(mic, date(stamp.year, 1, 1), date(stamp.year, 12, 31)).holds(stamp.date())
    except EventDateError:
        return False


def price(evidence: Evidence, symbol: str, when: date, field: str = "close") -> float:
    """One quoted price; NoFigure where the source holds none of that kind."""
    held: Any = history(evidence, symbol).at[session(evidence, symbol, when), field]
    value = float(held)
    if np.isnan(value):
        raise NoFigure(Reason("no_price", field=Reason(f"price_{field}"), security=name(evidence, symbol), day=when))
    return value


def before(evidence: Evidence, symbol: str, when: date, steps: int = 1) -> pd.Timestamp:
    """The session `steps` before `when` (after it for a negative number)."""
    index = history(evidence, symbol).index
    _check_no_gap(evidence, symbol, pd.Timestamp(when))
    place = int(index.searchsorted(session(evidence, symbol, when))) - steps
    if not 0 <= place < len(index):
        raise NoFigure(Reason("prices_too_short", security=name(evidence, symbol)))
    return pd.Timestamp(index[place])


def _check_no_gap(evidence: Evidence, symbol: str, stamp: pd.Timestamp) -> None:
    """Returns lie on the exchange's sessions: one that is empty after the first has no close of the session before."""
    held = evidence.returns.get(symbol)
    if held is None or stamp not in held.index or stamp == held.index[0] or not np.isnan(held.loc[stamp]):
        return
    raise NoFigure(Reason("no_close_before", security=name(evidence, symbol), day=stamp))


def total_return(evidence: Evidence, symbol: str, start: date, end: date) -> float:
    """Compounded total return over the sessions from `start` to `end`, both included, decimal."""
    first, last = session(evidence, symbol, start), session(evidence, symbol, end)
    span = evidence.returns[symbol].loc[first:last]
    if span.empty or span.isna().any():
        raise NoFigure(Reason("return_missing", security=name(evidence, symbol)))
    return float(np.prod(1 + span.to_numpy()) - 1)


def members(evidence: Evidence, named: Iterable[str]) -> tuple[str, ...]:
    """Symbols and baskets resolved to symbols, each once, in the order named."""
    spread = [s for item in named for s in evidence.baskets.get(item, (item,))]
    return tuple(dict.fromkeys(spread))


def table(evidence: Evidence, wanted: str) -> pd.DataFrame:
    """One of the study's further tables, or NoFigure where the study ships none."""
    if wanted not in evidence.tables:
        raise NoFigure(Reason("no_table", table=wanted))
    return evidence.tables[wanted]


def window(span: Span) -> Window:
    return Window(*span)


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a measure may look at; tables in memory, nothing fetched.

    prices: symbol → daily frame (open, high, low, close, adj_close, volume), closes as quoted at the study's end.
    returns: symbol → daily total returns on the security's own sessions, decimals.
    abnormal: event id → abnormal returns of every security (one row a security).
    securities: one row a security, indexed by symbol: exchange, currency, group, benchmark, name_en, name_zh.
    baskets: name → member symbols; every group is a basket too.
    tables: the study's further figures by name: "shares", "megacaps", "panel", "weights", "factors", "intraday";
        absent where the study ships none. "robustness" is the summary of a specification curve, where one was run.
    earlier: symbol → rows of a user's file before the study's own dates, where it holds any.
    titles: basket → its title in English and in Chinese; events: the same of every event.
    news: one row an entry of the calendar: date, what_en, what_zh.
    calendars: symbol → the sessions of its exchange, where they are held.
    findings: what was found in the prices.
    memo: what `once` has worked out.
    """

    prices: Mapping[str, pd.DataFrame]
    returns: Mapping[str, pd.Series]
    abnormal: Mapping[str, AbnormalReturns]
    securities: pd.DataFrame
    baskets: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, pd.DataFrame]
    news: pd.DataFrame
    unavailable: Mapping[str, Reason] = field(default_factory=dict)
    titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    events: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    earlier: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    memo: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, key: Any, work: Callable[[], Any]) -> Any:
        """What `work` returns, worked out once for this evidence."""
        if key not in self.memo:
            self.memo[key] = work()
        return self.memo[key]


ESTIMATION = Window(-260, -11)  # of a date that is no event of the study


def abnormal_at(evidence: Evidence, symbols: Sequence[str], when: date, window: Window) -> AbnormalReturns:
    """Abnormal returns around a date that is no event of the study: market model, the securities' own benchmarks."""
    held = [s for s in symbols if s in evidence.returns]
    benchmarks = {s: _benchmark(evidence, s) for s in held}
    table = pd.DataFrame({s: evidence.returns[s] for s in dict.fromkeys([*held, *benchmarks.values()])})
    day = pd.Timestamp(when)
    if not held or day not in table.index:
        raise NoFigure(Reason("no_returns_on", securities=Listed(symbols), day=day))
    first = -int(table.index.searchsorted(day))
    estimation = Window(max(ESTIMATION.start, first), ESTIMATION.end)
    if len(estimation) < FEWEST:
        raise NoFigure(Reason("prices_begin_late"))
    groups = [str(evidence.securities.at[s, "group"]) if s in evidence.securities.index else "" for s in held]
    events = pd.DataFrame(
        {"event": str(day.date()), "security": held, "group": groups, "benchmark": benchmarks.values(), "date": day}
    )
    return estimate(event_returns(table, events, estimation=estimation, window=window))


def _benchmark(evidence: Evidence, symbol: str) -> str:
    given = evidence.securities.at[symbol, "benchmark"]
    if not isinstance(given, str) or given not in evidence.returns:
        raise NoFigure(Reason("no_benchmark", security=name(evidence, symbol)))
    return given


def at(evidence: Evidence, event: str, when: date | None, symbols: Sequence[str], window: Window) -> AbnormalReturns:
    """Abnormal returns around an event of the study, or around a date of the claim's own."""
    if when is not None:
        return abnormal_at(evidence, symbols, when, window)
    if event not in evidence.abnormal:
        raise NoFigure(Reason("no_event", event=event))
    return evidence.abnormal[event]


NEW_YORK = "XNYS"  # of a security whose exchange the study does not name


def calendar_of(evidence: Evidence, symbol: str, start: date, end: date) -> Calendar:
    """The sessions of the security's exchange; those of New York from `start` to `end`, where the study knows none."""
    if symbol in evidence.calendars:
        return evidence.calendars[symbol]
    securities = evidence.securities
    listed = symbol in securities.index and "exchange" in securities.columns
    mic = str(securities.at[symbol, "exchange"]) if listed else NEW_YORK
    found: Calendar = evidence.once(("calendar", mic, start, end), lambda: exchange_calendar(mic, start, end))
    return found


def name(evidence: Evidence, symbol: str) -> Text:
    """The security's name, or its symbol where the study gives none."""
    rows = evidence.once("names", lambda: evidence.securities.to_dict("index"))
    row: Mapping[Any, Any] = rows.get(symbol, {})
    en, zh = (given if isinstance(given := row.get(key), str) else "" for key in ("name_en", "name_zh"))
    return Text(en or symbol, zh or symbol)


def named(evidence: Evidence, items: Sequence[str]) -> Listed:
    """Securities by their names, baskets by theirs, in a row."""
    return Listed(Text(*evidence.titles[i]) if i in evidence.titles else name(evidence, i) for i in items)


def span(first: date, last: date) -> Reason:
    """On a day, or from the first to the last of several."""
    return Reason("on", day=first) if first == last else Reason("over", first=first, last=last)


def days_of(evidence: Evidence, event: str, window: Window) -> Reason:
    """Day 0 of “The sell-off”, days 0 to 4 of it; of a date that is no event of the study, the days alone."""
    start, end = (f"{tau:+d}".replace("-", MINUS) if tau else "0" for tau in (window.start, window.end))
    days = Reason("day", start=start) if start == end else Reason("days", start=start, end=end)
    return Reason("days_of", days=days, event=Text(*evidence.events[event])) if event in evidence.events else days


def period(found: Response, evidence: Evidence, event: str, window: Window) -> Reason:
    """The dates of the window, and its days around the event; a single day of no event is its date alone."""
    dates = span(found.first, found.last)
    if window == Window(0, 0) and event not in evidence.events:
        return dates
    return Reason("period", dates=dates, days=days_of(evidence, event, window))


def quantity(window: Window) -> Reason:
    """What an effect is measured in over one day, or over several."""
    return Reason("abnormal_return" if len(window) == 1 else "cumulative_abnormal_return")


def moved(value: float, how: str = "closed") -> Reason:
    way = "down" if round(value, 4) < 0 else "up" if round(value, 4) > 0 else "flat"
    return Reason(f"moved_{way}" if how == "closed" else f"{how}_{way}", size=Figure(abs(value), "decimal", sign=False))


def beyond(value: float, abnormal: AbnormalReturns, symbols: Sequence[str]) -> Reason:
    """How much better or worse than its benchmark explains, or than on its usual days where it has none."""
    own = abnormal.labels.loc[abnormal.labels["security"].isin(list(symbols)), "benchmark"]
    usual = not any(isinstance(one, str) and one for one in own)
    side = "worse" if value < 0 else "better"
    return Reason(f"{side}_than_{'usual' if usual else 'market'}", size=Figure(abs(value), "decimal", sign=False))
