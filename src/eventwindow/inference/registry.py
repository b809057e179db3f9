"""Tests of abnormal returns: the registry, and the order in which their answers are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from eventwindow.calendars.window import Span, Window, as_window
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.inference import (
    bootstrap,
    brown_warner,
    conformal,
    cross_section,
    permutation,
    portfolio,
    ranks,
    signs,
    standardised,
    sur,
)
from eventwindow.inference import cross_sectional as buy_and_hold
from eventwindow.inference import single_firm as firm
from eventwindow.inference import time_series as calendar_time
from eventwindow.inference.design import Design, complete, design
from eventwindow.inference.expected_volatility import NAME, date_permutation_scaled, unlike, volatility_ratio
from eventwindow.inference.results import FirmSignificance, NotComputed, Result, SignificanceResult

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
CARELESS = "not valid here: it rejects a true null too often when events share days"


@dataclass(frozen=True, slots=True)
class SignificanceTest:
    """A line of the registry: the function, and the designs in which its p-value can be believed."""

    name: str
    title: str
    function: Callable[[AbnormalReturns, Window], Result]
    valid_in: frozenset[Design]
    for_one_event: bool = False  # asked only where there is a single event

    @property
    def valid_on_shared_day(self) -> bool:
        return "one_day" in self.valid_in


def _line(
    name: str, title: str, function: Callable[[AbnormalReturns, Window], Result], valid_in: frozenset[Design]
) -> SignificanceTest:
    return SignificanceTest(name, title, function, valid_in, for_one_event=name in ("sq", "single_firm_t"))


# In the order in which they lead (methods, "When every firm shares the event day").
TESTS: dict[str, SignificanceTest] = {
    test.name: test
    for test in (
        _line("sq", "SQ (sample quantile)", firm.single_firm_sq, ALWAYS),
        _line("single_firm_t", "Single-firm t", firm.single_firm_t, ALWAYS),
        _line("date_permutation_mean", "Date permutation, mean AR", permutation.date_permutation_mean, ONE_DAY),
        _line("date_permutation_sar", "Date permutation, mean SAR", permutation.date_permutation_sar, ONE_DAY),
        _line("date_permutation_scaled", "Date permutation, scaled", date_permutation_scaled, ONE_DAY),
        _line("portfolio_t", "Portfolio t", portfolio.portfolio_t, ONE_DAY),
        _line("adjusted_patell_z", "Adjusted Patell", standardised.adjusted_patell_z, ALWAYS),
        _line("date_permutation_max", "Date permutation, max |SAR|", permutation.date_permutation_max, ONE_DAY),
        _line("conformal_sur", "Conformal SUR", conformal.conformal_sur, ONE_DAY),
        _line("kolari_pynnonen_t", "Kolari–Pynnönen", standardised.kolari_pynnonen_t, ALWAYS),
        _line("corrado_z", "Corrado rank", ranks.corrado_z, ALWAYS),
        _line("corrado_zivney_z", "Corrado–Zivney rank", ranks.corrado_zivney_z, ALWAYS),
        _line("conformal_mean", "Conformal, mean AR", conformal.conformal_mean, ONE_DAY),
        _line("block_bootstrap", "Block bootstrap, mean AR", bootstrap.block_bootstrap, ONE_DAY),
        _line("gls_t", "GLS", sur.gls_t, ONE_DAY),
        _line("crude_dependence_t", "Crude dependence", brown_warner.crude_dependence_t, ALWAYS),
        _line("calendar_time", "Calendar-time portfolio", calendar_time.calendar_time, ALWAYS),
        _line("sur_f", "SUR F", sur.sur_f, frozenset()),
        _line("grank_t", "GRANK-T", ranks.grank_t, INDEPENDENT),
        _line("cross_sectional_t", "Cross-sectional t", cross_section.cross_sectional_t, INDEPENDENT),
        _line("skewness_adjusted_t", "Skewness-adjusted t", cross_section.skewness_adjusted_t, INDEPENDENT),
        _line("patell_z", "Patell Z", standardised.patell_z, INDEPENDENT),
        _line("patell_z_sum_of_sars", "Patell Z, sum of SARs", standardised.patell_z_sum_of_sars, INDEPENDENT),
        _line("bmp_t", "BMP", standardised.bmp_t, INDEPENDENT),
        _line("independence_t", "Independence t", brown_warner.independence_t, INDEPENDENT),
        _line("sign_z", "Sign", signs.sign_z, INDEPENDENT),
        _line("generalized_sign_z", "Generalized sign", signs.generalized_sign_z, INDEPENDENT),
        _line("wilcoxon_w_plus", "Wilcoxon signed rank", signs.wilcoxon_w_plus, INDEPENDENT),
        _line("grank_z", "GRANK-Z", ranks.grank_z, INDEPENDENT),
        _line("bhar_t", "BHAR, cross-sectional t", buy_and_hold.bhar_t, INDEPENDENT),
        _line(
            "bhar_skewness_adjusted_t", "BHAR, skewness-adjusted t", buy_and_hold.bhar_skewness_adjusted_t, INDEPENDENT
        ),
    )
}


# Where events do not all share their days there is no one cross-section to move: these lead (docs/calibration.md).
APART = ("kolari_pynnonen_t", "corrado_z", "grank_t", "crude_dependence_t", "adjusted_patell_z")


def run_tests(ar: AbnormalReturns, window: Span, tests: Sequence[SignificanceTest] | None = None) -> list[Result]:
    """All tests of one window: those that hold for the design in leading order, those that could not run, the others.

    The others are marked: `valid` is False and the note says why. Where the volatility of the last days was not that of
    the estimation window, the permutation scaled by its forecast leads.

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
    held, _ = complete(ar, window)
    kind = design(held, window)
    asked = [test for test in tests or TESTS.values() if kind == "single" or not test.for_one_event]
    if kind in ("single", "one_day") and unlike(volatility_ratio(held, window)):
        asked.sort(key=lambda test: test.name != NAME)
    if kind in ("mixed", "dispersed"):
        asked.sort(key=lambda test: APART.index(test.name) if test.name in APART else len(APART))
    results = [_marked(test.function(ar, window), valid=kind in test.valid_in) for test in asked]
    return sorted(results, key=lambda r: (not r.valid, isinstance(r, NotComputed)))


def _marked(result: Result, *, valid: bool) -> Result:
    if valid or isinstance(result, NotComputed):
        return result
    return replace(result, valid=False, note="; ".join(part for part in (CARELESS, result.note) if part))
