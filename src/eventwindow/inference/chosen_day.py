"""When the day was chosen because it moved: the largest statistic over all candidate sessions."""

import numpy as np

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.inference.expected_volatility import (
    RECENT,
    basket_of,
    before_window,
    leading_path,
    none_holds,
    unlike,
    volatility_ratio,
)
from eventwindow.inference.permutation import draws
from eventwindow.inference.results import NotComputed, Result, SignificanceResult, doubted
from eventwindow.inference.sample import samples
from eventwindow.inference.shifts import ROUNDING, largest_in_runs

NAME, NULL = "largest_of_candidates", "the largest of the candidate sessions is a run's like any other"


def largest_of_candidates(ar: AbnormalReturns, window: Window, *, standardised: bool = True) -> Result:
    """The largest |S_τ| over the sessions of `window`, ranked among the same of every cyclic shift.

    `window` holds the C candidates, such as every session since the release; S is the mean of a day's cross-section.
    The candidates are joined to the T estimation days: nine of 259 shifts hold the largest day itself, so that p cannot
    fall below C/(T + C). Where volatility moved, each day stands for what it would have been under the volatility
    expected on the evening before the first candidate.
    """
    of_days = samples(ar, [Window(tau, tau) for tau in window.taus.tolist()])
    days = [draws(events, standardised=standardised) for events in of_days]
    if lacking := next((drawn for drawn in days if isinstance(drawn, Reason)), None):
        return NotComputed(NAME, lacking, NULL, len(ar))
    held = [drawn for drawn in days if not isinstance(drawn, Reason)]
    observed, reference = np.abs([drawn.event.mean() for drawn in held]), np.abs(held[0].runs.mean(axis=0))
    if len(reference) < len(window):
        return NotComputed(NAME, Reason("estimation_shorter_than_candidates"), NULL, len(ar))
    first = of_days[0]
    basket, before = basket_of(first), before_window(first.ar, first.window).mean(axis=0)
    assert not isinstance(basket, Reason)  # where it is one, so were the draws of that day
    p = p_of_largest(reference / leading_path(basket, before, 1)[:-1], observed)
    ratio, at = volatility_ratio(first), int(window.taus[int(observed.argmax())])
    unled = none_holds(ratio, first.n, len(window))
    moved = Reason("volatility_ratio", n=RECENT, ratio=ratio) if unlike(ratio) and unled is None else None
    text = Reason("cyclic_shifts_of_days", n=len(reference) + len(window), days=len(window))
    note = Reason.joined(Reason("largest_on_day", day=at), moved)
    found = SignificanceResult(NAME, NULL, float(observed.max()), p, text, first.n, note)
    return found if unled is None else doubted(found, unled)


def p_of_largest(null: Array, sizes: Array) -> float:
    """The share of the cyclic shifts of `null` (T,) joined to `sizes` (C,) whose C days hold one as large as these."""
    shifts = largest_in_runs(np.concatenate([null, sizes]), len(sizes))
    return float(np.mean(shifts >= sizes.max() * (1 - ROUNDING)))
