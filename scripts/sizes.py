"""Write the measured sizes that `advise` reads from the tables of docs/calibration.md: `python scripts/sizes.py`."""

from __future__ import annotations

import re
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


def sizes() -> pd.DataFrame:
    """A row a cell: design, test, months, sessions of the window, size at 5 % as a share."""
    names = {test.title.replace("|", "\\|"): name for name, test in TESTS.items()} | {"**What leads**": "leading"}
    rows = []
    for part in re.split(r"(?m)^### ", PAGE.read_text(encoding="utf-8"))[1:]:
        heading, _, body = part.partition("<!--")[0].partition("\n")
        lines = [re.split(r" (?<!\\)\| ", line.strip("| ")) for line in body.splitlines() if line.startswith("|")]
        for title, *cells in lines[2:] if heading in DESIGNS else ():
            for head, cell in zip(lines[0][1:], cells, strict=True):
                if found := CELL.fullmatch(cell.strip()):
                    months, _, length = head.strip().partition(", ")
                    name = names[title.removesuffix(" †")]
                    rows.append((DESIGNS[heading], name, months, int(length), float(found[1]) / 100))
    return pd.DataFrame(rows, columns=["design", "test", "months", "sessions", "size"])


if __name__ == "__main__":
    sizes().to_csv(TABLE, index=False, float_format="%.4g", lineterminator="\n")
