"""Many hypotheses at once: p-values adjusted across firms, windows and models."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from eventwindow.calendars.window import Span, as_window
from eventwindow.errors import Reason, StudyError
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.inference.permutation import draws
from eventwindow.inference.sample import sample
from eventwindow.inference.shifts import ROUNDING


def holm(p: ArrayLike) -> Array:
    """Holm's step-down p-values: the error rate of the family, under any dependence.

    Parameters
    ----------
    p : array of any shape
        p-values between 0 and 1; NaN where there is none.

    Returns
    -------
    array of the same shape
        Adjusted p-values; NaN stays and is not counted.

    Raises
    ------
    StudyError
        Where a value does not lie between 0 and 1.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6,
    65-70.

    Examples
    --------
    >>> ew.holm([0.01, 0.04, np.nan, 0.03])
    array([0.03, 0.06,  nan, 0.06])
    """
    return _adjusted(p, _holm_sorted)


def benjamini_hochberg(p: ArrayLike) -> Array:
    """Benjamini and Hochberg's step-up p-values: the false discovery rate.

    Parameters
    ----------
    p : array of any shape
        p-values between 0 and 1; NaN where there is none.

    Returns
    -------
    array of the same shape
        Adjusted p-values; NaN stays and is not counted.

    Raises
    ------
    StudyError
        Where a value does not lie between 0 and 1.

    References
    ----------
    Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal Statistical
    Society B 57, 289-300.

    Examples
    --------
    >>> ew.benjamini_hochberg([0.01, 0.04, np.nan, 0.03])
    array([0.03, 0.04,  nan, 0.04])
    """
    return _adjusted(p, _hochberg_sorted)


def _adjusted(p: ArrayLike, step: Callable[[Array], Array]) -> Array:
    flat = np.asarray(p, float).ravel()
    if ((flat < 0) | (flat > 1)).any():
        wrong = flat[(flat < 0) | (flat > 1)][0]
        raise StudyError(f"{wrong:g} is no p-value", remedy="p-values lie between 0 and 1.")
    out = flat.copy()
    seen = np.flatnonzero(np.isfinite(flat))
    order = seen[np.argsort(flat[seen], kind="stable")]
    out[order] = step(flat[order])
    return out.reshape(np.shape(p))


def _holm_sorted(p: Array) -> Array:
    return np.minimum(np.maximum.accumulate(p * np.arange(len(p), 0, -1)), 1.0)


def _hochberg_sorted(p: Array) -> Array:
    scaled = p * len(p) / np.arange(1, len(p) + 1)
    return np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)


def romano_wolf(ar: AbnormalReturns, window: Span) -> Array | Reason:
    """Step-down p-values of the single firms on the date permutation.

    The largest |SCAR| of the firms not yet rejected is ranked among the same on every estimation day, or on every
    cyclic shift of a longer window; p-values never fall along the steps.

    Parameters
    ----------
    ar : AbnormalReturns (N events)
        Of `abnormal_returns`.
    window : Window, int or pair of int
        Trading days from day 0, inside the event window.

    Returns
    -------
    array (N,) or Reason
        Adjusted p-values, NaN for a firm that does not hold the window; or why there are none.

    Raises
    ------
    WindowError
        Where the window is none or reaches beyond the event window.

    References
    ----------
    Romano, J. P. and Wolf, M. (2005). Stepwise multiple testing as formalized data snooping. Econometrica 73,
    1237-1282.
    Romano, J. P. and Wolf, M. (2016). Efficient computation of adjusted p-values for resampling-based stepdown multiple
    testing. Statistics and Probability Letters 113, 38-40.

    Examples
    --------
    >>> ew.romano_wolf(study, 0).round(4)
    array([0.0099, 0.0099, 0.0099])
    """
    window = as_window(window)
    drawn = draws(sample(ar, window), standardised=True)
    if isinstance(drawn, Reason):
        return drawn
    adjusted = np.full(len(ar), np.nan)
    adjusted[ar.car(window).complete] = step_down(np.abs(drawn.event), np.abs(drawn.runs))
    return adjusted


def step_down(event: Array, reference: Array) -> Array:
    """Adjusted p-values of |statistics| (N,) from their joint null draws (N, D)."""
    order = np.argsort(-event, kind="stable")
    # the largest of the firms from each step on, (N, D)
    largest = np.maximum.accumulate(reference[order][::-1], axis=0)[::-1]
    p = (1 + (largest >= event[order, None] * (1 - ROUNDING)).sum(axis=1)) / (reference.shape[1] + 1)
    out = np.empty(len(event))
    out[order] = np.maximum.accumulate(p)
    return out
