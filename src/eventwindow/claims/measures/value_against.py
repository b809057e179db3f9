"""A change of market value, or a market value, against the value of other companies together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from eventwindow.claims.evidence import Day, Evidence, Members, Symbol, before, members
from eventwindow.claims.market_value import in_one_currency, market_value, share_count
from eventwindow.claims.measures.value_change import ValueChange
from eventwindow.claims.model import Measured, made_of
from eventwindow.claims.wording import day, figure, listed, name


@dataclass(frozen=True, slots=True)
class ValueAgainst:
    """|Change of value| of `security` on `date` (or its value) over the sum of the values of `against`; a ratio.

    The others are valued at the close before (`at = "before"`) or at the close of the day ("after").
    """

    security: Symbol
    date: Day
    against: Members
    of: Literal["change", "value"] = "change"
    at: Literal["before", "after"] = "before"

    def measure(self, evidence: Evidence) -> Measured:
        when = before(evidence, self.security, self.date) if self.at == "before" else self.date
        values = {s: market_value(evidence, s, when) for s in members(evidence, self.against)}
        unit, rates = in_one_currency(evidence, (self.security, *values), when)
        values = {s: v * rates[s] for s, v in values.items()}
        total, own = sum(values.values()), self._own(evidence) * rates[self.security]
        what, what_zh = ("moved by", "市值變動") if self.of == "change" else ("was worth", "市值")
        together, together_zh = (" together were", "合計") if len(values) > 1 else (" was", "")
        names, names_zh = (listed([name(evidence, s, zh) for s in values], zh) for zh in (False, True))
        counts = {share_count(evidence, s, when) for s in values}
        sources, sources_zh = (listed(sorted({c.source_text(z) for c in counts}), z) for z in (False, True))
        return Measured(
            own / total,
            "ratio",
            f"{name(evidence, self.security)} {what} {figure(own, unit)}; {names}{together} worth "
            f"{figure(total, unit)} at the close of {day(when)} (share counts: {sources}): ratio {own / total:.2f}.",
            f"{name(evidence, self.security, True)}{what_zh} {figure(own, unit, True)}；{names_zh}在 {day(when, True)}"
            f"收盤時{together_zh}市值 {figure(total, unit, True)}（股數來源：{sources_zh}）：比值 {own / total:.2f}。",
            made_of(unit, own=own, others=total, **values),
        )

    def _own(self, evidence: Evidence) -> float:
        if self.of == "value":
            return market_value(evidence, self.security, self.date)
        return abs(ValueChange(self.security, self.date).measure(evidence).value or 0.0)
