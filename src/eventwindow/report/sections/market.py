"""Was it the whole market? The many stocks beside the few that weigh most, and the study's groups."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from markupsafe import Markup

from eventwindow.estimation.returns import price_for_returns
from eventwindow.inference.results import LEVEL
from eventwindow.report.blocks import Block, Paragraph, Table
from eventwindow.report.context import Context, of_result
from eventwindow.report.language import p_value, percent
from eventwindow.report.sections.benchmark import group_views, shown
from eventwindow.report.sections.verdicts import beside

Key = tuple[str, str, str]  # measure, name, what was left out


def market(context: Context) -> Iterator[Block]:
    """Breadth, the groups and the account that it was the market; a table of each.

    Nothing where the study holds one figure of the market at most.
    """
    figures = _table(context)
    if figures is None:
        return
    stocks = context.language.sentences(
        *(text for text in (many(context) or market_part(context), _rest(context)) if text)
    )
    sentences = [stocks, _groups(context), _hidden(context), *beside(context, "market")]
    yield from (Paragraph(sentence) for sentence in sentences if sentence)
    yield figures
    yield from _group_table(context)


@of_result
def _figures(context: Context) -> dict[Key, tuple[int, float]]:
    """Number of stocks and value, of each of the market's figures."""
    table = context.table("market")
    return {
        (r["measure"], r["name"], r["left_out"]): (int(r["n"]), float(r["value"])) for r in table.to_dict("records")
    }


def _benchmark(context: Context) -> str:
    return str(context.study["study"]["benchmark"])


def benchmark_return(context: Context) -> float | None:
    found = _figures(context).get(("return", _benchmark(context), ""))
    return None if found is None else found[1]


def return_beside(context: Context, security: str) -> float | None:
    """The benchmark's return of day 0, or over the sessions that the security's covers."""
    since, benchmark = context.since(security), _benchmark(context)
    if since is None or benchmark not in context.result.evidence.prices:
        return benchmark_return(context)
    prices = price_for_returns(context.result.evidence.prices[benchmark])
    first, last = (float(prices.get(day, np.nan)) for day in (since, context.day(security)))
    return None if np.isnan(first / last) else last / first - 1


def many(context: Context) -> Markup:
    """Whether most of the panel moved as the benchmark did."""
    figures, name, whole = _figures(context), _benchmark(context), benchmark_return(context)
    if whole is None or ("median", "panel", "") not in figures:
        return Markup("")
    values = {"name": context.name(name), "whole": percent(whole), "day": context.language.day(context.day_zero)}
    n, same = figures["share_down" if whole < 0 else "share_up", "panel", ""]
    spread = {key: percent(figures[key, "panel", ""][1]) for key in ("median", "mean")}
    share = percent(same, 0, sign=False)
    return context.language.say("market.many" if same > 0.5 else "market.few", n=n, same=share, **spread, **values)


def market_part(context: Context) -> Markup:
    """How much of the first security's move the benchmark accounts for."""
    name = context.members[0]
    rows, whole = context.day_rows([name]), return_beside(context, name)
    if whole is None or rows.empty or rows[["actual_return", "expected_return"]].isna().any(axis=None):
        return Markup("")
    row, language = rows.iloc[0], context.language
    return language.say(
        "market.part" if (row["actual_return"] < 0) == (row["expected_return"] < 0) else "market.other_way",
        name=context.name(_benchmark(context)),
        firm=context.name(name),
        when=context.when(name),
        whole=percent(whole),
        part=percent(row["expected_return"]),
        move=percent(row["actual_return"]),
    )


def _rest(context: Context) -> Markup:
    figures, name = _figures(context), _benchmark(context)
    if ("return", name, "treated") not in figures:
        return Markup("")
    rest = percent(figures["return", name, "treated"][1])
    return context.language.say("market.rest", rest=rest)


def _groups(context: Context) -> Markup:
    """Which groups fell, which rose, and for how many nothing can be told."""
    plain, without = group_views(context)
    plain = plain.dropna(subset="p_value")
    if len(plain) < 2:
        return Markup("")
    moved = plain[plain["p_value"] < LEVEL]
    sides = {"down": moved[moved["caar"] < 0], "up": moved[moved["caar"] > 0]}
    say = context.language.say
    sentences = [
        say(f"market.{side}", n=len(rows), list=shown(context, rows)) for side, rows in sides.items() if len(rows)
    ]
    if rest := len(plain) - len(moved):
        sentences.append(say("market.quiet", n=rest))
    key = "market.groups" if len(without) else "market.groups_only"
    return say(key, n=len(plain), told=context.language.clauses(*sentences))


def _hidden(context: Context) -> Markup:
    """Groups that stand out only against the benchmark without the treated."""
    plain, without = group_views(context)
    known = [g for g in plain.index if g in without.index and plain.loc[g, "p_value"] >= LEVEL]
    found = without.loc[known][without.loc[known, "p_value"] < LEVEL]
    return context.language.say("market.hidden", list=shown(context, found)) if len(found) else Markup("")


def _table(context: Context) -> Table | None:
    """The benchmarks and the panel on day 0, as they were and without the treated."""
    figures, say = _figures(context), context.language.say
    shown = [key for key in figures if not key[2] and key[0] != "share_up"]
    rows = [(_figure_name(context, key), _value(figures, key), _value(figures, (*key[:2], "treated"))) for key in shown]
    head = tuple(say(f"market.{key}") for key in ("figure", "whole", "without"))
    caption = say("market.table", day=context.language.day(context.day_zero))
    return Table(caption, "L r r", head, tuple(rows), say("market.note")) if len(rows) > 1 else None


def _figure_name(context: Context, key: Key) -> str:
    measure, name, _ = key
    if measure == "return":
        return context.full_name(name)
    figures = _figures(context)
    counts = [figures[found][0] for side in ("", "treated") if (found := (measure, name, side)) in figures]
    return context.language.say(f"market.{measure}", n=" / ".join(map(str, counts)))


def _value(figures: dict[Key, tuple[int, float]], key: Key) -> str:
    if key not in figures:
        return "–"
    share = key[0].startswith("share")
    return percent(figures[key][1], 0 if share else 1, sign=not share)


def _group_table(context: Context) -> Iterator[Table]:
    """Every group's mean abnormal return and p against the benchmark, and against it without the treated."""
    (plain, without), say = group_views(context), context.language.say
    if len(plain) < 2:
        return
    views = [plain, without] if len(without) else [plain]
    rows = [
        (context.group_name(str(g)), str(plain.loc[g, "n"]), *(cell for view in views for cell in _cells(view, str(g))))
        for g in plain.index
    ]
    keys = ["group", "n", "ar", "p", "ar_without", "p_without"][: 2 + 2 * len(views)]
    yield Table(
        say("market.groups_table" if len(without) else "market.groups_table_only"),
        "L r" + " r r" * len(views),
        tuple(say(f"market.{key}") for key in keys),
        tuple(rows),
        say("market.groups_note"),
    )


def _cells(view: pd.DataFrame, group: str) -> tuple[str, str]:
    if group not in view.index:
        return "–", "–"
    return percent(view.loc[group, "caar"]), p_value(view.loc[group, "p_value"]) or "–"
