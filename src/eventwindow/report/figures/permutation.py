"""The permutation distribution: the headline's mean abnormal return on every estimation day, day 0 marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.inference.permutation import draws
from eventwindow.report.context import Context
from eventwindow.report.figures.chart import Chart
from eventwindow.report.language import p_value, percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DAY = Window(0, 0)


def permutation(context: Context) -> Chart | None:
    """Mean abnormal return of the securities that share day 0, on all estimation days, against the event's."""
    drawn = draws(context.shared, DAY, standardised=False)
    if isinstance(drawn, str):
        return None
    event, null = float(drawn.event.mean()), np.asarray(drawn.runs.mean(axis=0))
    p = (1 + int((np.abs(null) >= abs(event)).sum())) / (len(null) + 1)
    say, n = context.language.text, len(drawn.event)
    values = {"event": percent(event), "days": len(null), "low": percent(null.min()), "high": percent(null.max())}
    data = pd.DataFrame({"what": ["event", *["estimation day"] * len(null)], "mean_abnormal_return": [event, *null]})
    return Chart(
        "permutation",
        _draw(context, event, null),
        say("permutation.title", n=n),
        say("permutation.caption", n=n, days=len(null)),
        say("permutation.alt", **values, p=p_value(p)),
        data,
    )


def _draw(context: Context, event: float, null: np.ndarray) -> Figure:
    from eventwindow.report.figures.style import FAINT, ORANGE, new_figure, place_text, plain_axes

    figure = new_figure(2.7)
    axes = figure.add_subplot()
    plain_axes(axes)
    reach = max(abs(event), float(np.abs(null).max())) * 1.08
    bins = np.linspace(-100 * reach, 100 * reach, 81)
    axes.hist(100 * null, bins=list(bins), color=FAINT, alpha=0.6)
    axes.axvline(100 * event, color=ORANGE, linewidth=2.2)
    side = 1 if event < 0 else -1
    text = f"{context.language.short_day(context.day_zero)}: {percent(event)}"
    where = {"xycoords": axes.get_xaxis_transform(), "ha": "left" if side > 0 else "right"}
    place_text(axes, text, (100 * event, 0.92), (7 * side, 0), color=ORANGE, **where)
    axes.set_xlabel(context.language.text("permutation.axis"), fontsize=8.5)
    axes.set_ylabel(context.language.text("permutation.count"), fontsize=8.5)
    return figure
