"""`eventwindow diff`: what changed between two folders of results, as a person reads it or as JSON."""

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eventwindow.errors import StudyError, counted, several
from eventwindow.report.difference import DIGEST, difference

DIFFER = 3  # exit code
SHOWN = 5  # columns of a table, names of what only one has
MANY = 10  # values of one kind that are told one by one
LONG = 60  # letters of a value
DECIMAL = re.compile(r"-?\d+\.\d+(e-?\d+)?")


def diff_command(options: argparse.Namespace) -> int:
    """Print what differs; 0 where nothing does, else `DIFFER`."""
    tolerance = options.tolerance
    if not tolerance >= 0:
        raise StudyError(f"--tolerance {tolerance} is below zero", remedy="Give a small number: 1e-9.")
    found = difference(options.old, options.new, tolerance)
    same = not any(found.values())
    if options.json:
        print(json.dumps({"equal": same, **found}, ensure_ascii=False, indent=1))
    else:
        print(*([f"nothing differs, numbers to within {tolerance:g}"] if same else _lines(found)), sep="\n")
    return 0 if same else DIFFER


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    if found["verdicts"]:
        yield f"Verdicts: {_differ(found['verdicts'])}"
        yield from _moves([{"key": row["id"], **row} for row in found["verdicts"]])
    for part in dict.fromkeys(row["part"] for row in found["run"]):
        rows = [row for row in found["run"] if row["part"] == part]
        yield f"{part.capitalize().replace('_', ' ')}: {_differ(rows)}"
        yield from _moves(rows)
    if found["tables"]:
        yield f"Tables: {_differ(found['tables'])}"
        yield from _tables(found["tables"])


def _moves(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Each value that is another; many that only one of the two has in one line, named by what they belong to."""
    kept = list(rows)
    for which, lacks in (("old", "new"), ("new", "old")):
        alone = [row for row in rows if row[lacks] is None]
        if len(alone) > SHOWN:
            kept = [row for row in kept if row not in alone]
            whose = several(_owners([row["key"] for row in alone]), SHOWN)
            yield f"  {len(alone):,} only in the {which} result: {whose}"
    leaves = Counter(row["key"].rpartition(".")[2] for row in kept if "." in row["key"])
    for leaf, n in leaves.items():
        if n > MANY:
            mine = [row for row in kept if row["key"].endswith(f".{leaf}")]
            kept = [row for row in kept if row not in mine]
            whose = several((row["key"].rpartition(".")[0] for row in mine), SHOWN)
            yield f"  {leaf}: {n:,} differ ({whose}), first {_move(mine[0])}"
    yield from (f"  {row['key']}: {_move(row)}" if row["key"] else f"  {_move(row)}" for row in kept)


def _owners(keys: Sequence[str]) -> Sequence[str]:
    """What the keys belong to, where several belong to one; else the keys."""
    owners = [key.rpartition(".")[0] or key for key in keys]
    return owners if len(set(owners)) < len(keys) else keys


def _tables(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for row in rows:
        if None not in row["rows"]:
            yield from _table(row)
    for which, lacks in (("old", 1), ("new", 0)):
        if alone := [row["table"] for row in rows if row["rows"][lacks] is None]:
            yield f"  only in the {which} result: {', '.join(alone)}"


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
    old, _ = row["rows"]
    only = zip(row["only"], ("old", "new"), strict=True)
    told = [f"{counted(n, 'row')} only in {which}" for n, which in only if n]
    told += [f"{which} alone has {', '.join(c)}" for c, which in zip(row["columns"], ("old", "new"), strict=True) if c]
    yield f"  {row['table']} ({old:,} rows)" + (f": {'; '.join(told)}" if told else "")
    cells = row["cells"]
    for c in cells[:SHOWN]:
        gap = "" if c["largest"] is None else f", largest {c['largest']:+.3g}"
        at = f" at {c['at']}" if c["at"] else ""
        cell = {key: f"{float(c[key]):.6g}" if DECIMAL.fullmatch(c[key]) else c[key] for key in ("old", "new")}
        yield f"    {c['column']}: {counted(c['cells'], 'cell')}{gap} ({_move(cell)}{at})"
    if len(cells) > SHOWN:
        yield f"    and {counted(len(cells) - SHOWN, 'more column')}: {', '.join(c['column'] for c in cells[SHOWN:])}"
