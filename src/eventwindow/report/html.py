"""The report as one HTML page: figures inline, nothing remote, the same bytes for the same result."""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from eventwindow.claims.claim_review import review_of
from eventwindow.claims.model import Verdict
from eventwindow.errors import file_name
from eventwindow.report import sections
from eventwindow.report.blocks import Block, Card, Section, addressed, chosen, sited, sources
from eventwindow.report.context import Context, every_verdict
from eventwindow.report.csv import csv_text
from eventwindow.report.figures.chart import Chart
from eventwindow.report.figures.claims import stated
from eventwindow.report.language import LANGUAGES, SPACE, Language, language

IN_PAGE = 100_000  # bytes of a table that the page itself holds


@cache
def environment() -> Environment:
    """Templates with autoescape; an undefined name is an error."""
    found = Environment(
        loader=PackageLoader("eventwindow.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {"addressed": addressed, "sited": sited, "sources": sources}
    return found


def templates() -> list[Template]:
    """Those of a report, compiled."""
    return [environment().get_template(name) for name in ("blocks.html.j2", "report.html.j2")]


def story(
    context: Context, charts: Mapping[str, Chart], languages: Sequence[str] = LANGUAGES, *, cards: bool = False
) -> str:
    """The page that is read in minutes: the answer, the days, what held, and the questions that follow."""
    held = sections.story(context, charts)
    card = card_address(context) if cards else ""
    return _page(context, "report", languages, held, charts, lead=sections.answer(context), card=card)


def appendix(context: Context, charts: Mapping[str, Chart], languages: Sequence[str] = LANGUAGES) -> str:
    """All that was computed and how, with a table of contents that stays in sight."""
    held = sections.document(context, charts)
    lead, origin = sections.finding(context), sections.origin(context)
    return _page(context, "appendix", languages, held, charts, lead=lead, origin=origin)


def prepare(context: Context, charts: Mapping[str, Chart]) -> None:
    """Work out what the pages of every language share, before processes share the languages."""
    sections.story(context, charts)
    for chart in charts.values():
        address_of(context, chart)


def _page(
    context: Context,
    layer: str,
    languages: Sequence[str],
    held: Sequence[Section],
    charts: Mapping[str, Chart],
    **words: Any,
) -> str:
    say = context.language.say
    printed = printer(context.language, _figures(context, charts))
    chapters = [{"key": one.key, "title": one.title, "html": printed(one.blocks)} for one in held]
    code = context.language.code
    others = other_pages(code, languages, layer)
    kicker = Markup("{} · {}").format(say("common.kicker"), context.language.day(context.day_zero))
    given = {"layer": layer, "title": context.title, "kicker": kicker, "others": others, "sections": chapters}
    return _rendered(context, **given, **words)


def _rendered(context: Context, **words: Any) -> str:
    given: dict[str, Any] = {"origin": "", "card": "", "review": "", "back": ()}
    given |= {"style": own("report.css"), "script": own("report.js")}
    given |= {"language": context.language, "say": context.language.say}
    given["version"] = context.result.run["versions"]["eventwindow"]
    return context.language.written(environment().get_template("report.html.j2").render(given | words), SPACE)


def claim_pages(
    context: Context, languages: Sequence[str] = LANGUAGES, *, cards: bool = False
) -> Iterator[tuple[str, str]]:
    """File and text of a short page for each statement; `cards` lie beside them."""
    same = context.of_result("same facts", lambda: same_facts(context.result.verdicts))
    macros = _macros(context.language)
    for verdict, held in zip(context.result.verdicts, sections.statements(context), strict=True):
        place = file_name(context.language.code, held.id)
        card = card_address(context, held.id, "../") if cards else ""
        yield place, _claim_page(context, macros, verdict, held, same[held.id], languages, card=card)


def _macros(words: Language, **given: Any) -> Any:
    """Those of blocks, in the words of a language."""
    return environment().get_template("blocks.html.j2").make_module({"say": words.say, "formulas": formula, **given})


def _claim_page(
    context: Context,
    macros: Any,
    verdict: Verdict,
    held: Card,
    same: Sequence[str],
    languages: Sequence[str],
    *,
    card: str,
) -> str:
    say, code = context.language.say, context.language.code
    by_id = {one.id: one for one in sections.statements(context)}
    article = next((a for a in context.result.articles if a["key"] == held.article), {})
    told = macros.told(held, sections.told_by(context, held.article, article), sections.address_of(article))
    drawing = Markup(stated(context, verdict, held.text))
    others = [(file_name(code, key), by_id[key]) for key in same]
    html = macros.claim(replace(held, interval=None) if drawing else held, told, drawing, others)
    back = [
        (f"../{file_name(code)}", say("story.to_story")),
        (f"../{sections.appendix_page(context, f'claim-{held.id}')}", say("story.in_appendix")),
    ]
    return _rendered(
        context,
        layer="claim",
        title=held.text,
        kicker=Markup("{} · {}").format(context.title, held.id),
        others=other_pages(code, languages, held.id),
        lead=[macros.badge(held.label) + " " + addressed(held.reason)],
        sections=[{"key": "statement", "title": "", "html": html}],
        card=card,
        review=_review(context, verdict),
        back=back,
    )


def same_facts(verdicts: Sequence[Verdict]) -> dict[str, list[str]]:
    """Statement → the others that are measured by the same figure: the same measure with the same keys."""
    measures = {v.claim.id: [p.claim.measure for p in every_verdict([v]) if p.claim.measure] for v in verdicts}
    return {
        one: [other for other in measures if other != one and any(m in measures[other] for m in mine)]
        for one, mine in measures.items()
    }


def printer(words: Language, figures: Mapping[str, Any]) -> Callable[[Iterable[Block]], Markup]:
    """What prints blocks as HTML: the macro of templates/blocks.html.j2 that is named as the block's class."""

    def printed(block: Block) -> Markup:
        return Markup(getattr(macros, type(block).__name__.lower())(block))

    macros = _macros(words, figures=figures, printed=printed)
    return lambda blocks: Markup("").join(map(printed, chosen(blocks, "html")))


def formula(key: str) -> Markup:
    return own(f"formulas/{key}.html")


def other_pages(code: str, languages: Sequence[str], stem: str = "report") -> list[tuple[str, str, str]]:
    return [(other, file_name(other, stem), language(other).name) for other in languages if other != code]


def _figures(context: Context, charts: Mapping[str, Chart]) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "title": chart.title,
            "caption": chart.caption,
            "svg": Markup(chart.inline),
            "csv": address_of(context, chart),
            "file": f"{name}.csv",
        }
        for name, chart in charts.items()
    }


def table_of(context: Context, chart: Chart) -> str:
    """The table behind a figure as CSV, for the page and for its file."""
    return context.of_result(f"table.{chart.name}", partial(csv_text, chart.data))


def address_of(context: Context, chart: Chart) -> str:
    """The table behind a figure as an address that holds it, where it is small; else where its file lies."""

    def address() -> str:
        text = table_of(context, chart)
        small = len(text.encode()) < IN_PAGE
        return "data:text/csv;charset=utf-8," + quote(text) if small else f"figures/{chart.name}.csv"

    return context.of_result(f"csv.{chart.name}", address)


def card_place(context: Context, claim: str = "") -> str:
    return file_name(context.language.code, f"cards/claims/{claim}" if claim else "cards/report", "png")


def card_address(context: Context, claim: str = "", up: str = "") -> str:
    """Where a page says that its card lies: below the study's site where it names one, else `up` from the page."""
    site = str(context.result.run["study"]["study"].get("site") or "").rstrip("/")
    return (f"{site}/" if site else up) + card_place(context, claim)


def _review(context: Context, verdict: Verdict) -> Markup:
    """The verdict as schema.org ClaimReview, where it has a rating; nothing in it can close the script it stands in."""
    article = next((a for a in context.result.articles if a["key"] == verdict.claim.article), {})
    head = context.result.run["study"]["study"]
    words, site, told = context.language.catalogue, head.get("site") or "", head.get("published")
    published = dt.date.fromisoformat(str(told)) if told else None
    review = review_of(verdict, article, words=words, site=site, published=published)
    text = json.dumps(review, ensure_ascii=False, allow_nan=False, separators=(",", ":")) if review else ""
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


@cache
def own(name: str) -> Markup:
    """A file of the package that goes into the page as it is."""
    text = files("eventwindow.report").joinpath(f"templates/{name}").read_text(encoding="utf-8")
    return Markup(text)
