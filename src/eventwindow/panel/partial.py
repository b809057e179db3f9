"""What a chunk hands back: figures of its events, and sums that add up over chunks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from eventwindow.estimation.event_time import Array

Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Part:
    """Arrays only, so that a part is a file and crosses between machines.

    events: one row an event with a fit; `row` is its position in the chunk, halo left out. excluded: `row`, `reason`.
    sums: by key (K, …) or by group (G + 1, …). words: the reasons that codes stand for, packed.
    """

    events: Arrays
    excluded: Arrays
    sums: Arrays
    words: tuple[str, ...] = ("",)


def add_up(parts: Iterable[Arrays]) -> dict[str, np.ndarray]:
    """Sums by name, in the order of the parts; flags are joined by or."""
    total: dict[str, np.ndarray] = {}
    for part in parts:
        for name, value in part.items():
            if name not in total:
                total[name] = value.copy()
            elif value.dtype == bool:
                total[name] |= value
            else:
                total[name] += value
    return total


def stacked(parts: Iterable[Arrays], name: str) -> Array:
    """One array of every part, one after the other."""
    return np.concatenate([part[name] for part in parts])


class Words:
    """Reasons as small numbers."""

    def __init__(self) -> None:
        self.code: dict[str, int] = {"": 0}

    def codes(self, reason: np.ndarray) -> np.ndarray:
        """(N,) codes of texts, uint8."""
        out = np.zeros(len(reason), np.uint8)
        for at in np.flatnonzero(reason != ""):
            out[at] = self.code.setdefault(reason[at].packed(), len(self.code))
        return out
