"""Notes and findings that tables hold in English, in another language, by the keys of the catalogues."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from eventwindow.errors import Reason, catalogue
from eventwindow.report.language import Language

BETWEEN = "; "
NONE: Mapping[str, str] = MappingProxyType({})
KEYS = re.compile(r"note\..*|reason\.(finding_.*|dated)")  # of what tables hold
BLANKS = {"n": r"[\d.,]+", "rest": ".*", "words": r"\S+ \S+", "day": r"\d{4}-\d\d-\d\d", "reason": ".*"}  # by name
WORD = r"\S+"  # in a blank of any other name
FORM = re.compile(r"\{(\w+)[!:][^}]*\}")  # a blank with the form of its number, which a text has already


def reason_in(language: Language, text: Reason | str, names: Mapping[str, str] = NONE) -> str:
    """`text` in the reader's language, whole or note by note; `names`: words of the study and what they become.

    A note that no key says stays as it is.
    """
    if isinstance(text, Reason):
        return language.reason(text)
    whole = _note(language, text, names)
    return whole or language.text("format.clauses").join(
        _note(language, one, names) or one for one in text.split(BETWEEN)
    )


def _note(language: Language, text: str, names: Mapping[str, str]) -> str:
    """One known note in the language, "" where it is not known; what stands in its blanks may be one too."""
    if text in names or language.code == "en":
        return names.get(text, "")
    for key, pattern in notes():
        if found := pattern.fullmatch(text):
            told = {blank: _note(language, value, names) or value for blank, value in found.groupdict().items()}
            return FORM.sub(r"{\1}", language.catalogue.words(key)).format(**told)
    return ""


@cache
def notes() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Every note of the English catalogue as a pattern of its words and blanks, the longest words first."""
    english = catalogue("en")
    keys = sorted((k for k in english.forms if KEYS.fullmatch(k)), key=lambda k: (-len(english.words(k)), k))
    return tuple((key, re.compile(_pattern(english.words(key)))) for key in keys)


def _pattern(words: str) -> str:
    """Words with their blanks; a blank that is said again holds the same."""
    seen, parts = set[str](), []
    for text, blank, _, _ in string.Formatter().parse(words):
        parts.append(re.escape(text))
        if blank:
            kind = BLANKS.get(blank.rstrip("0123456789"), WORD)
            parts.append(f"(?P={blank})" if blank in seen else f"(?P<{blank}>{kind})")
            seen.add(blank)
    return "".join(parts)
