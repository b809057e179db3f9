"""Sessions of a listing's exchange: whether it was open on a day, and the ends of a span on them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import lru_cache

import pandas as pd

from eventwindow.calendars.exchange import exchange_calendar
from eventwindow.draft.entries import Closed
from eventwindow.draft.listings import home_of
from eventwindow.draft.statement import Statement
from eventwindow.errors import EventDateError
from eventwindow.study.definition import Study


def closed_in(study: Study | None) -> Closed:
    """Whether a symbol's exchange had no session on a day; of a security of the study, it says which exchange."""

    @lru_cache
    def closed(symbol: str, day: dt.date) -> bool:
        own = study is not None and study.securities.get(symbol)
        return session((own or home_of(symbol)).exchange, day, 0) != day

    return closed


def on_sessions(s: Statement) -> Statement:
    """The ends of a span on sessions of the exchange: the first one from its first day, the last one up to its last.

    A span that counts sessions ("over two days") begins as many before its end, whatever days the exchange was closed.
    """
    if not s.until or len(s.who.symbols) != 1 or s.date is None:
        return s
    exchange = home_of(s.who.symbols[0]).exchange
    first, last = session(exchange, s.date, 1), session(exchange, s.until, -1)
    if s.sessions:
        first = last
        for _ in range(s.sessions - 1):
            first = session(exchange, first - dt.timedelta(1), -1)
    return replace(s, date=first, until=last) if first <= last else s


def session(exchange: str, day: dt.date, step: int) -> dt.date:
    """The day itself if it is a session, else the next one (step 1), the one before (-1), or one that differs (0)."""
    try:
        held = exchange_calendar(exchange, day - dt.timedelta(20), day + dt.timedelta(20)).sessions
    except EventDateError:
        return day
    at = int(held.searchsorted(pd.Timestamp(day)))
    found: dt.date = held[at].date()
    return found if found == day or step >= 0 else held[at - 1].date()
