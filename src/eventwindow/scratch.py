"""What a run holds while it lives, locks and temporary folders: the system lets go of a lock when its process dies."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

PREFIX = "eventwindow~"  # of folders among the system's temporary ones

_mine: set[Path] = set()


@contextmanager
def held(folder: Path, *, wait: bool = False) -> Iterator[bool | None]:
    """Holds a folder against other runs: False where another has it, None where it cannot be held."""
    try:
        handle = _opened(folder, wait=wait)
    except FileExistsError:
        yield False
        return
    except OSError:
        yield None
        return
    try:
        yield True
    finally:
        os.close(handle)


def _opened(folder: Path, *, wait: bool) -> int:
    """A handle that holds the folder until it is closed; FileExistsError where another holds it."""
    try:
        import fcntl
    except ImportError:
        return _marked(folder.with_name(f"{folder.name}.held"), wait=wait)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        if os.fstat(handle).st_ino != folder.stat().st_ino:  # replaced while this one waited
            raise FileNotFoundError(folder)
    except BlockingIOError:
        os.close(handle)
        raise FileExistsError(folder) from None
    except BaseException:
        os.close(handle)
        raise
    return handle


def _marked(mark: Path, *, wait: bool) -> int:
    """Windows: a file beside the folder, which goes when its handle is closed, by whatever."""
    while True:
        try:
            return os.open(mark, os.O_CREAT | os.O_EXCL | getattr(os, "O_TEMPORARY", 0))
        except FileExistsError:
            if not wait:
                raise
            time.sleep(0.05)


@contextmanager
def temporary_folder(parent: Path | None = None, prefix: str = PREFIX) -> Iterator[Path]:
    """A folder of this run's own, gone when the block ends; what killed runs left among the system's goes first."""
    where = parent or Path(tempfile.gettempdir())
    if parent is None:
        for left in abandoned(where, prefix):
            shutil.rmtree(left, ignore_errors=True)
    with ExitStack() as stack:
        fresh = _made(where, prefix, stack)
        try:
            yield fresh
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
            _mine.discard(fresh)


def _made(parent: Path, prefix: str, stack: ExitStack) -> Path:
    """A folder that is held before another run can take it for abandoned."""
    while True:
        fresh = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        _mine.add(fresh)
        if stack.enter_context(held(fresh)) is not False and fresh.is_dir():
            return fresh
        _mine.discard(fresh)


def abandoned(parent: Path, prefix: str) -> Iterator[Path]:
    """The folders of that name whose runs are gone, each held while it is looked at."""
    try:
        entries = sorted(parent.iterdir())
    except OSError:
        return
    for left in entries:
        if left.name.startswith(prefix) and "~" not in left.name.removeprefix(prefix):
            with held(left) as mine:
                if mine and _is_ours(left):
                    yield left


def _is_ours(folder: Path) -> bool:
    try:
        return folder.stat().st_uid == getattr(os, "getuid", lambda: 0)()
    except OSError:
        return False


def remove_all() -> None:
    """Take away every temporary folder of this process: it ends before its blocks do."""
    for folder in list(_mine):
        shutil.rmtree(folder, ignore_errors=True)
