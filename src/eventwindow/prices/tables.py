"""A file of a table → its cells with the line each stands on: text (packed or not), a sheet, or Parquet.

What a file is, its own bytes say, not its name. Whatever is not certainly a whole table is an error.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import struct
import sys
import zipfile
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from eventwindow.calendars.dates import Rows, iso_days
from eventwindow.errors import PriceError, check_file, counted
from eventwindow.estimation.numbers import Figures, mark_of, numbers

if TYPE_CHECKING:
    import pyarrow.parquet as pq

Array = np.ndarray[Any, Any]
TextRow = tuple[str, ...]
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
ENDINGS = (".parquet", ".pq", ".csv", ".tsv", ".txt", ".gz", ".zip", ".xlsx", ".xls", ".ods")
INDEX = re.compile(r"index_level_\d+|__index_level_\d+__")  # what pandas calls the numbers of rows that it writes along
PIECE, LARGE = 1 << 17, 1 << 24  # rows of a piece; bytes of a text that is read in pieces
LARGEST = 1 << 29  # bytes of a table that is read at once
SMALL, PACKED = 1 << 24, 100  # bytes that any packed file may hold, and for each of its own beyond them
FEW = 2_000_000  # rows that any file may have; beyond them a Parquet file ten for each of its bytes
TEXTS = 1 << 28  # bytes that the texts of a Parquet file are, each written out
CELLS = 20_000_000  # that a workbook's sheet may span, or a Parquet file claim beside eight for each of its bytes
LONGEST = 4_000_000  # characters of a line: 200,000 columns
SHORT = 8  # characters of a day; less on the average of more than `FEW` lines is no table
SNIFFED_BYTES = 100_000
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
SNIFFED = 30  # lines that tell the separator
PAIR = re.compile(r"\('([^']*)', '([^']*)'\)")  # a column of two levels in Parquet
HEADS = ("", "price", "ticker")  # what pandas writes before a header of yfinance's
FIELDS = frozenset({"open", "high", "low", "close", "adj_close", "volume"})
DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, RuntimeError, ValueError, KeyError, IndexError,
)  # fmt: skip  # what a packed file that is not whole makes its readers raise: names that are no text, wrong lengths
SHEETS = (b"xl/workbook", b"content.xml", b"xl/worksheets")  # what a packed workbook holds
FOREIGN = {
    ".dta": "Stata",
    ".sas7bdat": "SAS",
    ".sav": "SPSS",
    ".rds": "R",
    ".rdata": "R",
    ".json": "JSON",
    ".mat": "MATLAB",
    ".pkl": "Python (pickle)",
    ".feather": "Arrow (Feather)",
    ".h5": "HDF5",
}
OLD_SHEET = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Cells:
    """A table as it stands in a file: header, columns of equal length, and the place of each row.

    A column is a sequence of texts, or an array of the file's own type (Parquet). `cut` tells that the last line had
    no line end, so that its last cell may be a part of what was written.
    """

    path: Path
    header: tuple[str, ...]
    columns: tuple[Sequence[object] | Array, ...]
    lines: Sequence[int]
    unit: str = "line"
    cut: bool = False
    mark: str = ""  # the decimal mark, where a piece of the file has told it before

    @property
    def rows(self) -> Rows:
        return Rows(self.path.name, self.unit, self.lines)

    @property
    def names(self) -> list[str]:
        """The header in one spelling: "Adj Close", "adjClose" and "<ADJ_CLOSE>" are adj_close and adjclose."""
        return [canonical(name) for name in self.header]

    def days(self, column: int) -> Array:
        return iso_days(self.columns[column], self.rows.at, PriceError)

    def numbers(self, columns: Iterable[int]) -> list[Array]:
        """Columns as floats; the decimal mark is that of all of them."""
        return numbers([Figures(self.header[i], self.columns[i]) for i in columns], self.rows.at, self.mark)

    def check_whole(self) -> None:
        """A last line without an end may have been cut off."""
        if self.cut:
            what = "the last line has no line end: the file may be cut off"
            remedy = "Fetch the file again; if it is whole, end its last line."
            raise PriceError(what, where=self.rows.at(len(self.lines) - 1), remedy=remedy)


def canonical(name: str) -> str:
    return re.sub(r"[^\w^=\-&]+", "_", name.strip().lower()).strip("_")


def is_parquet(path: Path) -> bool:
    return path.suffix.lower() in (".parquet", ".pq")


def read_cells(path: Path) -> Cells:
    """The cells of a file in any of the forms of `ENDINGS`, stripped of blanks around them."""
    check_file(path, LARGEST, PriceError)
    if foreign := FOREIGN.get(path.suffix.lower()):
        what = f"a file of {foreign}, which is not read"
        raise PriceError(what, where=path.name, remedy="Save it there as CSV, xlsx or Parquet.")
    if is_parquet(path):
        return _parquet_cells(path)
    raw = unpacked(path.read_bytes(), path)
    if raw[:4] == b"PAR1":
        return _parquet_cells(path, raw)
    if raw[:4] == OLD_SHEET or raw[:2] == b"PK":
        return _headed(path, *_sheet_rows(raw, path), unit="row")
    text = decoded(raw, path)
    return _headed(path, *_text_rows(text, path), unit="line", cut=not text.endswith(("\n", "\r")))


def head_of(path: Path) -> bytes:
    """The first bytes of a file that may be large; where they are zero, it is no table, and no more of it is read."""
    check_file(path, sys.maxsize, PriceError)
    with path.open("rb") as file:
        head = file.read(SNIFFED_BYTES)
    if b"\0" in head and not head.startswith((b"PK", b"PAR1", b"\x1f\x8b", OLD_SHEET, *UTF_16)):
        raise _zero_bytes(path)
    return head


def pieces(path: Path, rows: int = PIECE) -> Iterator[Cells]:
    """The cells of a file, `rows` rows at a time where it is a text of more than `LARGE` bytes."""
    head = head_of(path)
    if path.stat().st_size <= LARGE or is_parquet(path) or head[:2] in (b"PK", b"\x1f\x8b", *UTF_16):
        yield read_cells(path)
        return
    separator = separator_of(decoded(head[: head.rfind(b"\n") + 1] or head, path), path)
    _check_length(path)
    with path.open(encoding="utf-8-sig", newline="") as text:
        above = list[TextRow]()
        mark = ""
        for read, lines in _read(csv.reader(text, strict=True, delimiter=separator), path, rows):
            cells = _headed(path, [*above, *read], [*[0] * len(above), *lines], unit="line")
            above, mark = above or read[: _heads(read)], mark or mark_of_all(cells)
            yield replace(cells, mark=mark)


def _check_length(path: Path) -> None:
    """No stretch of a large text that is longer than a row can be lacks a line end."""
    line = 1
    with path.open("rb") as file:
        while block := file.read(LONGEST):
            if len(block) == LONGEST and b"\n" not in block and b"\r" not in block:
                raise _too_long(path, line)
            line += block.count(b"\n")


def _too_long(path: Path, line: int) -> PriceError:
    what = f"a line of more than {LONGEST:,} characters: not a table"
    return PriceError(what, where=f"{path.name}, line {line}", remedy="Write a row a line.")


def mark_of_all(cells: Cells) -> str:
    """The decimal mark that the cells of a piece tell; a point where they tell nothing or both."""
    columns = [(Figures(n, c), list(map(str, c))) for n, c in zip(cells.header, cells.columns, strict=True)]
    try:
        return mark_of(columns, cells.rows.at)
    except PriceError:
        return "."


def unpacked(raw: bytes, path: Path, depth: int = 0) -> bytes:
    """The content of a gz or zip file; a workbook, which is a zip file too, stays as it is."""
    if depth > 2 or not raw.startswith((b"\x1f\x8b", b"PK")):
        return raw
    try:
        if raw.startswith(b"\x1f\x8b"):
            with gzip.GzipFile(fileobj=io.BytesIO(raw)) as file:
                return unpacked(_read_packed(file, len(raw), path), path, depth + 1)
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            names = [n for n in archive.namelist() if not n.endswith("/") and not _hidden(n)]
            if any(name.encode().startswith(SHEETS) for name in names):
                return raw
            if len(names) != 1:
                remedy = "Give a zip file that holds one table."
                raise PriceError(f"a zip file of {counted(len(names), 'file')}", where=path.name, remedy=remedy)
            with archive.open(names[0]) as file:
                return unpacked(_read_packed(file, len(raw), path), path, depth + 1)
    except DAMAGED as error:
        kind = "gzip" if raw.startswith(b"\x1f\x8b") else "zip"
        raise PriceError(f"not a whole {kind} file ({error})", where=path.name, remedy="Pack it again.") from None


def _read_packed(file: Any, packed: int, path: Path) -> bytes:
    """What is packed in a file; more than a table of its size can be is none."""
    most = max(SMALL, PACKED * packed)
    raw: bytes = file.read(most + 1)
    if len(raw) > most:
        what = f"unpacks to more than {most / 1000000.0:,.0f} MB: no table that was packed"
        raise PriceError(what, where=path.name, remedy="Unpack it.")
    return raw


def _hidden(name: str) -> bool:
    return any(part.startswith((".", "__")) for part in PurePosixPath(name).parts)


def _sheet_rows(raw: bytes, path: Path) -> tuple[list[TextRow], Sequence[int]]:
    """The rows of the one sheet that holds any, as texts, with their numbers."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        _check_sheets(raw, path)
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except (CalamineError, *DAMAGED) as error:
        raise PriceError(f"not a whole workbook ({error})", where=path.name, remedy="Save it again.") from None
    full = {name: rows for name, rows in sheets.items() if any(cell != "" for row in rows for cell in row)}
    if len(full) != 1:
        raise PriceError(
            f"{len(full)} of the workbook's sheets hold cells ({', '.join(full)})" if full else "holds no rows",
            where=path.name,
            remedy="Give a workbook with one sheet: a header, and one row a day or event.",
        )
    rows = [[_written(cell) for cell in row] for row in next(iter(full.values()))]
    width = max(len(row) - next((i for i, c in enumerate(reversed(row)) if c), len(row)) for row in rows)
    kept = [(number, tuple(row[:width])) for number, row in enumerate(rows, 1) if any(row)]
    return [row for _, row in kept], [number for number, _ in kept]


def _check_sheets(raw: bytes, path: Path) -> None:
    """The cells that a packed workbook's sheets span can be held; one cell far away spans all before it."""
    if raw[:2] != b"PK":
        return  # an old workbook's sheet has 65,536 rows and 256 columns
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for name in archive.namelist():
            if name.endswith(".xml"):
                with archive.open(name) as file:
                    _check_span(_read_packed(file, len(raw), path), path)


def _check_span(sheet: bytes, path: Path) -> None:
    repeats = [
        max(map(int, re.findall(rb'number-%s-repeated="(\d{1,9})"' % kind, sheet)), default=1)
        for kind in (b"rows", b"columns")
    ]
    filled = re.search(rb'repeated="\d{4,}"[^>]*value-type|value-type[^>]*repeated="\d{4,}"', sheet)
    places = re.findall(rb'<c [^>]*r="([A-Z]{1,3})(\d{1,7})"', sheet)
    rows = max((int(row) for _, row in places), default=0)
    columns = max((sum((c - 64) * 26**k for k, c in enumerate(reversed(letters))) for letters, _ in places), default=0)
    if rows * columns > CELLS or (filled and repeats[0] * repeats[1] > CELLS):
        what = f"a sheet of {rows:,} rows and {columns:,} columns"
        raise PriceError(what, where=path.name, remedy="Take out the cells far away from the table, or save it as CSV.")


def _written(cell: object) -> str:
    """A cell of a workbook as it would stand in a text: 1 of 1.0, a day of a date."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()


def decoded(raw: bytes, path: Path) -> str:
    """The text of a table, whose lines are no longer than a row can be."""
    encoding = "utf-16" if raw[:2] in UTF_16 else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        what = f"byte {error.start} is not {encoding.removesuffix('-sig').upper()}"
        raise PriceError(what, where=f"{path.name}, line {line}", remedy="Save the file as UTF-8.") from None
    if "\0" in text:
        raise _zero_bytes(path)
    _check_lines(text, path)
    return text


def _no_rows(path: Path) -> PriceError:
    return PriceError("holds no rows", where=path.name, remedy="Give a header and one line a row.")


def _zero_bytes(path: Path) -> PriceError:
    return PriceError("holds zero bytes: not a text file", where=path.name, remedy="Save it as CSV in UTF-8.")


def _check_lines(text: str, path: Path) -> None:
    """No line is longer than a row of a table can be; nor are millions so short that no day stands in them."""
    if (lines := text.count("\n")) > max(FEW, len(text) // SHORT):
        what = f"{lines:,} lines of less than {SHORT} characters: not a table"
        raise PriceError(what, where=path.name, remedy="Take out the empty lines.")
    start = 0
    while len(text) - start > LONGEST:
        stop = start + LONGEST + 1
        end = max(text.rfind("\n", start, stop), text.rfind("\r", start, stop))
        if end < 0:
            raise _too_long(path, text.count("\n", 0, start) + 1)
        start = end + 1


def _text_rows(text: str, path: Path) -> tuple[list[TextRow], Sequence[int]]:
    """The rows of a text that are not blank, with the line each ends on."""
    if re.match(r"sep=.\r?\n", text):  # a line that tells spreadsheets the separator
        text = text.replace("sep=", "", 1)[1:]  # its line stays, blank: lines keep their numbers
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator_of(text, path))
    return next(_read(reader, path), ([], []))


def _read(reader: Any, path: Path, most: int | None = None) -> Iterator[tuple[list[TextRow], array[int]]]:
    """`most` rows after each other that are not blank, with the line each ends on; all of them by default.

    A text that stands in many cells is held once.
    """
    rows, lines = list[TextRow](), array("L")
    once = dict[str, str]().setdefault
    try:
        for row in reader:
            cells = tuple([once(text, text) for text in map(str.strip, row)])
            if any(cells):
                rows.append(cells)
                lines.append(reader.line_num)
            if len(rows) == most:
                yield rows, lines
                rows, lines = [], array("L")
    except (csv.Error, UnicodeDecodeError) as error:
        what = f"not a whole CSV file ({error})"
        remedy = "Save it as comma-separated, in UTF-8."
        raise PriceError(what, where=f"{path.name}, line {reader.line_num}", remedy=remedy) from None
    if rows:
        yield rows, lines


def separator_of(text: str, path: Path) -> str:
    """The separator that gives every one of the first lines as many cells as the header, or the header most."""
    head = [line for line in text[:SNIFFED_BYTES].splitlines() if line.strip()][:SNIFFED]
    if not head:
        raise _no_rows(path)
    widths = {mark: [len(row) for row in _lenient(head, mark)] for mark in SEPARATORS}
    even = [mark for mark, found in widths.items() if found[0] > 1 and len(set(found)) == 1]
    best = max(even or widths, key=lambda mark: widths[mark][0])
    if widths[best][0] < 2:
        what = f"one column, {head[0][:40]!r}: the cells are separated by no mark that is known"
        remedy = f"Separate cells by {', '.join(list(SEPARATORS.values())[:3])}."
        raise PriceError(what, where=f"{path.name}, line 1", remedy=remedy)
    return best


def _lenient(lines: Sequence[str], mark: str) -> list[list[str]]:
    rows = list(csv.reader(lines, delimiter=mark))
    return rows[:-1] if len(rows) > 2 and len(lines) == SNIFFED else rows  # a quoted cell may go on below


def _headed(path: Path, rows: list[TextRow], lines: Sequence[int], *, unit: str, cut: bool = False) -> Cells:
    """Rows of equal length under one header."""
    if len(rows) < 2:
        raise _no_rows(path)
    if len(set(map(len, rows))) > 1:
        odd = next(k for k, row in enumerate(rows) if len(row) != len(rows[0]))
        what = f"{counted(len(rows[odd]), 'cell')} where the header has {len(rows[0])}"
        names = odd == 1 and not re.search(r"\d", "".join(rows[1]))
        remedy = (
            f"The first line, {', '.join(rows[0])[:40]!r}, is no header: take out what stands above it."
            if names
            else "Quote a cell that holds the separator; if the file was cut off, fetch it again."
        )
        raise PriceError(what, where=f"{path.name}, {unit} {lines[odd]}", remedy=remedy)
    if (heads := _heads(rows)) > 1:
        rows, lines = _one_header(rows, lines, heads)
    columns = tuple(zip(*rows[1:], strict=True))
    header, first = rows[0], columns[0]
    if canonical(header[0]) in ("", "unnamed_0") and len(header) > 1:  # pandas writes the names of its rows along
        if all(map(str.isdigit, first)):
            return Cells(path, header[1:], columns[1:], lines[1:], unit, cut)
        header = ("date" if re.match(r"\d{4}-\d\d-\d\d", first[0]) else header[0], *header[1:])
    return Cells(path, header, columns, lines[1:], unit, cut)


def _heads(rows: list[TextRow]) -> int:
    """How many rows are a header: three of a saved `yf.download`, two of other columns of two levels, else one."""
    if len(rows) > 3 and canonical(rows[2][0]) in ("date", "datetime") and not any(rows[2][1:]):
        return 3
    return 2 if len(rows) > 2 and _two_headers(rows) else 1


def _two_headers(rows: list[TextRow]) -> bool:
    """Whether a table has a header of fields and one of tickers, as pandas writes columns of two levels."""
    names = [{canonical(name) for name in row[1:]} for row in rows[:2]]
    one = any(FIELDS & found and len(found) < len(row) - 1 for found, row in zip(names, rows, strict=False))
    return one and canonical(rows[1][0]) in HEADS and re.match(r"\d{4}-\d\d-\d\d", rows[2][0]) is not None


def _one_header(rows: list[TextRow], lines: Sequence[int], heads: int) -> tuple[list[TextRow], Sequence[int]]:
    """The header rows of fields, of tickers and of "Date" as one: a row a date and ticker."""
    above = [rows[0][1:], rows[1][1:]]
    fields, tickers = above if FIELDS & {canonical(name) for name in above[0]} else reversed(above)
    header = list(dict.fromkeys(fields))
    places = {pair: k for k, pair in enumerate(zip(tickers, fields, strict=True), 1)}
    long, at = [("Date", "Ticker", *header)], [lines[0]]
    for row, line in zip(rows[heads:], lines[heads:], strict=True):
        for ticker in dict.fromkeys(tickers):
            cells = [row[places[ticker, field]] if (ticker, field) in places else "" for field in header]
            if any(cells):
                long.append((row[0], ticker, *cells))
                at.append(line)
    return long, at


def parquet_file(path: Path, raw: bytes | None = None) -> pq.ParquetFile:
    """A Parquet file whose cells can stand in its bytes and hold single values; a repeated text is read once."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    check_file(path, sys.maxsize, PriceError)
    size = path.stat().st_size if raw is None else len(raw)
    with reading_parquet(path):
        source = path if raw is None else pa.BufferReader(raw)
        file = pq.ParquetFile(source)
        rows, columns, schema = file.metadata.num_rows, file.metadata.num_columns, file.schema_arrow
    if rows > max(FEW, 10 * size) or rows * columns > max(CELLS, 8 * size):
        what = f"claims {rows:,} rows of {columns:,} columns in {size:,} bytes: no table of prices"
        raise PriceError(what, where=path.name, remedy="Write the file again.")
    _check_columns(schema, path)
    texts = [
        column.name for column in schema if pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    ]
    with reading_parquet(path):
        return pq.ParquetFile(source, metadata=file.metadata, read_dictionary=texts) if texts else file


def _check_columns(schema: Any, path: Path) -> None:
    import pyarrow as pa

    for column in schema:
        if pa.types.is_nested(column.type) or pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
            what = f"the column {column.name!r} holds {column.type} in its cells"
            raise PriceError(what, where=path.name, remedy="Give texts, numbers or dates.")


def with_texts(held: Any, path: Path) -> Any:
    """What was read of a Parquet file, unless its texts, each written out, are more than a table of prices can hold."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = [column for column in held.columns if pa.types.is_dictionary(column.type)]
    chunks = [chunk for column in texts for chunk in getattr(column, "chunks", [column])]
    coded = [chunk for chunk in chunks if pa.types.is_string(chunk.dictionary.type)]
    long = sum(pc.sum(pc.binary_length(chunk.dictionary).take(chunk.indices)).as_py() or 0 for chunk in coded)
    if long > TEXTS:
        what = f"repeats texts to more than {TEXTS / 1e6:,.0f} MB: no table of prices"
        raise PriceError(what, where=path.name, remedy="Write the file again.")
    return held


@contextmanager
def reading_parquet(path: Path) -> Iterator[None]:
    """Whatever pyarrow says of a file that is none of its kind, as one error."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, MemoryError, UnicodeDecodeError) as error:
        said = str(error).strip().splitlines() or [type(error).__name__]
        remedy = "Write the file again."
        raise PriceError(f"not a whole Parquet file ({said[0]})", where=path.name, remedy=remedy) from None


def _parquet_cells(path: Path, raw: bytes | None = None) -> Cells:
    file = parquet_file(path, raw)
    with reading_parquet(path):
        table = with_texts(file.read(), path).replace_schema_metadata(None).to_pandas()
        table = table.rename(columns={n: "date" for n in table if _is_date_index(str(n), table[n])})
        table = _stacked(table[[n for n in table if not INDEX.fullmatch(canonical(str(n)))]])
        columns = tuple(table.iloc[:, i].to_numpy() for i in range(table.shape[1]))
    if table.empty:
        raise _no_rows(path)
    return Cells(path, tuple(str(name) for name in table.columns), columns, range(1, len(table) + 1), unit="row")


def _stacked(table: pd.DataFrame) -> pd.DataFrame:
    """Columns of fields and tickers, whose pairs pandas writes as one text, as a row a date and ticker."""
    pairs = [PAIR.fullmatch(str(name)) for name in table]
    dates = [i for i, pair in enumerate(pairs) if pair is None or canonical(pair[1]) == "date"]
    if len(dates) != 1 or len(pairs) < 2:
        return table
    held = table.set_index(table.columns[dates[0]])
    held.columns = pd.MultiIndex.from_tuples([pair.groups() for pair in pairs if pair and canonical(pair[1]) != "date"])
    tickers = 1 if FIELDS & {canonical(name) for name in held.columns.levels[0]} else 0
    long = held.stack(tickers, future_stack=True)  # noqa: PD013 each field stays a column
    return long.rename_axis(["date", "symbol"]).reset_index()


def _is_date_index(name: str, column: pd.Series[Any]) -> bool:
    """Whether pandas wrote the dates of its rows along without a name."""
    return bool(INDEX.fullmatch(name)) and pd.api.types.is_datetime64_any_dtype(column)
