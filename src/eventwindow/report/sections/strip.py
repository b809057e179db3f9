"""The small picture behind a verdict: what would confirm it, what was stated, what was measured."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from eventwindow.claims.claim import Claim, Verdict
from eventwindow.claims.tolerance import bounds

WIDTH, HEIGHT, ROOM = 320.0, 22.0, 0.08
AMOUNTS = {"exact", "about", "close_to", "reached", "more_than", "less_than", "range"}
UNITS = {"decimal", "USD", "share", "price", "ratio", "days", "log"}


@dataclass(frozen=True, slots=True)
class Strip:
    """Figures of one axis: a bar from `low` to `high` (either may be endless), ticks where stated, a dot measured.

    The bar is what would confirm an amount; for an effect it is where 95 of 100 ordinary days lie.
    """

    low: float
    high: float
    stated: tuple[float, ...]
    measured: tuple[float, ...]
    effect: bool = False


def strip_of(verdict: Verdict) -> Strip | None:
    """The picture of a verdict that rests on one figure; None for ranks, compound statements and words."""
    claim, found = verdict.claim, verdict.measured
    if found is None or found.value is None or verdict.parts or verdict.word == "not_testable":
        return None
    if found.effect is not None and claim.hedge in {"effect", "no_effect"} and found.effect.null.size:
        low, high = np.nanquantile(found.effect.null, [0.025, 0.975])
        return Strip(float(low), float(high), (), (found.effect.statistic,), effect=True)
    if claim.stated is None or found.unit not in UNITS:
        return None
    seen = found.interval or (found.value,)
    if claim.hedge == "direction":
        up = _first(claim) > 0
        return Strip(0.0 if up else -math.inf, math.inf if up else 0.0, (), seen)
    if claim.hedge not in AMOUNTS:
        return None
    sign = -1.0 if _first(claim) < 0 else 1.0
    low, high = sorted(sign * edge for edge in bounds(claim))
    stated = claim.stated if isinstance(claim.stated, tuple) else (claim.stated,)
    return Strip(low, high, stated, seen)


def _first(claim: Claim) -> float:
    stated = claim.stated[0] if isinstance(claim.stated, tuple) else claim.stated
    return 0.0 if stated is None else stated


def strip_svg(verdict: Verdict) -> Markup:
    """The picture as inline SVG in the page's colours; its figures stand in words beside it."""
    strip = strip_of(verdict)
    if strip is None:
        return Markup("")
    anchored = strip.effect or not strip.stated
    figures = (strip.low, strip.high, *strip.stated, *strip.measured, *((0.0,) if anchored else ()))
    points = [v for v in figures if math.isfinite(v)]
    left, right = min(points), max(points)
    room = ROOM * ((right - left) or 1.0)
    parts = [_bar(strip, left - room, right + room)]
    place = [_place(v, left - room, right + room) for v in (0.0, *strip.stated, *strip.measured)]
    zero, stated, measured = place[0], place[1 : 1 + len(strip.stated)], place[1 + len(strip.stated) :]
    if anchored:
        parts.append(Markup('<path d="M{0:.1f} 3V19" class="zero"/>').format(zero))
    parts += [Markup('<path d="M{0:.1f} 4V18" class="tick"/>').format(x) for x in stated]
    parts += [Markup('<circle cx="{0:.1f}" cy="11" r="4.5" class="{1}"/>').format(x, verdict.word) for x in measured]
    opening = Markup('<svg class="strip" viewBox="0 0 {0:g} {1:g}" aria-hidden="true">').format(WIDTH, HEIGHT)
    return opening + Markup("").join(parts) + Markup("</svg>")


def _bar(strip: Strip, left: float, right: float) -> Markup:
    low, high = (_place(min(max(v, left), right), left, right) for v in (strip.low, strip.high))
    return Markup('<rect x="{0:.1f}" y="7" width="{1:.1f}" height="8" class="{2}"/>').format(
        low, max(high - low, 1.5), "usual" if strip.effect else "fits"
    )


def _place(value: float, left: float, right: float) -> float:
    return WIDTH * (value - left) / (right - left)
