"""Day 0 by group: every member with its 95 % interval, the group's mean, and where that lies on ordinary days."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.inference.permutation import draws
from eventwindow.inference.results import LEVEL
from eventwindow.inference.sample import sample
from eventwindow.report.context import Context, of_result
from eventwindow.report.figures.chart import Chart, drawn
from eventwindow.report.figures.heatmap import row_order
from eventwindow.report.figures.rows import Row, draw_rows
from eventwindow.report.figures.sheet import BLUE, FAINT, ORANGE
from eventwindow.report.language import percent

DAY = Window(0, 0)
COLUMNS = ["group", "security", "abnormal_return", "mean", "low", "high"]


def groups(context: Context) -> Chart | None:
    """One line a group, ordered by its mean; None where there are no groups."""
    data = groups_data(context)
    if data["group"].nunique() < 2:
        return None
    means = data.groupby("group", sort=False)["mean"].first()
    ends = {key: context.group_name(str(name)) for key, name in (("worst", means.idxmin()), ("best", means.idxmax()))}
    values = {"low": percent(means.min()), "high": percent(means.max())}
    title = "title" if -means.min() >= means.max() else "title_up"
    members = dict(list(data.groupby("group")))
    rows = [_row(context, members[group], str(group)) for group in means.sort_values().index]
    paint = partial(draw_rows, rows=rows, axis=context.language.text("securities.axis"))
    return drawn(context, paint, "groups", data, title_key=title, n=len(means), **ends, **values)


@of_result
def groups_data(context: Context) -> pd.DataFrame:
    """A row a security: its AR of day 0, its group's mean, and the 2.5 and 97.5 % points of that mean on other days."""
    rows = []
    for group in context.groups:
        mine = context.abnormal.select((context.abnormal.labels["group"] == group).to_numpy())
        car = mine.car(DAY)
        drawn = draws(sample(mine, DAY))
        ends = [LEVEL / 2, 1 - LEVEL / 2]
        low, high = (np.nan, np.nan) if isinstance(drawn, Reason) else np.quantile(drawn.runs.mean(axis=0), ends)
        mean = pd.Series(car.car).mean()
        rows += [(group, s, ar, mean, low, high) for s, ar in zip(car.labels["security"], car.car, strict=True)]
    return pd.DataFrame(rows, columns=COLUMNS).dropna(subset="abnormal_return").reset_index(drop=True)


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


def securities(context: Context) -> Chart | None:
    """AR of day 0 and its 95 % interval, one line a security."""
    data = securities_data(context)
    if data.empty:
        return None
    away = data[(data["low"] > 0) | (data["high"] < 0)]
    ends = {"low": percent(data["abnormal_return"].min()), "high": percent(data["abnormal_return"].max())}
    sides = {"down": int((away["high"] < 0).sum()), "up": int((away["low"] > 0).sum())}
    both = {(True, True): "title", (True, False): "title_down", (False, True): "title_up"}
    title = both.get((sides["down"] > 0, sides["up"] > 0), "title_neither")
    paint = partial(draw_rows, rows=_intervals(context, data), axis=context.language.text("securities.axis"))
    return drawn(context, paint, "securities", data, title_key=title, n=len(data), **ends, **sides)


@of_result
def securities_data(context: Context) -> pd.DataFrame:
    """A row a security: abnormal return of day 0 and its 95 % interval, t with the model's degrees of freedom."""
    rows = context.day_rows(list(dict.fromkeys(context.abnormal.labels["security"]))).reset_index()
    columns = ["group", "security", "date", "abnormal_return", "low", "high"]
    return rows[columns].dropna(subset="abnormal_return").reset_index(drop=True)


def _intervals(context: Context, data: pd.DataFrame) -> list[Row]:
    """The securities by group, the hardest hit first."""
    figures = data[["abnormal_return", "low", "high"]].to_numpy().tolist()
    held, rows = dict(zip(data["security"], figures, strict=True)), []
    for group, names in _order(context):
        heading = context.group_name(group) or context.language.text("common.all")
        for k, name in enumerate(names):
            rows.append(interval_row(context, context.name(name), held[name], heading="" if k else heading))
    return rows


@of_result
def _order(context: Context) -> list[tuple[str, list[str]]]:
    return row_order(securities_data(context).assign(tau=0))


def interval_row(context: Context, name: str, held: Sequence[float], heading: str = "") -> Row:
    """A figure in per cent with its interval: grey where it holds zero."""
    value, low, high = held
    colour = ORANGE if high < 0 else BLUE if low > 0 else FAINT
    words = {"value": percent(value), "low": percent(low), "high": percent(high)}
    title = context.language.text("common.mark_plain", name=name, **words)
    return Row(name, 100 * value, colour, words["value"], title, line=(100 * low, 100 * high), heading=heading)
