"""The stationary bootstrap of the residual cross-section, and step-down p-values for its single firms."""

from __future__ import annotations

import numpy as np

from eventwindow.abnormal import AbnormalReturns
from eventwindow.event_returns import Array
from eventwindow.inference.permutation import Statistic, event_and_null, mean_of
from eventwindow.inference.result import NotComputed, Result, SignificanceResult
from eventwindow.inference.sample import complete, design
from eventwindow.timeline import Window

NULL = "the mean CAR is a draw like any other"


def block_bootstrap(
    ar: AbnormalReturns,
    window: Window,
    *,
    draws: int = 2000,
    seed: int = 0,
    block: float | None = None,
    statistic: Statistic = mean_of,
) -> Result:
    """p = (1 + #{|S_b| ≥ |S_0|}) / (B + 1), S_b on runs of days drawn with the whole cross-section.

    Stationary bootstrap (Politis & Romano 1994): residuals are centred firm by firm, blocks have a geometric length of
    mean T^(1/3) unless `block` is given.
    """
    name = "block_bootstrap"
    held, car = complete(ar, window)
    if not len(held) or design(held, window) not in ("single", "one_day"):
        reason = "the events do not share their days" if len(held) else "no event holds the window"
        return NotComputed(name, reason, NULL, len(held))
    e = held.residuals[:, np.isfinite(held.residuals).all(axis=0)]
    if e.shape[1] < 30:
        return NotComputed(name, f"{e.shape[1]} days on which all members have residuals, 30 needed", NULL, len(held))
    e = e - e.mean(axis=1, keepdims=True)
    mean = block or e.shape[1] ** (1 / 3)
    at = stationary_indices(np.random.default_rng(seed), e.shape[1], len(window), draws, mean)
    null = statistic(e[:, at].sum(axis=2))
    observed = float(statistic(car.car[:, None])[0])
    p = (1 + int((np.abs(null) >= abs(observed)).sum())) / (draws + 1)
    note = f"mean block {mean:.1f} days, seed {seed}"
    return SignificanceResult(name, NULL, observed, p, f"{draws} bootstrap draws", len(held), note)


def stationary_indices(rng: np.random.Generator, days: int, length: int, draws: int, block: float) -> np.ndarray:
    """(draws, length) positions: each goes on to the next day, or with probability 1/block to any."""
    at = np.empty((draws, length), np.int64)
    at[:, 0] = rng.integers(0, days, draws)
    for t in range(1, length):
        jump = rng.random(draws) < 1 / block
        at[:, t] = np.where(jump, rng.integers(0, days, draws), (at[:, t - 1] + 1) % days)
    return at


def romano_wolf(ar: AbnormalReturns, window: Window) -> Array | str:
    """(N,) step-down p-values of the single firms on the date permutation, or why there are none.

    The largest |SCAR| of the firms not yet rejected is ranked among the same largest on every run of estimation days;
    p-values never fall along the steps (Romano & Wolf 2005, 2016). NaN for a firm that does not hold the window.
    """
    drawn = event_and_null(ar, window, standardised=True)
    if isinstance(drawn, str):
        return drawn
    event, runs = drawn
    adjusted = np.full(len(ar), np.nan)
    adjusted[ar.car(window).complete] = step_down(np.abs(event), np.abs(runs))
    return adjusted


def step_down(event: Array, reference: Array) -> Array:
    """Adjusted p-values of |statistics| (N,) from their joint null draws (N, D)."""
    order = np.argsort(-event, kind="stable")
    # the largest of the firms from each step on, (N, D)
    largest = np.maximum.accumulate(reference[order][::-1], axis=0)[::-1]
    p = (1 + (largest >= event[order, None]).sum(axis=1)) / (reference.shape[1] + 1)
    out = np.empty(len(event))
    out[order] = np.maximum.accumulate(p)
    return out
