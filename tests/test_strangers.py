"""Faults that newcomers bring: each is told by its own cause, in one message."""

from __future__ import annotations

import shutil
from datetime import date

import numpy as np
import pandas as pd
import pytest
from panels import panel
from test_cases import CASES, arguments
from test_panels import OPTIONS

from eventwindow import StudyError, abnormal_returns, panel_study, run_study
from eventwindow.calendars.exchange import exchange_calendar, time_zone
from eventwindow.cli.main import main
from eventwindow.errors import EventDateError
from eventwindow.estimation.by_exchange import over_the_same_span
from eventwindow.report.context import Context
from eventwindow.report.figures.prices import prices
from eventwindow.report.html import appendix, story
from eventwindow.report.language import language

BASE = CASES / "_base"
SPANS = {"benchmark": "MKT", "estimation": (-80, -6), "window": (-5, 5), "minimum_returns": 50}


def checked(folder, capsys, returns, events):
    """What `check` says of the panel study of these."""
    (folder / "study.toml").write_text(
        '[study]\nname = "p"\nbenchmark = "MKT"\nminimum_returns = 50\n[windows]\nestimation = [-80, -6]\n'
        'event = [-5, 5]\nreport = [[0, 1]]\n[event_list]\nfile = "events.csv"\npanel = "panel.csv"\n'
    )
    returns.rename_axis("date").to_csv(folder / "panel.csv")
    events.to_csv(folder / "events.csv", index=False)
    assert main(["check", str(folder)]) == 0
    return capsys.readouterr().out


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
    assert "In an event window: A 2024-05-24: moves by −35.4 %, about the ratio of a 3:2 split" in said


def test_run_names_a_finding_on_the_benchmark_of_an_event_window(tmp_path, capsys):
    def halved(table):
        later = (table["symbol"] == "SPY") & (table["date"] >= "2024-05-23")
        return table.assign(**{name: table[name].where(~later, table[name] / 2) for name in ("close", "adj_close")})

    assert main(["run", *study_with(tmp_path, halved), "--out", str(tmp_path / "out"), "--language", "en"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "In an event window: SPY 2024-05-23: moves by −50.0 %, about the ratio of a 2:1 split" in said


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


@pytest.mark.parametrize(
    ("zone", "name"),
    [("ET", "America/New_York"), ("EST", "New_York"), ("JST", "Asia/Tokyo"), ("UTC+8", "Give its IANA name")],
)
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
    assert "1 estimation window holds days of another event of the same security; " in told
    assert result.run["contamination"] == rule
    assert ("two" in result.excluded.query("what == 'excluded'")["event"].tolist()) == (rule == "drop")


@pytest.mark.parametrize(("before", "reached"), [(-72, 1), (-73, 0), (-6, 1), (-5, 0)])
def test_an_event_before_the_estimation_window_whose_days_reach_into_it_is_contamination_too(before, reached):
    """Its event window ends on day 2; what it did on the day after counts as much as what it did on the day."""
    returns = panel(1)
    days = returns.index[[120 + before, 120]]
    returns.loc[returns.index[121 + before], "F0"] -= 0.3
    events = pd.DataFrame({"security": "F0", "date": days})
    mine = {"benchmark": "MKT", "estimation": (-70, -6), "window": (-2, 2), "minimum_returns": 30}
    plain, masked = (abnormal_returns(returns, events, contamination=rule, **mine) for rule in ("tell", "mask"))
    assert sum("holds days of the event" in note for note in plain.notes) == reached
    assert (masked.nobs[1] < plain.nobs[1]) == bool(reached)
    in_panel = panel_study(returns, events, report=[0], contamination="mask", workers=1, **mine)
    told = in_panel.excluded["reason"].astype(str).str.cat(sep="; ")
    assert ("1 estimation window holds days of another event" in told) == bool(reached)
    assert in_panel.cumulative["std_error"].tolist() == pytest.approx(masked.car(0).std_error.tolist(), rel=1e-12)


def test_the_rule_of_a_panel_study_is_read_from_its_file(tmp_path, capsys):
    shutil.copytree(CASES / "_panel_clean", tmp_path / "study")
    text = (tmp_path / "study" / "study.toml").read_text()
    (tmp_path / "study" / "study.toml").write_text(text.replace("[study]", '[study]\ncontamination = "drop"'))
    (tmp_path / "study" / "events.csv").open("a").write("S0,2024-06-10\n")
    assert main(["check", str(tmp_path / "study")]) == 0
    assert (
        "1 excluded: the estimation window holds days of another event of the same security" in capsys.readouterr().out
    )


def test_a_study_in_which_no_security_has_a_day_zero_is_reported(tmp_path, capsys):
    shutil.copytree(CASES / "halted_on_day0", tmp_path / "study")
    table = pd.read_csv(tmp_path / "study" / "prices.csv")
    table[(table["symbol"] != "B") | (table["date"] != "2024-05-23")].to_csv(
        tmp_path / "study" / "prices.csv", index=False
    )
    given = [str(tmp_path / "study"), "--prices", str(tmp_path / "study" / "prices.csv")]
    assert main(["run", *given, "--out", str(tmp_path / "out"), "--language", "en", "--quiet"]) == 0
    assert (tmp_path / "out" / "report.html").is_file()


@pytest.mark.parametrize(
    ("times", "words"),
    [
        (0.5, "about the ratio of a 2:1 split: one that was missed"),
        (0.01, "check the price"),
        (30.0, "check the price"),
    ],
)
def test_a_price_that_cannot_be_is_told_in_the_library_and_in_a_panel_alike(times, words, tmp_path, capsys):
    """A split on the day of news that moves the stock by 6 %, and other units: in `check` too."""
    returns = panel(1)
    day = returns.index[100]
    returns.loc[day, "F0"] = 0.94 * times - 1
    events = pd.DataFrame({"security": ["F0", "F1"], "date": day})
    notes = [str(note) for note in abnormal_returns(returns, events, **SPANS).notes]
    assert [note for note in notes if words in note and note.startswith("F0: a return of")] != []
    told = panel_study(returns, events, report=[0], workers=1, **SPANS).excluded["reason"].astype(str)
    assert [note for note in told if words in note and note.startswith("F0: a return of")] != []
    of_market = returns.assign(MKT=returns["F0"], F0=returns["MKT"])  # the market's own price is as wrong
    for said in (
        abnormal_returns(of_market, events, **SPANS).notes,
        panel_study(of_market, events, report=[0], workers=1, **SPANS).excluded["reason"],
    ):
        assert [note for note in map(str, said) if words in note and note.startswith("MKT: a return of")] != []
    quiet = panel_study(returns, events[1:], report=[0], workers=1, **SPANS).excluded["reason"]
    assert len(quiet) == 0  # it lies in no window of an event of that security
    assert "with 1 warning" in checked(tmp_path, capsys, returns, events)


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        (lambda t: t.assign(F0=t["F0"].where(t.index < t.index[60], 0.0)), "F0: returns of 0 on 46 days in a row"),
        (lambda t: t.assign(F0=t["MKT"].shift(1) + 1e-4), "F0: moves as"),
        (lambda t: t.assign(F1=t["F0"]), "F1: its returns on"),
        (lambda t: t.assign(F0=t["F0"].abs() + 1e-6), "F0: its prices never fall"),
    ],
)
def test_a_column_that_stands_still_is_shifted_or_another_ones_is_told_alike(spoilt, words, tmp_path, capsys):
    returns = panel(1)
    events = pd.DataFrame({"security": ["F0", "F1"], "date": returns.index[100]})
    for table, told in ((returns, 0), (spoilt(returns), 1)):
        notes = [str(note) for note in abnormal_returns(table, events, **SPANS).notes]
        reasons = panel_study(table, events, report=[0], workers=1, **SPANS).excluded["reason"].astype(str)
        for said in (notes, list(reasons)):
            assert len([note for note in said if note.startswith(words)]) == told, said
    assert "with 1 warning" in checked(tmp_path, capsys, spoilt(returns), events)


def test_a_window_that_lacks_days_is_told_in_the_library_and_in_a_panel_alike(tmp_path, capsys):
    returns = panel(1)
    days = returns.index[[100, 110, len(returns) - 1]]
    returns.loc[days[0], "MKT"] = np.nan
    events = pd.DataFrame({"security": ["F0", "F1", "F2"], "date": days})
    notes = [str(note) for note in abnormal_returns(returns, events, **SPANS).notes]
    assert f"F0 {days[0]:%Y-%m-%d}: no return of the benchmark or a factor on {days[0]:%Y-%m-%d}" in notes
    found = panel_study(returns, events, report=[(0, 1)], workers=1, **SPANS).excluded["reason"].astype(str).tolist()
    told = [f"CAR over [0,1]: 1 of 3 {words}" for words in ("not computed", "without a day or more that has no return")]
    assert [any(reason.startswith(words) for reason in found) for words in told] == [True, True]
    said = checked(tmp_path, capsys, returns, events)
    assert all(words in said for words in told) and "2 in part" in said


def test_a_holiday_that_only_the_index_holds_is_no_session_of_a_panel_of_prices(tmp_path):
    """From a file and from a table: the same as without that row."""
    prices = 100 * (1 + panel(1)).cumprod()
    day = prices.index[100]
    holiday = day + pd.Timedelta(hours=24)
    prices = prices.drop(index=[holiday], errors="ignore")
    events = pd.DataFrame({"security": ["F0", "F1"], "date": day})
    options = {"values": "prices", "report": [(0, 1)], "workers": 1} | SPANS
    expected = panel_study(prices, events, **options).cumulative["car"]
    padded = prices.copy()
    padded.loc[holiday, "MKT"] = 1.004 * prices.loc[day, "MKT"]
    padded = padded.sort_index()
    padded.rename_axis("date").to_csv(tmp_path / "panel.csv")
    for given in (padded, tmp_path / "panel.csv"):
        found = panel_study(given, events, **options)
        np.testing.assert_allclose(found.cumulative["car"], expected, rtol=1e-9)
        assert "1 row without a return of any security" in found.excluded["reason"].astype(str).str.cat(sep=" ")


def test_a_date_moves_to_a_session_that_is_near_and_the_note_names_it(tmp_path, capsys):
    """Six weekdays without a session: a rule for Sundays is no leave to move an event by more than a week."""
    returns = panel(1)
    week = returns.index[100:106]
    returns, day = returns.drop(week), week[0]
    zero = returns.index[100]
    far = f"{zero.date()}, is 6 weekdays away; max_shift is 5"
    events = pd.DataFrame({"security": ["F0"], "date": day})
    for rule in ({"session": "next"}, {"session": "next", "max_shift": 3}):
        for study in (abnormal_returns, panel_study):
            with pytest.raises(StudyError, match="max_shift is"):
                study(returns, events, **rule, **SPANS)
    options = {"session": "next", "max_shift": 6} | SPANS
    told = f"day 0 is {zero.date()}: {day.date()} is no session: next session"
    assert [str(note) for note in abnormal_returns(returns, events, **options).notes] == [f"F0: {told}"]
    assert panel_study(returns, events, workers=1, **options).excluded["reason"].astype(str).tolist() == [told]
    weekly = abnormal_returns(
        returns.iloc[::5],
        events,
        benchmark="MKT",
        session="next",
        estimation=(-15, -4),
        window=(-1, 1),
        minimum_returns=5,
    )
    assert len(weekly) == 1  # rows of a week: the next is far by nature
    with pytest.raises(AssertionError):
        checked(tmp_path, capsys, returns, events.assign(session="next"))
    assert far in capsys.readouterr().err


def test_a_study_moves_an_event_by_max_shift_at_most(tmp_path, capsys):
    """The Lunar New Year in Hong Kong: Monday and Tuesday closed."""
    study = tmp_path / "study"
    shutil.copytree(BASE, study)
    text = (study / "study.toml").read_text().replace('symbol = "A"', 'symbol = "A"\nexchange = "XHKG"')
    text = text.replace("date = 2024-05-23", 'date = 2024-02-12\nsession = "next"\nmax_shift = 1')
    (study / "study.toml").write_text(text)
    given = [str(study), "--prices", str(study / "prices.csv")]
    for command in (["check", *given], ["run", *given, "--out", str(tmp_path / "out")]):
        assert main(command) == 2
        said = capsys.readouterr().err
        assert "2024-02-14, is 2 weekdays away; max_shift is 1\nGive 2024-02-14, or max_shift = 2." in said


def factor_study(folder, change):
    """The clean study under the three factors, whose table or text `change` gives."""
    shutil.copytree(BASE, folder)
    text = (folder / "study.toml").read_text()
    (folder / "study.toml").write_text(text.replace("[windows]", '[model]\nname = "ff3"\n\n[windows]'))
    prices = pd.read_csv(folder / "prices.csv").pivot(index="date", columns="symbol", values="close")
    g = np.random.default_rng(3)
    made = pd.DataFrame({"mkt_rf": prices["SPY"].pct_change().round(6).fillna(0.0)})
    made = made.assign(
        smb=g.normal(0, 0.005, len(made)).round(6), hml=g.normal(0, 0.005, len(made)).round(6), rf=0.0002
    )
    given = change(made)
    (folder / "figures").mkdir(exist_ok=True)
    (folder / "figures" / "factors.csv").write_text(given if isinstance(given, str) else given.to_csv())
    return [str(folder), "--prices", str(folder / "prices.csv")]


def as_published(table, after=""):
    """Ken French's own file: lines above the header, dates without dashes, per cent, and what stands below."""
    rows = (100 * table).round(4).rename(index=lambda day: day.replace("-", "")).rename_axis(None)
    names = {"mkt_rf": "Mkt-RF", "smb": "SMB", "hml": "HML", "rf": "RF"}
    return f"This file was created by CMPT_ME_BEME_RETS_DAILY.\n\n{rows.rename(columns=names).to_csv()}\n{after}"


def test_the_factor_library_s_own_file_is_read_among_a_study_s_figures(tmp_path):
    annual = " Annual Factors: January-December\n,Mkt-RF,SMB,HML,RF\n2023,21.7,-1.2,3.3,4.9\n"
    found = []
    for name, change in (("plain", lambda t: t), ("published", lambda t: as_published(t, annual))):
        folder, _, prices = factor_study(tmp_path / name, change)
        found.append(run_study(folder, prices=prices).table("cumulative")["car"].to_numpy())
    np.testing.assert_allclose(found[1], found[0], rtol=1e-9)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t[t.index < "2024-05-20"], "the factors end on 2024-05-17, before day 0"),
        (lambda t: t.rename(columns={"mkt_rf": "mkt"}), "needs the factor 'mkt_rf'; the table holds mkt"),
        (
            lambda t: t.assign(smb=t["smb"].mask(t.index == "2024-05-23", -99.99)),
            "-99.99, which marks a missing figure",
        ),
        (lambda t: t.assign(mkt_rf=t["mkt_rf"].shift(1).fillna(0.0)), "moves with SPY of one session earlier"),
    ],
    ids=["end", "names", "missing", "shifted"],
)
def test_factors_that_cannot_serve_are_refused_by_their_cause(change, words, tmp_path, capsys):
    given = factor_study(tmp_path / "study", change)
    for command in (["check", *given], ["run", *given, "--out", str(tmp_path / "out")]):
        assert main(command) == 2
        assert words in capsys.readouterr().err


def test_a_symbol_of_a_table_in_other_letters_is_told_by_the_study_s_name(tmp_path, capsys):
    shutil.copytree(BASE, tmp_path / "study")
    (tmp_path / "study" / "figures").mkdir(exist_ok=True)
    (tmp_path / "study" / "figures" / "shares.csv").write_text("symbol,as_of,shares\na,2024-01-02,1000000000\n")
    assert main(["check", str(tmp_path / "study"), "--prices", str(tmp_path / "study" / "prices.csv")]) == 2
    assert "figures, shares: the table holds 'a', the study 'A'" in capsys.readouterr().err


def test_log_returns_of_a_benchmark_add_up_over_the_span_of_a_holiday():
    days = pd.DatetimeIndex(["2024-05-22", "2024-05-23", "2024-05-24", "2024-05-27", "2024-05-28"])
    simple = pd.Series([0.0, 0.2, -0.1, 0.3, 0.1], days)
    own = days.delete(2)
    logs = over_the_same_span(np.log1p(simple), own, "log")
    np.testing.assert_allclose(np.expm1(logs), over_the_same_span(simple, own, "simple"), rtol=1e-12)


@pytest.mark.parametrize("names", [(None, None), ("Price", "Ticker")])
def test_two_header_rows_of_yfinance_without_a_row_of_dates_are_read(names, tmp_path):
    """What pandas writes where the rows have no name."""
    long = pd.read_csv(BASE / "prices.csv")
    closes = long.pivot(index="date", columns="symbol", values="close")
    table = pd.concat({"Close": closes, "Open": closes}, axis=1)
    table.columns = pd.MultiIndex.from_tuples(table.columns, names=names)
    lines = table.rename_axis(None).to_csv().splitlines()
    (tmp_path / "prices.csv").write_text("\n".join(line for line in lines if line.strip(",")) + "\n")
    car = run_study(BASE, prices=str(tmp_path / "prices.csv")).table("cumulative")["car"]
    assert car.iloc[0] == pytest.approx(-0.0455, abs=1e-3)


def test_files_of_stooq_and_alpha_vantage_are_read_by_their_own_columns(tmp_path):
    found = []
    for name in ("stooq", "vantage"):
        (tmp_path / name).mkdir()
        for symbol, rows in pd.read_csv(BASE / "prices.csv").groupby("symbol"):
            prices = dict.fromkeys(["open", "high", "low", "close"], rows["close"])
            if name == "stooq":
                days = rows["date"].str.replace("-", "")
                columns = {"ticker": f"{symbol}.US", "per": "D", "date": days, "time": "000000", **prices, "vol": 1}
                table, file = (
                    pd.DataFrame(columns).rename(columns=lambda c: f"<{c.upper()}>"),
                    f"{symbol.lower()}.us.txt",
                )
            else:
                columns = {"timestamp": rows["date"], **prices, "volume": 1, "dividend_amount": 0.0}
                table, file = pd.DataFrame(columns)[::-1], f"{symbol}.csv"
            table.to_csv(tmp_path / name / file, index=False)
        found.append(run_study(BASE, prices=str(tmp_path / name)).table("cumulative")["car"].to_numpy())
    np.testing.assert_array_equal(*found)
    assert found[0][0] == pytest.approx(-0.0455, abs=1e-3)


def test_a_panel_counts_the_days_of_its_prices_where_the_library_lacks_the_exchange():
    """XNGO beside New York: not the days of a sibling exchange, and said so."""
    returns = panel(1)
    events = pd.DataFrame({"security": ["F0", "F1"], "date": returns.index[100], "exchange": ["XNYS", "XNGO"]})
    returns.loc[returns.index[90], "F1"] = np.nan  # a holiday of Nagoya
    held = returns["F1"].notna().sum()
    result = panel_study(returns, events, report=[0], workers=1, **SPANS)
    told = result.excluded["reason"].astype(str).str.cat(sep="; ")
    assert "XNGO: its sessions are the days on which one of its securities has a figure" in told
    assert f"XNGO: {held} of the {len(returns)} rows are its sessions" in told
    notes = abnormal_returns(returns, events, **SPANS).notes
    assert "the calendar library has no XNGO" in " ".join(map(str, notes))


def test_a_study_that_a_rule_leaves_empty_is_answered_with_another_rule(tmp_path, capsys):
    study = tmp_path / "study"
    shutil.copytree(CASES / "estimation_holds_other_event", study)
    text = (study / "study.toml").read_text()
    (study / "study.toml").write_text(text.replace("[study]", '[study]\ncontamination = "drop"'))
    assert main(["check", str(study), "--prices", str(study / "prices.csv")]) == 2
    assert 'Write contamination = "mask"' in capsys.readouterr().err


def test_a_panel_of_the_benchmark_alone_is_answered_with_another_benchmark():
    returns = panel(1)
    events = pd.DataFrame({"security": ["MKT"], "date": [returns.index[100]]})
    with pytest.raises(StudyError, match="Give another benchmark: held against itself"):
        panel_study(returns, events, workers=1, **SPANS)


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ({"A", "B", "SPY"}, "Daily closes, dividends reinvested."),
        ({"SPY"}, "dividends reinvested where an adjusted close is held"),
        (set(), "Daily closes without dividends"),
    ],
)
def test_a_report_says_dividends_where_the_prices_hold_them_and_no_legend_of_what_is_not_drawn(held, told, tmp_path):
    table = pd.read_csv(CASES / "_base" / "prices.csv")
    table["adj_close"] = table["adj_close"].where(table["symbol"].isin(held))
    table.to_csv(tmp_path / "prices.csv", index=False)
    result = run_study(CASES / "_base", prices=str(tmp_path / "prices.csv"))
    context = Context(result, language("en"))
    for page in (story, appendix):
        text = page(context, {})
        assert told in text and ("ividends reinvested" in text) == bool(held) and "otal return" not in text
    assert "no mean is tested" in text
    assert prices(context).caption == "Return since the close of 16 May 2024. Dashed: events."


def test_logarithms_of_prices_are_refused_in_a_study_and_a_panel_alike(tmp_path):
    table = pd.read_csv(CASES / "_base" / "prices.csv").pivot(index="date", columns="symbol", values="adj_close")
    np.log(table).to_csv(tmp_path / "prices.csv")
    with pytest.raises(StudyError, match=r"all 3 series lie between .* logarithms of prices"):
        run_study(CASES / "_base", prices=str(tmp_path / "prices.csv"))
    held = (1 + panel(1)).cumprod() * 50
    events = pd.DataFrame({"security": ["F0", "F1"], "date": held.index[100]})
    with pytest.raises(StudyError, match="logarithms of prices"):
        panel_study(np.log(held), events, values="prices", report=[0], workers=1, **SPANS)
    assert len(panel_study(held / 10, events, values="prices", report=[0], workers=1, **SPANS).tests)  # small prices


def on_other_days(folder, days, exchange):
    """The clean study on other days, the one of its event among them."""
    table, text = pd.read_csv(BASE / "prices.csv"), (BASE / "study.toml").read_text()
    old = sorted(table["date"].unique())
    new = dict(zip(old, days.strftime("%Y-%m-%d")[: len(old)], strict=True))
    table.assign(date=table["date"].map(new)).to_csv(folder / "prices.csv", index=False)
    text = text.replace('symbol = "', f'exchange = "{exchange}"\nsymbol = "')
    (folder / "study.toml").write_text(text.replace("2024-05-23", new["2024-05-23"]))
    return [str(folder), "--prices", str(folder / "prices.csv")]


def test_a_calendar_is_asked_for_the_days_that_the_windows_need(tmp_path, capsys):
    """Tokyo's is known from 1997 on; 520 sessions before an event of October 1997 begin in 1995."""
    days = exchange_calendar("XTKS", date(1997, 1, 6), date(1998, 6, 30)).sessions
    assert main(["check", *on_other_days(tmp_path, days, "XTKS")]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "nothing is wrong"


def test_before_the_library_knows_holidays_the_dates_of_the_prices_are_the_sessions(tmp_path, capsys):
    weekdays = pd.bdate_range("1962-01-03", periods=300)
    closed = pd.to_datetime(["1962-02-22", "1962-05-30", "1962-07-04", "1962-09-03"])
    assert main(["check", *on_other_days(tmp_path, weekdays.difference(closed), "XNYS")]) == 0
    said = capsys.readouterr().out
    assert "knows no holidays of XNYS before 1970: the dates of the prices are taken for its sessions" in said
    assert "session without a row" not in said and said.splitlines()[-1] == "a run would go through, with 2 warnings"


@pytest.mark.parametrize("call", [abnormal_returns, panel_study])
def test_an_exchange_that_nobody_knows_is_refused_though_no_event_has_a_time(call):
    returns = panel(1)
    with pytest.raises(EventDateError, match="Did you mean 'XNYS'"):
        call(returns, {"F0": returns.index[100]}, exchange="xnys", **SPANS)


def test_a_column_of_events_that_is_nearly_one_that_is_read_is_told():
    returns = panel(1)
    events = pd.DataFrame({"security": ["F0"], "date": returns.index[100], "tiem": "10:00", "deal": 1})
    notes = abnormal_returns(returns, events, **SPANS).notes
    assert [note for note in notes if "is not read" in note] == [
        "the column 'tiem' of the events is not read: did you mean 'time'?"
    ]


def test_a_list_names_its_securities_by_permno_as_a_table_does(tmp_path):
    returns = panel(1)
    (tmp_path / "list.csv").write_text(f"PERMNO,day\nF0,{returns.index[100].date()}\n", "utf-8")
    assert panel_study(returns, tmp_path / "list.csv", report=[0], workers=1, **SPANS).cumulative["security"][0] == "F0"


@pytest.mark.parametrize("call", [abnormal_returns, panel_study])
def test_a_table_of_no_factors_is_refused(call):
    returns = panel(1)
    spans = {name: value for name, value in SPANS.items() if name != "benchmark"}
    with pytest.raises(StudyError, match="holds no factors"):
        call(returns, {"F0": returns.index[100]}, factors=returns[["MKT"]].iloc[:0], **spans)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[[0, 0], [0, 1]]", "[[0, 0], [0, 0]]", "windows.report: the window to report [0,0] stands twice"),
        ("[[0, 0], [0, 1]]", "[]", "windows.report: there is no window to report"),
        (
            "[-80, -6]",
            "[-99999, -6]",
            "windows.estimation: the window [-99999,-6] reaches more than 20,000 trading days",
        ),
    ],
)
def test_windows_that_no_run_can_report_are_refused_by_check(old, new, words, tmp_path, capsys):
    shutil.copytree(BASE, tmp_path / "study")
    text = (tmp_path / "study" / "study.toml").read_text()
    (tmp_path / "study" / "study.toml").write_text(text.replace(old, new))
    assert main(["check", str(tmp_path / "study"), "--prices", str(BASE / "prices.csv")]) == 2
    assert words in capsys.readouterr().err


def test_a_stock_that_is_the_benchmark_is_left_out_by_that_name(tmp_path, capsys):
    shutil.copytree(BASE, tmp_path / "study")
    text = (tmp_path / "study" / "study.toml").read_text()
    (tmp_path / "study" / "study.toml").write_text(text.replace('"SPY"', '"B"'))
    assert main(["check", str(tmp_path / "study"), "--prices", str(BASE / "prices.csv")]) == 0
    assert "excluded B e: the security is its own benchmark" in capsys.readouterr().out
