"""Tiingo, EODHD and EDGAR from servers of our own that answer as their documentation says."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import EntryPoint
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd
import pytest
from yahoo_server import YahooServer, session

from eventwindow.errors import PriceError, Reason, SourceError
from eventwindow.prices import load as loading
from eventwindow.prices.auxiliary import load_tables
from eventwindow.prices.cache import Cache
from eventwindow.prices.edgar import edgar_share_counts
from eventwindow.prices.history import PriceHistory, Unavailable
from eventwindow.prices.inventory import inventory, verify
from eventwindow.prices.keyed import KEYED, Keyed
from eventwindow.prices.load import load_prices, source_of
from eventwindow.prices.retry import Limits
from eventwindow.prices.share_counts import kept_splits
from eventwindow.prices.yahoo import Pulled, Yahoo

START, END = pd.Timestamp("2024-05-01"), pd.Timestamp("2024-06-28")
QUICK = Limits(attempts=2, first_wait=0.02, request=60, total=600)
KEY = "s3cr3t-k3y"
DAYS = pd.bdate_range("2024-05-01", "2024-07-31").drop(
    [pd.Timestamp(d) for d in ("2024-05-27", "2024-06-19", "2024-07-04")]
)
SPLIT, LATER, PAID = pd.Timestamp("2024-06-10"), pd.Timestamp("2024-07-15"), pd.Timestamp("2024-06-11")


def as_traded() -> pd.DataFrame:
    """A made-up security: 1,000 before a split of ten for one, a dividend after it, a split of two for one later."""
    steps = np.random.default_rng(5).normal(0, 0.01, len(DAYS))
    one_share = 1000 * np.exp(np.cumsum(steps))  # of the first day
    close = one_share / np.where(DAYS >= SPLIT, 10, 1) / np.where(DAYS >= LATER, 2, 1)
    return pd.DataFrame({"close": close, "whole": one_share}, index=DAYS)


TRADED = as_traded()
RETURNS = TRADED["whole"].pct_change().loc[START:END].dropna()


def tiingo_rows() -> list[dict]:
    return [
        {
            "date": f"{day:%Y-%m-%d}T00:00:00.000Z",
            "close": row.close, "high": row.close * 1.01, "low": row.close * 0.99, "open": row.close, "volume": 1000,
            "adjClose": row.whole / 20, "adjHigh": 0, "adjLow": 0, "adjOpen": 0, "adjVolume": 0,
            "divCash": 0.4 if day == PAID else 0.0,
            "splitFactor": 10.0 if day == SPLIT else 2.0 if day == LATER else 1.0,
        }
        for day, row in TRADED.iterrows()
    ]  # fmt: skip


def eodhd_rows(what: str) -> list[dict]:
    if what == "splits":
        return [
            {"date": f"{SPLIT:%Y-%m-%d}", "split": "10.000000/1.000000"},
            {"date": f"{LATER:%Y-%m-%d}", "split": "2.000000/1.000000"},
        ]
    if what == "div":
        return [{"date": f"{PAID:%Y-%m-%d}", "value": 0.2, "unadjustedValue": 0.4, "currency": "USD"}]
    ratio = np.where(DAYS < SPLIT, 20, np.where(DAYS < LATER, 2, 1))
    return [
        {
            "date": f"{day:%Y-%m-%d}",
            "open": row.close, "high": row.close * 1.01, "low": row.close * 0.99, "close": row.close,
            "adjusted_close": row.whole / 20, "volume": int(1000 * r),
        }
        for (day, row), r in zip(TRADED.iterrows(), ratio, strict=True)
    ]  # fmt: skip


class Vendors:
    """Tiingo, EODHD and the SEC at one address; `fault` takes the place of every answer."""

    def __init__(self):
        self.asked, self.headers, self.fault = [], [], None
        handler = type("Handler", (_Handler,), {"vendors": self})
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.port = self.http.server_address[1]
        threading.Thread(target=self.http.serve_forever, args=[0.01], daemon=True).start()

    def answer(self, path: str, query: dict, headers) -> tuple[int, object]:
        if self.fault:
            return self.fault
        if path.startswith("/tiingo/daily/"):
            if headers["Authorization"] != f"Token {KEY}":
                return 401, {"detail": "Invalid token."}
            return (200, tiingo_rows()) if "/aaa/" in path else (404, {"detail": "Not found."})
        if path.startswith("/api/xbrl/") or path.startswith("/submissions/") or path.startswith("/files/"):
            return self.edgar(path, headers)
        if query.get("api_token") != [KEY]:
            return 401, "Unauthenticated"
        what, symbol = path.removeprefix("/api/").split("/")
        return (200, eodhd_rows(what)) if symbol == "AAA.US" else (404, "Ticker Not Found.")

    def edgar(self, path: str, headers) -> tuple[int, object]:
        if "@" not in headers["User-Agent"]:
            return 403, "Undeclared Automated Tool"
        if path.startswith("/files/"):
            return 200, {
                "0": {"cik_str": 77, "ticker": "AAA", "title": "A"},
                "1": {"cik_str": 78, "ticker": "CLS", "title": "C"},
            }
        if "0000000078" in path:
            return 404, "no such facts"
        if path.startswith("/submissions/"):
            recent = {"accessionNumber": ["77-24-1", "77-24-2"], "acceptanceDateTime": ["2024-05-29T20:35:11.000Z"] * 2}
            return 200, {"filings": {"recent": recent}}
        fact = {"fy": 2024, "fp": "Q1", "form": "10-Q", "filed": "2024-05-29"}
        counts = [
            fact | {"end": "2024-05-24", "val": 1_000_000, "accn": "77-24-1"},
            fact | {"end": "2023-05-24", "val": 9, "accn": "x"},
        ]
        return 200, {"facts": {"dei": {"EntityCommonStockSharesOutstanding": {"units": {"shares": counts}}}}}


class _Handler(BaseHTTPRequestHandler):
    vendors: Vendors

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        self.vendors.asked.append(self.path)
        code, body = self.vendors.answer(url.path, parse_qs(url.query), self.headers)
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture
def vendors(monkeypatch):
    monkeypatch.setenv("TIINGO_API_KEY", KEY)
    monkeypatch.setenv("EODHD_API_TOKEN", KEY)
    found = Vendors()
    yield found
    found.http.shutdown()
    found.http.server_close()


def keyed(vendors: Vendors) -> dict[str, Keyed]:
    return {n: Keyed(s.name, s.variable, s.rows, session(vendors), QUICK) for n, s in KEYED.items()}


@pytest.mark.parametrize("name", ["tiingo", "eodhd"])
def test_prices_as_traded_become_those_of_the_studys_end(vendors, name):
    found = keyed(vendors)[name].fetch(["AAA"], START, END)["AAA"]
    assert isinstance(found, PriceHistory)
    assert (found.origin, found.currency) == (name, "USD")
    assert str(found.note) == "a later split of 2 is undone"
    np.testing.assert_allclose(found.frame["close"].pct_change().dropna(), RETURNS, rtol=1e-12)
    np.testing.assert_allclose(found.frame["close"], TRADED["whole"].loc[START:END] / 10, rtol=1e-12)
    np.testing.assert_allclose(found.frame["adj_close"], found.frame["close"], rtol=1e-12)
    np.testing.assert_allclose(found.frame["volume"], np.where(found.frame.index < SPLIT, 10_000, 1000))
    assert dict(found.dividends) == {PAID: pytest.approx(0.4)}


@pytest.mark.parametrize("name", ["tiingo", "eodhd"])
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ((401, "no"), "refused the key"),
        ((404, "no"), "does not know it"),
        ((429, "no"), "429"),
        ((402, "no"), "limit"),
        ((500, "<html>"), "500"),
        ((200, "<html>sorry</html>"), "a page that is no data"),
        ((200, []), "no prices since 2024-05-01"),
        ((200, {"message": "hello"}), "has not the form"),
        ((200, [{"date": "2024-05-01"}]), "has not the form"),
        ((200, [{"date": "yesterday", "close": 1}]), "has not the form"),
    ],
)
def test_every_other_answer_is_a_reason_without_the_key(vendors, name, fault, told):
    vendors.fault = fault
    found = keyed(vendors)[name].fetch(["AAA"], START, END)["AAA"]
    assert isinstance(found, Unavailable)
    assert told in str(found.reason)
    assert KEY not in str(found.reason)
    assert found.known == (fault[0] != 404)


def test_a_source_out_of_reach_is_a_reason_without_the_key():
    closed = Vendors()
    closed.http.shutdown()
    closed.http.server_close()
    for source in keyed(closed).values():
        found = Keyed(source.name, "KEY_OF_A_TEST", source.rows, session(closed), QUICK)
        with pytest.raises(SourceError, match="there is no key for"):
            found.fetch(["AAA"], START, END)


def test_without_a_key_the_remedy_names_the_variable_and_the_keyring(monkeypatch):
    monkeypatch.delenv("TIINGO_API_KEY", raising=False)
    with pytest.raises(SourceError, match="TIINGO_API_KEY, or run: keyring set eventwindow tiingo"):
        KEYED["tiingo"].fetch(["AAA"], START, END)


def test_a_key_in_the_keyring_is_used(monkeypatch):
    import sys
    import types

    monkeypatch.delenv("EODHD_API_TOKEN", raising=False)
    ring = types.SimpleNamespace(get_password=lambda service, account: f"{service}/{account}")
    monkeypatch.setitem(sys.modules, "keyring", ring)
    assert KEYED["eodhd"].key() == "eventwindow/eodhd"


def test_what_yahoo_cannot_give_a_second_source_gives_and_it_is_told(vendors, tmp_path):
    yahoo = YahooServer({})
    shared = {"cache": Cache(tmp_path), "yahoo": Yahoo(session(yahoo), QUICK), "keyed": keyed(vendors)}
    prices = load_prices(["AAA"], START.date(), END.date(), **shared)
    assert prices.histories["AAA"].origin == "tiingo"
    assert prices.replaced == {"AAA": Reason("unknown_to", source="Yahoo")}
    assert tuple(map(str, prices.notes)) == ("Figures of Tiingo stand in for AAA: Yahoo does not know it",)
    asked = len(vendors.asked)
    again = load_prices(["AAA"], START.date(), END.date(), mode="tiingo", **shared)
    pd.testing.assert_frame_equal(again["AAA"], prices["AAA"])
    assert len(vendors.asked) == asked  # the cache of that source
    assert not any(KEY.encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    with pytest.raises(PriceError, match="no prices of XX\\.YY: Yahoo does not know it"):
        load_prices(["XX.YY"], START.date(), END.date(), **shared)
    yahoo.close()


def test_an_answer_of_a_second_source_is_held_to_the_same_checks(vendors, tmp_path):
    rows = [row | {"date": f"{pd.Timestamp(row['date'][:10]) + pd.Timedelta('1D'):%Y-%m-%d}"} for row in tiingo_rows()]
    vendors.fault = 200, rows[::5]
    from eventwindow.prices.answers import Expected

    prices = load_prices(
        ["AAA"], START.date(), END.date(), mode="tiingo", cache=Cache(tmp_path), keyed=keyed(vendors),
        expected={"AAA": Expected("XNYS", "USD")},
    )  # fmt: skip
    assert "Tiingo's answer is refused: it holds" in str(prices.unavailable["AAA"].reason)


def all_held(cache):
    """The returns that Tiingo's cache holds, those outside the study's dates too."""
    held = len(cache.of("tiingo").get("AAA").pulled.table) - 1
    assert held > len(RETURNS)
    return held


def test_what_is_held_is_compared_with_another_source(vendors, tmp_path):
    cache = Cache(tmp_path)
    load_prices(["AAA"], START.date(), END.date(), mode="tiingo", cache=cache, keyed=keyed(vendors))
    compared, lost = verify(
        ["AAA", "BBB"], START.date(), END.date(), keyed(vendors)["eodhd"], cache=Cache(tmp_path / "tiingo")
    )
    ((place, found),) = compared.items()
    assert (place, found.compared, len(found.differing)) == (("AAA", "tiingo"), all_held(cache), 0)
    assert lost == {"BBB": Reason("nothing_held")}


class Plugin:
    def fetch(self, symbols, start, end):
        days = pd.bdate_range(start, end)
        frame = pd.DataFrame({"close": 1.0}, index=days).reindex(
            columns=["open", "high", "low", "close", "adj_close", "volume"]
        )
        return {s: PriceHistory(s, frame, "mine") for s in symbols}


class Broken:
    def fetch(self, symbols, start, end):
        raise KeyError("x")


def test_a_source_of_another_package_is_found_by_its_entry_point(monkeypatch):
    points = [
        EntryPoint(n, f"{__name__}:{c}", "eventwindow.prices") for n, c in (("mine", "Plugin"), ("bad", "Broken"))
    ]
    monkeypatch.setattr(loading, "entry_points", lambda group: points)
    assert load_prices(["A"], START.date(), END.date(), mode="mine").histories["A"].origin == "mine"
    with pytest.raises(SourceError, match="the source 'bad' failed: KeyError"):
        load_prices(["A"], START.date(), END.date(), mode="bad")
    with pytest.raises(SourceError, match="the source 'bad' failed: KeyError"):
        source_of("bad").fetch(["A"], START, END)


def test_what_is_kept_of_every_source_is_listed_verified_and_restates_counts(vendors, tmp_path):
    cache, source = Cache(tmp_path), keyed(vendors)["tiingo"]
    load_prices(["AAA"], START.date(), END.date(), mode="tiingo", cache=cache, keyed=keyed(vendors))
    assert list(inventory(["AAA", "BBB"], None, cache)["source"]) == ["tiingo", "none"]
    compared, lost = verify(["AAA", "BBB"], START.date(), END.date(), source, cache=cache)
    assert (compared["AAA", "tiingo"].compared, lost) == (all_held(cache), {"BBB": Reason("nothing_held")})
    assert kept_splits("AAA", cache).max() == cache.of("tiingo").get("AAA").pulled.table["split"].max() > 1
    other = Pulled("AAA", source.pull({"AAA": START})["AAA"].table, "USD", START)
    other.table.iloc[30, other.table.columns.get_indexer(["close", "adj_close"])] *= 1.1
    cache.put(other, "test", {})
    assert list(inventory(["AAA"], None, cache)["source"]) == ["yahoo", "tiingo"]
    compared, _ = verify(["AAA"], START.date(), END.date(), source, cache=cache)
    assert {place: len(found.differing) for place, found in compared.items()} == {
        ("AAA", "tiingo"): 0,
        ("AAA", "yahoo"): 2,
    }


def test_counts_of_filings_carry_the_minute_at_which_they_were_known(vendors, monkeypatch, tmp_path):
    monkeypatch.setenv("EVENTWINDOW_SEC_AGENT", "A Reader reader@example.org")
    counts = edgar_share_counts(["AAA", "CLS", "ZZZ"], START, END, cache=Cache(tmp_path), session=session(vendors))
    assert counts.to_dict("records") == [
        {
            "symbol": "AAA",
            "as_of": pd.Timestamp("2024-05-24"),
            "shares": 1_000_000.0,
            "source": "filing",
            "known": "2024-05-29T20:35Z",
            "note": "SEC EDGAR, 10-Q 77-24-1",
            "address": "https://www.sec.gov/Archives/edgar/data/77/77241/",
        }
    ]
    vendors.fault = 200, {"facts": 1}
    with pytest.raises(SourceError, match="EDGAR's answer has not the form"):
        edgar_share_counts(["AAA"], START, END, cache=Cache(tmp_path), session=session(vendors))


def test_counts_as_filed_are_restated_for_the_splits_since(vendors, monkeypatch, tmp_path):
    monkeypatch.setenv("EVENTWINDOW_SEC_AGENT", "A Reader reader@example.org")
    source = keyed(vendors)["tiingo"]
    cache = Cache(tmp_path)
    cache.put(source.pull({"AAA": START})["AAA"], "test", {})
    counts = edgar_share_counts(["AAA"], START, END, cache=cache, session=session(vendors))
    assert counts["shares"].tolist() == [10_000_000.0]


def test_the_sec_is_not_asked_by_nobody(vendors, monkeypatch):
    monkeypatch.delenv("EVENTWINDOW_SEC_AGENT", raising=False)
    assert edgar_share_counts(["AAA"], START, END, session=session(vendors)).empty
    assert vendors.asked == []


def test_a_study_takes_counts_of_filings_where_the_sec_may_be_asked(vendors, monkeypatch, tmp_path):
    monkeypatch.setenv("EVENTWINDOW_SEC_AGENT", "A Reader reader@example.org")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    tables, _ = load_tables(
        tmp_path, mode="auto", start=START.date(), end=END.date(), counts_of=["AAA"], session=session(vendors)
    )
    assert tables["shares"]["source"].tolist() == ["filing"]


def test_the_command_compares_what_is_held_with_a_file_and_changes_nothing(tmp_path, monkeypatch, capsys):
    from eventwindow.cli.main import main
    from eventwindow.prices.bundled import shipped_histories
    from eventwindow.study.library import find_study, new_study

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.chdir(tmp_path)
    new_study(tmp_path / "first")
    held = shipped_histories(find_study("first") / "figures", ["NVDA", "SPY"])
    table = pd.concat([h.frame[["close", "adj_close"]].assign(symbol=s) for s, h in held.items()]).reset_index()
    table.loc[(table["symbol"] == "NVDA") & (table["date"] == "2025-01-27"), "adj_close"] *= 1.01
    table.to_csv("mine.csv", index=False)
    assert main(["prices", "first", "--verify", "mine.csv"]) == 0
    told = capsys.readouterr().out
    assert "NVDA 2025-01-27: held (shipped) −16.97 %, mine.csv −16.14 %" in told
    assert "2 of " in told
    assert "2 apart by more than 5 basis points" in " ".join(told.split())
    assert not (tmp_path / "xdg").exists() or not list((tmp_path / "xdg").rglob("*.parquet"))
