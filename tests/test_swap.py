"""A result takes the place of the old one in whole, whenever a run is stopped and however many write at once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path, PureWindowsPath

import pytest

import eventwindow
from eventwindow.errors import StudyError
from eventwindow.report import swap
from eventwindow.report.swap import CHUNKS, check_out, chunks_folder, swapped_in
from eventwindow.scratch import locked, mark_of, put_in_place

SOURCES = str(Path(eventwindow.__file__).parents[1])


def write(out: Path, text: str) -> None:
    with swapped_in(out, {"results"}) as fresh:
        (fresh / "results").mkdir()
        (fresh / "results" / "run.json").write_text(text)


def read(out: Path) -> str:
    return (out / "results" / "run.json").read_text()


@pytest.mark.parametrize("in_one_step", [True, False])
def test_a_result_replaces_the_old_one_and_what_lies_beside_it_stays(tmp_path, monkeypatch, in_one_step):
    if not in_one_step:
        monkeypatch.setattr(swap, "_exchanged", lambda one, other: False)
    out = tmp_path / "out [1]"
    write(out, "old")
    (out / "notes.txt").write_text("mine")
    write(out, "new")
    assert read(out) == "new"
    assert (out / "notes.txt").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["out [1]"]


def test_where_writing_fails_the_old_result_stands_and_nothing_is_left(tmp_path):
    write(tmp_path / "out", "old")
    with pytest.raises(KeyboardInterrupt), swapped_in(tmp_path / "out", set()) as fresh:
        (fresh / "half").write_text("half")
        raise KeyboardInterrupt
    assert read(tmp_path / "out") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


KILLED = """
import os, signal, sys
from pathlib import Path
from eventwindow.report import swap
swap._exchanged = lambda one, other: False
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[2] == "between":
    real = Path.rename
    Path.rename = lambda self, to: real(self, to) if str(to).endswith("-old") else die()
with swap.swapped_in(Path(sys.argv[1]), {"results"}) as fresh:
    (fresh / "results").mkdir()
    (fresh / "results" / "run.json").write_text("new")
    if sys.argv[2] == "writing":
        die()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
@pytest.mark.parametrize("moment", ["writing", "between"])
def test_what_a_killed_run_left_is_recognised_and_put_right(tmp_path, moment):
    out = tmp_path / "out"
    write(out, "old")
    environment = os.environ | {"PYTHONPATH": SOURCES}
    done = subprocess.run([sys.executable, "-c", KILLED, str(out), moment], env=environment, check=False)
    assert done.returncode < 0
    assert len(list(tmp_path.iterdir())) > (moment == "writing"), "the kill left a folder"
    check_out(out)
    assert read(out) == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


PLACED = """
import os, signal, sys
from pathlib import Path
from eventwindow.scratch import put_in_place
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
with put_in_place(Path(sys.argv[1])) as fresh:
    fresh.write_text("new")
    if sys.argv[2] == "writing":
        die()
    Path.rename = die
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
@pytest.mark.parametrize("moment", ["writing", "renaming"])
def test_what_is_put_in_place_is_there_in_whole_or_not_at_all(tmp_path, moment):
    """`new`, `verify`, `quick --save`, `draft` and `freeze` write so."""
    place, environment = tmp_path / "deeper" / "mine", os.environ | {"PYTHONPATH": SOURCES}
    done = subprocess.run([sys.executable, "-c", PLACED, str(place), moment], env=environment, check=False)
    assert done.returncode < 0
    (left,) = place.parent.iterdir()
    assert left.name.startswith(".mine~"), "the kill left a folder"
    with put_in_place(place) as fresh:
        assert not left.exists()
        fresh.write_text("mine")
        assert not place.exists()
    with pytest.raises(StudyError, match="exists already"), put_in_place(place):
        pytest.fail("it may not be written over")
    assert [path.name for path in place.parent.iterdir()] == ["mine"] and place.read_text() == "mine"


def test_of_two_that_put_something_in_one_place_the_second_is_told(tmp_path):
    with pytest.raises(StudyError, match="exists already"), put_in_place(tmp_path / "mine") as second:
        second.mkdir()
        with put_in_place(tmp_path / "mine") as first:
            first.mkdir()
            (first / "study.toml").write_text("first")
        (second / "study.toml").write_text("second")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    assert (tmp_path / "mine" / "study.toml").read_text() == "first"


def test_a_lock_on_a_folder_that_was_replaced_is_taken_on_the_new_one(tmp_path, monkeypatch):
    """While one waits for a folder, another run may put a new one in its place."""
    place, real = tmp_path / "held", os.fstat
    place.mkdir()

    def replaced(handle: int) -> os.stat_result:
        monkeypatch.setattr(os, "fstat", real)
        found = real(handle)
        place.rename(tmp_path / "old")
        place.mkdir()
        return found

    monkeypatch.setattr(os, "fstat", replaced)
    with locked(place, wait=True) as mine, locked(place) as again:
        assert (mine, again) == (True, False)


def test_a_folder_that_another_run_is_writing_is_left_alone(tmp_path):
    with swapped_in(tmp_path / "out", {"results"}) as fresh:
        (fresh / "results").mkdir()
        (fresh / "results" / "run.json").write_text("first")
        write(tmp_path / "out", "second")
        assert fresh.is_dir()
    assert read(tmp_path / "out") == "first"


@pytest.mark.parametrize("in_one_step", [True, False])
def test_four_writers_at_once_leave_one_whole_result(tmp_path, monkeypatch, in_one_step):
    if not in_one_step:
        monkeypatch.setattr(swap, "_exchanged", lambda one, other: False)
    lost: list[Exception] = []

    def many(name: str) -> None:
        try:
            for _ in range(40):
                write(tmp_path / "out", name)
        except Exception as error:  # noqa: BLE001
            lost.append(error)

    threads = [threading.Thread(target=many, args=(f"writer {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not lost
    assert read(tmp_path / "out").startswith("writer ")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_run_waits_until_no_other_works_on_chunks_in_the_folder(tmp_path):
    out, done = tmp_path / "out", threading.Event()
    write(out, "old")
    with chunks_folder(out) as first, chunks_folder(out) as second:
        assert first == out / CHUNKS and second.parent != out
        (first / "chunk").write_text("kept")
        other = threading.Thread(target=lambda: (write(out, "second"), done.set()))
        other.start()
        assert not done.wait(0.3)
        assert (first / "chunk").read_text() == "kept"
        with swapped_in(out, {"results", CHUNKS}, first) as fresh:
            (fresh / "results").mkdir()
            (fresh / "results" / "run.json").write_text("first")
    other.join()
    assert read(out) == "second" and not (out / CHUNKS).exists()


def test_a_folder_of_another_name_is_not_taken_for_ours(tmp_path):
    (tmp_path / ".out~b~abcdefgh-old").mkdir()
    write(tmp_path / "out", "new")
    assert (tmp_path / ".out~b~abcdefgh-old").is_dir()


def test_other_things_than_a_result_are_never_written_over(tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("dear")
    with pytest.raises(StudyError, match="holds no earlier result"):
        write(tmp_path / "letters", "new")
    (tmp_path / "file").write_text("x")
    with pytest.raises(StudyError, match="is a file"):
        write(tmp_path / "file", "new")


def test_what_holds_a_folder_on_windows_lies_beside_it_or_at_the_root_inside():
    assert mark_of(PureWindowsPath("C:/work/out")) == PureWindowsPath("C:/work/out.held")
    assert mark_of(PureWindowsPath("C:/")) == PureWindowsPath("C:/eventwindow.held")
    assert mark_of(PureWindowsPath("//server/share/")).name == "eventwindow.held"
