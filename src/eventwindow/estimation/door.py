"""Returns, factors and choices as a person brings them: one validation for the study, the library and the panel."""

from collections.abc import Collection, Mapping, Sequence
from numbers import Number
from typing import Literal, get_args

import numpy as np
import pandas as pd

from eventwindow.calendars.dates import check_sessions, frequency
from eventwindow.calendars.exchange import SessionRule, known_exchange
from eventwindow.errors import PriceError, Reason, StudyError, counted
from eventwindow.estimation.contamination import Contamination
from eventwindow.estimation.event_time import TRADE_TO_TRADE, Array, Factors
from eventwindow.estimation.returns import RETURNS
from eventwindow.estimation.risk_free import COLUMN, check_rate

QUANTITIES = ("log_volume",)  # kinds that are no returns
Values = Literal["returns", "prices"]
OF_RETURNS = "the table of returns"
OF_FACTORS = "the table of factors"
GONE = (-99.99, -999.0, -0.9999, -9.99)  # the factor library's marks for a missing figure, also over 100
PER_CENT = 0.25  # no standard deviation of a daily factor in decimals, and below that of any factor in per cent
ENOUGH = 20  # factor values below which nothing is said
LONG, LOG_MOST, LOG_MOVES = 60, 12.0, 0.004  # days, level and median move of what may be the logarithm of a price
QUOTED, LOG_REST = 1e4, 1e-3  # parts in which prices are quoted; what is left of a figure with more decimals
SHOWN = 3  # days in a note
SATURDAY = 5


def check_prices(values: Array, securities: pd.Index, sessions: pd.Index, where: str) -> None:
    wrong = values <= 0
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        what = f"{str(securities[column])!r} has a price of {values[row, column]:g} on {sessions[row].date()}"
        remedy = 'A price is above zero. Correct it or leave it empty; of returns say values = "returns".'
        raise PriceError(what, where=where, remedy=remedy)
    check_no_logs(list(values.T), where)


def check_no_logs(columns: Sequence[Array], where: str) -> None:
    """Prices that are no logarithms of prices: all small, most with many decimals and hardly moving."""
    held = [column[np.isfinite(column)] for column in columns]
    if len(held) < 2 or not all(len(column) > LONG and column.max() < LOG_MOST for column in held):
        return
    if 2 * sum(map(_like_logs, held)) >= len(held):
        low, high = min(column.min() for column in held), max(column.max() for column in held)
        what = f"all {len(held)} series lie between {low:.3g} and {high:.3g} and hardly move: logarithms of prices"
        raise PriceError(what, where=where, remedy="Give the prices themselves.")


def _like_logs(prices: Array) -> bool:
    moves, decimals = np.abs(np.diff(prices) / prices[:-1]), prices * QUOTED
    rest = np.median(np.abs(decimals - np.round(decimals)))
    return bool(np.median(moves) < LOG_MOVES and rest > LOG_REST)


def returns_table(returns: object, where: str = OF_RETURNS) -> pd.DataFrame:
    """A table of numbers with one level of columns; what is none of these is named."""
    if not isinstance(returns, pd.DataFrame):
        what = f"a {type(returns).__name__} instead of a table"
        raise StudyError(what, where=where, remedy="Give a DataFrame, date × security.")
    if returns.columns.nlevels > 1:
        returns = _one_level(returns, where)
    if (returns.dtypes == np.float64).all():
        return returns
    returns = returns.infer_objects()  # numbers that came as objects are numbers
    if objects := [name for name in returns if _numbers(returns[name])]:
        returns = returns.astype(dict.fromkeys(objects, float))
    texts = [name for name in returns if not _real(returns[name])]
    if texts:
        raise _no_numbers(returns[texts[0]], texts[0], where)
    return returns


def _real(column: pd.Series) -> bool:
    types = pd.api.types
    return types.is_numeric_dtype(column) and not types.is_complex_dtype(column) and not types.is_bool_dtype(column)


def _numbers(column: pd.Series) -> bool:
    """Whether a column of objects holds numbers alone, as decimals of another library, or nothing at all."""
    if not pd.api.types.is_object_dtype(column):
        return False
    return all(isinstance(cell, Number) for cell in column.dropna())


def _one_level(table: pd.DataFrame, where: str) -> pd.DataFrame:
    """Columns of several levels of which all but one say the same throughout."""
    levels = [table.columns.get_level_values(level).unique() for level in range(table.columns.nlevels)]
    varies = [number for number, names in enumerate(levels) if len(names) > 1]
    if len(varies) > 1:
        first, shown = levels[varies[0]][0], ", ".join(str(names[0]) for names in levels)
        remedy = f"Take one field: table[{first!r}]; of prices, returns are table[{first!r}].pct_change()."
        raise StudyError(f"columns of {table.columns.nlevels} levels ({shown}, …)", where=where, remedy=remedy)
    return table.set_axis(table.columns.get_level_values(varies[0] if varies else 0), axis=1)


def _no_numbers(column: pd.Series, name: object, where: str) -> StudyError:
    if pd.api.types.is_datetime64_any_dtype(column):
        what = f"the column {name!r} holds dates"
        return StudyError(what, where=where, remedy=f"Make it the index: set_index({name!r}).")
    wrong = column[pd.to_numeric(column, errors="coerce").isna() & column.notna()]
    cell, day = (wrong.iloc[0], wrong.index[0]) if len(wrong) else (column.iloc[0], column.index[0])
    at = f"{day:%Y-%m-%d}" if isinstance(day, pd.Timestamp) else repr(day)
    remedy = "Give numbers: pd.to_numeric(column), with an empty cell where there is none."
    shown = f"the text {cell!r}" if isinstance(cell, str) else str(cell)
    return StudyError(f"{name!r} holds {shown} at {at}", where=where, remedy=remedy)


def sessions_only(
    returns: pd.DataFrame, benchmarks: Collection[object], values: Values = "returns", kind: str = "simple"
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The rows on which the market was open, and a note on those that were left out; of returns or of prices.

    Left out are rows in which none but `benchmarks` has a return (one security alone may be halted), and days on which
    none of the columns moves: prices that were carried forward. A benchmark's return spans the rows left out before it.
    """
    mine = returns[[name for name in returns if name not in set(benchmarks)]]
    many = mine.shape[1] > 1
    blank = mine.isna().all(axis=1).to_numpy() if many else returns.isna().all(axis=1).to_numpy()
    still = returns == (returns.ffill().shift(1) if values == "prices" else 0)
    every = (still | returns.isna()).all(axis=1).to_numpy()
    carried = carried_rows(returns.index, every, still.sum(axis=1).to_numpy()) & ~blank
    blank = blank & (np.cumsum(~blank) > 0)  # the first row of returns is empty
    notes = tuple(map(str, closed_notes(returns.index, blank, carried)))
    if notes:
        open_rows = ~(blank | carried)
        if values == "returns" and kind not in QUANTITIES:
            named = [name for name in dict.fromkeys(benchmarks) if name in returns]
            returns = returns.assign(**{str(name): _spanning(returns[name], open_rows, kind) for name in named})
        returns = returns[open_rows]
    if apart := frequency(returns.index):
        notes += (f"{apart[0]} rows, {apart[1]:g} days apart: the windows count rows, not sessions",)
    return returns, notes


def carried_rows(index: pd.Index, still: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """(D,) where nothing moves: the days of a weekend, and those on which two figures or more stand still."""
    weekend = np.asarray(index.day_of_week >= SATURDAY) if isinstance(index, pd.DatetimeIndex) else False
    return np.asarray(still & (weekend | (seen > 1)))


def _spanning(benchmark: pd.Series, open_rows: np.ndarray, kind: str) -> pd.Series:
    """A benchmark's returns, on the row after those left out compounded with what it moved on them."""
    logs = (benchmark if kind == "log" else pd.Series(np.log1p(benchmark), benchmark.index)).where(~open_rows)
    moved = logs.fillna(0.0).groupby(np.cumsum(open_rows) - open_rows).transform("sum")  # on those before a row
    spanning = benchmark + moved if kind == "log" else (1 + benchmark) * np.exp(moved) - 1
    return benchmark.where(moved == 0, spanning)


def closed_notes(index: pd.Index, blank: np.ndarray, carried: np.ndarray) -> tuple[Reason, ...]:
    """What is told of rows that are no sessions."""
    return tuple(
        Reason(key, n=int(rows.sum()), days=shown_days(index[rows]))
        for rows, key in ((blank, "rows_closed"), (carried, "rows_carried"))
        if rows.any()
    )


def check_choices(
    *,
    kind: str,
    values: str,
    contamination: str,
    session: str,
    minimum_returns: object,
    max_shift: object,
    exchange: str | None,
    benchmark: object,
    factors: Factors | None,
    peers: Sequence[str] = (),
) -> None:
    """What is chosen by a word or a number can be used; of a benchmark, factors and peers one is given."""
    known = (*RETURNS, *QUANTITIES)
    if kind not in known:
        raise StudyError(f"kind = {kind!r} is no kind of return", remedy=f"Write one of {', '.join(known)}.")
    if values not in get_args(Values):
        raise StudyError(f"values = {values!r} is unknown", remedy=f"Write one of {', '.join(get_args(Values))}.")
    if contamination not in (known := get_args(Contamination)):
        raise StudyError(f"contamination = {contamination!r} is no rule", remedy=f"Write one of {', '.join(known)}.")
    if session not in (known := get_args(SessionRule)):
        raise StudyError(f"session = {session!r} is no rule", remedy=f"Write one of {', '.join(known)}.")
    if kind == TRADE_TO_TRADE and values != "prices":  # a table of returns does not tell a halt from a return of none
        remedy = 'Give prices and values = "prices".'
        raise StudyError('returns = "trade_to_trade" needs prices, and the table holds returns', remedy=remedy)
    if exchange is not None:
        known_exchange(str(exchange))
    for name, number, of in (("minimum_returns", minimum_returns, "returns"), ("max_shift", max_shift, "days")):
        if not isinstance(number, int | np.integer) or isinstance(number, bool) or number < 1:
            raise StudyError(f"{name} = {number!r}", remedy=f"Give a whole number of {of}, at least 1.")
    for table in tables_of(factors):
        check_factors(table)
    if benchmark is not None and factors is not None:
        remedy = "Give one of the two: a benchmark is a column of the returns, factors are a table of their own."
        raise StudyError(f"both benchmark={benchmark!r} and factors are given", remedy=remedy)
    if len(peers) and not (benchmark is None and factors is None):
        other = "factors" if benchmark is None else "a benchmark"
        raise StudyError(f"both peers and {other} are given", remedy="Leave it out: the peers' mean is the benchmark.")


def tables_of(factors: Factors | None) -> Collection[pd.DataFrame | pd.Series]:
    """Every table of factors: none, one for all, or one a benchmark."""
    return factors.values() if isinstance(factors, Mapping) else () if factors is None else (factors,)


def benchmarks_of(events: pd.DataFrame, benchmark: object) -> set[str]:
    """The columns that are benchmarks and rates: an index is quoted on days on which no stock trades."""
    named = [str(name) for column in ("benchmark", COLUMN) if column in events for name in events[column].dropna()]
    return {*named, str(benchmark)} if benchmark else set(named)


def check_reach(factors: pd.DataFrame | pd.Series, days: pd.Series, where: str = OF_FACTORS) -> None:
    """Factors reach day 0 of an event."""
    last = factors.index[-1]
    if isinstance(last, pd.Timestamp) and len(days) and (beyond := pd.DatetimeIndex(days) > last).any():
        n = int(beyond.sum())
        raise PriceError(
            f"the factors end on {last:%Y-%m-%d}, before day 0 of {n} of {counted(len(days), 'event')}, the first on"
            f" {pd.DatetimeIndex(days)[beyond].min():%Y-%m-%d}",
            where=where,
            remedy="Give factors that reach the last event window, or leave these events out.",
        )


def shown_days(index: pd.Index) -> str:
    """The first of some days, as a note names them."""
    shown = ", ".join(f"{day:%Y-%m-%d}" for day in index[:SHOWN])
    return shown + (", …" if len(index) > SHOWN else "")


def check_factors(factors: pd.DataFrame | pd.Series, where: str = OF_FACTORS) -> None:
    """Factors are numbers in decimals, each once; Ken French's library gives them in per cent."""
    if isinstance(factors, pd.DataFrame) and (twice := factors.columns[factors.columns.duplicated()]).size:
        raise PriceError(f"two columns {str(twice[0])!r}", where=where, remedy="Keep one of the two.")
    table = factors.to_frame("market") if isinstance(factors, pd.Series) else returns_table(factors, where)
    if table.empty:
        raise PriceError("holds no factors", where=where, remedy="Give a column a factor and a row a session.")
    check_sessions(table.index, where)
    for name in table:
        if rate := str(name).lower() in ("rf", COLUMN):
            check_rate(table[name])
        values = table[name].to_numpy(float)
        values = values[np.isfinite(values)]
        if (gone := np.isin(values, GONE)).any() and np.abs(values[~gone]).max(initial=0.0) < 1:
            what = f"the factor {str(name)!r} holds {values[gone][0]:g}, which marks a missing figure"
            raise PriceError(what, where=where, remedy="Leave the cell empty.")
        if not rate and len(values) >= ENOUGH and values.min() > 0:
            what = f"the factor {str(name)!r} is above zero on all {len(values):,} days: a level or a price, no return"
            raise PriceError(what, where=where, remedy="Give its returns in decimals: 0.01 is 1 %.")
        wide = len(values) >= ENOUGH and float(np.std(values)) > PER_CENT
        if wide or (len(values) and values.min() < -1):
            told = f"a standard deviation of {np.std(values):.2f} a day" if wide else f"a return of {values.min():g}"
            remedy = "Divide the table by 100: factors are decimals, 0.01 is 1 %."
            raise PriceError(f"the factor {str(name)!r} has {told}: these are per cent", where=where, remedy=remedy)
