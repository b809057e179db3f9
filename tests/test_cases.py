"""Small inputs that are wrong in a way people have met (tests/cases): what is said, and the right number."""

from __future__ import annotations

import io
import re
import shutil
from contextlib import redirect_stdout
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import pytest

from eventwindow.calendars.exchange import HOURS
from eventwindow.cli.main import main
from eventwindow.study import check
from eventwindow.study.result import StudyResult

CASES = Path(__file__).parent / "cases"

# case -> words of `check`, and (security, last day of the window) -> CAR from day 0 on, where it has one
RUN = {
    "_base": (["nothing is wrong"], {("A", 0): -0.0455}),
    "adj_close_empty_from_day_minus_3": (["no adjusted close on 14 sessions", "does not reach the window"], {}),
    "benchmark_other_calendar": (
        ["the return of SPY on 2024-06-11 covers several of its sessions, as long as the security's"],
        {("A.TW", 0): 0.0013},
    ),
    "donors_newest_first": (["nothing is wrong"], {("A", 0): -0.0455}),
    "estimation_holds_other_event": (
        ["holds days of the event of 2024-04-11; its days were kept", "a run would go through, with 1 note"],
        {},
    ),
    "halted_on_day0": (
        ["taken for a halt"],
        {("A", 3): 56.15 / 88.6 - 1 + 0.0033},
    ),  # SPY fell 0.33 % over the four sessions
    "prices_end_on_day0": (["[0,1]: not computed: the security's data ends"], {("A", 0): -0.0455}),
    "share_count_absent": (["nothing is wrong"], {("A", 0): -0.0455}),
    "share_count_no_source_column": (["nothing is wrong"], {("A", 0): -0.0455}),
    "short_history": ([], {("A", 0): -0.0455}),
    "split3for2_day1": (["about the ratio of a 3:2 split"], {}),
    "thin_trading_volume": (["volume of zero (and"], {}),
    "x100_from_day0": (["error A 2024-05-23: a price 0.00953", "excluded A"], {}),
    "yf_download_three_header_rows": (["3 file"], {("A", 0): -0.0455}),
    "history_115": (["no specification fits"], {}),
}
REFUSED = {
    "calendar_XSHG": ["cannot give the sessions of XSHG", "name another exchange that keeps the same days"],
    "calendar_XTAE": ["cannot give the sessions of XTAE"],
    "donors_zero_price": ["panel.csv: 'D3' has a price of 0 on 2024-04-11"],
    "share_count_in_millions": ["the share count of A cannot be: 1,000 shares"],
}
PANELS = {
    "_panel_clean": 6,
    "_panel_us_alone": 4,
    "panel_leading_zeros": 6,
    "panel_ticker_NA": 3,
    "panel_two_countries": 8,
}


def arguments(case: str) -> list[str]:
    prices = CASES / case / "prices.csv"
    return [str(CASES / case), *(["--prices", str(prices)] if prices.is_file() else [])]


@cache
def checked(*given: str) -> tuple[str, StudyResult]:
    """What `check` says of a study, and the result that it comes to on its way, which is that of a run."""
    said, results = io.StringIO(), list[StudyResult]()

    def concluded(*parts) -> StudyResult:
        results.append(conclude(*parts))
        return results[-1]

    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said):
        conclude = check.concluded
        patch.setattr(check, "concluded", concluded)
        assert main(["check", *given]) == 0
    return said.getvalue(), results[0]


@pytest.mark.parametrize("case", RUN)
def test_a_case_goes_through_and_is_told(case):
    words, cars = RUN[case]
    said, result = checked(*arguments(case))
    assert [word for word in words if word not in said] == []
    table = result.table("cumulative").set_index(["security", "window_start", "window_end"])["car"]
    for (security, last), expected in cars.items():
        assert table[security, 0, last] == pytest.approx(expected, abs=5e-3 if abs(expected) > 0.2 else 1e-3)


@pytest.mark.parametrize("case", ["adj_close_empty_from_day_minus_3", "x100_from_day0", "halted_on_day0"])
def test_a_case_without_its_first_member_on_day_0_has_a_report(case, capsys, tmp_path):
    assert main(["run", *arguments(case), "--out", str(tmp_path / "out"), "--language", "en"]) == 0
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<svg" in page and "nan" not in capsys.readouterr().out


@pytest.mark.parametrize("case", REFUSED)
def test_a_case_is_refused_by_check_and_run_alike(case, capsys, tmp_path):
    if case == "calendar_XTAE" and version("exchange_calendars") < "4.13":
        pytest.skip("this version of the calendar library can still build Tel Aviv")
    said = []
    for command in (["check", *arguments(case)], ["run", *arguments(case), "--out", str(tmp_path / "out")]):
        assert main(command) == 2
        said.append(capsys.readouterr().err)
    assert said[0] == said[1]
    assert [word for word in REFUSED[case] if word not in said[0]] == []


@pytest.mark.parametrize("case", PANELS)
def test_a_panel_places_every_event(case, capsys):
    assert main(["check", *arguments(case)]) == 0
    assert f"{PANELS[case]} placed" in capsys.readouterr().out


def test_an_untraded_day_confirms_nothing():
    result = checked(*arguments("halted_on_day0"))[1]
    assert result.table("claims")["verdict"].tolist() == ["open"]


def test_values_in_two_currencies_are_not_added():
    case = "currencies_added_as_dollars"
    claims = checked(*arguments(case))[1].table("claims")
    assert claims["verdict"].tolist() == ["open"] * 2
    assert claims["reason"].str.contains("no rate of JPY is held").all()
    assert not claims["reason"].str.contains("dollars").any()


def test_a_claim_without_a_share_count_says_so():
    case = "share_count_absent"
    claims = checked(*arguments(case))[1].table("claims")
    assert claims["reason"].tolist() == ["No share count of A is held."]


@pytest.mark.parametrize("day", ["2024-05-22", "2024-05-23"])
def test_a_benchmark_with_a_hole_at_the_event_ends_no_run(day, tmp_path, capsys):
    """The return of day 0 lacks its benchmark: said by its cause, and the table of the run is printed."""
    rows = pd.read_csv(CASES / "_base" / "prices.csv")
    rows[(rows["symbol"] != "SPY") | (rows["date"] != day)].to_csv(tmp_path / "prices.csv", index=False)
    given = [str(CASES / "_base"), "--prices", str(tmp_path / "prices.csv")]
    assert main(["run", *given, "--out", str(tmp_path / "out"), "--language", "en"]) == 0
    assert main(["check", *given]) == 0
    assert "specification_curve not computed: No return of SPY on 23 May 2024." in capsys.readouterr().out


def test_placebo_dates_of_a_short_history_never_reach_the_event():
    """235 sessions before day 0 against 262: the same firm, the same fall; its median is beyond every placebo date's."""
    found = {}
    for days in (235, 262):
        curve = checked(*arguments(f"history_{days}"))[1].table("robustness")
        row = curve[(curve["security"] == "F0") & (curve["window_end"] == 0)].iloc[0]
        found[days] = row["p_median"]
    assert found[235] < 0.005 and found[262] < 0.005


@pytest.mark.parametrize("mic", ["XNSE", "XKOS", "XNGO", "XADS"])
def test_an_exchange_that_the_calendar_lacks_takes_the_dates_of_its_prices(mic, tmp_path):
    """The clean case (CAR of A -0.0455), under the codes of exchanges whose holidays are others."""
    shutil.copytree(CASES / "_base", tmp_path / "study")
    path, prices = tmp_path / "study" / "study.toml", tmp_path / "study" / "prices.csv"
    path.write_text(re.sub(r'symbol = "(.)"', rf'symbol = "\1"\nexchange = "{mic}"', path.read_text("utf-8")), "utf-8")
    rows = pd.read_csv(prices)
    saturday = rows[rows["date"] == "2024-05-03"].assign(date="2024-05-04")  # Friday's closes carried into the weekend
    pd.concat([rows, saturday]).sort_values(["date", rows.columns[1]]).to_csv(prices, index=False)
    said, result = checked(str(tmp_path / "study"), "--prices", str(prices))
    assert f"the calendar library has no {mic}: the dates of the prices are taken" in said
    car = result.table("cumulative").set_index(["security", "window_start", "window_end"])["car"]
    assert car["A", 0, 0] == pytest.approx(-0.0455, abs=1e-3)
    found = result.table("data_quality")
    assert set(found[found["kind"] == "no_session"]["date"]) == {pd.Timestamp("2024-05-04")}
    unverified = HOURS.get(mic, [""])[-1] == "?"
    assert set(found[found["kind"] == ("own_hours" if unverified else "own_dates")]["security"]) == {"A", "B"}
    assert found["text_en"].str.contains("closes at .* is unverified").any() == unverified


def test_a_share_count_that_is_dated_after_the_event_is_told(tmp_path, capsys):
    shutil.copytree(CASES / "share_count_absent", tmp_path / "mine")
    counts = tmp_path / "mine" / "figures" / "shares.csv"
    for day, ends in (("2024-05-24", "a run would go through, with 1 note"), ("2024-05-23", "nothing is wrong")):
        counts.write_text(f"symbol,as_of,shares,source\nA,{day},1000000000,filing\n", "utf-8")
        assert main(["check", str(tmp_path / "mine"), "--prices", str(tmp_path / "mine" / "prices.csv")]) == 0
        told = capsys.readouterr().out
        assert told.splitlines()[-1] == ends
        assert ("told A: no share count is dated before the event of 2024-05-23" in told) == (day > "2024-05-23")
