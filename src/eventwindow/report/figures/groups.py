"""Day 0 by group: every member, the group's mean, and where that mean lies on ordinary days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.inference.permutation import draws
from eventwindow.report.context import Context
from eventwindow.report.figures.chart import Chart
from eventwindow.report.language import percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DAY = Window(0, 0)
COLUMNS = ["group", "security", "abnormal_return", "mean", "low", "high"]


def groups(context: Context) -> Chart | None:
    """One line a group, ordered by its mean; None where there are no groups."""
    data = groups_data(context)
    if data["group"].nunique() < 2:
        return None
    say = context.language.text
    means = data.groupby("group", sort=False)["mean"].first()
    ends = {key: context.group_name(str(name)) for key, name in (("worst", means.idxmin()), ("best", means.idxmax()))}
    values = {"low": percent(means.min()), "high": percent(means.max())}
    return Chart(
        "groups",
        _draw(context, data),
        say("groups.title", day=context.language.day(context.day_zero)),
        say("groups.caption"),
        say("groups.alt", n=len(means), **ends, **values),
        data,
    )


def groups_data(context: Context) -> pd.DataFrame:
    """A row a security: its AR of day 0, its group's mean, and the 2.5 and 97.5 % points of that mean on other days."""
    parts = []
    for group in context.groups:
        mine = context.abnormal.select((context.abnormal.labels["group"] == group).to_numpy())
        car = mine.car(DAY)
        drawn = draws(mine, DAY, standardised=False)
        low, high = (np.nan, np.nan) if isinstance(drawn, str) else np.quantile(drawn.runs.mean(axis=0), [0.025, 0.975])
        frame = car.labels[["group", "security"]].assign(abnormal_return=car.car, low=low, high=high)
        parts.append(frame.assign(mean=frame["abnormal_return"].mean())[COLUMNS].dropna(subset="abnormal_return"))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


def _draw(context: Context, data: pd.DataFrame) -> Figure:
    from eventwindow.report.figures.style import BLUE, FAINT, INK, ORANGE, PAPER, new_figure, place_text, plain_axes

    order = data.groupby("group")["mean"].first().sort_values().index
    figure = new_figure(0.7 + 0.27 * len(order))
    axes = figure.add_subplot()
    plain_axes(axes, grid="x")
    behind = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.4}  # hides the line of zero under a word
    above: dict[str, Any] = {"ha": "center", "va": "bottom", "fontsize": 7.5, "bbox": behind}
    for y, group in enumerate(order):
        mine = data[data["group"] == group]
        mean, low, high = (100 * float(mine[column].iloc[0]) for column in ("mean", "low", "high"))
        colour = FAINT if np.isnan(low) or low <= mean <= high else ORANGE if mean < 0 else BLUE
        if not np.isnan(low):
            axes.plot([low, high], [y, y], color=FAINT, alpha=0.25, linewidth=9, solid_capstyle="butt")
        values = 100 * mine["abnormal_return"].to_numpy(float)
        axes.plot(values, np.full(len(values), y), "o", color=colour, markersize=4, alpha=0.4, markeredgewidth=0)
        axes.plot([mean], [y], "D", color=colour, markersize=6.5, markeredgewidth=0)
        place_text(axes, percent(mean / 100), (mean, y), (0, 5), color=colour, **above)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks(range(len(order)), [context.group_name(str(g)) for g in order], color=INK)
    axes.set_ylim(len(order) - 0.5, -0.8)
    axes.set_xlabel(context.language.text("securities.axis"), fontsize=8.5)
    return figure
