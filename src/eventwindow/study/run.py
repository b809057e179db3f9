"""The chain: a study and its prices go in, a `StudyResult` comes out."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import pandas as pd

from eventwindow.claims.evidence import Evidence
from eventwindow.claims.model import Claim, Measured
from eventwindow.claims.readings import panels_of, weigh
from eventwindow.claims.tables import claims_table, claims_table_in
from eventwindow.claims.verdicts import judge, measure_all
from eventwindow.errors import NoFigure, Reason
from eventwindow.parallel import Work, one_blas_thread, run_parallel
from eventwindow.prices.retry import Progress
from eventwindow.study.ahead import check_closed
from eventwindow.study.analyses import ALWAYS, ANALYSES, Analysis, Tables
from eventwindow.study.definition import Study, read_study
from eventwindow.study.estimates import Estimates, Exclusion, estimated, excluded_table
from eventwindow.study.load import Inputs, Step, read_inputs, translations
from eventwindow.study.provenance import run_record
from eventwindow.study.result import StudyResult


def quiet(_: str) -> None:
    """A step that says nothing."""


def run_study(
    study: Study | Path | str,
    *,
    prices: str = "auto",
    claims: Path | str | None = None,
    step: Step = quiet,
    progress: Progress | None = None,
) -> StudyResult:
    """Run a study: every analysis that applies to it, and a verdict on every claim.

    Parameters
    ----------
    study : Study, path or str
        One that was read, the folder of one, or the name of one that ships.
    prices : str
        "auto" (Yahoo, else the figures that ship with the study), "yahoo", "shipped", or the path of a file.
    claims : path, optional
        A file of claims to judge instead of the study's own.
    step : callable of str
        Told what is being done.
    progress : callable of (done, total, symbol), optional
        Called while prices are pulled.

    Returns
    -------
    StudyResult
        Tables, abnormal returns, verdicts. `write_result` writes it.

    Raises
    ------
    StudyError
        For a fault of study, claims or prices, with file, line and remedy. SourceError where prices cannot be had now.

    Examples
    --------
    >>> folder = ew.new_study("an-event")
    >>> result = ew.run_study(folder, prices="shipped")
    >>> result.summary(0).n
    3
    """
    study = study if isinstance(study, Study) else read_study(study)
    check_closed(study)
    inputs = read_inputs(study, prices, step, claims, progress)
    step("estimating expected returns")
    return concluded(inputs, estimated(inputs), step)


@one_blas_thread()
def concluded(inputs: Inputs, estimates: Estimates, step: Step, analyses: Sequence[Analysis] = ANALYSES) -> StudyResult:
    """The analyses, by default every one of the registry, and a verdict on every claim."""
    step("measuring the claims; testing; looking through every specification")
    every = sorted(analyses, key=lambda analysis: -analysis.cost)
    ledger, head = inputs.ledger, inputs.study.file.study
    both = ledger.claims, panels_of(ledger.readings, ledger.disagreements)
    works: list[Work] = [
        partial(_measured, both, estimates.evidence),
        *(partial(_analysed, a, estimates) for a in every),
        partial(run_record, inputs.study, inputs.prices, inputs.frozen),
    ]
    (measured, beside), *found, record = run_parallel(works)
    step("judging the claims")
    tables, left_out = _collected([tables for tables, _ in found]), [e for _, lost in found for e in lost]
    left_out += _of_bars(tables.get("intraday_days", pd.DataFrame()))
    tables["excluded"] = excluded_table(estimates, left_out)
    evidence = _with_curve(estimates, tables)
    verdicts = tuple(judge(ledger.claims, evidence, measured))
    tables |= {"claims": claims_table(verdicts)} | (
        {"claims.zh-Hant": claims_table_in("zh-Hant", verdicts)} if verdicts else {}
    )
    readings, disagreements = weigh(ledger.readings, ledger.disagreements, verdicts, evidence, beside)
    return StudyResult(
        name=inputs.study.name,
        title_en=head.title,
        title_zh=head.title_zh,
        tables=tables,
        abnormal=estimates.by_event,
        verdicts=verdicts,
        evidence=evidence,
        calendar=inputs.calendar,
        run=record,
        articles=tuple(asdict(article) for article in ledger.articles),
        readings=tuple(readings),
        disagreements=tuple(disagreements),
        left_out=(*estimates.exclusions, *left_out),
        translations=translations(inputs.study.folder),
    )


def _measured(both: Sequence[Sequence[Claim]], evidence: Evidence) -> list[dict[str, Measured | None]]:
    """What claims come to, and what the panels of readings do: in one piece, for they ask for the same figures."""
    return [measure_all(claims, evidence) for claims in both]


def _of_bars(table: pd.DataFrame) -> list[Exclusion]:
    """Symbols whose bars cannot be used, or cover a part of the day that is shown."""
    rows = table[["event", "security", "note"]].to_numpy(object).tolist() if len(table) else []
    return [Exclusion(event, who, "partly", note) for event, who, note in rows if isinstance(note, Reason)]


def _analysed(analysis: Analysis, estimates: Estimates) -> tuple[Tables, list[Exclusion]]:
    """The tables of one analysis; where it cannot run, none, and its reason."""
    try:
        return analysis.run(estimates), []
    except NoFigure as reason:
        why = Reason("analysis_not_computed", name=Reason(f"analysis_{analysis.name}"), reason=reason.reason)
        return {}, [Exclusion(estimates.headline.event, "", "excluded", why)]


def _collected(found: list[Tables]) -> Tables:
    """The tables of all analyses in the order of the registry; those of every result are there, if empty."""
    held = {name: table for tables in found for name, table in tables.items()}
    empty = {name: pd.DataFrame(columns=columns) for name, columns in ALWAYS.items()}
    names = [name for analysis in ANALYSES for name in analysis.tables]
    return {name: (held if name in held else empty)[name] for name in names if name in held or name in empty}


def _with_curve(estimates: Estimates, tables: Mapping[str, pd.DataFrame]) -> Evidence:
    curve = {name: tables[name] for name in ("robustness",) if name in tables}
    return replace(estimates.evidence, tables={**estimates.evidence.tables, **curve})
