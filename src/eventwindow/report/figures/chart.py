"""A figure with what belongs to it: its name, its words, its two layouts, and the table it was drawn from."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from eventwindow.report.figures.sheet import NARROW, WIDE, Sheet, inline

Paint = Callable[[Sheet], None]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn figure: `wide` for a desk and for files, `narrow` for a phone, both SVG.

    `alt` says what it shows to whoever cannot see it; `data` holds every number that is drawn, decimals.
    """

    name: str
    title: str
    caption: str
    alt: str
    data: pd.DataFrame
    wide: str
    narrow: str

    def inline(self) -> str:
        """Both layouts, of which a page shows the one that fits."""
        return inline(self.wide, self.alt, "wide") + inline(self.narrow, self.alt, "narrow")

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the wide layout, px."""
        found = re.search(r'width="([\d.]+)" height="([\d.]+)"', self.wide)
        return (float(found[1]), float(found[2])) if found else (WIDE, WIDE)

    def _repr_html_(self) -> str:
        return f"<figure>{self.wide}</figure>"


def charted(paint: Paint, name: str, title: str, caption: str, alt: str, data: pd.DataFrame) -> Chart:
    """A figure from what paints it on a sheet of either width."""
    return Chart(name, title, caption, alt, data, *(_painted(paint, width) for width in (WIDE, NARROW)))


def _painted(paint: Paint, width: float) -> str:
    sheet = Sheet(width)
    paint(sheet)
    return sheet.svg()
