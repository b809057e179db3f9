"""Abnormal returns and volumes, each against its own history."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.claims.evidence import (
    Day,
    EventId,
    Evidence,
    Members,
    Span,
    Symbol,
    beyond,
    moved,
    quantity,
    span,
    with_figures,
)
from eventwindow.claims.model import Measure, Measured, OnDay, made_of
from eventwindow.errors import Figure, NoFigure, Reason
from eventwindow.inference.expected_volatility import drifting
from eventwindow.inference.response import FEWEST, Effect, Track, combined, difference, of_track, response
from eventwindow.inference.shifts import run_sums, untouched

T = 250  # sessions of a figure's own history
GAP = 10  # sessions before the day that keep the event out of it
FACTORS = ("mkt_rf", "smb", "hml", "rmw", "cma", "mom", "rf")


def before_the_day(values: pd.Series, day: pd.Timestamp) -> tuple[pd.Series, pd.Series]:
    """The history that a day's figure is ranked among, and the days between."""
    past = values.loc[values.index < day].iloc[-(T + GAP) :]
    return past.iloc[:-GAP], past.iloc[-GAP:]


def against_history(value: float, day: Day, past: tuple[pd.Series, pd.Series], mean: float = 0.0) -> Effect:
    """The test of a figure less `mean` among its own past ones (`before_the_day`), by the volatility expected of it.

    One more of them would scatter by √(1 + 1/n) of their deviation.
    """
    spread = float(past[0].std(ddof=1)) * float(np.sqrt(1 + 1 / len(past[0])))
    null, between = (one - past[0].mean() for one in past)
    return of_track(one_day(value - mean, day, null, between), value - mean, spread, len(null) - 1, "SQ")


def one_day(value: float, day: Day, null: pd.Series, between: pd.Series) -> Track:
    """A figure of one day after its past ones."""
    when = np.array([np.datetime64(day, "D").astype(np.int64)])
    past, near = null.to_numpy(float), between.to_numpy(float)
    return Track(day_numbers(null), past, near, when, np.array([value]), np.ones(1))


def day_numbers(series: pd.Series) -> np.ndarray:
    """Days since 1970-01-01."""
    return np.asarray(pd.DatetimeIndex(series.index).as_unit("s").asi8 // 86400)


def decimals(**values: float) -> dict[str, Any]:
    return {key: Figure(value, "decimal") for key, value in values.items()}


@dataclass(frozen=True, slots=True)
class EffectOf(Measure):
    """Mean CAR of `members` over `window` around `event` (or around `date`), decimal, tested against its own history.

    One firm by the sample quantile (SQ), a basket by date permutation of the mean; both are valid on a shared day.
    """

    tests = True

    members: Members
    window: Span
    event: EventId = ""
    date: Day | None = None

    def measure(self, evidence: Evidence) -> Measured:
        symbols, days = evidence.members(self.members), Window(*self.window)
        abnormal = evidence.abnormal_around(self.event, self.date, symbols, days)
        found = response(abnormal, symbols, days)
        test = found.effect()
        reason = Reason(
            "effect",
            who=mean_of(evidence, self.members, found.members),
            beyond=beyond(found.estimate, abnormal, found.members),
            when=evidence.period(found, self.event, days),
            quantity=quantity(days),
            size=Figure(found.estimate, "decimal"),
            error=Figure(found.std_error, "spread"),
            test=Reason("test_one" if len(found.members) == 1 else "test_mean"),
            p=Figure(test.p_value, "p"),
        )
        parts = made_of("spread", standard_error=found.std_error)
        return Measured(found.estimate, "decimal", reason, parts, effect=test)


def mean_of(evidence: Evidence, given: Sequence[str], firms: Sequence[str]) -> Any:
    """A firm by its name; a basket with the number of firms that its mean is of."""
    if len(firms) == 1:
        return evidence.name(firms[0])
    return Reason("mean_of", who=evidence.named(given), n=len(firms))


@dataclass(frozen=True, slots=True)
class EffectDifference(Measure):
    """Mean CAR of `members` less that of `against`, decimal, tested by date permutation of the difference."""

    tests = True

    members: Members
    against: Members
    window: Span
    event: EventId

    def measure(self, evidence: Evidence) -> Measured:
        days = Window(*self.window)
        sides = [evidence.members(side) for side in (self.members, self.against)]
        one, other = (response(evidence.abnormal_around(self.event, None, side, days), side, days) for side in sides)
        found = difference(one, other)
        test = found.effect()
        reason = Reason(
            "effect_difference",
            one=evidence.named(self.members),
            other=evidence.named(self.against),
            better=compared(found.estimate),
            when=evidence.period(one, self.event, days),
            quantity=quantity(days),
            **decimals(first=one.estimate, second=other.estimate),
            p=Figure(test.p_value, "p"),
        )
        parts = made_of("decimal", members=one.estimate, against=other.estimate)
        return Measured(found.estimate, "decimal", reason, parts, effect=test)


def compared(difference: float, unit: str = "decimal") -> Reason:
    return Reason("did_worse" if difference < 0 else "did_better", size=Figure(abs(difference), unit, sign=False))


@dataclass(frozen=True, slots=True)
class Ordering(Measure):
    """Slope of the layers' mean CARs on their order, most exposed first, decimal per step: above zero if the most
    exposed fell most and so on down. Ranked among the same slope on every pseudo-date.
    """

    unit = "slope"
    tests = True

    layers: Members
    window: Span
    event: EventId

    def measure(self, evidence: Evidence) -> Measured:
        days_around = Window(*self.window)
        abnormal = evidence.abnormal_around(self.event, None, (), days_around)
        found = [response(abnormal, evidence.members([layer]), days_around) for layer in self.layers]
        cars = [one.estimate for one in found]
        value = float(slope(np.array([cars]))[0])
        track = combined([one.track for one in found], slope(np.eye(len(found))).tolist())
        spread, dof = track.plain_spread, len(track.days) - 1
        test = of_track(track, value, spread, dof, "date permutation of the slope")
        reason = Reason(
            "ordering",
            better=compared(value, "slope"),
            when=evidence.period(found[0], self.event, days_around),
            quantity=quantity(days_around),
            layers=with_figures((evidence.named([layer]), car) for layer, car in zip(self.layers, cars, strict=True)),
            p=Figure(test.p_value, "p"),
        )
        parts = made_of("decimal", **dict(zip(self.layers, cars, strict=True)))
        return Measured(value, "slope", reason, parts, effect=test)


def slope(rows: np.ndarray) -> np.ndarray:
    """(n,) OLS slope of each row of (n, layers) on 0, 1, 2, …"""
    order = np.arange(rows.shape[1]) - (rows.shape[1] - 1) / 2
    return np.asarray(rows @ order / np.sum(order**2), dtype=float)


@dataclass(frozen=True, slots=True)
class AbnormalRank(Measure):
    """1 if no day of the estimation window saw a larger abnormal fall ("down") or rise ("up"), in standard errors.

    The day is that of `event`, or `date`; days before it are their residuals over their standard deviation.
    """

    unit = "rank"
    one_session = True

    security: Symbol
    event: EventId = ""
    date: Day | None = None
    side: Literal["down", "up"] = "down"

    def measure(self, evidence: Evidence) -> Measured:
        day = Window(0, 0)
        abnormal = evidence.abnormal_around(self.event, self.date, (self.security,), day)
        found = response(abnormal, (self.security,), day)
        residuals = found.track.residuals
        deviation = float(np.sqrt(np.sum(residuals**2) / found.dof))
        size, earlier = found.estimate / found.std_error, residuals / deviation
        rank = 1 + int(np.sum(earlier < size if self.side == "down" else earlier > size))
        reason = Reason(
            "abnormal_rank" if rank > 1 else "abnormal_first",
            who=evidence.name(self.security),
            beyond=beyond(found.estimate, abnormal, found.members),
            when=evidence.period(found, self.event, day),
            errors=abs(size),
            rank=rank,
            side=Reason(f"largest_{self.side}"),
            n=len(earlier) + 1,
        )
        parts = made_of("decimal", that_day=found.estimate) | made_of("deviations", size=size)
        return Measured(float(rank), "rank", reason, parts | made_of("number", days=len(earlier) + 1))


@dataclass(frozen=True, slots=True)
class RelativeReturn(Measure):
    """Mean return of `members` on `date` less that of `security`, decimal, ranked among the 250 days before."""

    one_session = True
    tests = True

    members: Members
    security: Symbol
    date: Day

    def measure(self, evidence: Evidence) -> Measured:
        symbols = [s for s in evidence.members(self.members) if s in evidence.returns]
        mean = float(np.mean([evidence.total_return(s, self.date, self.date) for s in symbols]))
        other = evidence.total_return(self.security, self.date, self.date)
        test = against_history(mean - other, self.date, self._history(evidence, symbols))
        reason = Reason(
            "relative_return",
            who=mean_of(evidence, self.members, symbols),
            better=compared(mean - other),
            other=evidence.name(self.security),
            when=self.date,
            **decimals(first=mean, second=other),
        )
        parts = made_of("decimal", members=mean, against=other)
        return Measured(mean - other, "decimal", reason, parts, effect=test)

    def _history(self, evidence: Evidence, symbols: list[str]) -> tuple[pd.Series, pd.Series]:
        """The same difference on each session of the estimation days, and on those between."""
        returns = pd.DataFrame({s: evidence.returns[s] for s in [*symbols, self.security]})
        returns = returns.dropna(subset=[self.security])
        gaps: pd.Series = returns[symbols].mean(axis=1) - returns[self.security]
        past, between = (one.dropna() for one in before_the_day(gaps, pd.Timestamp(self.date)))
        if len(past) < FEWEST:
            raise NoFigure(Reason("too_few_days"))
        return past, between


@dataclass(frozen=True, slots=True)
class AbnormalVolume(Measure):
    """Mean over the days from `date` to `until` of log volume less its mean over the 250 sessions that end ten before.

    Volume is serially correlated, so a span is ranked among its cyclic shifts; a basket is the mean of its members' log
    volumes. The unit is logs: 0.693 is twice the usual volume.
    """

    unit = "log"
    needs = ("volumes",)
    tests = True

    members: Members
    date: Day
    until: Day | None = None

    def measure(self, evidence: Evidence) -> Measured:
        volumes, missing = self._volumes(evidence)
        logs = pd.DataFrame(volumes).mean(axis=1, skipna=False).dropna()  # the days that all of them have one
        first, last = pd.Timestamp(self.date), pd.Timestamp(self.until or self.date)
        days, (past, between) = logs.loc[first:last], before_the_day(logs, first)
        if days.empty or len(past) < FEWEST:
            raise NoFigure(Reason("too_few_volumes"))
        value = float(days.mean() - past.mean())
        usual = past.mean()
        test = _among_shifts(past - usual, between - usual, days - usual, len(volumes))
        whose = self._whose(evidence, volumes, missing)
        reason = Reason("volume", who=whose, when=span(first, last), times=Figure(value, "log"))
        return Measured(value, "log", reason, effect=test)

    def _volumes(self, evidence: Evidence) -> tuple[dict[str, pd.Series], list[str]]:
        """Log volume of each member that has any, and the members that have none."""
        held, missing = {}, []
        for symbol in evidence.members(self.members):
            evidence.session(symbol, self.date)
            volume = evidence.history(symbol)["volume"]
            if volume.notna().any():
                held[symbol] = np.log(volume.where(volume > 0))
            else:
                missing.append(symbol)
        if not held:
            raise NoFigure(Reason("no_volume"))
        return held, missing

    def _whose(self, evidence: Evidence, held: dict[str, pd.Series], missing: list[str]) -> Any:
        """Whose volume it is, of how many the mean, and who is missing."""
        who = evidence.named(self.members)
        if len(held) + len(missing) == 1:
            return who
        if missing:
            return Reason("mean_without", who=who, n=len(held), missing=evidence.named(missing))
        return Reason("mean_of", who=who, n=len(held))


def _among_shifts(past: pd.Series, between: pd.Series, span: pd.Series, firms: int) -> Effect:
    """The span's mean among those of the other runs of the days before and its own, taken as a circle."""
    length, ones = len(span), np.ones(len(span))
    past_days, near, days = (part.to_numpy(float) / length for part in (past, between, span))
    track = Track(day_numbers(past), past_days, near, day_numbers(span), days, ones)
    quiet = untouched(len(past), length)
    spread = float(np.std(run_sums(np.concatenate([past_days, days]), length)[quiet], ddof=1))
    found = of_track(track, float(span.mean()), spread, int(quiet.sum()) - 1, "rank of the span", firms)
    return replace(found, unled=found.unled or drifting(length))


@dataclass(frozen=True, slots=True)
class VolumeMultiple(OnDay):
    """The volume of `date` over its mean of the 250 sessions that end ten before: so many times the usual."""

    unit = "times"
    needs = ("volumes",)

    def measure(self, evidence: Evidence) -> Measured:
        volume = evidence.history(self.security)["volume"]
        held = volume.where(volume > 0)
        day = evidence.session(self.security, self.date)
        usual, _ = before_the_day(held.dropna(), day)
        if np.isnan(held[day]) or len(usual) < FEWEST or not usual.mean() > 0:
            raise NoFigure(Reason("too_few_volumes"))
        times = float(held[day] / usual.mean())
        values = {"who": evidence.name(self.security), "when": self.date, "times": Figure(times, "times")}
        first, last = (pd.Timestamp(usual.index[k]) for k in (0, -1))
        return Measured(times, "times", Reason("volume_multiple", first=first, last=last, n=len(usual), **values))


@dataclass(frozen=True, slots=True)
class FactorReturn(Measure):
    """Return of `factor` (a column of the table "factors") on `date`, decimal, less its mean over the 250 days that
    end ten before; ranked among those days.
    """

    needs = ("factors",)
    one_session = True
    tests = True

    factor: str
    date: Day

    def measure(self, evidence: Evidence) -> Measured:
        held = evidence.table("factors")
        days = pd.DatetimeIndex(held["date"] if "date" in held.columns else held.index)
        if self.factor not in held.columns:
            raise NoFigure(Reason("no_factor", factor=self.factor))
        values = pd.Series(held[self.factor].to_numpy(float), index=days).sort_index()
        stamp = pd.Timestamp(self.date)
        past = before_the_day(values, stamp)
        if stamp not in values.index or len(past[0]) < FEWEST:
            raise NoFigure(Reason("factors_too_short", day=self.date))
        own, usual = float(values.loc[stamp]), float(past[0].mean())
        test = against_history(own, self.date, past, mean=usual)
        reason = Reason(
            "factor_return",
            factor=Reason(f"factor_{self.factor}") if self.factor in FACTORS else self.factor,
            moved=moved(own),
            when=self.date,
            **decimals(mean=usual, more=own - usual),
            p=Figure(test.p_value, "p"),
        )
        parts = made_of("decimal", that_day=own, usual=usual)
        return Measured(own - usual, "decimal", reason, parts, effect=test)
