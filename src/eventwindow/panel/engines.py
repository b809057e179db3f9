"""The same chunks on one core, on the cores of this machine, or on a Dask cluster."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import contextmanager
from functools import partial
from typing import Any

from eventwindow.errors import StudyError, needs_library
from eventwindow.parallel import processes, starting

Work = Callable[..., Any]
Run = Callable[[Work, Sequence[int], Callable[[int], tuple[Any, ...]]], Iterator[tuple[int, Any]]]
ENGINES = ("local", "dask")


@contextmanager
def engine_named(name: str, workers: int | None = None, client: Any = None) -> Iterator[Run]:
    """A function that runs `work(*arguments(i))` for every number i and yields (i, answer) as they come.

    "local": `workers` processes, one for the calling process itself. "dask": `client` is a distributed.Client or a
    scheduler's address; left out, a cluster on this machine.
    """
    if name not in ENGINES:
        raise StudyError(f"engine {name!r} is unknown.", remedy=f"Engines: {', '.join(ENGINES)}.")
    if name == "dask":
        with _dask(workers, client) as run:
            yield run
        return
    count = workers or os.cpu_count() or 1
    if count == 1 or multiprocessing.current_process().daemon:
        yield _in_turn
        return
    with _local(count) as run:
        yield run


def _in_turn(
    work: Work, numbers: Sequence[int], arguments: Callable[[int], tuple[Any, ...]]
) -> Iterator[tuple[int, Any]]:
    for number in numbers:
        yield number, work(*arguments(number))


@contextmanager
def _local(count: int) -> Iterator[Run]:
    with processes(count) as pool:
        with starting():
            wait([pool.submit(os.getpid)])  # the processes start now, while this one is still small
        yield partial(_shared, pool, count)


def _shared(
    pool: Executor,
    count: int,
    work: Work,
    numbers: Sequence[int],
    arguments: Callable[[int], tuple[Any, ...]],
) -> Iterator[tuple[int, Any]]:
    open_: dict[Future[Any], int] = {}
    for number in numbers:
        if len(open_) > count:
            yield from _finished(open_)
        open_[pool.submit(work, *arguments(number))] = number
    while open_:
        yield from _finished(open_)


def _finished(open_: dict[Future[Any], int]) -> Iterator[tuple[int, Any]]:
    for future in wait(open_, return_when=FIRST_COMPLETED).done:
        yield open_.pop(future), future.result()


@contextmanager
def _dask(workers: int | None, client: Any) -> Iterator[Run]:
    try:
        import dask
        from distributed import Client
    except ImportError:
        raise needs_library('engine="dask"', "dask", "distributed") from None
    given = isinstance(client, Client)
    if not given:
        options: dict[str, Any] = {"n_workers": workers or os.cpu_count() or 1, "threads_per_worker": 1}
        client = Client(client) if client else Client(**options, dashboard_address=None)  # type: ignore[no-untyped-call]

    # a task carries its stretch of the panel, so that it can be run again wherever a worker is left
    try:
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GiB"}):
            yield partial(_shared, client.get_executor(pure=False, retries=3), 2 * max(1, len(client.ncores())))
    finally:
        if not given:
            client.close()
