"""Sign tests and Wilcoxon's signed ranks across firms; all take the firms for independent."""

import numpy as np
from scipy.special import binom

from eventwindow.errors import Reason
from eventwindow.estimation.event_time import Array
from eventwindow.inference.cross_section import CrossSection
from eventwindow.inference.results import NotComputed, Result, SignificanceResult, normal

EXACT_SIGNS, EXACT_WILCOXON = 30, 50


def sign_z(events: CrossSection) -> Result:
    """The number of positive CARs against one half; exact binomial p below 30 firms. A zero is not positive."""
    return _signs("sign_z", "half of the CARs are positive", events.car.car, 0.5)


def generalized_sign_z(events: CrossSection) -> Result:
    """The number of positive CARs against the firms' mean share of positive estimation residuals (Cowan 1992)."""
    name, null = "generalized_sign_z", "CARs are as often positive as residuals of the estimation window"
    if not events.n:
        return NotComputed(name, Reason("no_event_in_window"), null)
    return _signs(name, null, events.car.car, float(events.residuals.positive.mean()))


def positive_share(residuals: Array) -> Array:
    """(N,), the share of positive ones among each event's residuals (N, T)."""
    return np.asarray((residuals > 0).sum(axis=1) / np.isfinite(residuals).sum(axis=1))


def wilcoxon_w_plus(events: CrossSection) -> Result:
    """W+, the rank sum of positive CARs; zeros dropped; exact p up to 50 firms without ties, else normal."""
    name, null = "wilcoxon_w_plus", "the CARs are symmetric about zero"
    car = events.car.car[events.car.car != 0]
    n = len(car)
    if not n:
        return NotComputed(name, Reason("cars_zero"), null)
    size = np.abs(car)
    rank, tied = _ranks(size)
    w = float(rank[car > 0].sum())
    if n <= EXACT_WILCOXON and not tied:
        return SignificanceResult(name, null, w, _signed_rank_p(w, n), Reason("signed_ranks", n=n), n)
    ties = np.unique(size, return_counts=True)[1].astype(float)
    variance = n * (n + 1) * (2 * n + 1) / 24 - (ties**3 - ties).sum() / 48
    p = normal(name, null, (w - n * (n + 1) / 4) / np.sqrt(variance), n).p_value
    return SignificanceResult(name, null, w, p, Reason("normal_with_ties"), n)


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


def _signs(name: str, null: str, car: Array, share: float) -> Result:
    n, w = len(car), int((car > 0).sum())
    if n == 0 or not 0 < share < 1:
        reason = Reason("no_event_in_window" if n == 0 else "residuals_of_one_sign")
        return NotComputed(name, reason, null, n)
    z = (w - n * share) / np.sqrt(n * share * (1 - share))
    if n >= EXACT_SIGNS:
        return normal(name, null, z, n)
    p = _binomial_p(w, n, share)
    against, note = Reason("binomial", n=n, share=share), Reason("positive_of", n=w, of=n)
    return SignificanceResult(name, null, float(z), p, against, n, note)
