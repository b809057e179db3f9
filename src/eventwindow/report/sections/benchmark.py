"""What the benchmark does to the answer: the stocks that it holds and the event is about, and groups beside them."""

from collections.abc import Collection, Iterator, Mapping

import pandas as pd
from markupsafe import Markup

from eventwindow.claims.measures.panel import PanelBreadth
from eventwindow.claims.model import Verdict
from eventwindow.inference.results import LEVEL
from eventwindow.report.blocks import Block, Paragraph, Picture, Table
from eventwindow.report.context import Context, judged, of_result
from eventwindow.report.figures.benchmarks import REMARK, benchmark_data, benchmark_name
from eventwindow.report.language import p_value, percent

VIEWS = ["group", "benchmark", "n", "caar", "p_value"]


def benchmark(context: Context) -> Iterator[Block]:
    """The span of the answers, the treated and the groups beside them; who is left out."""
    for sentence in (_span(context), _treated(context), _untreated(context)):
        if sentence:
            yield Paragraph(sentence)
    yield Picture("benchmarks")
    yield from _sets(context)


@of_result
def group_views(context: Context) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The groups against the study's benchmark, and against it without the treated (no row without any), by group."""
    table = context.table("group_views", *VIEWS)
    groups = set(context.groups) & set(table["group"]) or set(table["group"])
    mine = table[table["group"].isin(groups)].set_index("group")
    plain = str(mine["benchmark"].iloc[0]) if len(mine) else ""
    return mine[mine["benchmark"] == plain], mine[mine["benchmark"] == plain + REMARK]


def treated(context: Context) -> tuple[str, ...]:
    """The stocks that the study takes for treated: those it names, else the headline's."""
    named = context.study["robustness"]["treated"]
    return members(context, named) if named else tuple(context.result.run["headline"]["members"])


def members(context: Context, named: Collection[str]) -> tuple[str, ...]:
    baskets = context.result.evidence.baskets
    return tuple(dict.fromkeys(s for name in named for s in baskets.get(name, (name,))))


def shown(context: Context, rows: pd.DataFrame) -> str:
    """Groups with their mean and p: controls +3.5 % (p = 0.004)."""
    parts = [
        context.language.text(
            "benchmark.group", name=context.group_name(str(g)), mean=percent(r["caar"]), p=p_value(r["p_value"])
        )
        for g, r in rows.iterrows()
    ]
    return context.language.listed(parts)


def _span(context: Context) -> Markup:
    views = benchmark_data(context)
    mine = views[views["security"] == context.leads[0]].sort_values("car")
    if len(mine) < 2:
        return Markup("")
    low, high = mine.iloc[0], mine.iloc[-1]
    return context.language.say(
        "benchmark.range",
        name=context.name(context.leads[0]),
        n=len(mine),
        low=percent(low["car"]),
        high=percent(high["car"]),
        by=benchmark_name(context, str(low["benchmark"])),
        to=benchmark_name(context, str(high["benchmark"])),
    )


def _treated(context: Context) -> Markup:
    """How much of the benchmark's own move on day 0 the treated stocks account for."""
    table = context.table("treated", "date")
    rows = table[table["date"] == context.day_zero]
    if rows.empty or pd.isna(rows.iloc[0]["share_explained"]):
        return Markup("")
    row = rows.iloc[0]
    return context.language.say(
        "benchmark.treated",
        n=len(context.result.tables["treated_stocks"]),
        weight=percent(row["treated_weight"], sign=False),
        contribution=percent(row["treated_contribution"]),
        whole=percent(row["benchmark_return"]),
        share=percent(row["share_explained"], 0, sign=False),
        rest=percent(row["return_without_treated"]),
    )


def _untreated(context: Context) -> Markup:
    """Why groups without any treated stock have an abnormal return: how much of it the benchmark makes."""
    plain, without = group_views(context)
    ours, baskets = set(treated(context)), context.result.evidence.baskets
    apart = [g for g in plain.index if g in without.index and not ours & set(baskets[str(g)])]
    moved = plain.loc[apart][plain.loc[apart, "p_value"] < LEVEL]
    if moved.empty:
        return Markup("")
    after, say = without.loc[moved.index], context.language.say
    smaller = bool((after["caar"].abs() < moved["caar"].abs()).all())
    still = [context.group_name(str(g)) for g in after.index[after["p_value"] < LEVEL]]
    sentences = [
        say("benchmark.apart", before=shown(context, moved)),
        say("benchmark.part" if smaller else "benchmark.no_part", after=shown(context, after)),
        say("benchmark.still", names=context.language.listed(still)) if still else say("benchmark.gone"),
    ]
    return context.language.sentences(*sentences)


def _sets(context: Context) -> Iterator[Table]:
    """Which stocks are left out of the market's figures, under which name; nothing where all are counted."""
    stocks, say = context.table("treated_stocks"), context.language.say
    rows: list[tuple[str, ...]] = []
    if len(stocks):
        table = context.result.tables["treated"]
        rest = table.loc[table["date"] == context.day_zero, "return_without_treated"].iloc[0]
        figures = (percent(stocks["weight"].sum(), sign=False), _in_panel(context, treated(context)), percent(rest))
        rows.append((say("benchmark.the_treated"), ", ".join(stocks["security"]), str(len(stocks)), *figures))
    rows += [_left_out(context, named, verdicts) for named, verdicts in _statements(context).items()]
    head = tuple(say(f"benchmark.{key}") for key in ("set", "stocks", "n", "weight", "panel", "without"))
    if rows:
        yield Table(say("benchmark.sets"), "L L3 r r r r", head, tuple(rows), say("benchmark.sets_note"))


def _in_panel(context: Context, symbols: Collection[str]) -> str:
    form = context.study.get("counterfactual")
    panel = context.result.evidence.tables.get(form["panel"] if form else "panel", pd.DataFrame())
    return str(len(set(symbols) & set(panel.columns))) if len(panel) else "–"


def _statements(context: Context) -> Mapping[tuple[str, ...], list[Verdict]]:
    """Statements and panels on the market that leave stocks out, by the stocks that they leave out."""
    found: dict[tuple[str, ...], list[Verdict]] = {}
    for verdict in judged(context.result):
        measure = verdict.claim.measure
        if isinstance(measure, PanelBreadth) and measure.treated and measure.figure != "equal_less_index":
            found.setdefault(members(context, measure.treated), []).append(verdict)
    return found


def _left_out(context: Context, named: tuple[str, ...], verdicts: list[Verdict]) -> tuple[str, ...]:
    """A set's row; weight and index without it come from the statements on the index."""
    say, weights = context.language.say, context.result.evidence.tables.get("weights", pd.DataFrame({"symbol": []}))
    weighed = [s for s in named if s in set(weights["symbol"])]
    found = [v.measured for v in verdicts if v.measured and getattr(v.claim.measure, "figure", "") == "without_treated"]
    weight = found[0].parts["weight"].value if found else None
    ids = context.language.listed([v.claim.id for v in verdicts])
    figures = (percent(weight, sign=False) or "–", _in_panel(context, named))
    rest = percent(found[0].value) if found else "–"
    return (say("benchmark.left_out", ids=ids), ", ".join(weighed), str(len(weighed)), *figures, rest)
