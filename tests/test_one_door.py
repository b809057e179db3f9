"""One door: what is refused, read or told of a table and a list is the same in `abnormal_returns` and `panel_study`."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from panels import panel

from eventwindow import StudyError, abnormal_returns, panel_study
from eventwindow.estimation.given import events_table

R = panel(3, firms=4, days=160)
DAYS = R.index
E = pd.DataFrame({"security": ["F0", "F1", "F2"], "date": [DAYS[120], DAYS[125], DAYS[130]]})
SPANS = {"estimation": (-70, -6), "window": (-5, 5), "minimum_returns": 30}
BY = {"benchmark": "MKT", **SPANS}
MARKET = R[["MKT"]].rename(columns={"MKT": "market"})
EVERY_DAY = pd.date_range(DAYS[0], DAYS[-1])


def in_panel(returns, events, **options):
    result = panel_study(returns, events, report=[(0, 1)], **options)
    return result.cumulative.sort_values("security")["car"].to_numpy(), " ".join(result.excluded["reason"].astype(str))


def in_library(returns, events, **options):
    result = abnormal_returns(returns, events, **options)
    return result.car((0, 1)).car, " ".join(result.notes)


DOORS = [in_library, in_panel]
EXPECTED = in_library(R, E, **BY)[0]
READ = {
    "columns in capitals": (R, E.rename(columns=str.upper), ""),
    "columns with blanks": (R, E.rename(columns=lambda name: f" {name.title()} "), ""),
    "permno": (R, E.rename(columns={"security": "PERMNO"}), ""),
    "records": (R, E.assign(date=E["date"].astype(str), event=["a", "b", "c"]).to_dict("records"), ""),
    "group in capitals": (R, E.assign(GROUP="g"), ""),
    "blank weekends": (R.reindex(EVERY_DAY), E, "without a return of any security"),
    "weekends carried forward": (R.reindex(EVERY_DAY).fillna(0.0), E, "on which nothing moves"),
}
FACTORS = {
    "dates as texts": MARKET.set_axis(DAYS.strftime("%Y-%m-%d")),
    "days with a zone": MARKET.tz_localize("UTC"),
    "dates in a column": MARKET.rename_axis("date").reset_index(),
}
REFUSED = {
    "rule": ({"session": "nearest"}, "session = 'nearest' is no rule"),
    "minimum as text": ({"minimum_returns": "30"}, "minimum_returns = '30'"),
    "minimum below one": ({"minimum_returns": 0}, "minimum_returns = 0"),
    "factors that end early": ({"factors": MARKET.iloc[:100]}, "before day 0 of 3 of 3 events, the first on"),
    "factors twice a day": ({"factors": pd.concat([MARKET, MARKET.iloc[-1:]])}, "stands twice"),
    "factors in per cent": ({"factors": 100 * MARKET}, "these are per cent"),
    "factors of a benchmark in per cent": ({"factors": {"Q": 100 * MARKET}}, "these are per cent"),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("case", READ)
def test_what_is_read_gives_the_same_answer_at_both_doors(case, door):
    returns, events, told = READ[case]
    cars, said = door(returns, events, **BY)
    assert cars == pytest.approx(EXPECTED, abs=1e-12)
    assert told in said


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("dated", FACTORS)
def test_days_of_factors_are_read_as_those_of_returns_are(dated, door):
    assert door(R, E, **SPANS, factors=FACTORS[dated])[0] == pytest.approx(EXPECTED, abs=1e-12)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_is_refused_at_both_doors_in_the_same_words(case, door):
    options, words = REFUSED[case]
    own = SPANS if "factors" in options else BY
    with pytest.raises(StudyError) as error:
        door(R, E.assign(benchmark="Q") if "Q" in options.get("factors", ()) else E, **own | options)
    assert words in str(error.value) and error.value.remedy


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("by", [{"benchmark": "MKT"}, {"model": "mean_adjusted"}, {"factors": MARKET}])
def test_a_table_without_a_row_is_told_at_both_doors(by, door):
    with pytest.raises(StudyError, match=r"the table of returns: (holds no rows|the benchmark 'MKT' has no figure)"):
        door(R.iloc[:0], E, **by | SPANS)


def test_every_name_that_is_no_column_is_told_beside_the_one_it_may_mean():
    with pytest.raises(StudyError) as error:
        in_library(R, E.assign(security=["f0", "F1", " F2"]), **BY)
    assert "'f0' (there is 'F0'), ' F2' (there is 'F2'): none is a column" in str(error.value)


def test_blank_rows_of_a_file_of_prices_lose_no_return(tmp_path):
    prices = (100 * (1 + R).cumprod()).reindex(EVERY_DAY)
    prices.rename_axis("date").to_csv(tmp_path / "prices.csv")
    result = panel_study(tmp_path / "prices.csv", E, values="prices", report=[(0, 1)], **BY)
    assert result.cumulative.sort_values("security")["car"].to_numpy() == pytest.approx(EXPECTED, abs=1e-9)


CASE = Path(__file__).parent / "cases" / "panel_two_countries"


@pytest.mark.parametrize("values", ["returns", "prices"])
def test_the_library_counts_each_events_sessions_on_its_own_exchange(values):
    """The right figure is that of tests/cases: CAAR[0,1] of the American firms −0.0608, alone or beside Tokyo."""
    wide = pd.read_csv(CASE / "panel.csv", parse_dates=["date"]).pivot_table(
        index="date", columns="security", values="return"
    )
    events = pd.read_csv(CASE / "events.csv")
    spans = {"estimation": (-120, -6), "window": (-5, 5), "minimum_returns": 50}
    table = wide if values == "returns" else (1 + wide).cumprod().where(wide.notna())
    together = abnormal_returns(table, events, values=values, **spans)
    assert together.labels["security"].tolist() == events["security"].tolist()
    cars = pd.Series(together.car((0, 1)).car, events["security"])
    assert cars[[f"U{i}" for i in range(4)]].mean() == pytest.approx(-0.0608, abs=5e-5)
    in_a_panel = panel_study(wide, events, report=[(0, 1)], **spans).cumulative.set_index("security")["car"]
    assert cars.to_numpy() == pytest.approx(in_a_panel[cars.index].to_numpy(), abs=1e-9)
    assert np.isfinite(together.caar((0, 1)))


def test_an_exchange_in_lower_case_is_named():
    with pytest.raises(StudyError, match="Did you mean 'XNYS'"):
        in_library(R, E.assign(exchange="xnys", time="17:00"), **BY)


@pytest.mark.parametrize("kind", ["simple", "log"])
def test_prices_in_a_table_or_a_file_are_the_returns_of_their_kind_at_every_door(tmp_path, kind):
    prices = 50 * (1 + R).cumprod()
    prices.rename_axis("date").to_parquet(tmp_path / "prices.parquet")
    options = {**BY, "values": "prices", "kind": kind}
    cars = in_library(prices, E, **options)[0]
    for given in (prices, tmp_path / "prices.parquet"):
        np.testing.assert_allclose(in_panel(given, E, **options)[0], cars, rtol=1e-9)
    plain = R if kind == "simple" else np.log1p(R)
    np.testing.assert_allclose(cars, in_library(plain, E, **{**BY, "kind": kind})[0], rtol=1e-9)


@pytest.mark.parametrize("door", DOORS)
def test_columns_of_nothing_or_of_decimals_are_no_texts(door):
    table = R.astype(object)
    table.iloc[:, 1] = [Decimal(repr(float(value))) for value in R.iloc[:, 1]]
    cars, _ = door(table.assign(delisted=None), E, **BY)
    np.testing.assert_allclose(cars, EXPECTED, rtol=1e-12)


def test_a_halt_in_a_table_of_prices_is_that_of_a_file_and_of_the_library(tmp_path):
    prices = 50 * (1 + R).cumprod()
    prices.loc[DAYS[120], "F0"] = np.nan
    prices.rename_axis("date").to_parquet(tmp_path / "prices.parquet")
    options = {**BY, "values": "prices"}
    cars = in_library(prices, E, **options)[0]
    for given in (prices, tmp_path / "prices.parquet"):
        np.testing.assert_allclose(in_panel(given, E, **options)[0], cars, rtol=1e-9)


@pytest.mark.parametrize("door", DOORS)
def test_prices_carried_over_weekends_are_no_sessions(door):
    prices = (100 * (1 + R).cumprod()).reindex(EVERY_DAY).ffill()
    assert door(prices, E, values="prices", **BY)[0] == pytest.approx(EXPECTED)


def test_a_list_of_records_keeps_every_column():
    records = [{"symbol": "F0", "date": "2024-05-01", "time": "17:30", "zone": "UTC", "exchange": "XNYS", "group": "g"}]
    assert set(events_table(records)) == {"security", "date", "time", "zone", "exchange", "group"}


MONTHS = pd.date_range("2015-01-01", periods=120, freq="MS")


def monthly(days):
    return pd.DataFrame(np.random.default_rng(4).normal(0, 0.05, (120, 2)), days, ["F0", "MKT"])


BY_MONTH = {"benchmark": "MKT", "estimation": (-60, -3), "window": (-1, 1), "minimum_returns": 30}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("session", ["next", "error"])
def test_months_named_by_their_first_hold_the_days_after_it(door, session):
    """The fifteenth of May is no day of June: the row that follows would be tested in its place."""
    with pytest.raises(StudyError, match=r"lies in the span that the row of 2022-05-01 begins"):
        door(monthly(MONTHS), {"F0": "2022-05-15"}, session=session, **BY_MONTH)


@pytest.mark.parametrize("door", DOORS)
def test_a_day_of_a_month_is_tested_in_its_month_however_the_month_is_named(door):
    by_row = door(monthly(MONTHS), {"F0": "2022-05-01"}, **BY_MONTH)[0]
    by_first = door(monthly(MONTHS), {"F0": "2022-05-15"}, session="previous", **BY_MONTH)[0]
    ends = MONTHS + pd.offsets.MonthEnd(0)
    by_end = door(monthly(ends), {"F0": "2022-05-15"}, session="next", **BY_MONTH)[0]
    assert by_first == pytest.approx(by_row) and by_end == pytest.approx(by_row)


@pytest.mark.parametrize("empty", [None, ""])
@pytest.mark.parametrize("door", DOORS)
def test_an_event_without_a_benchmark_among_others_is_told(door, empty):
    with pytest.raises(StudyError, match="has no benchmark"):
        door(R, E.assign(benchmark=["MKT", empty, "MKT"]), **SPANS)


@pytest.mark.parametrize("door", DOORS)
def test_rows_of_another_exchange_are_told_where_none_is_named(door):
    """Days on which neither a security nor its benchmark has a figure, and a third security has."""
    mixed = R.copy()
    mixed.loc[DAYS[60:100:10], ["F0", "F1", "F2", "MKT"]] = np.nan
    assert "4 of the 65 rows of its estimation window neither it nor" in door(mixed, E, **BY)[1]
    alone = R.copy()
    alone.loc[DAYS[60:100:10], ["F0"]] = np.nan
    assert "neither it nor" not in door(alone, E, **BY)[1] + door(R, E, **BY)[1]
