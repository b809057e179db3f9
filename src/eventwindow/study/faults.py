"""What is wrong with a value in a TOML file, in words, and what to write instead."""

from __future__ import annotations

import datetime as dt
import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from eventwindow.errors import StudyError

LONGEST = 80  # signs of a value that a message shows
DATE, CLOCK = "Write a date as 2025-01-27, without quotes.", "Write a clock time as 08:30:00, without quotes."
# The kind of a pydantic error, or how it begins → what is wrong, if not in pydantic's words, and the remedy.
REMEDIES: dict[str, tuple[str, str]] = {
    "date": ("no date", DATE),
    "time": ("no clock time", CLOCK),
    "literal_error": ("", "Write one of these words, in quotes."),
    "string_pattern_mismatch": (
        "a name with a blank or a sign that it cannot hold",
        "Write letters, digits and . _ - (a symbol: any sign but blanks and slashes), the same wherever it is named.",
    ),
    "string_type": ("no text", "Write it in quotes."),
    "string_too": ("", "Write a shorter one; an empty text is none."),
    "bool": ("neither true nor false", "Write true or false, without quotes."),
    "int": ("no whole number", "Write a whole number, without quotes."),
    "float": ("no number", "Write a number, decimals not per cent, without quotes."),
    "greater_than": ("", "Give a larger one."),
    "too_short": ("an empty list", "Give at least one entry."),
    "tuple": (
        "no list",
        "Write a list in brackets; a list of tables has a header in double brackets, [[…]], for each.",
    ),
    "model": ("no table", "Write it as one table, with a header in single brackets."),
}
_DAY = re.compile(r"=\s*(\d{1,4}[-./]\d{1,2}[-./]\d{1,4})\b")
_HOUR = re.compile(r"=\s*(\d{1,2}:\d{2}(:\d{2})?( ?[ap]m)?)\b")
_PLACE = re.compile(r" \(at line (\d+), column \d+\)$")


def at(what: str, remedy: str, *place: int | str) -> ValidationError:
    """A fault of our own at a key of the table that is read; its place is that of the table and the key."""
    kind = PydanticCustomError("fault", "{what}\n{remedy}", {"what": what, "remedy": remedy})
    return ValidationError.from_exception_data("", [InitErrorDetails(type=kind, loc=place, input=None)])


def value_fault(error: Mapping[str, Any]) -> tuple[str, str]:
    """What and remedy of one error of pydantic's; a fault of our own says both, on two lines."""
    kind, said = str(error["type"]), str(error["msg"]).removeprefix("Value error, ")
    if kind in {"value_error", "fault"}:
        what, _, remedy = said.partition("\n")
        return what, remedy
    if kind == "literal_error" and isinstance(error["input"], str):
        known = re.findall(r"'([^']*)'", error["ctx"]["expected"])
        return f"unknown {error['loc'][-1]} {shown(error['input'])}", nearest(error["input"], known)
    words = next(
        (v for k, v in REMEDIES.items() if kind.startswith(k)),
        ("", "`eventwindow help study-file` describes this key."),
    )
    return f"{words[0] or said}{_found(error['input'])}", words[1]


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that is most like this one; all of them where none is."""
    close = difflib.get_close_matches(word, known := sorted(known), n=1)
    return f"Did you mean {close[0]!r}?" if close else f"Known are {', '.join(known)}."


def shown(value: object) -> str:
    """A value as a message can hold it."""
    try:
        text = repr(value)
    except ValueError:  # an integer of thousands of digits
        return "a number of thousands of digits"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _found(value: object) -> str:
    """The value as it stands in the file; nothing for a whole table."""
    if isinstance(value, dt.date | dt.time):
        return f" (found {value.isoformat()})"
    value = list(value) if isinstance(value, tuple) else value
    tables = isinstance(value, Mapping) or (isinstance(value, list) and any(isinstance(v, Mapping) for v in value))
    return "" if tables else f" (found {shown(value)})"


def toml_fault(error: tomllib.TOMLDecodeError, name: str, text: str) -> StudyError:
    """A file that is no TOML; a date or a clock time that is none is named as such."""
    said, place = str(error), _PLACE.search(str(error))
    line = int(place[1]) if place else 0
    where = f"{name}, line {line}" if line else name
    written = text.splitlines()[line - 1] if 0 < line <= len(text.splitlines()) else ""
    if found := _DAY.search(written):
        return StudyError(f"{found[1]} is no date", where=where, remedy=DATE)
    if found := _HOUR.search(written):
        return StudyError(f"{found[1]} is no clock time", where=where, remedy=CLOCK)
    return StudyError(
        f"not valid TOML: {_PLACE.sub('', said)}",
        where=where,
        remedy="Correct the line: a text stands in quotes, a list in brackets, a table once. See toml.io.",
    )
