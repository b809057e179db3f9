"""Work on several cores: a second process for pieces of a run, threads for blocks of arrays."""

import gc
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import ForkingPickler
from typing import Any, TypeVar

CORES = int(os.environ.get("EVENTWINDOW_CORES", os.cpu_count() or 1))
START_METHOD = os.environ.get("EVENTWINDOW_START_METHOD", "spawn")  # a library does not fork its host
POOL_METHOD = "fork" if sys.platform.startswith("linux") else "spawn"  # of processes that start before any thread
ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))

Work = Callable[[], Any]
Part = TypeVar("Part")

_shared = False  # whether work may be shared with a second process
_common: list[Callable[[], object]] = []  # what both processes will need and was not read yet


@contextmanager
def second_core(*common: Callable[[], object]) -> Iterator[None]:
    """While this is open, `run_parallel` and `begin` share their work with a second process, where there is a core.

    What both will need in `common` is read beside the first piece that is begun, or before pieces are shared: a process
    that is forked then has it.
    """
    global _shared  # noqa: PLW0603 one permission for all runs of a command
    _common.extend(common)
    before, _shared = _shared, CORES > 1
    try:
        yield
    finally:
        _shared = before
        _common.clear()


@contextmanager
def processes(count: int, method: str = POOL_METHOD) -> Iterator[ProcessPoolExecutor]:
    """Processes to share work with: they end with this one whatever ends it, and at once where the block fails."""
    pool = ProcessPoolExecutor(count, get_context(method), initializer=obey, initargs=(os.getpid(),))
    try:
        yield pool
    except BaseException:
        _kill(pool)
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _kill(pool: ProcessPoolExecutor) -> None:
    """End the workers now, also amid an answer: with no writer left, who reads half of one sees its end and goes on."""
    workers = list((pool._processes or {}).values())
    for worker in workers:
        worker.kill()
    for worker in workers:
        worker.join()
    if workers:
        answers: Any = pool._result_queue
        answers._writer.close()


@contextmanager
def starting(method: str = POOL_METHOD) -> Iterator[None]:
    """While a process starts, signals wait: they would reach it before it knows what to do with them."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    if method == "spawn":
        resource_tracker.ensure_running()  # begun with the first process, it would let signals through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def obey(parent: int) -> None:
    """A worker leaves interrupts to its parent, and ends when the parent has been killed."""
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)
    watch(parent, partial(os._exit, 1))
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)


def watch(parent: int, end: Callable[[], object]) -> None:
    """Calls `end` when the process `parent`, which started this one, is gone."""
    known = parent_process()
    sentinels = [] if known is None else [known.sentinel]  # Windows keeps the number of a parent that is gone

    def wait_for() -> None:
        while os.getppid() == parent and not (sentinels and wait(sentinels, 0)):
            time.sleep(0.2)
        end()

    threading.Thread(target=wait_for, daemon=True).start()


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """While this is open, products of matrices are worked out in one order: the same bytes on any number of cores."""
    import scipy.linalg  # noqa: F401 it brings a BLAS of its own, and only what is loaded can be told
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, "blas"):
        yield


def _read_common() -> None:
    while _common:
        _common.pop()()


def begin(work: Work, *, forked: bool = False) -> Work:
    """Begin `work` beside what follows; calling the answer waits for it. Without a second process it is done then.

    What no one waits for any more is ended. Short work is begun only where the process is `forked`.
    """
    if not _shared or (forked and START_METHOD != "fork"):
        return work
    answers, open_ = dict[int, Work](), ExitStack()
    line = open_.enter_context(_second([work]))
    line.send(0)
    _read_common()

    def answer() -> Any:
        with open_:
            _receive(line, 0, answers)
        return answers.get(0, work)()

    return answer


def run_parallel(works: Sequence[Work], *, forked: bool = False) -> list[Any]:
    """The answers of all pieces, in their order; the first error, in that order, is raised.

    Where a second process may be had, this one begins with the first piece and that with the second; then both take the
    next as soon as they are free. Pieces share nothing but what
    they read; a process that is not forked gets them pickled. What it does not answer, for an error too, is done here.
    Short pieces are shared only with one that is `forked`: another takes longer to start than they do.
    """
    if not _shared or len(works) < 2 or (forked and START_METHOD != "fork"):
        return [work() for work in works]
    _read_common()
    left, answers, place = deque(range(1, len(works))), dict[int, Work](), 0
    with _second(works) as line:
        beside = threading.Thread(target=_hand_over, args=(line, left, answers), daemon=True)
        beside.start()
        with suppress(IndexError):
            while True:
                answers[place] = _kept(works[place])
                place = left.popleft()
        beside.join()
    return [answers.get(place, work)() for place, work in enumerate(works)]


@contextmanager
def _second(works: Sequence[Work]) -> Iterator[Connection]:
    """A line to a process that is told the place of a piece, and answers whether it was done and what came of it."""
    context: Any = get_context(START_METHOD)
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(works, ours, theirs, os.getpid()), daemon=True)
    with starting(START_METHOD):
        process.start()
    try:
        theirs.close()
        yield ours
    finally:
        process.kill()
        process.join()


def _serve(works: Sequence[Work], ours: Connection, line: Connection, parent: int) -> None:
    """What the second process does."""
    global _shared  # noqa: PLW0603 in this process
    _shared = False
    obey(parent)
    gc.freeze()  # a search through what the parent made would make a copy of it
    with suppress(OSError):  # a lock of the parent's, which may be drawing, is never given back here
        sys.stdout, sys.stderr = (
            open(number, "w", errors="backslashreplace", closefd=False)  # noqa: SIM115 to the end
            for number in (1, 2)
        )
    ours.close()
    with suppress(EOFError, OSError):  # the parent needs no more
        while True:
            place = line.recv()
            try:
                answer = ForkingPickler.dumps((True, works[place]()))
            except Exception:  # noqa: BLE001 it is raised by the parent, which tries too
                answer = ForkingPickler.dumps((False, None))
            line.send_bytes(answer)


def _hand_over(line: Connection, left: deque[int], answers: dict[int, Work]) -> None:
    """A piece after the other to the second process, until none is left or that has died."""
    with suppress(IndexError, OSError):
        while True:
            place = left.popleft()
            line.send(place)
            _receive(line, place, answers)


def _receive(line: Connection, place: int, answers: dict[int, Work]) -> None:
    """The answer to a piece, where there is one."""
    with suppress(EOFError, OSError):
        done, answer = line.recv()
        if done:
            answers[place] = lambda: answer


def _kept(work: Work) -> Work:
    """The answer of `work` or its error, to be given or raised later."""
    future = Future[Any]()
    try:
        future.set_result(work())
    except Exception as error:  # noqa: BLE001 it is raised again, the first in order
        future.set_exception(error)
    return future.result


BLOCK = 256  # events at a time
THREADS_FROM = 16  # blocks; below, starting threads costs more than it gives


def in_blocks(n: int, work: Callable[[slice], Part]) -> list[Part]:
    """What `work` returns for every slice of `BLOCK` events, in order; slices must not touch each other's rows."""
    slices = [slice(i, min(i + BLOCK, n)) for i in range(0, n, BLOCK)]
    if len(slices) < THREADS_FROM:
        return [work(rows) for rows in slices]
    with ThreadPoolExecutor(CORES) as pool:
        return list(pool.map(work, slices))
