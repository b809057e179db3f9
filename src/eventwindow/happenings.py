"""Events and other news on each exchange: the session that first prices each, and which of them a window holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time

import pandas as pd

from eventwindow.errors import EventDateError
from eventwindow.timeline import Calendar, SessionRule, day_zero


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of the study or an entry of its calendar of other news, about all securities or those named."""

    id: str
    kind: str  # "event", "news" or "closed"
    date: date
    what_en: str
    what_zh: str = ""
    time: time | None = None
    zone: str | None = None
    rule: SessionRule = "next"
    about: tuple[str, ...] = ()


def sessions_of(happenings: Iterable[Happening], calendars: Iterable[Calendar]) -> pd.DataFrame:
    """One row a happening and exchange: id, kind, date, mic, session, shift, what_en, what_zh, about."""
    rows = [_row(happening, calendar) for happening in happenings for calendar in calendars]
    return pd.DataFrame(
        rows, columns=["id", "kind", "date", "mic", "session", "shift", "what_en", "what_zh", "about"]
    ).astype({"session": "datetime64[ns]"})


def _row(h: Happening, calendar: Calendar) -> tuple[object, ...]:
    if h.kind != "event" and not calendar.reaches(h.date):
        return (h.id, h.kind, h.date, calendar.mic, pd.NaT, "outside the sessions held", h.what_en, h.what_zh, h.about)
    try:
        zero = day_zero(calendar, h.date, h.time, h.zone, h.rule)
    except EventDateError as error:
        raise EventDateError(error.what, where=f"{h.kind} {h.id!r}", remedy=error.remedy) from None
    return (h.id, h.kind, h.date, calendar.mic, zero.session, zero.shift, h.what_en, h.what_zh, h.about)


def held(
    calendar: pd.DataFrame, mic: str, first: pd.Timestamp, last: pd.Timestamp, security: str, event: str
) -> pd.DataFrame:
    """The rows of `calendar` that fall on sessions `first` to `last` of `mic` and concern `security`, but `event`."""
    concerns = calendar["about"].map(lambda about: not about or security in about)
    inside = calendar["session"].between(first, last) & (calendar["mic"] == mic)
    return calendar[inside & concerns & (calendar["kind"] != "closed") & (calendar["id"] != event)]
