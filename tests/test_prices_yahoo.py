"""The real yfinance client against a Yahoo of our own: the right figures, or the right reason, in every case staged."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from unittest.mock import Mock

import numpy as np
import pandas as pd
import pytest
from yahoo_server import Ticker, YahooServer, session

from eventwindow.errors import Reason, SourceError
from eventwindow.prices.history import PriceHistory, Unavailable
from eventwindow.prices.retry import Limits
from eventwindow.prices.yahoo import PROBE_SECONDS, Yahoo

START, END = pd.Timestamp("2024-12-02"), pd.Timestamp("2025-02-28")
QUICK = Limits(attempts=3, first_wait=0.02, request=60, total=600)  # how loaded the machine is decides nothing
SILENT = replace(QUICK, request=0.4)  # where no answer comes


def made_up(seed: int, end: str = "2025-06-30") -> pd.DataFrame:
    """Daily prices of a security that does not exist, to the cent."""
    days = pd.bdate_range("2024-11-01", end)
    close = np.round(100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.02, len(days)))), 2)
    table = pd.DataFrame({"open": close, "high": close + 1, "low": close - 1, "close": close}, index=days)
    return table.assign(adj_close=close, volume=1_000_000.0)


@pytest.fixture(autouse=True)
def own_zone_cache(tmp_path, monkeypatch):
    """A loaded machine may take its time to answer the probe."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setattr("eventwindow.prices.yahoo.PROBE_SECONDS", 60)


@pytest.fixture
def serve():
    servers = []

    def start(tickers=None, behave=lambda symbol, n: ""):
        tickers = {s: Ticker(made_up(i)) for i, s in enumerate(["AAA", "^X", "B-C", "2330.TW", "ES=F"])} | (
            tickers or {}
        )
        servers.append(YahooServer(tickers, behave))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def fetch(server, symbols=("AAA",), limits=QUICK):
    return Yahoo(session(server, limits.request), limits).fetch(list(symbols), START, END)


def test_prices_come_as_they_were_given_with_odd_symbols_too(serve):
    server = serve()
    answers = fetch(server, server.tickers)
    for symbol, ticker in server.tickers.items():
        expected = ticker.table.loc[START:END]
        history = answers[symbol]
        assert isinstance(history, PriceHistory)
        assert history.origin == "yahoo"
        assert history.currency == "USD"
        assert (history.frame.index == expected.index).all()
        np.testing.assert_allclose(history.frame["close"], expected["close"], rtol=1e-12)


def test_a_store_of_the_client_that_another_process_holds_is_left_unused(serve, tmp_path):
    """Two runs at once, or two threads that open it first: yfinance's database of time zones is locked."""
    (tmp_path / "zones").mkdir()
    other = sqlite3.connect(tmp_path / "zones" / "tkr-tz.db")
    other.execute("PRAGMA locking_mode = exclusive")
    other.execute("BEGIN EXCLUSIVE")
    answers = fetch(serve(), ["AAA", "^X"])
    other.close()
    assert {symbol: type(answer) for symbol, answer in answers.items()} == {"AAA": PriceHistory, "^X": PriceHistory}


def test_threads_that_pull_at_once_do_not_lock_each_other_out(serve, tmp_path):
    """The first pull of a machine opens the client's stores: many tickers, every worker at its first."""
    names = [f"T{i}" for i in range(12)]
    answers = fetch(serve({name: Ticker(made_up(i)) for i, name in enumerate(names)}), names)
    assert [symbol for symbol in names if isinstance(answers[symbol], PriceHistory)] == names


def test_a_split_after_the_end_is_undone_in_prices_and_volume(serve):
    table = made_up(1)
    given = table.copy()
    given[["open", "high", "low", "close", "adj_close"]] /= 10  # as Yahoo restates them after a split of ten for one
    given["volume"] *= 10
    given.loc["2025-04-01":, ["open", "high", "low", "close", "adj_close"]] *= 1.0
    history = fetch(serve({"AAA": Ticker(given, splits={"2025-04-01": 10})}))["AAA"]
    np.testing.assert_allclose(history.frame["close"], table.loc[START:END, "close"])
    np.testing.assert_allclose(history.frame["adj_close"], table.loc[START:END, "close"])
    np.testing.assert_allclose(history.frame["volume"], 1_000_000)
    assert str(history.note) == "a later split of 10 is undone"


def test_a_split_within_the_study_stays_adjusted(serve):
    table = made_up(2)
    history = fetch(serve({"AAA": Ticker(table, splits={"2025-01-15": 4})}))["AAA"]
    np.testing.assert_allclose(history.frame["close"], table.loc[START:END, "close"])
    assert history.note is None


def test_adjusted_closes_are_a_total_return_series_that_meets_the_close_on_the_last_row(serve):
    table = made_up(3)
    paid = pd.Timestamp("2025-01-15")
    factor = 1 - 2.0 / table["close"].shift(1).loc[paid]
    table.loc[table.index < paid, "adj_close"] *= factor
    later = table.assign(adj_close=table["adj_close"] * 0.97)  # dividends paid after the study restate all of it
    history = fetch(serve({"AAA": Ticker(later, dividends={"2025-01-15": 2.0})}))["AAA"]
    np.testing.assert_allclose(history.frame["adj_close"], table.loc[START:END, "adj_close"], rtol=1e-12)
    assert history.frame["adj_close"].iloc[-1] == pytest.approx(history.frame["close"].iloc[-1], rel=1e-14)
    assert history.dividends.to_dict() == {paid: 2.0}


def test_a_funds_capital_gains_count_as_dividends(serve):
    fund = Ticker(made_up(8), kind="ETF", dividends={"2025-01-15": 1.0})
    fund.gains = {"2025-01-15": 0.5, "2025-01-20": 0.25}
    paid = fetch(serve({"AAA": fund}))["AAA"].dividends
    assert paid.to_dict() == {pd.Timestamp("2025-01-15"): 1.5, pd.Timestamp("2025-01-20"): 0.25}


def test_days_without_a_price_are_left_out_and_a_volume_that_is_always_zero_is_none(serve):
    table = made_up(4)
    table.loc["2025-01-10"] = np.nan
    history = fetch(serve({"AAA": Ticker(table.assign(volume=0.0), kind="INDEX")}))["AAA"]
    assert pd.Timestamp("2025-01-10") not in history.frame.index
    assert history.frame["volume"].isna().all()


def test_a_session_that_has_not_closed_yet_is_left_out(serve):
    open_now = Ticker(made_up(6))
    server = serve({"AAA": open_now})
    last = pd.Timestamp("2025-02-27")
    open_now.table = open_now.table.loc[:last]
    closing = pd.Timestamp.now("UTC") + pd.Timedelta("2h")
    open_now.closing = int(closing.timestamp())
    day = closing.tz_convert("America/New_York").tz_localize(None).normalize()
    open_now.table.loc[day] = open_now.table.iloc[-1]
    pulled = Yahoo(session(server), QUICK).pull({"AAA": START})["AAA"]
    assert pulled.table.index[-1] == last


def test_an_unknown_ticker_is_told_apart_from_one_that_failed(serve):
    answers = fetch(serve(), ["AAA", "NOSUCH", "../x", "a b"])
    assert isinstance(answers["AAA"], PriceHistory)
    assert answers["NOSUCH"] == Unavailable("NOSUCH", Reason("unknown_to", source="Yahoo"), known=False)
    assert not answers["../x"].known
    assert not answers["a b"].known


def test_an_empty_range_is_a_reason_and_never_an_empty_frame(serve):
    old = made_up(5).loc[:"2024-11-20"]
    answer = fetch(serve({"AAA": Ticker(old)}))["AAA"]
    assert isinstance(answer, Unavailable)
    assert answer.known
    assert "no price data found" in str(answer.reason)


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        ("refuse", "429"),
        ("page", "page that is no data"),
        ("maintenance", "page that is no data"),
        ("cut", "end of response"),
        ("silence", "timed out"),
    ],
)
def test_a_failure_that_lasts_is_given_up_with_yahoos_reason(serve, failure, reason):
    server = serve(behave=lambda symbol, n: failure)
    answer = fetch(server, limits=SILENT if failure == "silence" else QUICK)["AAA"]
    assert isinstance(answer, Unavailable)
    assert answer.known
    assert reason in str(answer.reason)
    assert server.asked["AAA"] == 1 if failure == "silence" else server.asked["AAA"] >= 3


@pytest.mark.parametrize("failure", ["refuse", "page", "maintenance", "cut"])
def test_a_failure_that_passes_is_waited_for(serve, failure):
    answers = fetch(serve(behave=lambda symbol, n: failure if n <= 2 else ""))
    assert isinstance(answers["AAA"], PriceHistory)


@pytest.mark.parametrize("failure", ["refuse", "page", "maintenance", "cut"])
def test_a_failure_between_the_zone_and_the_prices_is_no_unknown_ticker(serve, failure):
    answer = fetch(serve(behave=lambda symbol, n: failure if n > 1 else ""))["AAA"]
    assert isinstance(answer, Unavailable)
    assert answer.known


def test_a_crumb_that_is_refused_does_not_keep_the_prices_away(serve):
    server = serve()
    server.crumb_status = 429
    assert isinstance(fetch(server)["AAA"], PriceHistory)


def test_half_of_the_tickers_failing_leaves_the_other_half_right(serve):
    tickers = {f"T{i}": Ticker(made_up(i)) for i in range(12)}
    answers = fetch(serve(tickers, lambda symbol, n: "refuse" if int(symbol[1:]) < 6 else ""), tickers)
    good = [symbol for symbol, answer in answers.items() if isinstance(answer, PriceHistory)]
    assert good == [f"T{i}" for i in range(6, 12)]
    for symbol in good:
        np.testing.assert_allclose(answers[symbol].frame["close"], tickers[symbol].table.loc[START:END, "close"])


def test_after_six_given_up_on_each_further_ticker_is_asked_for_once(serve):
    symbols = [f"T{i}" for i in range(12)]
    server = serve(behave=lambda symbol, n: "maintenance")
    fetch(server, symbols, replace(QUICK, workers=1, first_wait=0.01))
    assert [server.asked[symbol] for symbol in symbols] == [3] * 6 + [1] * 6


def test_the_time_limit_ends_the_pull_and_is_told(serve):
    """Two at a time and 0.4 s each, a second is over before the tenth ticker is asked for, however slow the machine."""
    server = serve(behave=lambda symbol, n: "silence")
    answers = fetch(server, [f"T{i}" for i in range(20)], replace(SILENT, workers=2, total=1.0))
    assert len(server.asked) < 10
    assert "time limit of 1 s" in str(answers["T19"].reason)


def test_progress_is_told_once_a_ticker(serve):
    seen = []
    server = serve()
    Yahoo(session(server), QUICK).pull(dict.fromkeys(["AAA", "^X"], START), lambda *step: seen.append(step))
    assert [(done, total) for done, total, _ in seen] == [(1, 2), (2, 2)]
    assert {symbol for _, _, symbol in seen} == {"AAA", "^X"}


def test_yahoo_that_cannot_be_reached_is_noticed_once(serve):
    server = serve()
    server.close()
    client = session(server)
    asks = client.request = Mock(side_effect=client.request)
    with pytest.raises(SourceError, match="Yahoo cannot be reached"):
        Yahoo(client, QUICK).fetch(list(server.tickers), START, END)
    assert [call.kwargs["timeout"] for call in asks.call_args_list] == [
        60
    ] and PROBE_SECONDS < 3  # the fixture's, and a user's


def test_a_probe_that_is_cut_or_refused_is_an_answer(serve):
    server = serve()
    server.crumb_status = 503
    assert isinstance(fetch(server)["AAA"], PriceHistory)


def test_where_nothing_is_answered_in_time_not_every_ticker_is_waited_for(serve):
    server = serve(behave=lambda symbol, n: "silence")
    answers = fetch(server, [f"T{i}" for i in range(40)], replace(SILENT, patience=3))
    assert sum(server.asked.values()) < 20
    assert "not answered in time" in str(answers["T39"].reason)
