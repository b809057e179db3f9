"""Reasons and notes that tables hold in English, for readers of Chinese; one that is not known stays as it is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from eventwindow.report.language import Language

BETWEEN = "; "
NONE: Mapping[str, str] = MappingProxyType({})


def reason_in(language: Language, text: str, names: Mapping[str, str] = NONE) -> str:
    """`text` in the reader's language, whole or reason by reason; `names`: words of the study and what they become."""
    if not language.zh:
        return text
    return _chinese(text, names) or "；".join(_chinese(one, names) or one for one in text.split(BETWEEN))


def _chinese(text: str, names: Mapping[str, str]) -> str:
    """The Chinese of one known reason, "" where it is not known."""
    if text in names:
        return names[text]
    for pattern, chinese in patterns():
        if found := pattern.fullmatch(text):
            return _filled(chinese, found, names)
    return ""


def _filled(chinese: str, found: re.Match[str], names: Mapping[str, str]) -> str:
    told = found.expand(chinese)
    rest = found.groupdict().get("rest")
    return told if rest is None else told.replace("{rest}", _chinese(rest, names) or rest)


@cache
def patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Every known reason as a pattern, with its Chinese."""
    text = files("eventwindow.report").joinpath("templates/reasons.toml").read_text(encoding="utf-8")
    rows = (row for section in tomllib.loads(text).values() for row in section.items())
    return tuple((re.compile(pattern), chinese) for pattern, chinese in rows)
