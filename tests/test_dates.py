"""Dates read one way everywhere: lists, panels, the library, the tables that lie beside a study."""

from __future__ import annotations

from datetime import date, datetime, time

import numpy as np
import pandas as pd
import pytest
from panels import panel

from eventwindow import StudyError, abnormal_returns, panel_study
from eventwindow.calendars.dates import Rows, check_sessions, clock_times, iso_days
from eventwindow.calendars.exchange import exchange_calendar
from eventwindow.panel.events import read_events
from eventwindow.panel.tiles import staged_panel
from eventwindow.prices.bundled import shipped_tables
from eventwindow.prices.factors import read_factors

AT = Rows("t.csv", "line", range(2, 99)).at
SPANS = {"benchmark": "MKT", "estimation": (-70, -6), "window": (-5, 5), "minimum_returns": 30}
READS_TWO_WAYS = [
    "06/02/2020",
    "5.1.2021",
    "05-01-2021",
    "2021-1-5",
    "2021-01-05 09:30",
    "2021-13-01",
    "Jan 5",
]


@pytest.mark.parametrize(
    "value",
    [
        "2021-01-05",
        "2021-01-05 00:00:00",
        "2021-01-05T00:00:00Z",
        "2021-01-05 00:00:00+08:00",
        "2021/01/05",
        "20210105",
        20210105,
        "Jan 05, 2021",
        "5-Jan-2021",
        "05.01.2021",
        date(2021, 1, 5),
        datetime(2021, 1, 5),
        pd.Timestamp("2021-01-05"),
        pd.Timestamp("2021-01-05", tz="Asia/Taipei"),
        np.datetime64("2021-01-05"),
    ],
)
def test_a_day_is_the_day_that_stands_there(value):
    for column in ([value], (value,), pd.Series([value])):
        assert iso_days(column, AT).tolist() == [date(2021, 1, 5)]


@pytest.mark.parametrize("value", [*READS_TWO_WAYS, "", None, 44201.0, pd.Timestamp("2021-01-05 09:30")])
def test_what_is_no_day_is_named_by_its_line_and_value(value):
    with pytest.raises(StudyError, match=r"t\.csv, line 3: .*(is not a date|a row without a date).*\n(Write|Format) "):
        iso_days(pd.Series(["2021-01-04", value], dtype=object), AT)


@pytest.mark.parametrize("value", READS_TWO_WAYS)
def test_the_library_and_an_event_list_refuse_a_date_that_reads_two_ways(tmp_path, value):
    """Read month first, 06/02/2020 was day 0 on 2 June without a word."""
    events = pd.DataFrame({"security": ["F0", "F1"], "date": ["2023-05-05", value]})
    events.to_csv(tmp_path / "events.csv", index=False)
    with pytest.raises(StudyError, match=r"the table of events, index 1: .* is not a date"):
        abnormal_returns(panel(1), events, **SPANS)
    with pytest.raises(StudyError, match=r"events\.csv, line 3: .* is not a date"):
        panel_study(panel(1), tmp_path / "events.csv", **SPANS)


def test_the_order_of_day_and_month_is_the_one_that_all_cells_allow():
    assert iso_days(["03/04/2021", "27/01/2021"], AT).tolist() == [date(2021, 4, 3), date(2021, 1, 27)]
    assert iso_days(["03/04/2021", "01/27/2021"], AT).tolist() == [date(2021, 3, 4), date(2021, 1, 27)]
    with pytest.raises(StudyError, match=r"line 2: '03/04/2021' reads two ways: 2021-03-04 or 2021-04-03"):
        iso_days(["03/04/2021", "05/05/2021"], AT)
    with pytest.raises(StudyError, match=r"line 3: '01/27/2021' is not a date"):
        iso_days(["27/01/2021", "01/27/2021"], AT)


def test_blank_lines_of_a_list_count(tmp_path):
    (tmp_path / "e.csv").write_text("security,date\n\nA,2021-01-05\n\n\nB,05/01/2021\n")
    table, rows = read_events(tmp_path / "e.csv")
    with pytest.raises(StudyError, match=r"e\.csv, line 6: '05/01/2021' is not a date"):
        iso_days(table["date"], rows.at)


@pytest.mark.parametrize("form", ["wide.csv", "wide.parquet", "long.csv", "long.parquet"])
def test_a_panel_is_read_year_first_too(tmp_path, form):
    table = panel(1, days=8).rename_axis("date").reset_index()
    table = table.melt("date", var_name="security", value_name="return") if "long" in form else table
    table["date"] = table["date"].dt.strftime("%d/%m/%Y")
    table.to_csv(tmp_path / form, index=False) if form.endswith("csv") else table.to_parquet(tmp_path / form)
    with pytest.raises(
        StudyError, match=rf"{form}, (row 1|line 2): '02/01/2023' reads two ways: 2023-02-01 or 2023-01-02"
    ):
        staged_panel(tmp_path / form, tmp_path / "work")


def test_factors_and_the_tables_of_a_study_are_read_year_first_too(tmp_path):
    (tmp_path / "f.csv").write_text("date,market\n2021-01-04,0.01\n05/01/2021,0.02\n")
    with pytest.raises(StudyError, match=r"f\.csv, line 3: '05/01/2021' is not a date"):
        read_factors(tmp_path / "f.csv")
    (tmp_path / "megacaps.csv").write_text("date,symbol,close\n05/01/2021,A,1.0\n")
    with pytest.raises(StudyError, match=r"megacaps\.csv, line 2: '05/01/2021' reads two ways"):
        shipped_tables(tmp_path)


@pytest.mark.parametrize(("given", "read"), [("9:30", time(9, 30)), ("17:30:15", time(17, 30, 15)), (time(8), time(8))])
def test_a_clock_time_is_on_24_hours(given, read):
    assert clock_times([given], AT) == [read]


@pytest.mark.parametrize("given", ["5:30pm", "25:00", "0930", "noon", "", 930])
def test_any_other_clock_time_is_named(given):
    with pytest.raises(StudyError, match=r"t\.csv, line 2: .* is not a clock time"):
        clock_times([given], AT)


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("time", "5:30pm", "'5:30pm' is not a clock time"),
        ("zone", "US/Eastren", "unknown time zone 'US/Eastren'\nDid you mean 'US/Eastern'"),
        ("session", "nxt", "session = 'nxt' is no rule"),
    ],
)
def test_what_goes_with_a_date_is_checked_alike_in_the_library_and_in_a_list(column, value, said):
    row = {"security": "F0", "date": "2023-05-05", "time": "09:30", "zone": "America/New_York", "session": "next"}
    events = pd.DataFrame([row, row | {column: value}])
    for answer in (abnormal_returns, panel_study):
        with pytest.raises(StudyError, match=rf"the table of events, index 1: {said}"):
            answer(panel(1), events, exchange="XNYS", **SPANS)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda i: i.tz_localize("Asia/Taipei"), "it has a time of day or a zone"),
        (lambda i: i + pd.Timedelta("15h"), "it has a time of day or a zone"),
        (lambda i: i[::-1], "stands after a later date"),
        (lambda i: i[[0, 0, 1]], "the date 2023-01-02 stands twice"),
        (lambda i: i.strftime("%d/%m/%Y"), "the index holds no dates"),
    ],
)
def test_an_index_of_sessions_holds_days(change, said):
    with pytest.raises(StudyError, match=f"the panel: .*{said}"):
        check_sessions(change(panel(1).index), "the panel")


def tokyo(*dates: str) -> pd.DataFrame:
    """Two securities on the first sessions that the calendar library knows of Tokyo, an event each at 10:00."""
    sessions = exchange_calendar("XTKS", date(1997, 1, 6), date(1997, 12, 26)).sessions
    returns = pd.DataFrame(np.random.default_rng(0).normal(0, 0.02, (len(sessions), 2)), sessions, ["A", "B"])
    events = pd.DataFrame({"security": ["A", "B"], "date": dates, "time": "10:00"})
    spans = {"estimation": (-5, -2), "window": (0, 1), "minimum_returns": 3}
    return abnormal_returns(returns, events, model="mean_adjusted", exchange="XTKS", **spans).labels


def test_news_at_the_edge_of_what_the_calendar_library_knows_has_its_day_zero():
    assert list(tokyo("1997-01-16", "1997-06-02")["date"]) == [pd.Timestamp("1997-01-16"), pd.Timestamp("1997-06-02")]


def test_an_event_far_from_the_returns_is_told_in_its_own_row():
    with pytest.raises(StudyError, match=r"index 1: 1990-01-05.*before the first session"):
        tokyo("1997-06-02", "1990-01-05")
