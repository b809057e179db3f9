"""The days that a measure looks at: none may close after the article was written, and prices on them may be strange."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

from eventwindow.claims.evidence import Evidence
from eventwindow.claims.model import Claim
from eventwindow.errors import ClaimError, NoFigure
from eventwindow.estimation.event_time import OUTSIDE
from eventwindow.prices.checks import Finding

Days = tuple[pd.Timestamp, pd.Timestamp]  # the first and the last
STRANGE_PRICES = frozenset({"reversal", "outside_range", "high_below_low"})  # the next session's return is wrong, too
STRANGE = STRANGE_PRICES | {"split_ratio", "implausible_return"}  # what may make a figure wrong


def is_later(claim: Claim, evidence: Evidence) -> bool:
    """Whether the figure closed after what the claim's article could know: it is context then and decides nothing."""
    if claim.known_until is None:
        return False
    days = days_of_measure(claim, evidence)
    return days is not None and days[1] > pd.Timestamp(claim.known_until)


def findings_on(claim: Claim, evidence: Evidence) -> Iterator[Finding]:
    """The warnings on the prices of the claim's securities, on the days of which it speaks."""
    days = days_of_measure(claim, evidence) if claim.measure and "prices" in claim.measure.needs else None
    if days is None:
        return
    symbols = _symbols(claim, evidence)
    for finding in evidence.findings:
        if finding.level == "warning" and finding.date is not None and finding.symbol in symbols:
            before = finding.kind in STRANGE_PRICES and finding.symbol in evidence.prices  # none of an excluded one
            first = _session_before(days[0], evidence.prices[finding.symbol]) if before else days[0]
            if first <= finding.date <= days[1]:
                yield finding


def days_of_measure(claim: Claim, evidence: Evidence) -> Days | None:
    """The first and the last session, or day of the calendar, that the claim's measure looks at."""
    measure: Any = claim.measure
    event, window, day = (getattr(measure, key, None) for key in ("event", "window", "date"))
    if event and event in evidence.abnormal:
        return _of_event(claim, evidence, event, window or (0, 0))
    if year := getattr(measure, "year", None):
        return pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31)
    if day is None:
        return None
    if window or getattr(measure, "sessions", None):
        start, end = window or (0, measure.sessions)
        return _sessions_on(claim, evidence, day, start), _sessions_on(claim, evidence, day, end)
    first, last = sorted((day, getattr(measure, "until", None) or day))
    return pd.Timestamp(first), pd.Timestamp(last)


def _of_event(claim: Claim, evidence: Evidence, event: str, window: tuple[int, int]) -> Days:
    """The days of the window, by the rows that the measure looks at: each exchange has sessions of its own."""
    abnormal = evidence.abnormal[event]
    rows = abnormal.labels["security"].isin(_symbols(claim, evidence)).to_numpy()
    first, last = (abnormal.event_days[rows, side - abnormal.window.start] for side in window)
    begins = int(first.min(where=first != OUTSIDE, initial=2**31))
    ends = int(last.max(where=last != OUTSIDE, initial=0))
    return pd.Timestamp(min(begins, ends), unit="D"), pd.Timestamp(ends, unit="D")


def _symbols(claim: Claim, evidence: Evidence) -> tuple[str, ...]:
    named = [s for key in ("members", "against", "layers") for s in getattr(claim.measure, key, ())]
    own = claim.security or getattr(claim.measure, "security", "")
    return evidence.members([own] * bool(own) + named)


def _sessions_on(claim: Claim, evidence: Evidence, day: date, steps: int) -> pd.Timestamp:
    """The session so many after the day, of the first security named; the day itself where none is held."""
    try:
        return evidence.before(next(iter(_symbols(claim, evidence)), ""), day, -steps)
    except (NoFigure, ClaimError):  # the measure itself tells it
        return pd.Timestamp(day)


def _session_before(day: pd.Timestamp, frame: pd.DataFrame) -> pd.Timestamp:
    place = int(frame.index.searchsorted(day))
    return pd.Timestamp(frame.index[place - 1]) if place else day
