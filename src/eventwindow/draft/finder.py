"""Names of a long list in a text: the longest at each place, by look-up, not by one pattern of thousands of words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_KIND = re.compile(r"\b(?:index|average|composite|sector|industrials|futures)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finder:
    """Every way to write a name → the name; the lengths of those that begin with a character, longest first."""

    forms: Mapping[str, str]
    lengths: Mapping[str, tuple[int, ...]]

    def spans(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Start, end and name of each; what overlaps an earlier one is left out."""
        at = 0
        while at < len(text):
            end = self._end(text, at)
            if end > at:
                yield at, end, self.forms[text[at:end]]
            at = max(end, at + 1)

    def _end(self, text: str, at: int) -> int:
        """Where the longest name that begins here ends; `at` itself if none does."""
        if at and _latin(text[at - 1]) and text[at].isascii():
            return at
        for length in self.lengths.get(text[at], ()):
            end = at + length
            if end <= len(text) and text[at:end] in self.forms and self._ends(text, end):
                return end
        return at

    @staticmethod
    def _ends(text: str, end: int) -> bool:
        return not (text[end - 1].isascii() and end < len(text) and _latin(text[end]))


def finder(names: Iterable[str]) -> Finder:
    """A Latin name must stand alone, a Chinese one may stand anywhere; a small first letter may be a capital one.

    Some papers write what kind of thing it is small: Nasdaq composite, Philadelphia Semiconductor index.
    """
    forms = {name: name for name in names}
    small = {name[0].upper() + name[1:]: name for name in forms if name[0].islower()}
    several = [name for name in forms if " " in name and name.isascii() and name[0].isupper()]
    cased = {form: name for name in several for form in (name[0] + name[1:].lower(), name.title())}
    last = [(name, m) for name in several if (m := _KIND.search(name))]
    kind = {name[: m.start()] + form: name for name, m in last for form in (m[0].lower(), m[0].title())}
    forms = cased | kind | small | forms
    lengths: dict[str, set[int]] = defaultdict(set)
    for first, length in {(form[0], len(form)) for form in forms}:
        lengths[first].add(length)
    return Finder(forms, {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()})


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
