"""Portfolios of events on one day: equal or given weights, held constant."""

from __future__ import annotations

import numpy as np

from eventwindow.errors import StudyError
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.inference.portfolio import basket_returns


def portfolio(ar: AbnormalReturns, weights: Array | None = None, name: str = "portfolio") -> AbnormalReturns:
    """The events as one security under their own model: equal weights, or `weights` (N,) such as market values.

    Weights are scaled to add up to one and held constant over both windows; days on which a member has no return are
    left out.
    """
    if weights is not None and (np.shape(weights) != (len(ar),) or not np.isfinite(weights).all() or sum(weights) <= 0):
        raise StudyError(f"a portfolio of {len(ar)} events needs {len(ar)} finite weights with a positive sum.")
    basket = basket_returns(ar, ar.window, None if weights is None else np.asarray(weights, float))
    if isinstance(basket, str):
        raise StudyError(f"these events make no portfolio: {basket}.")
    basket.labels["security"] = name
    return basket
