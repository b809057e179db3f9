"""How the answer changes with the benchmark and with every other choice."""

from __future__ import annotations

from typing import Any

import pandas as pd

from eventwindow.report.figures.benchmarks import benchmark_data, benchmark_name
from eventwindow.report.language import p_value, percent
from eventwindow.report.subject import Subject, once
from eventwindow.timeline import Window


@once
def robustness_section(subject: Subject) -> dict[str, Any]:
    """A sentence on the benchmarks, and the specification curve of each headline security and window in a row."""
    return {"benchmarks": _sentence(subject), "treated": _treated(subject), "rows": _rows(subject)}


def _sentence(subject: Subject) -> Any:
    views = benchmark_data(subject)
    mine = views[views["security"] == subject.leads[0]].sort_values("car")
    if len(mine) < 2:
        return ""
    low, high = mine.iloc[0], mine.iloc[-1]
    return subject.language.say(
        "robustness.range",
        name=subject.name(subject.leads[0]),
        n=len(mine),
        low=percent(low["car"]),
        high=percent(high["car"]),
        by=benchmark_name(subject, str(low["benchmark"])),
        to=benchmark_name(subject, str(high["benchmark"])),
    )


def _treated(subject: Subject) -> Any:
    """How much of the benchmark's own move on day 0 the treated stocks account for."""
    table = subject.result.tables.get("treated", pd.DataFrame(columns=["date"]))
    rows = table[table["date"] == subject.day_zero]
    if rows.empty or pd.isna(rows.iloc[0]["share_explained"]):
        return ""
    row = rows.iloc[0]
    return subject.language.say(
        "robustness.treated",
        weight=percent(row["treated_weight"], sign=False),
        contribution=percent(row["treated_contribution"]),
        whole=percent(row["benchmark_return"]),
        share=percent(row["share_explained"], 0, sign=False),
        rest=percent(row["return_without_treated"]),
    )


def _rows(subject: Subject) -> list[dict[str, str]]:
    table = subject.result.tables.get("robustness", pd.DataFrame())
    if table.empty:
        return []
    order = {s: k for k, s in enumerate(subject.members)}
    mine = table[table["security"].isin(subject.leads)].sort_values(
        "security", key=lambda c: c.map(order), kind="stable"
    )
    return [_row(subject, row) for _, row in mine.iterrows()]


def _row(subject: Subject, row: pd.Series) -> dict[str, str]:
    return {
        "name": subject.full_name(str(row["security"])),
        "window": subject.language.window(Window(int(row["window_start"]), int(row["window_end"]))),
        "n": f"{row['specifications']:.0f}",
        "median": percent(row["median"]),
        "range": subject.language.text("common.minus_to", low=percent(row["lowest"]), high=percent(row["highest"])),
        "sign": percent(row["share_same_sign"], 0, sign=False),
        "significant": percent(row["share_significant"], 0, sign=False),
        "p": p_value(row["p_median"]),
    }
