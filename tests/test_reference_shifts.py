"""Cyclic shifts against tests/reference/shifts: numbers of a slow recipe that knows nothing of the package."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eventwindow import Window, abnormal_returns
from eventwindow.inference.chosen_day import largest_of_candidates
from eventwindow.inference.cross_sectional import firm_bhar
from eventwindow.inference.expected_volatility import date_permutation_scaled, volatility_ratio
from eventwindow.inference.permutation import date_permutation_max, date_permutation_mean, date_permutation_sar
from eventwindow.inference.sample import sample
from eventwindow.inference.single_firm import firm_sq, scaled_sq

FOLDER = Path(__file__).parent / "reference" / "shifts"
EXPECTED = pd.read_csv(FOLDER / "expected_statistics.csv", dtype={"window": str})
BASKET = {"mean_ar": date_permutation_mean, "mean_sar": date_permutation_sar, "max_sar": date_permutation_max}


@pytest.fixture(scope="module", params=["full", "gaps"])
def case(request):
    """The case's name, its abnormal returns, and the recipe's rows."""
    name = "returns.csv" if request.param == "full" else "returns_gaps.csv"
    returns = pd.read_csv(FOLDER / name, index_col="date", parse_dates=True)
    events = pd.DataFrame({"security": [c for c in returns if c != "MKT"], "date": returns.index[250]})
    spans = {"estimation": (-250, -11), "window": (-10, 20), "minimum_returns": 50}
    found = abnormal_returns(returns, events, benchmark="MKT", **spans)
    return request.param, found, EXPECTED[EXPECTED["case"] == request.param]


def windows(rows):
    """Each window as the recipe writes it, and as one of ours."""
    for text in rows["window"].unique():
        ends = [int(part) for part in text.strip("[]").split(",")]
        yield text, Window(ends[0], ends[-1])


@pytest.mark.parametrize(("test", "function"), [("sq", firm_sq), ("bhar", firm_bhar)])
def test_each_firm_by_itself(case, test, function):
    _, ar, rows = case
    rows = rows[(rows["test"] == test) & (rows["scaling"] == "plain")]
    for text, window in windows(rows):
        mine = rows[rows["window"] == text].set_index("subject").reindex(ar.labels["security"])
        found = function(ar, window)
        np.testing.assert_allclose(found.p_value, mine["p_two_sided"], rtol=1e-9)
        np.testing.assert_allclose(found.statistic, mine["reported"], rtol=1e-8)
        if test == "sq":
            np.testing.assert_allclose(found.lower_p, mine["p_lower"], rtol=1e-9)


@pytest.mark.parametrize("test", BASKET)
def test_the_basket(case, test):
    _, ar, rows = case
    rows = rows[(rows["test"] == test) & (rows["scaling"] == "plain")]
    for text, window in windows(rows):
        [mine] = rows[rows["window"] == text].to_dict("records")
        found = BASKET[test](sample(ar, window))
        assert (found.statistic, found.p_value) == pytest.approx((mine["reported"], mine["p_two_sided"]), rel=1e-8)


def test_the_basket_over_its_expected_volatility(case):
    name, ar, rows = case
    rows = rows[(rows["test"] == "mean_ar") & (rows["scaling"] == "scaled")]
    for text, window in windows(rows):
        [mine] = rows[rows["window"] == text].to_dict("records")
        assert date_permutation_scaled(sample(ar, window)).p_value == pytest.approx(mine["p_two_sided"], rel=1e-9)
    told = pd.read_csv(FOLDER / "expected_volatility.csv").set_index(["case", "quantity"])["value"]
    assert volatility_ratio(sample(ar, Window(0, 0))) == pytest.approx(told[name, "ratio"], rel=1e-9)


def test_each_firm_over_its_expected_volatility(case):
    _, ar, rows = case
    rows = rows[(rows["test"] == "sq") & (rows["scaling"] == "scaled")]
    for text, window in windows(rows):
        mine = rows[rows["window"] == text].set_index("subject").reindex(ar.labels["security"])
        found = scaled_sq(ar, window)
        np.testing.assert_allclose(found.p_value, mine["p_two_sided"], rtol=1e-9)


@pytest.mark.parametrize("test", ["mean_ar", "mean_sar"])
def test_a_chosen_day(case, test):
    _, ar, rows = case
    rows = rows[(rows["test"] == f"chosen_day_{test}") & (rows["scaling"] == "plain")]
    for _, window in windows(rows):
        found = largest_of_candidates(ar, window, standardised=test == "mean_sar")
        assert found.p_value == pytest.approx(rows["p_two_sided"].iloc[0], rel=1e-9)
