"""Whether layers moved in the order of their exposure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from eventwindow.claims.claim import Evidence, Measured
from eventwindow.claims.effects import Response, effect, response
from eventwindow.claims.lookup import EventId, NoFigure, Span, members, window
from eventwindow.claims.wording import figure, listed, p_text


@dataclass(frozen=True, slots=True)
class Ordering:
    """Spearman correlation of the layers' mean CARs with the order named, most exposed first: 1 if the most exposed
    fell most and so on down. Ranked among the same correlation on every pseudo-date.
    """

    tests: ClassVar[bool] = True

    layers: tuple[str, ...]
    window: Span
    event: EventId

    def measure(self, evidence: Evidence) -> Measured:
        span = window(self.window)
        if self.event not in evidence.abnormal:
            raise NoFigure(f"The study has no event {self.event!r}.", f"本研究沒有事件「{self.event}」。")
        found = [response(evidence.abnormal[self.event], members(evidence, [g]), span) for g in self.layers]
        days = found[0].days
        for one in found[1:]:
            days = np.intersect1d(days, one.days)
        null = rank_correlation(np.column_stack([_on(one, days) for one in found]))
        value = float(rank_correlation(np.array([[one.estimate for one in found]]))[0])
        spread = float(null.std(ddof=1))
        test = effect(value, spread, len(days) - 1, null, days, "date permutation of the correlation")
        shown = listed([f"{g} {figure(r.estimate, 'decimal')}" for g, r in zip(self.layers, found, strict=True)])
        return Measured(
            value,
            "correlation",
            f"CAR {span} by layer, most exposed first: {shown}. Rank correlation with that order {value:.2f} "
            f"({p_text(test.p_value)}).",
            f"各層累積異常報酬 {span}（由最受影響者起）：{shown}。與此順序的等級相關 {value:.2f}"
            f"（{p_text(test.p_value)}）。",
            {g: r.estimate for g, r in zip(self.layers, found, strict=True)},
            p_value=test.p_value,
            effect=test,
        )


def rank_correlation(rows: np.ndarray) -> np.ndarray:
    """(n,) Spearman correlation of each row of (n, layers) with 0, 1, 2, …"""
    ranks = rows.argsort(axis=1).argsort(axis=1).astype(float)
    order = np.arange(rows.shape[1], dtype=float)
    return np.asarray(
        ((ranks - order.mean()) @ (order - order.mean())) / np.sum((order - order.mean()) ** 2), dtype=float
    )


def _on(one: Response, days: np.ndarray) -> np.ndarray:
    _, _, place = np.intersect1d(days, one.days, return_indices=True)
    return one.null[place]
