"""The world clock: sessions around day 0 on one time axis, with what was earned in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from eventwindow.inference.results import LEVEL
from eventwindow.report.context import Context
from eventwindow.report.figures.chart import Chart
from eventwindow.report.language import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HOUR = pd.Timedelta(hours=1)
BEFORE, AFTER = 15, 31  # hours around the open of the first security's day 0


def sessions(context: Context) -> Chart | None:
    """A row an exchange; sessions that open later than shown stand at the right. None where all trade on one."""
    table = context.result.tables.get("exchanges", pd.DataFrame())
    if table.empty:
        return None
    home = table[table["against_home"] == "itself"].iloc[0]
    hours = (table["opens"] - home["opens"]) / HOUR
    data = table[(hours >= -BEFORE) & ((hours <= AFTER) | (table["tau"] == 0))].assign(hours=hours, later=hours > AFTER)
    data = data[
        ~((data["exchange"] == home["exchange"]) & (data["kind"] == "stock")) | data["security"].isin(context.leads)
    ]
    first = data[(data["kind"] == "stock") & (data["tau"] == 0) & (data["against_home"] == "before")]
    told = [f"{context.name(r.security)} {percent(r.abnormal_return)}" for r in first.itertuples()]
    say = context.language.text
    return Chart(
        "sessions",
        _draw(context, data.reset_index(drop=True), home),
        say("sessions.title"),
        say("sessions.caption", level=LEVEL),
        say(
            "sessions.alt" if told else "sessions.alt_none",
            city=_city(context, home["exchange"]),
            list=context.language.listed(told),
        ),
        data.reset_index(drop=True),
    )


def _city(context: Context, mic: object) -> str:
    key = f"city.{mic}"
    return context.language.text(key) if context.language.has(key) else str(mic)


def _draw(context: Context, data: pd.DataFrame, home: pd.Series) -> Figure:
    from eventwindow.report.figures.style import FAINT, new_figure

    order = list(data.sort_values(["later", "order"])["exchange"].unique())
    lines = data.groupby(["exchange", "order"]).size().groupby("exchange").max()
    heights = [1.5 + float(lines[mic]) for mic in order]
    figure = new_figure(0.5 + 0.148 * sum(heights))
    main, later = figure.subplots(1, 2, width_ratios=[3.3, 1], sharey=True)
    y = 0.0
    ticks = []
    for mic, height in zip(order, heights, strict=True):
        for axes, late in ((main, False), (later, True)):
            mine = data[(data["exchange"] == mic) & (data["later"] == late)]
            for _, rows in mine.groupby("order"):
                _session(axes, context, rows, y, late=late)
        ticks.append(y + 0.25)
        y += height
    for axes in (main, later):
        axes.set_ylim(y, -0.4)
        axes.tick_params(length=0)
        axes.spines[["left", "right", "top"]].set_visible(False)
    main.set_yticks(ticks, [_city(context, mic) for mic in order], fontsize=8.5)
    _clock(main, context, home["opens"])
    later.set_xticks([])
    later.spines["bottom"].set_visible(False)
    later.set_title(context.language.text("sessions.later"), fontsize=8.5, color=FAINT)
    later.set_xlim(0, 12)
    return figure


def _clock(axes: Axes, context: Context, zero: pd.Timestamp) -> None:
    """Every sixth hour of UTC, the date under midnight; the axis counts hours from `zero`."""
    hours = pd.date_range((zero - BEFORE * HOUR).ceil("6h"), zero + (AFTER + 7) * HOUR, freq="6h")
    labels = [f"{h:%H}:00" + (f"\n{context.language.short_day(h)}" if h.hour == 0 else "") for h in hours]
    axes.set_xticks([(h - zero) / HOUR for h in hours], labels, fontsize=7.5)
    axes.set_xlim(-BEFORE, AFTER + 7)
    axes.grid(visible=True, axis="x")
    axes.set_axisbelow(True)


def _session(axes: Axes, context: Context, rows: pd.DataFrame, y: float, *, late: bool) -> None:
    """A bar as long as the session, the benchmark's return on it, each stock's beneath."""
    from eventwindow.report.figures.style import BLUE, FAINT, GRID, INK, ORANGE

    head = rows.iloc[0]
    start = 0.0 if late else float(head["hours"])
    axes.barh(y + 0.25, (head["closes"] - head["opens"]) / HOUR, left=start, height=0.8, color=GRID)
    index = zip(*(rows.loc[rows["kind"] == "benchmark", c] for c in ("security", "return")), strict=True)
    text = [context.language.short_day(head["date"])] if late else []
    text += [f"{context.name(name)} {percent(value)}" for name, value in index]
    at: dict[str, Any] = {"textcoords": "offset points", "va": "center", "annotation_clip": False, "fontsize": 7}
    axes.annotate("  ".join(text), (start, y + 0.25), (3, 0), **at, color=INK)
    columns = ("security", "return", "abnormal_return", "p_value")
    stocks = zip(*(rows.loc[rows["kind"] == "stock", c] for c in columns), strict=True)
    for k, (name, value, abnormal, p) in enumerate(stocks, 1):
        colour = (ORANGE if abnormal < 0 else BLUE) if p < LEVEL else FAINT
        said = f"{context.name(name)} {percent(value)} ({percent(abnormal)})"
        axes.annotate(said, (start, y + 0.3 + k), (3, 0), **at, color=colour)
