"""The specification curve: every reasonable choice, estimates sorted, the choices under them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eventwindow.report.context import Context
from eventwindow.report.figures.benchmarks import benchmark_name
from eventwindow.report.figures.chart import Chart
from eventwindow.report.language import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DAYS = re.compile(r"(\d+) days(?: before (.+))?")
CHOICES = ("benchmark", "model", "estimation", "returns", "news")


def specification_curve(context: Context) -> Chart | None:
    """The curve of the first security's day 0; None where no specifications were run."""
    data = curve_data(context)
    if data.empty:
        return None
    say = context.language.text
    ends = {"low": percent(data["estimate"].min()), "high": percent(data["estimate"].max())}
    share = f"{100 * data['significant'].mean():.0f}"
    return Chart(
        "specification_curve",
        _draw(context, data),
        say("specification_curve.title", name=context.name(context.leads[0])),
        say("specification_curve.caption", n=len(data)),
        say("specification_curve.alt", n=len(data), **ends, median=percent(data["estimate"].median()), share=share),
        data,
    )


def curve_data(context: Context) -> pd.DataFrame:
    """A row a specification of the first security and window, estimates ascending."""
    curve = context.result.tables.get("curve")
    if curve is None or not len(curve):
        return pd.DataFrame()
    mine = curve[(curve["security"] == context.leads[0]) & (curve["window_start"] == 0) & (curve["window_end"] == 0)]
    return mine.sort_values("estimate", kind="stable").reset_index(drop=True)


def _draw(context: Context, data: pd.DataFrame) -> Figure:
    from eventwindow.report.figures.style import BLUE, FAINT, INK, new_figure, plain_axes

    rows = [(choice, option) for choice in CHOICES for option in data[choice].value_counts().index]
    figure = new_figure(2.2 + 0.155 * (len(rows) + len(CHOICES)))
    top, foot = figure.subplots(2, 1, sharex=True, height_ratios=[2.0, 0.155 * (len(rows) + len(CHOICES))])
    plain_axes(top)
    for significant, colour in ((False, FAINT), (True, BLUE)):
        chosen = data[data["significant"] == significant]
        _strokes(top, chosen.index.to_numpy(), 100 * chosen["estimate"].to_numpy(), 0.35, colour)
    top.axhline(0, color=INK, linewidth=0.8)
    top.autoscale_view()
    top.set_ylabel(context.language.text("securities.axis"), fontsize=8)
    _choices(foot, context, data, rows)
    top.set_xlim(-2, len(data) + 1)
    return figure


def _choices(axes: Axes, context: Context, data: pd.DataFrame, rows: list[tuple[str, str]]) -> None:
    """One line an option, a stroke where a specification takes it."""
    from eventwindow.report.figures.style import INK, place_text

    edge = axes.get_yaxis_transform()
    y, ticks, labels, last = 0, [], [], ""
    for choice, option in rows:
        if choice != last:
            heading = context.language.text(f"specification_curve.{choice}")
            place_text(axes, heading, (0, y), (-4, 0), xycoords=edge, fontsize=7.5, color=INK, ha="right", va="center")
            y, last = y + 1, choice
        taken = np.flatnonzero(data[choice] == option)
        _strokes(axes, taken, np.full(len(taken), y), 0.36, INK)
        ticks.append(y)
        labels.append(option_name(context, choice, option))
        y += 1
    axes.set_yticks(ticks, labels, fontsize=7)
    axes.set_ylim(y - 0.4, -0.6)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def option_name(context: Context, choice: str, option: str) -> str:
    """An option in the reader's words."""
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


def _strokes(axes: Axes, x: np.ndarray, y: np.ndarray, half: float, colour: str) -> None:
    """Short upright strokes as one path: thousands of them stay small in the file."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    if not len(x):
        return
    points = np.stack([np.column_stack([x, y - half]), np.column_stack([x, y + half])], axis=1).reshape(-1, 2)
    codes = np.tile([Path.MOVETO, Path.LINETO], len(x))
    axes.add_patch(PathPatch(Path(points, codes), edgecolor=colour, facecolor="none", linewidth=0.8, capstyle="butt"))
