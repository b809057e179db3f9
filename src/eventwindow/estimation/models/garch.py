"""Market model with GARCH(1,1) residuals: the day's own forecast volatility as its standard error."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from eventwindow.estimation.event_time import Array, EventReturns
from eventwindow.estimation.models.fit import Fit
from eventwindow.estimation.models.ols import ols

BOUNDARY = 1e-6  # of α from 0, and of α + β from 1
STARTS = ((0.05, 0.9), (0.02, 0.97), (0.1, 0.8), (0.2, 0.1), (0.3, 0.5), (0.05, 0.4), (0.1, 0.6), (0.01, 0.985))  # α, β
SAME = 1e-5  # of two log-likelihoods of one top
LEAST = 1e-8  # of ω, over the mean square
RESTARTS = 8  # at most: the search stops short of a top in some series, and goes on when it begins there anew
BACKCAST = 0.94 ** np.arange(75)  # weights of the first squares, whose mean stands for the day before them


@dataclass(frozen=True, slots=True)
class Garch:
    """OLS mean, then Gaussian QML GARCH(1,1) on its residuals (Bollerslev 1986), both on the estimation window alone.

    The likelihood of some hundred days often has several tops: the highest of those that several starts lead to counts,
    and where none is above that of a constant variance, the variance is constant (α = β = 0).
    The filter runs on through the days that are held before day 0; from day 0 on σ is the forecast made on day -1. A
    CAR's variance is Σσ².
    """

    name: str = "garch"
    market: str = "market"
    neighbours: tuple[int, int] = (0, 0)

    def fit(self, source: EventReturns) -> Fit:
        mean = ols(source.estimation_returns, *source.columns((self.market,)), ("beta",))
        shocks = source.event_returns - mean.expected
        own, sd = np.full_like(shocks, np.nan), np.full_like(mean.residuals, np.nan)
        parameters = np.full((len(source), 3), np.nan)
        notes = []
        for i in np.flatnonzero(mean.problem == ""):
            seen = np.isfinite(mean.residuals[i])
            parameters[i], sd[i, seen] = _quasi_likelihood(mean.residuals[i, seen])
            notes += _boundary_notes(source.labels.iloc[i], parameters[i])
            last = mean.residuals[i, seen][-1], sd[i, seen][-1]
            own[i] = _variances(parameters[i], last, shocks[i], source.window.taus, source.estimation.end)
        return replace(
            mean,
            own_variance=own,
            loading=np.zeros((*own.shape, 0)),
            coefficients=np.column_stack([mean.coefficients, parameters]),
            coefficient_names=("alpha", "beta", "omega", "arch", "garch"),
            residual_sd=sd,
            notes=(*mean.notes, *notes),
        )


def _boundary_notes(labels: pd.Series, parameters: Array) -> list[str]:
    """What a reader must know of a fit on the boundary: no GARCH in these residuals, or no mean to return to."""
    _, alpha, beta = parameters
    if alpha > BOUNDARY and alpha + beta < 1 - BOUNDARY:
        return []
    what = "the volatility does not move with the shocks" if alpha <= BOUNDARY else "a shock to volatility never fades"
    return [f"{labels['security']}: the GARCH fit lies on the boundary (α = {alpha:.3g}, β = {beta:.3g}): {what}"]


def _quasi_likelihood(residuals: Array) -> tuple[Array, Array]:
    """(omega, alpha, beta) and the conditional sd of each day, in decimals.

    With α = 0 only the filter's start moves the variance: such a top is no GARCH.
    """
    usual = float(np.mean(residuals**2))
    squares = residuals**2 / usual
    tops = [(height, at) for height, at in (_top(squares, start) for start in STARTS) if at[1] > BOUNDARY]
    highest = max((height for height, _ in tops), default=-np.inf)
    if highest <= -len(squares) / 2 + SAME:  # no higher than that of a constant variance
        return np.array([usual, 0.0, 0.0]), np.full(len(residuals), np.sqrt(usual))
    found = next(at for height, at in tops if height >= highest - SAME)
    return found * np.array([usual, 1.0, 1.0]), np.sqrt(usual * _path(squares, found))


def _top(squares: Array, start: tuple[float, float]) -> tuple[float, Array]:
    """The top of the log-likelihood, less its constant, that the search climbs from a start; and where it is."""
    from scipy.optimize import minimize

    free = {"type": "ineq", "fun": lambda at: 1 - at[1] - at[2], "jac": lambda _: np.array([0.0, -1.0, -1.0])}
    fixed: dict[str, Any] = {"args": (squares,), "jac": True, "method": "SLSQP", "constraints": free}
    fixed |= {"bounds": [(LEAST, 10), (0, 1), (0, 1)], "options": {"ftol": 1e-13, "maxiter": 300}}
    best = minimize(_loss, [1 - sum(start), *start], **fixed)
    for _ in range(RESTARTS):
        again = minimize(_loss, best.x, **fixed)
        gain, best = best.fun - again.fun, min(best, again, key=lambda found: found.fun)
        if gain < 1e-9:
            break
    return -float(best.fun), np.asarray(best.x)


def _loss(parameters: Array, squares: Array) -> tuple[float, Array]:
    """Half of Σ(log h + e²/h), the negative log-likelihood without its constant, and its gradient."""
    from scipy.signal import lfilter

    h = _path(squares, parameters)
    moved = np.stack([np.ones_like(h), _before(squares, squares), _before(h, squares)])
    slopes = lfilter([1.0], [1.0, -parameters[2]], moved, axis=1)
    return 0.5 * float(np.sum(np.log(h) + squares / h)), slopes @ (0.5 * (1 - squares / h) / h)


def _path(squares: Array, parameters: Array) -> Array:
    """h_t = ω + α e²_t-1 + β h_t-1."""
    from scipy.signal import lfilter

    omega, alpha, beta = parameters
    fed = omega + alpha * _before(squares, squares)
    fed[0] += beta * _before(squares, squares)[0]
    return np.asarray(lfilter([1.0], [1.0, -beta], fed))


def _before(series: Array, squares: Array) -> Array:
    """The day before's; before the first day, the backcast of the squares."""
    weights = BACKCAST[: len(squares)]
    return np.concatenate([[weights @ squares[: len(weights)] / weights.sum()], series[:-1]])


def _variances(parameters: Array, last: tuple[float, float], shocks: Array, taus: np.ndarray, end: int) -> Array:
    """σ² of each event day. A day before 0 feeds the next; a missing one, or one from 0 on, feeds its expectation."""
    omega, alpha, beta = parameters
    shock, variance = last[0] ** 2, last[1] ** 2
    held = dict(zip(taus.tolist(), shocks.tolist(), strict=True))
    path = {}
    for tau in range(end + 1, int(taus[-1]) + 1):
        variance = omega + alpha * shock + beta * variance
        path[tau] = variance
        known = tau < 0 and np.isfinite(held.get(tau, np.nan))
        shock = held[tau] ** 2 if known else variance
    return np.array([path.get(int(tau), np.nan) for tau in taus])
