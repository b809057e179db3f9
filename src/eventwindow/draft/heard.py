"""A sentence that is no article's, held against a day and some securities: what it says of them, and of what not."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace

from eventwindow.draft.chinese import has_chinese
from eventwindow.draft.context import About
from eventwindow.draft.dates import WEEKDAYS, days
from eventwindow.draft.lexicon import lexicon
from eventwindow.draft.passed import in_its_script, passed_over, restored
from eventwindow.draft.read import Reading, normal, readings
from eventwindow.draft.securities import names
from eventwindow.draft.sessions import on_sessions
from eventwindow.draft.statement import Statement
from eventwindow.errors import Reason

NOTHING, NAMED = Reason("draft_nothing"), Reason("draft_named")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Heard:
    """A sentence, the statements that were read in it, and the words of which none was made, with the reason."""

    sentence: str
    found: tuple[Statement, ...]
    passed: tuple[tuple[str, Reason], ...]


def heard(sentence: str, about: About) -> Heard:
    """What a sentence says; where it names no day or nobody, those that it is held against are meant."""
    written, plain = last_told(sentence, about.day), normal(sentence)
    read = list(readings(sentence, written, about=about))
    numbered, weekdays = set[dt.date](), set[dt.date]()
    for m in days(plain, written):
        words = plain[m.start : m.end]
        if m.value.date and (_DIGIT.search(words) or WEEKDAYS.search(words)):
            (numbered if _DIGIT.search(words) else weekdays).add(m.value.date)
    found = [_placed(s, about.day, numbered, weekdays) for r in read for s in r.statements]
    return Heard(
        sentence,
        tuple(in_its_script(s, sentence) for s in found),
        tuple(dict.fromkeys(_passed(sentence, read, found))) if found else ((sentence, NOTHING),),
    )


def last_told(sentence: str, day: dt.date) -> dt.date:
    """The day, or one behind it that the sentence tells: it was written after all that it tells of."""
    told: list[dt.date | None] = [m.value.resolved(day) for m in days(normal(sentence), day)]
    return max([day, *filter(None, told)])


def _placed(s: Statement, day: dt.date, numbered: Set[dt.date], weekdays: Set[dt.date]) -> Statement:
    """The statement on sessions; open where its time is counted from the day of writing, which nobody told."""
    about, asked = s.until is None or s.date is None or s.date <= day <= s.until, ""
    if not (about or {s.date, s.until} & numbered):
        asked = "draft_span_asked"  # "over the week"
    elif s.date in weekdays - {day} and not s.until:
        asked = "draft_weekday_asked"
    return on_sessions(replace(s, open=(Reason(asked, day=str(day)), *s.open)) if asked else s)


def _passed(sentence: str, read: Sequence[Reading], found: Sequence[Statement]) -> Iterator[tuple[str, Reason]]:
    """Figures and moves of which no statement was made, and each security that is named and that none speaks of."""
    passed = [words for p in passed_over(sentence, read) for words in p.words]
    yield from ((words, NOTHING) for words in passed)
    spoken = {one for s in found for who in (s.who, *s.against) for one in (*who.symbols, who.group)}
    chinese = has_chinese(sentence)
    for r in read:
        named = [(m, m.value) for m in names(chinese).marks(r.text) if isinstance(m.value, tuple)]
        named += [(m, (m.value,)) for m in lexicon(chinese).marks(r.text) if m.kind == "group"]
        for m, meant in named:
            words = restored(sentence, r.text[m.start : m.end])
            if not (spoken & {*meant} or any(words in one for one in passed)):
                yield words, NAMED
