"""Counterfactuals of treated stocks with their placebos in time and in space."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eventwindow.analyses.counterfactual.heldout import (
    Predicted,
    block_of_day,
    expected_at_steps,
    ols_expected,
    ols_held_out,
    predicted,
)
from eventwindow.analyses.counterfactual.predictor import NOT_A_DONOR, Counterfactual, Ints
from eventwindow.analyses.counterfactual.sample import Sample
from eventwindow.estimation.event_time import Array


@dataclass(frozen=True)
class Placebos:
    """Every donor treated in turn with the others as its donors, under each of S settings."""

    gap: Array  # (S, L, J), return less expected return
    rms: Array  # (S, J), of the fit's errors over the estimation window
    setting: Ints  # (M,), the one that a treated stock is held against


@dataclass(frozen=True)
class Estimated:
    """One model's counterfactuals of M treated stocks."""

    model: str
    predicted: Predicted
    gap: Array  # (L, M), the effect if there was one: return less expected return
    error: Array  # (T, M), of each estimation day held out
    rms: Array  # (M,), of the fit's errors over the estimation window
    placebos: Placebos

    @property
    def rmse(self) -> Array:
        """(M,), of the days held out."""
        return np.asarray(np.sqrt(np.mean(self.error**2, axis=0)))

    def p_time(self, day: int) -> Array:
        """(M,), (1 + #{|e_t| ≥ |gap|})/(T + 1) over the days held out; `day` counts along the event window."""
        beyond = np.abs(self.error) >= np.abs(self.gap[day])
        return np.asarray((1 + beyond.sum(axis=0)) / (len(beyond) + 1))

    def p_space(self, day: int) -> Array:
        """(M,), (1 + #{donors whose |gap|/rms is at least the treated stock's})/(J + 1) (Abadie et al. 2010)."""
        ratio = (np.abs(self.placebos.gap[:, day]) / self.placebos.rms)[self.placebos.setting]  # (M, J)
        beyond = ratio >= (np.abs(self.gap[day]) / self.rms)[:, None]
        return np.asarray((1 + beyond.sum(axis=1)) / (beyond.shape[1] + 1))


def estimated(model: Counterfactual, sample: Sample, blocks: int) -> Estimated:
    x, y, block = sample.x, sample.y, block_of_day(len(sample.x), blocks)
    none, own = np.full(y.shape[1], NOT_A_DONOR), np.arange(x.shape[1])
    if model.donors_choose:
        every = predicted(model, x, np.hstack([y, x]), sample.x_event, np.append(none, own), block)
        found, donors = every.of(slice(len(none))), every.of(slice(len(none), None))
        fitted, expected, setting = donors.fitted[None], donors.event[None], np.zeros_like(none)
    else:
        found = predicted(model, x, y, sample.x_event, none, block)
        steps, setting = np.unique(found.step, return_inverse=True)
        fitted, expected = expected_at_steps(model, x, x, sample.x_event, own, steps)
    gap, placebos = sample.y_event - found.event, Placebos(sample.x_event - expected, _rms(x - fitted), setting)
    return Estimated(model.name, found, gap, y - found.held_out, _rms(y - found.fitted), placebos)


def market_estimated(sample: Sample, blocks: int) -> Estimated:
    """What the study's benchmark alone expects, in the same terms; without a benchmark, the mean."""
    y, x, market, event = sample.y, sample.x, sample.market, sample.market_event
    found = Predicted(
        ols_held_out(y, market, block_of_day(len(y), blocks)),
        ols_expected(y, market, market),
        ols_expected(y, market, event),
        np.zeros(y.shape[1]),
        np.zeros(y.shape[1], np.int64),
    )
    _, first, setting = np.unique(market.swapaxes(0, 1), axis=0, return_index=True, return_inverse=True)
    spread = [
        np.broadcast_to(part[:, first, None], (len(part), len(first), x.shape[1], part.shape[2]))
        for part in (market, event)
    ]
    fitted, expected = (
        np.array([ols_expected(x, spread[0][:, s], new[:, s]) for s in range(len(first))]) for new in spread
    )
    name = "market_model" if market.shape[2] else "mean_adjusted"
    placebos = Placebos(sample.x_event - expected, _rms(x - fitted), setting.ravel())
    return Estimated(name, found, sample.y_event - found.event, y - found.held_out, _rms(y - found.fitted), placebos)


def blocks_won(error: Array, market: Array, blocks: int) -> Array:
    """(M,), in how many blocks the model's squared error is below the market model's."""
    block = block_of_day(len(error), blocks)
    gain = market**2 - error**2
    return np.asarray(sum((gain[block == k].sum(axis=0) > 0).astype(int) for k in range(blocks)))


def leading(models: Sequence[Estimated]) -> np.ndarray:
    """(M,), the position of the model that predicts days held out best; the first of equals."""
    return np.asarray(np.argmin([m.rmse for m in models], axis=0))


def _rms(error: Array) -> Array:
    """Over days, the last axis but one."""
    return np.asarray(np.sqrt(np.mean(error**2, axis=-2)))
