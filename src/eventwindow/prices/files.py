"""Prices from a file or a folder of the user's: long, wide, or one file a ticker; CSV or Parquet.

Nothing is guessed: a day-first date, a thousands separator, a duplicate date, a price of zero or a file that was cut
off is an error that names the line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pandas as pd

from eventwindow.calendars.dates import iso_days
from eventwindow.errors import PriceError
from eventwindow.prices.history import COLUMNS, PriceHistory, Unavailable, history_frame
from eventwindow.prices.tabular import Array, Cells, read_csv_cells

ALIASES = {"ticker": "symbol", "adjclose": "adj_close", "adjusted_close": "adj_close"}
MISSING = frozenset({"", "null", "nan", "na", "n/a", "none", "-"})
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_ONE_OF = "A table of prices needs date, symbol and one of close, adj_close."


class PriceFiles:
    """The source "file": a user's own prices."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fetch(
        self, symbols: list[str], start: pd.Timestamp, end: pd.Timestamp
    ) -> Mapping[str, PriceHistory | Unavailable]:
        """What the file holds of each symbol between two dates, both included."""
        held = read_prices(self.path)
        found: dict[str, PriceHistory | Unavailable] = {}
        for symbol in symbols:
            frame = held[symbol].loc[start:end] if symbol in held else None
            if frame is None:
                found[symbol] = Unavailable(symbol, f"{self.path.name} does not hold it", known=False)
            elif frame.empty:
                found[symbol] = Unavailable(symbol, f"{self.path.name} holds no row in these dates")
            else:
                found[symbol] = PriceHistory(symbol, frame, "file")
        return found


def read_prices(path: Path) -> dict[str, pd.DataFrame]:
    """Symbol → daily frame (columns of `COLUMNS`, ascending dates) of everything the file or folder holds."""
    if path.is_dir():
        return _read_folder(path)
    if not path.is_file():
        raise PriceError("no such file or folder of prices", where=str(path), remedy="Give --prices an existing path.")
    return _frames(_cells(path), alone=True)


def _read_folder(folder: Path) -> dict[str, pd.DataFrame]:
    """`daily.csv` or `daily.parquet` if the folder holds one, else all its tables together."""
    for name in ("daily.parquet", "daily.csv"):
        if (folder / name).is_file():
            return _frames(_cells(folder / name), alone=True)
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in {".csv", ".parquet"})
    if not paths:
        raise PriceError("no CSV or Parquet file in this folder", where=str(folder), remedy=_ONE_OF)
    held: dict[str, pd.DataFrame] = {}
    origin: dict[str, Path] = {}
    for path in paths:
        for symbol, frame in _frames(_cells(path), alone=False).items():
            if symbol in held:
                what = f"{symbol} stands in {origin[symbol].name} as well"
                raise PriceError(what, where=str(path), remedy="Keep one of the two.")
            held[symbol], origin[symbol] = frame, path
    return held


def _cells(path: Path) -> Cells:
    return _parquet_cells(path) if path.suffix.lower() in {".parquet", ".pq"} else read_csv_cells(path)


def _parquet_cells(path: Path) -> Cells:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path).to_pandas()
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        raise PriceError(
            f"not a whole Parquet file ({str(error).splitlines()[0] if str(error) else type(error).__name__})",
            where=str(path),
            remedy="Write the file again.",
        ) from None
    if not isinstance(table.index, pd.RangeIndex):
        table = table.reset_index()
    if table.empty:
        raise PriceError("holds no rows", where=str(path), remedy=_ONE_OF)
    columns = tuple(table.iloc[:, i].to_numpy() for i in range(table.shape[1]))
    return Cells(path, tuple(str(name) for name in table.columns), columns, range(1, len(table) + 1), unit="row")


def _frames(cells: Cells, *, alone: bool) -> dict[str, pd.DataFrame]:
    """Cells in any accepted form → a frame a symbol. `alone`: the file's name tells no ticker unless it is Yahoo's."""
    names = [_canonical(name) for name in cells.header]
    for name in ("date", "symbol", *COLUMNS):
        if names.count(name) > 1:
            raise PriceError(f"two columns {name!r}", where=cells.where(0), remedy="Keep one of them.")
    if "date" not in names:
        raise _missing(cells, "date")
    if "symbol" not in names and "close" not in names and "adj_close" not in names and _is_wide(names):
        frames = _wide_frames(cells, names)
    else:
        frames = _long_frames(cells, names, alone=alone)
    if cells.cut:
        raise PriceError(
            "the last line has no line end: the file may be cut off",
            where=cells.where(len(cells.lines) - 1),
            remedy="Fetch the file again; if it is whole, end its last line.",
        )
    return frames


def _canonical(name: str) -> str:
    plain = name.strip().lower().replace(" ", "_")
    return ALIASES.get(plain, plain)


def _is_wide(names: list[str]) -> bool:
    return any(name not in {"date", *COLUMNS} for name in names)


def _missing(cells: Cells, *columns: str) -> PriceError:
    wanted, there = " or ".join(map(repr, columns)), ", ".join(map(repr, cells.header[:9]))
    return PriceError(f"no column {wanted} (there are {there})", where=str(cells.path), remedy=_ONE_OF)


def _wide_frames(cells: Cells, names: list[str]) -> dict[str, pd.DataFrame]:
    """One column a symbol; closes, or adjusted closes where the file's name says `adj`."""
    kind = "adj_close" if "adj" in cells.path.stem.lower() else "close"
    dates = iso_days(cells.columns[names.index("date")], cells.where, PriceError)
    symbols = [name.strip() for name, plain in zip(cells.header, names, strict=True) if plain != "date"]
    if "" in symbols or len(set(symbols)) < len(symbols):
        what = "a column without a name" if "" in symbols else "two columns for one symbol"
        raise PriceError(what, where=str(cells.path), remedy="Name each column by its symbol, once.")
    frames = {}
    for column, symbol in zip((i for i, plain in enumerate(names) if plain != "date"), symbols, strict=True):
        frame = _one_frame(cells, symbol, dates, {kind: _numbers(cells, column, price=True)}, np.arange(len(dates)))
        if not frame.empty:
            frames[symbol] = frame
    return frames


def _long_frames(cells: Cells, names: list[str], *, alone: bool) -> dict[str, pd.DataFrame]:
    """One row a symbol and day; without a column `symbol` (one file a ticker) the symbol is the file's name."""
    yahoo = "Date" in cells.header and {"open", "high", "low", "close"} <= set(names)
    if "symbol" not in names and alone and not yahoo:
        raise _missing(cells, "symbol")
    if "close" not in names and "adj_close" not in names:
        raise _missing(cells, "close", "adj_close")
    dates = iso_days(cells.columns[names.index("date")], cells.where, PriceError)
    values = {name: _numbers(cells, names.index(name), price=name != "volume") for name in COLUMNS if name in names}
    if "symbol" not in names:
        symbol = unquote(cells.path.stem)
        return {symbol: _one_frame(cells, symbol, dates, values, np.arange(len(dates)))}
    symbols = _symbols(cells, names.index("symbol"))
    order: dict[str, list[int]] = {}
    for row, symbol in enumerate(symbols):
        order.setdefault(symbol, []).append(row)
    frames = {s: _one_frame(cells, s, dates, values, np.asarray(rows)) for s, rows in order.items()}
    return {symbol: frame for symbol, frame in frames.items() if not frame.empty}


def _one_frame(
    cells: Cells, symbol: str, dates: np.ndarray, values: Mapping[str, np.ndarray], rows: np.ndarray
) -> pd.DataFrame:
    """The rows of one symbol in order of date, without those that hold no close of either kind."""
    rows = rows[np.argsort(dates[rows], kind="stable")]
    twice = np.flatnonzero(dates[rows][1:] == dates[rows][:-1])
    if twice.size:
        row = int(rows[twice[0] + 1])
        what = f"{symbol} has two rows for {np.datetime_as_string(dates[row], 'D')}"
        raise PriceError(f"duplicate date: {what}", where=cells.where(row), remedy="Keep one of them.")
    frame = history_frame(pd.DataFrame({n: v[rows] for n, v in values.items()}, index=pd.DatetimeIndex(dates[rows])))
    return frame[frame["close"].notna() | frame["adj_close"].notna()]


def _symbols(cells: Cells, column: int) -> list[str]:
    symbols = ["" if symbol is None else str(symbol).strip() for symbol in cells.columns[column]]
    for row, symbol in enumerate(symbols):
        if not symbol:
            raise PriceError("a row without a symbol", where=cells.where(row), remedy="Name the security.")
    return symbols


def _numbers(cells: Cells, column: int, *, price: bool) -> np.ndarray:
    """The numbers of a column, (rows,) float, NaN where empty; a price is above zero, a volume not below."""
    raw = cells.columns[column]
    if isinstance(raw, np.ndarray) and raw.dtype.kind in "fiu":
        numbers = raw.astype(float)
    else:
        numbers = _from_texts(cells, column, raw)
    wrong = np.isinf(numbers) | (numbers <= 0 if price else numbers < 0)
    if wrong.any():
        row = int(wrong.argmax())
        what = f"{cells.header[column]} is {numbers[row]:g}: a price must be above zero" if price else "negative volume"
        raise PriceError(what, where=cells.where(row), remedy="Correct the figure, or leave the cell empty.")
    return numbers


def _from_texts(cells: Cells, column: int, raw: Sequence[object] | Array) -> np.ndarray:
    numbers = np.full(len(raw), np.nan)
    for row, cell in enumerate(raw):
        text = "" if cell is None else str(cell)
        if _NUMBER.fullmatch(text):
            numbers[row] = float(text)
        elif text.lower() not in MISSING:
            raise PriceError(
                f"{cells.header[column]}: {text!r} is not a number",
                where=cells.where(row),
                remedy="Write it as 1234.5: no thousands separator, no currency sign.",
            )
    return numbers
