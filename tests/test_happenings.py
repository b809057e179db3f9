"""Which events and other news a window holds, exchange by exchange."""

from __future__ import annotations

from datetime import date, time

import numpy as np
import pandas as pd
import pytest

from eventwindow.calendars.exchange import exchange_calendar
from eventwindow.calendars.news import NewsItem, marks, sessions_of

NEW_YORK = "America/New_York"
SPEECH = NewsItem("speech", "news", date(2025, 1, 27), "speech", time=time(18), zone=NEW_YORK)
REPORT = NewsItem("report", "news", date(2025, 1, 28), "a report", about=("TSM",))
HOLIDAY = NewsItem("holiday", "closed", date(2025, 1, 28), "closed")
SELLOFF = NewsItem("selloff", "event", date(2025, 1, 27), "the sell-off")
LONG_AGO = NewsItem("ago", "news", date(1999, 1, 4), "long ago")


@pytest.fixture(scope="module")
def calendar():
    nyse = exchange_calendar("XNYS", date(2024, 12, 1), date(2025, 2, 28))
    return sessions_of([SPEECH, REPORT, HOLIDAY, SELLOFF, LONG_AGO], [nyse])


def marked(calendar, day, security="NVDA", event="", mic="XNYS"):
    """What marks one day of one row."""
    labels = pd.DataFrame({"event": [event], "security": [security], "mic": [mic]})
    days = np.array([[np.datetime64(day, "D").astype(int)]])
    return [str(words).split(" (")[0] for words, where in marks(calendar, labels, days) if where[0, 0]]


def test_news_after_the_close_marks_the_next_session(calendar):
    assert marked(calendar, "2025-01-27") == ["the sell-off"]
    assert marked(calendar, "2025-01-28") == ["speech"]


def test_news_about_one_firm_marks_that_firm_only(calendar):
    assert marked(calendar, "2025-01-28", security="TSM") == ["speech", "a report"]


def test_the_event_itself_is_no_other_news(calendar):
    assert marked(calendar, "2025-01-27", event="selloff") == []


def test_another_exchange_has_its_own_sessions(calendar):
    assert marked(calendar, "2025-01-27", mic="XTKS") == []


def test_a_closed_day_marks_nothing_and_stays_in_the_calendar(calendar):
    assert "holiday" in set(calendar["id"])
    assert "closed" not in marked(calendar, "2025-01-29") + marked(calendar, "2025-01-28")


def test_news_outside_the_sessions_held_is_kept_and_says_so(calendar):
    row = calendar.set_index("id").loc["ago"]
    assert pd.isna(row["session"])
    assert str(row["shift"]) == "outside the sessions held"
