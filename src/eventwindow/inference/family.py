"""Many claims about effects: p-values corrected for how many there are, and what could be seen after that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from eventwindow.inference.multiple import step_down
from eventwindow.inference.response import Effect
from eventwindow.inference.results import LEVEL
from eventwindow.inference.shifts import ROUNDING, largest_in_runs
from eventwindow.inference.single_firm import critical_size

SHARED = 100  # pseudo-dates that the claims of one family must have in common


@dataclass(frozen=True, slots=True)
class Corrected:
    """A p-value corrected across a family, and the smallest effect that is found with 80 % power after it."""

    p_value: float
    detectable: float


def family(effects: Mapping[str, Effect]) -> dict[str, Corrected]:
    """Romano–Wolf step-down on the joint date permutation, over all claims whose effects are given.

    A claim's p-value by rank cannot fall below 1/(T + 1), so Holm's correction of some forty of them could never
    reject; the largest statistic over all claims, date by date, keeps the same floor whatever their number.
    Romano & Wolf (2005), with the dates of the estimation window as draws. Claims without dates in common are
    corrected apart, then by the number of such groups (Bonferroni). No claim falls below its own p-value, which may
    rest on dates that the family does not share.
    """
    families = _families(effects)
    corrected: dict[str, Corrected] = {}
    for members, days in families:
        corrected |= _step_down({key: effects[key] for key in members}, days, len(families))
    return corrected


def runs(sizes: Sequence[float], null: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """p-values of several sessions of one event corrected for their number, and what each must exceed for 5 %.

    Step-down, the largest of `sizes` first: the sessions left are joined to the days before (`null`, the same statistic
    in time order), and p is the share of the cyclic shifts whose run of as many days holds a value as large.
    """
    order, size = np.argsort(-np.abs(sizes)), np.abs(np.asarray(sizes, float))
    left = [np.sort(order[k:]) for k in range(len(order))]  # sessions not yet passed, in time order
    shifts = [largest_in_runs(np.concatenate([np.abs(null), size[part]]), len(part)) for part in left]
    stepped = np.maximum.accumulate(
        [np.mean(most >= size[at] * (1 - ROUNDING)) for at, most in zip(order, shifts, strict=True)]
    )
    stays = int(np.sum(stepped <= LEVEL))
    least = [_least(np.abs(null), len(order) - min(k, stays)) for k in range(len(order))]
    p, needed = np.empty(len(order)), np.empty(len(order))
    p[order], needed[order] = stepped, least
    return p, needed


def _least(null: np.ndarray, sessions: int) -> float:
    """What the largest of some sessions must exceed: of all shifts, those that hold it count against it too."""
    allowed = int(LEVEL * (len(null) + sessions) * (1 + ROUNDING)) - sessions
    largest = np.sort(largest_in_runs(null, sessions))[::-1]
    return float(largest[allowed]) if 0 <= allowed < len(largest) else float("inf")


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


def _step_down(effects: Mapping[str, Effect], days: np.ndarray, families: int) -> dict[str, Corrected]:
    """Largest statistic first; each against the largest of those not yet removed, on every pseudo-date."""
    keys = sorted(effects, key=lambda key: -abs(effects[key].statistic))
    sizes = np.array([abs(effects[key].statistic) for key in keys])
    null = np.array([np.abs(_on(effects[key], days)) for key in keys])
    left = np.maximum.accumulate(null[::-1])[::-1]  # row k: the largest of claim k and of all after it
    p = np.minimum(1.0, step_down(sizes, null) * families)
    stays = int(np.sum(p <= LEVEL))  # the first claim that is not removed: those after it must exceed what it must
    return {
        key: Corrected(max(one.p_value, float(p[k])), _detectable(one, left[min(k, stays)], LEVEL / families))
        for k, (key, one) in enumerate((key, effects[key]) for key in keys)
    }


def _detectable(one: Effect, null: np.ndarray, level: float) -> float:
    """The critical value of the corrected test and, beyond it, what 80 % power asks for; in the measured unit."""
    least = max(critical_size(null, level), critical_size(np.abs(one.null), LEVEL))
    return max(one.detectable, least * one.spread + one.reach)


def _on(one: Effect, days: np.ndarray) -> np.ndarray:
    _, _, place = np.intersect1d(days, one.days, return_indices=True)
    return one.null[place]
