"""What was left out, shifted, substituted or only partly computed; rows with one reason stand together."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.report.blocks import Block, Cell, Paragraph, Table
from eventwindow.report.context import Context

ORDER = ("excluded", "partly", "substituted", "shifted", "told")
MANY = 6  # securities; more are folded away on a page


def excluded(context: Context) -> Iterator[Block]:
    """One row a treatment, event, window and reason, with the securities that it concerns."""
    table, say = context.result.tables["excluded"], context.language.say
    if table.empty:
        yield Paragraph(say("excluded.nothing"))
        return
    keys = ["what", "event", "window_start", "window_end", "reason"]
    together = table.fillna({"event": ""}).groupby(keys, sort=False, dropna=False)["security"].agg(list).reset_index()
    together = together.sort_values("what", key=lambda c: c.map({w: k for k, w in enumerate(ORDER)}), kind="stable")
    head = tuple(say(f"excluded.{key}") for key in ("what", "event", "securities", "window", "reason"))
    rows = tuple(_row(context, row) for _, row in together.iterrows())
    yield Paragraph(say("excluded.intro"))
    yield Table(say("excluded.table"), "l L3 L4 l L4", head, rows)


def _row(context: Context, row: pd.Series) -> tuple[str | Cell, ...]:
    language, what = context.language, str(row["what"])
    key = f"excluded.{what}"
    held = pd.notna(row["window_start"])
    securities = [str(s) for s in row["security"]]
    return (
        language.text(key) if language.has(key) else what,
        context.event_name(str(row["event"])) if row["event"] else "",
        Cell(", ".join(securities), folded=str(len(securities)) if len(securities) > MANY else ""),
        language.window(Window(int(row["window_start"]), int(row["window_end"]))) if held else "",
        language.reason(row["reason"]),
    )
