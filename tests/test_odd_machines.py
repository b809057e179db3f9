"""Runs at once and odd machines: the same bytes or one clear line, and the old result stands.

Each run is the command in a process of its own, on the study that `eventwindow new` writes: started anew where it is
the start that is odd, else forked from this one, which has all imported.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path

import pytest
from yahoo_server import Ticker, TlsProxy, YahooServer

import eventwindow
from eventwindow.cli.main import exit_code_of, main
from eventwindow.cli.process import process
from eventwindow.errors import MINUS
from eventwindow.prices.bundled import shipped_histories
from eventwindow.study.library import new_study

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="needs umask and limits of a process")]
SOURCES = str(Path(eventwindow.__file__).parents[1])
SHIPPED = ("--prices", "shipped")
FOLDER = "看 盤/工 作"  # above a study: spaces, and letters that locale C does not have


def start(folder: Path, *words: str, flags=(), without=(), before=None, **environment: str) -> subprocess.Popen[bytes]:
    """The command in a process that is started anew."""
    settings = {key: value for key, value in os.environ.items() if key not in without}
    return subprocess.Popen(
        [sys.executable, "-P", *flags, "-m", "eventwindow", *words],
        cwd=folder,
        env=settings | {"PYTHONPATH": SOURCES} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=before,  # noqa: PLW1509 limits of the child only
    )


def ended(run: subprocess.Popen[bytes]) -> tuple[int, str, str]:
    said, warned = run.communicate(timeout=300)
    return run.returncode, said.decode(), warned.decode()


class Forked:
    """The command in `folder`, in a process that `before` is done in first."""

    def __init__(
        self, folder: Path, *words: str, before: Callable[[], object] = lambda: None, **environment: str
    ) -> None:
        self.said, self.warned = (tempfile.TemporaryFile() for _ in range(2))  # noqa: SIM115 `ended` closes them
        self.child = os.fork()
        if not self.child:
            code = 99
            try:
                for number, file in ((1, self.said), (2, self.warned)):
                    os.dup2(file.fileno(), number)
                sys.stdout, sys.stderr = (os.fdopen(number, "w", encoding="utf-8") for number in (1, 2))
                os.chdir(folder)
                os.environ.update(environment)
                before()
                sys.argv = ["eventwindow", *words]
                code = process()
                sys.stdout.flush(), sys.stderr.flush()
            finally:
                os._exit(code)

    def ended(self) -> tuple[int, str, str]:
        """What it comes to: exit code and what is said."""
        code = os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])
        with self.said, self.warned:
            self.said.seek(0), self.warned.seek(0)
            return code, self.said.read().decode(), self.warned.read().decode()


def forked(folder: Path, *words: str, **options: object) -> tuple[int, str, str]:
    return Forked(folder, *words, **options).ended()


def files(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def run_words(*more: str, study: str = "study", language: str = "en") -> list[str]:
    return ["run", study, "--language", language, "--out", "out", *more]


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> Path:
    """A folder with the study and its result as an ordinary machine gives it; tests copy it."""
    folder = tmp_path_factory.mktemp("plain")
    new_study(folder / "study")
    with chdir(folder):
        assert main(run_words(*SHIPPED)) == 0
    return folder


@pytest.fixture
def odd(plain, tmp_path) -> Path:
    """The study and its old result below a folder with spaces and Chinese letters."""
    shutil.copytree(plain, tmp_path / FOLDER)
    return tmp_path / FOLDER


@pytest.fixture
def yahoo(plain, tmp_path):
    """The environment of a child process that meets a Yahoo of ours, with a cache that is empty."""
    histories = shipped_histories(plain / "study" / "figures", ["NVDA", "TSM", "KO", "SPY"])
    server = YahooServer({symbol: Ticker(history.frame) for symbol, history in histories.items()})
    proxy = TlsProxy(server, tmp_path)
    yield proxy.environment(tmp_path / "cache")
    proxy.close()
    server.close()


def test_runs_at_once_on_one_cache_and_one_out_give_what_a_run_alone_gives(plain, tmp_path, yahoo):
    shutil.copytree(plain / "study", tmp_path / "study")
    (tmp_path / "file").touch()
    words = run_words("--prices", "yahoo")
    held = []
    for _ in ("an empty cache", "a full one"):
        for run in [Forked(tmp_path, *words, **yahoo) for _ in range(2)]:
            code, _, warned = run.ended()
            assert code == 0, warned
        held.append(files(tmp_path / "out"))
    assert held[0] == held[1]
    unkept = yahoo | {"XDG_CACHE_HOME": str(tmp_path / "file")}  # no cache can be kept there: the result says so
    code, _, warned = forked(tmp_path, *words, "--out", "alone", **unkept)
    assert code == 0, warned
    (note,), alone = record_and_tables(tmp_path / "alone")
    assert note == "Yahoo's answers could not be kept: Not a directory"
    assert record_and_tables(tmp_path / "out") == ([], alone)
    assert {path.name for path in tmp_path.iterdir()} == {"authority.pem", "study", "file", "alone", "cache", "out"}


def record_and_tables(out: Path) -> tuple[list[str], dict[str, object]]:
    """The notes of a result; what else its record says, and its tables."""
    held = files(out / "results")
    record = json.loads(held.pop("run.json"))
    assert len(held) > 5
    return record.pop("notes"), {"run.json": record, **held}


@pytest.mark.parametrize(
    ("flags", "without", "mask", "environment"),
    [
        (["-O"], ["HOME", "XDG_CACHE_HOME"], 0o022, {"TZ": "Asia/Taipei"}),
        ([], [], 0o077, {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    ],
    ids=["no-home", "locale-c"],
)
def test_an_odd_machine_gives_the_same_bytes(plain, odd, flags, without, mask, environment):
    shutil.rmtree(odd / "out")
    before = lambda: os.umask(mask)  # noqa: E731
    code, said, warned = ended(
        start(odd, *run_words(*SHIPPED), flags=flags, without=without, before=before, **environment)
    )
    assert (code, warned) == (0, ""), warned
    assert "out/report.html" in said
    assert files(odd / "out") == files(plain / "out")
    modes = {path.stat().st_mode & 0o777 for path in [odd / "out", *(odd / "out").rglob("*")]}
    assert modes == {0o777 & ~mask, 0o666 & ~mask}


@pytest.mark.parametrize(
    ("environment", "named", "shown"),
    [
        ({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, "研究 一".encode(), "出來"),
        ({"PYTHONIOENCODING": "cp1252"}, "研究".encode("big5"), r"\u51fa\u4f86"),  # a name that is no UTF-8, too
    ],
    ids=["locale-c", "cp1252"],
)
def test_chinese_names_are_written_whatever_the_encoding(odd, environment, named, shown):
    name = os.fsdecode(named)
    (odd / "study").rename(odd / name)
    words = run_words("--out", "出來", *SHIPPED, study=name, language="zh-Hant")
    code, said, warned = ended(start(odd, *words, **environment))
    assert (code, warned) == (0, ""), warned
    assert said.endswith(f"Report: {shown}/report.zh-Hant.html\n")
    minus = "-" if "PYTHONIOENCODING" in environment else MINUS
    assert f"{minus}16.97 %" in said
    assert r"\u2212" not in said
    report = (odd / "出來" / "report.zh-Hant.md").read_text(encoding="utf-8")
    assert named.decode("utf-8", "replace") in report


def test_a_full_disk_is_told_in_a_line_and_the_old_result_stands(plain, odd):
    def small() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    code, said, warned = forked(odd, *run_words(*SHIPPED), before=small)
    assert (code, said) == (1, "")
    assert warned == "eventwindow: File too large. Nothing was half-written; make room, and run it again.\n"
    assert files(odd / "out") == files(plain / "out")
    assert {path.name for path in odd.iterdir()} == {"study", "out"}


def test_no_space_names_the_file(capsys):
    assert exit_code_of(OSError(errno.ENOSPC, "No space left on device", "out")) == 1
    assert capsys.readouterr().err.startswith("eventwindow: No space left on device: out. Nothing was half-written;")


def test_out_below_a_file_is_told_before_the_study_is_run(odd):
    (odd / "file").touch()
    code, _, warned = forked(odd, *run_words(*SHIPPED), "--out", "file/deeper/out")
    assert code == 2
    assert warned == f"eventwindow: {odd.resolve()}/file is a file\nGive a folder with --out.\n"


def as_others() -> None:
    """The superuser's child keeps to the permissions of files, as other users do: two capabilities are given up."""
    if os.geteuid():
        return
    system, asked = ctypes.CDLL(None, use_errno=True), (ctypes.c_uint32 * 2)(0x20080522, 0)  # the third form; of itself
    held = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable of the first 32, then of those beyond
    if system.capget(asked, held):
        raise PermissionError("what the superuser may do cannot be read")
    for kind in range(3):
        held[kind] &= ~0b110  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    if system.capset(asked, held):
        raise PermissionError("the superuser may not give up what only he may do")


@pytest.mark.skipif(os.geteuid() == 0 and not sys.platform.startswith("linux"), reason="the superuser may write all")
@pytest.mark.parametrize("mode", [0o555, 0o000], ids=["read-only", "closed"])
def test_a_folder_that_may_not_be_written_is_told_and_the_old_result_stands(plain, odd, mode):
    (odd / "closed").mkdir()
    shutil.move(odd / "out", odd / "closed" / "held")
    (odd / "closed").chmod(mode)
    try:
        code, _, warned = forked(odd, *run_words(*SHIPPED), "--out", "closed/held", before=as_others)
    finally:
        (odd / "closed").chmod(0o755)
    assert (code, warned.count("\n")) == (1, 1), warned
    assert "Permission denied" in warned
    assert files(odd / "closed" / "held") == files(plain / "out")


@pytest.mark.skipif(os.geteuid() == 0 and not sys.platform.startswith("linux"), reason="the superuser may write all")
def test_a_study_and_a_cache_that_may_only_be_read_are_no_fault(plain, odd):
    """Prices that are held are read; that an answer cannot be kept is a note of the run."""
    shutil.rmtree(odd / "out")
    for folder in (odd / "study", odd / "study" / "figures"):
        folder.chmod(0o555)
    for words in (run_words(*SHIPPED), ["check", "study", *SHIPPED], ["prices", "study"]):
        code, _, warned = forked(odd, *words, before=as_others, XDG_CACHE_HOME=str(odd / "study"))
        assert (code, warned) == (0, ""), warned
    assert files(odd / "out") == files(plain / "out")
    for words in (["freeze", "study", "--date", "2025-01-01"], ["new", "study/mine"]):
        code, _, warned = forked(odd, *words, before=as_others)
        assert (code, warned.count("\n")) == (1, 1) and "Permission denied" in warned, warned


def test_a_working_folder_that_is_gone_is_told(tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    code, _, warned = forked(gone, *run_words(*SHIPPED, study="deepseek-2025"), before=gone.rmdir)
    assert code == 1
    assert warned == "eventwindow: the working folder is gone. Change to one that exists, and run it again.\n"
