"""The lowest close over a span: did a level hold?"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from eventwindow.claims.evidence import Day, Evidence, Symbol, history, session
from eventwindow.claims.model import Measured, made_of
from eventwindow.claims.wording import day, name
from eventwindow.errors import NoFigure


@dataclass(frozen=True, slots=True)
class LowestClose:
    """The lowest close from `date` to `until`, both included, in the currency of the listing."""

    security: Symbol
    date: Day
    until: Day

    def measure(self, evidence: Evidence) -> Measured:
        first, last = (session(evidence, self.security, d) for d in (self.date, self.until))
        closes = history(evidence, self.security)["close"].loc[first:last]
        if closes.isna().any() or closes.empty:
            raise NoFigure(f"A close of {self.security} is missing.", f"缺少 {self.security} 的收盤價。")
        value, when = float(closes.min()), pd.Timestamp(closes.index[int(closes.argmin())])
        who, who_zh = name(evidence, self.security), name(evidence, self.security, True)
        return Measured(
            value,
            "price",
            f"The lowest close of {who} from {day(first)} to {day(last)} was {value:,.2f}, on {day(when)}.",
            f"{who_zh}自 {day(first, True)}至 {day(last, True)}的最低收盤價為 {value:,.2f}（{day(when, True)}）。",
            made_of("price", **{f"{d:%Y-%m-%d}": c for d, c in closes.items()}),
        )
