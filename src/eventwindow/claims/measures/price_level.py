"""The price of a security at a close or an open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from eventwindow.claims.evidence import Day, Evidence, Symbol, price
from eventwindow.claims.model import Measured
from eventwindow.claims.wording import day, name

AT_ZH = {"open": "開盤價", "high": "最高價", "low": "最低價", "close": "收盤價"}


@dataclass(frozen=True, slots=True)
class PriceLevel:
    """The quoted price on `date`, in the currency of the listing, with splits after the study's end undone."""

    security: Symbol
    date: Day
    at: Literal["open", "high", "low", "close"] = "close"

    def measure(self, evidence: Evidence) -> Measured:
        value = price(evidence, self.security, self.date, self.at)
        return Measured(
            value,
            "price",
            f"The {self.at} of {name(evidence, self.security)} on {day(self.date)} was {value:,.2f}.",
            f"{name(evidence, self.security, True)}於 {day(self.date, True)}的{AT_ZH[self.at]}為 {value:,.2f}。",
        )
