"""The chain: a study and its prices go in, a `StudyResult` comes out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from eventwindow.abnormal import AbnormalReturns
from eventwindow.claims import judge
from eventwindow.further import further_tables
from eventwindow.inputs import (
    Inputs,
    Step,
    gather_evidence,
    model_factors,
    read_inputs,
    securities_table,
    told_before,
)
from eventwindow.layout import placed_events, study_abnormal_returns
from eventwindow.provenance import run_record
from eventwindow.result import StudyResult
from eventwindow.sensitivity import Headline, benchmark_star, curve, headline_view, views_table
from eventwindow.studies import find_study
from eventwindow.tables import claims_table, cumulative_table, daily_table, excluded_table, tests_table


def quiet(_: str) -> None:
    """A step that says nothing."""


def run_study(
    folder: Path | str, *, prices: str = "auto", claims: Path | str | None = None, step: Step = quiet
) -> StudyResult:
    """Run the study in `folder`, or the one of that name that ships.

    `prices`: "auto" (Yahoo, else the figures that ship with the study), "yahoo", "shipped", or the path of a file.
    `claims`: a file of claims to judge instead of the study's own.
    """
    inputs = read_inputs(find_study(str(folder)), prices, step, None if claims is None else Path(claims))
    study, windows = inputs.study, inputs.study.file.windows
    step("estimating expected returns")
    stocks = securities_table(study).query("kind == 'stock'")
    held, absent = inputs.prices.histories, inputs.quality.no_day_zero()
    placed = placed_events(stocks, inputs.calendar, inputs.calendars, held, absent)
    abnormal = headline_model(inputs, placed)
    by_event = {e.id: abnormal.select((abnormal.labels["event"] == e.id).to_numpy()) for e in study.file.events}
    step("testing")
    tables = {
        "abnormal_returns": daily_table(abnormal),
        "cumulative": cumulative_table(abnormal, windows.report, inputs.calendar),
        "tests": tests_table(by_event, study.baskets, windows.report),
        "excluded": excluded_table(abnormal, windows.report, placed, told_before(inputs)),
    }
    tables |= {
        "data_quality": inputs.quality.findings_table(),
        "reconciliation": inputs.quality.reconciliation_table(),
    }
    step("looking through other benchmarks and specifications")
    tables |= robustness_tables(inputs, placed)
    step("asking untreated stocks, other exchanges and the bars of the day")
    tables |= further_tables(inputs, by_event[study.headline["event"]])
    step("judging the claims")
    evidence = gather_evidence(inputs, by_event)
    verdicts = tuple(judge(inputs.ledger.claims, evidence))
    tables["claims"] = claims_table(verdicts)
    head, run = study.file.study, run_record(study, inputs.prices)
    return StudyResult(
        study.name, head.title, head.title_zh, tables, by_event, verdicts, evidence, inputs.calendar, run
    )


def headline_model(inputs: Inputs, placed: pd.DataFrame) -> AbnormalReturns:
    """Abnormal returns of every event and stock under the study's own model."""
    file = inputs.study.file
    series = inputs.returns if file.study.returns == "simple" else {s: np.log1p(r) for s, r in inputs.returns.items()}
    return study_abnormal_returns(
        placed,
        series,
        inputs.calendars,
        estimation=file.windows.estimation,
        window=file.windows.event,
        model=file.model.name,
        minimum_returns=file.study.minimum_returns,
        kind=file.study.returns,
        factors=model_factors(inputs),
    )


def robustness_tables(inputs: Inputs, placed: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The headline event on other benchmarks (`views`) and over every specification (`robustness`, `curve`)."""
    head = headline_of(inputs, placed)
    if head is None:
        return {}
    file, event = inputs.study.file, inputs.study.headline["event"]
    windows, minimum = file.windows, file.study.minimum_returns
    sessions = inputs.calendar[inputs.calendar["mic"] == head.calendar.mic]
    before = sessions[(sessions["kind"] == "event") & (sessions["session"] < head.day0)]
    every = curve(
        head,
        windows.report,
        estimation=windows.estimation,
        before=dict(zip(before["id"], before["session"], strict=True)),
        tainted=pd.DatetimeIndex(sessions.loc[sessions["kind"] == "news", "session"].dropna()),
        factors=inputs.tables.get("factors"),
        minimum=minimum,
    )
    views = views_table(
        head, windows.report, inputs.calendar, estimation=windows.estimation, window=windows.event, minimum=minimum
    )
    members = [s for s in inputs.study.headline["members"] if s in every.securities]
    zero = windows.report[0]
    curves = [every.curve(s, zero).assign(security=s, window_start=zero.start, window_end=zero.end) for s in members]
    tables = {"views": views, "robustness": every.summary().assign(event=event)}
    return tables | ({"curve": pd.concat(curves, ignore_index=True).assign(event=event)} if curves else {})


def headline_of(inputs: Inputs, placed: pd.DataFrame) -> Headline | None:
    """The headline event through the study's benchmark, that benchmark without the treated, and further ones."""
    study, robustness = inputs.study, inputs.study.file.robustness
    star, benchmark = None, study.benchmark
    if robustness.index and "weights" in inputs.tables:
        frames = {symbol: history.frame for symbol, history in inputs.prices.histories.items()}
        weights = inputs.tables["weights"]
        star = benchmark_star(
            inputs.returns[benchmark], inputs.returns, frames, weights, robustness.index, study.treated
        )
    rows = placed[placed["event"] == study.headline["event"]]
    calendar = inputs.calendars[benchmark]
    return headline_view(rows, inputs.returns, calendar, benchmark, robustness.benchmarks, star)


def check_study(folder: Path | str, *, prices: str = "auto", step: Step = quiet) -> list[str]:
    """What `run` would run on, in words; everything that is wrong is raised."""
    inputs = read_inputs(find_study(str(folder)), prices, step)
    file, histories = inputs.study.file, inputs.prices.histories
    origins = Counter(h.origin for h in histories.values())
    shifts = inputs.calendar.query("kind == 'event' and shift != ''")
    return [
        f"study.toml: {len(file.events)} events, {len(inputs.study.stocks)} stocks, {len(file.securities)} securities,"
        f" {len(inputs.study.baskets)} baskets, {len(file.news)} entries of other news",
        *(f"  {r.id}: day 0 on {r.mic} is {r.session:%Y-%m-%d} ({r.shift})" for r in shifts.itertuples()),
        f"claims.toml: {len(inputs.ledger.claims)} claims of {len(inputs.ledger.articles)} articles",
        "prices: " + ", ".join(f"{n} {origin}" for origin, n in sorted(origins.items())),
        *(f"  {what} {security} {event}: {reason}" for event, security, what, reason in told_before(inputs)),
        *(f"  {f.level} {f.symbol} {f.text_en}" for f in inputs.quality.findings),
        *inputs.prices.notes,
        "nothing is wrong",
    ]
