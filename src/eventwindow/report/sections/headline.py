"""The headline: what happened, how much of it was abnormal, and what that says about the statements."""

from collections import Counter

import pandas as pd
from markupsafe import Markup, escape

from eventwindow.calendars.window import Window
from eventwindow.claims.rules import HOLDS
from eventwindow.claims.verdicts import by_statement, unfinished
from eventwindow.errors import Reason
from eventwindow.inference.expected_volatility import unlike
from eventwindow.inference.tables import none_leads
from eventwindow.report.context import Context, of_result
from eventwindow.report.language import SPACE, number, p_told, p_value, percent, points
from eventwindow.report.sections.abnormal import firms_on_day_0, inverted_ends
from eventwindow.report.sections.market import return_beside
from eventwindow.report.sections.tests import RANKED

DAY = Window(0, 0)
STILL = 0.0005  # below it a move is 0.0 per cent


def finding(context: Context) -> list[Markup]:
    """Sentences in the order in which a reader wants them; the first is the finding."""
    sentences = [first_sentence(context), basket_sentence(context), verdict_sentence(context)]
    return [sentence for sentence in sentences if sentence]


def first_sentence(context: Context, *, whole: bool = True) -> Markup:
    """What the first security did on day 0, what the model expected, and the abnormal return with its error.

    As a `whole` it also tells the effects that the ranks do not reject.
    """
    name = context.members[0]
    rows = context.day_rows([name])
    if rows.empty or pd.isna(rows["abnormal_return"].iloc[0]):
        return Markup("")
    row, say = rows.iloc[0], context.language.say
    way = "still" if abs(row["actual_return"]) < STILL else "fell" if row["actual_return"] < 0 else "rose"
    values = {"name": context.full_name(name), "when": context.when(name)}
    moved = say(f"finding.{way}", **values, move=points(row["actual_return"]), pc=f"{SPACE}%")
    expected, way = row["expected_return"], "down" if row["expected_return"] < 0 else "up"
    figures = {"expected": percent(expected), "ar": percent(row["abnormal_return"])}
    market = return_beside(context, name) if row["benchmark"] == context.benchmark else None
    over = "_over" if context.since(name) is not None else ""
    against = "market" if market is None else f"moved{over}"
    if row["model"] == "mean_adjusted":
        against = f"mean{over}"
    rank = _rank(context, row, name)
    abnormal = say(
        f"finding.abnormal_{against}",
        **figures,
        explained=Reason(f"explained_{way}", size=percent(abs(expected), sign=False)),
        low=percent(row["low"]),
        high=percent(row["high"]),
        rank=rank,
        benchmark=context.name(str(row["benchmark"] or "")),
        whole=percent(market),
        name=context.name(name),
    )
    ranked = inverted_ends(firms_on_day_0(context).get(name, {})) if whole else {}
    return context.language.sentences(moved, abnormal, *([say("finding.by_ranks", **ranked)] if ranked else []))


def _rank(context: Context, row: pd.Series, name: str) -> Markup:
    counted = as_far(row)
    if counted is None:
        return escape(p_told(row["p_value"], parametric=True))
    days, others = counted
    key = "finding.rank_other" if others else "finding.rank_first"
    scaled = context.language.text("finding.scaled") if unlike(row["volatility_ratio"]) else ""
    return context.language.say(key, n=days, p=p_value(row["p_leading"]), scaled=scaled)


def as_far(row: pd.Series) -> tuple[int, int] | None:
    """Of how many ordinary days, and how many of them were as far from what was expected; None without that test."""
    p, floor = row.get("p_leading"), row.get("quantile_floor")
    if p is None or floor is None or pd.isna(p) or pd.isna(floor):
        return None
    return round(1 / floor) - 1, round(p / floor) - 1


def basket_sentence(context: Context, *, test: bool = True) -> Markup:
    """The mean abnormal return of the headline basket with p of the `test` that leads, or that none does."""
    found, say = _basket(context), context.language.say
    if found is None:
        return Markup("")
    row, mean, why = found
    none = say("finding.no_test", times=number(why.value("ratio"), 2)) if why else None
    known = none or _tested(context, row, "finding.tested" if test else "story.tested")
    apart = len({context.day(name) for name in context.members}) > 1
    return say(
        "finding.basket_lost" if mean < 0 else "finding.basket_gained",
        n=int(row["n"]),
        basket=context.group_name(context.basket),
        apart=context.language.text("finding.apart") if apart else "",
        aar=percent(abs(mean), sign=False),
        tested=known,
    )


@of_result
def _basket(context: Context) -> tuple[pd.Series, float, Reason | None] | None:
    """The first row of the basket's tests on day 0, its mean abnormal return, and why no test leads."""
    tests = context.result.tables["tests"]
    here = tests[(tests["event"] == context.event) & (tests["group"] == context.basket)]
    here = here[(here["window_start"] == 0) & (here["window_end"] == 0) & here["p_value"].notna()]
    here, why = here[here["n"] > 1], none_leads(here)
    held = here[here["valid"].astype(bool)]
    if not context.basket or (held.empty and not (why and len(here))):
        return None
    mean = float(context.abnormal.among(context.members).caar(DAY))
    return (here if held.empty else held).iloc[0], mean, why


def _tested(context: Context, row: pd.Series, words: str) -> Markup:
    p = p_value(row["p_value"], parametric=not str(row["test"]).startswith(RANKED))
    return context.language.say(words, test=context.language.text(f"test.{row['test']}"), p=p)


def verdict_sentence(context: Context) -> Markup:
    """How many statements hold, and how many do not; nothing where the study has none."""
    verdicts = context.result.verdicts
    if not verdicts:
        return Markup("")
    said = by_statement(verdicts)
    counts: Counter[str] = Counter(word for _, word in said)
    held, beyond = sum(counts[w] for w in HOLDS), counts["not_testable"] + counts["not_rated"]
    only, left = counts["confirmed_with_context"], unfinished(verdicts)
    key = "n_held" if not only else "n_context" if only < held else "n_only_context"
    parts = {key: held, "n_mixed": counts["mixed"], "n_wrong": counts["contradicted"]}
    parts |= {"n_open": counts["open"] - left, "n_unfinished": left, "n_beyond": beyond}
    language, articles = context.language, len({v.claim.article for v in verdicts})
    sentence = language.clauses(*(language.say(f"story.{part}", n=n, context=only) for part, n in parts.items() if n))
    total = language.say("story.statements", n=len(said))
    return language.say("story.total", n=articles, total=total, told=sentence)
