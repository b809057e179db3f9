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

    A figure is an SVG, a PNG and the table that it was drawn from, as CSV. Paper needs the extra `pdf`.
    """
    from eventwindow.lanes import side_by_side
    from eventwindow.report.datapackage import datapackage
    from eventwindow.report.figures import FIGURES
    from eventwindow.report.language import LANGUAGES, language
    from eventwindow.report.pdf import has_typst
    from eventwindow.report.subject import Subject

    subjects = [Subject(result, language(code)) for code in languages or LANGUAGES]
    names, codes = list(FIGURES), [subject.language.code for subject in subjects]
    one, other = side_by_side(lambda: _rendered(subjects, names[::2]), lambda: _rendered(subjects, names[1::2]))
    drawn = [{n: (one[c] | other[c])[n] for n in names if n in one[c] | other[c]} for c in codes]
    pairs = list(zip(subjects, drawn, strict=True))
    pages, more = side_by_side(lambda: _texts(pairs[:1], codes), lambda: _texts(pairs[1:], codes))
    for name, text in (pages | more).items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    for subject, figures in pairs:
        _write_figures(folder / "figures", subject.language.code, figures)
        if has_typst():
            _write_pdf(subject, folder, figures)
    package = datapackage(result, {name: figure.chart.data for name, figure in drawn[0].items()})
    (folder / "datapackage.json").write_text(package, encoding="utf-8", newline="\n")


def _rendered(subjects: Sequence[Subject], names: Iterable[str]) -> dict[str, dict[str, Rendered]]:
    """Language → the figures of those names that the result has matter for; canvases stay in this process."""
    from eventwindow.report.figures import chart
    from eventwindow.report.figures.style import png_bytes, svg_text

    found: dict[str, dict[str, Rendered]] = {}
    for subject in subjects:
        charts = {name: drawn for name in names if (drawn := chart(name, subject)) is not None}
        found[subject.language.code] = {
            n: Rendered(c.without_canvas(), svg_text(c.figure), png_bytes(c.figure)) for n, c in charts.items()
        }
    return found


def _texts(pairs: Sequence[tuple[Subject, dict[str, Rendered]]], codes: Sequence[str]) -> dict[str, str]:
    """The page and the summary of each language, by file name."""
    from eventwindow.report.markdown import markdown
    from eventwindow.report.page import file_name, page

    texts = {}
    for subject, figures in pairs:
        name = file_name(subject.language.code)
        texts[name] = page(subject, _charts(figures), {n: f.svg for n, f in figures.items()}, codes)
        texts[name.replace(".html", ".md")] = markdown(subject)
    return texts


def _charts(figures: dict[str, Rendered]) -> dict[str, Chart]:
    return {name: figure.chart for name, figure in figures.items()}


def _write_pdf(subject: Subject, folder: Path, figures: dict[str, Rendered]) -> None:
    """In this process: the typesetter has threads of its own, which a fork would leave behind."""
    from eventwindow.report.page import file_name
    from eventwindow.report.pdf import pdf_bytes

    paper = pdf_bytes(subject, _charts(figures), {name: figure.svg for name, figure in figures.items()})
    (folder / file_name(subject.language.code).replace(".html", ".pdf")).write_bytes(paper)


def _write_figures(folder: Path, code: str, figures: dict[str, Rendered]) -> None:
    """SVG and PNG carry the language in their names; the table is the same in both."""
    from eventwindow.output import write_csv

    ending = "" if code == "en" else f".{code}"
    for name, figure in figures.items():
        (folder / f"{name}{ending}.svg").write_text(figure.svg, encoding="utf-8", newline="\n")
        (folder / f"{name}{ending}.png").write_bytes(figure.png)
        write_csv(figure.chart.data, folder / f"{name}.csv")
