"""Articles as people have them: plain text or HTML, a file or standard input; their day and their language."""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from eventwindow.draft.chinese import has_chinese
from eventwindow.draft.dates import days
from eventwindow.draft.lexicon import Mark, lexicon
from eventwindow.draft.read import normal
from eventwindow.draft.sentence import MOVES
from eventwindow.draft.sentence import dateline as prefix
from eventwindow.draft.write import read_article
from eventwindow.errors import StudyError

SHORT = 12  # words; a shorter text is not asked for the commonest ones
FEWEST = 0.12  # of the words of English are small ones, or words of markets
HEAD = 800  # characters in which a dateline stands
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|[a-z][a-z0-9]*\b[^>]*>.*</[a-z])", re.I | re.S
)
_LD_DATE = re.compile(r'"datePublished"\s*:\s*"(\d{4}-\d\d-\d\d)')
LINE = 90  # characters of a line that is no sentence, at most
_COMING = re.compile(
    r"(?:\b(?:will|would|until|by|due|expected|scheduled|plans?|set to|to be)\b[^.\n]{0,60}"
    r"|(?:将|將|预计|預計|预定|預定)[^。\n]{0,12})$"
)
_BEHIND = re.compile(r"[^.\n]{0,30}?(?:\s[-–—]+\s|[:：)）】〕\]])")  # "NEW YORK, Jan. 27, 2025 (AP) — "
_YEAR = re.compile(r"(?:19|20)\d\d")
_BLOCKS = {"p", "div", "li", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "br", "tr", "blockquote", "section"}
_BLOCKS |= {"article", "main", "header", "pre", "dd", "dt", "figcaption", "title"}
_SILENT = frozenset("script style noscript template svg nav footer aside form button select".split())  # noqa: SIM905
_PUBLISHED = {
    "article:published_time",
    "og:published_time",
    "datepublished",
    "date",
    "dc.date",
    "pubdate",
    "publishdate",
}


@dataclass(frozen=True, slots=True)
class Article:
    """An article's name, its text line by line, and the day it is of; `narrated` where only sentences tell that."""

    name: str
    text: str
    dated: dt.date
    narrated: bool = False

    @property
    def chinese(self) -> bool:
        return has_chinese(self.text)


def read(path: Path, date: dt.date | None) -> Article:
    """The article in a file, or on standard input where the path is "-".

    Raises
    ------
    StudyError
        Where there is no such file or no text in it, no day is told, or the language is not one that is read.
    """
    name, raw = ("standard input", _piped()) if str(path) == "-" else (path.name, read_article(path))
    told: dt.date | None = None
    if _HTML.match(raw):
        page = _Page()
        page.feed(raw)
        raw, told = page.text, page.published
        if not raw.strip():
            raise StudyError("the page holds no text", where=name, remedy="Save the article's text into a file.")
    _check_language(raw, name)
    dated, narrated = (date or told, False) if date or told else dateline(raw)
    if dated is None:
        what = f"the article tells {day!r} without a year" if (day := _first_day(raw)) else "the article tells no day"
        raise StudyError(what, where=name, remedy="Give the day it is of: --date YYYY-MM-DD.")
    return Article(name, raw, dated, narrated)


def _piped() -> str:
    text = sys.stdin.read()
    if not text.strip():
        raise StudyError("nothing came on standard input", remedy="Pipe the article's text: cat FILE | eventwindow …")
    return text


def _check_language(text: str, name: str) -> None:
    """Chinese by its characters, English by its small words and those of markets, where no other language has more."""
    words = re.findall(r"[^\W\d_]+", text)
    if not words:
        raise StudyError("there are no words in it", where=name, remedy="Give the article's text.")
    japanese = len(re.findall(r"[\u3040-\u30ff]", text)) > len(text) / 50
    if japanese or not (has_chinese(text) or _english(words, text)):
        raise StudyError("the language is none that is read", where=name, remedy="English and Chinese are read.")


def _english(words: Sequence[str], text: str) -> bool:
    rules = lexicon(False)
    plain, moves = rules.small | rules.prepositions | rules.known, [rules.words[k] for k in MOVES if k in rules.words]
    known = [w for w in words if w.lower() in plain or any(move.fullmatch(w) for move in moves)]
    own, others = sum(w.islower() for w in known), sum(w in rules.elsewhere for w in words)  # none has "New York" alone
    enough = len(words) < SHORT or (len(known) > FEWEST * len(words) and (own > others or not others))
    return enough and len(re.findall(r"[^\x00-\u024f\u2000-\u20ff]", text)) <= len(text) / 5


def dateline(text: str) -> tuple[dt.date | None, bool]:
    """The first day with its year in the article's head, else in its last lines, and whether a sentence tells it.

    Of days in sentences it is the last one: the article came after all that it tells of.
    """
    for written in (text[:HEAD], text[-HEAD // 4 :]):
        part = "\n".join(map(normal, written.splitlines())) if has_chinese(written) else written
        told = [m for m in _days_of(part) if m.value.date and _YEAR.search(part[m.start : m.end])]
        if told and _headed(part, told[0]):
            return told[0].value.date, False
        if told:
            past = [m for m in told if not _COMING.search(part[: m.start])]
            return max(m.value.date for m in past or told), True
    return None, False


def _headed(part: str, day: Mark) -> bool:
    """Whether the day stands in a line of its own, or where a line says when and where it was written."""
    begun = part.rfind("\n", 0, day.start) + 1
    line = part[begun:].partition("\n")[0].rstrip()
    whole = len(line) < LINE and not line.endswith((".", "!", "?", "。"))
    at, end = day.start - begun, day.end - begun
    return whole or end <= prefix(line) or (at < LINE // 2 and bool(_BEHIND.match(line, end)))


def _first_day(text: str) -> str:
    """The first day of a month that the article's head tells, as written."""
    return next((text[m.start : m.end] for m in _days_of(text[:HEAD]) if re.search(r"\d", text[m.start : m.end])), "")


def _days_of(part: str) -> list[Mark]:
    return sorted(days(part, dt.date(1900, 1, 1)), key=lambda m: m.start)


_CLOCKS = (
    r"\b(?P<h>1?\d)(?::(?P<m>[0-5]\d))? ?(?P<half>[ap]\.?m\.?),?(?: in)? \(?(?P<zone>{zone})\b",
    r"(?P<zone>{zone})时间[^,。]{{0,8}}?(?P<half>上午|下午|晚间|晚上|凌晨)?(?P<h>\d{{1,2}})[时点:](?:(?P<m>[0-5]?\d)分?)?",
)


class _Page(HTMLParser):
    """The words of a page a block a line, without what is no part of the article; and the day that its head tells."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[list[str]] = [[]]
        self.silent = 0
        self.published: dt.date | None = None

    @property
    def text(self) -> str:
        """One line a block."""
        rows = (" ".join("".join(line).split()) for line in self.lines)
        return "\n".join(row for row in rows if row)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attrs}
        self.silent += tag in _SILENT
        if tag in _BLOCKS:
            self.lines.append([])
        if (
            tag == "meta"
            and (values.get("property") or values.get("name") or values.get("itemprop", "")).lower() in _PUBLISHED
        ):
            self._take(values.get("content", ""))
        if tag == "time":
            self._take(values.get("datetime", ""))

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in _SILENT and self.silent > 0
        if tag in _BLOCKS:
            self.lines.append([])

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.lines[-1].append(data)
        elif found := _LD_DATE.search(data):
            self._take(found[1])

    def _take(self, value: str) -> None:
        try:
            self.published = self.published or dt.date.fromisoformat(value.strip()[:10])
        except ValueError:
            return


def clock_time(text: str) -> Iterator[tuple[dt.time, str]]:
    """Clock times with the zone of their place, as "4:05 p.m. in New York" and 台北時間下午2時30分 tell them."""
    zones = lexicon(has_chinese(text)).zones
    names = "|".join(map(re.escape, sorted(zones, key=len, reverse=True)))
    for pattern in _CLOCKS:
        for m in re.finditer(pattern.format(zone=names), normal(text), re.IGNORECASE):
            half, hour = (m["half"] or "").lower(), int(m["h"])
            if half:
                hour = hour % 12 + 12 * (half[0] in "p下晚")
            if hour < 24:
                yield dt.time(hour, int(m["m"] or 0)), zones[m["zone"].lower()]
