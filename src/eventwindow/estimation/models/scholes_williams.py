"""The beta of Scholes & Williams (1977) for stocks that trade out of step with the market."""

from dataclasses import dataclass

import numpy as np

from eventwindow.estimation.event_time import Array, EventReturns
from eventwindow.estimation.models.fit import Fit
from eventwindow.estimation.models.ols import NO_VARIANCE, problems


@dataclass(frozen=True, slots=True)
class ScholesWilliams:
    """beta = (b₋₁ + b₀ + b₊₁) / (1 + 2ρ₁), alpha = R̄ - beta R̄_m, all over days 2 … T - 1 of the estimation window.

    b_j is the slope of R_t on R_m,t+j and ρ₁ the correlation of R_mt with R_m,t-1 on those days. The standard errors
    are those of the instrument z_t = R_m,t-1 + R_mt + R_m,t+1, s² with divisor T - 4.
    """

    name: str = "scholes_williams"
    market: str = "market"
    neighbours: tuple[int, int] = (0, 0)

    def fit(self, source: EventReturns) -> Fit:
        market, market_event = (part[:, 0] for part in source.columns((self.market,)))
        y, before, now, after = source.estimation_returns[:, 1:-1], market[:, :-2], market[:, 1:-1], market[:, 2:]
        seen = np.isfinite(y + before + now + after)
        nobs = seen.sum(axis=1).astype(float)
        count = np.maximum(nobs, 1)
        y_mean, now_mean = (np.sum(part, axis=1, where=seen) / count for part in (y, now))
        yc, b, x, a = (_centred(part, seen, count) for part in (y, before, now, after))
        with np.errstate(divide="ignore", invalid="ignore"):
            rho = _dot(x, b) / np.sqrt(_dot(x, x) * _dot(b, b))
            beta = (_dot(yc, b) / _dot(b, b) + _dot(yc, x) / _dot(x, x) + _dot(yc, a) / _dot(a, a)) / (1 + 2 * rho)
            z = b + x + a
            spread = np.sqrt(_dot(z, z)) / np.abs(_dot(z, x))
        e = yc - beta[:, None] * x
        dof = nobs - 2
        square = _dot(e, e)
        sigma = np.sqrt(square / np.maximum(dof, 1))
        shift = market_event - now_mean[:, None]
        leverage = np.stack([np.broadcast_to(count[:, None] ** -0.5, shift.shape), spread[:, None] * shift], axis=2)
        residuals = np.full_like(source.estimation_returns, np.nan)
        residuals[:, 1:-1] = np.where(seen, e, np.nan)
        coefficients = np.column_stack([y_mean - beta * now_mean, beta])
        still = _dot(x, x) <= NO_VARIANCE * count * now_mean**2
        problem = problems(
            dof, square <= NO_VARIANCE * _dot(yc, yc), still=still | ~np.isfinite(beta) | ~np.isfinite(spread)
        )
        return Fit(
            expected=y_mean[:, None] + beta[:, None] * shift,
            residuals=residuals,
            sigma=sigma,
            dof=dof,
            nobs=nobs,
            own_variance=np.broadcast_to((sigma**2)[:, None], shift.shape),
            loading=sigma[:, None, None] * leverage,
            coefficients=coefficients,
            coefficient_names=("alpha", "beta"),
            problem=problem,
        )


def _centred(part: Array, seen: np.ndarray, count: Array) -> Array:
    mean = np.sum(part, axis=1, where=seen) / count
    return np.where(seen, part - mean[:, None], 0.0)


def _dot(a: Array, b: Array) -> Array:
    return np.asarray(np.einsum("nt,nt->n", a, b))
