"""The basket as one security."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from eventwindow.errors import Reason, StudyError, counted
from eventwindow.estimation.abnormal import AbnormalReturns, estimate
from eventwindow.estimation.contamination import gap_notes
from eventwindow.estimation.event_time import Array, EventReturns
from eventwindow.estimation.given import by_number, identifier
from eventwindow.inference.design import TOGETHER, Design, design, same_calendar

Weights = Array | Sequence[float] | pd.Series | Mapping[str, float]

MINIMUM_DAYS = 30
DAYS_DIFFER, MODELS_DIFFER = Reason("event_days_differ"), Reason("models_differ")


def unfit(ar: AbnormalReturns, kind: Design) -> Reason | None:
    """Why events that meet so have no basket; None where they have one."""
    if ar.source is None or ar.fitter is None:
        return MODELS_DIFFER
    if kind not in TOGETHER:
        return DAYS_DIFFER
    return None if same_calendar(ar.estimation_days) else Reason("estimation_calendars_differ")


def basket_returns(ar: AbnormalReturns, weights: Array | None = None) -> AbnormalReturns | Reason:
    """Abnormal returns of the basket (one row) of events that share their days, under their model; or why none."""
    if ar.source is None or ar.fitter is None:
        return MODELS_DIFFER
    one = estimate(basket_source(ar.source, weights), ar.fitter, MINIMUM_DAYS)
    return one if len(one) else one.excluded["reason"].iloc[0]


def basket_source(source: EventReturns, weights: Array | None = None) -> EventReturns:
    """One event: the weighted mean return and factors (equal weights by default) on the days that all members have."""
    w = np.full(len(source), 1 / len(source)) if weights is None else weights / weights.sum()
    parts = ("estimation", "event") if source.gap_returns is None else ("estimation", "event", "gap")
    mean: dict[str, Any] = {
        name: np.tensordot(w, getattr(source, name), axes=(0, 0))[None]
        for name in (f"{part}_{what}" for part in parts for what in ("returns", "factors"))
    }
    days: dict[str, Any] = {f"{part}_days": getattr(source, f"{part}_days").min(axis=0)[None] for part in parts}
    mean |= _over_halts(source, w)
    if source.sessions is not None:  # a day on which one return covers several sessions is not a day of all members
        shared = (source.sessions == 1).all(axis=0)
        mean["estimation_returns"] = np.where(shared, mean["estimation_returns"], np.nan)
        mean["sessions"] = np.ones_like(mean["estimation_returns"])
    labels = source.labels.iloc[:1].assign(security="basket").reset_index(drop=True)
    return replace(source, labels=labels, **mean, **days)


def _over_halts(source: EventReturns, weights: Array) -> dict[str, Any]:
    """The event's returns where a member is halted: those of all members over its sessions together, on the last."""
    if source.covered is None or source.halted is None:
        return {}
    halted, own = np.asarray(source.halted.any(axis=0)), source.event_returns
    lost = np.isnan(own) & ~source.halted[:, 1:]
    joined, covered = np.full(own.shape[1], np.nan), np.ones(own.shape[1])
    first = 0
    for day in np.flatnonzero(~halted[1:]).tolist():
        if not lost[:, first : day + 1].any():
            joined[day], covered[day] = weights @ np.nansum(own[:, first : day + 1], axis=1), day + 1 - first
        first = day + 1
    return {"event_returns": joined[None], "covered": covered[None], "halted": halted[None]}


def weights_of(ar: AbnormalReturns, weights: Weights) -> Array:
    """(N,) weights of the events: in their order, or by the names of their securities."""
    if isinstance(weights, Mapping):
        weights = pd.Series(dict(weights), dtype=object)
    if isinstance(weights, pd.Series):
        names = ar.labels["security"]
        weights = weights.sort_index() if by_number(weights, names) else _by_name(weights, names)
    try:
        held = np.asarray(weights, float)
    except (TypeError, ValueError):
        held = np.full(len(ar), np.nan)
    if held.shape != (len(ar),) or not np.isfinite(held).all() or held.sum() <= 0:
        what = f"a portfolio of {counted(len(ar), 'event')} needs as many finite weights, with a positive sum."
        raise StudyError(what, remedy="Give one an event, in the order of .labels, or a Series by security.")
    return held


def _by_name(weights: pd.Series, securities: pd.Series) -> pd.Series:
    given = weights.set_axis([str(identifier(name)) for name in weights.index])
    if given.index.has_duplicates:
        raise StudyError(f"two weights of {given.index[given.index.duplicated()][0]!r}", remedy="Keep one of the two.")
    held = list(map(str, securities))
    if lacking := [name for name in held if name not in given]:
        raise StudyError(f"no weight of {lacking[0]!r}", remedy="Give one of each security, by its name.")
    if unknown := [name for name in given.index if name not in held]:
        raise StudyError(f"a weight of {unknown[0]!r}, which is not in the portfolio", remedy="Leave it out.")
    return given.reindex(held)


def portfolio(ar: AbnormalReturns, weights: Weights | None = None, name: str = "portfolio") -> AbnormalReturns:
    """The events of one day as one security under their own model.

    Weights are scaled to add up to one and held constant over both windows; days on which a member has no return are
    left out, and `notes` names those of the event window.

    Parameters
    ----------
    ar : AbnormalReturns (N events)
        Of `abnormal_returns`; all of the same day, calendar and model.
    weights : array (N,), Series or mapping, optional
        Such as market values; equal by default. An array stands in the order of the events, a Series or mapping has
        the names of the securities.
    name : str
        What the portfolio is called in the labels.

    Returns
    -------
    AbnormalReturns (one event)
        Of the portfolio.

    Raises
    ------
    StudyError
        Where the events make no portfolio, or the weights are not N finite numbers with a positive sum.

    References
    ----------
    Jaffe, J. F. (1974). Special information and insider trading. Journal of Business 47, 410-428.

    Examples
    --------
    >>> basket = ew.portfolio(study, weights=[3.0, 2.0, 1.0])
    >>> basket.car(0).car.round(4)
    array([-0.0489])
    """
    if not len(ar):
        raise StudyError("no event has a result, so there is no portfolio", remedy="See .excluded for why.")
    held = None if weights is None else weights_of(ar, weights)
    basket = unfit(ar, design(ar, ar.window)) or basket_returns(ar, held)
    if isinstance(basket, Reason):
        raise StudyError(f"these events make no portfolio: {basket}.")
    basket.labels["security"] = name
    return replace(basket, notes=(*basket.notes, *gap_notes(basket)))
