"""Abnormal volatility: squared standardised abnormal returns against their mean under the null."""

from __future__ import annotations

import numpy as np
from scipy.special import fdtrc

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.inference.permutation import draws
from eventwindow.inference.results import NotComputed, Result, SignificanceResult

NAME, NULL = "abnormal_volatility", "the mean SAR² is no larger than on other days"


def abnormal_volatility(ar: AbnormalReturns) -> tuple[Array, Array]:
    """(N, L) SAR² over its mean (T - k)/(T - k - 2), and p-values of SAR² against F(1, T - k)."""
    dof = ar.dof[:, None]
    square = ar.sar**2
    return square * (dof - 2) / dof, np.asarray(fdtrc(1.0, dof, square))


def volatility_permutation(ar: AbnormalReturns, window: Window) -> Result:
    """Date permutation, one-sided, of the mean SAR² over its mean under the null; the window's days averaged."""
    if len(window) > 1:
        return NotComputed(NAME, Reason("for_one_day"), NULL, len(ar))
    drawn = draws(ar, window, standardised=True)
    if isinstance(drawn, Reason):
        return NotComputed(NAME, drawn, NULL, len(ar))
    observed, reference = float((drawn.event**2).mean()), (drawn.runs**2).mean(axis=0)
    p = (1 + int((reference >= observed).sum())) / (len(reference) + 1)
    dof = ar.dof
    ratio = observed / float((dof / (dof - 2)).mean())
    among = Reason("estimation_days", n=len(reference))
    return SignificanceResult(NAME, NULL, ratio, p, among, len(drawn.event), Reason("one_sided"))
