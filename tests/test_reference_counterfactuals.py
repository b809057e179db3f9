"""Counterfactuals against tests/reference/counterfactuals: weights and effects of a recipe that knows no package."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eventwindow.analyses.counterfactual import COUNTERFACTUALS
from eventwindow.analyses.counterfactual.difference_in_differences import synthetic_difference
from eventwindow.analyses.counterfactual.heldout import block_of_day, predicted
from eventwindow.analyses.counterfactual.predictor import NOT_A_DONOR
from eventwindow.analyses.counterfactual.synthetic import augmented_penalties, augmented_weights

FOLDER = Path(__file__).parent / "reference" / "counterfactuals"
PRE, POST = slice(1, 121), slice(131, 136)
TABLE = pd.read_csv(FOLDER / "returns.csv", index_col="date", parse_dates=True)
DONORS = [name for name in TABLE if name.startswith("D")]
NONE = np.array([NOT_A_DONOR])


def expected(name: str, **at: str) -> pd.DataFrame:
    table = pd.read_csv(FOLDER / f"expected_{name}.csv")
    return table[np.logical_and.reduce([table[column] == value for column, value in at.items()])]


def test_the_augmented_control_chooses_the_papers_penalty_and_predicts_the_recipes_effects():
    x, y = TABLE[DONORS].to_numpy(), TABLE[["TRT"]].to_numpy()
    found = predicted(
        COUNTERFACTUALS["augmented_synthetic_control"], x[PRE], y[PRE], x[POST], NONE, block_of_day(120, 5)
    )
    figures = expected("estimates", method="augmented", outcome="returns").set_index("quantity")["value"]
    assert found.penalty[0] == pytest.approx(figures["penalty"], rel=1e-9)
    effects = expected("effects", method="augmented")["effect"]
    np.testing.assert_allclose((y[POST] - found.event)[:, 0], effects, atol=1e-8)


@pytest.mark.parametrize(("method", "step"), [("augmented_least", 4), ("augmented", 0)])
def test_its_weights_sum_to_one(method, step):
    x, y = TABLE[DONORS].to_numpy()[PRE], TABLE["TRT"].to_numpy()[PRE]
    penalties = augmented_penalties(x, y[:, None], NONE)[:, 0]
    figures = expected("estimates", method=method, outcome="returns").set_index("quantity")["value"]
    assert penalties[step] == pytest.approx(figures["penalty"], rel=1e-9)
    weights = augmented_weights(x, y, penalties)[step]
    assert weights.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(weights, expected("weights", method=method)["weight"], atol=1e-7)


@pytest.mark.parametrize("outcome", ["returns", "log_price"])
@pytest.mark.parametrize(("method", "treated"), [("sdid", ["TRT"]), ("sdid_two", ["TRT", "ALSO"])])
def test_synthetic_difference_in_differences(outcome, method, treated):
    levels = TABLE if outcome == "returns" else np.log1p(TABLE).cumsum()
    x, y = levels[DONORS].to_numpy(), levels[treated].to_numpy()
    found = synthetic_difference(x[PRE], x[POST], y[PRE], y[POST])
    figures = expected("estimates", method=method, outcome=outcome).set_index("quantity")["value"]
    assert found.estimate == pytest.approx(figures["estimate"], abs=1e-7)
    rows = expected("weights", method=method, outcome=outcome)
    np.testing.assert_allclose(found.donors, rows.loc[rows["of"] == "unit", "weight"], atol=1e-6)
    np.testing.assert_allclose(found.by_day, expected("effects", method=method, outcome=outcome)["effect"], atol=1e-7)


def test_its_placebos_are_the_recipes():
    levels = np.log1p(TABLE).cumsum()
    rows = expected("placebos", method="sdid", outcome="log_price").set_index("donor")["value"]
    for donor in DONORS[:4]:
        others = [name for name in DONORS if name != donor]
        x, y = levels[others].to_numpy(), levels[[donor]].to_numpy()
        found = synthetic_difference(x[PRE], x[POST], y[PRE], y[POST])
        assert found.estimate == pytest.approx(rows[donor], abs=1e-7)
