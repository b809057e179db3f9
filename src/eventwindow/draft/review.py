"""What an article looks back on as a whole: a week, a month, a quarter, a half or a year; the span that its figures are of."""  # noqa: E501

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from eventwindow.draft.dates import days
from eventwindow.draft.lexicon import Lexicon
from eventwindow.draft.periods import MONTH, Period, last_weekday, month_end, over, periods
from eventwindow.draft.sentence import WEEKEND, sentences
from eventwindow.draft.statement import Statement

OPEN = Period(open=True)
HEADS = 3  # lines before the text
SHORT = 120  # characters of a line of one
NTHS = ("first", "second", "third", "fourth")
_HEADED = re.compile(  # "Over the twelve months the index returned 19.4 %", 全年…
    r"\W*(?:(?:Over|During|In|For|Across) (?:[\w-]+ ){0,4}?(?:years?|months|quarter|decade|\d{4})\b"
    r"|[^,。]{0,4}(?:全|今|去|\d{4})年(?!\d))"
)
_YEAR = re.compile(r"\b(?P<year>20\d\d):|\b(?:in|of|for) (?P<year2>20\d\d)\b")
_BEST = r"(?:best|worst|biggest|largest|steepest|sharpest|strongest|weakest|first|losing|winning|(?:up|down|roller)\w*)"
_TOLD = re.compile(  # no span of a firm's accounts: "first-quarter sales"
    rf"\b(?:(?P<six>(?:(?P<half>first|second) half|(?P<six_months>first|second|last|opening) six months|half-year)\b)"
    rf"|(?P<three>(?:(?P<quarter>first|second|third|fourth)|{_BEST}|the|a) quarter\b|quarterly\b)"
    r"|(?P<one>(?:the|a|best|worst|losing|winning) month\b|monthly\b"
    rf"|(?P<month>{MONTH})\b(?! \d))"
    rf"|(?P<twelve>annual\b|{_BEST} year\b|year in review\b)"
    rf"|(?P<week>(?:(?:{_BEST}|a \w+|a|the|last|previous) week|weekly)\b(?! (?:after|before|ago|earlier|when|to)\b)))"
    r"(?![- ](?:profit|sales|result|earning|revenue|loss|report|number|figure|delivery|deliveries|output)\w*)",
    re.IGNORECASE,
)
_WITHIN = re.compile(r"\b(?:in|for|within|than|over|about|around|nearly|almost) $", re.IGNORECASE)
_MARKET = re.compile(
    r"\b(?:stocks?|shares?|equit\w+|markets?|index(?:es)?|indices|bourses?|Wall Street|investors?|traders?|bonds?|gold"
    r"|oil|pound|sterling|dollar|yen|euro|crypto\w*|bitcoin|FTSE|DAX|Nasdaq|Nikkei|S&P|Dow|Topix|KOSPI|Sensex)\b",
    re.IGNORECASE,
)
_WIRE = re.compile(r"[A-Z][\w ,/.-]{2,40}?(?:\([^()]{3,30}\)\s?[-–—:]*|\s[-–—]{1,2})\s")  # "SEOUL, July 3 (KR) -- "
_TOLD_ZH = re.compile(
    r"(?:(?P<year>20\d\d)年)?(?:(?P<half>[上下])半年|(?<!\d)(?P<month>1[0-2]|[1-9])月份?|第?(?P<quarter>[一二三四1-4])季度?)"
    r"[^,。;\d]{0,4}(?:回顾|盘点|总结|收官|落幕|月报)"
)
_BULLETIN = re.compile(
    r"(?:证交所|交易所)(?:最新)?统计[^。]*(?:[本上]周|一周|发行量加权股价指数)|[本上]周[^。]*。[^。]*(?:证交所|证券交易所)统计"
)
_BYLINE = re.compile(r"(?:By|Published|Updated|Posted|PUBLISHED|UPDATED)\b")


def reviewed(lines: Sequence[str], dated: dt.date, rules: Lexicon) -> Period | None:
    """The span that its head line or its first sentence tells, where neither tells a day of a session."""
    told = [line for line in lines if line and not _BYLINE.match(line)]
    heads = [*takewhile(_is_head, told)][:HEADS]
    head = next(iter(heads), "")
    whole = next(filter(None, (_month_or_year(line, dated) for line in heads)), None)
    first = next((s for line in told[bool(head) :] for s in sentences(line, rules) if s.endswith((".", "!", "?"))), "")
    lede = first[wire.end() :] if (wire := _WIRE.match(first)) else first
    if whole or _of_day(head, dated) or _of_day(lede, dated) or not _MARKET.search(f"{head} {lede}"):
        return whole
    spans = (_spans(text, dated) for text in (head, lede) if not rules.words["off"].search(text))
    return next((span for found in spans for span in found), None)


def reviewed_zh(lines: Sequence[str], dated: dt.date) -> Period | None:
    """The week of an exchange's bulletin; the month, quarter or half that an article's head looks back on: 10月月报."""
    told = [*filter(None, lines)]
    if _BULLETIN.search("".join(told[:3])):
        friday = dated - dt.timedelta((dated.weekday() - 4) % 7)
        return Period(first=friday - dt.timedelta(4), until=friday, open=True)
    heads = [line for line in told[:2] if len(line) < SHORT and not line.endswith("。")]
    m = next((m for head in heads if (m := _TOLD_ZH.search(head))), None)
    if m is None:
        return None
    number, length = (m["month"], 1) if m["month"] else (m["quarter"], 3) if m["quarter"] else ("", 6)
    nth = int(number) - 1 if length == 1 else "一二三四1234".index(number) % 4 if number else int(m["half"] == "下")
    year = int(m["year"] or dated.year)
    first = dt.date(year, length * nth + 1, 1)
    first = first.replace(year=year - (first > dated and not m["year"]))
    last = last_weekday(month_end(first.year, first.month + length - 1))
    return Period(first=first, until=last, open=True) if last <= dated else None


def _is_head(line: str) -> bool:
    return len(line) < SHORT and not line.endswith((".", ":"))


def _of_day(text: str, dated: dt.date) -> bool:
    """Whether a text tells a day on which exchanges are open."""
    return any(m.value.date is None or m.value.date.weekday() < WEEKEND for m in days(text, dated))


def _month_or_year(head: str, dated: dt.date) -> Period | None:
    """The year or the month that a head line tells with its number: "What made money in 2017", at its end."""
    last = dated.replace(day=1) - dt.timedelta(1)
    if re.search(rf"\b(?:{last:%B}|{last:%b}) {last.year}\b", head):
        return Period(first=last.replace(day=1), until=last, open=True)  # "Market Statistics for April 2024", in May
    told, year = _YEAR.search(head), over(12, dated)
    own = told and year and year.first and int(told["year"] or told["year2"]) == year.first.year
    return year if own else None


def _spans(text: str, dated: dt.date) -> Iterator[Period]:
    """The spans that a text tells, of those that are just over."""
    for m in _TOLD.finditer(text):
        if _WITHIN.search(text[: m.start()]) and m[0].lower().startswith("a "):
            continue  # "for the first time in nearly a month"
        if m["week"]:
            if span := _week(dated):
                yield span
            continue
        months = 6 if m["six"] else 3 if m["three"] else 12 if m["twelve"] else 1
        span = over(months, dated)
        if span is None or span.first is None:
            continue
        nth = (m["half"] or m["six_months"] or m["quarter"] or "").lower()
        other = nth in NTHS and NTHS.index(nth) != (span.first.month - 1) // months
        if not (other or (m["month"] and m["month"].lower() != f"{span.first:%B}".lower())):
            yield span


def _week(dated: dt.date) -> Period | None:
    """The week that is over, told from its Friday to the day before the next one's first session."""
    if dated.weekday() < WEEKEND - 1:
        return None
    monday = dated - dt.timedelta(dated.weekday())
    return Period(first=monday, until=min(dated, monday + dt.timedelta(4)), open=True)


def framed_after(before: Period | None, text: str, told: Sequence[Statement], dated: dt.date) -> Period | None:
    """The span that goes on behind a sentence: one of months at its head, or that from `before` where no day ends it.

    A day ends it with a move of that day, or with no move at all: "The rally paused on Monday." A day that is told of a
    level alone does not: "closed at 26,094 on Dec. 30".
    """
    headed = _HEADED.match(text)
    if headed and any(s.kind in {"return", "year_return"} for s in told):
        return next((m.value for m in periods(text, dated) if m.start < headed.end()), OPEN)
    if before is None or not any(m.value.date for m in days(text, dated)):
        return before
    moved = [s for s in told if s.kind in {"return", "year_return", "points"}]
    told_span = any(m.value.first for m in periods(text, dated))
    spanned = bool(moved[-1].until or moved[-1].year) if moved else bool(told) or told_span
    return before if before.first and spanned else None
