"""The small picture behind a verdict: what would confirm it, what was stated, what was measured."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from eventwindow.claims.model import Claim, Verdict
from eventwindow.claims.rounding import HEDGES
from eventwindow.claims.rules import sizes
from eventwindow.inference.results import LEVEL
from eventwindow.report.blocks import Interval

ROOM = 0.08  # beside the outermost figures, of what lies between them
LEAST = 0.005  # a bar that can be seen, of the width
UNITS = {"decimal", "USD", "share", "price", "ratio", "days", "log"}


@dataclass(frozen=True, slots=True)
class Span:
    """Figures of one axis: a bar from `low` to `high` (either may be endless), ticks where stated, a dot measured.

    The bar is what would confirm an amount; for an effect it is where 95 of 100 ordinary days lie.
    """

    low: float
    high: float
    stated: tuple[float, ...]
    measured: tuple[float, ...]
    effect: bool = False


def span_of(verdict: Verdict) -> Span | None:
    """The picture of a verdict that rests on one figure; None for ranks, compound statements and words."""
    claim, found = verdict.claim, verdict.measured
    if found is None or found.value is None or verdict.parts:
        return None
    if found.effect is not None and claim.hedge in {"effect", "no_effect"} and found.effect.null.size:
        low, high = np.nanquantile(found.effect.null, [LEVEL / 2, 1 - LEVEL / 2])
        return Span(float(low), float(high), (), (found.effect.statistic,), effect=True)
    if claim.stated is None or found.unit not in UNITS:
        return None
    seen = found.interval or (found.value,)
    if claim.hedge == "direction":
        up = _first(claim) > 0
        return Span(0.0 if up else -math.inf, math.inf if up else 0.0, (), seen)
    if claim.hedge not in HEDGES:
        return None
    sign = -1.0 if _first(claim) < 0 else 1.0
    low, high = sorted(sign * edge for edge in sizes(claim, found.unit).drawn)
    stated = claim.stated if isinstance(claim.stated, tuple) else (claim.stated,)
    return Span(low, high, stated, seen)


def _first(claim: Claim) -> float:
    stated = claim.stated[0] if isinstance(claim.stated, tuple) else claim.stated
    return 0.0 if stated is None else stated


def interval_of(verdict: Verdict) -> Interval | None:
    """The picture of a verdict as places along its width; its figures stand in words beside it."""
    span = span_of(verdict)
    if span is None:
        return None
    anchored = span.effect or not span.stated
    figures = (span.low, span.high, *span.stated, *span.measured, *((0.0,) if anchored else ()))
    points = [v for v in figures if math.isfinite(v)]
    room = ROOM * ((max(points) - min(points)) or 1.0)
    left, right = min(points) - room, max(points) + room

    def place(value: float) -> float:
        return float((min(max(value, left), right) - left) / (right - left))

    low, high = place(span.low), place(span.high)
    return Interval(
        bar=(low, max(high - low, LEAST)),
        zero=place(0.0) if anchored else None,
        ticks=tuple(map(place, span.stated)),
        dots=tuple(map(place, span.measured)),
        effect=span.effect,
    )
