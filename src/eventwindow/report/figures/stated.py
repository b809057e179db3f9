"""One statement: what was stated, what would confirm it, and what was measured, on one line."""

from __future__ import annotations

import math

from eventwindow.claims.model import Verdict
from eventwindow.report.context import Context
from eventwindow.report.figures.claims import axis_of
from eventwindow.report.figures.rows import Row, draw_rows
from eventwindow.report.figures.sheet import FAINT, GREEN, INK, NARROW, VERDICT, WIDE, Sheet, inline
from eventwindow.report.sections.interval import Span, span_of


def stated(context: Context, verdict: Verdict, label: str) -> str:
    """Both layouts as inline SVG; "" where the verdict rests on no figure that can be drawn."""
    spans = [(v, span) for v in (verdict.parts or (verdict,)) if v.claim.decides and (span := span_of(v))]
    units = {v.measured.unit for v, _ in spans if v.measured}
    if len(units) != 1:
        return ""
    size = max(abs(figure) for _, span in spans for figure in (*span.stated, *span.measured))
    scale, axis = axis_of(context, units.pop(), size)
    rows = [row for v, span in spans for row in _rows(context, v, span, scale)]
    if not rows:
        return ""
    drawn = []
    for width, look in ((WIDE, "wide"), (NARROW, "narrow")):
        sheet = Sheet(width)
        draw_rows(sheet, rows, axis, zero=False)
        drawn.append(inline(sheet.svg(), label, look))
    return "".join(drawn)


def _rows(context: Context, verdict: Verdict, span: Span, scale: float) -> list[Row]:
    found = verdict.measured
    if found is None or found.value is None:
        return []
    text = context.language.text
    low, high = (scale * edge for edge in _ends(span))
    bar = Row(text("stated.usual" if span.effect else "stated.fits"), bar=(low, high), bar_colour=_bar(span))
    said = [Row(text("stated.said"), scale * v, INK, context.figure(v, found.unit)) for v in span.stated]
    colour = VERDICT.get(verdict.word, FAINT)
    seen = [Row(text("stated.measured"), scale * v, colour, context.figure(v, found.unit)) for v in span.measured]
    return [bar, *said, *seen]


def _bar(span: Span) -> str:
    return FAINT if span.effect else GREEN


def _ends(span: Span) -> tuple[float, float]:
    """The bar's ends; one without end reaches a little beyond what is shown."""
    points = [v for v in (span.low, span.high, *span.stated, *span.measured) if math.isfinite(v)]
    room = 0.25 * ((max(points) - min(points)) or abs(points[0]) or 1.0)
    low = span.low if math.isfinite(span.low) else min(points) - room
    high = span.high if math.isfinite(span.high) else max(points) + room
    return low, high
