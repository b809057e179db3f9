"""Characters that no font here can draw: said once a figure, in words that help."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def missing_glyphs_known() -> Iterator[None]:
    """Writes a figure that has been drawn before: what is missing has been said."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+")
        yield
