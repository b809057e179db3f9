"""What else the data say about the headline event: untreated stocks, other exchanges, the day by the minute."""

from __future__ import annotations

import numpy as np
import pandas as pd

from eventwindow.analyses.counterfactual import COUNTERFACTUALS
from eventwindow.analyses.counterfactual import tables as counterfactual
from eventwindow.analyses.counterfactual.estimate import estimated
from eventwindow.analyses.counterfactual.heldout import block_of_day
from eventwindow.analyses.counterfactual.sample import Sample, donor_returns, sample
from eventwindow.analyses.cross_listing import RECEIPTS, receipts_table
from eventwindow.analyses.intraday import tables as intradaytables
from eventwindow.analyses.intraday.bars import Bars, bars_of
from eventwindow.analyses.sessions import exchanges_table
from eventwindow.calendars.exchange import Calendar
from eventwindow.errors import StudyError
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.study.load import Inputs, securities_table

Tables = dict[str, pd.DataFrame]


def further_tables(inputs: Inputs, headline: AbnormalReturns) -> Tables:
    """Tables counterfactual…, exchanges, receipts, intraday…, lead_lag; those without matter hold no row.

    `headline` holds the abnormal returns of the headline event under the study's own model.
    """
    if not len(headline):
        return counterfactual.empty_tables() | intradaytables.empty_tables()
    return _counterfactuals(inputs, headline) | _exchanges(inputs, headline) | _intraday(inputs, headline)


def donors(inputs: Inputs, headline: AbnormalReturns) -> tuple[Sample | None, dict[str, str]]:
    """The basket's members beside the donors of the panel, and why members are left out; none without a panel."""
    form, treated = inputs.study.file.counterfactual, headline.select(list(inputs.study.headline["members"]))
    if form is None or not len(treated):
        return None, {}
    panel = inputs.tables.get(form.panel)
    if panel is None:
        raise StudyError(
            f"the study's figures hold no table {form.panel!r}",
            where="study.toml, counterfactual.panel",
            remedy=f"Add figures/{form.panel}.parquet (adjusted closes, date × symbol), or leave [counterfactual] out.",
        )
    calendar = inputs.calendars[treated.labels["security"].iloc[0]]
    kind = inputs.study.file.study.returns
    held, left_out = sample(treated, donor_returns(panel, calendar.sessions, kind), form.exclude)
    if held is not None:
        block_of_day(len(held.x), form.blocks)
    return held, left_out


def _counterfactuals(inputs: Inputs, headline: AbnormalReturns) -> Tables:
    """The basket's members against donors; nothing where the study names no panel."""
    form, event = inputs.study.file.counterfactual, inputs.study.headline["event"]
    held, left_out = donors(inputs, headline)
    if form is None or held is None:
        lost = counterfactual.left_out_rows(left_out, event)
        return counterfactual.empty_tables() | {"counterfactual": lost}
    models = [estimated(COUNTERFACTUALS[name], held, form.blocks) for name in form.models]
    return counterfactual.counterfactual_tables(held, models, form.blocks, left_out, event)


def _exchanges(inputs: Inputs, headline: AbnormalReturns) -> Tables:
    """Sessions in world time; receipts against their home shares."""
    study, windows = inputs.study, inputs.study.file.windows
    members, event = list(study.headline["members"]), study.headline["event"]
    table = exchanges_table(headline, members, securities_table(study), inputs.returns, inputs.calendars)
    frames = {symbol: history.frame for symbol, history in inputs.prices.histories.items()}
    day_zero = dict(zip(headline.labels["security"], headline.labels["date"], strict=True))
    receipts = [
        receipts_table(event, day_zero[r.receipt], r.model_dump(), frames, inputs.calendars, windows.event)
        for r in study.file.receipts
        if r.receipt in day_zero and r.home in frames
    ]
    return {
        "exchanges": table,
        "receipts": pd.concat(receipts, ignore_index=True) if receipts else pd.DataFrame(columns=RECEIPTS),
    }


def _intraday(inputs: Inputs, headline: AbnormalReturns) -> Tables:
    """The bars of the first member's day 0 (and the days that the study names after it), of every symbol with bars."""
    form, table, study = inputs.study.file.intraday, inputs.tables.get("intraday"), inputs.study
    if table is None:
        return intradaytables.empty_tables()
    first = next(iter(study.headline["members"]), "")
    first = first if first in set(headline.labels["security"]) else str(headline.labels["security"].iloc[0])
    calendar = inputs.calendars[first]
    zero = headline.labels.loc[headline.labels["security"] == first, "date"].iloc[0]
    events = inputs.calendar[(inputs.calendar["kind"] == "event") & (inputs.calendar["mic"] == calendar.mic)]
    bars, lost = _bars(inputs, table, calendar)
    return intradaytables.intraday_tables(
        study.headline["event"],
        bars,
        _sessions(calendar, pd.Timestamp(zero), form.days),
        list(events["session"]),
        market=form.market,
        sector=form.sector,
        pairs=form.pairs,
        lost=lost,
    )


def _bars(inputs: Inputs, table: pd.DataFrame, otherwise: Calendar) -> tuple[dict[str, Bars], dict[str, str]]:
    """Bars by symbol, and why a symbol has none; one that the study does not hold keeps the first's hours."""
    bars, lost = {}, {}
    for symbol in table["symbol"].unique():
        try:
            bars[symbol] = bars_of(table, symbol, inputs.calendars.get(symbol, otherwise))
        except StudyError as error:
            lost[symbol] = error.what
    return bars, lost


def _sessions(calendar: Calendar, zero: pd.Timestamp, days: tuple[int, ...]) -> list[pd.Timestamp]:
    at = int(calendar.sessions.searchsorted(zero)) + np.array(days)
    return list(calendar.sessions[at[(at >= 0) & (at < len(calendar.sessions))]])
