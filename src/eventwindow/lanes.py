"""Two independent stages at once, on the second core where there is one."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

First = TypeVar("First")
Second = TypeVar("Second")

PATIENCE = 20.0  # times as long as this process took, and a second, before the other is given up


def side_by_side(first: Callable[[], First], second: Callable[[], Second]) -> tuple[First, Second]:
    """The results of two functions that share nothing but what they read.

    On Linux with two cores `second` runs in a forked process, whose result is sent back; elsewhere one runs after the
    other. An exception of either is raised here. `second` may use numpy, pandas and matplotlib, but no library with a
    thread pool of its own, which a fork leaves behind; if no answer comes in time, it is run here.
    """
    if not sys.platform.startswith("linux") or (os.cpu_count() or 1) < 2 or multiprocessing.current_process().daemon:
        return first(), second()
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_send, args=(second, sender), daemon=True)
    began = time.monotonic()
    child.start()
    sender.close()
    try:
        mine = first()
        answered, answer = _received(receiver, PATIENCE * (1 + time.monotonic() - began))
    finally:
        child.terminate()
        child.join()
    theirs = answer if answered else second()
    if isinstance(theirs, BaseException):
        raise theirs
    return mine, theirs


def _send(function: Callable[[], object], sender: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is the parent's to handle
    try:
        answer = function()
    except BaseException as error:  # noqa: BLE001 it is raised again in the parent
        answer = error
    sender.send(answer)
    sender.close()


def _received(receiver: Connection, seconds: float) -> tuple[bool, Any]:
    """Whether the other process answered, and what."""
    try:
        return (True, receiver.recv()) if receiver.poll(seconds) else (False, None)
    except EOFError:
        return False, None
