"""The rows of a panel that are sessions of the exchanges of its events, and prices as returns on these rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from eventwindow.calendars.dates import check_sessions
from eventwindow.errors import Reason
from eventwindow.estimation.door import check_prices, returns_table
from eventwindow.estimation.event_time import Array, Days, trade_to_trade
from eventwindow.estimation.own_sessions import own_rows
from eventwindow.panel.source import NO_HALT, TILE, Panel

ONE = ""  # stands for the exchange of a list that names none: each row of the panel is a session


@dataclass(frozen=True)
class Exchanges:
    """The rows of the panel that are sessions, by exchange; none are named where each row is one of each security."""

    of: Mapping[str, str] = field(default_factory=dict)  # security → exchange, where the list names several
    rows: Mapping[str, Days] = field(default_factory=dict)
    told: tuple[Reason, ...] = ()


def exchanges_of(panel: Panel, of: Mapping[str, str]) -> Exchanges:
    """The sessions of each exchange in the panel."""
    rows, told = {}, []
    for mic in sorted(set(of.values())):
        at = panel.securities.get_indexer(pd.Index([name for name in of if of[name] == mic]))
        rows[mic], why = own_rows(mic, panel.sessions, _held(panel, at[at >= 0]))
        told.append(Reason("own_rows", mic=mic, n=len(rows[mic]), of=len(panel.sessions)))
        if why:
            told.append(Reason("own_rows_of_prices", mic=mic, why=why))
    return Exchanges(of, rows, tuple(told))


def _held(panel: Panel, securities: np.ndarray) -> np.ndarray:
    """(D,) whether one of the securities has a return."""
    held = np.zeros(len(panel.sessions), bool)
    for i in range(0, len(securities), TILE):
        held |= np.isfinite(panel.returns(0, len(held), securities[i : i + TILE])).any(axis=0)
    return held


def table_of_returns(prices: pd.DataFrame, of: Mapping[str, str], kind: str) -> tuple[pd.DataFrame, Array]:
    """A table of prices (D, S) as returns, and those over a halt; a row without any price is no session."""
    prices, where = returns_table(prices, "the table of prices"), "the table of prices"
    sessions = check_sessions(prices.index, where)
    figures = prices.to_numpy(float)
    check_prices(figures, prices.columns, sessions, where)
    closed = np.isnan(figures).all(axis=1)
    found, halts = returns_of(figures, prices.columns, sessions, of, closed, kind)
    return pd.DataFrame(found, sessions, prices.columns), halts


def returns_of(
    prices: Array, names: pd.Index, sessions: pd.DatetimeIndex, of: Mapping[str, str], closed: np.ndarray, kind: str
) -> tuple[Array, Array]:
    """(D, S) returns of prices, and (m, 4) those over a halt: security, session of the price before, session, return.

    They are simple or log by their kind, and run from one session of a security's own exchange to the next, where the
    list names it.

    Where it names exchanges, a security that it does not name, such as a benchmark, has its own rows for sessions;
    where it names none, all rows are but those on which the whole panel was `closed` (D,).
    """
    out, halts = np.full_like(prices, np.nan), [NO_HALT]
    traded = np.flatnonzero(~closed)
    mics = np.array([of.get(str(name), f"row of {name}") if of else ONE for name in names])
    for mic in np.unique(mics):
        columns = np.flatnonzero(mics == mic)
        held = np.isfinite(prices[:, columns]).any(axis=1)
        rows = traded if mic == ONE else np.flatnonzero(held)
        if mic in of.values():
            rows = own_rows(str(mic), sessions, np.asarray(held))[0]
        own = prices[np.ix_(rows, columns)]
        with np.errstate(divide="ignore", invalid="ignore"):
            out[np.ix_(rows[1:], columns)] = own[1:] / own[:-1] - 1
        over, covered = trade_to_trade(own.T, kind)
        who, when = np.nonzero(covered > 1)
        before = rows[when - covered[who, when].astype(int)]
        halts.append(np.column_stack([columns[who], before, rows[when], over[who, when]]))
    return np.log1p(out) if kind == "log" else out, np.concatenate(halts)
