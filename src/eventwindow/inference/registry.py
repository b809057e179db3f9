"""Tests of abnormal returns: the registry, and the order in which their answers are read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from eventwindow.calendars.window import Span, as_window
from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.inference import (
    bootstrap,
    calendar_dependence,
    conformal,
    cross_sectional,
    portfolio,
    ranks,
    signs,
    single_firm,
    standardised,
    sur,
    time_series,
)
from eventwindow.inference.cross_section import CrossSection
from eventwindow.inference.design import Design
from eventwindow.inference.expected_volatility import NAME as SCALED
from eventwindow.inference.expected_volatility import NULL as MEAN_SCALED
from eventwindow.inference.expected_volatility import date_permutation_scaled, none_holds, unlike, volatility_ratio
from eventwindow.inference.permutation import (
    APART,
    LARGEST_SCAR,
    MEAN_CAR,
    MEAN_SCAR,
    date_permutation_max,
    date_permutation_mean,
    date_permutation_sar,
)
from eventwindow.inference.results import FirmSignificance, NotComputed, Result, SignificanceResult
from eventwindow.inference.sample import Sample, sample

__all__ = ["TESTS", "FirmSignificance", "NotComputed", "Result", "SignificanceResult", "SignificanceTest", "run_tests"]

Designs = frozenset[Design]
EVERY: Designs = frozenset(get_args(Design))
SINGLE: Designs = frozenset({"single"})
MET: Designs = frozenset({"staggered", "scattered", "mixed"})  # events on several days


@dataclass(frozen=True, slots=True)
class SignificanceTest:
    """A line of the registry: the function, and the designs that it is asked in."""

    name: str
    title: str
    function: Callable[[CrossSection], Result]
    asked_in: Designs = EVERY


def _of_days(
    name: str, title: str, function: Callable[[Sample], Result], null: str, apart: Reason, asked_in: Designs = EVERY
) -> SignificanceTest:
    """A test that looks at the days themselves; `apart` is why there is none where a panel kept sums alone."""

    def tested(events: CrossSection) -> Result:
        return function(events) if isinstance(events, Sample) else NotComputed(name, apart, null, events.n)

    return SignificanceTest(name, title, tested, asked_in)


# In the order of the table of tests; which of them lead in a design, LEADING says.
TESTS: dict[str, SignificanceTest] = {
    test.name: test
    for test in (
        _of_days("sq", "SQ (sample quantile)", single_firm.single_firm_sq, single_firm.NULL, APART, SINGLE),
        _of_days("single_firm_t", "Single-firm t", single_firm.single_firm_t, single_firm.NULL, APART, SINGLE),
        _of_days("date_permutation_mean", "Date permutation, mean AR", date_permutation_mean, MEAN_CAR, APART),
        _of_days("date_permutation_sar", "Date permutation, mean SAR", date_permutation_sar, MEAN_SCAR, APART),
        _of_days("date_permutation_scaled", "Date permutation, scaled", date_permutation_scaled, MEAN_SCALED, APART),
        _of_days("portfolio_t", "Portfolio t", sur.portfolio_t, sur.BASKET, portfolio.DAYS_DIFFER),
        SignificanceTest("adjusted_patell_z", "Adjusted Patell", standardised.adjusted_patell_z),
        _of_days("date_permutation_max", "Date permutation, max |SAR|", date_permutation_max, LARGEST_SCAR, APART),
        _of_days("conformal_sur", "Conformal SUR", conformal.conformal_sur, conformal.NULL, conformal.APART),
        SignificanceTest("kolari_pynnonen_t", "Kolari–Pynnönen", standardised.kolari_pynnonen_t),
        SignificanceTest("corrado_z", "Corrado rank", ranks.corrado_z),
        SignificanceTest("corrado_zivney_z", "Corrado–Zivney rank", ranks.corrado_zivney_z),
        _of_days("conformal_mean", "Conformal, mean AR", conformal.conformal_mean, conformal.NULL, conformal.APART),
        _of_days(
            "block_bootstrap", "Block bootstrap, mean AR", bootstrap.block_bootstrap, bootstrap.NULL, conformal.APART
        ),
        _of_days("gls_t", "GLS", sur.gls_t, sur.COMMON, conformal.APART),
        SignificanceTest("crude_dependence_t", "Crude dependence", time_series.crude_dependence_t),
        SignificanceTest("rank_calendar_z", "Rank, calendar time", calendar_dependence.rank_calendar_z, MET),
        SignificanceTest(
            "crude_dependence_calendar_t",
            "Crude dependence, calendar time",
            calendar_dependence.crude_dependence_calendar_t,
            MET,
        ),
        SignificanceTest("calendar_time", "Calendar-time portfolio", time_series.calendar_time),
        _of_days("sur_f", "SUR F", sur.sur_f, sur.JOINT, conformal.APART),
        SignificanceTest("grank_t", "GRANK-T", ranks.grank_t),
        SignificanceTest("cross_sectional_t", "Cross-sectional t", cross_sectional.cross_sectional_t),
        SignificanceTest("skewness_adjusted_t", "Skewness-adjusted t", cross_sectional.skewness_adjusted_t),
        SignificanceTest("patell_z", "Patell Z", standardised.patell_z),
        SignificanceTest("patell_z_sum_of_sars", "Patell Z, sum of SARs", standardised.patell_z_sum_of_sars),
        SignificanceTest("bmp_t", "BMP", standardised.bmp_t),
        SignificanceTest("independence_t", "Independence t", time_series.independence_t),
        SignificanceTest("sign_z", "Sign", signs.sign_z),
        SignificanceTest("generalized_sign_z", "Generalized sign", signs.generalized_sign_z),
        SignificanceTest("wilcoxon_w_plus", "Wilcoxon signed rank", signs.wilcoxon_w_plus),
        SignificanceTest("grank_z", "GRANK-Z", ranks.grank_z),
        SignificanceTest("bhar_t", "BHAR, cross-sectional t", cross_sectional.bhar_t),
        SignificanceTest(
            "bhar_skewness_adjusted_t", "BHAR, skewness-adjusted t", cross_sectional.bhar_skewness_adjusted_t
        ),
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


def run_tests(ar: AbnormalReturns, window: Span, tests: Sequence[SignificanceTest] | None = None) -> list[Result]:
    """All tests of one window: those that hold for the design in leading order, then the others; what ran comes first.

    The others are marked: `valid` is False, of one that could not run, too. Where the volatility of the last days was
    not that of the estimation window, the permutation scaled by its forecast leads; above twice that volatility no test
    of several firms is known to hold its size, so that none leads: all are marked, with that reason.

    Parameters
    ----------
    ar : AbnormalReturns (N events)
        Of `abnormal_returns`.
    window : Window, int or pair of int
        Trading days from day 0, inside the event window.
    tests : sequence of SignificanceTest, optional
        Lines of the registry `eventwindow.inference.registry.TESTS`; all by default.

    Returns
    -------
    list of SignificanceResult or NotComputed
        One a test.

    Raises
    ------
    WindowError
        Where the window is none or reaches beyond the event window.

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
    return results_of(sample(ar, as_window(window)), tests)


def results_of(events: CrossSection, tests: Sequence[SignificanceTest] | None = None) -> list[Result]:
    """The same of events that hold a window, whether a study or a panel gave them."""
    wanted = TESTS if tests is None else {test.name for test in tests}
    order = [(test, valid, why) for test, valid, why in in_reading_order(events) if test.name in wanted]
    results = [_marked(test.function(events), valid, why) for test, valid, why in order]
    return sorted(results, key=lambda r: (not r.valid, isinstance(r, NotComputed)))


def leading_permutation(events: Sample) -> Result:
    """The permutation of the mean that leads: plain, scaled where volatility moved, not valid where none holds."""
    return results_of(events, [TESTS["date_permutation_mean"], TESTS[SCALED]])[0]


def _marked(result: Result, valid: bool, why: Reason | None) -> Result:
    """A result that does not hold here; `why` where it would have held at another time."""
    if valid or isinstance(result, NotComputed):
        return replace(result, valid=valid)
    return replace(result, valid=False, note=result.note if why is None else Reason.joined(why, result.note))
