"""Two independent stages at once, on the second core where there is one."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import TypeVar

First = TypeVar("First")
Second = TypeVar("Second")


def side_by_side(first: Callable[[], First], second: Callable[[], Second]) -> tuple[First, Second]:
    """The results of two functions that share nothing but what they read.

    On Linux with two cores `second` runs in a forked process, whose result is sent back; elsewhere one runs after the
    other. An exception of either is raised here.
    """
    if not sys.platform.startswith("linux") or (os.cpu_count() or 1) < 2 or multiprocessing.current_process().daemon:
        return first(), second()
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_send, args=(second, sender), daemon=True)
    child.start()
    sender.close()
    try:
        mine = first()
        theirs = _received(receiver)
    finally:
        if child.is_alive() and sys.exc_info()[0] is not None:
            child.terminate()
        child.join()
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


def _received(receiver: Connection):  # type: ignore[no-untyped-def]
    try:
        return receiver.recv()
    except EOFError:
        return RuntimeError("a stage ended without an answer: the process was killed, or memory ran out")
