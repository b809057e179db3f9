"""Which of two names moved first within a day, given their sector."""

from dataclasses import dataclass

import numpy as np

from eventwindow.analyses.intraday.bars import Bars, aligned, slope
from eventwindow.estimation.event_time import Array
from eventwindow.inference.results import LEVEL

MOST_LAGS = 6  # bars either way
DRAWS = 1999
FEWEST_BARS = 30


@dataclass(frozen=True)
class LeadLag:
    """Cross-correlations of one day's residuals: at lag k > 0 the leader's bar k bars earlier with the follower's."""

    lags: np.ndarray  # (2K + 1,), bars
    correlation: Array  # (2K + 1,)
    band: Array  # (2K + 1,), what 95 % of sign-flipped days stay within, lag by lag
    p_any: float  # of the largest |correlation| at a lag other than 0, over all those lags at once
    lead: float  # sum of the correlations where the leader is first, less the sum where the follower is
    p_lead: float  # its rank among sign-flipped days
    seed: int


def lead_lag(
    leader: Bars, follower: Bars, sector: Bars, day: int, days: np.ndarray, *, seed: int = 0, most: int = MOST_LAGS
) -> LeadLag | None:
    """Lead and lag on the session at position `day` of the leader's; None where it has too few common bars.

    Residuals of both on the sector, slopes from the ordinary `days`, each over its sd at that minute of ordinary days.
    The band flips the signs of the follower's bars at random, which keeps every bar's size in its place (wild
    bootstrap, Liu 1988): the null is that the follower's bars are unrelated to the leader's at any lag.
    """
    first, second = (_residuals(leader, bars, sector, days) for bars in (leader, follower))
    seen = np.isfinite(first[day]) & np.isfinite(second[day])
    if seen.sum() < FEWEST_BARS:
        return None
    a, b = (r[day][seen] - r[day][seen].mean() for r in (first, second))
    lags = np.arange(-most, most + 1)
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(DRAWS, len(b)))
    found, drawn = correlations(a, b[None], lags)[0], correlations(a, signs * b, lags)
    apart = lags != 0
    largest = np.abs(drawn[:, apart]).max(axis=1)
    weight = np.sign(lags)
    lead, flipped = float(found @ weight), drawn @ weight
    return LeadLag(
        lags,
        found,
        np.quantile(np.abs(drawn), 1 - LEVEL, axis=0),
        float((1 + np.sum(largest >= np.abs(found[apart]).max())) / (DRAWS + 1)),
        lead,
        float((1 + np.sum(np.abs(flipped) >= abs(lead))) / (DRAWS + 1)),
        seed,
    )


def correlations(a: Array, b: Array, lags: np.ndarray) -> Array:
    """Σ_t a_t b_{t+k} / √(Σa² Σb²) for each row of b (R, n) and lag k, (R, lags)."""
    n, scale = len(a), np.sqrt(np.sum(a**2) * np.sum(b**2, axis=1))
    sums = [b[:, max(k, 0) : n + min(k, 0)] @ a[max(-k, 0) : n + min(-k, 0)] for k in lags]
    return np.asarray(np.stack(sums, axis=1) / scale[:, None])


def _residuals(frame: Bars, bars: Bars, sector: Bars, days: np.ndarray) -> Array:
    """(D, B), on the sessions and minutes of `frame`: returns less slope × sector's, over their usual sd."""
    y, x = aligned(frame, bars), aligned(frame, sector)
    left = y - slope(y, x, days) * x
    sd = np.nanstd(left[days], axis=0)
    return np.asarray(left / np.where(sd > 0, sd, np.nan))
