"""The rows of a panel that are sessions of its events, of all or of a part of its securities."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from eventwindow.errors import Exchange, PriceError, Reason
from eventwindow.estimation.by_exchange import displaced, displaced_reasons, foreign_rows, own_rows
from eventwindow.estimation.door import carried_rows, closed_notes
from eventwindow.estimation.event_time import Days
from eventwindow.panel.source import Panel, stocks_among


@dataclass(frozen=True)
class Exchanges:
    """The rows of the panel that are sessions, by exchange; `ONE` where all securities share them."""

    rows: Mapping[str, Days]
    of: Mapping[str, str] = field(default_factory=dict)  # security → exchange, where the list names several
    notes: tuple[Reason, ...] = ()


def exchanges_of(panel: Panel, of: Mapping[str, str]) -> Exchanges:
    """The sessions of each exchange in the panel."""
    rows, notes = {}, []
    for mic in sorted(set(of.values())):
        at = panel.securities.get_indexer(pd.Index([name for name in of if of[name] == mic]))
        rows[mic], why = own_rows(mic, panel.sessions, _held(panel, at[at >= 0]))
        notes.append(Reason("own_rows", mic=Exchange(mic), n=len(rows[mic]), of=len(panel.sessions)))
        if why:
            notes.append(Reason("own_rows_of_prices", mic=Exchange(mic), why=why))
    return Exchanges(rows, of, tuple(notes))


def when_closed(panel: Panel, of: Mapping[str, str]) -> list[Reason]:
    """Securities that move on days on which the exchange that their events name is closed."""
    names, days, found = panel.securities, panel.sessions, [panel.displaced]
    for mic in sorted(set(of.values())):
        at = names.get_indexer(pd.Index([name for name in of if of[name] == mic]))
        for codes, moves in panel.tiles(at[at >= 0]):
            odd = displaced(mic, days, np.isfinite(moves) & (moves != 0))
            found.append(np.column_stack([codes[odd[:, 0]], odd[:, 1:]]))
    rows = np.unique(np.concatenate(found), axis=0).tolist()
    return list(displaced_reasons([(str(names[k]), of[str(names[k])], n, days[first]) for k, n, first in rows]))


def holds_foreign_days(panel: Panel, of: Mapping[str, str]) -> bool:
    """Whether the one exchange of all events was closed on days on which other securities of the panel move."""
    own = np.array([str(name) in of for name in panel.securities], bool)
    moved = [np.zeros((2, len(panel.sessions)), bool)]
    for codes, returns in panel.tiles() if len(set(of.values())) == 1 else ():
        moves, mine = np.isfinite(returns) & (returns != 0), own[codes]
        moved.append(np.array([moves[~mine].any(axis=0), moves[mine].any(axis=0)]))
    together = np.any(moved, axis=0)
    return any(foreign_rows(mic, panel.sessions, together, np.array([False, True])) for mic in set(of.values()))


def _held(panel: Panel, securities: np.ndarray) -> np.ndarray:
    """(D,) whether one of the securities has a return."""
    held = np.zeros(len(panel.sessions), bool)
    for _, returns in panel.tiles(securities):
        held |= np.isfinite(returns).any(axis=0)
    return held


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
    mine, days = stocks_among(panel.securities, benchmarks), panel.sessions
    blank, still, seen = np.ones(len(days), bool), np.ones(len(days), bool), np.zeros(len(days), int)
    for codes, held in panel.tiles():
        blank &= np.isnan(held[mine[codes]]).all(axis=0)
        still &= (np.isnan(held) | (held == 0)).all(axis=0)
        seen += (held == 0).sum(axis=0)
    blank &= np.cumsum(~blank) > 0  # the first row of returns is empty
    carried = carried_rows(days, still, seen) & ~blank
    return blank | carried, closed_notes(days, blank, carried)


def _missing(panel: Panel) -> np.ndarray:
    """(D,) the share of the securities inside their own data that have no return on each session."""
    total, lost = np.zeros(len(panel.sessions)), np.zeros(len(panel.sessions))
    place = np.arange(len(panel.sessions))
    for codes, returns in panel.tiles():
        inside = (place >= panel.spans[codes, :1]) & (place <= panel.spans[codes, 1:])
        total += inside.sum(axis=0)
        lost += (inside & np.isnan(returns)).sum(axis=0)
    return lost / np.maximum(total, 1)


def _missing_on(panel: Panel, session: int) -> np.ndarray:
    """(S,) which securities have no return on one session inside their data."""
    every = np.arange(len(panel.securities), dtype=np.int32)
    inside = (session >= panel.spans[:, 0]) & (session <= panel.spans[:, 1])
    return np.asarray(inside & np.isnan(panel.returns(session, session + 1, every)[:, 0]))
