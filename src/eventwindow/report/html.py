"""The report as one HTML page: figures inline, nothing remote, the same bytes for the same result."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from eventwindow.claims.records import claim_review
from eventwindow.report import sections
from eventwindow.report.context import Subject
from eventwindow.report.figures.chart import Chart
from eventwindow.report.figures.style import inline_svg, with_shared_glyphs
from eventwindow.report.language import LANGUAGES


@cache
def environment() -> Environment:
    """Templates with autoescape; an undefined name is an error."""
    return Environment(
        loader=PackageLoader("eventwindow.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(subject: Subject, charts: dict[str, Chart], svgs: dict[str, str], languages: Sequence[str] = LANGUAGES) -> str:
    """The whole page as text; `svgs` holds each chart as an SVG file's text, `languages` those that are written."""
    others = [code for code in languages if code != subject.language.code]
    return environment().get_template("report.html.j2").render(**context(subject, charts, svgs), others=others)


def context(subject: Subject, charts: dict[str, Chart], svgs: dict[str, str]) -> dict[str, Any]:
    """All that the template prints."""
    return {
        "subject": subject,
        "language": subject.language,
        "say": subject.language.say,
        "other": other_page(subject),
        "style": _own("report.css"),
        "script": _own("report.js"),
        "figures": _figures(charts, svgs),
        "titles": {key: sections.title(subject, key) for key in sections.outline(subject, charts)},
        "finding": sections.finding(subject),
        "board": sections.board_section(subject) if subject.result.verdicts else None,
        "readings": sections.readings_section(subject),
        "disagreements": sections.disagreements_section(subject),
        "benchmark": sections.benchmark_section(subject),
        "market": sections.market_section(subject),
        "late": sections.late_section(subject),
        "robustness": sections.robustness_section(subject),
        "hours": sections.hours_section(subject),
        "counterfactual": sections.counterfactual_section(subject),
        "abnormal": sections.abnormal_section(subject),
        "tests": sections.inference_section(subject),
        "excluded": sections.excluded_section(subject),
        "data": sections.data_section(subject),
        "method": sections.method_section(subject),
        "review": _review(subject),
        "version": subject.result.run["versions"]["eventwindow"],
    }


def file_name(code: str) -> str:
    """The report's file in a language."""
    return "report.html" if code == "en" else f"report.{code}.html"


def other_page(subject: Subject) -> dict[str, str]:
    """The report in the other language."""
    code = next(c for c in LANGUAGES if c != subject.language.code)
    return {"code": code, "file": file_name(code)}


def _figures(charts: dict[str, Chart], svgs: dict[str, str]) -> dict[str, dict[str, Any]]:
    drawn = with_shared_glyphs({name: inline_svg(svgs[name], name, chart.alt) for name, chart in charts.items()})
    return {
        name: {"name": name, "title": chart.title, "caption": chart.caption, "svg": Markup(drawn[name])}
        for name, chart in charts.items()
    }


def _review(subject: Subject) -> Markup:
    """The verdicts as schema.org ClaimReview; nothing in it can close the script it stands in."""
    if not subject.result.verdicts:
        return Markup("")
    graph = claim_review(
        subject.result.verdicts, sections.article_titles(subject), language="zh" if subject.language.zh else "en"
    )
    text = json.dumps(graph, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def _own(name: str) -> Markup:
    """A file of the package that goes into the page as it is."""
    text = files("eventwindow.report").joinpath(f"templates/{name}").read_text(encoding="utf-8")
    return Markup(text)
