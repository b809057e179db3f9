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
from eventwindow.report.context import Context
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


def page(context: Context, charts: dict[str, Chart], svgs: dict[str, str], languages: Sequence[str] = LANGUAGES) -> str:
    """The whole page as text; `svgs` holds each chart as an SVG file's text, `languages` those that are written."""
    others = [code for code in languages if code != context.language.code]
    return environment().get_template("report.html.j2").render(**context(context, charts, svgs), others=others)


def context(context: Context, charts: dict[str, Chart], svgs: dict[str, str]) -> dict[str, Any]:
    """All that the template prints."""
    return {
        "context": context,
        "language": context.language,
        "say": context.language.say,
        "other": other_page(context),
        "style": _own("report.css"),
        "script": _own("report.js"),
        "figures": _figures(charts, svgs),
        "titles": {key: sections.title(context, key) for key in sections.outline(context, charts)},
        "finding": sections.finding(context),
        "board": sections.board_section(context) if context.result.verdicts else None,
        "readings": sections.readings_section(context),
        "disagreements": sections.disagreements_section(context),
        "benchmark": sections.benchmark_section(context),
        "market": sections.market_section(context),
        "late": sections.late_section(context),
        "robustness": sections.robustness_section(context),
        "hours": sections.hours_section(context),
        "counterfactual": sections.counterfactual_section(context),
        "abnormal": sections.abnormal_section(context),
        "tests": sections.inference_section(context),
        "excluded": sections.excluded_section(context),
        "data": sections.data_section(context),
        "method": sections.method_section(context),
        "review": _review(context),
        "version": context.result.run["versions"]["eventwindow"],
    }


def file_name(code: str) -> str:
    """The report's file in a language."""
    return "report.html" if code == "en" else f"report.{code}.html"


def other_page(context: Context) -> dict[str, str]:
    """The report in the other language."""
    code = next(c for c in LANGUAGES if c != context.language.code)
    return {"code": code, "file": file_name(code)}


def _figures(charts: dict[str, Chart], svgs: dict[str, str]) -> dict[str, dict[str, Any]]:
    drawn = with_shared_glyphs({name: inline_svg(svgs[name], name, chart.alt) for name, chart in charts.items()})
    return {
        name: {"name": name, "title": chart.title, "caption": chart.caption, "svg": Markup(drawn[name])}
        for name, chart in charts.items()
    }


def _review(context: Context) -> Markup:
    """The verdicts as schema.org ClaimReview; nothing in it can close the script it stands in."""
    if not context.result.verdicts:
        return Markup("")
    graph = claim_review(
        context.result.verdicts, sections.article_titles(context), language="zh" if context.language.zh else "en"
    )
    text = json.dumps(graph, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def _own(name: str) -> Markup:
    """A file of the package that goes into the page as it is."""
    text = files("eventwindow.report").joinpath(f"templates/{name}").read_text(encoding="utf-8")
    return Markup(text)
