"""What a source gave, kept: one Parquet file a ticker with the rows as they were given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from eventwindow.errors import Reason
from eventwindow.prices.keyed import KEYED
from eventwindow.prices.store import Entry, Store, cache_folder
from eventwindow.prices.yahoo import Pulled

FRESH = timedelta(hours=12)
FRESH_NOW = timedelta(hours=1)  # where the dates asked for are not over yet


@dataclass(frozen=True, slots=True)
class Kept:
    """One ticker as it is held in the cache."""

    pulled: Pulled
    entry: Entry

    @property
    def lacking(self) -> list[date]:
        """The sessions that it lacked when it was kept."""
        return [date.fromisoformat(day) for day in self.entry.facts.get("absent", "").split()]

    def reaches(self, start: pd.Timestamp) -> bool:
        """Whether it was asked for from `start` on."""
        return self.pulled.start <= start

    def is_fresh(self, end: pd.Timestamp) -> bool:
        """Whether asking again is not worth it; sooner where it was fetched before `end` was over everywhere."""
        return self.entry.age < (FRESH if self.entry.fetched[:10] > str(end.date()) else FRESH_NOW)


class Cache:
    """The kept answers in one folder; by default `prices` in the user's cache folder."""

    def __init__(self, folder: Path | None = None) -> None:
        self.store = Store(cache_folder() / "prices" if folder is None else folder)

    def of(self, source: str) -> Cache:
        """The answers of one source: Yahoo's lie at the top, those of each other in a folder of its own."""
        return self if source == "yahoo" else Cache(self.store.folder / source)

    def every(self, symbol: str) -> list[Kept]:
        """What is kept of a symbol, in the order in which a run asks the sources."""
        return [kept for source in ("yahoo", *KEYED) if (kept := self.of(source).get(symbol)) is not None]

    def put(self, pulled: Pulled, client: str, checked: Mapping[str, str]) -> Entry:
        """Keep an answer in place of the one before; `checked` says by what it was admitted."""
        facts = {
            **checked,
            "source": pulled.source,
            "told": pulled.note.packed() if pulled.note else "",
            "start": str(pulled.start.date()),
            "currency": pulled.currency,
        }
        facts |= {"first": str(pulled.table.index[0].date()), "last": str(pulled.table.index[-1].date())}
        return self.store.put(
            pulled.symbol, _to_bytes(pulled.table), source=pulled.source.lower(), client=client, facts=facts
        )

    def get(self, symbol: str) -> Kept | None:
        """The kept answer, None where there is none or where it was damaged (and is set aside)."""
        found = self.store.get(symbol)
        if found is None:
            return None
        data, entry = found
        start = pd.Timestamp(entry.facts["start"])
        note, source = _told(entry.facts), entry.facts.get("source", "Yahoo")
        pulled = Pulled(symbol, _from_bytes(data), entry.facts["currency"], start, note, source=source)
        return Kept(pulled, entry)


def _told(facts: Mapping[str, str]) -> Reason | None:
    """The note that was kept; of an older version, which kept its words, or of a newer one, as the words there are."""
    if words := facts.get("told", ""):
        try:
            told = Reason.unpacked(words)
            return told if str(told) else None
        except (ValueError, KeyError, TypeError, AttributeError):
            return Reason.of(words)
    return Reason.of(facts["note"]) if facts.get("note") else None


def _to_bytes(table: pd.DataFrame) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pandas(table.reset_index(), preserve_index=False), sink, compression="zstd")
    return bytes(sink.getvalue().to_pybytes())


def _from_bytes(data: bytes) -> pd.DataFrame:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table: pd.DataFrame = pq.read_table(pa.BufferReader(data)).to_pandas().set_index("date")
    table.index = pd.DatetimeIndex(table.index).as_unit("ns")
    return table
