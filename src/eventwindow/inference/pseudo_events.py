"""Pseudo-events drawn from a panel of prices: on one day, staggered, mixed or scattered."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from eventwindow.calendars.window import Window
from eventwindow.errors import StudyError, counted
from eventwindow.estimation.event_time import Array, Days


@dataclass(frozen=True)
class Draws:
    """Positions of securities and of day 0 in the panel, (draws, n) each."""

    security: Days
    day: Days


@dataclass(frozen=True)
class Panel:
    """Returns of a panel, its equal-weighted market, and where a security has every return that an event needs."""

    returns: pd.DataFrame  # date × security, decimals
    market: pd.Series
    estimation: Window
    window: Window
    usable: np.ndarray  # (days, securities)
    correlation: Array  # (securities, securities), of market-model residuals over the days that two share

    def draw(self, rng: np.random.Generator, pattern: str, n: int, draws: int, months: str = "all") -> Draws:
        """`draws` samples of n events by a pattern of `PATTERNS`, day 0 in months of one kind of `MONTHS`.

        Related firms are drawn from the 2n nearest of a first one by residual correlation.
        """
        open_days = self._months(months)
        drawn = [PATTERNS[pattern](self, rng, n, open_days) for _ in range(draws)]
        return Draws(np.array([s for s, _ in drawn]), np.array([d for _, d in drawn]))

    def _months(self, kind: str) -> np.ndarray:
        """(days,) the sessions of the turbulent months, the fifth in which the market moved most, or of the others."""
        if kind == "all":
            return np.ones(len(self.returns), bool)
        month = pd.PeriodIndex(self.returns.index, freq="M")
        deviation = self.market.groupby(month).std()
        turbulent = np.asarray(pd.Series(month).isin(deviation.index[deviation > deviation.quantile(1 - TURBULENT)]))
        return turbulent if kind == "turbulent" else ~turbulent

    def days_for(self, n: int, allowed: np.ndarray) -> Days:
        """The days on which n securities have every return that an event needs."""
        days = np.flatnonzero((self.usable.sum(axis=1) >= n) & allowed)
        if not len(days):
            what = f"the panel has too few days on which {n} securities have a whole estimation window."
            raise StudyError(what, remedy="Give more securities or a longer history, or draw fewer firms.")
        return days

    def related(self, rng: np.random.Generator, firms: Days, n: int) -> Days:
        """n of the 2n of `firms` that are nearest to one of them by residual correlation."""
        nearness = self.correlation[rng.choice(firms), firms]
        return np.asarray(rng.choice(firms[np.argsort(-nearness, kind="stable")[: 2 * n]], n, replace=False))

    def apart(self, rng: np.random.Generator, days: Days, n: int) -> Days:
        apart = days[days % len(self.window) == 0]
        if len(apart) < n:
            raise StudyError(f"the panel has room for {counted(len(apart), 'separate event window')}, not for {n}.")
        return np.asarray(rng.choice(apart, n, replace=False))


def _scattered(panel: Panel, rng: np.random.Generator, n: int, allowed: np.ndarray) -> tuple[Days, Days]:
    day = panel.apart(rng, panel.days_for(2 * n, allowed), n)
    return np.array([rng.choice(np.flatnonzero(panel.usable[d])) for d in day]), day


def _unrelated(panel: Panel, rng: np.random.Generator, n: int, allowed: np.ndarray) -> tuple[Days, Days]:
    at = rng.choice(panel.days_for(n, allowed))
    return rng.choice(np.flatnonzero(panel.usable[at]), n, replace=False), np.full(n, at)


def _related(panel: Panel, rng: np.random.Generator, n: int, allowed: np.ndarray) -> tuple[Days, Days]:
    at = rng.choice(panel.days_for(2 * n, allowed))
    return panel.related(rng, np.flatnonzero(panel.usable[at]), n), np.full(n, at)


def _staggered(panel: Panel, rng: np.random.Generator, n: int, allowed: np.ndarray) -> tuple[Days, Days]:
    """Related firms, each on a day of its own among `SPREAD` in a row."""
    days = panel.days_for(2 * n, allowed)
    at = rng.choice(days[days + SPREAD <= len(panel.usable)])
    firms = np.flatnonzero(panel.usable[at : at + SPREAD].all(axis=0))
    if len(firms) < 2 * n:
        return _staggered(panel, rng, n, allowed)
    return panel.related(rng, firms, n), at + rng.integers(0, SPREAD, n)


def _mixed(panel: Panel, rng: np.random.Generator, n: int, allowed: np.ndarray) -> tuple[Days, Days]:
    """Related firms on one day, as many as half of them, or `CLUSTER`, and others on other days."""
    size = max(2, min(CLUSTER, n // 2))
    day = panel.apart(rng, panel.days_for(2 * n, allowed), -(-n // size))
    counts = [min(size, n - size * k) for k in range(len(day))]
    firms = [panel.related(rng, np.flatnonzero(panel.usable[d]), c) for d, c in zip(day, counts, strict=True)]
    return np.concatenate(firms), np.repeat(day, counts)


TURBULENT = 0.2  # of the months, those with the highest volatility of the market
MONTHS = ("all", "calm", "turbulent")
SPREAD, CLUSTER = 10, 5  # sessions over which staggered events lie; related firms on one day of a mixed design
Pattern = Callable[[Panel, np.random.Generator, int, np.ndarray], tuple[Days, Days]]
PATTERNS: dict[str, Pattern] = {
    "one_day_related": _related,
    "one_day_unrelated": _unrelated,
    "staggered": _staggered,
    "mixed": _mixed,
    "scattered": _scattered,
}


def panel_of(prices: pd.DataFrame, estimation: Window, window: Window) -> Panel:
    """The panel of daily simple returns of `prices` (date × security)."""
    returns = prices.astype(float).pct_change(fill_method=None).iloc[1:]
    market = returns.mean(axis=1)
    values = returns.to_numpy()
    span = np.concatenate([estimation.taus, window.taus])
    reach = int(span.max() - span.min()) + 1
    if len(returns) < reach:
        raise StudyError(f"the panel holds {counted(len(returns), 'return')} a security; an event needs {reach}.")
    held = sliding_window_view(np.isfinite(values), reach, axis=0)
    seen = np.asarray(held[:, :, span - span.min()].all(axis=2))
    usable = np.zeros(values.shape, bool)
    first = -int(span.min())
    usable[first : first + len(seen)] = seen
    return Panel(returns, market, estimation, window, usable, _correlation(values, market.to_numpy()))


def _correlation(values: Array, market: Array) -> Array:
    """Pairwise correlations of market-model residuals, missing days left out; a pair without 60 days counts as -1."""
    seen = np.isfinite(values)
    count = np.maximum(seen.sum(axis=0), 1)
    x = np.where(seen, market[:, None], 0.0)
    x = np.where(seen, x - x.sum(axis=0) / count, 0.0)
    y = np.where(seen, values, 0.0)
    y = np.where(seen, y - y.sum(axis=0) / count, 0.0)
    square = (x**2).sum(axis=0)
    e = y - x * (x * y).sum(axis=0) / np.where(square > 0, square, 1.0)
    weight = seen.astype(float)
    scale = np.sqrt((e**2).T @ weight * (weight.T @ e**2))
    enough = (weight.T @ weight >= 60) & (scale > 0)
    return np.where(enough, e.T @ e / np.where(enough, scale, 1.0), -1.0)
