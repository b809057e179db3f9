"""The report on paper, through typst (extra `pdf`): the same words, tables and figures."""

from __future__ import annotations

import json
import re
import tempfile
import warnings
from collections.abc import Mapping
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from eventwindow.report.context import Context
from eventwindow.report.figures.chart import Chart
from eventwindow.report.paper import paper

TEMPLATES = ("report.typ", "blocks.typ", "formula.typ")
STANDARD: Literal["ua-1"] = "ua-1"  # tagged for screen readers; a glyph that no font has is an error under it
UNDRAWN = re.compile(r'text `"(.+?)"` could not be displayed')
CODE = re.compile(r"\\u\{([0-9a-f]+)\}")


def has_typst() -> bool:
    """Whether the extra `pdf` is installed."""
    return find_spec("typst") is not None


def pdf_bytes(context: Context, charts: Mapping[str, Chart], svgs: Mapping[str, str]) -> bytes:
    """The PDF; the same result gives the same bytes."""
    with tempfile.TemporaryDirectory() as name, as_file(files("eventwindow.report") / "fonts") as fonts:
        folder = Path(name)
        for figure, svg in svgs.items():
            (folder / f"{figure}.svg").write_text(svg, encoding="utf-8")
        content = json.dumps(paper(context, charts), ensure_ascii=False)
        (folder / "data.json").write_text(content, encoding="utf-8")
        for template in TEMPLATES:
            text = files("eventwindow.report").joinpath(f"templates/paper/{template}").read_text(encoding="utf-8")
            (folder / template).write_text(text, encoding="utf-8")
        return _compiled(folder, fonts)


def _compiled(folder: Path, fonts: Path) -> bytes:
    """With the package's fonts; with the machine's too where a text needs them; with boxes where none has a glyph."""
    import typst

    source = folder / "report.typ"
    common: dict[str, Any] = {"root": folder, "font_paths": [fonts], "timestamp": 0}
    missing: list[str] = []
    for ours_alone in (True, False):
        try:
            return bytes(typst.compile(source, ignore_system_fonts=ours_alone, pdf_standards=STANDARD, **common))
        except typst.TypstError as error:
            missing = [CODE.sub(lambda m: chr(int(m[1], 16)), text) for text in UNDRAWN.findall(str(error))]
            if not missing:
                raise
    text = "".join(sorted(set("".join(missing))))
    warnings.warn(f"no font here draws {text}: boxes stand in the PDF. Install a font that has them.", stacklevel=3)
    return bytes(typst.compile(source, **common))
