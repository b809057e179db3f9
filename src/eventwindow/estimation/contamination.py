"""Events in the windows of others: those of the same security in the estimation window, those that overlap."""

from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd

from eventwindow.errors import Reason
from eventwindow.estimation.abnormal import EXCLUDED, AbnormalReturns
from eventwindow.estimation.cumulative import incomplete
from eventwindow.estimation.event_time import OUTSIDE, EventReturns, over_several

Contamination = Literal["tell", "mask", "drop"]
DONE = {"tell": "its days were kept", "mask": "its days were left out", "drop": "the event was left out"}
SPELLED_OUT = 10  # notes; more are counted


def earlier_events(source: EventReturns | AbnormalReturns) -> list[tuple[int, int]]:
    """(row, row of another event of the same security whose days from day 0 on reach into the estimation window of the
    first), in order."""
    own = np.where(source.window.taus > 0, source.event_days, OUTSIDE)
    own = np.column_stack([source.labels["date"].to_numpy("M8[D]").astype(np.int64), own])
    found: list[tuple[int, int]] = []
    for places in source.labels.groupby("security", sort=False).indices.values():
        rows = np.asarray(places)
        for row in rows if len(rows) > 1 else ():
            days = source.estimation_days[row]
            inside = np.isin(own[rows], days[days != OUTSIDE]).any(axis=1) & (rows != row)
            found += [(int(row), int(other)) for other in rows[inside]]
    return sorted(found)


def decontaminated(source: EventReturns, rule: Contamination) -> tuple[EventReturns, tuple[str, ...], pd.DataFrame]:
    """The events under a rule for other events of the same security in their estimation windows, what was done, and
    the events that were left out (event, security, reason).

    "tell" keeps all and says so; "mask" leaves the other event's own window of days out of the estimation; "drop"
    leaves out events whose estimation window holds days of another one, from its day 0 on.
    """
    pairs = earlier_events(source)
    none = pd.DataFrame(columns=EXCLUDED, dtype=object)
    if not pairs:
        return source, (), none
    notes = [
        f"{source.labels['security'].iloc[row]} {source.labels['date'].iloc[row]:%Y-%m-%d}: the estimation window holds"
        f" days of the event of {source.labels['date'].iloc[other]:%Y-%m-%d}; {DONE[rule]}"
        for row, other in pairs
    ]
    notes = list(dict.fromkeys(notes))
    if len(notes) > SPELLED_OUT:
        n = len({row for row, _ in pairs})
        notes = [f"{n} estimation windows hold days of another event of the same security; {DONE[rule]}"]
    if rule == "drop":
        rows = list(dict.fromkeys(row for row, _ in pairs))
        reason = np.full(len(rows), Reason("another_event_in_estimation"), object)
        lost = source.labels.loc[rows, ["event", "security"]].assign(reason=reason).reset_index(drop=True)
        return source.rows(~np.isin(np.arange(len(source)), rows)), tuple(notes), lost
    return (_masked(source, pairs) if rule == "mask" else source), tuple(notes), none


def _masked(source: EventReturns, pairs: list[tuple[int, int]]) -> EventReturns:
    """Without the returns of the other events' own event windows."""
    returns = source.estimation_returns.copy()
    for row, other in pairs:
        days = source.event_days[other]
        returns[row, np.isin(source.estimation_days[row], days[days != OUTSIDE])] = np.nan
    return replace(source, estimation_returns=returns)


def gap_notes(ar: AbnormalReturns) -> tuple[str, ...]:
    """Sessions of an event window without a return, or without what it is held against: in no sum; and its ends."""
    lost = (ar.event_days != OUTSIDE) & np.isnan(ar.ar)
    for row, held in over_several(ar.covered):  # a return over a halt holds the sessions before it
        lost[row, held[:-1]] = False
    rows, columns = np.nonzero(lost)
    beyond = incomplete(ar.event_days, ar.event_days != OUTSIDE)
    notes = []
    for row in np.flatnonzero(lost.any(axis=1) | (beyond != "")).tolist():
        head = f"{ar.labels['security'].iloc[row]} {ar.labels['date'].iloc[row]:%Y-%m-%d}"
        notes += [f"{head}: {beyond[row]}"] if beyond[row] else []
        for of, own in (("", True), (" of the benchmark or a factor", False)):
            mine = columns[(rows == row) & (np.isnan(ar.actual[rows, columns]) == own)]
            days = [f"{pd.Timestamp(int(day), unit='D'):%Y-%m-%d}" for day in ar.event_days[row, mine]]
            notes += [f"{head}: no return{of} on {', '.join(days)}"] if days else []
    return tuple(notes) if len(notes) <= SPELLED_OUT else (f"{len(notes)} event windows lack a return",)


COLUMNS = ["security", "first", "second", "days"]


def overlapping_events(ar: AbnormalReturns) -> pd.DataFrame:
    """The pairs of events of one security whose event windows share days: both dates and the number of days."""
    first, last = _ends(ar)
    order, security = _by_security(ar, first)
    rows = []
    for i, a in enumerate(order):
        for b in order[i + 1 :]:
            if security[a] != security[b] or first[b] > last[a]:
                break
            shared = len(np.intersect1d(ar.event_days[a][ar.event_days[a] >= 0], ar.event_days[b]))
            rows.append((ar.labels["security"].iloc[a], ar.labels["date"].iloc[a], ar.labels["date"].iloc[b], shared))
    return pd.DataFrame(rows, columns=COLUMNS)


def overlap_notes(ar: AbnormalReturns) -> tuple[str, ...]:
    """A sentence for each overlapping pair, or one for all where there are many."""
    first, last = _ends(ar)
    order, security = _by_security(ar, first)
    a, b = order[:-1], order[1:]
    neighbours = int(((security[a] == security[b]) & (first[b] <= last[a])).sum())
    if neighbours > SPELLED_OUT:
        return (f"{neighbours} event windows share days with the next one of the same security",)
    return tuple(
        f"{row['security']}: the event windows of {row['first']:%Y-%m-%d} and {row['second']:%Y-%m-%d} "
        f"share {row['days']} days"
        for row in (overlapping_events(ar).to_dict("records") if neighbours else [])
    )


def _ends(ar: AbnormalReturns) -> tuple[np.ndarray, np.ndarray]:
    """First and last date of each event window inside the data; an empty window ends before it starts."""
    held = ar.event_days >= 0
    far = np.iinfo(np.int64).max
    return np.where(held, ar.event_days, far).min(axis=1), np.where(held, ar.event_days, -1).max(axis=1)


def _by_security(ar: AbnormalReturns, first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions sorted by security, then date; and the security's number."""
    security = pd.factorize(ar.labels["security"])[0]
    return np.lexsort((first, security)), security
