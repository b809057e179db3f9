"""What the tests share: the study that ships, run and written once for all workers; a hostile study; skips that CI forbids."""

from __future__ import annotations

import gc
import os
import pickle
import shutil
import signal
import sys
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings

# Before numpy is imported, and for every process that a test starts: the package shares work out itself, and threads of
# BLAS beside that only wait for each other (the study that ships: 20 s of the processors' time with them, 11 s without).
for _library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")
os.environ.setdefault("EVENTWINDOW_CORES", "1")  # a command run in a test starts no second process

# Nor does it compile the package again: that is more than half of what a command takes to start. Nor do the workers.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Nor is what stays until the end, the libraries and the tests themselves, looked through for garbage again and again.
gc.disable()

# Nor does a test ask the network: prices are those that ship, or those of a server on this machine.
for _proxy in ("https_proxy", "HTTPS_PROXY"):
    os.environ[_proxy] = "http://127.0.0.1:9"

# A shell's background job ignores interrupts, and so would what a test starts and interrupts.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("same", derandomize=True, deadline=None, database=None)  # the same draws on every machine
settings.load_profile("same")  # `pytest --hypothesis-profile=default` looks for new ones

SLOW = {"deepseek", "hostile", "browser", "site"}  # fixtures, asked for directly or by way of others
PAPER = ("pdf",) if find_spec("typst") else ()  # what is written of it where the extra is installed
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--force-prefers-reduced-motion",
)  # fmt: skip
SCREEN = (1200, 1600)
SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The founders' folder of data, beside the project; not there for everybody."""
    if not (SHARED / "prices" / "daily.csv").is_file():
        pytest.skip("needs ../shared, which lies beside the project on the founders' machines only")
    return SHARED


@pytest.fixture(autouse=True)
def own_zones(request, tmp_path_factory) -> None:
    """yfinance remembers zones in a file and answers in memory: a test of a Yahoo of its own begins without either."""
    if {"YahooServer", "own_zone_cache"} & set(dir(request.module)):
        import yfinance as yf

        yf.set_tz_cache_location(str(tmp_path_factory.mktemp("zones")))
        yf.cache._TzCacheManager._tz_cache = None
        yf.data.YfData.cache_get.cache_clear()
        yf.data.YfData._instances = {}


@pytest.fixture(scope="session")
def once(tmp_path_factory) -> Callable[[str, Callable[[Path], None]], Path]:
    """`once(name, make)`: the place that `make` fills, for whichever of xdist's workers asks first; the others wait."""
    from eventwindow.scratch import locked

    folder = tmp_path_factory.getbasetemp()
    folder = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder

    def place(name: str, make: Callable[[Path], None]) -> Path:
        (lock := folder / f"{name}.made").mkdir(exist_ok=True)
        with locked(lock, wait=True):
            if not (folder / name).exists():
                shutil.rmtree(unfinished := folder / f"{name}.unfinished", ignore_errors=True)
                make(unfinished)
                unfinished.rename(folder / name)
        return folder / name

    return place


@pytest.fixture(scope="session")
def pickled(once) -> Callable[[str], Path]:
    """`pickled(name)`: the result of a study that ships, on the figures that ship, as a file."""

    def result(name: str) -> Path:
        def run(place: Path) -> None:
            from eventwindow import run_study

            place.write_bytes(pickle.dumps(run_study(name, prices="shipped")))

        return once(f"{name}.pickle", run)

    return result


@pytest.fixture(scope="session")
def deepseek(pickled):
    """The result of the main study."""
    return pickle.loads(pickled("deepseek-2025").read_bytes())


@pytest.fixture(scope="session")
def bank_run(pickled):
    return pickle.loads(pickled("bank-run-2023").read_bytes())


@pytest.fixture(scope="session")
def outage(pickled):
    return pickle.loads(pickled("outage-2024").read_bytes())


@pytest.fixture(scope="session")
def shipped_results(deepseek, bank_run, outage):
    """The results of the three studies that ship, by name."""
    return {one.name: one for one in (deepseek, bank_run, outage)}


@pytest.fixture(scope="session")
def written(deepseek, once) -> Path:
    """The folder that its run writes, in every language; tests read it and change nothing.

    A warning ends it: each glyph must be in the fonts that ship, on the figures as on paper.
    """
    from eventwindow.report.write import write_result

    def write(out: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            command = "eventwindow run deepseek-2025 --prices shipped"
            write_result(deepseek, out, extras=PAPER, command=command)

    return once("deepseek-2025", write)


@pytest.fixture(scope="session")
def drawings(deepseek, once):
    """Its figures, drawn a second time, by language and name."""
    from eventwindow.report.context import Context
    from eventwindow.report.figures import charts
    from eventwindow.report.language import LANGUAGES, language

    def draw(place: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            drawn = {code: charts(Context(deepseek, language(code))) for code in LANGUAGES}
        place.write_bytes(pickle.dumps(drawn))

    return pickle.loads(once("drawings.pickle", draw).read_bytes())


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("needs chromium and chromedriver")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    window = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield window
    window.quit()


@pytest.fixture(scope="module")
def browser(chromium):
    """The one browser of a worker, away from its own first page, which asks for parts of itself, and from other tests'."""
    chromium.get("about:blank")
    chromium.set_window_size(*SCREEN)
    chromium.get_log("browser"), chromium.get_log("performance")  # what is told is forgotten
    return chromium


@pytest.fixture(scope="session")
def hostile(tmp_path_factory, once):
    """The result of a study with a hostile text wherever one may stand."""
    from report_cases import hostile_study

    from eventwindow import run_study

    def run(place: Path) -> None:
        study = hostile_study(tmp_path_factory.mktemp("hostile") / "study")
        place.write_bytes(pickle.dumps(run_study(study, prices="shipped")))

    return pickle.loads(once("hostile.pickle", run).read_bytes())


@pytest.fixture(scope="session")
def hostile_report(hostile, once) -> Path:
    """The folder of its report in English. This machine may have no font with the emoji or the Hebrew."""
    from eventwindow.report.write import write_report

    def write(out: Path) -> None:
        out.mkdir()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "no font here draws")
            write_report(hostile, out, ["en"], extras=PAPER)

    return once("hostile-report", write)


@pytest.fixture(scope="session")
def template(tmp_path_factory, once):
    """The study that `eventwindow new` writes: two events of one firm and its peers, without readings or weights."""
    from eventwindow import run_study
    from eventwindow.study.library import new_study

    def run(place: Path) -> None:
        folder = tmp_path_factory.mktemp("template") / "study"
        new_study(folder)
        place.write_bytes(pickle.dumps(run_study(folder, prices="shipped")))

    return pickle.loads(once("template.pickle", run).read_bytes())


# Files that take long, the longest first. The first of them writes what the others of the study that ships wait for.
LONG = (
    "report_browser", "faults", "verify", "web", "web_browser", "hostile", "odd_machines", "calibration", "notebooks",
    "process", "prices_command", "panels_engines", "report_paper", "languages", "report_cards", "cases", "counterfactual",
    "prices_load", "cli", "freeze", "quick", "diff", "docs", "strangers", "panels_exchanges", "panels", "parallel", "action",
    "gallery", "report_files", "figures", "newsroom", "word", "one_day", "check",
)  # fmt: skip
ORDER = {f"test_{name}.py": place for place, name in enumerate(LONG)}


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    """The whole suite, where no word is said on processes, is shared out; a file, a name or a debugger is not.

    Nor is what counts the lines that run: it has made up its mind before.
    """
    asked, worker = config.option, hasattr(config, "workerinput")
    chosen = config.args_source is config.ArgsSource.ARGS or asked.keyword
    watched = asked.usepdb or asked.trace or asked.capture == "no" or getattr(asked, "cov_source", None)
    if getattr(asked, "numprocesses", 0) is None and not (worker or chosen or watched):
        asked.numprocesses = "auto"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """One worker more than cores: some wait for a server, a browser or a process that they started."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + 1


def pytest_configure(config):
    """xdist keeps a file's tests on one worker, and takes the files in our order: none is left with a long one at last."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False
        config.option.dist = "loadfile" if config.option.dist == "load" else config.option.dist


def pytest_collection_modifyitems(items):
    """A test that asks for a whole study, a browser or the site is slow; `-m "not slow"` leaves the quick part."""
    items.sort(key=lambda item: ORDER.get(item.path.name, len(ORDER)))
    for item in items:
        if SLOW & set(item.fixturenames):
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish():
    gc.freeze()
    gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Where EVENTWINDOW_FAIL_ON_SKIP is set, a skip for want of a browser, a font or a library is a failure."""
    report = yield
    if report.skipped and os.environ.get("EVENTWINDOW_FAIL_ON_SKIP") and not hasattr(report, "wasxfail"):
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        if not any(name in reason for name in ("../shared", "axe-core", "superuser")):  # what no package brings
            report.outcome = "failed"
            report.longrepr = f"skipped where skips are forbidden: {reason}"
    return report
