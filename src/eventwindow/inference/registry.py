"""Tests of abnormal returns: the registry, and the order in which their answers are read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from eventwindow.calendars.window import Span, Window, as_window
from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.inference import (
    bootstrap,
    calendar_dependence,
    conformal,
    cross_sectional,
    permutation,
    portfolio,
    ranks,
    signs,
    single_firm,
    standardised,
    sur,
    time_series,
)
from eventwindow.inference.design import Design, complete, design
from eventwindow.inference.expected_volatility import (
    NAME,
    date_permutation_scaled,
    none_holds,
    unlike,
    volatility_ratio,
)
from eventwindow.inference.results import FirmSignificance, NotComputed, Result, SignificanceResult

__all__ = ["TESTS", "FirmSignificance", "NotComputed", "Result", "SignificanceResult", "SignificanceTest", "run_tests"]

MET: frozenset[Design] = frozenset({"staggered", "scattered", "mixed"})  # events on several days


@dataclass(frozen=True, slots=True)
class SignificanceTest:
    """A line of the registry: the function, and the designs that it is asked in."""

    name: str
    title: str
    function: Callable[[AbnormalReturns, Window], Result]
    asked_in: frozenset[Design] = frozenset(get_args(Design))


def _line(
    name: str, title: str, function: Callable[[AbnormalReturns, Window], Result], *designs: Design
) -> SignificanceTest:
    return SignificanceTest(name, title, function, frozenset(designs or get_args(Design)))


# In the order of the table of tests; which of them lead in a design, LEADING says.
TESTS: dict[str, SignificanceTest] = {
    test.name: test
    for test in (
        _line("sq", "SQ (sample quantile)", single_firm.single_firm_sq, "single"),
        _line("single_firm_t", "Single-firm t", single_firm.single_firm_t, "single"),
        _line("date_permutation_mean", "Date permutation, mean AR", permutation.date_permutation_mean),
        _line("date_permutation_sar", "Date permutation, mean SAR", permutation.date_permutation_sar),
        _line("date_permutation_scaled", "Date permutation, scaled", date_permutation_scaled),
        _line("portfolio_t", "Portfolio t", portfolio.portfolio_t),
        _line("adjusted_patell_z", "Adjusted Patell", standardised.adjusted_patell_z),
        _line("date_permutation_max", "Date permutation, max |SAR|", permutation.date_permutation_max),
        _line("conformal_sur", "Conformal SUR", conformal.conformal_sur),
        _line("kolari_pynnonen_t", "Kolari–Pynnönen", standardised.kolari_pynnonen_t),
        _line("corrado_z", "Corrado rank", ranks.corrado_z),
        _line("corrado_zivney_z", "Corrado–Zivney rank", ranks.corrado_zivney_z),
        _line("conformal_mean", "Conformal, mean AR", conformal.conformal_mean),
        _line("block_bootstrap", "Block bootstrap, mean AR", bootstrap.block_bootstrap),
        _line("gls_t", "GLS", sur.gls_t),
        _line("crude_dependence_t", "Crude dependence", time_series.crude_dependence_t),
        _line("rank_calendar_z", "Rank, calendar time", calendar_dependence.rank_calendar_z, *MET),
        _line(
            "crude_dependence_calendar_t",
            "Crude dependence, calendar time",
            calendar_dependence.crude_dependence_calendar_t,
            *MET,
        ),
        _line("calendar_time", "Calendar-time portfolio", time_series.calendar_time),
        _line("sur_f", "SUR F", sur.sur_f),
        _line("grank_t", "GRANK-T", ranks.grank_t),
        _line("cross_sectional_t", "Cross-sectional t", cross_sectional.cross_sectional_t),
        _line("skewness_adjusted_t", "Skewness-adjusted t", cross_sectional.skewness_adjusted_t),
        _line("patell_z", "Patell Z", standardised.patell_z),
        _line("patell_z_sum_of_sars", "Patell Z, sum of SARs", standardised.patell_z_sum_of_sars),
        _line("bmp_t", "BMP", standardised.bmp_t),
        _line("independence_t", "Independence t", time_series.independence_t),
        _line("sign_z", "Sign", signs.sign_z),
        _line("generalized_sign_z", "Generalized sign", signs.generalized_sign_z),
        _line("wilcoxon_w_plus", "Wilcoxon signed rank", signs.wilcoxon_w_plus),
        _line("grank_z", "GRANK-Z", ranks.grank_z),
        _line("bhar_t", "BHAR, cross-sectional t", cross_sectional.bhar_t),
        _line("bhar_skewness_adjusted_t", "BHAR, skewness-adjusted t", cross_sectional.bhar_skewness_adjusted_t),
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


def in_reading_order(ar: AbnormalReturns, window: Window) -> list[tuple[SignificanceTest, bool]]:
    """The tests that are asked of these events, and whether each is valid: those that lead first, then the others.

    Where volatility moved, the permutation scaled by its forecast leads; where that of a basket rose further than any
    test is known to stand, none is valid.
    """
    kind, ratio, why = _situation(ar, window)
    leading = list(LEADING[kind])
    if unlike(ratio):
        leading.sort(key=lambda name: name != NAME)
    asked = [test for test in TESTS.values() if kind in test.asked_in]
    first = [TESTS[name] for name in leading]
    return [(test, why is None) for test in first] + [(test, False) for test in asked if test.name not in leading]


def _situation(ar: AbnormalReturns, window: Window) -> tuple[Design, float, Reason | None]:
    """How the events meet, their volatility ratio (NaN where they do not share their days), and why no test leads."""
    held, _ = complete(ar, window)
    kind = design(held, window)
    ratio = volatility_ratio(held, window) if kind in ("single", "one_day") else float("nan")
    return kind, ratio, none_holds(ratio, len(held), len(window))


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
    window = as_window(window)
    wanted = TESTS if tests is None else {test.name for test in tests}
    kind, _, why = _situation(ar, window)
    asked = [(test, valid) for test, valid in in_reading_order(ar, window) if test.name in wanted]
    results = [
        _marked(test.function(ar, window), valid, why if test.name in LEADING[kind] else None) for test, valid in asked
    ]
    return sorted(results, key=lambda r: (not r.valid, isinstance(r, NotComputed)))


def leading_permutation(ar: AbnormalReturns, window: Window) -> Result:
    """The permutation of the mean that leads: plain, scaled where volatility moved, not valid where none holds."""
    return run_tests(ar, window, [TESTS["date_permutation_mean"], TESTS[NAME]])[0]


def _marked(result: Result, valid: bool, why: Reason | None) -> Result:
    """A result that does not hold here; `why` where it would have held at another time."""
    if valid or isinstance(result, NotComputed):
        return replace(result, valid=valid)
    return replace(result, valid=False, note=result.note if why is None else Reason.joined(why, result.note))
