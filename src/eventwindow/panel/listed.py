"""A file of events → its table, and the line on which each event stands."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from eventwindow.calendars.dates import Rows
from eventwindow.calendars.day_zero import ALIASES, check_named
from eventwindow.errors import StudyError
from eventwindow.panel.textfile import INDEX, column_names, reading

COLUMNS = ("event", "security", "date", "time", "zone", "exchange", "session", "group", "benchmark")
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


def read_events(path: Path, labels: Sequence[str] = ()) -> tuple[pd.DataFrame, Rows]:
    """The columns of an event list and `labels`, from CSV or Parquet."""
    if not path.is_file():
        raise StudyError(f"there is no event list {path.name}", remedy="Give a CSV or Parquet file.")
    names = [name for name in column_names(path) if not INDEX.fullmatch(name)]
    check_columns(names, labels, path.name)
    with reading(path):
        if path.suffix == ".parquet":
            import pyarrow.parquet as pq

            table = pq.ParquetFile(path).read(names).to_pandas(ignore_metadata=True)
            return pd.DataFrame(table), Rows(path.name)
        # blank lines are read too, and left out again: they count
        table = pd.read_csv(
            path, usecols=names, dtype=str, keep_default_na=False, na_values=[""], skip_blank_lines=False
        )
    table = table.dropna(how="all")
    return table, Rows(path.name, "line", table.index + 2)


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
    for label in labels:
        if label not in names:
            raise StudyError(f"the list has no column {label!r}", where=where, remedy="Take it out of `labels`.")
        if label in known or label in RESULTS:
            remedy = "Rename the column; those that are read need no label."
            raise StudyError(f"the label {label!r} has a meaning of its own", where=where, remedy=remedy)
