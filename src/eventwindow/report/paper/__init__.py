"""The report as the typesetter prints it: the page's sections, block by block, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eventwindow.report import sections
from eventwindow.report.context import Subject
from eventwindow.report.figures.chart import Chart
from eventwindow.report.paper.appendix import appendix
from eventwindow.report.paper.blocks import Block, runs
from eventwindow.report.paper.chapters import CHAPTERS
from eventwindow.report.sections.verdicts import WORDS

TALL, LOW = 1.15, 0.7  # height over width: above the one a figure has a page, below the other it stands in the text


def paper(subject: Subject, charts: Mapping[str, Chart]) -> dict[str, Any]:
    """All that the template prints."""
    say, data = subject.language.say, sections.data_section(subject)
    chapters = [(key, CHAPTERS[key](subject)) for key in sections.outline(subject, charts)]
    chapters += [("appendix", rest)] if (rest := appendix(subject)) else []
    return {
        "code": subject.language.code,
        "title": subject.title,
        "kicker": f"{say('common.kicker')} · {subject.language.day(subject.day_zero)}",
        "words": _words(subject),
        "finding": [runs(sentence) for sentence in sections.finding(subject)],
        "origins": runs(data["origins"]),
        "figures": {name: _figure(chart) for name, chart in charts.items()},
        "chapters": [{"key": key, "title": sections.title(subject, key), "blocks": blocks} for key, blocks in chapters],
        "made_with": say("common.made_with", version=subject.result.run["versions"]["eventwindow"]),
    }


def _words(subject: Subject) -> Block:
    say = subject.language.text
    keys = {"table": "common.table", "figure": "common.figure", "contents": "common.contents", "said": "board.said"}
    keys |= {"measured": "board.measured", "context": "board.context"}
    verdict = {word: say(f"verdict.{word}") for word in WORDS}
    return {"verdict": verdict, "page": say("paper.page", n="{n}"), **{k: say(v) for k, v in keys.items()}}


def _figure(chart: Chart) -> Block:
    width, height = chart.figure.get_size_inches()
    said = {"title": chart.title, "caption": chart.caption, "alt": chart.alt}
    size = "tall" if height > TALL * width else "low" if height < LOW * width else "middling"
    return {"file": f"{chart.name}.svg", **said, "size": size}
