"""The process of a command: ended at any moment, it says so in one line and leaves no process and no folder behind."""

from __future__ import annotations

import codecs
import contextlib
import gc
import io
import os
import signal
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    UnraisableHookArgs = sys.UnraisableHookArgs

ENDING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # where the system has them
PATIENCE = 3.0  # seconds for the command to end in order once it is told to
LACKING = "eventwindow.lacking"  # how letters are written that an encoding lacks
PARENT = "EVENTWINDOW_PARENT"  # the number of a process with which this one ends

_told: list[int] = []  # the signal that ends this process


def process() -> int:
    for name in ENDING:
        if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) != signal.SIG_IGN:  # as nohup asks for
            signal.signal(getattr(signal, name), _end)
    sys.unraisablehook = _unraised
    _print_all_letters()
    sys.warnoptions.append("ignore:resource_tracker")  # of workers that are ended at once; it cleans up after them
    try:
        code = _command()
    except BaseException as error:  # noqa: BLE001 a signal may have turned into any other
        if not _told:
            from eventwindow.cli.main import exit_code_of

            return exit_code_of(error)
    if not _told:
        gc.freeze()  # what is left goes with the process: the interpreter would search it three times
        return code
    _say()
    _sweep()
    return 128 + _told[0]


def _print_all_letters() -> None:
    """ASCII, as locale C has it, becomes UTF-8; what another encoding lacks is written otherwise, and ends no run."""
    codecs.register_error(LACKING, _lacking)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = "utf-8" if codecs.lookup(stream.encoding).name == "ascii" else stream.encoding
            errors = LACKING if stream.errors == "strict" else stream.errors
            stream.reconfigure(encoding=encoding, errors=errors)


def _lacking(error: UnicodeError) -> tuple[str, int]:
    """The minus of print as a hyphen, any other letter as its code."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    from eventwindow.errors import printable

    letters = printable(error.object[error.start : error.end])
    return letters.encode("ascii", "backslashreplace").decode("ascii"), error.end


def _command() -> int:
    parent = os.environ.pop(PARENT, "")
    from eventwindow.cli.main import run

    forked = sys.platform.startswith("linux")  # this process is the command's own
    os.environ.setdefault("EVENTWINDOW_START_METHOD", "fork" if forked else "spawn")
    if parent:
        from eventwindow.parallel import watch

        watch(int(parent), lambda: os.kill(os.getpid(), signal.SIGTERM))
    return run(None)


def _end(number: int, _: FrameType | None) -> None:
    """End the command in order; where it does not end soon, at once. Further signals change nothing."""
    if _told:
        return
    _told.append(number)
    clock = threading.Timer(PATIENCE, _at_once)
    clock.daemon = True
    clock.start()
    raise SystemExit(128 + number)


def _at_once() -> None:
    _say()
    _sweep()
    os._exit(128 + _told[0])


_said = threading.Lock()


def _say() -> None:
    if _said.acquire(timeout=1.0):  # the other thread may be amid its line
        how = "interrupted" if _told[0] == signal.SIGINT else "terminated"
        with contextlib.suppress(OSError, ValueError):  # a terminal that is gone
            print(f"eventwindow: {how}; nothing was half-written", file=sys.stderr, flush=True)


def _sweep() -> None:
    """End what the command started and take away what it made for a while."""
    if "multiprocessing" in sys.modules:
        from multiprocessing import active_children

        for child in active_children():
            child.kill()
            child.join(1)  # it writes no more into a folder that is taken away
    if "eventwindow.scratch" in sys.modules:
        from eventwindow.scratch import remove_all

        remove_all()


def _unraised(fault: UnraisableHookArgs) -> None:
    """An interrupt that fell where nothing can be raised: the clock of `_end` ends the command."""
    if not (_told and issubclass(fault.exc_type, SystemExit)):
        sys.__unraisablehook__(fault)
