"""TOML files read with their text, so that every fault can name the line it stands on."""

from __future__ import annotations

import difflib
import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from eventwindow.errors import StudyError
from eventwindow.study.faults import toml_fault, value_fault

Location = tuple[int | str, ...]
_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\"-]+)\s*\]\]?")
_KEY = re.compile(r"^\s*\"?([A-Za-z0-9_-]+)\"?\s*=")


def read_toml(path: Path) -> tuple[dict[str, Any], str]:
    """The parsed file and its text; a file that is missing, no UTF-8 or no TOML is a StudyError with the line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise StudyError(
            f"there is no {path.name} in {path.parent}", remedy="`eventwindow new NAME` writes a study to start from."
        ) from None
    except IsADirectoryError:
        raise StudyError(f"{path.name} is a folder", remedy="A study is a folder with a study.toml in it.") from None
    except UnicodeDecodeError as error:
        raise StudyError(f"not UTF-8 at byte {error.start}", where=path.name, remedy="Save it as UTF-8.") from None
    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        raise toml_fault(error, path.name, text) from None


def line_of(text: str, location: Location) -> int | None:
    """The line of a key or table: ("securities", 2, "symbol") is the key in the third [[securities]]."""
    table, index, keys = str(location[0]), 0, list(location[1:])
    if keys and isinstance(keys[0], int):
        index = keys.pop(0)  # type: ignore[assignment]
    key = str(keys[0]) if keys else None
    return _scan(text.splitlines(), table, index, key)


def _scan(lines: list[str], table: str, index: int, key: str | None) -> int | None:
    seen, inside, header = -1, False, None
    for number, line in enumerate(lines, 1):
        if found := _HEADER.match(line):
            inside = found[2].strip('"') == table
            seen += inside
            if inside and seen == index:
                header = number
        elif inside and seen == index and key and (found := _KEY.match(line)) and found[1] == key:
            return number
    return header


def fault(error: ValidationError, path: Path, text: str, form: type[BaseModel]) -> StudyError:
    """The first fault that pydantic found, in words: what, at which line and key, and the remedy."""
    first = error.errors(include_url=False)[0]
    location = tuple(part for part in first["loc"] if part != "__root__")
    line = line_of(text, location) if location else None
    where = path.name + (f", line {line}" if line else "") + f", {_dotted(location)}"
    if first["type"] == "extra_forbidden":
        return StudyError(f"unknown key {location[-1]!r}", where=where, remedy=_nearest(str(location[-1]), form))
    if first["type"] == "missing":
        return StudyError(f"the key {location[-1]!r} is missing", where=where, remedy="Add it.")
    what, remedy = value_fault(first)
    return StudyError(what, where=where, remedy=remedy)


def _dotted(location: Location) -> str:
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")


def _nearest(key: str, form: type[BaseModel]) -> str:
    known = sorted(_keys(form.model_json_schema()))
    close = difflib.get_close_matches(key, known, n=1)
    return f"Did you mean {close[0]!r}?" if close else "Remove it; `eventwindow help study-file` lists the keys."


def _keys(schema: dict[str, Any]) -> set[str]:
    tables = [schema, *schema.get("$defs", {}).values()]
    return {key for table in tables for key in table.get("properties", {})}
