"""What every source of prices returns: a history per security, or the reason why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import pandas as pd

from eventwindow.errors import Reason

OWN = ("shipped", "file")  # origins that are asked of nobody
COLUMNS = ("open", "high", "low", "close", "adj_close", "volume")


@dataclass(frozen=True, slots=True)
class PriceHistory:
    """Daily prices of one security.

    `frame` is indexed by session date (no zone, ascending, unique) with the float columns of `COLUMNS`, NaN where the
    source holds none. Prices are as quoted at the study's end: splits that came later are undone. `dividends` is cash a
    share by ex-date, None where the source tells none; `currency` is empty where it tells none. `earlier` are the rows
    before the dates asked for that the source held as well: only claims about history look at them.
    """

    symbol: str
    frame: pd.DataFrame
    origin: str  # "yahoo", "tiingo", "eodhd" or another source that was asked, else one of `OWN`
    note: Reason | None = None
    currency: str = ""
    dividends: pd.Series | None = None
    earlier: pd.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Why a source has no history of a security. `known` is False only where the source says it does not exist.

    `asked` is False where the source cannot hold such a symbol and was not asked.
    """

    symbol: str
    reason: Reason
    known: bool = True
    asked: bool = True


@dataclass(frozen=True, slots=True)
class Prices:
    """The histories of a study, and what could not be had.

    `replaced` tells for a history why the source asked before its own did not serve it ("Yahoo answered 429, …").
    """

    histories: Mapping[str, PriceHistory]
    unavailable: Mapping[str, Unavailable] = field(default_factory=dict)
    replaced: Mapping[str, Reason] = field(default_factory=dict)
    notes: tuple[Reason, ...] = ()  # said once for the whole pull: "Yahoo cannot be reached: …"

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        return {symbol: history.frame for symbol, history in self.histories.items()}

    def __getitem__(self, symbol: str) -> pd.DataFrame:
        return self.histories[symbol].frame

    def __contains__(self, symbol: object) -> bool:
        return symbol in self.histories


Answers = Mapping[str, PriceHistory | Unavailable]  # of a source, by symbol


class PriceSource(Protocol):
    """One place where prices come from."""

    def fetch(self, symbols: list[str], start: pd.Timestamp, end: pd.Timestamp) -> Answers:
        """A history or a reason for each symbol asked for; raises PriceError when the source cannot serve at all."""
        ...


def history_frame(table: pd.DataFrame) -> pd.DataFrame:
    """A table indexed by date with any of `COLUMNS` → the frame of a PriceHistory (all columns, float, ns dates)."""
    frame = table.reindex(columns=list(COLUMNS)).astype("float64")
    frame.index = pd.DatetimeIndex(frame.index).as_unit("ns").rename("date")
    frame.columns.name = None
    return frame
