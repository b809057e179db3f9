"""Reasons and notes that tables hold in English, in another language; one that is not known stays as it is."""

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
    code = language.code
    whole = _translated(code, text, names)
    between = language.text("format.clauses")
    return whole or between.join(_translated(code, one, names) or one for one in text.split(BETWEEN))


def _translated(code: str, text: str, names: Mapping[str, str]) -> str:
    """One known reason in the language, "" where it is not known."""
    if text in names:
        return names[text]
    for pattern, words in patterns(code):
        if found := pattern.fullmatch(text):
            return _filled(code, words, found, names)
    return ""


def _filled(code: str, words: str, found: re.Match[str], names: Mapping[str, str]) -> str:
    told = found.expand(words)
    rest = found.groupdict().get("rest")
    return told if rest is None else told.replace("{rest}", _translated(code, rest, names) or rest)


@cache
def patterns(code: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Every known reason as a pattern, with its words in the language; none for English."""
    path = files("eventwindow.report").joinpath(f"templates/reasons.{code.replace('-', '_')}.toml")
    if not path.is_file():
        return ()
    rows = (row for section in tomllib.loads(path.read_text(encoding="utf-8")).values() for row in section.items())
    return tuple((re.compile(pattern), words) for pattern, words in rows)
