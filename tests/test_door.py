"""What a person brings to the library: read the same in every form, or refused with its place and a remedy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from panels import panel

from eventwindow import Window, abnormal_returns, panel_study
from eventwindow.calendars.window import as_window
from eventwindow.errors import StudyError, WindowError
from eventwindow.inference.regression import car_regression

DAYS = pd.bdate_range("2020-01-01", periods=200)
CHOICES = {"benchmark": "MKT", "estimation": (-120, -11), "window": (-10, 10), "minimum_returns": 50}


def world(firms: int = 3, seed: int = 1) -> pd.DataFrame:
    g = np.random.default_rng(seed)
    market = g.normal(0, 0.01, len(DAYS))
    return pd.DataFrame({"MKT": market, **{f"F{k}": 1.1 * market + g.normal(0, 0.01, 200) for k in range(firms)}}, DAYS)


def events_of(returns: pd.DataFrame, at: int = 150) -> pd.DataFrame:
    return pd.DataFrame({"security": [c for c in returns if c != "MKT"], "date": DAYS[at]})


def study(returns: pd.DataFrame, **choices):
    return abnormal_returns(returns, events_of(world()), **(CHOICES | choices))


@pytest.mark.parametrize("span", [0, (0, 0), [0, 0], slice(0, 0), Window(0, 0), np.int64(0)], ids=repr)
def test_a_day_is_a_window_in_every_form(span):
    result = study(world())
    np.testing.assert_array_equal(result.car(span).car, result.ar[:, 10])
    assert result.summary(span).window == Window(0, 0)
    assert result.caar(span) == pytest.approx(result.ar[:, 10].mean())


@pytest.mark.parametrize("span", [(-1.5, 1), "0", (1, 2, 3), None, True, slice(0, 4, 2), 0.0], ids=repr)
def test_what_is_no_window_says_so(span):
    with pytest.raises(WindowError, match="no window of trading days"):
        as_window(span)


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"kind": "Log"}, "kind = 'Log'.*\nWrite one of simple, log"),
        ({"factors": world()[["MKT"]]}, "both benchmark='MKT' and factors are given"),
        (
            {"benchmark": None, "factors": (1 + world()["MKT"]).cumprod()},
            "a level or a price, no return\nGive its returns",
        ),
        ({"benchmark": None, "factors": world()[["MKT", "MKT"]]}, "two columns 'MKT'\nKeep one"),
        ({"benchmark": None, "factors": 100 * world()["MKT"]}, "these are per cent\nDivide the table by 100"),
        ({"contamination": "hide"}, "contamination = 'hide'.*\nWrite one of tell, mask, drop"),
        ({"values": "closes"}, "values = 'closes'.*\nWrite one of returns, prices"),
        ({"values": "prices"}, "has a price of"),
        ({"model": "markt_model"}, "model 'markt_model' is unknown"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_choice_that_cannot_be_is_refused(choices, words):
    with pytest.raises(StudyError, match=words):
        study(world(), **choices)


def test_a_panel_refuses_what_the_library_refuses():
    given = CHOICES | {"report": [(0, 0)]}
    for choices, words in (({"kind": "Log"}, "kind = 'Log'"), ({"factors": 100 * world()[["MKT"]]}, "per cent")):
        with pytest.raises(StudyError, match=words):
            panel_study(world(), events_of(world()), **(given | choices))


def test_text_dates_and_levels_in_a_table_are_named():
    text = world().astype(object)
    text.loc[DAYS[3], "F1"] = "n/a"
    with pytest.raises(StudyError, match="'F1' holds the text 'n/a' at 2020-01-06"):
        study(text)
    np.testing.assert_array_equal(study(world().astype(object)).ar, study(world()).ar)
    with pytest.raises(StudyError, match="the column 'day' holds dates\nMake it the index"):
        study(world().assign(day=DAYS))
    two = world()
    two.columns = pd.MultiIndex.from_tuples([("Close", c) if c != "MKT" else ("Open", c) for c in two])
    with pytest.raises(StudyError, match=r"columns of 2 levels .*\nTake one field: table\['Open'\]"):
        study(two)


def test_one_level_of_yfinance_is_read():
    table = world()
    both = table.set_axis(pd.MultiIndex.from_product([["Close"], table.columns]), axis=1)
    np.testing.assert_array_equal(study(both).ar, study(table).ar)


def test_rows_that_are_no_sessions_are_left_out_and_told():
    plain, padded = study(world()), study(world().asfreq("D"))
    np.testing.assert_array_equal(padded.ar, plain.ar)
    assert "80 rows without a return of any security" in padded.notes[0]
    carried = study(world().asfreq("D").fillna(0.0))
    np.testing.assert_array_equal(carried.ar, plain.ar)
    assert "on which nothing moves" in carried.notes[0]
    weekdays = world().asfreq("B").fillna(0.0)  # holidays too
    np.testing.assert_array_equal(study(weekdays).ar, plain.ar)


@pytest.mark.parametrize("values", ["returns", "prices"])
def test_a_holiday_on_which_only_the_index_is_quoted_is_in_the_index_s_next_return(values):
    """A return and its benchmark cover the same span: in the library, a panel of returns and one of prices alike."""
    table, holiday, monday = world(), DAYS[152] + pd.Timedelta(days=1), DAYS[153]
    table.loc[holiday, "MKT"] = 0.01
    spanning = world()
    spanning.loc[monday, "MKT"] = 1.01 * (1 + spanning.loc[monday, "MKT"]) - 1
    expected, given = study(spanning).car((0, 5)).car, table.sort_index()
    if values == "prices":
        given = (1 + given.fillna(0.0)).cumprod().where(given.notna() | (given.index == given.index[0])[:, None])
    np.testing.assert_allclose(study(given, values=values).car((0, 5)).car, expected, rtol=1e-9)
    panel = panel_study(given, events_of(world()), report=[(0, 5)], values=values, workers=1, **CHOICES)
    np.testing.assert_allclose(panel.cumulative.sort_values("security")["car"], expected, rtol=1e-9)


def test_another_event_in_the_estimation_window_is_told_masked_or_dropped():
    table = world(1)
    table.iloc[100, 1] -= 0.3
    events = pd.DataFrame({"security": "F0", "date": DAYS[[100, 150]]})
    short = CHOICES | {"estimation": (-70, -11), "minimum_returns": 20}
    told, masked, dropped = (
        abnormal_returns(table, events, **short, contamination=rule) for rule in ("tell", "mask", "drop")
    )
    assert told.notes[0].endswith("holds days of the event of 2020-05-20; its days were kept")
    assert told.sigma[1] > 3 * masked.sigma[1]
    assert masked.nobs[1] == told.nobs[1] - 21
    assert list(dropped.labels["date"]) == [DAYS[100]]
    assert dropped.excluded["reason"].astype(str).tolist() == [
        "the estimation window holds days of another event of the same security"
    ]


def test_a_halt_is_held_against_all_the_sessions_between():
    """Maynes & Rumsey (1993): 100, none, 70: the return over the halt less what was expected of both sessions."""
    prices = 100 * (1 + world()).cumprod()
    prices.loc[DAYS[151] :, "F0"] *= 0.7
    halted = prices.copy()
    halted.loc[DAYS[150], "F0"] = np.nan
    result = study(halted, values="prices")
    fit = study(prices, values="prices")
    expected = fit.expected[0, 10:12].sum()
    over = prices.loc[DAYS[151], "F0"] / prices.loc[DAYS[149], "F0"] - 1
    assert result.car((0, 1)).car[0] == pytest.approx(over - expected)
    assert result.car((0, 1)).std_error[0] == pytest.approx(fit.car((0, 1)).std_error[0])
    assert np.isnan(result.ar[0, 10])
    assert "covers 2 sessions" in " ".join(result.notes)
    np.testing.assert_allclose(result.ar[1:], fit.ar[1:])


def test_returns_alone_cannot_tell_what_a_halt_cost_and_say_so():
    table = world()
    table.loc[DAYS[150:152], "F0"] = np.nan
    assert any("F0 2020-07-29: no return on 2020-07-29, 2020-07-30" in note for note in study(table).notes)


def test_a_regression_joins_its_table_by_name():
    result = abnormal_returns(world(6), events_of(world(6)), **CHOICES)
    size = pd.DataFrame({"size": np.arange(6.0)}, [f"F{i}" for i in range(6)])
    slope = car_regression(result, Window(0, 0), size).coefficients["size"]
    for table in (size[::-1], size.rename_axis("security").reset_index()[::-1], size.reset_index(drop=True)):
        assert car_regression(result, Window(0, 0), table).coefficients["size"] == pytest.approx(slope)
    fewer = result.select(["F1", "F2", "F3", "F4", "F5"])
    assert car_regression(fewer, Window(0, 0), size).n == 5
    with pytest.raises(StudyError, match="Name the event or the security"):
        car_regression(fewer, Window(0, 0), size.reset_index(drop=True))
    with pytest.raises(StudyError, match="no characteristics are given for 'F5'"):
        car_regression(result, Window(0, 0), size[:5])


@pytest.mark.parametrize(("days", "words"), [(0, None), (1, "did the day before"), (-1, "does the day after")])
def test_a_benchmark_or_factor_of_the_day_beside_is_told(days, words):
    table = world(1)
    table["F0"] = table["MKT"] + 0.5 * table["F0"]
    events = pd.DataFrame({"security": ["F0"], "date": DAYS[[150]]})
    market = table["MKT"].shift(-days).fillna(0.0)  # the day of the market's row is `days` too late
    by_name = abnormal_returns(table.assign(MKT=market), events, **CHOICES)
    choices = {name: value for name, value in CHOICES.items() if name != "benchmark"}
    by_factor = abnormal_returns(
        table[["F0"]], events, factors=market.to_frame("mkt_rf").assign(rf=0.0), **choices, model="capm"
    )
    for result in (by_name, by_factor):
        told = [note for note in result.notes if "rather than on the day" in note]
        assert len(told) == (words is not None)
        assert all(words in note for note in told)


def test_returns_of_zero_for_days_on_end_are_told():
    table = world(1)
    events = pd.DataFrame({"security": ["F0"], "date": DAYS[[150]]})
    assert not [note for note in abnormal_returns(table, events, **CHOICES).notes if "in a row" in note]
    table.iloc[150:160, table.columns.get_loc("F0")] = 0.0
    told = [note for note in abnormal_returns(table, events, **CHOICES).notes if "in a row" in note]
    assert told == [f"F0: returns of 0 on 10 days in a row, up to {DAYS[159]:%Y-%m-%d}: no trade, or padded?"]


@pytest.mark.parametrize(("own", "other"), [("D", "ME"), ("W-FRI", "B")])
def test_rows_of_another_frequency_than_the_returns_are_refused(own, other):
    """A factor or benchmark of one day is none of a week, and one of a month none of a day."""
    daily = pd.DataFrame(world()[["F0", "MKT"]])
    table = daily if own == "D" else (1 + daily).resample(own).prod() - 1
    market = ((1 + daily["MKT"]).resample(other).prod() - 1).rename("market")
    events = pd.DataFrame({"security": ["F0"], "date": table.index[[-8]]})
    choices = {"estimation": (-30, -6), "window": (-1, 1), "minimum_returns": 10}
    words = "monthly rows for daily returns" if own == "D" else "daily rows for weekly returns"
    for given in ({"benchmark": market}, {"factors": market}):
        with pytest.raises(StudyError, match=words):
            abnormal_returns(table[["F0"]], events, **given, **choices)
    with pytest.raises(StudyError, match=words):
        panel_study(table[["F0"]], events, factors=market, workers=1, **choices)


@pytest.mark.parametrize("call", [abnormal_returns, panel_study])
def test_a_window_without_end_is_refused_before_an_array_is_made(call):
    returns = panel(1)
    with pytest.raises(WindowError, match="more than 20,000 trading days"):
        call(returns, {"F0": returns.index[100]}, benchmark="MKT", estimation=(-(10**7), -11))


@pytest.mark.parametrize(("report", "words"), [([], "no window to report"), ([0, (0, 0)], r"\[0,0\] stands twice")])
def test_windows_to_report_are_one_at_least_and_each_once(report, words):
    returns = panel(1)
    with pytest.raises(WindowError, match=words):
        panel_study(returns, {"F0": returns.index[100]}, benchmark="MKT", report=report)
