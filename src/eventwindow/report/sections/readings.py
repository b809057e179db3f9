"""The accounts that articles give of the event, and the points on which they differ, beside what was measured."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from eventwindow.report.blocks import Account, Block, Compared, Heading, Paragraph
from eventwindow.report.context import Context
from eventwindow.report.sections.verdicts import card


def readings(context: Context) -> Iterator[Block]:
    """One entry a reading: what it and its rival predict, the panels, and how far prices can go."""
    say = context.language.say
    if context.result.readings:
        yield Paragraph(say("readings.intro"))
    for judged in context.result.readings:
        words = context.reading_words(judged)
        terms = tuple((say(f"readings.{key}"), words[key]) for key in ("predicts", "rival"))
        panels = tuple(card(context, panel, part=True) for panel in judged.panels)
        yield Account(words["text"], f"{judged.reading.key} · {words['articles']}", words["sentence"], terms, panels)


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
