"""The report: a result goes in, pages and figures come out; nothing is computed here that the result does not hold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from eventwindow.errors import file_name, needs_library
from eventwindow.study.result import StudyResult

if TYPE_CHECKING:
    from eventwindow.report.context import Context
    from eventwindow.report.figures.chart import Chart

Extra = Literal["png", "pdf", "excel", "word", "cards"]


def write_report(
    result: StudyResult,
    folder: Path,
    languages: Sequence[str] = (),
    *,
    extras: Collection[Extra] = (),
    command: str = "",
    beside: Sequence[Callable[[], object]] = (),
) -> None:
    """Write into `folder`, in each language (all, if none is named): story, appendix, a page a statement, figures.

    A figure is an SVG and the table that it was drawn from, as CSV; `extras` are written where they are asked for.
    All but "excel", which is the workbook, need the extra `pdf`; "word" needs the extra `word`, which holds it.
    `command` made the result; what stands in `beside` is done with the pages.
    """
    from eventwindow.parallel import run_parallel
    from eventwindow.report.context import Context
    from eventwindow.report.datapackage import datapackage
    from eventwindow.report.language import LANGUAGES, language

    check_extras(extras)
    codes = list(languages or LANGUAGES)
    kept: dict[str, object] = {}
    subjects = [Context(result, language(code), command, kept) for code in codes]
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    written = run_parallel([*[partial(_write, subject, codes, folder, extras) for subject in subjects], *beside])
    (folder / "datapackage.json").write_text(datapackage(result, written[0]), encoding="utf-8", newline="\n")


def check_extras(extras: Collection[Extra]) -> None:
    """What is asked for can be written here."""
    from eventwindow.report.typst import has_typst

    if {"png", "pdf", "cards"} & set(extras) and not has_typst():
        raise needs_library("a report on paper, a figure as PNG or a card", "typst")
    if "word" in extras and not (has_typst() and find_spec("docx")):
        raise needs_library("a report for word processors", "python-docx", "typst")


def _write(context: Context, codes: Sequence[str], folder: Path, extras: Collection[Extra]) -> Mapping[str, object]:
    """All of one language; the tables of its figures, which are the same in each."""
    from eventwindow.report.cards import write_cards
    from eventwindow.report.figures import charts
    from eventwindow.report.html import appendix, claim_pages, story
    from eventwindow.report.markdown import markdown
    from eventwindow.report.typst import pdf_bytes
    from eventwindow.report.workbook import workbook_name

    drawn, name = charts(context), file_name(context.language.code)
    cards = "cards" in extras
    pages = {
        name: story(context, drawn, codes, cards=cards),
        name.replace("report", "appendix"): appendix(context, drawn, codes),
        name.replace("html", "md"): markdown(context),
        **_scorecard(context),
        **{f"claims/{page}": text for page, text in claim_pages(context, codes, cards=cards)},
    }
    for place, text in pages.items():
        (folder / place).parent.mkdir(exist_ok=True)
        (folder / place).write_text(text, encoding="utf-8", newline="\n")
    if "pdf" in extras:
        (folder / name.replace("html", "pdf")).write_bytes(pdf_bytes(context, drawn))
    if "word" in extras:
        from eventwindow.report.word import docx_bytes

        (folder / name.replace("html", "docx")).write_bytes(docx_bytes(context, drawn))
    if "excel" in extras:
        context.result.to_excel(folder / workbook_name(context.language.code), context.language.code)
    if cards:
        write_cards(context, folder)
    _write_figures(folder / "figures", context.language.code, drawn, png="png" in extras)
    return {key: chart.data for key, chart in drawn.items()}


def _scorecard(context: Context) -> dict[str, str]:
    """The scorecard as plain text and where it lies; nothing where no statement was made."""
    from eventwindow.report.cards import scorecard

    name = file_name(context.language.code).replace("report", "scorecard").replace("html", "txt")
    return {f"results/{name}": scorecard(context)} if context.result.verdicts else {}


def _write_figures(folder: Path, code: str, figures: Mapping[str, Chart], *, png: bool) -> None:
    """Pictures carry the language in their names; the table is the same in all."""
    from eventwindow.report.csv import write_csv
    from eventwindow.report.typst import png_bytes

    ending = "" if code == "en" else f".{code}"
    for name, chart in figures.items():
        (folder / f"{name}{ending}.svg").write_text(chart.wide, encoding="utf-8", newline="\n")
        if png:
            (folder / f"{name}{ending}.png").write_bytes(png_bytes(chart.wide))
        if code == "en" or not (folder / f"{name}.csv").exists():
            write_csv(chart.data, folder / f"{name}.csv")
