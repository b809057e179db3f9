"""Day 0 by group: every member, the group's mean, and where that mean lies on ordinary days."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.inference.permutation import draws
from eventwindow.report.context import Context, of_result
from eventwindow.report.figures.chart import Chart, charted
from eventwindow.report.figures.rows import Row, draw_rows
from eventwindow.report.figures.sheet import BLUE, FAINT, ORANGE, Sheet
from eventwindow.report.language import percent

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
    return charted(
        partial(_paint, context, data),
        "groups",
        say("groups.title", worst=ends["worst"], low=values["low"]),
        say("groups.caption"),
        say("groups.alt", n=len(means), **ends, **values),
        data,
    )


@of_result
def groups_data(context: Context) -> pd.DataFrame:
    """A row a security: its AR of day 0, its group's mean, and the 2.5 and 97.5 % points of that mean on other days."""
    parts = []
    for group in context.groups:
        mine = context.abnormal.select((context.abnormal.labels["group"] == group).to_numpy())
        car = mine.car(DAY)
        drawn = draws(mine, DAY, standardised=False)
        low, high = (
            (np.nan, np.nan) if isinstance(drawn, Reason) else np.quantile(drawn.runs.mean(axis=0), [0.025, 0.975])
        )
        frame = car.labels[["group", "security"]].assign(abnormal_return=car.car, low=low, high=high)
        parts.append(frame.assign(mean=frame["abnormal_return"].mean())[COLUMNS].dropna(subset="abnormal_return"))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


def _paint(context: Context, data: pd.DataFrame, sheet: Sheet) -> None:
    order = data.groupby("group")["mean"].first().sort_values().index
    rows = [_row(context, data[data["group"] == group], str(group)) for group in order]
    draw_rows(sheet, rows, context.language.text("securities.axis"))


def _row(context: Context, mine: pd.DataFrame, group: str) -> Row:
    """The mean of a group on the range of ordinary days: grey where it lies within it."""
    mean, low, high = (float(mine[column].iloc[0]) for column in ("mean", "low", "high"))
    colour = FAINT if np.isnan(low) or low <= mean <= high else ORANGE if mean < 0 else BLUE
    name, value = context.group_name(group), percent(mean)
    values = {"name": name, "n": len(mine), "value": value, "low": percent(low), "high": percent(high)}
    title = context.language.text("groups.mark", **values)
    bar = None if np.isnan(low) else (100 * low, 100 * high)
    dots = tuple(100 * mine["abnormal_return"])
    return Row(name, 100 * mean, colour, value, title, bar=bar, dots=dots)
