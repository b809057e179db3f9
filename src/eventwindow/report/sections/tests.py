"""The tests of each group: those that hold for the design first, the careless ones once and marked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from eventwindow.calendars.window import Window
from eventwindow.inference.results import LEVEL
from eventwindow.report.context import Context, once
from eventwindow.report.language import Language, number, p_value, percent
from eventwindow.report.reasons import reason_in
from eventwindow.report.sections.abnormal import report_windows

RANKED = ("date_permutation", "sq", "conformal", "block_bootstrap")
CAREFUL = ("date_permutation_mean", "adjusted_patell_z")
RETURNS = ("date_permutation_mean", "conformal_mean", "block_bootstrap")  # whose statistic is a mean return
BOUNDED = "kolari_pynnonen_t"
NORMAL, SPREAD = ("sur_f",), ("grank_t",)  # why they do not hold here; all the others take securities for independent
COUNTED = {"patell_z": "adjusted_patell_z", "bmp_t": "kolari_pynnonen_t"}  # the same, with the correlation counted


@once
def inference_section(context: Context) -> dict[str, Any]:
    """Tests of the headline basket on day 0, and the two leading p-values of every group and window."""
    tests = context.result.table("tests")
    mine = tests[tests["event"] == context.event]
    lead = mine[(mine["group"] == context.basket) & (mine["window_start"] == 0) & (mine["window_end"] == 0)]
    ran = lead[lead["p_value"].notna()]
    groups = _groups(context, mine)
    cells = [cell for group in groups for cell in group["cells"] if cell["p_perm"] or cell["p_adj"]]
    return {
        "valid": [test_row(context.language, row) for _, row in ran[ran["valid"]].iterrows()],
        "careless": _careless(context, ran),
        "skipped": _skipped(context.language, lead[lead["p_value"].isna()]),
        "n": int(ran["n"].max()) if len(ran) else 0,
        "shared": bool((ran["n"] > 1).any()) and len(context.shared) == len(context.members),
        "correlation": _correlation(lead),
        "bounded": _bounded(context, ran),
        "chosen": _chosen(context),
        "groups": groups,
        "windows": [context.language.window(w) for w in report_windows(context)],
        "cells": len(cells),
        "false": number(LEVEL * len(cells), 0),
    }


def _skipped(language: Language, rows: pd.DataFrame) -> Markup:
    """Tests that could not run, each with its reason."""
    told = [test_row(language, row) for _, row in rows.iterrows()]
    named = [language.text("tests.skipped_one", name=row["name"], note=row["note"]) for row in told]
    return language.say("tests.skipped", list=("；" if language.zh else "; ").join(named)) if named else Markup("")


def _careless(context: Context, ran: pd.DataFrame) -> list[dict[str, Any]]:
    """The tests that do not hold for this design, in blocks by the reason why."""
    lost = ran[~ran["valid"].astype(bool)]
    why = lost["test"].map(lambda name: "normal" if name in NORMAL else "spread" if name in SPREAD else "independent")
    say, held = context.language.say, set(ran.loc[ran["valid"].astype(bool), "test"])
    told = {
        "independent": _corrected(context, ran),
        "normal": say("careless.conformal") if "conformal_sur" in held else "",
    }
    between = Markup("" if context.language.zh else " ")
    return [
        {
            "why": between.join(text for text in (say(f"careless.{reason}"), told.get(reason, "")) if text),
            "rows": [test_row(context.language, row) for _, row in lost[why == reason].iterrows()],
            "caption": say(f"careless.{reason}_table"),
        }
        for reason in ("independent", "normal", "spread")
        if (why == reason).any()
    ]


def _corrected(context: Context, ran: pd.DataFrame) -> Markup:
    """What counting the correlation makes of a statistic."""
    statistic = ran.set_index("test")["statistic"]
    pairs = [(one, other) for one, other in COUNTED.items() if {one, other} <= set(statistic.index)]
    said = [
        context.language.text(
            "careless.becomes",
            one=context.language.text(f"test.{one}"),
            other=context.language.text(f"test.{other}"),
            before=number(statistic[one], 1),
            after=number(statistic[other], 1),
        )
        for one, other in pairs
    ]
    return context.language.say("careless.counted", list=context.language.listed(said)) if said else Markup("")


def _bounded(context: Context, ran: pd.DataFrame) -> Markup:
    """What Kolari–Pynnönen's answer is worth, by whether it rejects."""
    p = ran.loc[ran["test"] == BOUNDED, "p_value"]
    if p.empty:
        return Markup("")
    key = "tests.ceiling_reached" if p.iloc[0] < LEVEL else "tests.ceiling"
    return context.language.say(key, p=p_value(p.iloc[0], parametric=True))


def largest_candidate(context: Context) -> pd.Series | None:
    """The test of the largest statistic over all sessions that could have been called day 0, if there is one."""
    table = context.result.tables.get("candidates", pd.DataFrame(columns=["group", "p_value"]))
    mine = table[(table["group"] == context.basket) & table["p_value"].notna()]
    return None if mine.empty else mine.iloc[0]


def _chosen(context: Context) -> Markup:
    row = largest_candidate(context)
    if row is None:
        return Markup("")
    window = Window(int(row["window_start"]), int(row["window_end"]))
    return context.language.say(
        "tests.chosen", n=len(window), window=context.language.window(window), p=p_value(row["p_value"])
    )


def test_row(language: Language, row: pd.Series) -> dict[str, str]:
    """A test's row of the results in the reader's words."""
    name, statistic = str(row["test"]), row["statistic"]
    as_percent = name in RETURNS
    known = language.has(f"test.{name}")
    return {
        "name": language.text(f"test.{name}") if known else _title(name),
        "null": language.text(f"null.{name}") if language.has(f"null.{name}") else str(row["null"]),
        "statistic": percent(statistic) if as_percent else number(statistic),
        "p": p_value(row["p_value"], parametric=not name.startswith(RANKED)),
        "reference": reason_in(language, str(row["distribution"])),
        "n": str(row["n"]),
        "note": reason_in(language, str(row["note"])).replace("not computed: ", "").replace("未計算：", ""),
    }


def _title(name: str) -> str:
    from eventwindow.inference.registry import TESTS

    return TESTS[name].title if name in TESTS else name


def _correlation(lead: pd.DataFrame) -> str:
    """The mean residual correlation, as the note of the tests that use it states it."""
    found = lead["note"].astype(str).str.extract(r"mean residual correlation (-?[\d.]+)")[0].dropna()
    return number(float(found.iloc[0])) if len(found) else ""


def _groups(context: Context, tests: pd.DataFrame) -> list[dict[str, Any]]:
    windows = report_windows(context)
    means = _means(context, tests)
    table = tests.set_index(["group", "window_start", "window_end", "test"])["p_value"]
    rows = []
    for group in dict.fromkeys(tests["group"]):
        cells = []
        for window in windows:
            ps = [table.get((group, window.start, window.end, test), np.nan) for test in CAREFUL]
            clear = any(pd.notna(p) and p < LEVEL for p in ps[:1])
            mean = means.get((group, window), np.nan)
            shown = {"p_perm": p_value(ps[0]), "p_adj": p_value(ps[1], parametric=True)}
            cells.append({"mean": percent(mean), **shown, "strong": clear})
        n = int(tests.loc[tests["group"] == group, "n"].max())
        rows.append({"name": context.group_name(str(group)), "n": n, "cells": cells})
    return rows


def _means(context: Context, tests: pd.DataFrame) -> dict[tuple[str, Window], float]:
    """Mean CAR of the members that hold the window, by group and window."""
    baskets = context.result.evidence.baskets
    found = {}
    for group in dict.fromkeys(tests["group"]):
        chosen = context.abnormal.select(list(baskets.get(group, ())))
        for window in report_windows(context):
            car = chosen.car(window)
            if car.complete.any():
                found[str(group), window] = float(car.car[car.complete].mean())
    return found
