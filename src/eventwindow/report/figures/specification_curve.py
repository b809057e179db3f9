"""The specification curve: every reasonable choice, estimates sorted, the choices under them."""

import re

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
    return drawn(context, _paint, "specification_curve", data, name=name, n=len(data), **ends, **values)


@of_result
def curve_data(context: Context) -> pd.DataFrame:
    """A row a specification of the first security and window, estimates ascending."""
    curve = context.result.tables.get("curve")
    if curve is None or not len(curve):
        return pd.DataFrame()
    mine = curve[(curve["security"] == context.leads[0]) & (curve["window_start"] == 0) & (curve["window_end"] == 0)]
    return mine.sort_values("estimate", kind="stable").reset_index(drop=True)


def _paint(context: Context, data: pd.DataFrame, sheet: Sheet) -> None:
    rows = [(choice, option) for choice in CHOICES for option in data[choice].value_counts().index]
    left = 132.0 if sheet.narrow else 210.0
    sheet.text(0, sheet.height + 12, context.language.text("securities.axis"))
    box = (left, sheet.height + 22, sheet.width - left - 6, 170)
    panel = Panel(sheet, *box, (-2, len(data) + 1), reach(100 * data["estimate"]))
    panel.y_axis()
    for significant, colour in ((False, FAINT), (True, BLUE)):
        mine = data[data["significant"] == significant]["estimate"]
        lines = [(panel.px(k), panel.py(100 * value)) for k, value in zip(mine.index.tolist(), mine, strict=True)]
        panel.sheet.strokes([[(x, y - 3), (x, y + 3)] for x, y in lines], colour, 1)
    panel.across(0)
    sheet.height = panel.top + panel.height + 10
    _choices(panel, context, data, rows)


def _choices(panel: Panel, context: Context, data: pd.DataFrame, rows: list[tuple[str, str]]) -> None:
    """One line an option, a stroke where a specification takes it."""
    sheet, last = panel.sheet, ""
    for choice, option in rows:
        if choice != last:
            sheet.text(0, sheet.height + 15, context.language.text(f"specification_curve.{choice}"), INK, bold=True)
            sheet.height, last = sheet.height + 20, choice
        lines = wrapped(option_name(context, choice, option), panel.left - 10)
        for k, line in enumerate(lines):
            sheet.text(panel.left - 8, sheet.height + 12 + 14 * k, line, anchor="end")
        y = sheet.height + 8 + 7 * (len(lines) - 1)
        taken = [panel.px(k) for k in np.flatnonzero(data[choice] == option).tolist()]
        sheet.strokes([[(x, y - 5), (x, y + 5)] for x in taken], INK, 0.8)
        sheet.height += 2 + 14 * len(lines)
    sheet.height += 4


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
