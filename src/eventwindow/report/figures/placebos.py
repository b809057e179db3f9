"""The placebo cloud: every untreated stock treated in turn, the first securities among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eventwindow.report.context import Context
from eventwindow.report.figures.chart import Chart
from eventwindow.report.figures.counterfactual import effects_of, name_of
from eventwindow.report.language import p_value

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

REACH = 10  # trading days after day 0 that are shown
EDGE = 99.0  # per cent of the cloud that the axis makes room for


def placebos(context: Context) -> Chart | None:
    """Gaps of treated stocks among those of the donors, under the model that leads for each; None without placebos."""
    table = context.result.tables.get("counterfactual_placebos", pd.DataFrame())
    if table.empty:
        return None
    data = table[table["tau"] <= REACH].assign(ratio=lambda t: t["gap"] / t["fit_rms"])
    data["cumulative_ratio"] = data.groupby(["model", "security"], sort=False)["ratio"].cumsum()
    own = data[~data["donor"]].drop_duplicates("security").set_index("security")["model"]
    model = {m: str(own[m]) for m in context.members if m in own.index}
    model = dict(list(model.items())[:2])
    p = effects_of(context).query("leads").set_index("security")["p_placebo_space"]
    told = context.language.listed([f"{context.name(s)} p = {p_value(p[s])}" for s in model])
    donors, say = int(data.loc[data["donor"], "security"].nunique()), context.language.text
    return Chart(
        "placebos",
        _draw(context, data, model),
        say("placebos.title"),
        say("placebos.caption", donors=donors),
        say("placebos.alt", donors=donors, list=told),
        data.reset_index(drop=True),
    )


def _draw(context: Context, data: pd.DataFrame, model: Mapping[str, str]) -> Figure:
    from eventwindow.report.figures.style import SERIES, new_figure

    figure = new_figure(0.7 + 2.3 * len(model))
    rows = figure.subplots(len(model), 2, width_ratios=[2.2, 1], squeeze=False, sharex="col")
    for (left, right), (security, name), colour in zip(rows, model.items(), SERIES, strict=False):
        mine = data[(data["model"] == name) & (data["donor"] | (data["security"] == security))]
        _paths(left, context, mine, security, colour)
        _day_zero(right, context, mine[mine["tau"] == 0], security, colour)
        left.set_title(f"{context.full_name(security)}: {name_of(context, name)}")
    left.set_xlabel(context.language.text("axis.days"), fontsize=8.5)
    right.set_xlabel(context.language.text("placebos.gap"), fontsize=8.5)
    return figure


def _paths(axes: Axes, context: Context, data: pd.DataFrame, security: str, colour: str) -> None:
    from eventwindow.report.figures.style import FAINT, plain_axes

    paths = data.pivot_table(index="tau", columns="security", values="cumulative_ratio", sort=False)
    cloud, own = paths.drop(columns=security), paths[security]
    plain_axes(axes)
    axes.plot(cloud.index, cloud, color=FAINT, linewidth=0.4, alpha=0.25)
    axes.plot(own.index, own, color=colour, linewidth=2.2)
    low, high = np.percentile(cloud, [100 - EDGE, EDGE])
    axes.set_ylim(min(low, own.min()) * 1.12, max(high, own.max()) * 1.12)
    axes.axvline(0, color=FAINT, linewidth=0.8, linestyle=(0, (3, 3)))
    axes.set_xticks(range(int(paths.index[0]), REACH + 1, 5))
    axes.set_ylabel(context.language.text("placebos.summed"), fontsize=8.5)


def _day_zero(axes: Axes, context: Context, zero: pd.DataFrame, security: str, colour: str) -> None:
    from eventwindow.report.figures.style import FAINT, plain_axes

    plain_axes(axes)
    axes.hist(zero.loc[zero["donor"], "ratio"], bins=40, color=FAINT, alpha=0.6)
    axes.axvline(float(zero.loc[zero["security"] == security, "ratio"].iloc[0]), color=colour, linewidth=2.0)
    axes.set_ylabel(context.language.text("placebos.stocks"), fontsize=8.5)
