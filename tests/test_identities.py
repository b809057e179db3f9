"""What must hold for any returns."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from panels import EVENT, on_days, on_one_day, panel
from scipy import stats

from eventwindow.calendars.window import Window
from eventwindow.inference.permutation import date_permutation_mean
from eventwindow.inference.registry import NotComputed, SignificanceResult, run_tests
from eventwindow.inference.sample import sample
from eventwindow.inference.standardised import adjusted_patell_z, bmp_t, kolari_pynnonen_t, patell_z
from eventwindow.inference.sur import portfolio_t

seeds = st.integers(0, 2**32 - 1)
windows = st.tuples(st.integers(-5, 5), st.integers(-5, 5)).map(lambda ends: Window(min(ends), max(ends)))
few = settings(max_examples=15, deadline=None)
DAY = Window(0, 0)


def statistics(results: list) -> dict[str, tuple[float, float]]:
    return {r.name: (r.statistic, r.p_value) for r in results if isinstance(r, SignificanceResult)}


@few
@given(seeds, st.floats(-0.01, 0.01))
def test_a_constant_added_to_a_stock_leaves_its_abnormal_returns(seed: int, constant: float) -> None:
    returns = panel(seed)
    moved = returns.assign(F0=returns["F0"] + constant)
    np.testing.assert_allclose(on_one_day(moved).ar, on_one_day(returns).ar, atol=1e-12)


@few
@given(seeds, windows, st.floats(0.1, 10))
def test_scaling_all_returns_leaves_every_standardised_statistic(seed: int, window: Window, factor: float) -> None:
    plain, scaled = on_one_day(panel(seed)), on_one_day(panel(seed) * factor)
    np.testing.assert_allclose(scaled.car(window).scar, plain.car(window).scar, rtol=1e-8)
    before, after = statistics(run_tests(plain, window)), statistics(run_tests(scaled, window))
    in_returns = {"date_permutation_mean", "conformal_mean", "block_bootstrap"}  # their statistic is a return
    nonlinear = in_returns | {"bhar_t", "bhar_skewness_adjusted_t"}
    for name in set(before) - nonlinear:
        assert after[name] == pytest.approx(before[name], rel=1e-7, abs=1e-9)
    for name in in_returns:
        assert after[name] == (pytest.approx(factor * before[name][0], rel=1e-7, abs=1e-12), before[name][1])


@few
@given(seeds, windows)
def test_the_order_of_the_firms_does_not_matter(seed: int, window: Window) -> None:
    ar = on_days(panel(seed), [f"F{i}" for i in range(5)], [100, 100, 102, 120, 100])
    turned = ar.select(np.array([3, 1, 4, 0, 2]))
    before, after = statistics(run_tests(ar, window)), statistics(run_tests(turned, window))
    assert before.keys() == after.keys()
    for name, pair in before.items():
        assert after[name] == pytest.approx(pair, rel=1e-8, abs=1e-10)


@few
@given(seeds, windows, st.integers(2, 6))
def test_copies_of_one_firm_say_no_more_than_the_firm(seed: int, window: Window, copies: int) -> None:
    one = on_one_day(panel(seed, firms=1))
    many = one.select(np.zeros(copies, int))
    assert sample(many, window).correlation == pytest.approx(1)
    for test in (portfolio_t, date_permutation_mean):
        of_many, of_one = test(sample(many, window)), test(sample(one, window))
        assert of_many.p_value == pytest.approx(of_one.p_value, rel=1e-8)
    assert isinstance(kolari_pynnonen_t(sample(many, window)), NotComputed)


@few
@given(seeds, st.integers(-5, 4))
def test_a_split_window_adds_up(seed: int, cut: int) -> None:
    ar = on_one_day(panel(seed))
    parts = ar.car(Window(-5, cut)).car + ar.car(Window(cut + 1, 5)).car
    np.testing.assert_allclose(parts, ar.car(EVENT).car, atol=1e-14)


@few
@given(seeds, windows)
def test_the_caar_is_the_mean_car_and_the_sum_of_aars(seed: int, window: Window) -> None:
    ar = on_one_day(panel(seed))
    assert ar.caar(window) == pytest.approx(ar.car(window).car.mean(), abs=1e-14)
    assert ar.caar(window) == pytest.approx(ar.aar()["aar"].loc[window.start : window.end].sum(), abs=1e-14)


@few
@given(seeds)
def test_adjusted_tests_equal_the_plain_ones_where_no_day_is_shared(seed: int) -> None:
    ar = on_days(panel(seed, days=180), [f"F{i}" for i in range(5)], [100, 112, 124, 136, 148])
    assert sample(ar, EVENT).correlation == 0
    assert adjusted_patell_z(sample(ar, EVENT)).statistic == patell_z(sample(ar, EVENT)).statistic
    assert kolari_pynnonen_t(sample(ar, EVENT)).statistic == bmp_t(sample(ar, EVENT)).statistic


@few
@given(seeds, windows)
def test_the_correlation_holds_the_common_forecast_error(seed: int, window: Window) -> None:
    """With one market and one day, adjusted Patell is the t of the basket of standardised firms, up to Patell's factor."""
    returns = panel(seed)
    ar = on_one_day(returns)
    scaled = returns.copy()
    scaled[ar.labels["security"].tolist()] /= 100 * ar.sigma
    dof = ar.dof[0]
    expected = portfolio_t(sample(on_one_day(scaled), window)).statistic / np.sqrt(dof / (dof - 2))
    assert adjusted_patell_z(sample(ar, window)).statistic == pytest.approx(expected, rel=1e-9)


@few
@given(seeds, windows)
def test_the_basket_moves_as_its_members_do(seed: int, window: Window) -> None:
    ar = on_one_day(panel(seed))
    t = portfolio_t(sample(ar, window)).statistic
    assert np.sign(t) == np.sign(ar.caar(window))


@few
@given(seeds, windows)
def test_p_values_are_probabilities_and_permutations_never_zero(seed: int, window: Window) -> None:
    for result in run_tests(on_one_day(panel(seed)), window):
        if isinstance(result, SignificanceResult):
            assert 0 <= result.p_value <= 1
            assert np.isfinite(result.statistic)
            assert not result.name.startswith("date_permutation") or result.p_value > 0


def test_standardised_abnormal_returns_of_normal_data_follow_t() -> None:
    """Six estimation days, two coefficients: t(4), and not the normal."""
    g = np.random.default_rng(1)
    table = pd.DataFrame(0.01 * g.standard_normal((20, 4001)), pd.bdate_range("2024-01-01", periods=20))
    table.columns = ["MKT", *(f"F{i}" for i in range(4000))]
    ar = on_one_day(table, at=15, estimation=(-6, -1), window=(0, 2), minimum_returns=5)
    assert stats.kstest(ar.sar[:, 0], stats.t(4).cdf).pvalue > 0.01
    assert stats.kstest(ar.car().scar, stats.t(4).cdf).pvalue > 0.01
    assert stats.kstest(ar.sar[:, 0], stats.norm.cdf).pvalue < 0.01


def test_two_calendars_are_one_where_their_days_agree() -> None:
    """A member listed later shortens the permutation to the days that all members have."""
    returns = panel(3)
    returns.iloc[:60, 1] = np.nan
    result = date_permutation_mean(sample(on_one_day(returns), DAY))
    assert str(result.distribution) == "35 estimation days"
