"""The claim ladder: what was stated, with its tolerance, against what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from eventwindow.claims.model import Verdict
from eventwindow.claims.rounding import HEDGES
from eventwindow.claims.rules import HOLDS, sizes
from eventwindow.report.context import Context, every_verdict
from eventwindow.report.figures.chart import Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

UNITS = ("decimal", "USD")
LARGE = 0.5  # decimals: returns beyond a half have a panel of their own
LABEL = 30  # letters
COLUMNS = ["id", "security", "text_en", "text_zh", "unit", "stated_low", "stated_high", "low", "high"]
COLUMNS += ["measured", "measured_low", "measured_high", "verdict"]


def claims(context: Context) -> Chart | None:
    """Claims that state an amount in per cent or dollars, those in one unit in one panel."""
    data = claims_data(context.result.verdicts)
    if data.empty:
        return None
    say = context.language.text
    held = int(data["verdict"].isin(HOLDS).sum())
    return Chart(
        "claims",
        _draw(context, data),
        say("claims.title"),
        say("claims.caption"),
        say("claims.alt", n=len(data), held=held),
        data,
    )


def claims_data(verdicts: tuple[Verdict, ...]) -> pd.DataFrame:
    """A row a claim with a stated amount: the figure stated, the interval that confirms it, the figure measured."""
    rows = [row for v in every_verdict(verdicts) if (row := _row(v)) is not None]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(verdict: Verdict) -> tuple[object, ...] | None:
    claim, found = verdict.claim, verdict.measured
    if claim.stated is None or claim.hedge not in HEDGES or claim.parts:
        return None
    if found is None or found.value is None or found.unit not in UNITS:
        return None
    stated = claim.stated if isinstance(claim.stated, tuple) else (claim.stated, claim.stated)
    sign = -1.0 if stated[0] < 0 else 1.0
    low, high = sorted(sign * edge for edge in sizes(claim, found.unit).drawn)
    where = (claim.id, claim.security, claim.text_en, claim.text_zh, found.unit, min(stated), max(stated))
    seen = found.interval or (found.value, found.value)
    return (*where, low, high, found.value, *seen, verdict.word)


def _draw(context: Context, data: pd.DataFrame) -> Figure:
    from eventwindow.report.figures.style import new_figure

    size = data[["stated_low", "stated_high"]].abs().max(axis=1)
    large = (data["unit"] == "decimal") & (size > LARGE)
    panels = [data[chosen] for chosen in ((data["unit"] == "decimal") & ~large, large, data["unit"] == "USD")]
    panels = [panel.sort_values("stated_low", kind="stable") for panel in panels if len(panel)]
    heights = [max(len(panel), 2) for panel in panels]
    figure = new_figure(0.55 * len(panels) + 0.21 * sum(heights))
    every = np.atleast_1d(figure.subplots(len(panels), 1, height_ratios=heights))
    for axes, panel in zip(every, panels, strict=True):
        _panel(axes, context, panel, str(panel["unit"].iloc[0]))
    return figure


def _panel(axes: Axes, context: Context, data: pd.DataFrame, unit: str) -> None:
    from eventwindow.report.figures.style import FAINT, INK, VERDICT, plain_axes

    plain_axes(axes, grid="x")
    scale = 100.0 if unit == "decimal" else 1 / context.language.money
    edges = scale * data[["stated_low", "stated_high", "measured"]].to_numpy(float)
    left, right = min(edges.min(), 0), max(edges.max(), 0)
    room = 0.04 * (right - left)
    axes.set_xlim(left - room, right + room)
    rows: list[Any] = list(data.itertuples())
    for y, row in enumerate(rows):
        low, high = (float(np.clip(scale * v, left - room, right + room)) for v in (row.low, row.high))
        axes.plot([low, high], [y, y], color=FAINT, linewidth=5, alpha=0.3, solid_capstyle="butt")
        axes.plot([scale * row.stated_low, scale * row.stated_high], [y, y], "|", color=INK, markersize=9)
        seen = sorted({scale * row.measured_low, scale * row.measured_high})
        axes.plot(seen, [y] * len(seen), "o-", color=VERDICT[row.verdict], markersize=5.5, markeredgewidth=0)
    labels = [f"{_label(context, r)}  {r.id}" for r in rows]
    axes.set_yticks(range(len(data)), labels, fontsize=7.5)
    axes.set_ylim(len(data) - 0.4, -0.6)
    axes.axvline(0, color=FAINT, linewidth=0.8)
    axes.set_xlabel(context.language.text(f"claims.{unit}"), fontsize=8.5)


def _label(context: Context, row: Any) -> str:
    """The security's name, or the words of a statement about several."""
    if row.security:
        return context.name(row.security)
    text = context.language.either(row.text_en, row.text_zh)
    return text if len(text) <= LABEL else text[: LABEL - 1].rstrip() + "…"
