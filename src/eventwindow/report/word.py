"""The report for word processors, through python-docx (extra `word`): words, tables and figures of the paper."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import singledispatchmethod
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Emu, Pt, RGBColor

from eventwindow.report import sections
from eventwindow.report.blocks import (
    Account,
    Aside,
    Block,
    Card,
    Cards,
    Cell,
    Command,
    Compared,
    Fold,
    Formula,
    Heading,
    Items,
    Legend,
    Paragraph,
    Picture,
    Table,
    Words,
    chosen,
)  # fmt: skip
from eventwindow.report.context import Context
from eventwindow.report.figures.chart import Chart
from eventwindow.report.typst import formula_picture, png_bytes, runs

FIXED = datetime(2000, 1, 1)  # the date in the file's properties: the same input gives the same bytes
FAINT = RGBColor(0x5B, 0x64, 0x6E)
SMALL = Pt(8)
LINE = 36  # letters of a cell that are kept on one line
LOOKS: dict[str, dict[str, Any]] = {
    "strong": {"bold": True},
    "em": {"italic": True},
    "sub": {"subscript": True},
    "sup": {"superscript": True},
    "faint": {"color": FAINT},
    "small": {"color": FAINT, "size": SMALL},
    "code": {"name": "Courier New"},
}


def docx_bytes(context: Context, charts: Mapping[str, Chart]) -> bytes:
    """The report as .docx; the same result gives the same bytes."""
    page = Page(context, charts)
    page.document.add_heading(context.title, 0)
    for sentence in (*sections.answer(context), sections.origin(context)):
        page.put(Paragraph(sentence))
    for chapter in (*sections.story(context, charts), *sections.document(context, charts)):
        page.document.add_heading("", 1)
        page.say(page.document.paragraphs[-1], chapter.title)
        page.print(chapter.blocks)
    return packed(page.document)


class Page:
    """A document that blocks are printed into, each as its class asks."""

    def __init__(self, context: Context, charts: Mapping[str, Chart]) -> None:
        self.document, self.context, self.charts = Document(), context, charts
        held = self.document.core_properties
        held.title, held.author, held.comments, held.created, held.modified = context.title, "", "", FIXED, FIXED
        for spoken in self.document.styles.element.iter(qn("w:lang")):
            spoken.set(qn("w:val"), context.language.code)
            spoken.set(qn("w:eastAsia"), context.language.code)
        self.width = Emu(self.document._block_width)  # of the text between the margins

    def say(self, paragraph: Any, words: Words, **look: Any) -> Any:
        """Words behind those of a paragraph, each with the style that our own tags give it."""
        said = runs(words)
        for style, text in [("", said)] if isinstance(said, str) else said:
            if style == "small" and paragraph.runs:
                paragraph.add_run().add_break()
            run = paragraph.add_run(self.context.language.written(text))
            plain = not style or style.startswith(("to:", "at:"))  # where it leads
            own = {} if plain else LOOKS.get(style, LOOKS["strong"])  # a verdict's own class is bold
            for key, value in (look | own).items():
                setattr(*((run.font.color, "rgb") if key == "color" else (run.font, key)), value)
        return paragraph

    def print(self, blocks: Iterable[Block]) -> None:
        for block in chosen(blocks, "typst"):
            self.put(block)

    @singledispatchmethod
    def put(self, block: Any) -> None:
        raise TypeError(f"no way to print {type(block).__name__} in Word")

    @put.register
    def _(self, it: Paragraph) -> None:
        self.say(self.document.add_paragraph(), it.text, **({"size": SMALL, "color": FAINT} if it.small else {}))

    @put.register
    def _(self, it: Heading) -> None:
        self.say(self.document.add_heading("", 2), it.text)

    @put.register
    def _(self, it: Items) -> None:
        for row in it.rows:
            self.say(self.document.add_paragraph(style="List Bullet"), row)

    @put.register
    def _(self, it: Command) -> None:
        self.say(self.document.add_paragraph(), it.text, name="Courier New", size=SMALL)

    @put.register(Aside)
    def _(self, it: Aside) -> None:
        self.print(it.body)

    @put.register
    def _(self, it: Fold) -> None:
        self.put(Paragraph(it.summary))
        self.print(it.body)

    @put.register
    def _(self, it: Legend) -> None:
        for _, words in it.rows:
            self.put(Paragraph(words, small=True))

    @put.register
    def _(self, it: Picture) -> None:
        if chart := self.charts.get(it.name):
            self._drawn(png_bytes(chart.wide), chart.alt)
            self.put(Paragraph(f"{chart.title}{self.context.language.text('format.typst_stop')}{chart.caption}", True))

    @put.register
    def _(self, it: Formula) -> None:
        self._drawn(*formula_picture(it.key))

    def _drawn(self, picture: bytes, alt: str) -> None:
        """A picture in its own size, or as wide as the text."""
        drawn = self.document.add_picture(BytesIO(picture))
        if drawn.width > self.width:
            drawn.width, drawn.height = self.width, Emu(round(drawn.height * self.width / drawn.width))
        drawn._inline.docPr.set("descr", alt)

    @put.register
    def _(self, it: Table) -> None:
        self.say(self.document.add_paragraph(style="Caption"), it.caption)
        rows = [it.head, *it.rows]
        table = self.document.add_table(len(rows), len(it.head), "Light Shading")
        cells, texts = iter(table._cells), list[list[str]]()  # `table.cell` would count them anew for each
        for row in rows:
            texts.append([])
            for words, aligned in zip(row, it.aligned, strict=True):
                paragraph = next(cells).paragraphs[0]
                self.say(paragraph, words.text if isinstance(words, Cell) else words, size=SMALL)
                texts[-1].append(paragraph.text)
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if aligned == "num" else WD_ALIGN_PARAGRAPH.LEFT
        for width in list(table._tbl.iter(qn("w:tcW"))):  # each column as wide as its words ask
            width.getparent().remove(width)
        asked = [max(map(_breadth, column)) for column in zip(*texts, strict=True)]
        for column, breadth in zip(table.columns, asked, strict=True):
            column.width = Emu(self.width * breadth // sum(asked))
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # comes again on each page
        if it.note:
            self.put(Paragraph(it.note, small=True))

    @put.register
    def _(self, it: Cards) -> None:
        self.put(Heading(it.heading))
        if it.note:
            self.put(Paragraph(it.note, small=True))
        for card in it.cards:
            self.put(card)

    @put.register
    def _(self, it: Card, style: str = "Normal") -> None:
        """A statement with its verdict, what it said and what was measured; its parts below it."""
        paragraph = self.document.add_paragraph(style=style)
        self.say(paragraph, f"{self._verdict(it)} ", bold=True, color=FAINT)
        self.say(self.say(paragraph, it.text, bold=True), f" {it.id}", color=FAINT, size=SMALL)
        for key in ("said", "measured", "reason", "rule", "changes"):
            if told := getattr(it, key):
                self._named(paragraph, "evidence" if key == "reason" else key, told)
        for part in it.parts:
            self.put(part, "List Bullet")

    @put.register
    def _(self, it: Account) -> None:
        self.put(Heading(it.text))
        self.put(Paragraph(it.sentence))
        for term, words in it.terms:
            self.say(self.say(self.document.add_paragraph(), term, color=FAINT), f" {words}")
        self._panels(it.panels)

    @put.register
    def _(self, it: Compared) -> None:
        for card in it.claims:
            row = self.say(self.document.add_paragraph(style="List Bullet"), f"{self._verdict(card)} ", bold=True)
            self.say(row, " → ".join(filter(None, (f"{card.id} {card.text}", card.measured))))
        self._panels(it.panels)

    def _panels(self, panels: Iterable[Card]) -> None:
        """What was measured beside statements, or why it was not."""
        for card in panels:
            row = self.document.add_paragraph(style="List Bullet")
            self.say(row, f"{card.text} → {card.measured}" if card.measured else f"{card.text} {card.reason}")

    def _named(self, paragraph: Any, key: str, words: str) -> None:
        paragraph.add_run().add_break()
        self.say(self.say(paragraph, self.context.language.text(f"verdicts.{key}"), color=FAINT), f" {words}")

    def _verdict(self, card: Card) -> str:
        return self.context.language.text(f"verdict.{card.label}")


def _breadth(text: str) -> int:
    """Letters and margins that a cell's column should have room for: its longest word, and a short text on one line."""
    return 4 + max(min(len(text), LINE), *map(len, text.split()), 0)


def packed(document: Any) -> bytes:
    """The document's parts in an archive that holds no clock."""
    saved, fresh = BytesIO(), BytesIO()
    document.save(saved)
    with ZipFile(saved) as given, ZipFile(fresh, "w") as archive:
        for name in given.namelist():
            archive.writestr(ZipInfo(name), given.read(name), ZIP_DEFLATED)
    return fresh.getvalue()
