"""The report as one HTML page: figures inline, nothing remote, the same bytes for the same result."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from eventwindow.claims.records import claim_review
from eventwindow.errors import file_name
from eventwindow.report import sections
from eventwindow.report.blocks import Block, chosen
from eventwindow.report.context import Context
from eventwindow.report.figures.chart import Chart
from eventwindow.report.figures.style import inline_svg, with_shared_glyphs
from eventwindow.report.language import LANGUAGES, Language, language


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
    say = context.language.say
    printed = printer(context.language, _figures(charts, svgs))
    return context.language.written(
        environment()
        .get_template("report.html.j2")
        .render(
            language=context.language,
            say=say,
            title=context.title,
            kicker=Markup("{} · {}").format(say("common.kicker"), context.language.day(context.day_zero)),
            others=other_pages(context.language.code, languages),
            style=own("report.css"),
            script=own("report.js"),
            finding=sections.finding(context),
            origin=sections.origin(context),
            sections=[
                {"key": section.key, "title": section.title, "html": printed(section.blocks)}
                for section in sections.document(context, charts)
            ],
            review=_review(context),
            version=context.result.run["versions"]["eventwindow"],
        )
    )


def printer(words: Language, figures: Mapping[str, Any]) -> Callable[[Iterable[Block]], Markup]:
    """What prints blocks as HTML: the macro of templates/blocks.html.j2 that is named as the block's class."""

    def printed(block: Block) -> Markup:
        return Markup(getattr(macros, type(block).__name__.lower())(block))

    given = {"say": words.say, "figures": figures, "formulas": formula, "printed": printed}
    macros: Any = environment().get_template("blocks.html.j2").make_module(given)
    return lambda blocks: Markup("").join(map(printed, chosen(blocks, "html")))


@cache
def formula(key: str) -> Markup:
    """A formula as MathML."""
    return own(f"formulas/{key}.html")


def other_pages(code: str, languages: Sequence[str]) -> list[tuple[str, str, str]]:
    """Code, file and own name of the languages beside `code`."""
    return [(other, file_name(other), language(other).name) for other in languages if other != code]


def _figures(charts: dict[str, Chart], svgs: dict[str, str]) -> dict[str, dict[str, Any]]:
    drawn = with_shared_glyphs({name: inline_svg(svgs[name], name, chart.alt) for name, chart in charts.items()})
    return {
        name: {"title": chart.title, "caption": chart.caption, "svg": Markup(drawn[name])}
        for name, chart in charts.items()
    }


def _review(context: Context) -> Markup:
    """The verdicts as schema.org ClaimReview; nothing in it can close the script it stands in."""
    if not context.result.verdicts:
        return Markup("")
    code = context.language.code.partition("-")[0]
    graph = claim_review(context.result.verdicts, context.article_titles, language=code)
    text = json.dumps(graph, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def own(name: str) -> Markup:
    """A file of the package that goes into the page as it is."""
    text = files("eventwindow.report").joinpath(f"templates/{name}").read_text(encoding="utf-8")
    return Markup(text)
