"""Where and when a statement stands: its day, its session, the security it is about, what earlier sentences left."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from eventwindow.draft.lexicon import Mark
from eventwindow.draft.sentence import Sentence
from eventwindow.draft.statement import Subject

SESSIONS = ("pre", "after", "close")


@dataclass(frozen=True, slots=True)
class Context:
    """What the sentences before, in the same paragraph, leave to the next."""

    who: tuple[Subject, ...] = ()
    date: dt.date | None = None
    session: str = ""
    direction: int = 0
    kind: str = ""


def day_of(sentence: Sentence, mark: Mark, context: Context) -> dt.date | None:
    """The day in the mark's clause, else the one before it; in English also a later one; else the paragraph's."""
    low, high = sentence.clause(mark)
    own = sentence.last("date", before=mark.start, since=low) or next(
        iter(sentence.all("date", within=(low, high))), None
    )
    found = own or sentence.last("date", before=mark.start)
    if found is None and not sentence.chinese:
        found = next(iter(sentence.all("date")), None)
    if found is None:
        return context.date
    return _resolved(sentence, found, context)


def _resolved(sentence: Sentence, found: Mark, context: Context) -> dt.date | None:
    earlier = sentence.last("date", before=found.start)
    base = _resolved(sentence, earlier, context) if earlier else context.date
    day: dt.date | None = found.value.resolved(base)
    return day


def last_day(sentence: Sentence, context: Context) -> dt.date | None:
    """The day that the next sentence may lean on."""
    found = sentence.last("date", before=len(sentence.text))
    return (_resolved(sentence, found, context) or context.date) if found else context.date


def session_of(sentence: Sentence, mark: Mark, context: Context) -> str:
    """ "pre", "after" or "close", where the sentence says so; "also" takes over what was said before."""
    low, high = sentence.clause(mark)
    own = sentence.last(*SESSIONS, before=mark.start, since=low) or next(
        iter(sentence.all(*SESSIONS, within=(low, high))), None
    )
    found = own or sentence.last(*SESSIONS, before=mark.start)
    if found is None and not sentence.chinese:
        found = next(iter(sentence.all("pre", "after")), None)
    if found is None:
        return context.session if sentence.has("also", "same") else ""
    return found.kind


def years_of(sentence: Sentence, mark: Mark) -> tuple[int, ...] | None:
    """The calendar years that a figure is for; () is an open span, None a day."""
    low, high = sentence.clause(mark)
    own = sentence.all("period", within=(low, high))
    if not own and not sentence.has("date", within=(low, high)):
        near = sentence.last("period", "date", before=mark.start)
        used = near and sentence.has("amount", within=(near.end, mark.start))
        own = [near] if near and near.kind == "period" and not used else []
    if not own or sentence.has("date", within=(low, high)):
        return None
    return tuple(sorted({year for m in own for year in m.value}))


def subjects_of(sentence: Sentence, mark: Mark, context: Context, *, carry: bool = True) -> tuple[Subject, ...]:
    """The nearest list before the mark in its clause; else one linked to it, an earlier one, the paragraph's."""
    low, high = sentence.clause(mark)
    found = sentence.last("names", before=mark.start, since=low) or _after(sentence, mark, high)
    if found is None and carry:
        found = sentence.last("names", before=mark.start)
        if found is None and not context.who:
            found = next(iter(sentence.all("names", within=(mark.end, high))), None)
    if found is None:
        return context.who if carry else ()
    return tuple(found.value)


def _after(sentence: Sentence, mark: Mark, high: int) -> Mark | None:
    """A list joined to the mark by a preposition, with at most a move between: "a 17 % fall in …"."""
    from eventwindow.draft.sentence import MOVES

    ends = [mark.end, *(m.end for m in sentence.all(*MOVES, within=(mark.end, min(high, mark.end + 16))))]
    return next((found for end in ends if (found := sentence.linked(end))), None)
