"""Work on several cores: a second process for pieces of a run, threads for blocks of arrays."""

import os
import pickle
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from typing import Any, TypeVar

CORES = int(os.environ.get("EVENTWINDOW_CORES", os.cpu_count() or 1))
START_METHOD = os.environ.get("EVENTWINDOW_START_METHOD", "spawn")  # a library does not fork its host
POOL_METHOD = "fork" if sys.platform.startswith("linux") else "spawn"  # of processes that start before any thread
ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))

Work = Callable[[], Any]
Part = TypeVar("Part")

_second: ProcessPoolExecutor | None = None


@contextmanager
def second_core(imports: Sequence[str] = ()) -> Iterator[None]:
    """While this is open, `run_parallel` and `begin` share their work with one further process, where there is a core.

    The modules `imports` are read by both: before a fork, which shares them, or by each while the other goes on.
    """
    global _second  # noqa: PLW0603 one process for all runs of a command
    alone = _second is not None or CORES < 2
    if alone or START_METHOD == "fork":
        _import(imports)
    if alone:
        yield
        return
    with processes(1, START_METHOD) as pool:
        with starting():
            pool.submit(_import, tuple(imports))
        _second = pool
        try:
            yield
        finally:
            _second = None


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
def starting() -> Iterator[None]:
    """While a process starts, signals wait: they would reach it before it knows what to do with them."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
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


def _import(names: Sequence[str]) -> None:
    for name in names:
        import_module(name)


def begin(work: Work) -> Work:
    """Begin `work` beside what follows; calling the answer waits for it. Without a second process it is done then."""
    return work if _second is None else partial(_answer, _sent(_second, work), work)


def run_parallel(works: Sequence[Work]) -> list[Any]:
    """The answers of all pieces, in their order; the first error, in that order, is raised.

    Where a second process is open, both take the next piece as soon as they are free; pieces must be picklable and
    share nothing but what they read. If that process dies, its pieces are done here.
    """
    if _second is None:
        return [work() for work in works]
    _sent(_second, partial(_receive, pickle.dumps(works)))  # once: pieces share what they read, and change its caches
    left, answers = deque(range(len(works))), dict[int, Work]()
    if left:
        beside = threading.Thread(target=_hand_over, args=(_second, left.popleft(), left, answers), daemon=True)
        beside.start()
        _take(works, left, answers)
        beside.join()
        _take(works, left, answers)  # what the other process left when it died
    return [answers[place]() for place in range(len(works))]


def _take(works: Sequence[Work], left: deque[int], answers: dict[int, Work]) -> None:
    """The pieces that are left, done here."""
    with suppress(IndexError):
        while True:
            place = left.popleft()
            answers[place] = _kept(works[place])


def _hand_over(second: ProcessPoolExecutor, place: int, left: deque[int], answers: dict[int, Work]) -> None:
    """A piece after the other to the second process, until none is left; where that dies, it stays for this one."""
    with suppress(IndexError, CancelledError):
        while True:
            future = _sent(second, partial(_received, place))
            if isinstance(future.exception(), BrokenProcessPool):
                left.append(place)
                return
            answers[place] = future.result
            place = left.popleft()


_works: Sequence[Work] = ()  # in the second process: the pieces of this call


def _receive(works: bytes) -> None:
    global _works  # noqa: PLW0603 one call at a time
    _works = ()  # no piece of the call before answers for these where they cannot be read
    _works = pickle.loads(works)


def _received(place: int) -> Any:
    return _works[place]()


def _sent(second: ProcessPoolExecutor, work: Work) -> Future[Any]:
    """`work` on its way to the second process; where that is gone already, a future that says so."""
    try:
        return second.submit(work)
    except BrokenProcessPool as gone:
        future = Future[Any]()
        future.set_exception(gone)
        return future


def _answer(future: Future[Any], work: Work) -> Any:
    """What the other process answered; where it is gone, the work done here."""
    try:
        return future.result()
    except BrokenProcessPool:
        return work()


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


def in_blocks(n: int, work: Callable[[slice], Part], size: int = BLOCK) -> list[Part]:
    """What `work` returns for every slice of `size` events, in their order; slices must not touch each other's rows."""
    slices = [slice(i, min(i + size, n)) for i in range(0, n, size)]
    if len(slices) < THREADS_FROM:
        return [work(rows) for rows in slices]
    with ThreadPoolExecutor(CORES) as pool:
        return list(pool.map(work, slices))
