"""What must not grow: no matrix of pairs is held. How long things take is measured in benchmarks/."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest
from panels import ESTIMATION, EVENT, panel

from eventwindow.analyses.event_study import abnormal_returns
from eventwindow.calendars.window import Window
from eventwindow.inference.sample import sample

DAY = Window(0, 0)
pytestmark = pytest.mark.slow  # what counts the lines that run holds memory of its own


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
