"""Tables as CSV: plain UTF-8, which programs read; spreadsheets take the workbook."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from eventwindow.errors import Reason

# What begins a formula in some spreadsheet, unless a number or a span of two follows: "-17 %", "-0.02 to -0.01".
FORMULA = re.compile(r"[=+\-@\t\n＝＋－＠](?!\Z|(?<=[+-])[\d.,]+( ?%)?( to [+-]?[\d.,]+( ?%)?)?\Z)")


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """A table as a CSV file in UTF-8, without a byte-order mark."""
    path.write_text(csv_text(table), encoding="utf-8", newline="\n")


def csv_text(table: pd.DataFrame) -> str:
    """A table as CSV: decimals to twelve digits, ISO dates, moments in UTC, an empty cell for no number."""
    moments = table.select_dtypes("datetimetz").columns
    shown = {c: table[c].dt.tz_convert("UTC").dt.strftime("%Y-%m-%dT%H:%MZ") for c in moments}
    shown |= {str(c): _inert(table[c]) for c in table.select_dtypes(["object", "string", "category"])}
    table = table.assign(**shown)
    return table.to_csv(index=False, float_format="%.12g", date_format="%Y-%m-%d", lineterminator="\n")


def _inert(texts: pd.Series) -> pd.Series:
    """Texts that a spreadsheet takes for a formula, with an apostrophe before them, and line breaks of one kind."""
    told = {t: _plain(str(t)) for t in texts.unique() if isinstance(t, str | Reason)}
    changed = {t: plain for t, plain in told.items() if plain != t}
    return texts.astype(object).map(lambda t: changed.get(t, t)) if changed else texts


def _plain(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")  # a lone one is written unquoted and would end the row
    return f"'{text}" if FORMULA.match(text) else text
