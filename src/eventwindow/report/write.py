"""The report: a result goes in, pages and figures come out; nothing is computed here that the result does not hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from eventwindow.study.result import StudyResult

if TYPE_CHECKING:
    from eventwindow.report.context import Context
    from eventwindow.report.figures.chart import Chart


@dataclass(frozen=True, slots=True)
class Rendered:
    """A figure as files hold it, and the chart that it was drawn from, without its canvas."""

    chart: Chart
    svg: str
    png: bytes


def write_report(
    result: StudyResult, folder: Path, languages: Sequence[str] = (), beside: Sequence[Callable[[], object]] = ()
) -> None:
    """Write into `folder`: a page and a summary in each language (both, if none is named), and every figure.

    A figure is an SVG, a PNG and the table that it was drawn from, as CSV. Paper needs the extra `pdf`. What stands in
    `beside` is done while figures are drawn.
    """
    from eventwindow.parallel import run_parallel
    from eventwindow.report.context import Context
    from eventwindow.report.datapackage import datapackage
    from eventwindow.report.figures import FIGURES
    from eventwindow.report.language import LANGUAGES, language
    from eventwindow.report.typst import has_typst

    subjects = [Context(result, language(code)) for code in languages or LANGUAGES]
    codes = [context.language.code for context in subjects]
    drawing = [partial(_rendered, context, name) for context in subjects for name in FIGURES]
    drawn = run_parallel([*drawing, *beside])
    figures = [{n: drawn.pop(0) for n in FIGURES} for _ in subjects]
    pairs = [(s, {n: f for n, f in one.items() if f}) for s, one in zip(subjects, figures, strict=True)]
    paper = [partial(_write_pdf, *pair, folder) for pair in pairs if has_typst()]
    run_parallel([*[partial(_write_texts, *pair, codes, folder) for pair in pairs], *paper])
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    for context, held in pairs:
        _write_figures(folder / "figures", context.language.code, held)
    package = datapackage(result, {name: figure.chart.data for name, figure in pairs[0][1].items()})
    (folder / "datapackage.json").write_text(package, encoding="utf-8", newline="\n")


def _rendered(context: Context, name: str) -> Rendered | None:
    """A figure, if the result has matter for it; its canvas stays in this process."""
    from eventwindow.report.figures import chart
    from eventwindow.report.figures.style import png_bytes, svg_text

    drawn = chart(name, context)
    return Rendered(drawn.without_canvas(), svg_text(drawn.figure), png_bytes(drawn.figure)) if drawn else None


def _write_texts(context: Context, figures: dict[str, Rendered], codes: Sequence[str], folder: Path) -> None:
    """The page and the summary."""
    from eventwindow.errors import file_name
    from eventwindow.report.html import page
    from eventwindow.report.markdown import markdown

    name = file_name(context.language.code)
    text = page(context, _charts(figures), {n: f.svg for n, f in figures.items()}, codes)
    (folder / name).write_text(text, encoding="utf-8", newline="\n")
    (folder / name.replace(".html", ".md")).write_text(markdown(context), encoding="utf-8", newline="\n")


def _charts(figures: dict[str, Rendered]) -> dict[str, Chart]:
    return {name: figure.chart for name, figure in figures.items()}


def _write_pdf(context: Context, figures: dict[str, Rendered], folder: Path) -> None:
    """In this process: the typesetter has threads of its own, which a fork would leave behind."""
    from eventwindow.errors import file_name
    from eventwindow.report.typst import pdf_bytes

    paper = pdf_bytes(context, _charts(figures), {name: figure.svg for name, figure in figures.items()})
    (folder / file_name(context.language.code).replace(".html", ".pdf")).write_bytes(paper)


def _write_figures(folder: Path, code: str, figures: dict[str, Rendered]) -> None:
    """SVG and PNG carry the language in their names; the table is the same in both."""
    from eventwindow.report.csv import write_csv

    ending = "" if code == "en" else f".{code}"
    for name, figure in figures.items():
        (folder / f"{name}{ending}.svg").write_text(figure.svg, encoding="utf-8", newline="\n")
        (folder / f"{name}{ending}.png").write_bytes(figure.png)
        write_csv(figure.chart.data, folder / f"{name}.csv")
