"""The further tables of a study: their columns, dates, texts and numbers, each checked with the place of a fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from eventwindow.calendars.dates import Rows, iso_days
from eventwindow.errors import PriceError
from eventwindow.estimation.door import check_factors, check_prices

REQUIRED = {
    "shares": ("symbol", "as_of", "shares"),
    "megacaps": ("date", "symbol", "close"),
    "weights": ("date", "index", "symbol", "weight"),
    "intraday": ("start", "symbol", "close"),
    "panel": ("date",),
    "factors": ("date",),
}
TEXTS = ("symbol", "index", "source", "note")
WIDE = ("panel", "factors")  # a column a security or factor
LEAST_VALUE = 1e6  # of a listed company, in any currency; below it a count is in thousands or millions
NUMBERS = {"shares": ("shares",), "megacaps": ("close",), "weights": ("weight",)}


def read_csv_table(name: str, path: Path) -> pd.DataFrame:
    """A table as text, cell by cell: names of columns in any case, identifiers as they are written (NA, 000001)."""
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, sep=None, engine="python", encoding="utf-8-sig")
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as error:
        raise PriceError(f"not a CSV file ({error})", where=path.name, remedy="Save it as CSV in UTF-8.") from None
    known = set(REQUIRED[name]) | set(TEXTS)
    stripped = [str(c).strip() for c in table]
    return table.set_axis([c if name in WIDE and c.lower() not in known else c.lower() for c in stripped], axis=1)


def shaped(name: str, table: pd.DataFrame, file: str) -> pd.DataFrame:
    """A table with dates as dates (nanoseconds, no zone), texts as texts and numbers as numbers, in order of its dates.

    Raises
    ------
    PriceError
        Where a column is lacking, a cell is no number, or a value cannot be: with file, symbol and day or row.
    """
    table = table.reset_index() if table.index.name == "date" else table
    if lacking := [c for c in REQUIRED[name] if c not in table]:
        raise PriceError(
            f"no column {lacking[0]!r} (there are {', '.join(map(repr, table.columns[:9]))})",
            where=file,
            remedy=f"Add it; the table {name} has {', '.join(REQUIRED[name])}.",
        )
    moment = {"shares": "as_of", "intraday": "start"}.get(name, "date")
    days = _stamps(table[moment], file) if name == "intraday" else iso_days(table[moment], Rows(file).at, PriceError)
    table = table.assign(**{moment: days})
    for column in [c for c in TEXTS if c in table]:
        table[column] = table[column].astype(str)
    for column in NUMBERS.get(name, ()):
        table[column] = numbers(table[column], Rows(file).at)
    if name == "intraday":
        for column in [c for c in ("open", "high", "low", "close", "volume") if c in table]:
            table[column] = numbers(table[column], Rows(file).at)
    if name in WIDE:
        table = _wide(name, table, file)
    return _shares(table, file) if name == "shares" else table


def numbers(column: pd.Series, place: Callable[[int], str]) -> pd.Series:
    """Numbers of texts, empty cells as NaN; a thousands separator is read where every group has three digits."""
    if pd.api.types.is_numeric_dtype(column):
        return column.astype(float)
    texts = column.astype(str).str.strip()
    grouped = texts.str.fullmatch(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
    found = pd.to_numeric(texts.where(~grouped, texts.str.replace(",", "")), errors="coerce")
    wrong = found.isna() & ~texts.isin(["", "nan", "NaN", "None", "NA", "null"])
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        raise PriceError(
            f"{column.name}: {texts.iloc[row]!r} is not a number",
            where=place(row),
            remedy="Write numbers with a decimal point, 1234.5; leave a missing one empty.",
        )
    return found.astype(float)


def _stamps(values: pd.Series, file: str) -> pd.Series:
    """Moments of bars, in UTC; a stamp without a zone could be of any."""
    try:
        stamps = [pd.Timestamp(value) for value in values.drop_duplicates()]
    except ValueError as error:
        remedy = "Give times as 2025-01-27T14:30:00Z."
        raise PriceError(f"{values.name}: {error}", where=file, remedy=remedy) from None
    if naive := next((stamp for stamp in stamps if stamp.tzinfo is None), None):
        raise PriceError(
            f"{values.name}: {naive} has no zone",
            where=file,
            remedy="Write the zone with each time, 2025-01-27T09:30:00-05:00, or UTC, 2025-01-27T14:30:00Z.",
        )
    return pd.to_datetime(values, utc=True, format="ISO8601").dt.as_unit("ns")


def _wide(name: str, table: pd.DataFrame, file: str) -> pd.DataFrame:
    """Date × column, in order of the dates, each once; prices above zero, factors in decimals."""
    place = Rows(file).at
    table = table.set_index("date")
    if not all(pd.api.types.is_numeric_dtype(table[c]) for c in table):
        table = pd.DataFrame({c: numbers(table[c], place) for c in table}, index=table.index)
    table.index = pd.DatetimeIndex(table.index, name="date").as_unit("ns")
    table.columns = table.columns.astype(str)
    if table.index.has_duplicates:
        twice = table.index[table.index.duplicated()][0]
        raise PriceError(f"the date {twice:%Y-%m-%d} stands twice", where=file, remedy="Keep one of the two.")
    table = table.sort_index()
    if name == "factors":
        check_factors(table, file)
        return table
    check_prices(table.to_numpy(float), table.columns, table.index, file)
    return table


def _shares(table: pd.DataFrame, file: str) -> pd.DataFrame:
    """Share counts above zero, one a security, day and source; a count without a source has an empty one."""
    table = table.assign(**{c: "" for c in ("source", "note") if c not in table})
    if (wrong := ~(table["shares"] > 0).to_numpy()).any():
        row = int(wrong.argmax())
        raise PriceError(
            f"a share count of {table['shares'].iloc[row]:g} of {table['symbol'].iloc[row]}",
            where=Rows(file).at(row),
            remedy="A count is above zero, in shares: 24490000000.",
        )
    again = table.duplicated(["symbol", "as_of", "source"]).to_numpy()
    if again.any():
        row = int(again.argmax())
        raise PriceError(
            f"two counts of {table['symbol'].iloc[row]} on {pd.Timestamp(table['as_of'].iloc[row]):%Y-%m-%d}",
            where=Rows(file).at(row),
            remedy="Add share classes up in one row.",
        )
    return table


def implausible_counts(counts: pd.DataFrame, frames: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Securities whose count cannot be: worth less than `LEAST_VALUE`, or fewer shares than change hands on a day."""
    found = {}
    for symbol, rows in counts[counts["symbol"].isin(list(frames))].groupby("symbol"):
        usual, close = (float(frames[str(symbol)][column].median()) for column in ("volume", "close"))
        least = float(rows["shares"].min())
        if least < usual:
            found[str(symbol)] = f"{least:,.0f} shares, while {usual:,.0f} change hands on an ordinary day"
        elif least * close < LEAST_VALUE:
            found[str(symbol)] = f"{least:,.0f} shares at {close:,.2f} are worth {least * close:,.0f}"
    return found
