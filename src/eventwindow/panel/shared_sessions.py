"""Sessions that only a part of a panel's securities hold: a holiday of some, or exchanges that are mixed."""

from __future__ import annotations

import numpy as np

from eventwindow.errors import PriceError
from eventwindow.panel.source import TILE, Panel

UNEVEN = 0.2  # share of the securities that miss a session on which the others have a return
EVEN = 0.05  # share that is missing on an ordinary session; where it is more, gaps say nothing
SHOWN = 3


def check_shared_sessions(panel: Panel, where: str) -> list[str]:
    """Refuse a panel of several exchanges; say which sessions a part of the securities misses.

    On a holiday of New York a panel of New York and Tokyo holds a row of Tokyo alone, which would count as a session
    of both. It shows in sessions that one part misses and others that the other part misses.
    """
    share = _missing(panel)
    if not len(share) or float(np.median(share)) > EVEN:
        return []
    uneven = np.flatnonzero((share >= UNEVEN) & (share < 1))
    if not len(uneven):
        return []
    parts = [_missing_on(panel, int(session)) for session in uneven]
    apart = next((k for k, part in enumerate(parts) if not (part & parts[0]).any()), 0)
    days = [f"{panel.sessions[session]:%Y-%m-%d}" for session in uneven.tolist()]
    if apart:
        one, other = (panel.securities[int(parts[k].argmax())] for k in (0, apart))
        raise PriceError(
            f"{one} misses {days[0]}, {other} misses {days[apart]}: the panel mixes exchanges, and a day"
            " of one would count as a session of the other",
            where=where,
            remedy="Give a panel and a list of events for each exchange.",
        )
    shown = ", ".join(days[:SHOWN]) + (", …" if len(days) > SHOWN else "")
    n = int(parts[0].sum())
    return [f"{len(days)} sessions that {n:,} of {len(panel.securities):,} securities miss ({shown}): no holiday?"]


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
