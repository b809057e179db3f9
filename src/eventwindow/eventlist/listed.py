"""A file of events → its table, and the line on which each event stands."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from eventwindow.dates import Rows
from eventwindow.errors import StudyError
from eventwindow.eventlist.textfile import column_names, reading
from eventwindow.placing import ALIASES

COLUMNS = ("event", "security", "date", "time", "zone", "exchange", "session", "group", "benchmark")


def read_events(path: Path) -> tuple[pd.DataFrame, Rows]:
    """The columns of an event list that are known, from CSV or Parquet."""
    if not path.is_file():
        raise StudyError(f"there is no event list {path.name}", remedy="Give a CSV or Parquet file.")
    known = {*COLUMNS, *ALIASES}
    wanted = [name for name in column_names(path) if name in known]
    with reading(path):
        if path.suffix == ".parquet":
            import pyarrow.parquet as pq

            return pd.DataFrame(pq.ParquetFile(path).read(wanted).to_pandas()), Rows(path.name)
        # blank lines are read too, and left out again: they count
        table = pd.read_csv(
            path, usecols=wanted, dtype=str, keep_default_na=False, na_values=[""], skip_blank_lines=False
        )
    table = table.dropna(how="all")
    return table, Rows(path.name, "line", table.index + 2)
