"""The clauses of an English sentence: main ones, and what hangs on them; each with its stretch and kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from eventwindow.draft.chinese import has_chinese

MAIN, RELATIVE, PARTICIPLE, COMPARISON = "main", "relative", "participle", "comparison"
APPOSITION, CONTENT, PARENTHESIS, QUOTATION = "apposition", "content", "parenthesis", "quotation"
_IRREGULAR = (  # participles of their own: "had lost 1.3 percent on Monday"
    "lost|shed|sunk|won|hit|cut|set|put|gone|come|begun|led|left|held|made|sold|bought|told|said|brought|paid|sent|kept|met|stood"
    "|built|caught|felt|found|spent|struck|swung|slid|split|done|seen|sprung|shrunk|crept|thought|let|beat"
)
_VERB = (  # a finite one; an auxiliary with its participle is one
    r"(?:\b(?:(?:is|are|was|were|has|have|had|will|would|can|could|may|might|must|does|do)"
    r"(?:\ (?:not|\w+ly|now|already|still|about\ to|due\ to|set\ to|been|be|to))*"
    rf"(?:\ (?:\w+(?:ed|en|ing)|{_IRREGULAR})\b)?"
    r"|fell|rose|sank|slid|shed|lost|won|sprang|dove|leapt|shot|put|gave|took|saw|went|came|got|made|led|left|held"
    r"|drove|grew|became|began|broke|built|caught|felt|found|sent|shook|spent|struck|threw|wrote|sought|overtook"
    r"|ran|beat|kept|set|hit|cut|let|met|bought|sold|told|said|thought|brought|paid|swung|crept|shrank|drew|stood"
    r"|fled|flew|fought|froze|hung|knew|laid|meant|quit|rode|spoke|stole|stuck|swept|tore|wore|burst|chose|clung|dealt"
    r"|dug|lent|lit|sat|sped|spun|stung|blew|woke|bent|rebuilt|foresaw|understood"
    r"|withdrew|fared|did|split|(?<!-)[a-z]{3,}ed)\b)"
)
_WHICH = (
    r"(?:(?:most|many|some|all|both|none|one|each|half)\ of\ "
    r"|(?:of|to|in|for|from|on|by|at|with|under|through|after)\ )?(?:which|who|whom|whose|where)\b"
)
_LEVEL = r"(?:[\w'’-]+\ ){0,3}?(?:close|closing|high|low|peak|record|level|price|trough)\b"
_HEAD = r"(?:^|(?<=[,;:(]\ )|(?<=\()|(?<=[—–])|(?<=\band\ )|(?<=\bbut\ ))"
_NO_PARTICIPLE = r"(?i:according|during|including|trading|morning|evening|nothing|anything|something|everything|being)"
_HOUR = r"(?:\d{1,2}(?:[:.]\d\d)?\ ?[ap]\.?m|noon|midday|lunch)\b"
_OPENERS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.VERBOSE))
    for kind, pattern in (
        (QUOTATION, r"[“\"]"),
        (PARENTHESIS, r"\((?!\d{1,2}\))"),
        (
            RELATIVE,
            rf"(?<=[\w)'’\"”],\ ){_WHICH}|(?<=\w\ ){_WHICH}"
            r"|(?:(?<=\w,\ )|(?<=day\ )|(?<=noon\ )|(?<=ning\ ))when\b"
            rf"|(?<=[\w,]\ )that\b(?=\ (?:[\w'’$-]+\ ){{0,4}}?(?:{_VERB}|\w+s\b))",
        ),
        (
            COMPARISON,
            r"\bthan\ (?![^\w\s]{0,3}\d|(?:half|an?\ (?:third|quarter|fifth)|twice)\b|(?:doubl|tripl|quadrupl|halv)\w+)"
            r"|\b(?:[Cc]ompared\ (?:with|to)|against|versus)\ "
            rf"|\b(?:from|below|above|beneath|beyond|under|over|short\ of|off)\ "
            rf"(?=(?:an?\ |the\ |its\ |their\ )?{_LEVEL}|\w+day['’]s\b|where\b|what\b|the\ [^\w\s]?\d)"
            r"|\bfrom\ (?=[^\w\s]{0,3}\d)",
        ),
        (
            PARTICIPLE,
            rf"^(?!{_NO_PARTICIPLE})[A-Z][a-z]+ing(?=\ (?:[a-z]|\w+day['’]s))"
            rf"|{_HEAD}(?:(?:\w+ly|long|already|itself|still|once|even)\ )*"
            rf"(?:(?!{_NO_PARTICIPLE})[a-z]{{3,}}ing\b"
            r"|[A-Za-z][a-z]{2,}ed\ (?:by|from|in|on|at|to|with|down|up)\b(?!\ (?:\w+\ ){0,2}[^\w\s]{0,3}\d)"
            r"|(?i:up|down|off|hit|hurt|held|led|set|left|fresh|made|told|known|built|sold)\b)"
            r"|\b(?i:following|despite|since|until|ahead\ of|amid"
            rf"|(?:after|before)(?!\ (?:the\ |\w+day['’]s\ )?(?:market\ |opening|open|bell)|\ {_HOUR}))\ ",
        ),
        (
            APPOSITION,
            r"(?<=[\w)%.'’\"”],\ )(?:an?|the|its|their|one\ of|once|another|still"
            r"|[A-Z][\w&.]*(?:\ [A-Z][\w&.]*){0,2}['’]s?"
            r"|[a-z]+(?:er|or|ist|home|arm|unit|firm|part)s?\ (?:to|of|for|in))\ ",
        ),
    )
)
_CLOSES = re.compile(r",(?!\d)|[;:]\s|\s[-–]\s|[—–]{1,2}|\)|\.$|$")
_SPLITS = re.compile(
    rf"[;:]\s+(?![A-Z][A-Z.]{{0,6}}\))|(?:,\s+|\s)(?:but|while|whereas|yet)\s|,\s+and\s+(?=[^,;]{{0,60}}?{_VERB})|\s[-–]\s|[—–]{{1,2}}".replace(
        r"\ ", " "
    )
)
_FINITE = re.compile(_VERB, re.VERBOSE)
_JOINED = re.compile(rf"\b(?:and|but|before|then)\ (?:\w+ly\ |then\ |also\ )?{_VERB}", re.VERBOSE)
_PREDICATE = re.compile(rf"{_VERB}|[a-z]s\b", re.VERBOSE)
_NOT_PAST = re.compile(r"(?:is|are|has|have|had|will|would|can|could|may|might|must|does|do)\b")
_OWNED = re.compile(r"\w+day['’]s\b", re.IGNORECASE)
_AND = re.compile(r"\s(?:and|but|while|after|as|before)\s")
_ON_DAY = re.compile(  # "worse than Cisco | on Monday", "against the euro | on Thursday"
    r"(?!(?:on|it|they|what|where|\w+day['’]s)\s)"
    r"(?:(?!\b(?:close|closing|high|low|peak|record|level|price|trough|did|had|was|were)\b)"
    r"(?:[^,;\d]|(?<=[A-Za-z]\s)\d{2,3}(?![.\d]|\s?%)))+?"  # the digits of a name: S&P 500
    r"(?P<on>\son\s(?:\w+day\b(?!['’])|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s\d{1,2}\b))"
)
_NESTED = re.compile(r"\b(?:that|which|who|whose|where|when|after|before|since|than)\b")
_CAPITAL = re.compile(r"(?!Having)[A-Z]\w+ing$")
_PAIRS = {"“": "”", '"': '"', "(": ")"}


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a sentence, its kind, and the place of the clause that it hangs on; a main one hangs on none."""

    start: int
    end: int
    kind: str
    on: int | None = None


def clauses(text: str) -> tuple[Clause, ...]:
    """Every clause of a sentence: the main ones, then what hangs on them, each behind what it hangs on.

    A Chinese sentence is one clause here: `sentence.parse` tells which attribute a name or a day of it stands in.
    """
    if has_chinese(text):
        return (Clause(0, len(text), MAIN),)
    splits = (m.end() for m in _SPLITS.finditer(text) if not _quoted(text, m.start()))
    found = [Clause(a, b, MAIN) for a, b in pairwise(sorted({0, *splits, len(text)}))]
    for start, end, kind in sorted(_held(text), key=lambda held: (held[0], -held[1])):
        on = max(k for k, c in enumerate(found) if c.start <= start < c.end)
        behind = [k for k, c in enumerate(found) if kind == RELATIVE and c.on is not None and c.end + 2 == start]
        for k in behind:  # "losses on Wall Street overnight, where …" goes on in the clause that it hangs on
            found[k], on = replace(found[k], end=min(end, found[on].end)), k
        found.append(Clause(start, min(end, found[on].end), kind, on))
    return tuple(found)


def chain(parts: Sequence[Clause], at: int) -> Iterator[Clause]:
    """The clauses that hold a place of the text, from the innermost to the main one."""
    k: int | None = max((k for k, c in enumerate(parts) if c.start <= at < c.end), default=None)
    while k is not None:
        yield parts[k]
        k = parts[k].on


def innermost(parts: Sequence[Clause], at: int) -> Clause:
    return next(chain(parts, at))


def happened(text: str, parts: Sequence[Clause], at: int) -> bool:
    """Whether the main clause around a day tells what happened: by a verb in the past, or by none and "yesterday's"."""
    main = [*chain(parts, at)][-1]
    inside = [c for c in parts if c.on is not None and main.start <= c.start < main.end]
    verbs = [m[0] for m in _FINITE.finditer(text, main.start, main.end)
             if not any(c.start <= m.start() < c.end for c in inside)]  # fmt: skip
    return any(not _NOT_PAST.match(v) for v in verbs) or (not verbs and bool(_OWNED.match(text, at)))


def goes_on(text: str, low: int, high: int) -> bool:
    """Whether another verb is joined between two places: "rose 12 % | and crossed 30,000 points on Nov. 24"."""
    return bool(_JOINED.search(text, low, high))


def _held(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of each stretch that hangs on another."""
    for kind, opener in _OPENERS:
        for m in opener.finditer(text):
            end = _end(text, m, kind)
            if end > m.start() and not _of_its_own(text, m, end, kind):
                content = m[0] == "that" and _FINITE.search(text, 0, m.start())  # "said that …"
                yield m.start(), end, CONTENT if content else kind


def _end(text: str, opened: re.Match[str], kind: str) -> int:
    """Where a stretch ends that begins with an opener; 0 where it never does."""
    if kind in {QUOTATION, PARENTHESIS}:
        return text.find(_PAIRS[opened[0]], opened.end()) + 1
    ends = [m.start() for m in _CLOSES.finditer(text, opened.end())] or [len(text)]
    whole = (e for e in ends if kind != RELATIVE or _PREDICATE.search(text, opened.end(), e))
    end = next(whole, ends[-1])  # "of which Amgen, up 11.8 %, contributed …" has no verb before its second comma
    if kind == COMPARISON and (day := _ON_DAY.match(text, opened.end(), end)):
        return day.start("on")
    if kind == COMPARISON and (conjunction := _AND.search(text, opened.end(), end)):
        return conjunction.start()
    if kind == RELATIVE and not text[: opened.start()].endswith(", "):
        return _second_verb(text, opened, end) or end
    return end


def _second_verb(text: str, opened: re.Match[str], end: int) -> int:
    """Where the main verb stands behind a relative clause that no comma ends: "The index that it joined | rose"."""
    if _FINITE.search(text, 0, opened.start()):
        return 0
    verbs = [*_FINITE.finditer(text, opened.end(), end)]
    return verbs[1].start() if len(verbs) > 1 else 0


def _of_its_own(text: str, opened: re.Match[str], end: int, kind: str) -> bool:
    """Whether what looks like an apposition or a participle has a verb: ", the Dow lost 3 %", "Boeing shares rose"."""
    nested = _NESTED.search(text, opened.end(), end)
    looks = kind == APPOSITION or (kind == PARTICIPLE and _CAPITAL.match(opened[0]))
    return bool(looks and _FINITE.search(text, opened.end(), nested.start() if nested else end))


def _quoted(text: str, at: int) -> bool:
    return text[:at].count('"') % 2 == 1 or text[:at].rfind("“") > text[:at].rfind("”")
