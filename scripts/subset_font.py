"""Cut the figures' font from Noto Sans CJK TC: Latin, Greek, signs, the common characters of Big5 and of GB 2312.

    python scripts/subset_font.py NotoSansCJK-Regular.ttc

On Debian the file comes with the package fonts-noto-cjk. The result is written to src/eventwindow/report/fonts.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

PACKAGE = Path(__file__).parents[1] / "src" / "eventwindow"
OUT = PACKAGE / "report" / "fonts" / "eventwindow-sans-tc.otf"
FACE = "Noto Sans CJK TC"
FAMILY = "eventwindow Sans TC"  # a name of its own: an installed Noto must not stand in for it
BIG5_LEAD, BIG5_TRAIL = range(0xA1, 0xC7), (*range(0x40, 0x7F), *range(0xA1, 0xFF))
GB_LEAD, GB_TRAIL = range(0xB0, 0xD8), range(0xA1, 0xFF)
LATIN = (*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x370, 0x400), *range(0x2010, 0x2030))
SIGNS = "′−←↑→↓≈≠≤≥√∑✓✕●○◐▲▼"


def characters() -> str:
    """Signs and common characters of Big5 (lead bytes A1 to C6) and GB 2312 (B0 to D7), with Latin and Greek."""
    big5 = (bytes([lead, trail]).decode("big5", errors="ignore") for lead in BIG5_LEAD for trail in BIG5_TRAIL)
    gb = (bytes([lead, trail]).decode("gb2312", errors="ignore") for lead in GB_LEAD for trail in GB_TRAIL)
    said = (path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.po"))  # of our own texts, rare ones too
    return "".join([*big5, *gb, *map(chr, LATIN), *said]) + SIGNS


def face(collection: Path) -> TTFont:
    """The Traditional Chinese face of the collection."""
    for number in range(20):
        font = TTFont(collection, fontNumber=number)
        if font["name"].getDebugName(1) == FACE:
            return font
    raise SystemExit(f"{collection} holds no {FACE}")


def main() -> None:
    font = face(Path(sys.argv[1]))
    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=["*"])
    options.drop_tables += ["GSUB", "GPOS", "BASE", "VORG", "vhea", "vmtx"]
    cut = subset.Subsetter(options)
    cut.populate(text=characters())
    cut.subset(font)
    for record in font["name"].names:
        if record.nameID in {1, 3, 4, 16}:
            record.string = FAMILY
        elif record.nameID == 6:
            record.string = FAMILY.replace(" ", "")
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    OUT.parent.mkdir(parents=True, exist_ok=True)
    font.save(OUT)
    print(f"{OUT.name}: {OUT.stat().st_size:,} bytes, {len(font.getBestCmap()):,} characters")


if __name__ == "__main__":
    main()
