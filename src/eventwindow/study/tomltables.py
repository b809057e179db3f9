"""Arrays of tables in a TOML file, each with the lines that it and its keys stand on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eventwindow.errors import ClaimError
from eventwindow.study.toml import read_toml

_HEADER = re.compile(r"^\s*\[\[\s*([A-Za-z0-9_.-]+)\s*\]\]")
_KEY = re.compile(r"^\s*\"?([A-Za-z0-9_-]+)\"?\s*=")


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its values, the line of its header and of its keys, and its own arrays of tables."""

    file: str
    line: int
    values: Mapping[str, Any]
    key_lines: dict[str, int] = field(default_factory=dict)
    nested: dict[str, list[Table]] = field(default_factory=dict)

    def line_of(self, key: str | None) -> int:
        """The line of a key, or of the table's header."""
        return self.line if key is None else self.key_lines.get(key, self.line)

    def children(self, name: str) -> list[Table]:
        """The tables of the array `name` inside this one."""
        return self.nested.get(name, [])


def read_tables(path: Path) -> dict[str, list[Table]]:
    """Every array of tables in the file, by name; ClaimError for anything else at the top level."""
    values, text = read_toml(path)
    for name, value in values.items():
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            raise ClaimError(f"{name!r} is no array of tables", where=path.name, remedy=f"Write it as [[{name}]].")
    return _laid_out(path.name, values, text.splitlines())


def _laid_out(file: str, values: Mapping[str, Any], lines: list[str]) -> dict[str, list[Table]]:
    """Headers in the file's order are the parser's tables in order: arrays of tables keep it."""
    top: dict[str, list[Table]] = {}
    current: Table | None = None
    for number, line in enumerate(lines, 1):
        if header := _HEADER.match(line):
            current = _opened(file, number, header[1].split("."), values, top)
        elif current is not None and (key := _KEY.match(line)):
            current.key_lines.setdefault(key[1], number)
    return top


def _opened(
    file: str, line: int, path: list[str], values: Mapping[str, Any], top: dict[str, list[Table]]
) -> Table | None:
    if len(path) == 1:
        held, source = top.setdefault(path[0], []), values[path[0]]
    elif len(path) == 2 and top.get(path[0]):
        parent = top[path[0]][-1]
        held, source = parent.nested.setdefault(path[1], []), parent.values[path[1]]
    else:
        raise ClaimError(f"[[{'.'.join(path)}]] is nested too deep", where=f"{file}, line {line}", remedy="Flatten it.")
    if len(held) >= len(source):
        return None  # a header inside a multi-line string
    held.append(Table(file, line, source[len(held)]))
    return held[-1]
