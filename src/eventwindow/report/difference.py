"""Two folders of results held against each other: what the run records, the verdicts and the tables tell apart."""

import io
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from eventwindow.errors import StudyError, check_file
from eventwindow.prices.tables import LARGEST, decoded, parquet_file, reading_parquet, with_texts
from eventwindow.report.swap import holds_result
from eventwindow.study.freeze import NAMES

DIGEST = 64  # digits of a SHA-256
KEPT = ("event", "security", "window_start", "window_end")  # that say where a row stands
NAMED = 1_000  # characters that the name of a column may have
Table = pd.DataFrame


def difference(old: Path, new: Path, tolerance: float) -> dict[str, Any]:
    """What differs, part by part; numbers nearer than `tolerance` to each other are the same.

    `run`: a row a key of run.json (part, key, old, new). `verdicts`: a row a claim (id, old, new). `tables`: a row a
    table (table, rows of each, rows and columns that only one has, and each column that differs: cells, largest
    difference and where). None stands for what one of the two lacks.
    """
    for folder in (old, new):
        _check(folder)
    return {
        "run": list(_run_differences(*(_json(folder, "run") for folder in (old, new)))),
        "verdicts": list(_changed(*(_verdicts(folder) for folder in (old, new)))),
        "tables": list(_tables(old / "results", new / "results", tolerance)),
    }


def _check(folder: Path) -> None:
    if not folder.is_dir():
        raise StudyError(f"there is no folder {folder}", remedy="Give the folder that `eventwindow run` wrote.")
    if not holds_result(folder):
        raise StudyError(
            f"{folder} holds no result: there is no results/run.json in it",
            remedy="Give the folder that `eventwindow run` wrote, eventwindow-out/STUDY.",
        )


def _json(folder: Path, name: str) -> dict[str, Any]:
    path = folder / "results" / f"{name}.json"
    if not path.is_file():
        return {}
    check_file(path, LARGEST)
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise StudyError(f"not JSON ({error})", where=str(path), remedy="Run the study again.") from None
    if not isinstance(held, dict):
        raise StudyError("not a record that a run wrote", where=str(path), remedy="Run the study again.")
    return held


def _verdicts(folder: Path) -> dict[str, str]:
    held = _json(folder, "claims").get("claims", [])
    try:
        parts = [(f"{c['id']}, part {k}", p) for c in held for k, p in enumerate(c.get("parts", ()), 1)]
        return {name: one["verdict"] for name, one in [*((c["id"], c) for c in held), *parts]}
    except (KeyError, TypeError, AttributeError):
        where = str(folder / "results" / "claims.json")
        raise StudyError("not a record that a run wrote", where=where, remedy="Run the study again.") from None


def _run_differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for part in dict.fromkeys([*old, *new]):
        flat = [dict(_flat(held.get(part), "")) for held in (old, new)]
        yield from ({"part": part, "key": row.pop("id"), **row} for row in _changed(*flat))


def _flat(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every leaf with its path; the tables of a list by their names, other lists whole."""
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        value = {next((str(one[n]) for n in NAMES if n in one), str(k)): one for k, one in enumerate(value, 1)}
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _flat(one, f"{path}.{key}" if path else str(key))
    elif value is not None:
        yield path, value


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            yield {"id": name, "old": old.get(name), "new": new.get(name)}


def _tables(old: Path, new: Path, tolerance: float) -> Iterator[dict[str, Any]]:
    names = [{path.name for path in folder.iterdir() if path.suffix in (".csv", ".parquet")} for folder in (old, new)]
    for name in sorted(names[0] | names[1]):
        held = [
            _read(folder / name) if name in there else None for folder, there in zip((old, new), names, strict=True)
        ]
        rows = {"table": name, "rows": [None if table is None else len(table) for table in held]}
        if held[0] is None or held[1] is None:
            yield rows
        elif found := _table(held[0], held[1], tolerance):
            yield rows | found


def _read(path: Path) -> Table:
    """Every cell as text, the empty one for none."""
    check_file(path, LARGEST)
    try:
        if path.suffix == ".parquet":
            file = parquet_file(path)
            with reading_parquet(path):
                table: Table = with_texts(file.read(), path).to_pandas().astype(object)
            return table.where(table.notna(), "").astype(str)
        read: Table = pd.read_csv(io.StringIO(decoded(path.read_bytes(), path)), dtype=str, keep_default_na=False)
        if longest := max((n for n in map(len, read.columns) if n > NAMED), default=0):
            raise ValueError(f"a column's name of {longest:,} characters")
        return read
    except ValueError as error:
        what = f"not a table that a run wrote ({str(error).strip()})"
        raise StudyError(what, where=str(path), remedy="Run the study again.") from None


def _table(old: Table, new: Table, tolerance: float) -> dict[str, Any]:
    """How two tables differ; nothing where they do not."""
    if old.equals(new):
        return {}
    columns = [list(one.columns.difference(other.columns, sort=False)) for one, other in ((old, new), (new, old))]
    key = _key(old, new)
    first, second = (_numbered(table, key) for table in (old, new))
    only = [len(first.index.difference(second.index)), len(second.index.difference(first.index))]
    both = first.index.intersection(second.index, sort=False)
    first, second = first.loc[both], second.loc[both]
    rest = [c for c in old.columns if c in new.columns and c not in key]
    cells = [one for c in rest if (one := _column(c, first, second, tolerance, key))]
    if not cells and not any(only) and not any(columns):
        return {}
    return {"only": only, "columns": columns, "cells": cells}


def _key(old: Table, new: Table) -> list[str]:
    """The columns that tell rows apart in both tables: the first that do, less those that are not needed."""
    key: list[str] = []
    for column in old.columns.intersection(new.columns, sort=False):
        if _alone(old, key) and _alone(new, key):
            break
        if not (_is_measured(old[column]) or _is_measured(new[column])):
            key.append(column)
    for column in [c for c in key[::-1] if c not in KEPT]:
        fewer = [c for c in key if c != column]
        if fewer and _alone(old, fewer) and _alone(new, fewer):
            key = fewer
    return key


def _alone(table: Table, key: Sequence[str]) -> bool:
    return len(table) <= 1 if not key else not table.duplicated(list(key)).any()


def _is_measured(column: pd.Series) -> bool:
    return bool(column.str.fullmatch(r"-?\d+(\.\d+(e-?\d+)?|e-?\d+)").any())


def _numbered(table: Table, key: Sequence[str]) -> Table:
    """The table by its key, and by the number among the rows that the key does not tell apart."""
    number = table.groupby(list(key), sort=False).cumcount() if key else pd.Series(range(len(table)), table.index)
    return table.set_index(pd.MultiIndex.from_arrays([*(table[k] for k in key), number]))


def _column(name: str, old: Table, new: Table, tolerance: float, key: Sequence[str]) -> dict[str, Any] | None:
    """The cells of a column that differ: how many, and the one that differs most."""
    texts = old[name].to_numpy(object), new[name].to_numpy(object)
    a, b = (pd.to_numeric(pd.Series(t), errors="coerce").to_numpy(float) for t in texts)
    size = np.abs(b - a)
    unlike = (texts[0] != texts[1]) & ~(size <= tolerance)
    if not unlike.any():
        return None
    at = int(np.where(unlike, np.where(np.isnan(size), -1.0, size), -2.0).argmax())
    where = " ".join(filter(None, (str(old.iloc[at][k]) for k in key)))
    gap = float(b[at] - a[at])
    return {
        "column": name,
        "cells": int(unlike.sum()),
        "largest": None if math.isnan(gap) else gap,
        "at": where,
        "old": str(texts[0][at]),
        "new": str(texts[1][at]),
    }
