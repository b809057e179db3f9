"""The measured sizes of docs/calibration.md and of `advise`, as `eventwindow calibrate` wrote them.

    python scripts/sizes.py [FOLDER …]

puts the cells of each FOLDER's calibration.md into the page's tables of the same name, and writes from the page what
`advise` reads. A cell hangs on its design, window, months, draws and seed alone, not on what else was asked for, so
that tables may come from several runs.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from eventwindow.inference.registry import TESTS

ROOT = Path(__file__).parents[1]
PAGE, TABLE = ROOT / "docs" / "calibration.md", ROOT / "src" / "eventwindow" / "inference" / "sizes.csv"
DESIGNS = {
    "One firm": "single",
    "One day, related firms, 10 firms": "one_day",
    "Staggered days, 10 firms": "staggered",
    "Mixed days, 10 firms": "mixed",
    "Scattered days, 10 firms": "scattered",
}
CELL = re.compile(r"([\d.]+) \([\d.]+\) / [\d.]+")
RATIO = "By the volatility ratio"
BLOCK = re.compile(r"(?s)(<!-- volatility -->\n\n).*?(<!-- /volatility -->)")


def tables(text: str) -> Iterator[tuple[str, list[list[str]]]]:
    """Each heading of a page and the cells of the table below it, its head first."""
    for part in re.split(r"(?m)^### ", text)[1:]:
        heading, _, body = part.partition("<!--")[0].partition("\n")
        lines = [line for line in body.splitlines() if line.startswith("|") and not line.startswith("| ---")]
        yield heading, [[cell.strip() for cell in re.split(r" (?<!\\)\| ", line.strip("| "))] for line in lines]


def measured(text: str) -> dict[tuple[str, str, str], str]:
    """Heading, test and column of each cell of the tables of sizes; an empty one was not measured."""
    return {
        (heading, row[0].removesuffix(" †"), column): cell
        for heading, (head, *rows) in tables(text)
        if not heading.startswith((RATIO, "Power"))
        for row in rows
        for column, cell in zip(head[1:], row[1:], strict=False)
        if cell
    }


def taken_over(page: str, found: str) -> str:
    """The page with the sizes that were found, and with all tables by the volatility ratio where there are any."""
    ratios = found[found.index(f"### {RATIO}") :] if f"### {RATIO}" in found and BLOCK.search(page) else ""
    if ratios and ", all months" in ratios:
        return BLOCK.sub(lambda block: f"{block[1]}{ratios}\n{block[2]}", page)
    cells, lines, heading, head = measured(found), page.splitlines(), "", list[str]()
    for i, line in enumerate(lines):
        if line.startswith("### "):
            heading, head = line[4:], []
        elif line.startswith("| ") and not line.startswith("| ---"):
            row = [cell.strip() for cell in re.split(r" (?<!\\)\| ", line.strip("| "))]
            head = head or row
            name = row[0].removesuffix(" †")
            row[1:] = [cells.get((heading, name, at), old) for at, old in zip(head[1:], row[1:], strict=True)]
            lines[i] = f"| {' | '.join(row)} |"
    return "\n".join(lines) + "\n"


def sizes() -> pd.DataFrame:
    """A row a cell: design, test, months, sessions of the window, size at 5 % as a share."""
    names = {test.title.replace("|", "\\|"): name for name, test in TESTS.items()} | {"**What leads**": "leading"}
    rows = []
    for (heading, title, column), cell in measured(PAGE.read_text(encoding="utf-8")).items():
        if heading in DESIGNS and (figures := CELL.fullmatch(cell)):
            months, _, length = column.partition(", ")
            rows.append((DESIGNS[heading], names[title], months, int(length), float(figures[1]) / 100))
    return pd.DataFrame(rows, columns=["design", "test", "months", "sessions", "size"])


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    for folder in sys.argv[1:]:
        page = taken_over(page, (Path(folder) / "calibration.md").read_text(encoding="utf-8"))
    PAGE.write_text(page, encoding="utf-8")
    sizes().to_csv(TABLE, index=False, float_format="%.4g", lineterminator="\n")
