"""The price tape: what the headline's securities and the market did around day 0, events and news marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eventwindow.report.context import Context
from eventwindow.report.figures.chart import Chart
from eventwindow.report.figures.news_marks import draw_marks, event_sessions, marks
from eventwindow.report.language import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

REACH = 7  # sessions either side of day 0


def prices(context: Context) -> Chart | None:
    """Total return since the first close shown; the first two securities and the benchmark in colour."""
    data = prices_data(context)
    if data.empty:
        return None
    say, last = context.language.text, data.iloc[-1]
    first = context.leads[0]
    low = data[first].idxmin()
    values = {"name": context.name(first), "low": percent(data[first].min()), "day": context.language.day(low)}
    return Chart(
        "prices",
        _draw(context, data),
        say("prices.title"),
        say("prices.caption", n=len(context.members), start=context.language.day(data.index[0])),
        say("prices.alt", **values, end=percent(last[first]), last=context.language.day(data.index[-1])),
        data.rename_axis("date").reset_index(),
    )


def prices_data(context: Context) -> pd.DataFrame:
    """Date × security: total return since the close of the first date, decimals."""
    days = event_sessions(context)
    shown = pd.DatetimeIndex(days[(days.index >= -REACH) & (days.index <= REACH)])
    returns = context.result.evidence.returns
    columns = [*context.members, *({context.benchmark} - {"", "none", *context.members})]
    table = pd.DataFrame({c: returns[c].reindex(shown) for c in columns if c in returns})
    grown = (1 + table.fillna(0)).cumprod()
    return grown / grown.iloc[0] - 1


def _draw(context: Context, data: pd.DataFrame) -> Figure:
    from eventwindow.report.figures.style import FAINT, GRID, SERIES, new_figure, plain_axes

    figure = new_figure(3.9)
    axes = figure.add_subplot()
    plain_axes(axes)
    x = np.arange(len(data))
    leads = [*context.leads, *([context.benchmark] if context.benchmark in data else [])]
    for symbol in data.columns.difference(leads, sort=False):
        axes.plot(x, 100 * data[symbol], color=FAINT, alpha=0.45, linewidth=0.7, zorder=2)
    for symbol, colour in zip(leads, (*SERIES[: len(context.leads)], FAINT), strict=False):
        axes.plot(x, 100 * data[symbol], color=colour, linewidth=2.2, zorder=3)
    _end_labels(axes, context, data, leads)
    draw_marks(axes, marks(context), pd.Series(x, index=data.index))
    axes.axhline(0, color=GRID, linewidth=1)
    axes.set_xticks(x[::2], [context.language.short_day(d) for d in data.index[::2]])
    axes.set_ylabel(context.language.text("prices.axis"))
    axes.margins(x=0.02)
    low, high = axes.get_ylim()
    axes.set_ylim(low - 0.06 * (high - low), high)
    return figure


def _end_labels(axes: Axes, context: Context, data: pd.DataFrame, leads: list[str]) -> None:
    """The name at the end of its line, pushed apart where lines end close to each other."""
    from eventwindow.report.figures.style import FAINT, SERIES, place_text

    low, high = axes.get_ylim()
    gap = (high - low) * 0.055
    ends = sorted(((100 * float(data[s].iloc[-1]), k) for k, s in enumerate(leads)), reverse=True)
    place = np.inf
    colours = (*SERIES[: len(context.leads)], FAINT)
    for end, k in ends:
        place = min(place - gap, end)
        text = f"{context.name(leads[k])} {percent(end / 100)}"
        place_text(axes, text, (len(data) - 1, place), (6, 0), color=colours[k], va="center", fontsize=8.5)
