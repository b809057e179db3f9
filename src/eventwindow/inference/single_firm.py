"""One firm, one event: its abnormal return against its own estimation window, plain or by expected volatility."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from eventwindow.calendars.window import Span, Window, as_window
from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.inference.expected_volatility import (
    basket_forecasts,
    basket_of,
    before_window,
    forecasts,
    ratio_of,
    unlike,
)
from eventwindow.inference.permutation import APART
from eventwindow.inference.results import LEVEL, Answer, FirmSignificance, NotComputed, Outcome
from eventwindow.inference.sample import Sample, sample
from eventwindow.inference.shifts import ROUNDING, basket_residuals, event_residuals, run_sums, shift_sums
from eventwindow.inference.significance import SINGLE, significance_test
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
    made = ar.labels, car.scar, car.p_value, "t(T - k)", ar.dof, car.reason
    return FirmSignificance("single_firm_t", NULL, *made, basis=car.basis)


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
    found = sample_quantile("sq", ar, window, ar.residuals, event_residuals(ar, window), ar.car(window).car)
    return replace(found, basis=ar.basis._replace(window=window))


def scaled_sq(ar: AbnormalReturns, window: Window) -> FirmSignificance:
    """SQ with each day, or run, over the volatility expected of it the evening before: is it unusual for its time?"""
    path = forecasts(ar.residuals, before_window(ar, window), len(window))
    path /= path[:, -1:]
    days = ar.residuals / path[:, : ar.residuals.shape[1]] if len(window) == 1 else ar.residuals
    event, value = event_residuals(ar, window), ar.car(window).car
    return sample_quantile("sq_scaled", ar, window, days, event, value, scale=path, note=Reason("over_forecast"))


def leading_sq(ar: AbnormalReturns, window: Window, plain: Array) -> tuple[Array, Array]:
    """(N,) the p-values to read, `plain` ones or scaled ones, and the ratios of volatility that decide which.

    A ratio is that of the last sessions before the window over the estimation window; `unlike` has the rule.
    """
    ratio, p = ratio_of(ar.residuals, before_window(ar, window)), plain.copy()
    moved = unlike(ratio)
    if moved.any():
        p[moved] = scaled_sq(ar.select(moved), window).p_value
    return p, ratio


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


@significance_test("Single-firm t", NULL, asked_in=SINGLE, apart=APART, least=0)
def single_firm_t(events: Sample) -> Answer:
    """`firm_t` where there is one event."""
    return _alone(events, firm_t)


@significance_test("SQ (sample quantile)", NULL, asked_in=SINGLE, apart=APART, least=0)
def sq(events: Sample) -> Answer:
    """`firm_sq` where there is one event."""
    return _alone(events, firm_sq)


def _alone(events: Sample, test: Callable[[AbnormalReturns, Span], FirmSignificance]) -> Answer:
    if len(events.every) != 1:
        return Reason("for_one_event", n=len(events.every))
    found = test(events.every, events.window)[0]
    if isinstance(found, NotComputed):
        return found.reason
    return Outcome(found.statistic, found.p_value, found.distribution, found.note)


class Inverted(NamedTuple):
    """The mean CAR and the hull of the effects that are not rejected; infinite where the days cannot reject any."""

    value: float
    low: float
    high: float


def inverted(ar: AbnormalReturns, window: Span, level: float = LEVEL, *, scaled: bool = False) -> Inverted | Reason:
    """The mean effects over `window` that the date permutation does not reject, or why there are none.

    Over several days the effect is taken to be the same on each; another shape gives another interval. `scaled`: each
    day, or run, over the volatility expected of it the evening before.
    """
    window = as_window(window)
    events = sample(ar, window)
    held, basket = events.ar, basket_of(events)
    if isinstance(basket, Reason):
        return basket
    value, length = float(events.car.car.mean()), len(window)
    path = basket_forecasts(events, basket) if scaled else np.ones(len(basket) + length)
    if length == 1:
        half = critical_size(np.abs(basket) / path[:-1], level) * path[-1]
        return Inverted(value, value - half, value + half)
    at = held.columns(window)
    scale = (held.sigma[:, None] / held.std_error[:, at]).mean(axis=0)  # of an effect on the residuals' scale
    event = basket_residuals(held, window)
    return Inverted(value, *of_window(basket, event, scale, path, level))


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
