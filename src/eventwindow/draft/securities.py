"""Securities by ticker, name and alias: the table of the package, a user's own, and the names that a study gives."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from eventwindow.draft.chinese import has_chinese, simplified
from eventwindow.draft.lexicon import Lexicon, Mark
from eventwindow.errors import StudyError

if TYPE_CHECKING:
    from eventwindow.study.definition import Study

COLUMNS = ("symbol", "exchange", "currency", "kind", "names")
_TICKER = re.compile(r"(?:(?<=\()|(?<=\$)|(?<=: ))(?P<sure>[A-Z]{1,5}(?:[.-][A-Z])?|\d{4}\.(?:TW|HK|T))(?![A-Za-z])|(?<![\w$.-])(?P<bare>[A-Z]{3,5})(?![\w-])")  # fmt: skip  # noqa: E501


@dataclass(frozen=True, slots=True)
class Listing:
    """A security on one exchange; several listings of one firm share its names."""

    symbol: str
    exchange: str
    currency: str
    kind: str  # stock, index, future, commodity


@dataclass(frozen=True, slots=True)
class Names:
    """Listings by symbol, and every name with the listings that it may mean."""

    listings: Mapping[str, Listing]
    meanings: Mapping[str, tuple[str, ...]]
    pattern: re.Pattern[str]
    not_bare: frozenset[str]

    def marks(self, text: str) -> Iterator[Mark]:
        """Every name and ticker in the sentence, with the symbols that it may mean."""
        for m in self.pattern.finditer(text):
            yield Mark(*m.span(), "name", self.meanings.get(m[0]) or self.meanings[m[0][0].lower() + m[0][1:]])
        for m in _TICKER.finditer(text):
            symbol = m["sure"] or m["bare"]
            if symbol in self.listings and (m["sure"] or symbol not in self.not_bare):
                yield Mark(*m.span(), "name", (symbol,))


def names(rules: Lexicon, chinese: bool, study: Study | None = None, own: Path | None = None) -> Names:
    """The names of the package, of a user's table and of a study; what is given later adds to what is there."""
    table = resources.files(__package__).joinpath("securities.csv").read_text(encoding="utf-8")
    rows = list(_rows(table.splitlines(), "securities.csv"))
    if own is not None:
        rows += _rows(_own(own), own.name)
    if study is not None:
        rows += _of_study(study)
    listings: dict[str, Listing] = {}
    meanings: dict[str, tuple[str, ...]] = {}
    for listing, words in rows:
        listings.setdefault(listing.symbol, listing)
        for word in words:
            if chinese or not has_chinese(word):
                key = simplified(word)
                meanings[key] = tuple(dict.fromkeys((*meanings.get(key, ()), listing.symbol)))
    return Names(listings, meanings, _pattern(meanings), rules.not_bare)


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    longest = sorted(words, key=len, reverse=True)
    return re.compile("|".join(_bounded(w) for w in longest))


def _bounded(word: str) -> str:
    """A Latin word must stand alone; a Chinese one may stand anywhere; spaces inside a mixed one are optional."""
    head = r"(?<![A-Za-z0-9])" if word[0].isascii() else ""
    tail = r"(?![A-Za-z0-9])" if word[-1].isascii() else ""
    first = rf"[{word[0]}{word[0].upper()}]" if word[0].islower() and word[0].isascii() else re.escape(word[0])
    return head + first + re.escape(word[1:]) + tail


def _rows(lines: Iterable[str], file: str) -> Iterator[tuple[Listing, list[str]]]:
    reader = csv.DictReader(lines)
    if missing := [c for c in COLUMNS if c not in (reader.fieldnames or ())]:
        raise StudyError(f"the column {missing[0]!r} is missing", where=file, remedy=f"It has {', '.join(COLUMNS)}.")
    for row in reader:
        if any(row[c] is None for c in COLUMNS):
            where = f"{file}, line {reader.line_num}"
            raise StudyError("the row is too short", where=where, remedy=f"A row has {', '.join(COLUMNS)}.")
        yield Listing(*(row[c].strip() for c in COLUMNS[:4])), [n.strip() for n in row["names"].split("|") if n.strip()]


def _own(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise StudyError(
            f"there is no file {path.name}", remedy="--names takes a CSV file; see docs/draft.md."
        ) from None
    except (UnicodeDecodeError, IsADirectoryError):
        raise StudyError(f"{path.name} is no UTF-8 text", remedy="Save it as CSV in UTF-8.") from None


def _of_study(study: Study) -> Iterator[tuple[Listing, list[str]]]:
    """A study's own names, without what stands in brackets: "TSMC (ADR)" is called TSMC."""
    for s in study.file.securities:
        words = [re.sub(r"\s*[(（].*?[)）]|\s+ADR$", "", n).strip() for n in (s.name_en, s.name_zh)]
        kind = "future" if s.symbol.endswith("=F") else "index" if s.symbol.startswith("^") else "stock"
        aliases = getattr(s, "aliases", ())
        yield Listing(s.symbol, s.exchange, s.currency, kind), [w for w in (*words, *aliases) if len(w) > 1]
