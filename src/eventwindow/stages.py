"""The stages of a run that need more than a line: the headline model, and the headline event seen otherwise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from eventwindow.abnormal import AbnormalReturns
from eventwindow.errors import StudyError
from eventwindow.inputs import Inputs, model_factors
from eventwindow.layout import study_abnormal_returns
from eventwindow.sensitivity import Headline, benchmark_star, curve, headline_view, views_table


def excluded_rows(abnormal: AbnormalReturns) -> list[tuple[str, str, str, str]]:
    rows = abnormal.excluded.astype(str).itertuples(index=False)
    return [(event, security, "excluded", reason) for event, security, reason in rows]


def check_left(event: str, rows: pd.DataFrame, told: Sequence[tuple[str, str, str, str]]) -> None:
    """A study whose headline event has no security left says why, and ends."""
    if (rows["event"] == event).any():
        return
    reasons = [f"{security}: {reason}" for e, security, what, reason in told if what == "excluded" and e in ("", event)]
    raise StudyError(
        f"no security is left for the event {event!r} ({'; '.join(reasons[:3])}{'; …' if len(reasons) > 3 else ''})",
        remedy="Give an event date that the prices reach, or a smaller minimum_returns.",
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
