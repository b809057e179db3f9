"""Sessions that ship with a study: facts that the calendar library would work out anew, slowly, on every run."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pandas as pd

from eventwindow.calendars.exchange import Calendar
from eventwindow.errors import PriceError
from eventwindow.prices.bundled import check_sums

NAME = "calendars.json"


def shipped_calendars(figures: Path, start: date, end: date) -> dict[str, Calendar]:
    """Exchange (MIC) → its sessions from `start` to `end`, where the study ships them for just that span; else none.

    The file holds `from`, `to` and a list of calendars: mic, exchanges that keep it, zone, sessions, and opens and
    closes in UTC. scripts/ship_figures.py writes it from the calendar library.
    """
    path = figures / NAME
    if not path.is_file():
        return {}
    check_sums(figures, [NAME])
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        if (held["from"], held["to"]) != (str(start), str(end)):
            return {}
        return {name: calendar for one in held["calendars"] for name, calendar in _named(one)}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise PriceError(f"no file of calendars ({error})", where=str(path), remedy="Remove it.") from None


def _named(one: dict[str, list[str]]) -> list[tuple[str, Calendar]]:
    sessions, opens, closes = (pd.DatetimeIndex(pd.to_datetime(one[k])) for k in ("sessions", "opens", "closes"))
    calendar = Calendar(
        str(one["mic"]),
        sessions.as_unit("ns"),
        opens.tz_localize("UTC").as_unit("ns"),
        closes.tz_localize("UTC").as_unit("ns"),
        str(one["zone"]),
    )
    return [(name, calendar) for name in one["exchanges"]]
