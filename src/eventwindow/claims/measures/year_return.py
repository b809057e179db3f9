"""The return of a security over a calendar year."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from eventwindow.claims.evidence import Evidence, Symbol, history
from eventwindow.claims.model import Measured
from eventwindow.claims.wording import day, figure, name
from eventwindow.errors import NoFigure
from eventwindow.estimation.returns import price_for_returns


@dataclass(frozen=True, slots=True)
class YearReturn:
    """Total return from the last session of the year before to the last session of `year`, decimal."""

    security: Symbol
    year: int

    def measure(self, evidence: Evidence) -> Measured:
        prices = price_for_returns(history(evidence, self.security)).dropna()
        start, end = self._last(prices, self.year - 1), self._last(prices, self.year)
        value = float(prices[end] / prices[start] - 1)
        who, who_zh = name(evidence, self.security), name(evidence, self.security, True)
        return Measured(
            value,
            "decimal",
            f"{who} returned {figure(value, 'decimal')} in {self.year} ({day(start)} to {day(end)}).",
            f"{who_zh} {self.year} 年報酬率為 {figure(value, 'decimal')}（{day(start, True)}至 {day(end, True)}）。",
        )

    def _last(self, prices: pd.Series, year: int) -> pd.Timestamp:
        index = pd.DatetimeIndex(prices.index)
        days = index[index.year == year]
        if not len(days) or days[-1].month != 12 or not (index.year > year).any():
            raise NoFigure(f"The prices do not hold the end of {year}.", f"股價資料不含 {year} 年底。")
        return pd.Timestamp(days[-1])
