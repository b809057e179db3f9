"""What an English sentence says of a figure that makes it no close of one day: a habit, another yardstick, a share.

The figure is read; a statement that one of these forms holds is not judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from eventwindow.draft.lexicon import Mark
from eventwindow.draft.manner import COMPARED, WHOSE
from eventwindow.draft.quantified import MOMENT, POSSIBLE, SPAN
from eventwindow.draft.sentence import Sentence
from eventwindow.draft.statement import Statement
from eventwindow.errors import Reason

YARDSTICK = Reason("draft_yardstick")
MOVES_OF = {"return", "year_return", "points"}
SIZES = {"percent", "points"}
_MONEY = r"(?:(?:US|U\.S\.|Canadian|Australian|Hong Kong) )?(?:dollars?|euros?|yen|pounds?|sterling|yuan|francs?|won)"
_YARDSTICK = re.compile(
    r"\b(?:including|with|counting|adding|reinvest\w*) (?:reinvested |all |the )?dividends?\b"
    r"|\bdividends? (?:are |were )?(?:reinvested|included|counted)\b|\btotal[- ]returns?\b"
    rf"|\bin (?:{_MONEY}|local[- ]currency|constant[- ]currency|real) terms\b|\bannuali[sz]ed\b"
    rf"|\b(?:measured|expressed|converted|counted|reckoned|priced) (?:in|into|to) {_MONEY}\b"
    r"|\b(?:adjust|account|correct|allow)\w* for (?:inflation|currenc(?:y|ies)|dividends?|the (?:dollar|yen|euro))\b"
    r"|\b(?:inflation|currency)-adjusted\b|\brelative to the (?:market|sector)\b",
    re.IGNORECASE,
)
_FICTION = re.compile(  # no market: "In a stress test, Apple fell 30%"
    r"\b[Ii]n (?:a|an|the|its|one|his|her|their) (?:[\w'’-]+ ){0,3}?"
    r"(?:stress test|simulation|scenario|model|exercise|back-?test|thought experiment"
    r"|novel|film|movie|dream|drill|game|parody)s?\b"
)
_DAYS = r"(?:days|sessions|occasions|weeks|months|years|(?:mon|tues|wednes|thurs|fri)days)\b"
_NUMBER = (
    r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|several|many|most|half|both|each|some|few)"
)
_OFTEN = re.compile(  # how often, behind the figure: "3% or more on 12 days", "in six of the past ten sessions"
    r"(?:(?!\b(?:after|following|amid|its|their)\b)[^,;]){0,40}?"
    rf"\b(?:on (?:at least |more than |only |just )?{_NUMBER} (?:[a-z]+ )?{_DAYS}"
    rf"|(?:on|in) {_NUMBER} of (?:[\w'’]+ ){{1,4}}?{_DAYS}|{_NUMBER} times\b(?! (?:as|more|the|that)\b))",
    re.IGNORECASE,
)
_BASE = re.compile(  # of which the day is not told: "from its intraday peak", "off its record"; not "Monday's record"
    r"[^,;]{0,24}?\b(?:from|off|below|above|under|over|beneath|short of|shy of) (?:its|their|the|a|an|his|that)"
    r"(?! (?:previous|prior|last)\b)(?: (?!\w+day\b|close\b|closing\b)[\w'’-]+){0,3}? "
    r"(?:high|low|peak|trough|record|top|bottom|best|worst|average|price)s?\b",
    re.IGNORECASE,
)
_FROM_TO = re.compile(  # with its first day, or from its close? "from Tuesday to Thursday"
    r"[^,;]{0,20}?\bfrom (?:(?!mon)\w+day to|\w+day['’]s [\w ]{0,16}?to) \w+day\b", re.IGNORECASE
)
_SHARED = re.compile(
    r"\b(?:together|combined|collectively|jointly|between them|in aggregate|in total|as a group)\b", re.IGNORECASE
)
_PART_OF = re.compile(  # "Apple's share of the S&P 500 fell to 7%"
    r"\b(?:share|weight|weighting|stake|slice|portion|proportion|percentage|holdings?|position|interest|exposure"
    r"|bets?|wagers?) (?:of|in|on|to|against) (?:the )?$",
    re.IGNORECASE,
)
_GIVEN = re.compile(r"(?: percentage)?(?: points?)? (?:off|from|to|out of) (?:the )?", re.IGNORECASE)
_ABROAD = (
    r"(?:London|Frankfurt|Paris|Milan|Zurich|Europe|European|Tokyo|Asian?|Hong Kong|Shanghai|Sydney|Seoul|Taipei"
    r"|Wall Street|New York|U\.?S\.?)"
)
_UNIT = r"(?:an?|\w+) (?:hours?|minutes?)"
_HOUR = re.compile(  # a time before the close, or the close of other exchanges
    rf"\b(?:[Ww]hen|[Aa]s|[Oo]nce|[Aa]fter|[Bb]y the time) (?:the )?{_ABROAD}(?: [a-z]+){{0,2}} (?:closed|shut|ended)\b"
    rf"|(?i:\b{_UNIT} (?:before|from|ahead of|to|until) the (?:close|(?:closing )?bell|end)\b)"
    rf"|(?i:\b(?:\w+ (?:minutes?|hours?)|{_UNIT}) into (?:the )?(?:trading|session|day)\b)"
    rf"|\bwith (?:[a-z]+ )?{_UNIT} (?:to go|left|remaining|of trading)\b"
    r"|(?i:\bin the (?:first|last|final|opening|closing) (?:\w+ )?(?:hours?|minutes?)\b)"
)
_FRONTED = re.compile(r"(?:On|In|At|Across) (?:the )?", re.IGNORECASE)
_OF_TOP = re.compile(r"\b(?:high|low|peak|record|top|trough) (?:of|at) (?:about |around )?$", re.IGNORECASE)
_CLOSED = re.compile(r"\b(?:clos|end|finish|settl)\w*", re.IGNORECASE)
_SPOT = re.compile(r"\bspot\b", re.IGNORECASE)
_FUTURES = re.compile(r"\bfutures\b", re.IGNORECASE)


_POSTED = re.compile(r"\b(?:post|report)(?:s|ed|ing) (?:an? |its )?(?:[a-z-]+ )?$")
_AT_TIMES = re.compile(r"\bat (?:\w+ ){0,3}?(?:double|twice|triple|times)$")


def framed(sentence: Sentence, mark: Mark, s: Statement) -> Iterator[Reason]:
    """Why the statement at the mark may be no move of one security from close to close."""
    if sentence.chinese:
        return
    text, (low, high) = sentence.text, sentence.clause(mark)
    if _FICTION.search(text, 0, high):
        yield POSSIBLE
    if _HOUR.search(text):
        yield MOMENT
    first = sentence.first("names", within=(0, mark.start))
    if first and s.who in first.value and _FRONTED.fullmatch(text, 0, first.start) and text.startswith(",", first.end):
        yield Reason("draft_whose")  # "On the TSX, Canadian Tire seemed to benefit, climbing 2.9 per cent"
    if s.kind == "price_level" and _OF_TOP.search(text[: mark.value.at]) and not _CLOSED.search(text, low, mark.start):
        yield MOMENT  # "set a record of $488.54 on Dec. 18": in the day, or at its close?
    if s.kind not in MOVES_OF:
        return
    if not s.who.is_index and _POSTED.search(text, low, mark.start) and not sentence.has("stock", within=(low, high)):
        yield Reason("draft_whose")  # "Citigroup posted a 58% drop": of its profit?
    if _AT_TIMES.search(text, 0, mark.end):
        yield COMPARED  # "trading at more than double their low"
    if _YARDSTICK.search(text):
        yield YARDSTICK
    if any(form.match(text, mark.end) for form in (_OFTEN, _BASE, _FROM_TO)):
        yield SPAN
    if _taken(sentence, mark, s):
        yield COMPARED
    named = [m for m in sentence.all("names", "aside", "others") if s.who in m.value and m.start < mark.end]
    if named:
        yield from _of_several(sentence, named[-1], mark, s)


def _of_several(sentence: Sentence, own: Mark, mark: Mark, s: Statement) -> Iterator[Reason]:
    """Why the figure may be of all that the mark names together, of a part of it, or of another in a row."""
    text, (low, high) = sentence.text, sentence.clause(mark)
    if _SHARED.search(text, low, high) and (len(own.value) > 1 or s.who.is_index):
        yield WHOSE
    if _PART_OF.search(text[: own.start]):
        yield COMPARED
    if _SPOT.search(text, low, own.end) and _FUTURES.search(text, own.end):
        yield WHOSE  # its futures are told beside it
    end = next((m.start for m in sentence.all("names") if m.start > own.end), len(text))
    row = [m for m in sentence.all("amount", within=(own.end, end)) if m.value.unit in SIZES]
    if mark in row and len(row) == len(own.value) > 1 and own.value[row.index(mark)] != s.who:
        yield WHOSE  # "A, B and C gained 2%, 1% and lost 3%"


def _taken(sentence: Sentence, mark: Mark, s: Statement) -> bool:
    """Whether the figure is what one security gives to another or takes from it: "shaved 0.3% off the S&P 500"."""
    found = _GIVEN.match(sentence.text, mark.end)
    named = sentence.all("names", "aside", "others")
    other = next((m for m in named if found and m.start == found.end()), None)
    before = [m for m in named if sentence.clause(mark)[0] <= m.start < mark.start]
    return bool(other and before and s.who in other.value and all(s.who not in m.value for m in before))
