"""A study's events that hold a window: each statistic is worked out of their days when a test first asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from eventwindow.calendars.window import Window
from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.inference.calendar_dependence import rank_sum, variance_of_cars
from eventwindow.inference.correlation import Meeting, Moments, mean_correlation, meeting, moments
from eventwindow.inference.cross_section import CarVariance, CrossSection, EventRanks, MeanRanks, RankSum, Residuals
from eventwindow.inference.design import Design, design, tested_days, whole_days
from eventwindow.inference.portfolio import basket_returns
from eventwindow.inference.ranks import Ranked, mean_over, ranked_days, ranks_with
from eventwindow.inference.refitted import refitted
from eventwindow.inference.shifts import event_sars
from eventwindow.inference.signs import positive_share
from eventwindow.inference.time_series import open_portfolio


class Members:
    """Events that are tested together, and what rests on none of their windows."""

    def __init__(self, ar: AbnormalReturns) -> None:
        self.ar = ar
        self._met = dict[tuple[bytes, ...], float | Reason]()

    def correlation(self, met: Meeting) -> float | Reason:
        """Their mean correlation, one for all windows over which they meet alike."""
        how = tuple(part.tobytes() for part in (*met.groups, *met.overlaps()))
        if how not in self._met:
            self._met[how] = mean_correlation(self.ar.residuals, self.ar.estimation_days, self.moments, met)
        return self._met[how]

    @cached_property
    def moments(self) -> Moments:
        return moments(self.ar.residuals)

    @cached_property
    def residuals(self) -> Residuals:
        e, own = self.ar.residuals, self.moments
        return Residuals(own.count, own.square, positive_share(e), mean_over(e)[0])

    @cached_property
    def basket(self) -> AbnormalReturns | Reason:
        return basket_returns(self.ar)

    @cached_property
    def covariance(self) -> tuple[Array, float]:
        """Σ̂ of residuals without gaps, with divisor T - k, and its condition number."""
        sigma = self.ar.residuals @ self.ar.residuals.T / float(self.ar.dof[0])
        return sigma, float(np.linalg.cond(sigma))

    @cached_property
    def laid(self) -> Array:
        """(N, D) residuals on the days that all events hold."""
        return whole_days(self.ar.estimation_days, self.ar.residuals)

    @cached_property
    def laid_scaled(self) -> Array:
        return whole_days(self.ar.estimation_days, self.ar.standardised_residuals)

    @cached_property
    def ranked(self) -> Ranked:
        return ranked_days(self.ar, standardised=False)

    @cached_property
    def scaled(self) -> Ranked:
        return ranked_days(self.ar, standardised=True)


class Sample(CrossSection):
    """A `CrossSection` with its days: `ar` are the events that hold the window, `every` those that were asked for.

    `alike` are the same events with other returns in the event window: their residuals are correlated as these are.
    """

    holds_days = True

    def __init__(self, whole: Members, window: Window, alike: Sample | None = None) -> None:
        car, self.every, self.members, self.alike = whole.ar.car(window), whole.ar, whole, alike
        if not car.complete.all():
            self.members = Members(whole.ar.select(car.complete))
            car = self.members.ar.car(window)
        self.ar, at = self.members.ar, whole.ar.columns(window)
        t = self.ar.residuals.shape[1]
        # the other statistics are properties here
        vars(self).update(window=window, car=car, tested=slice(t + at.start, t + at.stop))

    @cached_property
    def design(self) -> Design:
        return design(self.ar, self.window)

    @property
    def sum_of_sars(self) -> Array:
        return np.asarray(np.nansum(event_sars(self.ar, self.window), axis=1))

    @cached_property
    def bhar(self) -> Array | Reason:
        source = self.ar.origin
        if source is not None and source.kind != "simple":
            return Reason("needs_simple_returns", kind=source.kind)
        return self.ar.bhar(self.window)

    @property
    def residuals(self) -> Residuals:
        return self.members.residuals

    @property
    def ranks(self) -> MeanRanks:
        return self.members.ranked

    @property
    def scaled_ranks(self) -> MeanRanks:
        return self.members.scaled

    @cached_property
    def event_ranks(self) -> EventRanks:
        own = (self.members.ranked if self.ar.residual_sd is None else self.members.scaled).own
        return ranks_with(self.ar, own, self.car.scar / self.car.scar.std(ddof=1))

    @cached_property
    def meeting(self) -> Meeting:
        return meeting(tested_days(self.ar, self.window), self.ar.estimation_days)

    @cached_property
    def correlation(self) -> float | Reason:
        if self.n < 2:
            return Reason("needs_two", n=self.n)
        if self.alike is not None:
            return self.alike.correlation
        return self.members.correlation(self.meeting)

    @cached_property
    def refitted(self) -> Array:
        return refitted(self.ar, self.window)

    @property
    def portfolio(self) -> Array:
        at = self.ar.columns(self.window)
        return open_portfolio(self.ar.event_days[:, at], self.ar.ar[:, at])

    @property
    def car_variance(self) -> CarVariance | Reason:
        return variance_of_cars(self.ar, self.meeting)

    @property
    def rank_sum(self) -> RankSum | Reason:
        return rank_sum(self.ar, self.members.ranked.both, self.meeting, self.tested)


def samples(ar: AbnormalReturns, windows: Sequence[Window]) -> list[Sample]:
    """The events that hold each window; where all do, what rests on no window is worked out once."""
    whole = Members(ar)
    return [Sample(whole, window) for window in windows]


def sample(ar: AbnormalReturns, window: Window, alike: Sample | None = None) -> Sample:
    return Sample(Members(ar), window, alike)
