"""What the estimation window's residuals say of the model: fit, serial correlation, normality, moving volatility."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from eventwindow.estimation.abnormal import AbnormalReturns

LAGS = 5  # of the squared residuals
FEWEST = 30  # residuals
DIAGNOSTICS = ["r_squared", "durbin_watson", "jarque_bera", "jarque_bera_p", "skewness", "kurtosis"]
DIAGNOSTICS += ["arch_lm", "arch_lm_p"]


def diagnostics(ar: AbnormalReturns) -> pd.DataFrame:
    """A row an event: event, security, and the columns `DIAGNOSTICS`; NaN where there are too few residuals.

    R² against the mean of the estimation window, Durbin & Watson (1950), Jarque & Bera (1980) with skewness and
    kurtosis (divisor T), and Engle's (1982) test of ARCH with five lags, by statsmodels.
    """
    rows = [_row(ar, i) for i in range(len(ar))]
    return ar.labels[["event", "security"]].assign(**pd.DataFrame(rows, columns=DIAGNOSTICS, dtype=float))


def _row(ar: AbnormalReturns, i: int) -> tuple[float, ...]:
    from statsmodels.stats.diagnostic import het_arch
    from statsmodels.stats.stattools import durbin_watson, jarque_bera

    seen = np.isfinite(ar.residuals[i])
    e = ar.residuals[i, seen]
    if len(e) < FEWEST:
        return (np.nan,) * len(DIAGNOSTICS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of the kind of tuple that het_arch will return
        arch = het_arch(e, nlags=LAGS)[:2]
    normality = jarque_bera(e)
    return (_r_squared(ar, i, seen), durbin_watson(e), *normality, *arch)


def _r_squared(ar: AbnormalReturns, i: int, seen: np.ndarray) -> float:
    if ar.source is None:
        return float("nan")
    y = ar.source.estimation_returns[i, seen]
    return float(1 - np.sum(ar.residuals[i, seen] ** 2) / np.sum((y - y.mean()) ** 2))
