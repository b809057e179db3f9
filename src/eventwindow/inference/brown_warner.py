"""Brown & Warner's tests on the estimation window's spread, without a forecast-error factor."""

from __future__ import annotations

import numpy as np

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.inference.correlation import moments
from eventwindow.inference.design import complete, once
from eventwindow.inference.ranks import mean_over
from eventwindow.inference.results import NotComputed, Result, normal, student

NULL = "the mean CAR is zero"


def crude_dependence_t(ar: AbnormalReturns, window: Window) -> Result:
    """CAAR / (√L S_p), S_p the sd (divisor T - 1) of the mean residual, t(T - 1) (Brown & Warner 1985)."""
    held, car = complete(ar, window)
    if not len(held):
        return NotComputed("crude_dependence_t", Reason("no_event_in_window"), NULL)
    mean = once(held, "mean residual", lambda: mean_over(held.residuals)[0])
    mean = mean[np.isfinite(mean)]
    spread = mean.std(ddof=1) * np.sqrt(len(window))
    if spread <= 0:
        return NotComputed("crude_dependence_t", Reason("mean_residual_constant"), NULL, len(held))
    return student("crude_dependence_t", NULL, car.car.mean() / spread, len(mean) - 1, len(held))


def independence_t(ar: AbnormalReturns, window: Window) -> Result:
    """CAAR / (√L √(Σ s_i²)/N), s_i with divisor T - 1, N(0,1); independent firms (Brown & Warner 1980)."""
    held, car = complete(ar, window)
    if not len(held):
        return NotComputed("independence_t", Reason("no_event_in_window"), NULL)
    days, _, square = moments(held)
    variance = float((square / (days - 1)).sum()) * len(window)
    return normal("independence_t", NULL, car.car.mean() / (np.sqrt(variance) / len(held)), len(held))
