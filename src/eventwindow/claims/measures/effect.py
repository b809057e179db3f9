"""An effect: the cumulative abnormal return of a security or basket, and its test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from eventwindow.claims.evidence import Day, EventId, Evidence, Members, Span, at, members, window
from eventwindow.claims.model import Measured, made_of
from eventwindow.claims.wording import TESTS_ZH, figure, name, named, p_text, period, quantity
from eventwindow.inference.response import Response, response


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
        when, when_zh = (period(found, evidence, self.event, span, z) for z in (False, True))
        size, error = figure(found.estimate, "decimal"), figure(found.std_error, "decimal").lstrip("+")
        return Measured(
            found.estimate,
            "decimal",
            f"{quantity(span)} of {en}, {when}: {size} (standard error {error}, {test.test}: {p_text(test.p_value)}).",
            f"{zh}於 {when_zh}的{quantity(span, True)}為 {size}（標準誤 {error}，{TESTS_ZH[test.test]}："
            f"{p_text(test.p_value)}）。",
            made_of("spread", standard_error=found.std_error),
            p_value=test.p_value,
            effect=test,
        )

    def _who(self, evidence: Evidence, found: Response, zh: bool) -> str:
        if len(found.members) == 1:
            return name(evidence, found.members[0], zh)
        names = named(evidence, self.members, zh)
        return f"{names}（{len(found.members)} 檔平均）" if zh else f"{names} (mean of {len(found.members)})"
