"""What must not grow: no matrix of pairs, and five factors cost at most three times one."""

import time
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from panels import ESTIMATION, EVENT, panel

from eventwindow.analyses.event_study import abnormal_returns
from eventwindow.calendars.window import Window
from eventwindow.estimation.abnormal import estimate
from eventwindow.estimation.event_time import event_returns
from eventwindow.estimation.models import FactorModel
from eventwindow.inference.registry import run_tests
from eventwindow.inference.sample import sample

DAY = Window(0, 0)
pytestmark = pytest.mark.slow  # what counts the lines of a program slows it


def test_six_thousand_firms_on_one_day_are_correlated_without_a_matrix_of_pairs() -> None:
    returns = panel(1, firms=20)
    events = pd.DataFrame({"security": [f"F{i % 20}" for i in range(6000)], "date": returns.index[100]})
    spans = {"estimation": ESTIMATION, "window": EVENT, "minimum_returns": 30, "benchmark": "MKT"}
    ar = abnormal_returns(returns, events.assign(event=range(6000)), **spans)
    assert sample(ar.select(np.arange(40)), DAY).correlation > 0  # imports
    tracemalloc.start()
    rbar = sample(ar, DAY).correlation
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    one = np.corrcoef(ar.residuals[:20])
    assert rbar == pytest.approx((one.sum() * 300**2 - 6000) / (6000 * 5999))
    assert peak < 100e6  # 36 million pairs would be 288 MB


def test_five_factors_cost_at_most_three_times_one() -> None:
    g = np.random.default_rng(0)
    days = pd.bdate_range("2018-01-01", periods=900)
    factors = pd.DataFrame(0.01 * g.standard_normal((900, 5)), days, ["market", "a", "b", "c", "d"])
    returns = pd.DataFrame(0.02 * g.standard_normal((900, 100)), days, [f"F{i}" for i in range(100)])
    at = {"security": [f"F{i}" for i in g.integers(0, 100, 1000)], "date": days[g.integers(300, 850, 1000)]}
    events = pd.DataFrame(at)

    def seconds(names: list[str]) -> float:
        start = time.process_time()
        spans = {"estimation": Window(-260, -11), "window": Window(-10, 10)}
        source = event_returns(returns, events, factors=factors[names], **spans)
        run_tests(estimate(source, FactorModel("own", tuple(names), risk_free=None)), DAY)
        return time.process_time() - start

    seconds(["market"])
    one, five = (min(seconds(names) for _ in range(5)) for names in (["market"], list(factors)))
    assert five <= 3 * one
