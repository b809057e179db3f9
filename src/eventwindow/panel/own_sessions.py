"""The rows of a panel that are sessions of its events, of all or of a part of its securities; prices as returns."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from eventwindow.calendars.dates import check_sessions
from eventwindow.errors import Exchange, PriceError, Reason
from eventwindow.estimation.by_exchange import NOT_DISPLACED, displaced, displaced_reasons, own_rows
from eventwindow.estimation.door import carried_rows, check_prices, closed_notes, returns_table
from eventwindow.estimation.event_time import Array, Days, trade_to_trade
from eventwindow.panel.source import NO_HALT, TILE, Panel

ONE = ""  # stands for the exchange of a list that names none: each row of the panel is a session


@dataclass(frozen=True)
class Exchanges:
    """The rows of the panel that are sessions, by exchange; none are named where each row is one of each security."""

    of: Mapping[str, str] = field(default_factory=dict)  # security → exchange, where the list names several
    rows: Mapping[str, Days] = field(default_factory=dict)
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
    return Exchanges(of, rows, tuple(notes))


def when_closed(panel: Panel, of: Mapping[str, str]) -> list[Reason]:
    """Securities that move on days on which the exchange that their events name is closed."""
    names, days, found = panel.securities, panel.sessions, [panel.displaced]
    for mic in sorted(set(of.values())):
        at = names.get_indexer(pd.Index([name for name in of if of[name] == mic]))
        at = at[at >= 0]
        for i in range(0, len(at), TILE):
            moves = panel.returns(0, len(days), at[i : i + TILE])
            odd = displaced(mic, days, np.isfinite(moves) & (moves != 0))
            found.append(np.column_stack([at[i + odd[:, 0]], odd[:, 1:]]))
    rows = np.unique(np.concatenate(found), axis=0).tolist()
    return list(displaced_reasons([(str(names[k]), of[str(names[k])], n, days[first]) for k, n, first in rows]))


def _held(panel: Panel, securities: np.ndarray) -> np.ndarray:
    """(D,) whether one of the securities has a return."""
    held = np.zeros(len(panel.sessions), bool)
    for i in range(0, len(securities), TILE):
        held |= np.isfinite(panel.returns(0, len(held), securities[i : i + TILE])).any(axis=0)
    return held


def stocks_among(securities: pd.Index, benchmarks: Collection[str]) -> np.ndarray:
    """(S,) which securities tell whether a market was open: all but the benchmarks, where more than one is left."""
    mine = ~np.asarray(securities.astype(str).isin([*benchmarks]))
    return mine if mine.sum() > 1 else np.ones(len(securities), bool)


def table_of_returns(
    prices: pd.DataFrame, of: Mapping[str, str], kind: str, benchmarks: Collection[str]
) -> tuple[pd.DataFrame, Array, Days]:
    """A table of prices (D, S) as returns, and what `returns_of` tells; a row of benchmarks alone is no session."""
    prices, where = returns_table(prices, "the table of prices"), "the table of prices"
    sessions = check_sessions(prices.index, where)
    figures = prices.to_numpy(float)
    check_prices(figures, prices.columns, sessions, where)
    closed = np.isnan(figures[:, stocks_among(prices.columns, benchmarks)]).all(axis=1)
    found, halts, odd = returns_of(figures, prices.columns, sessions, of, closed, kind)
    return pd.DataFrame(found, sessions, prices.columns), halts, odd


def returns_of(
    prices: Array, names: pd.Index, sessions: pd.DatetimeIndex, of: Mapping[str, str], closed: np.ndarray, kind: str
) -> tuple[Array, Array, Days]:
    """(D, S) returns of prices; (m, 4) those over a halt: security, session of the price before, session, return; and
    (m, 3) the securities that move when their exchange is closed: security, how often, first row.

    They are simple or log by their kind, and run from one session of a security's own exchange to the next, where the
    list names it.

    Where it names exchanges, a security that it does not name, such as a benchmark, has its own rows for sessions;
    where it names none, all rows are but those on which the whole panel was `closed` (D,).
    """
    out, halts, odd = np.full_like(prices, np.nan), [NO_HALT], [NOT_DISPLACED]
    traded = np.flatnonzero(~closed)
    mics = np.array([of.get(str(name), f"row of {name}") if of else ONE for name in names])
    for mic in np.unique(mics):
        columns = np.flatnonzero(mics == mic)
        held = np.isfinite(prices[:, columns]).any(axis=1)
        rows = traded if mic == ONE else np.flatnonzero(held)
        if mic in of.values():
            rows = own_rows(str(mic), sessions, np.asarray(held))[0]
            moves = np.diff(prices[:, columns], axis=0, prepend=np.nan).T
            found = displaced(str(mic), sessions, np.isfinite(moves) & (moves != 0))
            odd.append(np.column_stack([columns[found[:, 0]], found[:, 1:]]))
        own = prices[np.ix_(rows, columns)]
        with np.errstate(divide="ignore", invalid="ignore"):
            out[np.ix_(rows[1:], columns)] = own[1:] / own[:-1] - 1
        over, covered = trade_to_trade(own.T, kind)
        who, when = np.nonzero(covered > 1)
        before = rows[when - covered[who, when].astype(int)]
        halts.append(np.column_stack([columns[who], before, rows[when], over[who, when]]))
    return np.log1p(out) if kind == "log" else out, np.concatenate(halts), np.concatenate(odd)


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
    for first in range(0, len(mine), TILE):
        own = mine[first : first + TILE]
        held = panel.returns(0, len(days), np.arange(first, first + len(own)))
        blank &= np.isnan(held[own]).all(axis=0)
        still &= (np.isnan(held) | (held == 0)).all(axis=0)
        seen += (held == 0).sum(axis=0)
    blank &= np.cumsum(~blank) > 0  # the first row of returns is empty
    carried = carried_rows(days, still, seen) & ~blank
    return blank | carried, closed_notes(days, blank, carried)


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
