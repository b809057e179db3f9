"""What Yahoo gave, kept in the user's cache folder: one Parquet file a ticker, and a manifest with their checksums.

Every write goes to a file beside and is swapped in. The manifest names a new file before it replaces the old one and
still names the old, so that at any moment at which a process dies the file that stands there is one that it names.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import pandas as pd

from eventwindow.prices.yahoo import Pulled

FRESH = timedelta(hours=12)
VERSION = 1  # of the form of the files; files of another form are not read


@dataclass(frozen=True, slots=True)
class Entry:
    """The manifest's line on one file: from where, when, from which first day asked for, by which client, checksum."""

    sha256: str
    source: str
    fetched: str  # ISO 8601, UTC
    start: str  # ISO date
    currency: str
    client: str
    version: int = VERSION

    @property
    def age(self) -> timedelta:
        return datetime.now(UTC) - datetime.fromisoformat(self.fetched)

    def covers(self, start: pd.Timestamp, end: pd.Timestamp) -> bool:
        """Whether it was asked for from `start` and fetched after `end` was over everywhere."""
        return pd.Timestamp(self.start) <= start and self.fetched[:10] > str(end.date())


@dataclass(frozen=True, slots=True)
class Kept:
    """One ticker as it is held in the cache."""

    pulled: Pulled
    entry: Entry


class Cache:
    """The cache in one folder; by default `prices` in the user's cache folder (XDG_CACHE_HOME is honoured)."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder if folder is not None else cache_folder()
        self.damaged: list[str] = []  # files set aside by this object, by name

    def put(self, pulled: Pulled, client: str) -> Entry:
        """Keep an answer: atomically, and never in place of one that reaches further back in time."""
        data = _to_bytes(pulled)
        entry = Entry(
            sha256=hashlib.sha256(data).hexdigest(),
            source="yahoo",
            fetched=datetime.now(UTC).isoformat(timespec="seconds"),
            start=str(pulled.start.date()),
            currency=pulled.currency,
            client=client,
        )
        with self._locked():
            entries = self._entries()
            entries[pulled.symbol] = [entry, *self._matching(pulled.symbol, entries)][:2]
            self._write_manifest(entries)
            _swap_in(self.folder / file_name(pulled.symbol), data)
        return entry

    def get(self, symbol: str) -> Kept | None:
        """The held answer, None where there is none; a file that no checksum fits is set aside."""
        if not (self.folder / file_name(symbol)).is_file():
            return None
        return self._read(symbol) or self._read_or_set_aside(symbol)

    def entries(self) -> Mapping[str, Entry]:
        """The manifest: the newest entry of each symbol whose file is there."""
        known = self._entries()
        return {s: lines[0] for s, lines in sorted(known.items()) if (self.folder / file_name(s)).is_file()}

    def _read(self, symbol: str) -> Kept | None:
        try:
            data = (self.folder / file_name(symbol)).read_bytes()
        except OSError:
            return None
        digest = hashlib.sha256(data).hexdigest()
        for entry in self._entries().get(symbol, []):
            if entry.sha256 == digest and entry.version == VERSION:
                return Kept(_from_bytes(symbol, data, entry), entry)
        return None

    def _read_or_set_aside(self, symbol: str) -> Kept | None:
        """Read once more with writers kept out; only then is a file that does not fit called damaged."""
        with self._locked():
            kept = self._read(symbol)
            path = self.folder / file_name(symbol)
            if kept is None and path.is_file():
                aside = self.folder / "damaged"
                aside.mkdir(exist_ok=True)
                path.replace(aside / f"{path.name}.{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
                self.damaged.append(path.name)
            return kept

    def _matching(self, symbol: str, entries: Mapping[str, list[Entry]]) -> list[Entry]:
        """The entry that names the file which stands there now."""
        path = self.folder / file_name(symbol)
        if not path.is_file():
            return []
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return [entry for entry in entries.get(symbol, []) if entry.sha256 == digest]

    def _entries(self) -> dict[str, list[Entry]]:
        path = self.folder / "manifest.json"
        try:
            listed = json.loads(path.read_text(encoding="utf-8"))
            return {symbol: [Entry(**line) for line in lines] for symbol, lines in listed.items()}
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError, AttributeError):
            return {}  # a manifest that cannot be read vouches for nothing

    def _write_manifest(self, entries: Mapping[str, list[Entry]]) -> None:
        plain = {symbol: [asdict(entry) for entry in lines] for symbol, lines in sorted(entries.items())}
        _swap_in(self.folder / "manifest.json", (json.dumps(plain, indent=1, ensure_ascii=False) + "\n").encode())

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keeps other writers out; the system lets go of the lock when a process dies."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a+b") as handle:
            _lock(handle)
            yield


def cache_folder() -> Path:
    import platformdirs

    return Path(platformdirs.user_cache_dir("eventwindow", appauthor=False)) / "prices"


def file_name(symbol: str) -> str:
    """A name that is safe on every system and different for every symbol: `^GSPC.parquet`, `..%2Fx.parquet`."""
    name = "".join(f"%{ord(c):02X}" if c.islower() and c.isascii() else quote(c, safe="^=-_.") for c in symbol)
    if name.startswith(".") or name.split(".")[0] in _RESERVED:
        name = f"%{ord(name[0]):02X}{name[1:]}"
    if len(name) > 100:
        name = f"{name[:40]}%{hashlib.sha256(symbol.encode()).hexdigest()[:32]}"
    return f"{name}.parquet"


_RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(10))}


def _swap_in(path: Path, data: bytes) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(data)
    beside.replace(path)


def _to_bytes(pulled: Pulled) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pandas(pulled.table.reset_index(), preserve_index=False), sink, compression="zstd")
    return bytes(sink.getvalue().to_pybytes())


def _from_bytes(symbol: str, data: bytes, entry: Entry) -> Pulled:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(pa.BufferReader(data)).to_pandas().set_index("date")
    table.index = pd.DatetimeIndex(table.index).as_unit("ns")
    return Pulled(symbol, table, entry.currency, pd.Timestamp(entry.start))


def _lock(handle: IO[Any]) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        handle.seek(0)
        msvcrt.locking(handle.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined]
    else:
        fcntl.flock(handle, fcntl.LOCK_EX)
