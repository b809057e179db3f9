"""The story: the answer in two sentences, the days, what held, and the questions a reader asks next."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from markupsafe import Markup, escape

from eventwindow.claims.days import STRANGE_PRICES
from eventwindow.claims.model import WORDS, Verdict
from eventwindow.claims.rules import HOLDS
from eventwindow.claims.verdicts import by_statement, combined, each_statement, unfinished
from eventwindow.errors import file_name
from eventwindow.estimation.returns import price_for_returns
from eventwindow.inference.expected_volatility import unlike
from eventwindow.inference.results import LEVEL
from eventwindow.report.blocks import (
    Block,
    Command,
    Fold,
    Items,
    Only,
    Paragraph,
    Picture,
    Section,
    Table,
    Words,
    linked,
    tagged,
    with_matter,
)
from eventwindow.report.context import Context
from eventwindow.report.figures.news_marks import marks
from eventwindow.report.figures.paths import gaps, last_of_benchmark
from eventwindow.report.figures.prices import prices_data
from eventwindow.report.language import SPACE, percent, points
from eventwindow.report.sections.data import origins
from eventwindow.report.sections.headline import STILL, as_far, basket_sentence, first_sentence, verdict_sentence
from eventwindow.report.sections.market import many, market_part
from eventwindow.report.sections.robustness import what_if
from eventwindow.report.sections.run_up import late_story, late_title
from eventwindow.report.sections.verdicts import failed_part, statement
from eventwindow.study.freeze import frozen_reason

ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
SURPRISING = ("contradicted", "mixed")
ERRED = ("verdict.contradicted", "story.part_wrong", "verdict.mixed")  # the worst first
WHOLE = 0.1  # from here on a move is told in whole per cent
FEW = 2  # links in a cell
LISTED = 4  # securities or days in a sentence
NEAR = pd.Timedelta(days=1)  # what became known about day 0


class Erred(NamedTuple):
    """A statement that did not hold or held in part: its verdict, the claim that shows it."""

    label: str
    verdict: Verdict


def story(context: Context, figures: Collection[str]) -> list[Section]:
    """The sections for which this study has matter; `figures` names the drawn ones."""
    found = (Section(key, _title(context, key), context.once(f"story.{key}", told)) for key, told in STORY.items())
    return with_matter(found, figures)


def _title(context: Context, key: str) -> str:
    return late_title(context) if key == "late" else context.language.text(f"story.{key}")


def answer(context: Context) -> list[Markup]:
    """Sentences without a symbol: what happened, how much of it was the event's, what held; which prices to doubt."""
    return [
        told for told in (_moved(context), _other_days(context), verdict_sentence(context), *_doubts(context)) if told
    ]


def _moved(context: Context) -> Markup:
    name, say = context.members[0], context.language.say
    rows = context.day_rows([name])
    if rows.empty:
        return Markup("")
    row = rows.iloc[0]
    move, abnormal = float(row["actual_return"]), float(row["abnormal_return"])
    values = {"name": context.name(name), "when": context.when(name), "move": _plain(move)}
    if np.isnan(move):
        prices = price_for_returns(context.result.evidence.prices[name])
        key = "story.no_price" if pd.isna(prices.get(row["date"], np.nan)) else "story.no_return"
        return say(key, name=context.name(name), day=context.language.day(row["date"]))
    way = "fell" if move < 0 else "rose"
    if np.isnan(abnormal):
        return say(f"story.{way}_alone", **values)
    usual = "story.usual_mean" if row["model"] == "mean_adjusted" else "story.usual_market"
    usual = context.language.text(usual if context.since(name) is None else f"{usual}_over")
    way = way if (move < 0) == (abnormal < 0) else f"{way}_less"
    key = "story.still" if abs(move) < STILL else f"story.{way}"
    sentence = say(key, **values, abnormal=_plain(abnormal), usual=usual)
    return context.language.clauses(sentence, _how_sure(context, row)) + context.language.text("format.stop")


def _other_days(context: Context) -> Markup:
    """Which of the headline's securities have another day 0 than the first, and which: each exchange has its own."""
    language = context.language
    others = [name for name in context.members if context.day(name) != context.day_zero]
    named = (language.text("story.other_day", name=context.name(s), day=language.day(context.day(s))) for s in others)
    return language.say("story.other_days", list=_few(context, list(named))) if others else Markup("")


def _strange(context: Context, names: Sequence[str]) -> Iterator[str]:
    """Findings on the two closes that day 0's return rests on, of these securities."""
    found = context.table("data_quality", "kind", "security", "date")
    found = found[found["kind"].isin(STRANGE_PRICES | {"repeated_in_window"}) & found["security"].isin(names)]
    rows: Iterator[Any] = found.itertuples()
    for row in rows:
        held = context.result.evidence.prices[str(row.security)].index
        zero = held.searchsorted(
            context.day(str(row.security)) if row.security in context.members else context.day_zero
        )
        place = held.searchsorted(row.date)
        if place == zero or (place == zero - 1 and row.kind in STRANGE_PRICES):
            reason = context.language.reason(row.text_en.value("reason"))
            day = context.language.day(row.date)
            yield context.language.text("story.strange_one", name=context.name(str(row.security)), day=day, why=reason)


def _doubts(context: Context) -> Iterator[Markup]:
    """Sessions without a price, and prices and returns that may be wrong, of the securities that the page tells of."""
    language, names = context.language, dict.fromkeys([*context.members, context.benchmark])
    if lacking := [_lacking(context, name, days) for name, days in gaps(context, names)]:
        yield language.say("story.gaps", list=_few(context, lacking))
    if ended := last_of_benchmark(context):
        yield language.say("story.ended", name=context.name(context.benchmark), day=language.day(ended))
    if strange := list(_strange(context, list(names))):
        yield language.say("story.strange", list=language.clauses(*strange[:LISTED]))
    found = context.table("data_quality", "kind", "security")
    found = found[(found["kind"] == "implausible_return") & found["security"].isin(list(names))]
    if len(found):
        told = [_implausible(context, row) for _, row in found.iterrows()]
        yield language.say("story.implausible", list=_few(context, told))


def _few(context: Context, told: list[str]) -> str:
    more = [context.language.text("story.others", n=len(told) - LISTED)] if len(told) > LISTED else []
    return context.language.listed([*told[:LISTED], *more])


def _lacking(context: Context, security: str, days: pd.DatetimeIndex) -> str:
    language, name = context.language, context.name(security)
    if len(days) <= LISTED:
        return language.text("story.gap", name=name, days=language.listed([language.day(day) for day in days]))
    ends = {"first": language.day(days[0]), "last": language.day(days[-1])}
    return language.text("story.gap_many", name=name, n=len(days), **ends)


def _implausible(context: Context, found: pd.Series) -> str:
    value = percent(found["text_en"].value("reason").value("value"))
    name, day = context.name(str(found["security"])), context.language.day(found["date"])
    return context.language.text("story.doubted", name=name, day=day, value=value)


def _how_sure(context: Context, row: pd.Series) -> Markup:
    """How many ordinary days were as far from what was expected; where none were counted, what the interval says."""
    counted = as_far(row)
    if counted is None:
        sure = float(row["low"]) > 0 or float(row["high"]) < 0
        return context.language.say("story.is_sure" if sure else "story.is_unsure")
    days, n = counted
    usual = row["p_leading"] > LEVEL
    key = "story.as_far_usual" if usual else "story.as_far" if n else "story.as_far_none"
    scaled = context.language.text("story.scaled") if unlike(row["volatility_ratio"]) else ""
    return context.language.say(key, n=n, days=days, scaled=scaled)


def _plain(value: float) -> str:
    """Per cent as a person says it: whole where large."""
    return points(value, 0 if round(abs(value), 3) >= WHOLE else 1)


def days(context: Context) -> Iterator[Block]:
    """One picture of the days, and what was known when: every event, and the other news about day 0."""
    yield Picture("prices")
    shown = marks(context)
    named = shown["what"] != shown["date"].map(context.language.day)  # an event that its day alone names tells no more
    near = (((shown["session"] - context.day_zero).abs() <= NEAR) | (shown["kind"] == "event")) & named
    if near.any():
        yield _news(context, shown[near])
    others = shown[~near & named & shown["session"].isin(prices_data(context).index)]
    if len(others):
        yield Only("html", (Fold(context.language.text("story.other_news"), (_news(context, others),)),))


def _news(context: Context, rows: pd.DataFrame) -> Items:
    """A line an event or piece of news: its day, its number in the picture, what it was."""
    day, rows = context.language.short_day, rows.sort_values("date", kind="stable")
    return Items(
        tuple(
            Markup("{} {}{}").format(tagged("faint", day(r.date)), _number(r.number), r.what) for r in rows.itertuples()
        )
    )


def _number(number: object) -> str:
    return f"({number}) " if number else ""


def scorecard(context: Context) -> Iterator[Block]:
    """An article a row: outlet, date, how much held, and where it erred."""
    say = context.language.say
    scored = ((article, score(context, article["key"])) for article in context.result.articles)
    rows = [_scored(context, article, *found) for article, found in scored if found]
    if not rows:
        return
    head = tuple(say(f"story.{key}") for key in ("article", "dated", "what_held", "erred"))
    caption, note = say("story.scorecard_caption"), say("story.scorecard_note")
    yield Table(caption, "L l d L2", head, tuple(rows), note, look="stacked")


def score(context: Context, article: str) -> tuple[str, list[Erred]] | None:
    """How many statements of an article held, of those that could be tested, in words; which did not, or in part."""
    mine = [v for v in context.result.verdicts if v.claim.article == article]
    counts: Counter[str] = Counter(word for _, word in by_statement(mine))
    unread = unfinished(mine)
    tested = sum(counts[w] for w in WORDS if w not in ("not_testable", "not_rated")) - unread
    left, held = counts["open"] - unread, sum(counts[w] for w in HOLDS)
    say = context.language.text
    told = [say("story.of_open" if left else "story.of", n=held, all=tested, left=left)] if tested else []
    told += [say("story.n_unfinished", n=unread)] if unread else []
    said = str(context.language.clauses(*told)) if told else say("story.none_tested")
    return (said, _erred(context, mine)) if mine else None


def _erred(context: Context, mine: Sequence[Verdict]) -> list[Erred]:
    """A line a statement, as often as its verdict is counted; of one whose claims differ, the claim that fails."""
    found: dict[str, list[Erred]] = {label: [] for label in ERRED}
    for claims in each_statement(mine):
        whole = combined([v.word for v in claims])
        if whole in SURPRISING:
            worst = next(v for word in SURPRISING for v in claims if v.word == word)
            label = f"verdict.{whole}" if worst.word == whole else "story.part_wrong"
            found[label].append(Erred(context.language.text(label), worst))
    return [one for label in ERRED for one in found[label]]


def _scored(context: Context, article: Mapping[str, object], said: str, wrong: list[Erred]) -> tuple[Words, ...]:
    """Its title with what it is, its date, how many held of those that could be tested, and what did not."""
    language = context.language
    title = str(context.article_titles.get(str(article["key"]), article["key"]))
    outlet = _outlet(context, article)
    links = [_wrong(context, v) for v in wrong[:FEW]]
    more = len(wrong) - len(links)
    if more > 0:
        links.append(linked(appendix_page(context, "verdicts"), language.say("story.more", n=more)))
    address = address_of(article)
    shown: Words = linked(address, title) if address else title
    name = Markup("{}<small>{}</small>").format(shown, outlet) if outlet else Markup("{}").format(shown)
    dated = _dated(context, article)
    if ISO.fullmatch(str(article.get("dated"))):
        dated = dated.replace(" ", SPACE)  # a day stays on its line
    return name, dated, said, Markup(" ").join(links) if links else "–"


def _wrong(context: Context, erred: Erred) -> Markup:
    """The verdict, the statement, and what was measured instead: of it, or of its part that does not hold."""
    verdict = erred.verdict
    page = file_name(context.language.code, f"claims/{verdict.claim.id}")
    link = linked(page, context.verdict_words(verdict)["text"])
    said = Markup("{} {}").format(tagged("faint", erred.label), link)
    measured = statement(context, verdict.claim.id).measured or failed_part(context, verdict, asked=False)
    return Markup("{} \u2192 {}").format(said, measured) if measured else said


def sure(context: Context) -> Iterator[Block]:
    """On the page without the words of tests, which the appendix holds; on paper, where it stands once, with them."""
    short = [told for told in (first_sentence(context, whole=False), basket_sentence(context, test=False)) if told]
    if short:
        short.append(context.language.say("story.p_says"))
        yield from (Only(medium, tuple(map(Paragraph, short))) for medium in ("html", "markdown"))
        paper = (first_sentence(context), basket_sentence(context))
        yield Only("typst", tuple(Paragraph(told) for told in paper if told))
    yield Picture("permutation")
    yield from what_if(context)


def market(context: Context) -> Iterator[Block]:
    if told := many(context) or market_part(context):
        yield Paragraph(told)


def gained(context: Context) -> Iterator[Block]:
    yield Picture("gains")


def late(context: Context) -> Iterator[Block]:
    yield from (Paragraph(told) for told in late_story(context))


def back(context: Context) -> Iterator[Block]:
    yield Picture("recovery")


def limits(context: Context) -> Iterator[Block]:
    """What prices cannot say: how many statements, and of what kind."""
    say, said = context.language.say, by_statement(context.result.verdicts)
    counts = Counter(word for _, word in said)
    kinds = {"untraded": counts["not_testable"], "opinions": counts["not_rated"]}
    if n := sum(kinds.values()):
        link = linked(appendix_page(context, "verdicts"), say("story.listed"))
        told = context.language.clauses(*(say(f"story.{kind}", n=k) for kind, k in kinds.items() if k))
        yield Paragraph(context.language.sentences(say("story.cannot", n=n, all=len(said), told=told), link))
    if context.result.readings:
        link = linked(appendix_page(context, "readings"), say("story.readings_link"))
        yield Paragraph(context.language.sentences(say("story.readings", n=len(context.result.readings)), link))


def about(context: Context) -> Iterator[Block]:
    """Data, method and limits in a paragraph each, with links into the appendix."""
    say, windows = context.language.say, context.study["windows"]
    estimation = {"start": -windows["estimation"][0], "end": -windows["estimation"][1]}
    values = {
        "data": context.language.sentences(say(f"story.data{context.dividends}"), origins(context)),
        "method": say("story.method_text", **estimation),
        "robustness": say("story.limits_text"),
    }
    for key, text in values.items():
        if key == "robustness" and context.table(key).empty:  # the appendix has no such section then
            yield Paragraph(text)
            continue
        link = linked(appendix_page(context, key), say(f"story.more_{key}"))
        yield Paragraph(context.language.sentences(text, link))


def colophon(context: Context) -> Iterator[Block]:
    """Of when the figures are, how to cite it, which names who made it, and how to make it again."""
    say, run = context.language.say, context.result.run
    version, last = run["versions"]["eventwindow"], max(str(p["last"]) for p in run["prices"].values())
    cite = say("story.cite", title=context.title, version=version)
    frozen = (escape(context.language.reason(frozen_reason(run["frozen"]))),) if "frozen" in run else ()
    yield Items((*frozen, say("story.last", day=context.language.day(last)), cite))
    yield Paragraph(say("story.again"))
    yield Command(context.again)
    yield Only("html", (Paragraph(linked(appendix_page(context), say("story.appendix"))),))


def _outlet(context: Context, article: Mapping[str, object]) -> str:
    """What kind of text it is, where it stood, and what of that could not be found."""
    pick = context.language.either
    what, note = (pick(article.get(f"{key}_en"), article.get(f"{key}_zh")) for key in ("what", "note"))
    return " · ".join(filter(None, (what, pick(article.get("outlet"), article.get("outlet_zh")), note)))


def address_of(article: Mapping[str, object]) -> str:
    address = str(article.get("address") or "")
    return address if address.startswith(("https://", "http://")) else ""


def _dated(context: Context, article: Mapping[str, object]) -> str:
    dated, language = str(article.get("dated") or ""), context.language
    if ISO.fullmatch(dated):
        return language.day(dated)
    if dated and not any(map(str.isalpha, dated)):  # a month, a year
        return dated
    return language.either(dated, article.get("dated_zh") or language.text("story.undated"))


def told_by(context: Context, key: str, article: Mapping[str, object]) -> str:
    """Who said it and when, as far as the ledger tells: title, outlet, date."""
    title = context.article_titles.get(key, key)
    sentences = [title, _outlet(context, article), _dated(context, article)]
    return " · ".join(word for word in sentences if word)


def appendix_page(context: Context, section: str = "") -> str:
    page = file_name(context.language.code, "appendix")
    return f"{page}#{section}" if section else page


STORY: dict[str, Callable[[Context], Iterator[Block]]] = {
    "days": days,
    "scorecard": scorecard,
    "how_sure": sure,
    "market": market,
    "gained": gained,
    "late": late,
    "came_back": back,
    "limits": limits,
    "about": about,
    "colophon": colophon,
}
__all__ = ["answer", "appendix_page", "score", "story"]
