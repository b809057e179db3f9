"""The statements without a figure of their own: ranks, records, comparisons of value, and plain directions."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from eventwindow.calendars.dates import month_number
from eventwindow.draft.chinese import numeral
from eventwindow.draft.comparisons import compared
from eventwindow.draft.context import Context, day_of, day_told, frame_of, period_of, session_of
from eventwindow.draft.dates import MONTH
from eventwindow.draft.kinds import head
from eventwindow.draft.lexicon import Group, Mark
from eventwindow.draft.periods import WORDS
from eventwindow.draft.quantified import AFTER_HOURS, EXTREME, FALLBACK, MOMENT, SPAN, WHICH_DAY, inverse
from eventwindow.draft.securities import Names
from eventwindow.draft.sentence import MOVES, OPENED, Sentence
from eventwindow.draft.statement import NOBODY, Statement, Subject
from eventwindow.draft.subjects import WHICH, both_of, of_own, resumed, subjects_of
from eventwindow.errors import Reason

AMONG = 10  # "one of the largest" is among the ten largest
SINCE = Reason("draft_how_far_back")
OF_VALUE = Reason("draft_rank_of_value")
SCOPE = Reason("draft_scope")
_SPAN = r"(?:year|month|week|history|decade|quarter|day|session|century)"
_SCOPE = re.compile(
    rf"\s*(?:(?:by|in) [\w ]{{1,20}})?\s*(?:in|on|of|among|within)\s+(?:the|all|its|any|an?)\b(?! {_SPAN})",
    re.IGNORECASE,
)
_IN_INDEX = re.compile(  # "the biggest loss in the DAX", "the steepest decline among the sectors"
    r" (?:in|on|of|among|across|within) (?:the (?!United|Covid|history)[A-Z][\w&]*"
    r"|(?:the |all |any )(?:(?:major|other|main|whole|blue-chip|eleven|11) )*"
    r"(?:index(?:es)?|indices|benchmark|sectors?|gauge|blue chips|average)\b)"
    r"(?![^,.;]{0,20} (?:since|in \w+ (?:years|months)))"
)
_OF_YEAR = re.compile(r"\s*(?:of|this|so far this)\s+(?:the |this )?year\b|\s*(?:of|in)\s+(?P<year>20\d\d)\b", re.I)
_OF_SPAN = re.compile(r"\s*of\s+(?:the|a|this)\s+(?:month|week|decade|quarter|century)\b", re.IGNORECASE)
_AMONG = re.compile(r"\s*(?:of|among)\s+(?:the )?", re.IGNORECASE)
_ROSE = re.compile(r"rose|highest|rise|at the top|gain|ris|climb|advanc|best|strong|top|涨")
_GAIN = re.compile(r"jump|gain|ris|rall|best|strong|涨|升幅", re.IGNORECASE)
_FAR = re.compile(
    r"(?:\b(?:below|from|off|under|since|of|short of)\s+(?:its|their|the|a)?\s*(?:\w+\s+){0,2}|(?:从|自|距离?|较|比)[^,。]{0,8})$",  # noqa: E501
    re.IGNORECASE,
)
_POINT = re.compile(r"\bpoints?\b")
_IN_POINTS = re.compile(r" (?:in|of) points\b| in points? terms\b")
_DAY = re.compile(r"\b(?:move|day)\b", re.IGNORECASE)
_OWN = re.compile(
    r"(?:\b(?:its|their|the (?:stock|index|share|company)['’]s)\s+(?:[\w-]+\s+){0,2}"
    r"|创下?(?:其|自身)?|(?:上市|挂牌|推出|成立)以来)$",
    re.IGNORECASE,
)
_WAS = re.compile(
    r"(?:\b(?:was|were|is|be|being|becoming|making it|and|to|,)|^)"
    r"\W*(?:again |\w+ly )?(?:among )?(?:the )?(?:[\w-]+['’]s )?$",
    re.IGNORECASE,
)
_PLACE = re.compile(r"topp|led|at the ", re.IGNORECASE)  # the words tell the place themselves
_COPULA = re.compile(r"[^,;。]{0,6}?(?:[是为属]|当属|要数)[^,;。是]{0,6}")
_WHO = re.compile(r"(?: (?:in|on|of|among) [\w&/ -]{2,30}?)? (?:was|were) (?:the )?(?:[a-z-]+ ){0,3}")
_NOUN = re.compile(r"\W*(?P<word>[A-Z][a-z]+) (?:was|is|were|has been) ")
ORDINALS = {"second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
             "ninth": 9, "tenth": 10}  # fmt: skip
_ORDINAL = re.compile(rf"\b(?:(?P<word>{'|'.join(ORDINALS)})|(?P<number>\d+)(?:nd|rd|th))[- ]$", re.IGNORECASE)
_ZH_ORDINAL = re.compile(r"第(?P<n>[二三四五六七八九十]+)大")
_MONTH_YEAR = re.compile(
    rf"(?:(?P<month>\b{MONTH}) )?(?P<year>(?:19|20)\d\d)\b|(?P<zh_year>(?:19|20)\d\d)年(?:(?P<zh>\d+)月)?",
    re.IGNORECASE,
)
_YEAR_AGO = re.compile(r"(?P<ago>[今去前])年(?P<zh>\d{1,2})月")
_MONTH = re.compile(rf"\b(?P<month>{MONTH})\b|(?P<zh>\d{{1,2}})月", re.IGNORECASE)
_SINCE_OTHER = re.compile(r"\s*(?:[\w&.'’-]+\s+){0,9}since\b", re.IGNORECASE)
_COUNTS = {
    "a": 1, "one": 1, **WORDS, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
}  # fmt: skip
_BACK = re.compile(
    rf"(?P<n>{'|'.join(sorted(_COUNTS, key=len, reverse=True))}|\d+|[一二两三四五六七八九十]+|半)"
    r"(?:[ -](?P<unit>year|month|week|decade)s?|多?个?多?(?P<zh>年|月|周)(?P<half>半)?)",
    re.IGNORECASE,
)
_MONTHS = {"year": 12, "month": 1, "decade": 120, "年": 12, "月": 1}
_RECORD = re.compile(r"\b(?:record|first time)$")
_UNDER = re.compile(r"\b(?:below|under)\b")
_SINCE_ZH = re.compile(r"以来(?:的|单日|最)?$")
_OF_MOVE = re.compile(r"[涨跌升][幅点势](?:[与和及、]?[涨跌升][幅点势])*[^,。;涨跌升]{0,8}$")
_SUPERLATIVE = re.compile(r"的?最[大深]")
_OF_A_MOVE = re.compile(r"[跌涨升]幅(?=[^,;。]*$)")
_LONG_RUN = re.compile(
    r"连续?(?:第?[两三四五六七八九十\d]+(?:个月|周)[上下走收]?[涨跌升挫]|[上下]?[涨跌升挫]了?第?[两三四五六七八九十\d]+(?:个月|周))"
)
_WAY = re.compile(r"[涨升跌差弱输低]|(?<=表现最)[好强]")
_EVER = re.compile(r"单日新|历史|史上")
_MANY = {
    "all": re.compile(r"齐|皆|均(?!值|量|价|线)|全(?:面|线|数|军|部)|集体|悉数|无一|双双|同步收[黑红]|尽墨|一律"),
    "most": re.compile(r"普遍|普[跌涨]|[多大]数|大多|大面积|大半|整体|[涨跌]多[涨跌]少|逾半"),
    "some": re.compile(r"部分|若干|少数"),
}
_MOST = re.compile(r"\b[Mm]ost(?:ly)?\b|\bbroadly\b")
_NOT_ONE = re.compile(r"\b(?:not (?:a single|one)|none of)\b", re.IGNORECASE)
_COUNTED = re.compile(r"[\d一二两三四五六七八九十](?:余|多)?[只家档](?:个股|股票|成[份分]股|股|公司)?$")
_COUNTED_BEHIND = re.compile(r"的?(?:个股|股票)?(?:家数)?(?:共|则|仅|只|超过|逾|达|有)*\d[\d,]*[余多]?[只家档]")
_CLAUSE_END = re.compile(r"[,。;]|$")
_NUMBERED = re.compile(r"main indices|[三四五]大")  # 三大指数收低: each of them
_OPENED_AT = re.compile(r"停?价[^,;。]{0,8}?开[出盘市]")
_OWN_FIGURE = 4  # characters between a move and its figure, at most
_NEAR = 45  # characters between a name and its verb, at most


def remarks(
    sentence: Sentence, line: int, context: Context, names: Names, said: Sequence[tuple[Mark, Statement]]
) -> Iterator[tuple[Mark, Statement]]:
    """Every statement without a figure; `said` are those with one in the same sentence."""
    for mark in sentence.all("rank"):
        yield from ((mark, replace(s, line=line)) for s in _rank(sentence, mark, context, names, said))
    for mark in sentence.all("valuable", "record_high", "record_low"):
        if _FAR.search(sentence.text[: mark.start]):
            continue  # "31.7 % below its all-time high"
        if _RECORD.search(sentence.text[mark.start : mark.end]) and not _of_price(sentence, mark, said):
            continue
        low = sentence.clause(mark)[0]
        noun = sentence.last("off", "volume", "stock", "close", before=mark.start, since=low)
        if (noun and noun.kind in {"off", "volume"}) or _of_turnover(sentence, mark, low):
            continue  # 營收創新高
        if moved := _OF_MOVE.search(sentence.text, low, mark.start):
            whole = replace(mark, start=moved.start())  # 跌幅創新高 is a rank of the fall, no record of the price
            far = () if _EVER.search(sentence.text, whole.start, mark.end) else (SINCE,)
            for s in (
                _rank(sentence, whole, context, names, said) if "幅" in moved[0] and mark.kind != "record_low" else ()
            ):
                yield mark, replace(s, line=line, open=(*far, *s.open))
            continue
        for who in _whose(sentence, mark, context, names, said, own=True):
            kind, stated = ("value_rank", 1.0) if mark.kind == "valuable" else ("record", 0.0)
            by = mark.kind.removeprefix("record_") if kind == "record" else ""
            by = "low" if by and _fell_to(sentence, mark) else by
            found = _ranked(sentence, mark, context, who, kind, stated, line, by=by)
            since = sentence.beside("since", mark) if kind == "record" else None
            since = since or (mark if kind == "record" and _BACK.match(sentence.text, mark.start) else None)
            span = sentence.beside("period", mark) if kind == "record" else None  # 自8月3日以來新高
            since = span if span and span.value.open and span.value.first else since
            day, told = since_told(sentence, since, found.date or context.last)
            reasons = (*(SINCE,) * (not told), *_of_moment(sentence, mark, said), *inverse(who, names))
            yield mark, replace(found, since=day, open=(*reasons, *_crossed(sentence, mark)))
    for mark in sentence.all("foremost"):
        yield from ((mark, replace(s, line=line)) for s in _foremost(sentence, mark, context))
    for mark in sentence.all("more_against", "about_against"):
        yield from _against(sentence, mark, context, line)
    for mark, s in _by_comparison(sentence, context, names, said):
        yield mark, replace(s, line=line)
    yield from _directions(sentence, line, context, names, said)


def _of_turnover(sentence: Sentence, mark: Mark, low: int) -> bool:
    """Whether a record is one of the turnover that the clause before tells: 成交2133亿元,创逾两年新高."""
    kinds = ("names", "close", "stock", "value", *MOVES)
    before = sentence.last("volume", *kinds, before=low)
    own = sentence.has(*kinds, "amount", within=(low, mark.start))
    return bool(sentence.chinese and before and before.kind == "volume" and not own)


def _by_comparison(
    sentence: Sentence, context: Context, names: Names, said: Sequence[tuple[Mark, Statement]]
) -> Iterator[tuple[Mark, Statement]]:
    """The ranks that a comparison with all others tells; never judged."""

    def owners(mark: Mark) -> tuple[Subject, ...]:
        return _whose(sentence, mark, context, names, said, own=True)

    def since(looked: Mark, s: Statement) -> str:
        return since_told(sentence, looked, s.date or context.last)[0]

    ways = [s.direction for _, s in said if s.kind == "return"]
    for mark, s in compared(sentence, context, ways[-1] if ways else context.direction, owners, since):
        yield mark, replace(s, open=(FALLBACK, *s.open))


def _crossed(sentence: Sentence, mark: Mark) -> tuple[Reason, ...]:
    """A level that is crossed for the first time is a moment's, unless the clause tells a close."""
    first = sentence.text[mark.start : mark.end].lower().endswith("time")
    return (MOMENT,) * (first and not sentence.has("close", within=sentence.clause(mark)))


def _fell_to(sentence: Sentence, mark: Mark) -> bool:
    """Whether "a record", or a first time, is one of a fall: the words before it tell."""
    low, words = sentence.clause(mark)[0], sentence.text[mark.start : mark.end]
    before = sentence.last(*MOVES, before=mark.start)
    fell = (before is not None and MOVES[before.kind] < 0) or _UNDER.search(sentence.text, low, mark.start)
    return bool(fell and _RECORD.search(words))


def _of_price(sentence: Sentence, mark: Mark, said: Sequence[tuple[Mark, Statement]]) -> bool:
    """Whether "a record" is one of the price told beside it, or of a close, not of a count: "30 billion shares, a record"."""  # noqa: E501
    behind = [m for m in sentence.all("amount") if 0 <= m.start - mark.end <= _OWN_FIGURE]
    beside = behind or [m for m in sentence.all("amount") if m.end <= mark.start][-1:]
    return any(m == of for m in beside for of, _ in said) or (not beside and sentence.has("close", *MOVES))


def _ranked(
    sentence: Sentence, mark: Mark, context: Context, who: Subject, kind: str, stated: float, line: int, **keys: str
) -> Statement:
    stood = sentence.last("closed", before=mark.start) if kind == "value_rank" else None  # nothing moved on that day
    day = stood.value.date if stood else day_of(sentence, mark, context)
    return Statement(line, kind, who, stated, stated, "exact", -1, step=1.0, date=day, **keys)  # type: ignore[arg-type]


def _rank(
    sentence: Sentence, mark: Mark, context: Context, names: Names, said: Sequence[tuple[Mark, Statement]]
) -> Iterator[Statement]:
    clause, words = sentence.clause(mark), sentence.text[mark.start : mark.end]
    if _SUPERLATIVE.fullmatch(words):
        moved = _OF_A_MOVE.search(sentence.text, clause[0], mark.start)  # 单日跌幅为2008年10月以来最大
        if moved is None:
            return
        words = moved[0]
    among = sentence.has("among", within=clause)
    since = next(iter(sentence.all("since", within=(clause[0], len(sentence.text)))), None)
    own = bool(_OWN.search(sentence.text[: mark.start])) or since is not None or mark.kind != "rank"
    money = sentence.has("value") or bool(sentence.rules.words["value"].search(words))
    money = money or context.kind == "value_change" or any(s.kind == "value_change" for _, s in said)
    before = [s.kind for m, s in said if m.start < mark.start and s.kind in {"return", "value_change"}]
    money = money and not (_OF_A_MOVE.search(words) and before[-1:] == ["return"])
    gain = _gain(words, mark, said)
    nth = float(AMONG) if among else _nth(sentence.text[: mark.start], words)
    if not (own or sentence.chinese) and _IN_INDEX.match(sentence.text, mark.end):
        for who in _whose(sentence, mark, context, names, said, own):
            place = _ranked(sentence, mark, context, who, "members_rank", _nth(sentence.text[: mark.start], words), 0)
            yield replace(place, direction=1 if gain else -1, open=(SCOPE,))
        return
    for who in _whose(sentence, mark, context, names, said, own):
        firm = bool(who.symbols) and names.listings[who.symbols[0]].kind == "stock"
        kind = "loss_rank" if firm and not gain and not since and (money or not own) else "return_rank"
        by = ("dollars" if money else "per cent") if kind == "loss_rank" else ("up" if gain else "down")
        found = _ranked(sentence, mark, context, who, kind, nth, 0, by=by)
        points = False
        if not sentence.chinese and (_POINT.search(words) or _IN_POINTS.match(sentence.text, mark.end)):
            found, points = replace(found, kind="points_rank"), True
        day, told = since_told(sentence, since, found.date or context.last)
        if since is None and found.date and (of_year := _OF_YEAR.match(sentence.text, mark.end)):
            day, told = f"{found.date.year - 1}-12", of_year["year"] in {None, str(found.date.year)}
        elif since is None and _OF_SPAN.match(sentence.text, mark.end):
            told = False
        told = told and (since is not None or not _SINCE_ZH.search(sentence.text[: mark.start]))
        reasons = (*(() if told else (SINCE,)), *_of_moment(sentence, mark, said), *inverse(who, names))
        reasons += (SINCE,) if since is None and _SINCE_OTHER.match(sentence.text, mark.end) else ()
        reasons += (SCOPE,) if _SCOPE.match(sentence.text, mark.end) else ()
        reasons += (
            (FALLBACK,) if points or (words.isascii() and words.isalpha()) else ()
        )  # "was its worst since 2021": of what is told by no noun
        reasons += (OF_VALUE,) if firm and money and kind == "return_rank" else ()
        yield replace(found, hedge="among" if among else "exact", direction=1 if gain else -1, since=day, open=reasons)


def _foremost(sentence: Sentence, mark: Mark, context: Context) -> Iterator[Statement]:
    """ "Nvidia fell most of Nvidia, AMD and Broadcom": the place among those named; open where none are."""
    low, _ = sentence.clause(mark)
    if sentence.text[mark.start : mark.end].startswith("居") and sentence.has("value", within=(0, mark.start)):
        return  # 市值约2.21万亿元,仍稳居A股首位 is a rank of the value
    ahead = [m for m in sentence.all("names", within=(0 if sentence.chinese else low, mark.start)) if not _index(m)]
    own = next(iter(ahead[::-1]), None) or sentence.last("names", before=low)
    scope = _SCOPE.match(sentence.text, mark.end) or _AMONG.match(sentence.text, mark.end)
    owner = sentence.last("names", before=mark.start, since=low)
    owned = owner and _index(owner) and sentence.text[owner.end : mark.start].strip() in {"'s", "’s"}
    whose = [s for s in (own.value if own else _spoken_of(sentence, mark, context)) if not s.is_index]
    was = _WAS.search(sentence.text[low : mark.start])
    behind = [m for m in sentence.all("names", within=(mark.end, len(sentence.text))) if not _index(m)]
    after = next((m for m in behind if _WHO.fullmatch(sentence.text, mark.end, m.start)), None)
    told = next(iter(sentence.all("names", within=(mark.end, sentence.clause(mark)[1]))), None)
    if told and _COPULA.fullmatch(sentence.text, mark.end, told.start):
        whose = list(told.value)  # 表现最差的蓝筹是信达生物
    elif after:
        whose = list(after.value)  # "The biggest faller was the miner Anglo American"
    elif not (scope or owned or was or sentence.chinese or _PLACE.match(sentence.text, mark.start)):
        return
    among = [m for m in sentence.all("names", "aside", "others") if m.start > mark.end]
    named = among[0].value if among and _AMONG.fullmatch(sentence.text[mark.end : among[0].start]) else ()
    moved = _WAY.findall(sentence.text[: mark.end])  # 暴涨480%,居个股之冠
    rose = moved[-1] in "涨升" if moved else _ROSE.search(sentence.text[mark.start : mark.end])
    sign = 1 if rose else -1
    for who in whose:
        if who.group and sentence.text.startswith("领", mark.start) and _CLAUSE_END.match(sentence.text, mark.end):
            yield _direction(sentence, mark, context, who, sign, 0)  # 钢铁、煤炭板块领涨: of no members that are told
            continue
        span = frame_of(sentence, mark, context) or (None if sentence.chinese else period_of(sentence, mark, context))
        span = span if span and span.first and span.until else None
        figure = next(iter(sentence.all("amount", within=(after.end, len(sentence.text)))), mark) if after else mark
        then = day_of(sentence, mark, context) or day_of(sentence, figure, context)
        day, until = (span.first, span.until) if span else (then, None)
        open_ = () if len(named) > 1 and not span else (SCOPE,)
        nth = _nth(sentence.text[: mark.start], sentence.text[mark.start : mark.end])
        yield Statement(
            0, "members_rank", who, nth, nth, "exact", sign, date=day, until=until, against=tuple(named), open=open_
        )


def _spoken_of(sentence: Sentence, mark: Mark, context: Context) -> tuple[Subject, ...]:
    """Of what kind or firm a clause speaks that names none: what heads it, or what was spoken of."""
    low = sentence.clause(mark)[0]
    if sentence.chinese:
        return context.who
    if (found := head(sentence, low)) and found[0].start < mark.start:
        return (found[0].value,)
    noun = _NOUN.match(sentence.text, low)
    if noun and noun["word"].lower() in sentence.rules.nouns:
        return (Subject(group=Group(noun["word"], noun["word"])),)
    told = subjects_of(sentence, mark, context).who
    return told if any(not s.is_index for s in told) else context.who


def _index(names: Mark) -> bool:
    return all(s.is_index for s in names.value)


def _gain(words: str, mark: Mark, said: Sequence[tuple[Mark, Statement]]) -> bool:
    """Whether the rank is one of rises: by its noun, else by the move it follows; "best day" is one."""
    if _GAIN.search(words):
        return True
    near = [s.direction for m, s in said if m.start < mark.start and s.direction and s.kind == "return"]
    return bool(_DAY.search(words)) and bool(near) and near[-1] > 0


def _nth(before: str, words: str) -> float:
    """ "third-largest", 第三大: which place is meant; the first where none is told."""
    if m := _ORDINAL.search(before):
        return float(ORDINALS.get(m["word"].lower(), 0) if m["word"] else int(m["number"]))
    return float(int(numeral(m["n"]))) if (m := _ZH_ORDINAL.search(before + words)) else 1.0


def _from_now(words: str, day: dt.date) -> str:
    """The month that 今年新低, 月内高位 or 去年11月以来 look back to."""
    if words[:2] in {"今年", "年内", "本月", "月内"} and not _YEAR_AGO.match(words):
        first = day.replace(day=1) if "月" in words else day.replace(month=1, day=1)
        return f"{first - dt.timedelta(1):%Y-%m}"
    m = _YEAR_AGO.search(words)
    return f"{day.year - '今去前'.index(m['ago'])}-{int(m['zh']):02d}" if m else ""


def since_told(sentence: Sentence, since: Mark | None, day: dt.date | None) -> tuple[str, bool]:
    """The month or year that a rank looks back to, and whether the words name it."""
    if since is None or since.value:
        first = since.value.first if since else None
        return (f"{first:%Y-%m}" if first else ""), since is None
    words = sentence.text[since.start : since.end]
    if day and (told := _from_now(words, day)):
        return told, True
    if m := _MONTH_YEAR.search(words):
        month = month_number(m["month"]) if m["month"] else int(m["zh"]) if m["zh"] else 0
        return f"{m['year'] or m['zh_year']}" + (f"-{month:02d}" if month else ""), True
    if day and (m := _MONTH.search(words)):
        month = int(m["zh"]) if m["zh"] else month_number(m["month"])
        this = month < day.month or (month == day.month and "日" in words)  # 8月10日以来, told on the 16th
        return f"{day.year - (not this or words.endswith('last year'))}-{month:02d}", True
    if day and (m := _BACK.search(words)):
        half = 6 if m["half"] or m["n"] == "半" else 0  # months: 一年半, 半年
        count = 0 if m["n"] == "半" else _COUNTS.get(m["n"].lower()) or int(numeral(m["n"]))
        unit = m["zh"] or m["unit"].lower()
        day -= dt.timedelta(7 * count if unit in {"week", "周"} else 0)
        month = day.year * 12 + day.month - 1 - count * _MONTHS.get(unit, 0) - half
        return f"{month // 12}-{month % 12 + 1:02d}", False
    return "", False


def _of_moment(sentence: Sentence, mark: Mark, said: Sequence[tuple[Mark, Statement]]) -> tuple[Reason, ...]:
    """A rank of a move that held at a moment of the day is one of that moment."""
    near = [s for m, s in said if m.start < mark.start and s.kind in {"return", "price_level"}]
    if not near:
        return ()
    crossed = near[-1].kind == "price_level" and near[-1].hedge in {"less_than", "more_than"}  # 跌破1.09美元,为…新低
    crossed = crossed and sentence.chinese and not sentence.has("close")
    return (*[MOMENT] * crossed, *(o for o in near[-1].open if o in {EXTREME, MOMENT, WHICH, WHICH_DAY}))


def _whose(
    sentence: Sentence, mark: Mark, context: Context, names: Names,
    said: Sequence[tuple[Mark, Statement]] = (), own: bool = False,
) -> tuple[Subject, ...]:  # fmt: skip
    """The subject of a rank or record: that of the move it follows; an index is the scope where a firm is spoken of."""
    if both := both_of(sentence, mark, context):
        return both
    near = [s.who for m, s in said if m.start < mark.start and s.who is not NOBODY]
    after = [s.who for m, s in said if m.start > mark.start and s.who is not NOBODY]
    low = sentence.clause(mark)[0]
    here = sentence.last("names", before=mark.start, since=low)  # no other clause has a say
    if sentence.has("stock", within=(low, mark.start)):
        near = [s for s in near if not s.is_index]  # 推动道指收高0.4%,股价创新高
    told = () if near and here is None else subjects_of(sentence, mark, context).who
    told = told or tuple(near[-1:] or after[:1])
    if told and (own or any(_firm(s, names) for s in told)):
        return told
    before, behind = (
        sentence.all("names", within=(0, mark.start)),
        sentence.all("names", within=(mark.end, len(sentence.text))),
    )
    firms = [s for m in (*before[::-1], *behind) for s in m.value if _firm(s, names)]
    carried = tuple(s for s in context.who if _firm(s, names))
    return tuple(firms[:1]) or carried or told or (NOBODY,)


def _firm(subject: Subject, names: Names) -> bool:
    return bool(subject.symbols) and names.listings[subject.symbols[0]].kind != "index"


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
    sentence: Sentence, line: int, context: Context, names: Names, said: Sequence[tuple[Mark, Statement]]
) -> Iterator[tuple[Mark, Statement]]:
    told = {_move_of(s) for _, s in said if s.kind not in {"price_level", "volume_multiple", "value_change"}}
    for mark in sentence.all(*MOVES, "same"):
        before = [s.direction for m, s in said if m.start < mark.start and s.direction]
        direction = MOVES.get(mark.kind) or (before[-1] if before else context.direction)
        if mark.kind.startswith("pared") or not direction or not _plain(sentence, mark, said):
            continue
        for who in _moved(sentence, mark, context):
            if who.name and mark.kind not in OPENED and "停" not in sentence.text[mark.end - 1 : mark.end + 1]:
                continue  # a name that no list holds is told with its figures, or with the daily limit
            found = _direction(sentence, mark, context, who, direction, line)
            found = replace(found, open=(*inverse(who, names), *found.open))
            if _move_of(found) not in told:
                told.add(_move_of(found))
                yield mark, found


def _move_of(s: Statement) -> tuple[Subject, int, dt.date | None, bool]:
    return s.who, s.direction, s.date, s.kind == "opening_gap"


def _plain(sentence: Sentence, mark: Mark, said: Sequence[tuple[Mark, Statement]]) -> bool:
    """Whether a move stands by itself: not denied, not about costs or values, not a part of a figure or a name."""
    clause = sentence.clause(mark)
    if mark.kind == "same":
        return True
    counted = _COUNTED.search(sentence.text, clause[0], mark.start)  # 逾3800只个股上涨; 上涨的只有15只
    counted = counted or _COUNTED_BEHIND.match(sentence.text, mark.end)
    runs = _LONG_RUN.finditer(sentence.text, *clause)
    of_months = any(m.start() < mark.end <= m.end() + 1 for m in runs)  # 连续第三个月下跌
    if (
        counted
        or of_months
        or mark.kind.endswith("wipe")
        or (sentence.has("off", "value", "rank", within=clause) and not _slump(sentence, mark))
    ):
        return False
    if mark.kind.endswith("weak") and not sentence.has("stock", within=clause):
        return False
    if (no := sentence.last("no", before=mark.start, since=clause[0])) and mark.start - no.end <= 5:
        return False
    figures = sentence.all("amount", within=clause)
    limit = "停" in sentence.text[mark.end - 1 : mark.end + 1]  # 攻上漲停85.4元 tells a price and a move
    near = {"percent": _OWN_FIGURE, "money": -1 if limit else 1}
    if any(0 <= m.start - mark.end <= near.get(m.value.unit, -1) for m in figures):
        return False  # the move has a figure, a share or a sum (上漲5元): it is stated with it, or not at all
    starts = {f.start for f in figures}
    beside = limit or mark.kind in OPENED  # 以567元跳空开低 tells a price and a gap
    used = any(m.start in starts and not (beside and s.kind == "price_level") for m, s in said)
    attributive = sentence.text[mark.end : mark.end + 1] == "的" and sentence.has("names", within=(mark.end, clause[1]))
    modal = sentence.has("modal", within=(clause[0], mark.start)) or _NOT_ONE.search(
        sentence.text, clause[0], mark.start
    )
    return not (used or attributive or modal)


def _slump(sentence: Sentence, mark: Mark) -> bool:
    """A fall that is the subject of a rank: "its slump was one of the biggest falls ever"."""
    rank = next(iter(sentence.all("rank", within=sentence.clause(mark))), None)
    return rank is not None and mark.end <= rank.start and not sentence.has("off", within=sentence.clause(mark))


def _moved(sentence: Sentence, mark: Mark, context: Context) -> tuple[Subject, ...]:
    """The list just before the move, or one linked to it; a pronoun or the clause before it may stand for it."""
    low, high = sentence.clause(mark)
    if mark.kind == "same":
        before = sentence.last("names", before=mark.start, since=low)
        found = before or sentence.first("names", within=(mark.end, high))
        return tuple(found.value) if found else ()
    behind = next((m for m in sentence.all("names", within=(mark.end, high)) if m.start - mark.end <= 6), None)
    if mark.kind == "down_object":
        return tuple(behind.value) if behind else ()
    found = sentence.last("names", before=mark.start, since=low)
    if found and mark.start - found.end <= _NEAR:
        return of_own(sentence, found, mark, low).who
    linked = sentence.linked(mark.end) or resumed(sentence, low)
    if linked:
        return tuple(linked.value)
    kind = None if sentence.chinese else head(sentence, low)
    if kind and " " not in sentence.text[kind[0].start : kind[0].end]:
        kind = None  # "Stocks fell"
    if not kind and sentence.has("pronoun", "stock", *("role",) * sentence.chinese, within=(low, mark.start)):
        return subjects_of(sentence, mark, context).who
    earlier = None if kind else sentence.last("names", before=low)  # "Shares of crypto-linked firms fell": of a kind
    return tuple(earlier.value) if earlier and sentence.has(*MOVES, within=(earlier.end, low)) else ()


def quantity(sentence: Sentence, low: int, high: int) -> str:
    """How many of a kind moved; in Chinese a word must say that it is not the kind as a whole."""
    if not sentence.chinese:
        many = next((h for h in ("some", "all") if sentence.has(h, within=(low, high))), "direction")
        return "most" if _MOST.search(sentence.text, low, high) else many
    return next((h for h, words in _MANY.items() if words.search(sentence.text, low, high)), "direction")


def _direction(sentence: Sentence, mark: Mark, context: Context, who: Subject, direction: int, line: int) -> Statement:
    day, session = day_of(sentence, mark, context), session_of(sentence, mark, context)
    until: dt.date | None = None
    reasons: tuple[Reason, ...] = (AFTER_HOURS,) if session == "after" else ()
    reasons += () if day_told(sentence, mark, context) else (WHICH_DAY,)
    hedge = quantity(sentence, *sentence.clause(mark)) if who.group else ""
    each = who.group and hedge == "direction" and mark.kind not in OPENED
    hedge = "all" if each and who.group and _NUMBERED.search(who.group.label) else hedge
    if who.group and hedge != "direction":
        by = "open" if session == "pre" else "close"
        return Statement(line, "breadth", who, None, None, hedge, direction, date=day, by=by, open=reasons)
    limit = "停" in sentence.text[mark.end - 1 : mark.end + 1]  # one met at the opening is the day's, as far as told
    limit = limit and not _OPENED_AT.match(sentence.text, mark.end)
    reasons += (MOMENT,) if limit and session == "pre" else ()
    kind = "opening_gap" if (session == "pre" and not limit) or mark.kind in OPENED else "return"
    beside = None if sentence.chinese else sentence.beside("period", mark)  # "rallied this week"
    own = beside.value if beside and beside.value.first and beside.value.until else None
    span = frame_of(sentence, mark, context) or own
    if span:
        reasons, day, until = (SPAN, *reasons), span.first, span.until
    return Statement(line, kind, who, None, None, "direction", direction, date=day, until=until, open=reasons)
