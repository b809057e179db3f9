"""Twelve firms on one day: every statistic equals the recipe's to 1e-8."""

import numpy as np
import pandas as pd
import pytest
from reference_cases import FOLDER, clustered, expected, window

from eventwindow.calendars.window import Window
from eventwindow.inference.registry import TESTS, SignificanceResult
from eventwindow.inference.sample import sample

TABLE = expected("clustered")
MAPPED = sorted(set(TABLE["statistic"]) & set(TESTS))


@pytest.mark.parametrize("name", MAPPED)
def test_each_statistic_equals_the_recipe_on_every_day_and_window(name: str) -> None:
    rows = TABLE[TABLE["statistic"] == name]
    assert len(rows) >= 3
    for row in rows.itertuples():
        result = TESTS[name](sample(clustered(), window(row.window)))
        assert isinstance(result, SignificanceResult)
        assert result.statistic == pytest.approx(row.value, abs=1e-8, rel=1e-8)
        assert 0 <= result.p_value <= 1


def test_the_market_model_equals_the_recipe() -> None:
    table = pd.read_csv(FOLDER / "clustered/expected_market_model.csv")
    np.testing.assert_allclose(clustered().coefficients.to_numpy(), table[["alpha", "beta"]], atol=1e-10)
    np.testing.assert_allclose(clustered().sigma, table["sigma"], atol=1e-10)


def test_the_abnormal_returns_equal_the_recipe() -> None:
    table = pd.read_csv(FOLDER / "clustered/expected_abnormal_returns.csv", index_col=0)
    np.testing.assert_allclose(clustered().ar, table.to_numpy(), atol=1e-10)


def test_the_mean_car_and_the_mean_correlation_equal_the_recipe() -> None:
    for row in TABLE[TABLE["statistic"] == "mean_ar"].itertuples():
        assert clustered().caar(window(row.window)) == pytest.approx(row.value, abs=1e-10)
    [rbar] = TABLE.loc[TABLE["statistic"] == "mean_residual_correlation", "value"]
    assert sample(clustered(), Window(0, 0)).correlation == pytest.approx(rbar, abs=1e-10)
