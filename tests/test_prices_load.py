"""The order of the sources, ticker by ticker, and what is kept, whatever goes wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from test_prices_yahoo import END, QUICK, START, made_up, own_zone_cache, serve  # noqa: F401 - fixtures
from yahoo_server import Ticker, session

import eventwindow
from eventwindow.cli.main import main
from eventwindow.errors import PriceError, SourceError
from eventwindow.prices.cache import Cache, Store, safe_name
from eventwindow.prices.inventory import inventory, refresh
from eventwindow.prices.load import load_prices
from eventwindow.prices.yahoo import Yahoo

FIGURES = Path(__file__).parents[1] / "src" / "eventwindow" / "study" / "library" / "deepseek_2025" / "figures"


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "cache")


@pytest.fixture
def shipped(tmp_path):
    """A folder of figures that holds AAA at a flat 50 and OLD at a flat 70."""
    folder = tmp_path / "figures"
    folder.mkdir()
    days = pd.bdate_range(START, END).strftime("%Y-%m-%d")
    rows = "".join(f"{day},{symbol},{close}\n" for symbol, close in (("AAA", 50), ("OLD", 70)) for day in days)
    (folder / "daily.csv").write_text("date,symbol,close\n" + rows)
    return folder


def load(server, symbols, cache, **options):
    yahoo = Yahoo(session(server, QUICK.request), QUICK)
    return load_prices(symbols, START, END, cache=cache, yahoo=yahoo, **options)


def make_old(cache, hours=24.0):
    """Let all that is kept be `hours` old."""
    path = cache.store.folder / "manifest.json"
    manifest = json.loads(path.read_text())
    for lines in manifest.values():
        lines[0]["fetched"] = str(pd.Timestamp.now("UTC") - pd.Timedelta(hours=hours))
    path.write_text(json.dumps(manifest))


def test_what_was_pulled_is_kept_and_gives_the_same_figures_without_asking_again(serve, cache):  # noqa: F811
    server = serve()
    first = load(server, ["AAA", "^X"], cache)
    asked = len(server.paths)
    second = load(server, ["AAA", "^X"], cache)
    assert len(server.paths) == asked
    for symbol in ("AAA", "^X"):
        pd.testing.assert_frame_equal(first[symbol], second[symbol], check_exact=True)
        assert first.histories[symbol].origin == second.histories[symbol].origin == "yahoo"
        assert first.histories[symbol].note == second.histories[symbol].note
        assert first.histories[symbol].currency == second.histories[symbol].currency
        pd.testing.assert_series_equal(first.histories[symbol].dividends, second.histories[symbol].dividends)


def test_what_is_old_is_asked_for_again(serve, cache):  # noqa: F811
    server = serve()
    load(server, ["AAA"], cache)
    make_old(cache)
    load(server, ["AAA"], cache)
    assert server.asked["AAA"] >= 3


def test_what_does_not_reach_far_enough_back_is_asked_for_again(serve, cache):  # noqa: F811
    server = serve()
    load(server, ["AAA"], cache)
    early = pd.Timestamp("2024-11-04")
    again = load_prices(["AAA"], early, END, cache=cache, yahoo=Yahoo(session(server), QUICK))
    assert again["AAA"].index[0] == early
    late = load(server, ["AAA"], cache)
    assert late["AAA"].index[0] == START
    assert cache.get("AAA").pulled.start == early


def test_while_the_dates_asked_for_are_not_over_what_is_kept_is_fresh_for_an_hour(serve, cache):  # noqa: F811
    server, later = serve(), pd.Timestamp.now().normalize() + pd.Timedelta("30D")
    options = {"cache": cache, "yahoo": Yahoo(session(server), QUICK)}
    load_prices(["AAA"], START, later, **options)
    asked = server.asked["AAA"]
    load_prices(["AAA"], START, later, **options)
    assert server.asked["AAA"] == asked
    make_old(cache, 2)
    load_prices(["AAA"], START, later, **options)
    assert server.asked["AAA"] > asked


def test_an_older_cache_serves_where_yahoo_fails_and_shipped_where_there_is_none(serve, cache, shipped):  # noqa: F811
    server = serve({"OLD": Ticker(made_up(9))})
    load(server, ["OLD"], cache)
    make_old(cache, 24 * 100)
    make_old_frame = cache.get("OLD").pulled.table
    server.behave = lambda symbol, n: "refuse"
    found = load(server, ["OLD", "AAA"], cache, figures=shipped)
    assert {s: h.origin for s, h in found.histories.items()} == {"OLD": "yahoo", "AAA": "shipped"}
    assert all("429" in str(found.replaced[symbol]) for symbol in ("OLD", "AAA"))
    assert tuple(map(str, found.notes)) == (
        "Held figures stand in for OLD, AAA: Yahoo answered 429, too many requests",
    )
    np.testing.assert_array_equal(found["OLD"]["close"], make_old_frame.loc[START:END, "close"])
    pd.testing.assert_frame_equal(cache.get("OLD").pulled.table, make_old_frame)


def test_unreachable_yahoo_is_a_note_in_auto_and_an_error_in_yahoo(serve, cache, shipped):  # noqa: F811
    server = serve()
    server.close()
    found = load(server, ["AAA"], cache, figures=shipped)
    assert found.histories["AAA"].origin == "shipped"
    assert "Yahoo cannot be reached" in str(found.notes[0])
    with pytest.raises(SourceError) as error:
        load(server, ["AAA"], cache, mode="yahoo", figures=shipped)
    assert error.value.exit_code == 1


def test_a_known_ticker_that_cannot_be_had_is_unavailable_with_its_reason(serve, cache, shipped):  # noqa: F811
    server = serve(behave=lambda symbol, n: "refuse" if symbol == "^X" else "")
    found = load(server, ["AAA", "^X"], cache, figures=shipped)
    assert list(found.histories) == ["AAA"]
    assert "429" in str(found.unavailable["^X"].reason)


@pytest.mark.parametrize("mode", ["auto", "yahoo"])
def test_a_ticker_that_nobody_has_ever_known_is_the_users_error(serve, cache, shipped, mode):  # noqa: F811
    with pytest.raises(PriceError, match=r"no prices of NOSUCH: Yahoo does not know it") as error:
        load(serve(), ["AAA", "NOSUCH"], cache, mode=mode, figures=shipped)
    assert error.value.exit_code == 2


def test_without_a_network_an_unknown_ticker_is_an_error_that_says_yahoo_was_not_asked(serve, cache, shipped):  # noqa: F811
    server = serve()
    server.close()
    with pytest.raises(
        PriceError, match=r"(?s)not among the shipped figures.*Yahoo cannot be reached.*Try again later"
    ):
        load(server, ["AAA", "NOSUCH"], cache, figures=shipped)


def test_a_ticker_that_shipped_figures_know_is_no_unknown_one(serve, cache, shipped):  # noqa: F811
    found = load(serve(), ["OLD"], cache, mode="yahoo", figures=shipped)
    assert str(found.unavailable["OLD"].reason) == "Yahoo does not know it"


def test_shipped_and_path_ask_nobody(serve, cache, shipped):  # noqa: F811
    server = serve()
    assert load(server, ["AAA"], cache, mode="shipped", figures=shipped).histories["AAA"].origin == "shipped"
    assert load(server, ["AAA"], cache, mode=str(shipped / "daily.csv")).histories["AAA"].origin == "file"
    assert server.paths == []
    lacking = (
        r"^no prices of NOSUCH: daily\.csv does not hold it; it holds 'AAA', 'OLD', which nothing asks for\nAdd it"
    )
    with pytest.raises(PriceError, match=lacking):
        load(server, ["NOSUCH"], cache, mode=shipped / "daily.csv")
    with pytest.raises(PriceError, match="no figures ship"):
        load(server, ["AAA"], cache, mode="shipped")


def test_a_study_with_shipped_figures_runs_on_them(cache):
    found = load_prices(["NVDA", "^GSPC"], date(2024), date(2025), mode="shipped", figures=FIGURES, cache=cache)
    assert found["NVDA"].index[0] == pd.Timestamp("2024-01-02")
    assert found.notes == ()


def date(year):
    return pd.Timestamp(year, 1, 1).date()


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "garbage"])
def test_a_damaged_file_is_noticed_set_aside_and_fetched_again(serve, cache, damage):  # noqa: F811
    server = serve()
    first = load(server, ["AAA"], cache)
    path = cache.store.path("AAA")
    raw = path.read_bytes()
    middle = len(raw) // 2
    flipped = raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :]
    path.write_bytes({"flip": flipped, "cut": raw[:-9], "empty": b"", "garbage": b"x" * 99}[damage])
    again = load(server, ["AAA"], cache)
    pd.testing.assert_frame_equal(first["AAA"], again["AAA"])
    assert cache.store.aside == ["AAA"]
    assert len(list((cache.store.folder / "damaged").iterdir())) == 1
    assert cache.get("AAA") is not None


def test_a_damaged_manifest_costs_a_pull_and_nothing_else(serve, cache):  # noqa: F811
    server = serve()
    first = load(server, ["AAA"], cache)
    (cache.store.folder / "manifest.json").write_text('{"AAA": [{"sha')
    pd.testing.assert_frame_equal(load(server, ["AAA"], cache)["AAA"], first["AAA"])
    assert list(cache.store.entries()) == ["AAA"]


def test_an_answer_that_lost_days_does_not_replace_what_is_held(serve, cache):  # noqa: F811
    server = serve()
    first = load(server, ["AAA"], cache)
    make_old(cache)
    server.tickers["AAA"] = Ticker(made_up(0).iloc[-60:])
    again = load(server, ["AAA"], cache)
    pd.testing.assert_frame_equal(first["AAA"], again["AAA"])
    assert len(cache.get("AAA").pulled.table) > 100


def test_a_cache_that_cannot_be_written_is_a_note_and_no_failure(serve, tmp_path):  # noqa: F811
    (tmp_path / "taken").write_text("a file where the folder should be")
    found = load(serve(), ["AAA"], Cache(tmp_path / "taken"))
    assert "AAA" in found
    assert any("could not be kept" in str(note) for note in found.notes)


def test_two_writers_at_once_leave_every_file_whole(tmp_path):
    def write(seed):
        store = Store(tmp_path)
        for n in range(25):
            store.put(f"S{n % 5}", bytes([seed, n]) * 500, source="yahoo", client="test", facts={})

    threads = [threading.Thread(target=write, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    store = Store(tmp_path)
    while any(thread.is_alive() for thread in threads):
        assert all(store.get(f"S{n}") is not None for n in range(5) if store.path(f"S{n}").exists())
    assert store.aside == []
    assert sorted(store.entries()) == [f"S{n}" for n in range(5)]


KILLER = """
import os, random, signal, sys, time
from pathlib import Path
import pandas as pd, yfinance as yf
from yahoo_server import session
from eventwindow.prices.load import load_prices
from eventwindow.prices.cache import Cache
from eventwindow.prices.retry import Limits
from eventwindow.prices.yahoo import Yahoo

class Server:
    port = int(sys.argv[1])

def pull():
    yf.set_tz_cache_location(sys.argv[2] + "/zones")
    symbols = [f"T{i}" for i in range(4)]
    load_prices(symbols, pd.Timestamp("2024-12-02"), pd.Timestamp("2025-02-28"), refresh=True, mode="yahoo",
                cache=Cache(Path(sys.argv[2]) / "cache"), yahoo=Yahoo(session(Server), Limits(first_wait=0.05)))

def child():
    pid = os.fork()
    if pid == 0:
        pull()
        os._exit(0)
    return pid

begun = time.monotonic()
assert os.waitpid(child(), 0)[1] == 0
whole = time.monotonic() - begun
chance, killed = random.Random(20), 0
while killed < 20:
    pid = child()
    time.sleep(whole * chance.uniform(0.05, 0.95))
    os.kill(pid, signal.SIGKILL)
    in_time = os.WIFSIGNALED(os.waitpid(pid, 0)[1])
    killed, whole = killed + in_time, whole if in_time else whole * 0.9
    cache = Cache(Path(sys.argv[2]) / "cache")
    assert all(cache.get(f"T{i}") is not None for i in range(4)) and not cache.store.aside, cache.store.aside
pull()
print(killed)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system with fork and SIGKILL")
def test_a_pull_killed_at_twenty_points_leaves_no_damaged_file_and_the_next_one_succeeds(serve, tmp_path):  # noqa: F811
    server = serve({f"T{i}": Ticker(made_up(i)) for i in range(4)})
    paths = os.pathsep.join([str(Path(__file__).parent), str(Path(eventwindow.__file__).parents[1])])
    done = subprocess.run(
        [sys.executable, "-c", KILLER, str(server.port), str(tmp_path)],
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == 20
    cache = Cache(tmp_path / "cache")
    for i in range(4):
        table = cache.get(f"T{i}").pulled.table
        np.testing.assert_allclose(table.loc[START:END, "close"], made_up(i).loc[START:END, "close"])
    assert cache.store.aside == []


def test_safe_names_stay_in_the_folder_and_differ_for_symbols_that_differ():
    odd = [
        "^GSPC",
        "BRK-B",
        "ES=F",
        "2330.TW",
        "../x",
        "..",
        ".",
        "/etc/x",
        "CON",
        "con",
        "a",
        "A",
        "é",
        "A/B",
        "A%2FB",
    ]
    odd += ["x" * 300, "x" * 301, "", "A B", "NUL.X", "a\\b", "A:B", "A*?"]
    names = [safe_name(symbol) for symbol in odd]
    assert len({name.lower() for name in names}) == len(odd)
    for name in names:
        assert Path(name).name == name
        assert not name.startswith(".")
        assert len(name) < 150
        assert not set(name) & set('/\\:*?"<>| ')
    assert safe_name("^GSPC") == "^GSPC.parquet"


def test_held_tells_what_is_where_and_how_old(serve, cache, shipped):  # noqa: F811
    load(serve(), ["AAA"], cache)
    table = inventory(["AAA", "OLD", "NOSUCH"], shipped, cache).set_index(["symbol", "source"])
    assert list(table.index) == [("AAA", "yahoo"), ("AAA", "shipped"), ("OLD", "shipped"), ("NOSUCH", "none")]
    assert table.loc[("AAA", "yahoo"), "age_hours"] < 0.1
    assert table.loc[("AAA", "yahoo"), "client"].startswith("yfinance ")
    assert str(table.loc[("OLD", "shipped"), "last"]) == "2025-02-28"


def test_refresh_pulls_again_and_lists_every_day_that_changed(serve, cache, monkeypatch, capsys):  # noqa: F811
    server = serve()
    load(server, ["AAA", "^X"], cache)
    moved = made_up(0)
    moved.loc["2025-01-15", ["close", "adj_close"]] *= 1.01
    server.tickers["AAA"] = Ticker(moved)
    result = refresh(["AAA", "^X"], START, END, cache=cache, yahoo=Yahoo(session(server), QUICK))
    assert result.compared == 2
    assert [str(d.date()) for d in result.changes["date"]] == ["2025-01-15", "2025-01-16"]
    assert set(result.changes["symbol"]) == {"AAA"}
    first = result.changes.iloc[0]
    assert first["after"] - first["before"] == pytest.approx(0.01, rel=0.1)
    monkeypatch.setattr("eventwindow.cli.prices.refresh", lambda *_, **__: result)
    assert main(["prices", "deepseek-2025", "--refresh"]) == 0
    said = capsys.readouterr().out
    assert "Now: 2 tickers from Yahoo.\n2 tickers held before; 2 changes.\n" in said
    assert [day in said for day in ("2025-01-14", "2025-01-15 return", "2025-01-16 return")] == [False, True, True]


def test_a_failed_refresh_loses_nothing(serve, cache):  # noqa: F811
    server = serve()
    load(server, ["AAA"], cache)
    before = {path.name: path.read_bytes() for path in cache.store.folder.glob("*.*")}
    server.behave = lambda symbol, n: "cut"
    result = refresh(["AAA"], START, END, cache=cache, yahoo=Yahoo(session(server), QUICK))
    assert result.changes.empty
    assert result.prices.histories["AAA"].origin == "yahoo"
    assert {path.name: path.read_bytes() for path in cache.store.folder.glob("*.*")} == before
