"""Whose move a figure or a verb is: the names before it, those linked to it, a pronoun's, or a clause before."""

from __future__ import annotations

import re
from dataclasses import dataclass

from eventwindow.draft.clauses import PARTICIPLE, RELATIVE, chain
from eventwindow.draft.context import Context
from eventwindow.draft.lexicon import Mark
from eventwindow.draft.sentence import MOVES, Sentence
from eventwindow.draft.statement import Subject
from eventwindow.errors import Reason

WHICH = Reason("draft_which")
_LED = re.compile(r"\b(?:led|topped|headed) (?:the )?$")
_STOCK = re.compile(
    r"(?:share|stock|share price|stock price|price|adr|receipt|contract|loss|losse|gain|fall|drop|decline|value|capitali[sz]ation|cap|valuation|worth|close|index|futures?|listing)s?$"  # noqa: E501
)
_WORD = re.compile(r"[A-Za-z][\w'’.-]*")
_INSERTED = re.compile(
    r"\W*(?:which|who|whose|where|when|such|including|like|unlike|a|an|its|one|as|compared|if|because|with|whereas|the (?=\w+ (?:of|behind|that)))\b",  # noqa: E501
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"(?: (?:Group|Holdings?|Inc|Corp|Co|Ltd|Plc|PLC)\.?)?(?:['’]s? (?:shares?|stock|ADRs?))?(?: of [A-Z]\w+)?[^\w;:]*"
)
_SMALL = re.compile(r"\W*[a-z][^;:]*")
_JOINED = re.compile(r"\W*(?:and|but|or)\b")
_FIRST_WORD = re.compile(
    r"\W*(?:(?:also|still|then|again|only|nevertheless|nonetheless|instead|even|\w+ly) )*(?P<word>[a-z]+)"
)
_VERB = re.compile(
    r"[a-z]{3,}ed|was|were|is|are|ha[sd]|have|got|did|does|went|came|took|gave|made|put|saw|led|left|held|stood|ran|beat"
    r"|kept|lay|sat|set|hit|cut|let|met|won|bought|sold|told|thought|brought|paid|said"
)
_FIRST_OF = re.compile(r"['’]s ")
_INDEX = re.compile(r"index|average|benchmark|gauge|market|指数", re.IGNORECASE)
_ELSEWHERE = re.compile(r"\b[Ii]n [A-Z][\w ]*$|在[^,。]{2,8}$")  # the index of a place, not the one spoken of
_RELATIVE = re.compile(r"\W*(?:which|who|whose|that)\b", re.IGNORECASE)
_GOES_ON = re.compile(
    r"\W*(?:but|and|then|yet) (?:then |later |still |also |\w+ly )?(?:end|clos|finish|settl|manag|recover"
    rf"|(?:{_VERB.pattern})(?= (?:an?|its|their|the|up|down|at|by|on|to|in|with|higher|lower|\w+ly|\d)\b))",
    re.IGNORECASE,
)
_WHICH_DOES = re.compile(rf"\W*(?:which|that) (?:\w+ly )?(?:[a-z]+s|{_VERB.pattern})\b")
_ONE_OF_TWO = re.compile(r"\bthe (?P<one>former|latter)\b|(?P<zh>前者|后者)")
_BOTH = re.compile(r"(?:[前后]?两者|二者|两大?(?:股?指数|股指))(?=[^,;。]{0,8}[都均皆双的])")
_OFF = re.compile(r"\s+off\s+(?:the |that of )*(?:shares? (?:price )?(?:of|in) )?", re.IGNORECASE)
_SET_IN = re.compile(
    r"\W*(?:up|down|off|plus|minus|itself|(?:with|after) an? (?:\w+ )?(?:gain|loss|rise|fall|drop))\b", re.IGNORECASE
)
_HEADS = re.compile(
    r"\W*(?:(?:the )?(?:(?:shares?|stock) (?:of|in) )?(?:the )?)?(?:[a-z]+(?:er|or|ist|giant|index|average) )?"
)
_SHARES = re.compile(
    r"\W*(?:(?:the|its|their) )?(?:shares?|stock)\b(?! (?:market|exchange|in|of|worth))", re.IGNORECASE
)
_OF_FIRM = re.compile(r"\b(?:shares|stock)\b(?! (?:market|exchange|index))", re.IGNORECASE)
_WORDS = re.compile(r"(?: [A-Z][\w&.]*)*")
TOPIC = re.compile(
    r"(?P<name>[^—–:.;()]{2,60}?)(?: \([A-Z.]{1,6}\))?"
    r"(?: [—–] (?=[A-Z])|: (?=(?:The )?(?:[Ss]hares?|[Ss]tock|[Ss]crip)\b|Its (?:shares|stock)\b))"
)
_OWNS = re.compile(r"['’]s\Z")
_PRICES = re.compile(r"(?:^|\W)(?:[Pp]rices|[Ff]utures)\s(?:[a-z]+\s){0,4}\Z")
_MOVE_OF = re.compile(r"\b(?:gain|loss|rise|fall|drop|decline|advance|jump|slide|rally|slump|rebound) of \Z")
_ON_INDEX = re.compile(r" (?:on|in) (?:the )?")
_OPENING = re.compile(r"\W*(?:up|down|having|after|\w+ing|at(?= [^\w\s]{0,2}\d))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """The subjects, and why they may be others; no subjects where the clause speaks of something else."""

    who: tuple[Subject, ...] = ()
    open: tuple[Reason, ...] = ()
    foreign: bool = False  # the clause has a subject of its own, which is no security


def subjects_of(sentence: Sentence, mark: Mark, context: Context) -> Found:
    """The subjects of the figure, verb or rank at the mark."""
    low, high = sentence.clause(mark)
    own = sentence.last("names", before=mark.start, since=low)
    if (off := _OFF.match(sentence.text, mark.end)) and (whose := _begins(sentence, off.end())):
        return Found(tuple(whose.value))  # "knocked 4.3 % off Ford's share price"
    topic = _of_topic(sentence, own, mark, context)
    if topic or own is not None:
        return Found(topic) if topic or own is None else of_own(sentence, own, mark, low)
    near = attributed(sentence, mark) or (_right_before(sentence, low) if _SET_IN.match(sentence.text, low) else None)
    if near:
        begun = [*chain(sentence.parts, near.start)][-1].start
        near = (_scope(near, sentence) and sentence.first("names", within=(begun, near.start))) or near
        return Found(tuple(near.value), (WHICH,) * sentence.chinese)  # "and Microsoft, down 1.8 %, weighed on …"
    meant = _list(_after(sentence, mark, high)) or _one_of_two(sentence, low, mark, context)
    if meant := meant or _list(resumed(sentence, low)):
        return Found(meant)
    if foreign_head(sentence, low, mark):
        return Found(foreign=True)
    return _carried(sentence, mark, context)


def _of_topic(sentence: Sentence, own: Mark | None, mark: Mark, context: Context) -> tuple[Subject, ...]:
    """The name that the line begins with, where the clause speaks of it by a noun or a pronoun, or begins behind it."""
    low = sentence.clause(mark)[0]
    begun = TOPIC.match(sentence.text)
    first = begun is not None and low <= begun.end() <= mark.start
    owned = own is None or (first and _FIRST_OF.match(sentence.text, own.end) is not None)
    pointed = sentence.has("role", "stock", "pronoun", within=(low, mark.start))
    return context.topic if context.topic and owned and (first or pointed) else ()


def topic_of(sentence: Sentence) -> tuple[Subject, ...]:
    """The securities whose names, and nothing else, a line begins with before a dash."""
    begun = None if sentence.chinese else TOPIC.match(sentence.text)
    named = sentence.all("names", "aside", within=begun.span("name")) if begun else []
    whole = (
        begun and named and named[0].start == 0 and _WORDS.fullmatch(sentence.text, named[-1].end, begun.end("name"))
    )
    return tuple(s for m in named for s in m.value) if whole else ()


def attributed(sentence: Sentence, mark: Mark) -> Mark | None:
    """The name whose attribute the mark is part of: 昨日急跌一成的百度, 去年到过234元的阳明."""
    if not sentence.chinese:
        return None
    following = next((m for m in sentence.all("names") if m.start >= mark.end), None)
    inside = following and following.start < sentence.clause(mark)[1] and sentence.text[following.start - 1] == "的"
    return following if inside else None


def _scope(near: Mark, sentence: Sentence) -> bool:
    """Whether a name is only the index in which something is ranked: "the best stock in the S&P 500, up 131 %"."""
    low = sentence.clause(near)[0]
    ranked = sentence.has("foremost", "rank", within=(low, near.start))
    return (
        ranked
        and all(s.is_index for s in near.value)
        and (near.kind == "aside" or sentence.object_of_preposition(near) or _led(sentence, near))
    )


def _led(sentence: Sentence, near: Mark) -> bool:
    return _LED.search(sentence.text, 0, near.start) is not None


def resumed(sentence: Sentence, low: int) -> Mark | None:
    """The name that a clause goes on from behind a stretch that is set in: "Nike, which reports soon, was weak"."""
    before = [c for c in sentence.clauses if c[1] <= low]
    if sentence.chinese or len(before) < 2 or not _verb_first(sentence, low):
        return None
    for (a, b), inserted in zip(before[-2::-1], before[:0:-1], strict=True):
        named = sentence.last("names", before=b, since=a)
        still = not sentence.has(*MOVES, "amount", within=(a, b))
        if named and still and _ENDS.fullmatch(sentence.text[named.end : b]):
            return None if sentence.object_of_preposition(named) else named
        if not (_INSERTED.match(sentence.text[slice(*inserted)]) or _participle(sentence, *inserted)):
            return None
    return None


def _participle(sentence: Sentence, low: int, high: int) -> bool:
    """Whether a stretch hangs on the name before it: "hurt by cheaper oil", "up 5 %"; a name's own move does not."""
    named = next(iter(sentence.all("names", within=(low, high))), None)
    if not _SMALL.fullmatch(sentence.text, low, high) or _JOINED.match(sentence.text, low):
        return False
    return named is None or not sentence.has(*MOVES, "amount", within=(named.end, high))


def _verb_first(sentence: Sentence, low: int) -> bool:
    """Whether a clause begins with a verb, so that its subject stands before it."""
    word = _FIRST_WORD.match(sentence.text, low)
    if word is None:
        return False
    moves = any(m.start == word.start("word") for m in sentence.all(*MOVES))
    return moves or _VERB.fullmatch(word["word"]) is not None


def _begins(sentence: Sentence, at: int) -> Mark | None:
    return next((m for m in sentence.all("names", "aside") if m.start == at), None)


def _carried(sentence: Sentence, mark: Mark, context: Context) -> Found:
    """The subjects of a clause that names none: the index's, those of a clause before, of a sentence before, or behind."""  # noqa: E501
    low, high = sentence.clause(mark)
    role = sentence.last("role", before=mark.start, since=low) or _role_of_main(sentence, mark)
    role = role or _role_before(sentence, low)
    if pointed := _pointed(sentence, mark, role, context):
        return pointed
    firms = role is not None or sentence.has("stock", within=(low, mark.start))  # shares are no index's
    shares = not sentence.chinese and _OF_FIRM.search(sentence.text, low, mark.start) is not None
    if before := _earlier(sentence, low, firms, shares):
        return before
    told = sentence.all("aside", within=(0, low)) if firms and sentence.chinese else []
    if len(told) == 1:
        return Found(tuple(told[0].value), (WHICH,))  # 美国证管会控告Coinbase,股价收跌12%
    carried = tuple(s for s in context.who if not (firms and not _owns(s, shares)))
    firm = not sentence.chinese and (role or _SHARES.match(sentence.text, low))
    other = context.firms[:1] if firm and not carried else ()  # "It led the Nifty. The company said …": not the index
    if carried or other:
        first = role and _FIRST_OF.search(sentence.text, role.start, role.end)  # "Britain's biggest grocer"
        return Found(carried or other, (WHICH,) if context.several or first or other else ())
    following = next(iter(sentence.all("names", within=(mark.end, high))), None)
    return Found(tuple(following.value)) if following else Found()


def _owns(who: Subject, shares: bool) -> bool:
    """Whether what a noun like "the company" or, with `shares`, the word itself speaks of may be the subject's."""
    return who.has_shares if shares else not who.is_index


def _pointed(sentence: Sentence, mark: Mark, role: Mark | None, context: Context) -> Found | None:
    """The subjects that a noun points to: an index, the prices of what is traded; or the name behind an opening."""
    low = sentence.clause(mark)[0]
    if role and _INDEX.search(sentence.text[role.start : role.end]):
        meant = () if _ELSEWHERE.search(sentence.text[: role.start]) else _index_of(sentence, low, context)
        if meant or context.index or not context.who:
            return Found(meant[-1:], (WHICH,) if len(meant) > 1 else ())
    if low == 0 and not sentence.chinese and _OPENING.match(sentence.text):  # "Down 40 % this year, Moderna bounced"
        following = next(iter(sentence.all("names")), None)
        begun = sentence.clause(following)[0] if following else 0
        if following and begun > mark.start and _HEADS.fullmatch(sentence.text, begun, following.start):
            return Found(tuple(following.value))
    priced = None if sentence.chinese or role else _PRICES.search(sentence.text, low, mark.start)
    if priced and context.goods and context.who != context.goods:
        return Found(context.goods[:1], (WHICH,))  # "prices", behind the name of a firm
    return None


def _role_of_main(sentence: Sentence, mark: Mark) -> Mark | None:
    """The noun that heads the main clause, where the mark's hangs on it: "The benchmark … rose, adding 0.2 %"."""
    held = sentence.held(mark)
    if sentence.chinese or not held or held[-1].kind != PARTICIPLE:
        return None
    inside = sentence.all("role", "names", within=(0, held[-1].start))
    heads = [m for m in inside if not (sentence.held(m) or sentence.object_of_preposition(m))]
    return heads[0] if heads and heads[0].kind == "role" else None


def _role_before(sentence: Sentence, low: int) -> Mark | None:
    """The noun of the clause before, where this one begins with a verb: "The index fell 0.1% but climbed 2.4% this week"."""  # noqa: E501
    role = sentence.last("role", before=low) if _GOES_ON.match(sentence.text, low) else None
    return role if role and not (sentence.chinese or sentence.has("names", within=(role.end, low))) else None


def _list(mark: Mark | None) -> tuple[Subject, ...]:
    return tuple(mark.value) if mark else ()


def _one_of_two(sentence: Sentence, low: int, mark: Mark, context: Context) -> tuple[Subject, ...]:
    """Whom "the former" or "the latter" means, of two named before in the sentence or in the one before it."""
    which = _ONE_OF_TWO.search(sentence.text, low, mark.start)
    if which is None:
        return ()
    named = list(dict.fromkeys(s for m in sentence.all("names", within=(0, low)) for s in m.value))
    told = (
        context.named[-2:] if which["zh"] or len(context.who) != len(named[-2:] or context.named[-2:]) else context.who
    )
    two = named[-2:] if len(named) > 1 else list(told)
    return (two[0 if which["one"] == "former" or which["zh"] == "前者" else 1],) if len(two) == 2 else ()


def both_of(sentence: Sentence, mark: Mark, context: Context) -> tuple[Subject, ...]:
    """The two named last, where the clause of the mark says "both" of them: 两者都写下8月以来最大跌幅."""
    if not _BOTH.search(sentence.text, sentence.clause(mark)[0], mark.start):
        return ()
    named = list(dict.fromkeys(s for m in sentence.all("names", within=(0, mark.start)) for s in m.value))
    return tuple((named if len(named) > 1 else [*context.named])[-2:])


def _index_of(sentence: Sentence, low: int, context: Context) -> tuple[Subject, ...]:
    """The indices named before in the sentence, else those of the sentence that named one last."""
    named = [s for m in sentence.all("names", "aside", within=(0, low)) for s in m.value if s.is_index]
    return tuple(dict.fromkeys(named)) or context.index


def of_own(sentence: Sentence, own: Mark, mark: Mark, low: int) -> Found:
    if not sentence.chinese and _possessor(sentence, own, mark):
        return Found(foreign=True)
    first = sentence.all("names", within=(low, own.start))
    rivals = [m for m in first if not sentence.has(*MOVES, "amount", within=(m.end, own.start))]
    if rivals and not sentence.chinese and sentence.text[: own.start].endswith((" of ", " of the ")):
        return Found(tuple(rivals[-1].value))  # "the KRE fund of regional lenders"
    if rivals and not sentence.chinese and not _at_verb(sentence, own, mark):
        return Found(tuple(rivals[0].value), (WHICH,))
    return Found(tuple(own.value))


def _at_verb(sentence: Sentence, own: Mark, mark: Mark) -> bool:
    """Whether only adverbs and the like stand between the name and its verb: "as Tesla fans cheered, Ford fell"."""
    verb = _verb(sentence, own.end, mark)
    words = [w.lower() for w in _WORD.findall(sentence.text[own.end : verb])]
    return "and" not in words and "," not in sentence.text[own.end : verb] and all(_light(sentence, w) for w in words)


def _light(sentence: Sentence, word: str) -> bool:
    return word in sentence.rules.small or word.endswith("ly") or bool(_STOCK.match(word))


def _verb(sentence: Sentence, low: int, mark: Mark) -> int:
    """Where the verb of the figure begins: the first move between, else the figure itself."""
    return next((m.start for m in sentence.all(*MOVES, within=(low, mark.start))), mark.start)


def _possessor(sentence: Sentence, own: Mark, mark: Mark) -> bool:
    """ "Apple's phones fell", "Uber drivers rose": what the name owns moved, not the name."""
    between = sentence.text[own.end : _verb(sentence, own.end, mark)]
    owns = between.strip() in {"'s", "’s"} or bool(_OWNS.search(sentence.text, own.start, own.end))
    owns = owns or sentence.text[: own.start].endswith("those of ")
    if owns and sentence.has("off", within=(0, own.start)):
        return _OF_FIRM.search(sentence.text, 0, own.start) is None  # "sales rose 6.7% while Campbell's fell 3.6%"
    words = _WORD.findall(between.removeprefix("'s").removeprefix("’s"))
    while words and words[0][0].isupper() and between[:1] == " ":  # "Mitsubishi UFJ Financial slid"
        words.pop(0)
    words = [w.lower() for w in words]
    links = sentence.rules.prepositions
    if between[:2] not in {"'s", "’s"}:
        moved = between[:1] == " " and sentence.text[own.end : mark.start] != between
        light = any(_light(sentence, w) or w in links or _VERB.fullmatch(w) for w in words)
        return moved and 0 < len(words) <= 2 and not light
    owned = words[: next((k for k, w in enumerate(words) if w in links), len(words))]
    return any(not _light(sentence, w) for w in owned) and not any(_STOCK.match(w) for w in owned)


def foreign_head(sentence: Sentence, low: int, mark: Mark) -> bool:
    """Whether the clause has a subject of its own that is no security: the word before the verb is a noun."""
    if sentence.chinese:
        return False
    if _GOES_ON.match(sentence.text, low):
        return False  # "but gave it all back and ended with a gain of 5 %"
    if _WHICH_DOES.match(sentence.text, low):
        return False  # "which takes its loss this year to 30 %"
    verb = _verb(sentence, low, mark)
    known = [m for m in sentence.marks if low <= m.start and m.end <= verb and m.kind not in MOVES]
    if any(m.kind in {"pronoun", "role", "stock", "value", "volume"} for m in known):
        return False
    text = sentence.text[low:verb]
    for m in known:
        text = text[: m.start - low] + " " * (m.end - m.start) + text[m.end - low :]
    words = [w.lower() for w in _WORD.findall(text) if w != "s"]
    while words and _light(sentence, words[-1]) and words[-1] not in {"it", "they", "which", "who", "both"}:
        words.pop()
    if not words or words[-1] in {"it", "they", "which", "who", "both"}:
        return False
    return not _object(sentence, words)


def _object(sentence: Sentence, words: list[str]) -> bool:
    """Whether the last words hang on a preposition or a participle, so that the clause has no subject of its own."""
    near = words[-4:]
    return any(w in sentence.rules.prepositions for w in near) or words[0].endswith("ing")


def _earlier(sentence: Sentence, low: int, firms: bool = False, shares: bool = False) -> Found | None:
    """The names of a clause before; clauses that are set in, as "which made the part", are passed over."""
    relative = bool(_RELATIVE.match(sentence.text[low:]))
    if relative and (near := _right_before(sentence, low)):
        return Found(tuple(near.value))  # "further than Vistra, which was down 28 %"
    clauses = [c for c in sentence.clauses if c[1] <= low and sentence.has("names", within=c)]
    for k, clause in enumerate(reversed(clauses)):
        inserted = _INSERTED.match(sentence.text[clause[0] : clause[1]]) is not None
        if inserted and not relative and not sentence.chinese and k + 1 < len(clauses):
            continue
        named = [
            m
            for m in sentence.all("names", within=clause)
            if not (firms and not any(_owns(s, shares) for s in m.value)) and not _of_role(sentence, m, low)
        ]
        if not named:
            continue
        apart = [m for m in named if not sentence.has(*MOVES, "amount", within=(named[0].end, m.start))]
        if len(apart) > 1 and not relative:
            return Found(tuple(apart[0].value), (WHICH,))
        return Found(tuple(named[-1].value))
    return None


def _of_role(sentence: Sentence, name: Mark, low: int) -> bool:
    """Whether a name only tells more of a noun that heads the sentence: "The bank, whose rivals include UBS, rose"."""
    around = [c for c in sentence.held(name) if c.kind == RELATIVE and c.end <= low]
    return bool(around) and not sentence.chinese and sentence.has("role", within=(0, around[-1].start))


def _right_before(sentence: Sentence, low: int) -> Mark | None:
    """The name that a stretch stands right behind."""
    named = sentence.all("aside", "names", "others", within=(0, low))
    return next((m for m in named if not sentence.text[m.end : low].strip(" ,()")), None)


def _after(sentence: Sentence, mark: Mark, high: int) -> Mark | None:
    """A list joined to the mark by a preposition, with at most a move between: "a 17 % fall in …"."""
    if _MOVE_OF.search(sentence.text, 0, mark.start) and (on := _ON_INDEX.match(sentence.text, mark.end)):
        named = _begins(sentence, on.end())
        if named and all(s.is_index for s in named.value):
            return named  # "a loss of 1.5 percent on the Nasdaq"
    ends = [mark.end, *(m.end for m in sentence.all(*MOVES, within=(mark.end, min(high, mark.end + 16))))]
    return next((found for end in ends if (found := sentence.linked(end))), None)
