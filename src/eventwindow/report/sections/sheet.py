"""A table that page and paper both set from the same cells."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sheet:
    """Texts in rows; of `columns` each is l or r, left and right, or L: left, with a share of what width is left."""

    caption: str
    columns: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    @property
    def aligned(self) -> list[str]:
        """ "num" for each column that is set to the right, else nothing."""
        return ["num" if column == "r" else "" for column in self.columns.split()]
