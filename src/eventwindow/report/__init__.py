"""The report: a result goes in, pages and figures come out; nothing is computed here that the result does not hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eventwindow.result import StudyResult

if TYPE_CHECKING:
    from eventwindow.report.figures.chart import Chart
    from eventwindow.report.subject import Subject


@dataclass(frozen=True, slots=True)
class Rendered:
    """A figure as files hold it, and the chart that it was drawn from, without its canvas."""

    chart: Chart
    svg: str
    png: bytes


def write_report(result: StudyResult, folder: Path, languages: Sequence[str] = ()) -> None:
    """Write into `folder`: a page and a summary in each language (both, if none is named), and every figure.

    A figure is an SVG, a PNG and the table that it was drawn from, as CSV.
    """
    from eventwindow.report.datapackage import datapackage
    from eventwindow.report.language import LANGUAGES, language
    from eventwindow.report.subject import Subject

    (folder / "figures").mkdir(parents=True, exist_ok=True)
    charts: dict[str, Chart] = {}
    languages = languages or LANGUAGES
    for code in languages:
        charts = _write_language(Subject(result, language(code)), folder, code, languages)
    package = datapackage(result, {name: chart.data for name, chart in charts.items()})
    (folder / "datapackage.json").write_text(package, encoding="utf-8", newline="\n")


def _write_language(subject: Subject, folder: Path, code: str, languages: Sequence[str]) -> dict[str, Chart]:
    from eventwindow.lanes import side_by_side
    from eventwindow.report.figures import FIGURES
    from eventwindow.report.markdown import markdown
    from eventwindow.report.page import file_name, page
    from eventwindow.report.pdf import has_typst, pdf_bytes

    names = list(FIGURES)
    first, second = side_by_side(lambda: _rendered(subject, names[::2]), lambda: _rendered(subject, names[1::2]))
    rendered = {name: (first | second)[name] for name in names if name in first | second}
    charts, svgs = ({n: getattr(r, part) for n, r in rendered.items()} for part in ("chart", "svg"))
    _write_figures(folder / "figures", "" if code == "en" else f".{code}", rendered)
    html, name = page(subject, charts, svgs, languages), file_name(code)
    (folder / name).write_text(html, encoding="utf-8", newline="\n")
    (folder / name.replace(".html", ".md")).write_text(markdown(subject), encoding="utf-8", newline="\n")
    if has_typst():
        (folder / name.replace(".html", ".pdf")).write_bytes(pdf_bytes(subject, charts, svgs))
    return charts


def _rendered(subject: Subject, names: Iterable[str]) -> dict[str, Rendered]:
    """The figures of those names that the result has matter for; a canvas does not travel between processes."""
    from eventwindow.report.figures import chart
    from eventwindow.report.figures.style import png_bytes, svg_text

    drawn = {name: found for name in names if (found := chart(name, subject)) is not None}
    return {n: Rendered(c.without_canvas(), svg_text(c.figure), png_bytes(c.figure)) for n, c in drawn.items()}


def _write_figures(folder: Path, ending: str, rendered: dict[str, Rendered]) -> None:
    """SVG and PNG carry the language in their names; the table is the same in both."""
    from eventwindow.output import csv_text

    for name, figure in rendered.items():
        (folder / f"{name}{ending}.svg").write_text(figure.svg, encoding="utf-8", newline="\n")
        (folder / f"{name}{ending}.png").write_bytes(figure.png)
        (folder / f"{name}.csv").write_text(csv_text(figure.chart.data), encoding="utf-8", newline="\n")
