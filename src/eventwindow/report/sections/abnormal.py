"""Abnormal returns by security: day 0 with its interval, and the sums over the report windows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from scipy.special import stdtrit

from eventwindow.report.language import p_value, percent
from eventwindow.report.subject import Subject
from eventwindow.timeline import Window

DAY = Window(0, 0)


def abnormal_section(subject: Subject) -> dict[str, Any]:
    """Rows of day 0 for the headline's securities and for all, and of the cumulative windows."""
    everyone = list(dict.fromkeys(subject.abnormal.labels["security"]))
    windows = report_windows(subject)
    return {
        "lead": _day_rows(subject, subject.members),
        "all": _day_rows(subject, everyone) if len(everyone) > len(subject.members) else [],
        "n": len(everyone),
        "windows": [subject.language.window(w) for w in windows],
        "sums": _window_rows(subject, subject.members, windows),
        "all_sums": _window_rows(subject, everyone, windows) if len(everyone) > len(subject.members) else [],
    }


def report_windows(subject: Subject) -> list[Window]:
    """The study's report windows, in its own order."""
    return [Window(start, end) for start, end in subject.study["windows"]["report"]]


def _day_rows(subject: Subject, securities: Sequence[str]) -> list[dict[str, str]]:
    held = subject.abnormal.car(DAY)
    reach = pd.Series(stdtrit(held.dof, 0.975) * held.std_error, index=held.labels["security"])
    rows = []
    for security, row in subject.day_rows(securities).iterrows():
        ar, wide = row["abnormal_return"], reach[str(security)]
        rows.append(
            {
                "name": subject.full_name(str(security)),
                "group": subject.group_name(str(row["group"] or "")),
                "day": subject.language.short_day(row["date"]),
                "late": row["date"] != subject.day_zero,
                "actual": percent(row["actual_return"]),
                "expected": percent(row["expected_return"]),
                "ar": percent(ar),
                "interval": _interval(subject, ar - wide, ar + wide),
                "p_sq": p_value(row.get("p_sample_quantile")),
                "p_t": p_value(row["p_value"], parametric=True),
                "strong": bool(abs(ar) > wide),
            }
        )
    return rows


def _interval(subject: Subject, low: float, high: float) -> str:
    return subject.language.text("common.minus_to", low=percent(low), high=percent(high))


def _window_rows(subject: Subject, securities: Sequence[str], windows: Sequence[Window]) -> list[dict[str, Any]]:
    """One row a security; one cell a window: CAR, its p (SQ), whether other news lies in it, and why it is empty."""
    sums = subject.result.table("cumulative")
    mine = sums[sums["event"] == subject.event].set_index(["security", "window_start", "window_end"]).sort_index()
    rows = []
    for security in securities:
        here = [(security, w.start, w.end) for w in windows]
        cells = [_cell(cell) for _, cell in mine.reindex(here).iterrows()]
        rows.append({"name": subject.full_name(security), "cells": cells})
    return rows


def _cell(cell: pd.Series) -> dict[str, Any]:
    note = "" if pd.isna(cell["note"]) else str(cell["note"])
    p = cell.get("p_sample_quantile", cell["p_value"])
    return {
        "car": percent(cell["car"]),
        "p": p_value(p),
        "tainted": bool(note) and not note.startswith("not computed"),
        "note": note,
        "strong": bool(pd.notna(p) and p < 0.05),
    }
