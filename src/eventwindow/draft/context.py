"""When a statement is of: its day or span, its session, and what earlier sentences left."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from eventwindow.draft.clauses import COMPARISON, Clause, chain, goes_on, happened
from eventwindow.draft.dates import DayMark
from eventwindow.draft.lexicon import Mark
from eventwindow.draft.periods import Period, lasting
from eventwindow.draft.sentence import BEHIND, MOVES, Sentence
from eventwindow.draft.spans import running
from eventwindow.draft.statement import Subject

MONTH = 20  # days; a shorter span is not shared by what is named behind it
SESSIONS = ("pre", "after", "close")
_RELATIVE = re.compile(
    r"\W*(?:(?:most|many|some|all|both|one|each|half) of |(?:to|of|in|for|from|on|by|at|with|under|through|after) )?"
    r"(?:which|whom|who|whose|where|having)\b",
    re.IGNORECASE,
)
_WIRE = re.compile(r"[A-Z][A-Z ]{2,}[^-–—]{0,40}\s[-–—]{1,2}\s")  # NEW YORK, March 12 -
_STANDING = re.compile(
    r"\W*(?:(?:already|itself|still) )?(?:up|down|off|higher|lower|\w+ed (?:at|by|in|to))\b", re.IGNORECASE
)
_CAPITAL = re.compile(r"(?:^|[,;:]\s+|\band )[A-Z]\w+,\s*$")  # "Platinum, at $950 on Tuesday, rose"
_SAYING = re.compile(  # "Sterling, worth $1.28 on Friday, rose"; "Apple, on Monday, fell" tells its day
    r"\W*(?!(?:and|but|or|while|whereas|late|early|however|meanwhile|though|\w+ly|on|in|during|by|throughout)\b)[a-z]+\b"
)
_DAY_AFTER = re.compile(r", (?:an?|one|the) (?:trading )?(?:day|session) $")
_HAD = re.compile(r"(?:\bhad\b(?! (?:an?|its|their|the|another|no|to)\b)|['’]d been\b)(?!.*\b(?:and|but|which|who)\b)")
_BEFORE = re.compile(r"\b(?:after|following|having)\b", re.IGNORECASE)
_EARLIER = re.compile(r"\W*(?:after|before|following|since|having)\b", re.IGNORECASE)
_OF_BASE = re.compile(r"['’]s(?: (?!and\b|but\b)[\w-]+){0,3} ?|(?:(?!后)[\u3400-\u9fff]){0,8}")
_COMPARES = re.compile(r"[较比](?!前一|上一|昨|周)")
_ALREADY = re.compile(r"已(?:先|经)?")
_LATE = re.compile(r"收|终场|开[盘市]后")
_SAME_SPAN = re.compile(
    r"同期|当[月周季](?!线)|同一(?:段)?(?:时间|时期|期间)|\bthe same (?:period|time|span|stretch)\b"
)
_LATER = re.compile(r"全天|全日|最终|尾盘|终场|此后|随后|一路|盘中|收")
_AND = re.compile(r"\s*(?:,|、|and|,\s*and|和|与|及)\s*")
_TO = re.compile(r" to (?:a |an )?(?:record |new )?(?:high |low )?(?:of )?")
_EARLY = re.compile(r"market|bell", re.IGNORECASE)  # "headlines in premarket trading": of the paper's day
_LAST_DAY = re.compile(r"\b(?:last|final) (?:trading )?(?:day|session)\b")
MAX_WEEKEND = 4  # days, with a holiday
_NOW = re.compile(  # the hour of writing: "in afternoon trading", "at 0910 GMT"
    r"\b(?:in|at|by|during|as of|around) (?:[a-z-]+ )?"
    r"(?:(?:morning|afternoon|early|mid-?day|noon|pre-?market)\b"
    r"|[012]?\d[:.]?\d\d (?:GMT|BST|CES?T|E[SD]?T)\b|[012]?\d[:.]\d\d [ap]\.?m)"
    r"|\b(?:was|were) (?:last )?trading\b|\bbefore the (?:opening )?bell\b"
)
_FROM_LEVEL = re.compile(r"[^;.]{0,30}?\b(?P<word>from|compared (?:with|to)|against|versus) ")
_APART = re.compile(r"\b(?:and|but|then|while|after)\b|[,;]")
_ENDING = re.compile(r"(?:end|finish|clos)(?:ed|ing)\b")
_PERFECT = re.compile(
    r"\bha(?:s|ve) (?:\w+ly |also |even |now )?(?:\w+ed|lost|shed|risen|fallen|sunk|put on|slid|won)\b[^,;]*\Z"
)
_RANK_OF_SPAN = re.compile(
    r",? (?:also |marking |making (?:it |this )?|in |for )?(?:its|their|the) (?:\w+ ){0,2}?"
    r"(?:best|worst|biggest|largest|steepest|sharpest|strongest|weakest)(?: one| percentage)?"
    r" (?:(?:first|second|third|fourth) )?(?P<unit>week|month|quarter|half)(?:ly)?\b"
)
_REACH = re.compile(  # "its highest this week"
    r"\b(?:most|least|best|worst|first time|[a-z]{3,}est)(?: \w+)? (?:of |in )?$"
)


@dataclass(frozen=True, slots=True)
class About:
    """What a sentence alone is held against: the securities and the day that are meant where it names none."""

    symbols: tuple[str, ...]
    day: dt.date


@dataclass(frozen=True, slots=True)
class Context:
    """What the sentences before, in the same paragraph, leave to the next."""

    who: tuple[Subject, ...] = ()
    named: tuple[Subject, ...] = ()  # all that the last sentence with a name spoke of
    date: dt.date | None = None  # the day that the story is of: behind an aside of an earlier one it goes on in it
    spoken: dt.date | None = None  # the day spoken of last, from which "the next day" is counted
    stepped: bool = False  # that day was told as the next one
    session: str = ""
    moment: bool = False  # the sentence before told a moment of the day, and no figure
    direction: int = 0
    kind: str = ""
    days: bool = True  # whether one day alone was spoken of
    several: bool = False  # more than one security was spoken of
    firms: tuple[Subject, ...] = ()  # the firms that the last sentence with one named, the first before the others
    index: tuple[Subject, ...] = ()  # the indices that the last sentence with one spoke of
    goods: tuple[Subject, ...] = ()  # the commodity that was spoken of last
    strange: bool = False  # a name that no list holds was spoken of
    paper: dt.date | None = None  # the day of the article
    last: dt.date | None = None  # the last day that the article speaks of; none in a sentence alone
    frame: str = ""  # a line over the lines of a table, "For the week:"
    spanned: bool = False  # the sentence before was of a span
    span: Period | None = None  # the span told last
    framed: Period | None = None  # a span of months that was told, and no day since
    review: Period | None = None  # what an article looks back on as a whole
    days_by_region: Mapping[str, dt.date] = field(default_factory=dict)  # the day told last of what trades there
    elsewhere: frozenset[dt.date] = frozenset()  # the days that the paragraphs before told, of others than America
    head: Mapping[str, dt.date] = field(default_factory=dict)  # the day of the article's head, and of which part
    headed: bool = False  # no other day is told
    topic: tuple[Subject, ...] = ()  # the name that the line begins with: "Ford — Shares of the automaker fell"
    about: About | None = None  # of a sentence that is no article's


def day_of(sentence: Sentence, mark: Mark, context: Context) -> dt.date | None:
    """The day in the mark's clause, else the one before it; in English also a later one; else the paragraph's."""
    low, high = sentence.clause(mark)
    if base := base_of(sentence, mark):
        return _earlier(sentence, base, context)  # "from Friday's $286.14", "even after Friday's pullback of 0.6%"
    if hanging := _when(sentence, mark):
        return resolved(sentence, hanging, context)
    near = _beside(sentence, mark) or _of_row(sentence, mark)
    own = near if near and near.kind == "date" else None
    if own is None and (behind := _day_after(sentence, mark)):
        outside = [m for m in sentence.all("date") if m.value.date and not behind.start <= m.start < behind.end]
        main = next((m for m in outside[::-1] if m.start < mark.start), next(iter(outside), None))
        return DayMark(None, -1).resolved(main.value.date if main else context.date or context.last)
    free = [m for m in sentence.all("date") if sentence.reaches(m, mark) and not _of_another(sentence, mark, m)]
    here = [m for m in free if low <= m.start and m.end <= high]
    own = own or next((m for m in here[::-1] if m.end <= mark.start), next(iter(here), None))
    others = [m for m in free if not (set_in(sentence, m) or _looked_back(sentence, mark, m))]
    found = own or next((m for m in reversed(others) if m.end <= mark.start), None)
    if near is None and earlier_level(sentence, mark):
        story = resolved(sentence, found, context) if found else context.date or context.last
        return DayMark(None, -1).resolved(story)
    if found and found.value.steps == 0:  # "on the same day, Wednesday"; 6日反彈…,以太幣同日漲
        told = [m for m in others if m.value.date]
        before = [m for m in told if m.end <= mark.start and sentence.chinese]
        found = before[-1] if before else told[0] if told and not sentence.chinese else found
    if found is None and not (sentence.chinese or context.date or context.last):  # a sentence alone
        found = next((m for m in sentence.all("date") if not set_in(sentence, m)), None)
    if found is None and not sentence.chinese:
        apart = [m for m in others if not (context.date and (_earlier_told(sentence, m) or _owned(sentence, mark, m)))]
        found = next(iter(apart), None)
    if found is None or (found is not own and _settled_before(sentence, found, low, context)):
        review = context.review if sentence.chinese and found is None else None
        hour = context.paper if found is None and now(sentence, context) else None
        return (
            hour or context.date or (review.until if review else None)
        )  # 收14687点, at the end of what is looked back on
    return resolved(sentence, found, context)


def now(sentence: Sentence, context: Context) -> bool:
    """Whether the sentence tells the hour of writing, in an English article that tells the day of it, or a far one."""
    if sentence.chinese or context.paper is None or context.last is None:
        return False
    far = context.date is not None and (context.paper - context.date).days > MAX_WEEKEND
    return (
        (far or context.last == context.paper)
        and _NOW.search(sentence.text) is not None
        and not sentence.has("date", "after", "period", "closed")
    )


def _settled_before(sentence: Sentence, day: Mark, low: int, context: Context) -> bool:
    """Whether what is compared is of the story's day, behind a day before it: 周二已先行急挫7.5%,较招股价低39.2%."""
    earlier = context.date and day.value.date and day.value.date < context.date
    return bool(
        sentence.chinese
        and earlier
        and _COMPARES.match(sentence.text, low)
        and _ALREADY.search(sentence.text, *sentence.clause(day))
    )


def _when(sentence: Sentence, mark: Mark) -> Mark | None:
    """The day that a clause with "when" hangs on and is of: "the record of March 13, when it was worth 67 billion"."""
    held = [c for c in sentence.held(mark) if sentence.text.startswith("when ", c.start)]
    if sentence.chinese or not held or sentence.has("date", within=(held[0].start, mark.start)):
        return None
    day = sentence.last("date", "ahead", "base", "closed", before=held[0].start)
    return day if day and not sentence.text[day.end : held[0].start].strip(" ,") else None


def _earlier(sentence: Sentence, base: Mark, context: Context) -> dt.date | None:
    """The day of a base, which lies before that of the move: "closed at $158 on Monday, down from $184 on Friday"."""
    day = resolved(sentence, base, context)
    told = [m for m in sentence.all("date", within=(0, base.start)) if sentence.reaches(m, base)]
    main = told[-1] if told else None
    later = main and main.value.date and day and day > main.value.date
    weekday = sentence.text[base.start : base.end].lower().endswith("day")
    return day - dt.timedelta(7) if later and weekday and day and not sentence.chinese else day


def _day_after(sentence: Sentence, mark: Mark) -> Clause | None:
    """What holds the mark and was a day before, "…, a day after jumping 3.3 %"; none that tells a day of its own."""
    for c in sentence.held(mark):
        if _DAY_AFTER.search(sentence.text, 0, c.start) and sentence.text.startswith("after ", c.start):
            dated = any(m.value.date for m in sentence.all("date", within=(c.start, c.end)))
            return None if dated else c
    return None


def row_of(sentence: Sentence, mark: Mark) -> list[Mark]:
    """The marks of a row, "3 % and 4 %", 7日与10日, which belong to as many others, one each."""
    row: list[Mark] = []
    for m in sentence.all(mark.kind):
        if row and not _AND.fullmatch(sentence.text[row[-1].end : m.start]):
            if mark in row:
                break
            row = []
        row.append(m)
    return row


def _of_row(sentence: Sentence, mark: Mark) -> Mark | None:
    """The day of a figure where a row of days stands before a row of as many figures: 7日与10日分别挫6.06%和3.45%."""
    last = sentence.last("date", before=mark.start, since=sentence.clause(mark)[0])
    if mark.kind != "amount" or last is None or not sentence.chinese:
        return None
    days, figures = row_of(sentence, last), row_of(sentence, mark)
    return days[figures.index(mark)] if 1 < len(days) == len(figures) else None


def base_of(sentence: Sentence, mark: Mark) -> Mark | None:
    """The day that owns the figure and is that of no other."""
    base, behind = sentence.last("base", before=mark.start), sentence.all("base", within=(mark.end, len(sentence.text)))
    if behind and BEHIND.fullmatch(sentence.text, mark.end, behind[0].start):
        return behind[0]
    return base if base and _OF_BASE.fullmatch(sentence.text[base.end : mark.start]) else None


def earlier_level(sentence: Sentence, mark: Mark) -> bool:
    """Whether the figure is where the price stood before: "to 106.90 yen from 106.94 yen"."""
    before = sentence.last("amount", before=mark.start)
    alike = before and mark.kind == "amount" and before.value.unit == mark.value.unit and not sentence.chinese
    found = _FROM_LEVEL.fullmatch(sentence.text[before.end : mark.start]) if alike and before else None
    return found is not None and (found["word"] == "from" or mark.value.unit != "percent")  # "fell 13.8% against 2.1%"


def set_in(sentence: Sentence, mark: Mark) -> bool:
    """Whether a clause that is set in holds the mark: "the VIX, which had stood at 23 on Friday, closed …"."""
    low, high = sentence.clause(mark)
    words = sentence.text[low:high]
    inside = _STANDING.match(words) or (high < len(sentence.text) and _SAYING.match(words))
    return low > 0 and bool(_RELATIVE.match(words) or (inside and _behind_a_name(sentence, low)))


def _behind_a_name(sentence: Sentence, low: int) -> bool:
    named = sentence.last("names", before=low)
    stranger = _CAPITAL.search(sentence.text[:low])
    return bool(stranger) or (named is not None and not sentence.text[named.end : low].strip(" ,("))


def _of_another(sentence: Sentence, mark: Mark, day: Mark) -> bool:
    """Whether a figure that came before owns the day: "slipped 6 points after surging 2.4 percent the previous day"; "at 106.94 yen, compared with 107.64 yen late Tuesday"."""  # noqa: E501
    between = sentence.all("amount", within=(mark.end, day.start))
    return any(_BEFORE.search(sentence.text, mark.end, m.start) or earlier_level(sentence, m) for m in between)


def _looked_back(sentence: Sentence, mark: Mark, day: Mark) -> bool:
    """Whether the day before is told in an aside, behind which another name goes on: 京东跌5.9%,前一日挫15.8%;百度跌6.3%."""  # noqa: E501
    goes_on = sentence.has("names", within=(sentence.clause(day)[1], mark.start))
    return goes_on and (contrasted(sentence, day) or (day.value.steps == -1 and _aside(sentence, day)))


def _aside(sentence: Sentence, day: Mark) -> bool:
    """Whether the day's clause tells a move and goes on with the name before it."""
    own = sentence.clause(day)
    told = sentence.has(*MOVES, "amount", within=own) and not sentence.has("names", "aside", within=own)
    return sentence.chinese and told


def contrasted(sentence: Sentence, day: Mark) -> bool:
    """Whether a figure that tells no day stands before the day, so that it is only looked back to: 渣打跌5.3%,上周五跌9.5%."""  # noqa: E501
    low = sentence.clause(day)[0]
    back = sentence.text.startswith("上", day.start) or day.value.steps == -1
    earlier = sentence.has("names", within=(0, low)) and sentence.has("amount", within=(0, low))
    return back and earlier and _aside(sentence, day) and not sentence.has("date", within=(0, low))


def _earlier_told(sentence: Sentence, mark: Mark) -> bool:
    """Whether the day is that of a clause in the past perfect: "…; on Friday the shares had ended at 286 dollars"."""
    low, high = sentence.clause(mark)
    return bool(re.search(r"\bhad\b", sentence.text[low:high]))


def told_before(sentence: Sentence, mark: Mark) -> bool:
    """Whether the mark's clause tells what was before: "after 11.1 % on Friday"."""
    low, high = sentence.clause(mark)
    return bool(_EARLIER.match(sentence.text[low:high]))


def _owned(sentence: Sentence, mark: Mark, day: Mark) -> bool:
    """Whether another clause tells the day with a figure of its own: "gained 2 %, recouping some of what it lost on Monday"."""  # noqa: E501
    low, _ = sentence.clause(day)
    return low > mark.end and sentence.has("amount", within=(low, day.start))


def resolved(sentence: Sentence, found: Mark, context: Context) -> dt.date | None:
    """The day that a mark means, counted from the one told before it where it is a step."""
    told: dt.date | None = found.value.date
    if told:
        return told
    earlier = sentence.last("date", "closed", before=found.start)
    aside = next(iter(sentence.held(found)), None)  # "declined 7.3% after losing 1.4% the day before", 前一晚
    of_story = sentence.chinese or (aside and sentence.has("amount", within=(0, aside.start)))
    story = found.value.steps == -1 and of_story  # the one before the day that the story is of
    if earlier is None and found.value.steps and (context.date is None or (found.value.steps < 0 and not story)):
        earlier = next((m for m in sentence.all("date") if m.start > found.start and m.value.date), None)
    base = resolved(sentence, earlier, context) if earlier else context.date if story else context.spoken
    base = base or context.date or (None if sentence.chinese else context.last)
    day: dt.date | None = found.value.resolved(base)
    after = sentence.chinese and sentence.text[: found.start].endswith("后")  # 节后次日, of the day itself
    ahead = after and day and context.paper and day > context.paper
    return base if ahead else day


def day_told(sentence: Sentence, mark: Mark, context: Context) -> bool:
    """Whether the day is named in the sentence, or one alone was spoken of before."""
    own, told = sentence.clause(mark), [m for m in sentence.all("date") if m.value.steps != 0]
    named = any(not set_in(sentence, m) or sentence.clause(m) == own for m in told)
    return bool(named or base_of(sentence, mark) or period_of(sentence, mark)) or context.days


def one_day(sentence: Sentence, context: Context, told: Sequence[dt.date]) -> bool:
    """Whether what comes next can be of one day only: the statements `told` are, and no step was made from it."""
    marks = sentence.all("date")
    if not (told or marks):
        return context.days
    new = set(told) or {m.value.date for m in marks}
    beside = {m.value for m in marks if sentence.has("amount", within=sentence.clause(m))}  # a dateline is none
    latest = max(filter(None, new), default=None)
    if sentence.chinese and told and latest == told[-1] and {b.date for b in beside} <= {latest, None}:
        return context.date is None or latest >= context.date  # the story went on to this day, and goes on in it
    if context.date and new - {context.date, None}:
        return False  # a sentence of another day: what comes next may be of either
    alone = len(set(told) or {m.value for m in marks}) == 1 and len(beside) <= 1
    return alone and not any(m.value.steps for m in marks)


def days_told(sentence: Sentence, context: Context, *kinds: str) -> list[dt.date]:
    """The days that the next sentence may lean on, in their order."""
    held = [m for m in sentence.all("date", *kinds) if not set_in(sentence, m) and not told_before(sentence, m)]
    weak = [] if context.date else [m for m in held if not _compared(sentence, m)]
    held = [m for m in held if not sentence.held(m)] or weak
    wire = _WIRE.match(sentence.text)  # tells the day of writing
    held = [m for m in held if not wire or m.start >= wire.end()] or held
    late = [m.start for m in sentence.all("after")]  # 周二盘后交出财报 is of no session
    held = [m for m in held if not any(0 <= at - m.end <= 1 for at in late) and not contrasted(sentence, m)]
    days = (resolved(sentence, m, context) for m in held if m.value.steps is None or m.value.steps >= 0)
    return [day for day in days if day]


def _compared(sentence: Sentence, day: Mark) -> bool:
    """Whether a day is only that of what is compared with, or of what had been before."""
    held = sentence.held(day)
    return any(c.kind == COMPARISON or sentence.text[c.start : c.start + 6].lower() == "having" for c in held)


def story_days(sentence: Sentence, context: Context) -> list[dt.date]:
    """The days on which something happened, as the main clauses tell: none that is looked back or ahead to."""
    if sentence.chinese:
        return []
    begun = wire.end() if (wire := _WIRE.match(sentence.text)) else 0
    held = [m for m in sentence.all("date") if m.start >= begun and not sentence.held(m)]
    held = [m for m in held if (m.value.steps or 0) >= 0 and happened(sentence.text, sentence.parts, m.start)]
    early = not held and any(_EARLY.search(sentence.text, m.start, m.end) for m in sentence.all("pre"))
    days = [context.paper] if early else [resolved(sentence, m, context) for m in held]
    return [day for day in days if day]


def session_of(sentence: Sentence, mark: Mark, context: Context) -> str:
    """ "pre", "after" or "close", where the sentence says so; "also" takes over what was said before."""
    low, high = sentence.clause(mark)
    told = sentence.all(*SESSIONS, *MOVES, within=(0, mark.start))
    told = [m for m in told if m.kind in SESSIONS or sentence.text[m.start] == "收"]
    late = [m.end() for m in _LATE.finditer(sentence.text, 0, mark.start)] if sentence.chinese else []
    if late and told and late[-1] > told[-1].end and told[-1].kind == "pre":
        return "close"  # 开盘重摔6.8%,收15.35元,跌5%
    if sentence.chinese and told and told[-1].kind in MOVES:
        return "close"  # 盘前大涨37%,收涨25.9%,报17.2元
    if sentence.chinese and _opening(sentence, mark):
        return "pre"
    behind = None if sentence.chinese else sentence.first("pre", "after", within=(mark.end, high))
    if behind and not _APART.search(sentence.text, mark.end, behind.start):
        return behind.kind  # "closed at $203.19 and slipped 1.2% after hours"
    own = sentence.last(*SESSIONS, before=mark.start, since=low) or sentence.first(*SESSIONS, within=(low, high))
    found = own or sentence.last(*SESSIONS, before=mark.start)
    if found is None and not sentence.chinese:
        found = next(iter(sentence.all("pre", "after")), None)
    if found is None:
        return context.session if sentence.has("also", "same") and not sentence.has("date") else ""
    return found.kind


def _opening(sentence: Sentence, mark: Mark) -> bool:
    """Whether the sentence begins with a group's opening and names its members: 三大指数低开,沪指跌0.15%,深成指跌0.22%."""  # noqa: E501
    first = next((m for m in sentence.all(*MOVES) if m.end <= mark.start), None)
    owner = sentence.last("names", before=first.start) if first else None
    if first is None or owner is None or owner.value[0].group is None or "走" in sentence.text[first.start : first.end]:
        return False
    high, who = sentence.clause(first)[1], sentence.last("names", before=mark.start)
    index = who and (who.value[0].is_index or sentence.text[who.start : who.end].endswith(("指", "指数")))
    if not index or _LATER.search(sentence.text, first.end, mark.start):
        return False
    if first.kind not in {"open_up", "open_down"} or mark.start < high:
        return False
    later = sentence.has("close", "moment", "after", "date", within=(high, mark.start))
    later = later or "收" in sentence.text[high : mark.start]
    same = {MOVES[m.kind] for m in sentence.all(*MOVES, within=(0, sentence.clause(mark)[1]))}
    named = sentence.has("names", within=(sentence.clause(mark)[0], mark.start))
    figures = [m for m in sentence.all("amount", within=(0, high)) if m.value.unit != "number"]
    return named and len(same) == 1 and not (later or figures)


def period_of(sentence: Sentence, mark: Mark, context: Context | None = None) -> Period | None:
    """The span that a figure is for; None where it is a day's."""
    if same := _SAME_SPAN.search(sentence.text, *_around(sentence, mark)):
        told = [m.value for m in sentence.all("period", within=(0, same.start())) if _told(m)]
        before = told[-1] if told else context.span if context else None
        before = before or (context.review if context else None)
        if before or "当" not in same[0]:
            return before and replace(before, open=True)  # 英伟达同期升285%
    row = sentence.chinese and mark.kind == "amount" and not sentence.has("period", within=sentence.clause(mark))
    found = (row and _shared(sentence, mark, sentence.clause(mark)[0])) or _in_row(sentence, mark)
    found = found or _own_period(sentence, mark, context)
    return _limited(sentence, mark, found, context) if found and context and not sentence.chinese else found


def _around(sentence: Sentence, mark: Mark) -> tuple[int, int]:
    """Where a word for the span of a figure may stand: in its clause, in Chinese before it, or in one that heads it."""
    low, high = sentence.clause(mark)
    if not sentence.chinese:
        return low, high
    headed = not sentence.has("date", "period", within=(0, mark.start))  # 美股同期也走高,那斯达克综合指数上涨31.7%
    return 0 if headed else low, mark.start


def _limited(sentence: Sentence, mark: Mark, span: Period, context: Context) -> Period:
    """A span that runs on, up to the day that the words tell; in the past perfect, to the one before the story's."""
    if context.paper is None or not running(span, context.paper):
        return span
    story = context.date or context.last or context.paper
    main = [*chain(sentence.parts, mark.start)][-1]
    limits = sentence.all("limit", within=(main.start, main.end))
    limits += sentence.all("edge", within=(main.start, main.end))
    limit = next((m for m in limits if sentence.reaches(m, mark)), None)
    end: dt.date | None = limit.value.resolved(story) if limit else None
    if limit is None and _HAD.search(sentence.text, sentence.clause(mark)[0], mark.start):
        told = next((m for m in sentence.all("date") if sentence.reaches(m, mark)), None)
        day = (resolved(sentence, told, context) if told else None) or story
        own = told and sentence.held(told) == sentence.held(mark)  # "on Friday it had gained 4 % this year"
        end = day if own else DayMark(None, -1).resolved(day)
    return replace(span, until=end, open=True) if end and span.first and span.first <= end else span


def _in_row(sentence: Sentence, mark: Mark) -> Period | None:
    """The span of the figure before, in a clause that tells none: "this year, with the DAX up 9 % and the CAC 8 %"."""
    low, high = sentence.clause(mark)
    before = sentence.last("amount", before=mark.start, since=low)
    if sentence.chinese or mark.kind != "amount" or before is None or before.value.unit != mark.value.unit:
        return None
    if sentence.has("period", "date", "limit", within=(low, high)):
        return None
    shared = period_of(sentence, before)
    return shared and replace(shared, open=True)


def _elsewhere(sentence: Sentence, span: Mark, mark: Mark) -> bool:
    """Whether a span is not the figure's own: a word parts them, it is possessive, or the reach of a rank before it."""
    return bool(_APART.search(sentence.text, span.end, mark.start)) or _of_noun(sentence, span)


def _of_noun(sentence: Sentence, span: Mark) -> bool:
    """Whether a span is of a noun alone: "last year's loser", "its highest this week", "the first time this year"."""
    possessive = sentence.text[span.end : span.end + 1] in {"'", "’"}
    return possessive or bool(_REACH.search(sentence.text[: span.start]))


def frame_of(sentence: Sentence, mark: Mark, context: Context) -> Period | None:
    """The span that an earlier sentence, or the head line of a review, holds for a figure that tells no time."""
    if sentence.chinese:
        told = sentence.has("date", "ahead", "closed", "moment", "pre", "after")
        review = context.review
        return review if review and not told and context.date in {None, review.until} else None
    told = any(
        sentence.reaches(m, mark) and not (m.start > mark.end and goes_on(sentence.text, mark.end, m.start))
        for m in sentence.all("date", "ahead")
    )  # not that of "rose 12 % and crossed 30,000 points on Nov. 24"
    last = _LAST_DAY.search(sentence.text, *sentence.clause(mark))
    if told or last or sentence.has("moment", "pre", "after"):
        return None
    perfect = context.spanned and not sentence.has("date", "closed") and _PERFECT.search(sentence.text, 0, mark.start)
    return context.framed or (context.span if perfect else None)


def _ranked_span(sentence: Sentence, mark: Mark, context: Context | None) -> Period | None:
    """The week or month that a rank right behind the figure tells of: "lost 5.7%, also its worst week since March"."""
    rank = _RANK_OF_SPAN.match(sentence.text, mark.end) if mark.kind == "amount" and not sentence.chinese else None
    day = (context.date or context.last or context.paper) if rank and context else None
    return frame_of(sentence, mark, context) or lasting(rank["unit"], day) if rank and day and context else None


def _own_period(sentence: Sentence, mark: Mark, context: Context | None = None) -> Period | None:
    """The same; by what stands in the clause, or holds for it from before."""
    low, high = sentence.clause(mark)
    near = base_of(sentence, mark) or _beside(sentence, mark)
    if near is not None and (near.kind != "period" or not near.value.years):
        return near.value if near.kind == "period" else None
    if sentence.has("date", within=(low, high)) and not sentence.chinese:
        last = sentence.last("period", "date", "amount", before=mark.start, since=low)
        own_span = last and last.kind == "period" and not _elsewhere(sentence, last, mark)
        return last.value if last and own_span else None  # "fell 1% on Friday and ended the week 4% lower"
    own = [
        m
        for m in sentence.all("period", within=(low, high))
        if sentence.reaches(m, mark)
        and not (_of_noun(sentence, m) and m.end <= mark.start)
        and not (m.start >= mark.end and _ENDING.match(sentence.text, m.start))  # "fell 1% and ended the year higher"
        and (m.end <= mark.start or m.value.years or not _parted(sentence, mark, m))
    ]
    if sentence.chinese:
        last = sentence.last("period", "date", before=mark.start, since=low)
        own = [m for m in own if last is None or last.kind == "period"]
    if not own:
        figures = [m for m in sentence.all("amount", within=(0, low)) if not set_in(sentence, m)]
        figures = [m for m in figures if sentence.reaches(m, mark)]
        if figures and not sentence.has(*MOVES, "date", within=(low, high)):
            before = figures[-1]
            shared = period_of(sentence, before)  # "up 75 % this year, Tesla nearly 500 %"
            return shared and replace(shared, open=True)
        held = [m for m in sentence.all("period", "date", within=(0, mark.start)) if not set_in(sentence, m)]
        held = [m for m in held if m.kind == "date" or not _of_noun(sentence, m)]
        held = [m for m in held if sentence.reaches(m, mark)]
        last = next(iter(held[::-1]), None)
        if last and last.kind == "period" and (_of_business(sentence, last) or _of_plan(sentence, last)):
            last = None
        used = last and (sentence.has("amount", within=(last.end, mark.start)) or _moving(sentence, last))
        elliptic = not (sentence.chinese or sentence.has(*MOVES, "date", within=(low, high)))  # "…, the Dow by 0.9%"
        colon = last and sentence.text[sentence.clause(last)[1] - 1] == ":" and sentence.text[last.end] not in "'’"
        used = used and not (colon or (elliptic and last and not _subordinate(sentence, last)))
        if last and used and last.kind == "period" and not _goes_on(sentence, last, low, high):
            last = next((m for m in held[::-1] if m.kind == "period" and _frames(sentence, m)), None)
        if last and last.kind == "period" and used:
            told: Period = last.value
            return replace(told, open=True)
        own = [last] if last and last.kind == "period" and not used else []
    if not own:
        return _ranked_span(sentence, mark, context)
    if sentence.chinese and not any(_told(m) for m in own):  # 全周来看,沪指累计下跌2.1%
        spans = sentence.all("period", "run_up", "run_down", within=(0, own[0].start))
        own = [m for m in spans if _told(m)][-1:] or own
    years = {year for m in own for year in m.value.years}
    ends = [m.value for m in own if m.value.first or m.value.sessions]
    return Period(years=tuple(sorted(years))) if years else (ends or [own[-1].value])[-1]


def _shared(sentence: Sentence, mark: Mark, low: int) -> Period | None:
    """The span of the figure before, where a row of names goes on in it: 标普全年涨26.9%,费半涨41%."""
    before = sentence.last("amount", before=low)
    if before is None or not sentence.has("names", within=(low, mark.start)) or mark.value.unit == "points":
        return None
    told = sentence.all("period", "date", "close", "moment", within=(before.end, mark.start))
    like = {before.value.unit, mark.value.unit} <= {"percent", "multiple"}
    framed = sentence.all("period", within=(sentence.clause(before)[0], before.start))
    named = framed and sentence.has("names", within=(sentence.clause(before)[0], before.start))
    chained = not framed and _shared(sentence, before, sentence.clause(before)[0])
    if framed and not _told(framed[-1]):
        framed = [replace(framed[-1], value=period_of(sentence, before) or framed[-1].value)]  # 科指累升23%,国指升22%
    if told or not like or not (named or chained):
        return None
    span = chained or framed[-1].value
    days = span.until and span.first and (span.until - span.first).days
    return replace(span, open=True) if span.years or (days or 0) > MONTH else None


def _subordinate(sentence: Sentence, mark: Mark) -> bool:
    """Whether the mark stands in a clause that tells of something else by the way: "after gaining 6.4 % last week"."""
    low, high = sentence.clause(mark)
    return told_before(sentence, mark) or bool(_BEFORE.search(sentence.text, max(0, low - 8), high))


def _of_business(sentence: Sentence, span: Mark) -> bool:
    """Whether the span is that of a figure of no market: "Prices rose 5.0% in May, yet the S&P 500 added 0.5%"."""
    low, high = sentence.clause(span)
    named = sentence.has("names", "aside", "others", "role", "stock", "pronoun", within=(0, high))
    return sentence.has("amount", within=(low, high)) and not named


def _of_plan(sentence: Sentence, span: Mark) -> bool:
    """Whether the span is that of what is to come: 深港通有望年内推出,港交所升6.5%."""
    low, high = sentence.clause(span)
    ahead = sentence.chinese and sentence.has("modal", within=(low, span.start))
    return ahead and not sentence.has("amount", *MOVES, within=(low, high))


def _told(span: Mark) -> bool:
    return bool(span.value.first or span.value.sessions or span.value.years)


def _goes_on(sentence: Sentence, span: Mark, low: int, high: int) -> bool:
    """Whether a clause that tells no time stays in the span of a figure before it: "…, while Walmart is up 3 %"."""
    if sentence.chinese:  # 技嘉上半年飙1.7倍,纬创涨2倍: where the sentence begins with the span and goes on to others
        moved = [a for a in sentence.all("amount", within=(0, span.start)) if a.value.unit in {"percent", "points"}]
        other = sentence.has("names", within=(span.end, high)) and not sentence.has("close", within=(low, high))
        return other and _told(span) and not moved and not _LATE.search(sentence.text, low, high)
    since = sentence.text[span.start :].lower().startswith("since")
    return not (since or sentence.chinese or sentence.has("date")) and sentence.has(
        "amount", within=sentence.clause(span)
    )


def _frames(sentence: Sentence, span: Mark) -> bool:
    """Whether the span is all that its clause says, so that it may hold for each clause behind: "Over the week, …"."""
    low, high = sentence.clause(span)
    first = sentence.chinese and not sentence.text[low : span.start].strip()
    others = ("pared_up", "pared_down") if first else ("names", *MOVES)
    return not sentence.has("amount", "date", *others, within=(low, high))


def _parted(sentence: Sentence, mark: Mark, span: Mark) -> bool:
    return not sentence.chinese and bool(_APART.search(sentence.text[mark.end : span.start]))


def _moving(sentence: Sentence, span: Mark) -> bool:
    """Whether the clause of the span tells a move of its own: 今年以來漲幅全數吐回."""
    return sentence.has(*MOVES, within=sentence.clause(span))


def _beside(sentence: Sentence, mark: Mark) -> Mark | None:
    """The day or span right behind the figure, before the next one: "2.6 % on Friday and 8.8 % over the week"."""
    if sentence.chinese:
        return None
    high = sentence.clause(mark)[1]
    following = next((m for m in sentence.all("amount") if m.start >= mark.end), None)
    begun = mark.end
    if following and _TO.fullmatch(sentence.text, mark.end, following.start):  # "lost 0.9% to 16,500 over the week"
        begun = following.end
        following = next((m for m in sentence.all("amount") if m.start >= following.end), None)
    end = min(high, following.start) if following else high
    found = next(iter(sentence.all("date", "period", within=(mark.end, end))), None)
    return found if found and not _APART.search(sentence.text[begun : found.start]) else None
