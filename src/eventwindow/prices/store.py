"""A folder of kept files with a manifest of their checksums: atomic, safe for two runs at once, never silently damaged.

Every write goes to a file beside and is swapped in. The manifest names a new file before it replaces the old one and
still names the old, so that at any moment at which a process dies the file that stands there is one that it names.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

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
        """The newest entry of every name whose file is there."""
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
