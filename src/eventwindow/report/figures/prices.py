"""The price tape: what the headline's securities and the market did around day 0, events and news marked."""

from functools import partial

import pandas as pd

from eventwindow.report.context import Context, of_result
from eventwindow.report.figures.chart import Chart, Paint, charted
from eventwindow.report.figures.lines import Days, Series, draw_lines
from eventwindow.report.figures.news_marks import marks, tape_days
from eventwindow.report.figures.paths import grown, levels
from eventwindow.report.figures.sheet import BLUE, FAINT, SERIES
from eventwindow.report.language import percent


def prices(context: Context) -> Chart | None:
    """Total return since the first close shown; the first two securities and the benchmark in colour."""
    data = prices_data(context)
    if data.empty:
        return None
    say, day, path = context.language.text, context.language.day, data[context.leads[0]].dropna()
    values = {"name": context.name(context.leads[0]), "low": percent(path.min()), "day": day(path.idxmin())}
    return charted(
        _tape(context, data),
        "prices",
        _title(context, data),
        say("prices.caption", start=day(data.index[0]), **_legend(context, data)),
        say("prices.alt", **values, end=percent(path.iloc[-1]), last=day(path.index[-1])),
        data.rename_axis("date").reset_index(),
    )


def _title(context: Context, data: pd.DataFrame) -> str:
    """What the first security did on day 0 and on the session after; over which sessions, where prices are missing."""
    say, day, first, zero = context.language.text, context.language.day, context.leads[0], context.day_zero
    name, path, moves = context.name(first), data[first], _moves(context, data)
    told = {"next" if tau else "move": said for tau, said in moves.items()}
    if "move" in told:
        return say("prices.title" if "next" in told else "prices.title_last", name=name, day=day(zero), **told)
    if zero not in path.index or zero == path.index[0]:
        return name
    if pd.isna(path[zero]):
        return say("prices.title_none", name=name, day=day(zero))
    held = 1 + path[:zero].dropna()
    move = percent(held.iloc[-1] / held.iloc[-2] - 1)
    return say("prices.title_over", name=name, since=day(held.index[-2]), day=day(zero), move=move)


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
    """Date × security: total return since the first close shown that the leads and the benchmark have, decimals."""
    leads = [*context.leads, *({context.benchmark} - {"", "none", *context.leads})]
    prices = levels(context, dict.fromkeys([*context.members, *leads]), tape_days(context))
    begun = prices[[s for s in leads if s in prices]].dropna().index
    return grown(prices, begun[0]) if len(begun) else prices.iloc[:0]


def _tape(context: Context, data: pd.DataFrame) -> Paint:
    """What paints every line with its marks."""
    leads = dict(zip(context.leads, SERIES, strict=False))
    if context.benchmark in data:
        leads.setdefault(context.benchmark, FAINT)
    grey = [
        Series((100 * data[s]).tolist(), FAINT, width=0.8, opacity=0.4, title=_told(context, data[s].dropna()[-1:])[0])
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
    path = 100 * data[context.leads[0]]
    notes = [(zero + tau, path.iloc[zero + tau], said, BLUE) for tau, said in _moves(context, data).items()]
    days = Days(labels, events, news, notes, max(zero, 0))
    return partial(draw_lines, days=days, series=[*grey, *named], axis=context.language.text("prices.axis"))


def named_line(context: Context, data: pd.DataFrame, symbol: str, colour: str) -> Series:
    """A security's return, with its name and the last figure at its end, and each day told by its mark."""
    said = f"{context.name(symbol)} {percent(data[symbol].dropna().iloc[-1])}"
    return Series((100 * data[symbol]).tolist(), colour, said, _told(context, data[symbol]))


def _told(context: Context, grown: pd.Series) -> list[str]:
    name, said = context.name(str(grown.name)), context.language.text
    return [said("common.mark", name=name, when=context.language.day(d), value=percent(v)) for d, v in grown.items()]


def _moves(context: Context, data: pd.DataFrame) -> dict[int, str]:
    """What the first security did on day 0 and on the session after, by tau; nothing of a session without its own."""
    held = 1 + data[context.leads[0]]
    moves = held / held.shift() - 1
    zero = int(data.index.get_indexer(pd.DatetimeIndex([context.day_zero]))[0])
    at = {tau: zero + tau for tau in (0, 1) if zero >= 0}
    return {tau: percent(moves.iloc[k]) for tau, k in at.items() if 0 < k < len(data) and pd.notna(moves.iloc[k])}
