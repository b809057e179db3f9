"""For sharing: the scorecard as plain text, and cards of 1200 × 630 px, set by typst (extra `pdf`)."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eventwindow.claims.model import Verdict
from eventwindow.report import sections
from eventwindow.report.blocks import Card
from eventwindow.report.context import Context
from eventwindow.report.html import card_place
from eventwindow.report.markdown import unmarked
from eventwindow.report.typst import page_pictures, runs, settings

ADDRESS = re.compile(r"\s*https?://[^\s)\uff09]+")


def write_cards(context: Context, folder: Path) -> None:
    """The cards of one language below `folder`, each where the page that shows it says."""
    held = {"": _whole(context), **{one.id: _statement(context, one) for one in sections.statements(context)}}
    pictures = page_pictures("cards.typ", settings(context) | {"cards": [*held.values()]}, context.language)
    (folder / "cards" / "claims").mkdir(parents=True, exist_ok=True)
    for claim, picture in zip(held, pictures, strict=True):
        (folder / card_place(context, claim)).write_bytes(picture)


def _whole(context: Context) -> dict[str, Any]:
    """The study's title and the answer."""
    told = [runs(sentence) for sentence in sections.answer(context)]
    kicker, day = context.language.text("common.kicker"), context.language.day(context.day_zero)
    return {"kicker": kicker, "text": context.title, "label": "", "told": told, "foot": day}


def _statement(context: Context, held: Card) -> dict[str, Any]:
    """Who said it, the statement, the verdict and its reason."""
    article = next((a for a in context.result.articles if a["key"] == held.article), {})
    kicker, foot = sections.told_by(context, held.article, article), f"{context.title} · {held.id}"
    return {"kicker": kicker, "text": held.text, "label": held.label, "told": _told(held), "foot": foot}


def _told(held: Card) -> list[str]:
    """The reason without addresses; of a compound statement its context, then the reasons of what decides."""
    parts = [part.reason for part in held.parts if part.decides]
    if held.parts and not parts:  # none decides: what is said of the whole, before its parts
        parts = [held.reason.partition(held.parts[0].text)[0][:-1]]
    context = [held.context] if parts and not parts[0].startswith(held.context) else []
    told = dict.fromkeys([*context, *(parts or [held.reason])])
    return [ADDRESS.sub("", sentence).strip() for sentence in told if sentence.strip()]


def scorecard(context: Context) -> str:
    """The whole for a message or a file: title, answer, articles."""
    answer = [unmarked(sentence) for sentence in sections.answer(context)]
    parts = [context.title, *answer, *("\n".join(lines) for _, lines in scored_articles(context))]
    return context.language.written("\n\n".join(parts) + "\n")


def scored_articles(context: Context) -> Iterator[tuple[str, list[str]]]:
    """The key of each article, and its lines: what it is, how much of what could be tested held, what did not."""
    say, colon = context.language.text, context.language.text("format.typst_colon")
    for article in context.result.articles:
        found = sections.score(context, article["key"])
        if found is None:
            continue
        said, wrong = found
        lines = [
            sections.told_by(context, article["key"], article),
            say("story.what_held") + colon + said,
        ]
        for label, v in wrong:
            told = f"{label}  {v.claim.id}{colon}{context.verdict_words(v)['text']}"
            lines.append(told + _failed(context, v))
        yield article["key"], lines


def _failed(context: Context, verdict: Verdict) -> str:
    """Of a claim that holds in part what does not, with what was asked of it and what was measured."""
    lost = sections.failed_part(context, verdict, asked=True)
    return context.language.text("story.failed", text=lost) if lost else ""
