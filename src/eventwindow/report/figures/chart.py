"""A figure with what belongs to it: its name, its words, and the table it was drawn from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn figure.

    `alt` says what it shows to whoever cannot see it; `data` holds every number that is drawn, decimals.
    """

    name: str
    figure: Figure
    title: str
    caption: str
    alt: str
    data: pd.DataFrame

    def without_canvas(self) -> Chart:
        """Its words and numbers, with an empty figure in place of the drawn one."""
        from matplotlib.figure import Figure

        return replace(self, figure=Figure(figsize=tuple(self.figure.get_size_inches())))

    def _repr_html_(self) -> str:
        from eventwindow.report.figures.style import inline_svg, svg_text

        return f"<figure>{inline_svg(svg_text(self.figure), self.name, self.alt)}</figure>"
