"""The days that a measure looks at: none may close after the article was written, and prices on them may be strange."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from eventwindow.claims.evidence import Evidence
from eventwindow.claims.model import Claim
from eventwindow.errors import NoFigure, StudyError
from eventwindow.estimation.event_time import OUTSIDE
from eventwindow.prices.checks import Finding

Days = tuple[pd.Timestamp, pd.Timestamp]  # the first and the last
STRANGE_PRICES = frozenset({"reversal", "outside_range", "high_below_low"})  # the next session's return is wrong, too
STRANGE = STRANGE_PRICES | {"split_ratio", "implausible_return"}  # what may make a figure wrong


def is_later(claim: Claim, evidence: Evidence) -> bool:
    """Whether the figure closed after what the claim's article could know: it is context then and decides nothing."""
    until, days = claim.known_until, days_of_measure(claim, evidence)
    return until is not None and days is not None and days[1] > pd.Timestamp(until)


def findings_on(claim: Claim, evidence: Evidence) -> Iterator[Finding]:
    """The warnings on the prices of the claim's securities, on the days that its measure looks at."""
    if (days := days_of_measure(claim, evidence)) is None:
        return
    symbols = _symbols(claim, evidence)
    for finding in evidence.findings:
        if finding.level == "warning" and finding.date is not None and finding.symbol in symbols:
            first = _session_before(finding, days[0], evidence) if finding.kind in STRANGE_PRICES else days[0]
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
    if getattr(measure, "sessions", None):
        return pd.Timestamp(day), _sessions_on(claim, evidence, measure)
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
    return evidence.members(named or [claim.security])


def _sessions_on(claim: Claim, evidence: Evidence, measure: Any) -> pd.Timestamp:
    """The session so many after the day, of the first security named; the day itself where none is held."""
    try:
        return evidence.before(_symbols(claim, evidence)[0], measure.date, -measure.sessions)
    except NoFigure:
        return pd.Timestamp(measure.date)


def _session_before(finding: Finding, day: pd.Timestamp, evidence: Evidence) -> pd.Timestamp:
    try:
        return evidence.before(finding.symbol, day)
    except (NoFigure, StudyError):  # no session, or none before: the day itself
        return day
