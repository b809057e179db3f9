"""Writes a result to a folder: beside it first, swapped in when complete, so that a failed run costs nothing."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path

from eventwindow.claims.records import ledger_record
from eventwindow.errors import StudyError, file_name, languages
from eventwindow.report.csv import write_csv
from eventwindow.report.write import Extra
from eventwindow.study.result import StudyResult

ENDINGS = ("html", "md", "txt", "pdf", "png")  # of the report's files
OURS = {
    *(file_name(code).replace("html", ending) for code in languages() for ending in ENDINGS),
    *(file_name(code).replace("report", "appendix") for code in languages()),
    "cards",
    "claims",
    "datapackage.json",
    "figures",
    "results",
}


def write_result(
    result: StudyResult,
    out: Path | str,
    codes: Sequence[str] = (),
    *,
    extras: Collection[Extra] = (),
    command: str = "",
) -> Path:
    """Write report, figures and tables to a folder; an earlier result in it is replaced when all is written.

    Parameters
    ----------
    result : StudyResult
        What `run_study` gave.
    out : path or str
        The folder; it is made where it is not there.
    codes : sequence of str
        Languages to write, "en" for one; all if none is named.
    extras : collection of {"png", "pdf"}
        What takes time and is written where it is asked for: figures as PNG, the report on paper.
    command : str
        The command that made the result, for readers who run it again.

    Returns
    -------
    Path
        The report.

    Raises
    ------
    StudyError
        Where `out` is a file, or a folder that holds other things than a result.

    Examples
    --------
    >>> result = ew.run_study(ew.new_study("event-in-words"), prices="shipped")
    >>> ew.write_result(result, "out", ["en"]).name
    'report.html'
    """
    from eventwindow.report.write import write_report

    out = Path(out)
    check_out(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        tables = partial(_write_tables, result, fresh / "results")
        write_report(result, fresh, codes, extras=extras, command=command, beside=[tables])
        _swap(fresh, out)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return out / file_name("en" if not codes or "en" in codes else codes[0])


def check_out(out: Path) -> None:
    """A folder that holds other things than a result is never written over."""
    if out.exists() and not out.is_dir():
        raise StudyError(f"{out} is a file", remedy="Give a folder with --out.")
    if out.is_dir() and any(out.iterdir()) and not (out / "results" / "run.json").is_file():
        raise StudyError(
            f"{out} is not empty and holds no earlier result", remedy="Give another folder with --out, or empty it."
        )


def _write_tables(result: StudyResult, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name, table in result.tables.items():
        write_csv(table, folder / f"{name}.csv")
    claims = ledger_record(result.verdicts, result.readings, result.disagreements)
    for name, content in (("run", result.run), ("claims", claims)):
        text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=name == "run", allow_nan=False)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def _swap(fresh: Path, out: Path) -> None:
    """Put the new folder in the place of the old; what the user laid beside the old result moves with it."""
    old = fresh.with_name(fresh.name + "-old")
    fresh.chmod(0o777 & ~_umask())
    if out.exists():
        for entry in out.iterdir():
            if entry.name not in OURS:
                shutil.copytree(entry, fresh / entry.name) if entry.is_dir() else shutil.copy2(entry, fresh)
        out.rename(old)
    try:
        fresh.rename(out)
    except OSError:
        if old.exists():
            old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
