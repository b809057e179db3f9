"""What an article says of markets and no statement was made of, as the article has it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eventwindow.draft.quantified import POSSIBLE
from eventwindow.draft.read import Reading, normal
from eventwindow.errors import Reason

ENDS = " \t,;:.!?，；：。！？、"
_PARTS = re.compile(r"(?<=[,;:])\s|[，；：。！？、]")


@dataclass(frozen=True, slots=True)
class Passed:
    """Figures beside a market word, and clauses that tell of a move, of which no statement was made."""

    line: int
    words: tuple[str, ...]
    sentence: str
    unreal: bool  # a forecast, or of what is not

    @property
    def reason(self) -> Reason | None:
        return POSSIBLE if self.unreal else None


def passed_over(text: str, found: Sequence[Reading]) -> Iterator[Passed]:
    """What became no statement, as the text has it."""
    lines = text.splitlines()
    for r in found:
        told = r.missed + tuple(_as_written(lines[r.line - 1], clause) for clause in r.untold)
        if told:
            yield Passed(r.line, told, r.text, r.unreal)


def _as_written(line: str, clause: str) -> str:
    """The clause in the script of its line, which is read in one script of Chinese."""
    parts = (part.strip(ENDS) for part in _PARTS.split(line))
    return next((part for part in parts if part and normal(part) == normal(clause)), clause)
