"""Sign tests and Wilcoxon's signed ranks across firms; all take the firms for independent."""

from __future__ import annotations

import numpy as np

from eventwindow.abnormal import AbnormalReturns
from eventwindow.inference.result import NotComputed, Result, SignificanceResult, normal
from eventwindow.inference.sample import complete
from eventwindow.timeline import Window

EXACT_SIGNS, EXACT_WILCOXON = 30, 50


def sign_z(ar: AbnormalReturns, window: Window) -> Result:
    """The number of positive CARs against one half; exact binomial p below 30 firms. A zero is not positive."""
    return _signs("sign_z", "half of the CARs are positive", ar, window, 0.5)


def generalized_sign_z(ar: AbnormalReturns, window: Window) -> Result:
    """The number of positive CARs against the firms' mean share of positive estimation residuals (Cowan 1992)."""
    name, null = "generalized_sign_z", "CARs are as often positive as residuals of the estimation window"
    held, _ = complete(ar, window)
    if not len(held):
        return NotComputed(name, "no event holds the window", null)
    positive = (held.residuals > 0).sum(axis=1) / np.isfinite(held.residuals).sum(axis=1)
    return _signs(name, null, ar, window, float(positive.mean()))


def wilcoxon_w_plus(ar: AbnormalReturns, window: Window) -> Result:
    """W+, the rank sum of positive CARs; zeros dropped; exact p up to 50 firms without ties, else normal."""
    from scipy import stats

    name, null = "wilcoxon_w_plus", "the CARs are symmetric about zero"
    car = complete(ar, window)[1].car
    car = car[car != 0]
    if not len(car):
        return NotComputed(name, "no event has a CAR that differs from zero", null)
    size = np.abs(car)
    exact = len(car) <= EXACT_WILCOXON and len(np.unique(size)) == len(size)
    method = "exact" if exact else "asymptotic"
    p = stats.wilcoxon(car, method=method, correction=False).pvalue
    w = float(stats.rankdata(size)[car > 0].sum())
    distribution = f"signed ranks of {len(car)}" if exact else "N(0,1) with correction for ties"
    return SignificanceResult(name, null, w, float(p), distribution, len(car))


def _signs(name: str, null: str, ar: AbnormalReturns, window: Window, share: float) -> Result:
    car = complete(ar, window)[1].car
    n, w = len(car), int((car > 0).sum())
    if n == 0 or not 0 < share < 1:
        reason = "no event holds the window" if n == 0 else "all estimation residuals have one sign"
        return NotComputed(name, reason, null, n)
    z = (w - n * share) / np.sqrt(n * share * (1 - share))
    if n >= EXACT_SIGNS:
        return normal(name, null, z, n)
    from scipy.stats import binomtest

    p = float(binomtest(w, n, share).pvalue)
    return SignificanceResult(name, null, float(z), p, f"binomial({n}, {share:.3g})", n, f"{w} of {n} positive")
