"""The pictures of docs/gallery.md, drawn by the code that stands in it.

python scripts/gallery.py [CARD …]    # writes docs/img/gallery/CARD.png and its line in the page

A card is a heading; its code leaves a `chart` of the library or a matplotlib `figure`. `drawn.json` keeps the hash of
the code that each picture is of, and of the words in it: a test that runs the code tells a picture that is stale.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from PIL import Image

from eventwindow.report.typst import png_bytes

ROOT = Path(__file__).parents[1]
PAGE, PICTURES = ROOT / "docs" / "gallery.md", ROOT / "docs" / "img" / "gallery"
DRAWN = PICTURES / "drawn.json"
CODE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WORDS = re.compile(r"<(?:text|title)\b[^>]*>([^<]*)<")  # of a drawing
SHARED = ""
WIDTH, COLOURS = 600, 64


def cards(text: str) -> dict[str, str]:
    """Card → its code; the shared code stands first, under no name."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    named = [(SHARED, parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]
    return {slug(title): "".join(CODE.findall(body)) for title, body in named}


def slug(title: str) -> str:
    return re.sub(r"\W+", "-", title.lower()).strip("-")


def digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def run(text: str) -> Iterator[tuple[str, str, bytes, str]]:
    """Run the page in the working folder: each card, its code, its picture, and the words in it."""
    mpl.use("Agg")
    names: dict[str, Any] = {}
    for card, code in cards(text).items():
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(code, f"gallery.md, {card or 'the shared code'}", "exec"), names)
        if card != SHARED:
            yield card, code, *_picture(names)


def _picture(names: dict[str, Any]) -> tuple[bytes, str]:
    """What a card's code has left, as PNG, and what stands in it."""
    if "chart" in names:
        svg = names.pop("chart").narrow
        return small(png_bytes(svg)), "\n".join(WORDS.findall(svg))
    held, figure = io.BytesIO(), names.pop("figure")
    figure.savefig(held, dpi=110, metadata={"Software": None})
    plt.close("all")
    return small(held.getvalue()), "\n".join(words.get_text() for words in figure.findobj(mpl.text.Text))


def small(picture: bytes) -> bytes:
    """The picture, no wider than a card and of few colours."""
    image, held = Image.open(io.BytesIO(picture)).convert("RGB"), io.BytesIO()
    image.thumbnail((WIDTH, 4 * WIDTH))
    image.quantize(COLOURS).save(held, "PNG", optimize=True)
    return held.getvalue()


def with_pictures(text: str) -> str:
    """The page with a picture under the words of each card."""
    for card in list(cards(text))[1:]:
        line = f"![{card.replace('-', ' ')}](img/gallery/{card}.png)"
        if line not in text:
            heading = next(h for h in re.findall(r"^## .+$", text, re.MULTILINE) if slug(h[3:]) == card)
            head, body = text.split(f"{heading}\n", 1)
            words, code = body.split("\n```python", 1)
            text = f"{head}{heading}\n{words}\n{line}\n\n```python{code}"
    return text


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    text = PAGE.read_text(encoding="utf-8")
    drawn, start = {}, Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for card, code, picture, words in run(text):
            drawn[card] = [digest(code), digest(words)]
            if not sys.argv[1:] or card in sys.argv[1:]:
                (PICTURES / f"{card}.png").write_bytes(picture)
            print(f"docs/img/gallery/{card}.png: {len(picture):,} bytes", flush=True)
        os.chdir(start)
    PAGE.write_text(with_pictures(text), encoding="utf-8", newline="\n")
    DRAWN.write_text(json.dumps(drawn, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
