"""`eventwindow freeze`: study and claims are read, hashed and dated; what a person should know is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from eventwindow.errors import StudyError
from eventwindow.panel.form import PanelStudy, open_study
from eventwindow.study import ahead
from eventwindow.study.freeze import fixed, freeze, read_frozen
from eventwindow.study.library import HERE, find_study
from eventwindow.study.load import first_day, ledger_of


def freeze_study(name: str, day: date | None) -> Iterator[str]:
    """Write frozen.toml into the study's folder, dated today if no day is given; what was fixed, line by line."""
    study = open_study(find_study(name))
    if isinstance(study, PanelStudy):
        raise StudyError(
            "a study of an event list cannot be frozen",
            where=f"{study.folder.name}/study.toml",
            remedy="Keep a dated checksum of its files, or write its events as [[events]] of a study.",
        )
    if study.folder.resolve().is_relative_to(HERE.resolve()):
        raise StudyError(f"{study.name} ships with the package", remedy="Copy its folder and freeze the copy.")
    ledger_of(study, None)
    days, _ = ahead.event_days(study)
    zero = first_day(days, set(days["mic"]))
    path = freeze(study, day or ahead.now().date(), zero)
    held = read_frozen(path)
    yield f"wrote {path}: {len(held['parts'])} parts of study, claims and tables, with the version of the rules"
    yield f"{fixed(held['frozen'], zero)}"
    yield f"seal {held['seal']}"
    yield from ahead.waits_for(study)
