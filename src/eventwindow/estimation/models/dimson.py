"""Dimson (1979): the market of the days before and after as further regressors."""

from dataclasses import dataclass, replace

import numpy as np

from eventwindow.estimation.event_time import Array, EventReturns
from eventwindow.estimation.models.fit import Fit
from eventwindow.estimation.models.ols import ols


@dataclass(frozen=True, slots=True)
class Dimson:
    """OLS on the market of `lags` days before to `leads` days after; E[R] from the whole regression; k = 2 + p + q."""

    name: str = "dimson"
    lags: int = 1
    leads: int = 1

    @property
    def neighbours(self) -> tuple[int, int]:
        return self.lags, self.leads

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(f"market{s:+d}" if s else "market" for s in range(-self.lags, self.leads + 1))

    def fit(self, source: EventReturns) -> Fit:
        return ols(source.estimation_returns, *source.columns(self.columns), self.columns)


@dataclass(frozen=True, slots=True)
class DimsonSummed(Dimson):
    """E[R] = R̄ + (Σ b_j)(R_m - R̄_m), the slopes from Dimson's regression; standard errors approximate."""

    name: str = "dimson_summed"

    def fit(self, source: EventReturns) -> Fit:
        y, (x, x_event) = source.estimation_returns, source.columns(self.columns)
        seen = np.isfinite(y) & np.isfinite(x).all(axis=1)
        count = np.maximum(seen.sum(axis=1), 1)
        mean = np.sum(x, axis=2, where=seen[:, None, :]) / count[:, None]
        fit = ols(y, x, _along(x_event[:, self.lags], mean, self.lags), self.columns)
        beta = fit.coefficients[:, 1:].sum(axis=1)
        y_mean = np.sum(y, axis=1, where=seen) / count
        e = np.where(seen, y - y_mean[:, None] - beta[:, None] * (x[:, self.lags] - mean[:, [self.lags]]), np.nan)
        sigma = np.sqrt(np.nansum(e**2, axis=1) / np.maximum(fit.dof, 1))
        wider = sigma / np.where(fit.sigma > 0, fit.sigma, 1)
        return replace(
            fit,
            residuals=e,
            sigma=sigma,
            own_variance=np.broadcast_to((sigma**2)[:, None], fit.expected.shape),
            loading=fit.loading * wider[:, None, None],
            coefficients=np.column_stack([y_mean - beta * mean[:, self.lags], beta]),
            coefficient_names=("alpha", "beta"),
            notes=("summed Dimson beta: standard errors are approximate",),
        )


def _along(market: Array, mean: Array, at: int) -> Array:
    """(N, k, L): every regressor as far from its mean as the market is from its own, so that the slopes add up."""
    return (market - mean[:, [at]])[:, None, :] + mean[:, :, None]
