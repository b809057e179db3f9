"""A panel of returns, read a stretch of sessions at a time from memory or from a file of tiles; prices as returns."""

import hashlib
import os
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from eventwindow.calendars.dates import check_sessions
from eventwindow.estimation.by_exchange import NOT_DISPLACED, displaced, own_rows
from eventwindow.estimation.door import check_prices, returns_table
from eventwindow.estimation.event_time import (
    Array,
    Days,
    check_finite,
    check_securities,
    held_spans,
    trade_to_trade,
)
from eventwindow.estimation.returns import check_decimals
from eventwindow.panel.chunk import Codes

TILE = 256  # securities side by side in a file of tiles
NO_HALT = np.empty((0, 4))
ONE = ""  # stands for the exchange of a list that names none: each row of the panel is a session


@dataclass(frozen=True)
class Panel(ABC):
    """Returns of S securities on the sessions of one calendar; decimals, NaN where missing."""

    sessions: pd.DatetimeIndex
    securities: pd.Index
    spans: Days  # (S, 2), session numbers of each security's first and last return; (D, -1) where it has none
    displaced: Days  # (m, 3), of prices: who moved while its exchange was closed: security, how often, first row
    identity: str

    def returns(self, first: int, stop: int, securities: Codes) -> Array:
        """(len(securities), stop - first) of the sessions from `first` on; NaN outside the panel."""
        low, high = max(first, 0), min(stop, len(self.sessions))
        out = np.full((len(securities), stop - first), np.nan)
        self._read(low, high, np.asarray(securities), out[:, low - first : high - first])
        return out

    def tiles(self, securities: Codes | None = None) -> Iterator[tuple[Codes, Array]]:
        """Some securities, or all, a tile at a time: their columns, and their returns on every session."""
        every = np.arange(len(self.securities), dtype=np.int32) if securities is None else securities
        for i in range(0, len(every), TILE):
            yield every[i : i + TILE], self.returns(0, len(self.sessions), every[i : i + TILE])

    def halts(self, securities: Codes) -> Array:
        """(m, 4) returns of prices over a halt: place in `securities`, session of the price before, session, return."""
        table = self._halts()
        start, stop = (np.searchsorted(table[:, 0], securities, side) for side in ("left", "right"))
        mine = [table[a:b] for a, b in zip(start, stop, strict=True) if a < b]
        if not mine:
            return NO_HALT
        slot = np.repeat(np.arange(len(start)), stop - start)
        return np.column_stack([slot, np.concatenate(mine)[:, 1:]])

    @abstractmethod
    def _read(self, low: int, high: int, securities: Codes, into: Array) -> None: ...

    @abstractmethod
    def _halts(self) -> Array:
        """All of them, ascending by security."""


@dataclass(frozen=True)
class FramePanel(Panel):
    """A table in memory, date × security."""

    values: Array
    over: Array  # the returns over halts

    def _read(self, low: int, high: int, securities: Codes, into: Array) -> None:
        into[:] = self.values[low:high, securities].T

    def _halts(self) -> Array:
        return self.over


@dataclass(frozen=True)
class TiledPanel(Panel):
    """Returns in a file of float64 tiles, each all sessions of 256 securities, session by session."""

    path: Path

    def _read(self, low: int, high: int, securities: Codes, into: Array) -> None:
        tiles = securities // TILE
        with self.path.open("rb") as file:
            for tile in np.unique(tiles):
                mine = np.flatnonzero(tiles == tile)
                start = (int(tile) * len(self.sessions) + low) * TILE * 8
                raw = os.pread(file.fileno(), (high - low) * TILE * 8, start)
                read = np.frombuffer(raw, np.float64).reshape(high - low, TILE)
                into[mine] = read[:, securities[mine] % TILE].T

    def _halts(self) -> Array:
        held: Array = np.load(halts_beside(self.path), mmap_mode="r")
        return held


def halts_beside(tiles: Path) -> Path:
    """The file of the returns over halts that belongs to a file of tiles."""
    return tiles.with_name(f"{tiles.name}.halts.npy")


class Own(NamedTuple):
    """What prices become returns by: the exchanges of securities, where the list names several, and the benchmarks."""

    exchanges: Mapping[str, str]
    benchmarks: Collection[str]


class Checked(NamedTuple):
    """Columns of a panel after the door: returns (D, S), spans (S, 2), halts (m, 4) and who is displaced (m, 3)."""

    returns: Array
    spans: Days
    halts: Array
    displaced: Days


def frame_panel(table: pd.DataFrame, kind: str = "simple", own: Own | None = None) -> FramePanel:
    """Check a table of returns at the door; of prices, which become returns, where `own` is given."""
    where = "the table of returns" if own is None else "the table of prices"
    table = returns_table(table, where)
    sessions = check_sessions(table.index, where)
    names = table.columns.astype(str)  # 10001 and "10001" are one security
    check_securities(names, where)
    figures = table.to_numpy(float, copy=False)
    closed = np.zeros(0, bool)
    if own is not None:
        closed = np.isnan(figures[:, stocks_among(names, own.benchmarks)]).all(axis=1)
    remedy = 'Say values="prices", or give prices.pct_change().'
    found = checked(figures, names, sessions, own, closed, kind=kind, where=where, remedy=remedy)
    digest = hashlib.sha256(found.returns.tobytes())
    digest.update(repr([*names]).encode() + sessions.to_numpy().astype("M8[s]").tobytes())
    over = found.halts[np.lexsort((found.halts[:, 2], found.halts[:, 0]))]
    digest.update(over.tobytes())
    return FramePanel(sessions, names, found.spans, found.displaced, digest.hexdigest(), found.returns, over)


def checked(
    figures: Array,
    names: pd.Index,
    sessions: pd.DatetimeIndex,
    own: Own | None,
    closed: np.ndarray,
    *,
    kind: str,
    where: str,
    remedy: str,
) -> Checked:
    """Columns (D, S) of returns, or of prices that become returns; `remedy` is that of prices taken for returns."""
    if own is None:
        check_decimals(figures, names, where, remedy, kind)
        found, halts, odd = figures, NO_HALT, NOT_DISPLACED
    else:
        check_prices(figures, names, sessions, where)
        found, halts, odd = returns_of(figures, names, sessions, own.exchanges, closed, kind)
    check_finite(found, names, sessions, where)
    return Checked(found, held_spans(found.T), halts, odd)


def stocks_among(securities: pd.Index, benchmarks: Collection[str]) -> np.ndarray:
    """(S,) which securities tell whether a market was open: all but the benchmarks, where more than one is left."""
    mine = ~np.asarray(securities.astype(str).isin([*benchmarks]))
    return mine if mine.sum() > 1 else np.ones(len(securities), bool)


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
