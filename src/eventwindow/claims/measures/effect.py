"""An effect: the cumulative abnormal return of a security or basket, and its test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from eventwindow.claims.claim import Evidence, Measured
from eventwindow.claims.effects import Response, at, response
from eventwindow.claims.lookup import Day, EventId, Members, Span, members, window
from eventwindow.claims.wording import TESTS_ZH, figure, name, named, p_text
from eventwindow.claims.wording import span as dates


@dataclass(frozen=True, slots=True)
class EffectOf:
    """Mean CAR of `members` over `window` around `event` (or around `date`), decimal, tested against its own history.

    One firm by the sample quantile (SQ), a basket by date permutation of the mean; both are valid on a shared day.
    """

    tests: ClassVar[bool] = True

    members: Members
    window: Span
    event: EventId = ""
    date: Day | None = None

    def measure(self, evidence: Evidence) -> Measured:
        symbols, span = members(evidence, self.members), window(self.window)
        found = response(at(evidence, self.event, self.date, symbols, span), symbols, span)
        test = found.effect()
        en, zh = (self._who(evidence, found, z) for z in (False, True))
        size, error = figure(found.estimate, "decimal"), figure(found.std_error, "decimal").lstrip("+")
        return Measured(
            found.estimate,
            "decimal",
            f"Cumulative abnormal return of {en}, {dates(found.first, found.last)} ({self._event()}{span}): {size} "
            f"(standard error {error}, {test.test}: {p_text(test.p_value)}).",
            f"{zh}於 {dates(found.first, found.last, True)}（{self._event()}{span}）的累積異常報酬為 {size}"
            f"（標準誤 {error}，{TESTS_ZH[test.test]}：{p_text(test.p_value)}）。",
            {"standard error": found.std_error, "detectable": test.detectable},
            p_value=test.p_value,
            effect=test,
        )

    def _event(self) -> str:
        return f"{self.event} " if self.event else ""

    def _who(self, evidence: Evidence, found: Response, zh: bool) -> str:
        if len(found.members) == 1:
            return name(evidence, found.members[0], zh)
        names = named(evidence, self.members, zh)
        return f"{names}（{len(found.members)} 檔平均）" if zh else f"{names} (mean of {len(found.members)})"
