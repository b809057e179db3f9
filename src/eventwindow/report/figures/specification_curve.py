"""The specification curve: every reasonable choice, estimates sorted, the choices under them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from eventwindow.report.context import Context, of_result
from eventwindow.report.figures.benchmarks import benchmark_name
from eventwindow.report.figures.chart import Chart, drawn
from eventwindow.report.figures.panel import Panel, reach
from eventwindow.report.figures.sheet import BLUE, FAINT, INK, Sheet, wrapped
from eventwindow.report.language import percent

DAYS = re.compile(r"(\d+) days(?: before (.+))?")
CHOICES = ("benchmark", "model", "estimation", "returns", "news")


def specification_curve(context: Context) -> Chart | None:
    """The curve of the first security's day 0; None where no specifications were run."""
    data = curve_data(context)
    if data.empty:
        return None
    ends = {"low": percent(data["estimate"].min()), "high": percent(data["estimate"].max())}
    values = {"median": percent(data["estimate"].median()), "share": f"{100 * data['significant'].mean():.0f}"}
    name = context.name(context.leads[0])
    paint = partial(_paint, context, _curve(context))
    return drawn(context, paint, "specification_curve", data, name=name, n=len(data), **ends, **values)


@of_result
def curve_data(context: Context) -> pd.DataFrame:
    """A row a specification of the first security and window, estimates ascending."""
    curve = context.result.tables.get("curve")
    if curve is None or not len(curve):
        return pd.DataFrame()
    mine = curve[(curve["security"] == context.leads[0]) & (curve["window_start"] == 0) & (curve["window_end"] == 0)]
    return mine.sort_values("estimate", kind="stable").reset_index(drop=True)


@dataclass(frozen=True, slots=True)
class Curve:
    """Estimates ascending in per cent, the places of those that are significant or not, and where a choice is taken."""

    estimates: list[float]
    places: dict[bool, list[int]]
    taken: dict[str, dict[str, list[int]]]


@of_result
def _curve(context: Context) -> Curve:
    data = curve_data(context)
    places = {held: np.flatnonzero(data["significant"] == held).tolist() for held in (False, True)}
    taken = {
        choice: {str(option): _places(data[choice] == option) for option in data[choice].value_counts().index}
        for choice in CHOICES
        if data[choice].notna().any()
    }
    return Curve((100 * data["estimate"]).tolist(), places, taken)


def _places(held: pd.Series) -> list[int]:
    return np.flatnonzero(held).tolist()


def _paint(context: Context, curve: Curve, sheet: Sheet) -> None:
    left = 132.0 if sheet.narrow else 210.0
    sheet.text(0, sheet.height + 12, context.language.text("securities.axis"))
    box = (left, sheet.height + 22, sheet.width - left - 6, 170)
    panel = Panel(sheet, *box, (-2, len(curve.estimates) + 1), reach(curve.estimates))
    panel.y_axis()
    for significant, colour in ((False, FAINT), (True, BLUE)):
        lines = [(panel.px(k), panel.py(curve.estimates[k])) for k in curve.places[significant]]
        panel.sheet.strokes([[(x, y - 3), (x, y + 3)] for x, y in lines], colour, 1)
    panel.across(0)
    sheet.height = panel.top + panel.height + 10
    for choice, options in curve.taken.items():
        sheet.text(0, sheet.height + 15, context.language.text(f"specification_curve.{choice}"), INK, bold=True)
        sheet.height += 20
        for option, places in options.items():
            _option(panel, option_name(context, choice, option), places)
    sheet.height += 4


def _option(panel: Panel, name: str, places: Sequence[int]) -> None:
    """A line with a stroke where a specification takes the option."""
    sheet, lines = panel.sheet, wrapped(name, panel.left - 10)
    for k, line in enumerate(lines):
        sheet.text(panel.left - 8, sheet.height + 12 + 14 * k, line, anchor="end")
    y = sheet.height + 8 + 7 * (len(lines) - 1)
    taken = [panel.px(k) for k in places]
    sheet.strokes([[(x, y - 5), (x, y + 5)] for x in taken], INK, 0.8)
    sheet.height += 2 + 14 * len(lines)


def option_name(context: Context, choice: str, option: str) -> str:
    if choice == "benchmark" and option not in ("none", "factors"):
        return benchmark_name(context, option)
    if found := DAYS.fullmatch(option):
        days, event = found.groups()
        words = {"n": days, "day": _day(context, event)} if event else {"n": days}
        return context.language.text("option.days_before" if event else "option.days", **words)
    key = f"option.{option.replace(' ', '_')}"
    return context.language.text(key) if context.language.has(key) else option.replace("_", " ")


def _day(context: Context, event: str) -> str:
    """The day on which the first security's exchange could price an event."""
    table = context.result.calendar
    return context.language.day(table.loc[(table["id"] == event) & (table["mic"] == context.mic), "session"].iloc[0])
