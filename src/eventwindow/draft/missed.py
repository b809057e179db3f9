"""Figures beside a market word that became no statement: what the reader must look at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from eventwindow.draft.amounts import basis
from eventwindow.draft.lexicon import Mark
from eventwindow.draft.quantified import LARGE, about_something_else, from_peak
from eventwindow.draft.sentence import MOVES, Sentence

MARKET = ("names", "aside", "others", "stock", "value", "close", "rank", "role", "record_high", "record_low")
_YIELD = re.compile(r"\byields?\b|收益率|殖利率", re.IGNORECASE)
STRONG = ("down_strong", "up_strong")


def missed(sentence: Sentence, used: Iterable[Mark]) -> Iterator[str]:
    """The words of each figure that may speak of a market, and of which no statement was made."""
    places = {m.start for m in used}
    yields = _YIELD.search(sentence.text)
    for mark in sentence.all("amount"):
        other = about_something_else(sentence, mark) and not (yields and mark.value.unit == "percent")
        other = other or (basis(mark.value.words) and not yields)
        below = sentence.has(*MARKET) and from_peak(sentence, mark)
        if mark.start not in places and (below or ((yields or _market(sentence, mark)) and not other)):
            yield sentence.text[mark.start : mark.end]


def _market(sentence: Sentence, mark: Mark) -> bool:
    """A change in per cent or points, or a sum beside words for values or closes."""
    spoken = sentence.has(*MARKET) or sentence.has(*STRONG)
    if mark.value.unit in {"percent", "points", "multiple"}:
        return spoken and sentence.has(*MOVES, "rank", "stock", "value", "close", "volume")
    worth = sentence.has("value") and mark.value.high >= LARGE
    return mark.value.unit == "money" and (worth or sentence.has("close"))
