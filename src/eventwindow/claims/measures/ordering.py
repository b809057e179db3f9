"""Whether layers moved in the order of their exposure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from eventwindow.claims.evidence import EventId, Evidence, Members, Span, at, members, window
from eventwindow.claims.model import Measured, made_of
from eventwindow.claims.wording import figure, listed, named, p_text, period, quantity
from eventwindow.inference.response import Response, effect, response


@dataclass(frozen=True, slots=True)
class Ordering:
    """Slope of the layers' mean CARs on their order, most exposed first, decimal per step: above zero if the most
    exposed fell most and so on down. Ranked among the same slope on every pseudo-date.
    """

    tests: ClassVar[bool] = True

    layers: Members
    window: Span
    event: EventId

    def measure(self, evidence: Evidence) -> Measured:
        span = window(self.window)
        abnormal = at(evidence, self.event, None, (), span)
        found = [response(abnormal, members(evidence, [layer]), span) for layer in self.layers]
        days = found[0].days
        for one in found[1:]:
            days = np.intersect1d(days, one.days)
        null = slope(np.column_stack([_on(one, days) for one in found]))
        cars = [one.estimate for one in found]
        value = float(slope(np.array([cars]))[0])
        test = effect(value, float(null.std(ddof=1)), len(days) - 1, null, days, "date permutation of the slope")
        shown, shown_zh = (self._layers(evidence, cars, z) for z in (False, True))
        when, when_zh = (period(found[0], evidence, self.event, span, z) for z in (False, True))
        return Measured(
            value,
            "slope",
            f"{quantity(span)} by layer, {when}, most exposed first: {shown}. Each step towards less "
            f"exposure adds {figure(value, 'slope')} ({p_text(test.p_value)}).",
            f"各層於 {when_zh}的{quantity(span, True)}（由曝險最高者起）：{shown_zh}。"
            f"每往低曝險一層增加 {figure(value, 'slope')}（{p_text(test.p_value)}）。",
            made_of("decimal", **dict(zip(self.layers, cars, strict=True))),
            p_value=test.p_value,
            effect=test,
        )

    def _layers(self, evidence: Evidence, cars: list[float], zh: bool) -> str:
        rows = zip(self.layers, cars, strict=True)
        return listed([f"{named(evidence, [layer], zh)} {figure(car, 'decimal')}" for layer, car in rows], zh)


def slope(rows: np.ndarray) -> np.ndarray:
    """(n,) OLS slope of each row of (n, layers) on 0, 1, 2, …"""
    order = np.arange(rows.shape[1]) - (rows.shape[1] - 1) / 2
    return np.asarray(rows @ order / np.sum(order**2), dtype=float)


def _on(one: Response, days: np.ndarray) -> np.ndarray:
    _, _, place = np.intersect1d(days, one.days, return_indices=True)
    return one.null[place]
