"""The statements with a figure: per cent, money, levels, points; each with its security, day, sign and hedge."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from eventwindow.draft.amounts import Amount
from eventwindow.draft.context import Context, day_of, session_of, subjects_of, years_of
from eventwindow.draft.lexicon import Mark
from eventwindow.draft.securities import Names
from eventwindow.draft.sentence import MOVES, Sentence
from eventwindow.draft.statement import NOBODY, Statement, Subject

LEVEL_HEDGE = {"at": "", "over": "more_than", "under": "less_than"}
LARGE = 1e7  # a smaller sum is no market value
_AND = re.compile(r"\s*(?:,|、|and|,\s*and|和|与|及)\s*")
_FROM_TO = re.compile(r"(?:\b(?:from|to|at|of)|从|由|至|到|降为|升为)\s*$", re.IGNORECASE)
ROW = "several figures stand in a row: which is whose?"
POSSIBLE = "it is said as a possibility or a forecast"
EXTREME = "an extreme of the day is meant, not its close"
AFTER_HOURS = "a price after hours is meant; daily data hold none"
SPAN = "a span of time is meant: give `date` and `until`"
POINTS = "no measure takes points: give the change in per cent"


def figures(sentence: Sentence, line: int, context: Context, names: Names) -> Iterator[tuple[Mark, Statement]]:
    """Every figure about a market in the sentence, with the mark it stands at."""
    direction = 0
    for mark in sentence.all("amount"):
        if _about_something_else(sentence, mark):
            continue
        amount, sign = mark.value, _sign(sentence, mark)
        for subject in _subjects(sentence, mark, context):
            sign = sign or _elliptic(sentence, mark, direction)
            for found in _stated(sentence, mark, subject, sign, context, names):
                yield mark, replace(found, line=line, step=amount.step, hedge=_hedge(amount, found.hedge))
                direction = found.direction if found.kind != "price_level" else direction


def _about_something_else(sentence: Sentence, mark: Mark) -> bool:
    """Whether the nearest noun says that the figure is a cost, a count, a wage: anything but a price."""
    low, high = sentence.clause(mark)
    kinds = ("off", "stock", "value", "close", "names")
    before = [m for m in sentence.all(*kinds, within=(low, mark.start)) if not _lesser(sentence, m)]
    after = sentence.all("off", within=(mark.end, high))
    if before:
        noun = before[-1].kind
        return noun == "off" or (noun != "value" and bool(after) and _joined_to(sentence, mark, after[0]))
    if after and not sentence.has("stock", "value", "close", within=(low, high)):
        return True
    earlier = [m for m in sentence.all(*kinds, within=(0, low)) if not _lesser(sentence, m)]
    return bool(earlier) and earlier[-1].kind == "off" and not sentence.has("names", within=(low, high))


def _lesser(sentence: Sentence, mark: Mark) -> bool:
    """A name behind a preposition does not end the hold of the noun before it: "its price target for …"."""
    return mark.kind == "names" and not sentence.chinese and sentence.object_of_preposition(mark)


def _joined_to(sentence: Sentence, mark: Mark, noun: Mark) -> bool:
    """ "15 % of its staff", "a 5 % rise in revenue": the noun behind the figure is what it counts."""
    between = sentence.text[mark.end : noun.start].lower()
    if sentence.chinese:
        return between.strip("的 ") == ""
    return len(between.split()) <= 4 and any(f" {w} " in f" {between} " for w in ("of", "in", "on", "more", ""))


def _sign(sentence: Sentence, mark: Mark) -> int:
    """The direction of the move nearest to the figure, in its clause, before it sooner than after; 0 if none."""
    if mark.value.signed:
        return int(mark.value.signed)
    low, high = sentence.clause(mark)
    before = sentence.last(*MOVES, before=mark.start, since=low)
    after = next(iter(sentence.all(*MOVES, within=(mark.end, high))), None)
    other = sentence.last("amount", before=mark.start, since=low)
    if before and (not other or other.start < before.start):
        return MOVES[before.kind]
    if after and not (other and before):
        return MOVES[after.kind]
    return MOVES[before.kind] if before else 0


def _elliptic(sentence: Sentence, mark: Mark, direction: int) -> int:
    """A figure without a verb takes the direction of the figure before it: "… fell 3 % and … 4 %"."""
    named = sentence.has("names", within=(sentence.clause(mark)[0], mark.start))
    return direction if named and mark.value.unit == "percent" else 0


def _subjects(sentence: Sentence, mark: Mark, context: Context) -> tuple[Subject, ...]:
    subjects = subjects_of(sentence, mark, context) or (NOBODY,)
    peers = _peers(sentence, mark)
    return (subjects[peers.index(mark)],) if 1 < len(peers) == len(subjects) else subjects


def _names_before(sentence: Sentence, mark: Mark) -> int:
    found = sentence.last("names", before=mark.start)
    return len(found.value) if found else 0


def _peers(sentence: Sentence, mark: Mark) -> list[Mark]:
    """The figures of a row, "3 % and 4 %", which belong to as many names, one each."""
    peers: list[Mark] = []
    for m in sentence.all("amount"):
        if peers and not _AND.fullmatch(sentence.text[peers[-1].end : m.start]):
            if mark in peers:
                break
            peers = []
        peers.append(m)
    return peers


def _hedge(amount: Amount, given: str) -> str:
    return "range" if amount.low != amount.high else given or amount.hedge


def _stated(sentence: Sentence, mark: Mark, who: Subject, sign: int, context: Context, names: Names) -> list[Statement]:
    """What the figure says of `who`: nothing where no market is meant, one statement a year of several."""
    amount = mark.value
    kind = names.listings[who.symbols[0]].kind if who.symbols else ""
    if (level := _level(sentence, mark, kind)) is not None:
        return [_settled(sentence, mark, _priced(who, amount, names), "price_level", 1, context, level)]
    if amount.unit in {"percent", "multiple"}:
        if not sign or (who is NOBODY and not sentence.has("stock", within=sentence.clause(mark))):
            return []
        return _change(sentence, mark, who, sign, context, kind)
    if amount.unit == "points":
        found = _settled(sentence, mark, who, "points", sign or 1, context)
        return [replace(found, open=(POINTS, *found.open))] if sign and kind == "index" else []
    if amount.high < LARGE or not sentence.has("value") or not sign or _value_level(sentence, mark):
        return []
    measure = "value_changes_sum" if who.group else "value_change"
    found = _settled(sentence, mark, who, measure, sign, context)
    return [replace(found, open=tuple(o for o in found.open if o != AFTER_HOURS))]


def _level(sentence: Sentence, mark: Mark, kind: str) -> str | None:
    """The hedge of a level ("" for none) where words before the figure say that a price came to stand there."""
    amount = mark.value
    plain = amount.unit in {"number", "points"} and kind in {"index", "commodity", "future"}
    if not (plain or amount.unit == "money") or amount.high >= 1e6 or amount.low != amount.high or not kind:
        return None
    head = sentence.text[: amount.at]
    for word, pattern in sentence.rules.levels.items():
        if pattern.search(head):
            return LEVEL_HEDGE[word]
    return None


def _value_level(sentence: Sentence, mark: Mark) -> bool:
    """ "from 3.5 to 2.9 trillion", "a market value of 3 trillion": where a value stood, not what it changed by."""
    head = sentence.text[: mark.start]
    found = _FROM_TO.search(head)
    if found is None or found[0].strip() != "of":
        return found is not None
    return sentence.last("value", before=mark.start, since=max(0, mark.start - 16)) is not None


def _priced(who: Subject, amount: Amount, names: Names) -> Subject:
    """The currency of a price settles which listing is meant, where one alone is quoted in it."""
    meant = tuple(s for s in who.symbols if names.listings[s].currency == amount.currency)
    return Subject(meant) if len(meant) == 1 else who


def _change(sentence: Sentence, mark: Mark, who: Subject, sign: int, context: Context, kind: str) -> list[Statement]:
    amount, years = mark.value, years_of(sentence, mark)
    if amount.unit == "multiple" and years is None and not amount.signed and sign < 0:
        return []
    found = _settled(sentence, mark, who, "return", sign, context)
    if kind == "future" and (found.kind == "opening_gap" or amount.low != amount.high):
        found = replace(found, kind="day_range")
    if years is None:
        return [found]
    found = replace(found, kind="return", date=None)
    if not years or (len(years) > 1 and not sentence.has("every")):
        return [replace(found, open=(SPAN, *found.open))]
    return [replace(found, kind="year_return", year=year) for year in years]


def _settled(
    sentence: Sentence, mark: Mark, who: Subject, kind: str, sign: int, context: Context, hedge: str = ""
) -> Statement:
    """The statement with its day, its session, and what keeps it open."""
    amount, session = mark.value, session_of(sentence, mark, context)
    reasons = [POSSIBLE] * sentence.has("modal", within=(sentence.clause(mark)[0], mark.start))
    peers = _peers(sentence, mark)
    reasons += [ROW] * (len(peers) > 1 and who is not NOBODY and _names_before(sentence, peers[0]) != len(peers))
    reasons += [EXTREME] * amount.extreme + [AFTER_HOURS] * (session == "after")
    if session == "pre" and kind == "return":
        kind = "opening_gap"
    ends = sorted(sign * edge for edge in (amount.low, amount.high))
    return Statement(
        0, kind, who, ends[0], ends[1], hedge, sign, date=day_of(sentence, mark, context), currency=amount.currency,
        open=tuple(reasons),
    )  # fmt: skip
