"""What the bars of a day show: its way by the minute against ordinary days, and which of two names led."""

from functools import partial

import numpy as np
import pandas as pd

from eventwindow.inference.results import LEVEL
from eventwindow.report.context import Context
from eventwindow.report.figures.chart import Chart, drawn
from eventwindow.report.figures.panel import Panel, grid, legend, reach
from eventwindow.report.figures.sheet import FAINT, INK, ORANGE, SERIES, Sheet, cut
from eventwindow.report.language import number, p_value, percent, tau

BIN = 30  # minutes over which volume and variance are summed
VARIANCE = ("variance", "squared_return", "usual_squared_return")


def intraday(context: Context) -> Chart | None:
    """Two securities with bars on the days shown; None where the result holds no bars."""
    table = context.table("intraday", "security")
    held = set(table["security"])
    shown = [m for m in context.members if m in held][:2]
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
    return drawn(context, _paint, "intraday", data, shown, gaps, **values)


def _measure(measures: pd.DataFrame, name: str) -> dict[tuple[str, pd.Timestamp], float]:
    rows = measures[measures["measure"] == name]
    return {(str(r.security), pd.Timestamp(r.date)): float(r.value) for r in rows.itertuples()}  # type: ignore[arg-type]


def _paint(
    context: Context, data: pd.DataFrame, shown: list[str], gaps: dict[tuple[str, pd.Timestamp], float], sheet: Sheet
) -> None:
    say, colours = context.language.text, dict(zip(shown, SERIES, strict=False))
    sheet.height = legend(sheet, sheet.height, [(context.name(s), colours[s]) for s in shown])
    for day in data["date"].unique():
        mine = data[data["date"] == day]
        opened = [f"{context.name(s)} {percent(np.expm1(gaps.get((s, day), np.nan)))}" for s in shown]
        overnight = say("intraday.overnight", list=say("format.commas").join(opened))
        sheet.text(0, sheet.height + 16, context.language.day(day), INK, bold=True)
        sheet.height = sheet.lines_of(0, sheet.height + 34, overnight, sheet.width)
        _path(context, mine, colours, sheet)
        for key, value, usual in (("volume", "volume", "usual_volume"), VARIANCE):
            _ratio(context, mine, colours, sheet, (key, value, usual))
        sheet.height += 8


def _box(context: Context, data: pd.DataFrame, sheet: Sheet, key: str, height: float) -> Panel:
    """A panel over the minutes of the day, with what it shows above it."""
    sheet.text(0, sheet.height + 12, context.language.text(f"intraday.{key}"))
    panel = Panel(sheet, 44, sheet.height + 20, sheet.width - 52, height, (0, float(data["minute"].max())), (0, 1))
    sheet.height = panel.top + height + 26
    return panel


def _path(context: Context, data: pd.DataFrame, colours: dict[str, str], sheet: Sheet) -> None:
    panel = _box(context, data, sheet, "path", 160)
    panel.y = reach([100 * v for column in ("band_low", "band_high", "car_from_open") for v in data[column]])
    panel.y_axis()
    panel.across(0)
    for security, colour in colours.items():
        mine = data[data["security"] == security]
        panel.band(mine["minute"].tolist(), 100 * mine["band_low"], 100 * mine["band_high"], colour)
        title = f"{context.name(security)} {percent(mine['car_from_open'].iloc[-1])}" if len(mine) else ""
        panel.line(mine["minute"], 100 * mine["car_from_open"], colour, title=title)
    _clock(panel, data)


def _ratio(
    context: Context, data: pd.DataFrame, colours: dict[str, str], sheet: Sheet, of: tuple[str, str, str]
) -> None:
    """Sums of half an hour over those of ordinary days, as steps."""
    key, value, usual = of
    panel, steps = _box(context, data, sheet, key, 80), {}
    for security in colours:
        mine = data[data["security"] == security]
        held = f"steps.{key}.{security}.{data['date'].iloc[0]}"
        steps[security] = context.of_result(held, partial(_steps, mine, value, usual))
    panel.y = reach([1.0, *(v for ratio in steps.values() for v in ratio)])
    panel.y = (0, panel.y[1])
    panel.y_axis(most=3)
    panel.across(1)
    for security, ratio in steps.items():
        edges = [edge for start in ratio.index for edge in (start, start + BIN)]
        panel.line(edges, np.repeat(ratio.to_numpy(), 2), colours[security], 1.6)
    _clock(panel, data)


def _steps(data: pd.DataFrame, value: str, usual: str) -> pd.Series:
    sums = data.groupby(data["minute"] // BIN * BIN)[[value, usual]].sum()
    return (sums[value] / sums[usual].where(sums[usual] > 0)).dropna()


def _clock(panel: Panel, data: pd.DataFrame) -> None:
    """Hours of the exchange's own clock under minutes from the open."""
    first = data.drop_duplicates("minute").sort_values("minute")
    local = pd.DatetimeIndex(first["start"]).tz_convert(str(data["zone"].iloc[0]))
    for minute, moment in zip(first["minute"], local, strict=True):
        if moment.minute == 0 and moment.hour % 2 == 0:
            foot = panel.top + panel.height + 16
            panel.sheet.text(panel.px(minute), foot, f"{moment.hour}:00", anchor="middle")


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
    return drawn(context, _paint_lead_lag, "lead_lag", data, names, title_key=title, **names, **values)


def _tested(context: Context, day: object, p: object) -> str:
    return context.language.text("common.mark_day", when=context.language.day(day), value=f"p = {p_value(p)}")


def _paint_lead_lag(context: Context, data: pd.DataFrame, names: dict[str, str], sheet: Sheet) -> None:
    days, say = list(data["date"].unique()), context.language.text
    sheet.text(0, sheet.height + 12, say("lead_lag.correlation"))
    sheet.height += 18
    reached = reach([*data["correlation"], *data["band"], *-data["band"]])
    for panel, day in zip(grid(sheet, len(days), 2, 140, head=34), days, strict=True):
        mine = data[data["date"] == day]
        panel.x, panel.y = reach(mine["lag"]), reached
        sheet.text(panel.left, panel.top - 8, _tested(context, day, mine["p_any"].iloc[0]), INK, bold=True)
        panel.y_axis()
        panel.band(mine["lag"].tolist(), -mine["band"], mine["band"], FAINT)
        for r in mine.itertuples():
            _bar(context, panel, int(r.lag), float(r.correlation), float(r.band))
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
