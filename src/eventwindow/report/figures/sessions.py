"""The world clock: sessions around day 0 on one time axis, with what was earned in each."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from eventwindow.inference.results import LEVEL
from eventwindow.report.context import Context
from eventwindow.report.figures.chart import Chart, drawn
from eventwindow.report.figures.sheet import BLUE, FAINT, INK, ORANGE, Sheet, advance, cut
from eventwindow.report.language import percent

HOUR = pd.Timedelta(hours=1)
BEFORE, AFTER = 15, 31  # hours around the open of the first security's day 0


def sessions(context: Context) -> Chart | None:
    """A row an exchange; sessions that open later than shown stand at the right. None where all trade on one."""
    table = context.table("exchanges")
    if table.empty:
        return None
    home = table[table["against_home"] == "itself"].iloc[0]
    hours = (table["opens"] - home["opens"]) / HOUR
    data = table[(hours >= -BEFORE) & ((hours <= AFTER) | (table["tau"] == 0))].assign(hours=hours, later=hours > AFTER)
    mine = (data["exchange"] == home["exchange"]) & (data["kind"] == "stock")
    data = data[~mine | data["security"].isin(context.leads)].reset_index(drop=True)
    first = data[(data["kind"] == "stock") & (data["tau"] == 0) & (data["against_home"] == "before")]
    told = [f"{context.name(r.security)} {percent(r.abnormal_return)}" for r in first.itertuples()]
    values = {"level": LEVEL, "city": _city(context, home["exchange"]), "list": context.language.listed(told)}
    counts = {"n": int((first["p_value"] < LEVEL).sum()), "all": len(first)}
    keys = {} if told else {"title_key": "title_none", "alt_key": "alt_none"}
    paint = partial(_paint, context, _exchanges(context, data), home["opens"])
    return drawn(context, paint, "sessions", data, **values, **counts, **keys)


def _city(context: Context, mic: object) -> str:
    key = f"city.{mic}"
    return context.language.text(key) if context.language.has(key) else str(mic)


@dataclass(frozen=True, slots=True)
class Session:
    """When one opens, hours from the first security's, how long it is, and its lines: words and colours."""

    opens: float
    length: float
    lines: list[tuple[str, str]]


def _exchanges(context: Context, data: pd.DataFrame) -> list[tuple[str, list[Session]]]:
    """The cities of the exchanges with their sessions, in the order of the clock."""
    held: dict[str, dict[int, list[Any]]] = {}
    for row in data.sort_values(["later", "order"]).to_dict("records"):
        held.setdefault(row["exchange"], {}).setdefault(row["order"], []).append(row)
    return [
        (_city(context, mic), [_session(context, rows) for _, rows in sorted(sessions.items())])
        for mic, sessions in held.items()
    ]


def _session(context: Context, rows: list[dict[Any, Any]]) -> Session:
    """The benchmark's return on a session, each stock's beneath; the abnormal one in colour where it decides."""
    head, day = rows[0], context.language.short_day(rows[0]["date"])
    moved = [(r, f"{context.name(r['security'])} {percent(r['return'])}") for r in rows]
    lines = [(" ".join([day, *(said for r, said in moved if r["kind"] == "benchmark")]), FAINT)]
    for r, said in moved:
        if r["kind"] == "stock":
            colour = (ORANGE if r["abnormal_return"] < 0 else BLUE) if r["p_value"] < LEVEL else FAINT
            lines.append(
                (context.language.text("format.name", name=said, symbol=percent(r["abnormal_return"])), colour)
            )
    return Session(float(head["hours"]), float((head["closes"] - head["opens"]) / HOUR), lines)


def _paint(
    context: Context, exchanges: Sequence[tuple[str, Sequence[Session]]], zero: pd.Timestamp, sheet: Sheet
) -> None:
    """An exchange a row, its sessions in the order of the clock: bars where there is room, lines on a phone."""
    if not sheet.narrow:
        _clock(sheet, context, zero)
    for city, held in exchanges:
        sheet.text(0, sheet.height + 15, city, INK, bold=True)
        sheet.height += 0 if not sheet.narrow else 18
        for one in held:
            _paint_session(sheet, one)
        sheet.height += 8


def _at(sheet: Sheet, hours: float) -> float:
    """Where an hour stands: names to the left of it, sessions that open later at the right end."""
    left, right = 92.0, sheet.width - 210
    return left + (right - left) * (min(hours, AFTER) + BEFORE) / (BEFORE + AFTER)


def _clock(sheet: Sheet, context: Context, zero: pd.Timestamp) -> None:
    """Every twelfth hour of UTC with its date."""
    hours = pd.date_range((zero - BEFORE * HOUR).ceil("12h"), zero + AFTER * HOUR, freq="12h")
    for moment in hours:
        said = f"{context.language.short_day(moment)} {moment:%H}:00"
        sheet.text(_at(sheet, (moment - zero) / HOUR), 14, said, anchor="middle")
    sheet.height = 26


def _paint_session(sheet: Sheet, one: Session) -> None:
    x = 12.0 if sheet.narrow else _at(sheet, one.opens)
    title = one.lines[0][0]
    if sheet.narrow:
        sheet.rect(2, sheet.height + 4, 5, 16.0 * len(one.lines) - 2, FAINT, opacity=0.5, title=title)
    else:
        width = max(_at(sheet, one.opens + one.length) - x, 4)
        sheet.rect(x, sheet.height + 4, width, 5, FAINT, opacity=0.5, title=title)
        sheet.height += 8
    x = max(0, min(x, sheet.width - max(advance(words) for words, _ in one.lines)))  # at the right end they reach back
    for words, colour in one.lines:
        sheet.text(x, sheet.height + 15, cut(words, sheet.width - x), colour)
        sheet.height += 16
