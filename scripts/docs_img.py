"""Draw the pictures that README and docs show, from the study and the figures that ship.

python scripts/docs_img.py
"""

from __future__ import annotations

from pathlib import Path

from eventwindow import run_study
from eventwindow.report.typst import png_bytes

OUT = Path(__file__).parents[1] / "docs" / "img"
PICTURES = {"day0": "groups", "week": "prices", "specifications": "specification_curve", "claims": "claims"}


def main() -> None:
    result = run_study("deepseek-2025", prices="shipped")
    OUT.mkdir(parents=True, exist_ok=True)
    for name, figure in PICTURES.items():
        chart = getattr(result.plot, figure)()
        (OUT / f"{name}.png").write_bytes(png_bytes(chart.wide))
        print(f"docs/img/{name}.png: {chart.alt}")


if __name__ == "__main__":
    main()
