"""Many hypotheses at once: p-values adjusted across firms, windows and models."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from eventwindow.calendars.window import Window
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import Array
from eventwindow.inference.permutation import draws


def holm(p: Array) -> Array:
    """Holm's step-down p-values, any dependence; NaN stays and is not counted."""
    return _adjusted(p, _holm_sorted)


def benjamini_hochberg(p: Array) -> Array:
    """Benjamini & Hochberg's step-up p-values (false discovery rate); NaN stays and is not counted."""
    return _adjusted(p, _hochberg_sorted)


def _adjusted(p: Array, step: Callable[[Array], Array]) -> Array:
    flat = np.asarray(p, float).ravel()
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


def romano_wolf(ar: AbnormalReturns, window: Window) -> Array | str:
    """(N,) step-down p-values of the single firms on the date permutation, or why there are none.

    The largest |SCAR| of the firms not yet rejected is ranked among the same on every estimation day, or on every
    cyclic shift of a longer window; p-values never fall along the steps (Romano & Wolf 2005, 2016). NaN for a firm that
    does not hold the window.
    """
    drawn = draws(ar, window, standardised=True)
    if isinstance(drawn, str):
        return drawn
    adjusted = np.full(len(ar), np.nan)
    adjusted[ar.car(window).complete] = step_down(np.abs(drawn.event), np.abs(drawn.runs))
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
