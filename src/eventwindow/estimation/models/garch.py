"""Market model with GARCH(1,1) residuals: the day's own forecast volatility as its standard error."""

import warnings
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from eventwindow.errors import Reason, needs_library
from eventwindow.estimation.event_time import Array, EventReturns
from eventwindow.estimation.models.fit import Fit
from eventwindow.estimation.models.ols import ols

SCALE = 100.0  # arch is happiest with returns in per cent
BOUNDARY = 1e-6  # of α from 0, and of α + β from 1
STARTS = (None, (0.02, 0.97), (0.1, 0.8), (0.2, 0.1))  # α and β; None: arch's own grid
SAME = 1e-5  # of two log-likelihoods of one top


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
        problem = mean.problem.copy()
        own, sd = np.full_like(shocks, np.nan), np.full_like(mean.residuals, np.nan)
        parameters = np.full((len(source), 3), np.nan)
        notes = []
        for i in np.flatnonzero(problem == ""):
            seen = np.isfinite(mean.residuals[i])
            fitted = _quasi_likelihood(mean.residuals[i, seen])
            if fitted is None:
                problem[i] = Reason("garch_not_converged")
                continue
            parameters[i], sd[i, seen] = fitted
            notes += _boundary_notes(source.labels.iloc[i], parameters[i])
            last = mean.residuals[i, seen][-1], sd[i, seen][-1]
            own[i] = _variances(parameters[i], last, shocks[i], source.window.taus, source.estimation.end)
        return replace(
            mean,
            own_variance=own,
            loading=np.zeros((*own.shape, 0)),
            coefficients=np.column_stack([mean.coefficients, parameters]),
            coefficient_names=("alpha", "beta", "omega", "arch", "garch"),
            problem=problem,
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


def _quasi_likelihood(residuals: Array) -> tuple[Array, Array] | None:
    """(omega, alpha, beta) and the conditional sd of each day, in decimals; None where arch never converges.

    With α = 0 only the filter's start moves the variance: such a top is no GARCH.
    """
    try:
        from arch import arch_model
    except ImportError:
        raise needs_library("the GARCH model", "arch") from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model, square = arch_model(SCALE * residuals, mean="Zero", rescale=False), float(np.mean(residuals**2))
        starts = (at and np.array([SCALE**2 * square * (1 - sum(at)), *at]) for at in STARTS)
        fits = [model.fit(disp="off", starting_values=start) for start in starts]
    fits = [fit for fit in fits if fit.convergence_flag == 0]
    if not fits:
        return None
    constant = -len(residuals) / 2 * (np.log(2 * np.pi * SCALE**2 * square) + 1)
    moving = [fit for fit in fits if fit.params.iloc[1] > BOUNDARY]
    highest = max((fit.loglikelihood for fit in moving), default=constant)
    if highest <= constant + SAME:
        return np.array([square, 0.0, 0.0]), np.full(len(residuals), np.sqrt(square))
    fit = next(fit for fit in moving if fit.loglikelihood >= highest - SAME)
    omega, alpha, beta = np.asarray(fit.params, float)
    return np.array([omega / SCALE**2, alpha, beta]), np.asarray(fit.conditional_volatility, float) / SCALE


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
