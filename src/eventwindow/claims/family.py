"""Many claims about effects: p-values corrected for how many there are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from eventwindow.claims.claim import Effect

SHARED = 100  # pseudo-dates that the claims of one family must have in common


def family_p_values(effects: Mapping[str, Effect]) -> dict[str, float]:
    """Romano–Wolf step-down p-values on the joint date permutation, over all claims whose effects are given.

    A claim's p-value by rank cannot fall below 1/(T + 1), so Holm's correction of some forty of them could never
    reject; the largest statistic over all claims, date by date, keeps the same floor whatever their number.
    Romano & Wolf (2005), with the dates of the estimation window as draws. Claims without dates in common are
    corrected apart, then by the number of such groups (Bonferroni).
    """
    families = _families(effects)
    corrected: dict[str, float] = {}
    for members, days in families:
        p = _step_down({key: effects[key] for key in members}, days)
        corrected |= {key: min(1.0, value * len(families)) for key, value in p.items()}
    return corrected


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Holm (1979): the k-th smallest of m times m - k + 1, made monotone."""
    ordered = sorted(p_values, key=lambda key: p_values[key])
    steps = [(len(ordered) - k) * p_values[key] for k, key in enumerate(ordered)]
    return dict(zip(ordered, np.minimum(1.0, np.maximum.accumulate(steps)).tolist(), strict=True)) if ordered else {}


def _families(effects: Mapping[str, Effect]) -> list[tuple[list[str], np.ndarray]]:
    """Effects joined while they have enough pseudo-dates in common, with those dates."""
    families: list[tuple[list[str], np.ndarray]] = []
    for key, one in effects.items():
        for k, (members, days) in enumerate(families):
            common = np.intersect1d(days, one.days)
            if len(common) >= SHARED:
                families[k] = ([*members, key], common)
                break
        else:
            families.append(([key], np.unique(one.days)))
    return families


def _step_down(effects: Mapping[str, Effect], days: np.ndarray) -> dict[str, float]:
    """Largest statistic first; each against the largest of those not yet removed, on every pseudo-date."""
    keys = sorted(effects, key=lambda key: -abs(effects[key].statistic))
    null = np.array([np.abs(_on(effects[key], days)) for key in keys])
    p, highest = {}, 0.0
    for k, key in enumerate(keys):
        exceed = np.sum(null[k:].max(axis=0) >= abs(effects[key].statistic))
        highest = max(highest, float((1 + exceed) / (len(days) + 1)))
        p[key] = highest
    return p


def _on(one: Effect, days: np.ndarray) -> np.ndarray:
    _, _, place = np.intersect1d(days, one.days, return_indices=True)
    return one.null[place]
