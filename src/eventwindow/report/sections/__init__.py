"""What each section of the report says: from the result to values that a template can print."""

from __future__ import annotations

from eventwindow.report.sections.abnormal import abnormal_section
from eventwindow.report.sections.board import article_titles, board_section
from eventwindow.report.sections.data import data_section
from eventwindow.report.sections.excluded import excluded_section
from eventwindow.report.sections.finding import finding
from eventwindow.report.sections.inference import inference_section
from eventwindow.report.sections.method import method_section
from eventwindow.report.sections.outline import outline
from eventwindow.report.sections.readings import disagreements_section, readings_section
from eventwindow.report.sections.robustness import robustness_section

__all__ = [
    "abnormal_section",
    "article_titles",
    "board_section",
    "data_section",
    "disagreements_section",
    "excluded_section",
    "finding",
    "inference_section",
    "method_section",
    "outline",
    "readings_section",
    "robustness_section",
]
