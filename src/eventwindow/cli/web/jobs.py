"""Runs asked for by the page: one after the other, each in a process of its own, kept in folders."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from eventwindow import __version__
from eventwindow.cli.process import PARENT, PATIENCE

RECORD = "run.json"
LIMIT = 600.0  # seconds that one run may take
WAITING, RUNNING, DONE = "waiting", "running", "done"
FAILED, CANCELLED, INTERRUPTED = "failed", "cancelled", "interrupted"


@dataclass(frozen=True, slots=True)
class Run:
    """A run: what was asked, how far it is, what its command said."""

    key: str
    title: str
    command: tuple[str, ...]  # behind `eventwindow`, in the run's folder
    asked: float  # seconds since 1970
    state: str = WAITING
    step: str = ""
    said: str = ""
    notes: tuple[Mapping[str, str], ...] = field(default=())  # what was not judged, by language

    @property
    def ended(self) -> bool:
        return self.state not in (WAITING, RUNNING)


class Runs:
    """The folder of all runs, and the thread that works through those that wait."""

    def __init__(self, folder: Path, limit: float = LIMIT) -> None:
        self.folder, self.limit = folder, limit
        for left in folder.glob("[0-9a-f]" * 16):
            if not (left / RECORD).exists():  # was being prepared or removed when its page was killed
                shutil.rmtree(left, ignore_errors=True)
        self._lock, self._wake, self._closed = threading.RLock(), threading.Event(), False
        self._process: subprocess.Popen[str] | None = None
        self._runs = {run.key: run for run in map(_read, sorted(folder.glob(f"*/{RECORD}"))) if run}
        for run in [r for r in self._runs.values() if not r.ended]:
            self._keep(replace(run, state=INTERRUPTED, step=""))
        threading.Thread(target=self._work, daemon=True).start()

    def all(self) -> list[Run]:
        with self._lock:
            return sorted(self._runs.values(), key=lambda run: -run.asked)

    def get(self, key: str) -> Run | None:
        with self._lock:
            return self._runs.get(key)

    def where(self, key: str) -> Path:
        return self.folder / key

    @contextmanager
    def prepared(self) -> Iterator[tuple[str, Path]]:
        """A key for a run, and its folder to be filled; it goes again where that fails."""
        key = secrets.token_hex(8)
        folder = self.where(key)
        folder.mkdir()
        with ExitStack() as undone:
            undone.callback(shutil.rmtree, folder)
            yield key, folder
            undone.pop_all()

    def add(self, key: str, title: str, command: Sequence[str], notes: Sequence[Mapping[str, str]] = ()) -> Run:
        run = Run(key, title, tuple(command), time.time(), notes=tuple(notes))
        self._keep(run)
        self._wake.set()
        return run

    def done_before(self, command: Sequence[str]) -> Run | None:
        """A run of the same command that is done; the version stands in its folder's record."""
        with self._lock:
            return next((r for r in self.all() if r.command == tuple(command) and r.state == DONE), None)

    def cancel(self, key: str) -> None:
        """Take a run out of the queue, or end its process."""
        with self._lock:
            run = self._runs.get(key)
            if run is None or run.ended:
                return
            self._keep(replace(run, state=CANCELLED, step=""))
            process = self._process if run.state == RUNNING else None
        if process is not None:
            _end(process)  # without the lock: the pages go on while it ends

    def remove(self, key: str) -> None:
        """Forget a run that has ended, with its folder."""
        with self._lock:
            run = self._runs.get(key)
            if run is not None and run.ended:
                del self._runs[key]
                (self.where(key) / RECORD).unlink(missing_ok=True)
                shutil.rmtree(self.where(key), ignore_errors=True)

    def close(self) -> None:
        """End the process that is running; nothing is left behind."""
        with self._lock:
            self._closed = True
            self._wake.set()
            if self._process is not None:
                _end(self._process)

    def _keep(self, run: Run) -> None:
        with self._lock:
            self._runs[run.key] = run
            path = self.where(run.key) / RECORD
            fresh = path.with_suffix(".new")
            fresh.write_text(json.dumps(asdict(run) | {"version": __version__}, ensure_ascii=False), encoding="utf-8")
            fresh.replace(path)

    def _work(self) -> None:
        while not self._closed:
            with self._lock:
                waiting = [run for run in reversed(self.all()) if run.state == WAITING]
                self._wake.clear()
            if waiting:
                self._one(waiting[0])
            else:
                self._wake.wait()

    def _one(self, run: Run) -> None:
        with self._lock:
            if self._closed or self._runs[run.key].state != WAITING:
                return
            self._keep(replace(run, state=RUNNING))
            process = self._process = _start(run.command, self.where(run.key))
        clock = threading.Timer(self.limit, _end, (process,))
        clock.start()
        started = time.monotonic()
        out, said = self._listen(run.key, process)
        late = time.monotonic() - started >= self.limit
        clock.cancel()
        with self._lock:
            self._process = None
            held = self._runs[run.key]
            if held.state == RUNNING and not self._closed:
                state = DONE if process.returncode == 0 else FAILED
                said = f"no answer within {self.limit:.0f} seconds" if late and state == FAILED else said
                self._keep(replace(held, state=state, step="", said=(out if state == DONE else said).strip()))

    def _listen(self, key: str, process: subprocess.Popen[str]) -> tuple[str, str]:
        """What the process prints; its steps are shown while it runs."""
        out: list[str] = []
        reader = threading.Thread(target=lambda: out.append(process.stdout.read() if process.stdout else ""))
        reader.start()
        said: list[str] = []
        for line in process.stderr or ():
            _, is_step, step = line.partition("  eventwindow: ")
            if not is_step:
                said.append(line)
                continue
            with self._lock:
                if self._runs[key].state == RUNNING:
                    self._runs[key] = replace(self._runs[key], step=step.strip())
        process.wait()
        reader.join()
        return "".join(out), "".join(said).removeprefix("eventwindow: ")


def _read(path: Path) -> Run | None:
    """A record; one that cannot be read, or of another version, is left where it is and not listed."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        if held.pop("version") != __version__:
            return None
        return Run(**held | {"command": tuple(held["command"]), "notes": tuple(map(dict, held["notes"]))})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _start(command: Sequence[str], folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "eventwindow", *command, "--verbose"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
        env=os.environ | {"PYTHONIOENCODING": "utf-8", "COLUMNS": "100", PARENT: str(os.getpid())},
    )


def _end(process: subprocess.Popen[str]) -> None:
    """End the process and those that it started: it takes away what it made, or is killed."""
    process.terminate()
    try:
        process.wait(PATIENCE + 1)
    except subprocess.TimeoutExpired:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
