"""`eventwindow diff`: what changed between two folders of results, as a person reads it or as JSON."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from eventwindow.errors import StudyError, counted
from eventwindow.report.difference import DIGEST, difference

DIFFER = 3  # exit code
SHOWN = 5  # columns of a table
LONG = 60  # letters of a value
DECIMAL = re.compile(r"-?\d+\.\d+(e-?\d+)?")


def compare(old: Path, new: Path, tolerance: float, as_json: bool) -> int:
    """Print what differs; 0 where nothing does, else `DIFFER`."""
    if not tolerance >= 0:
        raise StudyError(f"--tolerance {tolerance} is below zero", remedy="Give a small number: 1e-9.")
    found = difference(old, new, tolerance)
    same = not any(found.values())
    if as_json:
        print(json.dumps({"equal": same, **found}, ensure_ascii=False, indent=1))
    else:
        print(*([f"nothing differs, numbers to within {tolerance:g}"] if same else _lines(found)), sep="\n")
    return 0 if same else DIFFER


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    if found["verdicts"]:
        yield f"Verdicts: {_differ(found['verdicts'])}"
        yield from (f"  {row['id']}: {_move(row)}" for row in found["verdicts"])
    for part in dict.fromkeys(row["part"] for row in found["run"]):
        rows = [row for row in found["run"] if row["part"] == part]
        yield f"{part.capitalize().replace('_', ' ')}: {_differ(rows)}"
        yield from (f"  {row['key']}: {_move(row)}" if row["key"] else f"  {_move(row)}" for row in rows)
    if found["tables"]:
        yield f"Tables: {_differ(found['tables'])}"
        for row in found["tables"]:
            yield from _table(row)


def _differ(rows: Sequence[Any]) -> str:
    return f"{len(rows)} {'differs' if len(rows) == 1 else 'differ'}"


def _move(row: Mapping[str, Any]) -> str:
    return f"{_shown(row['old'])} → {_shown(row['new'])}"


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if len(text) == DIGEST and all(sign in "0123456789abcdef" for sign in text):
        return f"{text[:12]}…"
    return text if len(text) <= LONG else f"{text[: LONG - 1]}…"


def _table(row: Mapping[str, Any]) -> Iterator[str]:
    """Rows and columns that only one has, then each column that differs with its largest difference."""
    old, new = row["rows"]
    if old is None or new is None:
        yield f"  {row['table']}: only in the {'new' if old is None else 'old'} result"
        return
    told = [
        f"{n:,} {'row' if n == 1 else 'rows'} only in {which}"
        for n, which in zip(row["only"], ("old", "new"), strict=True)
        if n
    ]
    told += [f"{which} alone has {', '.join(c)}" for c, which in zip(row["columns"], ("old", "new"), strict=True) if c]
    yield f"  {row['table']} ({old:,} rows)" + (f": {'; '.join(told)}" if told else "")
    cells = row["cells"]
    for c in cells[:SHOWN]:
        gap = "" if c["largest"] is None else f", largest {c['largest']:+.3g}"
        at = f" at {c['at']}" if c["at"] else ""
        cell = {key: f"{float(c[key]):.6g}" if DECIMAL.fullmatch(c[key]) else c[key] for key in ("old", "new")}
        yield f"    {c['column']}: {c['cells']:,} {'cell' if c['cells'] == 1 else 'cells'}{gap} ({_move(cell)}{at})"
    if len(cells) > SHOWN:
        yield f"    and {counted(len(cells) - SHOWN, 'more column')}: {', '.join(c['column'] for c in cells[SHOWN:])}"
