"""The further tables of a study: their columns, dates, texts and numbers, each checked with the place of a fault."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from eventwindow.calendars.dates import Rows, iso_days
from eventwindow.errors import PriceError, check_file
from eventwindow.estimation.door import GONE, check_factors, check_prices
from eventwindow.estimation.numbers import Figures, numbers
from eventwindow.prices.tables import FIELDS, LARGEST, is_parquet, read_cells, unpacked

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
LEAST_VALUE, LEAST_UNSEEN = 1e6, 1e7  # dollars, of a listed company; the second where no volume tells of its size
MOST_VALUE = 2e13  # dollars; no company is worth as much
ALIKE, APART = 1.01, 50.0  # two counts of one day that agree; two in a row of which one is in other units
PRICES = ("open", "high", "low", "close")
_BARS = (*PRICES, "volume")
MOST_TIMES = 5.0  # a bar's close over that of the bar before
NUMBERS: dict[str, tuple[str, ...]] = {
    "shares": ("shares",),
    "megacaps": ("close",),
    "weights": ("weight",),
    "intraday": _BARS,
    "panel": ("adj_close", "close"),
    "factors": (),
}
ROWS = {"megacaps": ("date", "symbol"), "weights": ("date", "index", "symbol"), "intraday": ("start", "symbol")}  # once
ALIASES = {"ticker": "symbol", "security": "symbol", "adjclose": "adj_close"}
ISO = re.compile(r"\s*\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
NAMES = ("mkt_rf", "smb", "hml", "rmw", "cma", "mom", "rf")
LONGEST_HEAD = 30  # lines above the figures of a file of the library
DATED = (b"date", b"\xef\xbb\xbfdate", b'"date"')  # how a table of one's own begins
_DAY = re.compile(rb"^\s*(\d{8})\s*,(.*)$")
MOMENTS = {"datetime": "start", "timestamp": "start"}  # of the table intraday


def study_table(name: str, path: Path, zone: str | None = None) -> pd.DataFrame:
    """The table of that name from a file in any form that `tables` reads, as `shaped` gives it."""
    if name == "factors" and not is_parquet(path) and (raw := _of_library(path)):
        return parse_library(raw, where=path.name)
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


def _of_library(path: Path) -> bytes:
    """A file of the factor library as it is published, packed or not; empty where it is a table of one's own."""
    check_file(path, LARGEST, PriceError)
    raw = unpacked(path.read_bytes(), path)
    head = raw.splitlines()[:LONGEST_HEAD]
    return raw if any(map(_DAY.match, head)) and not raw.lower().startswith(DATED) else b""


def parse_library(raw: bytes, where: str) -> pd.DataFrame:
    """The daily rows of a file of the library (zipped or not), per cent → decimals, its marks for missing → NaN."""
    lines = unpacked(raw, Path(where)).splitlines()
    rows = [(number, match) for number, line in enumerate(lines) if (match := _DAY.match(line))]
    if not rows:
        remedy = "Give a daily file of the library, as CSV or zip."
        raise PriceError("no daily rows of factors", where=where, remedy=remedy)
    first = rows[0][0]
    header = next((line for line in reversed(lines[:first]) if line.strip()), b"")
    names = [cell.strip().lower().replace("-", "_") for cell in header.decode("latin-1").split(",")[1:]]
    try:
        values = np.array([[float(cell) for cell in match[2].split(b",")] for _, match in rows])
        dates = pd.to_datetime([match[1].decode() for _, match in rows], format="%Y%m%d")
    except ValueError as error:
        raise PriceError(f"a row that is none: {error}", where=where, remedy="Fetch the file again.") from None
    if values.ndim != 2 or values.shape[1] != len(names) or not set(names) & set(NAMES):
        raise PriceError(f"unknown columns {header!r}", where=where, remedy="Give a file of daily factors.")
    if not dates.is_monotonic_increasing or not dates.is_unique:
        raise PriceError("dates out of order or twice", where=where, remedy="Fetch the file again.")
    values = np.where(np.isin(values, GONE), np.nan, values / 100)
    return pd.DataFrame(values, index=pd.DatetimeIndex(dates, name="date").as_unit("ns"), columns=names)


def shaped(name: str, table: pd.DataFrame, rows: Rows, zone: str | None = None) -> pd.DataFrame:
    """A table with dates as dates (nanoseconds, no zone), texts as texts and numbers as numbers, in order of its dates.

    `zone` is that of bars whose stamps name none. PriceError where a column is lacking, a cell is no number, or a value
    cannot be: with file, symbol and day or line.
    """
    table = table.reset_index() if table.index.name == "date" else table
    if lacking := [c for c in REQUIRED[name] if c not in table]:
        what = f"no column {lacking[0]!r} (there are {', '.join(map(repr, table.columns[:9]))})"
        raise PriceError(what, where=rows.name, remedy=f"Add it; the table {name} has {', '.join(REQUIRED[name])}.")
    moment = {"shares": "as_of", "intraday": "start"}.get(name, "date")
    days = _stamps(table[moment], rows, zone) if name == "intraday" else iso_days(table[moment], rows.at, PriceError)
    table = table.assign(**{moment: days})
    for column in [c for c in TEXTS if c in table]:
        table[column] = table[column].astype(str)
    long = name in WIDE and "symbol" in table
    figures = [c for c in map(str, table) if c not in (moment, *TEXTS)] if name in WIDE and not long else NUMBERS[name]
    table = _with_numbers(table, [c for c in figures if c in table], rows)
    _check_values(name, table, rows)
    if name in ROWS:
        _check_once(table, ROWS[name], rows)
    if name == "intraday":
        _check_bars(table, rows)
    if name in WIDE:
        table = _wide(name, _pivoted(table, rows) if long else table, rows)
    return _shares(table, rows) if name == "shares" else table


def _check_values(name: str, table: pd.DataFrame, rows: Rows) -> None:
    """Prices above zero, volumes not below, weights between 0 and 1."""
    prices = [c for c in PRICES if c in table and name in ("intraday", "megacaps")]
    checks = [(c, table[c] <= 0, "a price must be above zero", "Correct it, or leave it empty.") for c in prices]
    if name == "intraday" and "volume" in table:
        checks.append(("volume", table["volume"] < 0, "no volume is below zero", "Correct it, or leave it empty."))
    if name == "weights":
        why, remedy = "a weight lies between 0 and 1", "Give shares of the index: 0.07 is 7 %."
        checks.append(("weight", ~table["weight"].between(0, 1) & table["weight"].notna(), why, remedy))
    for column, wrong, why, remedy in checks:
        if wrong.any():
            row = int(wrong.to_numpy().argmax())
            what = f"{column} of {table['symbol'].iloc[row]} is {table[column].iloc[row]:g}: {why}"
            raise PriceError(what, where=rows.at(row), remedy=remedy)


def _check_bars(table: pd.DataFrame, rows: Rows) -> None:
    """No bar is many times the one before it: other units, or a digit too many."""
    ordered = table[["symbol", "start", "close"]].sort_values(["symbol", "start"], kind="stable")
    times = (ordered["close"] / ordered.groupby("symbol")["close"].shift(1)).fillna(1.0)
    far = (times > MOST_TIMES) | (times < 1 / MOST_TIMES)
    if far.any():
        row = int(far.index[far][0])
        what = f"a close of {table['symbol'].iloc[row]} is {times[row]:.3g} times that of the bar before"
        raise PriceError(what, where=rows.at(row), remedy="Correct the price, or give all bars in one unit.")


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
    _check_once(table, ("date", "symbol"), rows)
    return table.pivot(index="date", columns="symbol", values=value).rename_axis(columns=None).reset_index()


def _check_once(table: pd.DataFrame, columns: Sequence[str], rows: Rows) -> None:
    """No two rows are of the same moment and symbol."""
    if (again := table.duplicated(list(columns)).to_numpy()).any():
        row = int(again.argmax())
        moment = table[columns[0]].iloc[row]
        when = f"{moment:%Y-%m-%d}" if moment == moment.normalize() else f"{moment:%Y-%m-%d %H:%M %Z}"
        what = f"{table['symbol'].iloc[row]} has two rows for {when}"
        raise PriceError(what, where=rows.at(row), remedy="Keep one of the two.")


def _stamps(values: pd.Series, rows: Rows, zone: str | None) -> pd.Series:
    """Moments of bars, in UTC; a stamp without a zone is of `zone`, and could be of any where the study names none."""
    if isinstance(values.dtype, pd.DatetimeTZDtype) and not values.hasnans:
        return values.astype("datetime64[ns, UTC]")
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
        if isinstance(value, datetime) or (isinstance(value, str) and ISO.match(value)):
            stamp = pd.Timestamp(value).as_unit("ns")
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
        remedy = "Keep one of the two."
        raise PriceError(f"the date {table.index[row]:%Y-%m-%d} stands twice", where=rows.at(row), remedy=remedy)
    table = table.sort_index()
    if name == "factors":
        check_factors(table, rows.name)
    else:
        check_prices(table.to_numpy(float), table.columns, table.index, rows.name)
    return table


def _shares(table: pd.DataFrame, rows: Rows) -> pd.DataFrame:
    """Share counts above zero, one a security and day; a count without a source has an empty one.

    Counts of several sources for one day have to agree: classes of shares, a row each, are no count of the company.
    """
    table = table.assign(**{c: "" for c in ("source", "note") if c not in table})
    counts = table["shares"]
    if (wrong := ~(counts > 0).to_numpy()).any():
        row = int(wrong.argmax())
        told = "no share count" if pd.isna(counts.iloc[row]) else f"a share count of {counts.iloc[row]:,.12g}"
        remedy = "Write the count, above zero and in shares: 24490000000; or take the row out."
        raise PriceError(f"{told} of {table['symbol'].iloc[row]}", where=rows.at(row), remedy=remedy)
    keys = [table["symbol"], table["as_of"]]
    apart = (counts > ALIKE * counts.groupby(keys).transform("min")) | (
        counts * ALIKE < counts.groupby(keys).transform("max")
    )
    again = table.duplicated(["symbol", "as_of", "source"]) | (apart & table.duplicated(["symbol", "as_of"]))
    if again.any():
        row = int(again.to_numpy().argmax())
        raise PriceError(
            f"two counts of {table['symbol'].iloc[row]} on {pd.Timestamp(table['as_of'].iloc[row]):%Y-%m-%d}",
            where=rows.at(row),
            remedy="Add classes of shares up in one row; of two sources that differ, keep one.",
        )
    return table


def implausible_counts(
    counts: pd.DataFrame, frames: Mapping[str, pd.DataFrame], units: Mapping[str, float]
) -> dict[str, str]:
    """Securities whose count cannot be, and why; `units` is about what a dollar is in the currency of each."""
    held = counts[counts["symbol"].isin(list(frames))].sort_values("as_of", kind="stable")
    found = {str(s): _implausible(rows, frames[str(s)], units.get(str(s), 1.0)) for s, rows in held.groupby("symbol")}
    return {symbol: why for symbol, why in found.items() if why}


def _implausible(counts: pd.DataFrame, frame: pd.DataFrame, unit: float) -> str:
    """Why counts of one security cannot be: of its volume, of its value, of each other; "" where they can."""
    usual, close = (float(frame[column].median()) for column in ("volume", "close"))
    few, many = float(counts["shares"].min()), float(counts["shares"].max())
    if few < usual:
        return f"{few:,.12g} shares, while {usual:,.0f} change hands on an ordinary day"
    dated = pairwise(zip(counts["shares"].tolist(), counts["as_of"].tolist(), strict=True))
    for (one, day), (other, then) in dated:
        if not 1 / APART < other / one < APART:
            return f"{one:,.12g} shares on {day:%Y-%m-%d}, {other:,.12g} on {then:%Y-%m-%d}"
    least, worth = (LEAST_VALUE if usual > 0 else LEAST_UNSEEN) * unit, few * close
    wrong = few if worth < least else many if many * close > MOST_VALUE * unit else 0.0
    return f"{wrong:,.12g} shares at {close:,.2f} are worth {wrong * close:,.0f}" if wrong else ""
