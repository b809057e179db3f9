"""What was stated, with its tolerance, against what was measured: all statements as a ladder, one on a line."""

import math
from collections.abc import Callable
from functools import partial
from operator import mul
from typing import Any

import pandas as pd

from eventwindow.claims.model import Verdict
from eventwindow.claims.rounding import HEDGES
from eventwindow.claims.rules import HOLDS
from eventwindow.report.context import Context, every_verdict
from eventwindow.report.figures.chart import Chart, drawn
from eventwindow.report.figures.rows import Row, draw_rows
from eventwindow.report.figures.sheet import FAINT, GREEN, INK, NARROW, VERDICT, WIDE, Sheet, inline
from eventwindow.report.sections.verdicts import Span, span_of

UNITS = ("decimal", "USD")
PERCENT = ("decimal", "share", "slope")  # told in per cent
LARGE = 0.5  # decimals: returns beyond a half have a panel of their own
MILLIONS, BILLIONS, TRILLIONS = 1e4, 1e8, 1e12  # dollars: from here on they are told in those
PANELS = (
    ("decimal", -1.0, LARGE),
    ("decimal", LARGE, math.inf),
    ("USD", BILLIONS, math.inf),
    ("USD", MILLIONS, BILLIONS),
    ("USD", -1.0, MILLIONS),
)
COLUMNS = ["id", "security", "text_en", "text_zh", "unit", "stated_low", "stated_high", "low", "high"]
COLUMNS += ["measured", "measured_low", "measured_high", "verdict", "whole", "whole_en", "whole_zh"]


def claims(context: Context) -> Chart | None:
    """Claims that state an amount in per cent or dollars, those in one unit in one panel."""
    data = claims_data(context.result.verdicts)
    if data.empty:
        return None
    paint = partial(_paint, _panels(context, data))
    return drawn(context, paint, "claims", data, n=len(data), held=int(data["verdict"].isin(HOLDS).sum()))


def claims_data(verdicts: tuple[Verdict, ...]) -> pd.DataFrame:
    """A row a claim or part with a stated amount: what was stated, the interval that confirms it, what was measured."""
    rows = [row for whole in verdicts for v in every_verdict([whole]) if (row := _row(v, whole)) is not None]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(verdict: Verdict, whole: Verdict) -> tuple[object, ...] | None:
    claim, found, span = verdict.claim, verdict.measured, span_of(verdict)
    if span is None or found is None or claim.hedge not in HEDGES or found.unit not in UNITS:
        return None
    where = (claim.id, claim.security, claim.text_en, claim.text_zh, found.unit, min(span.stated), max(span.stated))
    seen = (found.value, span.measured[0], span.measured[-1])
    of = ("", "") if whole is verdict else (whole.claim.text_en, whole.claim.text_zh)
    return (*where, span.low, span.high, *seen, verdict.word, whole.claim.id, *of)


def _panels(context: Context, data: pd.DataFrame) -> list[tuple[list[Row], str]]:
    """The rows and the axis of each unit and size that is stated."""
    held: list[Any] = list(data.itertuples())
    found = []
    for unit, low, high in PANELS:
        shown = [r for r in held if r.unit == unit and low < _size(r) <= high]
        if shown:
            scale, axis = axis_of(context, unit, max(map(_size, shown)))
            found.append((_ladder(context, shown, unit, scale), axis))
    return found


def _size(row: Any) -> float:
    return float(max(abs(row.stated_low), abs(row.stated_high)))


def _ladder(context: Context, shown: list[Any], unit: str, scale: float) -> list[Row]:
    """Statements by what they state, then parts of others under the words of the whole."""
    first: dict[str, float] = {}
    for r in shown:
        first[r.whole] = min(r.stated_low, first.get(r.whole, math.inf))
    shown = sorted(shown, key=lambda r: (r.whole_en != "", first[r.whole], r.whole, r.stated_low))
    wholes = ["", *(r.whole for r in shown)]
    pairs = zip(shown, wholes, strict=False)
    return [_claim_row(context, r, unit, scale, headed=r.whole != before) for r, before in pairs]


def _paint(panels: list[tuple[list[Row], str]], sheet: Sheet) -> None:
    for rows, axis in panels:
        draw_rows(sheet, rows, axis)
        sheet.height += 16


def axis_of(context: Context, unit: str, size: float) -> tuple[float, str]:
    """What a figure is multiplied by for its axis, and the axis's words: sums of dollars in units of their own size."""
    say = context.language.text
    if unit == "USD" and not BILLIONS < size < TRILLIONS:
        key = "trillion" if size >= TRILLIONS else "million" if size > MILLIONS else "one"
        return 1 / float(say(f"claims.USD_{key}_unit")), say(f"claims.USD_{key}")
    if unit in PERCENT:
        return 100.0, say("claims.decimal")
    return (1 / context.language.money, say("claims.USD")) if unit == "USD" else (1.0, "")


def _claim_row(context: Context, row: Any, unit: str, scale: float, *, headed: bool) -> Row:
    """What was said, in its own words, with the figures that would confirm it, the one stated and the one measured."""
    spread = abs(row.stated_high - row.stated_low) + abs(row.measured - row.stated_low)
    edges = [scale * _near(edge, row.stated_low, spread) for edge in (row.low, row.high)]
    name = context.language.either(row.text_en, row.text_zh)
    seen = sorted({scale * row.measured_low, scale * row.measured_high})
    values = {"name": name, "stated": context.figure(row.stated_low, unit), "value": context.figure(row.measured, unit)}
    return Row(
        name,
        scale * row.measured,
        VERDICT.get(row.verdict, FAINT),
        title=context.language.text("claims.mark", **values),
        line=(seen[0], seen[-1]) if len(seen) > 1 else None,
        bar=(edges[0], edges[1]),
        ticks=tuple(dict.fromkeys((scale * row.stated_low, scale * row.stated_high))),
        heading=context.language.either(row.whole_en, row.whole_zh) if headed else "",
    )


def _near(edge: float, stated: float, spread: float) -> float:
    """An end of the bar; one without end reaches a little beyond what is shown."""
    return edge if abs(edge) < math.inf else stated + math.copysign(1.3 * spread or abs(stated), edge)


def stated(context: Context, verdict: Verdict, label: str) -> str:
    """Both layouts as inline SVG; "" where the verdict rests on no figure that can be drawn."""
    spans = [(v, span) for v in (verdict.parts or (verdict,)) if v.claim.decides and (span := span_of(v))]
    units = {v.measured.unit for v, _ in spans if v.measured}
    if len(units) != 1:
        return ""
    unit = units.pop()
    size = max(abs(figure) for _, span in spans for figure in (*span.stated, *span.measured))
    scale, axis = axis_of(context, unit, size)
    place = math.exp if unit == "log" else partial(mul, scale)  # a log is told as a multiple, and drawn as one
    rows = [row for v, span in spans for row in _rows(context, v, span, place, headed=len(spans) > 1)]
    if not rows:
        return ""
    drawn = []
    for width, look in ((WIDE, "wide"), (NARROW, "narrow")):
        sheet = Sheet(width)
        draw_rows(sheet, rows, axis, zero=False)
        drawn.append(inline(sheet.svg(), label, look))
    return "".join(drawn)


def _rows(
    context: Context, verdict: Verdict, span: Span, place: Callable[[float], float], *, headed: bool
) -> list[Row]:
    found, claim = verdict.measured, verdict.claim
    if found is None or found.value is None:
        return []
    text = context.language.text
    low, high = map(place, _ends(span))
    name, whose = text("stated.usual" if span.effect else "stated.fits"), (claim.text_en, claim.text_zh)
    heading = context.language.either(*whose) if headed else ""
    bar = Row(name, bar=(low, high), bar_colour=_bar(span), heading=heading)
    said = [Row(text("stated.said"), place(v), INK, context.figure(v, found.unit)) for v in span.stated]
    colour = VERDICT.get(verdict.word, FAINT)
    seen = [Row(text("stated.measured"), place(v), colour, context.figure(v, found.unit)) for v in span.measured]
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
