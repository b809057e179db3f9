"""Pieces of work on two cores: all answers, or the first error, as if they had run one after the other."""

from __future__ import annotations

import os
import sys
import time

import pandas as pd
import pytest

from eventwindow import parallel as lanes
from eventwindow.errors import PriceError
from eventwindow.parallel import side_by_side


def failing():
    raise PriceError("no prices", where="a.csv, line 3", remedy="Mend it.")


def test_all_answers_come_back_in_order():
    table = pd.DataFrame({"a": [1.5, None]})
    found = side_by_side([lambda: "mine"], [lambda: 41 + 1, lambda: {"t": table}, lambda: None, *[os.getpid] * 20])
    assert found[:2] == ["mine", 42]
    pd.testing.assert_frame_equal(found[2]["t"], table)
    assert found[3] is None
    assert len(found) == 24
    assert side_by_side([], []) == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks on Linux only")
@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core")
def test_a_long_piece_leaves_the_others_to_the_other_process():
    def long():
        time.sleep(0.5)
        return os.getpid()

    mine, *shared = side_by_side([long], [os.getpid, os.getpid])
    assert mine == os.getpid()
    assert set(shared) != {mine}
    assert len(set(shared)) == 1


def also_failing():
    raise PriceError("nor others")


@pytest.mark.parametrize(
    "works",
    [([failing], [lambda: 1]), ([lambda: 1], [failing]), ([], [failing, also_failing]), ([failing], [also_failing])],
)
def test_the_first_error_in_order_is_raised_whole(works):
    with pytest.raises(PriceError) as error:
        side_by_side(*works)
    assert (error.value.what, error.value.where, error.value.remedy) == ("no prices", "a.csv, line 3", "Mend it.")


def test_an_interrupt_ends_both_at_once():
    def interrupted():
        raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        side_by_side([interrupted], [lambda: time.sleep(30)])
    assert time.monotonic() - began < 20


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks on Linux only")
@pytest.mark.parametrize("lost", [lambda: os._exit(9), lambda: time.sleep(60)], ids=["killed", "hung"])
def test_a_piece_that_does_not_come_back_is_done_here(monkeypatch, lost):
    """The parent's process id tells where it was done in the end."""
    monkeypatch.setattr(lanes, "PATIENCE", 0.2)
    parent = os.getpid()
    assert side_by_side(
        [lambda: time.sleep(0.3)], [lambda: lost() if os.getpid() != parent else parent, os.getpid]
    ) == [None, parent, parent]


def test_one_core_gives_the_same(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert side_by_side([os.getpid], [os.getpid]) == [os.getpid(), os.getpid()]
