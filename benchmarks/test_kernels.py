"""The kernels of a panel study, each by itself: pytest benchmarks/test_kernels.py (needs pytest-benchmark)."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from speed import case

from eventwindow.calendars.dates import Rows
from eventwindow.calendars.window import Window
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.panel.chunk import Specification, Task, fitted
from eventwindow.panel.events import event_list
from eventwindow.panel.group_sums import cells
from eventwindow.panel.own_sessions import Exchanges
from eventwindow.panel.pairs import pair_sums
from eventwindow.panel.passes import _ranks, _rows, first_pass, second_pass
from eventwindow.panel.run import plan_of
from eventwindow.panel.source import ONE, frame_panel

EVENTS = 2000


@pytest.fixture(scope="module", params=[0.0, 0.002], ids=["whole", "gaps"])
def task(request) -> Task:
    returns, table, drawn = case(EVENTS, 1)
    drawn = drawn.assign(event=np.arange(EVENTS))  # some are drawn twice
    returns = returns.mask(np.random.default_rng(1).random(returns.shape) < request.param)
    panel = frame_panel(returns)
    spec = Specification(Window(-260, -11), Window(-10, 10), (Window(0, 0), Window(0, 1)))
    every = Exchanges({ONE: np.arange(len(panel.sessions))})
    listed = event_list(drawn, panel.sessions, panel.securities, every, Rows("events"))
    return plan_of(spec, panel, listed, table, EVENTS, every).task(0)


@pytest.fixture(scope="module")
def fit(task) -> AbnormalReturns:
    return fitted(task, slice(None))


def test_first_pass(benchmark, task):
    assert len(benchmark(first_pass, task)["events/row"]) == EVENTS


def test_second_pass(benchmark, task):
    assert benchmark(second_pass, task, np.ones(2))["event"].shape == (2,)


def test_fit(benchmark, task):
    assert len(benchmark(fitted, task, slice(None))) == EVENTS


def test_pairs_that_share_a_day(benchmark, task, fit):
    rows = _rows(task, fit)
    spec = task.specification
    assert np.isfinite(benchmark(pair_sums, rows, spec).total).all()


def test_ranks(benchmark, task, fit):
    held = np.ones((len(fit), 2), bool)
    summed = cells(held, np.full(len(fit), -1), 0)
    assert benchmark(_ranks, fit, summed, slice(None))["raw ranks"].shape == (2, 271)
