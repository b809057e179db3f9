"""The price tape: what the headline's securities and the market did around day 0, events and news marked."""

from functools import partial

import pandas as pd

from eventwindow.report.context import Context, of_result
from eventwindow.report.figures.chart import Chart, Paint, charted
from eventwindow.report.figures.lines import Days, Series, draw_lines
from eventwindow.report.figures.news_marks import marks, tape_days
from eventwindow.report.figures.sheet import BLUE, FAINT, SERIES
from eventwindow.report.language import percent


def prices(context: Context) -> Chart | None:
    """Total return since the first close shown; the first two securities and the benchmark in colour."""
    data = prices_data(context)
    if data.empty:
        return None
    say, last = context.language.text, data.iloc[-1]
    first = context.leads[0]
    low, day, moves = data[first].idxmin(), context.language.day, [told for _, _, told, _ in _moves(context, data)]
    values = {"name": context.name(first), "low": percent(data[first].min()), "day": day(low)}
    told = dict(zip(("move", "next"), moves, strict=False))
    key = "prices.title" if "next" in told else "prices.title_last"
    title = say(key, name=values["name"], day=day(context.day_zero), **told) if told else values["name"]
    return charted(
        _tape(context, data),
        "prices",
        title,
        say("prices.caption", start=day(data.index[0]), **_legend(context, data)),
        say("prices.alt", **values, end=percent(last[first]), last=day(data.index[-1])),
        data.rename_axis("date").reset_index(),
    )


def _legend(context: Context, data: pd.DataFrame) -> dict[str, str]:
    """What grey lines and numbers are, where there are any."""
    say, shown = context.language.text, marks(context)
    grey = set(context.members) & set(data) - set(context.leads)
    news = (shown["session"].isin(data.index) & (shown["kind"] != "event")).any()
    of = {"basket": context.group_name(context.basket)} if context.basket else {}
    return {
        "grey": say("prices.grey" if of else "prices.grey_plain", n=len(grey), **of) if grey else "",
        "news": say("prices.news") if news else "",
    }


@of_result
def prices_data(context: Context) -> pd.DataFrame:
    """Date × security: total return since the close of the first date, decimals."""
    shown = tape_days(context)
    returns = context.result.evidence.returns
    columns = [*context.members, *({context.benchmark} - {"", "none", *context.members})]
    table = pd.DataFrame({c: returns[c].reindex(shown) for c in columns if c in returns})
    grown = (1 + table.fillna(0)).cumprod()
    return grown / grown.iloc[0] - 1


def _tape(context: Context, data: pd.DataFrame) -> Paint:
    """What paints every line with its marks."""
    leads = dict(zip(context.leads, SERIES, strict=False))
    if context.benchmark in data:
        leads.setdefault(context.benchmark, FAINT)
    grey = [
        Series((100 * data[s]).tolist(), FAINT, width=0.8, opacity=0.4, title=_told(context, data[s][-1:])[0])
        for s in data.columns.difference([*leads], sort=False)
    ]
    named = [named_line(context, data, symbol, colour) for symbol, colour in leads.items()]
    shown = marks(context)
    inside = shown[shown["session"].isin(data.index)]
    places = [(int(data.index.get_indexer(pd.DatetimeIndex([r.session]))[0]), r) for r in inside.itertuples()]
    events = [(k, str(r.what)) for k, r in places if r.kind == "event"]
    numbers: dict[int, list[str]] = {}
    for k, r in places:
        if r.kind != "event":
            numbers.setdefault(k, []).append(str(r.number))
    news = [(k, context.language.text("format.between").join(found)) for k, found in numbers.items()]
    labels = [context.language.short_day(day) for day in data.index]
    zero = int(data.index.get_indexer(pd.DatetimeIndex([context.day_zero]))[0])
    days = Days(labels, events, news, _moves(context, data), max(zero, 0))
    return partial(draw_lines, days=days, series=[*grey, *named], axis=context.language.text("prices.axis"))


def named_line(context: Context, data: pd.DataFrame, symbol: str, colour: str) -> Series:
    """A security's return, with its name and the last figure at its end, and each day told by its mark."""
    said = f"{context.name(symbol)} {percent(data[symbol].iloc[-1])}"
    return Series((100 * data[symbol]).tolist(), colour, said, _told(context, data[symbol]))


def _told(context: Context, grown: pd.Series) -> list[str]:
    name, said = context.name(str(grown.name)), context.language.text
    return [said("common.mark", name=name, when=context.language.day(d), value=percent(v)) for d, v in grown.items()]


def _moves(context: Context, data: pd.DataFrame) -> list[tuple[int, float, str, str]]:
    """What the first security did on day 0 and on the session after, beside its line."""
    first = context.leads[0]
    grown = 1 + data[first]
    moves = (grown / grown.shift() - 1).dropna()
    at = [int(data.index.get_indexer(pd.DatetimeIndex([context.day_zero]))[0]) + k for k in (0, 1)]
    return [(k, 100 * data[first].iloc[k], percent(moves[data.index[k]]), BLUE) for k in at if 0 < k < len(data)]
