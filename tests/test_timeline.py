"""News time → day 0: which session first prices it, on which exchange, under which rule."""

from __future__ import annotations

from datetime import date, time

import pandas as pd
import pytest

from eventwindow.calendars.exchange import NOT_A_SESSION, day_zero, exchange_calendar
from eventwindow.calendars.window import Window
from eventwindow.errors import EventDateError, WindowError

NEW_YORK = "America/New_York"


@pytest.fixture(scope="module")
def nyse():
    return exchange_calendar("XNYS", date(2024, 1, 1), date(2025, 3, 31))


def calendar(mic):
    return exchange_calendar(mic, date(2024, 1, 1), date(2025, 3, 31))


def test_a_window_is_closed_on_both_sides():
    assert len(Window(-1, 1)) == 3
    assert list(Window(-1, 1).taus) == [-1, 0, 1]
    assert 1 in Window(-1, 1)
    assert 2 not in Window(-1, 1)


def test_a_window_that_starts_after_its_end_is_refused():
    with pytest.raises(WindowError, match=r"\[2, 1\] starts after its end"):
        Window(2, 1)


@pytest.mark.parametrize(
    ("first", "second", "touch"),
    [(Window(-5, -1), Window(0, 3), False), (Window(-5, 0), Window(0, 3), True), (Window(-5, 9), Window(0, 3), True)],
)
def test_windows_overlap_when_they_share_a_day(first, second, touch):
    assert first.overlaps(second) is touch
    assert second.overlaps(first) is touch


def test_a_date_alone_counts_as_before_the_open(nyse):
    assert day_zero(nyse, date(2025, 1, 27)).session == pd.Timestamp("2025-01-27")
    assert day_zero(nyse, date(2025, 1, 27)).shift is None


@pytest.mark.parametrize(
    ("clock", "session"),
    [
        (time(8, 0), "2025-01-27"),
        (time(15, 59), "2025-01-27"),
        (time(16, 0), "2025-01-28"),
        (time(19, 4), "2025-01-28"),
    ],
)
def test_news_with_a_clock_time_is_priced_at_the_first_close_after_it(nyse, clock, session):
    assert day_zero(nyse, date(2025, 1, 27), clock, NEW_YORK).session == pd.Timestamp(session)


def test_an_early_close_is_a_close(nyse):
    """24 December 2024 closed at 13:00: news of 14:00 is priced on 26 December."""
    zero = day_zero(nyse, date(2024, 12, 24), time(14, 0), NEW_YORK)
    assert zero.session == pd.Timestamp("2024-12-26")
    assert "first close after the news" in str(zero.shift)


def test_an_evening_in_new_york_is_the_next_day_in_tokyo():
    zero = day_zero(calendar("XTKS"), date(2025, 1, 27), time(19, 4), NEW_YORK)
    assert zero.session == pd.Timestamp("2025-01-28")


def test_a_holiday_is_an_error_that_names_the_exchange_the_neighbours_and_the_remedy(nyse):
    with pytest.raises(EventDateError) as error:
        day_zero(nyse, date(2025, 1, 20))
    text = str(error.value)
    assert "2025-01-20 is not a session of XNYS (Dr. Martin Luther King Jr. Day)" in text
    assert "2025-01-17" in text
    assert 'session = "next"' in text
    assert "2025-01-21" in text


def test_a_weekend_is_named_by_its_day(nyse):
    with pytest.raises(EventDateError, match="a Sunday"):
        day_zero(nyse, date(2025, 1, 26))


@pytest.mark.parametrize(("rule", "session"), [("next", "2025-01-21"), ("previous", "2025-01-17")])
def test_the_rule_moves_a_holiday_and_the_shift_is_told(nyse, rule, session):
    zero = day_zero(nyse, date(2025, 1, 20), rule=rule)
    assert zero.session == pd.Timestamp(session)
    assert str(zero.shift) == f"2025-01-20 is not a session of XNYS: {rule} session"


@pytest.mark.parametrize(
    ("mic", "session"),
    [
        ("XNYS", "2025-01-27"),
        ("XTKS", "2025-01-27"),
        ("XHKG", "2025-01-27"),
        ("XTAI", "2025-02-03"),
        ("XKRX", "2025-01-31"),
    ],
)
def test_the_selloff_falls_on_each_exchange_on_its_own_day(mic, session):
    """Taipei was closed from 23 January to 2 February, Seoul from 27 to 30 January 2025."""
    assert day_zero(calendar(mic), date(2025, 1, 27), rule="next").session == pd.Timestamp(session)


@pytest.mark.parametrize(
    ("day", "side"), [(date(2020, 1, 2), "before the first"), (date(2030, 1, 2), "after the last")]
)
def test_a_date_beyond_the_calendar_says_on_which_side_it_misses(nyse, day, side):
    with pytest.raises(EventDateError, match=side):
        day_zero(nyse, day)


@pytest.mark.parametrize(("mic", "day"), [("XTAI", "2024-10-31"), ("XTAI", "2023-01-18"), ("XHKG", "2023-09-01")])
def test_days_without_trading_are_no_sessions(mic, day):
    """Typhoon days and a settlement day that the calendar library counts."""
    held = exchange_calendar(mic, date(2023, 1, 1), date(2024, 12, 31))
    assert not held.holds(date.fromisoformat(day))


def test_exchanges_with_the_same_hours_share_a_calendar():
    assert calendar("XNAS") is calendar("XNYS")


def test_an_unknown_exchange_is_named():
    with pytest.raises(EventDateError, match="'NOWHERE' is unknown"):
        calendar("NOWHERE")


@pytest.mark.parametrize(
    ("mic", "first", "last"),
    [
        ("XNYS", "2009-06-01", "2011-03-31"),  # over the turn of a decade, with closes at noon
        ("XTKS", "1998-01-05", "1998-12-30"),  # the library knows no whole decade
        ("XSHG", "2024-03-01", "2025-02-28"),
        ("XBOM", "2024-01-15", "2024-02-15"),
    ],
)
def test_a_calendar_is_the_librarys_own_of_those_days(mic, first, last):
    import exchange_calendars as xcals

    mine, own = (
        exchange_calendar(mic, date.fromisoformat(first), date.fromisoformat(last)),
        xcals.get_calendar(mic, first, last),
    )
    held = own.schedule[~own.schedule.index.isin(pd.to_datetime(list(NOT_A_SESSION.get(mic, {}))))]
    assert (mine.mic, mine.zone) == (mic, str(own.tz))
    assert mine.sessions.equals(held.index) and len(held) > 20
    assert mine.opens.equals(pd.DatetimeIndex(held["open"]))
    assert mine.closes.equals(pd.DatetimeIndex(held["close"]))


def test_a_calendar_that_the_library_cannot_build_is_an_error_of_ours(monkeypatch):
    """Those of Athens and other Orthodox feasts raise what no caller expects, by some versions of pandas."""

    def fails(*_, **__):
        raise NotImplementedError("implemented by subclasses")

    monkeypatch.setattr("exchange_calendars.get_calendar", fails)
    with pytest.raises(EventDateError, match="cannot give the sessions of ASEX"):
        exchange_calendar("ASEX", date(1996, 6, 3), date(1996, 6, 28))


def test_days_without_a_session_have_no_calendar():
    with pytest.raises(EventDateError, match="cannot give the sessions of XNYS from 2025-01-25 to 2025-01-26"):
        exchange_calendar("XNYS", date(2025, 1, 25), date(2025, 1, 26))
