"""The command that makes results again, and where it puts those of a study that stands in the usual place itself."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

REPORT = "report"  # the folder of results beside a study


def place_of(study: str, folder: Path) -> Path:
    """Where the results of a study go, by its name; beside it where `verify` has put its folder there."""
    place = Path("eventwindow-out") / study
    return place / REPORT if place.resolve() == folder.resolve() else place


def command_of(study: str, prices: str, *more: str) -> str:
    """The command that runs a study with the same prices."""
    asked = [] if prices == "auto" else ["--prices", prices]
    line = shlex.join(["eventwindow", "run", study, *asked, *more])
    return os.fsencode(line).decode("utf-8", "replace")  # a name in another encoding


def without_machine(path: str) -> str:
    """A path without the folders of this machine above it."""
    return Path(path).name if Path(path).is_absolute() else path
