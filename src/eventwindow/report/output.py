"""Writes a result to a folder: report, figures, tables."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from eventwindow.claims.records import ledger_record
from eventwindow.errors import Reason, file_name, languages
from eventwindow.report.csv import write_csv
from eventwindow.report.swap import swapped_in
from eventwindow.report.workbook import workbook_name
from eventwindow.report.write import Extra
from eventwindow.study.result import StudyResult

ENDINGS = ("html", "md", "txt", "pdf", "docx", "png")  # of the report's files
OURS = {
    *(file_name(code).replace("html", ending) for code in languages() for ending in ENDINGS),
    *(file_name(code).replace("report", "appendix") for code in languages()),
    "cards",
    "claims",
    "datapackage.json",
    "figures",
    *(workbook_name(code) for code in languages()),
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
    extras : collection of {"png", "pdf", "excel", "word", "cards"}
        What takes time and is written where it is asked for: figures as PNG, the report on paper, the workbook, the
        report for word processors, cards for sharing.
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
    with swapped_in(out, OURS) as fresh:
        tables = partial(_write_tables, result, fresh / "results")
        write_report(result, fresh, codes, extras=extras, command=command, beside=[tables])
    return out / file_name("en" if not codes or "en" in codes else codes[0])


def _write_tables(result: StudyResult, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name, table in result.tables.items():
        write_csv(table, folder / f"{name}.csv")
    claims = ledger_record(result.verdicts, result.readings, result.disagreements)
    for name, content in (("run", result.run), ("claims", claims)):
        form: dict[str, Any] = {"ensure_ascii": False, "indent": 2, "sort_keys": name == "run", "allow_nan": False}
        text = json.dumps(content, default=Reason.__str__, **form)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8", newline="\n")
