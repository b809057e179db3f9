"""A CSV file → its cells with the line each stands on; whatever is not certainly a whole CSV file is an error."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eventwindow.errors import PriceError

YF_DOWNLOAD = ["Price", "Ticker", "Date"]  # the first cells of its three header rows
Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Cells:
    """A table as it stands in a file: header, columns of equal length, and the place of each row.

    A column is a list of texts (CSV) or an array of the file's own type (Parquet). `cut` tells that the last line had
    no line end, so that its last cell may be a part of what was written.
    """

    path: Path
    header: tuple[str, ...]
    columns: tuple[Sequence[object] | Array, ...]
    lines: Sequence[int]
    unit: str = "line"
    cut: bool = False

    def where(self, row: int) -> str:
        return f"{self.path}, {self.unit} {self.lines[row]}"


def read_csv_cells(path: Path) -> Cells:
    """The cells of a comma-separated file in UTF-8 (or UTF-16 with its mark), stripped of blanks around them."""
    text = _decode(path)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append([cell.strip() for cell in row])
                lines.append(reader.line_num)
    except csv.Error as error:
        raise PriceError(
            f"not a CSV file ({error})", where=f"{path}, line {reader.line_num}", remedy="Save it as comma-separated."
        ) from None
    if len(rows) < 2:
        raise PriceError("holds no rows", where=str(path), remedy="Give a header and one line a day.")
    _check_widths(path, rows, lines)
    if [row[0] for row in rows[:3]] == YF_DOWNLOAD:
        rows, lines = _one_header(rows, lines)
    columns = tuple(zip(*rows[1:], strict=True))
    return Cells(path, tuple(rows[0]), columns, lines[1:], cut=not text.endswith(("\n", "\r")))


def _one_header(rows: list[list[str]], lines: list[int]) -> tuple[list[list[str]], list[int]]:
    """The three header rows of a saved `yf.download` (fields, tickers, "Date") as one: a row a date and ticker."""
    fields, tickers = rows[0][1:], rows[1][1:]
    header = list(dict.fromkeys(fields))
    places = {pair: k for k, pair in enumerate(zip(tickers, fields, strict=True), 1)}
    long, at = [["Date", "Ticker", *header]], [lines[0]]
    for row, line in zip(rows[3:], lines[3:], strict=True):
        for ticker in dict.fromkeys(tickers):
            cells = [row[places[ticker, field]] if (ticker, field) in places else "" for field in header]
            if any(cells):
                long.append([row[0], ticker, *cells])
                at.append(line)
    return long, at


def _decode(path: Path) -> str:
    raw = path.read_bytes()
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise PriceError(
            f"byte {error.start} is not {encoding.removesuffix('-sig').upper()}",
            where=f"{path}, line {line}",
            remedy="Save the file as UTF-8.",
        ) from None
    if "\0" in text:
        raise PriceError("holds zero bytes: not a text file", where=str(path), remedy="Save it as CSV in UTF-8.")
    return text


def _check_widths(path: Path, rows: list[list[str]], lines: list[int]) -> None:
    header = rows[0]
    if len(header) == 1:
        for mark, name in ((";", "semicolons"), ("\t", "tabs")):
            if mark in header[0]:
                raise PriceError(
                    f"the cells are separated by {name}", where=f"{path}, line 1", remedy="Separate them by commas."
                )
    for row, line in zip(rows, lines, strict=True):
        if len(row) != len(header):
            raise PriceError(
                f"{len(row)} cells where the header has {len(header)}",
                where=f"{path}, line {line}",
                remedy="Write numbers without thousands separators; if the file was cut off, fetch it again.",
            )
