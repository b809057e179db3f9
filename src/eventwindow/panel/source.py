"""A panel of returns that is read a stretch of sessions at a time, from memory or from a file of tiles."""

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd

from eventwindow.calendars.dates import check_sessions
from eventwindow.errors import StudyError
from eventwindow.estimation.by_exchange import NOT_DISPLACED
from eventwindow.estimation.door import returns_table
from eventwindow.estimation.event_time import Array, Days
from eventwindow.estimation.returns import check_decimals
from eventwindow.panel.chunk import Codes

TILE = 256  # securities side by side in a file of tiles
NO_HALT = np.empty((0, 4))


class Panel(Protocol):
    """Returns of S securities on the sessions of one calendar; decimals, NaN where missing."""

    @property
    def sessions(self) -> pd.DatetimeIndex: ...

    @property
    def securities(self) -> pd.Index: ...

    @property
    def spans(self) -> Days:
        """(S, 2), session numbers of each security's first and last return; (D, -1) where it has none."""
        ...

    @property
    def identity(self) -> str: ...

    @property
    def displaced(self) -> Days:
        """(m, 3) of prices on own sessions, who moved while the exchange was closed: security, how often, first row."""
        ...

    def returns(self, first: int, stop: int, securities: Codes) -> Array:
        """(len(securities), stop - first) of the sessions from `first` on; NaN outside the panel."""
        ...

    def halts(self, securities: Codes) -> Array:
        """(m, 4) returns of prices over a halt: place in `securities`, session of the price before, session, return."""
        ...


@dataclass(frozen=True)
class FramePanel:
    """A table in memory, date × security."""

    frame: pd.DataFrame
    spans: Days
    identity: str
    over: Array = field(default_factory=lambda: NO_HALT)  # of prices, the returns over a halt, ascending by security
    displaced: Days = field(default_factory=lambda: NOT_DISPLACED)

    @property
    def sessions(self) -> pd.DatetimeIndex:
        return pd.DatetimeIndex(self.frame.index)

    @property
    def securities(self) -> pd.Index:
        return self.frame.columns

    def returns(self, first: int, stop: int, securities: Codes) -> Array:
        low, high = max(first, 0), min(stop, len(self.frame))
        out = np.full((len(securities), stop - first), np.nan)
        out[:, low - first : high - first] = self.frame.to_numpy(float, copy=False)[low:high, securities].T
        return out

    def halts(self, securities: Codes) -> Array:
        return _halts_of(self.over, securities)


def frame_panel(
    frame: pd.DataFrame, kind: str = "simple", halts: Array = NO_HALT, displaced: Days = NOT_DISPLACED
) -> FramePanel:
    """Check a table of returns at the door; `halts` are the returns of prices over a halt."""
    where = "the table of returns"
    frame = returns_table(frame, where)
    check_sessions(frame.index, where)
    frame = frame.set_axis(frame.columns.astype(str), axis=1)  # 10001 and "10001" are one security
    check_securities(frame.columns, where)
    values = frame.to_numpy(float, copy=False)
    check_decimals(values, frame.columns, where, 'Say values="prices", or give prices.pct_change().', kind)
    starts = range(0, frame.shape[1], TILE)
    parts = [spans_of(values[:, i : i + TILE], frame.columns[i : i + TILE], frame.index, where) for i in starts]
    digest = hashlib.sha256(values.tobytes())
    digest.update(repr([*map(str, frame.columns)]).encode() + frame.index.to_numpy().astype("M8[s]").tobytes())
    over = halts[np.lexsort((halts[:, 2], halts[:, 0]))]
    digest.update(over.tobytes())
    return FramePanel(frame, np.concatenate(parts), digest.hexdigest(), over, displaced)


@dataclass(frozen=True)
class TiledPanel:
    """Returns in a file of float64 tiles, each all sessions of 256 securities, session by session."""

    path: Path
    sessions: pd.DatetimeIndex
    securities: pd.Index
    spans: Days
    identity: str
    displaced: Days

    def returns(self, first: int, stop: int, securities: Codes) -> Array:
        low, high = max(first, 0), min(stop, len(self.sessions))
        out = np.full((len(securities), stop - first), np.nan)
        tiles = np.asarray(securities) // TILE
        with self.path.open("rb") as file:
            for tile in np.unique(tiles):
                mine = np.flatnonzero(tiles == tile)
                start = (int(tile) * len(self.sessions) + low) * TILE * 8
                raw = os.pread(file.fileno(), (high - low) * TILE * 8, start)
                read = np.frombuffer(raw, np.float64).reshape(high - low, TILE)
                out[mine, low - first : high - first] = read[:, np.asarray(securities)[mine] % TILE].T
        return out

    def halts(self, securities: Codes) -> Array:
        return _halts_of(np.load(halts_beside(self.path), mmap_mode="r"), securities)


def _halts_of(table: Array, securities: Codes) -> Array:
    """Rows of a table of halts, ascending by security, with the place in `securities` in place of the security."""
    start, stop = (np.searchsorted(table[:, 0], securities, side) for side in ("left", "right"))
    mine = [table[a:b] for a, b in zip(start, stop, strict=True) if a < b]
    if not mine:
        return NO_HALT
    slot = np.repeat(np.arange(len(start)), stop - start)
    return np.column_stack([slot, np.concatenate(mine)[:, 1:]])


def halts_beside(tiles: Path) -> Path:
    """The file of the returns over halts that belongs to a file of tiles."""
    return tiles.with_name(f"{tiles.name}.halts.npy")


def check_securities(names: pd.Index, where: str) -> None:
    if names.has_duplicates:
        what = f"the panel holds the security {names[names.duplicated()][0]!r} twice"
        raise StudyError(what, where=where, remedy="Keep one of the two.")


def spans_of(values: Array, securities: pd.Index, sessions: pd.Index, where: str) -> Days:
    """(S, 2) first and last session with a return of the columns of `values`; an infinite return is an error."""
    infinite = np.isinf(values)
    if infinite.any():
        row, column = np.argwhere(infinite)[0]
        what = f"{securities[column]!r} has an infinite return on {sessions[row].date()}"
        raise StudyError(what, where=where, remedy="A price of zero? Correct it, or leave the return empty.")
    seen = np.isfinite(values)
    last = len(values) - 1
    spans = np.column_stack([seen.argmax(axis=0), last - seen[::-1].argmax(axis=0)])
    return np.where(seen.any(axis=0, keepdims=True).T, spans, [last + 1, -1]).astype(np.int64)
