"""Tests of abnormal returns: the registry, and the order in which their answers are read."""

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from eventwindow.calendars.window import Span, as_window
from eventwindow.errors import Reason, StudyError
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.inference.bootstrap import block_bootstrap
from eventwindow.inference.calendar_dependence import crude_dependence_calendar_t, rank_calendar_z
from eventwindow.inference.conformal import conformal_mean, conformal_sur
from eventwindow.inference.cross_section import CrossSection
from eventwindow.inference.cross_sectional import (
    bhar_skewness_adjusted_t,
    bhar_t,
    cross_sectional_t,
    skewness_adjusted_t,
)
from eventwindow.inference.design import Design
from eventwindow.inference.expected_volatility import NAME as SCALED
from eventwindow.inference.expected_volatility import date_permutation_scaled, none_holds, unlike, volatility_ratio
from eventwindow.inference.permutation import date_permutation_max, date_permutation_mean, date_permutation_sar
from eventwindow.inference.ranks import corrado_z, corrado_zivney_z, grank_t, grank_z
from eventwindow.inference.results import FirmSignificance, NotComputed, Result, SignificanceResult, doubted
from eventwindow.inference.sample import Sample, sample
from eventwindow.inference.significance import SignificanceTest
from eventwindow.inference.signs import generalized_sign_z, sign_z, wilcoxon_w_plus
from eventwindow.inference.single_firm import single_firm_t, sq
from eventwindow.inference.standardised import (
    adjusted_patell_z,
    bmp_t,
    kolari_pynnonen_t,
    patell_z,
    patell_z_sum_of_sars,
)
from eventwindow.inference.sur import gls_t, portfolio_t, sur_f
from eventwindow.inference.time_series import calendar_time, crude_dependence_t, independence_t

__all__ = ["TESTS", "FirmSignificance", "NotComputed", "Result", "SignificanceResult", "SignificanceTest", "run_tests"]

# In the order of the table of tests; which of them lead in a design, LEADING says.
TESTS: dict[str, SignificanceTest] = {
    test.name: test
    for test in (
        *(sq, single_firm_t, date_permutation_mean, date_permutation_sar, date_permutation_scaled, portfolio_t),
        *(adjusted_patell_z, date_permutation_max, conformal_sur, kolari_pynnonen_t, corrado_z, corrado_zivney_z),
        *(conformal_mean, block_bootstrap, gls_t, crude_dependence_t, rank_calendar_z, crude_dependence_calendar_t),
        *(calendar_time, sur_f, grank_t, cross_sectional_t, skewness_adjusted_t, patell_z, patell_z_sum_of_sars, bmp_t),
        *(independence_t, sign_z, generalized_sign_z, wilcoxon_w_plus, grank_z, bhar_t, bhar_skewness_adjusted_t),
    )
}


ALONE = (
    "sq", "single_firm_t", "date_permutation_mean", "date_permutation_sar", "date_permutation_scaled", "portfolio_t",
    "date_permutation_max", "conformal_sur", "conformal_mean", "block_bootstrap", "gls_t", "crude_dependence_t",
    "sur_f", "patell_z", "patell_z_sum_of_sars", "independence_t",
)  # fmt: skip
ON_ONE_DAY = (
    "date_permutation_mean", "date_permutation_sar", "date_permutation_scaled", "portfolio_t", "adjusted_patell_z",
    "date_permutation_max", "conformal_sur", "kolari_pynnonen_t", "corrado_z", "conformal_mean", "block_bootstrap",
    "gls_t", "crude_dependence_t",
)  # fmt: skip
IN_CALENDAR_TIME = ("kolari_pynnonen_t", "rank_calendar_z", "crude_dependence_calendar_t", "adjusted_patell_z")
SCATTERED = (
    "kolari_pynnonen_t", "corrado_z", "rank_calendar_z", "crude_dependence_t", "crude_dependence_calendar_t",
    "adjusted_patell_z", "cross_sectional_t", "skewness_adjusted_t", "patell_z", "patell_z_sum_of_sars", "bmp_t",
    "independence_t", "wilcoxon_w_plus", "bhar_t", "bhar_skewness_adjusted_t",
)  # fmt: skip
# The tests whose p-values can be believed, in the order in which they lead. Each holds its size in its design, by the
# tables of docs/calibration.md, and what leads holds it in turbulent months, too: a test compares the two.
LEADING: dict[Design, tuple[str, ...]] = {
    "single": ALONE,
    "one_day": ON_ONE_DAY,
    "staggered": IN_CALENDAR_TIME,
    "mixed": IN_CALENDAR_TIME,
    "scattered": SCATTERED,
}


def in_reading_order(events: CrossSection) -> list[tuple[SignificanceTest, bool, Reason | None]]:
    """The tests that are asked of these events: those that lead first, then the others.

    With each whether it is valid, and why it does not lead where it would at another time. Where volatility moved, the
    permutation scaled by its forecast leads; where that of a basket rose further than any test is known to stand, none
    is valid.
    """
    ratio = volatility_ratio(events) if isinstance(events, Sample) else float("nan")
    why = none_holds(ratio, events.n, len(events.window))
    leading = list(LEADING[events.design])
    if unlike(ratio):
        leading.sort(key=lambda name: name != SCALED)
    first = [TESTS[name] for name in leading]
    others = [test for test in TESTS.values() if events.design in test.asked_in and test.name not in leading]
    return [(test, why is None, why) for test in first] + [(test, False, None) for test in others]


def run_tests(ar: AbnormalReturns, window: Span, tests: Sequence[str | SignificanceTest] | None = None) -> list[Result]:
    """All tests of one window: those that hold for the design in leading order, then the others; what ran comes first.

    The others are marked: `valid` is False, of one that could not run, too, and `note` or `reason` says why. Where the
    volatility of the last days was not that of the estimation window, the permutation scaled by its forecast leads;
    above twice that volatility no test of several firms is known to hold its size, so that none leads: all are marked,
    with that reason.

    Parameters
    ----------
    ar : AbnormalReturns (N events)
        Of `abnormal_returns`.
    window : Window, int or pair of int
        Trading days from day 0, inside the event window.
    tests : sequence of str or SignificanceTest, optional
        Names, or lines, of the registry `eventwindow.inference.registry.TESTS`; all by default.

    Returns
    -------
    list of SignificanceResult or NotComputed
        One a test.

    Raises
    ------
    WindowError
        Where the window is none or reaches beyond the event window.
    StudyError
        Where there is no test of a name.

    References
    ----------
    Kolari, J. W. and Pynnönen, S. (2010). Event study testing with cross-sectional correlation of abnormal returns.
    Review of Financial Studies 23, 3996-4025. Each test's own source stands in docs/methods.md.

    Examples
    --------
    >>> results = ew.run_tests(study, 0)
    >>> [result.name for result in results[:2]]
    ['date_permutation_mean', 'date_permutation_sar']
    """
    return results_of(sample(ar, as_window(window)), None if tests is None else _named(tests))


def _named(tests: Sequence[str | SignificanceTest]) -> list[SignificanceTest]:
    """The tests meant, each once; a single name is one test."""
    asked = [tests] if isinstance(tests, str | SignificanceTest) else list(tests)
    found = [test if isinstance(test, SignificanceTest) else TESTS.get(str(test)) for test in asked]
    for name, test in zip(asked, found, strict=True):
        if test is None:
            close = get_close_matches(str(name), TESTS, n=3, cutoff=0.4)
            remedy = f"Did you mean {' or '.join(map(repr, close))}?" if close else f"Known are {', '.join(TESTS)}."
            raise StudyError(f"there is no test {name!r}", where="tests", remedy=remedy)
    return [test for test in dict.fromkeys(found) if test]


def results_of(events: CrossSection, tests: Sequence[SignificanceTest] | None = None) -> list[Result]:
    """The same of events that hold a window, whether a study or a panel gave them."""
    wanted = TESTS if tests is None else {test.name for test in tests}
    order = [(test, valid, why) for test, valid, why in in_reading_order(events) if test.name in wanted]
    results = [_marked(test(events), valid, why) for test, valid, why in order]
    return sorted(results, key=lambda r: (not r.valid, isinstance(r, NotComputed)))


def leading_permutation(events: Sample) -> Result:
    """The permutation of the mean that leads: plain, scaled where volatility moved, not valid where none holds."""
    either = TESTS["date_permutation_mean"], TESTS[SCALED]  # where one cannot run, the other cannot
    test, valid, why = next(line for line in in_reading_order(events) if line[0] in either)
    return _marked(test(events), valid, why)


def _marked(result: Result, valid: bool, why: Reason | None) -> Result:
    """A result with why it is not to be believed where it is not; `why` where it would have held at another time."""
    if valid:
        return result
    if isinstance(result, NotComputed):
        return replace(result, valid=False)
    return doubted(result, why)
