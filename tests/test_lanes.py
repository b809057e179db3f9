"""Two stages side by side: both results, or the error of either, as if they had run one after the other."""

from __future__ import annotations

import os
import sys
import time

import pandas as pd
import pytest

from eventwindow import lanes
from eventwindow.errors import PriceError
from eventwindow.lanes import side_by_side


def failing():
    raise PriceError("no prices", where="a.csv, line 3", remedy="Mend it.")


def test_both_results_come_back():
    table = pd.DataFrame({"a": [1.5, None]})
    first, second = side_by_side(lambda: 41 + 1, lambda: {"t": table})
    assert first == 42
    pd.testing.assert_frame_equal(second["t"], table)


@pytest.mark.parametrize("stages", [(failing, lambda: 1), (lambda: 1, failing)])
def test_an_error_of_either_is_raised_whole(stages):
    with pytest.raises(PriceError) as error:
        side_by_side(*stages)
    assert (error.value.what, error.value.where, error.value.remedy) == ("no prices", "a.csv, line 3", "Mend it.")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks on Linux only")
@pytest.mark.parametrize("lost", [lambda: os._exit(9), lambda: time.sleep(60)], ids=["killed", "hung"])
def test_a_stage_that_does_not_answer_is_run_here(monkeypatch, lost):
    """The parent's process id tells where it ran in the end."""
    monkeypatch.setattr(lanes, "PATIENCE", 0.2)
    parent = os.getpid()
    assert side_by_side(lambda: 1, lambda: lost() if os.getpid() != parent else parent) == (1, parent)


def test_one_core_gives_the_same(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert side_by_side(os.getpid, os.getpid) == (os.getpid(), os.getpid())
