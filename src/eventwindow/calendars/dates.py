"""Dates and clock times as given → days and times; what reads two ways is an error."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eventwindow.errors import StudyError

DayArray = NDArray[np.datetime64]  # of unit D
Place = Callable[[int], str]  # number of a row, from 0 → where it stands
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})([ T]00:00(:00(\.0+)?)?([+-]\d{2}:?\d{2}(:\d{2})?|Z)?)?", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})([/.]?)(\d{2})\2(\d{2})(\.0)?", re.ASCII)  # 20250127.0: a number with gaps
_SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_MONTH_DAY = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})", re.ASCII)
_DAY_MONTH = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})\.?[ -](\d{4})", re.ASCII)
_SERIAL = re.compile(r"[2-6]\d{4}(\.0)?", re.ASCII)  # 1954 to 2091
_YEAR = re.compile(r"(?:\d\d?[/.-]\d\d?[/.-])?(\d{4})(?:[-/.]|\d{4}$|$)", re.ASCII)
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_BEGUN = tuple(name[:3].lower() for name in MONTHS)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?", re.ASCII)
YEARS = range(1800, 2200)  # nanoseconds since 1970 reach no farther
SPARSE = {"monthly": 20.0, "weekly": 6.0}  # usual days between rows; sessions are 1 apart
SPARSE_ROWS = 5


@dataclass(frozen=True, slots=True)
class Rows:
    """The name of a table, and the number by which whoever wrote it finds each of its rows."""

    name: str
    unit: str = "row"
    numbers: Sequence[Any] | pd.Index | None = None  # from 1 where none are given

    def at(self, row: int) -> str:
        return f"{self.name}, {self.nth(row)}"

    def nth(self, row: int) -> str:
        """ "line 12"; of a number that several rows have also which of them it is, "index 0 (row 3)"."""
        if self.numbers is None:
            return f"{self.unit} {row + 1}"
        told, alike = f"{self.unit} {self.numbers[row]}", list(self.numbers).count(self.numbers[row])
        return told if alike == 1 else f"{told} (row {row + 1})"

    def taken(self, rows: NDArray[np.integer]) -> Rows:
        numbers = rows + 1 if self.numbers is None else np.asarray(self.numbers, object)[rows]
        return Rows(self.name, self.unit, numbers.tolist())


def iso_days(values: Any, place: Place, kind: type[StudyError] = StudyError) -> DayArray:
    """(n,) days of dates, Timestamps at midnight or texts; any other is an error of `kind` at its place.

    Texts begin with the year (2025-01-27, 2025/01/27, 20250127) or name the month (Jan 27, 2025). Where all are
    like 27/01/2025, the order is the one that every cell allows; where both orders remain, that is an error. A
    midnight may carry a zone: the day is the one on the wall there.
    """
    column: pd.Series[Any] = pd.Series(values)
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_localize(None)
    if column.dtype.kind == "M" and _whole_days(stamps := column.to_numpy()):
        return np.asarray(stamps, "datetime64[D]")
    codes, unique = pd.factorize(column)
    texts = [str(value).strip() for value in unique]
    if texts and all(_SLASHED.fullmatch(text) for text in texts):
        days = _slashed_days(texts, codes, place, kind)
    else:
        days = np.array([_day(text) for text in texts], dtype="datetime64[D]")
    wrong = codes < 0 if not len(days) else (codes < 0) | np.isnat(days)[codes]
    if wrong.any():
        row = int(wrong.argmax())
        raise _no_day(None if codes[row] < 0 else str(column.iloc[row]), place(row), kind)
    return np.asarray(days[codes])


def _whole_days(stamps: Any) -> bool:
    """Whether all of these stamps are midnights of a year that a date can have."""
    days = stamps.astype("datetime64[D]")
    years = days.astype("datetime64[Y]").astype(int) + 1970
    return bool((days == stamps).all() and (years >= YEARS.start).all() and (years < YEARS.stop).all())


def _slashed_days(texts: Sequence[str], codes: Any, place: Place, kind: type[StudyError]) -> DayArray:
    """Days of texts such as 27/01/2025, in the one order of day and month that all of them allow."""
    parts = [tuple(map(int, match.groups())) for text in texts if (match := _SLASHED.fullmatch(text))]
    orders = [
        np.array([_built(year, *((a, b) if month_first else (b, a))) for a, b, year in parts], dtype="datetime64[D]")
        for month_first in (True, False)
    ]
    possible = [days for days in orders if not np.isnat(days).any()]
    if len(possible) == 2 and not np.array_equal(possible[0], possible[1]) and not all("." in text for text in texts):
        first = int((possible[0] != possible[1]).argmax())
        what = f"{texts[first]!r} reads two ways: {possible[0][first]} or {possible[1][first]}"
        raise kind(what, where=place(int((codes == first).argmax())), remedy="Write dates as YYYY-MM-DD: 2025-01-27.")
    return possible[-1] if possible else orders[1]


def _no_day(text: str | None, where: str, kind: type[StudyError]) -> StudyError:
    if text is None or not text.strip():
        return kind("a row without a date", where=where, remedy="Write dates as YYYY-MM-DD: 2025-01-27.")
    if (year := _YEAR.match(text)) and int(year[1]) not in YEARS:
        what = f"{text!r} is not a date: its year lies outside {YEARS.start} to {YEARS.stop - 1}"
        return kind(what, where=where, remedy="Write dates as YYYY-MM-DD: 2025-01-27.")
    if np.isnat(_day(text[:10])):
        if _SERIAL.fullmatch(text):
            what = f"{text!r} is not a date, but a workbook's number of a day"
            return kind(what, where=where, remedy="Format the column there as YYYY-MM-DD: 2025-01-27.")
        return kind(f"{text!r} is not a date", where=where, remedy="Write dates as YYYY-MM-DD: 2025-01-27.")
    remedy = "Write the date alone; of an event, the clock time goes into the column `time`."
    return kind(f"{text!r} is not a date: it has a time of day", where=where, remedy=remedy)


def _day(text: str) -> np.datetime64:
    """The day of a text whose order is certain, NaT where there is none."""
    if match := _DAY.fullmatch(text):
        return _built(*map(int, match[1].split("-")))
    if match := _YEAR_FIRST.fullmatch(text):
        return _built(int(match[1]), int(match[3]), int(match[4]))
    for pattern, day, month in ((_MONTH_DAY, 2, 1), (_DAY_MONTH, 1, 2)):
        if (match := pattern.fullmatch(text)) and (number := month_number(match[month])):
            return _built(int(match[3]), number, int(match[day]))
    return np.datetime64("NaT", "D")


def month_number(name: str) -> int:
    """1 to 12 by the first three letters of an English name, 0 where no month begins so."""
    begun = name[:3].lower()
    return _BEGUN.index(begun) + 1 if begun in _BEGUN else 0


def _built(year: int, month: int, day: int) -> np.datetime64:
    try:
        return np.datetime64(f"{year:04}-{month:02}-{day:02}" if year in YEARS else "NaT", "D")
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


def frequency(days: pd.Index) -> tuple[str, float] | None:
    """The word for days that lie further apart than sessions, "weekly", and what usually lies between; else None."""
    if len(days) <= SPARSE_ROWS or not isinstance(days, pd.DatetimeIndex):
        return None
    gap = float(np.median(np.diff(days.to_numpy().astype("M8[D]").astype(np.int64))))
    word = next((word for word, least in SPARSE.items() if gap >= least), None)
    return None if word is None else (word, gap)


def check_as_often(days: pd.Index, sessions: pd.Index, what: str) -> None:
    """What has a row a day is not laid on weeks or months, nor the other way round: it would cover another span."""
    own, other = ((frequency(index) or ("daily",))[0] for index in (days, sessions))
    if own != other and min(len(days), len(sessions)) > SPARSE_ROWS:
        remedy = f"Give {other} ones, over the same spans."
        raise StudyError(f"{what}: {own} rows for {other} returns", remedy=remedy)


def _to_dates(index: pd.Index) -> str:
    """How an index becomes dates; whole numbers would be read as nanoseconds since 1970."""
    if pd.api.types.is_integer_dtype(index) and len(index):
        if all(_YEAR_FIRST.fullmatch(str(day)) for day in (index[0], index[-1])):
            return 'Make its index dates: pd.to_datetime(index.astype(str), format="%Y%m%d").'
        return 'Make the column of dates the index: table.set_index("date"), then pd.to_datetime(table.index).'
    return "Make its index dates: pd.to_datetime(index)."


def check_sessions(index: pd.Index, where: str) -> pd.DatetimeIndex:
    """One day or more without zone or time of day, ascending, each once; the index as it is."""
    if not isinstance(index, pd.DatetimeIndex):
        raise StudyError("the index holds no dates", where=where, remedy=_to_dates(index))
    if index.empty:
        raise StudyError("holds no rows", where=where, remedy="Give a row a session, from before the first event on.")
    if index.hasnans:
        raise StudyError("a row without a date", where=where, remedy="Write its date, or leave it out.")
    if index.tz is not None or not index.is_normalized:
        odd = index[0] if index.tz is not None else index[index != index.normalize()][0]
        raise StudyError(
            f"{odd} is no day: it has a time of day or a zone",
            where=where,
            remedy="Take the time away: index.normalize()."
            if index.tz is None
            else 'Give the days of its exchange: index.tz_convert("America/New_York").tz_localize(None).normalize().',
        )
    if index.has_duplicates:
        twice = index[index.duplicated()][0].date()
        raise StudyError(f"the date {twice} stands twice", where=where, remedy="Keep one of the two.")
    if not index.is_monotonic_increasing:
        late = index[1:][index[1:] < index[:-1]][0]
        raise StudyError(f"{late.date()} stands after a later date", where=where, remedy="Sort the rows by date.")
    return index


def day_of(text: str, where: str = "") -> date:
    """A day as a person writes it to a command or a form; `where` names the option."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise StudyError(f"{text!r} is no date", where=where, remedy="Write it as YYYY-MM-DD: 2025-01-31.") from None


def clock_of(text: str, where: str = "") -> time:
    """A clock time as a person writes it to a command or a form."""
    try:
        return datetime.strptime(text, "%H:%M").time()
    except ValueError:
        raise StudyError(f"{text!r} is no clock time", where=where, remedy="Write it as HH:MM: 16:05.") from None
