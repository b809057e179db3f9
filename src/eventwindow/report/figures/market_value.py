"""Market value lost and recovered, session by session, of the security whose value the claims speak of."""

from functools import partial

import pandas as pd

from eventwindow.claims.market_value import DOLLAR, share_counts
from eventwindow.errors import Figure, NoFigure
from eventwindow.report.context import Context, every_verdict
from eventwindow.report.figures.chart import Chart, drawn
from eventwindow.report.figures.news_marks import event_sessions
from eventwindow.report.figures.panel import Panel, reach
from eventwindow.report.figures.sheet import BLUE, INK, ORANGE, Sheet, advance
from eventwindow.report.language import number

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
    sums = {"lost": abs(data["change"].iloc[0]), "low": data["since"].min(), "left": data["since"].iloc[-1]}
    values = {"name": context.name(security), "days": len(data) - 1, **{k: Figure(v, DOLLAR) for k, v in sums.items()}}
    paint = partial(_paint, context, data)
    return drawn(context, paint, "market_value", data, **values)


def market_value_data(context: Context, security: str) -> pd.DataFrame:
    """A row a session from day 0 on: change of market value in dollars, and the sum since the close before day 0."""
    sessions = event_sessions(context)
    days = pd.DatetimeIndex(sessions[(sessions.index >= -1) & (sessions.index <= REACH)])
    closes = context.result.evidence.prices[security]["close"].reindex(days)
    counts = share_counts(context.result.evidence, security, days)
    change = closes.diff().to_numpy() * counts
    table = pd.DataFrame({"security": security, "date": days, "change": change})[1:]
    known = table["change"].notna().cummin()  # a sum over a day without a price would lack what that day moved
    return table.assign(since=table["change"].cumsum())[known].reset_index(drop=True)


def _spoken_of(context: Context) -> str | None:
    if "shares" not in context.result.evidence.tables:
        return None
    spoken = {
        v.claim.security for v in every_verdict(context.result.verdicts) if v.claim.measure_name == "value_change"
    }
    return next((m for m in context.members if m in spoken), None)


def _paint(context: Context, data: pd.DataFrame, sheet: Sheet) -> None:
    change, since = (data[column] / context.language.money for column in ("change", "since"))
    sheet.text(0, sheet.height + 12, context.language.text("market_value.axis"))
    panel = Panel(sheet, 58, sheet.height + 30, sheet.width - 62, 250, (-0.6, len(data) - 0.4), reach(since, 0.1))
    panel.y_axis()
    step = panel.width / len(data)
    for k, (moved, reached) in enumerate(zip(change, since, strict=True)):
        x, start = panel.px(k), panel.py(reached - moved)
        colour, day = ORANGE if moved < 0 else BLUE, context.language.day(data["date"][k])
        values = {"name": context.name(str(data["security"][k])), "when": day, "value": number(moved, 0)}
        title = context.language.text("common.mark", **values)
        sheet.rect(x - 0.31 * step, start, 0.62 * step, panel.py(reached) - start, colour, title=title)
        said, y = number(moved, 0), min(start, panel.py(reached)) - 7
        if k == 0:  # the one that is asked for, whatever stands beside it
            sheet.text(x - 0.31 * step, y, said, INK)
        elif advance(said) < step:
            sheet.text(x, y, said, INK, "middle")
    panel.across(0)
    foot = panel.days([context.language.short_day(d) for d in data["date"]])
    sheet.height = foot
