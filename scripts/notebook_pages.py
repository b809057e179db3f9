"""The notebooks as pages of the site: run, with their tables and pictures.

python scripts/notebook_pages.py [NAME …]    # writes docs/notebooks/NAME.md and docs/img/notebooks/NAME-K.svg
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbclient
import nbformat

ROOT = Path(__file__).parents[1]
BOOKS, PAGES, PICTURES = ROOT / "notebooks", ROOT / "docs" / "notebooks", ROOT / "docs" / "img" / "notebooks"
SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)


def executed(path: Path) -> Any:
    """The notebook, run in an empty folder."""
    book = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        run = nbclient.NotebookClient(
            book, timeout=900, kernel_name="python3", resources={"metadata": {"path": folder}}
        )
        run.execute()
    return book


def page(book: Any, name: str) -> tuple[str, dict[str, str]]:
    """The page in Markdown, and its pictures by file name."""
    parts, pictures = [], dict[str, str]()
    for cell in book.cells:
        parts.append(cell.source if cell.cell_type == "markdown" else f"```python\n{cell.source}\n```")
        parts += [part for output in cell.get("outputs", ()) for part in _shown(output, cell.source, name, pictures)]
    return "\n\n".join([*parts, f"*This is `notebooks/{name}.ipynb`, run.*"]) + "\n", pictures


def _shown(output: Any, source: str, name: str, pictures: dict[str, str]) -> Iterator[str]:
    """What a notebook shows of an output: pictures as files, tables as tables, texts as they are."""
    data = output.get("data", {})
    html = str(data.get("text/html", ""))
    if found := SVG.search(html):
        file = f"{name}-{len(pictures) + 1}.svg"
        pictures[file] = found[0] + "\n"
        yield f"![{_alt(source)}](../img/notebooks/{file})"
    elif "<table" in html:
        yield _table(html)
    elif text := str(output.get("text", data.get("text/plain", ""))).rstrip():
        yield f"```text\n{text}\n```"


def _alt(source: str) -> str:
    """What was asked for: the figure's name in the last line of the cell."""
    named = re.findall(r"\.plot\.(\w+)", source.splitlines()[-1])
    return named[0].replace("_", " ") if named else "figure"


def _table(html: str) -> str:
    """The table alone, so that the site sets it as it sets its own."""
    plain = re.sub(r"<style.*?</style>", "", html, flags=re.DOTALL)
    plain = re.sub(r' (?:border="1"|class="dataframe"|style="text-align: right;")', "", plain)
    return "\n".join(line.strip() for line in plain.splitlines() if line.strip())


def main() -> None:
    PAGES.mkdir(parents=True, exist_ok=True)
    PICTURES.mkdir(parents=True, exist_ok=True)
    for path in sorted(BOOKS.glob("*.ipynb")):
        if sys.argv[1:] and path.stem not in sys.argv[1:]:
            continue
        text, pictures = page(executed(path), path.stem)
        (PAGES / f"{path.stem}.md").write_text(text, encoding="utf-8", newline="\n")
        for file, svg in pictures.items():
            (PICTURES / file).write_text(svg, encoding="utf-8", newline="\n")
        print(f"docs/notebooks/{path.stem}.md: {len(pictures)} pictures")


if __name__ == "__main__":
    main()
