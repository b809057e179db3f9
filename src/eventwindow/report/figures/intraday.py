"""The day by the minute: the way from the open, trading and variance, against the same minutes of ordinary days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eventwindow.inference.results import LEVEL
from eventwindow.report.context import Context
from eventwindow.report.figures.chart import Chart
from eventwindow.report.language import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BIN = 30  # minutes over which volume and variance are summed


def intraday(context: Context) -> Chart | None:
    """Two securities with bars on the days shown; None where the result holds no bars."""
    table = context.result.tables.get("intraday", pd.DataFrame(columns=["security"]))
    held = set(table["security"])
    shown = [m for m in context.members if m in held][:2]
    if not shown:
        return None
    data = table[table["security"].isin(shown)].reset_index(drop=True)
    days, measures = list(data["date"].unique()), context.result.table("intraday_days")
    gaps = _measure(measures, "overnight_gap")
    said = [
        f"{context.name(s)} {context.language.short_day(d)} {percent(np.expm1(gaps.get((s, d), np.nan)))}"
        for d in days
        for s in shown
    ]
    usual = int(measures["days"].max())
    say, market = context.language.text, str(measures.loc[measures["security"].isin(shown), "market"].iloc[0])
    less = say("intraday.less", market=context.name(market)) if market else ""
    return Chart(
        "intraday",
        _draw(context, data, shown, gaps),
        say("intraday.title"),
        say("intraday.caption", less=less, days=usual, share=f"{100 * (1 - LEVEL):.0f}", minutes=BIN),
        say("intraday.alt", list=context.language.listed(said)),
        data,
    )


def _measure(measures: pd.DataFrame, name: str) -> dict[tuple[str, pd.Timestamp], float]:
    rows = measures[measures["measure"] == name]
    return {(str(r.security), pd.Timestamp(r.date)): float(r.value) for r in rows.itertuples()}  # type: ignore[arg-type]


def _draw(
    context: Context, data: pd.DataFrame, shown: list[str], gaps: dict[tuple[str, pd.Timestamp], float]
) -> Figure:
    from eventwindow.report.figures.style import new_figure, plain_axes

    days, say = list(data["date"].unique()), context.language.text
    figure = new_figure(4.9, 7.4)
    grid = figure.subplots(3, len(days), squeeze=False, sharex=True, sharey="row", height_ratios=[2.2, 1, 1])
    for column, day in enumerate(days):
        mine = data[data["date"] == day]
        for axes in grid[:, column]:
            plain_axes(axes)
        _path(grid[0, column], context, mine, shown)
        _ratio(grid[1, column], mine, shown, "volume", "usual_volume")
        _ratio(grid[2, column], mine, shown, "squared_return", "usual_squared_return")
        opened = [f"{context.name(s)} {percent(np.expm1(gaps.get((s, day), np.nan)))}" for s in shown]
        title = f"{context.language.day(day)}\n{say('intraday.overnight', list=say('format.commas').join(opened))}"
        grid[0, column].set_title(title, fontsize=8.5, linespacing=1.4)
        _clock(grid[2, column], mine, say("intraday.clock"))
    for axes, key in zip(grid[:, 0], ("path", "volume", "variance"), strict=True):
        axes.set_ylabel(say(f"intraday.{key}"), fontsize=8)
    return figure


def _path(axes: Axes, context: Context, data: pd.DataFrame, shown: list[str]) -> None:
    from eventwindow.report.figures.style import INK, SERIES

    for security, colour in zip(shown, SERIES, strict=False):
        mine = data[data["security"] == security]
        axes.fill_between(
            mine["minute"], 100 * mine["band_low"], 100 * mine["band_high"], color=colour, alpha=0.13, lw=0
        )
        axes.plot(
            mine["minute"], 100 * mine["car_from_open"], color=colour, linewidth=1.6, label=context.name(security)
        )
    axes.axhline(0, color=INK, linewidth=0.6)
    axes.legend(frameon=False, fontsize=8, labelcolor="linecolor", loc="best")


def _ratio(axes: Axes, data: pd.DataFrame, shown: list[str], value: str, usual: str) -> None:
    from eventwindow.report.figures.style import INK, SERIES

    for security, colour in zip(shown, SERIES, strict=False):
        mine = data[data["security"] == security]
        sums = mine.groupby(mine["minute"] // BIN * BIN)[[value, usual]].sum()
        ratio = (sums[value] / sums[usual].where(sums[usual] > 0)).dropna()
        if len(ratio):
            edges = np.append(ratio.index, ratio.index[-1] + BIN)
            axes.stairs(ratio, edges, color=colour, linewidth=1.4, baseline=None)
    axes.axhline(1, color=INK, linewidth=0.6)
    axes.set_ylim(bottom=0)


def _clock(axes: Axes, data: pd.DataFrame, label: str) -> None:
    """Hours of the exchange's own clock under minutes from the open."""
    first = data.drop_duplicates("minute").sort_values("minute")
    local = pd.DatetimeIndex(first["start"]).tz_convert(str(data["zone"].iloc[0]))
    whole = (local.minute == 0) & (local.hour % 2 == 0)
    axes.set_xticks(first["minute"].to_numpy()[whole], [f"{h}:00" for h in local.hour[whole]])
    axes.set_xlabel(label, fontsize=8.5)
