"""Which sections a report has, in the order of a reader's questions: page, paper and summary draw on the same."""

from collections.abc import Callable, Collection, Iterator

from eventwindow.report.blocks import Block, Section, with_matter
from eventwindow.report.context import Context
from eventwindow.report.sections.abnormal import abnormal
from eventwindow.report.sections.benchmark import benchmark
from eventwindow.report.sections.counterfactual import counterfactual
from eventwindow.report.sections.cross_listing import hours
from eventwindow.report.sections.data import data, excluded, week
from eventwindow.report.sections.market import market
from eventwindow.report.sections.method import method
from eventwindow.report.sections.robustness import robustness
from eventwindow.report.sections.run_up import late, late_title
from eventwindow.report.sections.tests import tests
from eventwindow.report.sections.verdicts import disagreements, readings, verdicts

SECTIONS: dict[str, Callable[[Context], Iterator[Block]]] = {
    "verdicts": verdicts,
    "week": week,
    "hours": hours,
    "abnormal": abnormal,
    "benchmark": benchmark,
    "market": market,
    "late": late,
    "tests": tests,
    "robustness": robustness,
    "counterfactual": counterfactual,
    "readings": readings,
    "disagreements": disagreements,
    "excluded": excluded,
    "data": data,
    "method": method,
}


def document(context: Context, figures: Collection[str], keys: Collection[str] = tuple(SECTIONS)) -> list[Section]:
    """The sections for which this study has matter; `figures` names the drawn ones."""
    found = (Section(key, title(context, key), context.once(key, SECTIONS[key])) for key in keys)
    return with_matter(found, figures)


def title(context: Context, key: str) -> str:
    return late_title(context) if key == "late" else context.language.text(f"section.{key}")
