"""The basket held against the volatility that was expected of it the evening before."""

from itertools import accumulate
from typing import Any

import numpy as np

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.inference.design import block_sums
from eventwindow.inference.permutation import APART, days_or_shifts, shared_residuals
from eventwindow.inference.results import Answer, Outcome
from eventwindow.inference.sample import Sample
from eventwindow.inference.shifts import ROUNDING, basket_residuals, circle, run_sums
from eventwindow.inference.significance import significance_test

NAME = "date_permutation_scaled"
DECAY = 0.94  # of the EWMA, a day (RiskMetrics 1996)
CALM = 0.85  # of how far volatility lies below its usual level, the share that a day leaves; above it, all stays
RECENT = 10  # sessions before day 0 whose volatility is held against the estimation window's
# Ratios beyond which the scaled test leads, here and in claims. Already between 1.2 and 1.4 the plain one rejects too
# much (docs/calibration.md, by the volatility ratio): led from 1.4 on, turbulent months would leave the band.
HIGH, LOW = 1.2, 0.7
# Above it no test of a basket holds its size over a few sessions, by the same tables: none leads. Of one firm, and over
# windows that lie nearer to 21 sessions than to five, the scaled one does not reject too much.
BEYOND = 2.0
LONG = 11  # sessions of such a window


@significance_test(
    "Date permutation, scaled", "the mean CAR is a day's like any other, for the volatility expected of it", apart=APART
)
def date_permutation_scaled(events: Sample) -> Answer:
    """Date permutation of the mean CAR over its forecast: an EWMA of the basket's abnormal returns, made before day 0.

    Each day, or cyclic shift of a longer window, is divided by the forecast made before it begins, times √L.
    """
    held, car, window = events.ar, events.car.car, events.window
    basket = basket_of(events)
    if isinstance(basket, Reason):
        return basket
    length, event = len(window), basket_residuals(held, window)
    path = basket_forecasts(events, basket) * np.sqrt(length)
    final = path[-1] / np.sqrt(length)
    scaled = np.abs(run_sums(circle(basket, event), length) / path)
    observed, others = scaled[len(basket)], np.delete(scaled, len(basket))
    if length == 1:
        observed, others = abs(float(car.mean()) / final), scaled[: len(basket)]
    p = (1 + int((others >= observed * (1 - ROUNDING)).sum())) / (len(others) + 1)
    value = float(car.mean()) / (final * np.sqrt(length))
    note = Reason("volatility_ratio", n=RECENT, ratio=volatility_ratio(events))
    return Outcome(value, p, days_or_shifts(len(others), length), note)


def basket_forecasts(events: Sample, basket: Array) -> Array:
    """(T + L,) `forecasts` of the basket's window."""
    return forecasts(basket, before_window(events.ar, events.window).mean(axis=0), len(events.window))


def basket_of(events: Sample) -> Array | Reason:
    """(T,) the mean residual on the days that all members hold, or why there is none."""
    laid = shared_residuals(events)
    return laid if isinstance(laid, Reason) else np.asarray(laid.mean(axis=0))


def before_window(ar: AbnormalReturns, window: Window) -> Array:
    """(N, G) the abnormal returns from the estimation window to `window`, or to day 0 where that is earlier.

    NaN where an event has none.
    """
    last = min(window.start, 0) - ar.window.start
    gap = np.empty((len(ar), 0)) if ar.gap is None else ar.gap
    return np.concatenate([gap[:, : gap.shape[1] + min(last, 0)], ar.ar[:, : max(last, 0)]], axis=1)


def ewma(residuals: Array, between: Array) -> tuple[Array, Array]:
    """(…, T) the standard deviation expected for each day from those before it, and (…) for the day after them all.

    A missing day leaves it as it was.
    """
    squares = np.moveaxis(np.square(np.concatenate([residuals, between], axis=-1)), -1, 0)
    missing = np.isnan(squares)
    kept, fed = np.where(missing, 1.0, DECAY), np.where(missing, 0.0, (1 - DECAY) * squares)
    first: Any = mean_square(residuals)
    if squares.ndim == 1:  # one series: Python's numbers are faster than arrays of one
        kept, fed, first = kept.tolist(), fed.tolist(), float(first)
    days = zip(kept, fed, strict=True)
    variance = list(accumulate(days, lambda held, day: day[0] * held + day[1], initial=first))
    path = np.sqrt(np.moveaxis(np.array(variance), 0, -1))
    return path[..., : residuals.shape[-1]], path[..., -1]


def forecasts(residuals: Array, between: Array, length: int) -> Array:
    """(…, T + L) the standard deviation expected of a day of the run that begins on each day, the evening before it.

    Of the event's days, all of them that of the evening before the first. Calm does not last: from day to day a
    variance below that of the estimation window comes nearer to it, σ² + φʲ(h - σ²). One above it is expected to stay.
    """
    path, final = ewma(residuals, between)
    path = np.concatenate([path, np.repeat(final[..., None], length, axis=-1)], axis=-1)
    if length == 1:
        return path
    usual = mean_square(residuals)[..., None]
    left = float(np.mean(CALM ** np.arange(length)))
    return np.where(path**2 < usual, np.sqrt(usual + left * (path**2 - usual)), path)


def leading_path(residuals: Array, between: Array, length: int) -> Array:
    """(…, T + L) what the run that begins on each day is divided by: its forecast over the event's.

    Ones but where volatility moved (`unlike`): there a day stands for what it would have been under the volatility
    expected of the event.
    """
    moved = unlike(ratio_of(residuals, between))
    if not moved.any():
        return np.ones((*residuals.shape[:-1], residuals.shape[-1] + length))
    path = forecasts(residuals, between, length)
    return np.where(moved[..., None], path / path[..., -1:], 1.0)


def leading_spread(residuals: Array, between: Array, length: int) -> Array:
    """(…) the spread of the runs that `leading_path` scales, over their plain one: what could be seen changes by it."""
    sums = block_sums(residuals, length)
    path = leading_path(residuals, between, length)[..., : sums.shape[-1]]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(_spread(sums / path) / _spread(sums))


def _spread(values: Array) -> Array:
    known = np.isfinite(values)
    mean = np.where(known, values, 0.0).sum(axis=-1, keepdims=True) / known.sum(axis=-1, keepdims=True)
    return np.sqrt(mean_square(values - mean))


def volatility_ratio(events: Sample) -> float:
    """The basket's volatility over the last `RECENT` sessions before the window, over that of the estimation window.

    NaN where the members do not share their days.
    """
    basket = basket_of(events)
    if isinstance(basket, Reason):
        return float("nan")
    return float(ratio_of(basket, before_window(events.ar, events.window).mean(axis=0)))


def ratio_of(residuals: Array, between: Array) -> Array:
    """(…) the same of series: their estimation days, and the days between them and the window."""
    recent = np.concatenate([residuals, between], axis=-1)[..., -RECENT:]
    return np.asarray(np.sqrt(mean_square(recent) / mean_square(residuals)))


def mean_square(values: Array) -> Array:
    """(…) over the days that have one; NaN where none has."""
    squares = np.square(values)
    known = np.isfinite(squares)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, squares, 0.0).sum(axis=-1) / known.sum(axis=-1))


def unlike(ratio: float | Array) -> np.ndarray:
    """Whether volatility moved so much that days are not exchangeable."""
    return np.asarray((np.asarray(ratio) > HIGH) | (np.asarray(ratio) < LOW))


def none_holds(ratio: float, firms: int, length: int) -> Reason | None:
    """Why no test of several firms leads, where volatility rose further than any is known to stand; None elsewhere."""
    if firms < 2 or length >= LONG or not ratio > BEYOND:
        return None
    return Reason("no_test_leads", n=RECENT, ratio=ratio, most=BEYOND)


def drifting(length: int) -> Reason | None:
    """Why no test of volume leads over so many sessions; None where one does (docs/calibration.md)."""
    return None if length < LONG else Reason("volume_drifts", n=length)


def word_of(ratio: float) -> str:
    """What such a time is called: "restless", "calmer", or "usual" between the two."""
    return "restless" if ratio > HIGH else "calmer" if ratio < LOW else "usual"
