"""How the days of events meet: their design in calendar time, and their values on one calendar."""

from typing import Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from eventwindow.calendars.window import Window
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import OUTSIDE, Array, Days

SHORT = 7  # days of a window that are added one by one

Design = Literal["single", "one_day", "staggered", "scattered", "mixed"]
TOGETHER: frozenset[Design] = frozenset({"single", "one_day"})  # all events share their days


def tested_days(ar: AbnormalReturns, window: Window) -> Days:
    """(N, L) dates of the window's days that have an AR, -1 elsewhere."""
    at = ar.columns(window)
    return np.where(np.isfinite(ar.ar[:, at]), ar.event_days[:, at], OUTSIDE)


def design(ar: AbnormalReturns, window: Window) -> Design:
    """How events that hold a window meet in calendar time.

    They share all their days ("one_day"), their windows overlap one after the other in one chain ("staggered"), no two
    overlap ("scattered"), or they fall into several days or chains ("mixed").
    """
    if len(ar) < 2:
        return "single"
    days = ar.event_days[:, ar.columns(window)]
    if (days == days[0]).all():
        return "one_day"
    return chained(days.min(axis=1, where=days != OUTSIDE, initial=np.iinfo(np.int64).max), days.max(axis=1))


def chained(first: Days, last: Days) -> Design:
    """The design of windows that run from `first` (N,) to `last` (N,) and do not share all their days."""
    order = np.argsort(first, kind="stable")
    reached = np.maximum.accumulate(last[order])[:-1]
    chains = 1 + int((first[order][1:] > reached).sum())
    return "staggered" if chains == 1 else "scattered" if chains == len(first) else "mixed"


def whole_days(days: Days, values: Array) -> Array:
    """(N, D) the `values` (N, T) of `days` on the calendar days of which every row has one."""
    if not same_calendar(days):
        union = np.unique(days[days != OUTSIDE])
        laid = np.full((len(days), len(union)), np.nan)
        row, column = np.nonzero(days != OUTSIDE)
        laid[row, np.searchsorted(union, days[row, column])] = values[row, column]
        values = laid
    return values[:, np.isfinite(values).all(axis=0)]


def same_calendar(days: Days) -> bool:
    """Whether all rows (N, T) hold the same dates in the same places, days outside the data apart."""
    return bool(((days == days.max(axis=0)) | (days == OUTSIDE)).all())


def block_sums(values: Array, length: int) -> Array:
    """Sums over every run of `length` consecutive last-axis entries; a run with a gap is NaN."""
    if length > SHORT:
        return np.asarray(sliding_window_view(values, length, axis=-1).sum(axis=-1))
    count = values.shape[-1] - length + 1
    total = values[..., :count]
    for i in range(1, length):
        total = total + values[..., i : i + count]
    return total
