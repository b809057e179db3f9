"""Days in a sentence, resolved against the article's own date and the day that was spoken of last."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from eventwindow.calendars.dates import month_number
from eventwindow.draft.lexicon import Mark
from eventwindow.draft.periods import CUT_MONTH, TURN, last_weekday, lasting, month_end

MONTH = rf"(?:{CUT_MONTH})\.?"  # no other word that begins so
AHEAD = 92  # days; a later day without its year is one of the year before
SOON = 7  # days; what lies so near ahead is of this year, however it is told
_DAYS = {d: k for k, d in enumerate(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])}
WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
WEEKDAYS = re.compile(rf"{WEEKDAY}|(?:周|星期|礼拜)[一二三四五六日天]", re.IGNORECASE)
ALONE = re.compile(rf"(?:{WEEKDAY})|(?:周|星期|礼拜)[一二三四五六日天]", re.IGNORECASE)  # no word says which one
_ZH_DAYS = {d: k for k, d in enumerate("一二三四五六")} | {"日": 6, "天": 6}
_OF_YEAR = r"(?:of )?(?:(?P<past>last)|(?P<that>that)) year\b"
_PATTERNS = (
    ("full", r"(?P<y>(?:19|20)\d\d)[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})(?!\d)"),
    ("full", r"(?:(?P<y>(?:19|20)\d\d)\s*年\s*)?(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*[日号]"),
    (
        "full",
        rf"\b(?P<month>{MONTH})\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!,\d)(?:,?\s+(?:(?P<y>(?:19|20)\d\d)|{_OF_YEAR}))?",
    ),
    (
        "full",
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month>{MONTH})\b(?:,?\s+(?:(?P<y>(?:19|20)\d\d)|{_OF_YEAR}))?",
    ),
    ("week", rf"(?<!\bBlack )(?<!\bCyber )(?<!\bSuper )\b(?:(?P<which>last|this|next)\s+)?(?P<en>{WEEKDAY})s?\b"),
    (
        "week",
        r"(?P<which>上个?|这个?|本|下个?)?\s*(?<!黑色)(?:周|星期|礼拜)(?P<zh>[一二三四五六日天])(?!大[股指美主科类法]|周(?![一二三四五六日]))",
    ),
    (
        "next",
        r"\b(?:the )?(?:next|following) (?:trading )?day\b|\ba day later\b|次日|隔日|隔天|翌日|(?<![连续入到第是满的])第二天(?!的|[收交盘])",  # noqa: E501
    ),
    (
        "back",
        r"\bthe (?:previous|prior) (?:day|session)\b|\ba day earlier\b|\bthe (?:day|evening|night|afternoon) before\b(?! (?:yesterday|(?:the|its?|their|his|her|they|he|she|an?)\b|(?-i:[A-Z])))|前一[天日晚夜]|前[晚夜]|前一?个?交易日|上一?个?交易日|(?<![以早晚周])上日",  # noqa: E501
    ),
    ("after", r"\bthe day after\b"),
    ("same", r"\b(?:the )?same day\b|\bthat (?:day|session)\b|同日|同一天|当天|当日"),
    ("today", r"\btoday\b|\bthis(?= (?:morning|afternoon|evening|lunchtime)\b)|\btonight\b"),
    (
        "today",
        r"今日|今天|今早|今晨|今晚|今午|(?<![如至迄当而])今(?=[早午下晚收最再盘开涨跌升贬]|股价|重挫|[大暴急狂劲续小微攻创][涨跌升挫扬新]|亮灯|跳空|一度)|今\(\d{1,2}\)[日天]",
    ),
    ("today", r"^\(?\d{1,2}(?=[:.]\d\d(?: ?[ap]m)? )"),  # the clock of a blog that is written as it happens
    (
        "yesterday",
        r"\b(?:yesterday|overnight|last (?:night|evening))\b|昨日|昨天|昨晚|昨夜|隔[夜晚]|昨\(\d{1,2}\)[日天]|昨(?=[早午下晚收最再盘开涨跌升贬]|股价|重挫|[大暴急狂劲续小微攻创][涨跌升挫扬新]|亮灯|跳空|一度)",  # noqa: E501
    ),
    ("before", r"前天|前日(?![^\s,])"),
    ("vague", rf"\bthe {WEEKDAY} before\b|\ba week (?:earlier|before|ago)\b|一周前|上周同期"),
    (
        "vague",
        r"(?<!\bas )\brecently\b|\bthe other day\b|日前|近日|最近(?!\d|[一二两三四五六七八九十]+个?[交天日周年月])|连日|封关前最后一天",  # noqa: E501
    ),
    (
        "first",
        r"(?:(?P<y>(?:19|20)\d\d)年|今年|新年)的?(?:第一|首)个?交易日"
        r"|\bthe first trading (?:day|session) of (?:(?P<y2>(?:19|20)\d\d)\b|(?:the|this) (?:new )?year\b)",
    ),
    ("year", r"(?:一年前|去年)的?今[天日]|\b(?:a|one) year ago today\b"),
    (
        "last",
        rf"\bthe (?:last|final) (?:trading )?(?:day|session) of "
        rf"(?:(?P<month>{MONTH})\b|the (?:first )?(?P<unit>half|month|quarter|year)\b)"
        r"(?:,? (?P<y>(?:19|20)\d\d))?",
    ),
    (
        "dom",
        r"(?:(?<=\bon )|(?<=\bby )|(?<=\bfrom )|(?<=\buntil ))the (?P<d>\d{1,2})(?:st|nd|rd|th)\b"
        r"(?=[,.;:)]|$| (?:and|but|when|as|after|while|the|to|it|its|they)\b)",
    ),
    ("dom", r"(?<![\d月年.近前连])(?P<d>\d{1,2})日(?![间内均])"),
)
_AHEAD = re.compile(  # what is still to come, or holds until a day
    r"\b(?:will|would|may|might|could|should|shall|expect\w*|due|set|sched\w+|plan\w*|expir\w+|until|till|before|ahead|by|next|upcoming)\b"
    r"|[将拟待]|预[计定期]|[前止]|明[天日年]|下[周个月季]|即将|到期|交割|合约",
    re.IGNORECASE,
)
_COMING = re.compile(r"(?:[将定拟]于|[将订]在|预[计定]于?|排定)$")  # 将于18日上任
_ON = re.compile(r"(?:\bon |[,;\u4e00-\u9fff]|^)$", re.IGNORECASE)
_ASIAN_DAWN = re.compile(r"(?:凌晨|[清今]晨)")  # 北京时间6日凌晨 is the 5th in New York
ASIAN_CLOCK = re.compile(r"(?:北京|台北|台湾|香港)时间(?:周[一二三四五六])?\(?$")
_COMPILED = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _PATTERNS)


@dataclass(frozen=True, slots=True)
class DayMark:
    """A day as written: already resolved, or relative to the day spoken of before (`steps` days on), or open."""

    date: dt.date | None
    steps: int | None = None

    def resolved(self, context: dt.date | None) -> dt.date | None:
        """The day, given the one spoken of last; a step onto a weekend goes on to a weekday."""
        if self.date or self.steps is None or context is None:
            return self.date
        day = context + dt.timedelta(self.steps)
        while self.steps and day.weekday() > 4:
            day += dt.timedelta(1 if self.steps > 0 else -1)
        return day


_BETWEEN = re.compile(r",?\s*(?:\(|the\s+)?", re.IGNORECASE)  # "Tuesday, Jan. 21", "Tuesday (Jan. 21)", 周二(21日)
_INSIDE = re.compile(r"\s*\(|, an? |那个?|", re.IGNORECASE)  # "Jan. 21 (Tuesday)", "Jan. 21, a Tuesday", 21日周二
_NUMBERS = re.compile(  # numbers alone are a day only beside its weekday, which tells their order
    r",?\s*\(?(?:the\s+(?P<day>\d{1,2})(?:st|nd|rd|th)\b|(?P<one>\d{1,2})/(?P<other>\d{1,2})(?:/(?P<y>(?:19|20)?\d\d))?(?![\d/%]))",
    re.IGNORECASE,
)
_WHOSE = re.compile(r"\b(?:which|that|who|whom|as|than)\b[^,.;]{0,30}$")
_THOUGHT = re.compile(r"[^,.;]{0,20}\b(?:would|could|might)\b")


def days(text: str, dated: dt.date) -> Iterator[Mark]:
    """Every day named in the sentence, but those of a thought: "which few on Thursday night would have called"."""
    for mark in _together(text, [*_written(text, dated)], dated):
        day = mark.value
        if day.date and ASIAN_CLOCK.search(text[: mark.start]) and _ASIAN_DAWN.match(text, mark.end):
            day = DayMark(DayMark(None, -1).resolved(day.date))
        if not (_THOUGHT.match(text, mark.end) and _WHOSE.search(text[: mark.start])):
            yield replace(mark, kind="date", value=day)


def _written(text: str, dated: dt.date) -> Iterator[Mark]:
    for kind, pattern in _COMPILED:
        for m in pattern.finditer(text):
            coming = kind == "dom" and _COMING.search(text[: m.start()])
            day = _next(int(m["d"]), dated) if coming else _read(kind, m, dated)
            if kind == "full" and day and day.date and (day.date - dated).days > SOON and _is_past(text, m):
                day = DayMark(_date(day.date.year - 1, day.date.month, day.date.day))
            if day is not None:
                yield Mark(*m.span(), kind, day)


def _is_past(text: str, m: re.Match[str]) -> bool:
    """Whether a day that lies ahead, told without its year, is of the year before: "on March 12, the index plunged"."""
    return not m["y"] and not _AHEAD.search(text) and bool(_ON.search(text[: m.start()]))


def _together(text: str, found: Sequence[Mark], dated: dt.date) -> Iterator[Mark]:
    """The same; a weekday and the numbered day beside it are one day, the numbered one: none where they contradict."""
    weekdays = [m for m in found if m.kind == "week"]
    numbered = [m for m in found if m.kind in {"full", "dom"}]
    told = [m for m in map(partial(_of_weekday, text, numbered, dated), weekdays) if m]
    yield from (m for m in found if not any(t.start < m.end and m.start < t.end for t in told))
    yield from told


def _of_weekday(text: str, numbered: Sequence[Mark], dated: dt.date, weekday: Mark) -> Mark | None:
    """The day that a number beside a weekday tells."""
    for m in numbered:
        first, second = (weekday, m) if weekday.start < m.start else (m, weekday)
        if (_BETWEEN if first is weekday else _INSIDE).fullmatch(text, first.end, max(first.end, second.start)):
            return _agreed(text, first.start, second.end, weekday, [m.value.date])
    if numbers := _NUMBERS.match(text, weekday.end):
        said = [day.date if day else None for day in _numbers(numbers, dated)]
        return _agreed(text, weekday.start, numbers.end(), weekday, said)
    return None


def _agreed(text: str, start: int, end: int, weekday: Mark, said: Sequence[dt.date | None]) -> Mark:
    """One mark of the only day of those that is of the weekday, with the bracket that ends behind it."""
    fitting = [d for d in {*said} if d and d.weekday() == weekday.value.date.weekday()]
    closing = text.startswith(")", end) and "(" in text[start:end]
    return Mark(start, end + closing, "full", DayMark(fitting[0] if len(fitting) == 1 else None))


def _numbers(m: re.Match[str], dated: dt.date) -> Iterator[DayMark | None]:
    """The days that numbers may mean: 1/2 is of January or of February."""
    if m["day"]:
        yield _day_of_month(int(m["day"]), dated)
        return
    year = m["y"] and f"20{m['y']}"[-4:]
    for month, day in ((m["one"], m["other"]), (m["other"], m["one"])):
        yield _full({"m": month, "d": day, "y": year}, dated)


def _read(kind: str, m: re.Match[str], dated: dt.date) -> DayMark | None:
    match kind:
        case "full" | "last":
            return _full(m.groupdict(), dated) if kind == "full" else _last_of(m, dated)
        case "week" | "year":
            return DayMark(_weekday(m.groupdict(), dated) if kind == "week" else _year_before(dated))
        case "first" | "dom":
            return _first(m["y"] or m["y2"], dated) if kind == "first" else _day_of_month(int(m["d"]), dated)
        case "next" | "back" | "same":
            return DayMark(None, {"next": 1, "back": -1, "same": 0}[kind])
        case "today" | "yesterday" | "before":
            return DayMark(dated - dt.timedelta({"today": 0, "yesterday": 1, "before": 2}[kind]))
    return DayMark(None)


def _full(parts: dict[str, str | None], dated: dt.date) -> DayMark | None:
    month = int(m) if (m := parts.get("m")) else month_number(str(parts["month"]))
    day, year = int(parts["d"] or 0), parts.get("y")
    if year:
        return DayMark(found) if (found := _date(int(year), month, day)) else None
    if parts.get("past") or parts.get("that"):  # of that year: which one is not told here
        return DayMark(_date(dated.year - 1, month, day) if parts.get("past") else None)
    found = _date(dated.year, month, day) or _date(dated.year - 1, month, day)
    if found and found > dated + dt.timedelta(AHEAD):
        found = _date(found.year - 1, month, day)
    return DayMark(found) if found else None


def _first(year: str | None, dated: dt.date) -> DayMark | None:
    """The first weekday behind New Year's Day, which no exchange trades on, and behind the Monday in its place.

    At the turn of the year itself it is the day that the article tells of: exchanges open on different days.
    """
    eve = dt.date(int(year or dated.year), 1, 1)
    if year is None and (dated - eve).days < TURN:
        return None
    return DayMark(eve + dt.timedelta({4: 3, 5: 2, 6: 2}.get(eve.weekday(), 1)))


def _last_of(m: re.Match[str], dated: dt.date) -> DayMark | None:
    """The last weekday of a month that is told, or of the last one that is over: "on the last day of June"."""
    if m["unit"]:
        end = lasting(m["unit"].lower(), dated).until or dated
    else:
        number = month_number(m["month"])
        year = int(m["y"] or dated.year - (number > dated.month))
        end = month_end(year, number)
    return DayMark(last_weekday(end))


def _weekday(parts: dict[str, str | None], dated: dt.date) -> dt.date:
    """A weekday alone is the last one up to the article's day; 上 and 下 count weeks; "last" is the last one before."""
    chinese = "zh" in parts
    target = _ZH_DAYS[str(parts["zh"])] if chinese else _DAYS[str(parts["en"])[:3].lower()]
    which = (parts.get("which") or "").lower()
    monday = dated - dt.timedelta(dated.weekday())
    if chinese and which[:1] == "上" and dated.weekday() == _ZH_DAYS["日"]:
        monday += dt.timedelta(7)  # on a Sunday 上周五 is two days ago
    if chinese and which[:1] in {"上", "下", "本", "这"} and which:
        return monday + dt.timedelta(target + {"上": -7, "下": 7}.get(which[0], 0))
    back = (dated.weekday() - target) % 7
    if which == "last" and back < 2:
        back += 7  # "last Thursday", told on a Friday, is none of yesterday
    if which == "next":
        back -= 7
    return dated - dt.timedelta(back)


def _year_before(dated: dt.date) -> dt.date | None:
    return _date(dated.year - 1, dated.month, dated.day)


def _day_of_month(day: int, dated: dt.date) -> DayMark | None:
    this = _date(dated.year, dated.month, day)
    if this and this <= dated:
        return DayMark(this)
    last = dated.replace(day=1) - dt.timedelta(1)
    found = _date(last.year, last.month, day)
    return DayMark(found) if found else None


def _next(day: int, dated: dt.date) -> DayMark | None:
    """The next day of that number: of this month, or of the one behind it."""
    following = (dated.replace(day=1) + dt.timedelta(31)).replace(day=1)
    found = (_date(first.year, first.month, day) for first in (dated.replace(day=1), following))
    return next((DayMark(d) for d in found if d and d >= dated), None)


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
