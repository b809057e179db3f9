"""Pseudo-events drawn from a panel of prices: scattered, or on one day with unrelated or related firms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from eventwindow.calendars.window import Window
from eventwindow.errors import StudyError
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

    def draw(self, rng: np.random.Generator, pattern: str, n: int, draws: int) -> Draws:
        """`draws` samples of n events; on one day, related firms are drawn from the 2n nearest of a first."""
        drawn = [self._one(rng, pattern, n) for _ in range(draws)]
        return Draws(np.array([s for s, _ in drawn]), np.array([d for _, d in drawn]))

    def _one(self, rng: np.random.Generator, pattern: str, n: int) -> tuple[Days, Days]:
        days = np.flatnonzero(self.usable.sum(axis=1) >= (n if pattern == "one_day_unrelated" else 2 * n))
        if len(days) < (n if pattern == "dispersed" else 1):
            raise StudyError(
                f"the panel has too few days on which {2 * n} securities have a whole estimation window.",
                remedy="Give more securities or a longer history, or draw fewer firms.",
            )
        if pattern == "dispersed":
            day = self._apart(rng, days, n)
            return np.array([rng.choice(np.flatnonzero(self.usable[d])) for d in day]), day
        at = rng.choice(days)
        firms = np.flatnonzero(self.usable[at])
        if pattern == "one_day_related":
            nearness = self.correlation[rng.choice(firms), firms]
            firms = firms[np.argsort(-nearness, kind="stable")[: 2 * n]]
        return rng.choice(firms, n, replace=False), np.full(n, at)

    def _apart(self, rng: np.random.Generator, days: Days, n: int) -> Days:
        """n days whose event windows do not meet."""
        apart = days[days % len(self.window) == 0]
        if len(apart) < n:
            raise StudyError(f"the panel has room for {len(apart)} event windows that do not meet, not for {n}.")
        return np.asarray(rng.choice(apart, n, replace=False))


def panel_of(prices: pd.DataFrame, estimation: Window, window: Window) -> Panel:
    """The panel of daily simple returns of `prices` (date × security)."""
    returns = prices.astype(float).pct_change(fill_method=None).iloc[1:]
    market = returns.mean(axis=1)
    values = returns.to_numpy()
    span = np.concatenate([estimation.taus, window.taus])
    reach = int(span.max() - span.min()) + 1
    if len(returns) < reach:
        raise StudyError(f"the panel holds {len(returns)} returns a security; an event needs {reach}.")
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
