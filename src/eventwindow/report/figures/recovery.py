"""What came back: the leading securities and the market from the close before day 0 to the end of the next month."""

from functools import partial

import pandas as pd

from eventwindow.report.context import Context, of_result
from eventwindow.report.figures.chart import Chart, drawn
from eventwindow.report.figures.lines import Days, draw_lines
from eventwindow.report.figures.prices import named_line
from eventwindow.report.figures.sheet import FAINT, SERIES
from eventwindow.report.language import percent

LEAST = 5  # sessions after day 0


def recovery(context: Context) -> Chart | None:
    """Total return since the close before day 0; None where the prices end soon after it."""
    data = recovery_data(context)
    if len(data) < LEAST:
        return None
    first, day = context.leads[0], context.language.day
    path = data[first].to_numpy()
    away = -path if path[1] < 0 else path  # how far off on the side of day 0
    far = int(away.argmax())
    best = far + int(away[far:].argmin())  # what came back came after the farthest
    values = {
        "name": context.name(first),
        "zero": percent(path[1]),
        "last": day(data.index[-1]),
        "end": percent(path[-1]),
        "far": percent(path[far]),
        "far_day": day(data.index[far]),
        "best": percent(path[best]),
        "best_day": day(data.index[best]),
    }
    title = "title_back" if (away[1:] <= 0).any() else _away(far, best, len(path) - 1)
    colours = {**dict(zip(context.leads, SERIES, strict=False)), context.benchmark: FAINT}
    series = [named_line(context, data, str(s), colours.get(str(s), FAINT)) for s in data]
    days = Days([context.language.short_day(day) for day in data.index], told=1)
    axis = context.language.text("prices.axis")
    paint = partial(draw_lines, days=days, series=series, axis=axis, height=250)
    return drawn(context, paint, "recovery", data.rename_axis("date").reset_index(), title_key=title, **values)


def _away(far: int, best: int, last: int) -> str:
    """The title of one that never came back: farthest on the last day, nearest on it, or nearest before."""
    return "title_far" if far == last else "title_last" if best == last else "title"


@of_result
def recovery_data(context: Context) -> pd.DataFrame:
    """Date × security: total return since the close before day 0, decimals; the first row is that close."""
    returns, zero = context.result.evidence.returns, context.day_zero
    until = zero + pd.offsets.MonthEnd(1) + pd.offsets.MonthEnd(1)
    shown = [*context.leads, *({context.benchmark} - {"", "none", *context.leads})]
    table = pd.DataFrame({s: returns[s] for s in shown if s in returns})
    sessions = returns[context.leads[0]].dropna().index
    before = sessions[sessions < zero][-1:]
    inside = table.reindex(sessions[(sessions >= zero) & (sessions <= until)]).fillna(0)
    start = pd.DataFrame(0.0, index=before, columns=table.columns)
    return pd.concat([start, (1 + inside).cumprod() - 1]) if len(before) else table.iloc[:0]
