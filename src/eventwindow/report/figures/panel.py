"""One pair of axes on a sheet: from data to pixels, ticks at round numbers, lines and bars that are told by name."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10
from typing import Any

import numpy as np

from eventwindow.errors import signed
from eventwindow.report.figures.sheet import FAINT, GRID, INK, SIZE, Sheet, advance

Form = Callable[[float], str]
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers between two ends."""
    if not high > low:
        return [low]
    raw = (high - low) / most
    size = 10.0 ** floor(log10(raw))
    step = next(size * s for s in STEPS if size * s >= raw * (1 - 1e-9))
    first = ceil(low / step - 1e-9)
    return [round(k * step, 12) for k in range(first, floor(high / step + 1e-9) + 1)]


def plain(value: float) -> str:
    return signed(f"{value:,.10g}")


def reach(values: Iterable[float], room: float = 0.06, *, zero: bool = True) -> tuple[float, float]:
    """The span of an axis: all values, and zero where it belongs to what is shown."""
    held = [float(v) for v in values if isfinite(v)] or [0.0, 1.0]
    held += [0.0] if zero else []
    low, high = min(held), max(held)
    space = room * ((high - low) or abs(high) or 1.0)
    return low - space, high + space


@dataclass
class Panel:
    """A box on the sheet with an axis across and one upward."""

    sheet: Sheet
    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]

    def px(self, value: float) -> float:
        low, high = self.x
        return self.left + self.width * (min(max(value, low), high) - low) / (high - low)

    def py(self, value: float) -> float:
        low, high = self.y
        return self.top + self.height * (1 - (min(max(value, low), high) - low) / (high - low))

    def points(self, xs: Iterable[float], ys: Iterable[float]) -> list[tuple[float, float]]:
        return self.paths(xs, np.array([[*ys]], float))[0]

    def paths(self, xs: Iterable[float], lines: np.ndarray) -> list[list[tuple[float, float]]]:
        """The points of many lines over the same places, a row each."""
        (left, right), (low, high) = self.x, self.y
        across = self.left + self.width * (np.array([*xs], float).clip(left, right) - left) / (right - left)
        upward = self.top + self.height * (1 - (lines.clip(low, high) - low) / (high - low))
        at = across.tolist()
        return [[(x, y) for x, y in zip(at, row, strict=True) if isfinite(y)] for row in upward.tolist()]

    def line(self, xs: Iterable[float], ys: Iterable[float], colour: str, width: float = 2.0, **style: Any) -> None:
        self.sheet.line(self.points(xs, ys), colour, width, **{"stroke_linejoin": "round", **style})

    def band(self, xs: Sequence[float], low: Iterable[float], high: Iterable[float], colour: str) -> None:
        upper, lower = self.points(xs, high), self.points(xs, low)
        if upper:
            self.sheet.area([*upper, *reversed(lower)], colour, 0.15)

    def across(self, value: float, colour: str = INK) -> None:
        y = self.py(value)
        self.sheet.line([(self.left, y), (self.left + self.width, y)], colour, 0.8)

    def upright(self, value: float, colour: str = INK, width: float = 0.8, **style: Any) -> None:
        x = self.px(value)
        self.sheet.line([(x, self.top), (x, self.top + self.height)], colour, width, **style)

    def y_axis(self, most: int = 5) -> None:
        """Lines behind the data with their numbers to the left of it."""
        for value in ticks(*self.y, most):
            self.across(value, GRID)
            self.sheet.text(self.left - 6, self.py(value) + 4, plain(value), anchor="end")

    def x_axis(self, form: Form = plain, words: str = "", *, grid: bool = True) -> float:
        """Numbers below the box, what they count beneath; where the next thing may stand."""
        foot = self.top + self.height
        room = max(2, min(6, int(self.width / 55)))
        for value in ticks(*self.x, room):
            if grid:
                self.upright(value, GRID)
            half = advance(form(value)) / 2 + 3
            at = min(max(self.px(value), half), self.sheet.width - half)  # a number at the edge stays on the sheet
            self.sheet.text(at, foot + 16, form(value), anchor="middle")
        if words:
            self.sheet.text(self.left + self.width / 2, foot + 34, words, anchor="middle")
        return foot + (44 if words else 26)

    def days(self, labels: Sequence[str], told: int = 0) -> float:
        """A label under every whole trading day that has room for it, the day `told` among them, counted from 0."""
        foot, widest = self.top + self.height, max(map(advance, labels), default=SIZE) + 10
        each = max(1, ceil(widest / (self.width / max(1, len(labels)))))
        for k in range(told % each, len(labels), each):
            self.sheet.text(self.px(k), foot + 16, labels[k], anchor="middle")
        return foot + 26


def legend(sheet: Sheet, y: float, entries: Iterable[tuple[str, str]]) -> float:
    """Coloured words in rows; where the drawing below may begin."""
    x = 0.0
    for words, colour in entries:
        wide = advance(words, bold=colour != FAINT) + 16
        if x and x + wide > sheet.width:
            x, y = 0.0, y + 17
        sheet.text(x, y + 12, words, colour, bold=colour != FAINT)
        x += wide
    return y + 22


def grid(sheet: Sheet, n: int, columns: int, height: float, *, head: float = 24) -> list[Panel]:
    """`n` empty boxes in rows with room for a heading, numbers to the left and below; one column on a phone."""
    columns = 1 if sheet.narrow else min(columns, n)
    whole = sheet.width / columns
    boxes, top = [], sheet.height
    for k in range(n):
        row, column = divmod(k, columns)
        y = top + row * (head + height + 34) + head
        boxes.append(Panel(sheet, column * whole + 40, y, whole - 54, height, (0, 1), (0, 1)))
    sheet.height = top + -(-n // columns) * (head + height + 34) + 4
    return boxes
