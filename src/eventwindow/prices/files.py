"""Prices from a file or a folder of the user's: long, wide, or one file a ticker, in any form that `tables` reads.

Nothing is guessed: a date or number of two readings, a duplicate date, a price of zero or a file that was cut off is an
error that names the line.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import numpy as np
import pandas as pd

from eventwindow.errors import PriceError, Reason, stands
from eventwindow.prices.history import COLUMNS, Answers, PriceHistory, Unavailable, history_frame
from eventwindow.prices.tables import ENDINGS, Array, Cells, read_cells
from eventwindow.prices.yahoo import Pulled, quoted_at, splits_applied

ALIASES = {
    **{"ticker": "symbol", "security": "symbol", "adjclose": "adj_close", "adjusted_close": "adj_close"},
    **{"vol": "volume", "price": "close", "timestamp": "date"},  # Stooq's, investing.com's and Alpha Vantage's
    **dict.fromkeys(("stock_splits", "splitfactor", "split_coefficient"), "split"),
}
ONE_TICKER = frozenset(  # columns of a file of one ticker as Yahoo, Stooq, Tiingo and investing.com write it
    {"date", *COLUMNS, "dividends", "split", "capital_gains", "openint", "change", "divcash"}
    | {"adjhigh", "adjlow", "adjopen", "adjvolume", "dividend_amount"}
)
MOST_SYMBOLS = 100_000  # of one table
FEW = 3  # names of a file that are told beside one that it lacks
TIMES = {"K": 1e3, "M": 1e6, "B": 1e9}
_SHORT = re.compile(r"(\d+(?:\.\d+)?)([KMBkmb])", re.ASCII)
_STOOQ = re.compile(r"([a-z0-9^.-]+?)(_[a-z]{2})?_[dwm]", re.ASCII)  # aapl_us_d, ^spx_d
_ONE_OF = "A table of prices needs date, symbol and one of close, adj_close."


class PriceFiles:
    """The source "file": a user's own prices."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fetch(self, symbols: list[str], start: pd.Timestamp, end: pd.Timestamp) -> Answers:
        """What the file holds of each symbol between two dates, both included, and before them."""
        held = read_prices(self.path)
        found: dict[str, PriceHistory | Unavailable] = {}
        for symbol in symbols:
            whole = held.get(symbol, held.get(f"{symbol}.US"))  # as Stooq and EODHD write it
            if whole is None:
                found[symbol] = Unavailable(symbol, _lacks(self.path.name, symbol, held, symbols), known=False)
            elif whole.loc[start:end].empty:
                found[symbol] = Unavailable(symbol, Reason("file_no_row", file=self.path.name))
            else:
                frame, note = _quoted(whole, end)
                before = frame.loc[frame.index < start]
                earlier = None if before.empty else before
                found[symbol] = PriceHistory(symbol, frame.loc[start:end], "file", note, earlier=earlier)
        return found


def _quoted(whole: pd.DataFrame, end: pd.Timestamp) -> tuple[pd.DataFrame, Reason | None]:
    """What a file holds as quoted at `end`, and what was done: the splits that it tells are those of its prices."""
    if "split" not in whole or not ((whole["split"] > 0) & (whole["split"] != 1)).any():
        return whole.reindex(columns=list(COLUMNS)), None
    history = quoted_at(Pulled("", whole.assign(dividend=0.0), "", whole.index[0]), whole.index[0], end)
    return (history.frame, history.note) if isinstance(history, PriceHistory) else (whole, None)


def _lacks(file: str, symbol: str, held: Iterable[str], asked: Sequence[str]) -> Reason:
    """That the file does not hold it, and the name that differs in case or blanks alone, or the few that none asks for.

    A name that is written wrong stands among the latter.
    """
    if like := next((name for name in held if name.strip().upper() == symbol.strip().upper()), ""):
        return Reason("file_lacks_but", file=file, like=repr(like))
    unused = [name for name in held if name not in asked and name.removesuffix(".US") not in asked]
    if 0 < len(unused) <= FEW:
        return Reason("file_lacks_unused", file=file, unused=", ".join(map(repr, unused)))
    return Reason("file_lacks", file=file)


def read_prices(path: Path) -> dict[str, pd.DataFrame]:
    """Symbol → daily frame (columns of `COLUMNS`, ascending dates) of everything the file or folder holds.

    Where it tells splits, they stand in a column `split`; its prices are then as the file has them.
    """
    if path.is_dir():
        return _read_folder(path)
    if not path.is_file():
        raise PriceError("no such file or folder of prices", where=str(path), remedy="Give an existing path.")
    return _frames(read_cells(path), alone=True)


def _read_folder(folder: Path) -> dict[str, pd.DataFrame]:
    """`daily.csv` or `daily.parquet` if the folder holds one, else all its tables together."""
    for name in ("daily.parquet", "daily.csv"):
        if stands(folder / name):
            return _frames(read_cells(folder / name), alone=True)
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS)
    if not paths:
        raise PriceError("no table of prices in this folder", where=folder.name, remedy=_ONE_OF)
    held: dict[str, pd.DataFrame] = {}
    origin: dict[str, Path] = {}
    for path in paths:
        for symbol, frame in _frames(read_cells(path), alone=False).items():
            if symbol in held:
                what = f"{symbol} stands in {origin[symbol].name} as well"
                raise PriceError(what, where=path.name, remedy="Keep one of the two.")
            held[symbol], origin[symbol] = frame, path
    return held


def _frames(cells: Cells, *, alone: bool) -> dict[str, pd.DataFrame]:
    """Cells in any accepted form → a frame a symbol. `alone`: the file's name tells no ticker unless it is Yahoo's."""
    names = [ALIASES.get(name, name) for name in cells.names]
    for name in ("date", "symbol", "split", *COLUMNS):
        if names.count(name) > 1:
            raise PriceError(f"two columns {name!r}", where=cells.rows.at(0), remedy="Keep one of them.")
    if "date" not in names:
        raise _missing(cells, "date")
    wide = not set(names) <= {"date", *COLUMNS}
    if wide and "symbol" not in names and "close" not in names and "adj_close" not in names:
        frames = _wide_frames(cells, names)
    else:
        frames = _long_frames(cells, names, alone=alone)
    cells.check_whole()
    return frames


def _missing(cells: Cells, *columns: str) -> PriceError:
    wanted, there = " or ".join(map(repr, columns)), ", ".join(map(repr, cells.header[:9]))
    return PriceError(f"no column {wanted} (there are {there})", where=cells.path.name, remedy=_ONE_OF)


def _wide_frames(cells: Cells, names: list[str]) -> dict[str, pd.DataFrame]:
    """One column a symbol; closes, or adjusted closes where the file's name says `adj`."""
    kind = "adj_close" if "adj" in cells.path.stem.lower() else "close"
    dates = cells.days(names.index("date"))
    symbols = [name.strip() for name, plain in zip(cells.header, names, strict=True) if plain != "date"]
    if "" in symbols or len(set(symbols)) < len(symbols):
        what = "a column without a name" if "" in symbols else "two columns for one symbol"
        raise PriceError(what, where=cells.path.name, remedy="Name each column by its symbol, once.")
    columns = [i for i, plain in enumerate(names) if plain != "date"]
    try:
        values = _numbers(cells, columns, dict.fromkeys(columns, True))
    except PriceError:
        if all(re.search(r"\d", "".join(map(str, cells.columns[i]))) for i in columns):
            raise
        raise _missing(cells, "symbol", "close") from None  # a column of names: no wide table
    every = np.arange(len(dates))
    frames = {s: _one_frame(cells, s, dates, {kind: values[i]}, every) for s, i in zip(symbols, columns, strict=True)}
    return {symbol: frame for symbol, frame in frames.items() if not frame.empty}


def _long_frames(cells: Cells, names: list[str], *, alone: bool) -> dict[str, pd.DataFrame]:
    """One row a symbol and day; without a column `symbol` (one file a ticker) the symbol is the file's name."""
    single = {"open", "high", "low", "close"} <= set(names) <= ONE_TICKER
    if "symbol" not in names and alone and not single:
        raise _missing(cells, "symbol")
    if "close" not in names and "adj_close" not in names:
        raise _missing(cells, "close", "adj_close")
    dates = cells.days(names.index("date"))
    held = {names.index(name): name not in ("volume", "split") for name in (*COLUMNS, "split") if name in names}
    values = {names[column]: numbers for column, numbers in _numbers(cells, list(held), held).items()}
    if "symbol" not in names:
        symbol = file_symbol(cells.path)
        return {symbol: _one_frame(cells, symbol, dates, values, np.arange(len(dates)))}
    symbols = _symbols(cells, names.index("symbol"))
    order: dict[str, list[int]] = {}
    for row, symbol in enumerate(symbols):
        order.setdefault(symbol, []).append(row)
    if len(order) > MOST_SYMBOLS:
        what = f"{len(order):,} symbols in {len(symbols):,} rows: more securities than are listed anywhere"
        raise PriceError(what, where=cells.path.name, remedy="Look at the column of symbols, or keep the study's own.")
    frames = {s: _one_frame(cells, s, dates, values, np.asarray(rows)) for s, rows in order.items()}
    return {symbol: frame for symbol, frame in frames.items() if not frame.empty}


def _one_frame(cells: Cells, symbol: str, dates: Array, values: Mapping[str, Array], rows: Array) -> pd.DataFrame:
    """The rows of one symbol in order of date, without those that hold no close of either kind."""
    rows = rows[np.argsort(dates[rows], kind="stable")]
    twice = np.flatnonzero(dates[rows][1:] == dates[rows][:-1])
    if twice.size:
        row = int(rows[twice[0] + 1])
        what = f"{symbol} has two rows for {np.datetime_as_string(dates[row], 'D')}"
        raise PriceError(f"duplicate date: {what}", where=cells.rows.at(row), remedy="Keep one of them.")
    frame = history_frame(pd.DataFrame({n: v[rows] for n, v in values.items()}, index=pd.DatetimeIndex(dates[rows])))
    if "split" in values:
        frame["split"] = values["split"][rows]
    return frame[frame["close"].notna() | frame["adj_close"].notna()]


def _symbols(cells: Cells, column: int) -> list[str]:
    symbols = ["" if symbol is None else str(symbol).strip() for symbol in cells.columns[column]]
    for row, symbol in enumerate(symbols):
        if not symbol:
            raise PriceError("a row without a symbol", where=cells.rows.at(row), remedy="Name the security.")
    return symbols


def _numbers(cells: Cells, columns: Sequence[int], price: Mapping[int, bool]) -> dict[int, Array]:
    """The numbers of columns, (rows,) float each, NaN where empty; a price is above zero, a volume not below."""
    plain = cells if all(price.values()) else _without_thousands(cells, [i for i in columns if not price[i]])
    found = dict(zip(columns, plain.numbers(columns), strict=True))
    for column, values in found.items():
        wrong = np.isinf(values) | (values <= 0 if price[column] else values < 0)
        if wrong.any():
            row, name = int(wrong.argmax()), cells.header[column]
            zero = f"{name} is {values[row]:g}: a price must be above zero"
            remedy = "Correct the figure, or leave the cell empty."
            raise PriceError(zero if price[column] else "negative volume", where=cells.rows.at(row), remedy=remedy)
    return found


def _without_thousands(cells: Cells, volumes: Sequence[int]) -> Cells:
    """Volumes as investing.com writes them, 12.3M, in full."""
    columns = list(cells.columns)
    for column in volumes:
        if not isinstance(columns[column], np.ndarray):
            columns[column] = [_in_full(str(cell)) for cell in columns[column]]
    return replace(cells, columns=tuple(columns))


def _in_full(text: str) -> str:
    match = _SHORT.fullmatch(text)
    return f"{float(match[1]) * TIMES[match[2].upper()]:.0f}" if match else text


def file_symbol(path: Path) -> str:
    """The ticker that a file's name tells: as it stands, or as Stooq and investing.com name their downloads."""
    name = unquote(path.name)
    while (ending := PurePosixPath(name).suffix.lower()) in ENDINGS:
        name = name[: -len(ending)]
    if match := _STOOQ.fullmatch(name):
        return match[1].upper() + ("" if match[2] in (None, "_us") else f".{match[2][1:].upper()}")
    return name.removesuffix(" Historical Data")


def panel_prices(path: Path) -> pd.DataFrame:
    """Adjusted closes (closes where a security has none), date × security, from a file or folder of prices."""
    frames = {s: splits_applied(f)[0] if "split" in f else f for s, f in read_prices(path).items()}
    columns = {s: f["adj_close"] if f["adj_close"].notna().any() else f["close"] for s, f in frames.items()}
    return pd.DataFrame(columns).sort_index()
