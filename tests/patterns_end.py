"""Tries every compiled pattern of the draft room on long rows; says which one it tries, and ends when all have ended."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import eventwindow.draft as room
from eventwindow.draft.lexicon import lexicon

BEGUN = ("", "all stocks on the ", "shares of the ", "上涨的")
PARTS = (
    "A", "a", "Aaaa ", "Bank of the ", "Indonesia Stock ", "the ", "shares of ", "and but, ", "most of the ", "1", "1,", "3.5% ", "12.5 points, ",
    "$1.2 ", "((", "“", "Jan. ", "Mr. A. ", "涨跌", "银行股、", "很上市公司", "的", "1月2日", "第一", "(2330)", "3.5%、",
)  # fmt: skip
ROWS = [begun + part * 30 + end for begun in BEGUN for part in PARTS for end in ("?", "上涨2%")]


def inside(value: object) -> Iterator[re.Pattern[str]]:
    """The patterns of a value, however deep in tables and records."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (tuple, list, set, frozenset)):
        for part in value:
            yield from inside(part)
    elif isinstance(value, dict):
        yield from inside([*value.values()])
    elif is_dataclass(value) and not isinstance(value, type):
        yield from inside([getattr(value, field.name) for field in fields(value)])


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for module in pkgutil.iter_modules(room.__path__):
        for name, value in vars(importlib.import_module(f"{room.__name__}.{module.name}")).items():
            yield from ((f"{module.name}.{name}", pattern) for pattern in inside(value))
    yield from (("lexicon", pattern) for chinese in (False, True) for pattern in inside(lexicon(chinese)))


def end(pattern: re.Pattern[str]) -> None:
    for row in ROWS:
        pattern.match(row)
        pattern.fullmatch(row)
        for _ in pattern.finditer(row):
            pass


if __name__ == "__main__":
    tried = {pattern: name for name, pattern in patterns()}
    for pattern, name in tried.items():
        print(name, pattern.pattern[:60], flush=True)
        end(pattern)
    print(len(tried), "have ended", flush=True)
