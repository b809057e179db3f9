"""Characters that no font here can draw: said once a figure, in words that help."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

GLYPH = re.compile(r"Glyph (\d+) .*missing from")


@contextmanager
def missing_glyphs_told_once() -> Iterator[None]:
    """matplotlib's warning for every missing glyph becomes one for the figure; other warnings pass."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        yield
    missing = {int(m.group(1)) for w in heard if (m := GLYPH.match(str(w.message)))}
    for warning in heard:
        if not GLYPH.match(str(warning.message)):
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    if missing:
        text = "".join(map(chr, sorted(missing)))
        remedy = "boxes stand in the figure. Install a font that has them, Noto Sans CJK for Chinese."
        warnings.warn(f"no font here draws {text}: {remedy}", UserWarning, stacklevel=3)


@contextmanager
def missing_glyphs_known() -> Iterator[None]:
    """Writes a figure that has been drawn before: what is missing has been said."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+")
        yield
