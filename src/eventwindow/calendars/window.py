"""Windows of trading days around an event."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eventwindow.errors import WindowError


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A closed interval of trading days relative to the event date: Window(-1, 1) has three days."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise WindowError(f"window [{self.start}, {self.end}] starts after its end", remedy="Swap the two.")

    def __len__(self) -> int:
        return self.end - self.start + 1

    def __contains__(self, tau: int) -> bool:
        return self.start <= tau <= self.end

    def __str__(self) -> str:
        return f"[{self.start},{self.end}]"

    def overlaps(self, other: Window) -> bool:
        return self.start <= other.end and other.start <= self.end

    @property
    def taus(self) -> np.ndarray:
        """Event times of the window, (len,)."""
        return np.arange(self.start, self.end + 1)


Span = Window | tuple[int, int]  # what a person may write for a window


def as_window(span: Span) -> Window:
    """(-1, 1) is Window(-1, 1)."""
    return span if isinstance(span, Window) else Window(*span)
