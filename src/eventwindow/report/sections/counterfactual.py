"""What each counterfactual says, and how well each predicts days without an event, the market model among them."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markupsafe import Markup

from eventwindow.report.context import Subject, once
from eventwindow.report.figures.counterfactual import effects_of, name_of
from eventwindow.report.language import p_value, percent
from eventwindow.report.sections.sheet import Sheet

COLUMNS = ("model", "effect", "error", "time", "space")


@once
def counterfactual_section(subject: Subject) -> dict[str, Any]:
    """Sentences on who predicts best and on the span of the answers; a row a leading security and model."""
    effects = effects_of(subject)
    first = [s for s in subject.leads if s in set(effects["security"])]
    if not first:
        return {"sentences": [], "sheet": None}
    mine = effects[effects["security"].isin(first)]
    order = mine["security"].map(first.index)
    rows = mine.iloc[order.argsort(kind="stable")].to_dict("records")
    return {"sentences": _sentences(subject, effects, first[0]), "sheet": _sheet(subject, rows)}


def _sheet(subject: Subject, rows: list[dict[Any, Any]]) -> Sheet:
    say = subject.language.say
    head = (say("abnormal.security"), *(say(f"counterfactual.{key}") for key in COLUMNS))
    cells = tuple(_row(subject, row) for row in rows)
    return Sheet(say("counterfactual.table"), "L L r r r r", head, cells, say("counterfactual.note"))


def _sentences(subject: Subject, effects: pd.DataFrame, security: str) -> list[Any]:
    say, led = subject.language.say, effects[effects["leads"]]
    benchmark = effects["model"].iloc[0]
    ahead = led.loc[led["model"] != benchmark, "security"]
    names = subject.language.listed([subject.name(s) for s in ahead])
    best = say("counterfactual.best", n=len(led), ahead=len(ahead), names=names, market=name_of(subject, benchmark))
    if ahead.empty:
        best = say("counterfactual.none", n=len(led), market=name_of(subject, benchmark))
    mine = effects[effects["security"] == security].sort_values("effect")
    low, high = mine.iloc[0], mine.iloc[-1]
    span = say(
        "counterfactual.span",
        name=subject.name(security),
        n=len(mine),
        low=percent(low["effect"]),
        by=name_of(subject, low["model"]),
        high=percent(high["effect"]),
        to=name_of(subject, high["model"]),
        donors=int(low["donors"]),
    )
    return [span, best, *_untreated(subject, benchmark)]


def _untreated(subject: Subject, benchmark: str) -> list[Any]:
    """What the benchmark's model leaves of the donors on day 0, where it leads for a security."""
    table = subject.result.tables.get("counterfactual_placebos", pd.DataFrame(columns=["model", "donor", "tau"]))
    gap = table.loc[(table["model"] == benchmark) & table["donor"].astype(bool) & (table["tau"] == 0)]
    if gap.empty:
        return []
    values = {"market": name_of(subject, benchmark), "median": percent(gap["gap"].median()), "n": len(gap)}
    return [subject.language.say("counterfactual.untreated", **values)]


def _row(subject: Subject, row: dict[Any, Any]) -> tuple[str, ...]:
    model: str = name_of(subject, row["model"])
    if row["leads"]:
        model = Markup("<strong>{}</strong> ({})").format(model, subject.language.say("counterfactual.leads"))
    return (
        subject.full_name(str(row["security"])),
        model,
        percent(row["effect"]),
        percent(row["rmse_heldout"], 2, sign=False),
        p_value(row["p_placebo_time"]),
        p_value(row["p_placebo_space"]),
    )
