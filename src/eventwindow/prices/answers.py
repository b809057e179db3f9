"""Whether an answer is the one that was asked for, and what becomes of it: refused, asked for again, kept or left."""

import datetime as dt
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from eventwindow.calendars.exchange import Calendar, exchange_calendar
from eventwindow.errors import EventDateError, Exchange, Reason
from eventwindow.estimation.returns import returns
from eventwindow.prices.cache import Cache, Kept
from eventwindow.prices.checks import check_history, doubts
from eventwindow.prices.currencies import PARTS
from eventwindow.prices.history import PriceHistory, Unavailable
from eventwindow.prices.reconcile import TOLERANCE, reconcile
from eventwindow.prices.retry import BusyError
from eventwindow.prices.yahoo import Pulled, no_prices_since, quoted_at

CHECKS = 2  # the version of these checks: what was kept under another is asked for again
LISTED = ("EQUITY", "ETF")  # what has an exchange and a currency of its own; an index has its country's
LAST_SLACK = 0.02  # of the newest close: the last trade told and the closing auction may differ
RANGE_SLACK = 1e-3
FEWEST = 2 / 3  # of the sessions between first and last row; a weekly answer holds a fifth
CLOSED = 0.75  # of the weekdays without a session: where closes move on as many, the dates are shifted
SHORT = pd.Timedelta("10D")  # beyond it, rows that begin or end too early lack more than holidays
UNADJUSTED = 0.02  # of a daily return: more than a dividend that was told and not applied
NEAR = dt.timedelta(days=5)  # from an event's date to the session after its day 0, over a weekend

_building = threading.Lock()  # answers arrive in threads, and a calendar takes a second


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known of a security before its prices are asked for; empty where nothing is.

    `around_the_clock` trades while its exchange is closed; `dates` are those of the events that it is needed for.
    """

    mic: str = ""
    currency: str = ""
    around_the_clock: bool = False
    dates: tuple[dt.date, ...] = ()

    def near(self, day: dt.date) -> bool:
        """Whether a result rests on that day."""
        return any(d <= day <= d + NEAR for d in self.dates)

    def calendar(self, start: pd.Timestamp, now: pd.Timestamp) -> Calendar | None:
        """The sessions from `start` to the coming week; None where the exchange is unknown, which a study tells."""
        if not self.mic:
            return None
        try:
            with _building:
                return exchange_calendar(self.mic, start.date(), (now + pd.Timedelta("7D")).date())
        except EventDateError:
            return None


def finished(pulled: Pulled, expected: Expected, now: pd.Timestamp) -> Pulled:
    """Without the bar of a day that is not over: its close is only the last trade so far."""
    calendar = expected.calendar(pulled.start, now)
    last = _today(pulled, calendar, now) - pd.Timedelta("1D")
    if calendar and not expected.around_the_clock:
        closed = calendar.sessions[calendar.closes <= now]
        last = max(last, closed[-1]) if len(closed) and closed[-1] > last else last
    table = pulled.table[pulled.table.index <= last]
    return pulled if len(table) == len(pulled.table) else replace(pulled, table=table)


def _today(pulled: Pulled, calendar: Calendar | None, now: pd.Timestamp) -> pd.Timestamp:
    zone = str(pulled.metadata.get("exchangeTimezoneName") or (calendar.zone if calendar else "America/New_York"))
    return now.tz_convert(zone).tz_localize(None).normalize()


def ahead(pulled: Pulled, expected: Expected, now: pd.Timestamp) -> Reason | None:
    """Why an answer with its newest rows, today's included, cannot be right: dates to come, another last price."""
    calendar = expected.calendar(pulled.start, now)
    newest, today = _held(pulled)[-1], _today(pulled, calendar, now)
    if newest > today:
        return Reason("rows_to_come", day=f"{newest.date()}")
    return next(_other_price(pulled), None) if newest == today else None


def shortened(pulled: Pulled) -> Reason | None:
    """What an answer lacks of the days on which, as it says itself, the security was traded; None where nothing."""
    rows, zone = _held(pulled), str(pulled.metadata.get("exchangeTimezoneName") or "UTC")
    since, until = (_local_day(pulled.metadata.get(name), zone) for name in ("firstTradeDate", "regularMarketTime"))
    if since is not None and rows[0] - max(since, pulled.start) > SHORT:
        return Reason("rows_begin", day=f"{rows[0].date()}", since=f"{since.date()}")
    if until is not None and until - rows[-1] > SHORT:
        return Reason("rows_end", day=f"{rows[-1].date()}", until=f"{until.date()}")
    return None


def refusal(pulled: Pulled, expected: Expected, now: pd.Timestamp) -> Reason | None:
    calendar = expected.calendar(pulled.start, now)
    return next(_faults(pulled, expected, calendar, now), None)


def absent_sessions(pulled: Pulled, expected: Expected, now: pd.Timestamp) -> list[dt.date]:
    """Sessions between the first and the last row that have none."""
    calendar = expected.calendar(pulled.start, now)
    return [] if calendar is None else [day.date() for day in _within(calendar, pulled).difference(_held(pulled))]


def _faults(pulled: Pulled, expected: Expected, calendar: Calendar | None, now: pd.Timestamp) -> Iterator[Reason]:
    yield from _of_another(pulled, expected, calendar)
    index = _held(pulled)
    if index[0] < pulled.start - pd.Timedelta("1D"):
        days = {"first": f"{index[0].date()}", "last": f"{index[-1].date()}", "start": f"{pulled.start.date()}"}
        yield Reason("rows_before", **days)
    if calendar is not None and not expected.around_the_clock:
        yield from _off_calendar(pulled, calendar)
    yield from _newest(pulled)
    history = quoted_at(pulled, index[0], index[-1])
    if calendar is not None and isinstance(history, PriceHistory):
        found = check_history(history, calendar, around_the_clock=expected.around_the_clock)
        yield from (finding.reason for finding in found if finding.level == "error")
        yield from _unadjusted(history, expected)


def _unadjusted(history: PriceHistory, expected: Expected) -> Iterator[Reason]:
    """Days of an event on which the adjusted close does not follow from the close and the dividend that is told."""
    frame = history.frame.dropna(subset=["close", "adj_close"])
    close, adjusted = frame["close"], frame["adj_close"].pct_change()
    paid = (
        pd.Series(0.0, frame.index) if history.dividends is None else history.dividends.reindex(frame.index).fillna(0)
    )
    follows = (close + paid) / close.shift(1) - 1
    for day in frame.index[((adjusted - follows).abs() > UNADJUSTED).to_numpy()]:
        if expected.near(day.date()) and history.dividends is not None:
            moves = {"adjusted": 100 * adjusted[day], "follows": 100 * follows[day]}
            yield Reason("answer_unadjusted", day=f"{day.date()}", **moves)


def _of_another(pulled: Pulled, expected: Expected, calendar: Calendar | None) -> Iterator[Reason]:
    """What the source says that its answer is of: symbol, interval, currency, the exchange's clock."""
    metadata = pulled.metadata
    if (symbol := str(metadata.get("symbol") or pulled.symbol)).upper() != pulled.symbol.upper():
        yield Reason("answer_of", symbol=repr(symbol))
    if (interval := str(metadata.get("dataGranularity") or "1d")) != "1d":
        yield Reason("answer_interval", interval=interval)
    if metadata.get("instrumentType") not in LISTED:
        return
    quoted, wanted = (PARTS.get(c, (c, 1.0))[0] for c in (pulled.currency, expected.currency))
    if quoted and wanted and quoted != wanted:
        yield Reason("answer_quoted", quoted=quoted, expected=wanted)
    zone = str(metadata.get("exchangeTimezoneName") or "")
    if zone and calendar is not None and not _same_clock(zone, calendar.zone, _held(pulled)[-1]):
        yield Reason("answer_zone", zone=zone, mic=Exchange(calendar.mic), expected=calendar.zone)


def _same_clock(one: str, other: str, day: pd.Timestamp) -> bool:
    try:
        return bool(day.tz_localize(one) == day.tz_localize(other))
    except (KeyError, ValueError, OSError):  # a zone that this machine does not know
        return False


def _off_calendar(pulled: Pulled, calendar: Calendar) -> Iterator[Reason]:
    """Sessions that no row falls on and rows that fall on none: a coarser interval, or dates that are shifted."""
    sessions, rows = _within(calendar, pulled), _held(pulled)
    absent = sessions.difference(rows)
    if len(sessions) and len(absent) > (1 - FEWEST) * len(sessions):
        yield Reason("answer_sessions", held=len(sessions) - len(absent), of=len(sessions), mic=Exchange(calendar.mic))
    weekdays = pd.bdate_range(rows[0], rows[-1])
    closed = weekdays[(weekdays >= calendar.sessions[0]) & (weekdays <= calendar.sessions[-1])]
    closed = closed.difference(calendar.sessions)
    moves = pulled.table["close"].dropna().pct_change().reindex(closed.intersection(rows)).abs() > 0
    if len(closed) and moves.sum() >= CLOSED * len(closed) and len(absent) >= moves.sum():
        days = {"moves": int(moves.sum()), "of": len(closed), "absent": len(absent)}
        yield Reason("answer_shifted", mic=Exchange(calendar.mic), **days)


def _newest(pulled: Pulled) -> Iterator[Reason]:
    """The newest close against its day's range, of the row and as it is told, and against the last price told."""
    row = pulled.table.dropna(subset=["close"]).iloc[-1]
    day, close, told = pd.Timestamp(str(row.name)), float(row["close"]), pulled.metadata
    ranges = [(row["low"], row["high"])]
    if _last_day(pulled) == day:
        ranges += [(_number(told.get("regularMarketDayLow")), _number(told.get("regularMarketDayHigh")))]
    yield from _other_price(pulled)
    for low, high in ranges:
        if close < low * (1 - RANGE_SLACK) or close > high * (1 + RANGE_SLACK):
            yield Reason("answer_range", close=close, day=f"{day.date()}", low=float(low), high=float(high))


def _other_price(pulled: Pulled) -> Iterator[Reason]:
    """The newest close against the last price that the source tells of that day."""
    day, last = _held(pulled)[-1], _number(pulled.metadata.get("regularMarketPrice"))
    close = float(pulled.table["close"].to_numpy(float)[pulled.table.index == day][0])
    if _last_day(pulled) == day and abs(close / last - 1) > LAST_SLACK:
        yield Reason("answer_last", close=close, day=f"{day.date()}", last=last)


def _last_day(pulled: Pulled) -> pd.Timestamp | None:
    """The day of the last trade, as the source tells it."""
    return _local_day(
        pulled.metadata.get("regularMarketTime"), str(pulled.metadata.get("exchangeTimezoneName") or "UTC")
    )


def _local_day(moment: Any, zone: str) -> pd.Timestamp | None:
    """The day of a moment (a stamp, or seconds of the epoch) on the exchange's clock."""
    try:
        stamp = moment if isinstance(moment, pd.Timestamp) else pd.Timestamp(float(moment), unit="s", tz="UTC")
        return (stamp if stamp.tzinfo else stamp.tz_localize("UTC")).tz_convert(zone).tz_localize(None).normalize()
    except (TypeError, ValueError, KeyError, OSError, OverflowError):
        return None


def _number(value: Any) -> float:
    """A number that was told, else NaN, which no close lies outside of."""
    return float(value) if isinstance(value, int | float) and value > 0 else float(np.nan)


def _held(pulled: Pulled) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(pulled.table["close"].dropna().index)


def _within(calendar: Calendar, pulled: Pulled) -> pd.DatetimeIndex:
    rows = _held(pulled)
    return calendar.sessions[(calendar.sessions >= rows[0]) & (calendar.sessions <= rows[-1])]


OVERLAP = 20  # rows; fewer compare nothing
ANOTHER = 0.25  # of the days: a source corrects single days; where more differ it is another series
COARSE = 5e-3  # of a daily return: what two sources of one security hardly differ by


@dataclass
class Admission:
    """Admits the answers of one pull.

    `witnesses` are figures of another source; `anew` takes the answer also where it differs from what is `held`.
    """

    cache: Cache
    client: str
    now: pd.Timestamp
    expected: Mapping[str, Expected]
    held: Mapping[str, Kept]
    witnesses: Mapping[str, PriceHistory]
    anew: bool = False
    unwritable: list[str] = field(default_factory=list)
    _doubted: set[str] = field(default_factory=set)
    _short: set[str] = field(default_factory=set)

    def __call__(self, pulled: Pulled) -> Pulled | Unavailable:
        """The answer or why it is not taken; BusyError where it should be asked for once more."""
        expected = self.expected.get(pulled.symbol, Expected())
        if why := ahead(pulled, expected, self.now):
            raise BusyError(Reason("answer_refused", source=pulled.source, why=why))
        pulled = finished(pulled, expected, self.now)
        if pulled.table["close"].isna().all():
            return Unavailable(pulled.symbol, no_prices_since(pulled.source, pulled.start))
        if why := refusal(pulled, expected, self.now) or self._disowned(pulled):
            raise BusyError(Reason("answer_refused", source=pulled.source, why=why))
        pulled = self._whole(pulled)
        kept = self.held.get(pulled.symbol)
        if kept is not None and (why := self._worse(pulled, kept)):
            return Unavailable(pulled.symbol, why)
        if kept is not None and not self.anew:
            pulled = self._told(pulled, kept)
        self._put(pulled, expected)
        return pulled

    def _whole(self, pulled: Pulled) -> Pulled:
        """An answer that lacks days by its own word is asked for once more, then taken with a note."""
        if not (why := shortened(pulled)):
            return pulled
        short = Reason("answer_short", source=pulled.source, why=why)
        if pulled.symbol not in self._short:
            self._short.add(pulled.symbol)
            raise BusyError(short)
        return replace(pulled, note=short)

    def _disowned(self, pulled: Pulled) -> Reason | None:
        """Whether another source holds other prices under that symbol."""
        witness = self.witnesses.get(pulled.symbol)
        if witness is None:
            return None
        found = reconcile(pulled.symbol, pulled.table, witness.frame, COARSE)
        if found.compared < OVERLAP:
            return None
        for day, ours, theirs in found.differing.itertuples(index=False):
            if self.expected.get(pulled.symbol, Expected()).near(day.date()):
                return Reason("answer_return", day=f"{day:%Y-%m-%d}", ours=100 * ours, theirs=100 * theirs)
        if len(found.differing) <= ANOTHER * found.compared:
            return None
        return Reason("answer_returns", differing=len(found.differing), of=found.compared)

    def _worse(self, pulled: Pulled, kept: Kept) -> Reason | None:
        """Why what is held is the better answer; None where the new one is."""
        if lost := lost_days(kept, pulled, self.expected.get(pulled.symbol, Expected())):
            return Reason("answer_lacked_days", source=pulled.source, n=lost)
        return None if self.anew else self._requoted(pulled, kept) or self._moved(pulled, kept)

    def _requoted(self, pulled: Pulled, kept: Kept) -> Reason | None:
        """Whether it is quoted in another currency than what is held."""
        before, now = kept.pulled.currency, pulled.currency
        if not before or not now or before == now or self._returned(pulled):
            return None
        return Reason("answer_requoted", source=pulled.source, now=now, before=before)

    def _moved(self, pulled: Pulled, kept: Kept) -> Reason | None:
        """Whether its returns differ from those held, and are the worse."""
        moved, compared = differing(kept.pulled, pulled)
        if moved.empty:
            return None
        days = {"source": pulled.source, "differing": len(moved), "of": compared}
        if pulled.symbol not in self._doubted:
            self._doubted.add(pulled.symbol)
            raise BusyError(Reason("answer_differs", **days))
        days |= {"first": f"{moved.index[0].date()}"}
        if len(moved) > ANOTHER * compared and not self._returned(pulled):
            return Reason("answer_of_other", **days)
        before, after = (_doubts(p, pulled.start) for p in (kept.pulled, pulled))
        return Reason("answer_in_doubt", **days, after=after, before=before) if after > before else None

    def _told(self, pulled: Pulled, kept: Kept) -> Pulled:
        """With a note on the days on which it replaced another answer."""
        moved, _ = differing(kept.pulled, pulled)
        if moved.empty:
            return replace(pulled, note=pulled.note or kept.pulled.note)
        day, before, now = next(moved.itertuples())
        first = {"day": f"{day:%Y-%m-%d}", "before": 100 * before, "now": 100 * now}
        return replace(pulled, note=Reason("other_returns_before", source=pulled.source, n=len(moved), **first))

    def _returned(self, pulled: Pulled) -> bool:
        """Whether it was given before, an hour ago or more: two that agree outweigh the one that is held."""
        name = f"{pulled.symbol}?"
        earlier = self.cache.get(name)
        if earlier and earlier.pulled.currency == pulled.currency and differing(earlier.pulled, pulled)[0].empty:
            return earlier.entry.age >= dt.timedelta(hours=1)
        self._put(replace(pulled, symbol=name), Expected())
        return False

    def _put(self, pulled: Pulled, expected: Expected) -> None:
        """Keep it, with what it was checked against, the sessions that it lacks, and those asked for a second time."""
        kept, lacking = self.held.get(pulled.symbol), absent_sessions(pulled, expected, self.now)
        again = set() if kept is None else set(kept.lacking) & set(lacking)
        facts = {"checks": str(CHECKS), "mic": expected.mic, "absent": " ".join(map(str, lacking))}
        facts |= {"short": str(shortened(pulled) or "")}
        try:
            self.cache.put(pulled, self.client, facts | {"again": " ".join(map(str, sorted(again)))})
        except OSError as error:
            self.unwritable.append(str(error.strerror or error))


def _doubts(pulled: Pulled, start: pd.Timestamp) -> int:
    history = quoted_at(pulled, start, pulled.table.index[-1])
    return doubts(history) if isinstance(history, PriceHistory) else 0


def trusted(kept: Kept, expected: Expected) -> bool:
    """Whether what is held passed these checks; what was kept under earlier ones is held to these."""
    if kept.entry.facts.get("checks") == str(CHECKS):
        return True
    return not refusal(kept.pulled, expected, pd.Timestamp.now("UTC"))


def usable(kept: Kept, expected: Expected, end: pd.Timestamp) -> bool:
    """Whether what is held need not be asked for again: fresh, checked so, whole by its source's own word.

    A day 0 that lacks is asked for once more.
    """
    facts = kept.entry.facts
    if facts.get("short") or facts.get("checks") != str(CHECKS) or (expected.mic and facts.get("mic") != expected.mic):
        return False
    open_days = [d for d in kept.lacking if str(d) not in facts.get("again", "")]
    return kept.is_fresh(end) and not any(map(expected.near, open_days))


def differing(held: Pulled, fresh: Pulled) -> tuple[pd.DataFrame, int]:
    """The days on which two answers give other returns of the close, dividends aside; and how many were compared."""
    closes = pd.DataFrame({"before": held.table["close"], "now": fresh.table["close"]}).dropna()
    if len(closes) < OVERLAP:
        return closes.iloc[:0], len(closes)
    pair = pd.DataFrame({name: returns(closes[name]) for name in closes}).iloc[1:]
    slack = (2 * 0.01 / closes.min(axis=1)).reindex(pair.index).clip(lower=TOLERANCE)  # quotes are rounded to a cent
    return pair[(pair["before"] - pair["now"]).abs() > slack], len(pair)


def lost_days(held: Kept | None, pulled: Pulled, expected: Expected) -> int:
    """How many held days an answer lacks; 0 where they are at most one in a hundred, far from events: a correction."""
    if held is None:
        return 0
    before = held.pulled.table.index
    lost = before[before >= pulled.start].difference(pulled.table.index)
    return len(lost) if len(lost) > max(2, len(before) // 100) or any(expected.near(day.date()) for day in lost) else 0
