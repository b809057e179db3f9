"""How the answer changes with every other choice: the specification curve."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.report.blocks import Block, Picture, Table
from eventwindow.report.context import Context
from eventwindow.report.language import p_value, percent

COLUMNS = ("n", "median", "span", "sign", "significant", "p")


def robustness(context: Context) -> Iterator[Block]:
    """One row a leading security and window: what the specifications come to together."""
    yield Picture("specification_curve")
    table, say = context.result.tables.get("robustness", pd.DataFrame()), context.language.say
    if table.empty:
        return
    order = {s: k for k, s in enumerate(context.members)}
    mine = table[table["security"].isin(context.leads)].sort_values(
        "security", key=lambda c: c.map(order), kind="stable"
    )
    rows = tuple(_row(context, row) for _, row in mine.iterrows())
    head = (say("abnormal.security"), say("excluded.window"), *(say(f"robustness.{key}") for key in COLUMNS))
    if rows:
        yield Table(say("robustness.table"), "L d r r r r r r", head, rows, say("robustness.note"))


def _row(context: Context, row: pd.Series) -> tuple[str, ...]:
    return (
        context.full_name(str(row["security"])),
        context.language.window(Window(int(row["window_start"]), int(row["window_end"]))),
        f"{row['specifications']:.0f}",
        percent(row["median"]),
        context.language.text("common.minus_to", low=percent(row["lowest"]), high=percent(row["highest"])),
        percent(row["share_same_sign"], 0, sign=False),
        percent(row["share_significant"], 0, sign=False),
        p_value(row["p_median"]),
    )
