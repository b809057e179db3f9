"""An event round the world: sessions in the order of their hours, receipts against home shares, by hand and as shipped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from eventwindow.analyses.cross_listing import NO_RATE, receipts_table
from eventwindow.analyses.sessions import EXCHANGES, exchanges_table
from eventwindow.calendars.exchange import Calendar
from eventwindow.calendars.window import Window

DAYS = pd.DatetimeIndex(["2025-01-23", "2025-01-24", "2025-01-27", "2025-01-28"])
PAIR = {"receipt": "R", "home": "H", "shares": 5.0, "rate": None}


def calendar(mic: str, days: pd.DatetimeIndex, opens: int, closes: int) -> Calendar:
    """Sessions with the given hours of UTC."""
    at = days.tz_localize("UTC")
    return Calendar(mic, days, at + pd.Timedelta(hours=opens), at + pd.Timedelta(hours=closes), "UTC")


@pytest.fixture
def pair():
    """A receipt in New York and its home share, whose exchange is closed on the 24th and the 27th."""
    home = DAYS[[0, 3]]
    prices = {
        "R": pd.DataFrame({"close": [20.0, 21.0, 18.0, 20.0]}, DAYS),
        "H": pd.DataFrame({"close": [100.0, 90.0]}, home),
        "X": pd.DataFrame({"close": [30.0, 30.0, 33.0]}, DAYS[:3]),
    }
    calendars = {"R": calendar("XNYS", DAYS, 14, 21), "H": calendar("XTAI", home, 1, 5)}
    return prices, calendars


def test_parity_and_premium_by_hand(pair):
    """5 × 100 / 20 = 25 a dollar; at a rate of 30 the receipt is 20 % dear; the last known rate is carried on."""
    table = receipts_table("e", DAYS[2], PAIR | {"rate": "X"}, *pair, Window(-2, 1))
    assert table["parity_rate"].tolist() == pytest.approx([25, 500 / 21, 500 / 18, 22.5])
    assert table["premium"].tolist() == pytest.approx([0.2, 0.26, 33 * 18 / 500 - 1, 33 / 22.5 - 1])
    assert table["premium_change"].tolist() == pytest.approx(np.log((1 + table["premium"]) / 1.2).tolist())
    assert table["tau"].tolist() == [-2, -1, 0, 1]


def test_a_closed_home_exchange_leaves_its_last_close(pair):
    table = receipts_table("e", DAYS[2], PAIR, *pair, Window(-2, 1))
    assert table["home_date"].tolist() == [DAYS[0], DAYS[0], DAYS[0], DAYS[3]]
    assert table["home_return"].tolist()[1:] == pytest.approx([0, 0, -0.1])
    assert table["receipt_return"].tolist()[1:] == pytest.approx([0.05, 18 / 21 - 1, 20 / 18 - 1])


def test_without_a_rate_the_premium_is_not_known_and_its_change_is_that_of_parity(pair):
    table = receipts_table("e", DAYS[2], PAIR, *pair, Window(-2, 1))
    assert table["premium"].isna().all()
    assert (table["note"] == NO_RATE).all()
    assert table["premium_change"].tolist() == pytest.approx(np.log(25 / table["parity_rate"]).tolist())
    spread = np.log1p(table["receipt_return"]) - np.log1p(table["home_return"])
    assert table["premium_change"].diff()[1:].tolist() == pytest.approx(spread[1:].tolist())


def test_sessions_stand_in_the_order_of_their_opens(deepseek):
    table = deepseek.table("exchanges")
    sessions = table.drop_duplicates("order")
    assert sessions["opens"].is_monotonic_increasing
    assert len(table.drop_duplicates(["order", "opens", "exchange"])) == len(sessions)
    zero = sessions[(sessions["tau"] == 0)].set_index("exchange")
    order = ["XTKS", "XHKG", "XPAR", "XNYS", "XKRX", "XTAI"]
    assert zero.index.tolist() == order
    assert zero.loc[order, "against_home"].tolist() == ["before", "before", "overlaps", "itself", "after", "after"]
    assert str(zero.loc["XTAI", "date"].date()) == "2025-02-03"  # closed from 23 January to 2 February
    assert zero.loc["XTKS", "closes"] == pd.Timestamp("2025-01-27 06:30", tz="UTC")


def test_a_foreign_row_holds_the_return_of_its_own_session_and_its_own_benchmark(deepseek):
    table = deepseek.table("exchanges")
    row = table[(table["security"] == "6857.T") & (table["tau"] == 0)].iloc[0]
    index = table[(table["security"] == "^N225") & (table["tau"] == 0)].iloc[0]
    returns = deepseek.evidence.returns
    assert (row["benchmark"], row["currency"]) == ("^N225", "JPY")
    assert row["return"] == pytest.approx(returns["6857.T"]["2025-01-27"])
    assert index["return"] == pytest.approx(returns["^N225"]["2025-01-27"])
    assert row["abnormal_return"] == pytest.approx(row["return"] - row["expected_return"])
    own = deepseek.abnormal["selloff"].select(["6857.T"])
    assert row["abnormal_return"] == pytest.approx(own.ar[0, 10])


def test_a_study_on_one_exchange_has_no_sessions(deepseek):
    ar = deepseek.abnormal["selloff"]
    here = ar.select((ar.labels["mic"] == "XNYS").to_numpy())
    table = exchanges_table(here, ["NVDA"], deepseek.evidence.securities, deepseek.evidence.returns, {})
    assert table.empty
    assert list(table.columns) == EXCHANGES


def test_the_receipt_of_the_study_that_ships_fell_while_its_home_was_closed(deepseek):
    table = deepseek.table("receipts").set_index("tau")
    assert table.loc[0, "receipt_return"] == pytest.approx(-0.1333, abs=5e-5)
    assert table.loc[0, "home_return"] == 0
    assert str(table.loc[0, "home_date"].date()) == "2025-01-22"
    assert table.loc[0, "parity_rate"] == pytest.approx(5 * table.loc[0, "home_close"] / table.loc[0, "receipt_close"])
    assert table["premium"].isna().all()


def test_a_benchmark_that_trades_elsewhere_has_no_row_on_a_day_on_which_it_was_closed(deepseek):
    """Every security against New York's SPY: on each exchange's own sessions, where SPY traded on that date too."""
    evidence, abnormal = deepseek.evidence, deepseek.abnormal["selloff"]
    with_spy = replace(abnormal, labels=abnormal.labels.assign(benchmark="SPY"))
    spy = evidence.returns["SPY"].drop(pd.Timestamp("2025-02-03"))  # Taipei's day 0
    returns = {**evidence.returns, "SPY": spy}
    table = exchanges_table(with_spy, ["NVDA"], evidence.securities, returns, evidence.calendars)
    rows = table[table["security"] == "SPY"]
    assert set(rows["exchange"]) == set(table["exchange"])
    assert rows[(rows["exchange"] == "XTAI")]["tau"].tolist() == [-1, 1]
    for (exchange, tau), days in table[table["kind"] == "stock"].groupby(["exchange", "tau"])["date"]:
        own = rows[(rows["exchange"] == exchange) & (rows["tau"] == tau)]
        assert own["date"].tolist() == [day for day in days[:1] if day in spy.index]
        assert own["return"].tolist() == [spy[day] for day in own["date"]]
