"""One language of the report: its words, and how it writes figures, dates and names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import pandas as pd
from markupsafe import Markup, escape

from eventwindow import errors
from eventwindow.calendars.window import Window
from eventwindow.errors import Catalogue, Reason, Text, catalogue, joined, languages, marked, signed

SPACE = "\u00a0"
SPACES = (SPACE, "&nbsp;", " ")  # that may stand before per cent
DATED = re.compile(r"https?://\S+|(?<![!-~])\(([0-9]{4}-[0-9]{2}-[0-9]{2})\)")  # an address, or a day of its own
FLOOR = 0.01  # a parametric p-value below it is only said to be below


@dataclass(frozen=True, slots=True)
class Language:
    """Words by key, and the forms of numbers and days; decimals go in, text comes out."""

    catalogue: Catalogue

    @property
    def code(self) -> str:
        return self.catalogue.code

    @property
    def name(self) -> str:
        return self.catalogue.name

    @property
    def money(self) -> float:
        """Dollars in one unit of a figure's axis: a billion, or a hundred million."""
        return float(self.catalogue.words("format.money_unit"))

    def text(self, key: str, /, **values: object) -> str:
        """The words of `key` as plain text."""
        return self.catalogue.text(key, **values)

    def say(self, key: str, /, **values: object) -> Markup:
        """The words of `key` as HTML; the values are escaped."""
        shown = {name: self.catalogue.shown(value) for name, value in values.items()}
        safe = {name: escape(value) if isinstance(value, str) else value for name, value in shown.items()}
        return Markup(joined(marked(self.catalogue.words(key, values.get("n"))).format_map(safe)))

    def reason(self, reason: Reason) -> str:
        return self.catalogue.reason(reason)

    def has(self, key: str) -> bool:
        return key in self.catalogue

    def either(self, en: object, zh: object) -> str:
        """The same of a text that a form holds in two keys."""
        return self.catalogue.pick(Text(*(text if isinstance(text, str) else "" for text in (en, zh))))

    def listed(self, items: Sequence[str]) -> str:
        between, last = self.text("format.between"), self.text("format.and_last")
        return last.join([between.join(items[:-1]), *items[-1:]]) if len(items) > 1 else "".join(items)

    def written(self, text: str, between: str = "") -> str:
        """A finished text with per cent as the language writes it: 95 %, 95%, with `between` as the space."""
        for space in SPACES:
            plain, sign = f"{space}%", self.catalogue.words("format.per_cent").format(space=between or space)
            *parts, last = text.split(plain)  # a search for digits would stop at every letter of the page
            text = "".join(part + (sign if part[-1:].isdecimal() else plain) for part in parts) + last
        for plain in ("p = 0.", "p = 1.", "p &lt; 0."):
            text = text.replace(plain, plain.replace(" ", SPACE))  # on one line
        return text

    def dated(self, text: str) -> str:
        """A text of a study in which days in brackets are told as the language tells them: (3 March 2025).

        What stands within an address, or is no day of any calendar, stays as it is written.
        """
        return DATED.sub(self._told_day, text)

    def _told_day(self, found: re.Match[str]) -> str:
        try:
            return f"({self.catalogue.day(date.fromisoformat(found[1]))})" if found[1] else found[0]
        except ValueError:
            return found[0]

    def moved(self, value: float) -> Reason:
        """Fell or rose by so much, as the words of a sentence."""
        way = "flat" if round(value, 3) == 0 else "down" if value < 0 else "up"
        return Reason(f"moved_{way}", size=percent(abs(value), sign=False))

    def sentences(self, *told: str) -> Markup:
        return Markup(self.text("format.between_sentences")).join(told)

    def clauses(self, *told: str) -> Markup:
        """Clauses of one sentence one after the other."""
        return Markup(self.text("format.clauses")).join(told)

    def day(self, when: object) -> str:
        return self.catalogue.day(_stamp(when))

    def short_day(self, when: object) -> str:
        return self.catalogue.day(_stamp(when), "short_day")

    def window(self, window: Window) -> str:
        """Day 0, day +1, days −4 to −1."""
        start, end = (tau(day) for day in (window.start, window.end))
        if start == end:
            return self.text("common.one_day", day=start)
        return self.text("common.days", start=start, end=end)


def _stamp(when: object) -> pd.Timestamp:
    return pd.Timestamp(when)  # type: ignore[arg-type]


def tau(day: int) -> str:
    """A trading day around day 0: −4, 0, +1."""
    return signed(f"{day:+d}") if day else "0"


def percent(value: object, digits: int = 1, sign: bool = True) -> str:
    """0.0123 → +1.2 %; nothing where there is no number."""
    number = _number(value)
    return "" if number is None else errors.percent(number, digits, sign).replace(" ", SPACE)


def points(value: object, digits: int = 1) -> str:
    """0.0123 → 1.2, for texts that name the unit themselves."""
    number = _number(value)
    return "" if number is None else f"{100 * abs(number):.{digits}f}"


def number(value: object, digits: int = 2) -> str:
    found = _number(value)
    return "" if found is None else signed(f"{found:,.{digits}f}")


def p_value(value: object, parametric: bool = False) -> str:
    """A p-value to three places; a parametric one below 1 % is only said to be below."""
    p = _number(value)
    if p is None:
        return ""
    if parametric and p < FLOOR:
        return f"<{SPACE}0.01"
    return f"<{SPACE}0.001" if p < 0.001 else f"{p:.3f}"


def p_told(value: object, parametric: bool = False) -> str:
    """The same with its sign: p = 0.012, p < 0.01."""
    p = p_value(value, parametric)
    return f"p {p}" if p.startswith("<") else p and f"p = {p}"


def _number(value: object) -> float | None:
    return None if value is None or pd.isna(value) else float(value)  # type: ignore[call-overload,arg-type]


@cache
def language(code: str) -> Language:
    """The language of `code`: "en", "zh-Hant", or another that has a catalogue."""
    return Language(catalogue(code))


LANGUAGES = languages()
