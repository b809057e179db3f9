"""The stages of a run that need more than a line: the headline model, and the headline event seen otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from eventwindow.analyses.benchmarks import (
    STAR,
    Headline,
    benchmark_star,
    curve,
    headline_view,
    seen_through,
    views_table,
)
from eventwindow.analyses.firms import candidates_table, firms_table
from eventwindow.analyses.market import groups_table, market_table, treated_stocks_table
from eventwindow.analyses.run_up import approach_table
from eventwindow.analyses.volume_volatility import activity_table, volume_abnormal
from eventwindow.calendars.exchange import Calendar
from eventwindow.calendars.window import Window
from eventwindow.claims.market_value import market_value
from eventwindow.errors import NoFigure, StudyError
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.by_exchange import placed_events, study_abnormal_returns
from eventwindow.estimation.ex_treated import weights_from_values
from eventwindow.study.definition import LONG_WINDOW
from eventwindow.study.exclusions import told_before
from eventwindow.study.load import Inputs, gather_evidence, model_factors, securities_table


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
        where="study.toml, events",
        remedy="Give an event date that the prices reach, or a smaller minimum_returns.",
    )


class Estimated(NamedTuple):
    """Every event and stock under the study's own model."""

    placed: pd.DataFrame  # one row an event and stock with a price on its day 0
    told: list[tuple[str, str, str, str]]  # event, security, what, reason: before anything was computed
    abnormal: AbnormalReturns
    by_event: dict[str, AbnormalReturns]


def estimated(inputs: Inputs) -> Estimated:
    """Abnormal returns of every event; the headline event has a security left, or the study ends."""
    headline, told = inputs.study.headline["event"], told_before(inputs)
    stocks = securities_table(inputs.study).query("kind == 'stock'")
    held, absent = inputs.prices.histories, inputs.quality.no_day_zero()
    placed = placed_events(stocks, inputs.calendar, inputs.calendars, held, absent)
    check_left(headline, placed, told)
    abnormal = _estimated(inputs, placed, inputs.study.file.windows.estimation)
    check_left(headline, abnormal.labels, [*told, *excluded_rows(abnormal)])
    events = [e.id for e in inputs.study.file.events]
    by_event = {event: abnormal.select((abnormal.labels["event"] == event).to_numpy()) for event in events}
    return Estimated(placed, told, abnormal, by_event)


def _estimated(inputs: Inputs, placed: pd.DataFrame, estimation: Window) -> AbnormalReturns:
    file = inputs.study.file
    series = inputs.returns if file.study.returns == "simple" else {s: np.log1p(r) for s, r in inputs.returns.items()}
    return study_abnormal_returns(
        placed,
        series,
        inputs.calendars,
        estimation=estimation,
        window=file.windows.event,
        model=file.model.name,
        minimum_returns=file.study.minimum_returns,
        kind=file.study.returns,
        factors=model_factors(inputs),
    )


def firm_tables(inputs: Inputs, placed: pd.DataFrame, headline: AbnormalReturns) -> dict[str, pd.DataFrame]:
    """The headline event firm by firm (`firms`), the day as one of its candidates, and abnormal activity."""
    file, event = inputs.study.file, inputs.study.headline["event"]
    calendar = inputs.calendars[headline.labels["security"].iloc[0]]
    mine = headline.select((headline.labels["mic"] == calendar.mic).to_numpy())
    rows = placed[(placed["event"] == event) & (placed["mic"] == calendar.mic)].reset_index(drop=True)
    longer = Window(file.windows.estimation.end - LONG_WINDOW + 1, file.windows.estimation.end)
    long = _estimated(inputs, rows, longer)
    volumes = {
        s: inputs.prices[s]["volume"] for s in mine.labels["security"] if inputs.prices[s]["volume"].notna().any()
    }
    volume = volume_abnormal(mine, volumes, calendar, file.study.minimum_returns)
    baskets = dict(inputs.study.baskets)
    return {
        "firms": firms_table(mine, long, file.windows.report, inputs.study.headline["members"]),
        "candidates": candidates_table(mine, baskets, candidates(inputs, calendar, mine)),
        "activity": activity_table(mine, volume, baskets, file.windows.report),
    }


def candidates(inputs: Inputs, calendar: Calendar, headline: AbnormalReturns) -> Window:
    """The sessions that could have been chosen: the study's own window, else from the event before up to day 0."""
    given, window = inputs.study.file.robustness.candidates, inputs.study.file.windows.event
    if given is not None:
        return given
    events = inputs.calendar[(inputs.calendar["kind"] == "event") & (inputs.calendar["mic"] == calendar.mic)]
    zero = headline.labels["date"].iloc[0]
    earlier = events.loc[events["session"] < zero, "session"]
    if earlier.empty:
        return Window(0, 0)
    steps = int(calendar.sessions.searchsorted(zero) - calendar.sessions.searchsorted(earlier.max()))
    return Window(max(-steps, window.start), 0)


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
    seen = seen_through(head, estimation=windows.estimation, window=windows.event, minimum=minimum)
    members = [s for s in inputs.study.headline["members"] if s in every.securities]
    zero = windows.report[0]
    curves = [every.curve(s, zero).assign(security=s, window_start=zero.start, window_end=zero.end) for s in members]
    tables = {
        "views": views_table(seen, windows.report, inputs.calendar),
        "robustness": every.summary().assign(event=event),
        "group_views": groups_table(seen, inputs.study.baskets, windows.report[0]).assign(event=event),
        "market": _market(inputs, head).assign(event=event, date=head.day0),
    }
    if head.star is not None:
        tables["treated_stocks"] = treated_stocks_table(head.star, head.day0).assign(event=event, date=head.day0)
        held = head.calendar.sessions
        at = int(held.get_indexer(pd.DatetimeIndex([head.day0]))[0])
        near = held[max(0, at + windows.event.start) : at + windows.event.end + 1]
        tables["treated"] = head.star.table(near[0], near[-1]).dropna(subset="benchmark_return")
    return tables | ({"curve": pd.concat(curves, ignore_index=True).assign(event=event)} if curves else {})


def _market(inputs: Inputs, head: Headline) -> pd.DataFrame:
    """What the market did on the headline's day 0; the benchmark without the treated keeps the benchmark's name."""
    form, benchmark = inputs.study.file.counterfactual, inputs.study.benchmark
    series = {name: head.returns[name] for name in head.benchmarks if name != benchmark + STAR}
    star = None if head.star is None else (benchmark, head.star)
    panel = inputs.tables.get("panel" if form is None else form.panel)
    return market_table(head.day0, series, star, panel, inputs.study.treated)


def approach(inputs: Inputs, abnormal: Mapping[str, AbnormalReturns]) -> pd.DataFrame:
    """How prices came to the headline day: earlier events, and each session that could have been the day instead."""
    headline, members = inputs.study.headline["event"], inputs.study.headline["members"]
    labels = abnormal[headline].labels
    calendar = inputs.calendars[next((m for m in members if m in set(labels["security"])), labels["security"].iloc[0])]
    mine = abnormal[headline].select((labels["mic"] == calendar.mic).to_numpy())
    return approach_table(abnormal, headline, members, candidates(inputs, calendar, mine))


def headline_of(inputs: Inputs, placed: pd.DataFrame) -> Headline | None:
    """The headline event through the study's benchmark, that benchmark without the treated, and further ones."""
    study, robustness = inputs.study, inputs.study.file.robustness
    star, benchmark = None, study.benchmark
    if robustness.index and "weights" in inputs.tables:
        frames = {symbol: history.frame for symbol, history in inputs.prices.histories.items()}
        weights = filled_weights(inputs, inputs.tables["weights"], robustness.index)
        star = benchmark_star(
            inputs.returns[benchmark], inputs.returns, frames, weights, robustness.index, study.treated
        )
    rows = placed[placed["event"] == study.headline["event"]]
    calendar = inputs.calendars[benchmark]
    return headline_view(rows, inputs.returns, calendar, benchmark, robustness.benchmarks, star)


def filled_weights(inputs: Inputs, weights: pd.DataFrame, index: str) -> pd.DataFrame:
    """The weights in `index`, those left empty from market values and the first weight that is given.

    A market value is the close times the share count known on the day of the weights; a stock without a count keeps its
    empty weight and counts as not held.
    """
    rows = weights[(weights["index"] == index) & weights["symbol"].isin(list(inputs.prices.histories))]
    given, empty = rows[rows["weight"].notna()], rows[rows["weight"].isna()]
    if empty.empty or given.empty:
        return rows.dropna(subset="weight")
    anchor, evidence = given.iloc[0], gather_evidence(inputs, {}, {})
    values = {}
    for symbol in (anchor["symbol"], *empty["symbol"]):
        try:
            values[symbol] = market_value(evidence, symbol, pd.Timestamp(anchor["date"]).date())
        except NoFigure:
            continue
    if anchor["symbol"] not in values:
        return given
    filled = weights_from_values(pd.Series(values), anchor["symbol"], float(anchor["weight"]))
    return rows.assign(weight=rows["weight"].fillna(rows["symbol"].map(filled))).dropna(subset="weight")
