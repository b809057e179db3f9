"""Lead and lag within the day: cross-correlations of two names' bars given their sector, with their band."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eventwindow.inference.results import LEVEL
from eventwindow.report.context import Context
from eventwindow.report.figures.chart import Chart
from eventwindow.report.language import p_value

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def lead_lag(context: Context) -> Chart | None:
    """The first pair of the study on each day shown; None where the result holds none."""
    table = context.result.tables.get("lead_lag", pd.DataFrame(columns=["lag"]))
    table = table[table["lag"].notna()]
    if table.empty:
        return None
    first = table.iloc[0]
    data = table[(table["leader"] == first["leader"]) & (table["follower"] == first["follower"])].reset_index(drop=True)
    say = context.language.text
    names = {key: context.name(str(first[key])) for key in ("leader", "follower", "sector")}
    days = data.drop_duplicates("date")
    told = [f"{context.language.day(r.date)}: p = {p_value(r.p_any)}" for r in days.itertuples()]
    return Chart(
        "lead_lag",
        _draw(context, data, names),
        say("lead_lag.title", **names),
        say("lead_lag.caption", **names, share=f"{100 * (1 - LEVEL):.0f}", n=round(1 / LEVEL)),
        say("lead_lag.alt", list=context.language.clauses(*told)),
        data,
    )


def _draw(context: Context, data: pd.DataFrame, names: dict[str, str]) -> Figure:
    from eventwindow.report.figures.style import BLUE, FAINT, INK, ORANGE, new_figure, plain_axes

    days, say = list(data["date"].unique()), context.language.text
    figure = new_figure(2.3)
    panels = figure.subplots(1, len(days), squeeze=False, sharey=True)[0]
    for axes, day in zip(panels, days, strict=True):
        mine = data[data["date"] == day]
        plain_axes(axes)
        axes.fill_between(mine["lag"], -mine["band"], mine["band"], color=FAINT, alpha=0.18, lw=0)
        colours = [ORANGE if abs(r.correlation) > r.band else BLUE for r in mine.itertuples()]
        axes.vlines(mine["lag"], 0, mine["correlation"], color=colours, linewidth=1.6)
        axes.scatter(mine["lag"], mine["correlation"], color=colours, s=16, zorder=3)
        axes.axhline(0, color=INK, linewidth=0.6)
        axes.set_title(f"{context.language.day(day)}: p = {p_value(mine['p_any'].iloc[0])}", fontsize=8.5)
        text = say("lead_lag.axis", **names)
        axes.set_xlabel(text, fontsize=8)
    panels[0].set_ylabel(say("lead_lag.correlation"), fontsize=8.5)
    return figure
