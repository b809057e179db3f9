"""Hold the coverage of the rooms that compute to its floor: `python scripts/coverage_floor.py coverage.json`.

The file is what `pytest --cov --cov-report=json:coverage.json` writes. Exit code 1 names what lies below the floor.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path, PurePosixPath

CORE = ("calendars", "estimation", "inference", "analyses", "claims")
FLOORS = {"lines": 95.0, "branches": 90.0}
COUNTS = {"lines": ("covered_lines", "num_statements"), "branches": ("covered_branches", "num_branches")}


def room(file: str) -> str:
    """The room of a source file: the folder, or the file, just below the package."""
    parts = PurePosixPath(file.replace("\\", "/")).parts
    return parts[parts.index("eventwindow") + 1].removesuffix(".py")


def rooms(report: dict) -> dict[str, Counter]:
    """Sums of what was covered and of what there is, by room."""
    sums: dict[str, Counter] = {}
    for file, figures in report["files"].items():
        sums.setdefault(room(file), Counter()).update(
            {key: figures["summary"][key] for pair in COUNTS.values() for key in pair}
        )
    return sums


def share(sums: Counter, kind: str) -> float:
    """Per cent of the lines or branches that ran; where there are none, all of them did."""
    covered, there = (sums[key] for key in COUNTS[kind])
    return 100 * covered / there if there else 100.0


def main(path: str) -> int:
    """Print the coverage of each room; name the kinds in which the core lies below its floor."""
    found = rooms(json.loads(Path(path).read_text(encoding="utf-8")))
    lacking = [name for name in CORE if name not in found]
    if lacking:
        print(f"coverage: nothing was measured in {', '.join(lacking)}")
        return 1
    core = sum((found[name] for name in CORE), Counter())
    for name, sums in [*sorted(found.items()), ("the core", core)]:
        print(f"{name:12} lines {share(sums, 'lines'):5.1f} %  branches {share(sums, 'branches'):5.1f} %")
    low = [kind for kind, floor in FLOORS.items() if share(core, kind) < floor]
    for kind in low:
        print(f"coverage of the core is too low: {share(core, kind):.1f} % of {kind}, at least {FLOORS[kind]:.0f} %")
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
