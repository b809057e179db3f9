"""A file of events → its table, and the line on which each event stands."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from eventwindow.calendars.dates import Rows
from eventwindow.calendars.day_zero import ALIASES, check_named
from eventwindow.errors import PriceError, StudyError
from eventwindow.prices.tables import read_cells

COLUMNS = ("event", "security", "date", "time", "zone", "exchange", "session", "group", "benchmark", "risk_free")
RESULTS = (
    *(
        "model",
        "window_start",
        "window_end",
        "car",
        "std_error",
        "t_stat",
        "p_value",
        "p_sample_quantile",
        "quantile_floor",
    ),
    *("days", "note", "tau", "actual_return", "expected_return", "abnormal_return"),
)  # columns of the tables that labels are carried into


def read_events(
    path: Path, labels: Sequence[str] = (), characteristics: Sequence[str] = ()
) -> tuple[pd.DataFrame, Rows]:
    """An event list with `labels` and `characteristics`, from a file in any form that `prices.tables` reads."""
    if not path.is_file():
        raise StudyError(f"there is no event list {path.name}", remedy="Give a table of events.")
    cells = read_cells(path)
    known = {*COLUMNS, *ALIASES}
    names = [
        plain if plain in known and given not in labels else given
        for given, plain in zip(cells.header, cells.names, strict=True)
    ]
    if twice := [name for i, name in enumerate(names) if name in names[:i]]:
        raise PriceError(f"two columns {twice[0]!r}", where=path.name, remedy="Keep one of the two.")
    check_characteristics(names, characteristics, path.name)
    check_columns(names, labels, path.name)
    table = pd.DataFrame({n: pd.Series(list(c), dtype=object) for n, c in zip(names, cells.columns, strict=True)})
    return table.where(table.notna() & (table != ""), None), cells.rows


def carried(labels: Sequence[str], characteristics: Sequence[str]) -> list[str]:
    """The columns that a list carries along beside those that are read."""
    return [*labels, *(name for name in dict.fromkeys(characteristics) if name not in (*labels, *COLUMNS))]


def check_characteristics(names: Sequence[str], wanted: Sequence[str], where: str) -> None:
    """Every characteristic is a column of the list."""
    for name in wanted:
        if name not in names:
            what = f"characteristics: the list has no column {name!r}"
            raise StudyError(what, where=where, remedy=f"Its columns are {', '.join(names)}.")


def check_columns(names: Sequence[str], labels: Sequence[str], where: str) -> None:
    """Every column is one that is read or a label, and every label is there under a name of its own."""
    check_named(names, where)
    known = {*COLUMNS, *ALIASES}
    for name in names:
        if name not in known and name not in labels:
            near = difflib.get_close_matches(name.lower(), known, n=1)
            asked = f"Did you mean {near[0]!r}? " if near else ""
            remedy = f"{asked}A column that is only carried along is named in `labels`."
            raise StudyError(f"unknown column {name!r}", where=where, remedy=remedy)
    for alias, plain in ALIASES.items():
        if alias in names and plain in names:
            remedy = "Keep one of the two, or give the other a name of its own."
            raise StudyError(f"two columns for the {plain}, {plain!r} and {alias!r}", where=where, remedy=remedy)
    for label in labels:
        if label not in names:
            raise StudyError(f"the list has no column {label!r}", where=where, remedy="Take it out of `labels`.")
        if label in known or label in RESULTS:
            remedy = "Rename the column; those that are read need no label."
            raise StudyError(f"the label {label!r} has a meaning of its own", where=where, remedy=remedy)
