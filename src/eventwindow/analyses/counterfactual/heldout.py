"""Days held out in blocks: the penalty they choose, and the errors of days that the fit has not seen."""

from dataclasses import dataclass

import numpy as np

from eventwindow.analyses.counterfactual.predictor import EVERY_DAY, Counterfactual, Ints
from eventwindow.errors import StudyError
from eventwindow.estimation.event_time import Array

FEWEST_DAYS = 5  # in a block


@dataclass(frozen=True)
class Predicted:
    """Returns that a model expects of M targets over T estimation and L event days."""

    held_out: Array  # (T, M), each day from a fit without its block
    fitted: Array  # (T, M), from all estimation days
    event: Array  # (L, M)
    penalty: Array  # (M,)
    step: Ints  # (M,), where that stands on the scale of penalties, 0 the largest

    def of(self, targets: slice) -> "Predicted":
        return Predicted(*(part[..., targets] for part in vars(self).values()))


def block_of_day(days: int, blocks: int) -> Ints:
    """(days,), the block of each day: consecutive days, sizes that differ by one at most."""
    if blocks < 2 or days < blocks * FEWEST_DAYS:
        what = f"{days} estimation days do not make {blocks} blocks of {FEWEST_DAYS} days and more."
        raise StudyError(what, remedy="Ask for fewer blocks (two at least) or a longer estimation window.")
    return np.arange(days, dtype=np.int64) * blocks // days


def predicted(model: Counterfactual, x: Array, y: Array, x_event: Array, own: Ints, block: Ints) -> Predicted:
    """Expected returns of the event days, and of each estimation day from the days outside its block.

    The penalty of the event days is the one with the smallest squared error over all blocks; that of a block, the one
    that served best on the other blocks: no day's own error counts for the penalty under which it is predicted.
    """
    penalties = model.penalties(x, y, own)
    held, error = _by_penalty(model, x, y, own, block, penalties)
    chosen = _choice(model, error)
    best = np.array([_choice(model, np.delete(error, k, axis=0)) for k in range(len(error))])
    penalty = penalties[chosen, np.arange(y.shape[1])]
    final = model.predict(x, y, x_event, own, penalty[None], EVERY_DAY)[0]
    found = np.take_along_axis(held, best[block][None], axis=0)[0]
    return Predicted(found, final[: len(x)], final[len(x) :], penalty, chosen)


def expected_at_steps(
    model: Counterfactual, x: Array, y: Array, x_event: Array, own: Ints, steps: Ints
) -> tuple[Array, Array]:
    """(S, T, M) fitted and (S, L, M) expected at the given steps of each target's own scale of penalties."""
    final = model.predict(x, y, x_event, own, model.penalties(x, y, own)[steps], EVERY_DAY)
    return final[:, : len(x)], final[:, len(x) :]


def _choice(model: Counterfactual, error: Array) -> Ints:
    """(M,) the step on the scale of penalties that the squared errors of the blocks (K, A, M) choose."""
    mean = error.mean(axis=0)
    least = mean.argmin(axis=0)
    if not model.one_error:
        return np.asarray(least, np.int64)
    target = np.arange(mean.shape[1])
    spread = error.std(axis=0, ddof=1)[least, target] / np.sqrt(len(error))
    return np.asarray((mean <= mean[least, target] + spread).argmax(axis=0), np.int64)


def _by_penalty(
    model: Counterfactual, x: Array, y: Array, own: Ints, block: Ints, penalties: Array
) -> tuple[Array, Array]:
    """Held-out predictions (A, T, M) and the squared error of each block (K, A, M)."""
    held = np.empty((len(penalties), *y.shape))
    error = np.empty((int(block.max()) + 1, len(penalties), y.shape[1]))
    for k in range(len(error)):
        out = block == k
        seen = ~out
        held[:, out] = model.predict(x[seen], y[seen], x[out], own, penalties, slice(int(seen.sum()), None))
        error[k] = np.sum((y[out] - held[:, out]) ** 2, axis=1)
    return held, error


def ols_held_out(y: Array, market: Array, block: Ints) -> Array:
    """(T, M), the market model's expected return of each day from the days outside its block; market (T, M, k)."""
    held = np.empty_like(y)
    for k in range(int(block.max()) + 1):
        out = block == k
        held[out] = ols_expected(y[~out], market[~out], market[out])
    return held


def ols_expected(y: Array, market: Array, market_new: Array) -> Array:
    """(L, M), the market model fitted on `y` (T, M) and `market` (T, M, k), at `market_new` (L, M, k)."""
    seen, new = (np.concatenate([np.ones((*m.shape[:2], 1)), m], axis=2).swapaxes(0, 1) for m in (market, market_new))
    right = seen.swapaxes(1, 2) @ y.T[:, :, None]
    return np.asarray((new @ np.linalg.solve(seen.swapaxes(1, 2) @ seen, right))[:, :, 0].T)
