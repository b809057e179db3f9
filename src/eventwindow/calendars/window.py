"""Windows of trading days around an event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral

import numpy as np

from eventwindow.errors import WindowError


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A closed interval of trading days relative to the event date.

    Parameters
    ----------
    start : int
        The first day; 0 is the event date, days before it are negative.
    end : int
        The last day, which belongs to the window.

    Raises
    ------
    WindowError
        Where the window starts after its end.

    Examples
    --------
    >>> window = ew.Window(-1, 1)
    >>> len(window)
    3
    >>> print(window, window.taus)
    [-1,1] [-1  0  1]
    """

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


FARTHEST = 20_000  # trading days from day 0: eighty years


def check_report(windows: Sequence[Window], event: Window, where: str = "") -> None:
    """Windows to report: one at least, each once and inside the event window."""
    if not windows:
        raise WindowError("there is no window to report", where=where, remedy="Give at least one: [[0, 1]].")
    if twice := [window for k, window in enumerate(windows) if window in windows[:k]]:
        raise WindowError(f"the window to report {twice[0]} stands twice", where=where, remedy="Keep one of the two.")
    for window in windows:
        if window.start < event.start or window.end > event.end:
            what = f"the report window {window} reaches beyond the event window {event}"
            raise WindowError(what, where=where, remedy="Widen the event window or shorten the report window.")


def check_estimation(estimation: Window, window: Window, where: str = "") -> None:
    """An estimation window of several days that shares none with the event window, neither of them without end."""
    for one in (estimation, window):
        if max(abs(one.start), abs(one.end)) > FARTHEST:
            what = f"the window {one} reaches more than {FARTHEST:,} trading days from day 0"
            raise WindowError(
                what, where=where, remedy="Give windows that the prices reach: days are counted, not dates."
            )
    if estimation.overlaps(window):
        what = f"the estimation window {estimation} overlaps the event window {window}"
        raise WindowError(what, where=where, remedy=f"End it before {window.start}, for example at {window.start - 1}.")
    if estimation.start == estimation.end:
        remedy = "Give its first and last day, such as (-260, -11)."
        raise WindowError(f"the estimation window {estimation} is one day", where=where, remedy=remedy)


Span = Window | tuple[int, int] | int | slice  # what a person may write for a window


def as_window(span: Span) -> Window:
    """A window as a person may write it: 0 is day 0, (-1, 1) and slice(-1, 1) are the three days around it.

    Both ends belong to it. WindowError for anything else, and where an end is no whole number.
    """
    if isinstance(span, Window):
        return span
    if isinstance(span, slice):
        ends: object = (span.start, span.stop) if span.step in (None, 1) else None
    else:
        ends = (span, span) if isinstance(span, Integral) else span
    if isinstance(ends, tuple | list) and len(ends) == 2 and all(_whole(end) for end in ends):
        return Window(int(ends[0]), int(ends[1]))
    remedy = "Give a day (0), its first and last day ((-1, 1)), or a Window; days are whole numbers."
    raise WindowError(f"{span!r} is no window of trading days", remedy=remedy)


def _whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)
