"""Event dates and clock times → sessions of a table of returns."""

from __future__ import annotations

from datetime import time
from typing import Any, cast

import pandas as pd

from eventwindow.errors import EventDateError, StudyError
from eventwindow.timeline import Calendar, SessionRule, day_zero, exchange_calendar

ALIASES = {"firm": "security", "symbol": "security", "event_date": "date"}


def placed(events: pd.DataFrame, sessions: pd.DatetimeIndex, rule: SessionRule, exchange: str | None) -> pd.DataFrame:
    """`events` with `date` moved to the session that can price the news, and why in the column `shift`.

    A clock time (columns time and zone) needs the exchange, a MIC, in the column `exchange` or the argument.
    """
    events = events.reset_index(drop=True).rename(
        columns={old: new for old, new in ALIASES.items() if new not in events}
    )
    if lacking := [name for name in ("security", "date") if name not in events]:
        raise StudyError(f"the table of events lacks the column {lacking[0]!r}.")
    days = pd.to_datetime(events["date"]).dt.normalize()
    shifts = pd.Series("", index=events.index, dtype=object)
    clocked = events["time"].notna() & (events["time"] != "") if "time" in events else pd.Series(False, events.index)
    for i in events.index[clocked | ~days.isin(sessions)]:
        row = {str(name): value for name, value in events.loc[i].items()}
        days[i], shifts[i] = _session(row, sessions, _own_rule(row, rule), exchange)
    return events.assign(date=days, shift=shifts)


def _own_rule(row: dict[str, Any], rule: SessionRule) -> SessionRule:
    own = row.get("session")
    return cast(SessionRule, own) if isinstance(own, str) and own else rule


def _session(
    row: dict[str, Any], sessions: pd.DatetimeIndex, rule: SessionRule, exchange: str | None
) -> tuple[pd.Timestamp, str]:
    day, clock = pd.Timestamp(row["date"]).normalize(), row.get("time")
    if clock is None or pd.isna(clock) or clock == "":
        return _by_date(row["security"], day, sessions, rule)
    mic = row.get("exchange") or exchange
    if not mic:
        raise StudyError(
            f"the event of {row['security']!r} has a clock time but no exchange.",
            remedy='Give exchange="XNYS", or a column `exchange`.',
        )
    calendar = _calendar(str(mic), sessions)
    clock = clock if isinstance(clock, time) else time.fromisoformat(str(clock))
    zone = row.get("zone") or None
    zero = day_zero(calendar, day.date(), clock, zone, rule)
    found, shift = _by_date(row["security"], zero.session, sessions, rule)
    return found, "; ".join(part for part in (zero.shift, shift) if part)


def _calendar(mic: str, sessions: pd.DatetimeIndex) -> Calendar:
    return exchange_calendar(mic, sessions[0].date(), sessions[-1].date())


def _by_date(security: str, day: pd.Timestamp, sessions: pd.DatetimeIndex, rule: str) -> tuple[pd.Timestamp, str]:
    if day in sessions:
        return day, ""
    before, after = sessions[sessions < day], sessions[sessions > day]
    if before.empty or after.empty:
        side = f"before the first, {after[0].date()}" if before.empty else f"after the last, {before[-1].date()}"
        raise EventDateError(f"{day.date()}, the event of {security!r}, lies {side} session of the table of returns.")
    if rule not in ("next", "previous"):
        raise EventDateError(
            f"{day.date()}, the event of {security!r}, is no session of the table of returns "
            f"(the one before is {before[-1].date()}, the one after {after[0].date()}).",
            remedy=f'Set session = "next" or give {after[0].date()}.',
        )
    return (after[0] if rule == "next" else before[-1]), f"{security} {day.date()}: {rule} session"
