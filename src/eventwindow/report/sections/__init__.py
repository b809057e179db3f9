"""What each section of the report says: from the result to values that a template can print."""

from __future__ import annotations

from eventwindow.report.sections.abnormal import abnormal_section
from eventwindow.report.sections.benchmark import benchmark_section
from eventwindow.report.sections.counterfactual import counterfactual_section
from eventwindow.report.sections.cross_listing import hours_section
from eventwindow.report.sections.data import data_section
from eventwindow.report.sections.excluded import excluded_section
from eventwindow.report.sections.headline import finding
from eventwindow.report.sections.market import market_section
from eventwindow.report.sections.method import method_section
from eventwindow.report.sections.outline import outline, title
from eventwindow.report.sections.readings import disagreements_section, readings_section
from eventwindow.report.sections.robustness import robustness_section
from eventwindow.report.sections.run_up import late_section
from eventwindow.report.sections.sheet import Sheet
from eventwindow.report.sections.tests import inference_section
from eventwindow.report.sections.verdicts import article_titles, board_section

__all__ = [
    "Sheet",
    "abnormal_section",
    "article_titles",
    "benchmark_section",
    "board_section",
    "counterfactual_section",
    "data_section",
    "disagreements_section",
    "excluded_section",
    "finding",
    "hours_section",
    "inference_section",
    "late_section",
    "market_section",
    "method_section",
    "outline",
    "readings_section",
    "robustness_section",
    "title",
]
