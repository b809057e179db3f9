"""A result as one workbook for spreadsheets: a sheet a table, the first one says what every column holds."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pandas.api import types

from eventwindow.claims.tables import PRESS
from eventwindow.errors import Catalogue, StudyError, catalogue, printable
from eventwindow.estimation.exports import decimal, explained, worded

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

LONG = 20_000  # rows above which a table stays a file of its own
CELL = 32_767  # characters that a cell takes
WIDEST, NARROWEST, LOOKED_AT = 60, 8, 500
FIXED = datetime(2000, 1, 1)  # the date in the file's properties: the same input gives the same bytes
P_VALUES = ("p_", "floor", "quantile_floor")  # how their columns begin
NUMBERS = ("integer", "floating", "mixed-integer-float", "decimal")
FORMATS: dict[str, dict[str, Any]] = {
    "head": {"bold": True, "bg_color": "#E8ECF1", "bottom": 1},
    "percent": {"num_format": "0.00%"},
    "number": {"num_format": "0.0000"},
    "integer": {"num_format": "0"},
    "date": {"num_format": "yyyy-mm-dd", "align": "left"},
    "text": {"num_format": "@"},
}


Tables = Mapping[str, pd.DataFrame | int]


def write_workbook(tables: Tables, path: Path | str, code: str = "en", title: str = "") -> Path:
    """Write `tables` as sheets; those without a row, or of over 20,000 rows (a number stands for one), are only told.

    StudyError where `path` does not end in .xlsx, or there is no such language.
    """
    from xlsxwriter import Workbook

    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise StudyError(f"{path.name} is no name of a workbook", remedy="Let it end in .xlsx.")
    words = catalogue(code)
    held = {name: table for name, table in tables.items() if isinstance(table, pd.DataFrame) and 0 < len(table) <= LONG}
    with Workbook(str(path)) as book:
        book.set_properties({"title": title, "created": FIXED})
        formats = {name: book.add_format(form) for name, form in FORMATS.items()}
        for name, table in {"columns": _columns(tables, held, words), **held}.items():
            told = worded(table, lambda reason: printable(words.reason(reason)))  # as `StudyResult.table` has it
            _write(book.add_worksheet(_title(name, words)), name, told, formats)
    return path


def _title(name: str, words: Catalogue) -> str:
    key = f"workbook.{name}"
    return words.text(key) if key in words else name[:31]


def _columns(tables: Tables, held: Mapping[str, pd.DataFrame], words: Catalogue) -> pd.DataFrame:
    """A row a column of every sheet: what it holds; then the tables that stand in no sheet, and why."""
    press = {words.text(f"claims_csv.{key}"): key for key in PRESS}  # heads of the verdicts in other languages
    rows = [
        (_title(name, words), str(c), explained(words, name, press.get(str(c), str(c))))
        for name, table in held.items()
        for c in table
    ]
    for name, table in tables.items():
        if name not in held:
            n = table if isinstance(table, int) else len(table)
            rows.append((_title(name, words), "", words.text("workbook.long" if n else "workbook.empty", n=f"{n:,}")))
    return pd.DataFrame(rows, columns=[words.text(f"workbook.{key}") for key in ("sheet", "column", "meaning")])


def _write(sheet: Worksheet, of: str, table: pd.DataFrame, formats: Mapping[str, Format]) -> None:
    """One table from the first cell on: head frozen, every column in the form of what it holds."""
    for at, name in enumerate(table.columns):
        sheet.write_string(0, at, str(name), formats["head"])
        column = table.iloc[:, at]
        form = "percent" if decimal(of, str(name)) and _numbers(column) else _form(str(name), column)
        texts = [_put(sheet, row, at, value, form, formats) for row, value in enumerate(column.tolist(), 1)]
        sheet.set_column(at, at, _width([str(name), *texts[:LOOKED_AT]]))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(table), len(table.columns) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{len(table) + 1}"})


def _form(name: str, column: pd.Series) -> str:
    """How a column is shown, by its name and what it holds."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return "text"
    if types.is_datetime64_dtype(column):
        return "date"
    if not _numbers(column):
        return "text"
    whole = column.dropna().astype(float)
    return "integer" if not name.startswith(P_VALUES) and (whole == whole.round()).all() else "number"


def _numbers(column: pd.Series) -> bool:
    """Whether a column holds numbers and nothing else, be it a column of objects."""
    if types.is_bool_dtype(column) or types.is_numeric_dtype(column):
        return not types.is_bool_dtype(column)
    return types.is_object_dtype(column) and pd.api.types.infer_dtype(column, skipna=True) in NUMBERS


def _put(sheet: Worksheet, row: int, at: int, value: Any, form: str, formats: Mapping[str, Format]) -> str:
    """Write one cell as what it is, a text never as a formula; the text that it is about as wide as."""
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return ""
    if form == "date":
        sheet.write_datetime(row, at, pd.Timestamp(value).to_pydatetime(), formats["date"])
        return "2000-01-01"
    if form != "text" and np.isfinite(value):
        sheet.write_number(row, at, value, formats[form])
        return "-100.00%"
    if isinstance(value, bool):
        sheet.write_boolean(row, at, value)
        return "FALSE"
    text = f"{value.tz_convert('UTC'):%Y-%m-%dT%H:%MZ}" if isinstance(value, pd.Timestamp) and value.tz else str(value)
    sheet.write_string(row, at, text if len(text) <= CELL else text[: CELL - 1] + "…", formats["text"])
    return text


def _width(texts: Sequence[str]) -> float:
    """Wide enough for most of the texts; a Chinese character takes two places."""
    sizes = [sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in text[:WIDEST]) for text in texts]
    return min(WIDEST, max(NARROWEST, sizes[0] + 2, float(np.quantile(sizes, 0.95)) + 1))
