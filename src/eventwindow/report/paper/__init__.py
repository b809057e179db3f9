"""The report as the typesetter prints it: the page's sections, block by block, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eventwindow.report import sections
from eventwindow.report.context import Context
from eventwindow.report.figures.chart import Chart
from eventwindow.report.paper.appendix import appendix
from eventwindow.report.paper.blocks import Block, runs
from eventwindow.report.paper.chapters import CHAPTERS
from eventwindow.report.sections.verdicts import WORDS

TALL, LOW = 1.15, 0.7  # height over width: above the one a figure has a page, below the other it stands in the text


def paper(context: Context, charts: Mapping[str, Chart]) -> dict[str, Any]:
    """All that the template prints."""
    say, data = context.language.say, sections.data_section(context)
    chapters = [(key, CHAPTERS[key](context)) for key in sections.outline(context, charts)]
    chapters += [("appendix", rest)] if (rest := appendix(context)) else []
    return {
        "code": context.language.code,
        "title": context.title,
        "kicker": f"{say('common.kicker')} · {context.language.day(context.day_zero)}",
        "words": _words(context),
        "finding": [runs(sentence) for sentence in sections.finding(context)],
        "origins": runs(data["origins"]),
        "figures": {name: _figure(chart) for name, chart in charts.items()},
        "chapters": [{"key": key, "title": sections.title(context, key), "blocks": blocks} for key, blocks in chapters],
        "made_with": say("common.made_with", version=context.result.run["versions"]["eventwindow"]),
    }


def _words(context: Context) -> Block:
    say = context.language.text
    keys = {"table": "common.table", "figure": "common.figure", "contents": "common.contents", "said": "board.said"}
    keys |= {"measured": "board.measured", "context": "board.context"}
    verdict = {word: say(f"verdict.{word}") for word in WORDS}
    return {"verdict": verdict, "page": say("paper.page", n="{n}"), **{k: say(v) for k, v in keys.items()}}


def _figure(chart: Chart) -> Block:
    width, height = chart.figure.get_size_inches()
    said = {"title": chart.title, "caption": chart.caption, "alt": chart.alt}
    size = "tall" if height > TALL * width else "low" if height < LOW * width else "middling"
    return {"file": f"{chart.name}.svg", **said, "size": size}
