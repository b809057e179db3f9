"""Sessions that only a part of a panel's securities hold: a holiday of some, or exchanges that are mixed."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from eventwindow.errors import PriceError, Reason
from eventwindow.estimation.door import closed_notes
from eventwindow.panel.source import TILE, Panel

UNEVEN = 0.2  # share of the securities that miss a session on which the others have a return
FEW = 0.5  # share that misses a session which only a few hold
EVEN = 0.05  # share that is missing on an ordinary session; where it is more, gaps say nothing
LEAST = 2  # securities of an exchange, and days that they miss, below which a gap is a gap
SHOWN = 3


def shared_sessions(panel: Panel, where: str) -> tuple[PriceError | None, list[Reason]]:
    """The error of a panel that mixes exchanges; and which sessions only a few of the securities hold.

    On a holiday of New York a panel of New York and Tokyo holds a row of Tokyo alone, which would count as a session
    of both. It shows in sessions that one part misses, each time the same, and others that all the others miss.
    """
    share = _missing(panel)
    if not len(share) or float(np.median(share)) > EVEN:
        return None, []
    uneven = np.flatnonzero((share >= UNEVEN) & (share < 1)).tolist()
    parts = {session: _missing_on(panel, session) for session in uneven}
    days = {session: f"{panel.sessions[session]:%Y-%m-%d}" for session in uneven}
    for session, part in parts.items():
        mine = [s for s, other in parts.items() if np.array_equal(other, part)]
        theirs = [s for s, other in parts.items() if np.array_equal(other, ~part)]
        if min(len(mine), len(theirs), part.sum(), (~part).sum()) >= LEAST:
            one, other = panel.securities[int(part.argmax())], panel.securities[int((~part).argmax())]
            error = PriceError(
                f"{one} misses {days[session]}, {other} misses {days[theirs[0]]}: the panel mixes exchanges, and a day"
                " of one would count as a session of the other",
                where=where,
                remedy="Add the column `exchange` to the list: each event then counts the sessions of its own.",
            )
            return error, []
    few = [days[session] for session in uneven if share[session] >= FEW]
    if not few:
        return None, []
    shown = ", ".join(few[:SHOWN]) + (", …" if len(few) > SHOWN else "")
    return None, [Reason("sessions_missed", n=len(few), days=shown)]


def closed_rows(panel: Panel, benchmarks: Collection[str]) -> tuple[np.ndarray, tuple[Reason, ...]]:
    """(D,) the rows on which the market was closed, and a note on them; as `door.sessions_only` of a table."""
    mine = np.flatnonzero(~panel.securities.isin([*benchmarks]))
    mine = mine if len(mine) > 1 else np.arange(len(panel.securities))
    days = panel.sessions
    blank, still = np.ones(len(days), bool), np.asarray(days.day_of_week >= 5)
    for first in range(0, len(mine), TILE):
        held = panel.returns(0, len(days), mine[first : first + TILE])
        blank &= np.isnan(held).all(axis=0)
        still &= (np.isnan(held) | (held == 0)).all(axis=0)
    blank &= np.cumsum(~blank) > 0  # the first row of returns is empty
    return blank | still, closed_notes(days, blank, still & ~blank)


def _missing(panel: Panel) -> np.ndarray:
    """(D,) the share of the securities inside their own data that have no return on each session."""
    total, lost = np.zeros(len(panel.sessions)), np.zeros(len(panel.sessions))
    place = np.arange(len(panel.sessions))
    for first in range(0, len(panel.securities), TILE):
        mine = np.arange(first, min(first + TILE, len(panel.securities)), dtype=np.int32)
        inside = (place >= panel.spans[mine, :1]) & (place <= panel.spans[mine, 1:])
        total += inside.sum(axis=0)
        lost += (inside & np.isnan(panel.returns(0, len(place), mine))).sum(axis=0)
    return lost / np.maximum(total, 1)


def _missing_on(panel: Panel, session: int) -> np.ndarray:
    """(S,) which securities have no return on one session inside their data."""
    every = np.arange(len(panel.securities), dtype=np.int32)
    inside = (session >= panel.spans[:, 0]) & (session <= panel.spans[:, 1])
    return np.asarray(inside & np.isnan(panel.returns(session, session + 1, every)[:, 0]))
