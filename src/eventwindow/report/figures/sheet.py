"""A drawing as SVG: marks that say what they are, words as words, one description for the desk and for the phone."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from typing import Literal

WIDE, NARROW = 760, 340  # px: the text of the page at a desk; on a phone of 360
SIZE = 12.0  # px of every word: never below 11 on the page
FAMILY = "'eventwindow Sans TC', system-ui, 'Noto Sans TC', 'PingFang TC', 'Microsoft JhengHei', sans-serif"
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
POINT = "%.1f %.1f"  # of a path: in half the time that a format string takes
THIN, ROUND = "iljtfr.,:;|'!()[] /", "MWmw@%—"

Anchor = Literal["start", "middle", "end"]


def advance(words: str, size: float = SIZE, *, bold: bool = False) -> float:
    """About how wide words are, px: fonts differ, so a little more than most."""
    return size * sum(map(_em, words)) * (1.1 if bold else 1)


@cache
def _em(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    if letter in THIN:
        return 0.34
    return 0.95 if letter in ROUND else 0.7 if letter.isupper() else 0.62


def cut(words: str, width: float) -> str:
    """The words as far as they fit."""
    if advance(words) <= width:
        return words
    while words and advance(words + "…") > width:
        words = words[:-1]
    return words.rstrip() + "…"


def wrapped(words: str, width: float, *, bold: bool = False) -> list[str]:
    """The words in lines; Chinese breaks anywhere, other languages between words."""
    lines, line = [], ""
    for piece in _pieces(words):
        if line and advance(line + piece.rstrip(), bold=bold) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(words: str) -> Iterable[str]:
    piece = ""
    for letter in words:
        if _em(letter) == 1.0 and unicodedata.category(letter)[0] != "P":
            if piece:
                yield piece
            piece = letter
        else:
            piece += letter
            if letter == " ":
                yield piece
                piece = ""
    if piece:
        yield piece


@dataclass
class Sheet:
    """Shapes in the order in which they are drawn; y grows downward, and with it the sheet."""

    width: float = WIDE
    height: float = 0.0
    parts: list[str] = field(default_factory=list)

    @property
    def narrow(self) -> bool:
        return self.width < 500

    def shape(self, text: str, title: str = "") -> None:
        """A shape, as a mark with its name, value and interval where it has a title."""
        self.parts.append(f'<g class="mark"><title>{escape(title)}</title>{text}</g>' if title else text)

    def rect(self, x: float, y: float, width: float, height: float, colour: str, **style: object) -> None:
        if width < 0:
            x, width = x + width, -width
        if height < 0:
            y, height = y + height, -height
        title = str(style.pop("title", ""))
        box = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
        self.shape(f'<rect {box} style="fill:{colour}{_style(style)}"/>', title)

    def dot(self, x: float, y: float, radius: float, colour: str, title: str = "", opacity: float = 1.0) -> None:
        faint = f";opacity:{opacity:g}" if opacity < 1 else ""
        self.shape(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" style="fill:{colour}{faint}"/>', title)

    def line(self, points: Sequence[tuple[float, float]], colour: str, width: float = 1.0, **style: object) -> None:
        title = str(style.pop("title", ""))
        look = f"fill:none;stroke:{colour};stroke-width:{width:g}{_style(style)}"
        self.shape(f'<path d="{_path(points)}" style="{look}"/>', title)

    def strokes(
        self, lines: Iterable[Sequence[tuple[float, float]]], colour: str, width: float, **style: object
    ) -> None:
        """Many lines of one look as one shape."""
        path = "".join(map(_path, lines))
        if path:
            self.shape(f'<path d="{path}" style="fill:none;stroke:{colour};stroke-width:{width:g}{_style(style)}"/>')

    def area(self, points: Sequence[tuple[float, float]], colour: str, opacity: float) -> None:
        self.shape(f'<path d="{_path(points)}Z" style="fill:{colour};opacity:{opacity:g}"/>')

    def text(
        self, x: float, y: float, words: str, colour: str = FAINT, anchor: Anchor = "start", *, bold: bool = False
    ) -> None:
        """Words whose base line stands at y."""
        if anchor == "middle":  # it stays on the sheet
            half = advance(words) / 2
            x = max(half, min(x, self.width - half))
        look = f"fill:{colour};font-size:{SIZE:g}px" + (";font-weight:600" if bold else "")
        side = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}"{side} style="{look}">{escape(words)}</text>')

    def lines_of(self, x: float, y: float, words: str, width: float) -> float:
        """Words in as many lines as they need; where the next would stand."""
        for line in wrapped(words, width):
            self.text(x, y, line)
            y += 1.35 * SIZE
        return y

    def svg(self) -> str:
        """The file: colours as they are, a font that most have."""
        box = f'viewBox="0 0 {self.width:g} {self.height:.0f}" width="{self.width:g}" height="{self.height:.0f}"'
        inside = "\n".join(self.parts)
        return f'<svg xmlns="http://www.w3.org/2000/svg" {box} style="font-family:{FAMILY}">\n{inside}\n</svg>\n'


def inline(svg: str, label: str, look: str) -> str:
    """A drawing for a page: colours that follow light and dark, the page's own font, `label` read aloud."""
    body = svg[svg.index(">") + 1 :]
    for colour, variable in VARIABLES.items():
        body = body.replace(f":{colour}", f":var(--{variable})")
    box = svg[svg.index("viewBox") : svg.index('" width')]
    return f'<svg {box}" class="{look}" role="img" aria-label="{escape(label)}">{body.strip()}'


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join([POINT % point for point in points]) if points else ""


def _style(style: dict[str, object]) -> str:
    return "".join(f";{name.replace('_', '-')}:{value}" for name, value in style.items())
