"""The verdict board: every statement with what was said, what was measured, the verdict and the rule behind it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eventwindow.claims.model import Verdict
from eventwindow.claims.wording import figure
from eventwindow.report.context import Context, every_verdict, once
from eventwindow.report.language import p_value, percent
from eventwindow.report.sections.strip import Marks, marks_of

WORDS = ("confirmed", "partly", "contradicted", "not_testable")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
SHOWN = ("contradicted", "partly", "confirmed", "not_testable")  # what a reader did not expect comes first


@dataclass(frozen=True, slots=True)
class Line:
    """A statement as the board prints it; texts in the reader's language, parts below it."""

    id: str
    article: str
    security: str
    name: str
    text: str
    said: str
    measured: str
    word: str
    decides: bool
    reason: str
    rule: str
    changes: str
    measure: str
    measure_name: str
    figures: tuple[tuple[str, str], ...]
    effect: tuple[tuple[str, str], ...]
    strip: Marks | None
    parts: tuple[Line, ...]

    @property
    def evidence(self) -> str:
        """The reason; of a compound statement, what it adds to the reasons of its parts."""
        return self.reason.rpartition(self.parts[-1].reason)[2].strip() if self.parts else self.reason


@once
def board_section(context: Context) -> dict[str, Any]:
    """Lines by verdict, counts by article, and what there is to filter by."""
    lines = [line_of(context, v) for v in context.result.verdicts]
    titles = article_titles(context)
    spoken = {v.claim.security for v in every_verdict(context.result.verdicts)} - {""}
    articles = list(dict.fromkeys(line.article for line in lines))
    counts = Counter((line.article, line.word) for line in lines)
    return {
        "groups": [(word, found) for word in SHOWN if (found := [line for line in lines if line.word == word])],
        "words": WORDS,
        "articles": [(key, titles.get(key, key)) for key in articles],
        "counts": {key: [counts[key, word] for word in WORDS] for key in articles},
        "securities": sorted(((s, context.full_name(s)) for s in spoken), key=lambda pair: pair[1].casefold()),
    }


def article_titles(context: Context) -> Mapping[str, str]:
    """Key → title in the reader's language, of the articles."""
    return {a["key"]: context.language.pick(a["title_en"], a["title_zh"]) for a in context.result.articles}


def line_of(context: Context, verdict: Verdict, part: bool = False) -> Line:
    """The line of a statement; the label of a part or panel names a figure, so what was asked of it stands beside."""
    claim, language = verdict.claim, context.language
    text, asked = language.pick(claim.text_en, claim.text_zh), language.pick(verdict.asked_en, verdict.asked_zh)
    return Line(
        claim.id,
        claim.article,
        " ".join(sorted({v.claim.security for v in every_verdict([verdict])} - {""})),
        context.name(claim.security) if claim.security else "",
        language.text("board.asked", text=text, asked=asked) if part and asked else text,
        language.pick(claim.stated_text, claim.stated_text_zh),
        _measured(context, verdict),
        verdict.word,
        claim.decides,
        language.pick(verdict.reason_en, verdict.reason_zh),
        language.pick(verdict.rule, verdict.rule_zh),
        language.pick(verdict.changes_en, verdict.changes_zh),
        claim.measure_name,
        language.text(f"measure.{claim.measure_name}") if claim.measure_name else "",
        _figures(context, verdict),
        _effect(context, verdict),
        marks_of(verdict),
        tuple(line_of(context, v, part=True) for v in verdict.parts),
    )


def _measured(context: Context, verdict: Verdict) -> str:
    found = verdict.measured
    if found is None or verdict.parts or verdict.word == "not_testable":
        return ""
    if found.interval is not None:
        return " … ".join(figure(edge, found.unit, context.language.zh) for edge in found.interval)
    if found.value is None:
        return ""
    return figure(found.value, found.unit, context.language.zh)


def _figures(context: Context, verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """What a measured value is made of, named and with units; of a compound statement it stands in the parts."""
    parts = {} if verdict.measured is None or verdict.parts else verdict.measured.parts
    return tuple((_name(context, key), figure(*part, context.language.zh)) for key, part in parts.items())


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
    rows = [(say("board.p_value"), p_value(effect.p_value))]
    if verdict.p_family is not None:
        rows.append((say("board.p_family"), p_value(verdict.p_family)))
    if verdict.specifications is not None:
        share = percent(verdict.specifications.significant, 0, sign=False)
        rows.append((say("board.specifications", n=verdict.specifications.number), share))
    rows.append((say("board.detectable"), figure(effect.detectable, unit, context.language.zh).lstrip("+")))
    return tuple(rows)
