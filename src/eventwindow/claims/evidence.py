"""The evidence, and figures looked up in it: a session that is none is an error, a figure not held is a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, TypeVar

import numpy as np
import pandas as pd

from eventwindow.calendars.exchange import Calendar, exchange_calendar
from eventwindow.calendars.window import Window
from eventwindow.errors import ClaimError, EventDateError, Figure, Listed, NoFigure, Reason, Text, signed
from eventwindow.estimation.abnormal import AbnormalReturns, estimate
from eventwindow.estimation.event_time import event_returns
from eventwindow.inference.response import FEWEST, Response
from eventwindow.prices.checks import Finding

Worked = TypeVar("Worked")
Day = date  # a session; a field named `date` would hide the type
Symbol = Annotated[str, "symbol"]  # one security of the study
Members = Annotated[tuple[str, ...], "members"]  # securities or baskets of the study
EventId = Annotated[str, "event"]  # one event of the study
SourceText = Annotated[str, "source"]  # a public page: publisher, title, date and address
Span = tuple[int, int]  # a closed window of trading days around the event
ESTIMATION = Window(-260, -11)  # of a date that is no event of the study
NEW_YORK = "XNYS"  # of a security whose exchange the study does not name


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

    def once(self, key: Any, work: Callable[[], Worked]) -> Worked:
        """What `work` returns, worked out once for this evidence."""
        if key not in self.memo:
            self.memo[key] = work()
        found: Worked = self.memo[key]
        return found

    def listed(self, symbol: str, key: str) -> str:
        """What the table of securities says of one; "" where it says nothing."""
        given = self.once("securities", lambda: self.securities.to_dict("index")).get(symbol, {}).get(key)
        return given if isinstance(given, str) else ""

    def history(self, symbol: str) -> pd.DataFrame:
        """Daily prices of `symbol`, or NoFigure with the reason why there are none."""
        if symbol not in self.prices:
            why = self.unavailable.get(symbol, Reason("none_held"))
            raise NoFigure(Reason("no_prices", security=self.name(symbol), why=why))
        return self.prices[symbol]

    def session(self, symbol: str, when: date) -> pd.Timestamp:
        """`when` as a session of `symbol`; ClaimError where its exchange was closed, NoFigure where a row lacks."""
        stamp, index = pd.Timestamp(when), self.history(symbol).index
        if stamp in index:
            return stamp
        if self._was_open(symbol, stamp):
            raise NoFigure(Reason("no_row", security=self.name(symbol), day=stamp))
        before, after = index[index < stamp], index[index > stamp]
        around = [f"{i[k].date()} ({word})" for word, i, k in (("before", before, -1), ("after", after, 0)) if len(i)]
        remedy = f"Give {' or '.join(around)}."
        raise ClaimError(f"{stamp.date()} is not a session of {symbol}'s exchange", remedy=remedy)

    def _was_open(self, symbol: str, stamp: pd.Timestamp) -> bool:
        """Whether another security of the exchange has a row that day, or its calendar a session."""
        if not (mic := self.listed(symbol, "exchange")):
            return False
        if any(stamp in frame.index for peer, frame in self.prices.items() if self.listed(peer, "exchange") == mic):
            return True
        try:
            return exchange_calendar(mic, date(stamp.year, 1, 1), date(stamp.year, 12, 31)).holds(stamp.date())
        except EventDateError:
            return False

    def price(self, symbol: str, when: date, field: str = "close") -> float:
        """One quoted price; NoFigure where the source holds none of that kind."""
        row: Any = self.history(symbol).loc[self.session(symbol, when)]
        value = float(row[field])
        if np.isnan(value):
            adjusted = field == "close" and not np.isnan(row["adj_close"])
            why, of = "no_quoted_close" if adjusted else "no_price", Reason(f"price_{field}")
            raise NoFigure(Reason(why, field=of, security=self.name(symbol), day=when))
        return value

    def before(self, symbol: str, when: date, steps: int = 1) -> pd.Timestamp:
        """The session `steps` before `when` (after it for a negative number)."""
        index = self.history(symbol).index
        self._check_no_gap(symbol, pd.Timestamp(when))
        place = int(index.searchsorted(self.session(symbol, when))) - steps
        if not 0 <= place < len(index):
            raise NoFigure(Reason("prices_too_short", security=self.name(symbol)))
        return pd.Timestamp(index[place])

    def previous_close(self, symbol: str, when: date) -> float:
        return self.price(symbol, self.before(symbol, when))

    def _check_no_gap(self, symbol: str, stamp: pd.Timestamp) -> None:
        """Returns lie on the exchange's sessions: an empty one after the first has no close of the session before."""
        held = self.returns.get(symbol)
        if held is None or stamp not in held.index or stamp == held.index[0] or not np.isnan(held.loc[stamp]):
            return
        raise NoFigure(Reason("no_close_before", security=self.name(symbol), day=stamp))

    def total_return(self, symbol: str, start: date, end: date) -> float:
        """Compounded total return over the sessions from `start` to `end`, both included, decimal."""
        first, last = self.session(symbol, start), self.session(symbol, end)
        held = self.returns[symbol]
        span = held.to_numpy(float)[held.index.searchsorted(first) : held.index.searchsorted(last, "right")]
        if not len(span) or np.isnan(span).any():
            raise NoFigure(Reason("return_missing", security=self.name(symbol)))
        return float(np.prod(1 + span) - 1)

    def members(self, named: Iterable[str]) -> tuple[str, ...]:
        """Symbols and baskets resolved to symbols, each once, in the order named."""
        spread = [s for item in named for s in self.baskets.get(item, (item,))]
        return tuple(dict.fromkeys(spread))

    def table(self, wanted: str) -> pd.DataFrame:
        """One of the study's further tables, or NoFigure where the study ships none."""
        if wanted not in self.tables:
            raise NoFigure(Reason("no_table", table=wanted))
        return self.tables[wanted]

    def abnormal_around(self, event: str, when: date | None, symbols: Sequence[str], window: Window) -> AbnormalReturns:
        """Abnormal returns around an event of the study, or around a date of the claim's own."""
        if when is not None:
            return self._abnormal_on(symbols, when, window)
        if event not in self.abnormal:
            raise NoFigure(Reason("no_event", event=event))
        return self.abnormal[event]

    def _abnormal_on(self, symbols: Sequence[str], when: date, window: Window) -> AbnormalReturns:
        """Abnormal returns around a date that is no event of the study: market model, each with its own benchmark."""
        held = [s for s in symbols if s in self.returns]
        benchmarks = {s: self._benchmark(s) for s in held}
        table = pd.DataFrame({s: self.returns[s] for s in dict.fromkeys([*held, *benchmarks.values()])})
        day = pd.Timestamp(when)
        if not held or day not in table.index:
            raise NoFigure(Reason("no_returns_on", securities=Listed(symbols), day=day))
        first = -int(table.index.searchsorted(day))
        estimation = Window(max(ESTIMATION.start, first), ESTIMATION.end)
        if len(estimation) < FEWEST:
            raise NoFigure(Reason("prices_begin_late"))
        own = {"security": held, "group": [self.listed(s, "group") for s in held], "benchmark": benchmarks.values()}
        events = pd.DataFrame({"event": str(day.date()), **own, "date": day})
        return estimate(event_returns(table, events, estimation=estimation, window=window))

    def _benchmark(self, symbol: str) -> str:
        given = self.listed(symbol, "benchmark")
        if given not in self.returns:
            raise NoFigure(Reason("no_benchmark", security=self.name(symbol)))
        return given

    def calendar_of(self, symbol: str, start: date, end: date) -> Calendar:
        """The sessions of the security's exchange from `start` to `end`; of New York's, where the study knows none."""
        if symbol in self.calendars:
            return self.calendars[symbol]
        mic = self.listed(symbol, "exchange") or NEW_YORK
        return self.once(("calendar", mic, start, end), lambda: exchange_calendar(mic, start, end))

    def name(self, symbol: str) -> Text:
        """The security's name, or its symbol where the study gives none."""
        return Text(self.listed(symbol, "name_en") or symbol, self.listed(symbol, "name_zh") or symbol)

    def named(self, items: Sequence[str]) -> Listed:
        """Securities by their names, baskets by theirs, in a row."""
        return Listed(Text(*self.titles[i]) if i in self.titles else self.name(i) for i in items)

    def days_of(self, event: str, window: Window) -> Reason:
        """Day 0 of “The sell-off”, days 0 to 4 of it; of a date that is no event of the study, the days alone."""
        start, end = (signed(f"{tau:+d}") if tau else "0" for tau in (window.start, window.end))
        days = Reason("day", start=start) if start == end else Reason("days", start=start, end=end)
        return Reason("days_of", days=days, event=Text(*self.events[event])) if event in self.events else days

    def period(self, found: Response, event: str, window: Window) -> Reason:
        """The dates of the window, and its days around the event; a single day of no event is its date alone."""
        dates = span(found.first, found.last)
        if window == Window(0, 0) and event not in self.events:
            return dates
        return Reason("period", dates=dates, days=self.days_of(event, window))


def span(first: date, last: date) -> Reason:
    """On a day, or from the first to the last of several."""
    return Reason("on", day=first) if first == last else Reason("over", first=first, last=last)


def span_of_return(first: date, last: date) -> Reason:
    """On a day, or from the close before the first of several, whose own move is part of it, to the last."""
    return Reason("on", day=first) if first == last else Reason("over_closes", first=first, last=last)


def quantity(window: Window) -> Reason:
    """What an effect is measured in over one day, or over several."""
    return Reason("abnormal_return" if len(window) == 1 else "cumulative_abnormal_return")


def with_figures(pairs: Iterable[tuple[Any, float]], unit: str = "decimal") -> Listed:
    """Securities, baskets or days in a row, each with its figure."""
    return Listed(Reason("with_figure", name=name, figure=Figure(float(value), unit)) for name, value in pairs)


def moved(value: float, how: str = "closed") -> Reason:
    way = "down" if round(value, 4) < 0 else "up" if round(value, 4) > 0 else "flat"
    return Reason(f"moved_{way}" if how == "closed" else f"{how}_{way}", size=Figure(abs(value), "decimal", sign=False))


def beyond(value: float, abnormal: AbnormalReturns, symbols: Sequence[str]) -> Reason:
    """How much better or worse than its benchmark explains, or than on its usual days where it has none."""
    listed = zip(abnormal.labels["security"].tolist(), abnormal.labels["benchmark"].tolist(), strict=True)
    usual = not any(isinstance(one, str) and one for security, one in listed if security in symbols)
    side = "worse" if value < 0 else "better"
    return Reason(f"{side}_than_{'usual' if usual else 'market'}", size=Figure(abs(value), "decimal", sign=False))
