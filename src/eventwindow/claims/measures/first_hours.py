"""The return of the first hours of a session, from 5-minute bars."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from eventwindow.claims.bars import session_bars
from eventwindow.claims.evidence import Day, Evidence, Symbol, before, price
from eventwindow.claims.model import Measured, made_of
from eventwindow.claims.wording import day, figure, name
from eventwindow.errors import NoFigure


@dataclass(frozen=True, slots=True)
class FirstHours:
    """Return from the close before (or from the open) to the end of the first `hours` of the session, decimal."""

    security: Symbol
    date: Day
    hours: float = 2.0
    since: str = "close"

    def measure(self, evidence: Evidence) -> Measured:
        bars = session_bars(evidence, self.security, self.date)
        span = bars[bars["start"] < bars["start"].iloc[0] + pd.Timedelta(hours=self.hours)]
        opened, end = float(bars["open"].iloc[0]), float(span["close"].iloc[-1])
        if bars["start"].iloc[-1] - bars["start"].iloc[0] < pd.Timedelta(hours=self.hours):
            raise NoFigure("The bars do not reach that far.", "五分鐘資料不夠長。")
        start = opened
        if self.since == "close":
            start = price(evidence, self.security, before(evidence, self.security, self.date))
        value = end / start - 1
        since, since_zh = ("the close before", "前收") if self.since == "close" else ("the open", "開盤")
        return Measured(
            value,
            "decimal",
            f"{name(evidence, self.security)} stood {figure(value, 'decimal')} from {since} after the first "
            f"{self.hours:g} hours of {day(self.date)}.",
            f"{name(evidence, self.security, True)}於 {day(self.date, True)}開盤 {self.hours:g} 小時後，較{since_zh}"
            f" {figure(value, 'decimal')}。",
            made_of("price", open=opened, after=end),
        )
