"""One language of the report: its words, and how it writes figures, dates and names."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pandas as pd
from markupsafe import Markup

from eventwindow.calendars.window import Window

MINUS, SPACE = "\u2212", "\u00a0"
FLOOR = 0.01  # a parametric p-value below it is only said to be below


@dataclass(frozen=True, slots=True)
class Language:
    """Words by key, and the forms of numbers and days; decimals go in, text comes out."""

    code: str
    words: Mapping[str, str]

    @property
    def zh(self) -> bool:
        return self.code.startswith("zh")

    @property
    def money(self) -> float:
        """Dollars in one unit of a figure's axis: a billion, or 億."""
        return 1e8 if self.zh else 1e9

    def text(self, key: str, **values: object) -> str:
        """The words of `key` as plain text."""
        return self.words[key].format(**values)

    def say(self, key: str, **values: object) -> Markup:
        """The words of `key` as HTML; the values are escaped."""
        return Markup(self.words[key]).format(**values)

    def has(self, key: str) -> bool:
        return key in self.words

    def pick(self, en: object, zh: object) -> str:
        """The text of this language, or the other where there is none."""
        first, second = (zh, en) if self.zh else (en, zh)
        return str(first) if isinstance(first, str) and first else str(second) if isinstance(second, str) else ""

    def listed(self, items: Sequence[str]) -> str:
        """The items in a row."""
        if self.zh or len(items) < 2:
            return ("、" if self.zh else ", ").join(items)
        return ", ".join(items[:-1]) + " and " + items[-1]

    def day(self, when: object) -> str:
        """27 January 2025, or 2025 年 1 月 27 日."""
        stamp = pd.Timestamp(when)  # type: ignore[arg-type]
        if self.zh:
            return f"{stamp.year} 年 {stamp.month} 月 {stamp.day} 日"
        return f"{stamp.day} {MONTHS[stamp.month - 1]} {stamp.year}"

    def short_day(self, when: object) -> str:
        """27 Jan, or 1/27."""
        stamp = pd.Timestamp(when)  # type: ignore[arg-type]
        return f"{stamp.month}/{stamp.day}" if self.zh else f"{stamp.day}{SPACE}{MONTHS[stamp.month - 1][:3]}"

    def window(self, window: Window) -> str:
        """Day 0, day +1, days −4 to −1."""
        start, end = (tau(day) for day in (window.start, window.end))
        if start == end:
            return self.text("common.one_day", day=start)
        return self.text("common.days", start=start, end=end)


MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


def tau(day: int) -> str:
    """A trading day around day 0: −4, 0, +1."""
    return f"{day:+d}".replace("-", MINUS) if day else "0"


def percent(value: object, digits: int = 1, sign: bool = True) -> str:
    """0.0123 → +1.2 %; nothing where there is no number."""
    number = _number(value)
    if number is None:
        return ""
    text = f"{100 * number:{'+' if sign else ''}.{digits}f}"
    return ("0" + text[2:] if float(text) == 0 and sign else text).replace("-", MINUS) + f"{SPACE}%"


def points(value: object, digits: int = 1) -> str:
    """0.0123 → 1.2, for texts that name the unit themselves."""
    number = _number(value)
    return "" if number is None else f"{100 * abs(number):.{digits}f}"


def number(value: object, digits: int = 2) -> str:
    """A plain number with a true minus."""
    found = _number(value)
    return "" if found is None else f"{found:,.{digits}f}".replace("-", MINUS)


def p_value(value: object, parametric: bool = False) -> str:
    """A p-value to three places; a parametric one below 1 % is only said to be below."""
    p = _number(value)
    if p is None:
        return ""
    if parametric and p < FLOOR:
        return f"<{SPACE}0.01"
    return f"<{SPACE}0.001" if p < 0.001 else f"{p:.3f}"


def _number(value: object) -> float | None:
    return None if value is None or pd.isna(value) else float(value)  # type: ignore[call-overload,arg-type]


@cache
def language(code: str) -> Language:
    """The catalogue in `code`, "en" or "zh-Hant"."""
    text = files("eventwindow.report").joinpath("templates/wording.toml").read_text(encoding="utf-8")
    place = LANGUAGES.index(code)
    catalogue = tomllib.loads(text)
    return Language(
        code, {f"{section}.{key}": both[place] for section, keys in catalogue.items() for key, both in keys.items()}
    )


LANGUAGES = ("en", "zh-Hant")
