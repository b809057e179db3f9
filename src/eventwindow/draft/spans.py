"""Spans of time that English tells by where they begin ("since its launch on Jan. 11") or end ("through Wednesday")."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from eventwindow.calendars.dates import month_number
from eventwindow.draft.dates import DayMark
from eventwindow.draft.lexicon import Mark
from eventwindow.draft.periods import CUT_MONTH, WORDS, Period, back, last_weekday, lasting, month_end, month_told

_TIMES = {"date", "ahead", "closed", "base", "since", "period"}
_SINCE = re.compile(r"\bsince\s+", re.IGNORECASE)
_FROM = re.compile(r"\b(?:from|than at|compared (?:with|to)|against)\s+(?=the (?:start|beginning|turn|end) of)")
_ENDS = re.compile(  # where what is told behind "since" ends
    r"[,;:)](?!\d)|\.(?:\s|$)|[—–]|\s(?:but|while|after|as|although|through|until|is|are)\s|\sand\s|\sto\s(?=[^\w\s]{0,3}\d)"
)
_MONTH = rf"(?-i:(?P<month>{CUT_MONTH})\b)\.?(?:,? (?:of )?(?:(?P<year>(?:19|20)\d\d)|(?P<last>last year)))?"
_EDGE = re.compile(
    r"(?:(?:the )?(?P<edge>start|beginning|turn|opening|end) of (?:the |this |last )?)"
    rf"(?:(?P<unit>week|month|quarter|year)\b|{_MONTH}|(?P<alone>(?:19|20)\d\d)\b)"
    r"|(?P<new>New Year|the (?:new )?year (?:began|started|opened))",
    re.IGNORECASE,
)
_IN_MONTH = re.compile(rf"(?:(?:late|early|the middle of|mid|last)[ -])?{_MONTH}\b(?! \d)", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d\b")
_OPEN = re.compile(r"(?:its|their|the)\s", re.IGNORECASE)
_DIRECT = re.compile(  # "since Monday", "since the close of Sept. 9": from the price of that day
    r"(?:(?:last|late|early|the|its|their|a) )*"
    r"(?:(?:[\w-]+ )?(?:close|closing|high|low|peak|record|level|finish|trough) (?:(?:of|in|from) )?)?(?:(?:on|of) )?"
)
_UNITS_BACK = re.compile(rf"in (?P<n>an?|one|{'|'.join(WORDS)}|\d+) (?P<unit>week|month|year)s?")
_CLOSE = re.compile(r"['’]s close")
_LIMIT = re.compile(  # up to which day a span runs
    r"\b(?P<word>through|until|till|as of|up to|before|by)\s(?:(?:the )?(?:close|end) (?:of|on) |late |early )*$",
    re.IGNORECASE,
)
_EVENT = re.compile(  # "before the news they had lost 8 % this year"
    r"\b(?:(?P<week>(?:until|before) this week)"
    r"|(?<!day )(?<!week )(?<!month )(?<!year )before (?:the|its|their|an?|it|that)\b"
    r"(?! (?:\w+ )?(?:open|close|bell|market)))",
    re.IGNORECASE,
)
_AT_END = re.compile(  # "was up 1.6% at the end of the month", "77.00 cents at the end of 2020"
    rf"\bat the end of (?:the |last )?(?:(?P<unit>week|month|year)\b|{_MONTH}|(?P<alone>(?:19|20)\d\d)\b)(?P<next>)",
    re.IGNORECASE,
)
_EDGE_OF = re.compile(  # "ended the month at 28,980", "finished last week at 192p", "ended 2016 at $86"
    rf"\b(?:end|clos|finish)(?:ed|ing|es|s)? (?:(?:the|last) (?P<unit>week|month|quarter|half|year)"
    rf"|(?P<alone>(?:19|20)\d\d)|{_MONTH})\b"
    r"(?! \d)(?=[^;.]{0,40}?\bat\b)|\band (?P<next>(?:19|20)\d\d)(?= at\b)"
)
NEAR = 3  # days before a month's end on which its last session may be over
Ranks = Callable[[int, Sequence[Mark], str], bool]


def since(marks: Sequence[Mark], text: str, dated: dt.date, ranks: Ranks) -> list[Mark]:
    """The marks, with one for each "since": a span, or how far a rank before it looks back."""
    kept = list(marks)
    for m in (*_SINCE.finditer(text), *_FROM.finditer(text)):
        times = [
            t for t in marks if t.kind in _TIMES and m.start() < t.end and t.start < _stretch(text, m.end(), marks)
        ]
        ranked = ranks(m.start(), marks, text)
        found = _told(text, m, times, dated, ranked)
        if found is not None:
            mark = replace(found, kind="since") if ranked else found
            told = [k for k in kept if (k in times or k.kind == "amount") and mark.start < k.end and k.start < mark.end]
            kept = [k for k in kept if k not in told] + [mark]
    return [_back(k, text, dated) if k.kind == "since" and not ranks(k.start, marks, text) else k for k in kept]


def _back(mark: Mark, text: str, dated: dt.date) -> Mark:
    """ "has lost 13 % in two years": a span, where no rank looks back so far."""
    if not (m := _UNITS_BACK.fullmatch(text, mark.start, mark.end)):
        return mark
    count = 1 if m["n"] in {"a", "an", "one"} else WORDS.get(m["n"]) or int(m["n"])
    return replace(mark, kind="period", value=Period(first=back(count, m["unit"], dated), until=dated, open=True))


def _stretch(text: str, at: int, marks: Sequence[Mark]) -> int:
    """Where what is told behind a "since" ends; the commas and points of a day are none of its ends."""
    days = [t for t in marks if t.kind in {"date", "ahead", "closed", "base"}]
    ends = (e.start() for e in _ENDS.finditer(text, at) if not any(d.start <= e.start() < d.end for d in days))
    return next(ends, len(text))


def _told(text: str, m: re.Match[str], times: Sequence[Mark], dated: dt.date, ranked: bool) -> Mark | None:
    """The span that begins behind a "since"."""
    end = _stretch(text, m.end(), times)
    if edge := _EDGE.match(text, m.end(), end):
        span = None if ranked else Period(first=_edge(edge, dated), until=dated)
        return Mark(m.start(), edge.end(), "period", span)
    day = next((t for t in times if t.kind not in {"period", "since"} and t.start >= m.end()), None)
    month, year = (pattern.search(text, m.end(), end) for pattern in (_IN_MONTH, _YEAR))
    near = min([t.start() for t in (month, year) if t and ranked], default=end)
    if day and day.start <= near:
        return Mark(m.start(), day.end, "period", _from_day(text, m.end(), day, dated, ranked))
    if month and (month.start() == near or month.start() == m.end()):
        return Mark(m.start(), month.end(), "period", None if ranked else _from_month(month, dated))
    if year and ranked:
        return Mark(m.start(), year.end(), "period")
    if _OPEN.match(text, m.end()) and not ranked:
        return Mark(m.start(), m.end(), "period", Period(open=True))
    return None


def _from_day(text: str, begun: int, day: Mark, dated: dt.date, ranked: bool) -> Period:
    """From the close of a day, or, where something happened on it, from its own move on."""
    first: dt.date | None = day.value.date
    if first is None or ranked:
        return Period(first=first, until=first and dated, open=True)
    weekday = text[day.start : day.end].lower().endswith("day")
    if first == dated and weekday:
        first -= dt.timedelta(7)
    direct = _DIRECT.fullmatch(text, begun, day.start) and not text.startswith(", when ", day.end)
    if direct:
        first = DayMark(None, 1).resolved(first)
    closed = direct and weekday and _CLOSE.match(text, day.end)
    return Period(first=first, until=None if weekday else dated, open=not closed)


def _edge(told: re.Match[str], dated: dt.date) -> dt.date:
    """The first day of a span that begins with the start, or behind the end, of a week, a month or a year."""
    over = (told["edge"] or "").lower() == "end"
    last = "last" in told[0].lower()
    unit = (told["unit"] or "").lower()
    if unit == "week":
        return dated - dt.timedelta(dated.weekday() + 7 * (last and not over))
    if told["month"] or unit == "month":
        number = month_number(told["month"]) if told["month"] else dated.month - last
        year = int(told["year"] or dated.year - (number > dated.month or bool(told["last"])))
        months = year * 12 + number - 1 + over
        return dt.date(months // 12, months % 12 + 1, 1)
    if unit == "quarter":
        return dt.date(dated.year, dated.month - (dated.month - 1) % 3, 1)
    year = int(told["alone"] or dated.year - last)
    return dt.date(year + over, 1, 1)


def _from_month(told: re.Match[str], dated: dt.date) -> Period:
    number = month_number(told["month"])
    year = int(told["year"] or dated.year - (number > dated.month or bool(told["last"])))
    return Period(first=dt.date(year, number, 1), until=dated, open=True)


def limits(marks: Sequence[Mark], text: str, dated: dt.date) -> list[Mark]:
    """The marks; where a span runs on to the article's day, a day or an event up to which it is told is its limit."""
    if not any(m.kind == "period" and running(m.value, dated) for m in marks):
        return list(marks)
    kept = [_limit(m, text) if m.kind in {"date", "base"} else m for m in marks]
    for m in _EVENT.finditer(text):
        monday = dated - dt.timedelta(dated.weekday())
        day = DayMark(DayMark(None, -1).resolved(monday) if m["week"] else None, -1)
        kept = [k for k in kept if not (m["week"] and k.start < m.end() and m.start() < k.end)]
        kept.append(Mark(m.start(), m.end(), "limit", day))
    return kept


def running(span: Period, dated: dt.date) -> bool:
    """Whether a span has no end of its own but the day that the article is of."""
    return span.first is not None and span.until in {None, dated}


def _limit(mark: Mark, text: str) -> Mark:
    found = _LIMIT.search(text, 0, mark.start)
    if found is None or not mark.value.date:
        return mark
    before = found["word"].lower() == "before"
    day = DayMark(None, -1).resolved(mark.value.date) if before else mark.value.date
    return Mark(found.start(), mark.end, "limit", DayMark(day))


def stood_at(text: str, dated: dt.date) -> Iterator[Mark]:
    """The last weekday of a week, a month or a year at whose end a price is told to have stood."""
    for m in (*_EDGE_OF.finditer(text), *_AT_END.finditer(text)):
        months = m["month"]
        year = int(
            m["alone"] or m["next"] or dated.year - (m["unit"] == "year" and (dated.month == 1 or "last" in m[0]))
        )
        last = dt.date(year, 12, 31)
        if m["unit"] == "week":
            over = ("last" in m[0] and dated.weekday() < 5) or dated.weekday() == 0
            last = dated - dt.timedelta(dated.weekday() - 4 + 7 * over)
        elif m["unit"] == "month" or months:
            begun = (months and _from_month(m, dated).first) or month_told(dated)
            last = month_end(begun.year, begun.month)
            if last > dated + dt.timedelta(NEAR):
                last = dated.replace(day=1) - dt.timedelta(1)  # the running month has not ended
        elif m["unit"] in {"quarter", "half"}:
            last = lasting(m["unit"], dated).until or last
        yield Mark(*m.span(), "edge", DayMark(min(dated, last_weekday(last))))
