"""Looking figures up in the evidence: a session that is none is an error, a figure not held is a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import pandas as pd

from eventwindow.calendars.exchange import exchange_calendar
from eventwindow.calendars.window import Window
from eventwindow.claims.wording import day as day_text
from eventwindow.errors import ClaimError, EventDateError
from eventwindow.inference.response import FEWEST

if TYPE_CHECKING:
    from eventwindow.estimation.abnormal import AbnormalReturns
from collections.abc import Sequence

from eventwindow.errors import NoFigure
from eventwindow.estimation.abnormal import AbnormalReturns, estimate
from eventwindow.estimation.event_time import event_returns

Day = date  # a session; a field named `date` would hide the type
Symbol = Annotated[str, "symbol"]  # one security of the study
Members = Annotated[tuple[str, ...], "members"]  # securities or baskets of the study
EventId = Annotated[str, "event"]  # one event of the study
Span = tuple[int, int]  # a closed window of trading days around the event


def history(evidence: Evidence, symbol: str) -> pd.DataFrame:
    """Daily prices of `symbol`, or NoFigure with the reason why there are none."""
    if symbol not in evidence.prices:
        why = evidence.unavailable.get(symbol, "no prices are held")
        raise NoFigure(f"{symbol}: {why}.", f"缺少 {symbol} 的股價資料（{why}）。")
    return evidence.prices[symbol]


def session(evidence: Evidence, symbol: str, when: date) -> pd.Timestamp:
    """`when` as a session of `symbol`; ClaimError where its exchange was closed, NoFigure where a row is missing."""
    stamp, index = pd.Timestamp(when), history(evidence, symbol).index
    if stamp in index:
        return stamp
    if _was_open(evidence, symbol, stamp):
        raise NoFigure(f"{symbol} has no row on {stamp.date()}.", f"{symbol} 在 {stamp.date()} 沒有資料。")
    before, after = index[index < stamp], index[index > stamp]
    around = [f"{i[k].date()} ({word})" for word, i, k in (("before", before, -1), ("after", after, 0)) if len(i)]
    raise ClaimError(
        f"{stamp.date()} is not a session of {symbol}'s exchange",
        remedy=f"Give {' or '.join(around)}.",
    )


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
    value = float(history(evidence, symbol)[field].loc[session(evidence, symbol, when)])
    if np.isnan(value):
        raise NoFigure(
            f"The data hold no {field} of {symbol} on {day_text(when)}.",
            f"資料中沒有 {symbol} 在 {day_text(when, True)} 的 {field}。",
        )
    return value


def before(evidence: Evidence, symbol: str, when: date, steps: int = 1) -> pd.Timestamp:
    """The session `steps` before `when` (after it for a negative number)."""
    index = history(evidence, symbol).index
    _check_no_gap(evidence, symbol, pd.Timestamp(when))
    place = int(index.searchsorted(session(evidence, symbol, when))) - steps
    if not 0 <= place < len(index):
        raise NoFigure(f"The prices of {symbol} do not reach that far.", f"{symbol} 的股價資料不夠長。")
    return pd.Timestamp(index[place])


def _check_no_gap(evidence: Evidence, symbol: str, stamp: pd.Timestamp) -> None:
    """Returns lie on the exchange's sessions: one that is empty after the first has no close of the session before."""
    held = evidence.returns.get(symbol)
    if held is None or stamp not in held.index or stamp == held.index[0] or not np.isnan(held.loc[stamp]):
        return
    raise NoFigure(
        f"{symbol} has no close of the session before {day_text(stamp)}.",
        f"缺少 {symbol} 在 {day_text(stamp, True)}前一交易日的收盤價。",
    )


def total_return(evidence: Evidence, symbol: str, start: date, end: date) -> float:
    """Compounded total return over the sessions from `start` to `end`, both included, decimal."""
    first, last = session(evidence, symbol, start), session(evidence, symbol, end)
    span = evidence.returns[symbol].loc[first:last]
    if span.empty or span.isna().any():
        raise NoFigure(f"A return of {symbol} is missing in the span.", f"{symbol} 在此期間缺少報酬率。")
    return float(np.prod(1 + span.to_numpy()) - 1)


def members(evidence: Evidence, named: Iterable[str]) -> tuple[str, ...]:
    """Symbols and baskets resolved to symbols, each once, in the order named."""
    spread = [s for item in named for s in evidence.baskets.get(item, (item,))]
    return tuple(dict.fromkeys(spread))


def table(evidence: Evidence, wanted: str) -> pd.DataFrame:
    """One of the study's further tables, or NoFigure where the study ships none."""
    if wanted not in evidence.tables:
        raise NoFigure(f"The study ships no table {wanted!r}.", f"本研究未附「{wanted}」資料表。")
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
    titles: basket → its title in English and in Chinese; events: the same of every event.
    news: one row an entry of the calendar: date, what_en, what_zh.
    memo: what `once` has worked out.
    """

    prices: Mapping[str, pd.DataFrame]
    returns: Mapping[str, pd.Series]
    abnormal: Mapping[str, AbnormalReturns]
    securities: pd.DataFrame
    baskets: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, pd.DataFrame]
    news: pd.DataFrame
    unavailable: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    events: Mapping[str, tuple[str, str]] = field(default_factory=dict)
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
        raise NoFigure(f"No returns of {', '.join(symbols)} on {day.date()}.", f"缺少 {day.date()} 的報酬率。")
    first = -int(table.index.searchsorted(day))
    estimation = Window(max(ESTIMATION.start, first), ESTIMATION.end)
    if len(estimation) < FEWEST:
        raise NoFigure("The prices do not reach far enough back.", "股價資料往前不夠長。")
    groups = [str(evidence.securities.at[s, "group"]) if s in evidence.securities.index else "" for s in held]
    events = pd.DataFrame(
        {"event": str(day.date()), "security": held, "group": groups, "benchmark": benchmarks.values(), "date": day}
    )
    return estimate(event_returns(table, events, estimation=estimation, window=window))


def _benchmark(evidence: Evidence, symbol: str) -> str:
    given = evidence.securities.at[symbol, "benchmark"]
    if not isinstance(given, str) or given not in evidence.returns:
        raise NoFigure(f"{symbol} has no benchmark here.", f"{symbol} 在此沒有基準指數。")
    return given


def at(evidence: Evidence, event: str, when: date | None, symbols: Sequence[str], window: Window) -> AbnormalReturns:
    """Abnormal returns around an event of the study, or around a date of the claim's own."""
    if when is not None:
        return abnormal_at(evidence, symbols, when, window)
    if event not in evidence.abnormal:
        raise NoFigure(f"The study has no event {event!r}.", f"本研究沒有事件「{event}」。")
    return evidence.abnormal[event]
