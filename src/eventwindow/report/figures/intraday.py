"""What the bars of a day show: its way by the minute against ordinary days, and which of two names led."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from eventwindow.inference.results import LEVEL
from eventwindow.report.context import Context
from eventwindow.report.figures.chart import Chart, drawn
from eventwindow.report.figures.panel import Panel, grid, legend, reach
from eventwindow.report.figures.sheet import FAINT, INK, ORANGE, SERIES, Sheet, cut
from eventwindow.report.language import number, p_told, percent, tau

BIN = 30  # minutes over which volume and variance are summed
SUMMED = {"volume": ("volume", "usual_volume"), "variance": ("squared_return", "usual_squared_return")}
Gaps = Mapping[tuple[str, pd.Timestamp], float]


def intraday(context: Context) -> Chart | None:
    """Two securities with bars on the days shown; None where the result holds no bars."""
    table = context.table("intraday", "security")
    traded = set(table["security"])
    shown = [m for m in context.members if m in traded][:2]
    if not shown:
        return None
    data = table[table["security"].isin(shown)].reset_index(drop=True)
    days, measures = list(data["date"].unique()), context.result.tables["intraday_days"]
    gaps = _measure(measures, "overnight_gap")
    said = [
        f"{context.name(s)} {context.language.short_day(d)} {percent(np.expm1(gaps.get((s, d), np.nan)))}"
        for d in days
        for s in shown
    ]
    usual = int(measures["days"].max())
    say, market = context.language.text, str(measures.loc[measures["security"].isin(shown), "market"].iloc[0])
    less = say("intraday.less", market=context.name(market)) if market else ""
    values = {"less": less, "days": usual, "share": f"{100 * (1 - LEVEL):.0f}", "minutes": BIN}
    path = data.loc[(data["security"] == shown[0]) & (data["date"] == days[0]), "car_from_open"].iloc[-1:].max()
    values |= {"name": context.name(shown[0]), "day": context.language.short_day(days[0]), "path": percent(path)}
    values["gap"] = percent(np.expm1(gaps.get((shown[0], days[0]), np.nan)))
    values |= {"list": context.language.listed(said), "title_key": "title_market" if market else "title"}
    held = context.of_result("days of intraday", lambda: [_day(data[data["date"] == day], shown) for day in days])
    paint = partial(_paint, context, held, shown, gaps)
    return drawn(context, paint, "intraday", data, **values)


def _measure(measures: pd.DataFrame, name: str) -> Gaps:
    rows = measures[measures["measure"] == name]
    return {(str(r.security), pd.Timestamp(r.date)): float(r.value) for r in rows.itertuples()}  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Course:
    """A security's day: its way by the minute between the band of ordinary days, per cent, and where it ended.

    `steps` holds sums of half an hour over those of ordinary days: edges in minutes, ratios.
    """

    minutes: list[int]
    path: list[float]
    low: list[float]
    high: list[float]
    end: float
    steps: dict[str, tuple[list[int], list[float]]]


@dataclass(frozen=True, slots=True)
class Day:
    """A day's courses by security, its last minute, and the hours of the exchange's own clock by the minute."""

    date: pd.Timestamp
    last: float
    hours: list[tuple[int, str]]
    courses: dict[str, Course]


def _day(data: pd.DataFrame, shown: Sequence[str]) -> Day:
    courses = {s: _course(mine) for s in shown if len(mine := data[data["security"] == s])}
    return Day(data["date"].iloc[0], float(data["minute"].max()), _hours(data), courses)


def _course(mine: pd.DataFrame) -> Course:
    path, low, high = ((100 * mine[column]).tolist() for column in ("car_from_open", "band_low", "band_high"))
    steps = {key: _steps(mine, *columns) for key, columns in SUMMED.items()}
    return Course(mine["minute"].tolist(), path, low, high, float(mine["car_from_open"].iloc[-1]), steps)


def _steps(data: pd.DataFrame, value: str, usual: str) -> tuple[list[int], list[float]]:
    sums = data.groupby(data["minute"] // BIN * BIN)[[value, usual]].sum()
    ratio = (sums[value] / sums[usual].where(sums[usual] > 0)).dropna()
    edges = [edge for start in ratio.index.tolist() for edge in (start, start + BIN)]
    return edges, np.repeat(ratio.to_numpy(), 2).tolist()


def _hours(data: pd.DataFrame) -> list[tuple[int, str]]:
    first = data.drop_duplicates("minute").sort_values("minute")
    local = pd.DatetimeIndex(first["start"]).tz_convert(str(data["zone"].iloc[0]))
    told = zip(first["minute"].tolist(), local.hour.tolist(), local.minute.tolist(), strict=True)
    return [(at, f"{hour}:00") for at, hour, minute in told if minute == 0 and hour % 2 == 0]


def _paint(context: Context, days: Sequence[Day], shown: Sequence[str], gaps: Gaps, sheet: Sheet) -> None:
    say, colours = context.language.text, dict(zip(shown, SERIES, strict=False))
    sheet.height = legend(sheet, sheet.height, [(context.name(s), colours[s]) for s in shown])
    for day in days:
        opened = [f"{context.name(s)} {percent(np.expm1(gaps.get((s, day.date), np.nan)))}" for s in shown]
        overnight = say("intraday.overnight", list=say("format.commas").join(opened))
        sheet.text(0, sheet.height + 16, context.language.day(day.date), INK, bold=True)
        sheet.height = sheet.lines_of(0, sheet.height + 34, overnight, sheet.width)
        _path(context, day, colours, sheet)
        for key in SUMMED:
            _ratio(context, day, colours, sheet, key)
        sheet.height += 8


def _box(context: Context, day: Day, sheet: Sheet, key: str, height: float) -> Panel:
    """A panel over the minutes of the day, with what it shows above it."""
    sheet.text(0, sheet.height + 12, context.language.text(f"intraday.{key}"))
    panel = Panel(sheet, 44, sheet.height + 20, sheet.width - 52, height, (0, day.last), (0, 1))
    sheet.height = panel.top + height + 26
    return panel


def _path(context: Context, day: Day, colours: Mapping[str, str], sheet: Sheet) -> None:
    panel = _box(context, day, sheet, "path", 160)
    panel.y = reach([v for one in day.courses.values() for values in (one.low, one.high, one.path) for v in values])
    panel.y_axis()
    panel.across(0)
    for security, one in day.courses.items():
        panel.band(one.minutes, one.low, one.high, colours[security])
        title = f"{context.name(security)} {percent(one.end)}"
        panel.line(one.minutes, one.path, colours[security], title=title)
    _clock(panel, day)


def _ratio(context: Context, day: Day, colours: Mapping[str, str], sheet: Sheet, key: str) -> None:
    """Sums of half an hour over those of ordinary days, as steps."""
    panel = _box(context, day, sheet, key, 80)
    panel.y = (0, reach([1.0, *(v for one in day.courses.values() for v in one.steps[key][1])])[1])
    panel.y_axis(most=3)
    panel.across(1)
    for security, one in day.courses.items():
        panel.line(*one.steps[key], colours[security], 1.6)
    _clock(panel, day)


def _clock(panel: Panel, day: Day) -> None:
    """Hours of the exchange's own clock under minutes from the open."""
    foot = panel.top + panel.height + 16
    for minute, words in day.hours:
        panel.sheet.text(panel.px(minute), foot, words, anchor="middle")


def lead_lag(context: Context) -> Chart | None:
    """The first pair of the study on each day shown; None where the result holds none."""
    table = context.table("lead_lag", "lag")
    table = table[table["lag"].notna()]
    if table.empty:
        return None
    first = table.iloc[0]
    data = table[(table["leader"] == first["leader"]) & (table["follower"] == first["follower"])].reset_index(drop=True)
    names = {key: context.name(str(first[key])) for key in ("leader", "follower", "sector")}
    days = data.drop_duplicates("date")
    told = [_tested(context, r.date, r.p_any) for r in days.itertuples()]
    values = {"share": f"{100 * (1 - LEVEL):.0f}", "n": round(1 / LEVEL), "list": context.language.clauses(*told)}
    title = "title_found" if (days["p_any"] < LEVEL).any() else "title"
    paint = partial(_paint_lead_lag, context, _lagged(context, data), names)
    return drawn(context, paint, "lead_lag", data, title_key=title, **names, **values)


def _tested(context: Context, day: object, p: object) -> str:
    return context.language.text("common.mark_day", when=context.language.day(day), value=p_told(p))


@dataclass(frozen=True, slots=True)
class Lags:
    """A day's correlations by lag beside what chance gives; `said` is the day with its test."""

    said: str
    lags: list[int]
    correlations: list[float]
    bands: list[float]


def _lagged(context: Context, data: pd.DataFrame) -> list[Lags]:
    found = []
    for day in data["date"].unique():
        mine = data[data["date"] == day]
        held = (mine[column].tolist() for column in ("lag", "correlation", "band"))
        found.append(Lags(_tested(context, day, mine["p_any"].iloc[0]), *held))
    return found


def _paint_lead_lag(context: Context, days: Sequence[Lags], names: Mapping[str, str], sheet: Sheet) -> None:
    say = context.language.text
    sheet.text(0, sheet.height + 12, say("lead_lag.correlation"))
    sheet.height += 18
    reached = reach([v for one in days for v in (*one.correlations, *one.bands, *(-band for band in one.bands))])
    for panel, one in zip(grid(sheet, len(days), 2, 140, head=34), days, strict=True):
        panel.x, panel.y = reach(one.lags), reached
        sheet.text(panel.left, panel.top - 8, one.said, INK, bold=True)
        panel.y_axis()
        panel.band(one.lags, [-band for band in one.bands], one.bands, FAINT)
        for lag, correlation, band in zip(one.lags, one.correlations, one.bands, strict=True):
            _bar(context, panel, int(lag), correlation, band)
        panel.across(0)
        panel.x_axis(grid=False)
        foot, half = panel.top + panel.height + 34, panel.width / 2
        before, after = (cut(say(f"lead_lag.{key}", name=names[key]), half - 4) for key in ("follower", "leader"))
        sheet.text(panel.left, foot, before)
        sheet.text(panel.left + panel.width, foot, after, anchor="end")
    sheet.height += 10


def _bar(context: Context, panel: Panel, lag: int, correlation: float, band: float) -> None:
    """A correlation at one lag: grey where the band holds it."""
    colour = ORANGE if abs(correlation) > band else FAINT
    x, y = panel.px(lag), panel.py(correlation)
    values = {"lag": tau(lag), "value": number(correlation), "band": number(band)}
    panel.sheet.line([(x, panel.py(0)), (x, y)], colour, 2)
    panel.sheet.dot(x, y, 3.2, colour, context.language.text("lead_lag.mark", **values))
