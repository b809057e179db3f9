"""One firm against its own volatility: SQ on residuals scaled by the forecast made the day before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from eventwindow.calendars.window import Window
from eventwindow.errors import StudyError
from eventwindow.estimation.abnormal import AbnormalReturns
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

    Coefficients stay; the filter starts at s², runs through the days held before day 0, and from day 0 on σ is the
    forecast of day -1. A missing day leaves it as it was. A CAR's variance is Σσ².
    """
    shocks = np.concatenate([ar.residuals, ar.ar], axis=1)
    variance, path = np.square(ar.sigma), np.empty_like(shocks)
    last_known = ar.residuals.shape[1] + max(0, -ar.window.start)
    for t in range(shocks.shape[1]):
        path[:, t] = variance
        if t < last_known:
            fed = decay * variance + (1 - decay) * np.square(shocks[:, t])
            variance = np.where(np.isfinite(shocks[:, t]), fed, variance)
    before = ar.residuals.shape[1]
    return replace(
        ar,
        own_variance=path[:, before:],
        loading=np.zeros((*ar.ar.shape, 0)),
        residual_sd=np.where(np.isfinite(ar.residuals), np.sqrt(path[:, :before]), np.nan),
    )


def volatility_scaled_sq(ar: AbnormalReturns, window: Window) -> FirmSignificance:
    """SQ of e_t/σ_t|t-1 against CAR/√Σσ²: is the day unusual for the volatility that was expected of it?

    `ar` comes from the model `garch`, from `with_garch` or from `with_moving_volatility`. Sums over a window are scaled
    by the forecast made before their first day, as the event is.
    """
    if ar.residual_sd is None:
        raise StudyError("the volatility-scaled SQ needs a model that lets the volatility move.", remedy="Use garch.")
    car, at = ar.car(window), ar.columns(window)
    note = "over the volatility forecast of the day before"
    if len(window) == 1:
        scaled, event = ar.standardised_residuals, ar.sar[:, at]
        return sample_quantile("volatility_scaled_sq", ar, window, scaled, event, car.scar, note=note)
    path = np.concatenate([ar.residual_sd, np.sqrt(ar.own_variance[:, at])], axis=1)  # the forecast for each day
    scale = path * np.sqrt(len(window))  # of each run, made before its first day
    return sample_quantile(
        "volatility_scaled_sq", ar, window, ar.residuals, ar.ar[:, at], car.scar, scale=scale, note=note
    )
