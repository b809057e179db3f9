"""Dates and clock times as given → days and times: year-month-day, 24 hours, nothing that reads two ways."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eventwindow.errors import StudyError

DayArray = NDArray[np.datetime64]  # of unit D
Place = Callable[[int], str]  # number of a row, from 0 → where it stands
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})([ T]00:00(:00(\.0+)?)?([+-]\d{2}:?\d{2}(:\d{2})?|Z)?)?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rows:
    """The name of a table, and the number by which whoever wrote it finds each of its rows."""

    name: str
    unit: str = "row"
    numbers: Sequence[Any] | pd.Index | None = None  # from 1 where none are given

    def at(self, row: int) -> str:
        return f"{self.name}, {self.nth(row)}"

    def nth(self, row: int) -> str:
        """ "line 12" """
        return f"{self.unit} {row + 1 if self.numbers is None else self.numbers[row]}"

    def taken(self, rows: NDArray[np.integer]) -> Rows:
        """The rows at these positions."""
        numbers = rows + 1 if self.numbers is None else np.asarray(self.numbers, object)[rows]
        return Rows(self.name, self.unit, numbers.tolist())


def iso_days(values: Any, place: Place, kind: type[StudyError] = StudyError) -> DayArray:
    """(n,) days of dates, Timestamps at midnight or texts YYYY-MM-DD; any other is an error of `kind` at its place.

    A midnight may carry a zone: the day is the one on the wall there.
    """
    column: pd.Series[Any] = pd.Series(values)
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_localize(None)
    codes, unique = pd.factorize(column)
    days = np.array([_day(value) for value in unique], dtype="datetime64[D]")
    wrong = codes < 0 if not len(days) else (codes < 0) | np.isnat(days)[codes]
    if wrong.any():
        row = int(wrong.argmax())
        raise _no_day(None if codes[row] < 0 else str(column.iloc[row]), place(row), kind)
    return np.asarray(days[codes])


def _no_day(text: str | None, where: str, kind: type[StudyError]) -> StudyError:
    if text is None:
        return kind("a row without a date", where=where, remedy="Write dates as YYYY-MM-DD: 2025-01-27.")
    if np.isnat(_day(text[:10])):
        return kind(f"{text!r} is not a date", where=where, remedy="Write dates as YYYY-MM-DD: 2025-01-27.")
    remedy = "Write the date alone; of an event, the clock time goes into the column `time`."
    return kind(f"{text!r} is not a date: it has a time of day", where=where, remedy=remedy)


def _day(value: object) -> np.datetime64:
    match = _DAY.fullmatch(str(value))
    try:
        return np.datetime64(match[1] if match else "NaT", "D")
    except ValueError:
        return np.datetime64("NaT", "D")


def clock_times(values: Any, place: Place) -> list[time]:
    """Times of day of `time` objects or texts 17:30 and 17:30:00; any other is an error at its place."""
    codes, unique = pd.factorize(np.asarray(values, dtype=object))
    times = [_clock(value) for value in unique]
    for row, code in enumerate(codes.tolist()):
        if code < 0 or times[code] is None:
            what = "a row without a clock time" if code < 0 else f"{str(unique[code])!r} is not a clock time"
            raise StudyError(what, where=place(row), remedy="Write clock times on 24 hours: 09:30, 17:30.")
    return [found for code in codes.tolist() if (found := times[code]) is not None]


def _clock(value: object) -> time | None:
    if isinstance(value, time):
        return value
    match = _CLOCK.fullmatch(str(value))
    try:
        return (
            time(int(match[1]), int(match[2]), int(match[3] or 0), int((match[4] or "0").ljust(6, "0")))
            if match
            else None
        )
    except ValueError:
        return None


def check_sessions(index: pd.Index, where: str) -> pd.DatetimeIndex:
    """Days without zone or time of day, ascending, each once; the index as it is."""
    if not isinstance(index, pd.DatetimeIndex):
        raise StudyError("the index holds no dates", where=where, remedy="Make its index dates: pd.to_datetime(index).")
    if index.tz is not None or not (index == index.normalize()).all():
        odd = index[0] if index.tz is not None else index[index != index.normalize()][0]
        raise StudyError(
            f"{odd} is no day: it has a time of day or a zone",
            where=where,
            remedy="Take both away: index.tz_localize(None).normalize().",
        )
    if not index.is_monotonic_increasing:
        late = index[1:][index[1:] < index[:-1]][0]
        raise StudyError(f"{late.date()} stands after a later date", where=where, remedy="Sort the rows by date.")
    if index.has_duplicates:
        twice = index[index.duplicated()][0].date()
        raise StudyError(f"the date {twice} stands twice", where=where, remedy="Keep one of the two.")
    return index
