"""How the answer changes with every other choice: the specification curve."""

from __future__ import annotations

import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.report.context import Context, once
from eventwindow.report.language import p_value, percent


@once
def robustness_section(context: Context) -> list[dict[str, str]]:
    """One row a leading security and window: what the specifications come to together."""
    table = context.result.tables.get("robustness", pd.DataFrame())
    if table.empty:
        return []
    order = {s: k for k, s in enumerate(context.members)}
    mine = table[table["security"].isin(context.leads)].sort_values(
        "security", key=lambda c: c.map(order), kind="stable"
    )
    return [_row(context, row) for _, row in mine.iterrows()]


def _row(context: Context, row: pd.Series) -> dict[str, str]:
    return {
        "name": context.full_name(str(row["security"])),
        "window": context.language.window(Window(int(row["window_start"]), int(row["window_end"]))),
        "n": f"{row['specifications']:.0f}",
        "median": percent(row["median"]),
        "range": context.language.text("common.minus_to", low=percent(row["lowest"]), high=percent(row["highest"])),
        "sign": percent(row["share_same_sign"], 0, sign=False),
        "significant": percent(row["share_significant"], 0, sign=False),
        "p": p_value(row["p_median"]),
    }
