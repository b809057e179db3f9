"""The summary for pasting: the finding, the verdicts that surprise, day 0, what it says, and the tests, as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import unescape

from eventwindow.report import sections
from eventwindow.report.context import Subject

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")
SURPRISING = ("contradicted", "partly")
TAG = re.compile(r"<[^>]+>")


def markdown(subject: Subject) -> str:
    """The whole summary; texts of the study are escaped."""
    parts = [f"# {plain(subject.title)}", *(words(sentence) for sentence in sections.finding(subject))]
    if subject.result.verdicts:
        parts += _verdicts(subject)
    parts += [*_day_zero(subject), *_told(subject), *_tests(subject)]
    parts += [words(sections.data_section(subject)["origins"])]
    return "\n\n".join(parts) + "\n"


def _verdicts(subject: Subject) -> list[str]:
    say, board = subject.language.text, sections.board_section(subject)
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


def _day_zero(subject: Subject) -> list[str]:
    say = subject.language.text
    keys = ("actual", "expected", "ar", "interval", "p_sq")
    head = [say("abnormal.security"), *(unescape(say(f"abnormal.{key}")) for key in keys)]
    rows = [[row["name"], *(row[key] for key in keys)] for row in sections.abnormal_section(subject)["lead"]]
    caption = say("abnormal.table", event=subject.event_name(subject.event), day=subject.language.day(subject.day_zero))
    return [f"## {say('section.abnormal')}", plain(caption), table(head, rows, numbers=5)]


def _told(subject: Subject) -> list[str]:
    """Whether it was the whole market, and why so late, where the page has sections of it."""
    found = {"market": sections.market_section(subject), "late": sections.late_section(subject)}
    held = {key: section["sentences"] for key, section in found.items() if key in sections.outline(subject, ())}
    return [text for key, told in held.items() for text in (f"## {sections.title(subject, key)}", *map(words, told))]


def _tests(subject: Subject) -> list[str]:
    say, found = subject.language.text, sections.inference_section(subject)
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
