"""Dot plot: the abnormal return of day 0 with its 95 % interval, by group, ordered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eventwindow.report.context import Context
from eventwindow.report.figures.chart import Chart
from eventwindow.report.figures.heatmap import row_order
from eventwindow.report.language import percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def securities(context: Context) -> Chart | None:
    """AR of day 0 and its 95 % interval, one line a security."""
    data = securities_data(context)
    if data.empty:
        return None
    say = context.language.text
    away = data[(data["low"] > 0) | (data["high"] < 0)]
    ends = {"low": percent(data["abnormal_return"].min()), "high": percent(data["abnormal_return"].max())}
    return Chart(
        "securities",
        _draw(context, data),
        say("securities.title"),
        say("securities.caption"),
        say("securities.alt", n=len(data), **ends, down=int((away["high"] < 0).sum()), up=int((away["low"] > 0).sum())),
        data,
    )


def securities_data(context: Context) -> pd.DataFrame:
    """A row a security: abnormal return of day 0 and its 95 % interval, t with the model's degrees of freedom."""
    rows = context.day_rows(list(dict.fromkeys(context.abnormal.labels["security"]))).reset_index()
    columns = ["group", "security", "date", "abnormal_return", "low", "high"]
    return rows[columns].dropna(subset="abnormal_return").reset_index(drop=True)


def _draw(context: Context, data: pd.DataFrame) -> Figure:
    from eventwindow.report.figures.style import BLUE, FAINT, INK, ORANGE, new_figure, place_text, plain_axes

    order = row_order(context, data.assign(tau=0))
    table = data.set_index("security")
    figure = new_figure(0.6 + 0.158 * sum(len(names) + 1 for _, names in order))
    axes = figure.add_subplot()
    plain_axes(axes, grid="x")
    edge = axes.get_yaxis_transform()
    y, ticks, labels = 0, [], []
    for group, names in order:
        heading = context.group_name(group) or context.language.text("common.all")
        place_text(axes, heading, (0, y), (4, 0), fontsize=8.5, color=INK, va="center", xycoords=edge)
        for k, name in enumerate(names, y + 1):
            ar, low, high = (100 * float(table[column][name]) for column in ("abnormal_return", "low", "high"))
            colour = ORANGE if high < 0 else BLUE if low > 0 else FAINT
            axes.plot([low, high], [k, k], color=colour, linewidth=1.3, alpha=0.65)
            axes.plot([ar], [k], "o", color=colour, markersize=4.2, markeredgewidth=0)
            ticks.append(k)
            labels.append(context.name(name))
        y += len(names) + 1
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks(ticks, labels, fontsize=7.5)
    axes.set_ylim(y - 0.3, -0.8)
    axes.set_xlabel(context.language.text("securities.axis"), fontsize=8.5)
    return figure
