"""What a study came to: tables of numbers, frozen; the terminal, the report and the notebooks only read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import Any

import pandas as pd

from eventwindow.analyses.event_study import EventStudy
from eventwindow.claims.evidence import Evidence
from eventwindow.claims.model import Verdict
from eventwindow.claims.readings import JudgedDisagreement, JudgedReading
from eventwindow.study.estimates import Exclusion


@dataclass(frozen=True, slots=True)
class StudyResult:
    """Results of one study, decimals throughout.

    tables: the result tables by file name without ending, in the columns of the output contract.
    abnormal: event id → abnormal returns, one row a security.
    verdicts: one a claim, in the order of the ledger.
    calendar: events and other news with the session that first prices each, exchange by exchange.
    run: specification, origins, checksums and versions, as run.json holds them.
    articles: key, titles, what each is and its date, in the order of the ledger.
    left_out: what was excluded, shifted or substituted outside the tables of returns: securities, whole analyses.
    translations: language → the study's texts in another language → in this one.
    readings, disagreements: the accounts that the articles give and the points they differ on, judged.
    """

    name: str
    title_en: str
    title_zh: str
    tables: Mapping[str, pd.DataFrame]
    abnormal: Mapping[str, EventStudy]
    verdicts: tuple[Verdict, ...]
    evidence: Evidence
    calendar: pd.DataFrame
    run: Mapping[str, Any]
    articles: tuple[Mapping[str, str], ...] = ()
    readings: tuple[JudgedReading, ...] = ()
    disagreements: tuple[JudgedDisagreement, ...] = ()
    left_out: tuple[Exclusion, ...] = ()
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def table(self, name: str) -> pd.DataFrame:
        """A result table by its name: "claims", "tests", "cumulative", …"""
        return self.tables[name]

    @property
    def plot(self) -> Any:
        """The report's figures: `result.plot.prices()`, `result.plot.car()`, …, found by entry point."""
        (plots,) = entry_points(group="eventwindow.result", name="plot")
        return plots.load()(self)
