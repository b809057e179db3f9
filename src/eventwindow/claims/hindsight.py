"""The last day that a measure looks at: an article is judged by what closed before it was written."""

from typing import Any

import numpy as np
import pandas as pd

from eventwindow.claims.evidence import Evidence, before, members
from eventwindow.claims.model import Claim
from eventwindow.errors import NoFigure
from eventwindow.estimation.event_time import OUTSIDE


def is_later(claim: Claim, evidence: Evidence) -> bool:
    """Whether the figure closed after what the claim's article could know: it is context then and decides nothing."""
    if claim.known_until is None or claim.measure is None:
        return False
    last = last_day(claim, evidence)
    return last is not None and last > pd.Timestamp(claim.known_until)


def last_day(claim: Claim, evidence: Evidence) -> pd.Timestamp | None:
    """The last session, or the last day of the calendar, that the claim's measure looks at."""
    measure: Any = claim.measure
    event, span, day = (getattr(measure, key, None) for key in ("event", "window", "date"))
    if event and event in evidence.abnormal:
        abnormal = evidence.abnormal[event]
        place = (span[1] if span else 0) - abnormal.window.start
        days = abnormal.event_days[_rows(claim, evidence), place]
        return pd.Timestamp(int(days.max(where=days != OUTSIDE, initial=0)), unit="D")
    if getattr(measure, "year", None):
        return pd.Timestamp(measure.year, 12, 31)
    if day is not None and getattr(measure, "sessions", None):
        return _sessions_on(claim, evidence, measure)
    until = getattr(measure, "until", None) or day
    return None if until is None else pd.Timestamp(until)


def _rows(claim: Claim, evidence: Evidence) -> np.ndarray:
    """The rows of the event's abnormal returns that the measure looks at: each exchange has sessions of its own."""
    named = [s for key in ("members", "against", "layers") for s in getattr(claim.measure, key, ())]
    held = evidence.abnormal[getattr(claim.measure, "event", "")].labels["security"]
    return np.flatnonzero(held.isin(members(evidence, named or [claim.security])))


def _sessions_on(claim: Claim, evidence: Evidence, measure: Any) -> pd.Timestamp:
    """The session so many after the day, of the first security named; the day itself where none is held."""
    first = members(evidence, getattr(measure, "members", ()) or (claim.security,))[0]
    try:
        return before(evidence, first, measure.date, -measure.sessions)
    except NoFigure:
        return pd.Timestamp(measure.date)
