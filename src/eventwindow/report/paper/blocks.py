"""What a section on paper is made of: words with their styles, paragraphs, tables, pictures, formulas."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from html import unescape
from importlib.resources import files
from typing import Any

from markupsafe import Markup

Block = dict[str, Any]
Runs = str | list[list[str]]  # plain text, or [style, text] one after the other

LONG, FULL = 20, 200  # rows of a table, or characters of a cell, beyond which it may run over a page
STYLED = re.compile(r"<(\w+)>(.*?)</\1>", re.S)


def runs(words: object) -> Runs:
    """Words with the styles that our own tags give them; a string of a study is text, whatever it holds."""
    if isinstance(words, list):
        return words
    if not isinstance(words, Markup):
        return str(words)
    found, end, source = [], 0, str(words)
    for match in STYLED.finditer(source):
        found += [["", unescape(source[end : match.start()])], [match[1], unescape(match[2])]]
        end = match.end()
    return [run for run in (*found, ["", unescape(source[end:])]) if run[1]]


def styled(style: str, words: object) -> Runs:
    """Words of one style: strong, small (on a line of its own), code, faint, or a verdict's colour."""
    return [[style, unescape(words) if isinstance(words, Markup) else str(words)]]


def joined(*pieces: Runs) -> Runs:
    """The pieces one after the other."""
    return [run for piece in pieces for run in ([["", piece]] if isinstance(piece, str) else piece) if run[1]]


def paragraph(*words: object) -> Block:
    return {"kind": "paragraph", "text": joined(*map(runs, words))}


def note(words: object) -> Block:
    """A remark in small type."""
    return {"kind": "note", "text": runs(words)}


def heading(words: object) -> Block:
    return {"kind": "heading", "text": runs(words)}


def picture(name: str, floats: bool = False) -> Block:
    """The figure of that name, if the study has matter for it; one that floats lets the text after it fill the page."""
    return {"kind": "picture", "name": name, "floats": floats}


def items(rows: Iterable[object], hanging: bool = False) -> Block:
    """A list with bullets, or of works cited."""
    return {"kind": "works" if hanging else "items", "rows": [runs(row) for row in rows]}


def aside(tone: str, blocks: Sequence[Block]) -> Block:
    """Blocks with a coloured rule beside them."""
    return {"kind": "aside", "tone": tone, "blocks": list(blocks)}


def see(words: object, label: str) -> Block:
    """Words that lead to a table of the appendix."""
    return {"kind": "see", "text": runs(words), "label": label}


def table(
    caption: object, columns: str, head: Iterable[object], rows: Iterable[Iterable[object]], label: str = ""
) -> Block:
    """A table; of `columns` each is l or r, left and right, or L2: left, and two shares of the width that is left."""
    body = [[runs(cell) for cell in row] for row in rows]
    return {
        "kind": "table",
        "caption": runs(caption),
        "columns": columns,
        "head": [runs(h) for h in head],
        "rows": body,
        "label": label,
        "breaks": len(body) > LONG or any(len(cell) > FULL for row in body for cell in row),
    }


@cache
def formula(key: str) -> Block:
    """The formula that the page shows, as the same MathML."""
    path = files("eventwindow.report").joinpath(f"templates/parts/formulas/{key}.html.j2")
    return {"kind": "formula", "mathml": f"<formulas>{path.read_text(encoding='utf-8')}</formulas>"}
