"""Intervals by inversion: every effect that the permutation test of the mean abnormal return does not reject."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eventwindow.calendars.window import Span, as_window
from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.inference.design import complete
from eventwindow.inference.expected_volatility import basket_of, before_window, forecasts
from eventwindow.inference.results import LEVEL
from eventwindow.inference.shifts import ROUNDING, basket_residuals, run_sums


@dataclass(frozen=True, slots=True)
class Inverted:
    """The hull of the effects that are not rejected at `level`, decimals; infinite where the days cannot reject any."""

    value: float  # the mean CAR
    low: float
    high: float
    level: float

    def equivalent(self, material: float) -> bool:
        """Whether every effect that is not rejected is smaller than `material`: at 10 %, a test of equivalence at 5 %.

        Two one-sided tests (Schuirmann 1987) of an effect of at least `material` in size.
        """
        return bool(-material < self.low and self.high < material)


def inverted(ar: AbnormalReturns, window: Span, level: float = LEVEL, *, scaled: bool = False) -> Inverted | Reason:
    """The mean effects over `window` that the date permutation does not reject, or why there are none.

    Over several days the effect is taken to be the same on each; another shape gives another interval. `scaled`: each
    day, or run, over the volatility expected of it the evening before.
    """
    window = as_window(window)
    held, car = complete(ar, window)
    basket = basket_of(held, window)
    if isinstance(basket, Reason):
        return basket
    value, length = float(car.car.mean()), len(window)
    path = forecasts(basket, before_window(held, window), length) if scaled else np.ones(len(basket) + length)
    if length == 1:
        half = critical_size(np.abs(basket) / path[:-1], level) * path[-1]
        return Inverted(value, value - half, value + half, level)
    at = held.columns(window)
    scale = (held.sigma[:, None] / held.std_error[:, at]).mean(axis=0)  # of an effect on the residuals' scale
    event = basket_residuals(held, window)
    return Inverted(value, *of_window(basket, event, scale, path, level), level)


def critical_size(sizes: Array, level: float) -> float:
    """The largest size that (1 + its rank)/(T + 1) does not reject; infinite where the days are too few."""
    k = int(level * (len(sizes) + 1) * (1 + ROUNDING))
    return float(np.sort(sizes)[::-1][k - 1]) if k else float("inf")


def of_window(basket: Array, event: Array, scale: Array, path: Array, level: float) -> tuple[float, float]:
    """The sums over the event's days that the shifts of the joined series do not reject, each run over its `path`.

    `scale` is what an effect of one on a day comes to in `event`. p changes only where two runs are equal in size: of
    these effects, the first and the last that are not rejected.
    """
    length = len(event)
    fixed = run_sums(np.concatenate([basket, event]), length) / path
    slope = run_sums(np.concatenate([np.zeros(len(basket)), scale / length]), length) / path
    own, others = len(basket), np.arange(len(fixed)) != len(basket)
    edges = [(fixed[own] - sign * fixed[others]) / _nonzero(slope[own] - sign * slope[others]) for sign in (1, -1)]
    tried = np.sort(np.concatenate(edges))
    tried = tried[np.isfinite(tried)]
    sizes = np.abs(fixed[:, None] - slope[:, None] * tried)
    accepted = tried[(sizes >= sizes[own] * (1 - ROUNDING)).mean(axis=0) > level]
    if not len(accepted) or length / len(fixed) > level:  # the runs of the event alone are more than the level
        return -float("inf"), float("inf")
    return float(accepted[0]), float(accepted[-1])


def _nonzero(values: Array) -> Array:
    return np.where(np.abs(values) > 1e-14, values, np.nan)
