"""One look for every figure: colours that the colour-blind can tell apart, one font, the same bytes each time."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

INK, FAINT, GRID, PAPER = "#1c2127", "#5b646e", "#d8dde3", "#fdfcfa"
BLUE, ORANGE, GREEN, PURPLE, AMBER = "#1f6fb2", "#b54708", "#0e7560", "#8250a8", "#8a5d00"
WARM, COLD = "#dd7233", "#4f94d2"  # a full cell of a heat map: ink on it can be read
SERIES = (BLUE, ORANGE, GREEN, PURPLE)
VERDICT = {
    "confirmed": GREEN, "confirmed_with_context": GREEN, "mixed": AMBER, "contradicted": ORANGE, "open": FAINT,
    "not_testable": FAINT, "not_rated": FAINT,
}  # fmt: skip
VARIABLES = {
    INK: "ink", FAINT: "faint", GRID: "line", PAPER: "paper", BLUE: "blue", ORANGE: "orange", GREEN: "green",
    PURPLE: "purple", AMBER: "amber", WARM: "warm", COLD: "cold",
}  # fmt: skip
WIDTH = 7.4  # inches; the page shows it at about 760 px
SALT = "eventwindow"
GLYPH = "g[0-9a-f]+"  # of our font, as `inline_svg` names it
NUMBERS = r"(?:scale|matrix)\([^)]*\)|(-?\d+\.\d\d)\d+"  # places beyond a hundredth of a point are not seen


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


def place_text(axes: Axes, text: str, place: tuple[Any, Any], shift: tuple[float, float], **style: Any) -> None:
    """Text beside a point: `place` in the units of `xycoords` (data, if not given), `shift` in points."""
    axes.annotate(text, place, shift, textcoords="offset points", **style)


def svg_text(figure: Figure) -> str:
    """The figure as SVG without date or creator: the same figure gives the same text."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    buffer = io.BytesIO()
    with _ready(figure, "none"):
        FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
    return buffer.getvalue().decode("utf-8")


def png_bytes(figure: Figure, dpi: int = 150) -> bytes:
    """The figure as PNG on paper colour."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    buffer, screen = io.BytesIO(), figure.dpi
    with _ready(figure, PAPER):
        figure.dpi = dpi
        quick = {"compress_level": 3}
        FigureCanvasAgg(figure).print_png(  # type: ignore[no-untyped-call]
            buffer, metadata={"Software": None}, pil_kwargs=quick
        )
        figure.dpi = screen
    return buffer.getvalue()


@contextmanager
def _ready(figure: Figure, background: str) -> Iterator[None]:
    """Our settings and one background, for a canvas that draws once where `savefig` draws twice."""
    from matplotlib import rc_context

    from eventwindow.report.figures.glyphs import missing_glyphs_known

    figure.patch.set_facecolor(background)
    for axes in figure.axes:
        axes.patch.set_facecolor("none")
    with rc_context(rc()), missing_glyphs_known():  # type: ignore[arg-type]
        yield


def inline_svg(svg: str, name: str, label: str) -> str:
    """An SVG file's text for an HTML page: own ids, colours that follow light and dark, `label` read aloud."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.S)
    body = re.sub(r'<g id="[a-z0-9_]+">', "<g>", body)
    body = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', body)
    body = re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', body)
    body = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", body)
    body = body.replace(f"{name}-{font().get_name().replace(' ', '')}-", f"{name}-g")
    body = re.sub(r"\n\s*", "\n", body)
    body = re.sub(NUMBERS, lambda found: found.group(1) or found.group(0), body)
    for colour, variable in VARIABLES.items():
        body = body.replace(f": {colour}", f": var(--{variable},{colour})")
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', body)
    box = size.group(0) if size else ""
    opening = f'<svg {box} role="img" aria-label="{_attribute(label)}" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    return re.sub(r"<svg[^>]*>", lambda _: opening, body, count=1)


def with_shared_glyphs(drawings: Mapping[str, str]) -> dict[str, str]:
    """Inline figures of one page by name: a glyph is drawn in the first that uses it, and the others point there."""
    first: dict[str, str] = {}
    for name, svg in drawings.items():
        for glyph in re.findall(rf'<path id="{name}-({GLYPH})"', svg):
            first.setdefault(glyph, name)
    return {name: _pointing(svg, name, first) for name, svg in drawings.items()}


def _pointing(svg: str, name: str, first: Mapping[str, str]) -> str:
    """The figure without the glyphs that another one draws; `first` names the figure of each."""
    kept = re.sub(rf'<path id="{name}-({GLYPH})"[^>]*/>\n?', lambda g: g[0] if first[g[1]] == name else "", svg)
    pointed = re.sub(rf'"#{name}-({GLYPH})"', lambda g: f'"#{first[g[1]]}-{g[1]}"', kept)
    return re.sub(r"<defs>\s*</defs>\n?", "", pointed)


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
