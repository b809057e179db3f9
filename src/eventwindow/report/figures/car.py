"""Cumulative abnormal returns of the headline's securities with their 95 % bands."""

from functools import partial

import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.report.context import Context, of_result
from eventwindow.report.figures.chart import Chart, charted
from eventwindow.report.figures.lines import DASHED, Days, Series, draw_series
from eventwindow.report.figures.news_marks import marks
from eventwindow.report.figures.panel import grid, reach
from eventwindow.report.figures.sheet import BLUE, FAINT, INK, ORANGE, Sheet
from eventwindow.report.language import percent, tau

MOST = 6
COLUMNS = ["security", "tau", "date", "car", "low", "high"]


def car(context: Context) -> Chart | None:
    """CAR from the first day of the event window on, one panel a security."""
    data = car_data(context)
    if data.empty:
        return None
    say, window = context.language.text, context.abnormal.window
    first = data[data["security"] == context.members[0]].iloc[-1]
    values = {"name": context.name(context.members[0]), "car": percent(first["car"]), "end": tau(int(first["tau"]))}
    shown = _shown(context, data["security"].nunique())
    band = {"low": percent(first["low"]), "high": percent(first["high"])}
    title, alt = say("car.title", **values), say("car.alt", **values, **band, start=tau(window.start))
    caption = say("car.caption", start=tau(window.start), end=tau(window.end), shown=shown)
    return charted(partial(_paint, context, data), "car", title, caption, alt, data)


def _shown(context: Context, n: int) -> str:
    key = "car.every" if n == len(context.members) else "car.some"
    return context.language.text(key, n=n, all=len(context.members))


@of_result
def car_data(context: Context) -> pd.DataFrame:
    """A row a security and day: CAR since the first day of the event window, and its 95 % interval."""
    chosen = context.abnormal.select(list(context.members[:MOST]))
    start = chosen.window.start
    parts = []
    for day in chosen.window.taus:
        held = chosen.car(Window(start, int(day)))
        low, high = held.interval()
        dates = chosen.event_days[:, day - start].astype("datetime64[D]").astype("datetime64[s]")
        frame = pd.DataFrame({"security": chosen.labels["security"], "tau": int(day), "date": dates, "car": held.car})
        parts.append(frame.assign(low=low, high=high))
    data = pd.concat(parts).dropna(subset="car")
    order = {s: k for k, s in enumerate(context.members)}
    return data.sort_values(["security", "tau"], key=lambda c: c.map(order) if c.name == "security" else c)[COLUMNS]


def _paint(context: Context, data: pd.DataFrame, sheet: Sheet) -> None:
    names = list(dict.fromkeys(data["security"]))
    sheet.text(0, sheet.height + 12, context.language.text("car.axis"))
    sheet.height += 18
    panels = grid(sheet, len(names), 2, 150)
    reached = reach([100 * v for column in ("low", "high") for v in data[column]])
    shown = marks(context)
    events = set(shown.loc[shown["kind"] == "event", "session"])
    for panel, name in zip(panels, names, strict=True):
        mine = data[data["security"] == name]
        colour = (BLUE, ORANGE)[context.leads.index(name)] if name in context.leads else FAINT
        panel.x, panel.y = (0, len(mine) - 1), reached
        sheet.text(panel.left, panel.top - 8, context.name(name), INK, bold=True)
        draw_series(panel, Days(_labels(context, mine)), [_series(context, mine, name, colour)])
        for k, day in enumerate(mine["date"]):
            if day in events:
                panel.upright(k, INK, stroke_dasharray=DASHED)


def _labels(context: Context, mine: pd.DataFrame) -> list[str]:
    return [context.language.short_day(day) for day in mine["date"]]


def _series(context: Context, mine: pd.DataFrame, security: str, colour: str) -> Series:
    name = context.name(security)
    titles = [
        context.language.text(
            "common.mark_interval",
            name=name,
            when=context.language.day(r.date),
            value=percent(r.car),
            low=percent(r.low),
            high=percent(r.high),
        )
        for r in mine.itertuples()
    ]
    low, high = ((100 * mine[edge]).tolist() for edge in ("low", "high"))
    return Series((100 * mine["car"]).tolist(), colour, titles=titles, band=(low, high))
