"""A receipt against its home share: what it did while the home exchange was closed, and what was left then."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from eventwindow.report.context import Context, once
from eventwindow.report.language import percent
from eventwindow.report.sections.sheet import Sheet

AFTER = 5  # sessions after day 0 that the table shows
COLUMNS = ("date", "receipt", "home_date", "home", "parity")

Row = dict[Any, Any]  # of the table `receipts`


@once
def hours_section(context: Context) -> list[dict[str, Any]]:
    """A paragraph and a table for each pair of receipt and home share; none where the study names no pair."""
    table = context.result.tables.get("receipts", pd.DataFrame(columns=["receipt", "home"]))
    found = [{row["tau"]: row for row in rows.to_dict("records")} for _, rows in table.groupby(["receipt", "home"])]
    return [_pair(context, rows) for rows in found if {-1, 0} <= set(rows)]


def _pair(context: Context, rows: dict[int, Row]) -> dict[str, Any]:
    before, zero, say = rows[-1], rows[0], context.language.say
    names = {key: context.full_name(zero[key]) for key in ("receipt", "home")}
    known = not pd.isna(zero["premium"])
    told = [
        _day_zero(context, zero, before, names),
        *_reopening(context, rows, names),
        say("hours.level", premium=percent(zero["premium"])) if known else say("hours.unknown"),
    ]
    return {
        "text": Markup("" if context.language.zh else " ").join(told),
        "sheet": Sheet(
            say("hours.table", **names),
            "l r l r r r",
            tuple(say(f"hours.{key}") for key in (*COLUMNS, "premium" if known else "change")),
            tuple(_row(context, row, before, known) for tau, row in rows.items() if -1 <= tau <= AFTER),
            say("hours.note"),
        ),
    }


def _day_zero(context: Context, zero: Row, before: Row, names: dict[str, str]) -> Markup:
    traded = zero["home_date"] != before["home_date"]
    return context.language.say(
        "hours.both" if traded else "hours.alone",
        day=context.language.day(zero["date"]),
        moved=percent(zero["receipt_return"]),
        there=percent(zero["home_return"]),
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
    day, there = context.language.day(row["home_date"]), percent(row["home_return"])
    return [context.language.say("hours.reopened", day=day, there=there, change=_change(row, before), **names)]


def _row(context: Context, row: Row, before: Row, known: bool) -> tuple[str, ...]:
    dates = [context.language.day(row["date"]), context.language.day(row["home_date"])]
    closes = [f"{row['receipt_close']:,.2f}", f"{row['home_close']:,.2f}"]
    last = percent(row["premium"]) if known else _change(row, before)
    return (dates[0], closes[0], dates[1], closes[1], f"{row['parity_rate']:.2f}", last)


def _change(row: Row, before: Row) -> str:
    """How far the premium moved since the session before day 0, per cent of the price."""
    return percent(np.expm1(row["premium_change"] - before["premium_change"]))
