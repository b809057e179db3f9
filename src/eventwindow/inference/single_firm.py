"""One firm, one event: its abnormal return against its own estimation window, plain or by expected volatility."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from eventwindow.calendars.window import Span, Window, as_window
from eventwindow.errors import Reason, StudyError
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.inference.design import complete
from eventwindow.inference.expected_volatility import basket_of, before_window, forecasts
from eventwindow.inference.results import LEVEL, FirmSignificance, NotComputed, Result
from eventwindow.inference.shifts import ROUNDING, basket_residuals, event_residuals, run_sums, shift_sums
from eventwindow.parallel import in_blocks

NULL = "the abnormal return is zero"


def firm_t(ar: AbnormalReturns, window: Span) -> FirmSignificance:
    """CAR over its standard error, t(T - k), event by event.

    Parameters
    ----------
    ar : AbnormalReturns (N events)
        Of `abnormal_returns`.
    window : Window, int or pair of int
        Trading days from day 0, inside the event window.

    Returns
    -------
    FirmSignificance
        One result an event.

    Raises
    ------
    WindowError
        Where the window is none or reaches beyond the event window.

    References
    ----------
    Campbell, J. Y., Lo, A. W. and MacKinlay, A. C. (1997). The Econometrics of Financial Markets, chapter 4.

    Examples
    --------
    >>> ew.firm_t(study, 0).statistic.round(2)
    array([-5.38, -4.95, -4.89])
    """
    car = ar.car(window)
    return FirmSignificance("single_firm_t", NULL, ar.labels, car.scar, car.p_value, "t(T - k)", ar.dof, car.reason)


def firm_sq(ar: AbnormalReturns, window: Span) -> FirmSignificance:
    """The CAR's place among the firm's own residuals; a longer window's among its cyclic shifts.

    No distribution is assumed, so that it holds for one firm with fat tails.

    Parameters
    ----------
    ar : AbnormalReturns (N events)
        Of `abnormal_returns`.
    window : Window, int or pair of int
        Trading days from day 0, inside the event window.

    Returns
    -------
    FirmSignificance
        One result an event.

    Raises
    ------
    WindowError
        Where the window is none or reaches beyond the event window.

    References
    ----------
    Gelbach, J. B., Helland, E. and Klick, J. (2013). Valid inference in single-firm, single-event studies. American
    Law and Economics Review 15, 495-541.

    Examples
    --------
    >>> ew.firm_sq(study, 0).p_value.round(4)
    array([0.0099, 0.0099, 0.0099])
    """
    window = as_window(window)
    return sample_quantile("sq", ar, window, ar.residuals, event_residuals(ar, window), ar.car(window).car)


def sample_quantile(
    name: str,
    ar: AbnormalReturns,
    window: Window,
    residuals: Array,
    event: Array,
    value: Array,
    *,
    scale: Array | None = None,
    note: Reason | None = None,
) -> FirmSignificance:
    """The place of `value` (N,) among `residuals` (N, T), itself counted.

    One day is ranked among the days, a longer window among the cyclic shifts of the residuals joined with its days
    `event` (N, L) on their scale. `scale` (N, T + L), where given, is what each run is divided by, by its first day.
    """
    length = len(window)
    reason = ar.car(window).reason.copy()
    if not len(value):
        none = np.empty(0)
        among = Reason("own_residuals")
        return FirmSignificance(name, NULL, ar.labels, none, none, among, none, none, none, none, note)

    def places(rows: slice) -> tuple[Array, Array, Array]:
        if length == 1:
            return _places(residuals[rows], value[rows])
        sums = shift_sums(residuals[rows], event[rows], length)
        sums = sums if scale is None else sums / scale[rows]
        own = residuals.shape[1]
        return _places(np.delete(sums, own, axis=1), sums[:, own] * (1 - ROUNDING))

    count, beyond, below = (np.concatenate(part) for part in zip(*in_blocks(len(value), places), strict=True))
    reason[(reason == "") & (count == 0)] = Reason("no_consecutive_residuals", n=length)
    held = reason == ""
    two, low = (np.where(held, (1 + hits) / (count + 1), np.nan) for hits in (beyond, below))
    against = Reason("own_residuals" if length == 1 else "own_shifts")
    floor = 1 / (count + 1) if length == 1 else np.full(len(value), np.nan)  # of shifts it depends on the days
    return FirmSignificance(
        name, NULL, ar.labels, np.where(held, value, np.nan), two, against, count, reason, floor, low, note
    )


def _places(sums: Array, value: Array) -> tuple[Array, Array, Array]:
    """(N,) how many sums (N, D) there are, how many at least as large in size as `value`, how many no larger."""
    with np.errstate(invalid="ignore"):
        beyond = (np.abs(sums) >= np.abs(value)[:, None]).sum(axis=1)
        below = (sums <= value[:, None]).sum(axis=1)
    return np.isfinite(sums).sum(axis=1), beyond, below


def single_firm_t(ar: AbnormalReturns, window: Window) -> Result:
    """`firm_t` where there is one event."""
    return _alone("single_firm_t", ar) or firm_t(ar, window)[0]


def single_firm_sq(ar: AbnormalReturns, window: Window) -> Result:
    """`firm_sq` where there is one event."""
    return _alone("sq", ar) or firm_sq(ar, window)[0]


def _alone(name: str, ar: AbnormalReturns) -> NotComputed | None:
    return None if len(ar) == 1 else NotComputed(name, Reason("for_one_event", n=len(ar)), NULL, len(ar))


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

    `ar` comes from the model `garch` or from `with_moving_volatility`. Sums over L days are scaled
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


@dataclass(frozen=True, slots=True)
class Inverted:
    """The hull of the effects that are not rejected at `level`, decimals; infinite where the days cannot reject any."""

    value: float  # the mean CAR
    low: float
    high: float
    level: float

    def equivalent(self, material: float) -> bool:
        """Whether every effect that is not rejected is smaller than `material`: at 10 %, a test of equivalence at 5 %.

        Two one-sided tests (Schuirmann 1987) of an effect of at least `material` in size.
        """
        return bool(-material < self.low and self.high < material)


def inverted(ar: AbnormalReturns, window: Span, level: float = LEVEL, *, scaled: bool = False) -> Inverted | Reason:
    """The mean effects over `window` that the date permutation does not reject, or why there are none.

    Over several days the effect is taken to be the same on each; another shape gives another interval. `scaled`: each
    day, or run, over the volatility expected of it the evening before.
    """
    window = as_window(window)
    held, car = complete(ar, window)
    basket = basket_of(held, window)
    if isinstance(basket, Reason):
        return basket
    value, length = float(car.car.mean()), len(window)
    path = forecasts(basket, before_window(held, window), length) if scaled else np.ones(len(basket) + length)
    if length == 1:
        half = critical_size(np.abs(basket) / path[:-1], level) * path[-1]
        return Inverted(value, value - half, value + half, level)
    at = held.columns(window)
    scale = (held.sigma[:, None] / held.std_error[:, at]).mean(axis=0)  # of an effect on the residuals' scale
    event = basket_residuals(held, window)
    return Inverted(value, *of_window(basket, event, scale, path, level), level)


def critical_size(sizes: Array, level: float) -> float:
    """The largest size that (1 + its rank)/(T + 1) does not reject; infinite where the days are too few."""
    k = int(level * (len(sizes) + 1) * (1 + ROUNDING))
    return float(np.sort(sizes)[::-1][k - 1]) if k else float("inf")


def of_window(basket: Array, event: Array, scale: Array, path: Array, level: float) -> tuple[float, float]:
    """The sums over the event's days that the shifts of the joined series do not reject, each run over its `path`.

    `scale` is what an effect of one on a day comes to in `event`. p changes only where two runs are equal in size: of
    these effects, the first and the last that are not rejected.
    """
    length = len(event)
    fixed = run_sums(np.concatenate([basket, event]), length) / path
    slope = run_sums(np.concatenate([np.zeros(len(basket)), scale / length]), length) / path
    own, others = len(basket), np.arange(len(fixed)) != len(basket)
    edges = [(fixed[own] - sign * fixed[others]) / _nonzero(slope[own] - sign * slope[others]) for sign in (1, -1)]
    tried = np.sort(np.concatenate(edges))
    tried = tried[np.isfinite(tried)]
    sizes = np.abs(fixed[:, None] - slope[:, None] * tried)
    accepted = tried[(sizes >= sizes[own] * (1 - ROUNDING)).mean(axis=0) > level]
    if not len(accepted) or length / len(fixed) > level:  # the runs of the event alone are more than the level
        return -float("inf"), float("inf")
    return float(accepted[0]), float(accepted[-1])


def _nonzero(values: Array) -> Array:
    return np.where(np.abs(values) > 1e-14, values, np.nan)
