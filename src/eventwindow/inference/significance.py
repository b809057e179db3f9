"""A test across events: its name, its null, where it is asked; its function gives an outcome, or why there is none."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

from eventwindow.errors import Reason
from eventwindow.inference.cross_section import CrossSection
from eventwindow.inference.design import Design
from eventwindow.inference.results import Answer, NotComputed, Result, SignificanceResult

Designs = frozenset[Design]
EVERY: Designs = frozenset(get_args(Design))
SINGLE: Designs = frozenset({"single"})
MET: Designs = frozenset({"staggered", "scattered", "mixed"})  # events on several days


@dataclass(frozen=True, slots=True)
class SignificanceTest:
    """A line of the registry; called on events it gives the result with its name and null."""

    name: str
    title: str
    null: str
    function: Callable[..., Answer]
    asked_in: Designs
    apart: Reason | None  # of a test that looks at the days themselves: why there is none where a panel has sums alone
    least: int  # events that hold the window, below which it is not asked

    def __call__(self, events: CrossSection, **options: Any) -> Result:
        if self.apart and not events.holds_days:
            found: Answer = self.apart
        elif events.n < self.least:
            found = Reason("no_event_in_window")
        else:
            found = self.function(events, **options)
        if isinstance(found, Reason):
            return NotComputed(self.name, found, self.null, events.n)
        n = events.n if found.n is None else found.n
        return SignificanceResult(self.name, self.null, *found[:3], n, found.note)


def significance_test(
    title: str, null: str, *, asked_in: Designs = EVERY, apart: Reason | None = None, least: int = 1
) -> Callable[[Callable[..., Answer]], SignificanceTest]:
    """Makes a test of a function of a `CrossSection`, or of a `Sample` where it says why there is none `apart`."""

    def made(function: Callable[..., Answer]) -> SignificanceTest:
        return SignificanceTest(function.__name__, title, null, function, asked_in, apart, least)

    return made
