"""`eventwindow freeze`: study, claims and events are read, hashed and dated; what a person should know is told."""

import argparse
from collections.abc import Mapping
from datetime import date, timedelta

from eventwindow.errors import StudyError, counted
from eventwindow.panel.form import PanelStudy, open_study
from eventwindow.panel.freeze import first_date, list_parts, listed_ahead, listed_events
from eventwindow.study import ahead
from eventwindow.study.definition import Study
from eventwindow.study.freeze import fixed, freeze, parts, read_frozen
from eventwindow.study.library import HERE, find_study
from eventwindow.study.load import first_day, ledger_of

EAST = timedelta(hours=14)  # by which the first zone is ahead of UTC: there today has begun


def freeze_command(options: argparse.Namespace) -> None:
    """Write frozen.toml into the study's folder, dated today if no day is given; what was fixed, line by line."""
    study = open_study(find_study(options.study))
    if study.folder.resolve().is_relative_to(HERE.resolve()):
        raise StudyError(f"{study.name} ships with the package", remedy="Copy its folder and freeze the copy.")
    today = ahead.now().date()
    if options.date and options.date > (ahead.now() + EAST).date():
        raise StudyError(f"{options.date} is after today, {today}", where="--date", remedy="Leave it out: it is today.")
    said, zero, waiting = _listed(study) if isinstance(study, PanelStudy) else _told(study)
    path = freeze(study.folder, said, options.date or today, zero)
    held = read_frozen(path)
    told = counted(len(held["parts"]), "part")
    print(f"wrote {path}: {told} of what the study says, with the version of the rules")
    print(fixed(held["frozen"], zero), f"seal {held['seal']}", *waiting, sep="\n")


def _told(study: Study) -> tuple[Mapping[str, str], date, list[str]]:
    """The parts of a study of securities, its first day 0, and what it waits for; its claims are read."""
    ledger_of(study, None)
    days, _ = ahead.event_days(study)
    return parts(study), first_day(days), ahead.waits_for(study)


def _listed(study: PanelStudy) -> tuple[Mapping[str, str], date, list[str]]:
    """The same of an event list."""
    events = listed_events(study)
    return list_parts(study, events), first_date(events), listed_ahead(events)
