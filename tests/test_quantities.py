"""Portfolios, buy-and-hold returns, volume and volatility."""

import numpy as np
import pandas as pd
import pytest
from panels import EVENT, on_days, on_one_day, panel
from scipy import stats

from eventwindow.analyses.event_study import abnormal_returns
from eventwindow.calendars.window import Window
from eventwindow.errors import StudyError
from eventwindow.estimation.returns import log_volume
from eventwindow.inference.cross_sectional import bhar_of_shifts, bhar_t, firm_bhar
from eventwindow.inference.permutation import abnormal_volatility, volatility_permutation
from eventwindow.inference.portfolio import portfolio
from eventwindow.inference.registry import NotComputed, SignificanceResult
from eventwindow.inference.sample import sample
from eventwindow.inference.single_firm import firm_sq
from eventwindow.inference.sur import portfolio_t

DAY = Window(0, 0)


def test_an_equal_weighted_portfolio_is_the_mean_stock() -> None:
    returns = panel(1)
    firms = [f"F{i}" for i in range(5)]
    mean = on_one_day(returns[["MKT"]].assign(F0=returns[firms].mean(axis=1)))
    basket = portfolio(on_one_day(returns))
    np.testing.assert_allclose(basket.sar, mean.sar, rtol=1e-10)
    assert portfolio_t(sample(on_one_day(returns), EVENT)).statistic == pytest.approx(mean.car(EVENT).scar[0])


def test_a_value_weighted_portfolio_has_the_weighted_abnormal_return() -> None:
    ar, weights = on_one_day(panel(1)), np.array([5.0, 1, 1, 2, 1])
    np.testing.assert_allclose(portfolio(ar, weights).ar[0], weights @ ar.ar / 10, atol=1e-14)


def test_a_portfolio_needs_one_day_and_usable_weights() -> None:
    with pytest.raises(StudyError, match="do not share their event days"):
        portfolio(on_days(panel(1), ["F0", "F1"], [100, 101]))
    with pytest.raises(StudyError, match="finite weights"):
        portfolio(on_one_day(panel(1)), np.array([1.0, 2]))


def test_buy_and_hold_compounds_both_sides() -> None:
    ar = on_one_day(panel(2))
    at = slice(5, 10)
    by_hand = (1 + ar.actual[:, at]).prod(axis=1) - (1 + ar.expected[:, at]).prod(axis=1)
    np.testing.assert_allclose(ar.bhar(Window(0, 4)), by_hand)
    assert bhar_t(sample(ar, Window(0, 4))).statistic == pytest.approx(stats.ttest_1samp(by_hand, 0).statistic)


def test_a_firms_buy_and_hold_is_ranked_among_its_own() -> None:
    ar = on_one_day(panel(2))
    runs, window = bhar_of_shifts(ar, Window(0, 4)), Window(0, 4)
    assert runs.shape == (5, 70)  # 65 estimation days and the five of the window
    np.testing.assert_allclose(runs[:, 65], ar.bhar(window))
    assert firm_bhar(ar, window).p_value[0] == (np.abs(runs[0]) >= abs(runs[0, 65]) * (1 - 1e-12)).mean()
    np.testing.assert_allclose(firm_bhar(ar, DAY).p_value, firm_sq(ar, DAY).p_value)


def test_buy_and_hold_of_log_returns_is_refused() -> None:
    ar = on_one_day(panel(2), kind="log")
    with pytest.raises(StudyError, match="simple returns"):
        ar.bhar(DAY)
    assert isinstance(bhar_t(sample(ar, DAY)), NotComputed)


def test_abnormal_volume_is_found_where_it_was_planted() -> None:
    g = np.random.default_rng(3)
    days = pd.bdate_range("2023-01-02", periods=140)
    volume = pd.DataFrame(np.exp(10 + 0.3 * g.standard_normal((140, 3))), days, ["F0", "F1", "F2"])
    volume.iloc[100] *= 20
    events = pd.DataFrame({"security": volume.columns, "date": days[100]})
    spans = {"estimation": (-70, -6), "window": (-5, 5), "minimum_returns": 30}
    ar = abnormal_returns(log_volume(volume), events, model="mean_adjusted", kind="log_volume", **spans)
    assert (firm_sq(ar, DAY).p_value == firm_sq(ar, DAY).floor).all()
    np.testing.assert_allclose(ar.ar[:, 5], np.log(20), atol=1.2)
    turnover = log_volume(volume, pd.Series(1e6, volume.columns))
    assert turnover.iloc[0, 0] == pytest.approx(np.log(100 * volume.iloc[0, 0] / 1e6 + 0.000255))


def test_abnormal_volatility_is_one_on_average_and_found_where_planted() -> None:
    quiet = on_one_day(panel(4, firms=400, rho=0.0), estimation=(-25, -6), minimum_returns=10)
    ratio, p = abnormal_volatility(quiet)
    assert ratio.mean() == pytest.approx(1, abs=0.05)
    assert stats.kstest(p[:, 5], "uniform").pvalue > 0.01
    loud = panel(4)
    loud.iloc[100, 1:] *= np.array([9, -9, 9, -9, 9])
    result = volatility_permutation(sample(on_one_day(loud), DAY))
    assert isinstance(result, SignificanceResult)
    assert result.p_value == pytest.approx(1 / 66)
