"""Huber's robust regression of the market model."""

from dataclasses import dataclass, replace

import numpy as np

from eventwindow.estimation.event_time import Array, EventReturns
from eventwindow.estimation.models.fit import Fit
from eventwindow.estimation.models.ols import ols

MAD_OF_NORMAL = 0.6744897501960817  # Φ⁻¹(3/4)
STEPS, TOLERANCE = 200, 1e-12


@dataclass(frozen=True, slots=True)
class Huber:
    """Market model by Huber's M-estimate, c = 1.345, scale by MAD about zero; s and leverage as in OLS, approximate."""

    name: str = "huber"
    market: str = "market"
    c: float = 1.345
    neighbours: tuple[int, int] = (0, 0)

    def fit(self, source: EventReturns) -> Fit:
        y = source.estimation_returns
        market, market_event = source.columns((self.market,))
        start = ols(y, market, market_event, ("beta",))
        x = market[:, 0]
        seen = np.isfinite(start.residuals)
        coefficients = _iterate(np.where(seen, y, 0.0), np.where(seen, x, 0.0), seen, start.coefficients, self.c)
        alpha, beta = coefficients[:, :1], coefficients[:, 1:]
        residuals = np.where(seen, y - alpha - beta * x, np.nan)
        sigma = np.sqrt(np.nansum(residuals**2, axis=1) / np.maximum(start.dof, 1))
        wider = sigma / np.where(start.sigma > 0, start.sigma, 1)
        return replace(
            start,
            expected=alpha + beta * market_event[:, 0],
            residuals=residuals,
            sigma=sigma,
            own_variance=np.broadcast_to((sigma**2)[:, None], start.expected.shape),
            loading=start.loading * wider[:, None, None],
            coefficients=coefficients,
            notes=("Huber regression: standard errors and p-values are approximate",),
        )


def _iterate(y: Array, x: Array, seen: np.ndarray, coefficients: Array, c: float) -> Array:
    """Iteratively reweighted least squares, the scale renewed in each step."""
    for _ in range(STEPS):
        residuals = np.where(seen, y - coefficients[:, :1] - coefficients[:, 1:] * x, np.nan)
        size = np.abs(residuals)
        scale = _median(size, seen) / MAD_OF_NORMAL
        weight = np.where(seen, np.minimum(1.0, c * scale[:, None] / np.where(size > 0, size, np.inf)), 0.0)
        weight = np.where(seen & (size <= c * scale[:, None]), 1.0, weight)
        renewed = _weighted(y, x, weight, coefficients)
        moved = np.abs(renewed - coefficients).max() if len(renewed) else 0.0
        coefficients = renewed
        if moved < TOLERANCE:
            break
    return coefficients


def _weighted(y: Array, x: Array, w: Array, fallback: Array) -> Array:
    total = w.sum(axis=1)
    usable = total > 0
    total = np.where(usable, total, 1.0)
    x_mean, y_mean = (w * x).sum(axis=1) / total, (w * y).sum(axis=1) / total
    xc = x - x_mean[:, None]
    ss = (w * xc**2).sum(axis=1)
    usable &= ss > 0
    beta = (w * xc * y).sum(axis=1) / np.where(usable, ss, 1.0)
    return np.where(usable[:, None], np.column_stack([y_mean - beta * x_mean, beta]), fallback)


def _median(size: Array, seen: np.ndarray) -> Array:
    return np.array([np.median(row[ok]) if ok.any() else 0.0 for row, ok in zip(size, seen, strict=True)])
