"""Lead and lag within the day: cross-correlations of two names' bars given their sector, with their band."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

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
    pick = context.language.pick
    names = {key: context.name(str(first[key])) for key in ("leader", "follower", "sector")}
    days = data.drop_duplicates("date")
    told = [f"{context.language.day(r.date)}: p = {p_value(r.p_any)}" for r in days.itertuples()]
    return Chart(
        "lead_lag",
        _draw(context, data, names),
        pick(
            f"Did {names['leader']} move before {names['follower']}?", f"{names['leader']}是否先於{names['follower']}？"
        ),
        pick(
            f"Correlation of {names['follower']}'s bars with those of {names['leader']} some bars before (right) or "
            f"after (left), both less their slope on {names['sector']} and over their usual size at that minute. "
            f"The band holds 95 % of days on which the signs of {names['follower']}'s bars are drawn at random; a bar "
            "beyond it is orange, as one in twenty is by chance: p is of the largest of all. What the two share "
            "through an index that holds them is taken out with it.",
            f"{names['follower']}各五分鐘報酬與{names['leader']}在其之前（右）或之後（左）的報酬之相關，"
            f"均扣除{names['sector']}之影響並以平常同時刻的幅度標準化。色帶為隨機改變正負號後的 95% 範圍；"
            f"超出者為橘色，單憑機率二十個中也有一個，故 p 值針對其中最大者。若指數含有兩者，其共同部分亦隨之扣除。",
        ),
        pick("Largest correlation at any lag other than 0, ", "非零落差中最大相關：") + "; ".join(told) + ".",
        data,
    )


def _draw(context: Context, data: pd.DataFrame, names: dict[str, str]) -> Figure:
    from eventwindow.report.figures.style import BLUE, FAINT, INK, ORANGE, new_figure, plain_axes

    days, pick = list(data["date"].unique()), context.language.pick
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
        first, bars = pick("first", "領先"), pick("bars", "區間")
        text = f"← {names['follower']} {first}    {bars}    {names['leader']} {first} →"
        axes.set_xlabel(text, fontsize=8)
    panels[0].set_ylabel(pick("correlation", "相關"), fontsize=8.5)
    return figure
