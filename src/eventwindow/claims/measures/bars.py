"""What 5-minute bars tell: the first hours of a day, its realised variance, and who moved first."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from eventwindow.analyses.intraday.bars import in_session
from eventwindow.claims.evidence import Day, Evidence, Symbol
from eventwindow.claims.measures.effects import day_numbers
from eventwindow.claims.model import Measure, Measured, OnDay, made_of
from eventwindow.errors import Figure, NoFigure, Reason
from eventwindow.inference.response import effect

FEWEST_DAYS = 20
LATE = pd.Timedelta("15min")  # after the open, of a day's first bar
BARS = ("bars",)


def session_bars(evidence: Evidence, symbol: str, when: date) -> pd.DataFrame:
    """The bars of one symbol on one day of its exchange, in time order."""
    bars = symbol_bars(evidence, symbol)
    chosen = bars[bars["day"] == pd.Timestamp(when)]
    if chosen.empty:
        raise NoFigure(Reason("no_bars_on", security=evidence.name(symbol), day=when))
    if chosen["late"].iloc[0] > LATE:
        raise NoFigure(Reason("bars_begin_late", security=evidence.name(symbol), day=when))
    return chosen


def symbol_bars(evidence: Evidence, symbol: str) -> pd.DataFrame:
    """The bars of one symbol in sessions of its exchange, with the day and minute of each by its clock and how late
    after the open it starts."""
    return evidence.once(("bars", symbol), lambda: _symbol_bars(evidence, symbol))


def _symbol_bars(evidence: Evidence, symbol: str) -> pd.DataFrame:
    held = evidence.table("intraday")
    bars = held[held["symbol"] == symbol].sort_values("start").reset_index(drop=True)
    if bars.empty:
        raise NoFigure(Reason("no_bars", security=evidence.name(symbol)))
    start = pd.DatetimeIndex(bars["start"])
    calendar = evidence.calendar_of(symbol, start[0].date(), (start[-1] + pd.Timedelta("1D")).date())
    at, inside = in_session(start, calendar)
    bars = bars.assign(late=start - calendar.opens[np.maximum(at, 0)])[inside].reset_index(drop=True)
    if bars.empty:
        raise NoFigure(Reason("no_bars", security=evidence.name(symbol)))
    local = pd.DatetimeIndex(bars["start"]).tz_convert(calendar.zone)
    return bars.assign(day=local.normalize().tz_localize(None), minute=np.asarray(local.hour * 60 + local.minute))


def bar_returns(evidence: Evidence, symbol: str) -> pd.DataFrame:
    """Log returns from bar to bar within a session, day × minute; a day's first bar from its open."""
    return evidence.once(("bar returns", symbol), lambda: _bar_returns(evidence, symbol))


def _bar_returns(evidence: Evidence, symbol: str) -> pd.DataFrame:
    bars = symbol_bars(evidence, symbol)
    logs = bars.assign(close=np.log(bars["close"].astype(float)), open=np.log(bars["open"].astype(float)))
    grids = logs.pivot_table(index="day", columns="minute", values=["close", "open"])
    closes, opens = pd.DataFrame(grids["close"]), pd.DataFrame(grids["open"])
    moves = closes.diff(axis=1)
    moves.iloc[:, 0] = closes.iloc[:, 0] - opens.iloc[:, 0]
    return moves


@dataclass(frozen=True, slots=True)
class FirstHours(OnDay):
    """Return from the close before (or from the open) to the end of the first `hours` of the session, decimal."""

    needs = BARS

    hours: float = 2.0
    since: Literal["close", "open"] = "close"

    def measure(self, evidence: Evidence) -> Measured:
        bars = session_bars(evidence, self.security, self.date)
        within = bars[bars["start"] < bars["start"].iloc[0] + pd.Timedelta(hours=self.hours)]
        opened, end = float(bars["open"].iloc[0]), float(within["close"].iloc[-1])
        if bars["start"].iloc[-1] - bars["start"].iloc[0] < pd.Timedelta(hours=self.hours):
            raise NoFigure(Reason("bars_too_short"))
        start = opened
        if self.since == "close":
            start = evidence.previous_close(self.security, self.date)
        value = end / start - 1
        reason = Reason(
            f"first_hours_{'below' if value < 0 else 'above'}",
            who=evidence.name(self.security),
            size=Figure(abs(value), "decimal", sign=False),
            since=Reason(f"since_{self.since}"),
            hours=self.hours,
            when=self.date,
        )
        return Measured(value, "decimal", reason, made_of("price", open=opened, after=end))


@dataclass(frozen=True, slots=True)
class RealisedVariance(Measure):
    """Mean daily realised variance of the `sessions` from `date` on over that of as many before it; a ratio."""

    unit = "ratio"
    needs = BARS

    security: Symbol
    date: Day
    sessions: int = 5

    def measure(self, evidence: Evidence) -> Measured:
        daily = (bar_returns(evidence, self.security) ** 2).sum(axis=1)
        place = int(daily.index.searchsorted(pd.Timestamp(self.date)))
        earlier, later = daily.iloc[max(place - self.sessions, 0) : place], daily.iloc[place : place + self.sessions]
        if min(len(earlier), len(later)) < self.sessions or pd.Timestamp(self.date) not in daily.index:
            raise NoFigure(Reason("bars_too_short"))
        ratio = float(later.mean() / earlier.mean())
        vols = [float(np.sqrt(252 * part.mean())) for part in (earlier, later)]
        reason = Reason(
            "swung_less" if ratio < 1 else "swung_more",
            who=evidence.name(self.security),
            n=self.sessions,
            when=self.date,
            ratio=ratio,
            before=Figure(vols[0], "share"),
            after=Figure(vols[1], "share"),
        )
        return Measured(ratio, "ratio", reason, made_of("share", volatility_before=vols[0], volatility_after=vols[1]))


@dataclass(frozen=True, slots=True)
class LeadLag(Measure):
    """Sum of the coefficients of `security`'s bars on the `lags` bars of `leader` before them, on `date`.

    Regression of the follower's bar on its own lags, the leader's lags, and the sector's bar and its lags; the sum is
    ranked among those of all other days held. A lead can be seen so, a pull cannot be proven.
    """

    unit = "coefficient"
    needs = BARS
    one_session = True
    tests = True

    security: Symbol
    leader: Symbol
    sector: Symbol
    date: Day
    lags: int = 2

    def measure(self, evidence: Evidence) -> Measured:
        moves = [bar_returns(evidence, s) for s in (self.security, self.leader, self.sector)]
        days, minutes = (moves[0].axes[k].intersection(moves[1].axes[k]).intersection(moves[2].axes[k]) for k in (0, 1))
        bars = np.stack([m.loc[days, minutes].to_numpy() for m in moves], axis=2)
        sums = pd.Series([lead(day[np.isfinite(day).all(axis=1)], self.lags) for day in bars], days).dropna()
        stamp = pd.Timestamp(self.date)
        if stamp not in sums.index or len(sums) <= FEWEST_DAYS:
            raise NoFigure(Reason("too_few_days_of_bars"))
        others = sums.drop(stamp)
        value, usual = float(sums.loc[stamp]), float(others.mean())
        spread = float(others.std(ddof=1)) * float(np.sqrt(1 + 1 / len(others)))
        null = (others - usual).to_numpy(float)
        test = effect(value - usual, spread, len(null) - 1, null, day_numbers(others), "rank among days")
        reason = Reason(
            "followed",
            more=Reason("less" if value < usual else "more"),
            follower=evidence.name(self.security),
            leader=evidence.name(self.leader),
            when=self.date,
            that_day=value,
            usual=usual,
            n=len(others),
            p=Figure(test.p_value, "p"),
        )
        parts = made_of("coefficient", that_day=value, other_days=usual)
        return Measured(value - usual, "coefficient", reason, parts, effect=test)


def lead(bars: np.ndarray, lags: int) -> float:
    """Sum of the leader's lagged coefficients in an OLS of the follower's bars; NaN where the day is too short.

    `bars` (B, 3) are the returns of follower, leader and sector.
    """
    n = len(bars) - lags
    if n < 5 * (3 * lags + 2):
        return float("nan")
    past = [bars[lags - k : lags - k + n] for k in range(1, lags + 1)]
    design = np.column_stack([np.ones(n), bars[lags:, 2], *past])
    coefficients = np.linalg.lstsq(design, bars[lags:, 0], rcond=None)[0]
    return float(coefficients[3::3].sum())
