"""The report: a result goes in, pages and figures come out; nothing is computed here that the result does not hold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from eventwindow.result import StudyResult

if TYPE_CHECKING:
    from eventwindow.report.figures.chart import Chart


def write_report(result: StudyResult, folder: Path) -> None:
    """Write into `folder`: a page and a summary in each language; every figure as SVG and PNG, its table as CSV."""
    from eventwindow.lanes import side_by_side
    from eventwindow.report.language import LANGUAGES

    (folder / "figures").mkdir(parents=True, exist_ok=True)
    first, second = LANGUAGES
    side_by_side(lambda: _write_language(result, folder, first), lambda: _write_language(result, folder, second))


def _write_language(result: StudyResult, folder: Path, code: str) -> None:
    from eventwindow.report.datapackage import datapackage
    from eventwindow.report.figures import charts
    from eventwindow.report.figures.style import svg_text
    from eventwindow.report.language import LANGUAGES, language
    from eventwindow.report.markdown import markdown
    from eventwindow.report.page import file_name, page
    from eventwindow.report.pdf import has_typst, pdf_bytes
    from eventwindow.report.subject import Subject

    subject = Subject(result, language(code))
    drawn = charts(subject)
    svgs = {name: svg_text(chart.figure) for name, chart in drawn.items()}
    _write_figures(folder / "figures", "" if code == "en" else f".{code}", drawn, svgs)
    html, name = page(subject, drawn, svgs), file_name(code)
    (folder / name).write_text(html, encoding="utf-8", newline="\n")
    (folder / name.replace(".html", ".md")).write_text(markdown(subject), encoding="utf-8", newline="\n")
    if has_typst():
        (folder / name.replace(".html", ".pdf")).write_bytes(pdf_bytes(subject, drawn, svgs))
    if code == LANGUAGES[0]:
        package = datapackage(result, {name: chart.data for name, chart in drawn.items()})
        (folder / "datapackage.json").write_text(package, encoding="utf-8", newline="\n")


def _write_figures(folder: Path, ending: str, drawn: dict[str, Chart], svgs: dict[str, str]) -> None:
    """SVG and PNG carry the language in their names; the table is the same in both."""
    from eventwindow.output import csv_text
    from eventwindow.report.figures.style import png_bytes

    for name, chart in drawn.items():
        (folder / f"{name}{ending}.svg").write_text(svgs[name], encoding="utf-8", newline="\n")
        (folder / f"{name}{ending}.png").write_bytes(png_bytes(chart.figure))
        if not ending:
            (folder / f"{name}.csv").write_text(csv_text(chart.data), encoding="utf-8", newline="\n")
