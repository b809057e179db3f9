"""A folder of results swapped in whole: written beside, put in place by one rename, the old one there until then."""

from __future__ import annotations

import glob
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from eventwindow.errors import StudyError

CHUNKS = "work"  # finished chunks of a panel study that was stopped
MARK = "~"  # of the folders beside: `.NAME~…` is being written, or was left by a run that was killed


@contextmanager
def swapped_in(out: Path, ours: set[str]) -> Iterator[Path]:
    """A fresh folder to write into, which takes the place of `out` when the block ends without an error.

    What the user laid beside the old result (whatever is not in `ours`) moves with it.
    """
    out = Path(os.path.realpath(out))
    check_out(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        fresh = _made(out, stack)
        try:
            yield fresh
            fresh.chmod(0o777 & ~_umask())
            if out.is_dir():
                for entry in out.iterdir():
                    if entry.name not in ours:
                        _copy(entry, fresh / entry.name)
            _exchange(fresh, out)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


def check_out(out: Path) -> None:
    """A folder that holds other things than a result is never written over; what killed runs left is put right."""
    _recover(out)
    if out.exists() and not out.is_dir():
        raise StudyError(f"{out} is a file", remedy="Give a folder with --out.")
    if out.is_dir() and not holds_result(out) and {entry.name for entry in out.iterdir()} - {CHUNKS}:
        raise StudyError(
            f"{out} is not empty and holds no earlier result", remedy="Give another folder with --out, or empty it."
        )


def _made(out: Path, stack: ExitStack) -> Path:
    """A folder beside `out` that is this run's own, before another can take it for abandoned."""
    while True:
        fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}{MARK}", dir=out.parent))
        mine = stack.enter_context(_owned(fresh))
        if (mine or os.name != "posix") and fresh.is_dir():
            return fresh


def holds_result(folder: Path) -> bool:
    return (folder / "results" / "run.json").is_file()


def _recover(out: Path) -> None:
    """What killed runs left beside `out`: the old result goes back where none stands, the rest is removed."""
    for left in sorted(out.parent.glob(f".{glob.escape(out.name)}{MARK}*")):
        writer = left.with_name(left.name.removesuffix("-old"))
        with _owned(writer if writer.exists() else left) as mine:
            if not mine:
                continue
            if not out.exists() and left.name.endswith("-old"):
                left.rename(out)
            else:
                shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _owned(folder: Path) -> Iterator[bool]:
    """Holds a folder for this process, if no other holds it; the system lets go of it when a process dies."""
    try:
        import fcntl
    except ImportError:  # Windows: a folder cannot be held, so that none is taken for abandoned
        yield False
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        yield False
        return
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            mine = True
        except OSError:
            mine = False
        yield mine
    finally:
        os.close(handle)


def _exchange(fresh: Path, out: Path) -> None:
    """Put `fresh` in the place of `out`: in one step where the system can, else by way of `…-old`."""
    for _ in range(100):  # another run may put its result there between the two steps
        if not out.exists():
            with suppress(OSError):
                fresh.rename(out)
                return
        if _exchanged(fresh, out):
            return
        old = fresh.with_name(f"{fresh.name}-old")
        try:
            out.rename(old)
            fresh.rename(out)
            shutil.rmtree(old, ignore_errors=True)
            return
        except FileNotFoundError:  # taken away meanwhile
            continue
        except OSError:
            if not old.exists():
                raise
            if not out.exists():
                old.rename(out)
                raise
            shutil.rmtree(old, ignore_errors=True)  # another run's result stands there now
    raise OSError(f"{out} is written by too many runs at once")


def _exchanged(one: Path, other: Path) -> bool:
    """Linux: two names change places at one moment; False where that cannot be done."""
    import ctypes

    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if os.name == "posix" else None
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return rename is not None and rename(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0


def _copy(entry: Path, place: Path) -> None:
    if entry.is_symlink() or not entry.is_dir():
        shutil.copy2(entry, place, follow_symlinks=False)
    else:
        shutil.copytree(entry, place, symlinks=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
