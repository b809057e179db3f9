"""The summary for pasting: the finding, the verdicts that surprise, day 0, what it says, and the tests, as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import unescape

from eventwindow.report import sections
from eventwindow.report.context import Context

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")
SURPRISING = ("contradicted", "partly")
TAG = re.compile(r"<[^>]+>")


def markdown(context: Context) -> str:
    """The whole summary; texts of the study are escaped."""
    parts = [f"# {plain(context.title)}", *(words(sentence) for sentence in sections.finding(context))]
    if context.result.verdicts:
        parts += _verdicts(context)
    parts += [*_day_zero(context), *_told(context), *_tests(context)]
    parts += [words(sections.data_section(context)["origins"])]
    return "\n\n".join(parts) + "\n"


def _verdicts(context: Context) -> list[str]:
    say, board = context.language.text, sections.board_section(context)
    head = [say("board.article"), *(say(f"verdict.{word}") for word in board["words"])]
    counts = [[key, *map(str, board["counts"][key])] for key, _ in board["articles"]]
    rows = [
        [say(f"verdict.{line.word}"), f"{line.id}: {line.text}", line.said, line.measured]
        for word, lines in board["groups"]
        if word in SURPRISING
        for line in lines
    ]
    columns = [say(f"board.{key}") for key in ("verdict", "claim", "said", "measured")]
    told = [table(columns, rows)] if rows else []
    return [f"## {say('section.verdicts')}", table(head, counts, numbers=4), *told]


def _day_zero(context: Context) -> list[str]:
    say = context.language.text
    keys = ("actual", "expected", "ar", "interval", "p_sq")
    head = [say("abnormal.security"), *(unescape(say(f"abnormal.{key}")) for key in keys)]
    rows = [[row["name"], *(row[key] for key in keys)] for row in sections.abnormal_section(context)["lead"]]
    caption = say("abnormal.table", event=context.event_name(context.event), day=context.language.day(context.day_zero))
    return [f"## {say('section.abnormal')}", plain(caption), table(head, rows, numbers=5)]


def _told(context: Context) -> list[str]:
    """Whether it was the whole market, and why so late, where the page has sections of it."""
    found = {"market": sections.market_section(context), "late": sections.late_section(context)}
    held = {key: section["sentences"] for key, section in found.items() if key in sections.outline(context, ())}
    return [text for key, told in held.items() for text in (f"## {sections.title(context, key)}", *map(words, told))]


def _tests(context: Context) -> list[str]:
    say, found = context.language.text, sections.inference_section(context)
    head = [say(f"tests.{key}") for key in ("test", "statistic", "p", "reference")]
    rows = [[row[key] for key in ("name", "statistic", "p", "reference")] for row in found["valid"]]
    return [f"## {say('section.tests')}", table(head, rows)] if rows else []


def table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: int = 0) -> str:
    """A Markdown table; the last `numbers` columns are set to the right."""
    rule = ["---"] * (len(head) - numbers) + ["---:"] * numbers
    body = [[plain(cell) for cell in row] for row in rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in ([plain(h) for h in head], rule, *body))


def plain(text: str) -> str:
    """A text of the study with what Markdown would take for markup escaped."""
    return SPECIAL.sub(r"\\\1", " ".join(str(text).split()))


def words(sentence: object) -> str:
    """A sentence of the page without its tags; bold stays bold."""
    pieces = re.split(r"(</?strong>)", str(sentence))
    kept = ["**" if p in ("<strong>", "</strong>") else plain(unescape(TAG.sub("", p))) + _space(p) for p in pieces]
    return "".join(_lead(p) + k for p, k in zip(pieces, kept, strict=True)).strip()


def _space(piece: str) -> str:
    return " " if piece.endswith(" ") and piece.strip() else ""


def _lead(piece: str) -> str:
    return " " if piece.startswith(" ") and piece.strip() else ""
