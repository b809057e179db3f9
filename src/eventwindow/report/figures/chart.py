"""A figure with what belongs to it: its name, its words, its two layouts, and the table it was drawn from."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from eventwindow.errors import StudyError, begun, needs_library
from eventwindow.report.context import Context
from eventwindow.report.figures.sheet import NARROW, WIDE, Sheet, inline

Paint = Callable[[Sheet], None]


@dataclass(frozen=True, repr=False)
class Chart:
    """A figure: `wide` for a desk and for files, `narrow` for a phone, both SVG, drawn when they are first asked for.

    `alt` says what it shows to whoever cannot see it; `data` holds every number that is drawn, decimals.
    """

    name: str
    title: str
    caption: str
    alt: str
    data: pd.DataFrame
    paint: Paint
    write: Callable[[str], str] = str  # how the language writes what was drawn

    @cached_property
    def wide(self) -> str:
        return self._painted(WIDE)

    @cached_property
    def narrow(self) -> str:
        return self._painted(NARROW)

    def _painted(self, width: float) -> str:
        sheet = Sheet(width)
        self.paint(sheet)
        return self.write(sheet.svg())

    @cached_property
    def inline(self) -> str:
        """Both layouts, of which a page shows the one that fits."""
        return inline(self.wide, self.alt, "wide") + inline(self.narrow, self.alt, "narrow")

    def written(self, write: Callable[[str], str]) -> Chart:
        """The same with every text as `write` makes it."""
        title, caption, alt = map(write, (self.title, self.caption, self.alt))
        return replace(self, title=title, caption=caption, alt=alt, write=write)

    @property
    def size(self) -> tuple[float, float]:
        found = re.search(r'width="([\d.]+)" height="([\d.]+)"', self.wide)
        return (float(found[1]), float(found[2])) if found else (WIDE, WIDE)

    def save(self, path: Path | str) -> Path:
        """Write the wide layout as SVG, or as PNG where the name ends so (that needs the extra `pdf`)."""
        from eventwindow.report.typst import has_typst, png_bytes

        path = Path(path)
        if path.suffix == ".svg":
            path.write_text(self.wide, encoding="utf-8", newline="\n")
        elif path.suffix != ".png":
            raise StudyError(f"{path.name} is no name of a picture", remedy="Let it end in .svg or .png.")
        elif not has_typst():
            raise needs_library("a figure as PNG", "typst")
        else:
            path.write_bytes(png_bytes(self.wide))
        return path

    def __repr__(self) -> str:
        return f"Chart {self.name}: {self.title}\n.save(PATH) writes it as SVG or PNG, .data is its table"

    def _repr_html_(self) -> str:
        return f"<figure>{self.wide}<figcaption>{escape(f'{self.title}. {self.caption}')}</figcaption></figure>"


def drawn(context: Context, paint: Paint, name: str, data: pd.DataFrame, /, **values: Any) -> Chart:
    """The figure `name` of a result in the words of its keys; `title_key`, `caption_key`, `alt_key` choose others.

    What it says is worked out before: `paint` only lays it out on a sheet of either width.
    """
    keys = (values.pop(f"{part}_key", part) for part in ("title", "caption", "alt"))
    title, caption, alt = (context.language.text(f"{name}.{key}", **values) for key in keys)
    return charted(paint, name, title, caption, alt, data)


def charted(paint: Paint, name: str, title: str, caption: str, alt: str, data: pd.DataFrame) -> Chart:
    """A figure from what paints it on a sheet of either width."""
    return Chart(name, begun(title), caption, alt, data, paint)
