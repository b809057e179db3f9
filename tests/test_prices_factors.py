"""Factors from the library's own files, over a Yahoo-like loopback server, from files and from the shipped figures."""

from __future__ import annotations

import io
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from test_prices_yahoo import END, START, made_up, own_zone_cache, serve  # noqa: F401 - fixtures
from yahoo_server import Ticker, session

from eventwindow.errors import PriceError, SourceError
from eventwindow.prices.auxiliary import load_tables
from eventwindow.prices.bundled import shipped_tables
from eventwindow.prices.cache import Cache, Store
from eventwindow.prices.factors import FILES, library_factors, parse_library, read_factors
from eventwindow.prices.load import load_prices
from eventwindow.prices.share_counts import split_adjusted, yahoo_share_counts
from eventwindow.prices.yahoo import Yahoo

FIGURES = Path(__file__).parents[1] / "src" / "eventwindow" / "study" / "library" / "deepseek_2025" / "figures"
FIVE = b"""This file was created using the 202502 CRSP database.
The 1-month TBill return is from Ibbotson and Associates.

,Mkt-RF,SMB,HML,RMW,CMA,RF
20250124,   -0.26,   -0.10,    0.31,   -0.03,    0.22,    0.02
20250127,   -1.50,   -0.55,    2.03,    1.20,   -0.11,    0.02
20250128,    0.99,   -0.80,   -1.60,  -99.99,   -0.30,    0.02

Copyright 2025 Eugene F. Fama and Kenneth R. French
"""
MOMENTUM = b"""Missing data are indicated by -99.99 or -999.


,Mom
20250124,   0.71
20250127,  -5.10
20250128,   2.20

Copyright 2025
"""


def zipped(text: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("file.csv", text)
    return buffer.getvalue()


@pytest.fixture
def library():
    """A loopback server of the library's files; `answers` is changed to stage failures."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args):
            pass

        def do_GET(self):
            server.asked.append(self.path)
            status, body = server.answers(self.path.rsplit("/", 1)[1])
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.port = [], server.server_address[1]
    files = {FILES["five"]: zipped(FIVE), FILES["momentum"]: zipped(MOMENTUM)}
    server.answers = lambda name: (200, files[name])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("raw", [FIVE, zipped(FIVE), FIVE.replace(b"\n", b"\r\n")])
def test_the_librarys_layout_is_read_in_decimals(raw):
    table = parse_library(raw, "five")
    assert list(table.columns) == ["mkt_rf", "smb", "hml", "rmw", "cma", "rf"]
    assert table.loc["2025-01-27", "mkt_rf"] == pytest.approx(-0.015)
    assert table.index.dtype == "datetime64[ns]"


def test_the_librarys_marks_for_missing_are_missing():
    assert np.isnan(parse_library(FIVE, "five").loc["2025-01-28", "rmw"])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html>moved</html>",
        zipped(FIVE)[:-30],
        FIVE.replace(b"20250128", b"20250127"),
        FIVE.replace(b"20250128", b"20251328"),
        FIVE.replace(b"-1.50", b"-1,50"),
        FIVE.replace(b"Mkt-RF,SMB,HML,RMW,CMA,RF", b"Lo 30,Med 40,Hi 30,A,B,C"),
    ],
)
def test_what_is_no_file_of_factors_is_an_error_that_names_it(raw):
    with pytest.raises(PriceError, match="the file"):
        parse_library(raw, "the file")


BOTH = ("five", "momentum")


def test_five_factors_and_momentum_are_joined_from_the_network_and_then_from_the_cache(library, tmp_path):
    store = Store(tmp_path)
    first = library_factors(BOTH, store, session(library))
    assert list(first.columns) == ["mkt_rf", "smb", "hml", "rmw", "cma", "mom", "rf"]
    assert first.loc["2025-01-27", "mom"] == pytest.approx(-0.051)
    again = library_factors(BOTH, store, session(library))
    pd.testing.assert_frame_equal(first, again)
    assert len(library.asked) == 2


def test_a_library_that_fails_leaves_the_older_cache_or_says_so(library, tmp_path, monkeypatch):
    store = Store(tmp_path)
    first = library_factors(BOTH, store, session(library))
    monkeypatch.setattr("eventwindow.prices.factors.FRESH", pd.Timedelta(0))
    library.answers = lambda name: (503, b"busy")
    pd.testing.assert_frame_equal(library_factors(BOTH, store, session(library)), first)
    with pytest.raises(SourceError, match="503"):
        library_factors(BOTH, Store(tmp_path / "other"), session(library))


def test_a_page_instead_of_a_zip_is_not_kept(library, tmp_path):
    library.answers = lambda name: (200, b"<html>moved</html>")
    store = Store(tmp_path)
    with pytest.raises(SourceError, match="no daily rows"):
        library_factors(BOTH, store, session(library))
    assert store.entries() == {}


def test_the_shipped_factors_hold_the_day_of_the_fall():
    table = shipped_tables(FIGURES, ["factors"])["factors"]
    assert list(table.columns) == ["mkt_rf", "smb", "hml", "rmw", "cma", "mom", "rf"]
    assert -0.02 < table.loc["2025-01-27", "mkt_rf"] < -0.01


def test_a_users_own_file_in_decimals_or_in_the_librarys_form(tmp_path):
    (tmp_path / "own.csv").write_text("date,mkt_rf,rf\n2025-01-27,-0.015,0.0002\n2025-01-28,0.01,0.0002\n")
    own = read_factors(tmp_path / "own.csv")
    assert own.loc["2025-01-27", "mkt_rf"] == -0.015
    (tmp_path / "five.csv").write_bytes(FIVE)
    assert read_factors(tmp_path / "five.csv").loc["2025-01-24", "hml"] == pytest.approx(0.0031)
    own.to_parquet(tmp_path / "own.parquet")
    pd.testing.assert_frame_equal(read_factors(tmp_path / "own.parquet"), own)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("date,mkt_rf\n2025-01-27,-1.5\n2025-01-28,1.0\n", "per cent"),
        ("date,mkt_rf\n2025-01-27,x\n", "line 2: mkt_rf: 'x' is not a number"),
        ("date,mkt_rf\n07/01/2025,0.01\n", "line 2: '07/01/2025' reads two ways"),
        ("date,mkt_rf\n2025-01-27,0.01\n2025-01-27,0.01\n", "the date 2025-01-27 stands twice"),
    ],
)
def test_a_wrong_file_of_factors_is_an_error(tmp_path, text, message):
    (tmp_path / "own.csv").write_text(text)
    with pytest.raises(PriceError, match=message):
        read_factors(tmp_path / "own.csv")


@pytest.fixture
def counts_of_yahoo(serve, tmp_path):  # noqa: F811
    server = serve({"AAA": Ticker(made_up(1), splits={"2025-01-15": 10})})
    cache, store = Cache(tmp_path / "prices"), Store(tmp_path / "shares")
    load_prices(["AAA"], START, END, cache=cache, yahoo=Yahoo(session(server)))

    def ask(*symbols):
        return yahoo_share_counts(symbols, START, END, cache=cache, store=store, session=session(server))

    return server, ask


def test_yahoos_share_counts_keep_the_last_of_a_day_and_undo_splits(counts_of_yahoo):
    _, ask = counts_of_yahoo
    counts, _ = ask("AAA")
    assert [str(day.date()) for day in counts["as_of"]] == ["2024-11-15", "2025-02-21"]
    assert counts["shares"].tolist() == [244_900_000_000, 24_400_000_000]
    assert set(counts["source"]) == {"yahoo"}
    assert list(counts.columns) == ["symbol", "as_of", "shares", "source", "note", "address"]


def test_share_counts_are_kept_and_outlive_a_yahoo_that_fails(counts_of_yahoo, monkeypatch):
    server, ask = counts_of_yahoo
    (first, _), asked = ask("AAA"), len(server.paths)
    pd.testing.assert_frame_equal(ask("AAA")[0], first)
    assert len(server.paths) == asked
    monkeypatch.setattr("eventwindow.prices.share_counts.FRESH", pd.Timedelta(0))
    server.shares = "<html>"
    again, lost = ask("AAA")
    pd.testing.assert_frame_equal(again, first)
    assert lost == {}
    none, lost = ask("^X")
    assert none.empty
    assert "no data" in str(lost["^X"])


def test_a_study_without_tables_gets_counts_and_factors_from_public_sources_or_a_note(counts_of_yahoo, tmp_path):
    server, _ = counts_of_yahoo
    ask = {"start": START.date(), "end": END.date(), "counts_of": ["AAA"], "factors": ("five",)}
    tables, notes = load_tables(tmp_path, mode="auto", session=session(server), **ask)
    assert set(tables["shares"]["symbol"]) == {"AAA"}
    assert "factor library" in str(notes[0])
    assert load_tables(tmp_path, mode="shipped", **ask) == ({}, ())
    server.close()
    tables, notes = load_tables(tmp_path, mode="auto", session=session(server), **(ask | {"counts_of": ["^X"]}))
    assert tables == {}
    assert len(notes) == 2
    shipped, notes = load_tables(FIGURES, mode="auto", session=session(server), **(ask | {"counts_of": ["NVDA"]}))
    assert {"shares", "factors"} <= set(shipped)
    assert notes == ()


def test_a_split_after_the_end_is_left_alone():
    counts = pd.Series([100.0], index=[pd.Timestamp("2025-01-01")])
    splits = pd.Series({pd.Timestamp("2025-01-02"): 2.0, pd.Timestamp("2025-06-01"): 3.0})
    assert split_adjusted(counts, splits, pd.Timestamp("2025-02-28")).tolist() == [200.0]
