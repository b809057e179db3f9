"""The rows of a panel that are sessions of the exchanges of its events, and prices as returns on these rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from eventwindow.calendars.dates import Rows
from eventwindow.calendars.exchange import exchange_calendar
from eventwindow.errors import EventDateError, Reason, StudyError
from eventwindow.estimation.event_time import Array, Days
from eventwindow.panel.source import TILE, Panel

ONE = ""  # stands for the exchange of a list that names none: each row of the panel is a session


@dataclass(frozen=True)
class Exchanges:
    """The exchange of each security of a list, where it names several; and the rows of the panel that are sessions."""

    of: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, Days] = field(default_factory=lambda: {ONE: np.empty(0, np.int64)})
    told: tuple[Reason, ...] = ()

    @property
    def several(self) -> bool:
        return bool(self.of)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.rows)


def exchange_of(events: pd.DataFrame, common: str | None, rows: Rows) -> dict[str, str]:
    """Security → exchange, where all events have one; {} where none has, or no column names them."""
    column = next((name for name in ("security", "firm", "symbol") if name in events), "")
    if "exchange" not in events or not column:
        return {}
    given = events["exchange"].astype(object)
    mics = given.where(given.notna() & (given != ""), common or "")
    lacking = (mics == "").to_numpy()
    if lacking.any() and len(set(mics) - {""}) < 2:
        return {}
    if lacking.any():
        at = int(lacking.argmax())
        raise StudyError(
            f"the event of {str(events[column].iloc[at])!r} has no exchange, others have",
            where=rows.at(at),
            remedy="Fill the column `exchange`: each event counts the sessions of its own.",
        )
    found: dict[str, str] = {}
    for at, (who, mic) in enumerate(zip(events[column].astype(str), mics.astype(str), strict=True)):
        if found.setdefault(who, mic) != mic:
            raise StudyError(
                f"{who!r} stands on {found[who]} and on {mic}",
                where=rows.at(at),
                remedy="Give a security one exchange; a second listing has a name and returns of its own.",
            )
    return found


def own_rows(mic: str, sessions: pd.DatetimeIndex, held: np.ndarray) -> tuple[Days, str]:
    """The rows that are sessions of the exchange, and why they are the days of its prices, where they are.

    `held` (D,) says on which rows one of its securities has a figure.
    """
    try:
        calendar = exchange_calendar(mic, sessions[0].date(), sessions[-1].date())
    except EventDateError as error:
        return np.flatnonzero(held), error.what
    return np.flatnonzero(sessions.isin(calendar.sessions)), ""


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


def simple_returns(prices: Array, names: pd.Index, sessions: pd.DatetimeIndex, of: Mapping[str, str]) -> Array:
    """(D, S) returns of prices; from one session of a security's own exchange to the next, where the list names it.

    Where it names exchanges, a security that it does not name, such as a benchmark, has its own rows for sessions.
    """
    out = np.full_like(prices, np.nan)
    mics = np.array([of.get(str(name), f"row of {name}") if of else ONE for name in names])
    for mic in np.unique(mics):
        columns = np.flatnonzero(mics == mic)
        held = np.isfinite(prices[:, columns]).any(axis=1)
        rows = np.arange(len(prices)) if mic == ONE else np.flatnonzero(held)
        if mic in of.values():
            rows = own_rows(str(mic), sessions, np.asarray(held))[0]
        own = prices[np.ix_(rows, columns)]
        with np.errstate(divide="ignore", invalid="ignore"):
            out[np.ix_(rows[1:], columns)] = own[1:] / own[:-1] - 1
    return out
