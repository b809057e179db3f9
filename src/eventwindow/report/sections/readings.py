"""The accounts that articles give of the event, and the points on which they differ, beside what was measured."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from eventwindow.claims.readings import JudgedDisagreement, JudgedReading
from eventwindow.report.context import Context, once
from eventwindow.report.sections.verdicts import line_of


@once
def readings_section(context: Context) -> list[dict[str, Any]]:
    """One entry a reading: what it and its rival predict, the panels, and how far prices can go."""
    return [_reading(context, judged) for judged in context.result.readings]


def _reading(context: Context, judged: JudgedReading) -> dict[str, Any]:
    reading, pick = judged.reading, context.language.pick
    return {
        "key": reading.key,
        "text": pick(reading.text_en, reading.text_zh),
        "articles": ", ".join(reading.articles),
        "predicts": pick(reading.predicts_en, reading.predicts_zh),
        "rival": pick(reading.rival_en, reading.rival_zh),
        "sentence": pick(judged.sentence_en, judged.sentence_zh),
        "panels": [line_of(context, panel, part=True) for panel in judged.panels],
    }


def beside(context: Context, section: str) -> list[Markup]:
    """What prices say of the accounts that bear on `section`, a sentence each."""
    return [
        context.language.say("readings.beside", **{k: found[k] for k in ("text", "articles", "sentence")})
        for judged, found in zip(context.result.readings, readings_section(context), strict=True)
        if judged.reading.section == section
    ]


@once
def disagreements_section(context: Context) -> list[dict[str, Any]]:
    """One entry a point: what each says, and what was measured beside it."""
    return [_disagreement(context, judged) for judged in context.result.disagreements]


def _disagreement(context: Context, judged: JudgedDisagreement) -> dict[str, Any]:
    point, pick = judged.disagreement, context.language.pick
    return {
        "title": pick(point.title_en, point.title_zh),
        "said": pick(point.said_en, point.said_zh),
        "claims": [line_of(context, verdict) for verdict in judged.claims],
        "panels": [line_of(context, verdict, part=True) for verdict in judged.panels],
    }
