"""Cyclic shifts: a window of several days, or a chosen day, held against every shift of one joined series of days.

Two hundred overlapping sums of twenty days are about a dozen draws. The event's days are joined to the estimation days
into one series, taken as a circle; the statistic is worked out on all of its runs, those that cut into the event among
them, and p is the share that is at least the event's, itself counted (Chernozhukov, Wüthrich & Zhu 2021).
"""

import numpy as np

from eventwindow.calendars.window import Window
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.inference.design import block_sums

ROUNDING = 1e-12  # of sums that are equal but for the order in which they were added


def event_sars(ar: AbnormalReturns, window: Window) -> Array:
    """(N, L) SARs of a window; one over a halt keeps the spread of all the sessions that it covers."""
    at, covered = ar.columns(window), ar.covered
    return np.asarray(ar.sar[:, at] * (1.0 if covered is None else np.sqrt(covered[:, at])))


def event_residuals(ar: AbnormalReturns, window: Window) -> Array:
    """(N, L) abnormal returns of a window on the scale of the residuals: over their forecast errors, times σ."""
    return event_sars(ar, window) * ar.sigma[:, None]


def basket_residuals(ar: AbnormalReturns, window: Window) -> Array:
    """(L,) their mean over the events; a day without a return counts as zero, as in the circle."""
    event = event_residuals(ar, window)
    return np.asarray(np.where(np.isfinite(event), event, 0.0).mean(axis=0))


def circle(estimation: Array, event: Array) -> Array:
    """(…, T + L) the joined series; the event's days come last, one without a return counts as zero."""
    return np.concatenate([estimation, np.where(np.isfinite(event), event, 0.0)], axis=-1)


def run_sums(joined: Array, length: int) -> Array:
    """(…, D) sums of the run of `length` days that begins on each of the D days of a circle; NaN over a missing day."""
    return block_sums(np.concatenate([joined, joined[..., : length - 1]], axis=-1), length)


def shift_sums(estimation: Array, event: Array, length: int) -> Array:
    """(N, T + L) the sum of the run that begins on each day of each row's circle; NaN where the day has no residual.

    A day without a residual leaves the circle, and its neighbours become neighbours: the shifts stay a group.
    """
    held = np.isfinite(estimation)
    whole = held.all(axis=1)
    out = np.full((len(estimation), estimation.shape[1] + length), np.nan)
    out[whole] = run_sums(circle(estimation[whole], event[whole]), length)
    for row in np.flatnonzero(~whole):
        at = np.append(np.flatnonzero(held[row]), estimation.shape[1] + np.arange(length))
        out[row, at] = run_sums(circle(estimation[row, held[row]], event[row]), length)
    return out


def largest_in_runs(joined: Array, length: int) -> Array:
    """(D,) the largest value of the run of `length` days that begins on each day of a circle."""
    around = np.concatenate([joined, joined[: length - 1]])
    return np.asarray(np.lib.stride_tricks.sliding_window_view(around, length).max(axis=1))


def untouched(estimation_days: int, length: int) -> np.ndarray:
    start = np.arange(estimation_days + length)
    return start + length <= estimation_days
