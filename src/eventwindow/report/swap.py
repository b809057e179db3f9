"""A folder of results swapped in whole: written beside, put in place by one rename, the old one there until then."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from eventwindow.errors import StudyError
from eventwindow.scratch import OLD, beside, locked, put_in_place, recover, temporary_folder

CHUNKS = "work"  # finished chunks of a panel study that was stopped
CALIBRATION = "calibration.csv"  # by which the tables of `calibrate` are known


@contextmanager
def swapped_in(out: Path, ours: set[str], chunks: Path | None = None) -> Iterator[Path]:
    """A fresh folder to write into, which takes the place of `out` when the block ends without an error.

    What the user laid beside the old result (whatever is not in `ours`) moves with it. `chunks` is where this run holds
    its own; while another run works on some in `out`, this one waits.
    """
    out = Path(os.path.realpath(out))
    check_out(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with beside(out) as fresh:
        fresh.mkdir()
        yield fresh
        with _alone(out, chunks):
            if out.is_dir():
                for entry in out.iterdir():
                    if entry.name not in ours:
                        _copy(entry, fresh / entry.name)
            _exchange(fresh, out)


def put_again(place: Path, check: Callable[[Path], None]) -> AbstractContextManager[Path]:
    """Where to write a folder that stands at `place` once the block has ended well, also over one that `check` lets go.

    It raises what speaks against that.
    """
    return put_in_place(place, check, _exchange)


def check_out(out: Path) -> None:
    """A folder that holds other things than a result is never written over; what killed runs left is put right."""
    out = Path(os.path.realpath(out))
    with locked(out.parent, wait=True):
        recover(out)
        for place in (out, *out.parents):
            if place.exists() and not place.is_dir():
                raise StudyError(f"{place} is a file", remedy="Give a folder with --out.")
        earlier = holds_result(out) or (out / CALIBRATION).is_file()
        if out.is_dir() and not earlier and {entry.name for entry in out.iterdir()} - {CHUNKS}:
            remedy = "Give another folder with --out, or empty it."
            raise StudyError(f"{out} is not empty and holds no earlier result", remedy=remedy)


@contextmanager
def chunks_folder(out: Path) -> Iterator[Path]:
    """`out/work`, whose chunks a later run takes up; while another run works there, a folder of this run's own."""
    work = Path(os.path.realpath(out)) / CHUNKS
    work.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        with locked(work.parent.parent, wait=True):
            work.mkdir(exist_ok=True)
            mine = stack.enter_context(locked(work)) is not False
        yield work if mine else stack.enter_context(temporary_folder())


@contextmanager
def _alone(out: Path, chunks: Path | None) -> Iterator[None]:
    """Nothing else is put in the place of `out`, and no other run works on chunks in it."""
    work = out / CHUNKS
    while True:
        with ExitStack() as stack:
            stack.enter_context(locked(out.parent, wait=True))
            if work == chunks or stack.enter_context(locked(work)) is not False:
                yield
                return
        with locked(work, wait=True):
            pass


def holds_result(folder: Path) -> bool:
    return (folder / "results" / "run.json").is_file()


def _exchange(fresh: Path, out: Path) -> None:
    """Put `fresh` in the place of `out`: in one step where the system can, else by way of `-old`."""
    if not out.exists():
        fresh.rename(out)
    elif not _exchanged(fresh, out):
        old = fresh.with_name(f"{out.name}{OLD}")
        try:
            out.rename(old)
            fresh.rename(out)
        except BaseException:
            if not out.exists():
                old.rename(out)
            raise


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
