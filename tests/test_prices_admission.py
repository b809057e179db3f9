"""What becomes of a second answer: the better of two is kept, the difference told, and what was wrong is asked again."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from test_prices_load import cache, load, make_old  # noqa: F401 - a fixture
from test_prices_yahoo import END, START, made_up, own_zone_cache, serve  # noqa: F401 - fixtures
from yahoo_server import Ticker

from eventwindow.prices.answers import Expected, ahead, finished, refusal
from eventwindow.prices.yahoo import Pulled

DAY = "2025-01-27"


def on_sessions(seed, end="2025-06-30"):
    """Made-up prices on the sessions of New York."""
    from eventwindow.calendars.exchange import exchange_calendar

    table = made_up(seed, end)
    sessions = exchange_calendar("XNYS", table.index[0].date(), table.index[-1].date()).sessions
    return table.loc[table.index.isin(sessions)]


def facts_changed(cache, **facts):  # noqa: F811
    path = cache.store.folder / "manifest.json"
    manifest = json.loads(path.read_text())
    for lines in manifest.values():
        lines[0]["facts"].update(facts)
    path.write_text(json.dumps(manifest))


def test_a_corrected_day_is_asked_twice_told_and_kept_and_told_again_from_the_cache(serve, cache):  # noqa: F811
    server = serve()
    load(server, ["AAA"], cache)
    make_old(cache)
    moved = made_up(0)
    moved.loc[DAY, ["close", "adj_close"]] += 0.9
    server.tickers["AAA"] = Ticker(moved)
    before = server.asked["AAA"]
    again = load(server, ["AAA"], cache)
    assert again["AAA"].loc[DAY, "close"] == pytest.approx(moved.loc[DAY, "close"])
    assert server.asked["AAA"] >= before + 2
    note = str(again.histories["AAA"].note)
    assert note.startswith("Yahoo gave other returns before on 2 days (the first 2025-01-27: ")
    assert str(load(server, ["AAA"], cache).histories["AAA"].note) == note


def test_of_two_answers_that_differ_the_one_in_less_doubt_stays(serve, cache):  # noqa: F811
    server = serve()
    first = load(server, ["AAA"], cache)
    make_old(cache)
    moved = made_up(0)
    moved.loc[DAY, "close"] *= 1.1  # beyond the day's high
    server.tickers["AAA"] = Ticker(moved)
    again = load(server, ["AAA"], cache)
    pd.testing.assert_frame_equal(first["AAA"], again["AAA"])
    assert "is in doubt on" in str(again.replaced["AAA"])
    server.tickers["AAA"] = Ticker(made_up(0))
    assert load(server, ["AAA"], cache).replaced == {}


def test_another_series_under_the_same_symbol_waits_until_it_was_given_twice(serve, cache):  # noqa: F811
    """The one that is held may be the wrong one: two answers that agree, an hour apart, outweigh it."""
    server = serve()
    first = load(server, ["AAA"], cache)
    make_old(cache)
    server.tickers["AAA"] = Ticker(made_up(77))
    again = load(server, ["AAA"], cache)
    pd.testing.assert_frame_equal(first["AAA"], again["AAA"])
    assert "another security, or shifted dates" in str(again.replaced["AAA"])
    assert "another security" in str(load(server, ["AAA"], cache).replaced["AAA"]), (
        "seconds later it is the same wrong answer"
    )
    make_old(cache)
    last = load(server, ["AAA"], cache)
    np.testing.assert_allclose(last["AAA"]["close"], made_up(77).loc[START:END, "close"])
    assert "gave other returns before" in str(last.histories["AAA"].note)


def test_what_was_kept_under_other_checks_is_asked_for_again_and_held_to_these(serve, cache):  # noqa: F811
    shifted = on_sessions(0)
    shifted.index += pd.offsets.BDay(1)
    server = serve({"AAA": Ticker(shifted)})
    load(server, ["AAA"], cache)  # nothing is known of it: nothing to hold it to
    facts_changed(cache, checks="0")
    expected = {"AAA": Expected("XNYS")}
    server.tickers["AAA"] = Ticker(on_sessions(0))
    healed = load(server, ["AAA"], cache, expected=expected)
    np.testing.assert_allclose(healed["AAA"]["close"], on_sessions(0).loc[START:END, "close"])
    facts_changed(cache, checks="0")
    server.behave = lambda symbol, n: "refuse"
    assert "AAA" in load(server, ["AAA"], cache, expected=expected), "what passes still stands in"


def test_what_fails_these_checks_does_not_stand_in(serve, cache):  # noqa: F811
    shifted = on_sessions(0)
    shifted.index += pd.offsets.BDay(1)
    server = serve({"AAA": Ticker(shifted)})
    load(server, ["AAA"], cache)
    facts_changed(cache, checks="0")
    server.behave = lambda symbol, n: "refuse"
    assert "AAA" not in load(server, ["AAA"], cache, expected={"AAA": Expected("XNYS")})


def test_a_day_zero_that_lacks_is_asked_for_once_more_and_no_third_time(serve, cache):  # noqa: F811
    lacking = on_sessions(0)
    lacking.loc[DAY] = np.nan
    server = serve({"AAA": Ticker(lacking)})
    expected = {"AAA": Expected("XNYS", dates=(pd.Timestamp(DAY).date(),))}
    counts = []
    for _ in range(3):
        before = server.asked["AAA"]
        assert pd.Timestamp(DAY) not in load(server, ["AAA"], cache, expected=expected)["AAA"].index
        counts.append(server.asked["AAA"] > before)
    assert counts == [True, True, False]


def test_a_bar_is_left_out_until_its_session_has_closed_by_our_own_calendar():
    days = pd.DatetimeIndex(["2025-01-23", "2025-01-24", "2025-01-27"])
    table = pd.DataFrame({"close": [1.0, 2.0, 3.0]}, index=days)
    pulled = Pulled("AAA", table, "USD", days[0])
    ends = {
        "2025-01-27 20:59": 2,  # the session of New York ends at 16:00, 21:00 in UTC
        "2025-01-27 21:01": 3,
        "2025-01-28 03:00": 3,
    }
    for now, n in ends.items():
        assert len(finished(pulled, Expected("XNYS"), pd.Timestamp(now, tz="UTC")).table) == n, now
    around = Expected("XNYS", around_the_clock=True)
    assert len(finished(pulled, around, pd.Timestamp("2025-01-27 23:00", tz="UTC")).table) == 2, "its day is not over"


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({}, ""),
        ({"symbol": "aaa"}, ""),
        ({"symbol": "BBB"}, "it is of 'BBB'"),
        ({"instrumentType": "EQUITY", "exchangeTimezoneName": "US/Eastern"}, ""),
        ({"instrumentType": "INDEX", "exchangeTimezoneName": "America/Chicago"}, ""),
        ({"instrumentType": "EQUITY", "exchangeTimezoneName": "Asia/Taipei"}, "of an exchange in Asia/Taipei"),
        ({"instrumentType": "EQUITY", "exchangeTimezoneName": "Nowhere/Land"}, "of an exchange in Nowhere/Land"),
        ({"dataGranularity": "3mo"}, "rows are of 3mo"),
    ],
)
def test_what_the_source_says_of_its_answer_is_held_against_what_was_asked(told, why):
    table = on_sessions(3).assign(dividend=0.0, split=0.0)
    pulled = Pulled("AAA", table, "USD", table.index[0], metadata=told)
    found = str(refusal(pulled, Expected("XNYS", "USD"), pd.Timestamp("2025-08-01", tz="UTC")) or "")
    assert found == why if not why else why in found


@pytest.mark.parametrize(("keep", "words"), [(slice(60, None), "begin on"), (slice(None, 40), "end on")])
def test_an_answer_that_is_short_by_its_own_word_is_asked_twice_told_and_never_fresh(serve, cache, keep, words):  # noqa: F811
    server = serve()
    whole = server.tickers["AAA"]
    told = whole.meta("AAA")
    part = Ticker(whole.table.iloc[keep])
    part.meta = lambda symbol: told | {"symbol": symbol, "regularMarketPrice": None}
    server.tickers["AAA"] = part
    short = load(server, ["AAA"], cache)
    assert f"Yahoo's answer is short: its rows {words}" in str(short.histories["AAA"].note)
    assert server.asked["AAA"] >= 2
    server.tickers["AAA"] = whole
    assert len(load(server, ["AAA"], cache)["AAA"]) > len(short["AAA"])


def test_another_currency_waits_until_it_was_given_twice(serve, cache):  # noqa: F811
    server = serve()
    load(server, ["AAA"], cache)
    make_old(cache)
    server.tickers["AAA"] = Ticker(made_up(0), currency="EUR")
    again = load(server, ["AAA"], cache)
    assert again.histories["AAA"].currency == "USD"
    assert str(again.replaced["AAA"]) == "Yahoo's answer is quoted in EUR, the one held in USD"
    make_old(cache)
    assert load(server, ["AAA"], cache).histories["AAA"].currency == "EUR"


def test_a_later_answer_without_day_zero_does_not_take_the_place_of_one_with_it(serve, cache):  # noqa: F811
    server = serve()
    of = {"AAA": Expected("XNYS", "USD", dates=(pd.Timestamp(DAY).date(),))}
    server.tickers["AAA"] = Ticker(on_sessions(0))
    load(server, ["AAA"], cache, expected=of)
    make_old(cache)
    server.tickers["AAA"] = Ticker(on_sessions(0).drop(pd.Timestamp(DAY)))
    again = load(server, ["AAA"], cache, expected=of)
    assert pd.Timestamp(DAY) in again["AAA"].index
    assert str(again.replaced["AAA"]) == "Yahoo's answer lacked a day that it gave before"


def test_a_day_that_is_yet_to_come_and_another_price_of_today_are_refused():
    table, now = on_sessions(0), pd.Timestamp("2025-06-16 18:00", tz="UTC")
    pulled = Pulled("AAA", table, "USD", table.index[0], metadata={"exchangeTimezoneName": "America/New_York"})
    assert "yet to come" in str(ahead(pulled, Expected("XNYS"), now))
    today = Pulled("AAA", table.loc[:"2025-06-16"], "USD", table.index[0])
    last = {"regularMarketTime": int(now.timestamp()), "exchangeTimezoneName": "America/New_York"}
    close = float(today.table["close"].iloc[-1])
    assert ahead(replace(today, metadata=last | {"regularMarketPrice": close}), Expected("XNYS"), now) is None
    assert "not the last price" in str(
        ahead(replace(today, metadata=last | {"regularMarketPrice": close / 2}), Expected(), now)
    )
