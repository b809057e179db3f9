"""What a counterfactual model is: returns of untreated stocks go in, what a treated one had returned comes out."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eventwindow.estimation.event_time import Array

Ints = NDArray[np.int64]
NOT_A_DONOR = -1

# x (T, J) donors on the days fitted, y (T, M) targets, x_new (L, J), own (M,) each target's column among the donors
# (it is left out of its own fit; NOT_A_DONOR where it is none), penalties (A, M), days of x and x_new, one after the
# other, that are asked for → (A, those days, M)
Predict = Callable[[Array, Array, Array, Ints, Array, slice], Array]
EVERY_DAY = slice(None)
Penalties = Callable[[Array, Array, Ints], Array]  # x, y, own → (A, M), largest first


def no_penalty(x: Array, y: Array, own: Ints) -> Array:
    """One setting for every target: the model has nothing to choose."""
    return np.zeros((1, y.shape[1]))


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """A line of the registry.

    `donors_choose`: a donor treated in turn chooses its own penalty by blocks; else, as that takes long, it takes the
    treated stock's step on the scale of penalties. `one_error`: of the penalties whose error over the blocks
    lies within one standard error of the least, the largest is taken.
    """

    name: str
    predict: Predict
    penalties: Penalties = no_penalty
    donors_choose: bool = False
    one_error: bool = False
