"""What an article says, as the article has it: names in its own script, and what no statement was made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from eventwindow.draft.chinese import has_chinese, simplified
from eventwindow.draft.lexicon import Group
from eventwindow.draft.quantified import POSSIBLE
from eventwindow.draft.read import Reading, normal
from eventwindow.draft.statement import Statement, Subject
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


def told(passed: Iterable[Passed]) -> str:
    """What is added to the message that no statement was found."""
    words = "; ".join(words for p in passed for words in p.words)
    return f"; passed over: {words}" if words else ""


def _as_written(line: str, clause: str) -> str:
    """The clause in the script of its line, which is read in one script of Chinese."""
    parts = (part.strip(ENDS) for part in _PARTS.split(line))
    return next((part for part in parts if part and normal(part) == normal(clause)), clause)


def in_its_script(s: Statement, line: str) -> Statement:
    """The statement with names that no list holds, and words that no rule knows, in the script of its line."""
    if not has_chinese(line):
        return s
    open_ = (Reason(r.key, **{k: restored(line, v) for k, v in r.values.items()}) for r in s.open)
    return replace(s, who=_named(s.who, line), against=tuple(_named(a, line) for a in s.against), open=tuple(open_))


def _named(who: Subject, line: str) -> Subject:
    group = who.group and Group(restored(line, who.group.label), restored(line, who.group.label_zh))
    return replace(who, name=restored(line, who.name), group=group)


def restored(line: str, told: Any) -> Any:
    """The words as the line has them, each of those that commas part; other values as they are."""
    if not isinstance(told, str) or not has_chinese(told):
        return told
    plain = simplified(line)
    places = [(plain.find(word), word) for word in told.split(", ")]
    return ", ".join(line[at : at + len(word)] if at >= 0 and len(plain) == len(line) else word for at, word in places)
