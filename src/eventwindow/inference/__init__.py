"""Tests of abnormal returns: the registry, and the order in which their answers are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from eventwindow.abnormal import AbnormalReturns
from eventwindow.inference import cross_section, firm, permutation, portfolio, standardised
from eventwindow.inference.result import FirmSignificance, NotComputed, Result, SignificanceResult
from eventwindow.inference.sample import Design, complete, design
from eventwindow.timeline import Window

__all__ = [
    "TESTS",
    "FirmSignificance",
    "NotComputed",
    "Result",
    "SignificanceResult",
    "SignificanceTest",
    "run_tests",
]

ALWAYS: frozenset[Design] = frozenset({"single", "one_day", "mixed", "dispersed"})
ONE_DAY: frozenset[Design] = frozenset({"single", "one_day"})
INDEPENDENT: frozenset[Design] = frozenset({"single", "dispersed"})
CARELESS = "not valid here: the events share days, and the test takes them for independent"


@dataclass(frozen=True, slots=True)
class SignificanceTest:
    """A line of the registry: the function, and the designs in which its p-value can be believed."""

    name: str
    title: str
    function: Callable[[AbnormalReturns, Window], Result]
    valid_in: frozenset[Design]

    @property
    def valid_on_shared_day(self) -> bool:
        return "one_day" in self.valid_in


# In the order in which they lead (methods, "When every firm shares the event day").
TESTS: dict[str, SignificanceTest] = {
    test.name: test
    for test in (
        SignificanceTest("sq", "SQ (sample quantile)", firm.single_firm_sq, ALWAYS),
        SignificanceTest("single_firm_t", "Single-firm t", firm.single_firm_t, ALWAYS),
        SignificanceTest(
            "date_permutation_mean", "Date permutation, mean AR", permutation.date_permutation_mean, ONE_DAY
        ),
        SignificanceTest(
            "date_permutation_sar", "Date permutation, mean SAR", permutation.date_permutation_sar, ONE_DAY
        ),
        SignificanceTest("portfolio_t", "Portfolio t", portfolio.portfolio_t, ONE_DAY),
        SignificanceTest("adjusted_patell_z", "Adjusted Patell", standardised.adjusted_patell_z, ALWAYS),
        SignificanceTest(
            "date_permutation_max", "Date permutation, max |SAR|", permutation.date_permutation_max, ONE_DAY
        ),
        SignificanceTest("kolari_pynnonen_t", "Kolari–Pynnönen", standardised.kolari_pynnonen_t, ALWAYS),
        SignificanceTest("cross_sectional_t", "Cross-sectional t", cross_section.cross_sectional_t, INDEPENDENT),
        SignificanceTest("patell_z", "Patell Z", standardised.patell_z, INDEPENDENT),
        SignificanceTest("bmp_t", "BMP", standardised.bmp_t, INDEPENDENT),
    )
}


def run_tests(ar: AbnormalReturns, window: Window, tests: Sequence[SignificanceTest] | None = None) -> list[Result]:
    """All tests of one window: those that hold for the design in leading order, those that could not run, the others.

    The others are marked: `valid` is False and the note says why.
    """
    held, _ = complete(ar, window)
    kind = design(held, window)
    results = [_marked(test.function(ar, window), kind in test.valid_in) for test in tests or TESTS.values()]
    return sorted(results, key=lambda r: (not r.valid, isinstance(r, NotComputed)))


def _marked(result: Result, valid: bool) -> Result:
    if valid or isinstance(result, NotComputed):
        return result
    return replace(result, valid=False, note="; ".join(part for part in (CARELESS, result.note) if part))
