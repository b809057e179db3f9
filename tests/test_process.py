"""A command that is ended at any moment says so in one line, with its exit code, and leaves no process and no folder.

`scripts/kills.py` ends a hundred runs and panels at random moments; here stand the moments that chance seldom finds.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pytest
from test_cases import CASES
from test_web import PATIENCE, Server, path_of

import eventwindow
from eventwindow.report.swap import CHUNKS
from eventwindow.scratch import PREFIX, locked, remove_all, temporary_folder

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs signals")
SOURCES = str(Path(eventwindow.__file__).parents[1])

COMMAND = """
import os, sys, time
from functools import partial
from eventwindow import parallel
from eventwindow.cli import main, process
from eventwindow.scratch import temporary_folder
parallel.CORES = 2
process.PATIENCE = 1.0

def naps():
    print("ready", flush=True)
    time.sleep(600)

def swallows(arguments):
    with temporary_folder() as folder:
        while True:
            try:
                naps()
            except SystemExit:
                pass

def turns(arguments):
    try:
        naps()
    except SystemExit:
        raise ImportError("cannot import name 'multiarray'")

class Dying:
    def __del__(self):
        naps()

def dies(arguments):
    Dying()
    time.sleep(600)

def shares(arguments):
    with parallel.second_core(), temporary_folder():
        answers = [parallel.begin(partial(bytes, 50_000_000)), parallel.begin(naps)]
        time.sleep(600)

def pools(arguments):
    with parallel.processes(2) as pool:
        with parallel.starting():
            sent = [pool.submit(bytes, 50_000_000), pool.submit(naps)]
        sent[1].result()

if __name__ == "__main__":
    main.run = globals()[sys.argv[1]]
    sys.exit(process.process())
"""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class Ended:
    """A command that was ended: its exit code, what it said, and what is left of it."""

    def __init__(self, folder: Path, what: str, how: signal.Signals, *, group: bool = False) -> None:
        (folder / "tmp").mkdir()
        (folder / "command.py").write_text(COMMAND)
        settings = os.environ | {"PYTHONPATH": SOURCES, "TMPDIR": str(folder / "tmp")}
        command = [sys.executable, str(folder / "command.py"), what]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        with subprocess.Popen(command, env=settings, start_new_session=True, **pipes) as run:
            assert run.stdout is not None and run.stderr is not None
            assert run.stdout.readline() == "ready\n"  # said by a worker where there are any
            (os.killpg if group else os.kill)(run.pid, how)
            self.said = run.stderr.read()
        self.code, self.folders = run.returncode, names(folder / "tmp")
        assert gone(run.pid), "a process is left"


def gone(group: int, patience: float = PATIENCE) -> bool:
    """Whether all processes of a session end by themselves."""
    ends = time.monotonic() + patience
    while time.monotonic() < ends:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    os.killpg(group, signal.SIGKILL)
    return False


TERMINATED = "eventwindow: terminated; nothing was half-written\n"


@pytest.mark.parametrize("what", ["swallows", "turns", "dies", "shares", "pools"])
def test_a_terminated_command_says_so_in_one_line_and_leaves_nothing(tmp_path, what):
    ended = Ended(tmp_path, what, signal.SIGTERM)
    assert (ended.code, ended.said, ended.folders) == (143, TERMINATED, [])


@pytest.mark.parametrize("what", ["shares", "pools"])
def test_an_interrupt_reaches_the_workers_too_and_shows_no_traceback(tmp_path, what):
    ended = Ended(tmp_path, what, signal.SIGINT, group=True)
    assert (ended.code, ended.said, ended.folders) == (130, TERMINATED.replace("terminated", "interrupted"), [])


@pytest.mark.parametrize("what", ["shares", "pools"])
def test_workers_end_with_a_parent_that_is_killed(tmp_path, what):
    """One of them is blocked in a pipe that nobody reads any more."""
    assert Ended(tmp_path, what, signal.SIGKILL).code == -signal.SIGKILL


def test_what_a_killed_command_left_is_taken_away_by_the_next_one(tmp_path, monkeypatch):
    left = Ended(tmp_path, "shares", signal.SIGKILL).folders
    assert [name for name in left if name.startswith(PREFIX)] != []
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp" / f"{PREFIX}link").symlink_to(tmp_path)
    with temporary_folder() as mine, temporary_folder() as other:
        assert {mine.name, other.name, f"{PREFIX}link"} == {name for name in names(tmp_path / "tmp") if "~" in name}
        with locked(mine) as free:
            assert free is False
    assert names(tmp_path / "tmp") == [f"{PREFIX}link"]


def test_signals_that_the_caller_ignores_stay_ignored(tmp_path):
    """`nohup` and a shell's background jobs ask for that."""
    (tmp_path / "command.py").write_text(COMMAND)
    code = (
        "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); os.execv(sys.executable, sys.argv[1:])"
    )
    command = [sys.executable, "-c", code, sys.executable, str(tmp_path / "command.py"), "turns"]
    settings = os.environ | {"PYTHONPATH": SOURCES}
    with subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None and run.stderr is not None
        assert run.stdout.readline() == "ready\n"
        run.send_signal(signal.SIGHUP)  # obeyed, it would be the first, and the code 129
        run.send_signal(signal.SIGTERM)
        assert (run.wait(PATIENCE), run.stderr.read()) == (143, TERMINATED)


def test_a_run_that_is_terminated_leaves_the_old_result(tmp_path):
    (tmp_path / "out" / "results").mkdir(parents=True)
    (tmp_path / "out" / "results" / "run.json").write_text("old")
    study = CASES / "_base"
    given = ["run", str(study), "--prices", str(study / "prices.csv"), "--out", str(tmp_path / "out"), "--verbose"]
    settings = os.environ | {"PYTHONPATH": SOURCES, "EVENTWINDOW_CORES": "2"}
    command = [sys.executable, "-m", "eventwindow", *given]
    (tmp_path / "out" / CHUNKS).mkdir()
    held = locked(tmp_path / "out" / CHUNKS)  # nothing takes the old result's place while another works in it
    with (
        held,
        subprocess.Popen(command, env=settings, stderr=subprocess.PIPE, text=True, start_new_session=True) as run,
    ):
        assert run.stderr is not None
        for line in run.stderr:
            if "writing the report" in line:
                run.terminate()
                break
        said = run.stderr.read()
    assert run.returncode == 143 and said.endswith(TERMINATED) and "Traceback" not in said
    assert (tmp_path / "out" / "results" / "run.json").read_text() == "old"
    assert names(tmp_path) == ["out"]
    assert gone(run.pid)


STRUCK = """
import os, sys
from pathlib import Path
from eventwindow.report import swap
from eventwindow.scratch import remove_all
out = Path(sys.argv[1]) / "out"
if sys.argv[2] == "by way of another name":
    swap._exchanged = lambda one, other: False

def write(text):
    with swap.swapped_in(out, {"results"}) as fresh:
        (fresh / "results").mkdir()
        (fresh / "results" / "run.json").write_text(text)

def struck(moment):
    lines = iter(range(moment + 1))
    def trace(frame, event, _):
        if event == "line" and next(lines, None) == moment:
            raise SystemExit
        return trace if Path(frame.f_code.co_filename).name in ("scratch.py", "swap.py", "shutil.py") else None
    sys.settrace(trace)
    try:
        write("new")
    finally:
        ended = next(lines, None) is not None
        sys.settrace(None)
        remove_all()
        os._exit(ended)

write("old")
moment = ended = 0
while not ended:
    process = os.fork()
    if not process:
        struck(moment)
    ended = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    left = [path.name for path in out.parent.iterdir()]
    assert left == ["out"], f"{left} at line {moment}"
    assert (out / "results" / "run.json").read_text() in ("old", "new")
    moment += 1
print(moment, (out / "results" / "run.json").read_text())
"""


@pytest.mark.parametrize("how", ["in one step", "by way of another name"])
def test_a_signal_before_any_line_of_making_swapping_and_clearing_leaves_no_folder(tmp_path, how):
    """Its exception is raised before each line in turn, each time in a process that ends as the command does."""
    (tmp_path / "here").mkdir()
    command = [sys.executable, "-c", STRUCK, str(tmp_path / "here"), how]
    settings = os.environ | {"PYTHONPATH": SOURCES}
    done = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    moments, text = done.stdout.split()
    assert int(moments) > 100 and text == "new"


def test_a_folder_into_which_another_still_writes_is_answered_for_until_it_is_gone(tmp_path, monkeypatch):
    """A second process may write on while the first one clears: what cannot be cleared then goes at the end."""
    with monkeypatch.context() as late, temporary_folder(tmp_path) as folder:
        late.setattr(shutil, "rmtree", lambda *_, **__: None)
    assert folder.is_dir()
    remove_all()
    assert names(tmp_path) == []


@pytest.mark.parametrize(("how", "code"), [(signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_a_run_of_the_page_ends_with_the_page(tmp_path, how, code):
    server = Server(tmp_path / "runs")
    server.until(path_of(server.post("/ask/shipped", {"study": "deepseek-2025"})), "step")
    jobs = children(server.process.pid)
    server.process.send_signal(how)
    assert server.process.wait(PATIENCE) == code
    assert jobs and all(gone(job) for job in jobs)
    ends = time.monotonic() + PATIENCE
    while at_work(tmp_path) and time.monotonic() < ends:
        time.sleep(0.1)
    assert at_work(tmp_path) == []  # nor a run's second process


def at_work(folder: Path) -> list[int]:
    """The processes that work in a folder, as the system lists them."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            found += [int(process.name)] * (process / "cwd").resolve(strict=True).is_relative_to(folder)
    return found


def children(parent: int) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False)
    return [int(word) for word in listed.stdout.split()]


METHOD = """
import sys
from eventwindow.cli import main, process
def told(arguments):
    from eventwindow import parallel
    print(parallel.START_METHOD)
    return 0
main.run = told
sys.exit(process.process())
"""


@pytest.mark.parametrize("asked", ["spawn", "forkserver"])
def test_how_a_process_starts_can_be_asked_for(asked):
    settings = os.environ | {"PYTHONPATH": SOURCES, "EVENTWINDOW_START_METHOD": asked}
    done = subprocess.run([sys.executable, "-c", METHOD], env=settings, capture_output=True, text=True, check=True)
    assert done.stdout == f"{asked}\n"
