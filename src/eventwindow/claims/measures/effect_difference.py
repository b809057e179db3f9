"""One basket's effect against another's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from eventwindow.claims.claim import Evidence, Measured
from eventwindow.claims.effects import at, difference, response
from eventwindow.claims.lookup import EventId, Members, Span, members, window
from eventwindow.claims.wording import TESTS_ZH, figure, named, p_text
from eventwindow.claims.wording import span as dates


@dataclass(frozen=True, slots=True)
class EffectDifference:
    """Mean CAR of `members` less that of `against`, decimal, tested by date permutation of the difference."""

    tests: ClassVar[bool] = True

    members: Members
    against: Members
    window: Span
    event: EventId

    def measure(self, evidence: Evidence) -> Measured:
        span = window(self.window)
        sides = [members(evidence, side) for side in (self.members, self.against)]
        one, other = (response(at(evidence, self.event, None, side, span), side, span) for side in sides)
        found = difference(one, other)
        test = found.effect()
        ours, theirs = named(evidence, self.members), named(evidence, self.against)
        return Measured(
            found.estimate,
            "decimal",
            f"Cumulative abnormal returns, {dates(one.first, one.last)} ({self.event} {span}): "
            f"{ours} {figure(one.estimate, 'decimal')}, {theirs} "
            f"{figure(other.estimate, 'decimal')}; difference {figure(found.estimate, 'decimal')} "
            f"({test.test}: {p_text(test.p_value)}).",
            f"{dates(one.first, one.last, True)}（{self.event} {span}）的累積異常報酬："
            f"{ours} {figure(one.estimate, 'decimal')}，{theirs} "
            f"{figure(other.estimate, 'decimal')}；差距 {figure(found.estimate, 'decimal')}"
            f"（{TESTS_ZH[test.test]}：{p_text(test.p_value)}）。",
            {"one": one.estimate, "other": other.estimate, "detectable": test.detectable},
            p_value=test.p_value,
            effect=test,
        )
