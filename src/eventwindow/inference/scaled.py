"""One firm against its own volatility: SQ on residuals scaled by a GARCH(1,1) forecast."""

from __future__ import annotations

import numpy as np

from eventwindow.abnormal import AbnormalReturns
from eventwindow.errors import StudyError
from eventwindow.inference.firm import sample_quantile
from eventwindow.inference.result import FirmSignificance
from eventwindow.models.garch import Garch
from eventwindow.timeline import Window


def with_garch(ar: AbnormalReturns) -> AbnormalReturns:
    """The same events under the market model with GARCH(1,1) residuals: SAR over the volatility forecast of day -1."""
    from eventwindow.abnormal import estimate

    if ar.source is None:
        raise StudyError("these abnormal returns carry no returns to fit a GARCH model to.")
    return estimate(ar.source, Garch(), minimum_returns=1)


def volatility_scaled_sq(ar: AbnormalReturns, window: Window) -> FirmSignificance:
    """SQ of e_t/σ_t|t-1 against CAR/√Σσ²: is the day unusual for the volatility that was expected of it?

    `ar` comes from the model `garch` or from `with_garch`. Sums over a window are scaled by their own forecast.
    """
    if ar.residual_sd is None:
        raise StudyError("the volatility-scaled SQ needs a model that lets the volatility move.", remedy="Use garch.")
    car = ar.car(window)
    scaled = ar.standardised_residuals * np.sqrt(1 / len(window))
    return sample_quantile("volatility_scaled_sq", ar, window, scaled, car.scar, note="over the GARCH(1,1) forecast")
