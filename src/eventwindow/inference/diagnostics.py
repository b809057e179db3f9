"""What the estimation window's residuals say of the model: fit, serial correlation, normality, moving volatility."""

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array

LAGS = 5  # of the squared residuals
FEWEST = 30  # residuals
DIAGNOSTICS = ["r_squared", "durbin_watson", "jarque_bera", "jarque_bera_p", "skewness", "kurtosis"]
DIAGNOSTICS += ["arch_lm", "arch_lm_p"]


def diagnostics(ar: AbnormalReturns) -> pd.DataFrame:
    """A row an event: event, security, and the columns `DIAGNOSTICS`; NaN where there are too few residuals.

    R² against the mean of the estimation window, Durbin & Watson (1950), Jarque & Bera (1980) with skewness and
    kurtosis (divisor T), and Engle's (1982) test of ARCH with five lags. The tests hold them against statsmodels, whose
    import alone would cost a run more than all of them.
    """
    rows = [_row(ar, i) for i in range(len(ar))]
    return ar.labels[["event", "security"]].assign(**pd.DataFrame(rows, columns=DIAGNOSTICS, dtype=float))


def _row(ar: AbnormalReturns, i: int) -> tuple[float, ...]:
    seen = np.isfinite(ar.residuals[i])
    e = ar.residuals[i, seen]
    if len(e) < FEWEST:
        return (np.nan,) * len(DIAGNOSTICS)
    with np.errstate(divide="ignore", invalid="ignore"):  # residuals that are all zero
        watson = np.sum(np.diff(e) ** 2) / np.sum(e**2)
        return (_r_squared(ar, i, seen), watson, *_normality(e), *_arch(e))


def _normality(e: Array) -> tuple[float, ...]:
    """Jarque–Bera's statistic and its p, skewness and kurtosis."""
    second, third, fourth = (np.mean((e - e.mean()) ** k) for k in (2, 3, 4))
    skewness, kurtosis = third / second**1.5, fourth / second**2
    statistic = len(e) / 6 * (skewness**2 + (kurtosis - 3) ** 2 / 4)
    return statistic, chdtrc(2, statistic), skewness, kurtosis


def _arch(e: Array) -> tuple[float, float]:
    """T·R² of the squared residuals on their own lags, and its p."""
    squared = e**2
    y, lagged = squared[LAGS:], np.lib.stride_tricks.sliding_window_view(squared[:-1], LAGS)
    x = np.column_stack([np.ones(len(y)), lagged])
    error = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    statistic = len(y) * (1 - np.sum(error**2) / np.sum((y - y.mean()) ** 2))
    return statistic, chdtrc(LAGS, statistic)


def _r_squared(ar: AbnormalReturns, i: int, seen: Array) -> float:
    if ar.source is None:
        return float("nan")
    y, weights = ar.source.estimation_returns[i, seen], ar.source.sessions
    w = np.ones(len(y)) if weights is None else weights[i, seen]
    return float(1 - np.sum(ar.residuals[i, seen] ** 2) / np.sum(w * (y - np.average(y, weights=w)) ** 2))
