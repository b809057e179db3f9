"""One firm against its own volatility: SQ on residuals scaled by the forecast made the day before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason, StudyError
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.estimation.models.garch import Garch
from eventwindow.inference.results import FirmSignificance
from eventwindow.inference.single_firm import sample_quantile


def with_garch(ar: AbnormalReturns) -> AbnormalReturns:
    """The same events under the market model with GARCH(1,1) residuals: SAR over the volatility forecast of day -1."""
    from eventwindow.estimation.abnormal import estimate

    if ar.source is None:
        raise StudyError("these abnormal returns carry no returns to fit a GARCH model to.")
    return estimate(ar.source, Garch(), minimum_returns=1)


def with_moving_volatility(ar: AbnormalReturns, decay: float = 0.94) -> AbnormalReturns:
    """The same abnormal returns under σ²_t|t-1 = λσ²_t-1|t-2 + (1 - λ)e²_t-1 (RiskMetrics 1996, λ = 0.94 for a day).

    Coefficients stay; the filter starts at the mean square of the residuals, runs through all days before day 0, and
    from day 0 on σ is the forecast of day -1. A missing day leaves it as it was. A CAR's variance is Σσ².
    """
    gap = np.empty((len(ar), 0)) if ar.gap is None else ar.gap
    shocks = np.concatenate([ar.residuals, gap, ar.ar], axis=1)
    variance, path = np.nanmean(np.square(ar.residuals), axis=1), np.empty_like(shocks)
    event = shocks.shape[1] - ar.ar.shape[1]  # where the event window begins
    last_known = event - ar.window.start  # day 0
    for t in range(shocks.shape[1]):
        path[:, t] = variance
        if t < last_known:
            fed = decay * variance + (1 - decay) * np.square(shocks[:, t])
            variance = np.where(np.isfinite(shocks[:, t]), fed, variance)
    sd = np.sqrt(path[:, : ar.residuals.shape[1]])
    return replace(
        ar,
        own_variance=path[:, event:],
        loading=np.zeros((*ar.ar.shape, 0)),
        residual_sd=np.where(np.isfinite(ar.residuals), sd, np.nan),
    )


def volatility_scaled_sq(ar: AbnormalReturns, window: Window, event: Array | None = None) -> FirmSignificance:
    """SQ of e_t/σ_t|t-1 against CAR/√Σσ²: is the day unusual for the volatility that was expected of it?

    `ar` comes from the model `garch`, from `with_garch` or from `with_moving_volatility`. Sums over L days are scaled
    by the forecast for L days made before their first day, as the event's is. `event` (N, L) are the window's abnormal
    returns on the scale of the residuals, where a coefficient's error is to be taken out of them (`event_residuals`).
    """
    if ar.residual_sd is None:
        raise StudyError("the volatility-scaled SQ needs a model that lets the volatility move.", remedy="Use garch.")
    car, at = ar.car(window), ar.columns(window)
    note = Reason("over_forecast")
    if len(window) == 1:
        scaled = ar.standardised_residuals
        return sample_quantile("volatility_scaled_sq", ar, window, scaled, ar.sar[:, at], car.scar, note=note)
    own = np.repeat(car.std_error[:, None], len(window), axis=1)  # runs that begin within the event
    scale = np.concatenate([np.sqrt(summed_forecasts(ar, len(window))), own], axis=1)
    joined = ar.ar[:, at] if event is None else event
    return sample_quantile("volatility_scaled_sq", ar, window, ar.residuals, joined, car.scar, scale=scale, note=note)


def summed_forecasts(ar: AbnormalReturns, length: int) -> Array:
    """(N, T) the variance of the `length` days from each estimation day on, as expected the evening before it.

    A GARCH goes back to its mean, h_{t+1} = ω + (α + β)h_t; an EWMA expects the same of every day.
    """
    omega, persistence = np.zeros((len(ar), 1)), np.ones((len(ar), 1))
    if {"omega", "arch", "garch"} <= set(ar.coefficients):
        omega = ar.coefficients[["omega"]].to_numpy(float)
        persistence = ar.coefficients[["arch", "garch"]].to_numpy(float).sum(axis=1, keepdims=True)
    assert ar.residual_sd is not None
    variance = np.square(ar.residual_sd)
    total = variance.copy()
    for _ in range(length - 1):
        variance = omega + persistence * variance
        total += variance
    return total
