"""Pieces of a run beside each other: the same answers, the first error in order, and nothing lost with the other process."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from functools import partial

import pandas as pd
import pytest

from eventwindow import parallel
from eventwindow.parallel import begin, run_parallel, second_core


def fails(words: str) -> None:
    raise ValueError(words)


@pytest.fixture(autouse=True)
def two_cores(monkeypatch):
    monkeypatch.setattr(parallel, "CORES", 2)


def rested() -> int:
    """The number of the process that does this, and is busy with it for a while."""
    time.sleep(0.3)
    return os.getpid()


def dies_elsewhere(pid: int) -> int:
    """End any process but the one of this number."""
    if os.getpid() != pid:
        os._exit(1)
    return 7


def test_without_a_second_process_pieces_follow_one_another():
    assert run_parallel([os.getpid, partial(int, "7")]) == [os.getpid(), 7]
    assert run_parallel([]) == []


def test_answers_come_in_the_order_of_the_pieces():
    table = pd.DataFrame({"a": [1.0, 2.0]})
    with second_core():
        found = run_parallel([table.copy, *[partial(pow, n, 2) for n in range(20)]])
        assert begin(partial(pow, 3, 2))() == 9
    assert found[0].equals(table)
    assert found[1:] == [n**2 for n in range(20)]


def test_a_second_process_takes_part():
    with second_core():
        first, second = run_parallel([rested, rested])
        assert (first, second != first) == (os.getpid(), True)
        assert begin(os.getpid)() != os.getpid()


def test_short_pieces_wait_for_no_process_that_must_be_started_anew(monkeypatch):
    monkeypatch.setattr(parallel, "START_METHOD", "spawn")
    with second_core():
        assert run_parallel([os.getpid, os.getpid], forked=True) == [os.getpid()] * 2
        assert begin(os.getpid, forked=True)() == os.getpid()


@pytest.mark.parametrize("share", [begin, lambda work: run_parallel([work, work])])
def test_what_both_need_is_read_once_work_is_shared(share):
    read = []
    with second_core(partial(read.append, 1)):
        assert read == []
        share(os.getpid)
        share(os.getpid)
    assert read == [1]


def test_the_first_error_in_order_is_raised():
    with second_core(), pytest.raises(ValueError, match="first"):
        run_parallel([partial(int, "1"), partial(fails, "first"), partial(fails, "second")])


def test_where_the_other_process_dies_its_pieces_are_done_here():
    with second_core():
        assert run_parallel([partial(int, "1"), partial(dies_elsewhere, os.getpid())]) == [1, 7]


def unpicklable() -> object:
    return threading.Lock()


def test_an_answer_that_cannot_be_sent_is_given_here(capfd):
    with second_core():
        assert isinstance(begin(unpicklable)(), type(threading.Lock()))
        assert run_parallel([rested, rested, partial(int, "3")])[2] == 3
    assert capfd.readouterr().err == ""


def test_a_process_that_died_before_takes_nothing_with_it():
    with second_core():
        run_parallel([partial(int, "1"), partial(dies_elsewhere, os.getpid())])
        assert run_parallel([partial(int, "1"), partial(int, "2"), partial(int, "3")]) == [1, 2, 3]
        assert begin(partial(dies_elsewhere, os.getpid()))() == 7


AMID = """
import sys, time
from eventwindow.parallel import processes

def large():
    return bytes(300_000_000)

if __name__ == "__main__":
    try:
        with processes(2, sys.argv[1]) as pool:
            pool.submit(large)
            while not pool._result_queue._reader.poll():
                time.sleep(0.001)
            raise KeyboardInterrupt  # while a worker writes its answer, of which half was read
    except KeyboardInterrupt:
        print("ended")
"""


@pytest.mark.parametrize("method", ["spawn", *(["fork"] if sys.platform.startswith("linux") else [])])
def test_an_interrupt_amid_an_answer_ends_the_run(tmp_path, method):
    (tmp_path / "amid.py").write_text(AMID)
    command = [sys.executable, str(tmp_path / "amid.py"), method]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (ended.returncode, ended.stdout) == (0, "ended\n"), ended.stderr
