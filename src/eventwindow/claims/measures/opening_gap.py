"""The gap between the close before and the open."""

from __future__ import annotations

from dataclasses import dataclass

from eventwindow.claims.evidence import Day, Evidence, Symbol, before, price
from eventwindow.claims.model import Measured, made_of
from eventwindow.claims.wording import day, figure, name


@dataclass(frozen=True, slots=True)
class OpeningGap:
    """Open over the close before, less one, decimal. Daily data hold no pre-market prints: the open stands in."""

    security: Symbol
    date: Day

    def measure(self, evidence: Evidence) -> Measured:
        start = price(evidence, self.security, before(evidence, self.security, self.date))
        opened = price(evidence, self.security, self.date, "open")
        gap = opened / start - 1
        who, who_zh = name(evidence, self.security), name(evidence, self.security, True)
        return Measured(
            gap,
            "decimal",
            f"{who} opened at {opened:,.2f} on {day(self.date)} after a close of {start:,.2f}: "
            f"{figure(gap, 'decimal')}. Daily data hold no pre-market trades; the open stands in for them.",
            f"{who_zh}前收 {start:,.2f}，{day(self.date, True)}開盤 {opened:,.2f}：{figure(gap, 'decimal')}。"
            "日資料沒有盤前成交，以開盤價代替。",
            made_of("price", previous_close=start, open=opened),
        )
