"""The whole command, unmodified, in a process of its own that meets a Yahoo of ours behind a proxy that ends TLS.

What needs no such way to it is asked of the command in this process.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from yahoo_server import Ticker, TlsProxy, YahooServer, session

import eventwindow
from eventwindow import run_study
from eventwindow.cli.main import main
from eventwindow.prices.bundled import shipped_histories
from eventwindow.prices.retry import Limits
from eventwindow.prices.yahoo import Yahoo, forget_answers
from eventwindow.report.csv import csv_text
from eventwindow.study.library import new_study

SOURCE = Path(eventwindow.__file__).parents[1]
FIGURES = SOURCE / "eventwindow" / "study" / "library" / "deepseek_2025" / "figures"
SYMBOLS = ["NVDA", "TSM", "KO", "SPY"]
RUN = ("run", "first", "--language", "en")
PATIENT = Limits(attempts=2, first_wait=0.01, request=60, total=600)  # how loaded the machine is decides nothing


@pytest.fixture
def world(tmp_path):
    """A small study, a Yahoo that serves its tickers, and the environment that leads a child process to it."""
    histories = shipped_histories(FIGURES, SYMBOLS)
    server = YahooServer({symbol: Ticker(history.frame) for symbol, history in histories.items()})
    proxy = TlsProxy(server, tmp_path)
    world = World(tmp_path, server, proxy)
    new_study(tmp_path / "first")
    yield world
    proxy.close()
    server.close()


class World:
    def __init__(self, folder, server, proxy):
        self.folder, self.server, self.proxy = folder, server, proxy
        self.environment = os.environ | proxy.environment(folder / "xdg") | {"PYTHONPATH": str(SOURCE)}

    def command(self, *words, code=0, **environment):
        done = subprocess.run(
            [sys.executable, "-m", "eventwindow", *words],
            cwd=self.folder,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def origins(self, out):
        record = json.loads((self.folder / out / "results" / "run.json").read_text())
        return {symbol: held["origin"] for symbol, held in record["prices"].items()}

    def bytes(self, out):
        root = self.folder / out
        return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def replace(study, old, new):
    path = study / "study.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_network_and_cache_give_the_same_bytes_and_shipped_figures_the_same_returns(world):
    world.command(*RUN, "--out", "network")
    assert set(world.origins("network").values()) == {"yahoo"}
    assert world.proxy.hosts["query2.finance.yahoo.com"] > 0
    asked = len(world.server.paths)
    world.command(*RUN, "--out", "cache")
    assert len(world.server.paths) == asked
    assert world.bytes("network") == world.bytes("cache")
    pulled = pd.read_csv(world.folder / "network" / "results" / "abnormal_returns.csv")
    shipped = run_study(world.folder / "first", prices="shipped").table("abnormal_returns")
    shipped = pd.read_csv(io.StringIO(csv_text(shipped)))
    pd.testing.assert_frame_equal(pulled, shipped, atol=1e-7, rtol=1e-4)


def test_tickers_that_fail_are_told_one_by_one_and_shipped_figures_stand_in(world):
    """Each fails in a way of its own. One that nobody has and that could not be asked for is no fault of the user's."""
    replace(world.folder / "first", 'symbol = "KO"', 'symbol = "KOKO"')
    replace(world.folder / "first", '"TSM", "KO"', '"TSM"')
    failures = {"NVDA": "refuse", "TSM": "page", "SPY": "", "KOKO": "cut"}
    world.server.behave = lambda symbol, n: failures[symbol]
    told = world.command("check", "first")
    most = 2 * Limits().attempts  # the client asks for a ticker's zone too
    assert all(world.server.asked[symbol] <= most for symbol in failures), world.server.asked
    assert "prices: 2 shipped, 1 yahoo\n" in told
    assert "Held figures stand in for NVDA: Yahoo answered 429, too many requests" in told
    assert "KOKO" in told
    assert "Traceback" not in told


@pytest.fixture
def here(tmp_path, monkeypatch, capsys):
    """`here(*words)`: exit code of a command in this process, and what it says."""
    forget_answers()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.chdir(tmp_path)
    new_study(tmp_path / "first")

    def command(*words):
        code, said = main(words), capsys.readouterr()
        return code, said.out + said.err

    yield command
    forget_answers()


def test_an_unreachable_yahoo_is_noticed_once(here):
    code, told = here("check", "first")  # the proxy of this process is one that nobody answers for
    assert code == 0
    assert told.count("Yahoo cannot be reached") == 1
    assert "4 shipped" in told


def test_yahoo_alone_that_cannot_be_reached_is_no_fault_of_the_users(here):
    code, told = here("check", "first", "--prices", "yahoo")
    assert code == 1
    assert "Yahoo cannot be reached" in told


def test_a_failure_that_passes_and_a_refused_crumb_leave_yahoos_prices_and_what_it_does_not_know_is_told(
    here, tmp_path, monkeypatch, request
):
    server = YahooServer({s: Ticker(h.frame) for s, h in shipped_histories(FIGURES, SYMBOLS).items()})
    request.addfinalizer(server.close)
    monkeypatch.setattr("eventwindow.prices.load.Yahoo", partial(Yahoo, session(server, 60), PATIENT))
    server.crumb_status = 429
    server.behave = lambda symbol, n: "refuse" if symbol == "TSM" and n == 1 else ""
    code, told = here("check", "first")
    assert (code, "4 yahoo" in told) == (0, True)
    replace(tmp_path / "first", 'symbol = "KO"', 'symbol = "KOKO"')
    replace(tmp_path / "first", '"TSM", "KO"', '"TSM"')
    code, told = here("check", "first")
    assert (code, "no prices of KOKO: Yahoo does not know it" in told) == (2, True)
