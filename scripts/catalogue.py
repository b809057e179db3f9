"""Keep the catalogues of words in order: `python scripts/catalogue.py` sorts them and names the keys one of them lacks.

python scripts/catalogue.py                  # sort by key, one line a text; exit 1 where keys differ
python scripts/catalogue.py merge OURS THEIRS # take the keys of THEIRS that OURS lacks (paths of .po files)
"""

from __future__ import annotations

import sys
from pathlib import Path

import polib

LOCALE = Path(__file__).parents[1] / "src" / "eventwindow" / "report" / "locale"


def save(catalogue: polib.POFile, path: Path) -> None:
    """Sorted by key and unwrapped: two people's additions merge line by line."""
    catalogue.wrapwidth = 0
    catalogue.sort(key=lambda entry: entry.msgid)
    catalogue.save(str(path))


def merged(ours: Path, theirs: Path) -> None:
    catalogue = polib.pofile(str(ours))
    held = {entry.msgid for entry in catalogue}
    for entry in polib.pofile(str(theirs)):
        if entry.msgid not in held:
            catalogue.append(entry)
    save(catalogue, ours)


def main() -> int:
    if sys.argv[1:2] == ["merge"]:
        merged(Path(sys.argv[2]), Path(sys.argv[3]))
        return 0
    keys = {}
    for path in sorted(LOCALE.glob("*.po")):
        catalogue = polib.pofile(str(path))
        save(catalogue, path)
        keys[path.name] = {entry.msgid for entry in catalogue}
    every = set().union(*keys.values())
    lacking = [f"{name} lacks {key}" for name, held in keys.items() for key in sorted(every - held)]
    print("\n".join(lacking) or f"{len(every)} keys in {len(keys)} languages")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
