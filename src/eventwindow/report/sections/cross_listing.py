"""A receipt against its home share: what it did while the home exchange was closed, and what was left then."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from eventwindow.report.blocks import Block, Paragraph, Picture, Table
from eventwindow.report.context import Context
from eventwindow.report.language import percent

AFTER = 5  # sessions after day 0 that the table shows
COLUMNS = ("date", "receipt", "home_date", "home", "parity")

Row = dict[Any, Any]  # of the table `receipts`


def hours(context: Context) -> Iterator[Block]:
    """Sessions round the world; a paragraph and a table for each pair of receipt and home share; minutes."""
    table = context.table("receipts", "receipt", "home")
    found = [{row["tau"]: row for row in rows.to_dict("records")} for _, rows in table.groupby(["receipt", "home"])]
    yield Picture("sessions")
    for rows in found:
        if {-1, 0} <= set(rows):
            yield from _pair(context, rows)
    yield Picture("intraday")
    yield Picture("lead_lag", floats=True)


def _pair(context: Context, rows: dict[int, Row]) -> Iterator[Block]:
    before, zero, say = rows[-1], rows[0], context.language.say
    names = {key: context.full_name(zero[key]) for key in ("receipt", "home")}
    known = not pd.isna(zero["premium"])
    level = say("hours.level", premium=percent(zero["premium"])) if known else say("hours.unknown")
    told = _day_zero(context, zero, before, names), *_reopening(context, rows, names), level
    yield Paragraph(context.language.sentences(*told))
    head = tuple(say(f"hours.{key}") for key in (*COLUMNS, "premium" if known else "change"))
    cells = tuple(_row(context, row, before, known) for tau, row in rows.items() if -1 <= tau <= AFTER)
    yield Table(say("hours.table", **names), "l r l r r r", head, cells, say("hours.note"))


def _day_zero(context: Context, zero: Row, before: Row, names: dict[str, str]) -> Markup:
    traded = zero["home_date"] != before["home_date"]
    return context.language.say(
        "hours.both" if traded else "hours.alone",
        day=context.language.day(zero["date"]),
        moved=context.language.moved(zero["receipt_return"]),
        there=context.language.moved(zero["home_return"]),
        change=_change(zero, before),
        **names,
    )


def _reopening(context: Context, rows: dict[int, Row], names: dict[str, str]) -> list[Markup]:
    """The first session of the home exchange after day 0, if it had been closed on it."""
    before = rows[-1]
    opened = [row for tau, row in rows.items() if tau > 0 and row["home_date"] != before["home_date"]]
    if rows[0]["home_date"] != before["home_date"] or not opened:
        return []
    row = opened[0]
    day, there = context.language.day(row["home_date"]), context.language.moved(row["home_return"])
    return [context.language.say("hours.reopened", day=day, there=there, change=_change(row, before), **names)]


def _row(context: Context, row: Row, before: Row, known: bool) -> tuple[str, ...]:
    dates = [context.language.day(row["date"]), context.language.day(row["home_date"])]
    closes = [f"{row['receipt_close']:,.2f}", f"{row['home_close']:,.2f}"]
    last = percent(row["premium"]) if known else _change(row, before)
    return (dates[0], closes[0], dates[1], closes[1], f"{row['parity_rate']:.2f}", last)


def _change(row: Row, before: Row) -> str:
    """How far the premium moved since the session before day 0, per cent of the price."""
    return percent(np.expm1(row["premium_change"] - before["premium_change"]))
