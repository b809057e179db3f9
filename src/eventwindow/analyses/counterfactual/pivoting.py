"""Quadratic problems with a penalty on absolute values, or with no value below 0, by block principal pivoting."""

import numpy as np

from eventwindow.analyses.counterfactual.predictor import NOT_A_DONOR
from eventwindow.estimation.event_time import Array

HARDEST = 0.6  # of the largest pull: those beyond it enter first
ROUNDS = 5  # that may pass without fewer donors on the wrong side


def quadratic_minimum(
    gram: Array,
    covariance: Array,
    sign: Array,
    *,
    l1: float = 0.0,
    l2: float = 0.0,
    signed: bool = True,
    barred: int | np.int64 = NOT_A_DONOR,
    slack: float = 0.0,
) -> Array:
    """b (J,) that minimises b'Gb/2 - c'b + l1 |b|₁ + l2 |b|²/2; where it is not `signed`, none is below 0.

    With the signs held the problem is linear: wrong signs leave, donors that pull harder than the penalty enter. All
    that are wrong change at once, of those that enter the hardest, while fewer and fewer are; else the last alone,
    which always ends: block principal pivoting (Portugal, Júdice & Vicente 1994).

    `sign` (J,) is where it begins, and is worked on in place; the donor at `barred`, if that is a place, never enters.
    A pull beyond the penalty by less than `slack` counts as none.
    """
    from scipy.linalg.lapack import dposv  # half the work of a general solver, and no waiting for threads

    fewest, left = len(gram) + 1, ROUNDS
    while True:
        active = sign.nonzero()[0]
        held, signs = gram[active], sign[active]
        square, goal = held[:, active], covariance[active] - l1 * signs
        square.flat[:: len(active) + 1] += l2
        if len(active):
            goal = dposv(square.T, goal, overwrite_a=True, overwrite_b=True)[1]
        pull = covariance - goal @ held
        pull[active] = 0.0
        if barred >= 0:
            pull[barred] = 0.0
        size = np.abs(pull) if signed else pull
        wrong = size > l1 + slack
        wrong[active] = goal * signs <= 0
        count = int(np.count_nonzero(wrong))
        if not count:
            b = np.zeros(len(gram))
            b[active] = goal
            return b
        fewest, left = (count, ROUNDS) if count < fewest else (fewest, left - 1)
        first = (size > HARDEST * size.max()) | (sign != 0)
        changed = np.flatnonzero(wrong & first) if left >= 0 else np.flatnonzero(wrong)[-1:]
        sign[changed] = np.where(sign[changed] == 0, np.sign(pull[changed]), 0.0)
