"""The chain: a study and its prices go in, a `StudyResult` comes out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from eventwindow.claims import judge
from eventwindow.inputs import Step, gather_evidence, read_inputs, securities_table, told_before
from eventwindow.layout import placed_events, study_abnormal_returns
from eventwindow.provenance import run_record
from eventwindow.result import StudyResult
from eventwindow.tables import claims_table, cumulative_table, daily_table, excluded_table, tests_table


def quiet(_: str) -> None:
    """A step that says nothing."""


def run_study(folder: Path | str, *, prices: str = "auto", step: Step = quiet) -> StudyResult:
    """Run the study in `folder`.

    `prices`: "auto" (Yahoo, else the figures that ship with the study), "yahoo", "shipped", or the path of a file.
    """
    inputs = read_inputs(Path(folder), prices, step)
    study, windows = inputs.study, inputs.study.file.windows
    step("estimating expected returns")
    stocks = securities_table(study).query("kind == 'stock'")
    placed = placed_events(stocks, inputs.calendar, inputs.calendars, inputs.prices.histories)
    abnormal = study_abnormal_returns(
        placed,
        inputs.returns,
        inputs.calendars,
        estimation=windows.estimation,
        window=windows.event,
        model=study.file.model.name,
        minimum_returns=study.file.study.minimum_returns,
        kind=study.file.study.returns,
    )
    by_event = {e.id: abnormal.select((abnormal.labels["event"] == e.id).to_numpy()) for e in study.file.events}
    step("testing")
    cumulative = cumulative_table(abnormal, windows.report, inputs.calendar)
    tests = tests_table(by_event, study.baskets, windows.report)
    step("judging the claims")
    evidence = gather_evidence(inputs, by_event)
    verdicts = judge(inputs.ledger.claims, evidence)
    tables = {
        "abnormal_returns": daily_table(abnormal),
        "cumulative": cumulative,
        "tests": tests,
        "claims": claims_table(verdicts),
        "excluded": excluded_table(abnormal, windows.report, placed, told_before(inputs)),
    }
    head = study.file.study
    run = run_record(study, inputs.prices)
    return StudyResult(
        study.name, head.title, head.title_zh, tables, by_event, tuple(verdicts), evidence, inputs.calendar, run
    )


def check_study(folder: Path | str, *, prices: str = "auto", step: Step = quiet) -> list[str]:
    """What `run` would run on, in words; everything that is wrong is raised."""
    inputs = read_inputs(Path(folder), prices, step)
    file, histories = inputs.study.file, inputs.prices.histories
    origins = Counter(h.origin for h in histories.values())
    shifts = inputs.calendar.query("kind == 'event' and shift != ''")
    return [
        f"study.toml: {len(file.events)} events, {len(inputs.study.stocks)} stocks, {len(file.securities)} securities,"
        f" {len(inputs.study.baskets)} baskets, {len(file.news)} entries of other news",
        *(f"  {r.id}: day 0 on {r.mic} is {r.session:%Y-%m-%d} ({r.shift})" for r in shifts.itertuples()),
        f"claims.toml: {len(inputs.ledger.claims)} claims of {len(inputs.ledger.articles)} articles",
        "prices: " + ", ".join(f"{n} {origin}" for origin, n in sorted(origins.items())),
        *(f"  {what} {security}: {reason}" for security, what, reason in told_before(inputs)),
        *inputs.prices.notes,
        "nothing is wrong",
    ]
