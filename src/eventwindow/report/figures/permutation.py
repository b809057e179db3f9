"""The permutation distribution: the headline's mean abnormal return on every estimation day, day 0 marked."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.inference.permutation import draws
from eventwindow.inference.results import LEVEL
from eventwindow.report.context import Context
from eventwindow.report.figures.chart import Chart, charted
from eventwindow.report.figures.panel import Panel
from eventwindow.report.figures.sheet import FAINT, ORANGE, Sheet
from eventwindow.report.language import p_value, percent

DAY = Window(0, 0)


def permutation(context: Context) -> Chart | None:
    """Mean abnormal return of the securities that share day 0, on all estimation days, against the event's."""
    drawn = draws(context.shared, DAY, standardised=False)
    if isinstance(drawn, Reason):
        return None
    event, null = float(drawn.event.mean()), np.asarray(drawn.runs.mean(axis=0))
    more = int((np.abs(null) >= abs(event)).sum())
    p = (1 + more) / (len(null) + 1)
    say, n = context.language.text, len(drawn.event)
    values = {"event": percent(event), "days": len(null), "low": percent(null.min()), "high": percent(null.max())}
    data = pd.DataFrame({"what": ["event", *["estimation day"] * len(null)], "mean_abnormal_return": [event, *null]})
    return charted(
        partial(_paint, context, event, null),
        "permutation",
        say(f"permutation.{_title(event, null, p)}", **values, n=more),
        say("permutation.caption", n=n, days=len(null)),
        say("permutation.alt", **values, p=p_value(p)),
        data,
    )


def _title(event: float, null: np.ndarray, p: float) -> str:
    """Beyond every ordinary day, among the few as far from zero, or a day like others."""
    if p >= LEVEL:
        return "title_usual"
    return "title_rare" if null.min() <= event <= null.max() else "title"


def _paint(context: Context, event: float, null: np.ndarray, sheet: Sheet) -> None:
    far = max(abs(event), float(np.abs(null).max())) * 1.08
    edges = np.linspace(-100 * far, 100 * far, 41 if sheet.narrow else 81)
    counts, _ = np.histogram(100 * null, edges)
    sheet.text(0, sheet.height + 12, context.language.text("permutation.count"))
    panel = Panel(
        sheet, 40, sheet.height + 24, sheet.width - 48, 190, (edges[0], edges[-1]), (0, 1.12 * float(counts.max()))
    )
    panel.y_axis()
    for k in np.flatnonzero(counts):
        left, right = panel.px(edges[k]) + 0.5, panel.px(edges[k + 1]) - 0.5
        values = {"low": percent(edges[k] / 100), "high": percent(edges[k + 1] / 100), "n": int(counts[k])}
        title, foot = context.language.text("permutation.mark", **values), panel.py(0)
        top = panel.py(float(counts[k]))
        sheet.rect(left, top, right - left, foot - top, FAINT, opacity=0.55, title=title)
    day = context.language.short_day(context.day_zero)
    said = context.language.text("common.mark_day", when=day, value=percent(event))
    panel.upright(100 * event, ORANGE, 3, title=said)
    x = panel.px(100 * event) + (8 if event < 0 else -8)
    sheet.text(x, panel.top + 14, said, ORANGE, "start" if event < 0 else "end", bold=True)
    panel.across(0)
    sheet.height = panel.x_axis(words=context.language.text("permutation.axis"), grid=False)
