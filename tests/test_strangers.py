"""Faults that newcomers bring: each is told by its own cause, in one message."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest
from panels import panel
from test_cases import CASES, arguments
from test_panels import OPTIONS

from eventwindow import StudyError, abnormal_returns, panel_study, run_study
from eventwindow.calendars.exchange import time_zone
from eventwindow.cli.main import main

BASE = CASES / "_base"


def study_with(folder, change):
    """The clean study with other prices."""
    (folder / "study.toml").write_text((BASE / "study.toml").read_text())
    change(pd.read_csv(BASE / "prices.csv")).to_csv(folder / "prices.csv", index=False)
    return [str(folder), "--prices", str(folder / "prices.csv")]


def every(table, step):
    return table[table["date"].isin(sorted(table["date"].unique())[::step])]


@pytest.mark.parametrize(("step", "word"), [(5, "weekly prices: a row every 7 days"), (21, "monthly prices")])
def test_weekly_and_monthly_prices_are_recognised(tmp_path, capsys, step, word):
    given = study_with(tmp_path, lambda t: every(t, step))
    for command in (["check", *given], ["run", *given, "--out", str(tmp_path / "out")]):
        assert main(command) == 2
        assert word in capsys.readouterr().err


def test_one_security_with_weekly_prices_is_left_out_with_that_reason(tmp_path, capsys):
    given = study_with(tmp_path, lambda t: pd.concat([t[t["symbol"] != "A"], every(t[t["symbol"] == "A"], 5)]))
    assert main(["check", *given]) == 0
    assert "excluded A: weekly prices: a row every 7 days" in capsys.readouterr().out


def test_the_library_says_that_weekly_windows_count_rows():
    weekly = panel(1, days=400).iloc[::5]
    events = pd.DataFrame({"security": ["F0"], "date": [weekly.index[60]]})
    spans = {"benchmark": "MKT", "estimation": (-50, -4), "window": (-2, 2), "minimum_returns": 30}
    assert "weekly rows, 7 days apart: the windows count rows" in " ".join(
        abnormal_returns(weekly, events, **spans).notes
    )
    told = panel_study(weekly, events, report=[0], workers=1, **spans).excluded["reason"].astype(str)
    assert told.str.contains("weekly rows, 7 days apart").any()


def test_run_names_a_finding_on_a_day_of_the_event_window(tmp_path, capsys):
    case = "split3for2_day1"
    assert main(["run", *arguments(case), "--out", str(tmp_path / "out"), "--language", "en"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "about the prices: `eventwindow check` names them." in said
    assert "In an event window: A 2024-05-24: moves by -35.4%, just the ratio of a 3:2 split" in said


def test_all_faults_of_a_list_are_told_at_once(tmp_path):
    (tmp_path / "e.csv").write_text(
        "security,date,time,zone,session\nF0,2023-05-05,17:30,ET,\n,x,,,\nF1,2023-13-01,,,last\nF1,,25:00,,\n"
    )
    with pytest.raises(StudyError) as error:
        panel_study(panel(1), tmp_path / "e.csv", **OPTIONS)
    assert str(error.value).split("\n")[0] == (
        "e.csv, line 3: an event without a security; line 3: 'x' is not a date; line 4: '2023-13-01' is not a date; "
        "line 5: a row without a date; line 5: '25:00' is not a clock time; line 2: time zone 'ET' is an abbreviation; "
        "line 4: session = 'last' is no rule"
    )


def test_a_ticker_in_other_letters_is_told_by_the_panel_s_name():
    events = pd.DataFrame({"security": ["f0", " F1", "F2", "ZZZ"], "date": pd.Timestamp("2023-05-05")})
    told = panel_study(panel(1), events, workers=1, **OPTIONS).excluded.set_index("security")["reason"].astype(str)
    assert told["f0"] == "the panel does not hold this security: 'f0' is not 'F0', which it holds"
    assert told[" F1"].endswith("' F1' is not 'F1', which it holds")
    assert told["ZZZ"] == "the panel does not hold this security"


@pytest.mark.parametrize(("zone", "name"), [("ET", "America/New_York"), ("EST", "New_York"), ("JST", "Asia/Tokyo")])
def test_an_abbreviated_zone_is_answered_with_the_zone_meant(zone, name):
    with pytest.raises(StudyError, match=name):
        time_zone(zone)


def test_dates_as_whole_numbers_are_answered_with_a_recipe_that_yields_those_dates():
    returns = panel(1)
    numbers = returns.set_axis(returns.index.strftime("%Y%m%d").astype(int))
    events = pd.DataFrame({"security": ["F0"], "date": [returns.index[100]]})
    with pytest.raises(StudyError, match=r'index.astype\(str\), format="%Y%m%d"'):
        abnormal_returns(numbers, events, **OPTIONS)
    recipe = pd.to_datetime(numbers.index.astype(str), format="%Y%m%d")
    assert np.array_equal(recipe, returns.index)
    with pytest.raises(StudyError, match=r'set_index\("date"\)'):
        abnormal_returns(returns.reset_index(drop=True), events, **OPTIONS)


def test_a_study_of_an_event_list_is_told_from_one_of_securities():
    with pytest.raises(StudyError, match="this is a study of an event list\nRun it with `eventwindow run`"):
        run_study(CASES / "_panel_clean")


def test_a_ticker_in_other_letters_is_told_by_the_file_s_name(tmp_path, capsys):
    given = study_with(tmp_path, lambda t: t.assign(symbol=t["symbol"].str.lower()))
    assert main(["check", *given]) == 2
    assert "prices.csv does not hold it, but 'spy'" in capsys.readouterr().err


@pytest.mark.parametrize("rule", ["tell", "mask", "drop"])
def test_contamination_in_a_panel_is_that_of_the_library(rule):
    returns = panel(1)
    days = returns.index[[80, 90, 110]]
    events = pd.DataFrame({"security": ["F0", "F0", "F1"], "date": days, "event": ["one", "two", "three"]})
    returns.loc[days[0], "F0"] -= 0.3
    mine = {"benchmark": "MKT", "estimation": (-70, -6), "window": (-2, 2), "minimum_returns": 30}
    result = panel_study(returns, events, report=[0], contamination=rule, workers=1, chunk=1, **mine)
    found = result.cumulative.set_index("event")
    expected = abnormal_returns(returns, events, contamination=rule, **mine)
    cars = expected.car(0)
    by_event = dict(zip(cars.labels["event"], zip(cars.car, cars.std_error, strict=True), strict=True))
    assert set(found.index) == set(by_event) == ({"one", "three"} if rule == "drop" else {"one", "two", "three"})
    for event, (car, error) in by_event.items():
        assert found.loc[event, ["car", "std_error"]].tolist() == pytest.approx([car, error], rel=1e-12)
    told = result.excluded["reason"].astype(str).str.cat(sep="; ")
    assert "1 estimation window holds another event of the same security; " in told
    assert result.run["contamination"] == rule
    assert ("two" in result.excluded.query("what == 'excluded'")["event"].tolist()) == (rule == "drop")


def test_the_rule_of_a_panel_study_is_read_from_its_file(tmp_path, capsys):
    shutil.copytree(CASES / "_panel_clean", tmp_path / "study")
    text = (tmp_path / "study" / "study.toml").read_text()
    (tmp_path / "study" / "study.toml").write_text(text.replace("[study]", '[study]\ncontamination = "drop"'))
    (tmp_path / "study" / "events.csv").open("a").write("S0,2024-06-10\n")
    assert main(["check", str(tmp_path / "study")]) == 0
    assert "1 excluded: the estimation window holds another event of the same security" in capsys.readouterr().out


def test_a_study_in_which_no_security_has_a_day_zero_is_reported(tmp_path, capsys):
    shutil.copytree(CASES / "halted_on_day0", tmp_path / "study")
    table = pd.read_csv(tmp_path / "study" / "prices.csv")
    table[(table["symbol"] != "B") | (table["date"] != "2024-05-23")].to_csv(
        tmp_path / "study" / "prices.csv", index=False
    )
    given = [str(tmp_path / "study"), "--prices", str(tmp_path / "study" / "prices.csv")]
    assert main(["run", *given, "--out", str(tmp_path / "out"), "--language", "en", "--quiet"]) == 0
    assert (tmp_path / "out" / "report.html").is_file()
