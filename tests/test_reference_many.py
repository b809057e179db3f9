"""What a referee asks for, against tests/reference/many: 24 firms on one day, numbers of a recipe of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eventwindow import Window, abnormal_returns, car_regression
from eventwindow.analyses.intraday.variance_share import variance_share
from eventwindow.inference.diagnostics import DIAGNOSTICS, diagnostics
from eventwindow.inference.long_horizon import Months, bootstrapped_skewness_adjusted_t, standardised_long_horizon_t
from eventwindow.inference.ranks import corrado_zivney_z
from eventwindow.inference.sample import sample
from eventwindow.inference.single_firm import inverted
from eventwindow.inference.standardised import bmp_t

FOLDER = Path(__file__).parent / "reference" / "many"


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv", dtype={"window": str})


def window_of(text: str) -> Window:
    ends = [int(part) for part in text.strip("[]").split(",")]
    return Window(ends[0], ends[-1])


def studied(model: str = "market_model"):
    returns = pd.read_csv(FOLDER / "returns.csv", index_col="date", parse_dates=True)
    events = pd.DataFrame({"security": [c for c in returns if c != "MKT"], "date": returns.index[250]})
    return abnormal_returns(
        returns, events, benchmark="MKT", model=model, estimation=(-250, -11), window=(-10, 10), minimum_returns=50
    )


@pytest.fixture(scope="module")
def ar():
    return studied()


def rows_of(test: str):
    table = read("expected_tests")
    return table[table["statistic"] == test].to_dict("records")


@pytest.mark.parametrize("row", rows_of("corrado_zivney_z"), ids=lambda row: row["window"])
def test_corrado_zivney_divides_each_day_by_its_own_spread(ar, row):
    found = corrado_zivney_z(sample(ar, window_of(row["window"])))
    assert (found.statistic, found.p_value) == pytest.approx((row["value"], row["p_value"]), rel=1e-8)


def test_bmp_under_garch_is_savickas():
    garch = studied("garch")
    assert any("boundary" in note for note in garch.notes)
    for row in rows_of("garch_bmp_t"):
        found = bmp_t(sample(garch, window_of(row["window"])))
        assert found.statistic == pytest.approx(row["value"], rel=1e-3)
        assert found.p_value == pytest.approx(row["p_value"], rel=1e-2)


METHODS = {"rank among estimation days": "ols_ranked", "GLS, rank among estimation days": "gls_ranked", "HC3": "hc3"}


@pytest.mark.parametrize("text", ["0", "[0,4]"])
def test_slopes_on_characteristics(ar, text):
    table = read("expected_regression").query("window == @text").set_index(["term", "method"])
    given = pd.read_csv(FOLDER / "characteristics.csv").rename(columns={"firm": "security"}).set_index("security")
    found = car_regression(ar, window_of(text), given)
    for row in found.results.itertuples():
        if row.method not in METHODS:
            continue
        mine = table.loc[(row.term, METHODS[row.method])]
        assert row.p_value == pytest.approx(mine["p_value"], rel=1e-8)
        if row.method != "rank among estimation days":
            assert (row.statistic, row.std_error) == pytest.approx((mine["statistic"], mine["std_error"]), rel=1e-8)
    methods = list(dict.fromkeys(found.results["method"]))
    assert methods[:2] == ["rank among estimation days", "GLS, rank among estimation days"]


@pytest.mark.parametrize("row", read("expected_intervals").to_dict("records"), ids=str)
def test_intervals_by_inversion(ar, row):
    members = ar if row["subject"] == "all" else ar.select([row["subject"]])
    found = inverted(members, window_of(row["window"]), scaled=row["scaling"] == "scaled")
    assert (found.value, found.low, found.high) == pytest.approx((row["value"], row["low"], row["high"]), rel=1e-8)


def test_too_few_days_reject_nothing(ar):
    found = inverted(ar, 0, level=0.001)
    assert (found.low, found.high) == (-np.inf, np.inf)


def test_diagnostics_of_the_fit(ar):
    mine = read("expected_diagnostics").set_index("firm")
    found = diagnostics(ar).set_index("security")
    np.testing.assert_allclose(found[DIAGNOSTICS], mine.loc[found.index, DIAGNOSTICS], rtol=1e-8)


def test_the_bootstrapped_skewness_adjusted_t():
    mine = read("expected_bootstrap").set_index("quantity")["value"]
    found = bootstrapped_skewness_adjusted_t(pd.read_csv(FOLDER / "bhar.csv")["bhar"].to_numpy(), seed=20250131)
    assert found.statistic == pytest.approx(mine["skewness_adjusted_t"], rel=1e-9)
    assert found.p_value == pytest.approx(mine["p_two_sided"], rel=1e-12)
    assert "needs 12 events" in str(bootstrapped_skewness_adjusted_t(np.arange(5.0)).reason)


@pytest.mark.parametrize("row", read("expected_long_horizon").query("clusters != 'none'").to_dict("records"), ids=str)
def test_standardised_long_horizons(row):
    table = pd.read_csv(FOLDER / "monthly.csv")
    months = Months(table["firm"], table["month"], table["event_return"], table["control_return"])
    found = standardised_long_horizon_t(months, row["series"], by_firm=row["clusters"] == "month_and_firm")
    assert (found.statistic, found.p_value) == pytest.approx((row["t"], row["p_value"]), rel=1e-8)


BARS = {"09:35-16:00": (0, 78), "09:35-10:30": (0, 12), "12:35-16:00": (36, 78)}


@pytest.mark.parametrize("text", BARS)
def test_the_events_share_of_the_variance(text):
    mine = read("expected_variance_share").query("window == @text").set_index("quantity")["value"]
    table = pd.read_csv(FOLDER / "bars.csv")
    x, y = (table.pivot(index="date", columns="time", values=name).to_numpy()[:, slice(*BARS[text])] for name in "xy")
    found = variance_share(x[-1], x[:-1], y[-1], y[:-1])
    assert found.share == pytest.approx(mine["variance_share"], rel=1e-9)
    assert found.p_value == pytest.approx(mine["p_value"])
    assert found.event_slope == pytest.approx(mine["event_slope"], rel=1e-9)
    if mine["p_value"] <= 0.10:
        assert (found.response, found.response_error) == pytest.approx(
            (mine["response"], mine["response_error"]), rel=1e-8
        )
    else:
        assert np.isnan(found.response)
