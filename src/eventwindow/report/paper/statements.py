"""Statements on paper: the verdict, its small chart, the evidence, and the rule in small type."""

from __future__ import annotations

from dataclasses import asdict

from eventwindow.report import sections
from eventwindow.report.context import Context
from eventwindow.report.language import Language
from eventwindow.report.paper.appendix import measured
from eventwindow.report.paper.blocks import Block, Runs, heading, joined, note, paragraph, picture, see, styled, table
from eventwindow.report.sections.strip import Marks
from eventwindow.report.sections.verdicts import Line

SAMPLES = {
    "board.strip_amount": Marks((0.25, 0.5), None, (0.5,), (0.62,), effect=False),
    "board.strip_effect": Marks((0.25, 0.5), 0.5, (), (0.85,), effect=True),
}


def verdicts(context: Context) -> list[Block]:
    """The board: counts by article, the ladder, and every statement by verdict."""
    say, board = context.language.say, sections.board_section(context)
    words = board["words"]
    head = [say("board.article"), *(styled(word, say(f"verdict.{word}")) for word in words)]
    titles = {key: key if key == title else f"{key} {title}" for key, title in board["articles"]}
    rows = [[title, *(str(n or "") for n in board["counts"][key])] for key, title in titles.items()]
    blocks = [paragraph(say("paper.board")), table(say("board.summary"), "L r r r r", head, rows), picture("ladder")]
    blocks.append({"kind": "legend", "rows": [_sample(key, context.language) for key in SAMPLES]})
    blocks += [see(say("paper.figures"), "made-of")] if measured(context) else []
    for word, lines in board["groups"]:
        blocks.append(heading(say(f"board.group_{word}", n=len(lines))))
        blocks += [note(say("board.untestable_intro"))] if word == "not_testable" else []
        blocks += [entry(line, context.language, anchor=True) for line in lines]
    return blocks


def _sample(key: str, language: Language) -> Block:
    return {"strip": asdict(SAMPLES[key]), "text": language.text(key)}


def entry(line: Line, language: Language, anchor: bool = False) -> Block:
    """One statement with all that stands behind its verdict, parts below it."""
    return {
        "kind": "entry",
        "label": anchor_of(line) if anchor else "",
        "word": line.word,
        "text": line.text,
        "id": " · ".join(filter(None, (line.id, line.name))) if anchor else "",
        "said": line.said,
        "measured": line.measured,
        "decides": line.decides,
        "strip": asdict(line.strip) if line.strip else None,
        "evidence": line.evidence,
        "small": _behind(line, language),
        "terse": not (line.measure or line.parts),
        "parts": [entry(part, language) for part in line.parts],
    }


def anchor_of(line: Line) -> str:
    """Where a statement of the board stands, for what points to it."""
    return f"claim-{line.id}"


def _behind(line: Line, language: Language) -> Runs:
    """The rule, and what would change the verdict, each named; figures and p-values stand in the appendix."""
    told = {"board.rule": line.rule, "board.changes": line.changes}
    pieces = [joined(styled("faint", f"{language.text(key)}\u2002"), words) for key, words in told.items() if words]
    return joined(*(joined("\u2003" if k else "", piece) for k, piece in enumerate(pieces)))


def readings(context: Context) -> list[Block]:
    """Each account with what it and its rival predict, how far prices lean, and the panels."""
    say = context.language.say
    blocks = [paragraph(say("readings.intro"))]
    for reading in sections.readings_section(context):
        blocks.append(
            {
                "kind": "reading",
                **{key: reading[key] for key in ("text", "sentence")},
                "keys": f"{reading['key']} · {reading['articles']}",
                "terms": [[say(f"readings.{key}"), reading[key]] for key in ("predicts", "rival")],
                "label": say("readings.panels") if reading["panels"] else "",
            }
        )
        blocks += [entry(line, context.language) for line in reading["panels"]]
    return blocks


def disagreements(context: Context) -> list[Block]:
    """Each point with what the articles say, the statements concerned, and what was measured beside them."""
    blocks = []
    for point in sections.disagreements_section(context):
        claims = [{"word": c.word, "id": c.id, "label": anchor_of(c), **_short(c)} for c in point["claims"]]
        panels = [_short(panel) | {"reason": "" if panel.measured else panel.reason} for panel in point["panels"]]
        blocks += [heading(point["title"]), paragraph(point["said"]), {"kind": "beside", "rows": [*claims, *panels]}]
    return blocks


def _short(line: Line) -> Block:
    return {"text": line.text, "measured": line.measured}
