"""The abnormal return of a firm or basket over a window, against its own history: the base of claims of effects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from math import inf, nan

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from eventwindow.calendars.window import Window
from eventwindow.errors import Listed, NoFigure, Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.inference.expected_volatility import before_window, leading_path, none_holds, ratio_of, unlike
from eventwindow.inference.results import LEVEL, POWER
from eventwindow.inference.sample import sample
from eventwindow.inference.shifts import ROUNDING, circle, event_residuals, run_sums, untouched
from eventwindow.inference.single_firm import critical_size, of_window

MANY = 2  # firms, from which on a figure is one of several
FEWEST = 100  # returns that an estimation window must hold, and pseudo-dates that a test needs


@dataclass(frozen=True, slots=True)
class Track:
    """One series of daily abnormal returns, of a firm, a basket, or a difference of baskets.

    residuals: (T,) of the estimation `days`; between: (G,) of the days from there to the window, or to day 0, NaN where
    missing; event: (L,) of the `event_days`, on the scale of the residuals; scale: (L,) what an effect of one on a day
    comes to there.
    """

    days: np.ndarray
    residuals: np.ndarray
    between: np.ndarray
    event_days: np.ndarray
    event: np.ndarray
    scale: np.ndarray

    @property
    def plain_spread(self) -> float:
        """The standard deviation of the runs that hold no day of the event, not scaled."""
        return self.ranked(np.ones(len(self.days) + len(self.event))).spread

    @property
    def volatility(self) -> float:
        """Of the last sessions, over that of the estimation days."""
        return float(ratio_of(self.residuals, self.between))

    @property
    def path(self) -> np.ndarray:
        """(T + L,) what the run that begins on each day is divided by (`leading_path`)."""
        return leading_path(self.residuals, self.between, len(self.event))

    def ranked(self, path: np.ndarray | None = None) -> Ranked:
        """The event, and what it is ranked among: each day, or each other shift of the joined series."""
        length, own, path = len(self.event), len(self.days), self.path if path is None else path
        if length == 1:
            quiet = np.ones(own, bool)
            return Ranked(self.residuals / path[:own], self.days, quiet, float(self.event[0]), self.volatility)
        sums = run_sums(circle(self.residuals, self.event), length) / path
        last = np.roll(np.concatenate([self.days, self.event_days]), 1 - length)  # of the run that begins on each day
        others = np.arange(len(sums)) != own  # the event's own run begins there
        quiet = untouched(own, length)[others]
        return Ranked(sums[others], last[others], quiet, float(sums[own]), self.volatility)

    def interval(self, level: float, value: float) -> tuple[float, float]:
        """The effects that the ranks do not reject at `level`."""
        if len(self.event) > 1:
            return of_window(self.residuals, self.event, self.scale, self.path, level)
        half = critical_size(np.abs(self.ranked().null), level)
        return value - half, value + half


@dataclass(frozen=True, slots=True)
class Ranked:
    """An event and its null: the mean residual of other days, or sums over other shifts, and which hold none of it."""

    null: np.ndarray
    days: np.ndarray  # the last day of each
    quiet: np.ndarray
    value: float
    volatility: float  # the ratio of `Track.volatility`

    @property
    def spread(self) -> float:
        """The standard deviation of what holds no day of the event."""
        return float(np.std(self.null[self.quiet]))


def combined(tracks: Sequence[Track], weights: Sequence[float]) -> Track:
    """The weighted sum of several series on the estimation days that all of them hold."""
    days = reduce(np.intersect1d, (one.days for one in tracks))
    if len(days) < FEWEST:
        raise NoFigure(Reason("few_shared_days"))
    gap = min(len(one.between) for one in tracks)  # of markets with other holidays, the last ones

    def total(parts: Iterable[np.ndarray]) -> np.ndarray:
        return np.asarray(np.sum([weight * part for weight, part in zip(weights, parts, strict=True)], axis=0))

    places = [np.intersect1d(days, one.days, return_indices=True)[2] for one in tracks]
    return Track(
        days,
        total(one.residuals[at] for one, at in zip(tracks, places, strict=True)),
        total(one.between[len(one.between) - gap :] for one in tracks),
        tracks[0].event_days,
        total(one.event for one in tracks),
        np.mean([one.scale for one in tracks], axis=0),
    )


@dataclass(frozen=True, slots=True)
class Response:
    """The mean cumulative abnormal return of some firms over a window, and the same on every day or cyclic shift.

    track: its daily series; members: firms it is the mean of.
    """

    estimate: float
    std_error: float
    dof: float
    track: Track
    members: tuple[str, ...]
    first: pd.Timestamp  # first and last session of the window
    last: pd.Timestamp

    def effect(self) -> Effect:
        """The estimate with its p-value by rank among the pseudo-dates, and the smallest effect it could have found."""
        firms = len(self.members)
        test = "SQ" if firms == 1 else "date permutation of the mean"
        return of_track(self.track, self.estimate, self.std_error, self.dof, test, firms)


def of_track(track: Track, value: float, std_error: float, dof: float, test: str, firms: int = MANY) -> Effect:
    """The test of `value` by the ranks of its series, scaled by the volatility expected of it where that moved."""
    ranked = track.ranked()
    tested = effect(
        value,
        std_error,
        dof,
        ranked.null,
        ranked.days,
        test,
        spread=ranked.spread,
        ranked=ranked.value,
        moved=ranked.spread / track.plain_spread,
        interval=track.interval(2 * LEVEL, value),
    )
    unled = none_holds(ranked.volatility, firms, len(track.event))
    return replace(tested, volatility=ranked.volatility, unled=unled)


def effect(
    value: float,
    std_error: float,
    dof: float,
    null: np.ndarray,
    days: np.ndarray,
    test: str,
    *,
    spread: float | None = None,
    ranked: float | None = None,
    moved: float = 1.0,
    interval: tuple[float, float] | None = None,
) -> Effect:
    """The test of `value` against its null distribution, two-sided, the event counted among the dates.

    `spread` is the standard deviation of the null, where not all of it is null; `ranked` stands for the value among it;
    `moved` is what the volatility expected of the event does to the standard error. The 90 % interval is that of one
    day unless it is given.
    """
    spread = float(np.std(null)) if spread is None else spread
    ranked = value if ranked is None else ranked
    larger = np.sum(np.abs(null) >= abs(ranked) * (1 - ROUNDING))
    reach = float(stdtrit(dof, POWER)) * std_error * moved
    half = critical_size(np.abs(null), 2 * LEVEL)
    low, high = (value - half, value + half) if interval is None else interval
    return Effect(
        statistic=ranked / spread,
        null=null / spread,
        days=days,
        p_value=float((1 + larger) / (len(null) + 1)),
        p_parametric=float(2 * stdtr(dof, -abs(value / std_error))),
        std_error=std_error,
        detectable=float(stdtrit(dof, 0.975)) * std_error * moved + reach,
        test=test,
        spread=spread,
        reach=reach,
        low=low,
        high=high,
    )


def response(abnormal: AbnormalReturns, symbols: Sequence[str], window: Window) -> Response:
    """The mean response of those of `symbols` that hold the whole window; they must share their event days."""
    events = sample(abnormal.among(symbols), window)
    chosen, cumulative = events.ar, events.car
    if not events.n:
        raise NoFigure(Reason("no_abnormal_return", window=str(window), securities=Listed(symbols)))
    if (chosen.event_days != chosen.event_days[0]).any():
        raise NoFigure(Reason("different_calendars"))
    track = _track(chosen, window)
    return Response(
        estimate=float(np.mean(cumulative.car)),
        std_error=_std_error(chosen, cumulative.std_error, track.residuals),
        dof=float(np.min(chosen.dof)),
        track=track,
        members=tuple(chosen.labels["security"]),
        first=_date(chosen, window.start),
        last=_date(chosen, window.end),
    )


def _track(chosen: AbnormalReturns, window: Window) -> Track:
    mean, days = _mean_residual(chosen)
    at = chosen.columns(window)
    event = event_residuals(chosen, window) if len(window) > 1 else chosen.ar[:, at]
    return Track(
        days,
        mean,
        before_window(chosen, window).mean(axis=0),
        chosen.event_days[0, at],
        event.mean(axis=0),
        (chosen.sigma[:, None] / chosen.std_error[:, at]).mean(axis=0),
    )


def _date(chosen: AbnormalReturns, tau: int) -> pd.Timestamp:
    return pd.Timestamp(int(chosen.event_days[0, tau - chosen.window.start]), unit="D")


def _mean_residual(chosen: AbnormalReturns) -> tuple[np.ndarray, np.ndarray]:
    """(T',) the mean residual on the days that all firms hold one (constant members), and those days."""
    days = np.isfinite(chosen.residuals).all(axis=0)
    mean = chosen.residuals[:, days].mean(axis=0)
    if len(mean) < FEWEST:
        raise NoFigure(Reason("few_estimation_days", n=len(mean), needed=FEWEST))
    return mean, chosen.estimation_days[0, days]


def _std_error(chosen: AbnormalReturns, std_errors: np.ndarray, mean: np.ndarray) -> float:
    """Of the mean CAR: the firm's own, or the basket's residual sd times the forecast factor that its firms share."""
    if len(chosen) == 1:
        return float(std_errors[0])
    basket_sd = float(np.sqrt(np.sum(mean**2) / float(np.min(chosen.dof))))
    return basket_sd * float(np.mean(std_errors / chosen.sigma))


def difference(one: Response, other: Response) -> Response:
    """The response of one less that of another, on their common pseudo-dates."""
    track = combined([one.track, other.track], [1.0, -1.0])
    inflation = max(r.std_error / r.track.plain_spread for r in (one, other))
    return Response(
        one.estimate - other.estimate,
        track.plain_spread * inflation,
        min(one.dof, other.dof),
        track,
        one.members + other.members,
        one.first,
        one.last,
    )


@dataclass(frozen=True, slots=True)
class Effect:
    """The test behind a claim about an effect: the estimate, its own null distribution, and what it could have seen.

    `null` holds the same statistic on the pseudo-dates of the estimation window, in time order, (n_dates,); p_value is
    the share of them at least as large in absolute value, the event itself counted. `days` are the pseudo-dates, days
    since 1970-01-01, so that the correction across claims can keep the dependence between them.
    """

    statistic: float
    null: np.ndarray
    days: np.ndarray
    p_value: float
    p_parametric: float | None
    std_error: float
    detectable: float  # the smallest effect found with 80 % power where the test decides, in the measured unit
    test: str
    spread: float = 1.0  # standard deviation of the null distribution in the measured unit
    reach: float = 0.0  # how far beyond the critical value an effect must lie for 80 % power, in the measured unit
    low: float = -inf  # the 90 % interval by inversion of the ranks, in the measured unit
    high: float = inf
    volatility: float = nan  # of the last sessions, over that of the estimation days; the null is scaled where it moved
    unled: Reason | None = None  # why no test decides, where volatility rose further than any is known to stand

    @property
    def scaled(self) -> bool:
        """Whether the null is scaled by the volatility expected of the event."""
        return bool(unlike(self.volatility))

    def equivalent(self, material: float) -> bool:
        """Whether no effect of `material` size is left: two one-sided tests at 5 % (Schuirmann 1987)."""
        return bool(-material < self.low and self.high < material)
