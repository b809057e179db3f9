"""TOML files read with their text: every fault names its line, what is wrong with the value, what to write instead."""

import datetime as dt
import difflib
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from eventwindow.errors import StudyError, check_file

Location = tuple[int | str, ...]
DEEPEST = 20  # tables and lists within each other
LARGEST = 1_000_000  # bytes; the largest study that ships has 100,000
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*'"
    r"|#[^\n]*|\n|[\[\]{}=,]"
    r"|[^\s\[\]{}=,#\"']+",
    re.DOTALL,
)  # texts of several lines and of one, comments, ends of lines, signs, all else


def read_toml(path: Path) -> tuple[dict[str, Any], str]:
    """The parsed file and its text; a file that is missing, no UTF-8 or no TOML is a StudyError with the line."""
    try:
        check_file(path, LARGEST)
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        remedy = "`eventwindow new NAME` writes a study to start from."
        raise StudyError(f"there is no {path.name} in {path.parent}", remedy=remedy) from None
    except IsADirectoryError:
        raise StudyError(f"{path.name} is a folder", remedy="A study is a folder with a study.toml in it.") from None
    except UnicodeDecodeError as error:
        raise StudyError(f"not UTF-8 at byte {error.start}", where=path.name, remedy="Save it as UTF-8.") from None
    try:
        return _flat(tomllib.loads(text), path), text
    except tomllib.TOMLDecodeError as error:
        raise toml_fault(error, path.name, text) from None
    except RecursionError:
        raise StudyError("lists are nested too deep", where=path.name, remedy="Write them flat.") from None
    except ValueError:
        raise StudyError("a number is too long", where=path.name, remedy="Write at most 15 digits.") from None


def _flat(data: dict[str, Any], path: Path) -> dict[str, Any]:
    """The data, whose tables and lists are nested no deeper than any study's."""
    layer: list[Any] = [data]
    for _ in range(DEEPEST):
        layer = [
            value
            for held in layer
            for value in (held.values() if isinstance(held, dict) else held)
            if isinstance(value, (dict, list))
        ]
    if layer:
        raise StudyError("tables or lists are nested too deep", where=path.name, remedy="Write them flat.")
    return data


def line_of(text: str, location: Location) -> int | None:
    """The line of a key or table, or of what holds it: ("securities", 2, "symbol") is a key of the third table."""
    lines = _lines(text)
    return next((lines[location[:k]] for k in range(len(location), 0, -1) if location[:k] in lines), None)


@lru_cache(maxsize=8)
def _lines(text: str) -> dict[Location, int]:
    return _Scanner(text).lines()


@lru_cache(maxsize=4096)
def _path(written: str) -> Location:
    """A key as it is written, dotted or in quotes → its parts."""
    value: Any = tomllib.loads(f"{written} = 0")
    keys: Location = ()
    while isinstance(value, dict):
        ((key, value),) = value.items()
        keys = (*keys, key)
    return keys


class _Scanner:
    """The line of every table, key and entry of a list, in a text that is valid TOML."""

    def __init__(self, text: str) -> None:
        self.found: dict[Location, int] = {}
        self.arrays: Counter[Location] = Counter()  # an array of tables → how many headers it has had
        self.tokens = []
        line, end = 1, 0
        for token in _TOKEN.finditer(text):
            line, end = line + text.count("\n", end, token.start()), token.start()
            if not token[0].startswith("#"):
                self.tokens.append((token[0], line))
        self.tokens.append(("\n", line))
        self.at = 0

    def lines(self) -> dict[Location, int]:
        table: Location = ()
        while self.at < len(self.tokens):
            if self._now() == "[":
                table = self._header()
            elif not self._skip("\n"):
                self._pair(table)
        return self.found

    def _now(self) -> str:
        return self.tokens[self.at][0]

    def _skip(self, *signs: str) -> bool:
        """Whether one of these signs stands here; it is passed over."""
        here = self._now() in signs
        self.at += here
        return here

    def _key(self) -> tuple[Location, int]:
        line, parts = self.tokens[self.at][1], []
        while self._now() not in {"=", "]"}:
            parts.append(self._now())
            self.at += 1
        return _path("".join(parts)), line

    def _header(self) -> Location:
        self.at += 1
        several = self._skip("[")
        keys, line = self._key()
        self.at += 1 + several
        place: Location = ()
        for key in keys[:-1]:
            place = self._last((*place, key), line)
        place = (*place, keys[-1])
        self.arrays[place] += several
        return self._last(place, line)

    def _last(self, place: Location, line: int) -> Location:
        """The table at a place, the last one of an array."""
        self.found.setdefault(place, line)
        if self.arrays[place]:
            place = (*place, self.arrays[place] - 1)
            self.found.setdefault(place, line)
        return place

    def _pair(self, table: Location) -> None:
        keys, line = self._key()
        for k in range(1, len(keys) + 1):
            self.found.setdefault((*table, *keys[:k]), line)
        self.at += 1
        self._value((*table, *keys))

    def _value(self, place: Location) -> None:
        if self._skip("["):
            self._entries(place)
        elif self._skip("{"):
            while not self._skip("}"):
                if not self._skip(",", "\n"):
                    self._pair(place)
        else:
            while self._now() not in {",", "]", "}", "\n"}:
                self.at += 1

    def _entries(self, place: Location) -> None:
        count = 0
        while not self._skip("]"):
            if not self._skip(",", "\n"):
                self.found[*place, count] = self.tokens[self.at][1]
                self._value((*place, count))
                count += 1


def fault(error: ValidationError, path: Path, text: str, kind: type[StudyError] = StudyError) -> StudyError:
    """The first fault that pydantic found, in words: what, at which line and key, and the remedy."""
    first = error.errors(include_url=False)[0]
    location = tuple(part for part in first["loc"] if part != "__root__")
    line = line_of(text, location)
    where = path.name + (f", line {line}" if line else "") + (f", {_dotted(location)}" if location else "")
    what, remedy = value_fault(first)
    return kind(what, where=where, remedy=remedy)


def _dotted(location: Location) -> str:
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")


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
    close = difflib.get_close_matches(word, known := sorted(known), n=1)
    return f"Did you mean {close[0]!r}?" if close else f"Known are {', '.join(known)}."


def shown(value: object) -> str:
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
    remedy = "Correct the line: a text stands in quotes, a list in brackets, a table once. See toml.io."
    return StudyError(f"not valid TOML: {_PLACE.sub('', said)}", where=where, remedy=remedy)
