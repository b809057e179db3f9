"""Scattered dates, gaps, two events of one firm: every statistic equals statsmodels', scipy's and arch's."""

import numpy as np
import pandas as pd
import pytest
from reference_cases import FOLDER, expected, scattered, window

from eventwindow.calendars.window import Window
from eventwindow.estimation.contamination import overlapping_events
from eventwindow.inference.design import design
from eventwindow.inference.registry import TESTS, SignificanceResult
from eventwindow.inference.sample import sample

TABLE = expected("scattered")
MODELS = pd.read_csv(FOLDER / "scattered/expected_models.csv", index_col="model")
TOLERANCE = {"huber": 1e-8, "garch": 1e-4}  # an iteration; an optimizer that stops at 1e-5 of its arguments
P_VALUES = {"sign_p": "sign_z", "generalized_sign_p": "generalized_sign_z", "wilcoxon_p": "wilcoxon_w_plus"}


@pytest.mark.parametrize("name", sorted(set(TABLE["statistic"]) & set(TESTS)))
def test_each_statistic_equals_the_recipe_on_every_day_and_window(name: str) -> None:
    rows = TABLE[TABLE["statistic"] == name]
    assert len(rows) == 5
    for row in rows.itertuples():
        result = TESTS[name](sample(scattered(), window(row.window)))
        assert isinstance(result, SignificanceResult)
        assert result.statistic == pytest.approx(row.value, abs=1e-8, rel=1e-8)


@pytest.mark.parametrize(("name", "test"), P_VALUES.items())
def test_exact_p_values_equal_scipy(name: str, test: str) -> None:
    for row in TABLE[TABLE["statistic"] == name].itertuples():
        result = TESTS[test](sample(scattered(), window(row.window)))
        assert result.p_value == pytest.approx(row.value, rel=1e-10)


def test_the_correlation_counts_only_pairs_that_share_a_tested_day() -> None:
    for row in TABLE[TABLE["statistic"] == "mean_residual_correlation"].itertuples():
        held = scattered().select(scattered().car(window(row.window)).complete)
        assert sample(held, window(row.window)).correlation == pytest.approx(row.value, abs=1e-10)


def test_cars_and_their_errors_equal_dummy_regressions() -> None:
    table = pd.read_csv(FOLDER / "scattered/expected_cars.csv")
    for text, rows in table.groupby("window"):
        car = scattered().car(window(text))
        for name in ("car", "std_error"):
            np.testing.assert_allclose(getattr(car, name), rows[name], rtol=1e-9)
        held = car.complete
        np.testing.assert_array_equal(held, rows["car"].notna())
        np.testing.assert_array_equal(car.days[held], rows["days"][held.tolist()])


@pytest.mark.parametrize("model", MODELS.index)
def test_each_model_equals_the_recipe(model: str) -> None:
    ar, row = scattered(model).select(["F04"]), MODELS.loc[model]
    car, day = ar.car(Window(-1, 1)), ar.car(Window(0, 0))
    measured = [ar.sigma[0], day.car[0], day.std_error[0], car.car[0], car.std_error[0]]
    np.testing.assert_allclose(measured, row.to_numpy(), rtol=TOLERANCE.get(model, 1e-9))


def test_the_firm_without_enough_returns_is_excluded_with_its_reason() -> None:
    assert scattered().excluded.astype(str).to_dict("records") == [
        {
            "event": "2023-07-26",
            "security": "F11",
            "reason": "40 returns in the estimation window [-160,-11], 60 needed",
        }
    ]


def test_the_firm_whose_data_ends_keeps_the_windows_that_it_holds() -> None:
    ended = scattered().select(["F07"])
    assert ended.car(Window(0, 4)).complete.all()
    assert str(ended.car(Window(-10, 10)).reason[0]) == "the security's data ends before the window's last day"


def test_two_events_of_one_firm_that_share_days_are_reported() -> None:
    overlaps = overlapping_events(scattered())
    assert overlaps[["security", "days"]].to_numpy().tolist() == [["F00", 9]]
    assert any("F00" in note and "9 days" in note for note in scattered().notes)
    assert design(scattered(), Window(0, 0)) == "mixed"
