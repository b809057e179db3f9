"""Portfolios of events on one day: equal or given weights, held constant."""

from __future__ import annotations

import numpy as np

from eventwindow.errors import Reason, StudyError
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.inference.portfolio import basket_returns


def portfolio(ar: AbnormalReturns, weights: Array | None = None, name: str = "portfolio") -> AbnormalReturns:
    """The events of one day as one security under their own model.

    Weights are scaled to add up to one and held constant over both windows; days on which a member has no return are
    left out.

    Parameters
    ----------
    ar : AbnormalReturns (N events)
        Of `abnormal_returns`; all of the same day, calendar and model.
    weights : array (N,), optional
        Such as market values; equal by default.
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
    if weights is not None and (np.shape(weights) != (len(ar),) or not np.isfinite(weights).all() or sum(weights) <= 0):
        raise StudyError(f"a portfolio of {len(ar)} events needs {len(ar)} finite weights with a positive sum.")
    basket = basket_returns(ar, ar.window, None if weights is None else np.asarray(weights, float))
    if isinstance(basket, Reason):
        raise StudyError(f"these events make no portfolio: {basket}.")
    basket.labels["security"] = name
    return basket
