"""Event dates and clock times → sessions of a table of returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, get_args

import numpy as np
import pandas as pd

from eventwindow.calendars.dates import Place, Rows, clock_times, iso_days
from eventwindow.calendars.exchange import (
    Calendar,
    SessionRule,
    check_shift,
    day_zero,
    exchange_calendar,
    first_close,
    known_exchange,
    time_zone,
)
from eventwindow.errors import EventDateError, Reason, StudyError, counted

# The rule for a date that is no session, the weekdays it may move at most, the exchange of clock times.
How = tuple[SessionRule, int | None, str | None]
AROUND = pd.Timedelta(days=14)  # within which news is priced, over any holidays
SHOWN, MANY = 3, 8  # rows of repeats, and further faults, in a message
ALIASES = {"firm": "security", "symbol": "security", "ticker": "security", "event_date": "date"}


def checked_events(events: pd.DataFrame, rows: Rows, held: pd.Index | None = None) -> pd.DataFrame:
    """`events` with dates as days, clock times as `time`, and None where a cell holds no text.

    `rows` says where each stands; a column is known by its own name or its alias. A list with other faults is told
    with the securities that are not `held`, too.
    """
    check_named([str(name) for name in events], rows.name)
    events = events.reset_index(drop=True)
    events = events.rename(columns={old: new for old, new in ALIASES.items() if new not in events})
    if events.empty:
        raise StudyError("the table of events is empty", where=rows.name, remedy="Give at least one event.")
    for name in [n for n in ("time", "zone", "exchange", "session") if n in events]:
        events[name] = events[name].astype(object).where(~_blank(events[name]), None)
    raise_all(dict(enumerate(_faults(events, rows))), events, rows, held)
    events = events.assign(date=iso_days(events["date"], rows.at, EventDateError).astype("M8[s]"))
    _check_repeats(events, rows)
    return _clocked(events, rows) if "time" in events else events


def _faults(events: pd.DataFrame, rows: Rows) -> Iterator[StudyError]:
    """Every cell of the list that cannot be read, each value once, in the order of the columns."""
    if (nobody := _blank(events["security"])).any():
        where = rows.at(int(nobody.argmax()))
        yield StudyError("an event without a security", where=where, remedy="Name the security.")
    clocked = events[events["time"].notna()] if "time" in events else events[:0]
    checks: list[tuple[pd.Series[Any], Callable[[Any, Place], object]]] = [
        (events["date"], lambda cells, place: iso_days(cells, place, EventDateError)),
        (clocked.get("time", events["date"][:0]), clock_times),
        (clocked["zone"].dropna() if "zone" in clocked else events["date"][:0], _check_zones),
        (events["session"].dropna() if "session" in events else events["date"][:0], _check_rules),
        (events["exchange"].dropna() if "exchange" in events else events["date"][:0], _check_exchanges),
    ]
    for column, check in checks:
        yield from _faults_of(column, check, rows)


def _faults_of(column: pd.Series[Any], check: Callable[[Any, Place], object], rows: Rows) -> Iterator[StudyError]:
    """The faults that a check finds in a column: the first, and those of every other value."""
    left = column
    while len(left):
        mine = rows.taken(left.index.to_numpy())
        try:
            check(left, mine.at)
            return
        except StudyError as error:
            yield error
            wrong = next(k for k in range(len(left)) if mine.at(k) == error.where)
            left = left[(left != left.iloc[wrong]) & (left.notna() | pd.notna(left.iloc[wrong]))]


def raise_all(faults: Mapping[int, StudyError], events: pd.DataFrame, rows: Rows, held: pd.Index | None = None) -> None:
    """The faults of a list in one error, its unknown securities among them; nothing where there is no fault."""
    if not faults:
        return
    first, *others = (faults[i] for i in sorted(faults))
    every = [first, *others, *(() if held is None else _unknown(events["security"], rows, held))]
    raise type(first)(_joined(every) if len(every) > 1 else first.what, where=first.where, remedy=first.remedy)


def _unknown(names: pd.Series[Any], rows: Rows, held: pd.Index) -> Iterator[StudyError]:
    """Each security that is not held, once, beside the one that differs from it in case or blanks alone."""
    lacking = names[~_blank(names)].astype(str)
    lacking = lacking[~lacking.isin(held)].drop_duplicates()
    near = near_names(lacking, held)
    for at, name in lacking.items():
        told = f" (there is {near[name]!r})" if near[name] else ""
        yield StudyError(f"{name!r} is not held{told}", where=rows.at(int(str(at))))


def near_names(names: Iterable[Any], held: pd.Index) -> dict[Any, str | None]:
    """For each name the first of those held that differs from it in case or blanks alone; None where none does."""
    plain = {str(one).strip().upper(): str(one) for one in reversed(held)}
    return {name: plain.get(str(name).strip().upper()) for name in dict.fromkeys(names)}


def _joined(faults: Sequence[StudyError]) -> str:
    """The first fault, and where the others stand."""
    others = [f"{fault.where.rpartition(', ')[2]}: {fault.what}" for fault in faults[1:]]
    more = f", and {len(others) - MANY} more" if len(others) > MANY else ""
    return f"{faults[0].what}; {'; '.join(others[:MANY])}{more}"


def check_named(names: Sequence[str], where: str) -> None:
    """A list names its security and its date, by their own names or an alias."""
    for wanted in ("security", "date"):
        known = (wanted, *(old for old, new in ALIASES.items() if new == wanted))
        if not set(known) & set(names):
            what = f"no column {wanted!r} (there are {', '.join(map(repr, names[:9])) or 'none'})"
            raise StudyError(what, where=where, remedy=f"Add it, as {' or '.join(f'`{name}`' for name in known)}.")


def _check_repeats(events: pd.DataFrame, rows: Rows) -> None:
    """No row says all that an earlier one says."""
    again = np.flatnonzero(events.duplicated())
    if not len(again):
        return
    alike = events.groupby(list(events), dropna=False, sort=False).ngroup().to_numpy()
    shown = [
        f"{rows.nth(row)} repeats {rows.nth(int((alike == alike[row]).argmax()))}" for row in again[:SHOWN].tolist()
    ]
    first = events.iloc[again[0]]
    raise StudyError(
        f"{len(again):,} of {counted(len(events), 'event')} in the list before: {', '.join(shown)}"
        f"{', …' if len(again) > SHOWN else ''} ({first['security']}, {first['date'].date()})",
        where=rows.name,
        remedy="Keep one of each; events that are two of one day are told apart in a column `event`.",
    )


def _blank(column: pd.Series) -> pd.Series:
    return column.isna() | (column.astype(object) == "")


def _check_rules(rules: pd.Series[Any], place: Place) -> None:
    known = get_args(SessionRule)
    for row, rule in enumerate(rules):
        if rule not in known:
            remedy = f"Write one of {', '.join(known)}, or leave the cell empty."
            raise StudyError(f"session = {rule!r} is no rule", where=place(row), remedy=remedy)


def _check_zones(zones: pd.Series[Any], place: Place) -> None:
    codes, unique = pd.factorize(zones)
    for code, zone in enumerate(unique):
        time_zone(str(zone), place(int((codes == code).argmax())))


def _check_exchanges(exchanges: pd.Series[Any], place: Place) -> None:
    codes, unique = pd.factorize(exchanges)
    for code, mic in enumerate(unique):
        try:
            known_exchange(str(mic))
        except EventDateError as error:
            where = place(int((codes == code).argmax()))
            raise EventDateError(error.what, where=where, remedy=error.remedy) from None


def _clocked(events: pd.DataFrame, rows: Rows) -> pd.DataFrame:
    """Clock times as `time`."""
    at = events.index[events["time"].notna()]
    times = pd.Series([None] * len(events), dtype=object)
    times[at] = clock_times(events["time"][at], rows.taken(at.to_numpy()).at)
    return events.assign(time=times)


def with_day_zero(
    events: pd.DataFrame,
    sessions: pd.DatetimeIndex,
    rule: SessionRule,
    exchange: str | None,
    held: pd.Index | None = None,
    most: int | None = None,
) -> pd.DataFrame:
    """`events` with `date` moved to the session that can price the news, and where to and why in the column `shift`.

    A clock time (columns time and zone) needs the exchange, a MIC, in the column `exchange` or the argument. All events
    that have no session are told at once, and with them the securities that are not `held`. A date that is no session
    moves by `most` weekdays at most.
    """
    rows = Rows("the table of events", "index", events.index)
    events = checked_events(events, rows, held)
    days, shifts, faults = placed(events, sessions, (rule, most, exchange), rows)
    for i in np.flatnonzero(days.notna() & ~days.isin(sessions)).tolist():
        faults[i] = _beyond(events["security"].iloc[i], days[i], sessions, rows.at(i))
    raise_all(faults, events, rows, held)
    for i in np.flatnonzero(shifts.astype(bool)).tolist():
        values = {"security": events["security"].iloc[i], "day": f"{days[i]:%Y-%m-%d}"}
        shifts[i] = Reason("day_zero_of", shift=shifts[i], **values)
    return events.assign(date=days, shift=shifts)


def placed(
    events: pd.DataFrame, sessions: pd.DatetimeIndex, how: How, rows: Rows
) -> tuple[pd.DatetimeIndex, np.ndarray, dict[int, StudyError]]:
    """The day 0 of every event, why it is not the date given, and by event what speaks against it.

    `events` are as `checked_events` gives them. A day that `sessions` do not reach stays as it is; none stands where
    there is a fault.
    """
    rule, most, _ = how
    rules = _texts(events, "session", rule)
    days, shifts, faults = _priced(events, sessions, (rules, *how[1:]), rows)
    off = (days > sessions[0]) & (days < sessions[-1]) & ~days.isin(sessions)
    moved, after = days.to_numpy(copy=True), sessions.searchsorted(days)
    to, told = sessions[np.where(off, after - (rules == "previous"), 0)].to_numpy(), np.datetime_as_string(moved, "D")
    for i in np.flatnonzero(off).tolist():
        try:
            around = sessions[after[i] - 1 : after[i] + 1]
            if most is not None or rules[i] == "error" or _begin_spans(around):
                _check_rule(events["security"].iloc[i], days[i], around, (rules[i], most), rows.at(i))
            moved[i] = to[i]
            shifts[i] = Reason.joined(shifts[i], Reason(f"{rules[i]}_session_in_panel", day=str(told[i])))
        except EventDateError as fault:
            moved[i], faults[i] = np.datetime64("NaT"), fault
    return pd.DatetimeIndex(moved), shifts, faults


def _priced(
    events: pd.DataFrame, sessions: pd.DatetimeIndex, how: tuple[np.ndarray, int | None, str | None], rows: Rows
) -> tuple[pd.DatetimeIndex, np.ndarray, dict[int, StudyError]]:
    """The session whose close first comes after the news, where a clock time is given; else the day itself."""
    rules, most, exchange = how
    days, shifts = events["date"].to_numpy("M8[s]").copy(), np.full(len(events), None, object)
    faults = dict[int, StudyError]()
    clocked = np.flatnonzero(events["time"].notna()) if "time" in events else np.empty(0, int)
    mic, zone = (_texts(events, name, default) for name, default in (("exchange", exchange or ""), ("zone", "")))
    for i in clocked[mic[clocked] == ""].tolist():
        days[i], faults[i] = np.datetime64("NaT"), no_exchange(events["security"].iloc[i], rows.at(i))
    first, last = (end.to_datetime64() for end in (sessions[0] - AROUND, sessions[-1] + AROUND))
    clocked = clocked[(days[clocked] >= first) & (days[clocked] <= last)]  # others are beyond the sessions anyway
    for one in sorted({*zip(mic[clocked], zone[clocked], strict=True)}):
        at = clocked[(mic[clocked] == one[0]) & (zone[clocked] == one[1])]
        try:
            calendar = _around(one[0], pd.DatetimeIndex(days[at]), sessions)
        except EventDateError as error:
            faults |= {i: EventDateError(error.what, where=rows.at(i), remedy=error.remedy) for i in at.tolist()}
            days[at] = np.datetime64("NaT")
            continue
        found, shifts[at], wrong = _first_closes(events.iloc[at], calendar, one[1], (rules[at], most), rows.taken(at))
        days[at] = found.to_numpy("M8[s]")
        faults |= {int(at[k]): fault for k, fault in wrong.items()}
    return pd.DatetimeIndex(days), shifts, faults


def _around(mic: str, days: pd.DatetimeIndex, sessions: pd.DatetimeIndex) -> Calendar:
    """The sessions of an exchange around the days; only the table's, where the library does not know as many."""
    low, high = days.min() - AROUND, days.max() + AROUND
    try:
        return exchange_calendar(mic, low.date(), high.date())
    except EventDateError:
        return exchange_calendar(mic, max(low, sessions[0]).date(), min(high, sessions[-1]).date())


def _first_closes(
    events: pd.DataFrame, calendar: Calendar, zone: str, how: tuple[np.ndarray, int | None], rows: Rows
) -> tuple[pd.DatetimeIndex, np.ndarray, dict[int, StudyError]]:
    """The same for the events of one exchange and time zone, as `day_zero` tells it of one, many at once."""
    (rules, most), given, faults = how, pd.DatetimeIndex(events["date"]), dict[int, StudyError]()
    shifts = np.full(len(given), None, object)
    clock = events["time"].to_numpy(object)
    stamps = pd.DatetimeIndex(pd.to_datetime(given.strftime("%Y-%m-%d ") + clock.astype(str)))
    summer = np.ones(len(stamps), bool)  # of an hour that comes twice, the first
    instant = stamps.tz_localize(zone or calendar.zone, ambiguous=summer, nonexistent="shift_forward")
    closed = ~instant.tz_convert(calendar.zone).tz_localize(None).normalize().isin(calendar.sessions)
    after = calendar.closes.searchsorted(instant.tz_convert("UTC"), side="right")
    closed |= after == len(calendar.sessions)
    days = calendar.sessions[np.where(closed, 0, after)].to_numpy(copy=True)
    for k in np.flatnonzero(~closed & (days != given)).tolist():
        shifts[k] = first_close(calendar, given[k].date(), clock[k], zone)
    one = lru_cache(maxsize=None)(partial(day_zero, calendar, zone=zone or None, most=most))
    for k in np.flatnonzero(closed).tolist():
        try:
            zero = one(given[k].date(), clock[k], rule=rules[k])
            days[k], shifts[k] = zero.session.to_datetime64(), zero.shift
        except EventDateError as fault:
            days[k], faults[k] = np.datetime64("NaT"), EventDateError(fault.what, where=rows.at(k), remedy=fault.remedy)
    return pd.DatetimeIndex(days), shifts, faults


def _texts(events: pd.DataFrame, name: str, default: str) -> np.ndarray:
    held = events[name].to_numpy(object) if name in events else np.full(len(events), None, object)
    return np.asarray(np.where(held == None, default, held), dtype=object)  # noqa: E711 (an array)


def no_exchange(security: str, where: str) -> StudyError:
    """A clock time that no exchange's hours can be held against."""
    remedy = 'Give exchange = "XNYS", or a column `exchange`.'
    return StudyError(f"the event of {security!r} has a clock time but no exchange", where=where, remedy=remedy)


def _beyond(security: str, day: pd.Timestamp, sessions: pd.DatetimeIndex, where: str) -> EventDateError:
    side, end = ("after the last", sessions[-1]) if day > sessions[-1] else ("before the first", sessions[0])
    what = f"{day.date()}, the event of {security!r}, lies {side} session of the table of returns, {end.date()}"
    return EventDateError(what, where=where, remedy="Give returns that reach it, or correct the date.")


def _begin_spans(around: pd.DatetimeIndex) -> bool:
    """Whether two neighbouring rows bear the first of their months: a day between them is of the first, as at Yahoo."""
    return bool((around.day == 1).all())


def _check_rule(
    security: str, day: pd.Timestamp, around: pd.DatetimeIndex, how: tuple[SessionRule, int | None], where: str
) -> None:
    """A day between the two sessions `around` it may move to one of them."""
    rule, most = how
    if most is None and _begin_spans(around) and rule != "previous":
        what = f"{day.date()}, the event of {security!r}, lies in the span that the row of {around[0].date()} begins"
        remedy = f'Set session = "previous" or give {around[0].date()}; {around[1].date()} where rows end their span.'
        raise EventDateError(what, where=where, remedy=remedy)
    if rule not in ("next", "previous"):
        raise EventDateError(
            f"{day.date()}, the event of {security!r}, is no session of the table of returns "
            f"(the one before is {around[0].date()}, the one after {around[1].date()})",
            where=where,
            remedy=f'Set session = "next" or give {around[1].date()}.',
        )
    check_shift(day.date(), around[int(rule == "next")], most, f", the event of {security!r},", where)
