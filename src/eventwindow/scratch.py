"""What a run holds while it lives, locks and folders of its own: the system lets go of a lock when its process dies."""

import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePath
from typing import TypeVar

from eventwindow.errors import StudyError

PREFIX = "eventwindow~"  # of folders among the system's temporary ones
MARK = "~"  # of the folders beside: `.NAME~…` is being written, or was left by a run that was killed
OLD = "-old"  # in such a folder, of what stood in the place while another is put there

_mine: set[Path] = set()
AnyPath = TypeVar("AnyPath", bound=PurePath)


@contextmanager
def locked(folder: Path, *, wait: bool = False) -> Iterator[bool | None]:
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
        return _marked(mark_of(folder), wait=wait)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        replaced = os.fstat(handle).st_ino != folder.stat().st_ino  # while this one waited
    except BlockingIOError:
        os.close(handle)
        raise FileExistsError(folder) from None
    except BaseException:
        os.close(handle)
        raise
    if not replaced:
        return handle
    os.close(handle)
    return _opened(folder, wait=wait)


def mark_of(folder: AnyPath) -> AnyPath:
    """The file that holds a folder: beside it, so that the folder can go; at the root of a drive inside."""
    return folder.with_name(f"{folder.name}.held") if folder.name else folder / "eventwindow.held"


def _marked(mark: Path, *, wait: bool) -> int:
    """Windows: a file beside the folder, which goes when its handle is closed, by whatever."""
    while True:
        try:
            return os.open(mark, os.O_CREAT | os.O_EXCL | getattr(os, "O_TEMPORARY", 0))
        except FileExistsError:
            if not wait:
                raise
            time.sleep(0.05)


def is_temporary(folder: Path) -> bool:
    """Whether a run makes it for a while, by its name."""
    return folder.name.startswith(PREFIX) or (folder.name.startswith(".") and MARK in folder.name)


@contextmanager
def temporary_folder(parent: Path | None = None, prefix: str = PREFIX) -> Iterator[Path]:
    """A folder of this run's own, gone when the block ends; what killed runs left among the system's goes first."""
    where = parent or Path(tempfile.gettempdir())
    if parent is None:
        for left in abandoned(where, prefix):
            shutil.rmtree(left, ignore_errors=True)
    with ExitStack() as stack:
        yield _made(where, prefix, stack)


@contextmanager
def beside(place: Path) -> Iterator[Path]:
    """A path of the same name in a folder of this run's own, for what is to be put in that place by one rename."""
    with temporary_folder(place.parent, f".{place.name}{MARK}") as folder:
        yield folder / place.name


def refuse(place: Path) -> None:
    raise StudyError(f"{place} exists already", remedy="Give another name, or remove it first.")


@contextmanager
def put_in_place(
    place: Path, check: Callable[[Path], None] = refuse, put: Callable[[Path, Path], object] | None = None
) -> Iterator[Path]:
    """Where to write a file or folder that stands at `place` once the block has ended well.

    `check` raises what speaks against a place that is taken: by default, that it is. `put` brings it there, by default
    by its name.
    """
    at = Path(os.path.realpath(place.parent)) / place.name
    at.parent.mkdir(parents=True, exist_ok=True)
    with locked(at.parent, wait=True):
        recover(at)
    _if_taken(place, check)
    with beside(at) as fresh:
        yield fresh
        with locked(at.parent, wait=True):
            _if_taken(place, check)
            (put or Path.rename)(fresh, at)


def _if_taken(place: Path, check: Callable[[Path], None]) -> None:
    if os.path.lexists(place):
        check(place)


def recover(place: Path) -> None:
    """What killed runs left beside: what stood in the place goes back where nothing stands, the rest is removed."""
    for left in abandoned(place.parent, f".{place.name}{MARK}"):
        old = left / f"{place.name}{OLD}"
        if old.exists() and not place.exists():
            old.rename(place)
        shutil.rmtree(left, ignore_errors=True)


def _made(parent: Path, prefix: str, stack: ExitStack) -> Path:
    """A folder that is answered for before it is there, and held before another run can take it for abandoned."""
    while True:
        fresh = parent / f"{prefix}{secrets.token_hex(6)}"
        _mine.add(fresh)
        stack.callback(clear, fresh)
        fresh.mkdir(mode=0o700)
        if stack.enter_context(locked(fresh)) is not False and fresh.is_dir():
            return fresh


def clear(folder: Path) -> None:
    """Remove a folder, in a second pass what an interrupt or a process that still wrote there left of it."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        if os.path.lexists(folder):
            shutil.rmtree(folder, ignore_errors=True)
        if not os.path.lexists(folder):
            _mine.discard(folder)


def abandoned(parent: Path, prefix: str) -> Iterator[Path]:
    """The folders of that name whose runs are gone, each held while it is looked at."""
    try:
        with os.scandir(parent) as entries:  # the system's temporary folder may hold thousands
            names = sorted(entry.name for entry in entries if entry.name.startswith(prefix))
    except OSError:
        return
    for left in (parent / name for name in names if MARK not in name.removeprefix(prefix)):
        with locked(left) as mine:
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
        clear(folder)
