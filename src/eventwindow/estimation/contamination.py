"""Other events of the same security inside a window, and sessions of an event window without a return."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_args

import numpy as np
import pandas as pd

from eventwindow.errors import Reason, StudyError
from eventwindow.estimation.abnormal import EXCLUDED, AbnormalReturns
from eventwindow.estimation.event_time import OUTSIDE, EventReturns

Contamination = Literal["tell", "mask", "drop"]
DONE = {"tell": "its days were kept", "mask": "its days were left out", "drop": "the event was left out"}
SPELLED_OUT = 10  # notes; more are counted


def check_contamination(rule: str) -> None:
    """A rule that is known."""
    if rule not in get_args(Contamination):
        raise StudyError(
            f"contamination = {rule!r} is no rule", remedy=f"Write one of {', '.join(get_args(Contamination))}."
        )


def earlier_events(source: EventReturns | AbnormalReturns) -> list[tuple[int, pd.Timestamp]]:
    """(row, day 0 of another event of the same security that lies in the row's estimation window), in order."""
    found = []
    zero = source.labels["date"].to_numpy("M8[D]").astype(np.int64)
    for _, rows in source.labels.groupby("security", sort=False).indices.items():
        for row in rows if len(rows) > 1 else ():
            inside = np.isin(zero[rows], source.estimation_days[row])
            found += [(int(row), pd.Timestamp(int(day), unit="D")) for day in np.unique(zero[rows][inside])]
    return sorted(found)


def decontaminated(source: EventReturns, rule: Contamination) -> tuple[EventReturns, tuple[str, ...], pd.DataFrame]:
    """The events under a rule for other events of the same security in their estimation windows, what was done, and
    the events that were left out (event, security, reason).

    "tell" keeps all and says so; "mask" leaves the other event's own window of days out of the estimation; "drop"
    leaves out events whose estimation window holds another one.
    """
    pairs = earlier_events(source)
    none = pd.DataFrame(columns=EXCLUDED, dtype=object)
    if not pairs:
        return source, (), none
    notes = [
        f"{source.labels['security'].iloc[row]} {source.labels['date'].iloc[row]:%Y-%m-%d}: the estimation window holds"
        f" the event of {day:%Y-%m-%d}; {DONE[rule]}"
        for row, day in pairs
    ]
    if len(notes) > SPELLED_OUT:
        notes = [
            f"{len({row for row, _ in pairs})} estimation windows hold another event of the same security; {DONE[rule]}"
        ]
    if rule == "drop":
        rows = list(dict.fromkeys(row for row, _ in pairs))
        reason = np.full(len(rows), Reason("another_event_in_estimation"), object)
        lost = source.labels.loc[rows, ["event", "security"]].assign(reason=reason).reset_index(drop=True)
        return source.rows(~np.isin(np.arange(len(source)), rows)), tuple(notes), lost
    return (_masked(source, pairs) if rule == "mask" else source), tuple(notes), none


def _masked(source: EventReturns, pairs: list[tuple[int, pd.Timestamp]]) -> EventReturns:
    """Without the returns of the other events' own event windows."""
    returns, taus = source.estimation_returns.copy(), source.window.taus
    for row, day in pairs:
        at = np.flatnonzero(source.estimation_days[row] == day.to_datetime64().astype("M8[D]").astype(np.int64))
        columns = (at[:, None] + taus).ravel()
        returns[row, columns[(columns >= 0) & (columns < returns.shape[1])]] = np.nan
    return replace(source, estimation_returns=returns)


def gap_notes(ar: AbnormalReturns) -> tuple[str, ...]:
    """Sessions inside an event window that have no return, or none of what it is held against: they are in no sum."""
    lost = (ar.event_days != OUTSIDE) & np.isnan(ar.ar)
    covered = None if ar.source is None else ar.source.covered
    if covered is not None:  # a return over a halt holds the sessions before it
        for row, column in np.argwhere(covered > 1).tolist():
            lost[row, column - int(covered[row, column]) + 1 : column] = False
    rows, columns = np.nonzero(lost)
    notes = []
    for row in np.unique(rows):
        head = f"{ar.labels['security'].iloc[row]} {ar.labels['date'].iloc[row]:%Y-%m-%d}"
        for of, own in (("", True), (" of the benchmark or a factor", False)):
            mine = columns[(rows == row) & (np.isnan(ar.actual[rows, columns]) == own)]
            days = [f"{pd.Timestamp(int(day), unit='D'):%Y-%m-%d}" for day in ar.event_days[row, mine]]
            notes += [f"{head}: no return{of} on {', '.join(days)}"] if days else []
    return tuple(notes) if len(notes) <= SPELLED_OUT else (f"{len(notes)} event windows lack a return",)
