"""Every staged fault: right figures or the right reason, no traceback, and the next run heals by itself; docs/faults.md.

EVENTWINDOW_WRITE_FAULTS=1 python -m pytest tests/test_faults.py       writes the rows of those that are run
"""

from __future__ import annotations

import os
import pickle
import re
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from staged_faults import ALONE, ANSWERS, ZERO
from test_prices_load import make_old
from test_prices_yahoo import own_zone_cache  # noqa: F401 - a fixture
from yahoo_server import Ticker, YahooServer, session

from eventwindow.cli.main import main
from eventwindow.prices.answers import Admission
from eventwindow.prices.bundled import shipped_histories
from eventwindow.prices.cache import Cache
from eventwindow.prices.retry import Limits
from eventwindow.prices.yahoo import Yahoo
from eventwindow.study.library import new_study

FIGURES = Path(__file__).parents[1] / "src" / "eventwindow" / "study" / "library" / "deepseek_2025" / "figures"
PAGE = Path(__file__).parents[1] / "docs" / "faults.md"
HEADING = "<!-- from here on: EVENTWINDOW_WRITE_FAULTS=1 python -m pytest tests/test_faults.py -->\n"
PATIENT = Limits(attempts=2, first_wait=0.01, request=60, total=600)  # how loaded the machine is decides nothing
ANALYSED: dict[tuple[str, bytes, bytes], object] = {}
NEXT: dict[tuple[object, ...], tuple] = {}
ALL = ("NVDA", "TSM", "KO", "SPY")
TODAY = pd.Timestamp.now("America/New_York")


@pytest.fixture(scope="module")
def server():
    tickers = {s: Ticker(h.frame) for s, h in shipped_histories(FIGURES, ALL).items()}
    server = YahooServer(tickers)
    yield server
    server.close()


def at_noon(cache, client, now, *more, **options):
    """Answers come while New York trades: after its close today's bar would be a session's, and the right rows end before."""
    noon = now.tz_convert(TODAY.tz).normalize() + pd.Timedelta("12h")
    return Admission(cache, client, noon.tz_convert("UTC"), *more, **options)


class Commands:
    """`eventwindow check` on a study that ships its figures, in this process, with what it came to."""

    def __init__(self, folder, new, server, monkeypatch, capsys):
        self.folder, self.server, self.capsys, self.results, self.prices = folder, server, capsys, [], b""
        from eventwindow.study import check, run

        def concluded(inputs, estimates, step):
            prices = inputs.prices.frames, inputs.returns, inputs.quality.no_day_zero(), estimates.exclusions
            self.prices = pickle.dumps(prices)
            self.results.append(conclude(inputs, estimates, step))
            return self.results[-1]

        def analysed(analysis, estimates):
            """What the same prices come to is worked out once; what their checks told of them, each time."""
            key = analysis.name, self.prices, (self.folder / "first" / "study.toml").read_bytes()
            if analysis.name == "data_quality":
                return analyse(analysis, estimates)
            if key not in ANALYSED:
                ANALYSED[key] = analyse(analysis, estimates)
            return ANALYSED[key]

        conclude, analyse = check.concluded, run._analysed
        monkeypatch.setattr("eventwindow.study.check.concluded", concluded)
        monkeypatch.setattr("eventwindow.study.run._analysed", analysed)
        self.monkeypatch = monkeypatch
        monkeypatch.setattr("eventwindow.prices.load.Admission", at_noon)
        self.wait(PATIENT)
        monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "xdg"))
        monkeypatch.chdir(folder)
        shutil.copytree(new, folder / "first")

    def wait(self, limits):
        """How long answers are waited for."""
        yahoo = partial(Yahoo, session(self.server, limits.request), limits)
        self.monkeypatch.setattr("eventwindow.prices.load.Yahoo", yahoo)

    def check(self, *words):
        """Exit code, what is printed, and the result if there is one."""
        import yfinance as yf

        yf.data.YfData.cache_get.cache_clear()
        self.results.clear()
        code = main(["check", "first", *words])
        said = self.capsys.readouterr()
        return code, said.out + said.err, self.results[0] if self.results else None

    def next(self):
        """What the next run comes to, Yahoo being well: worked out once for all faults that leave the same behind."""
        self.server.behave = lambda symbol, n: ""
        self.wait(PATIENT)
        if (left := self.left()) not in NEXT:
            NEXT[left] = self.check()
        return NEXT[left]

    def left(self):
        """All that the next run finds: files, but for the moments of answers, and what Yahoo's client remembers."""
        import yfinance as yf

        held = {path.relative_to(self.folder).as_posix(): path for path in self.folder.rglob("*") if path.is_file()}
        told = {name: re.sub(rb'"fetched": "[^"]*"', b"", path.read_bytes()) for name, path in held.items()}
        client, zones = yf.data.YfData(), yf.cache.get_tz_cache()
        known = [zones.lookup(symbol) for symbol in ALL], client._crumb, client._cookie_strategy
        return *sorted(told.items()), *map(str, known)


@pytest.fixture
def commands(tmp_path, new, server, monkeypatch, capsys, own_zone_cache):  # noqa: F811
    yield Commands(tmp_path, new, server, monkeypatch, capsys)
    server.behave = lambda symbol, n: ""


def cars(result):
    table = result.table("cumulative").query("window_start == 0 and window_end == 0")
    return table.set_index("security")["car"].to_dict()


@pytest.fixture(scope="module")
def new(tmp_path_factory):
    """A new study, with its figures as Parquet, which is read sooner."""
    study = new_study(tmp_path_factory.mktemp("new") / "first")
    text = study / "figures" / "daily.csv"
    pd.read_csv(text).to_parquet(text.with_suffix(".parquet"))
    text.unlink()
    return study


@pytest.fixture(scope="module")
def right(tmp_path_factory):
    """The place of a cache as right answers leave it: filled by the first test that needs it."""
    return tmp_path_factory.mktemp("right") / "xdg"


@pytest.fixture(scope="module")
def truth(new):
    from eventwindow import run_study

    return cars(run_study(new, prices="shipped"))


@pytest.fixture(scope="module")
def rows():
    """What the tests found, as rows of the page; written, or held against it."""
    found: dict[str, str] = {}
    yield found
    if os.environ.get("EVENTWINDOW_WRITE_FAULTS"):
        head, _, table = PAGE.read_text(encoding="utf-8").partition(HEADING)
        held = {row.split(" | ")[0]: row for row in table.splitlines() if row.startswith("| ")}
        held |= {row.split(" | ")[0]: row for row in found.values()}
        staged = [f"| {named(f)}: {f.what}" for f in ANSWERS] + [f"| {named(f)}, alone: {f.what}" for f in ALONE]
        lines = ["| fault | printed | exit code | the next run |", "|---|---|--:|---|"]
        lines += [held[fault] for fault in staged if fault in held]
        PAGE.write_text(head + HEADING + "\n" + "\n".join(lines) + "\n", encoding="utf-8")


def named(fault):
    return ", ".join(fault.symbols) if len(fault.symbols) < 4 else "all"


def origin(said):
    found = re.search(r"^prices: (.*)$", said, re.M)
    return found.group(1) if found else "no prices"


def met(fault, commands, truth):
    """What the command came to under a fault; its figures are right or none."""
    commands.server.behave = lambda symbol, n: fault.make if symbol in fault.symbols else ""
    commands.wait(replace(PATIENT, request=3) if fault.make == "silence" else PATIENT)
    code, said, result = commands.check()
    assert "Traceback" not in said
    assert code in (0, 1, 2)
    if result is not None:
        for symbol, car in cars(result).items():
            right = np.isclose(car, truth[symbol], atol=1e-5) or "returns in the estimation window" in said
            assert np.isnan(car) or right, (symbol, said)
    assert re.search(fault.printed, said), said
    return code, said


def row_of(fault, of, commands, truth, code, said):
    """The fault gone, the next run has Yahoo's prices and the right figures by itself; the row of the page."""
    again, after, healed = commands.next()
    assert again == 0, after
    assert origin(after) == "4 yahoo", after
    assert cars(healed) == pytest.approx(truth, abs=1e-5)
    row = f"| {of}: {fault.what} | {cell(told_of(said))} | {code} | {origin(after)}, the right figures |"
    if not os.environ.get("EVENTWINDOW_WRITE_FAULTS"):
        assert row in PAGE.read_text(encoding="utf-8"), row
    return row


@pytest.mark.parametrize("fault", ANSWERS, ids=lambda f: f.what)
def test_a_staged_answer_gives_right_figures_or_the_right_reason_and_is_healed(fault, commands, truth, rows):
    code, said = met(fault, commands, truth)
    rows[fault.what] = row_of(fault, named(fault), commands, truth, code, said)


@pytest.mark.parametrize("fault", ALONE, ids=lambda f: f.what)
def test_a_staged_answer_that_no_shipped_figure_vouches_for_is_told_apart_as_well(fault, commands, truth, rows):
    shutil.rmtree(commands.folder / "first" / "figures")
    code, said = met(fault, commands, truth)
    rows[f"alone {fault.what}"] = row_of(fault, "NVDA, alone", commands, truth, code, said)


@pytest.mark.parametrize("fault", ALONE, ids=lambda f: f.what)
def test_a_staged_answer_after_a_right_one_never_takes_its_place(fault, commands, truth, right):
    """A later pull, when what is held is no longer fresh: what is held stands, or the right figures are told."""
    shutil.rmtree(commands.folder / "first" / "figures")
    if right.is_dir():
        shutil.copytree(right, commands.folder / "xdg")
    else:
        assert commands.check()[0] == 0
        shutil.copytree(commands.folder / "xdg", right)
    make_old(Cache())
    commands.server.behave = lambda symbol, n: fault.make if symbol in fault.symbols else ""
    code, said, result = commands.check()
    assert (code, origin(said)) == (0, "4 yahoo"), said
    assert cars(result) == pytest.approx(truth, abs=1e-5), said


def told_of(said):
    """The lines that a run without a fault does not print, without what differs by day, machine and library."""
    usual = re.compile(
        rf"study\.toml: |claims\.toml: |prices: 4 yahoo|  warning (?!.*{ZERO})|a run would|nothing is wrong"
    )
    lines = [line.strip() for line in said.splitlines() if line.strip() and not usual.match(line)]
    text = re.sub(r"\(\w+Error: .*?\)$", "(…)", " / ".join(lines[:4]), flags=re.M)
    text = re.sub(rf"on {TODAY:%Y-%m-%d}|on {TODAY + pd.Timedelta('1D'):%Y-%m-%d}", "on the day of the run", text)
    return re.sub(r"-> \d{4}-\d\d-\d\d", "-> …", text) or "nothing: the right figures"


def cell(text):
    return text.replace("|", "\\|").replace("<", "&lt;").replace("[[", "\\[[")[:400]
