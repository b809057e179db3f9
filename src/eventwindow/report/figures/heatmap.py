"""Heat map of abnormal returns: securities by group down, trading days across."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eventwindow.errors import MINUS
from eventwindow.inference.results import LEVEL
from eventwindow.report.context import Context
from eventwindow.report.figures.chart import Chart
from eventwindow.report.language import percent, tau

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

REACH = 5
FULL = 0.15  # the abnormal return of full colour
CORNERS = ((-0.48, -0.46), (0.48, -0.46), (0.48, 0.46), (-0.48, 0.46))


def heatmap(context: Context) -> Chart | None:
    """Abnormal returns around day 0; a number stands where p < 5 %. None where no security has a day 0."""
    data = heatmap_data(context)
    zero = data[data["tau"] == 0]
    if zero.empty:
        return None
    say = context.language.text
    worst = zero.iloc[int(zero["abnormal_return"].argmin())]
    values = {"n": zero["security"].nunique(), "low": int((zero["p_value"] < LEVEL).sum())}
    worst_name = context.name(str(worst["security"]))
    return Chart(
        "heatmap",
        _draw(context, data),
        say("heatmap.title"),
        say("heatmap.caption"),
        say("heatmap.alt", **values, name=worst_name, worst=percent(worst["abnormal_return"])),
        data,
    )


def heatmap_data(context: Context) -> pd.DataFrame:
    """A row a security and day: abnormal return and its p-value."""
    daily = context.result.table("abnormal_returns")
    near = daily[(daily["event"] == context.event) & (daily["tau"].abs() <= REACH)]
    columns = ["group", "security", "date", "tau", "abnormal_return", "std_error", "p_value"]
    return near[columns].dropna(subset="abnormal_return").reset_index(drop=True)


def row_order(context: Context, data: pd.DataFrame) -> list[tuple[str, list[str]]]:
    """Groups by their mean on day 0, the hardest hit first, and the securities within each in the same order."""
    zero = data[data["tau"] == 0].set_index("security")["abnormal_return"]
    groups = data.drop_duplicates("security").set_index("security")["group"]
    ranked = zero.groupby(groups.reindex(zero.index)).mean().sort_values().index
    return [(str(g), [str(s) for s in zero[groups.reindex(zero.index) == g].sort_values().index]) for g in ranked]


def _draw(context: Context, data: pd.DataFrame) -> Figure:
    from eventwindow.report.figures.style import INK, new_figure, place_text

    order = row_order(context, data)
    rows = sum(len(names) + 1 for _, names in order)
    figure = new_figure(0.7 + 0.165 * rows)
    axes = figure.add_subplot()
    taus = sorted(int(t) for t in data["tau"].unique())
    table = data.pivot_table(index="security", columns="tau", values=["abnormal_return", "p_value"])
    y, ticks, labels = 0, [], []
    for group, names in order:
        heading = context.group_name(group) or context.language.text("common.all")
        place_text(axes, heading, (taus[0] - 0.5, y), (0, -1), fontsize=8.5, color=INK, va="center")
        for k, name in enumerate(names, y + 1):
            ticks.append(k)
            labels.append(context.name(name))
        y += len(names) + 1
    _cells(axes, dict(zip((n for _, names in order for n in names), ticks, strict=True)), table, taus)
    axes.set_yticks(ticks, labels, fontsize=7.5)
    axes.set_xticks(taus, [tau(t) for t in taus])
    axes.set_xlim(taus[0] - 0.5, taus[-1] + 0.5)
    axes.set_ylim(y - 0.4, -0.8)
    axes.xaxis.tick_top()
    axes.set_xlabel(context.language.text("axis.tau"), fontsize=8.5)
    axes.xaxis.set_label_position("top")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return figure


def _cells(axes: Axes, places: dict[str, int], table: pd.DataFrame, taus: list[int]) -> None:
    """A cell a security and day, as opaque as the abnormal return is large; its number where p < 5 %."""
    from matplotlib.collections import PolyCollection
    from matplotlib.colors import to_rgba

    from eventwindow.report.figures.style import COLD, INK, WARM

    corners, colours = [], []
    for name, y in places.items():
        for day in taus:
            value, p = (float(table[column, day].get(name, np.nan)) for column in ("abnormal_return", "p_value"))
            if not np.isfinite(value):
                continue
            corners.append([(day + dx, y + dy) for dx, dy in CORNERS])
            colours.append(to_rgba(WARM if value < 0 else COLD, min(abs(value) / FULL, 1)))
            if p < LEVEL:
                text = f"{100 * value:+.0f}".replace("-", MINUS)
                axes.text(day, y, text, fontsize=7, color=INK, ha="center", va="center_baseline")
    axes.add_collection(PolyCollection(corners, facecolors=colours, linewidths=0))
