"""Tables as a notebook holds them → a day a row and a security a column, an event a row; how they were read is told."""

from collections.abc import Iterable, Mapping
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import is_scalar

from eventwindow.calendars.dates import Rows, check_as_often, iso_days
from eventwindow.calendars.window import Window, as_window
from eventwindow.errors import StudyError, WindowError, counted
from eventwindow.estimation.door import OF_RETURNS, Values

OF_EVENTS = "the table of events"
NAMES = ("security", "symbol", "ticker", "firm", "stock", "asset", "permno", "isin", "cusip", "ric", "gvkey", "code")
DAYS = ("date", "event_date", "day", "datetime", "timestamp", "edate", "announcement_date", "announcement date", "rdq")
FIGURES = {
    "returns": ("return", "returns", "ret", "r"),
    "prices": ("adj close", "adj_close", "adjclose", "adjusted", "close", "price", "prc"),
}
KNOWN = (*NAMES, *DAYS)
FACTORS = {name: name for name in ("mkt_rf", "smb", "hml", "rmw", "cma", "mom", "rf")} | {
    "mktrf": "mkt_rf", "umd": "mom", "wml": "mom",
}  # fmt: skip
OTHERS = ("event", "group", "time", "zone", "exchange", "session", "benchmark", "risk_free")  # columns of a list
EXAMPLE = 'Give {"NVDA": "2025-01-27"}, or a DataFrame with the columns security and date.'


class Given(NamedTuple):
    """What was given, in the one form that is computed with, and how it was read where that is not plain."""

    returns: pd.DataFrame
    events: pd.DataFrame
    benchmark: str | None
    notes: tuple[str, ...]


def given(returns: Any, events: Any, benchmark: Any, values: Values) -> Given:
    """Tables, series and mappings in their usual shapes; securities are known by their names as text.

    StudyError for what can be read in no way, or in two.
    """
    table, notes = figures_table(returns, values)
    listed = events_table(events)
    if isinstance(benchmark, pd.Series | pd.DataFrame):
        table, benchmark = _with_series(table, benchmark)
    else:
        benchmark = named_benchmark(benchmark)
    for name in ("security", "benchmark", "risk_free"):
        if name in listed:
            listed[name] = listed[name].map(identifier)
    _check_benchmarks(table, {benchmark, *listed.get("benchmark", pd.Series(dtype=object))})
    return Given(table, listed, benchmark, notes)


def identifier(value: Any) -> Any:
    """A security's name as text: 10107 and 10107.0 are "10107"; what is missing stays so."""
    if isinstance(value, str) or value is None or pd.isna(value):
        return value
    whole = isinstance(value, float | np.floating) and float(value).is_integer()
    return str(int(value)) if whole else str(value)


def by_number(rows: pd.Series | pd.DataFrame, securities: pd.Series) -> bool:
    """Whether rows are numbered as the events, from 0 on in any order, by numbers that name no security."""
    whole = pd.api.types.is_integer_dtype(rows.index) and rows.index.sort_values().equals(
        pd.RangeIndex(len(securities))
    )
    return whole and not set(map(str, rows.index)) & set(map(str, securities))


def figures_table(given: Any, values: Values) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Returns or prices by day and security, from a wide or long table, a series or a mapping."""
    table, notes = _framed(given), list[str]()
    if table.columns.nlevels > 1:
        table, notes = _one_field(table, values)
    if table.index.nlevels == 2:
        table = table.rename_axis(_level_names(table.index)).reset_index()
    if not isinstance(_days(table.index), pd.DatetimeIndex) and table.columns.nlevels == 1:  # DAY is a ticker too
        table, told = _dated(table, values)
        notes += told
    if not isinstance(_days(table.index), pd.DatetimeIndex) and isinstance(_days(table.columns), pd.DatetimeIndex):
        raise StudyError("the dates stand in the columns", where=OF_RETURNS, remedy="Turn it over: table.T.")
    table = table.set_axis(_days(table.index), axis=0)
    if table.columns.nlevels == 1:
        table = table.set_axis(pd.Index([identifier(name) for name in table.columns], dtype=object), axis=1)
    if table.columns.has_duplicates:
        twice = table.columns[table.columns.duplicated()][0]
        raise StudyError(f"two columns are called {twice!r}", where=OF_RETURNS, remedy="Keep one of the two.")
    return table, tuple(notes)


def _framed(given: Any) -> pd.DataFrame:
    """A frame of what is given; another library's table by its own way to pandas."""
    if hasattr(given, "to_pandas"):
        given = given.to_pandas()
    if isinstance(given, Mapping) and given:
        given = pd.DataFrame(dict(given))
    if isinstance(given, pd.Series):
        given = given.to_frame(given.name or ("return" if given.index.nlevels == 2 else "security"))
    if isinstance(given, pd.DataFrame):
        return given
    what = f"a {type(given).__name__} instead of a table"
    raise StudyError(what, where=OF_RETURNS, remedy="Give a DataFrame, date × security.")


def _level_names(index: pd.Index) -> list[str]:
    """Which level of a table's rows holds the days, the other holding the securities."""
    first = isinstance(_days(index.get_level_values(0)), pd.DatetimeIndex)
    return ["date", "security"] if first else ["security", "date"]


def _one_field(table: pd.DataFrame, values: Values) -> tuple[pd.DataFrame, list[str]]:
    """Of prices as yfinance gives them, the closes; adjusted ones where there are any."""
    for level in range(table.columns.nlevels):
        held = set(table.columns.get_level_values(level))
        field = next((name for name in ("Adj Close", "Close") if name in held), None)
        if field and values == "prices" and len(held) > 1:
            closes: pd.DataFrame = table.loc[:, table.columns.get_level_values(level) == field]
            return closes.droplevel(level, axis=1), [f"of the fields of the table {field!r} is taken"]
    return table, []


def _dated(table: pd.DataFrame, values: Values) -> tuple[pd.DataFrame, list[str]]:
    """A table whose days stand in a column, long or wide."""
    names = {str(name).strip().lower(): name for name in table.columns}
    typed = [name for name in table if pd.api.types.is_datetime64_any_dtype(table[name])]
    days = typed or [names[name] for name in DAYS if name in names]
    if not days:
        return table, []
    who = next((names[name] for name in NAMES if name in names and names[name] != days[0]), None)
    if who is not None:
        return _pivoted(table, days[0], who, values), []
    note = f"the column {str(days[0])!r} is read as the dates of the rows"
    return table.set_index(days[0]), [note]


def _pivoted(table: pd.DataFrame, day: Any, who: Any, values: Values) -> pd.DataFrame:
    """A long table, a row a day and security, as a wide one."""
    others = [name for name in table if name not in (day, who)]
    lower = {str(name).strip().lower(): name for name in others}
    numbers = [name for name in others if pd.api.types.is_numeric_dtype(table[name])]
    named = [lower[name] for name in FIGURES[values] if name in lower]
    if not named and len(numbers) != 1:
        held = ", ".join(map(str, numbers)) or "none"
        what = f"a long table with {counted(len(numbers), 'column')} of numbers ({held})"
        raise StudyError(what, where=OF_RETURNS, remedy=f"Keep one: table[[{day!r}, {who!r}, {FIGURES[values][0]!r}]].")
    twice = table.duplicated([day, who])
    if twice.any():
        row = table[twice].iloc[0]
        raise StudyError(f"{row[who]} stands twice on {row[day]}", where=OF_RETURNS, remedy="Keep one of the two.")
    return table.pivot(index=day, columns=who, values=(named or numbers)[0])


def _days(index: pd.Index) -> pd.Index:
    """Days without a zone, where the index says days; any other index as it is."""
    if isinstance(index, pd.PeriodIndex):
        return index.to_timestamp(how="end").normalize()  # a date within a month lies before its end
    if isinstance(index, pd.DatetimeIndex):
        midnight = index.tz is not None and bool((index == index.normalize()).all())
        return index.tz_localize(None) if midnight else index
    if index.nlevels > 1 or not len(index) or pd.api.types.is_numeric_dtype(index):
        return index
    try:
        return pd.DatetimeIndex(iso_days(index.to_numpy(), Rows(OF_RETURNS).at).astype("M8[s]"))
    except StudyError:
        return index


def _with_series(table: pd.DataFrame, benchmark: pd.Series | pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The table with a benchmark that was given by itself, and the name of its column."""
    if isinstance(benchmark, pd.DataFrame):
        if benchmark.shape[1] != 1:
            raise StudyError(f"a benchmark of {benchmark.shape[1]} columns", remedy="Give one: table['SPY'].")
        benchmark = benchmark.iloc[:, 0]
    name = identifier(benchmark.name[0] if isinstance(benchmark.name, tuple) else benchmark.name) or "benchmark"
    series = benchmark.set_axis(_days(benchmark.index))
    if not series.index.is_unique:
        raise StudyError(f"a day of the benchmark {name!r} stands twice", remedy="Keep one of the two.")
    if not series.index.isin(table.index).any():
        remedy = "Give the benchmark with the same dates as its index."
        raise StudyError(f"the benchmark {name!r} and the table of returns share no day", remedy=remedy)
    check_as_often(series.index, table.index, "the benchmark")
    laid = series.reindex(table.index)
    if name in table and not np.allclose(table[name].astype(float), laid.astype(float), equal_nan=True):
        what = f"the table has another column {name!r}"
        raise StudyError(what, remedy='Name the series: benchmark.rename("market").')
    return table.assign(**{name: laid}), name


def factors_given(factors: Any) -> Any:
    """Tables of factors with their days as rows and the names of factors that models ask for."""
    if isinstance(factors, Mapping):
        return {key: factors_given(table) for key, table in factors.items()}
    if hasattr(factors, "to_pandas"):
        factors = factors.to_pandas()
    if not isinstance(factors, pd.DataFrame):
        return factors
    if not isinstance(_days(factors.index), pd.DatetimeIndex):
        names = {str(name).strip().lower(): name for name in factors.columns}
        typed = [name for name in factors if pd.api.types.is_datetime64_any_dtype(factors[name])]
        if days := typed or [names[name] for name in DAYS if name in names]:
            factors = factors.set_index(days[0])
    factors = factors.set_axis(_days(factors.index), axis=0)
    plain = {name: str(name).strip().lower().replace("-", "_") for name in factors.columns}
    known = {name: FACTORS[low] for name, low in plain.items() if low in FACTORS and FACTORS[low] not in factors}
    return factors.rename(columns=known)


def named_benchmark(benchmark: Any) -> str | None:
    """The name of a column as text; what is no name at all is told."""
    if not is_scalar(benchmark):
        what = f"a {type(benchmark).__name__} is no benchmark"
        raise StudyError(what, remedy='Give the name of a column ("SPY"), or a Series with its dates as index.')
    return None if benchmark is None else identifier(benchmark)


def _check_benchmarks(table: pd.DataFrame, names: set[Any]) -> None:
    for name in names:
        if isinstance(name, str) and name in table and table[name].isna().all():
            remedy = "Give its returns."
            raise StudyError(f"the benchmark {name!r} has no figure on any day", where=OF_RETURNS, remedy=remedy)


def events_table(events: Any) -> pd.DataFrame:
    """A row an event, from a mapping of securities to dates, a series, pairs, or a table with either in its index."""
    if hasattr(events, "to_pandas"):
        events = events.to_pandas()
    if isinstance(events, Mapping) and _names_columns(events):
        alone = all(isinstance(value, str) or not hasattr(value, "__len__") for value in events.values())
        events = pd.DataFrame([dict(events)] if alone else dict(events))
    if isinstance(events, list | tuple) and events and all(isinstance(one, Mapping) for one in events):
        events = pd.DataFrame(list(events))
    if not isinstance(events, pd.DataFrame):
        return _single(pd.DataFrame(_pairs(events), columns=["security", "date"]))
    return _single(_named(events))


def _names_columns(events: Mapping[Any, Any]) -> bool:
    """Whether the keys of a mapping are names of columns: DAY, FIRM and CODE may be securities, too."""
    keys = {str(key).lower() for key in events}
    return bool(keys & set(NAMES) and keys & set(DAYS)) or (bool(keys & set(KNOWN)) and keys <= {*KNOWN, *OTHERS})


def _single(events: pd.DataFrame) -> pd.DataFrame:
    """The table, where each of its cells holds one value."""
    for name in (c for c in events if pd.api.types.infer_dtype(events[c]) == "mixed"):
        row = next((k for k, cell in enumerate(events[name]) if not is_scalar(cell)), None)
        if row is not None:
            what = f"a {type(events[name].iloc[row]).__name__} in the column {name!r}"
            where = f"{OF_EVENTS}, index {events.index[row]}"
            raise StudyError(what, where=where, remedy=f"One value a cell. {EXAMPLE}")
    return events


def _pairs(events: Any) -> list[Any]:
    if isinstance(events, pd.Series | Mapping):
        pairs = [(k, day) for k, days in events.items() for day in (days if _many(days) else [days])]
        turned = isinstance(events, pd.Series) and isinstance(events.index, pd.DatetimeIndex)
        return [(who, day) for day, who in pairs] if turned else pairs
    if isinstance(events, tuple) and len(events) == 2 and not _many(events[0]):
        return [events]
    if isinstance(events, list | tuple) and all(_many(one) and len(one) == 2 for one in events):
        return list(events)
    raise StudyError(f"a {type(events).__name__} is no list of events", where=OF_EVENTS, remedy=EXAMPLE)


def _many(value: Any) -> bool:
    return isinstance(value, list | tuple | pd.Series | pd.Index | np.ndarray)


def _named(events: pd.DataFrame) -> pd.DataFrame:
    """Columns by the names that are known, in any case; a name or date that stands in the index is taken from it."""
    if _known(events.index.names) or (not isinstance(events.index, pd.RangeIndex) and _lacks_one(events)):
        texts = pd.api.types.is_string_dtype(events.index) or pd.api.types.is_object_dtype(events.index)
        name = str(events.index.name or ("security" if texts else "date"))
        events = events.rename_axis(name).reset_index() if events.index.nlevels == 1 else events.reset_index()
    known = {"security": NAMES, "date": DAYS}
    renamed = {}
    for wanted, aliases in known.items():
        at = next((c for alias in aliases for c in events if str(c).strip().lower() == alias), None)
        if at is not None and wanted not in events:
            renamed[at] = wanted
    renamed |= {c: n for c in events if (n := str(c).strip().lower()) in OTHERS and n not in events}
    return events.rename(columns=renamed).copy()


def _known(names: Any) -> bool:
    return any(name is not None and str(name).strip().lower() in KNOWN for name in names)


def _lacks_one(events: pd.DataFrame) -> bool:
    names = {str(name).strip().lower() for name in events}
    return bool(names & set(NAMES)) != bool(names & set(DAYS))


def as_windows(spans: Any) -> list[Window]:
    """Several windows as a person may write them, or one; two numbers alone read two ways."""
    if isinstance(spans, Window | slice | Integral):
        spans = [spans]
    if isinstance(spans, tuple | list) and len(spans) == 2 and all(isinstance(day, Integral) for day in spans):
        first, last = spans
        what = f"{spans!r} reads two ways: the window from {first} to {last}, or the days {first} and {last}"
        remedy = f"Write [({first}, {last})] for the window, [({first}, {first}), ({last}, {last})] for the days."
        raise WindowError(what, remedy=remedy)
    if isinstance(spans, str) or not isinstance(spans, Iterable):
        raise WindowError(f"{spans!r} is no list of windows", remedy="Give a list of windows: [(0, 0), (-1, 1)].")
    return [as_window(span) for span in spans]
