"""Expected returns from the firm's own mean or from one market index."""

from dataclasses import dataclass

import numpy as np

from eventwindow.estimation.event_time import EventReturns
from eventwindow.estimation.models.fit import Fit
from eventwindow.estimation.models.ols import NO_VARIANCE, ols, problems


@dataclass(frozen=True, slots=True)
class MeanAdjusted:
    """E[R] is the mean of the estimation window (Brown & Warner 1980); k = 1."""

    name: str = "mean_adjusted"
    neighbours: tuple[int, int] = (0, 0)

    def fit(self, source: EventReturns) -> Fit:
        none, none_event = source.columns(())
        return ols(source.estimation_returns, none, none_event, (), source.sessions)


@dataclass(frozen=True, slots=True)
class MarketModel:
    """E[R] = alpha + beta R_m by OLS (MacKinlay 1997); k = 2."""

    name: str = "market_model"
    market: str = "market"
    neighbours: tuple[int, int] = (0, 0)

    def fit(self, source: EventReturns) -> Fit:
        market, market_event = source.columns((self.market,))
        return ols(source.estimation_returns, market, market_event, ("beta",), source.sessions)


@dataclass(frozen=True, slots=True)
class MarketAdjusted:
    """E[R] is the market's return (Brown & Warner 1980); k = 0, so s² = Σe²/T about zero."""

    name: str = "market_adjusted"
    market: str = "market"
    neighbours: tuple[int, int] = (0, 0)

    def fit(self, source: EventReturns) -> Fit:
        (market, market_event) = (part[:, 0] for part in source.columns((self.market,)))
        actual = source.estimation_returns
        residuals = np.subtract(actual, market, out=np.empty_like(actual))  # laid out as returns are: sums end alike
        residuals = residuals if source.sessions is None else np.sqrt(source.sessions) * residuals
        nobs = np.isfinite(residuals).sum(axis=1).astype(float)
        square = np.nansum(residuals**2, axis=1)
        sigma = np.sqrt(square / np.maximum(nobs, 1))
        problem = problems(nobs, square <= NO_VARIANCE * np.nansum(market**2, axis=1))
        own = np.broadcast_to((sigma**2)[:, None], market_event.shape)
        none = np.empty((*market_event.shape, 0))
        return Fit(market_event, residuals, sigma, nobs, nobs, own, none, np.empty((len(nobs), 0)), (), problem)
