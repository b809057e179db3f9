"""Synthetic difference-in-differences (Arkhangelsky, Athey, Hirshberg, Imbens & Wager 2021, Algorithm 1)."""

from dataclasses import dataclass

import numpy as np

from eventwindow.analyses.counterfactual.synthetic import simplex_weights
from eventwindow.estimation.event_time import Array

OF_DAYS = 1e-3  # of the noise: the ridge that makes the weights of the days unique


@dataclass(frozen=True, slots=True)
class Difference:
    """The effect of each day after the event and their mean, with the weights of donors and of days before it."""

    estimate: float
    by_day: Array  # (L,)
    donors: Array  # (J,)
    days: Array  # (T,)


def synthetic_difference(before: Array, after: Array, own_before: Array, own_after: Array) -> Difference:
    """Donors (T, J) and (L, J), treated (T, M) and (L, M); levels such as log prices, so that an effect adds up.

    Donors' weights make their path parallel to the treated's before the event, days' weights make the days before it
    like those after it among the donors; both lie on the simplex, with a free constant.
    """
    target, steps = own_before.mean(axis=1), np.diff(before, axis=0)
    noise = float(np.sqrt(np.mean((steps - steps.mean()) ** 2)))
    zeta = (own_before.shape[1] * len(after)) ** 0.25 * noise
    donors = _ridged(before - before.mean(axis=0), target - target.mean(), zeta**2 * len(before))
    mean = after.mean(axis=0)
    by_unit = (before - before.mean(axis=1, keepdims=True)).T
    days = _ridged(by_unit, mean - mean.mean(), (OF_DAYS * noise) ** 2 * before.shape[1])
    gap, gap_after = target - before @ donors, own_after.mean(axis=1) - after @ donors
    effect = gap_after - days @ gap
    return Difference(float(effect.mean()), effect, donors, days)


def _ridged(x: Array, y: Array, ridge: float) -> Array:
    """w ≥ 0, Σw = 1 that minimise |y - x w|² + ridge |w|²."""
    return simplex_weights(
        np.vstack([x, np.sqrt(ridge) * np.eye(x.shape[1])]), np.concatenate([y, np.zeros(x.shape[1])])
    )
