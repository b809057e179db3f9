"""What came back: the leading securities and the market from the close before day 0 to the end of the next month."""

from functools import partial

import pandas as pd

from eventwindow.report.context import Context, of_result
from eventwindow.report.figures.chart import Chart, drawn
from eventwindow.report.figures.lines import Days, draw_lines
from eventwindow.report.figures.paths import grown, last_told, levels
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
    held = data[first].dropna()
    path = held.to_numpy()
    away = -path if path[1] < 0 else path  # how far off on the side of day 0
    far = int(away.argmax())
    best = far + int(away[far:].argmin())  # what came back came after the farthest
    values = {
        "name": context.name(first),
        "zero": percent(path[1]),
        "last": day(held.index[-1]),
        "end": percent(path[-1]),
        "far": percent(path[far]),
        "far_day": day(held.index[far]),
        "best": percent(path[best]),
        "best_day": day(held.index[best]),
        "start": day(data.index[0]),
    }
    if data.index[1] != context.day_zero:  # prices are missing before day 0
        values |= {"caption_key": "caption_since", "alt_key": "alt_since"}
        values["end"] = context.language.text("recovery.from", end=values["end"], start=values["start"])
    elif held.index[1] != context.day_zero:  # of day 0 itself
        values["alt_key"] = "alt_since"
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
    """Date × security: total return since the last close before day 0 that all have, decimals, and that day first."""
    evidence, zero = context.result.evidence, context.day_zero
    shown = [*context.leads, *({context.benchmark} - {"", "none", *context.leads})]
    sessions = pd.DatetimeIndex(evidence.returns[context.leads[0]].index)
    prices = levels(context, shown, sessions[sessions <= last_told(context)])
    whole = prices.loc[: prices[context.leads[0]].last_valid_index()].dropna(axis=1, how="all")
    before = whole[whole.index < zero].dropna().index  # closes that all of them have
    return grown(whole, before[-1]) if len(before) else whole.iloc[:0]
