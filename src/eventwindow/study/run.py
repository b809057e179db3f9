"""The chain: a study and its prices go in, a `StudyResult` comes out."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pandas as pd

from eventwindow.analyses.event_study import EventStudy
from eventwindow.claims import judge, measure_all
from eventwindow.claims.readings import weigh
from eventwindow.claims.tables import claims_table, claims_table_zh
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.inference.tables import cumulative_table, daily_table, tests_table
from eventwindow.parallel import side_by_side
from eventwindow.prices.retry import Progress
from eventwindow.study.analyses import approach, estimated, firm_tables, robustness_tables
from eventwindow.study.further import further_tables
from eventwindow.study.library import find_study
from eventwindow.study.load import Inputs, Step, gather_evidence, read_inputs, translations
from eventwindow.study.provenance import run_record
from eventwindow.study.result import StudyResult
from eventwindow.study.tables import excluded_table


def quiet(_: str) -> None:
    """A step that says nothing."""


def run_study(
    folder: Path | str,
    *,
    prices: str = "auto",
    claims: Path | str | None = None,
    step: Step = quiet,
    progress: Progress | None = None,
) -> StudyResult:
    """Run the study in `folder`, or the one of that name that ships.

    `prices`: "auto" (Yahoo, else the figures that ship with the study), "yahoo", "shipped", or the path of a file.
    `claims`: a file of claims to judge instead of the study's own.
    `progress`: called with done, total and symbol while prices are pulled.
    """
    inputs = read_inputs(find_study(str(folder)), prices, step, None if claims is None else Path(claims), progress)
    study, windows = inputs.study, inputs.study.file.windows
    step("estimating expected returns")
    placed, told, abnormal, by_event = estimated(inputs)
    said, headline = inputs.ledger.claims, by_event[study.headline["event"]]
    step("measuring the claims; testing; looking through every specification")
    further, robust, tests, measured, firms = side_by_side(
        [],
        [  # the longest first
            lambda: further_tables(inputs, headline),
            lambda: robustness_tables(inputs, placed),
            lambda: _tests(inputs, abnormal, by_event),
            lambda: measure_all(said, gather_evidence(inputs, by_event, {})),
            lambda: firm_tables(inputs, placed, headline),
        ],
    )
    tables = further | firms | tests | robust
    tables |= {"excluded": excluded_table(abnormal, windows.report, placed, told)}
    step("judging the claims")
    evidence = gather_evidence(inputs, by_event, tables)
    verdicts = tuple(judge(said, evidence, measured))
    tables |= {"claims": claims_table(verdicts)} | ({"claims.zh-Hant": claims_table_zh(verdicts)} if verdicts else {})
    ledger, head = inputs.ledger, study.file.study
    readings, disagreements = weigh(ledger.readings, ledger.disagreements, verdicts, evidence)
    return StudyResult(
        study.name,
        head.title,
        head.title_zh,
        tables,
        {event: EventStudy.of(abnormal) for event, abnormal in by_event.items()},
        verdicts,
        evidence,
        inputs.calendar,
        run_record(study, inputs.prices),
        tuple(asdict(article) for article in ledger.articles),
        tuple(readings),
        tuple(disagreements),
        translations(inputs.study.folder),
    )


def _tests(inputs: Inputs, abnormal: AbnormalReturns, by_event: dict[str, AbnormalReturns]) -> dict[str, pd.DataFrame]:
    report = inputs.study.file.windows.report
    return {
        "abnormal_returns": daily_table(abnormal),
        "cumulative": cumulative_table(abnormal, report, inputs.calendar),
        "tests": tests_table(by_event, inputs.study.baskets, report),
        "approach": approach(inputs, by_event),
        "data_quality": inputs.quality.findings_table(),
        "reconciliation": inputs.quality.reconciliation_table(),
    }
