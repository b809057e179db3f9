"""Sign tests and Wilcoxon's signed ranks across firms; all take the firms for independent."""

import numpy as np
from scipy.special import binom

from eventwindow.errors import Reason
from eventwindow.estimation.event_time import Array
from eventwindow.inference.cross_section import CrossSection
from eventwindow.inference.results import Answer, Outcome, normal
from eventwindow.inference.significance import significance_test

EXACT_SIGNS, EXACT_WILCOXON = 30, 50


@significance_test("Sign", "half of the CARs are positive")
def sign_z(events: CrossSection) -> Answer:
    """The number of positive CARs against one half; exact binomial p below 30 firms. A zero is not positive."""
    return _signs(events.car.car, 0.5)


@significance_test("Generalized sign", "CARs are as often positive as residuals of the estimation window")
def generalized_sign_z(events: CrossSection) -> Answer:
    """The number of positive CARs against the firms' mean share of positive estimation residuals (Cowan 1992)."""
    return _signs(events.car.car, float(events.residuals.positive.mean()))


def positive_share(residuals: Array) -> Array:
    """(N,), the share of positive ones among each event's residuals (N, T)."""
    return np.asarray((residuals > 0).sum(axis=1) / np.isfinite(residuals).sum(axis=1))


@significance_test("Wilcoxon signed rank", "the CARs are symmetric about zero")
def wilcoxon_w_plus(events: CrossSection) -> Answer:
    """W+, the rank sum of positive CARs; zeros dropped; exact p up to 50 firms without ties, else normal."""
    car = events.car.car[events.car.car != 0]
    n = len(car)
    if not n:
        return Reason("cars_zero")
    size = np.abs(car)
    rank, tied = _ranks(size)
    w = float(rank[car > 0].sum())
    if n <= EXACT_WILCOXON and not tied:
        return Outcome(w, _signed_rank_p(w, n), Reason("signed_ranks", n=n), n=n)
    ties = np.unique(size, return_counts=True)[1].astype(float)
    variance = n * (n + 1) * (2 * n + 1) / 24 - (ties**3 - ties).sum() / 48
    p = normal((w - n * (n + 1) / 4) / np.sqrt(variance)).p_value
    return Outcome(w, p, Reason("normal_with_ties"), n=n)


def _ranks(size: Array) -> tuple[Array, bool]:
    _, at, count = np.unique(size, return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count - 1) / 2)[at], bool((count > 1).any())


def _signed_rank_p(w: float, n: int) -> float:
    """Two-sided exact p of W+ = w: all 2ⁿ signs are equally likely."""
    ways = np.ones(1)
    for rank in range(1, n + 1):  # the coefficients of Π(1 + x^rank)
        ways = np.append(ways, np.zeros(rank)) + np.append(np.zeros(rank), ways)
    below, above = ways[: int(w) + 1].sum(), ways[int(w) :].sum()
    return float(min(1.0, 2 * min(below, above) / 2.0**n))


def _binomial_p(w: int, n: int, share: float) -> float:
    """Two-sided exact p: the sum of all outcomes no likelier than the one seen."""
    k = np.arange(n + 1)
    likely = binom(n, k) * share**k * (1 - share) ** (n - k)
    return float(min(1.0, likely[likely <= likely[w] * (1 + 1e-7)].sum()))


def _signs(car: Array, share: float) -> Answer:
    n, w = len(car), int((car > 0).sum())
    if not 0 < share < 1:
        return Reason("residuals_of_one_sign")
    z = (w - n * share) / np.sqrt(n * share * (1 - share))
    if n >= EXACT_SIGNS:
        return normal(z)
    against, note = Reason("binomial", n=n, share=share), Reason("positive_of", n=w, of=n)
    return Outcome(float(z), _binomial_p(w, n, share), against, note)
