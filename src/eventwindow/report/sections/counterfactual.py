"""What each counterfactual says, and how well each predicts days without an event, the market model among them."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from markupsafe import Markup

from eventwindow.report.blocks import Block, Paragraph, Picture, Table, Words, tagged
from eventwindow.report.context import Context
from eventwindow.report.figures.counterfactual import effects_of, name_of
from eventwindow.report.language import p_value, percent

COLUMNS = ("model", "effect", "error", "time", "space")


def counterfactual(context: Context) -> Iterator[Block]:
    """Who predicts best, the span of the answers; a row a leading security and model."""
    effects, say = effects_of(context), context.language.say
    first = [s for s in context.leads if s in set(effects["security"])]
    mine = effects[effects["security"].isin(first)]
    if first:
        yield from map(Paragraph, _sentences(context, effects, first[0]))
    yield Picture("counterfactual")
    if first:
        head = (say("abnormal.security"), *(say(f"counterfactual.{key}") for key in COLUMNS))
        rows = mine.iloc[mine["security"].map(first.index).argsort(kind="stable")].to_dict("records")
        cells = tuple(_row(context, row) for row in rows)
        yield Table(say("counterfactual.table"), "L L r r r r", head, cells, say("counterfactual.note"))
    yield Picture("placebos", floats=True)


def _sentences(context: Context, effects: pd.DataFrame, security: str) -> list[Markup]:
    say, led = context.language.say, effects[effects["leads"]]
    benchmark = effects["model"].iloc[0]
    ahead = led.loc[led["model"] != benchmark, "security"]
    names = context.language.listed([context.name(s) for s in ahead])
    best = say("counterfactual.best", n=len(led), ahead=len(ahead), names=names, market=name_of(context, benchmark))
    if ahead.empty:
        best = say("counterfactual.none", n=len(led), market=name_of(context, benchmark))
    mine = effects[effects["security"] == security].sort_values("effect")
    low, high = mine.iloc[0], mine.iloc[-1]
    span = say(
        "counterfactual.span",
        name=context.name(security),
        n=len(mine),
        low=percent(low["effect"]),
        by=name_of(context, low["model"]),
        high=percent(high["effect"]),
        to=name_of(context, high["model"]),
        donors=int(low["donors"]),
    )
    return [span, best, *_untreated(context, benchmark)]


def _untreated(context: Context, benchmark: str) -> list[Markup]:
    """What the benchmark's model leaves of the donors on day 0, and of how many more than twice their own error."""
    table = context.table("counterfactual_placebos", "model", "donor", "tau")
    gap = table.loc[(table["model"] == benchmark) & table["donor"].astype(bool) & (table["tau"] == 0)]
    if gap.empty:
        return []
    beyond = float((gap["gap"].abs() > 2 * gap["fit_rms"]).mean())
    values = {"market": name_of(context, benchmark), "median": percent(gap["gap"].median()), "n": len(gap)}
    values["share"] = percent(beyond, 0, sign=False)
    return [context.language.say("counterfactual.untreated", **values)]


def _row(context: Context, row: dict[Any, Any]) -> tuple[Words, ...]:
    model: Words = name_of(context, row["model"])
    if row["leads"]:
        leads = context.language.text("counterfactual.leads")
        model = context.language.say("format.name", name=tagged("strong", model), symbol=leads)
    return (
        context.full_name(str(row["security"])),
        model,
        percent(row["effect"]),
        percent(row["rmse_heldout"], 2, sign=False),
        p_value(row["p_placebo_time"]),
        p_value(row["p_placebo_space"]),
    )
