"""CSV and Parquet files of any size as pandas reads them; what cannot be read is an error with the file's name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from eventwindow.errors import PriceError

INDEX = re.compile(r"|__index_level_\d+__")  # what pandas calls the numbers of rows that it writes along


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Whatever pandas and pyarrow say of a file that is none of its kind, as one error."""
    import pyarrow as pa

    try:
        yield
    except pd.errors.EmptyDataError:
        raise PriceError("holds no rows", where=path.name, remedy="Give a header and one line a row.") from None
    except UnicodeDecodeError as error:
        raise PriceError(f"not UTF-8 at byte {error.start}", where=path.name, remedy="Save it as UTF-8.") from None
    except (pd.errors.ParserError, pa.ArrowException) as error:
        said = str(error).strip().splitlines() or [type(error).__name__]
        kind = "Parquet" if path.suffix == ".parquet" else "CSV"
        raise PriceError(f"not a whole {kind} file ({said[-1]})", where=path.name, remedy="Write it again.") from None


def column_names(path: Path) -> list[str]:
    """The columns of a file, in order, each once."""
    with reading(path):
        if path.suffix == ".parquet":
            import pyarrow.parquet as pq

            names = list(pq.read_schema(path).names)
        else:
            head = pd.read_csv(path, nrows=1, header=None, dtype=str, keep_default_na=False)
            names = [str(name) for name in head.iloc[0]]
    for mark, word in ((";", "semicolons"), ("\t", "tabs")):
        if len(names) == 1 and mark in names[0]:
            raise PriceError(f"the cells are separated by {word}", where=path.name, remedy="Separate them by commas.")
    if twice := [name for i, name in enumerate(names) if name in names[:i]]:
        raise PriceError(f"two columns {twice[0]!r}", where=path.name, remedy="Keep one of the two.")
    return names


def numbers(column: pd.Series, path: Path, first: int = 0) -> np.ndarray[Any, Any]:
    """The cells of a column as floats, NaN where empty; `first` rows of the file stand before it."""
    try:
        return column.to_numpy(float)
    except (ValueError, TypeError):
        raise not_a_number(column, path, first) from None


def not_a_number(column: pd.Series, path: Path, first: int = 0) -> PriceError:
    """The first cell that is no number, by its row in the file."""
    cells = column.astype(object).reset_index(drop=True)
    row = int((pd.to_numeric(cells, errors="coerce").isna() & cells.notna()).argmax())
    return PriceError(
        f"{column.name}: {str(cells[row])!r} is not a number",
        where=f"{path.name}, row {first + row + 1}",
        remedy="Write returns as 0.0123 and prices as 1234.5, without signs of per cent or currency.",
    )
