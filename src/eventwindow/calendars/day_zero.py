"""Event dates and clock times → sessions of a table of returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
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
    known_exchange,
    time_zone,
)
from eventwindow.errors import EventDateError, Reason, StudyError, counted

How = tuple[SessionRule, int | None]  # the rule for a date that is no session, and the weekdays it may move at most
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
    _raise_all([*_faults(events, rows)], events, rows, held)
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


def _raise_all(faults: Sequence[StudyError], events: pd.DataFrame, rows: Rows, held: pd.Index | None) -> None:
    """The faults of a list in one error, its unknown securities among them; nothing where there is no fault."""
    if not faults:
        return
    every = [*faults, *(() if held is None else _unknown(events["security"], rows, held))]
    told = _joined(every) if len(every) > 1 else every[0].what
    raise type(every[0])(told, where=every[0].where, remedy=every[0].remedy)


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
    faults = list[StudyError]()
    days = events["date"].copy()
    shifts = pd.Series(None, index=events.index, dtype=object)
    clocked = events["time"].notna() if "time" in events else pd.Series(False, events.index)
    for i in events.index[clocked | ~days.isin(sessions)]:
        row = {str(name): value for name, value in events.loc[i].items()}
        try:
            days[i], why = _session(row, sessions, (row.get("session") or rule, most), exchange, rows.at(i))
            values = {"security": row["security"], "day": f"{days[i]:%Y-%m-%d}"}
            shifts[i] = None if why is None else Reason("day_zero_of", shift=why, **values)
        except StudyError as fault:
            faults.append(fault)
    _raise_all(faults, events, rows, held)
    return events.assign(date=days, shift=shifts)


def _session(
    row: dict[str, Any], sessions: pd.DatetimeIndex, how: How, exchange: str | None, where: str
) -> tuple[pd.Timestamp, Reason | None]:
    if row.get("time") is None:
        return _by_date(row["security"], row["date"], sessions, how, where)
    mic = row.get("exchange") or exchange
    if not mic:
        raise no_exchange(row["security"], where)
    try:
        calendar = _calendar(str(mic), sessions, row["date"])
        zero = day_zero(calendar, row["date"].date(), row["time"], row.get("zone"), *how)
    except EventDateError as error:
        raise EventDateError(error.what, where=where, remedy=error.remedy) from None
    found, shift = _by_date(row["security"], zero.session, sessions, how, where)
    return found, Reason.joined(zero.shift, shift)


def no_exchange(security: str, where: str) -> StudyError:
    """A clock time that no exchange's hours can be held against."""
    remedy = 'Give exchange = "XNYS", or a column `exchange`.'
    return StudyError(f"the event of {security!r} has a clock time but no exchange", where=where, remedy=remedy)


def _calendar(mic: str, sessions: pd.DatetimeIndex, day: pd.Timestamp) -> Calendar:
    """The sessions that the table reaches; those around the day, where the library does not know as many."""
    try:
        return exchange_calendar(mic, sessions[0].date(), sessions[-1].date())
    except EventDateError:
        return exchange_calendar(mic, (day - AROUND).date(), (day + AROUND).date())


def _by_date(
    security: str, day: pd.Timestamp, sessions: pd.DatetimeIndex, how: How, where: str
) -> tuple[pd.Timestamp, Reason | None]:
    rule, most = how
    if day in sessions:
        return day, None
    before, after = sessions[sessions < day], sessions[sessions > day]
    if before.empty or after.empty:
        side, end = ("after the last", before[-1]) if after.empty else ("before the first", after[0])
        what = f"{day.date()}, the event of {security!r}, lies {side} session of the table of returns, {end.date()}"
        raise EventDateError(what, where=where, remedy="Give returns that reach it, or correct the date.")
    if rule not in ("next", "previous"):
        raise EventDateError(
            f"{day.date()}, the event of {security!r}, is no session of the table of returns "
            f"(the one before is {before[-1].date()}, the one after {after[0].date()})",
            where=where,
            remedy=f'Set session = "next" or give {after[0].date()}.',
        )
    moved = after[0] if rule == "next" else before[-1]
    found = check_shift(day.date(), moved, most, f", the event of {security!r},", where)
    return found, Reason(f"{rule}_session_in_panel", day=f"{day.date()}")
