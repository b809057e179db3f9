"""Cumulative abnormal returns of the headline's securities with their 95 % bands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.report.context import Context
from eventwindow.report.figures.chart import Chart
from eventwindow.report.figures.news_marks import draw_marks, marks
from eventwindow.report.language import percent, tau

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 6
COLUMNS = ["security", "tau", "date", "car", "low", "high"]


def car(context: Context) -> Chart | None:
    """CAR from the first day of the event window on, one panel a security."""
    data = car_data(context)
    if data.empty:
        return None
    say, window = context.language.text, context.abnormal.window
    first = data[data["security"] == context.members[0]].iloc[-1]
    return Chart(
        "car",
        _draw(context, data),
        say("car.title"),
        say(
            "car.caption",
            start=tau(window.start),
            end=tau(window.end),
            shown=_shown(context, data["security"].nunique()),
        ),
        say(
            "car.alt",
            name=context.name(context.members[0]),
            car=percent(first["car"]),
            low=percent(first["low"]),
            high=percent(first["high"]),
            start=tau(window.start),
            end=tau(int(first["tau"])),
        ),
        data,
    )


def _shown(context: Context, n: int) -> str:
    """Which securities the panels are of."""
    key = "car.every" if n == len(context.members) else "car.some"
    return context.language.text(key, n=n, all=len(context.members))


def car_data(context: Context) -> pd.DataFrame:
    """A row a security and day: CAR since the first day of the event window, and its 95 % interval."""
    chosen = context.abnormal.select(list(context.members[:MOST]))
    start = chosen.window.start
    parts = []
    for day in chosen.window.taus:
        held = chosen.car(Window(start, int(day)))
        low, high = held.interval()
        dates = chosen.event_days[:, day - start].astype("datetime64[D]").astype("datetime64[s]")
        frame = pd.DataFrame({"security": chosen.labels["security"], "tau": int(day), "date": dates, "car": held.car})
        parts.append(frame.assign(low=low, high=high))
    data = pd.concat(parts).dropna(subset="car")
    order = {s: k for k, s in enumerate(context.members)}
    return data.sort_values(["security", "tau"], key=lambda c: c.map(order) if c.name == "security" else c)[COLUMNS]


def _draw(context: Context, data: pd.DataFrame) -> Figure:
    from eventwindow.report.figures.style import BLUE, FAINT, ORANGE, new_figure, plain_axes

    names = list(dict.fromkeys(data["security"]))
    columns = min(len(names), 3 if len(names) > 4 else 2)
    rows = -(-len(names) // columns)
    figure = new_figure(0.4 + 2.15 * rows)
    every = np.atleast_1d(figure.subplots(rows, columns, sharex=True, sharey=True)).ravel()
    shown = marks(context)
    for axes, name in zip(every, names, strict=False):
        mine = data[data["security"] == name]
        colour = (BLUE, ORANGE)[context.leads.index(name)] if name in context.leads else FAINT
        plain_axes(axes)
        axes.fill_between(mine["tau"], 100 * mine["low"], 100 * mine["high"], color=colour, alpha=0.18, linewidth=0)
        axes.plot(mine["tau"], 100 * mine["car"], color=colour, linewidth=2)
        axes.axhline(0, color=FAINT, linewidth=0.8)
        draw_marks(axes, shown[shown["kind"] == "event"], pd.Series(mine["tau"].to_numpy(), mine["date"]), names=False)
        axes.set_title(context.name(name), loc="left")
        axes.margins(x=0.01)
    for axes in every[len(names) :]:
        axes.set_visible(False)
    figure.supxlabel(context.language.text("axis.tau"), fontsize=8.5, color=FAINT)
    figure.supylabel(context.language.text("car.axis"), fontsize=8.5, color=FAINT)
    return figure
