"""When the day was chosen because it moved: the largest statistic over all candidate sessions."""

import numpy as np

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.inference.design import complete
from eventwindow.inference.expected_volatility import (
    RECENT,
    basket_of,
    before_window,
    leading_path,
    none_holds,
    unlike,
    volatility_ratio,
)
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
    so that p cannot fall below C/(T + C). Where volatility moved, each day stands for what it would have been under the
    volatility expected on the evening before the first candidate.
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
    first = Window(window.start, window.start)
    members = complete(ar, first)[0]
    basket, n = basket_of(members, first), len(members)
    assert not isinstance(basket, Reason)  # where it is one, so were the draws of that day
    p = p_of_largest(reference / leading_path(basket, before_window(members, first).mean(axis=0), 1)[:-1], observed)
    ratio, at = volatility_ratio(members, first), int(window.taus[int(observed.argmax())])
    unled = none_holds(ratio, n, len(window))
    moved = Reason("volatility_ratio", n=RECENT, ratio=ratio) if unlike(ratio) and unled is None else None
    text = Reason("cyclic_shifts_of_days", n=len(reference) + len(window), days=len(window))
    note = Reason.joined(unled, Reason("largest_on_day", day=at), moved)
    return SignificanceResult(NAME, NULL, float(observed.max()), p, text, n, note, valid=unled is None)


def p_of_largest(null: Array, sizes: Array) -> float:
    """The share of the cyclic shifts of `null` (T,) joined to `sizes` (C,) whose C days hold one as large as these."""
    shifts = largest_in_runs(np.concatenate([null, sizes]), len(sizes))
    return float(np.mean(shifts >= sizes.max() * (1 - ROUNDING)))
