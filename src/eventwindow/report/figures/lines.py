"""Lines over whole trading days: series by name, bands, events as dashed lines, other news by number."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from eventwindow.report.figures.panel import Panel, legend, reach
from eventwindow.report.figures.sheet import FAINT, INK, PAPER, Sheet, advance, cut

DASHED = "3 3"


@dataclass(frozen=True, slots=True)
class Series:
    """One line in the unit of the axis; `said` stands at its end, `titles` on its days, `title` on all of it."""

    values: Sequence[float]
    colour: str = FAINT
    said: str = ""
    titles: Sequence[str] = ()
    width: float = 2.2
    opacity: float = 1.0
    dash: str = ""
    band: tuple[Sequence[float], Sequence[float]] | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Days:
    """The axis of days: a label each, events by the day on which they stand, other news by number."""

    labels: Sequence[str]
    events: Sequence[tuple[int, str]] = ()
    news: Sequence[tuple[int, str]] = ()
    notes: Sequence[tuple[int, float, str, str]] = field(default=())  # day, height, words, colour
    told: int = 0  # the day that has its label in any case


def draw_lines(sheet: Sheet, days: Days, series: Sequence[Series], axis: str, height: float = 300) -> None:
    """All series in one box across the sheet, their names at their ends, on a phone above them."""
    named = [s for s in series if s.said]
    beside = 0.0 if sheet.narrow else max((advance(s.said) for s in named), default=0.0) + 14
    sheet.text(0, sheet.height + 12, axis)
    sheet.height += 20
    if sheet.narrow:
        sheet.height = legend(sheet, sheet.height, [(s.said, s.colour) for s in named])
    panel = Panel(sheet, 44, 0, sheet.width - 52 - beside, height, (0, max(1, len(days.labels) - 1)), _reach(series))
    heads = 18.0 * max((1 + level for _, level in _headings(panel, days)), default=0)
    panel.top = sheet.height + (heads + 4 if heads else 6)
    draw_series(panel, days, series)
    if beside:
        _ends(panel, named)
    sheet.height = panel.top + height + 26


def draw_series(panel: Panel, days: Days, series: Sequence[Series]) -> None:
    """Axes, marks and lines in a box that is there."""
    panel.y_axis()
    panel.days(days.labels, days.told)
    _events(panel, days)
    panel.across(0)
    x = range(len(days.labels))
    for one in series:
        if one.band:
            panel.band(list(x), *one.band, one.colour)
        style: dict[str, object] = {"opacity": one.opacity} if one.opacity < 1 else {}
        style |= {"stroke_dasharray": one.dash} if one.dash else {}
        panel.line(x, one.values, one.colour, one.width, title=one.title, **style)
    for one in series:
        for k, title in enumerate(one.titles):
            if np.isfinite(one.values[k]):
                panel.sheet.dot(panel.px(k), panel.py(one.values[k]), 3, one.colour, title)
    marks = np.array([point for one in series for point in _drawn(panel, one)] + _dashes(panel, days))
    for k, value, words, colour in days.notes:
        _note(panel, marks, (panel.px(k), panel.py(value)), words, colour)


def _reach(series: Sequence[Series]) -> tuple[float, float]:
    values = [v for s in series for column in (s.values, *(s.band or ())) for v in column]
    return reach(values, 0.1)


def _events(panel: Panel, days: Days) -> None:
    """Events as dashed lines from their words down, other news by number; no line goes through a number."""
    sheet, foot = panel.sheet, panel.top + panel.height
    tops: list[tuple[float, float, float]] = []  # of each number: left and right end, upper end
    ends: list[float] = []  # of each line of numbers: one that would touch another stands above it
    for k, number in days.news:
        x, half = panel.px(k), advance(number) / 2 + 2
        level = next((n for n, end in enumerate(ends) if end <= x - half), len(ends))
        ends[level : level + 1] = [x + half]
        tops.append((x - half, x + half, foot - 18 - 14 * level))
        sheet.rect(x - half, foot - 16 - 14 * level, 2 * half, 14, PAPER)  # no line of the axis goes through it
        sheet.text(x, foot - 5 - 14 * level, number, FAINT, "middle")
    heads = _headings(panel, days)
    for (k, _), (_, level) in zip(days.events, heads, strict=True):
        x = panel.px(k)
        end = min((top for left, right, top in tops if left <= x <= right), default=foot)
        sheet.line([(x, panel.top - 18.0 * level - 2), (x, end)], INK, 1, stroke_dasharray=DASHED)
    for (_, words), (left, level) in zip(days.events, heads, strict=True):
        said, base = cut(words, sheet.width), panel.top - 18.0 * level - 6
        sheet.rect(left - 2, base - 12, advance(said) + 4, 16, PAPER)  # a line from words above ends behind these
        sheet.text(left, base, said, INK)


def _headings(panel: Panel, days: Days) -> list[tuple[float, int]]:
    """Where each event's words begin and on which line: an earlier event stands above the later that it would touch."""
    placed: list[tuple[float, int]] = []
    starts: list[float] = []  # of what stands on each line already, from the right
    for k, words in reversed(days.events):
        width = min(advance(words), panel.sheet.width)
        left = min(max(panel.px(k) - width / 2, 0), panel.sheet.width - width)
        level = next((n for n, start in enumerate(starts) if left + width + 8 <= start), len(starts))
        starts[level : level + 1] = [left]
        placed.append((left, level))
    return placed[::-1]


def _note(panel: Panel, marks: np.ndarray, at: tuple[float, float], words: str, colour: str) -> None:
    """A value beside its point, on the side where the least is drawn."""
    (x, y), width = at, advance(words)
    spots = [(x + side, y + foot) for foot in (14, -8, 28, -20) for side in (8, -8 - width, -width / 2)]
    inside = [spot for spot in spots if panel.left <= spot[0] <= panel.left + panel.width - width] or spots

    def crossed(spot: tuple[float, float]) -> float:
        across, down = marks[:, 0] - spot[0], spot[1] - marks[:, 1]
        return float(marks[(across > -2) & (across < width + 2) & (down > -5) & (down < 13), 2].sum())

    left, foot = min(inside, key=crossed)
    panel.sheet.rect(left - 1, foot - 11, width + 2, 14, PAPER, opacity=0.85)  # what crosses them stays behind
    panel.sheet.text(left, foot, words, colour, bold=True)


def _drawn(panel: Panel, one: Series) -> list[tuple[float, float, float]]:
    """Points along a line, ten a day, and how much of it is seen."""
    days = np.arange(len(one.values))
    fine = np.linspace(0, days[-1], 10 * len(days))
    points = panel.points(fine, np.interp(fine, days, np.asarray(one.values, float)))
    return [(x, y, one.width * one.opacity) for x, y in points]


def _dashes(panel: Panel, days: Days) -> list[tuple[float, float, float]]:
    """Points along the lines of events."""
    return [(panel.px(k), panel.top + y, 9.0) for k, _ in days.events for y in range(0, int(panel.height), 3)]


def _ends(panel: Panel, named: Sequence[Series]) -> None:
    """The words at the end of each line, pushed apart where lines end close to each other."""
    last, ends = -np.inf, {id(s): [v for v in s.values if np.isfinite(v)][-1] for s in named}
    for one in sorted(named, key=lambda s: -ends[id(s)]):
        y = max(panel.py(ends[id(one)]), last + 16)
        panel.sheet.text(panel.left + panel.width + 8, y + 4, one.said, one.colour, bold=one.colour != FAINT)
        last = y
