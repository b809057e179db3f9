"""Months and years after an event: buy-and-hold returns with a bootstrap, and standardised monthly returns."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from eventwindow.errors import Reason
from eventwindow.estimation.event_time import Array
from eventwindow.inference.results import NotComputed, Result, SignificanceResult, student

LEAST = 12  # buy-and-hold returns: a resample holds a quarter of them
SERIES = ("asr", "sar", "ccar")


def bootstrapped_skewness_adjusted_t(bhar: Array, draws: int = 999, seed: int = 0) -> Result:
    """Johnson's skewness-adjusted t of buy-and-hold abnormal returns (N,), against resamples of a quarter of them.

    √n (S + γS²/3 + γ/(6n)); each resample's is centred on the sample mean. p is twice the smaller tail: the test is
    there for the asymmetry (Lyon, Barber & Tsai 1999).
    """
    name, null = "bootstrapped_skewness_adjusted_t", "the mean buy-and-hold abnormal return is zero"
    x = bhar[np.isfinite(bhar)]
    if len(x) < LEAST or not np.ptp(x) > 0:
        reason = Reason("needs_at_least", needed=LEAST, n=len(x)) if len(x) < LEAST else Reason("returns_alike")
        return NotComputed(name, reason, null, len(x))
    picked = x[np.random.default_rng(seed).integers(0, len(x), size=(draws, len(x) // 4))]
    picked = picked[np.ptp(picked, axis=1) > 0]
    value, of_draws = float(_johnson(x[None], 0.0)[0]), _johnson(picked, float(x.mean()))
    tails = [(1 + int(np.sum(side))) / (len(picked) + 1) for side in (of_draws <= value, of_draws >= value)]
    text, note = Reason("resamples", n=len(picked), of=len(x) // 4), Reason("seed", seed=seed)
    return SignificanceResult(name, null, value, min(1.0, 2 * min(tails)), text, len(x), note)


def _johnson(x: Array, mean: float) -> Array:
    """(B,) of samples (B, n)."""
    n, centred = x.shape[1], x - x.mean(axis=1, keepdims=True)
    sd = np.sqrt((centred**2).sum(axis=1) / (n - 1))
    s, skew = (x.mean(axis=1) - mean) / sd, (centred**3).sum(axis=1) / (n * sd**3)
    return np.asarray(np.sqrt(n) * (s + skew * s**2 / 3 + skew / (6 * n)))


@dataclass(frozen=True)
class Months:
    """Simple returns of event firms and of their controls: a row a firm and month (or day)."""

    firm: pd.Series
    month: pd.Series
    event: pd.Series
    control: pd.Series

    def abnormal(self) -> Mapping[str, Array]:
        """Log abnormal returns: each standardised (asr), their difference standardised (sar), and plain (ccar)."""
        own, other = (np.log1p(part) for part in (self.event, self.control))
        gap = own - other
        asr = own / own.groupby(self.firm).transform("std") - other / other.groupby(self.firm).transform("std")
        return {
            "asr": asr.to_numpy(),
            "sar": (gap / gap.groupby(self.firm).transform("std")).to_numpy(),
            "ccar": gap.to_numpy(),
        }


def standardised_long_horizon_t(months: Months, series: str = "asr", *, by_firm: bool = False) -> Result:
    """The mean standardised abnormal return of a month over its error clustered by month, or by month and firm.

    t(G - 1), G the smaller number of clusters (Dutta, Knif, Kolari & Pynnönen 2018; by statsmodels).
    """
    import statsmodels.api as sm

    name, null = f"long_horizon_{series}_t", "the mean abnormal return of a month is zero"
    values = months.abnormal()[series]
    month, firm = (pd.factorize(part)[0] for part in (months.month, months.firm))
    clusters = min(int(month.max()), int(firm.max())) if by_firm else int(month.max())
    if clusters < 1 or not np.isfinite(values).all():
        reason = Reason("returns_constant" if clusters >= 1 else "few_clusters")
        return NotComputed(name, reason, null, len(values))
    groups = np.column_stack([month, firm]) if by_firm else month
    fit = sm.OLS(values, np.ones(len(values))).fit(cov_type="cluster", cov_kwds={"groups": groups})
    found, note = student(fit.params[0] / fit.bse[0], clusters), Reason("mean_alone", mean=float(fit.params[0]))
    return SignificanceResult(name, null, *found[:3], len(values), note)
