"""Many hypotheses at once: p-values adjusted across firms, windows and models."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from eventwindow.event_returns import Array


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
