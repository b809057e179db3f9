"""The stationary bootstrap of the residual cross-section."""

from functools import lru_cache

import numpy as np

from eventwindow.errors import Reason
from eventwindow.inference.conformal import APART
from eventwindow.inference.design import TOGETHER
from eventwindow.inference.results import Answer, Outcome
from eventwindow.inference.sample import Sample
from eventwindow.inference.significance import significance_test


@significance_test("Block bootstrap, mean AR", "the mean CAR is a draw like any other", apart=APART)
def block_bootstrap(events: Sample, *, draws: int = 2000, seed: int = 0, block: float | None = None) -> Answer:
    """p = (1 + #{|S_b| ≥ |S_0|}) / (B + 1), S_b on runs of days drawn with the whole cross-section.

    Stationary bootstrap (Politis & Romano 1994): residuals are centred firm by firm, blocks have a geometric length of
    mean T^(1/3) unless `block` is given. However many draws: T days carry no p below 1 / (T + 1).
    """
    held, window = events.ar, events.window
    if events.design not in TOGETHER:
        return APART
    e = held.residuals[:, np.isfinite(held.residuals).all(axis=0)]
    if e.shape[1] < 30:
        return Reason("few_whole_days", n=e.shape[1], needed=30)
    basket = (e - e.mean(axis=1, keepdims=True)).mean(axis=0)  # the mean of sums is the sum of means
    mean = block or e.shape[1] ** (1 / 3)
    at = stationary_indices(seed, e.shape[1], len(window), draws, mean)
    null, observed = basket[at].sum(axis=1), float(events.car.car.mean())
    p = max((1 + int((np.abs(null) >= abs(observed)).sum())) / (draws + 1), 1 / (e.shape[1] + 1))
    note = Reason("mean_block", block=mean, seed=seed)
    return Outcome(observed, p, Reason("bootstrap_draws", n=draws), note)


@lru_cache(maxsize=16)
def stationary_indices(seed: int, days: int, length: int, draws: int, block: float) -> np.ndarray:
    """(draws, length) positions: each goes on to the next day, or with probability 1/block to any."""
    rng = np.random.default_rng(seed)
    at = np.empty((draws, length), np.int64)
    at[:, 0] = rng.integers(0, days, draws)
    for t in range(1, length):
        jump = rng.random(draws) < 1 / block
        at[:, t] = np.where(jump, rng.integers(0, days, draws), (at[:, t - 1] + 1) % days)
    return at
