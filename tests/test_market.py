"""The market on day 0 and the sessions before it: every figure can be counted by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from eventwindow.analyses.event_study import abnormal_returns
from eventwindow.analyses.market import groups_table, market_table, on_sessions, panel_moves, treated_stocks_table
from eventwindow.analyses.run_up import run_up_table
from eventwindow.calendars.window import Window
from eventwindow.estimation.ex_treated import without_treated

SESSIONS = pd.bdate_range("2022-01-03", periods=400, name="date")
EARLY, DAY0 = SESSIONS[350], SESSIONS[355]
FIRMS = ["ONE", "TWO", "THREE"]


@pytest.fixture(scope="module")
def returns():
    g = np.random.default_rng(4)
    market = g.normal(0.0004, 0.01, 400)
    table = pd.DataFrame({f: market + g.normal(0, 0.01, 400) for f in FIRMS}, SESSIONS)
    table.loc[DAY0, ["ONE", "TWO"]] -= 0.12
    return table.assign(MARKET=market, OTHER=market + g.normal(0, 0.002, 400))


def around(returns, day, benchmark="MARKET"):
    events = pd.DataFrame({"security": FIRMS, "date": day, "event": "e", "mic": "XNYS"})
    return abnormal_returns(returns, events, benchmark=benchmark, estimation=(-260, -11), window=(-10, 10))


@pytest.fixture(scope="module")
def abnormal(returns):
    return {"early": around(returns, EARLY), "head": around(returns, DAY0)}


@pytest.fixture(scope="module")
def approach(abnormal):
    return run_up_table(abnormal, "head", ["ONE", "TWO"], Window(-4, 3))


def test_the_breadth_of_a_panel_is_counted_with_and_without_the_treated():
    panel = pd.DataFrame({"A": [100, 90], "B": [10, 11], "C": [50, 50], "D": [np.nan, 5]}, SESSIONS[:2])
    series = pd.Series([np.nan, -0.02], SESSIONS[:2])
    table = market_table(SESSIONS[1], {"FUND": series}, None, panel, ["A", "Z"]).set_index(["measure", "left_out"])
    assert table.loc[("return", ""), ["name", "value"]].tolist() == ["FUND", -0.02]
    assert table.loc[("share_down", ""), ["n", "value"]].tolist() == [3, pytest.approx(1 / 3)]
    assert table.loc[("mean", ""), "value"] == pytest.approx(0.0)
    assert table.loc[("share_down", "treated"), ["n", "value"]].tolist() == [2, 0.0]
    assert table.loc[("median", "treated"), "value"] == pytest.approx(0.05)


def test_a_panel_that_does_not_hold_the_day_before_has_no_breadth():
    panel = pd.DataFrame({"A": [100.0, 90.0]}, SESSIONS[:2])
    assert panel_moves(panel, SESSIONS[0]).empty
    assert panel_moves(panel, SESSIONS[5]).empty
    assert panel_moves(None, SESSIONS[1]).empty
    assert market_table(SESSIONS[5], {}, None, panel, []).empty


def test_a_panel_without_a_row_of_the_session_before_has_none_either():
    """The row before it would be that of an earlier session: the moves of two would be told as one's."""
    days = SESSIONS[[0, 1, 3]]
    panel = on_sessions(pd.DataFrame({"A": [100.0, 90.0, 45.0]}, days), SESSIONS)
    assert panel_moves(panel, SESSIONS[1]).tolist() == [pytest.approx(-0.1)]
    assert panel_moves(panel, SESSIONS[3]).empty
    assert on_sessions(None, SESSIONS) is None


def test_every_group_is_tested_against_every_benchmark(returns, abnormal):
    seen = {"MARKET": abnormal["head"], "OTHER": around(returns, DAY0, "OTHER")}
    table = groups_table(seen, {"fell": ["ONE", "TWO"], "none": ["NOBODY"]}, Window(0, 0))
    assert table["benchmark"].tolist() == ["MARKET", "OTHER"]
    for row, view in zip(table.itertuples(), seen.values(), strict=True):
        assert row.caar == pytest.approx(view.ar[:2, 10].mean())
        beyond = np.sum(np.abs(view.residuals[:2].mean(axis=0)) >= abs(row.caar))
        assert row.p_value == pytest.approx((1 + beyond) / 251)


@pytest.mark.parametrize(("moved", "test"), [(1.2, "date_permutation_scaled"), (8.0, None)])
def test_where_volatility_moved_groups_are_ranked_by_the_test_that_leads(returns, moved, test):
    """Counted out: an EWMA of the basket before each day; more than twice as restless, and no test leads."""
    restless = returns.copy()
    before = slice(SESSIONS[345], SESSIONS[354])  # the ten sessions before day 0
    shock = restless.loc[before, FIRMS].sub(restless.loc[before, "MARKET"], axis=0)
    restless.loc[before, FIRMS] += (moved - 1) * shock
    seen = around(restless, DAY0)
    found = groups_table({"MARKET": seen}, {"both": ["ONE", "TWO"]}, Window(0, 0)).iloc[0]
    e, between = seen.residuals[:2].mean(axis=0), seen.ar[:2, :10].mean(axis=0)
    if test is None:
        assert np.isnan(found["p_value"]) and "no_test_leads" in {part.key for part in found["note"].parts}
        return
    path = [np.mean(e**2)]
    for value in [*e, *between]:
        path.append(0.94 * path[-1] + 0.06 * value**2)
    beyond = np.sum(np.abs(e) / np.sqrt(path[:250]) >= abs(seen.ar[:2, 10].mean()) / np.sqrt(path[-1]))
    assert found["test"] == test
    assert found["p_value"] == pytest.approx((1 + beyond) / 251)
    assert 1.2 < np.sqrt(np.mean(between**2) / np.mean(e**2)) < 2


def test_the_treated_are_listed_with_what_they_gave_to_the_index():
    days = SESSIONS[:2]
    star = without_treated(
        pd.Series([np.nan, -0.01], days),
        pd.DataFrame({"A": [np.nan, -0.10], "B": [np.nan, np.nan]}, days),
        pd.DataFrame({"A": [100.0, 90.0], "B": [5.0, 5.0]}, days),
        pd.Series([1000.0, 990.0], days),
        pd.Series({"B": 0.1, "A": 0.2}),
        days[0],
    )
    table = treated_stocks_table(star, days[1])
    assert table.to_numpy().tolist() == [["A", pytest.approx(0.2), pytest.approx(-0.10), pytest.approx(-0.02)]]


def test_the_sessions_before_the_day_stand_one_by_one_and_together(abnormal, approach):
    head = approach[approach["event"] == "head"]
    assert head[["window_start", "window_end"]].to_numpy().tolist() == [[t, t] for t in range(-4, 1)] + [[-4, -1]]
    ar = abnormal["head"].ar[:2].mean(axis=0)
    assert head["caar"].to_numpy() == pytest.approx([*ar[6:11], ar[6:10].sum()])
    assert head["last"].iloc[-1] == SESSIONS[354]
    assert head.iloc[4]["p_value"] == pytest.approx(1 / 251)


def test_an_earlier_event_counts_up_to_the_session_before_the_day(abnormal, approach):
    early = approach[approach["event"] == "early"]
    assert early[["window_start", "window_end"]].to_numpy().tolist() == [[0, 0], [0, 4]]
    assert early["last"].tolist() == [EARLY, SESSIONS[354]]
    whole = abnormal["early"].actual[:2, 10:15]
    assert early.iloc[1]["mean_return"] == pytest.approx((np.prod(1 + whole, axis=1) - 1).mean())


def test_a_study_of_one_day_has_no_sessions_before_it(abnormal):
    alone = run_up_table({"head": abnormal["head"]}, "head", FIRMS, Window(0, 0))
    assert alone[["window_start", "window_end"]].to_numpy().tolist() == [[0, 0]]
    assert run_up_table({"head": abnormal["head"]}, "head", ["NOBODY"], Window(0, 0)).empty


def test_the_shipped_study_agrees_with_its_claims_and_tables(deepseek):
    """The same figures reached another way: the test of the basket, the weights' sum, the panels of the readings."""
    tests = deepseek.table("tests").query(
        "event == 'selloff' and group == 'ai_ten' and test == 'date_permutation_mean'"
    )
    rows = deepseek.table("approach").query("event == 'selloff'").set_index(["window_start", "window_end"])
    for start, end in ((0, 0), (-4, -1)):
        other = tests[(tests["window_start"] == start) & (tests["window_end"] == end)].iloc[0]
        assert rows.loc[(start, end), ["caar", "p_value"]].tolist() == pytest.approx(
            [other["statistic"], other["p_value"]]
        )
    treated = deepseek.table("treated").set_index("date").loc[pd.Timestamp("2025-01-27")]
    stocks = deepseek.table("treated_stocks")
    assert stocks["weight"].sum() == pytest.approx(treated["treated_weight"])
    assert stocks["contribution"].sum() == pytest.approx(treated["treated_contribution"])
    down = next(
        p for r in deepseek.readings for p in r.panels if getattr(p.claim.measure, "figure", "") == "share_down"
    )
    market = deepseek.table("market").query("measure == 'share_down' and left_out == ''").iloc[0]
    assert down.measured.value == pytest.approx(market["value"])
