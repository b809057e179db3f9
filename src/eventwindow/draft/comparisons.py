"""Ranks and records told by a comparison in English: "no other day since July", "more than any other member"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from eventwindow.draft.context import Context, day_of
from eventwindow.draft.lexicon import Mark
from eventwindow.draft.periods import WORDS
from eventwindow.draft.sentence import Sentence
from eventwindow.draft.statement import Statement, Subject

Owners = Callable[[Mark], tuple[Subject, ...]]
Since = Callable[[Mark, Statement], str]
Found = Iterator[tuple[Mark, Statement]]
_NAMED = r"(?:(?:other|single|index|listed) )*(?:member|stock|share|component|constituent|company|firm|bank|one)s?"
_DID = (
    r"(?:did|fared|performed|fell|rose|dropped|lost|gained|declined|sank|slid|climbed|advanced|jumped|tumbled"
    r"|was (?:down|up)|ha[sd](?: an?)?|shed|added)"
)
_NOUN = r"(?:decline|drop|fall|loss|slide|slump|plunge|tumble|gain|rise|jump|rally|advance|surge|climb|retreat|move)s?"
_MORE = r"(?:even )?(?:better|worse|more|further|harder)"
_SINCE = r"(since [^,;:.]+?(?=[,;:.]|$| (?:has|had|have|was|did) ))"
_OTHERS = re.compile(  # "no member of the OMX fared better", "none did worse than Zalando"
    rf"\b(?:no {_NAMED}|none)(?: (?:of|in|on|among) [\w&' -]{{2,40}}?)? {_DID} {_MORE}\b(?! than (?:\d|an?\b|half))",
    re.IGNORECASE,
)
_ONLY = re.compile(  # "only Commerzbank, down 2.9 %, did worse", "only one stock in the S&P 500 had a worse day"
    rf"\bonly (?P<one>(?:(?P<n>one|{'|'.join(WORDS)}) )?(?:[^;:.]|\.\d){{2,60}}?),? {_DID} {_MORE}\b(?! than)",
    re.IGNORECASE,
)
_ANY = re.compile(
    rf"\bmore than (?:any(?:thing|one)? (?:(?:other|of the other|of its) )?(?:{_NAMED}|else)|any other)\b"
    r"(?! (?:day|session|week))",
    re.IGNORECASE,
)
_DAY = re.compile(  # "more than on any day since March 2020", "no other day since July has brought a bigger gain"
    rf"\b(?:more|further|better|worse) than (?:on|in) any (?:other )?(?:single )?(?:day|session) {_SINCE}"
    rf"|\bno (?:other )?(?:day|session) {_SINCE} (?:has|had|have) \w+ (?:[\w']+ ){{0,3}}?"
    r"(?:bigger|larger|steeper|better|worse|sharper)"
    r"|\b(?:never|not|n't) (?:\w+ )?(?:done|had|seen|fared|known)(?: an?)? (?:better|worse)(?: (?:day|session))?"
    rf"(?: in an? (?:day|session))?(?: {_SINCE})?"
    rf"|\b{_NOUN} (?:was|is|were) (?:the |its |their )?(?:\w+['’]s )?"
    rf"(?:(?:steep|bigg|larg|sharp|deep|strong)est|worst|best) {_SINCE}"
    rf"|\bthe (?:best|worst) (?:day |session )?(?:it|they|the \w+) ha(?:s|ve|d) (?:had|seen|known)(?: {_SINCE})?",
    re.IGNORECASE,
)
_LEVEL = re.compile(  # "it has not been so expensive since May", "the cheapest it has been since", "higher than ever"
    rf"\b(?:not|n't|last) (?:\w+ ){{0,2}}?(?:so|this|that|as) (?P<adjective>\w+) {_SINCE}"
    rf"|\bthe (?P<most>\w+est) (?:it|they) (?:has|have|had) (?:been|stood|traded|closed)(?: at)? {_SINCE}"
    r"|\b(?P<than>higher|lower) than ever\b",
    re.IGNORECASE,
)
_HIGH = re.compile(r"expensive|dear|high|strong|costly")
_LOW = re.compile(r"cheap|low|weak")
_UP = re.compile(r"better|best|gain|ris|ros|climb|advanc|jump|up\b|added", re.IGNORECASE)
_DOWN = re.compile(r"worse|worst|los|fell|fall|drop|declin|sank|slid|tumbl|down\b|shed", re.IGNORECASE)


def compared(sentence: Sentence, context: Context, direction: int, owners: Owners, since: Since) -> Found:
    """Every such rank; `direction` is that of the move told last, `owners` say whose a mark is."""
    if sentence.chinese:
        return
    text = sentence.text
    for m in _DAY.finditer(text):
        mark, way = Mark(*m.span(), "rank"), _way(m[0], direction)
        yield from _each(sentence, mark, context, owners(mark), "return_rank", 1.0, way, since, _looked(m))
    for m in _LEVEL.finditer(text):
        word = m["adjective"] or m["most"] or m["than"]
        by = "high" if _HIGH.match(word) else "low" if _LOW.match(word) else ""
        mark = Mark(*m.span(), "record")
        for _, s in _each(sentence, mark, context, owners(mark) if by else (), "record", 0.0, -1, since, _looked(m)):
            yield mark, replace(s, by=by)
    for m in (*_OTHERS.finditer(text), *_ANY.finditer(text)):
        mark = Mark(*m.span(), "rank")
        than = next(
            iter(sentence.all("names", "aside", "others", within=(m.end(), min(len(text), m.end() + 40)))), None
        )
        named = than is not None and text[m.end() : than.start].strip() in {"than", "than the"}
        who = than.value if named and than else owners(mark)
        yield from _each(sentence, mark, context, who, "members_rank", 1.0, _way(m[0], direction))
    for m in _ONLY.finditer(text):
        mark, way = Mark(*m.span(), "rank"), _way(m[0], direction)
        first = next(iter(sentence.all("names", "aside", within=m.span("one"))), None)
        ahead = first is not None and first.start == m.start("one")
        count = 1 if ahead or not m["n"] else WORDS.get(m["n"].lower(), 1)
        if first and ahead:
            yield from _each(sentence, first, context, first.value, "members_rank", 1.0, way)
        yield from _each(
            sentence, mark, context, context.who if ahead else owners(mark), "members_rank", 1.0 + count, way
        )


def _each(
    sentence: Sentence, mark: Mark, context: Context, who: tuple[Subject, ...], kind: str, nth: float, way: int,
    since: Since | None = None, looked: tuple[int, int] = (0, 0),
) -> Found:  # fmt: skip
    for subject in who:
        s = Statement(0, kind, subject, nth, nth, "exact", way, step=1.0, date=day_of(sentence, mark, context))
        yield mark, s if since is None or looked == (0, 0) else replace(s, since=since(Mark(*looked, "since"), s))


def _looked(m: re.Match[str]) -> tuple[int, int]:
    """Where the words stand that tell how far back a rank looks."""
    return next((m.span(k) for k, words in enumerate(m.groups(), 1) if words and words.startswith("since ")), (0, 0))


def _way(words: str, before: int) -> int:
    if _UP.search(words):
        return 1
    return -1 if _DOWN.search(words) or before < 0 else 1
