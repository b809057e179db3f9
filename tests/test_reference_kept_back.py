"""Twelve stocks at dates of our choosing: every model, test, p and interval against tests/reference/kept_back."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eventwindow import Window, abnormal_returns, benjamini_hochberg, holm, romano_wolf, smallest_detectable_effect
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.inference.chosen_day import largest_of_candidates
from eventwindow.inference.conformal import firm_conformal
from eventwindow.inference.cross_sectional import firm_bhar
from eventwindow.inference.expected_volatility import volatility_ratio
from eventwindow.inference.permutation import abnormal_volatility
from eventwindow.inference.registry import TESTS, NotComputed, run_tests
from eventwindow.inference.sample import sample
from eventwindow.inference.single_firm import firm_sq, inverted

FOLDER = Path(__file__).parent / "reference" / "kept_back"
TABLES = {name: pd.read_csv(FOLDER / f"expected_{name}.csv") for name in ("tests", "quantities", "firms", "corrected")}
CASES = list(TABLES["quantities"][["model", "design"]].drop_duplicates().itertuples(index=False, name=None))
UNTOLD = {"block_bootstrap", "calendar_time"}  # draws; too few days of two clusters

spec = importlib.util.spec_from_file_location("kept_back_recipe", FOLDER / "recipe.py")
recipe = importlib.util.module_from_spec(spec)
spec.loader.exec_module(recipe)  # the firms and dates; what it computes stands in the tables


CLOSE = {"rel": 1e-8, "abs": 1e-9}


@cache
def studied(model: str, design: str) -> AbnormalReturns:
    returns, factors = recipe.read()
    events = pd.DataFrame({"security": recipe.FIRMS, "date": pd.to_datetime(recipe.DATES[design])})
    choice: dict[str, object] = {"benchmark": "SPY"}
    if model in recipe.FACTORS:
        choice = {"factors": factors}
    elif model.startswith("peer"):
        choice = {"peers": recipe.PEERS}
    elif model == "mean_adjusted":
        choice = {}
    return abnormal_returns(returns, events, model=model, estimation=(-250, -11), window=(-5, 10), **choice)


def of(table: str, model: str, *, keys: tuple[str, ...], **at: object) -> dict[object, dict[object, float]]:
    """The rows of a table for one case, by window."""
    rows = TABLES[table]
    rows = rows[np.logical_and.reduce([rows[name] == value for name, value in (at | {"model": model}).items()])]
    return {Window(lo, hi): part.set_index(list(keys)) for (lo, hi), part in rows.groupby(["lo", "hi"])}


@pytest.mark.parametrize(("model", "design"), CASES)
def test_every_test_gives_the_statistic_and_p_of_the_recipe(model: str, design: str) -> None:
    ar = studied(model, design)
    told = of("quantities", model, design=design, keys=("quantity",))
    for window, rows in of("tests", model, design=design, keys=("test",)).items():
        if window not in told:
            continue
        ran = {r.name: r for r in run_tests(ar, window)}
        mine = {name: row for name, row in rows.iterrows() if name in TESTS}
        computed = {name for name, r in ran.items() if not isinstance(r, NotComputed)}
        assert computed ^ mine.keys() <= UNTOLD
        for name, row in mine.items():
            found = ran[name].statistic, ran[name].p_value
            assert found == pytest.approx((row["statistic"], row["p_value"]), **CLOSE), (name, window)
        figures = told[window]["value"]
        assert sample(ar, window).correlation == pytest.approx(figures["rbar"], abs=1e-10)
        if "ratio" in figures:
            assert volatility_ratio(sample(ar, window)) == pytest.approx(figures["ratio"], rel=1e-10)


@pytest.mark.parametrize(("model", "design"), [case for case in CASES if "day" in case[1]])
def test_the_chosen_day_and_the_intervals_by_inversion(model: str, design: str) -> None:
    ar = studied(model, design)
    rows = of("tests", model, design=design, keys=("test",))
    [row] = [rows[Window(-4, 4)].loc["largest_of_candidates"]]
    found = largest_of_candidates(ar, Window(-4, 4))
    assert (found.statistic, found.p_value) == pytest.approx((row["statistic"], row["p_value"]), **CLOSE)
    for level in (0.05, 0.10):
        for scaled in (False, True):
            ends = rows[Window(0, 0)].loc[f"inverted_{level:g}" + "_scaled" * scaled]
            found = inverted(ar, 0, level, scaled=scaled)
            assert (found.low, found.high) == pytest.approx((ends["statistic"], ends["p_value"]), rel=1e-9)


@pytest.mark.parametrize("model", recipe.MODELS)
def test_each_firm_by_itself(model: str) -> None:
    ar = studied(model, "scattered")
    for window, rows in of("firms", model, keys=("quantity", "firm")).items():
        expected = {name: rows["value"].loc[name].reindex(recipe.FIRMS) for name in rows.index.unique("quantity")}
        car, sq, own = ar.car(window), firm_sq(ar, window), firm_bhar(ar, window)
        low, high = car.interval(0.95)
        found = {"car": car.car, "std_error": car.std_error, "t_p": car.p_value, "low": low, "high": high}
        found |= {"sq": sq.p_value, "sq_lower": sq.lower_p, "bhar": own.statistic, "bhar_rank": own.p_value}
        found |= {"detectable": smallest_detectable_effect(ar, window), "conformal": firm_conformal(ar, window).p_value}
        if len(window) == 1:
            found["volatility"], found["volatility_p"] = (part[:, 5] for part in abnormal_volatility(ar))
        assert found.keys() - expected.keys() <= ({"conformal"} if model == "scholes_williams" else set())
        for name, values in expected.items():
            np.testing.assert_allclose(found[name], values, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("model", recipe.CHOSEN)
def test_corrections_across_firms(model: str) -> None:
    for design in ("calm day", "restless day", "wild day"):
        ar = studied(model, design)
        for window, rows in of("corrected", model, design=design, keys=("quantity", "firm")).items():
            p = ar.car(window).p_value
            found = {
                "holm": holm(p),
                "benjamini_hochberg": benjamini_hochberg(p),
                "romano_wolf": romano_wolf(ar, window),
            }
            for name, values in found.items():
                expected = rows["value"].loc[name].reindex(recipe.FIRMS)
                np.testing.assert_allclose(values, expected, rtol=1e-8, atol=1e-9)
