"""The return of a security over a day or a span of sessions."""

from __future__ import annotations

from dataclasses import dataclass

from eventwindow.claims.evidence import Day, Evidence, Symbol, before, history, price, total_return
from eventwindow.claims.model import Measured
from eventwindow.claims.wording import day, figure, name
from eventwindow.errors import NoFigure


@dataclass(frozen=True, slots=True)
class Return:
    """Total return from the session before `date` to the close of `date`, or of `until`; decimal."""

    security: Symbol
    date: Day
    until: Day | None = None

    def measure(self, evidence: Evidence) -> Measured:
        history(evidence, self.security)
        value = total_return(evidence, self.security, self.date, self.until or self.date)
        span = day(self.date) + (f" to {day(self.until)}" if self.until else "")
        span_zh = day(self.date, True) + (f"至 {day(self.until, True)}" if self.until else "")
        return Measured(
            value,
            "decimal",
            f"{name(evidence, self.security)} returned {figure(value, 'decimal')} on {span}{self._closes(evidence)}.",
            f"{name(evidence, self.security, True)}於 {span_zh}的報酬率為 {figure(value, 'decimal')}。",
        )

    def _closes(self, evidence: Evidence) -> str:
        """The two closes behind the return, where the source holds them."""
        try:
            start = price(evidence, self.security, before(evidence, self.security, self.date))
            end = price(evidence, self.security, self.until or self.date)
        except NoFigure:
            return ""
        return f" (close {start:,.2f}, then {end:,.2f})"
