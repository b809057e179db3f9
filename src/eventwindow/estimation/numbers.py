"""Numbers as people write them → floats: decimal point or comma, groups of thousands, an empty cell as NaN."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
import pandas as pd

from eventwindow.errors import PriceError
from eventwindow.estimation.event_time import Array

MISSING = frozenset({"", "<na>", "nat", "null", "nan", "na", "n/a", "#n/a", "none", "-", "."})
_SPACED = re.compile(r"(?<=\d)[ \u00a0\u202f'\u2019](?=\d{3}(?!\d))")  # groups of thousands in France, Switzerland
_ALL_PLAIN = re.compile(r"[0-9.eE+-]*", re.ASCII)
_MARKS = {
    mark: re.compile(
        rf"[+-]?(?:(?:\d+|[1-9]\d{{0,2}}(?:{group}\d{{3}})+)(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d+)?", re.ASCII
    )
    for mark, point, group in ((".", r"\.", ","), (",", ",", r"\."))
}


@dataclass(frozen=True, slots=True)
class Figures:
    """A column of cells that should be numbers, under its name."""

    name: str
    cells: Sequence[object] | Array

    @property
    def typed(self) -> bool:
        """Whether they are numbers already."""
        return isinstance(self.cells, np.ndarray) and self.cells.dtype.kind in "fiub"


def numbers(figures: Iterable[Figures], place: Callable[[int], str], mark: str = "") -> list[Array]:
    """The columns of one table as floats, (rows,) each, NaN where a cell is empty.

    A table has one decimal mark: `mark`, or else the one that its cells allow. A comma before three digits, 1,234,
    reads two ways where no other cell of the table tells which mark it is.
    PriceError for a cell that is no number, is not finite, or reads two ways: with its place.
    """
    columns = list(figures)
    texts = [None if column.typed else [_plain(cell) for cell in column.cells] for column in columns]
    mark = mark or mark_of([(c, t) for c, t in zip(columns, texts, strict=True) if t is not None], place)
    return [
        np.asarray(column.cells).astype(float) if cells is None else _floats(column, cells, mark, place)
        for column, cells in zip(columns, texts, strict=True)
    ]


def numbers_of(column: pd.Series[Any], place: Callable[[int], str]) -> Array:
    """One column as floats, as `numbers` reads them."""
    cells = column.to_numpy() if pd.api.types.is_numeric_dtype(column) else column.astype(object).to_list()
    return numbers([Figures(str(column.name), cells)], place)[0]


def _plain(cell: object) -> str:
    text = "" if cell is None else str(cell).strip()
    if text.isascii() and " " not in text and "'" not in text:
        return text
    return _SPACED.sub("", text.replace("\u2212", "-"))


def mark_of(columns: Sequence[tuple[Figures, Sequence[str]]], place: Callable[[int], str]) -> str:
    """The decimal mark that the cells with a point or a comma allow; a point where they tell nothing."""
    if not any("," in text or text.count(".") > 1 for _, cells in columns for text in cells):
        return "."
    certain: dict[str, list[tuple[str, str, int]]] = {}  # mark → the cells that allow no other: name, text, row
    doubtful: tuple[str, str, int] | None = None
    for column, cells in columns:
        for row, text in enumerate(cells):
            if "," not in text and "." not in text:
                continue
            allowed = [mark for mark, pattern in _MARKS.items() if pattern.fullmatch(text)]
            if len(allowed) == 1:
                certain.setdefault(allowed[0], []).append((column.name, text, row))
            elif allowed and "," in text:
                doubtful = doubtful or (column.name, text, row)
    if len(certain) == 2:
        rare, usual = sorted(certain.values(), key=len)
        name, text, row = rare[0]
        remedy = "Write every number of the table with the same decimal mark."
        raise PriceError(f"{name}: {text!r} is not a number beside {usual[0][1]!r}", where=place(row), remedy=remedy)
    if doubtful and not certain:
        raise _two_readings(*doubtful, place)
    return next(iter(certain), ".")


def _two_readings(name: str, text: str, row: int, place: Callable[[int], str]) -> PriceError:
    whole, part = text.replace(",", ""), text.replace(",", ".")
    remedy = f"Write {whole} or {part}."
    return PriceError(f"{name}: {text!r} reads two ways: {whole} or {part}", where=place(row), remedy=remedy)


def _floats(column: Figures, cells: Sequence[str], mark: str, place: Callable[[int], str]) -> Array:
    if mark == "." and _ALL_PLAIN.fullmatch("".join(cells)):
        try:
            found = np.fromiter((float(text or "nan") for text in cells), float, len(cells))
            if not np.isinf(found).any():
                return found
        except ValueError:
            pass  # the loop says which cell it is
    found, pattern, group = np.full(len(cells), np.nan), _MARKS[mark], "," if mark == "." else "."
    for row, text in enumerate(cells):
        if pattern.fullmatch(text) and isfinite(value := float(text.replace(group, "").replace(mark, "."))):
            found[row] = value
        elif text.lower() not in MISSING:
            remedy = "Write 1234.5, without a sign of currency or per cent; leave a missing one empty."
            raise PriceError(f"{column.name}: {text!r} is not a number", where=place(row), remedy=remedy)
    return found
