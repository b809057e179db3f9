"""The summary for pasting: the finding, surprising verdicts, day 0, what pictures find, and the tests, as Markdown."""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from urllib.parse import quote

from markupsafe import Markup

from eventwindow.report import sections
from eventwindow.report.blocks import Block, Cards, Cell, Command, Items, Paragraph, Picture, Table, Words, chosen
from eventwindow.report.context import Context
from eventwindow.report.figures.chart import Chart

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~]|&(?=#?\w+;))")
SHOWN = ("verdicts", "abnormal", "market", "late", "tests")
TAG = re.compile(r"<[^>]+>")
SAFE = ":/?#@!$&'*+,;=%~"  # in an address: no bracket, bar or space, which would end it
LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>')


def markdown(context: Context, drawn: Mapping[str, Chart]) -> str:
    """The whole summary; texts of the study are escaped."""
    parts = [f"# {plain(context.title)}", *map(words, sections.answer(context))]
    for section in [*sections.story(context, drawn), *sections.document(context, (), SHOWN)]:
        parts += [f"## {plain(section.title)}", *_printed(section.blocks, context, drawn)]
    return context.language.written("\n\n".join([*parts, words(sections.origin(context))]) + "\n")


def _printed(blocks: Iterable[Block], context: Context, drawn: Mapping[str, Chart]) -> Iterator[str]:
    """Paragraphs, tables, surprising statements and what pictures find; asides and what a page folds are left out."""
    for block in chosen(blocks, "markdown"):
        if isinstance(block, Paragraph) and not block.small:
            yield words(block.text)
        elif isinstance(block, Picture) and block.name in drawn:
            yield f"**{plain(drawn[block.name].title)}**"
        elif isinstance(block, Command):
            yield f"    {block.text}"
        elif isinstance(block, Items):
            yield "\n".join(f"- {words(row)}" for row in block.rows)
        elif isinstance(block, Table):
            yield from (words(block.caption), table(block))
        elif isinstance(block, Cards) and block.open:
            yield from (words(block.heading), table(_statements(block, context)))


def _statements(block: Cards, context: Context) -> Table:
    head = tuple(context.language.say(f"verdicts.{key}") for key in ("claim", "said", "measured"))
    return Table("", "l l l", head, tuple((f"{one.id}: {one.text}", one.said, one.measured) for one in block.cards))


def table(held: Table) -> str:
    rule = ["---:" if column == "num" else "---" for column in held.aligned]
    body = [[words(cell.text if isinstance(cell, Cell) else cell) for cell in row] for row in held.rows]
    rows = ([words(cell) for cell in held.head], rule, *body)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in rows)


def plain(text: str) -> str:
    """A text of the study with what Markdown would take for markup escaped."""
    return SPECIAL.sub(r"\\\1", " ".join(str(text).split()))


def words(sentence: Words) -> str:
    """Words without their tags, or a text of the study as it is; bold and links stay, small type follows a dot."""
    if not isinstance(sentence, Markup):
        return plain(sentence)
    pieces = re.split(r"(</?strong>|<a .*?</a>)", str(sentence).replace("<small>", " · "))
    return "".join(map(_kept, pieces)).strip()


def _kept(piece: str) -> str:
    """A piece of a sentence, between the spaces that it begins and ends with."""
    if link := LINK.fullmatch(piece):
        return f"[{plain(unmarked(link[2]))}]({quote(unescape(link[1]), safe=SAFE)})"
    if piece in ("<strong>", "</strong>"):
        return "**"
    lead = " " if piece.startswith(" ") and piece.strip() else ""  # between two links a space is both
    return lead + plain(unmarked(piece)) + (" " if piece.endswith(" ") else "")


def unmarked(sentence: str) -> str:
    return unescape(TAG.sub("", sentence))
