"""Events that lie ahead: what a study waits for before it can run. The clock decides here, and in no result."""

import datetime as dt

import pandas as pd

from eventwindow.calendars.exchange import Calendar
from eventwindow.calendars.news import sessions_of
from eventwindow.errors import EventDateError
from eventwindow.study.definition import Study
from eventwindow.study.load import exchanges_of, news_of, study_calendars

LATER = "Run it after that. `eventwindow freeze` fixes study and claims before."
SHIFT = dt.timedelta(days=15)  # no session is further from the date that it prices


def now() -> pd.Timestamp:
    return pd.Timestamp.now("UTC")


def event_days(study: Study) -> tuple[pd.DataFrame, dict[str, Calendar]]:
    """Day 0 of each event on the exchanges of the study's stocks, as `sessions_of` tells it, and their calendars."""
    exchanges = exchanges_of(study)
    mine = {stock.symbol: exchanges[stock.symbol] for stock in study.stocks}
    calendars = {c.mic: c for c in study_calendars(study, mine).values()}
    items = [h for h in news_of(study) if h.kind == "event"]
    return sessions_of(items, calendars.values()), calendars


def waits_for(study: Study) -> list[str]:
    """What the study waits for: events whose day 0 has closed on none of the exchanges of its stocks."""
    moment = now()
    if all(e.date < (moment - SHIFT).date() for e in study.file.events):
        return []
    days, calendars = event_days(study)
    first: dict[str, tuple[pd.Timestamp, str]] = {}
    for event, mic, session in zip(days["id"], days["mic"], days["session"], strict=True):
        calendar = calendars[mic]
        close = pd.Timestamp(calendar.closes[calendar.sessions == session][0])
        words = f"day 0 of event {event!r} lies ahead: it waits for the close of {session:%Y-%m-%d} on {mic}"
        first[event] = min(first.get(event, (close, words)), (close, words))
    return [words for close, words in first.values() if close > moment]


def check_closed(study: Study, where: str = "study.toml, events") -> None:
    """A run needs day 0 of each event on one exchange at least."""
    if waiting := waits_for(study):
        raise EventDateError("; ".join(waiting), where=where, remedy=LATER)
