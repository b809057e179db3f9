"""Errors a user meets: what was wrong, where, and what to do about it."""

from __future__ import annotations


class StudyError(Exception):
    """The input is wrong. The command line prints it without a traceback and exits with `exit_code`."""

    exit_code = 2

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what, self.where, self.remedy = what, where, remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}\n{self.remedy}" if self.remedy else head


class EventDateError(StudyError):
    """A date that no session of the exchange carries, or that the calendar does not reach."""


class WindowError(StudyError):
    """A window that ends before it starts, or that overlaps another it must not touch."""


class PriceError(StudyError):
    """A price file that cannot be read as prices, or a security that none of the sources asked knows."""


class ClaimError(StudyError):
    """A claim that cannot be held against this study."""


class SourceError(StudyError):
    """A source of prices that cannot be had now; not the user's fault."""

    exit_code = 1


class NoFigure(Exception):  # noqa: N818 a reason, not a fault
    """The data hold no figure for this measure; the reason becomes the verdict's."""

    def __init__(self, reason_en: str, reason_zh: str) -> None:
        self.reason_en, self.reason_zh = reason_en, reason_zh
        super().__init__(reason_en)
