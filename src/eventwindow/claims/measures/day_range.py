"""The span in which prices moved on a day, against the close before."""

from __future__ import annotations

from dataclasses import dataclass

from eventwindow.claims.evidence import Day, Evidence, Symbol, before, price
from eventwindow.claims.model import Measured, made_of
from eventwindow.claims.wording import day, figure, name


@dataclass(frozen=True, slots=True)
class DayRange:
    """Low and high of the day over the close (a future: settlement) before, less one, decimals; the value is the low.

    A quoted moment inside the day is not in daily data: a stated range is held against the whole span.
    """

    security: Symbol
    date: Day

    def measure(self, evidence: Evidence) -> Measured:
        start = price(evidence, self.security, before(evidence, self.security, self.date))
        moves = {
            at: price(evidence, self.security, self.date, at) / start - 1 for at in ("open", "high", "low", "close")
        }
        shown = ", ".join(f"{at} {figure(v, 'decimal')}" for at, v in moves.items())
        words = zip(("開盤", "最高", "最低", "收盤"), moves.values(), strict=True)
        shown_zh = "、".join(f"{at} {figure(v, 'decimal')}" for at, v in words)
        return Measured(
            moves["low"],
            "decimal",
            f"{name(evidence, self.security)} on {day(self.date)} against {start:,.2f} the day before: {shown}. "
            "The moment quoted is not in daily data.",
            f"{name(evidence, self.security, True)}於 {day(self.date, True)}相對前日 {start:,.2f}：{shown_zh}。"
            "日資料沒有報價當下的時點。",
            made_of("decimal", **moves),
            interval=(moves["low"], moves["high"]),
        )
