"""Files that strangers made to do harm: each is refused in one line, soon and in little memory."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import hostile_files
import pytest
from test_cases import CASES
from workbooks import write_xlsx

import eventwindow
from eventwindow import StudyError
from eventwindow.cli.main import main
from eventwindow.prices.files import read_prices
from eventwindow.prices.tables import LONGEST

LINE = 50_000_000
SECONDS = 60.0  # of processor: what hangs takes for ever, what does not a tenth of it (`hostile_files.py` tells)
BYTES = 1 << 30
OF_ROWS = 400 << 20  # of 10 MB of rows, which are read as a table's
BASE, PANEL = CASES / "_base", CASES / "_panel_clean"


def changed_sheet(path: Path, row: str) -> None:
    write_xlsx(path, [["date", "symbol", "close"], ["2024-05-24", "A", 1]])
    with zipfile.ZipFile(path) as held:
        parts = {name: held.read(name).decode() for name in held.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, text in parts.items():
            out.writestr(name, text.replace("</sheetData>", f"{row}</sheetData>"))


def far_cell(path: Path) -> None:
    changed_sheet(path, '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def many_rows(path: Path) -> None:
    changed_sheet(path, '<row><c t="inlineStr"><is><t>a</t></is></c></row>' * 2_000_000)


LONGER = LONGEST + 1
TABLES: dict[str, tuple[str, Callable[[Path], object], str]] = {  # each just beyond what is refused for its size
    "rows claimed": ("p.parquet", partial(hostile_files.rows_claimed, millions=4), "claims 4,000,000 rows"),
    "packed to a thousandth": ("p.csv.gz", partial(hostile_files.packed, millions=2), "unpacks to more than"),
    "zipped to a thousandth": ("p.zip", partial(hostile_files.zipped, millions=2), "unpacks to more than"),
    "a cell far away": ("p.xlsx", far_cell, "1,048,576 rows and 16,384 columns"),
    "a sheet of nothing but rows": ("p.xlsx", many_rows, "unpacks to more than"),
    "one line": ("p.csv", lambda p: p.write_text("date,symbol,close\n" + "1," * LONGER), "line 2: a line of more"),
    "one cell": ("p.csv", lambda p: p.write_text("date,symbol,close\n" + "1" * LONGER), "line 2: a line of more"),
    "one header": ("p.csv", lambda p: p.write_text("1," * LONGER), "line 1: a line of more"),
    "zero bytes": ("p.csv", lambda p: p.write_bytes(b"\0" * LONGER), "zero bytes"),
    "empty lines": (
        "p.csv",
        lambda p: p.write_text("date,symbol,close\n" + "\n" * LONGER),
        "lines of less than 8 characters",
    ),
    "a zero byte": ("p.csv", lambda p: p.write_bytes(b"date,symbol,close\n2024-05-24,A\0,1\n"), "zero bytes"),
    "a pipe": ("p.csv", os.mkfifo if hasattr(os, "mkfifo") else lambda p: p.mkdir(), "no such file or folder"),
    "a loop": ("p.csv", lambda p: p.symlink_to(p), "no such file or folder"),
}


@pytest.mark.skipif(os.name != "posix", reason="pipes and links")
@pytest.mark.parametrize("name", TABLES)
def test_a_table_made_to_do_harm_is_refused(tmp_path, name):
    file, make, words = TABLES[name]
    make(tmp_path / file)
    start = time.thread_time()
    with pytest.raises(StudyError, match=words):
        read_prices(tmp_path / file)
    assert time.thread_time() - start < SECONDS


@pytest.mark.skipif(os.name != "posix", reason="pipes and links")
@pytest.mark.parametrize("make", [os.mkfifo, lambda p: p.symlink_to(p), lambda p: p.symlink_to("/dev/zero")])
def test_a_pipe_a_device_or_a_loop_in_a_folder_is_told(tmp_path, capsys, make):
    shutil.copytree(BASE, tmp_path / "study")
    (tmp_path / "prices").mkdir()
    make(tmp_path / "prices" / "a.csv")
    assert main(["check", str(BASE), "--prices", str(tmp_path / "prices")]) in (1, 2)
    (tmp_path / "study" / "study.toml").unlink()
    make(tmp_path / "study" / "study.toml")
    assert main(["check", str(tmp_path / "study")]) in (1, 2)
    said = capsys.readouterr().err
    assert "a.csv" in said and "Traceback" not in said


TEXTS = {
    "lists": "x = " + "[" * 100_000 + "]" * 100_000,
    "tables": "x = " + "{a=" * 2_000 + "1" + "}" * 2_000,
    "dots": "a" + ".a" * 10_000 + " = 1",
    "a head of dots": "[" + ".".join("a" * 5_000) + "]\nx = 1",
    "a known key of dots": "study.name" + ".a" * 900 + " = 1",
    "one line": 'x = "' + "x" * LINE + '"',
    "a list on one line": "x = [" + "1," * 900_000 + "]",
    "zero bytes": "\0" * 1_000_000,
}


@pytest.mark.parametrize("file", ["study.toml", "claims.toml"])
@pytest.mark.parametrize("name", TEXTS)
def test_a_toml_made_to_do_harm_is_refused(tmp_path, capsys, name, file):
    study = shutil.copytree(BASE, tmp_path / "study")
    (study / file).write_text(TEXTS[name] + "\n")
    start = time.thread_time()
    assert main(["check", str(study), "--prices", str(study / "prices.csv")]) == 2
    assert time.thread_time() - start < SECONDS
    said = capsys.readouterr().err
    assert file in said and len(said) < 1_000 and "Traceback" not in said


@pytest.mark.parametrize("file", ["manifest.json", "calendars.json"])
def test_a_json_of_a_hundred_thousand_brackets_is_refused(tmp_path, capsys, file):
    study = shutil.copytree(BASE, tmp_path / "study")
    (study / "figures").mkdir()
    (study / "prices.csv").rename(study / "figures" / "daily.csv")
    (study / "figures" / file).write_text("[" * 100_000 + "]" * 100_000)
    assert main(["check", str(study), "--prices", "shipped"]) == 2
    assert file in capsys.readouterr().err


@pytest.mark.parametrize(
    ("head", "again", "times", "words"),
    [
        ("", "Nvidia fell 17% on January 27, 2025. ", 1_400_000, "not one article"),
        ("January 27, 2025 the ", "x", LINE, "not one article"),
        ("<html>January 27, 2025 the of and ", "<div>", 1_000_000, "not one article"),
        ("<html>January 27, 2025 the of and ", "<div>", 50_000, "verify"),
        ("", "January 27, 2025 the of and to\0 Nvidia ", 100, ""),
    ],
)
def test_an_article_made_to_do_harm_is_refused(tmp_path, capsys, head, again, times, words):
    (tmp_path / "a.txt").write_text(head + again * times)
    start = time.thread_time()
    code = main(["verify", str(tmp_path / "a.txt"), "--prices", "shipped", "--out", str(tmp_path / "verified")])
    assert code in (1, 2) and time.thread_time() - start < SECONDS
    assert "Traceback" not in (said := capsys.readouterr().err) and len(said) < 1_000
    assert words in said or words == "verify"


DOORS = ("prices.csv", "prices.parquet", "study.toml", "figures/daily.parquet", "events.parquet", "panel.parquet")
DOORS += ("panel.csv", "verify", "tests.parquet")
OTHERS = tuple(door for door in hostile_files.DOORS if door not in DOORS)
READ = {(0, door, "nothing") for door in ("claims.toml", "readings.toml")}  # they may be empty
READ |= {(0, "draft", harm) for harm in ("a zero byte", "a hundred thousand brackets")}  # texts that say nothing
READ |= {
    (3, "tests.csv", harm) for harm in ("50 MB on one line", "10 MB of short rows", "a zero byte")
}  # `diff` tells them


def script(*words: str) -> str:
    command = [sys.executable, str(Path(__file__).with_name("hostile_files.py")), *words]
    settings = os.environ | {"PYTHONPATH": str(Path(eventwindow.__file__).parents[1]), "EVENTWINDOW_CORES": "1"}
    done = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def harms(tmp_path_factory) -> Path:
    """The folder that holds each kind of harm."""
    script("make", str(folder := tmp_path_factory.mktemp("harms")))
    return folder


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads and resets the most memory held")
@pytest.mark.slow  # what counts the lines that run would take longer than it may
@pytest.mark.parametrize("small", [False, True], ids=["a door a reader", "every other door"])
def test_every_place_that_reads_a_file_answers_and_holds_less_than_a_gigabyte(harms, small):
    """Each kind of harm where each reader is used first, in a process of its own that may hold six gigabytes.

    How much of a file is read is the reader's matter, and tried once each; at the other doors what is no such file.
    """
    doors, asked = (OTHERS, hostile_files.SMALL) if small else (DOORS, hostile_files.HARMS)
    answers = [json.loads(line) for line in script(*["--small"] * small, str(harms), *doors).splitlines()]
    assert len(answers) == len(doors) * len(asked)
    for door, harm, code, seconds, most, said in answers:
        case = (door, harm, code, seconds, most, said[:500])
        assert code in (1, 2) or (code, door, harm) in READ, case
        assert seconds < SECONDS and most * (1 << 20) < (OF_ROWS if harm == "10 MB of short rows" else BYTES), case
        assert len(said) < 1_000 and said.strip() and "Traceback" not in said, case


def test_a_name_with_a_zero_byte_is_told(tmp_path, capsys):
    study = shutil.copytree(PANEL, tmp_path / "study")
    text = (study / "study.toml").read_text().replace("events.csv", "e\\u0000.csv")
    (study / "study.toml").write_text(text)
    assert main(["check", str(study)]) == 2
    assert "Traceback" not in capsys.readouterr().err
