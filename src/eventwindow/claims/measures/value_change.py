"""The change of a company's market value in a day."""

from __future__ import annotations

from dataclasses import dataclass

from eventwindow.claims.evidence import Day, Evidence, Symbol, before, price
from eventwindow.claims.market_value import currency, share_count
from eventwindow.claims.model import Measured, made_of
from eventwindow.claims.wording import day, figure, name


@dataclass(frozen=True, slots=True)
class ValueChange:
    """(Close less the close before) × shares outstanding, in the currency of the listing.

    `last_price` puts a price in place of the official close; `shares_on` takes the count known on another day.
    """

    security: Symbol
    date: Day
    last_price: float | None = None
    shares_on: Day | None = None

    def measure(self, evidence: Evidence) -> Measured:
        start = price(evidence, self.security, before(evidence, self.security, self.date))
        end = price(evidence, self.security, self.date) if self.last_price is None else self.last_price
        count = share_count(evidence, self.security, self.shares_on or self.date)
        value = (end - start) * count.shares
        unit = currency(evidence, self.security)
        who, who_zh = name(evidence, self.security), name(evidence, self.security, True)
        return Measured(
            value,
            unit,
            f"{who} went from {start:,.2f} to {end:,.2f} on {day(self.date)}; with {count.text()} "
            f"its value changed by {figure(value, unit)}.",
            f"{who_zh}於 {day(self.date, True)}由 {start:,.2f} 變為 {end:,.2f}；以 {count.text(True)}計，"
            f"市值變動 {figure(value, unit, True)}。",
            made_of("price", previous_close=start, close=end) | made_of("shares", shares=count.shares),
        )
