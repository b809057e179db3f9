"""The event against every estimation day: date permutation of a statistic; squared abnormal returns for volatility."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import fdtrc

from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.inference.design import TOGETHER
from eventwindow.inference.results import Answer, Outcome
from eventwindow.inference.sample import Sample
from eventwindow.inference.shifts import ROUNDING, circle, event_residuals, event_sars, run_sums
from eventwindow.inference.significance import significance_test

Statistic = Callable[[Array], Array]  # (N, D) → (D,)
MINIMUM_DAYS = 20
APART = Reason("no_one_cross_section")


@dataclass(frozen=True, slots=True)
class Draws:
    """A cross-section on the event, and the same on every other day or run that it is ranked among."""

    value: Array  # (N,), CARs or SCARs: what is reported
    event: Array  # (N,), what is ranked: on one day the value, over several the event's run of the joined series
    runs: Array  # (N, D)


def date_permutation(events: Sample, statistic: Statistic, *, standardised: bool = False) -> Answer:
    """p = (1 + #{|S_t| ≥ |S_0|}) / (D + 1), S any statistic of the cross-section.

    One day is ranked among the estimation days on which every member has a residual, a longer window among the cyclic
    shifts of the joined series (`shifts`). Standardised values are e/s in the estimation window and SAR on the event.
    """
    drawn, length = draws(events, standardised=standardised), len(events.window)
    if isinstance(drawn, Reason):
        return drawn
    observed, reference = float(statistic(drawn.value[:, None])[0]), statistic(drawn.runs)
    ranked = abs(float(statistic(drawn.event[:, None])[0]))
    p = (1 + int((np.abs(reference) >= ranked * (1 - ROUNDING)).sum())) / (len(reference) + 1)
    distribution = days_or_shifts(len(reference), length)
    note = Reason("smallest_p", p=1 / (len(reference) + 1)) if length == 1 else None
    return Outcome(observed, p, distribution, note)


def days_or_shifts(others: int, length: int) -> Reason:
    """What a window is ranked among: the estimation days, or the cyclic shifts of several days, itself counted."""
    return Reason("estimation_days", n=others) if length == 1 else Reason("cyclic_shifts", n=others + 1)


def draws(events: Sample, *, standardised: bool = False) -> Draws | Reason:
    """The members on the event and on every day, or shift, that it is ranked among; or why there are none."""
    held, car, window = events.ar, events.car, events.window
    laid = shared_residuals(events, standardised=standardised)
    if isinstance(laid, Reason):
        return laid
    value = car.scar if standardised else car.car
    if len(window) == 1:
        return Draws(value, value, laid)
    event = event_sars(held, window) if standardised else event_residuals(held, window)
    sums = run_sums(circle(laid, event), len(window)) / (np.sqrt(len(window)) if standardised else 1.0)
    own = laid.shape[1]  # where the event's run begins
    return Draws(value, sums[:, own], np.delete(sums, own, axis=1))


def shared_residuals(events: Sample, *, standardised: bool = False) -> Array | Reason:
    """(N, T) the residuals, or e/s, on the days that all members hold, or why there are none."""
    if not events.n:
        return Reason("no_event_in_window")
    if events.design not in TOGETHER:
        return APART
    laid = events.members.laid_scaled if standardised else events.members.laid
    if laid.shape[1] < MINIMUM_DAYS:
        return Reason("few_whole_estimation_days", n=laid.shape[1], needed=MINIMUM_DAYS)
    return laid


def mean_of(values: Array) -> Array:
    """The mean of the cross-section, (N, D) → (D,)."""
    return np.asarray(values.mean(axis=0))


def largest_of(values: Array) -> Array:
    """The largest absolute value of the cross-section, (N, D) → (D,)."""
    return np.asarray(np.abs(values).max(axis=0))


@significance_test("Date permutation, mean AR", "the mean CAR is a day's like any other", apart=APART)
def date_permutation_mean(events: Sample) -> Answer:
    return date_permutation(events, mean_of)


@significance_test("Date permutation, mean SAR", "the mean standardised CAR is a day's like any other", apart=APART)
def date_permutation_sar(events: Sample) -> Answer:
    return date_permutation(events, mean_of, standardised=True)


@significance_test(
    "Date permutation, max |SAR|", "the largest |standardised CAR| is a day's like any other", apart=APART
)
def date_permutation_max(events: Sample) -> Answer:
    """Date permutation of the largest |SCAR|: finds effects that differ or cancel in sign."""
    return date_permutation(events, largest_of, standardised=True)


def abnormal_volatility(ar: AbnormalReturns) -> tuple[Array, Array]:
    """(N, L) SAR² over its mean (T - k)/(T - k - 2), and p-values of SAR² against F(1, T - k)."""
    dof = ar.dof[:, None]
    square = ar.sar**2
    return square * (dof - 2) / dof, np.asarray(fdtrc(1.0, dof, square))


@significance_test("Abnormal volatility", "the mean SAR² is no larger than on other days", apart=APART)
def volatility_permutation(events: Sample) -> Answer:
    """Date permutation, one-sided, of the mean SAR² over its mean under the null; the window's days averaged."""
    if len(events.window) > 1:
        return Reason("for_one_day")
    drawn = draws(events, standardised=True)
    if isinstance(drawn, Reason):
        return drawn
    observed, reference = float((drawn.event**2).mean()), (drawn.runs**2).mean(axis=0)
    p = (1 + int((reference >= observed).sum())) / (len(reference) + 1)
    dof = events.every.dof
    ratio = observed / float((dof / (dof - 2)).mean())
    among = Reason("estimation_days", n=len(reference))
    return Outcome(ratio, p, among, Reason("one_sided"))
