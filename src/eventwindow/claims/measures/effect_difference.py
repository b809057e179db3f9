"""One basket's effect against another's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from eventwindow.claims.evidence import EventId, Evidence, Members, Span, at, members, window
from eventwindow.claims.model import Measured, made_of
from eventwindow.claims.wording import TESTS_ZH, figure, listed, named, p_text, period, quantity
from eventwindow.inference.response import Response, difference, response


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
        en, zh = (self._sides(evidence, one, other, z) for z in (False, True))
        when, when_zh = (period(one, evidence, self.event, span, z) for z in (False, True))
        return Measured(
            found.estimate,
            "decimal",
            f"{quantity(span)}, {when}: {en}; difference {figure(found.estimate, 'decimal')} "
            f"({test.test}: {p_text(test.p_value)}).",
            f"{when_zh}的{quantity(span, True)}：{zh}；差距 {figure(found.estimate, 'decimal')}"
            f"（{TESTS_ZH[test.test]}：{p_text(test.p_value)}）。",
            made_of("decimal", members=one.estimate, against=other.estimate),
            p_value=test.p_value,
            effect=test,
        )

    def _sides(self, evidence: Evidence, one: Response, other: Response, zh: bool) -> str:
        sides = ((self.members, one), (self.against, other))
        return listed([f"{named(evidence, who, zh)} {figure(r.estimate, 'decimal')}" for who, r in sides], zh)
