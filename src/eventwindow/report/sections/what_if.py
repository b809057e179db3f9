"""What if another choice had been made: the specification curve as a panel of choices."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.report.blocks import Block, Only, Paragraph, WhatIf
from eventwindow.report.context import Context
from eventwindow.report.figures.specification_curve import CHOICES, option_name

SAME = 1e-5  # decimals: the curve holds estimates in single precision
PLACES = 6  # of decimals in the page
KEYS = ("security", "window", *CHOICES)


def what_if(context: Context) -> Iterator[Block]:
    """The panel; nothing where no curve was run, or the choice that the report tells is none of its specifications."""
    curve = _curve(context)
    reported = None if curve.empty else _reported(context, curve)
    if reported is None:
        return
    options = {key: list(dict.fromkeys(curve[key])) for key in KEYS}
    places = [[options[key].index(value) for value in curve[key]] for key in KEYS]
    figures = [curve[c].round(PLACES).tolist() for c in ("estimate", "low", "high", "p_value")]
    rows = json.dumps([list(row) for row in zip(*places, *figures, strict=True)], separators=(",", ":"))
    named = tuple(
        (key, context.language.say(f"what_if.{key}"), tuple(_named(context, key, str(o)) for o in options[key]))
        for key in KEYS
    )
    chosen = tuple(places[k][reported] for k in range(len(KEYS)))
    yield Only("html", (Paragraph(context.language.say("what_if.intro")), WhatIf(named, rows, chosen)))


def _curve(context: Context) -> pd.DataFrame:
    """The rows of the headline event that have an estimate and an interval, in the order of the report's securities."""
    table = context.result.tables.get("curve", pd.DataFrame())
    if table.empty or "p_value" not in table:
        return pd.DataFrame()
    spans = zip(table["window_start"], table["window_end"], strict=True)
    table = table.assign(window=[context.language.window(Window(int(a), int(b))) for a, b in spans])
    order = {s: k for k, s in enumerate(context.members)}
    mine = table[table["security"].isin(order) & table["p_value"].notna()]
    return mine.sort_values("security", key=lambda c: c.map(order), kind="stable").reset_index(drop=True)


def _reported(context: Context, curve: pd.DataFrame) -> int | None:
    """The specification whose estimate is the abnormal return that the report tells of its first security."""
    told = context.day_rows([context.members[0]])
    if told.empty:
        return None
    row = told.iloc[0]
    own = {"security": context.members[0], "benchmark": row["benchmark"], "model": row["model"]}
    own["returns"] = str(context.study["study"]["returns"])
    held = curve[(curve[list(own)] == pd.Series(own)).all(axis=1) & (curve["window_start"] == 0)]
    away = (held["estimate"] - float(row["abnormal_return"])).abs()
    return None if away.empty or away.min() > SAME else int(away.index[int(away.argmin())])


def _named(context: Context, key: str, option: str) -> str:
    if key == "security":
        return context.name(option)
    return option if key == "window" else option_name(context, key, option)
