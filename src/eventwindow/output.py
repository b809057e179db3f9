"""Writes a result to a folder: beside it first, swapped in when complete, so that a failed run costs nothing."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from eventwindow.claims.review import ledger_record
from eventwindow.errors import StudyError
from eventwindow.result import StudyResult

CSV_CODING = "utf-8-sig"  # without the byte-order mark a spreadsheet reads UTF-8 as the code page of its country
# What begins a formula in some spreadsheet, unless a number or a span of two follows: "-17 %", "-0.02 to -0.01".
FORMULA = re.compile(r"[=+\-@\t\n＝＋－＠](?!\Z|(?<=[+-])[\d.,]+( ?%)?( to [+-]?[\d.,]+( ?%)?)?\Z)")
OURS = {
    *(f"report{language}.{kind}" for language in ("", ".zh-Hant") for kind in ("html", "md", "pdf")),
    "datapackage.json",
    "figures",
    "results",
}


def write_result(result: StudyResult, out: Path, languages: Sequence[str] = ()) -> Path:
    """Write report, figures and tables under `out`, in both languages if none is named; returns the report's path."""
    from eventwindow.report import write_report

    check_out(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        write_report(result, fresh, languages, beside=[lambda: _write_tables(result, fresh / "results")])
        _swap(fresh, out)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return out / ("report.html" if not languages or "en" in languages else f"report.{languages[0]}.html")


def check_out(out: Path) -> None:
    """A folder that holds other things than a result is never written over."""
    if out.exists() and not out.is_dir():
        raise StudyError(f"{out} is a file", remedy="Give a folder with --out.")
    if out.is_dir() and any(out.iterdir()) and not (out / "results" / "run.json").is_file():
        raise StudyError(
            f"{out} is not empty and holds no earlier result", remedy="Give another folder with --out, or empty it."
        )


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """A table as a CSV file that a spreadsheet opens right in every language."""
    path.write_text(csv_text(table), encoding=CSV_CODING, newline="\n")


def csv_text(table: pd.DataFrame) -> str:
    """A table as CSV: decimals to twelve digits, ISO dates, moments in UTC, an empty cell for no number."""
    moments = table.select_dtypes("datetimetz").columns
    shown = {c: table[c].dt.tz_convert("UTC").dt.strftime("%Y-%m-%dT%H:%MZ") for c in moments}
    shown |= {str(c): _inert(table[c]) for c in table.select_dtypes(["object", "string", "category"])}
    table = table.assign(**shown)
    return table.to_csv(index=False, float_format="%.12g", date_format="%Y-%m-%d", lineterminator="\n")


def _inert(texts: pd.Series) -> pd.Series:
    """Texts that a spreadsheet takes for a formula, with an apostrophe before them, and line breaks of one kind."""
    told = {t: _plain(t) for t in texts.unique() if isinstance(t, str)}
    changed = {t: plain for t, plain in told.items() if plain != t}
    return texts.astype(object).map(lambda t: changed.get(t, t)) if changed else texts


def _plain(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")  # a lone one is written unquoted and would end the row
    return f"'{text}" if FORMULA.match(text) else text


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
