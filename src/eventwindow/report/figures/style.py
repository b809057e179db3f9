"""The look of the figures that are drawn by matplotlib: those of a calibration."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Literal

from eventwindow.report.figures.sheet import FAINT, GRID, INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

WIDTH = 7.4  # inches; the page shows it at about 760 px
SALT = "eventwindow"


@cache
def font() -> FontProperties:
    """The font that ships with the package: Latin and Traditional Chinese in one face."""
    from matplotlib.font_manager import FontProperties, fontManager

    with as_file(files("eventwindow.report") / "fonts" / "eventwindow-sans-tc.otf") as path:
        fontManager.addfont(path)
        return FontProperties(fname=path)


def rc() -> dict[str, object]:
    """The settings under which figures are made and written."""
    family = [font().get_name(), "Noto Sans CJK TC", "PingFang TC", "Microsoft JhengHei", "DejaVu Sans"]
    return {
        "font.family": installed(family),
        "font.size": 9,
        "axes.edgecolor": FAINT,
        "axes.labelcolor": FAINT,
        "axes.linewidth": 0.6,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "axes.titlelocation": "left",
        "axes.titlesize": 9.5,
        "axes.titlecolor": INK,
        "text.color": INK,
        "text.parse_math": False,  # a dollar in a name is a dollar
        "text.hinting": "none",  # words as wide in pixels as in vectors
        "xtick.color": FAINT,
        "ytick.color": FAINT,
        "xtick.labelsize": 8.5,
        "ytick.labelsize": 8.5,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "grid.color": GRID,
        "grid.linewidth": 0.6,
        "lines.solid_capstyle": "round",
        "svg.hashsalt": SALT,
        "svg.fonttype": "path",
        "path.simplify": False,
    }


def installed(families: list[str]) -> list[str]:
    """Those of `families` that this machine has; the first and last always are."""
    from matplotlib.font_manager import fontManager

    here = {f.name for f in fontManager.ttflist}
    return [f for f in families if f in here]


def new_figure(height: float, width: float = WIDTH) -> Figure:
    """An empty figure of our size, without pyplot."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def plain_axes(axes: Axes, *, grid: Literal["x", "y", "both"] = "y") -> None:
    """A faint grid behind the data, no ticks that stick out."""
    axes.set_axisbelow(True)
    axes.grid(visible=True, axis=grid)
    axes.tick_params(length=0)


def svg_text(figure: Figure) -> str:
    """The figure as SVG without date or creator: the same figure gives the same text."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    buffer = io.BytesIO()
    with _ready(figure, "none"):
        FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
    return buffer.getvalue().decode("utf-8")


@contextmanager
def _ready(figure: Figure, background: str) -> Iterator[None]:
    """Our settings and one background, for a canvas that draws once where `savefig` draws twice."""
    from matplotlib import rc_context

    figure.patch.set_facecolor(background)
    for axes in figure.axes:
        axes.patch.set_facecolor("none")
    with rc_context(rc()), warnings.catch_warnings():  # type: ignore[arg-type]
        warnings.filterwarnings("ignore", message=r"Glyph \d+")  # what is missing was said when it was drawn first
        yield
