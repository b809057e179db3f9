"""How the answer changes with every other choice: the specification curve, drawn and as a panel of choices."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from eventwindow.analyses.specification_curve import FAMILY
from eventwindow.calendars.window import Window
from eventwindow.report.blocks import Block, Only, Paragraph, Picture, Table, WhatIf
from eventwindow.report.context import Context, of_result
from eventwindow.report.figures.specification_curve import CHOICES, option_name
from eventwindow.report.language import p_value, percent

COLUMNS = ("n", "median", "span", "sign", "significant", "p")
WINDOW = ["security", "window_start", "window_end"]
CURVE = ["p_median", "p_share_significant"]


def robustness(context: Context) -> Iterator[Block]:
    """One row a leading security and window: what the specifications come to together."""
    yield Picture("specification_curve")
    table, say = context.table("robustness"), context.language.say
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
    yield from _families(context, mine)


def _families(context: Context, every: pd.DataFrame) -> Iterator[Block]:
    """The first security's near-duplicates by benchmark and model, after the p-values of its curve as a whole."""
    table, say = context.table("curve_families", "security"), context.language.say
    found = table[table["security"] == context.leads[0]].merge(every[[*WINDOW, *CURVE]], on=WINDOW)
    if found.empty:
        return
    first, name = found.iloc[0], context.name(context.leads[0])
    n, p = int(found["specifications"].sum()), {key: p_value(first[key]) for key in CURVE}
    window = context.language.window(Window(int(first["window_start"]), int(first["window_end"])))
    yield Paragraph(say("robustness.whole", name=name, window=window, n=n, families=len(found), **p))
    head = (*(say(f"what_if.{key}") for key in FAMILY), *(say(f"robustness.{key}") for key in COLUMNS[:-1]))
    rows = tuple(
        (*(option_name(context, key, str(row[key])) for key in FAMILY), *_shares(context, row))
        for _, row in found.sort_values("median", kind="stable").iterrows()
    )
    yield Table(say("robustness.families", name=name), "L L r r r r r", head, rows)


def _row(context: Context, row: pd.Series) -> tuple[str, ...]:
    window = context.language.window(Window(int(row["window_start"]), int(row["window_end"])))
    return (context.full_name(str(row["security"])), window, *_shares(context, row), p_value(row["p_median"]))


def _shares(context: Context, row: pd.Series) -> tuple[str, ...]:
    return (
        f"{row['specifications']:.0f}",
        percent(row["median"]),
        context.language.text("common.minus_to", low=percent(row["lowest"]), high=percent(row["highest"])),
        percent(row["share_same_sign"], 0, sign=False),
        percent(row["share_significant"], 0, sign=False),
    )


SAME = 1e-5  # decimals: the curve holds estimates in single precision
UNIT = 1e-6  # of the page's figures, which are whole numbers
KEYS = ("security", "window", *CHOICES)


def what_if(context: Context) -> Iterator[Block]:
    """The panel; nothing where no curve was run, or the choice that the report tells is none of its specifications."""
    options, rows, chosen = _choices(context)
    named = tuple(
        (key, context.language.say(f"what_if.{key}"), tuple(_named(context, key, option) for option in held))
        for key, held in options.items()
    )
    if named:
        yield Only("html", (Paragraph(context.language.say("what_if.intro")), WhatIf(named, rows, chosen)))


@of_result
def _choices(context: Context) -> tuple[dict[str, list[Any]], str, tuple[int, ...]]:
    """What may be chosen by key, all figures as JSON, and the places of the choice that the report tells.

    The JSON holds every specification once, as the places of its choices, and for each security, window and
    specification the estimate, half its interval and p; null where a specification has none.
    """
    curve = _curve(context)
    reported = None if curve.empty else _reported(context, curve)
    if reported is None:
        return {}, "", ()
    coded = {key: pd.factorize(curve[key], use_na_sentinel=False) for key in KEYS}
    options, places = {key: list(held) for key, (_, held) in coded.items()}, {key: at for key, (at, _) in coded.items()}
    every, at = np.unique(np.stack([places[key] for key in CHOICES], axis=1), axis=0, return_inverse=True)
    shape = (len(options["security"]), len(options["window"]), len(every))
    cell = (places["security"], places["window"], at)
    figures = {"estimate": curve["estimate"], "reach": curve["high"] - curve["estimate"], "p": curve["p_value"]}
    held = {name: _laid(column.to_numpy(float), shape, cell) for name, column in figures.items()}
    rows = json.dumps({"specifications": every.tolist()} | held, separators=(",", ":"))
    return options, rows, tuple(int(held[reported]) for held in places.values())


def _laid(figures: np.ndarray, shape: tuple[int, ...], cell: tuple[np.ndarray, ...]) -> list[Any]:
    """The figures in units of the page, by security, window and specification."""
    whole = np.full(shape, None, object)
    held = np.isfinite(figures)
    whole[tuple(places[held] for places in cell)] = np.rint(figures[held] / UNIT).astype(int)
    return list(whole.tolist())


def _curve(context: Context) -> pd.DataFrame:
    """The rows of the headline event that have an estimate and an interval, in the order of the report's securities."""
    table = context.table("curve")
    if table.empty or "p_value" not in table:
        return pd.DataFrame()
    order = {s: k for k, s in enumerate(context.members)}
    mine = table[table["security"].isin(order) & table["p_value"].notna()]
    windows: list[Any] = list(zip(mine["window_start"], mine["window_end"], strict=True))
    mine = mine.assign(window=windows)
    return mine.sort_values("security", key=lambda c: c.map(order), kind="stable").reset_index(drop=True)


def _reported(context: Context, curve: pd.DataFrame) -> int | None:
    """The specification whose estimate is the abnormal return that the report tells of its first security."""
    mine = context.day_rows([context.members[0]])
    if mine.empty:
        return None
    row = mine.iloc[0]
    own = {"security": context.members[0], "benchmark": row["benchmark"], "model": row["model"]}
    own["returns"] = str(context.study["study"]["returns"])
    held = curve[(curve[list(own)] == pd.Series(own)).all(axis=1) & (curve["window_start"] == 0)]
    away = (held["estimate"] - float(row["abnormal_return"])).abs()
    return None if away.empty or away.min() > SAME else int(away.index[int(away.argmin())])


def _named(context: Context, key: str, option: Any) -> str:
    if key == "security":
        return context.name(option)
    return context.language.window(Window(*option)) if key == "window" else option_name(context, key, str(option))
