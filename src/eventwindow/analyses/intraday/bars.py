"""The day by the minute: bars of ordinary days are what the bars of an event day are held against."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from eventwindow.calendars.exchange import Calendar
from eventwindow.errors import Reason, StudyError, counted
from eventwindow.estimation.event_time import Array

FEWEST_DAYS = 20
SHORT = 0.9  # of the usual number of bars: a session with fewer is a half day and no ordinary one


@dataclass(frozen=True)
class Bars:
    """One symbol's bars, D sessions × B bars from the open; NaN where a bar is missing."""

    symbol: str
    sessions: pd.DatetimeIndex  # (D,), dates
    minutes: np.ndarray  # (B,), from the open to the start of the bar
    starts: np.ndarray  # (D, B), UTC, NaT where a bar is missing
    opens: Array  # (D,), of each session's first bar
    closes: Array  # (D, B), last price of each bar
    volume: Array  # (D, B)
    lengths: Array  # (D,), minutes from open to close
    days: pd.DatetimeIndex  # all sessions of the exchange, those without a bar among them
    zone: str  # of the exchange's clock

    @cached_property
    def returns(self) -> Array:
        """(D, B), log returns from bar to bar; the first from the session's open. A gap leaves two bars empty."""
        logs = np.log(self.closes)
        return np.diff(logs, axis=1, prepend=np.log(self.opens)[:, None])

    @cached_property
    def path(self) -> Array:
        """(D, B), log return since the open."""
        return np.asarray(np.log(self.closes / self.opens[:, None]))

    @cached_property
    def last(self) -> Array:
        """(D,), the session's last price."""
        return pd.DataFrame(self.closes).ffill(axis=1).iloc[:, -1].to_numpy(float)

    @property
    def overnight(self) -> Array:
        """(D,), log return from the last bar of the session before to the open; the first is missing."""
        return np.asarray(np.append(np.nan, np.log(self.opens[1:] / self.last[:-1])))

    @property
    def session(self) -> Array:
        """(D,), log return from open to last bar."""
        return np.asarray(np.log(self.last / self.opens))

    def lacking(self, day: pd.Timestamp) -> Reason | None:
        """What the bars of a session do not cover of it, by the exchange's clock; None where they do, to a bar."""
        if day not in self.days:
            return None
        row = int(self.sessions.searchsorted(day))
        held = np.flatnonzero(np.isfinite(self.closes[row])) if day in self.sessions else np.empty(0, int)
        if not len(held):
            return Reason("no_bars_on", security=self.symbol, day=f"{day:%Y-%m-%d}")
        step, length = float(np.median(np.diff(self.minutes))) if len(self.minutes) > 1 else 0.0, self.lengths[row]
        first, last = float(self.minutes[held[0]]), float(self.minutes[held[-1]]) + step
        if first <= step and last >= length - step:
            return None
        opened = pd.Timestamp(self.starts[row, held[0]], tz="UTC").tz_convert(self.zone) - pd.Timedelta(minutes=first)
        names = {"first": first, "last": last, "opens": 0.0, "closes": length}
        clock = {name: f"{opened + pd.Timedelta(minutes=minute):%H:%M}" for name, minute in names.items()}
        return Reason("bars_cover_part", day=f"{day:%Y-%m-%d}", **clock)

    @property
    def full(self) -> np.ndarray:
        """(D,), whether the session has about as many bars as usual."""
        held = np.isfinite(self.closes).sum(axis=1)
        return np.asarray(held >= SHORT * np.median(held))


def bars_of(table: pd.DataFrame, symbol: str, calendar: Calendar) -> Bars:
    """The regular-session bars of `symbol` from a long table (start in UTC, symbol, open, …, close, volume)."""
    mine = table[table["symbol"] == symbol].sort_values("start")
    start = pd.DatetimeIndex(mine["start"])
    at, inside = in_session(start, calendar)
    if not inside.any():
        raise StudyError(f"the table of bars holds no bar of {symbol!r} in a session of {calendar.mic}.")
    mine, start, at = mine[inside], start[inside], at[inside]
    minute = ((start - calendar.opens[at]).total_seconds() // 60).astype(int)
    sessions, row = np.unique(at, return_inverse=True)
    minutes, column = np.unique(minute, return_inverse=True)
    grids = {name: _grid(mine[name], row, column) for name in ("open", "close", "volume")}
    starts = np.full(grids["close"].shape, np.datetime64("NaT", "ns"))
    starts[row, column] = start.tz_convert(None).to_numpy()
    first = np.isfinite(grids["open"]).argmax(axis=1)
    opens = grids["open"][np.arange(len(sessions)), first]
    lengths = ((calendar.closes - calendar.opens)[sessions].total_seconds() / 60).to_numpy(float)
    figures = (starts, opens, grids["close"], grids["volume"], lengths)
    return Bars(symbol, calendar.sessions[sessions], minutes, *figures, calendar.sessions, calendar.zone)


def in_session(starts: pd.DatetimeIndex, calendar: Calendar) -> tuple[np.ndarray, np.ndarray]:
    """Of each bar the number of its session, and whether it starts between open and close."""
    at = calendar.opens.searchsorted(starts, side="right") - 1
    return at, (at >= 0) & (starts < calendar.closes[np.maximum(at, 0)])


def _grid(values: pd.Series, row: np.ndarray, column: np.ndarray) -> Array:
    grid = np.full((row.max() + 1, column.max() + 1), np.nan)
    grid[row, column] = values.to_numpy(float)
    return grid


def ordinary(bars: Bars, events: Sequence[pd.Timestamp]) -> np.ndarray:
    """(D,), full sessions that are no day of an event; at least twenty."""
    chosen = bars.full & ~bars.sessions.isin(list(events))
    if chosen.sum() < FEWEST_DAYS:
        what = f"{bars.symbol!r} has bars of {counted(int(chosen.sum()), 'ordinary day')}, {FEWEST_DAYS} needed."
        raise StudyError(what, remedy="Give bars of more days before and after the event.")
    return np.asarray(chosen)


def positions(bars: Bars, days: Sequence[pd.Timestamp]) -> list[int]:
    """Where the given days stand among the sessions; those without bars are left out."""
    return [int(i) for i in np.flatnonzero(bars.sessions.isin(list(days)))]


def slope(y: Array, x: Array, days: np.ndarray) -> float:
    """Slope through the origin of one symbol's bar returns on another's, on `days`; both (D, B)."""
    seen = np.isfinite(y[days]) & np.isfinite(x[days])
    across = np.sum(y[days] * x[days], where=seen)
    return float(across / np.sum(x[days] ** 2, where=seen))


def aligned(bars: Bars, other: Bars) -> Array:
    """The other symbol's bar returns on this one's sessions and minutes, (D, B)."""
    table = pd.DataFrame(other.returns, index=other.sessions, columns=other.minutes)
    return table.reindex(index=bars.sessions, columns=bars.minutes).to_numpy(float)


def abnormal_bars(bars: Bars, market: Bars | None, days: np.ndarray) -> tuple[Array, float | None]:
    """(D, B), bar returns less slope × market's, the slope from the ordinary `days`; without a market, as they are."""
    if market is None:
        return bars.returns, None
    moves = aligned(bars, market)
    beta = slope(bars.returns, moves, days)
    return bars.returns - beta * moves, beta


def cumulated(returns: Array) -> Array:
    """(D, B), sums from the open; a missing bar adds nothing and stays missing."""
    return np.where(np.isfinite(returns), np.nancumsum(returns, axis=1), np.nan)


def rank_p(value: float, usual: Array) -> float:
    """(1 + #{|usual| ≥ |value|})/(n + 1), two-sided."""
    usual = usual[np.isfinite(usual)]
    return float((1 + np.sum(np.abs(usual) >= abs(value))) / (len(usual) + 1))


def upper_rank_p(value: float, usual: Array) -> float:
    """(1 + #{usual ≥ value})/(n + 1), one-sided: is it large?"""
    usual = usual[np.isfinite(usual)]
    return float((1 + np.sum(usual >= value)) / (len(usual) + 1))


def path_statistic(paths: Array, usual: Array) -> Array:
    """(D,), the largest |CAR| of the day in units of the ordinary days' sd at the same minute."""
    sd = np.nanstd(usual, axis=0)
    return np.asarray(np.nanmax(np.abs(paths) / np.where(sd > 0, sd, np.inf), axis=1))
