"""When the day was chosen because it moved: the largest statistic over all candidate sessions."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from eventwindow.calendars.window import Window
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.inference.permutation import Statistic, event_and_null, mean_of
from eventwindow.inference.results import NotComputed, Result, SignificanceResult

NAME, NULL = "largest_of_candidates", "the largest of the candidate sessions is a run's like any other"


def largest_of_candidates(
    ar: AbnormalReturns, window: Window, statistic: Statistic = mean_of, *, standardised: bool = True
) -> Result:
    """The largest |S_τ| over the sessions of `window`, ranked among the largest of every run of estimation days.

    `window` holds the candidates, such as every session since the release; S is a day's statistic of the cross-section.
    """
    days = [event_and_null(ar, Window(tau, tau), standardised=standardised) for tau in window.taus.tolist()]
    for drawn in days:
        if isinstance(drawn, str):
            return NotComputed(NAME, drawn, NULL, len(ar))
    event = np.column_stack([drawn[0] for drawn in days if not isinstance(drawn, str)])
    runs = next(drawn[1] for drawn in days if not isinstance(drawn, str))
    observed, reference = np.abs(statistic(event)), np.abs(statistic(runs))
    longest = _largest_in_runs(reference, len(window))
    if not len(longest):
        return NotComputed(NAME, "the estimation window is shorter than the candidates", NULL, len(ar))
    p = (1 + int((longest >= observed.max()).sum())) / (len(longest) + 1)
    at = int(window.taus[int(observed.argmax())])
    text = f"{len(longest)} overlapping runs of {len(window)} days"
    return SignificanceResult(NAME, NULL, float(observed.max()), p, text, len(event), f"largest on day {at:+d}")


def _largest_in_runs(values: Array, length: int) -> Array:
    if len(values) < length:
        return np.empty(0)
    return np.asarray(sliding_window_view(values, length).max(axis=1))
