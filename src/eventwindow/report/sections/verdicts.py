"""Every statement with its verdict and the rule behind it; the accounts of the event, and where articles differ."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from eventwindow.claims.measures.reported import Reported
from eventwindow.claims.model import WORDS, Claim, Verdict
from eventwindow.claims.readings import JudgedReading
from eventwindow.claims.rounding import HEDGES
from eventwindow.claims.rules import RULES_DATE, RULES_VERSION, sizes
from eventwindow.claims.verdicts import by_statement
from eventwindow.inference.response import Effect
from eventwindow.inference.results import LEVEL
from eventwindow.inference.shifts import ROUNDING
from eventwindow.inference.single_firm import critical_size
from eventwindow.report.blocks import (
    Account,
    Block,
    Card,
    Cards,
    Compared,
    Filters,
    Fold,
    Heading,
    Interval,
    Legend,
    Only,
    Paragraph,
    Picture,
    Table,
    Words,
    tagged,
)
from eventwindow.report.context import Context, every_verdict
from eventwindow.report.language import p_value, percent

NOTED = ("open", "not_testable", "not_rated")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
FAILED = "contradicted"
SURPRISING = (FAILED, "mixed")  # what a reader did not expect comes first
SHOWN = (*SURPRISING, *(word for word in WORDS if word not in SURPRISING))
SAMPLES = {
    "verdicts.interval_amount": Interval((0.25, 0.5), None, (0.5,), (0.62,), effect=False),
    "verdicts.interval_effect": Interval((0.25, 0.5), 0.5, (), (0.85,), effect=True),
}
Row = tuple[Words, ...]


def verdicts(context: Context) -> Iterator[Block]:
    cards, say = statements(context), context.language.say
    if not cards:
        return
    rules = {"version": RULES_VERSION, "dated": RULES_DATE}
    yield Only("html", (Paragraph(say("verdicts.intro", **rules)),))
    yield Only("typst", (Paragraph(say("paper.verdicts", **rules)),))
    if (n := len(by_statement(context.result.verdicts))) < len(cards):
        yield Paragraph(say("verdicts.lines", n=n, lines=len(cards)))
    yield _counts(context)
    yield Picture("claims")
    legend = Legend(tuple((sample, say(key)) for key, sample in SAMPLES.items()))
    yield Only("html", (_filters(context, cards),))
    yield Only("typst", (legend, *_made_of(context, cards)))
    for word in SHOWN:
        if mine := tuple(card for card in cards if card.label == word):
            note = say(f"verdicts.note_{word}") if word in NOTED else ""
            yield Cards(word, say(f"verdicts.group_{word}", n=len(mine)), note, mine, word in SURPRISING)


def statements(context: Context) -> tuple[Card, ...]:
    return context.once("cards", lambda context: (card(context, v) for v in context.result.verdicts))


def statement(context: Context, claim: str) -> Card:
    """The card of one claim."""
    return next(held for held in statements(context) if held.id == claim)


def failed_part(context: Context, verdict: Verdict, *, asked: bool) -> str:
    """Of a statement that holds in part the part that does not, with what was measured and what was `asked` of it."""
    cards = statement(context, verdict.claim.id).parts if verdict.word == "mixed" else ()
    lost = ((v, card) for v, card in zip(verdict.parts, cards, strict=False) if card.decides and v.word == FAILED)
    for part, card in lost:
        found = part.measured
        share = found.value if found and found.unit == "share" else None
        figure = card.measured if share is None else context.figure(share, "share")
        text = card.text if asked else context.verdict_words(part)["text"]
        return context.language.text("story.part", text=text, measured=figure)
    return ""


def _counts(context: Context) -> Table:
    say, titles = context.language.say, context.article_titles
    counts = Counter(by_statement(context.result.verdicts))
    badges = (tagged(f"badge {word}", say(f"verdict.{word}")) for word in WORDS)
    rows = tuple(
        (_article(key, titles.get(key, key)), *(str(counts[key, word] or "") for word in WORDS))
        for key in dict.fromkeys(article for article, _ in counts)
    )
    head = (say("verdicts.article"), *badges)
    return Table(say("verdicts.summary"), "L" + " r" * len(WORDS), head, rows, look="counts")


def _article(key: str, title: str) -> Words:
    return key if key == title else Markup("{} {}").format(key, tagged("faint", title))


def _filters(context: Context, cards: Iterable[Card]) -> Filters:
    say, titles = context.language.say, context.article_titles
    articles = tuple((key, _plain_title(key, titles)) for key in dict.fromkeys(card.article for card in cards))
    spoken = {v.claim.security for v in every_verdict(context.result.verdicts)} - {""}
    securities = sorted(((s, context.full_name(s)) for s in spoken), key=lambda pair: pair[1].casefold())
    words = tuple((word, context.language.text(f"verdict.{word}")) for word in WORDS)
    held = {"article": articles, "verdict": words, "security": tuple(securities)}
    return Filters(tuple((name, say(f"verdicts.{name}"), options) for name, options in held.items()))


def _plain_title(key: str, titles: dict[str, str]) -> str:
    title = titles.get(key, key)
    return key if key == title else f"{key} {title}"


def card(context: Context, verdict: Verdict, part: bool = False) -> Card:
    """A statement's card; the label of a part or panel names a figure, so what was asked of it stands beside."""
    claim, language, words = verdict.claim, context.language, context.verdict_words(verdict)
    asked = part and words["asked"]
    return Card(
        claim.id,
        claim.article,
        tuple(sorted({v.claim.security for v in every_verdict([verdict])} - {""})),
        context.name(claim.security) if claim.security else "",
        language.text("verdicts.asked", text=words["text"], asked=words["asked"]) if asked else words["text"],
        words["said"],
        _measured(context, verdict),
        verdict.word,
        claim.decides,
        words["context"],
        words["reason"],
        words["rule"],
        words["changes"],
        claim.measure_name,
        language.text(f"measure.{claim.measure_name}") if claim.measure_name else "",
        _figures(context, verdict),
        _effect(context, verdict),
        interval_of(verdict),
        tuple(card(context, v, part=True) for v in verdict.parts),
    )


def _measured(context: Context, verdict: Verdict) -> str:
    found = verdict.measured
    if found is None or verdict.parts:
        return ""
    if isinstance(verdict.claim.measure, Reported) and found.unit == "name":
        return verdict.claim.measure.says
    if found.interval is not None:
        return " … ".join(context.figure(edge, found.unit) for edge in found.interval)
    figure = "" if found.value is None else context.figure(found.value, found.unit)
    key = f"measured.{verdict.claim.measure_name}"  # a share says of what
    of_what = figure and found.unit == "share" and context.language.has(key)
    return context.language.text(key, figure=figure) if of_what else figure


def _figures(context: Context, verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """What a measured value is made of, named and with units; of a compound statement it stands in the parts."""
    parts = {} if verdict.measured is None or verdict.parts else verdict.measured.parts
    return tuple((_name(context, key), context.figure(*part)) for key, part in parts.items())


def _name(context: Context, key: str) -> str:
    """The name of a figure: one of the report's own, a security's, a basket's, or a day."""
    if context.language.has(f"part.{key}"):
        return context.language.text(f"part.{key}")
    if key in context.result.evidence.securities.index:
        return context.name(key)
    return context.language.short_day(key) if DAY.fullmatch(key) else context.group_name(key)


def _effect(context: Context, verdict: Verdict) -> tuple[tuple[str, str], ...]:
    effect = None if verdict.measured is None or verdict.parts else verdict.measured.effect
    if effect is None or verdict.measured is None:
        return ()
    say, unit = context.language.text, verdict.measured.unit
    rows = [(say("verdicts.p_value"), p_value(effect.p_value))]
    if verdict.p_family is not None:
        rows.append((say("verdicts.p_family"), p_value(verdict.p_family)))
    if verdict.specifications is not None:
        share = percent(verdict.specifications.significant, 0, sign=False)
        rows.append((say("verdicts.specifications", n=verdict.specifications.number), share))
    rows.append((say("verdicts.detectable"), context.figure(effect.detectable, unit).lstrip("+")))
    return tuple(rows)


def _made_of(context: Context, cards: Iterable[Card]) -> Iterator[Fold]:
    """What each verdict that rests on a measure of its own is made of, panels of readings among them."""
    say = context.language.say
    panels = [panel for judged in context.result.readings for panel in _panels(context, judged)]
    rows = tuple(_made(context, leaf) for leaf in _leaves([*cards, *panels]))
    keys = ("verdicts.claim", "verdicts.measure", "tests.p", "paper.corrected", "paper.share", "abnormal.detectable")
    head = tuple(map(say, (*keys, "verdicts.parts")))
    if rows:
        made = Table(say("paper.made_of"), "l L r r r r L2", head, rows, say("paper.made_of_note"), "made-of")
        yield Fold(say("paper.figures"), (made,))


def _made(context: Context, leaf: Card) -> Row:
    say, told = context.language.text, dict(leaf.effect)
    p, family, detectable = (told.pop(say(f"verdicts.{key}"), "") for key in ("p_value", "p_family", "detectable"))
    pieces = [Markup("{}{}").format(tagged("faint", f"{name} "), value) for name, value in leaf.figures]
    return leaf.id, leaf.measure_name, p, family, "".join(told.values()), detectable, Markup("\u2003").join(pieces)


def _leaves(cards: Iterable[Card]) -> Iterator[Card]:
    for one in cards:
        yield from _leaves(one.parts)
        if one.measure and not one.parts:
            yield one


def readings(context: Context) -> Iterator[Block]:
    """One entry a reading: what it and its rival predict, the panels, and how far prices can go."""
    say = context.language.say
    if context.result.readings:
        yield Paragraph(say("readings.intro"))
    for judged in context.result.readings:
        words = context.reading_words(judged)
        terms = tuple((say(f"readings.{key}"), words[key]) for key in ("predicts", "rival"))
        held = f"{judged.reading.key} · {words['articles']}"
        yield Account(words["text"], held, words["sentence"], terms, _panels(context, judged))


def _panels(context: Context, judged: JudgedReading) -> tuple[Card, ...]:
    """The panels of a reading, for its account and for the table of what verdicts are made of."""
    key = f"panels.{judged.reading.key}"
    return context.once(key, lambda c: (card(c, panel, part=True) for panel in judged.panels))


def beside(context: Context, section: str) -> list[Markup]:
    """What prices say of the accounts that bear on `section`, a sentence each."""
    found = [context.reading_words(judged) for judged in context.result.readings if judged.reading.section == section]
    return [
        context.language.say("readings.beside", **{key: words[key] for key in ("text", "articles", "sentence")})
        for words in found
    ]


def disagreements(context: Context) -> Iterator[Block]:
    """One entry a point: what each says, and what was measured beside it."""
    for judged in context.result.disagreements:
        words = context.disagreement_words(judged)
        yield Heading(words["title"])
        yield Paragraph(words["said"])
        claims = tuple(card(context, verdict) for verdict in judged.claims)
        yield Compared(claims, tuple(card(context, verdict, part=True) for verdict in judged.panels))


ROOM = 0.08  # beside the outermost figures, of what lies between them
LEAST = 0.005  # a bar that can be seen, of the width
UNITS = {"decimal", "USD", "share", "price", "ratio", "days", "log"}


@dataclass(frozen=True, slots=True)
class Span:
    """Figures of one axis: a bar from `low` to `high` (either may be endless), ticks where stated, a dot measured.

    The bar is what would confirm an amount; for an effect it is where 95 of 100 ordinary days lie.
    """

    low: float
    high: float
    stated: tuple[float, ...]
    measured: tuple[float, ...]
    effect: bool = False


def span_of(verdict: Verdict) -> Span | None:
    """The picture of a verdict that rests on one figure; None for ranks, compound statements and words."""
    claim, found = verdict.claim, verdict.measured
    if found is None or found.value is None or verdict.parts:
        return None
    if found.effect is not None and claim.hedge in {"effect", "no_effect"} and found.effect.null.size:
        usual = _usual(found.effect, found.value)
        return Span(-usual, usual, (), (found.value,), effect=True)
    if claim.stated is None or found.unit not in UNITS:
        return None
    seen = found.interval or (found.value,)
    if claim.hedge == "direction":
        up = _first(claim) > 0
        return Span(0.0 if up else -math.inf, math.inf if up else 0.0, (), seen)
    if claim.hedge not in HEDGES:
        return None
    sign = -1.0 if _first(claim) < 0 else 1.0
    low, high = sorted(sign * edge for edge in sizes(claim, found.unit).drawn)
    stated = claim.stated if isinstance(claim.stated, tuple) else (claim.stated,)
    return Span(low, high, stated, seen)


def _usual(effect: Effect, value: float) -> float:
    """The size that 95 of 100 ordinary days do not exceed, in the unit of `value`: what lies beyond it, the test finds.

    Over several days the test ranks the value less what the error of forecasts adds to it, the more the longer they
    are: where the value itself would lie on the other side of the edge, the edge moves with it.
    """
    usual = effect.spread * critical_size(np.nan_to_num(np.abs(effect.null)), LEVEL)
    ranked, size = abs(effect.statistic * effect.spread), abs(value)
    if (ranked > usual * (1 + ROUNDING)) == (size > usual * (1 + ROUNDING)):
        return usual
    return size * usual / ranked if ranked else size


def _first(claim: Claim) -> float:
    stated = claim.stated[0] if isinstance(claim.stated, tuple) else claim.stated
    return 0.0 if stated is None else stated


def interval_of(verdict: Verdict) -> Interval | None:
    """The picture of a verdict as places along its width; its figures stand in words beside it."""
    span = span_of(verdict)
    if span is None:
        return None
    anchored = span.effect or not span.stated
    figures = (span.low, span.high, *span.stated, *span.measured, *((0.0,) if anchored else ()))
    points = [v for v in figures if math.isfinite(v)]
    room = ROOM * ((max(points) - min(points)) or 1.0)
    left, right = min(points) - room, max(points) + room

    def place(value: float) -> float:
        return float((min(max(value, left), right) - left) / (right - left))

    low, high = place(span.low), place(span.high)
    return Interval(
        bar=(low, max(high - low, LEAST)),
        zero=place(0.0) if anchored else None,
        ticks=tuple(map(place, span.stated)),
        dots=tuple(map(place, span.measured)),
        effect=span.effect,
    )
