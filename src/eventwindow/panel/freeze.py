"""Pre-registration of an event list: the keys of study.toml, and of each security its events, by their hashes."""

from datetime import date
from typing import Any

import pandas as pd

from eventwindow.calendars.day_zero import checked_events
from eventwindow.errors import StudyError, counted
from eventwindow.panel.events import carried, read_events
from eventwindow.panel.form import PanelStudy
from eventwindow.study import ahead
from eventwindow.study.freeze import frozen_record, hashed, rows_hash


def listed_events(study: PanelStudy) -> pd.DataFrame:
    """The study's list as its cells read; every fault of it is told."""
    listed, asked = study.file.event_list, study.file.regression
    wanted = asked.characteristics if asked else ()
    found, rows = read_events(study.path(listed.file), carried(listed.labels, wanted), wanted)
    return checked_events(found, rows)


def list_parts(study: PanelStudy, events: pd.DataFrame) -> dict[str, str]:
    """Every part and the hash of what it says: a key of study.toml, the events of a security; no prices or factors."""
    said = study.file.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    said["event_list"].pop("chunk", None)  # no result depends on it
    mine = events.groupby(events["security"].astype(str))
    return hashed("study.toml", said) | {f"{study.file.event_list.file} {who}": rows_hash(own) for who, own in mine}


def first_date(events: pd.DataFrame) -> date:
    return pd.Timestamp(events["date"].min()).date()


def listed_ahead(events: pd.DataFrame) -> list[str]:
    """How many events of the list lie ahead, and the last day that it waits for."""
    last, later = events["date"].max(), int(_later(events).sum())
    lie = "lies" if later == 1 else "lie"
    told = f"{later:,} of {counted(len(events), 'event')} {lie} ahead: the list waits for prices up to {last:%Y-%m-%d}"
    return [told] if later else []


def wholly_ahead(study: PanelStudy) -> list[str]:
    """What a list waits for all of whose events lie ahead; nothing of any other list, such as one with faults."""
    try:
        events = listed_events(study)
    except StudyError:  # the run tells it with the faults that need the panel
        return []
    return listed_ahead(events) if _later(events).all() else []


def _later(events: pd.DataFrame) -> pd.Series:
    return events["date"] > ahead.now().tz_localize(None)


def list_record(study: PanelStudy) -> dict[str, Any] | None:
    """What run.json tells of a freezing, as of a study of securities."""

    def at_present() -> tuple[dict[str, str], date]:
        events = listed_events(study)
        return list_parts(study, events), first_date(events)

    return frozen_record(study.folder, at_present)
