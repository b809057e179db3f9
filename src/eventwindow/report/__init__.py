"""The report: a result goes in, pages and figures come out; nothing is computed here that the result does not hold."""

from __future__ import annotations

from pathlib import Path

from eventwindow.result import StudyResult


def write_report(result: StudyResult, folder: Path) -> None:
    """Write report.html and figures/*.svg into `folder`."""
    from eventwindow.report.figures import charts
    from eventwindow.report.figures.style import svg_text
    from eventwindow.report.language import language
    from eventwindow.report.page import page
    from eventwindow.report.subject import Subject

    subject = Subject(result, language("en"))
    drawn = charts(subject)
    svgs = {name: svg_text(chart.figure) for name, chart in drawn.items()}
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    for name, svg in svgs.items():
        (folder / "figures" / f"{name}.svg").write_text(svg, encoding="utf-8", newline="\n")
    (folder / "report.html").write_text(page(subject, drawn, svgs), encoding="utf-8", newline="\n")
