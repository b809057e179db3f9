"""Which sections a report has, in the order of a reader's questions: page and paper hold the same."""

from __future__ import annotations

from collections.abc import Collection

from eventwindow.report.context import Context
from eventwindow.report.sections.benchmark import benchmark_section
from eventwindow.report.sections.market import market_section
from eventwindow.report.sections.robustness import robustness_section
from eventwindow.report.sections.run_up import late_section

ORDER = (
    "verdicts",
    "week",
    "hours",
    "abnormal",
    "benchmark",
    "market",
    "late",
    "tests",
    "robustness",
    "counterfactual",
    "readings",
    "disagreements",
    "excluded",
    "data",
    "method",
)


def outline(context: Context, figures: Collection[str]) -> list[str]:
    """Keys of the sections for which this study has matter; `figures` names the drawn ones."""
    result = context.result
    held = {
        "verdicts": bool(result.verdicts),
        "hours": bool({"world_clock", "minutes"} & set(figures)),
        "benchmark": "benchmarks" in figures or any(benchmark_section(context).values()),
        "market": bool(market_section(context)["sheets"]),
        "late": bool(late_section(context)),
        "robustness": "specifications" in figures or bool(robustness_section(context)),
        "counterfactual": "counterfactual" in figures,
        "readings": bool(result.readings),
        "disagreements": bool(result.disagreements),
    }
    return [key for key in ORDER if held.get(key, True)]


def title(context: Context, key: str) -> str:
    """The heading of a section; that of the delay says how long it was."""
    return late_section(context)["title"] if key == "late" else context.language.text(f"section.{key}")
