"""What the tests of the report share: a small study with hostile texts, and a reader of HTML that keeps structure."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

from eventwindow.errors import catalogue
from eventwindow.report.blocks import Aside, Block, Cards, Cell, Fold, Only, Paragraph, Table
from eventwindow.report.context import Context
from eventwindow.report.sections import SECTIONS
from eventwindow.study.library import new_study

HOSTILE = {
    "script": "<script>document.title='owned'</script> #panic[] $x$ *a* `b` @c <d> \\ //e",
    "quotes": '"double" \'single\' & <b>bold</b> onload="x"',
    "hebrew": "חדשות \u202eמשמאל\u202c לימין",
    "emoji": "shock 💥 and awe",
    "braces": "{{ 7 * 7 }} {name} %s",
}
VOID = {"meta", "link", "br", "img", "input", "hr", "mspace", "path", "use", "rect", "stop"}


def blocks(context: Context, key: str, kind: type[Block]) -> list:
    """All blocks of a kind in a section, those within others too."""
    return [block for block in _every(SECTIONS[key](context)) if isinstance(block, kind)]


def _every(found):
    for block in found:
        yield block
        yield from _every(block.body if isinstance(block, Aside | Fold | Only) else ())


def tables(context: Context, key: str) -> list[Table]:
    return blocks(context, key, Table)


def said(context: Context, key: str) -> list[str]:
    """The words of a section's paragraphs."""
    return [str(block.text) for block in blocks(context, key, Paragraph)]


def column(table: Table, caption: str) -> list[str]:
    """The cells under a heading, without their markup's own reading."""
    place = [str(head) for head in table.head].index(str(caption))
    return [str(cell.text if isinstance(cell, Cell) else cell) for row in table.rows for cell in [row[place]]]


def cards(context: Context) -> list:
    """The statements' cards, as the page groups them."""
    return [card for group in blocks(context, "verdicts", Cards) for card in group.cards]


def catalogue_of(code: str) -> dict[str, str]:
    """Every text of a language by key, its plural forms in a row."""
    return {key: " ".join(forms) for key, forms in catalogue(code).forms.items()}


class Page(HTMLParser):
    """Tags in order with their attributes, the text of the page, and the text inside each kind of tag."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.inside: dict[str, list[str]] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {k: v or "" for k, v in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {k: v or "" for k, v in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.text.append(data)
        for tag in set(self.open):
            self.inside.setdefault(tag, []).append(data)

    def named(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


def toml_text(text: str) -> str:
    """`text` as a TOML basic string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def hostile_study(folder: Path) -> Path:
    """The template study, with a hostile text wherever a study file or a claim may hold one."""
    new_study(folder)
    path = folder / "study.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace('"My first event study"', toml_text(HOSTILE["script"]))
    text = text.replace('"The sell-off"', toml_text(HOSTILE["quotes"]))
    text = text.replace('"Nvidia"', toml_text(HOSTILE["hebrew"]))
    text = text.replace('"Federal Reserve meeting ends"', toml_text(HOSTILE["emoji"]))
    path.write_text(text, encoding="utf-8")
    claim = {
        "id": "X1",
        "article": "X",
        "security": "NVDA",
        "text_en": HOSTILE["script"],
        "stated_text": HOSTILE["braces"],
    }
    lines = [f"{key} = {toml_text(value)}" for key, value in claim.items()]
    measured = ["stated = -0.17", "precision = 0.01", 'measure = "return"', "date = 2025-01-27"]
    article = ["[[articles]]", 'key = "X"', f"title_en = {toml_text(HOSTILE['quotes'])}"]
    empty = ['title_zh = ""', 'what_en = ""', 'what_zh = ""']
    claims = "\n".join([*article, *empty, "", "[[claims]]", *lines, *measured, ""])
    (folder / "claims.toml").write_text(claims, encoding="utf-8")
    return folder
