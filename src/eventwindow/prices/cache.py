"""What a source gave, kept: files with a manifest of their checksums, swapped in whole, never silently damaged.

Every write goes to a file beside and is swapped in. The manifest names a new file before it replaces the old one and
still names the old, so that at any moment at which a process dies the file that stands there is one that it names.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import pandas as pd

from eventwindow.errors import Reason
from eventwindow.prices.keyed import KEYED
from eventwindow.prices.yahoo import Pulled

FORM = 1  # of the kept files; files of another form are not read


@dataclass(frozen=True, slots=True)
class Entry:
    """The manifest's line on one file: where it came from, when, through what, its checksum, and facts of its kind."""

    sha256: str
    source: str
    fetched: str  # ISO 8601, UTC
    client: str
    facts: Mapping[str, str] = field(default_factory=dict)
    form: int = FORM

    @property
    def age(self) -> timedelta:
        return datetime.now(UTC) - datetime.fromisoformat(self.fetched)


class Store:
    """Kept bytes by name in one folder. `aside` lists the damaged files that this object has set aside."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.aside: list[str] = []

    def put(self, name: str, data: bytes, *, source: str, client: str, facts: Mapping[str, str]) -> Entry:
        """Keep `data` under `name` in place of what was there; raises OSError where the folder cannot be written."""
        digest = hashlib.sha256(data).hexdigest()
        entry = Entry(digest, source, datetime.now(UTC).isoformat(timespec="seconds"), client, dict(facts))
        with self._locked():
            entries = self._entries()
            entries[name] = [entry, *self._standing(name, entries)][:2]
            self._write_manifest(entries)
            _swap_in(self.path(name), data)
        return entry

    def get(self, name: str) -> tuple[bytes, Entry] | None:
        """The bytes and their entry, None where there are none; a file that fits no checksum is set aside."""
        if not self.path(name).is_file():
            return None
        return self._read(name) or self._read_or_set_aside(name)

    def entries(self) -> dict[str, Entry]:
        return {name: lines[0] for name, lines in sorted(self._entries().items()) if self.path(name).is_file()}

    def path(self, name: str) -> Path:
        return self.folder / safe_name(name)

    def _read(self, name: str) -> tuple[bytes, Entry] | None:
        try:
            data = self.path(name).read_bytes()
        except OSError:
            return None
        digest = hashlib.sha256(data).hexdigest()
        for entry in self._entries().get(name, []):
            if entry.sha256 == digest and entry.form == FORM:
                return data, entry
        return None

    def _read_or_set_aside(self, name: str) -> tuple[bytes, Entry] | None:
        """Read once more with writers kept out; only then is a file that does not fit called damaged."""
        try:
            with self._locked():
                found = self._read(name)
                path = self.path(name)
                if found is None and path.is_file():
                    (self.folder / "damaged").mkdir(exist_ok=True)
                    path.replace(self.folder / "damaged" / f"{path.name}.{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
                    self.aside.append(name)
                return found
        except OSError:
            self.aside.append(name)  # a folder that cannot be written: left where it is, not read
            return None

    def _standing(self, name: str, entries: Mapping[str, list[Entry]]) -> list[Entry]:
        """The entry that names the file which stands there now."""
        path = self.path(name)
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        return [entry for entry in entries.get(name, []) if entry.sha256 == digest]

    def _entries(self) -> dict[str, list[Entry]]:
        try:
            listed = json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))
            return {name: [Entry(**line) for line in lines] for name, lines in listed.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}  # a manifest that cannot be read vouches for nothing

    def _write_manifest(self, entries: Mapping[str, list[Entry]]) -> None:
        plain = {name: [asdict(entry) for entry in lines] for name, lines in sorted(entries.items())}
        _swap_in(self.folder / "manifest.json", (json.dumps(plain, indent=1, ensure_ascii=False) + "\n").encode())

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keeps other writers out; the system lets go of the lock when a process dies."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a+b") as handle:
            _lock(handle)
            yield


def cache_folder() -> Path:
    """eventwindow's folder in the user's cache folder (XDG_CACHE_HOME is honoured)."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("eventwindow", appauthor=False))


def safe_name(name: str) -> str:
    """A file name that is safe on every system and differs for names that differ: `../x` becomes `%2E.%2F%78`."""
    safe = "".join(f"%{ord(c):02X}" if c.islower() and c.isascii() else quote(c, safe="^=-_.") for c in name)
    if not safe:
        return "%.parquet"
    if safe.startswith(".") or safe.split(".")[0] in RESERVED:
        safe = f"%{ord(safe[0]):02X}{safe[1:]}"
    if len(safe) > 100:
        safe = f"{safe[:40]}%{hashlib.sha256(name.encode()).hexdigest()[:32]}"
    return f"{safe}.parquet"


RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(10))}  # of Windows


def _swap_in(path: Path, data: bytes) -> None:
    beside = path.with_name(f".{path.name}")  # one writer at a time: the lock is held
    beside.write_bytes(data)
    beside.replace(path)


def _lock(handle: IO[Any]) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        handle.seek(0)
        msvcrt.locking(handle.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined]
    else:
        fcntl.flock(handle, fcntl.LOCK_EX)


FRESH = timedelta(hours=12)
FRESH_NOW = timedelta(hours=1)  # where the dates asked for are not over yet


@dataclass(frozen=True, slots=True)
class Kept:
    """One ticker as it is held in the cache."""

    pulled: Pulled
    entry: Entry

    @property
    def lacking(self) -> list[date]:
        return [date.fromisoformat(day) for day in self.entry.facts.get("absent", "").split()]

    def reaches(self, start: pd.Timestamp) -> bool:
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
