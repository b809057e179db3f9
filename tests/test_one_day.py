"""Inference for one event day: by hand, against other packages, and by size under a true null."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from panels import EVENT, on_days, on_one_day, panel
from scipy import stats

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason, signed
from eventwindow.estimation.abnormal import estimate
from eventwindow.estimation.models.scholes_williams import ScholesWilliams
from eventwindow.inference.bootstrap import block_bootstrap, stationary_indices
from eventwindow.inference.chosen_day import largest_of_candidates
from eventwindow.inference.conformal import conformal_mean, conformal_sur, firm_conformal
from eventwindow.inference.multiple import romano_wolf, step_down
from eventwindow.inference.permutation import date_permutation_max, date_permutation_sar
from eventwindow.inference.power import detectable, smallest_detectable_effect
from eventwindow.inference.registry import NotComputed
from eventwindow.inference.sample import sample
from eventwindow.inference.sur import gls_t, sur_f

DAY = Window(0, 0)


def test_conformal_by_hand() -> None:
    """Mean-adjusted: with the event the mean is 0.02, the event's residual 0.03 is the largest of six: p = 1/6."""
    returns = pd.DataFrame({"A": [0.01, 0.02, 0.03, 0.00, 0.01, 0.05]}, pd.bdate_range("2024-01-01", periods=6))
    options = {
        "model": "mean_adjusted",
        "benchmark": None,
        "estimation": (-5, -1),
        "window": (0, 0),
        "minimum_returns": 5,
    }
    result = firm_conformal(on_days(returns, ["A"], [5], **options), DAY)
    assert result.statistic[0] == pytest.approx(0.03)
    assert result.p_value[0] == pytest.approx(1 / 6)


def test_conformal_of_one_firm_is_that_of_a_basket_of_one() -> None:
    one = on_one_day(panel(1, firms=1))
    for window in (DAY, Window(0, 3)):
        assert conformal_mean(sample(one, window)).p_value == firm_conformal(one, window).p_value[0]
        assert conformal_sur(sample(one, window)).p_value == firm_conformal(one, window).p_value[0]


def test_conformal_sur_ignores_signs_and_scales() -> None:
    returns = panel(2)
    plain = conformal_sur(sample(on_one_day(returns), DAY))
    turned = returns.mul(pd.Series([1, -1, 3, 1, 0.5, -2], returns.columns))
    assert conformal_sur(sample(on_one_day(turned), DAY)).p_value == plain.p_value


def test_under_scholes_williams_the_joint_tests_name_the_days_that_the_model_leaves_out() -> None:
    """The first and the last estimation day have no neighbour, so no residual: no member misses a return."""
    ar = estimate(on_one_day(panel(3)).source, ScholesWilliams(), minimum_returns=1)
    for test in (sur_f, gls_t):
        found = test(sample(ar, DAY))
        assert isinstance(found, NotComputed)
        assert found.reason == Reason("days_without_residual", n=2)


def test_sur_f_equals_wilks_f_of_a_day_dummy() -> None:
    from statsmodels.multivariate.manova import MANOVA

    returns = panel(3)
    ar = on_one_day(returns)
    days = np.r_[30:95, 100]  # the estimation window [-70, -6] of day 100, and day 0
    y = returns.iloc[days, 1:].to_numpy()
    x = np.column_stack([np.ones(66), returns["MKT"].iloc[days], np.r_[np.zeros(65), 1]])
    wilks = MANOVA(y, x).mv_test([("day", np.array([[0.0, 0, 1]]))]).results["day"]["stat"].loc["Wilks' lambda"]
    assert sur_f(sample(ar, DAY)).statistic == pytest.approx(float(wilks["F Value"]), rel=1e-9)
    assert sur_f(sample(ar, DAY)).p_value == pytest.approx(float(wilks["Pr > F"]), rel=1e-9)


def test_sur_and_gls_have_their_size_in_normal_data() -> None:
    """Ten firms, forty days, correlated: the p-values of a true null are uniform, in 300 baskets beside one market."""
    drawn = [panel(seed, firms=10).drop(columns="MKT").add_suffix(f"_{seed}") for seed in range(300)]
    every = on_one_day(pd.concat([*drawn, panel(300)["MKT"]], axis=1), estimation=(-45, -6))
    p = {"sur": [], "gls": []}
    for basket in np.arange(3000).reshape(300, 10):
        ar = every.select(basket)
        p["sur"].append(sur_f(sample(ar, DAY)).p_value)
        p["gls"].append(gls_t(sample(ar, DAY)).p_value)
    for values in p.values():
        assert stats.kstest(values, "uniform").pvalue > 0.01


def test_gls_of_one_firm_is_its_t() -> None:
    ar = on_one_day(panel(4, firms=1))
    assert gls_t(sample(ar, EVENT)).statistic == pytest.approx(ar.car(EVENT).scar[0])
    assert gls_t(sample(ar, EVENT)).p_value == pytest.approx(ar.car(EVENT).p_value[0])
    assert sur_f(sample(ar, EVENT)).p_value == pytest.approx(ar.car(EVENT).p_value[0])


def test_sur_needs_complete_members_and_enough_days() -> None:
    returns = panel(5)
    returns.iloc[50, 1] = np.nan
    assert "misses a return" in str(sur_f(sample(on_one_day(returns), DAY)).reason)
    many = on_one_day(panel(5, firms=30), estimation=(-35, -6), minimum_returns=20)
    assert "degrees of freedom" in str(sur_f(sample(many, DAY)).reason)
    assert isinstance(gls_t(sample(on_days(panel(5), ["F0", "F1"], [100, 101]), DAY)), NotComputed)


def test_the_bootstrap_draws_as_arch_does() -> None:
    """The spread of a five-day mean CAR under the null, 4,000 draws each: within four Monte-Carlo errors."""
    from arch.bootstrap import StationaryBootstrap

    ar = on_one_day(panel(6))
    e = ar.residuals - ar.residuals.mean(axis=1, keepdims=True)
    at = stationary_indices(0, 65, 5, 4000, 4.0)
    ours = e[:, at].sum(axis=2).mean(axis=0)
    drawn = StationaryBootstrap(4, e.T, seed=1).bootstrap(4000)
    theirs = np.array([data[0][0][:5].sum(axis=0).mean() for data in drawn])
    assert ours.std() == pytest.approx(theirs.std(), rel=4 * np.sqrt(1 / 4000))
    assert stats.ks_2samp(ours, theirs).pvalue > 0.001
    p = (1 + (np.abs(theirs) >= abs(ar.caar(Window(0, 4)))).sum()) / 4001
    assert block_bootstrap(sample(ar, Window(0, 4)), draws=4000, block=4.0).p_value == pytest.approx(p, abs=0.04)


def test_the_bootstrap_repeats_with_its_seed_and_says_it() -> None:
    ar = on_one_day(panel(6))
    first, again = (block_bootstrap(sample(ar, EVENT), seed=7) for _ in range(2))
    assert first == again
    assert "seed 7" in str(first.note)
    assert block_bootstrap(sample(ar, EVENT), seed=8).p_value != first.p_value


def test_more_bootstrap_draws_never_show_less_than_the_days_can_carry() -> None:
    returns = panel(6)
    returns.iloc[100] -= 1  # no run of estimation days comes near
    ar = on_one_day(returns, at=100)
    days = np.isfinite(ar.residuals).all(axis=0).sum()
    shown = [block_bootstrap(sample(ar, DAY), draws=draws).p_value for draws in (20, 5000)]
    assert shown == [pytest.approx(1 / 21), pytest.approx(1 / (days + 1))]


def test_step_down_by_hand_and_against_a_loop() -> None:
    event = np.array([3.0, 1.0, 2.0])
    reference = np.array([[1.0, 2.5, 0.1, 3.5], [0.5, 1.5, 0.2, 0.3], [2.2, 0.4, 0.3, 1.0]])
    # step 1: largest of all 2.2 2.5 0.3 3.5 against 3 → 2/5; step 2: of firms 1 and 2 → 2.2 1.5 0.3 1.0 against 2 → 2/5;
    # step 3: firm 1 alone 0.5 1.5 0.2 0.3 against 1 → 2/5
    np.testing.assert_allclose(step_down(event, reference), [0.4, 0.4, 0.4])
    g = np.random.default_rng(0)
    event, reference = np.abs(g.standard_normal(6)) * 2, np.abs(g.standard_normal((6, 200)))
    np.testing.assert_allclose(step_down(event, reference), _loop(event, reference))


def test_step_down_equals_pyfixest() -> None:
    """The recipe and pyfixest's numbers stand in reference/romano_wolf."""
    folder = Path(__file__).parent / "reference" / "romano_wolf"
    statistics = np.abs(pd.read_csv(folder / "statistics.csv").to_numpy())
    expected = pd.read_csv(folder / "expected.csv")["p_value"]
    np.testing.assert_allclose(step_down(statistics[0], statistics[1:].T), expected)


def _loop(event: np.ndarray, reference: np.ndarray) -> np.ndarray:
    left, previous, out = list(np.argsort(-event)), 0.0, np.empty(len(event))
    while left:
        largest = reference[left].max(axis=0)
        previous = max(previous, (1 + (largest >= event[left[0]]).sum()) / (reference.shape[1] + 1))
        out[left.pop(0)] = previous
    return out


def test_the_first_step_of_romano_wolf_is_the_permutation_of_the_largest() -> None:
    ar = on_one_day(panel(7))
    adjusted = romano_wolf(ar, DAY)
    assert adjusted.min() == date_permutation_max(sample(ar, DAY)).p_value


def test_the_largest_of_one_candidate_is_the_plain_permutation() -> None:
    ar = on_one_day(panel(8))
    assert largest_of_candidates(ar, DAY).p_value == date_permutation_sar(sample(ar, DAY)).p_value
    more = largest_of_candidates(ar, Window(-3, 2))
    assert str(more.distribution) == f"{ar.residuals.shape[1] + 6} cyclic shifts of 6 days"
    observed = np.abs(ar.sar.mean(axis=0))[2:8]
    assert more.statistic == pytest.approx(observed.max())
    assert str(more.note) == f"largest on day {signed(f'{observed.argmax() - 3:+d}')}"


@pytest.mark.parametrize("dof", [10, 60, 248])
def test_the_detectable_effect_equals_statsmodels(dof: int) -> None:
    from statsmodels.stats.power import TTestPower

    theirs = TTestPower().solve_power(nobs=dof + 1, alpha=0.05, power=0.8) * np.sqrt(dof + 1)
    assert detectable(dof) == pytest.approx(theirs, rel=1e-6)


def test_a_detectable_effect_may_be_many_errors() -> None:
    """One degree of freedom and a power of 99.9 %: scipy's distribution finds it with just that power."""
    from scipy.stats import nct, t

    needed, critical = detectable(1, power=0.999), t.isf(0.025, 1)
    assert nct.sf(critical, 1, needed) == pytest.approx(0.999, abs=1e-6)


def test_the_smallest_detectable_effect_is_about_2_81_errors() -> None:
    ar = on_one_day(panel(9, days=400), at=350, estimation=(-255, -6))
    ratio = smallest_detectable_effect(ar, DAY) / ar.car(DAY).std_error
    np.testing.assert_allclose(ratio, 2.81, atol=0.01)


def test_the_first_forecast_does_not_see_the_event() -> None:
    """σ of day 0 and later is the same whatever happens from day 0 on."""
    returns = panel(11, days=400)
    moved = returns.copy()
    moved.iloc[350:, 1:] += 0.2
    options = {"at": 350, "estimation": (-255, -6), "model": "garch"}
    np.testing.assert_allclose(on_one_day(moved, **options).std_error, on_one_day(returns, **options).std_error)
