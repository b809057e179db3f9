"""Market value lost and recovered, session by session, of the security whose value the claims speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eventwindow.claims.market_value import share_counts
from eventwindow.errors import NoFigure
from eventwindow.report.context import Context, every_verdict
from eventwindow.report.figures.chart import Chart
from eventwindow.report.figures.news_marks import event_sessions
from eventwindow.report.language import number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

REACH = 10


def market_value(context: Context) -> Chart | None:
    """A waterfall from the close before day 0 on; None where no claim speaks of a change of market value."""
    security = _spoken_of(context)
    if security is None:
        return None
    try:
        data = market_value_data(context, security)
    except NoFigure:  # no share count: the claim says so
        return None
    if data.empty:
        return None
    say, lost = context.language.text, data["change"].iloc[0]
    low = data["since"].min()
    values = {
        "name": context.name(security),
        "lost": number(abs(lost) / context.language.money, 0),
        "days": len(data) - 1,
    }
    return Chart(
        "market_value",
        _draw(context, data),
        say("market_value.title", name=context.name(security)),
        say("market_value.caption"),
        say(
            "market_value.alt",
            **values,
            low=number(low / context.language.money, 0),
            left=number(data["since"].iloc[-1] / context.language.money, 0),
        ),
        data,
    )


def market_value_data(context: Context, security: str) -> pd.DataFrame:
    """A row a session from day 0 on: change of market value in dollars, and the sum since the close before day 0."""
    sessions = event_sessions(context)
    days = pd.DatetimeIndex(sessions[(sessions.index >= -1) & (sessions.index <= REACH)])
    closes = context.result.evidence.prices[security]["close"].reindex(days)
    counts = share_counts(context.result.evidence, security, days)["shares"].to_numpy(float)
    change = closes.diff().to_numpy() * counts
    table = pd.DataFrame({"security": security, "date": days, "change": change})[1:]
    return table.assign(since=table["change"].cumsum()).dropna().reset_index(drop=True)


def _spoken_of(context: Context) -> str | None:
    if "shares" not in context.result.evidence.tables:
        return None
    spoken = {
        v.claim.security for v in every_verdict(context.result.verdicts) if v.claim.measure_name == "value_change"
    }
    return next((m for m in context.members if m in spoken), None)


def _draw(context: Context, data: pd.DataFrame) -> Figure:
    from eventwindow.report.figures.style import BLUE, FAINT, GRID, INK, ORANGE, new_figure, place_text, plain_axes

    figure = new_figure(3.1)
    axes = figure.add_subplot()
    plain_axes(axes)
    change, since = (data[column] / context.language.money for column in ("change", "since"))
    x = np.arange(len(data))
    colours = [ORANGE if c < 0 else BLUE for c in change]
    axes.bar(x, change, bottom=since - change, color=colours, width=0.62)
    for k in x[:-1]:
        axes.plot([k + 0.31, k + 0.69], [since[k], since[k]], color=FAINT, linewidth=0.8)
    for k in x:
        top = max(since[k], since[k] - change[k])
        place_text(axes, number(change[k], 0), (k, top), (0, 3), color=INK, ha="center", fontsize=8)
    axes.axhline(0, color=GRID, linewidth=1)
    axes.set_xticks(x, [context.language.short_day(d) for d in data["date"]])
    axes.set_ylabel(context.language.text("market_value.axis"), fontsize=8.5)
    low, high = min(0.0, float(since.min())), max(0.0, float(since.max()))
    axes.set_ylim(low - 0.04 * (high - low), high + 0.1 * (high - low))
    return figure
