"""Counterfactuals from untreated stocks: equal to the field's software, held out honestly, silent where they cannot run."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from eventwindow import abnormal_returns
from eventwindow.analyses.counterfactual import COUNTERFACTUALS
from eventwindow.analyses.counterfactual.estimate import (
    Estimated,
    Placebos,
    blocks_won,
    estimated,
    leading,
    market_estimated,
)
from eventwindow.analyses.counterfactual.heldout import Predicted, block_of_day, predicted
from eventwindow.analyses.counterfactual.latent import latent_factors, number_of_factors, standardised
from eventwindow.analyses.counterfactual.penalised import elastic_net, elastic_net_penalties, ridge
from eventwindow.analyses.counterfactual.sample import donor_returns, sample
from eventwindow.analyses.counterfactual.synthetic import simplex_weights
from eventwindow.analyses.counterfactual.tables import EFFECTS, counterfactual_tables, left_out_rows
from eventwindow.calendars.window import Window
from eventwindow.errors import StudyError
from eventwindow.estimation.event_time import Array

T, L, J, M = 90, 6, 25, 4
NONE = np.full(M, -1)


@pytest.fixture(scope="module")
def market() -> tuple[Array, Array, Array]:
    """Donors on T + L days and M targets on T, with two common factors."""
    rng = np.random.default_rng(7)
    factors = rng.normal(0, 0.01, (T + L, 2))
    donors = factors @ rng.normal(0.7, 0.4, (2, J)) + rng.normal(0, 0.01, (T + L, J))
    targets = factors[:T] @ rng.normal(1, 0.3, (2, M)) + rng.normal(0.001, 0.01, (T, M))
    return donors[:T], targets, donors[T:]


@pytest.mark.parametrize(
    ("y", "weights"), [((0.6, 0.2), (0.7, 0.3)), ((2.0, 0.0), (1.0, 0.0)), ((0.5, 0.5), (0.5, 0.5))]
)
def test_weights_by_hand(y, weights):
    assert simplex_weights(np.eye(2), np.array(y)) == pytest.approx(weights, abs=1e-12)


def test_synthetic_control_equals_pysyncon(market):
    pysyncon = pytest.importorskip("pysyncon")
    x, y, _ = market
    x, y = 100 * x[:, :8], 100 * y  # per cent: its solver stops on the size of the loss
    synth = pysyncon.Synth()
    spread = np.column_stack([x, y[:, 0]]).std(axis=1, ddof=1)  # it scales each row by this; the weights undo it
    donors, treated = pd.DataFrame(x), pd.Series(y[:, 0], name="treated")
    synth.fit(X0=donors, X1=treated, Z0=donors, Z1=treated, custom_V=spread**2)
    ours = simplex_weights(x, y[:, 0])
    assert ours == pytest.approx(synth.W, abs=2e-3)
    assert np.sum((y[:, 0] - x @ ours) ** 2) <= np.sum((y[:, 0] - x @ synth.W) ** 2) + 1e-9


def test_weights_equal_those_of_non_negative_least_squares(market):
    """Lawson & Hanson (1974, ch. 23) through scipy: a large weight on a row of ones makes the sum one."""
    from scipy.optimize import nnls

    x, y = market[0], market[1][:, 0]
    heavy = 1e4 * np.abs(x).max()
    theirs, _ = nnls(np.vstack([x, np.full(x.shape[1], heavy)]), np.append(y, heavy))
    assert simplex_weights(x, y) == pytest.approx(theirs / theirs.sum(), abs=1e-6)


def test_equal_donors_predict_what_one_of_them_does(market):
    x, y = market[0], market[1][:, 0]
    twice = np.hstack([x, x])
    assert twice @ simplex_weights(twice, y) == pytest.approx(x @ simplex_weights(x, y), abs=1e-9)


@pytest.mark.parametrize("donors", [5, 60, 200])
def test_no_donor_would_improve_the_synthetic_control(donors):
    rng = np.random.default_rng(donors)
    x, y = rng.normal(0, 0.01, (40, donors)), rng.normal(0, 0.01, 40)
    w = simplex_weights(x, y)
    gradient = x.T @ (x @ w - y)
    assert w.min() >= 0
    assert w.sum() == pytest.approx(1)
    assert gradient[w > 0] == pytest.approx(gradient.min(), abs=1e-12)


@pytest.mark.parametrize("penalty", [1e-4, 1e-2, 1.0])
def test_ridge_equals_scikit_learn(market, penalty):
    linear = pytest.importorskip("sklearn.linear_model")
    x, y, new = market
    ours = ridge(x, y, new, NONE, np.full((1, M), penalty))[0]
    theirs = linear.Ridge(alpha=penalty).fit(x, y)
    assert ours == pytest.approx(theirs.predict(np.vstack([x, new])), abs=1e-12)


def test_elastic_net_equals_scikit_learn(market):
    linear = pytest.importorskip("sklearn.linear_model")
    x, y, new = market
    penalties = elastic_net_penalties(x, y, NONE)
    ours = elastic_net(x, y, new, NONE, penalties)
    for a in (0, 4, len(penalties) - 1):
        theirs = linear.ElasticNet(alpha=penalties[a, 1], l1_ratio=0.5, tol=1e-13, max_iter=100_000).fit(x, y[:, 1])
        assert ours[a, :, 1] == pytest.approx(theirs.predict(np.vstack([x, new])), abs=1e-9)
    assert np.ptp(ours[0, :, 1]) == pytest.approx(0, abs=1e-12)  # the largest penalty leaves the mean


def test_latent_factors_equal_the_recipe_of_scikit_learn(market):
    decomposition = pytest.importorskip("sklearn.decomposition")
    linear = pytest.importorskip("sklearn.linear_model")
    x, y, new = market
    every = standardised(np.vstack([x, new]))
    r = number_of_factors(np.linalg.svd(every, compute_uv=False) ** 2, *every.shape)
    components = decomposition.PCA(r, svd_solver="full").fit_transform(every)
    theirs = linear.LinearRegression().fit(components[:T], y).predict(components)
    assert latent_factors(x, y, new, NONE, np.zeros((1, M)))[0] == pytest.approx(theirs, abs=1e-12)


def test_the_number_of_factors_is_that_of_the_criterion_of_bai_and_ng():
    rng = np.random.default_rng(0)
    z = standardised(rng.normal(size=(120, 3)) @ rng.normal(size=(3, 80)) + rng.normal(0, 0.5, (120, 80)))
    values = np.linalg.svd(z, compute_uv=False) ** 2
    price = (80 + 120) / (80 * 120) * np.log(80)
    by_hand = [np.log(values[k:].sum() / (80 * 120)) + k * price for k in range(1, 9)]
    assert number_of_factors(values, 120, 80) == int(np.argmin(by_hand)) + 1 == 3


@pytest.mark.parametrize("name", COUNTERFACTUALS)
def test_a_donor_that_is_treated_is_no_donor_of_its_own(market, name):
    x, _, new = market
    predict, j = COUNTERFACTUALS[name].predict, 3
    others = np.delete(np.arange(J), j)
    penalties = np.full((1, 1), 1e-4)
    inside = predict(x, x[:, [j]], new, np.array([j]), penalties)
    if name == "latent_factors":  # the number of factors is that of all donors
        z = standardised(np.vstack([x, new]))
        r = number_of_factors(np.linalg.svd(z, compute_uv=False) ** 2, *z.shape)
        f = np.column_stack([np.ones(T + L), np.linalg.svd(z[:, others], full_matrices=False)[0][:, :r]])
        outside = f @ np.linalg.lstsq(f[:T], x[:, j], rcond=None)[0]
    else:
        outside = predict(x[:, others], x[:, [j]], new[:, others], np.array([-1]), penalties)[0, :, 0]
    assert inside[0, :, 0] == pytest.approx(outside, abs=1e-11)


@pytest.mark.parametrize("name", ["ridge", "elastic_net", "latent_factors"])
def test_a_constant_in_the_target_is_a_constant_in_its_counterfactual(market, name):
    x, y, new = market
    model = COUNTERFACTUALS[name]
    both = [model.predict(x, y + c, new, NONE, model.penalties(x, y, NONE)) for c in (0.0, 0.02)]
    assert both[1] - both[0] == pytest.approx(0.02, abs=1e-10)


@pytest.mark.parametrize("name", COUNTERFACTUALS)
def test_the_order_and_the_unit_of_donors_do_not_matter(market, name):
    x, y, new = market
    model, order = COUNTERFACTUALS[name], np.random.default_rng(1).permutation(J)
    block = block_of_day(T, 5)
    plain = predicted(model, x, y, new, NONE, block)
    turned = predicted(model, 100 * x[:, order], 100 * y, 100 * new[:, order], NONE, block)
    assert turned.event == pytest.approx(100 * plain.event, abs=1e-6)
    assert turned.held_out == pytest.approx(100 * plain.held_out, abs=1e-6)


@pytest.mark.parametrize("name", ["synthetic_control", "latent_factors"])
def test_a_day_held_out_is_predicted_without_its_own_block(market, name):
    x, y, new = market
    block = block_of_day(T, 6)
    moved = y + 0.3 * (block == 2)[:, None]
    before, after = (predicted(COUNTERFACTUALS[name], x, v, new, NONE, block).held_out for v in (y, moved))
    assert after[block == 2] == pytest.approx(before[block == 2], abs=1e-14)
    assert np.abs(after[block != 2] - before[block != 2]).max() > 1e-4


def test_the_penalty_is_the_one_that_blocks_held_out_prefer(market):
    x, y, new = market
    model, block = COUNTERFACTUALS["ridge"], block_of_day(T, 5)
    penalties = model.penalties(x, y, NONE)
    errors = np.zeros((len(penalties), M))
    for k in range(5):
        out = block == k
        guess = model.predict(x[~out], y[~out], x[out], NONE, penalties)[:, (~out).sum() :]
        errors += ((guess - y[out]) ** 2).sum(axis=1)
    found = predicted(model, x, y, new, NONE, block)
    assert found.penalty == pytest.approx(penalties[errors.argmin(axis=0), np.arange(M)])
    every = model.predict(x, y, new, NONE, penalties)[errors.argmin(axis=0), :, np.arange(M)].T
    for final, days in ((found.fitted, slice(T)), (found.event, slice(T, None))):
        alone = model.predict(x, y, new, NONE, found.penalty[None])[0, days]
        assert final == pytest.approx(alone)
        assert final == pytest.approx(every[days])


def test_the_scale_of_a_donor_begins_where_no_other_donor_is_left_in(market):
    x, _, new = market
    own = np.array([3])
    largest = elastic_net_penalties(x, x[:, own], own)[:1]
    at, below = elastic_net(x, x[:, own], new, own, np.vstack([largest, 0.99 * largest]))
    assert np.ptp(at) == pytest.approx(0, abs=1e-12)
    assert np.ptp(below) > 1e-6


def test_donors_of_the_elastic_net_take_the_step_of_the_treated_stock():
    ar, table = laid_out()
    held, _ = sample(ar, table, [])
    model = COUNTERFACTUALS["elastic_net"]
    found = estimated(model, held, 5)
    for m, step in enumerate(found.predicted.step):
        for own in (np.array([0]), np.array([7])):
            y = held.x[:, own]
            penalty = model.penalties(held.x, y, own)[[step]]
            expected = model.predict(held.x, y, held.x_event, own, penalty)[0, :, 0]
            gap = np.concatenate([y[:, 0], held.x_event[:, own[0]]]) - expected
            assert found.placebos.gap[found.placebos.setting[m], :, own[0]] == pytest.approx(gap[len(y) :])
            assert found.placebos.rms[found.placebos.setting[m], own[0]] == pytest.approx(
                np.sqrt(np.mean(gap[: len(y)] ** 2))
            )


def test_blocks_are_consecutive_and_even():
    assert np.bincount(block_of_day(53, 5)).tolist() == [11, 11, 10, 11, 10]
    assert (np.diff(block_of_day(53, 5)) >= 0).all()
    with pytest.raises(StudyError, match="do not make"):
        block_of_day(30, 10)


def by_hand(model: str = "ridge", error: float = 0.01) -> Estimated:
    """Four days held out, one event day, two treated stocks, three donors."""
    errors = error * np.array([[1.0, 1.0], [-2.0, 1.0], [3.0, 1.0], [-4.0, 1.0]])
    nothing = np.zeros((4, 2))
    donors = Placebos(
        np.array([[[0.01, -0.06, 0.02]], [[0.06, 0.06, 0.01]]]),
        np.array([[0.01, 0.01, 0.02], [0.01, 0.01, 0.01]]),
        np.array([0, 1]),
    )
    none = Predicted(nothing, nothing, np.zeros((1, 2)), np.zeros(2), np.zeros(2, int))
    return Estimated(model, none, np.array([[-0.03, 0.05]]), errors, np.array([0.01, 0.01]), donors)


def test_placebo_p_values_by_hand():
    """In time: 0.03 and 0.04 of four days reach 0.03. In space: of ratios 1, 6, 1 one reaches 3; of 6, 6, 1 two reach 5."""
    found = by_hand()
    assert found.p_time(0).tolist() == [3 / 5, 1 / 5]
    assert found.p_space(0).tolist() == [2 / 4, 3 / 4]


def test_a_model_that_predicts_worse_than_the_market_model_never_leads():
    good, bad = by_hand("good", 0.01), by_hand("bad", 0.02)
    assert leading([by_hand("market", 0.1), bad, good]).tolist() == [2, 2]
    market = replace(good, error=np.array([[0.001, 0.05]] * 4))  # better for the first, worse for the second
    assert leading([market, bad, good]).tolist() == [0, 2]
    assert leading([good, good]).tolist() == [0, 0]
    assert blocks_won(np.ones((20, 1)), np.r_[np.full(10, 2.0), np.full(10, 0.5)][:, None], 4).tolist() == [2]


def laid_out(effect: float = 0.0, gap: bool = False, names: tuple[str, ...] = ("A", "B")):
    """Two treated stocks and thirty donors with a common market, and the donors' table."""
    rng = np.random.default_rng(3)
    days = pd.bdate_range("2024-01-01", periods=T + 20)
    market = rng.normal(0, 0.01, len(days))
    table = pd.DataFrame(
        market[:, None] + rng.normal(0, 0.01, (len(days), 32)), days, [*names, *(f"d{i}" for i in range(30))]
    )
    table.loc[days[T + 10], list(names)] += effect
    if gap:
        table.loc[days[20], "B"] = np.nan
    events = pd.DataFrame({"security": list(names), "date": days[T + 10], "event": "e"})
    span = {"estimation": Window(-T, -6), "window": Window(-5, 5), "minimum_returns": 30}
    ar = abnormal_returns(table[list(names)], events, factors=pd.Series(market, days), **span)
    return ar, table


@pytest.mark.parametrize("name", COUNTERFACTUALS)
def test_an_effect_that_was_put_in_is_found(name):
    ar, table = laid_out(effect=-0.2)
    held, left_out = sample(ar, table, [])
    found = estimated(COUNTERFACTUALS[name], held, 5)
    assert left_out == {}
    assert held.donors == tuple(f"d{i}" for i in range(30))
    assert found.gap[5] == pytest.approx(-0.2, abs=0.05)
    assert found.p_time(5) == pytest.approx(1 / (T - 4))
    assert found.p_space(5) == pytest.approx(1 / 31)


def test_what_the_market_model_misses_is_that_of_fits_without_the_block():
    ar, table = laid_out()
    held, _ = sample(ar, table, [])
    error, block = market_estimated(held, 5).error, block_of_day(len(held.x), 5)
    y, m = held.y[:, 0], held.market[:, 0, 0]
    slope, level = np.polyfit(m[block != 1], y[block != 1], 1)
    assert error[block == 1, 0] == pytest.approx((y - level - slope * m)[block == 1], abs=1e-12)


def test_the_table_says_what_leads_and_what_is_left_out():
    ar, table = laid_out(gap=True)
    held, left_out = sample(ar, table, ["d1"])
    models = [estimated(COUNTERFACTUALS[name], held, 5) for name in COUNTERFACTUALS]
    effects = counterfactual_tables(held, models, 5, left_out, "e")["counterfactual"]
    assert list(effects.columns) == EFFECTS
    assert effects.loc[effects["security"] == "B", "note"].astype(str).tolist() == [
        "not computed: 1 of 96 returns is missing"
    ]
    mine = effects[effects["security"] == "A"]
    assert mine["model"].tolist() == ["market_model", *COUNTERFACTUALS]
    assert (mine["donors"] == 29).all()
    assert (mine["effect"] - mine["actual_return"] + mine["expected_return"]).abs().max() == pytest.approx(0)
    assert mine["leads"].sum() == 1
    assert mine.loc[mine["leads"], "rmse_heldout"].item() == mine["rmse_heldout"].min()
    assert mine["p_placebo_space"].between(1 / 30, 1).all()


def test_without_donors_nothing_is_computed_and_the_reason_is_given():
    ar, table = laid_out()
    held, left_out = sample(ar, table[[f"d{i}" for i in range(5)]], [])
    assert held is None
    assert "5 donors hold all days" in str(left_out["A"])
    assert left_out_rows(left_out, "e")["note"].astype(str).str.startswith("not computed").all()


def test_an_excluded_stock_that_the_panel_does_not_hold_is_named():
    ar, table = laid_out()
    with pytest.raises(StudyError, match="'XYZ' is excluded"):
        sample(ar, table, ["XYZ"])


def test_donor_returns_span_no_missing_close():
    days = pd.bdate_range("2024-01-01", periods=4)
    panel = pd.DataFrame({"a": [1.0, np.nan, 2.0, 4.0]}, days)
    assert donor_returns(panel, days)["a"].isna().tolist() == [True, True, True, False]
    assert donor_returns(panel, days, "log")["a"].iloc[-1] == pytest.approx(np.log(2))


def test_placebos_in_time_reject_a_true_null_about_as_often_as_they_say():
    rng = np.random.default_rng(11)
    factor = rng.normal(size=(101, 1))
    x, y = factor + rng.normal(size=(101, 20)), factor + rng.normal(size=(101, 400))
    found = predicted(COUNTERFACTUALS["ridge"], x[:100], y[:100], x[100:], np.full(400, -1), block_of_day(100, 10))
    error, gap = y[:100] - found.held_out, y[100] - found.event[0]
    p = (1 + (np.abs(error) >= np.abs(gap)).sum(axis=0)) / 101
    assert (p <= 0.10).mean() == pytest.approx(0.10, abs=0.045)  # three Monte-Carlo errors of 400 draws


def test_the_market_model_beside_the_counterfactuals_is_that_of_the_study(deepseek):
    """The study's own model is the market model: its abnormal returns are the effects in the comparison."""
    beside = deepseek.table("counterfactual").query("model == 'market_model'").set_index("security")
    zero = deepseek.table("abnormal_returns").query("event == @deepseek.run['headline']['event'] and tau == 0")
    ours = zero.set_index("security")["abnormal_return"].loc[beside.index]
    assert beside["effect"].to_numpy() == pytest.approx(ours.to_numpy(), abs=1e-12)
    assert beside.loc["NVDA", "p_placebo_time"] < 0.05 < beside.loc["AMD", "p_placebo_time"]


def test_placebos_of_the_market_model_are_regressions_of_each_donor_on_the_benchmark():
    ar, table = laid_out()
    held, _ = sample(ar, table, [])
    found = market_estimated(held, 5)
    m, new = held.market[:, 0, 0], held.market_event[:, 0, 0]
    slope, level = np.polyfit(m, held.x[:, 4], 1)
    assert found.placebos.gap[0, :, 4] == pytest.approx(held.x_event[:, 4] - level - slope * new, abs=1e-12)
    assert found.placebos.rms[0, 4] == pytest.approx(np.std(held.x[:, 4] - slope * m))
    assert found.placebos.setting.tolist() == [0, 0]


def test_the_study_that_ships_leads_with_no_model_that_predicts_worse(deepseek):
    table = deepseek.table("counterfactual")
    assert set(table["security"]) == set(deepseek.run["headline"]["members"])
    led = table[table["leads"]].set_index("security")
    assert led.index.is_unique
    assert (led["rmse_heldout"] == table.groupby("security")["rmse_heldout"].min().loc[led.index]).all()
    assert led.loc["NVDA", "model"] == "market_model"
    assert not table.duplicated(["security", "model"]).any()
    nvda = table[(table["security"] == "NVDA") & (table["model"] == "synthetic_control")].iloc[0]
    assert nvda["actual_return"] == pytest.approx(118.42 / 142.62 - 1, abs=1e-4)
    daily = deepseek.table("counterfactual_daily").query("security == 'NVDA' and model == 'ridge' and tau == 0").iloc[0]
    assert not daily["held_out"]


TABLES = ("counterfactual", "counterfactual_daily", "counterfactual_placebos")
ONE_ANALYSIS = f"""
import sys
from eventwindow import read_study
from eventwindow.study.analyses import ANALYSES
from eventwindow.study.estimates import estimated
from eventwindow.study.load import read_inputs
from eventwindow.study.run import concluded, quiet

inputs = read_inputs(read_study("deepseek-2025"), "shipped", quiet, None, None)
alone = [analysis for analysis in ANALYSES if "counterfactual" in analysis.tables]
tables = concluded(inputs, estimated(inputs), quiet, alone).tables
for name in {TABLES}:
    sys.stdout.buffer.write(tables[name].to_csv(index=False, float_format="%.17g").encode())
"""


def test_the_last_digit_does_not_hang_on_the_number_of_threads(deepseek) -> None:
    """A library's process has as many threads of BLAS as cores; the command's has one, as the study's run in these tests."""
    threads = "2" if os.environ["OPENBLAS_NUM_THREADS"] == "1" else "1"  # set before numpy by conftest.py
    settings = os.environ | {f"{library}_NUM_THREADS": threads for library in ("OPENBLAS", "OMP", "MKL")}
    told = subprocess.run([sys.executable, "-c", ONE_ANALYSIS], env=settings, capture_output=True, check=True).stdout
    alone = "".join(deepseek.table(name).to_csv(index=False, float_format="%.17g") for name in TABLES)
    assert told.decode().splitlines() == alone.splitlines()
