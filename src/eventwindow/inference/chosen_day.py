"""When the day was chosen because it moved: the largest statistic over all candidate sessions."""

from __future__ import annotations

import numpy as np

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.inference.permutation import Statistic, draws, mean_of
from eventwindow.inference.results import NotComputed, Result, SignificanceResult
from eventwindow.inference.shifts import ROUNDING, largest_in_runs

NAME, NULL = "largest_of_candidates", "the largest of the candidate sessions is a run's like any other"


def largest_of_candidates(
    ar: AbnormalReturns, window: Window, statistic: Statistic = mean_of, *, standardised: bool = True
) -> Result:
    """The largest |S_τ| over the sessions of `window`, ranked among the same of every cyclic shift.

    `window` holds the C candidates, such as every session since the release; S is a day's statistic of the
    cross-section. The candidates are joined to the T estimation days: nine of 259 shifts hold the largest day itself,
    so that p cannot fall below C/(T + C).
    """
    days = [draws(ar, Window(tau, tau), standardised=standardised) for tau in window.taus.tolist()]
    if lacking := next((drawn for drawn in days if isinstance(drawn, Reason)), None):
        return NotComputed(NAME, lacking, NULL, len(ar))
    held = [drawn for drawn in days if not isinstance(drawn, Reason)]
    observed, reference = (
        np.abs(statistic(part)) for part in (np.column_stack([drawn.event for drawn in held]), held[0].runs)
    )
    if len(reference) < len(window):
        return NotComputed(NAME, Reason("estimation_shorter_than_candidates"), NULL, len(ar))
    shifts = largest_in_runs(np.concatenate([reference, observed]), len(window))
    p = float((shifts >= observed.max() * (1 - ROUNDING)).mean())
    at = int(window.taus[int(observed.argmax())])
    text = Reason("cyclic_shifts_of_days", n=len(shifts), days=len(window))
    n = len(held[0].value)
    return SignificanceResult(NAME, NULL, float(observed.max()), p, text, n, Reason("largest_on_day", day=at))
