"""`eventwindow claim`: one sentence → the table of claims.toml that states it, to be pasted and finished."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from eventwindow.draft.articles import dateline
from eventwindow.draft.entries import entry, open_reasons
from eventwindow.draft.heard import last_told
from eventwindow.draft.listings import home_of
from eventwindow.draft.passed import passed_over, told
from eventwindow.draft.read import readings
from eventwindow.draft.sessions import closed_in, on_sessions
from eventwindow.draft.statement import Statement
from eventwindow.draft.studyfile import toml_table
from eventwindow.errors import StudyError

ANY_DAY = dt.date(2000, 1, 3)  # a day to read from where the sentence tells none; what follows from it is dropped


def claim_lines(sentence: str, date: dt.date | None) -> Iterator[str]:
    """The tables of the sentence's statements, each with what is open as a comment; then the securities they need.

    Raises
    ------
    StudyError
        Where the sentence says nothing of a market that the rules read.
    """
    dated, narrated = (last_told(sentence, date), False) if date else dateline(sentence)
    read = list(readings(sentence, dated or ANY_DAY, narrated=narrated))
    found = [_placed(s, dated) for r in read for s in r.statements]
    passed = list(passed_over(sentence, read))
    if not found:
        remedy = "Name the security, the move and the day: Apple fell more than 9 % on 3 April 2025."
        raise StudyError(f"no statement about a market was read in it{told(passed)}", remedy=remedy)
    yield from (f"# passed over, no statement was made of it: {words}" for p in passed for words in p.words)
    closed = closed_in(None)
    for k, s in enumerate(found, 1):
        yield from (f"# open: {reason}" for reason in open_reasons(s, None, closed))
        table = {key: value for key, value in entry(s, f"A1-{k}", "A1", "", None, closed).items() if key != "place"}
        yield toml_table("[[claims]]", table)
    for symbol in dict.fromkeys(w for s in found for who in (s.who, *s.against) for w in who.symbols):
        home = home_of(symbol)
        needed = {"symbol": symbol, "exchange": home.exchange, "currency": home.currency, "name_en": home.name}
        yield toml_table("# study.toml needs, unless it is the benchmark:\n[[securities]]", needed)


def _placed(s: Statement, dated: dt.date | None) -> Statement:
    """The statement on sessions; without a day to count from, its own is not told."""
    return on_sessions(s) if dated else replace(s, date=None, until=None)
