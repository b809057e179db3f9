"""The day by the minute: bars laid on sessions, ordinary days as the measure, lead and lag that are there or are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from eventwindow.analyses.intraday.bars import (
    Bars,
    abnormal_bars,
    bars_of,
    cumulated,
    ordinary,
    path_statistic,
    rank_p,
    upper_rank_p,
)
from eventwindow.analyses.intraday.lead_lag import correlations, lead_lag
from eventwindow.analyses.intraday.tables import DAYS, LEADS, MINUTES, intraday_tables
from eventwindow.calendars.exchange import Calendar
from eventwindow.errors import StudyError

SESSIONS = pd.bdate_range("2025-01-01", periods=30)
COUNT = 40  # five-minute bars a session


def calendar(sessions: pd.DatetimeIndex = SESSIONS, bars: int = COUNT) -> Calendar:
    opens = sessions.tz_localize("UTC") + pd.Timedelta(hours=14)
    return Calendar("XNYS", sessions, opens, opens + pd.Timedelta(minutes=5 * bars), "America/New_York")


def long_table(moves: dict[str, np.ndarray]) -> pd.DataFrame:
    """Bars (D × B log returns a symbol, each session from 100) as a long table with volume 10."""
    parts = []
    for symbol, move in moves.items():
        close = 100 * np.exp(move.cumsum(axis=1))
        opened = np.column_stack([np.full(len(move), 100.0), close[:, :-1]])
        opens = calendar().opens[: len(move)]
        start = [o + pd.Timedelta(minutes=5 * b) for o in opens for b in range(move.shape[1])]
        columns = {"open": opened.ravel(), "high": close.ravel(), "low": close.ravel(), "close": close.ravel()}
        parts.append(pd.DataFrame({"start": start, "symbol": symbol, **columns, "volume": 10.0}))
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def noise() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(5)
    sector = rng.normal(0, 0.001, (30, COUNT))
    own = rng.normal(0, 0.001, (2, 30, COUNT))
    return {"S": sector, "A": 1.5 * sector + own[0], "B": sector + own[1], "double": 2 * sector}


def held(moves: dict[str, np.ndarray]) -> dict[str, Bars]:
    table = long_table(moves)
    return {symbol: bars_of(table, symbol, calendar()) for symbol in moves}


def test_bars_by_hand():
    """Two sessions of two bars and one bar after the close, which is left out."""
    start = pd.to_datetime(["2025-01-01 14:00", "2025-01-01 14:05", "2025-01-01 14:10", "2025-01-02 14:00"], utc=True)
    prices = {"open": [10.0, 11.0, 99.0, 15.0], "close": [11.0, 12.0, 99.0, 18.0]}
    table = pd.DataFrame({"start": start, "symbol": "A", **prices, "volume": [1.0, 2.0, 9.0, 3.0]})
    bars = bars_of(table, "A", calendar(SESSIONS[:2], 2))
    assert bars.minutes.tolist() == [0, 5]
    assert bars.closes[0].tolist() == [11, 12]
    assert np.isnan(bars.closes[1, 1])
    assert bars.returns[0] == pytest.approx(np.log([1.1, 12 / 11]))
    assert bars.session == pytest.approx(np.log([1.2, 1.2]))
    assert bars.overnight[1] == pytest.approx(np.log(15 / 12))
    assert bars.full.tolist() == [True, False]


def test_a_missing_bar_empties_two_returns_and_adds_nothing_to_the_sum():
    bars = bars_of(long_table({"A": np.full((2, 5), 0.01)}).drop(index=2), "A", calendar())
    assert np.isnan(bars.returns[0]).tolist() == [False, False, True, True, False]
    assert bars.returns[1] == pytest.approx(0.01)
    assert cumulated(bars.returns)[0, [0, 1, 4]].tolist() == pytest.approx([0.01, 0.02, 0.03])


def test_bars_outside_every_session_are_named():
    table = long_table({"A": np.zeros((1, 3))}).assign(start=pd.Timestamp("2025-01-04 12:00", tz="UTC"))
    with pytest.raises(StudyError, match="no bar of 'A'"):
        bars_of(table, "A", calendar())


def test_half_days_and_event_days_are_not_ordinary(noise):
    table = long_table({"A": noise["A"]})
    table = table[
        ~((table["start"] >= calendar().opens[3] + pd.Timedelta(hours=1)) & (table["start"] < calendar().opens[4]))
    ]
    usual = ordinary(bars_of(table, "A", calendar()), [SESSIONS[10]])
    assert np.flatnonzero(~usual).tolist() == [3, 10]


def test_too_few_ordinary_days_are_refused(noise):
    bars = held({"A": noise["A"]})["A"]
    with pytest.raises(StudyError, match="10 ordinary days"):
        ordinary(bars, list(SESSIONS[:20]))


def test_a_stock_that_is_twice_the_market_has_no_abnormal_bars(noise):
    bars = held({"S": noise["S"], "double": noise["double"]})
    residual, beta = abnormal_bars(bars["double"], bars["S"], np.ones(30, bool))
    assert beta == pytest.approx(2)
    assert residual == pytest.approx(0, abs=1e-12)


def test_ranks_by_hand():
    assert rank_p(-0.03, np.array([0.01, 0.03, -0.05, np.nan])) == 3 / 4
    assert upper_rank_p(2.0, np.array([1.0, 3.0, 2.0])) == 3 / 4
    assert path_statistic(np.array([[1.0, -3.0]]), np.array([[1.0, 1.0], [-1.0, -1.0]])).tolist() == [3.0]


def test_correlations_are_those_of_numpy():
    a, b = np.random.default_rng(2).normal(size=(2, 30))
    found = correlations(a, b[None], np.arange(-3, 4))[0]
    full = np.correlate(b, a, "full")[29 - 3 : 29 + 4] / np.sqrt((a @ a) * (b @ b))
    assert found == pytest.approx(full)
    assert correlations(a, a[None], np.array([0]))[0, 0] == pytest.approx(1)


def test_a_follower_is_found_two_bars_behind_and_a_leader_two_ahead(noise):
    rng = np.random.default_rng(9)
    lead = rng.normal(0, 0.001, (30, COUNT))
    follow = np.roll(lead, 2, axis=1) + rng.normal(0, 0.0002, lead.shape)
    bars = held({"S": noise["S"], "A": noise["S"] + lead, "B": noise["S"] + follow})
    found = lead_lag(bars["A"], bars["B"], bars["S"], 12, np.arange(30) != 12)
    turned = lead_lag(bars["B"], bars["A"], bars["S"], 12, np.arange(30) != 12)
    assert found.lags[found.correlation.argmax()] == 2
    assert found.p_any == 1 / 2000
    assert found.lead > 0
    assert turned.lead == pytest.approx(-found.lead)
    assert turned.correlation == pytest.approx(found.correlation[::-1])


def test_unrelated_names_lead_each_other_about_as_rarely_as_the_band_says(noise):
    rng = np.random.default_rng(4)
    bars = held({"S": noise["S"], **{k: noise["S"] + rng.standard_t(4, (30, COUNT)) / 1000 for k in "AB"}})
    every = [lead_lag(bars["A"], bars["B"], bars["S"], d, np.arange(30) != d) for d in range(30)]
    outside = np.mean([np.abs(f.correlation) > f.band for f in every])
    assert 0.02 < outside < 0.08
    assert sum(f.p_any < 0.05 for f in every) <= 4


def test_lead_and_lag_are_not_computed_on_a_day_too_short(noise):
    bars = held({k: v[:, :20] for k, v in noise.items()})
    assert lead_lag(bars["A"], bars["B"], bars["S"], 0, np.arange(30) > 0) is None


def test_the_tables_of_a_day_with_a_fall_after_the_open(noise):
    moves = {k: v.copy() for k, v in noise.items()}
    moves["A"][12, 5] -= 0.08
    bars = held(moves)
    shown = [SESSIONS[12]]
    tables = intraday_tables("e", bars, shown, [], market="S", sector="S", pairs=[("A", "B")])
    minutes, days = tables["intraday"], tables["intraday_days"]
    assert [list(tables[k].columns) for k in ("intraday", "intraday_days", "lead_lag")] == [MINUTES, DAYS, LEADS]
    mine = minutes[minutes["security"] == "A"]
    assert (mine["minute"] == 5 * np.arange(COUNT)).all()
    assert (mine["car_from_open"] < mine["band_low"]).tolist() == [False] * 5 + [True] * 35
    assert (mine["volume"] / mine["usual_volume"]).eq(1).all()
    table = days[days["security"] == "A"].set_index("measure")
    assert table.loc[["car_from_open", "path", "realised_variance"], "p_value"].tolist() == pytest.approx([1 / 30] * 3)
    assert table.loc["volume", "p_value"] == 1
    assert table.loc["car_from_open", "value"] == pytest.approx(mine["car_from_open"].iloc[-1])
    assert len(tables["lead_lag"]) == 13
    again = intraday_tables("e", bars, shown, [], market="S", sector="S", pairs=[("A", "B")])
    pd.testing.assert_frame_equal(tables["lead_lag"], again["lead_lag"])


def test_the_band_holds_the_share_of_ordinary_days_that_it_says(noise):
    bars = held({"A": noise["A"]})["A"]
    table = intraday_tables("e", {"A": bars}, [SESSIONS[3]], [])["intraday"]
    usual = np.arange(30) != 3
    inside = (bars.path[usual] >= table["band_low"].to_numpy()) & (bars.path[usual] <= table["band_high"].to_numpy())
    assert inside.mean() == pytest.approx(
        1 - 2 / 29, abs=1e-12
    )  # of 29 days the interpolated band cuts off one each side


def test_a_symbol_with_too_few_days_is_left_out_with_its_reason(noise):
    bars = held({"A": noise["A"]}) | held({"B": noise["B"][:10]})
    tables = intraday_tables("e", bars, [SESSIONS[3]], [], sector="A", pairs=[("A", "B")], lost={"C": "no bar"})
    days = tables["intraday_days"]
    assert set(tables["intraday"]["security"]) == {"A"}
    assert days.loc[days["security"] == "B", "note"].astype(str).tolist() == [
        "not computed: 'B' has bars of 9 ordinary days, 20 needed."
    ]
    assert days.loc[days["security"] == "C", "note"].astype(str).tolist() == ["not computed: no bar"]
    assert tables["lead_lag"].empty


def test_without_bars_of_the_day_the_tables_are_empty(noise):
    tables = intraday_tables("e", held({"A": noise["A"]}), [pd.Timestamp("2030-01-01")], [])
    assert {k: len(v) for k, v in tables.items()} == dict.fromkeys(["intraday", "intraday_days", "lead_lag"], 0)


def test_the_bars_that_ship_agree_with_the_daily_prices(deepseek):
    days = deepseek.table("intraday_days").set_index(["security", "date", "measure"])["value"]
    nvda = deepseek.evidence.prices["NVDA"]
    day, before = pd.Timestamp("2025-01-27"), pd.Timestamp("2025-01-24")
    gap = np.log(nvda.loc[day, "open"] / nvda.loc[before, "close"])
    assert days["NVDA", day, "overnight_gap"] == pytest.approx(gap, abs=0.004)  # the last bar ends before the auction
    whole = days["NVDA", day, "overnight_gap"] + days["NVDA", day, "session_return"]
    assert whole == pytest.approx(np.log(118.42 / 142.62), abs=0.004)
    assert set(deepseek.table("lead_lag")["date"]) == {day, day + pd.Timedelta(days=1)}


def test_a_day_that_its_bars_cover_in_part_is_told(noise):
    """An hour late, as stamps of winter time are in summer; whole days are told of nothing."""
    table = long_table({"A": noise["A"]})
    day = SESSIONS[25]
    assert bars_of(table, "A", calendar()).lacking(day) is None
    late = bars_of(table.assign(start=table["start"] + pd.Timedelta("1h")), "A", calendar()).lacking(day)
    assert str(late).startswith("the bars of 2025-02-05 run from 10:00 to 12:20, the session from 09:00 to 12:20")
    gone = table[table["start"].dt.date != day.date()]
    tables = intraday_tables("e", {"A": bars_of(gone, "A", calendar())}, [day], [])
    assert [str(note) for note in tables["intraday_days"]["note"]] == ["No 5-minute bars of A on 2025-02-05."]
