"""Lead and lag within the day: cross-correlations of two names' bars given their sector, with their band."""

from __future__ import annotations

from functools import partial

import pandas as pd

from eventwindow.inference.results import LEVEL
from eventwindow.report.context import Context
from eventwindow.report.figures.chart import Chart, charted
from eventwindow.report.figures.panel import Panel, grid, reach
from eventwindow.report.figures.sheet import FAINT, INK, ORANGE, Sheet
from eventwindow.report.language import number, p_value, tau


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
    return charted(
        partial(_paint, context, data, names),
        "lead_lag",
        say("lead_lag.title", **names),
        say("lead_lag.caption", **names, share=f"{100 * (1 - LEVEL):.0f}", n=round(1 / LEVEL)),
        say("lead_lag.alt", list=context.language.clauses(*told)),
        data,
    )


def _paint(context: Context, data: pd.DataFrame, names: dict[str, str], sheet: Sheet) -> None:
    days, say = list(data["date"].unique()), context.language.text
    sheet.text(0, sheet.height + 12, say("lead_lag.correlation"))
    sheet.height += 18
    reached = reach([*data["correlation"], *data["band"], *-data["band"]])
    for panel, day in zip(grid(sheet, len(days), 2, 140), days, strict=True):
        mine = data[data["date"] == day]
        panel.x, panel.y = reach(mine["lag"]), reached
        title = f"{context.language.day(day)}: p = {p_value(mine['p_any'].iloc[0])}"
        sheet.text(panel.left, panel.top - 8, title, INK, bold=True)
        panel.y_axis()
        panel.band(mine["lag"].tolist(), -mine["band"], mine["band"], FAINT)
        for r in mine.itertuples():
            _bar(context, panel, int(r.lag), float(r.correlation), float(r.band))
        panel.across(0)
        panel.x_axis(words=say("lead_lag.axis", **names), grid=False)
    sheet.height += 10


def _bar(context: Context, panel: Panel, lag: int, correlation: float, band: float) -> None:
    """A correlation at one lag: grey where the band holds it."""
    colour = ORANGE if abs(correlation) > band else FAINT
    x, y = panel.px(lag), panel.py(correlation)
    values = {"lag": tau(lag), "value": number(correlation), "band": number(band)}
    panel.sheet.line([(x, panel.py(0)), (x, y)], colour, 2)
    panel.sheet.dot(x, y, 3.2, colour, context.language.text("lead_lag.mark", **values))
