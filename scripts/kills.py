"""Runs that are ended at any moment: whether the old result stands, what is left behind, what the next run gives.

python scripts/kills.py [--kills 100] [--from 0] [--seed 18]

A study with a second process and a panel on two processes, each with an old result in its `--out`, an article that is
verified and a question that is saved, whose folders are not there yet, take turns. Each is ended by SIGKILL (its
process alone), SIGTERM (alone, or its whole group) or SIGINT (its group, as a terminal does) at a moment drawn from
its length.
Of each: `--out` holds what stood there or the new result in whole; no process outlives it; a run that was asked to end
(all but SIGKILL) has told it in one line and left no folder; the next run leaves no folder and gives the bytes of a run
that nothing ended. The last line counts what was found. POSIX only.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[1]
BASE = ROOT / "tests" / "cases" / "_base"
WAYS = (("SIGKILL", False), ("SIGTERM", False), ("SIGKILL", False), ("SIGTERM", True), ("SIGINT", True))
PATIENCE = 3.0  # seconds that a worker may take to see that its parent is gone
PANEL = """
[study]
name = "drawn"
benchmark = "MKT"
minimum_returns = 50

[windows]
estimation = [-80, -6]
event = [-5, 5]
report = [[0, 1]]

[event_list]
file = "events.csv"
panel = "panel.parquet"
chunk = 200
"""


def write_panel_study(folder: Path) -> None:
    """A panel of drawn returns with a list long enough for two processes."""
    chance = np.random.default_rng(18)
    days = pd.bdate_range("2022-01-03", periods=400)
    names = ["MKT", *(f"S{n:03d}" for n in range(80))]
    panel = pd.DataFrame(chance.normal(0, 0.01, (len(days), len(names))), days, names)
    events = pd.DataFrame({"security": chance.choice(names[1:], 2600), "date": chance.choice(days[90:-10], 2600)})
    folder.mkdir()
    panel.rename_axis("date").reset_index().to_parquet(folder / "panel.parquet")
    events.drop_duplicates().sort_values(["date", "security"]).to_csv(folder / "events.csv", index=False)
    (folder / "study.toml").write_text(PANEL)


@dataclass
class Subject:
    """A command that is run again and again in a folder of its own."""

    name: str
    command: list[str]
    folder: Path
    old: Path  # the result that stands there before; no folder where none does, and then none is written over
    seconds: float = 0.0
    digests: tuple[str, str] = ("", "")  # of the old result and of the new one

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def temporary(self) -> Path:
        return self.folder / "tmp"

    def start(self) -> subprocess.Popen[str]:
        settings = {
            "TMPDIR": str(self.temporary),
            "EVENTWINDOW_CORES": "2",
            "XDG_CACHE_HOME": str(self.folder / "cache"),
        }
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "eventwindow", *self.command],
            cwd=self.folder,
            env=os.environ | settings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def whole(self) -> str:
        """Run it undisturbed; the digest of its result."""
        process = self.start()
        said = process.communicate()[1]
        return digest(self.out) if process.returncode == 0 else f"exit {process.returncode}: {said}"

    def lay_out_old(self) -> None:
        shutil.rmtree(self.out, ignore_errors=True)
        if self.old.is_dir():
            shutil.copytree(self.old, self.out)

    def left(self) -> list[str]:
        """Folders beside `--out`, among the temporary ones, and semaphores."""
        beside = [path.name for path in self.folder.iterdir() if path.name.startswith(".out")]
        return sorted([*beside, *(path.name for path in self.temporary.iterdir())])


def digest(folder: Path) -> str:
    """Of all names and bytes of a result; finished chunks of a panel are none of it."""
    held = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.relative_to(folder).parts[0] != "work":
            held.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return held.hexdigest()


def subjects(folder: Path) -> list[Subject]:
    """The commands, timed: a study and a panel with an old result, an article and a question without."""
    shutil.copytree(BASE, folder / "study")
    write_panel_study(folder / "panel")
    study = ["run", str(folder / "study"), "--prices", str(folder / "study" / "prices.csv"), "--out", "out"]
    panel = ["run", str(folder / "panel"), "--workers", "2", "--out", "out"]
    (folder / "article.txt").write_text("NEW YORK, January 27, 2025 - Nvidia shares fell 17% on Monday.\n")
    verify = ["verify", str(folder / "article.txt"), "--report", "--prices", "shipped", "--out", "out"]
    quick = ["quick", "NVDA", "--date", "2025-01-27", "--prices", "shipped", "--save", "out"]
    found = []
    for name, command in (("run", study), ("panel", panel), ("verify", verify), ("quick", quick)):
        place = folder / f"in-{name}"
        (place / "tmp").mkdir(parents=True)
        old, words = folder / f"old-{name}", [*command]
        first = digest(old)
        if command in (study, panel):
            earlier = Subject(name, [*command, "--language", "zh-Hant"], place, old)
            first = earlier.whole()
            earlier.out.rename(old)
            words += ["--language", "en"]
        subject = Subject(name, words, place, old)
        start = time.monotonic()
        subject.digests = first, subject.whole()
        subject.seconds = time.monotonic() - start
        assert all(len(one) == 64 for one in subject.digests), subject.digests
        assert subject.digests[0] != subject.digests[1]
        found.append(subject)
    return found


def members(group: int) -> int:
    """Processes of a session that are alive."""
    count = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        count += int(fields[3]) == group and fields[0] != "Z"
    return count


def gone(group: int) -> bool:
    """Whether every process of the session ends within the patience."""
    ends = time.monotonic() + PATIENCE
    while members(group):
        if time.monotonic() > ends:
            return False
        time.sleep(0.05)
    return True


def killed(subject: Subject, how: str, group: bool, moment: float) -> list[str]:
    """What is wrong after one kill, and after the run that follows it."""
    subject.lay_out_old()
    process, number = subject.start(), getattr(signal, how)
    try:
        process.wait(moment)
    except subprocess.TimeoutExpired:
        (os.killpg if group else os.kill)(process.pid, number)
    said = process.communicate()[1]
    faults = [] if gone(process.pid) else ["process left"]
    if digest(subject.out) not in subject.digests:
        faults.append("result lost")
    if "Traceback" in said:
        faults.append(f"traceback: {said[-1500:]}")
    if how != "SIGKILL":
        if process.returncode not in (0, -number, 128 + number):  # -N: before Python could listen
            faults.append(f"exit code {process.returncode}: {said[-300:]}")
        if process.returncode > 0 and said.count("\n") != 1:
            faults.append(f"more than a line: {said[-1500:]}")
        if subject.left():
            faults.append(f"folder left by {how}: {subject.left()}")
    stands = digest(subject.out) == subject.digests[1] and not subject.old.is_dir()  # it is not written over
    after = digest(subject.out) if stands else subject.whole()
    if after != subject.digests[1]:
        faults.append(f"other bytes after: {after}")
    if (subject.left() and not stands) or (subject.out / "work").exists():
        faults.append(f"folder left after the next run: {subject.left()}")
    os.killpg(process.pid, signal.SIGKILL) if not gone(process.pid) else None
    return faults


def kills(count: int, first: int, seed: int, tell: Callable[[str], object]) -> Counter[str]:
    """How the kills ended; each fault is told as it is found."""
    ends: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        found = subjects(Path(name))
        tell(", ".join(f"{subject.name} takes {subject.seconds:.1f} s" for subject in found))
        for number in range(first, first + count):
            chance = random.Random(f"{seed}-{number}")
            subject, (how, group) = found[number % len(found)], WAYS[number // len(found) % len(WAYS)]
            moment = chance.uniform(0.05, subject.seconds)
            faults = killed(subject, how, group, moment)
            ends.update([how, *(fault.split(":")[0] for fault in faults)])
            for fault in faults:
                tell(f"kill {number} ({how}, {subject.name}, {moment:.2f} s): {fault}")
    return ends


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--kills", type=int, default=100)
    arguments.add_argument("--from", dest="first", type=int, default=0)
    arguments.add_argument("--seed", type=int, default=18)
    asked = arguments.parse_args()
    found = kills(asked.kills, asked.first, asked.seed, lambda line: print(line, flush=True))
    sent = {how: found.pop(how, 0) for how in dict(WAYS)}
    print(
        f"{sum(sent.values())} kills ({', '.join(f'{n} {how}' for how, n in sent.items())}), seed {asked.seed}: "
        f"{found['result lost']} results lost, {found['process left']} processes left, "
        f"{found['folder left after the next run']} folders left after the next run, "
        f"{found['other bytes after']} with other bytes after, {found['traceback']} tracebacks, {found.total()} faults"
    )
    sys.exit(1 if found else 0)
