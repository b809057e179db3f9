"""Spans of time that a figure is for, where they are no single day: calendar years, or a span that stays open."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from eventwindow.draft.chinese import numeral
from eventwindow.draft.lexicon import Mark

_YEARS = re.compile(r"\b(?:in|both|and|of) (?P<en>(?:19|20)\d\d)\b|(?P<zh>(?:19|20)\d\d)\s*年(?!\s*\d*\s*(?:月|以来|底|初|代))", re.I)  # fmt: skip  # noqa: E501
_LAST = re.compile(r"\blast year\b|去年(?!\s*\d|年?底|年初)", re.I)
_BEFORE = re.compile(r"前年(?!\s*\d)|\bthe year before last\b", re.I)
_PAST = re.compile(r"\b(?:past|last) (?P<en>two|three|four|five) years\b|过去(?P<zh>[两二三四五])年", re.I)
_OPEN = re.compile(
    r"\bso far this year\b|\bthis year\b|\byear to date\b|\b(?:past|last|this) (?:week|month|quarter)\b"
    r"|\bfor the (?:week|month|year)\b|\bover the (?:past|last)\b"
    r"|今年以?来?|本周(?![一二三四五六日])累计|[本上]月|一周来|年初至今|累计",
    re.I,
)
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5}


def periods(text: str, dated: dt.date) -> Iterator[Mark]:
    """Marks whose value is a tuple of years; an empty tuple is a span that a person must settle."""
    for m in _YEARS.finditer(text):
        span = m.span("en") if m["en"] else m.span()
        yield Mark(*span, "period", (int(m["en"] or m["zh"]),))
    for m in _LAST.finditer(text):
        yield Mark(*m.span(), "period", (dated.year - 1,))
    for m in _BEFORE.finditer(text):
        yield Mark(*m.span(), "period", (dated.year - 2,))
    for m in _PAST.finditer(text):
        count = _COUNTS[m["en"].lower()] if m["en"] else int(numeral(m["zh"]))
        yield Mark(*m.span(), "period", tuple(range(dated.year - count, dated.year)))
    for m in _OPEN.finditer(text):
        yield Mark(*m.span(), "period", ())
