"""What a model of expected returns is, and what its fit holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from eventwindow.estimation.event_time import Array, EventReturns


@dataclass(frozen=True)
class Fit:
    """Expected returns of N events and the covariance of their forecast errors, from the estimation windows alone.

    The forecast errors of one event have the covariance diag(own_variance) + loading @ loading.T.
    """

    expected: Array  # (N, L), decimal per day
    residuals: Array  # (N, T), NaN where a return or a factor is missing
    sigma: Array  # (N,), residual sd with divisor dof
    dof: Array  # (N,), T - k
    nobs: Array  # (N,), T
    own_variance: Array  # (N, L)
    loading: Array  # (N, L, k): a day's own part of the error in the coefficients
    coefficients: Array  # (N, c), the constant first
    coefficient_names: tuple[str, ...]
    problem: np.ndarray  # (N,), "" or why this event has no fit
    residual_sd: Array | None = None  # (N, T), where a model lets the volatility move
    notes: tuple[str, ...] = ()

    def at_days(self, at: slice | np.ndarray) -> Fit:
        """The same fit for some of the days that are expected."""
        names = ("expected", "own_variance", "loading")
        return replace(self, **{name: getattr(self, name)[:, at] for name in names})


class Model(Protocol):
    """A model of expected returns: one class, one line in MODELS."""

    @property
    def name(self) -> str: ...

    @property
    def neighbours(self) -> tuple[int, int]:
        """Days of the market that the model wants before and after each day."""
        ...

    def fit(self, source: EventReturns) -> Fit:
        """Fit all events at once."""
        ...
