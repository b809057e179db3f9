"""Which sections a report has, in the order of a reader's questions: page and paper hold the same."""

from __future__ import annotations

from collections.abc import Collection

from eventwindow.report.sections.robustness import robustness_section
from eventwindow.report.subject import Subject

ORDER = (
    "verdicts",
    "week",
    "hours",
    "abnormal",
    "robustness",
    "counterfactual",
    "readings",
    "disagreements",
    "tests",
    "excluded",
    "data",
    "method",
)


def outline(subject: Subject, figures: Collection[str]) -> list[str]:
    """Keys of the sections for which this study has matter; `figures` names the drawn ones."""
    result = subject.result
    held = {
        "verdicts": bool(result.verdicts),
        "hours": bool({"world_clock", "minutes"} & set(figures)),
        "robustness": "benchmarks" in figures or bool(robustness_section(subject)["rows"]),
        "counterfactual": "counterfactual" in figures,
        "readings": bool(result.readings),
        "disagreements": bool(result.disagreements),
    }
    return [key for key in ORDER if held.get(key, True)]
