"""Tables as CSV: plain UTF-8, which programs read; spreadsheets take the workbook."""

import re
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from eventwindow.errors import Reason

# What begins a formula in some spreadsheet, unless a number or a span of two follows: "-17 %", "-0.02 to -0.01".
FORMULA = re.compile(r"[=+\-@\t\n＝＋－＠](?!\Z|(?<=[+-])[\d.,]+( ?%)?( to [+-]?[\d.,]+( ?%)?)?\Z)")


def write_csv(table: pd.DataFrame, path: Path) -> None:
    path.write_text(csv_text(table), encoding="utf-8", newline="\n")


def csv_text(table: pd.DataFrame) -> str:
    """A table as CSV: decimals to twelve digits, ISO dates, moments in UTC, an empty cell for no number."""
    columns = [[_told(str(name)), *_cells(column)] for name, column in table.items()]
    if len(columns) == 1:  # a line of nothing would be read as no row
        columns = [[cell or '""' for cell in columns[0]]]
    return "\n".join(map(",".join, zip(*columns, strict=True))) + "\n"


def _cells(column: pd.Series) -> list[str]:
    """What the file shows of a column; pandas' own writer asks of each number anew what it is."""
    kind = column.dtype
    if isinstance(kind, pd.DatetimeTZDtype):
        return [f"{t}Z" if t else "" for t in _moments(column.dt.tz_convert("UTC").dt.tz_localize(None), "m")]
    if kind.kind == "M":
        return _moments(column, "D")
    if kind.kind == "f":
        numbers = column.to_numpy(float, na_value=np.nan).tolist()
        return ("%.12g\n" * len(numbers) % tuple(numbers)).replace("nan", "").split("\n")[:-1]
    return [*map(str, column.tolist())] if kind.kind in "iub" and not column.hasnans else _texts(column)


def _moments(column: pd.Series, unit: Literal["D", "m"]) -> list[str]:
    places, moments = pd.factorize(column.to_numpy())  # most stand many times
    shown = [*np.datetime_as_string(moments, unit=unit).tolist(), ""]  # -1 is a missing one
    return [shown[place] for place in places.tolist()]


def _texts(column: pd.Series) -> list[str]:
    """Texts as they are told; no number is held for a formula, and a missing one is an empty cell."""
    if isinstance(column.dtype, pd.StringDtype):
        places, texts = pd.factorize(column)
        shown = [*map(_told, texts), ""]  # -1 is a missing one
        return [shown[place] for place in places.tolist()]
    held = [str(value) if isinstance(value, Reason) else value for value in column.to_numpy(object).tolist()]
    told = {text: _told(text) for text in {value for value in held if isinstance(value, str)}}  # most stand many times
    return [
        "" if none else told[value] if isinstance(value, str) else _quoted(str(value))
        for value, none in zip(held, column.isna().tolist(), strict=True)
    ]


def _told(text: str) -> str:
    return _quoted(inert(text))


def _quoted(text: str) -> str:
    """A cell as it stands between commas."""
    return '"{}"'.format(text.replace('"', '""')) if re.search('[,"\n]', text) else text


def inert(text: str) -> str:
    """The text with an apostrophe where a spreadsheet would take it for a formula, and line breaks of one kind."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")  # a lone one is written unquoted and would end the row
    return f"'{text}" if FORMULA.match(text) else text
