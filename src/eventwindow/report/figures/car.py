"""Cumulative abnormal returns of the headline's securities with their 95 % bands."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.estimation.abnormal import AbnormalReturns
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
    paint = partial(_paint, context, _views(context, data), reach((100 * data[["low", "high"]]).to_numpy().ravel()))
    return charted(paint, "car", title, caption, alt, data)


def _shown(context: Context, n: int) -> str:
    key = "car.every" if n == len(context.members) else "car.some"
    return context.language.text(key, n=n, all=len(context.members))


def _counted(abnormal: AbnormalReturns) -> np.ndarray:
    """(N, L), days up to which a sum is told: it has a return there, and on day 0 where that lies before."""
    seen = np.isfinite(abnormal.ar)
    zero = abnormal.columns(Window(0, 0)).start
    held = seen[:, zero] if abnormal.covered is None else seen[:, zero] | (abnormal.covered[:, zero:] > 1).any(axis=1)
    seen[:, zero:] &= held[:, None]
    return np.asarray(seen)


@of_result
def car_data(context: Context) -> pd.DataFrame:
    """A row a security and day: CAR since the first day of the event window, and its 95 % interval."""
    chosen = context.abnormal.among(context.members[:MOST])
    taus = [int(day) for day in chosen.window.taus]
    sums = [chosen.car(Window(taus[0], day)) for day in taus]
    low, high = (np.concatenate(ends) for ends in zip(*(held.interval() for held in sums), strict=True))
    data = pd.DataFrame(
        {
            "security": chosen.labels["security"].tolist() * len(taus),
            "tau": np.repeat(taus, len(chosen)),
            "date": chosen.event_days.T.ravel().astype("datetime64[D]").astype("datetime64[s]"),
            "car": np.concatenate([held.car for held in sums]),
            "low": low,
            "high": high,
        }
    )[_counted(chosen).T.ravel()].dropna(subset="car")
    order = {s: k for k, s in enumerate(context.members)}
    return data.sort_values(["security", "tau"], key=lambda c: c.map(order) if c.name == "security" else c)[COLUMNS]


@dataclass(frozen=True, slots=True)
class View:
    """A security's line over the days of the event window, and the places of events among them."""

    name: str
    days: list[str]
    series: Series
    events: list[int]


def _views(context: Context, data: pd.DataFrame) -> list[View]:
    shown, held = marks(context), dict[str, list[Any]]()
    events = set(shown.loc[shown["kind"] == "event", "session"])
    for row in data.itertuples():
        held.setdefault(str(row.security), []).append(row)
    return [_view(context, security, rows, events) for security, rows in held.items()]


def _view(context: Context, security: str, rows: list[Any], events: set[pd.Timestamp]) -> View:
    colour = (BLUE, ORANGE)[context.leads.index(security)] if security in context.leads else FAINT
    days = [context.language.short_day(r.date) for r in rows]
    at = [k for k, r in enumerate(rows) if r.date in events]
    return View(context.name(security), days, _series(context, rows, security, colour), at)


def _series(context: Context, rows: list[Any], security: str, colour: str) -> Series:
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
        for r in rows
    ]
    band = [100 * r.low for r in rows], [100 * r.high for r in rows]
    return Series([100 * r.car for r in rows], colour, titles=titles, band=band)


def _paint(context: Context, views: Sequence[View], reached: tuple[float, float], sheet: Sheet) -> None:
    sheet.text(0, sheet.height + 12, context.language.text("car.axis"))
    sheet.height += 18
    for panel, view in zip(grid(sheet, len(views), 2, 150), views, strict=True):
        panel.x, panel.y = (0, len(view.days) - 1), reached
        sheet.text(panel.left, panel.top - 8, view.name, INK, bold=True)
        draw_series(panel, Days(view.days), [view.series])
        for k in view.events:
            panel.upright(k, INK, stroke_dasharray=DASHED)
