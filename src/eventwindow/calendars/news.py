"""Events and other news on each exchange: the session that first prices each, and which of them a window holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import NamedTuple

import numpy as np
import pandas as pd

from eventwindow.calendars.exchange import Calendar, SessionRule, day_zero
from eventwindow.errors import EventDateError, Reason, Text


@dataclass(frozen=True, slots=True)
class NewsItem:
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
    source: str = ""  # the public page that tells it
    most: int | None = None  # weekdays by which a date that is no session may move


def sessions_of(items: Iterable[NewsItem], calendars: Iterable[Calendar]) -> pd.DataFrame:
    """One row an item and exchange: id, kind, date, mic, session, shift, what_en, what_zh, about, source."""
    rows = [_row(item, calendar) for item in items for calendar in calendars]
    return pd.DataFrame(
        rows, columns=["id", "kind", "date", "mic", "session", "shift", "what_en", "what_zh", "about", "source"]
    ).astype({"session": "datetime64[ns]"})


def _row(h: NewsItem, calendar: Calendar) -> tuple[object, ...]:
    told = (h.what_en, h.what_zh, h.about, h.source)
    if h.kind != "event" and not calendar.reaches(h.date):
        return (h.id, h.kind, h.date, calendar.mic, pd.NaT, Reason("outside_sessions"), *told)
    try:
        zero = day_zero(calendar, h.date, h.time, h.zone, h.rule, h.most)
    except EventDateError as error:
        raise EventDateError(error.what, where=f"{h.kind} {h.id!r}", remedy=error.remedy) from None
    return (h.id, h.kind, h.date, calendar.mic, zero.session, zero.shift, *told)


class _Row(NamedTuple):
    id: str
    mic: str
    session: pd.Timestamp
    what_en: str
    what_zh: str
    about: tuple[str, ...]


def marks(calendar: pd.DataFrame, labels: pd.DataFrame, days: np.ndarray) -> list[tuple[Reason, np.ndarray]]:
    """What else falls on the days (N, L) of events: the words of each item, and the (N, L) days it marks.

    `labels` says event, security and mic of each row; an event does not mark itself, a closed day marks nothing, and
    news about some securities marks those only.
    """
    mic, event, security = (labels[name].to_numpy(object) for name in ("mic", "event", "security"))
    told = calendar[(calendar["kind"] != "closed") & calendar["session"].notna()]
    found = []
    for h in map(_Row._make, told[list(_Row._fields)].itertuples(index=False)):
        rows = (mic == h.mic) & (event != h.id)
        if h.about:
            rows &= np.isin(security, h.about)
        day = np.datetime64(str(h.session)[:10], "D").astype(np.int64)
        marked = (days == day) & rows[:, None]
        if marked.any():
            found.append((Reason("other_news", what=Text(h.what_en, h.what_zh), day=f"{h.session:%Y-%m-%d}"), marked))
    return found
