"""Date permutation: the whole cross-section's statistic on the event against the same on every estimation day."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from eventwindow.calendars.window import Window
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.inference.design import block_sums, common_days, complete, design
from eventwindow.inference.results import NotComputed, Result, SignificanceResult

Statistic = Callable[[Array], Array]  # (N, D) → (D,)
MINIMUM_DAYS = 20


def date_permutation(
    name: str, null: str, ar: AbnormalReturns, window: Window, statistic: Statistic, *, standardised: bool = False
) -> Result:
    """p = (1 + #{|S_t| ≥ |S_0|}) / (D + 1), S any statistic of the cross-section, on all D runs of estimation days.

    Runs are as long as the window, overlap, and count only where every member has all residuals. Standardised values
    are e/s in the estimation window and SAR or SCAR on the event.
    """
    drawn = event_and_null(ar, window, standardised)
    if isinstance(drawn, str):
        return NotComputed(name, drawn, null, len(ar))
    event, runs = drawn
    observed, reference = float(statistic(event[:, None])[0]), statistic(runs)
    p = (1 + int((np.abs(reference) >= abs(observed)).sum())) / (len(reference) + 1)
    distribution = f"{len(reference)} estimation days" if len(window) == 1 else f"{len(reference)} overlapping runs"
    note = f"smallest possible p {1 / (len(reference) + 1):.4g}"
    return SignificanceResult(name, null, observed, p, distribution, len(event), note)


def event_and_null(ar: AbnormalReturns, window: Window, standardised: bool) -> tuple[Array, Array] | str:
    """The members' CARs (N,) and their sums over every run of estimation days (N, D), or why not."""
    held, car = complete(ar, window)
    if not len(held):
        return "no event holds the window"
    if design(held, window) not in ("single", "one_day"):
        return "the events do not share their days: there is no one cross-section to move"
    if standardised:
        held_sd = held.sigma[:, None] if held.residual_sd is None else held.residual_sd
        residuals = _on_common_days(held, held.residuals / held_sd) / np.sqrt(len(window))
    else:
        residuals = _on_common_days(held, held.residuals)
    sums = block_sums(residuals, len(window))
    sums = sums[:, np.isfinite(sums).all(axis=0)]
    if sums.shape[1] < MINIMUM_DAYS:
        return f"{sums.shape[1]} runs of estimation days on which all members have residuals, {MINIMUM_DAYS} needed"
    return (car.scar if standardised else car.car), sums


def _on_common_days(ar: AbnormalReturns, residuals: Array) -> Array:
    return common_days(ar.estimation_days, residuals)[1]


def mean_of(values: Array) -> Array:
    """The mean of the cross-section, (N, D) → (D,)."""
    return np.asarray(values.mean(axis=0))


def largest_of(values: Array) -> Array:
    """The largest absolute value of the cross-section, (N, D) → (D,)."""
    return np.asarray(np.abs(values).max(axis=0))


def date_permutation_mean(ar: AbnormalReturns, window: Window) -> Result:
    """Date permutation of the mean CAR."""
    return date_permutation("date_permutation_mean", "the mean CAR is a day's like any other", ar, window, mean_of)


def date_permutation_sar(ar: AbnormalReturns, window: Window) -> Result:
    """Date permutation of the mean standardised CAR."""
    null = "the mean standardised CAR is a day's like any other"
    return date_permutation("date_permutation_sar", null, ar, window, mean_of, standardised=True)


def date_permutation_max(ar: AbnormalReturns, window: Window) -> Result:
    """Date permutation of the largest |SCAR|: finds effects that differ or cancel in sign."""
    null = "the largest |standardised CAR| is a day's like any other"
    return date_permutation("date_permutation_max", null, ar, window, largest_of, standardised=True)
