"""From a table of returns and a table of events to abnormal returns, in one call."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

import numpy as np
import pandas as pd

from eventwindow.calendars.dates import check_sessions
from eventwindow.calendars.day_zero import placed
from eventwindow.calendars.exchange import SessionRule
from eventwindow.calendars.window import Span, as_window
from eventwindow.errors import StudyError
from eventwindow.estimation.abnormal import AbnormalReturns, estimate
from eventwindow.estimation.contamination import Contamination, check_contamination, decontaminated, gap_notes
from eventwindow.estimation.door import (
    OF_RETURNS,
    Values,
    check_factors,
    check_kind,
    check_prices,
    check_values,
    returns_table,
    sessions_only,
)
from eventwindow.estimation.event_time import Factors, event_returns
from eventwindow.estimation.models import Model, model_named
from eventwindow.estimation.overlaps import overlap_notes
from eventwindow.estimation.plausible import check_decimals
from eventwindow.inference.summary import Summary, summarise


class EventStudy(AbnormalReturns):
    """Abnormal returns with what is concluded from them."""

    @classmethod
    def of(cls, abnormal: AbnormalReturns) -> EventStudy:
        return cls(**{f.name: getattr(abnormal, f.name) for f in fields(abnormal)})

    def summary(self, window: Span | None = None) -> Summary:
        """Every test of one window: first those that hold for the design, then what could not run, then the others."""
        return summarise(self, self.window if window is None else as_window(window))


def abnormal_returns(
    returns: pd.DataFrame,
    events: pd.DataFrame,
    *,
    model: str | Model = "market_model",
    benchmark: str | None = None,
    factors: Factors | None = None,
    peers: Sequence[str] = (),
    estimation: Span = (-260, -11),
    window: Span = (-10, 20),
    minimum_returns: int = 100,
    session: SessionRule = "error",
    exchange: str | None = None,
    kind: str = "simple",
    values: Values = "returns",
    contamination: Contamination = "tell",
) -> EventStudy:
    """Abnormal returns of every event.

    `returns` is date × security, decimals. `events` has the columns security and date; optional are event, group, time,
    zone and exchange, session (its own rule), benchmark (a column of `returns`), window_start and window_end (its own
    window, which `car()` without argument takes). `benchmark` names the column for all; `factors` is a table instead.
    """
    check_kind(kind)
    check_contamination(contamination)
    check_values(values)
    fitter = model_named(model)
    estimation, window = as_window(estimation), as_window(window)
    returns = returns_table(returns)
    check_sessions(returns.index, OF_RETURNS)
    if benchmark is not None and factors is not None:
        raise StudyError(
            f"both benchmark={benchmark!r} and factors are given",
            remedy="Give one of the two: a benchmark is a column of the returns, factors are a table of their own.",
        )
    for table in factors.values() if isinstance(factors, Mapping) else () if factors is None else (factors,):
        check_factors(table)
    returns, closed = sessions_only(returns, _benchmarks(events, benchmark))
    prices = returns if values == "prices" else None
    if prices is not None:
        check_prices(prices.to_numpy(float), prices.columns, prices.index, "the table of prices")
        ratio = prices / prices.shift(1)
        returns = ratio - 1 if kind == "simple" else ratio.apply(np.log)
    events = placed(events, pd.DatetimeIndex(returns.index), session, exchange)
    if peers:
        factors = _peer_index(returns, list(peers))
    elif factors is None and benchmark is not None:
        events = events.assign(benchmark=_own(events, benchmark))
    _check_returns(returns, events, peers, kind)
    lags, leads = fitter.neighbours
    source = event_returns(
        returns,
        events,
        estimation=estimation,
        window=window,
        factors=factors,
        lags=lags,
        leads=leads,
        kind=kind,
        prices=prices,
    )
    source, contaminated, lost = decontaminated(source, contamination)
    result = estimate(source, fitter, minimum_returns)
    shifts = tuple(shift for shift in result.labels["shift"] if shift)
    notes = (*result.notes, *closed, *shifts, *contaminated, *gap_notes(result), *overlap_notes(result))
    notes += _treated_peers(events, peers)
    excluded = pd.concat([result.excluded, lost], ignore_index=True) if len(lost) else result.excluded
    return EventStudy.of(replace(result, notes=notes, excluded=excluded))


def _benchmarks(events: pd.DataFrame, benchmark: str | None) -> set[object]:
    """The columns that are benchmarks: an index is quoted on days on which no stock trades."""
    return {benchmark, *events.get("benchmark", pd.Series(dtype=object)).unique()}


def _check_returns(returns: pd.DataFrame, events: pd.DataFrame, peers: Sequence[str], kind: str) -> None:
    """The columns that the events read hold returns in decimals."""
    read = [*events["security"].unique(), *events.get("benchmark", pd.Series(dtype=object)).unique(), *peers]
    table = returns[returns.columns.intersection(read)]
    remedy = "Turn them into returns: prices.pct_change()."
    check_decimals(table.to_numpy(float), table.columns, "the table of returns", remedy, kind)


def _own(events: pd.DataFrame, benchmark: str) -> pd.Series:
    """Each event's own benchmark, the common one where it has none."""
    own = events.get("benchmark", pd.Series("", index=events.index))
    return own.where(own.notna() & (own != ""), benchmark)


def _peer_index(returns: pd.DataFrame, peers: list[str]) -> pd.DataFrame:
    if lacking := [peer for peer in peers if peer not in returns]:
        raise StudyError(f"peer {lacking[0]!r} is no column of the table of returns.")
    return returns[peers].mean(axis=1).to_frame("peers")


def _treated_peers(events: pd.DataFrame, peers: Sequence[str]) -> tuple[str, ...]:
    treated = [peer for peer in peers if peer in set(events["security"])]
    if not treated:
        return ()
    note = f"{', '.join(treated)}: a peer that is itself in the study hides part of the effect"
    warnings.warn(note, stacklevel=3)
    return (note,)
