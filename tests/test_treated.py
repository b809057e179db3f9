"""The benchmark without the treated: an index of known make-up must come apart into its parts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from eventwindow.analyses.benchmarks import ex_treated_benchmark
from eventwindow.errors import StudyError
from eventwindow.estimation.ex_treated import weights_from_values, without_treated
from eventwindow.study.analyses import filled_weights
from eventwindow.study.definition import read_study
from eventwindow.study.estimates import estimated
from eventwindow.study.library import find_study
from eventwindow.study.load import read_inputs

DAYS = pd.bdate_range("2024-01-01", periods=60, name="date")


@pytest.fixture
def market():
    """Three stocks, their fixed share counts, and the index of their summed values."""
    g = np.random.default_rng(1)
    prices = pd.DataFrame(100 * np.exp(np.cumsum(g.normal(0, 0.03, (60, 3)), axis=0)), DAYS, ["A", "B", "C"])
    values = prices * [5.0, 2.0, 3.0]
    return prices, values, values.sum(axis=1)


def star(market, treated, dated=DAYS[40]):
    prices, values, index = market
    weights = (values.loc[dated] / index[dated])[treated]
    returns = prices[treated].pct_change()
    return without_treated(index.pct_change(), returns, prices, index, weights, dated)


def test_an_index_without_one_of_its_stocks_is_the_index_of_the_others(market):
    """On every day, before and after the day of the weights: they drift as the index's own do."""
    _, values, _ = market
    others = values[["B", "C"]].sum(axis=1).pct_change()
    assert star(market, ["A"]).returns[1:].to_numpy() == pytest.approx(others[1:].to_numpy(), abs=1e-13)


def test_an_index_without_all_but_one_stock_is_that_stock(market):
    prices, *_ = market
    assert star(market, ["A", "C"]).returns[1:].to_numpy() == pytest.approx(prices["B"].pct_change()[1:], abs=1e-13)


def test_the_day_of_the_weights_does_not_matter(market):
    first, second = star(market, ["A"], DAYS[5]), star(market, ["A"], DAYS[55])
    assert first.returns[1:].to_numpy() == pytest.approx(second.returns[1:].to_numpy(), abs=1e-13)


@pytest.mark.parametrize(("dated", "close"), [(DAYS[40], DAYS[40]), (pd.Timestamp("2024-02-03"), DAYS[24])])
def test_weights_of_a_day_without_a_session_hold_at_the_close_before_it(market, dated, close):
    prices, _, index = market
    rows = pd.DataFrame({"date": [dated], "index": ["I"], "symbol": ["A"], "weight": [0.3]})
    returns = {"A": prices["A"].pct_change()}
    frames = {"A": prices[["A"]].set_axis(["close"], axis="columns"), "I": index.to_frame("close")}
    found = ex_treated_benchmark(index.pct_change(), returns, frames, rows, "I", ["A"])
    assert found.weights["A"].shift(-1)[close] == pytest.approx(0.3)


@pytest.mark.parametrize("dated", ["2023-12-29", "2024-04-06"])
def test_weights_beyond_the_prices_are_an_error(market, dated):
    prices, _, index = market
    rows = pd.DataFrame({"date": [pd.Timestamp(dated)], "index": ["I"], "symbol": ["A"], "weight": [0.3]})
    frames = {"A": prices[["A"]].set_axis(["close"], axis="columns"), "I": index.to_frame("close")}
    with pytest.raises(StudyError, match=f"weights of {dated}, while prices reach from 2024-01-01 to 2024-03-22"):
        ex_treated_benchmark(index.pct_change(), {"A": prices["A"].pct_change()}, frames, rows, "I", ["A"])


def test_a_hand_worked_day():
    """Weight 0.2 the day before, stock -10 %, market -1 %: (-0.01 + 0.02) / 0.8 = +1.25 %; 200 % explained."""
    days = DAYS[:2]
    market = pd.Series([np.nan, -0.01], days)
    result = without_treated(
        market,
        pd.DataFrame({"A": [np.nan, -0.10]}, days),
        pd.DataFrame({"A": [100.0, 90.0]}, days),
        pd.Series([1000.0, 990.0], days),
        pd.Series({"A": 0.2}),
        days[0],
    )
    assert result.returns[days[1]] == pytest.approx(0.0125)
    row = result.table(days[1], days[1]).iloc[0]
    assert (row["treated_weight"], row["treated_contribution"]) == pytest.approx((0.2, -0.02))
    assert row["share_explained"] == pytest.approx(2.0)


def test_a_stock_that_is_not_listed_yet_counts_as_not_held(market):
    prices, values, index = market
    late = prices.copy()
    late.loc[DAYS[:30], "A"] = np.nan
    weights = (values.loc[DAYS[40]] / index[DAYS[40]])[["A"]]
    result = without_treated(index.pct_change(), late[["A"]].pct_change(), late, index, weights, DAYS[40])
    assert (result.weights.loc[DAYS[:31], "A"] == 0).all()
    assert result.returns[DAYS[1:31]].to_numpy() == pytest.approx(index.pct_change()[DAYS[1:31]].to_numpy())


def test_weights_from_values_scale_with_the_published_one():
    weights = weights_from_values(pd.Series({"NVDA": 3493.0, "AAPL": 3347.0}), "NVDA", 0.0696)
    assert weights["NVDA"] == 0.0696
    assert weights["AAPL"] == pytest.approx(0.0696 * 3347 / 3493)


def test_weights_left_empty_come_from_market_values():
    """One published weight and the share counts give the others: those that ship were made the same way."""
    inputs = read_inputs(read_study(find_study("deepseek-2025")), "shipped", lambda _: None)
    estimates, weights = estimated(inputs), inputs.tables["weights"]
    blank = weights.assign(weight=weights["weight"].where(weights["symbol"] == "NVDA"))
    filled = filled_weights(estimates, blank, "^GSPC").set_index("symbol")["weight"]
    shipped = weights.set_index("symbol")["weight"]
    assert filled["NVDA"] == shipped["NVDA"]
    for symbol in ("AVGO", "AMD", "MU", "MSFT", "META"):
        assert filled[symbol] == pytest.approx(shipped[symbol], rel=0.02), symbol
    assert filled_weights(estimates, weights, "^GSPC")["weight"].equals(weights["weight"])


def test_the_treated_explain_more_than_the_whole_fall_of_the_index(deepseek):
    """27 January 2025: without the layers that sell to AI the market rose, so every abnormal return is larger."""
    views = deepseek.table("views").query("window_start == 0 and window_end == 0").set_index(["benchmark", "security"])
    plain, without = views.loc[("SPY", "NVDA"), "car"], views.loc[("SPY without the treated", "NVDA"), "car"]
    assert without < plain < -0.11
    assert without > -0.21
