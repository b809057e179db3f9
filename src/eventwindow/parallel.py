"""Independent pieces of work on two cores: each takes the next as it is free."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from multiprocessing.connection import Connection
from typing import Any, TypeVar

PATIENCE = 20.0  # times as long as this process took, and a second, before the other is given up
MOST = 255  # pieces of work, one byte each

Work = Callable[[], Any]


class Failed:
    """What a piece of work raised, in place of its answer."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


def side_by_side(mine: Sequence[Work], shared: Sequence[Work]) -> list[Any]:
    """The answers of `mine` and then of `shared`, in their order; the pieces share nothing but what they read.

    On Linux with two cores a forked process takes pieces of `shared` from the first on, and this one does too when it
    is through with `mine`; elsewhere one follows the other. The first error, in the order of the pieces, is raised.
    `shared` may use numpy, pandas and matplotlib, but no library with a thread pool of its own, which a fork leaves
    behind: that is for `mine`. If no answer comes in time, all is done here.
    """
    works = [*mine, *shared]
    if not sys.platform.startswith("linux") or (os.cpu_count() or 1) < 2 or multiprocessing.current_process().daemon:
        return [work() for work in works]
    queue = _queue(range(len(mine), len(works)))
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_send, args=(works, queue, sender), daemon=True)
    began = time.monotonic()
    child.start()
    sender.close()
    try:
        answers = _answers(works, chain(range(len(mine)), _next(queue)), queue)
        answers |= _received(receiver, PATIENCE * (1 + time.monotonic() - began))
    finally:
        child.terminate()
        child.join()
        os.close(queue)
    return _in_order(works, answers)


def _queue(places: range) -> int:
    """A pipe that holds a byte for each place; whoever reads it has it."""
    reading, writing = os.pipe()
    os.write(writing, bytes(places))
    os.close(writing)
    return reading


def _next(queue: int) -> Iterator[int]:
    while place := os.read(queue, 1):
        yield place[0]


def _answers(works: Sequence[Work], places: Iterator[int], queue: int) -> dict[int, Any]:
    """Place → answer; after a failure no further piece is begun, here or there."""
    found: dict[int, Any] = {}
    for place in places:
        try:
            found[place] = works[place]()
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 it is raised again, the first in order
            found[place] = Failed(error)
            os.read(queue, MOST)
            break
    return found


def _send(works: Sequence[Work], queue: int, sender: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is the parent's to handle
    sender.send(_answers(works, _next(queue), queue))
    sender.close()


def _received(receiver: Connection, seconds: float) -> dict[int, Any]:
    """What the other process answered: nothing, if it is gone or silent."""
    try:
        answers: dict[int, Any] = receiver.recv() if receiver.poll(seconds) else {}
    except EOFError:
        return {}
    return answers


def _in_order(works: Sequence[Work], answers: dict[int, Any]) -> list[Any]:
    failed = min((place for place, answer in answers.items() if isinstance(answer, Failed)), default=None)
    if failed is not None:
        raise answers[failed].error
    return [answers[place] if place in answers else work() for place, work in enumerate(works)]


Part = TypeVar("Part")

BLOCK = 256  # events at a time
THREADS_FROM = 16  # blocks; below, starting threads costs more than it gives


def in_blocks(n: int, work: Callable[[slice], Part], size: int = BLOCK) -> list[Part]:
    """What `work` returns for every slice of `size` events, in their order; slices must not touch each other's rows."""
    slices = [slice(i, min(i + size, n)) for i in range(0, n, size)]
    if len(slices) < THREADS_FROM:
        return [work(rows) for rows in slices]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(work, slices))
