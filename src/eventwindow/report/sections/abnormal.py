"""Abnormal returns by security: day 0 with its interval, and the sums over the report windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup
from scipy.special import stdtrit

from eventwindow.calendars.window import Window
from eventwindow.report.context import Context, once
from eventwindow.report.language import number, p_value, percent
from eventwindow.report.reasons import reason_in

DAY = Window(0, 0)
DASH = "–"  # in the place of a figure that was not worked out


@once
def abnormal_section(context: Context) -> dict[str, Any]:
    """Rows of day 0 for the headline's securities and for all, and of the cumulative windows."""
    everyone = list(dict.fromkeys(context.abnormal.labels["security"]))
    windows, more = report_windows(context), len(everyone) > len(context.members)
    lead, every = _day_rows(context, context.members), _day_rows(context, everyone) if more else []
    sums = _window_rows(context, context.members, windows)
    return {
        "activity": activity_rows(context),
        "lead": lead,
        "all": every,
        "n": len(everyone),
        "columns_note": columns_note(context, [*lead, *every]),
        "windows": [context.language.window(w) for w in windows],
        "sums": sums,
        "all_sums": _window_rows(context, everyone, windows) if more else [],
        "windows_note": _windows_note(context, sums),
    }


def columns_note(context: Context, rows: Sequence[dict[str, str]]) -> Markup:
    """What the columns of day 0 hold, and why a cell is empty where one is."""
    say = context.language.say
    dashes = [say("abnormal.dash_note")] if any(DASH in row.values() for row in rows) else []
    return Markup("" if context.language.zh else " ").join([say("abnormal.columns_note"), *dashes])


def _windows_note(context: Context, rows: Sequence[dict[str, Any]]) -> Markup:
    """How many of the windows shown hold more than the event."""
    held = [cell["tainted"] for row in rows for cell in row["cells"]]
    return context.language.say("abnormal.windows_note", n=len(held), held=sum(held))


def report_windows(context: Context) -> list[Window]:
    """The study's report windows, in its own order."""
    return [Window(start, end) for start, end in context.study["windows"]["report"]]


def _day_rows(context: Context, securities: Sequence[str]) -> list[dict[str, str]]:
    held = context.abnormal.car(DAY)
    reach = pd.Series(stdtrit(held.dof, 0.975) * held.std_error, index=held.labels["security"])
    firms, rows = _firms(context), []
    for security, row in context.day_rows(securities).iterrows():
        ar, wide = row["abnormal_return"], reach[str(security)]
        rows.append(
            {
                "name": context.full_name(str(security)),
                "group": context.group_name(str(row["group"] or "")),
                "day": context.language.short_day(row["date"]),
                "late": row["date"] != context.day_zero,
                "actual": percent(row["actual_return"]),
                "expected": percent(row["expected_return"]),
                "ar": percent(ar),
                "interval": _interval(context, ar - wide, ar + wide),
                "p_sq": p_value(row.get("p_sample_quantile")),
                "p_t": p_value(row["p_value"], parametric=True),
                **_firm(firms, str(security)),
                "strong": bool(abs(ar) > wide),
            }
        )
    return rows


def _firms(context: Context) -> pd.DataFrame:
    """What the result holds of single firms on day 0 beyond the t-test and SQ, by security."""
    table = context.result.tables.get("firms", pd.DataFrame(columns=["security", "window_start", "window_end"]))
    return table[(table["window_start"] == 0) & (table["window_end"] == 0)].set_index("security")


def _firm(firms: pd.DataFrame, security: str) -> dict[str, str]:
    """SQ scaled by the day's expected volatility, Romano–Wolf within the group, and the smallest effect to be seen."""
    row = firms.loc[security] if security in firms.index else pd.Series(dtype=object)
    return {
        "p_scaled": p_value(row.get("p_sq_scaled")) or DASH,
        "p_family": p_value(row.get("p_romano_wolf")) or DASH,
        "detectable": percent(row.get("detectable"), sign=False) or DASH,
    }


def activity_rows(context: Context) -> list[dict[str, str]]:
    """Abnormal volume and squared returns of the leading securities and the headline basket, days 0 and +1."""
    table = context.result.tables.get("activity", pd.DataFrame())
    if table.empty:
        return []
    near = table[table["window_start"].isin([0, 1]) & (table["window_start"] == table["window_end"])]
    shown = [row for name in (*context.leads, context.basket) for _, row in near[near["name"] == name].iterrows()]
    return [_activity(context, row) for row in shown if pd.notna(row["value"])]


def _activity(context: Context, row: pd.Series) -> dict[str, str]:
    name, quantity, day = str(row["name"]), str(row["quantity"]), int(row["window_start"])
    times = np.exp(row["value"]) if quantity == "log_volume" else row["value"]
    return {
        "name": context.full_name(name) if row["kind"] == "firm" else _basket(context, name, int(row["n"])),
        "quantity": context.language.text(f"activity.{quantity}"),
        "day": context.language.window(Window(day, day)),
        "times": number(times, 1),
        "p": p_value(row["p_value"], parametric=row["kind"] == "firm" and quantity == "volatility"),
    }


def _basket(context: Context, basket: str, n: int) -> str:
    """The basket's title, with the number of securities that the figure is the mean of."""
    return context.language.text("activity.basket", basket=context.group_name(basket), n=n)


def _interval(context: Context, low: float, high: float) -> str:
    return context.language.text("common.minus_to", low=percent(low), high=percent(high))


def _window_rows(context: Context, securities: Sequence[str], windows: Sequence[Window]) -> list[dict[str, Any]]:
    """One row a security; one cell a window: CAR, its p (SQ), whether other news lies in it, and why it is empty."""
    sums = context.result.table("cumulative")
    keys = ["security", "window_start", "window_end"]
    mine = sums[sums["event"] == context.event].set_index(keys).to_dict("index")
    names = _happened(context)
    return [
        {
            "name": context.full_name(security),
            "cells": [_cell(context, mine.get((security, w.start, w.end), {}), names) for w in windows],
        }
        for security in securities
    ]


def _happened(context: Context) -> dict[str, str]:
    """Events and other news as notes name them, in the reader's language."""
    told = context.result.calendar.dropna(subset=["session"])
    return {
        f"{r.what_en} ({r.session:%Y-%m-%d})": f"{context.language.pick(r.what_en, r.what_zh)}（{r.session:%Y-%m-%d}）"
        for r in told.itertuples()
    }


def _cell(context: Context, cell: Mapping[Any, Any], names: Mapping[str, str]) -> dict[str, Any]:
    note = "" if pd.isna(cell.get("note")) else str(cell["note"])
    p = cell.get("p_sample_quantile", cell.get("p_value"))
    return {
        "car": percent(cell.get("car")) or DASH,
        "p": p_value(p),
        "tainted": bool(note) and not note.startswith("not computed"),
        "note": reason_in(context.language, note, names),
        "strong": bool(pd.notna(p) and p < 0.05),
    }
