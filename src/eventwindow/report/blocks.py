"""What a report is made of. A section says each thing once, in these blocks; HTML, Typst, Word and Markdown print them.

Words are texts of a study (`str`, printed as they are) or of our catalogues (`Markup`, with a few tags of our own).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup, escape

Words = str | Markup
Medium = Literal["html", "typst", "markdown"]
NOTHING = Markup("")
_END = r"""(?:[\s<>"'\u3000-\u303f\uff00-\uffef]|&#|&lt;|&gt;|$)"""  # of an address, escaped or not, in either language
ADDRESS = re.compile(rf"https?://(?:www\.)?([^/\s<>\"'&]+)/(?:(?!{_END}).)*?(?=[.,;:)]*{_END})")


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: Words
    small: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    text: Words


@dataclass(frozen=True, slots=True)
class Items:
    """A list with bullets, or of works cited."""

    rows: tuple[Words, ...]
    cited: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table with a hint, or with the few words behind which a page folds its text."""

    text: Words
    hint: str = ""
    folded: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Cells in rows; of `columns` each is l, d or r: left, a day, right; L2: left, two shares of the width left."""

    caption: Words
    columns: str
    head: tuple[Words, ...]
    rows: tuple[tuple[Words | Cell, ...], ...]
    note: Words = ""
    label: str = ""
    look: Literal["", "roomy", "counts", "stacked"] = ""  # stacked: on a phone a cell a line

    @property
    def aligned(self) -> list[str]:
        """The class of each column's cells."""
        return [{"r": "num", "d": "day"}.get(column, "") for column in self.columns.split()]


@dataclass(frozen=True, slots=True)
class Picture:
    """The figure of that name, if the study has matter for it; text may run past one that floats."""

    name: str
    floats: bool = False


@dataclass(frozen=True, slots=True)
class Formula:
    key: str


@dataclass(frozen=True, slots=True)
class Command:
    text: str


@dataclass(frozen=True, slots=True)
class Aside:
    """Blocks with a coloured rule beside them."""

    why: Literal["invalid", "late"]
    body: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Fold:
    """What a page folds away; on paper, tables with a label stand in the appendix."""

    summary: Words
    body: tuple[Block, ...]

    @property
    def label(self) -> str:
        return next((block.label for block in self.body if isinstance(block, Table) and block.label), "")


@dataclass(frozen=True, slots=True)
class Only:
    """Blocks of one medium."""

    medium: Medium
    body: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Interval:
    """A verdict's small chart, places along its width: what confirms, zero, what was stated, what was measured."""

    bar: tuple[float, float]  # left end and width
    zero: float | None
    ticks: tuple[float, ...]
    dots: tuple[float, ...]
    effect: bool  # the bar is where 95 of 100 ordinary days lie


@dataclass(frozen=True, slots=True)
class Legend:
    """Small charts as they look, and what they mean."""

    rows: tuple[tuple[Interval, Words], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A statement with all that stands behind its verdict; its parts below it."""

    id: str
    article: str
    securities: tuple[str, ...]
    name: str
    text: str
    said: str
    measured: str
    label: str
    decides: bool
    context: str
    reason: str
    rule: str
    changes: str
    measure: str
    measure_name: str
    figures: tuple[tuple[str, str], ...]
    effect: tuple[tuple[str, str], ...]
    interval: Interval | None
    parts: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Cards:
    """The statements with one verdict."""

    label: str
    heading: Words
    note: Words
    cards: tuple[Card, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Filters:
    """What the statements of a page can be chosen by: name of the choice → value and words."""

    choices: tuple[tuple[str, Words, tuple[tuple[str, str], ...]], ...]


@dataclass(frozen=True, slots=True)
class Account:
    """An article's account of the event, its rival, and the figures between them."""

    text: str
    keys: str
    sentence: str
    terms: tuple[tuple[Words, str], ...]
    panels: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """Statements on one point side by side, with figures beside them."""

    claims: tuple[Card, ...]
    panels: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Every specification of a curve to choose from: names of the choices with their options, and the figures as JSON.

    `reported` are the places of the study's own choice among the options.
    """

    choices: tuple[tuple[str, Words, tuple[str, ...]], ...]
    figures: str
    reported: tuple[int, ...]


Block = (
    WhatIf | Paragraph | Heading | Items | Table | Picture | Formula | Command | Aside | Fold | Only | Legend
    | Cards | Filters | Account | Compared
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    blocks: tuple[Block, ...]


def chosen(blocks: Iterable[Block], medium: Medium) -> Iterator[Block]:
    """The blocks that a medium prints."""
    for block in blocks:
        if not isinstance(block, Only):
            yield block
        elif block.medium == medium:
            yield from chosen(block.body, medium)


def with_matter(sections: Iterable[Section], figures: Collection[str]) -> list[Section]:
    """The sections that say something beside pictures, or whose pictures are drawn."""
    return [s for s in sections if any(not isinstance(b, Picture) or b.name in figures for b in s.blocks)]


def tagged(tag: str, words: Words) -> Markup:
    """The words in a tag: strong, small, code, em (late), or a class: faint, or a verdict's."""
    if tag in {"strong", "small", "code", "em"}:
        return Markup(f"<{tag}>{escape(words)}</{tag}>")
    return Markup(f'<span class="{tag}">{escape(words)}</span>')


def linked(place: str, words: Words) -> Markup:
    return Markup('<a href="{}">{}</a>').format(place, words)


def addressed(text: str) -> Markup:
    """A text whose addresses are links that bear the name of their site."""
    return Markup(ADDRESS.sub(r'<a href="\g<0>">\1</a>', str(escape(text))))


def sited(text: str) -> str:
    """A text with the names of sites in the place of their addresses, where no link may stand."""
    return ADDRESS.sub(r"\1", text)


def sources(text: str) -> Markup:
    """The addresses of a text as links, one after the other."""
    return Markup(" ").join(addressed(found[0]) for found in ADDRESS.finditer(text))


def names_site(address: str, words: str) -> bool:
    """Whether the words of a link are the name of its site, as `addressed` writes it."""
    found = ADDRESS.match(address)
    return found is not None and found[1] == words


def weighty(words: Words, strong: bool) -> Words:
    return tagged("strong", words) if strong else words


def folded(
    caption: Words, columns: str, head: tuple[Words, ...], rows: tuple[tuple[Words | Cell, ...], ...], label: str = ""
) -> Fold:
    """A table that a page folds away behind its caption."""
    return Fold(caption, (Table(caption, columns, head, rows, label=label),))
