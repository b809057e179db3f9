"""A result goes in, a folder of report, figures and tables comes out; nothing is computed that the result lacks."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from eventwindow.claims.records import ledger_record
from eventwindow.errors import Reason, file_name, languages, needs_library
from eventwindow.report.csv import write_csv
from eventwindow.report.swap import swapped_in
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
    from eventwindow.parallel import begin, run_parallel
    from eventwindow.report.context import Context
    from eventwindow.report.datapackage import datapackage
    from eventwindow.report.figures import charts
    from eventwindow.report.html import prepare
    from eventwindow.report.language import LANGUAGES, language

    check_extras(extras)
    codes = list(languages or LANGUAGES)
    kept: dict[str, object] = {}
    subjects = [Context(result, language(code), command, kept) for code in codes]
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    waiting = [begin(work) for work in beside]
    write = partial(_write, codes=codes, folder=folder, extras=extras)
    figures = charts(subjects[0])
    prepare(subjects[0], figures)
    run_parallel([partial(write, subjects[0], figures), *(partial(write, other) for other in subjects[1:])])
    for answer in waiting:
        answer()
    data = {key: chart.data for key, chart in figures.items()}
    (folder / "datapackage.json").write_text(datapackage(result, data), encoding="utf-8", newline="\n")


def check_extras(extras: Collection[Extra]) -> None:
    from eventwindow.report.typst import has_typst

    if {"png", "pdf", "cards"} & set(extras) and not has_typst():
        raise needs_library("a report on paper, a figure as PNG or a card", "typst")
    if "word" in extras and not (has_typst() and find_spec("docx")):
        raise needs_library("a report for word processors", "python-docx", "typst")


def _write(
    context: Context,
    drawn: Mapping[str, Chart] | None = None,
    *,
    codes: Sequence[str],
    folder: Path,
    extras: Collection[Extra],
) -> None:
    """All of one language, with its figures where there are some already."""
    from eventwindow.report.cards import write_cards
    from eventwindow.report.figures import charts
    from eventwindow.report.html import appendix, claim_pages, story
    from eventwindow.report.markdown import markdown
    from eventwindow.report.typst import pdf_bytes

    drawn, code = drawn or charts(context), context.language.code
    cards = "cards" in extras
    pages = {
        file_name(code): story(context, drawn, codes, cards=cards),
        file_name(code, "appendix"): appendix(context, drawn, codes),
        file_name(code, ending="md"): markdown(context, drawn),
        **_scorecard(context),
        **{f"claims/{page}": text for page, text in claim_pages(context, codes, cards=cards)},
    }
    for place, text in pages.items():
        (folder / place).parent.mkdir(exist_ok=True)
        (folder / place).write_text(text, encoding="utf-8", newline="\n")
    if "pdf" in extras:
        (folder / file_name(code, ending="pdf")).write_bytes(pdf_bytes(context, drawn))
    if "word" in extras:
        from eventwindow.report.word import docx_bytes

        (folder / file_name(code, ending="docx")).write_bytes(docx_bytes(context, drawn))
    if "excel" in extras:
        context.result.to_excel(folder / file_name(code, "results", "xlsx"), code)
    if cards:
        write_cards(context, folder)
    _write_figures(folder / "figures", context, drawn, png="png" in extras)


def _scorecard(context: Context) -> dict[str, str]:
    """The scorecard as plain text and where it lies; nothing where no statement was made."""
    from eventwindow.report.cards import scorecard

    name = file_name(context.language.code, "results/scorecard", "txt")
    return {name: scorecard(context)} if context.result.verdicts else {}


def _write_figures(folder: Path, context: Context, figures: Mapping[str, Chart], *, png: bool) -> None:
    """Pictures carry the language in their names; the table is the same in all."""
    from eventwindow.report.html import table_of
    from eventwindow.report.typst import png_bytes

    code = context.language.code
    for name, chart in figures.items():
        (folder / file_name(code, name, "svg")).write_text(chart.wide, encoding="utf-8", newline="\n")
        if png:
            (folder / file_name(code, name, "png")).write_bytes(png_bytes(chart.wide))
        if code == "en" or not (folder / f"{name}.csv").exists():
            (folder / f"{name}.csv").write_text(table_of(context, chart), encoding="utf-8", newline="\n")


ENDINGS = ("html", "md", "txt", "pdf", "docx", "png")  # of the report's files
OURS = {
    *(file_name(code, ending=ending) for code in languages() for ending in ENDINGS),
    *(file_name(code, "appendix") for code in languages()),
    "cards",
    "claims",
    "datapackage.json",
    "figures",
    *(file_name(code, "results", "xlsx") for code in languages()),
    "results",
}


def write_result(
    result: StudyResult,
    out: Path | str,
    codes: Sequence[str] = (),
    *,
    extras: Collection[Extra] = (),
    command: str = "",
) -> Path:
    """Write report, figures and tables to a folder; an earlier result in it is replaced when all is written.

    Parameters
    ----------
    result : StudyResult
        What `run_study` gave.
    out : path or str
        The folder; it is made where it is not there.
    codes : sequence of str
        Languages to write, "en" for one; all if none is named.
    extras : collection of {"png", "pdf", "excel", "word", "cards"}
        What takes time and is written where it is asked for: figures as PNG, the report on paper, the workbook, the
        report for word processors, cards for sharing.
    command : str
        The command that made the result, for readers who run it again.

    Returns
    -------
    Path
        The report.

    Raises
    ------
    StudyError
        Where `out` is a file, or a folder that holds other things than a result.

    Examples
    --------
    >>> result = ew.run_study(ew.new_study("event-in-words"), prices="shipped")
    >>> ew.write_result(result, "out", ["en"]).name
    'report.html'
    """
    out = Path(out)
    with swapped_in(out, OURS) as fresh:
        tables = partial(_write_tables, result, fresh / "results")
        write_report(result, fresh, codes, extras=extras, command=command, beside=[tables])
    return out / file_name("en" if not codes or "en" in codes else codes[0])


def _write_tables(result: StudyResult, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name, table in result.tables.items():
        write_csv(table, folder / f"{name}.csv")
    write_json(folder / "run.json", result.run, sort_keys=True)
    write_json(folder / "claims.json", ledger_record(result.verdicts, result.readings, result.disagreements))


def write_json(path: Path, content: Mapping[str, Any], *, sort_keys: bool = False) -> None:
    """Reasons as their English words."""
    form: dict[str, Any] = {"ensure_ascii": False, "indent": 2, "sort_keys": sort_keys, "allow_nan": False}
    text = json.dumps(content, default=Reason.__str__, **form)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
