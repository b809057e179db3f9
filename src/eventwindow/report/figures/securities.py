"""Dot plot: the abnormal return of day 0 with its 95 % interval, by group, ordered."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd

from eventwindow.report.context import Context, of_result
from eventwindow.report.figures.chart import Chart, charted
from eventwindow.report.figures.heatmap import row_order
from eventwindow.report.figures.rows import Row, draw_rows
from eventwindow.report.figures.sheet import BLUE, FAINT, ORANGE, Sheet
from eventwindow.report.language import percent


def securities(context: Context) -> Chart | None:
    """AR of day 0 and its 95 % interval, one line a security."""
    data = securities_data(context)
    if data.empty:
        return None
    say = context.language.text
    away = data[(data["low"] > 0) | (data["high"] < 0)]
    ends = {"low": percent(data["abnormal_return"].min()), "high": percent(data["abnormal_return"].max())}
    return charted(
        partial(_paint, context, data),
        "securities",
        say("securities.title", n=len(data), down=int((away["high"] < 0).sum()), up=int((away["low"] > 0).sum())),
        say("securities.caption"),
        say("securities.alt", n=len(data), **ends, down=int((away["high"] < 0).sum()), up=int((away["low"] > 0).sum())),
        data,
    )


@of_result
def securities_data(context: Context) -> pd.DataFrame:
    """A row a security: abnormal return of day 0 and its 95 % interval, t with the model's degrees of freedom."""
    rows = context.day_rows(list(dict.fromkeys(context.abnormal.labels["security"]))).reset_index()
    columns = ["group", "security", "date", "abnormal_return", "low", "high"]
    return rows[columns].dropna(subset="abnormal_return").reset_index(drop=True)


def _paint(context: Context, data: pd.DataFrame, sheet: Sheet) -> None:
    table = data.set_index("security")
    rows = []
    for group, names in row_order(context, data.assign(tau=0)):
        heading = context.group_name(group) or context.language.text("common.all")
        for k, name in enumerate(names):
            held = [float(table[column][name]) for column in ("abnormal_return", "low", "high")]
            rows.append(interval_row(context, context.name(name), held, heading="" if k else heading))
    draw_rows(sheet, rows, context.language.text("securities.axis"))


def interval_row(context: Context, name: str, held: Sequence[float], heading: str = "") -> Row:
    """A figure in per cent with its interval: grey where it holds zero."""
    value, low, high = held
    colour = ORANGE if high < 0 else BLUE if low > 0 else FAINT
    words = {"value": percent(value), "low": percent(low), "high": percent(high)}
    title = context.language.text("common.mark_plain", name=name, **words)
    return Row(name, 100 * value, colour, words["value"], title, line=(100 * low, 100 * high), heading=heading)
