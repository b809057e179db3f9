"""Which rows of a table are sessions of an exchange, and the exchange of each security of a list."""

from __future__ import annotations

import numpy as np
import pandas as pd

from eventwindow.calendars.dates import Rows
from eventwindow.calendars.exchange import exchange_calendar
from eventwindow.errors import EventDateError, StudyError
from eventwindow.estimation.event_time import Days


def exchange_of(events: pd.DataFrame, common: str | None, rows: Rows) -> dict[str, str]:
    """Security → exchange, where all events have one; {} where none has, or no column names them."""
    column = next((name for name in ("security", "firm", "symbol") if name in events), "")
    if "exchange" not in events or not column:
        return {}
    given = events["exchange"].astype(object)
    mics = given.where(given.notna() & (given != ""), common or "")
    lacking = (mics == "").to_numpy()
    if lacking.any() and len(set(mics) - {""}) < 2:
        return {}
    if lacking.any():
        at = int(lacking.argmax())
        raise StudyError(
            f"the event of {str(events[column].iloc[at])!r} has no exchange, others have",
            where=rows.at(at),
            remedy="Fill the column `exchange`: each event counts the sessions of its own.",
        )
    found: dict[str, str] = {}
    for at, (who, mic) in enumerate(zip(events[column].astype(str), mics.astype(str), strict=True)):
        if found.setdefault(who, mic) != mic:
            raise StudyError(
                f"{who!r} stands on {found[who]} and on {mic}",
                where=rows.at(at),
                remedy="Give a security one exchange; a second listing has a name and returns of its own.",
            )
    return found


def own_rows(mic: str, sessions: pd.DatetimeIndex, held: np.ndarray) -> tuple[Days, str]:
    """The rows that are sessions of the exchange, and why they are the days of its prices, where they are.

    `held` (D,) says on which rows one of its securities has a figure.
    """
    try:
        calendar = exchange_calendar(mic, sessions[0].date(), sessions[-1].date())
    except EventDateError as error:
        return np.flatnonzero(held), error.what
    return np.flatnonzero(sessions.isin(calendar.sessions)), ""
