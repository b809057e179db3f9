"""The statements without a figure of their own: ranks, records, comparisons of value, and plain directions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from eventwindow.draft.context import Context, day_of, session_of, subjects_of
from eventwindow.draft.lexicon import Mark
from eventwindow.draft.quantified import AFTER_HOURS, POSSIBLE
from eventwindow.draft.securities import Names
from eventwindow.draft.sentence import MOVES, Sentence
from eventwindow.draft.statement import NOBODY, Statement, Subject

AMONG = 10  # "one of the largest" is among the ten largest
SINCE = "a record since some day is meant; the measure looks at every day that is held"
_GAIN = re.compile(r"jump|gain|ris|rall|涨", re.IGNORECASE)
_NEAR = 45  # characters between a name and its verb, at most


def remarks(
    sentence: Sentence, line: int, context: Context, names: Names, said: Sequence[tuple[Mark, Statement]]
) -> Iterator[tuple[Mark, Statement]]:
    """Every statement without a figure; `said` are those with one in the same sentence."""
    for mark in sentence.all("rank"):
        yield from ((mark, replace(s, line=line)) for s in _rank(sentence, mark, context, names, said))
    for mark in sentence.all("valuable", "record_high", "record_low"):
        for who in _whose(sentence, mark, context, names):
            kind, stated = ("value_rank", 1.0) if mark.kind == "valuable" else ("record", 0.0)
            by = mark.kind.removeprefix("record_") if kind == "record" else ""
            yield mark, _ranked(sentence, mark, context, who, kind, stated, line, by=by)
    for mark in sentence.all("more_against", "about_against"):
        yield from _against(sentence, mark, context, line)
    yield from _directions(sentence, line, context, said)


def _ranked(
    sentence: Sentence, mark: Mark, context: Context, who: Subject, kind: str, stated: float, line: int, **keys: str
) -> Statement:
    day = day_of(sentence, mark, context)
    return Statement(line, kind, who, stated, stated, "exact", -1, step=1.0, date=day, **keys)  # type: ignore[arg-type]


def _rank(
    sentence: Sentence, mark: Mark, context: Context, names: Names, said: Sequence[tuple[Mark, Statement]]
) -> Iterator[Statement]:
    clause = sentence.clause(mark)
    among, since = sentence.has("among", within=clause), sentence.has("since", within=clause)
    for who in _whose(sentence, mark, context, names):
        firm = bool(who.symbols) and names.listings[who.symbols[0]].kind == "stock"
        gain = bool(_GAIN.search(sentence.text[mark.start : mark.end]))
        kind = "loss_rank" if firm and not gain and not since else "return_rank"
        money = sentence.has("value") or bool(
            sentence.rules.words["value"].search(sentence.text[mark.start : mark.end])
        )
        money = money or context.kind == "value_change" or any(s.kind == "value_change" for _, s in said)
        by = ("dollars" if money else "per cent") if kind == "loss_rank" else ("up" if gain else "down")
        found = _ranked(sentence, mark, context, who, kind, AMONG if among else 1.0, 0, by=by)
        hedge = "among" if among else "exact"
        yield replace(found, hedge=hedge, direction=1 if gain else -1, open=(SINCE,) if since else ())


def _whose(sentence: Sentence, mark: Mark, context: Context, names: Names) -> tuple[Subject, ...]:
    """The subject of a rank or record: an index or group in its own clause is the scope, where a firm was spoken of."""
    kinds = {symbol: listing.kind for symbol, listing in names.listings.items()}
    near = subjects_of(sentence, mark, context)
    firms = tuple(s for s in near if s.symbols and kinds[s.symbols[0]] != "index")
    if firms:
        return firms
    after = sentence.all("names", within=(mark.end, len(sentence.text)))
    before = sentence.all("names", within=(0, mark.start))[::-1]
    for found in (*before, *after):
        if firm := tuple(s for s in found.value if s.symbols and kinds[s.symbols[0]] != "index"):
            return firm
    carried = tuple(s for s in context.who if s.symbols)
    return carried or near or (NOBODY,)


def _against(sentence: Sentence, mark: Mark, context: Context, line: int) -> Iterator[tuple[Mark, Statement]]:
    """The names behind "more than", where values are compared."""
    clause = sentence.clause(mark)
    others = next((m for m in sentence.all("others", within=(mark.end, clause[1]))), None)
    if others is None or not sentence.has("value", within=(clause[0], len(sentence.text))):
        return
    own = sentence.last("names", before=mark.start)
    subjects = own.value if own else context.who
    hedge = "more_than" if mark.kind == "more_against" else "about"
    for who in subjects:
        day = day_of(sentence, mark, context)
        yield mark, Statement(line, "value_against", who, 1.0, 1.0, hedge, 0, date=day, against=tuple(others.value))


def _directions(
    sentence: Sentence, line: int, context: Context, said: Sequence[tuple[Mark, Statement]]
) -> Iterator[tuple[Mark, Statement]]:
    told = {(s.who, s.direction, s.date) for _, s in said}
    for mark in sentence.all(*MOVES, "same"):
        before = [s.direction for m, s in said if m.start < mark.start and s.direction]
        direction = MOVES.get(mark.kind) or (before[-1] if before else context.direction)
        if not direction or not _plain(sentence, mark, said):
            continue
        for who in _moved(sentence, mark, context):
            found = _direction(sentence, mark, context, who, direction, line)
            if (who, direction, found.date) not in told:
                told.add((who, direction, found.date))
                yield mark, found


def _plain(sentence: Sentence, mark: Mark, said: Sequence[tuple[Mark, Statement]]) -> bool:
    """Whether a move stands by itself: not denied, not about costs or values, not a part of a figure or a name."""
    clause = sentence.clause(mark)
    if mark.kind == "same":
        return True
    if mark.kind.endswith("wipe") or (
        sentence.has("off", "value", "rank", within=clause) and not _slump(sentence, mark)
    ):
        return False
    if mark.kind.endswith("weak") and not sentence.has("stock", within=clause):
        return False
    if (no := sentence.last("no", before=mark.start, since=clause[0])) and mark.start - no.end <= 5:
        return False
    figures = sentence.all("amount", within=clause)
    used = any(m.start in {f.start for f in figures} for m, _ in said)
    attributive = sentence.text[mark.end : mark.end + 1] == "的" and sentence.has("names", within=(mark.end, clause[1]))
    modal = sentence.has("modal", within=(clause[0], mark.start))
    return not (used or attributive or modal)


def _slump(sentence: Sentence, mark: Mark) -> bool:
    """A fall that is the subject of a rank: "its slump was one of the biggest falls ever"."""
    rank = next(iter(sentence.all("rank", within=sentence.clause(mark))), None)
    return rank is not None and mark.end <= rank.start and not sentence.has("off", within=sentence.clause(mark))


def _moved(sentence: Sentence, mark: Mark, context: Context) -> tuple[Subject, ...]:
    """The list just before the move, or one linked to it; a pronoun or the clause before it may stand for it."""
    low, high = sentence.clause(mark)
    if mark.kind == "same":
        found = sentence.last("names", before=mark.start, since=low) or next(
            iter(sentence.all("names", within=(mark.end, high))), None
        )
        return tuple(found.value) if found else ()
    behind = next((m for m in sentence.all("names", within=(mark.end, high)) if m.start - mark.end <= 6), None)
    if mark.kind == "down_object" and behind:
        return tuple(behind.value)
    found = sentence.last("names", before=mark.start, since=low)
    if found and mark.start - found.end <= _NEAR:
        return tuple(found.value)
    linked = sentence.linked(mark.end)
    if linked:
        return tuple(linked.value)
    if sentence.has("pronoun", "stock", within=(low, mark.start)):
        return subjects_of(sentence, mark, context)
    earlier = sentence.last("names", before=low)
    return tuple(earlier.value) if earlier and sentence.has(*MOVES, within=(earlier.end, low)) else ()


def _direction(sentence: Sentence, mark: Mark, context: Context, who: Subject, direction: int, line: int) -> Statement:
    day, session = day_of(sentence, mark, context), session_of(sentence, mark, context)
    reasons = (AFTER_HOURS,) if session == "after" else ()
    if who.group is not None:
        clause = sentence.clause(mark)
        hedge = next((h for h in ("some", "all") if sentence.has(h, within=clause)), "most")
        by = "open" if session == "pre" else "close"
        return Statement(line, "breadth", who, None, None, hedge, direction, date=day, by=by, open=reasons)
    kind = "opening_gap" if session == "pre" else "return"
    return Statement(line, kind, who, None, None, "direction", direction, date=day, open=reasons)


__all__ = ["AMONG", "POSSIBLE", "remarks"]
