"""Event time: closed windows, exchange calendars, and the session on which news is first priced."""

import difflib
import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pandas as pd

from eventwindow.errors import EventDateError, Exchange, Reason

SessionRule = Literal["next", "previous", "error"]
MAX_SHIFT = 5  # weekdays by which a date that is no session may move, by default

# Exchanges that the calendar library lacks: whose days they keep.
SAME_DAYS = {"ROCO": "XTAI", "XSHE": "XSHG", "XNSE": "XBOM", "XKOS": "XKRX"}
_HOURS = """
XADS Asia/Dubai 10:00 15:00; XDFM Asia/Dubai 10:00 15:00; XKUW Asia/Kuwait 09:00 13:15 Sun
DSMD Asia/Qatar 09:30 13:15 Sun; XBAH Asia/Bahrain 09:30 13:00 Sun; XMUS Asia/Muscat 10:00 14:00 Sun
XCAI Africa/Cairo 10:00 14:30 Sun; XNSA Africa/Lagos 09:30 14:30; XNAI Africa/Nairobi 09:00 15:00
XGHA Africa/Accra 09:30 15:00; XMAU Indian/Mauritius 10:00 14:30; XSTC Asia/Ho_Chi_Minh 09:00 15:00
HSTC Asia/Ho_Chi_Minh 09:00 15:00; XCOL Asia/Colombo 09:30 14:30; XMAL Europe/Malta 09:30 15:30
XMAE Europe/Skopje 10:00 14:00
XNGO Asia/Tokyo 09:00 15:30 ?; XSAP Asia/Tokyo 09:00 15:30 ?; XFKA Asia/Tokyo 09:00 15:30 ?
BJSE Asia/Shanghai 09:30 15:00 ?; XAMM Asia/Amman 10:30 12:45 Sun ?; XDHA Asia/Dhaka 10:00 14:30 Sun ?
XNEP Asia/Kathmandu 11:00 15:00 Sun ?; XCAS Africa/Casablanca 09:30 15:30 ?; XTUN Africa/Tunis 09:00 14:10 ?
XBRV Africa/Abidjan 09:00 15:00 ?; XZIM Africa/Harare 10:00 13:00 ?; XKAZ Asia/Almaty 11:00 17:00 ?
XCNQ America/Toronto 09:30 16:00 ?; NEOE America/Toronto 09:30 16:00 ?; XJAM America/Jamaica 09:30 13:00 ?
XTRN America/Port_of_Spain 09:30 12:00 ?; XCAR America/Caracas 09:00 13:00 ?; XBUL Europe/Sofia 10:10 16:55 ?
XSSE Europe/Sarajevo 09:30 13:30 ?
"""  # further ones: zone, open, close, whether the week begins on Sunday; ? where no page in docs/hours.md confirms it
HOURS = {mic: rest for mic, *rest in (entry.split() for entry in _HOURS.replace("\n", ";").split(";") if entry.strip())}
OWN_DATES = frozenset((*SAME_DAYS, *HOURS)) - {"ROCO"}  # the sessions are the dates of its prices, with those hours
BEGIN = date(1970, 1, 1)  # of the holidays that the calendar library knows: every weekday before is a session to it
CODES = "Give its ISO 10383 code, XNYS for New York or XTAI for Taipei."
# Days that the calendar library counts as sessions although nothing was traded.
NOT_A_SESSION: dict[str, dict[str, str]] = {
    "XTAI": {
        "2023-01-18": "settlement only, the day before the Lunar New Year recess (TWSE holiday schedule 2023)",
        "2024-10-31": "Typhoon Kong-rey (TWSE announcement of 30 October 2024)",
    },
    "XHKG": {
        "2023-09-01": "Typhoon Saola (HKEX announcement of 1 September 2023)",
        "2023-09-08": "black rainstorm warning (HKEX announcement of 8 September 2023)",
    },
}


_NEW_YORK, _CHICAGO, _DENVER = "America/New_York", "America/Chicago", "America/Denver"
ABBREVIATED = {  # zones that people write, none of them the name of a zone with its summer time
    **dict.fromkeys(("ET", "EST", "EDT"), _NEW_YORK),
    **dict.fromkeys(("CT", "CDT"), _CHICAGO),
    **dict.fromkeys(("MT", "MST", "MDT"), _DENVER),
    **dict.fromkeys(("PT", "PST", "PDT"), "America/Los_Angeles"),
    **{"CST": f"{_CHICAGO}, or Asia/Shanghai or Asia/Taipei", "BST": "Europe/London", "CEST": "Europe/Paris"},
    **{"HKT": "Asia/Hong_Kong", "JST": "Asia/Tokyo", "KST": "Asia/Seoul", "SGT": "Asia/Singapore"},
    **{"IST": "Asia/Kolkata, or Europe/Dublin or Asia/Jerusalem", "AEST": "Australia/Sydney"},
}


@dataclass(frozen=True, slots=True)
class Calendar:
    """The sessions of one exchange: dates without zone, opens and closes in UTC."""

    mic: str
    sessions: pd.DatetimeIndex
    opens: pd.DatetimeIndex
    closes: pd.DatetimeIndex
    zone: str

    def holds(self, day: date) -> bool:
        return pd.Timestamp(day) in self.sessions

    def reaches(self, day: date) -> bool:
        return bool(self.sessions[0] <= pd.Timestamp(day) <= self.sessions[-1])


@dataclass(frozen=True, slots=True)
class DayZero:
    """The session that is day 0 on one exchange, and why it is not the event's own date (None if it is)."""

    session: pd.Timestamp
    shift: Reason | None = None


def exchange_calendar(mic: str, start: date, end: date) -> Calendar:
    """Sessions of the exchange `mic` (ISO 10383) from `start` to `end`, calendar errors overridden.

    Exchanges that keep the same hours share one calendar: Nasdaq's is that of New York.
    """
    name = known_exchange(mic)
    return _by_hours(mic, start, end) if mic in HOURS else _calendar(name, start, end)


def known_exchange(mic: str) -> str:
    """The name under which its calendar is kept, of which none is built; EventDateError where nobody has one."""
    import exchange_calendars as xcals

    if mic in HOURS:
        return mic
    try:
        return str(xcals.resolve_alias(SAME_DAYS.get(mic, mic)))
    except xcals.errors.InvalidCalendarName:
        known = mic.strip().upper() in xcals.get_calendar_names()
        remedy = f"Did you mean {mic.strip().upper()!r}?" if known else CODES
        raise EventDateError(f"exchange {mic!r} is unknown", remedy=remedy) from None


def dates_of_prices(mic: str, first: date) -> bool:
    """Whether the sessions of an exchange from a day on are the dates of its prices: the library does not know them."""
    return mic in OWN_DATES or first < BEGIN


def _by_hours(mic: str, start: date, end: date) -> Calendar:
    """Every day of the week on which an exchange opens: its holidays are not known."""
    zone, opens, closes, *marks = HOURS[mic]
    week = "Sun Mon Tue Wed Thu" if "Sun" in marks else "Mon Tue Wed Thu Fri"
    days = pd.bdate_range(start, end, freq="C", weekmask=week)
    sessions = pd.DatetimeIndex(days).as_unit("ns")
    first, last = ((sessions + pd.Timedelta(f"{at}:00")).tz_localize(zone).tz_convert("UTC") for at in (opens, closes))
    return Calendar(mic, sessions, first, last, zone)


@lru_cache(maxsize=64)
def _calendar(mic: str, start: date, end: date) -> Calendar:
    """Cut from whole decades where the library reaches so far: building a long calendar takes no longer."""
    import exchange_calendars as xcals

    try:
        whole = _built(mic, date(start.year // 10 * 10, 1, 1), date(end.year // 10 * 10 + 9, 12, 31))
        mine = (whole.sessions >= pd.Timestamp(start)) & (whole.sessions <= pd.Timestamp(end))
        if mine.any():
            return replace(whole, sessions=whole.sessions[mine], opens=whole.opens[mine], closes=whole.closes[mine])
    except (ValueError, NotImplementedError):  # beyond the holidays it knows, or it cannot build it
        pass
    try:
        return _built(mic, start, end)
    except (ValueError, NotImplementedError, xcals.errors.NoSessionsError) as error:
        what = f"the calendar library cannot give the sessions of {mic} from {start} to {end} ({_first_words(error)})"
        remedy = "Shorten the event window, give an earlier date, or name another exchange that keeps the same days."
        raise EventDateError(what, remedy=remedy) from None


@lru_cache(maxsize=64)
def _built(mic: str, start: date, end: date) -> Calendar:
    import exchange_calendars as xcals

    raw = xcals.get_calendar(mic, start=str(start), end=str(end))
    schedule = raw.schedule[~raw.schedule.index.isin(pd.to_datetime(list(NOT_A_SESSION.get(mic, {}))))]
    return Calendar(
        mic,
        sessions=pd.DatetimeIndex(schedule.index).as_unit("ns"),
        opens=pd.DatetimeIndex(schedule["open"]),
        closes=pd.DatetimeIndex(schedule["close"]),
        zone=str(raw.tz),
    )


def dated(mic: str, days: pd.DatetimeIndex, like: Calendar) -> Calendar:
    """The calendar of `mic` from the dates of its prices, with the usual hours of `like`, and its days beyond them."""
    beyond = like.sessions[(like.sessions < days[0]) | (like.sessions > days[-1])]
    sessions = pd.DatetimeIndex(days.union(beyond)).as_unit("ns")
    clocks = (_usual_clock(moments, like) for moments in (like.opens, like.closes))
    opens, closes = ((sessions + clock).tz_localize(like.zone).tz_convert("UTC") for clock in clocks)
    return Calendar(mic, sessions, opens, closes, like.zone)


def _usual_clock(moments: pd.DatetimeIndex, like: Calendar) -> pd.Timedelta:
    """How long after midnight, on most days."""
    local = moments.tz_convert(like.zone).tz_localize(None)
    return pd.Timedelta((local - local.normalize()).to_series().mode().iloc[0])


def _first_words(error: Exception) -> str:
    """The first sentence of a library's message, without its lists."""
    return str(error).split("\n")[0].partition("[")[0].strip().rstrip(".")[:160]


def time_zone(name: str, where: str = "") -> ZoneInfo:
    if name.upper() in ABBREVIATED:
        said = "without summer time" if name.upper() in available_timezones() else "an abbreviation"
        remedy = f"Give its IANA name: {ABBREVIATED[name.upper()]}."
        raise EventDateError(f"time zone {name!r} is {said}", where=where, remedy=remedy)
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; no name at all; the name of a folder of zones
        offset = re.search(r"[+-]\d", name)  # "UTC+8" is not UTC
        near = [] if offset else difflib.get_close_matches(name, available_timezones(), n=1, cutoff=0.7)
        remedy = f"Did you mean {near[0]!r}?" if near else "Give its IANA name: New York is America/New_York."
        raise EventDateError(f"unknown time zone {name!r}", where=where, remedy=remedy) from None


def day_zero(
    calendar: Calendar,
    day: date,
    clock: time | None = None,
    zone: str | None = None,
    rule: SessionRule = "error",
    most: int | None = None,
) -> DayZero:
    """The first session that can price news of `day`.

    A date alone counts as before the open. With a clock time and its zone: the first session of this exchange
    whose close comes after the news. `rule` says what to do where the date is no session here, `most` by how many
    weekdays it may move then.
    """
    local = day
    if clock is not None:
        instant = datetime.combine(day, clock, time_zone(zone or calendar.zone))
        local = instant.astimezone(ZoneInfo(calendar.zone)).date()
    _check_reach(calendar, local)
    if not calendar.holds(local):
        return _off_session(calendar, local, rule, most)
    if clock is None:
        return DayZero(pd.Timestamp(local))
    after = calendar.closes > pd.Timestamp(instant.astimezone(UTC))
    if not after.any():
        what = f"no session held for {calendar.mic} closes after {day} {clock:%H:%M} {zone or calendar.zone}"
        raise EventDateError(what, remedy="Give prices that reach further, or another date.")
    session = calendar.sessions[after][0]
    if session == pd.Timestamp(day):
        return DayZero(session)
    return DayZero(session, first_close(calendar, day, clock, zone))


def first_close(calendar: Calendar, day: date, clock: time, zone: str | None) -> Reason:
    """That another session than that of the day closes first after the news."""
    moment = f"{day} {clock:%H:%M} {zone or calendar.zone}"
    return Reason("first_close", moment=moment, mic=Exchange(calendar.mic))


def check_shift(day: date, session: pd.Timestamp, most: int | None, of: str = "", where: str = "") -> pd.Timestamp:
    """The session that a date moves to, which is not far."""
    first, last = sorted((day, session.date()))
    if most is not None and (days := int(np.busday_count(first, last))) > most:
        raise EventDateError(
            f"{day}{of} is no session, and the nearest by the rule, {session.date()}, is {days} weekdays away; "
            f"max_shift is {most}",
            where=where,
            remedy=f"Give {session.date()}, or max_shift = {days}.",
        )
    return session


def _off_session(calendar: Calendar, day: date, rule: SessionRule, most: int | None) -> DayZero:
    before = calendar.sessions[calendar.sessions < pd.Timestamp(day)][-1]
    after = calendar.sessions[calendar.sessions > pd.Timestamp(day)][0]
    if rule == "error":
        what = f"{day} is not a session of {calendar.mic} ({why_closed(calendar.mic, day)})."
        remedy = f'Set session = "next" or give {after.date()}; the session before is {before.date()}.'
        raise EventDateError(what, remedy=remedy)
    session = check_shift(day, after if rule == "next" else before, most, f" on {calendar.mic}")
    return DayZero(session, Reason(f"{rule}_session", day=f"{day}", mic=Exchange(calendar.mic)))


def why_closed(mic: str, day: date) -> str:
    """The weekday, or the holiday's name where the calendar library has one."""
    import exchange_calendars as xcals

    if mic in HOURS:
        return f"a {day:%A}"
    holidays = xcals.get_calendar(SAME_DAYS.get(mic, mic)).regular_holidays
    named = None if holidays is None else holidays.holidays(str(day), str(day), return_name=True)
    weekday = f"a {day:%A}"
    if day.weekday() >= 5 or named is None or not len(named):
        return NOT_A_SESSION.get(mic, {}).get(str(day), weekday)
    return str(named.iloc[0])


def _check_reach(calendar: Calendar, day: date) -> None:
    first, last = calendar.sessions[0].date(), calendar.sessions[-1].date()
    if not calendar.reaches(day):
        side, end = ("before the first", first) if day < first else ("after the last", last)
        remedy = "Give a date that the calendar and the prices reach."
        raise EventDateError(f"{day} lies {side} session held for {calendar.mic}: {end}.", remedy=remedy)
