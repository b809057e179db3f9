"""How much of an event's variance is its own, and the response that it identifies (Rigobon & Sack 2004)."""

from dataclasses import dataclass

import numpy as np

from eventwindow.estimation.event_time import Array

IDENTIFIES = 0.10  # p of the variance ratio above which no response is computed


@dataclass(frozen=True, slots=True)
class VarianceShare:
    """Of log returns of bars about zero, the event's session against control sessions.

    share: 1 - V_control/V_event, below zero where the event was the calmer; p_value: (1 + #{control sessions at least
    as wild})/(D + 1), one-sided; response: of the other security, by the shift in variance; NaN where none shifted.
    """

    event: float
    control: float
    share: float
    p_value: float
    response: float
    response_error: float
    event_slope: float


def variance_share(x: Array, control_x: Array, y: Array | None = None, control_y: Array | None = None) -> VarianceShare:
    """Bars (B,) of the event's session and (D, B) of the same bars of control sessions; NaN where there is none.

    `y` is the security whose response to `x` is asked: the difference of the covariances over that of the variances,
    which is the instrument z = (x/n of the event, -x/n of the controls).
    """
    n, m = np.isfinite(x).sum(), np.isfinite(control_x).sum()
    event, control = np.nansum(x**2) / n, np.nansum(control_x**2) / m
    each = np.nanmean(control_x**2, axis=1)
    p = float((1 + np.sum(each >= event)) / (len(each) + 1))
    found = (float(event), float(control), float(1 - control / event), p)
    if y is None or control_y is None:
        return VarianceShare(*found, *(float("nan"),) * 3)
    own, other = np.concatenate([x, control_x.ravel()]), np.concatenate([y, control_y.ravel()])
    z = np.concatenate([x / n, -control_x.ravel() / m])
    held = np.isfinite(own) & np.isfinite(other)
    own, other, z = own[held], other[held], z[held]
    response = float(z @ other / (z @ own)) if p <= IDENTIFIES else float("nan")
    error = float(np.sqrt(np.sum(z**2 * (other - response * own) ** 2)) / abs(z @ own))
    both = np.isfinite(x) & np.isfinite(y)
    return VarianceShare(*found, response, error, float(x[both] @ y[both] / np.sum(x[both] ** 2)))
