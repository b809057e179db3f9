"""What was left out, shifted, substituted or only partly computed; rows with one reason stand together."""

from __future__ import annotations

from typing import Any

import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.report.context import Context, once
from eventwindow.report.reasons import reason_in

ORDER = ("excluded", "partly", "substituted", "shifted")


@once
def excluded_section(context: Context) -> list[dict[str, Any]]:
    """One row a treatment, event, window and reason, with the securities that it concerns."""
    table = context.result.table("excluded")
    if table.empty:
        return []
    keys = ["what", "event", "window_start", "window_end", "reason"]
    together = table.fillna({"event": ""}).groupby(keys, sort=False, dropna=False)["security"].agg(list).reset_index()
    together = together.sort_values("what", key=lambda c: c.map({w: k for k, w in enumerate(ORDER)}), kind="stable")
    return [_row(context, row) for _, row in together.iterrows()]


def _row(context: Context, row: pd.Series) -> dict[str, Any]:
    language, what = context.language, str(row["what"])
    key = f"excluded.{what}"
    held = pd.notna(row["window_start"])
    window = language.window(Window(int(row["window_start"]), int(row["window_end"]))) if held else ""
    securities = [str(s) for s in row["security"]]
    return {
        "what": language.text(key) if language.has(key) else what,
        "event": context.event_name(str(row["event"])) if row["event"] else "",
        "securities": ", ".join(securities),
        "n": len(securities),
        "window": window,
        "reason": reason_in(context.language, str(row["reason"])),
    }
