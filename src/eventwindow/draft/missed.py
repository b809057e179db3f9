"""Figures and moves beside a market word that became no statement: what the reader must look at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from eventwindow.draft.amounts import basis
from eventwindow.draft.lexicon import Mark
from eventwindow.draft.quantified import LARGE, about_something_else, from_peak
from eventwindow.draft.sentence import MOVES, Sentence

MARKET = ("names", "aside", "others", "stock", "value", "close", "rank", "role", "record_high", "record_low")
_YIELD = re.compile(r"\byields?\b|收益率|殖利率", re.IGNORECASE)
STRONG = ("down_strong", "up_strong")
SUBJECTS = ("names", "aside", "others", "stock", "role", "group")
RANKED = ("rank", "record_high", "record_low", "valuable")
PRICES = tuple(MOVES.keys() - {"down_wipe", "down_object"})  # moves of value and of holders need a figure
LONGEST = 80  # characters of a clause that are told
_MOVED = re.compile(  # what tells of a move, and no rule makes a statement of
    r"\b(?:(?:out|under)perform\w*|outpac\w+|outstrip\w*|lagg?(?:s|ed|ing)?|trail(?:s|ed|ing)?|beat(?:s|ing)?|(?:half|some|most|all) of [\w ']{0,24}(?:loss(?:es)?|gains?|ground))\b"  # noqa: E501
    r"|跑[赢输]|领先|落后大|收[复回]|失[土地]|打回原形|涨跌互见",
    re.IGNORECASE,
)
_RANKED = re.compile(
    r"\b(?:the )?(?:most|worst|biggest|largest|steepest|best|highest|lowest) (?:ever|on record|in history)\b"
    r"|\bon record\b|\ball-time (?:high|low)s?\b|史上|历来|有史以来|历史新[高低]|纪录",
    re.IGNORECASE,
)


def missed(sentence: Sentence, used: Iterable[Mark]) -> list[Mark]:
    """Each figure that may speak of a market, and of which no statement was made."""
    places = {m.start for m in used}
    return [m for m in sentence.all("amount") if m.start not in places and _speaks(sentence, m)]


def _speaks(sentence: Sentence, mark: Mark) -> bool:
    yields = _YIELD.search(sentence.text)
    other = about_something_else(sentence, mark) and not (yields and mark.value.unit == "percent")
    other = other or (basis(mark.value.words) and not yields)
    below = sentence.has(*MARKET) and from_peak(sentence, mark)
    return below or (bool(yields or _market(sentence, mark)) and not other)


def _market(sentence: Sentence, mark: Mark) -> bool:
    """A change in per cent or points, or a sum beside words for values or closes."""
    spoken = sentence.has(*MARKET) or sentence.has(*STRONG)
    if mark.value.unit in {"percent", "points", "multiple"}:
        return spoken and sentence.has(*MOVES, "rank", "stock", "value", "close", "volume")
    worth = sentence.has("value") and mark.value.high >= LARGE
    return mark.value.unit == "money" and (worth or sentence.has("close"))


def untold(sentence: Sentence, used: Iterable[Mark], passed: Iterable[Mark]) -> Iterator[str]:
    """Each clause with a security and a move, or with a rank of a move, of which nothing was told: no statement, no figure."""  # noqa: E501
    places, told = [m.start for m in used], [m.start for m in (*used, *passed)]
    for (low, high), (begun, end) in pairwise([*sentence.clauses, (-1, -1)]):
        here = (low, high)
        follows = any(begun <= place < end for place in told) and not sentence.has(*SUBJECTS, within=(begun, end))
        if any(low <= place < high for place in told) or sentence.has("off", within=here):
            continue
        moved = sentence.has(*PRICES, within=here) or _MOVED.search(sentence.text, low, high)
        ranked = sentence.has(*RANKED, within=here) or _RANKED.search(sentence.text, low, high)
        spoken = sentence.has(*SUBJECTS, within=here) or places
        if spoken and (ranked or (moved and not follows)):
            clause = sentence.text[low:high].strip(" ,;:.。-")
            yield clause if len(clause) <= LONGEST else f"{clause[:LONGEST]}…"


def unreal(sentence: Sentence) -> bool:
    """Whether the sentence is a forecast, or of what is not."""
    return sentence.has("modal", "condition")
