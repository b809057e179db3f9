"""Rows of named figures: a line a name, its interval, its value; names stand above the lines on a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from eventwindow.report.figures.panel import Panel, reach
from eventwindow.report.figures.sheet import FAINT, GRID, INK, PAPER, Sheet, advance, wrapped

LINE = 15.0  # px from one line of a name to the next


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `bar` is filled from end to end, `line` a thin interval, `dots` lesser figures beside `value`."""

    name: str
    value: float | None = None
    colour: str = FAINT
    said: str = ""  # the value in words, beside its mark
    title: str = ""  # name, value and interval, on hover and focus
    line: tuple[float, float] | None = None
    bar: tuple[float, float] | None = None
    bar_colour: str = FAINT
    ticks: tuple[float, ...] = ()
    dots: tuple[float, ...] = ()
    heading: str = ""  # words above this line
    filled: bool = False  # a bar from zero in place of a dot

    @property
    def strong(self) -> bool:
        """Whether the value is said in bold."""
        return self.colour not in (FAINT, GRID)

    @property
    def said_width(self) -> float:
        return advance(self.said, bold=self.strong)


def draw_rows(sheet: Sheet, rows: Sequence[Row], axis: str, *, zero: bool = True) -> None:
    """The rows on one axis, below what the sheet holds already."""
    longest = max(max(advance(r.name), advance(r.heading, bold=True)) for r in rows)
    wide = 0.0 if sheet.narrow else min(longest + 14, 0.42 * sheet.width)
    said = max((r.said_width for r in rows), default=0.0)
    pitch, lift = (44.0, 22.0) if sheet.narrow else (22.0, 11.0)
    room = sheet.width if sheet.narrow else wide - 4
    names, headings = [wrapped(r.name, room) for r in rows], [wrapped(r.heading, room, bold=True) for r in rows]
    heads = sum(LINE * len(lines) + 9 for lines in headings if lines) + LINE * sum(len(lines) - 1 for lines in names)
    top = sheet.height + 4
    inner = sheet.width - wide - 16
    low, high = reach(_figures(rows), 0.02, zero=zero)
    beside = (said + 14) * (high - low) / max(inner - 2 * said, 60)
    panel = Panel(sheet, wide + 8, top, inner, heads + pitch * len(rows), (low - beside, high + beside), (0, 1))
    foot = panel.x_axis(words=axis)
    if zero:
        panel.upright(0, INK)
    y = top
    for row, heading, lines in zip(rows, headings, names, strict=True):
        for k, line in enumerate(heading):
            _over(sheet, y + LINE * k + 5, line, bold=True)
        y += LINE * len(heading) + 9 if heading else 0
        for k, line in enumerate(lines):
            if sheet.narrow:
                _over(sheet, y + LINE * k, line)
            else:
                sheet.text(wide, y + LINE * k + lift + 4, line, INK, "end")
        more = LINE * (len(lines) - 1)
        _marks(panel, row, y + lift + (more + 4 if sheet.narrow else more / 2))
        y += pitch + more
    sheet.height = foot


def _over(sheet: Sheet, y: float, line: str, *, bold: bool = False) -> None:
    """Words from the left edge; on a phone the axis' lines end at them."""
    if sheet.narrow:
        sheet.rect(0, y, advance(line, bold=bold) + 4, LINE, PAPER)
    sheet.text(0, y + 12, line, INK, bold=bold)


def _figures(rows: Sequence[Row]) -> list[float]:
    """All that the axis must hold; a bar that is endless ends where the axis does."""
    found: list[float] = []
    for row in rows:
        found += [*row.ticks, *row.dots, *(row.line or ()), *(row.bar or ())]
        found += [] if row.value is None else [row.value]
    return [v for v in found if isfinite(v)]


def _marks(panel: Panel, row: Row, y: float) -> None:
    sheet = panel.sheet
    if row.bar:
        left, right = map(panel.px, row.bar)
        sheet.rect(left, y - 5, max(right - left, 2.5), 10, row.bar_colour, opacity=0.28)
    if row.line:
        sheet.line([(panel.px(edge), y) for edge in row.line], row.colour, 2, opacity=0.65)
    for tick in row.ticks:
        sheet.line([(panel.px(tick), y - 7), (panel.px(tick), y + 7)], INK, 2)
    for dot in row.dots:
        sheet.dot(panel.px(dot), y, 2.6, row.colour, opacity=0.45)
    if row.value is None:
        return
    x = panel.px(row.value)
    if row.filled:
        sheet.rect(panel.px(0), y - 6, x - panel.px(0), 12, row.colour, title=row.title)
    else:
        sheet.dot(x, y, 4.5, row.colour, title=row.title)
    if row.said:
        _said(panel, row, x, y)


def _said(panel: Panel, row: Row, x: float, y: float) -> None:
    """The value in words, on the side of its mark that is away from zero."""
    edges = [panel.px(v) for v in (*(row.line or ()), *(row.bar or ()), *row.dots, *row.ticks) if isfinite(v)]
    left = row.value is not None and row.value < 0
    at = min([x, *edges]) - 8 if left else max([x, *edges]) + 8
    width = row.said_width
    if (left and at - width < panel.left) or (not left and at + width > panel.left + panel.width):
        left, at = not left, (max([x, *edges]) + 8 if left else min([x, *edges]) - 8)
    panel.sheet.text(at, y + 4, row.said, row.colour, "end" if left else "start", bold=row.strong)
