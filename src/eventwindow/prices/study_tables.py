"""The further tables of a study: their columns, dates, texts and numbers, each checked with the place of a fault."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd

from eventwindow.calendars.dates import Rows, iso_days
from eventwindow.errors import PriceError
from eventwindow.estimation.door import check_factors, check_prices
from eventwindow.estimation.numbers import Figures, numbers
from eventwindow.prices.tables import FIELDS, read_cells

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
_BARS = ("open", "high", "low", "close", "volume")
NUMBERS: dict[str, tuple[str, ...]] = {
    "shares": ("shares",),
    "megacaps": ("close",),
    "weights": ("weight",),
    "intraday": _BARS,
    "panel": ("adj_close", "close"),
    "factors": (),
}
ALIASES = {"ticker": "symbol", "security": "symbol", "adjclose": "adj_close"}
ISO = re.compile(r"\s*\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
MOMENTS = {"datetime": "start", "timestamp": "start"}  # of the table intraday


def study_table(name: str, path: Path, zone: str | None = None) -> pd.DataFrame:
    """The table of that name from a file in any form that `tables` reads, as `shaped` gives it."""
    cells = read_cells(path)
    known = {*REQUIRED[name], *TEXTS, *FIELDS}
    aliases = ALIASES | (MOMENTS if name == "intraday" else {})
    names = [aliases.get(given, given.replace("-", "_")) for given in cells.names]
    if name == "panel":
        names = [n if n in known else given.strip() for n, given in zip(names, cells.header, strict=True)]
    if twice := [n for k, n in enumerate(names) if n in names[:k]]:
        raise PriceError(f"two columns {twice[0]!r}", where=path.name, remedy="Keep one of the two.")
    table = pd.DataFrame({n: list(c) for n, c in zip(names, cells.columns, strict=True)})
    return shaped(name, table, cells.rows, zone)


def shaped(name: str, table: pd.DataFrame, rows: Rows, zone: str | None = None) -> pd.DataFrame:
    """A table with dates as dates (nanoseconds, no zone), texts as texts and numbers as numbers, in order of its dates.

    `zone` is that of bars whose stamps name none.

    Raises
    ------
    PriceError
        Where a column is lacking, a cell is no number, or a value cannot be: with file, symbol and day or line.
    """
    table = table.reset_index() if table.index.name == "date" else table
    if lacking := [c for c in REQUIRED[name] if c not in table]:
        raise PriceError(
            f"no column {lacking[0]!r} (there are {', '.join(map(repr, table.columns[:9]))})",
            where=rows.name,
            remedy=f"Add it; the table {name} has {', '.join(REQUIRED[name])}.",
        )
    moment = {"shares": "as_of", "intraday": "start"}.get(name, "date")
    days = _stamps(table[moment], rows, zone) if name == "intraday" else iso_days(table[moment], rows.at, PriceError)
    table = table.assign(**{moment: days})
    for column in [c for c in TEXTS if c in table]:
        table[column] = table[column].astype(str)
    long = name in WIDE and "symbol" in table
    figures = [c for c in map(str, table) if c not in (moment, *TEXTS)] if name in WIDE and not long else NUMBERS[name]
    table = _with_numbers(table, [c for c in figures if c in table], rows)
    if name in WIDE:
        table = _wide(name, _pivoted(table, rows) if long else table, rows)
    return _shares(table, rows) if name == "shares" else table


def _with_numbers(table: pd.DataFrame, columns: Sequence[str], rows: Rows) -> pd.DataFrame:
    """Those columns as numbers; the decimal mark is that of all of them."""
    plain = [c for c in columns if not pd.api.types.is_float_dtype(table[c])]
    found = numbers([Figures(c, table[c].tolist()) for c in plain], rows.at)
    return table.assign(**dict(zip(plain, found, strict=True))) if plain else table


def _pivoted(table: pd.DataFrame, rows: Rows) -> pd.DataFrame:
    """A long table of prices, a row a day and symbol, as a column a symbol: adjusted closes, else closes."""
    value = next((c for c in ("adj_close", "close") if c in table and table[c].notna().any()), "")
    if not value:
        raise PriceError("no column 'close' or 'adj_close'", where=rows.name, remedy="Add one of the two.")
    if (again := table.duplicated(["date", "symbol"]).to_numpy()).any():
        row = int(again.argmax())
        what = f"{table['symbol'].iloc[row]} has two rows for {table['date'].iloc[row]:%Y-%m-%d}"
        raise PriceError(what, where=rows.at(row), remedy="Keep one of the two.")
    return table.pivot(index="date", columns="symbol", values=value).rename_axis(columns=None).reset_index()


def _stamps(values: pd.Series, rows: Rows, zone: str | None) -> pd.Series:
    """Moments of bars, in UTC; a stamp without a zone is of `zone`, and could be of any where the study names none."""
    codes, unique = pd.factorize(values, use_na_sentinel=False)
    moments = []
    for code, value in enumerate(unique):
        moment, why = _moment(value, zone)
        if why:
            raise PriceError(
                f"{values.name}: {str(value)!r} {why}",
                where=rows.at(int((codes == code).argmax())),
                remedy="Write the zone with each time, 2025-01-27T09:30:00-05:00, or UTC, 2025-01-27T14:30:00Z; or name"
                ' that of all in study.toml: [intraday] zone = "America/New_York".',
            )
        moments.append(moment)
    return pd.Series(pd.DatetimeIndex(moments, tz="UTC").as_unit("ns")[codes], values.index, name=values.name)


def _moment(value: Any, zone: str | None) -> tuple[Any, str]:
    """A cell as a moment in UTC, and why it is none; "" where it is one."""
    stamp: Any = None
    with suppress(ValueError):
        stamp = pd.Timestamp(value) if not isinstance(value, str) or ISO.match(value) else None
    if pd.isna(stamp):
        return None, "is no time of a bar (2025-01-27T09:30:00)"
    if stamp.tzinfo is None and zone is None:
        return None, "has no zone"
    if stamp.tzinfo is None:
        stamp = stamp.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
        if pd.isna(stamp):
            return None, f"does not name one moment in {zone}: clocks are changed"
    return stamp.tz_convert("UTC"), ""


def _wide(name: str, table: pd.DataFrame, rows: Rows) -> pd.DataFrame:
    """Date × column, in order of the dates, each once; prices above zero, factors in decimals."""
    table = table.set_index("date")
    table.index = pd.DatetimeIndex(table.index, name="date").as_unit("ns")
    table.columns = table.columns.astype(str)
    if (again := table.index.duplicated()).any():
        row = int(again.argmax())
        raise PriceError(
            f"the date {table.index[row]:%Y-%m-%d} stands twice", where=rows.at(row), remedy="Keep one of the two."
        )
    table = table.sort_index()
    if name == "factors":
        check_factors(table, rows.name)
    else:
        check_prices(table.to_numpy(float), table.columns, table.index, rows.name)
    return table


def _shares(table: pd.DataFrame, rows: Rows) -> pd.DataFrame:
    """Share counts above zero, one a security, day and source; a count without a source has an empty one."""
    table = table.assign(**{c: "" for c in ("source", "note") if c not in table})
    if (wrong := ~(table["shares"] > 0).to_numpy()).any():
        row = int(wrong.argmax())
        raise PriceError(
            f"a share count of {table['shares'].iloc[row]:g} of {table['symbol'].iloc[row]}",
            where=rows.at(row),
            remedy="A count is above zero, in shares: 24490000000.",
        )
    again = table.duplicated(["symbol", "as_of", "source"]).to_numpy()
    if again.any():
        row = int(again.argmax())
        raise PriceError(
            f"two counts of {table['symbol'].iloc[row]} on {pd.Timestamp(table['as_of'].iloc[row]):%Y-%m-%d}",
            where=rows.at(row),
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
