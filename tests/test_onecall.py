"""From two tables to abnormal returns in one call."""

from dataclasses import fields, is_dataclass

import numpy as np
import pandas as pd
import pytest
from panels import EVENT, on_days, on_one_day, panel

import eventwindow
from eventwindow.analyses.event_study import abnormal_returns
from eventwindow.calendars.window import Window
from eventwindow.errors import StudyError
from eventwindow.estimation.concat import concat
from eventwindow.estimation.models import MODELS, Dimson, FactorModel
from eventwindow.inference.permutation import date_permutation_mean
from eventwindow.inference.portfolio import portfolio
from eventwindow.inference.sample import sample
from eventwindow.inference.sur import portfolio_t

SPANS = {"estimation": (-70, -6), "window": (-5, 5), "minimum_returns": 30}
DAY = Window(0, 0)
DAY_ZERO = panel(1).index[100]


def one_event(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({"security": ["F0"], **{name: [value] for name, value in columns.items()}})


@pytest.mark.parametrize(
    ("clock", "session"),
    [("09:00", "2023-05-05"), ("15:59", "2023-05-05"), ("19:04", "2023-05-08")],
)
def test_news_with_a_clock_time_counts_from_the_first_close_after_it(clock: str, session: str) -> None:
    """Friday 5 May 2023 in New York: after the close the next session is Monday."""
    events = one_event(date="2023-05-05", time=clock, zone="America/New_York")
    ar = abnormal_returns(panel(1), events, benchmark="MKT", exchange="XNYS", **SPANS)
    assert ar.labels["date"].iloc[0] == pd.Timestamp(session)
    assert any("first close after the news" in note for note in ar.notes) == (session != "2023-05-05")


def test_a_clock_time_needs_an_exchange() -> None:
    with pytest.raises(StudyError, match="no exchange"):
        abnormal_returns(panel(1), one_event(date="2023-05-05", time="09:00"), benchmark="MKT", **SPANS)


def test_each_event_can_have_its_own_benchmark_and_its_own_rule() -> None:
    returns = panel(2).assign(OTHER=lambda t: t["F1"])
    events = pd.DataFrame(
        {
            "security": ["F0", "F0"],
            "date": ["2023-05-06", "2023-05-05"],
            "session": ["previous", None],
            "benchmark": ["OTHER", None],
        }
    )
    ar = abnormal_returns(returns, events, benchmark="MKT", **SPANS)
    assert ar.labels["benchmark"].tolist() == ["OTHER", "MKT"]
    alone = abnormal_returns(returns, one_event(date="2023-05-05"), benchmark="OTHER", **SPANS)
    np.testing.assert_allclose(ar.ar[0], alone.ar[0])
    assert not np.allclose(ar.ar[0], ar.ar[1])


def test_a_table_of_factors_for_each_benchmark() -> None:
    returns = panel(3)
    events = pd.DataFrame({"security": ["F0", "F1"], "date": "2023-05-05", "benchmark": ["a", "b"]})
    tables = {"a": returns["MKT"], "b": returns["F4"]}
    ar = abnormal_returns(returns, events, factors=tables, **SPANS)
    for i, name in enumerate(("MKT", "F4")):
        alone = abnormal_returns(returns, events.drop(columns="benchmark"), benchmark=name, **SPANS)
        np.testing.assert_allclose(ar.ar[i], alone.ar[i])
    with pytest.raises(StudyError, match="benchmark 'b' has no table"):
        abnormal_returns(returns, events, factors={"a": returns["MKT"]}, **SPANS)


def test_peers_make_the_benchmark_and_a_treated_peer_is_warned_of() -> None:
    returns = panel(4)
    ar = abnormal_returns(returns, one_event(date="2023-05-05"), model="peer_adjusted", peers=["F1", "F2"], **SPANS)
    day = returns.index.get_loc("2023-05-05")
    assert ar.ar[0, 5] == pytest.approx(returns["F0"].iloc[day] - returns[["F1", "F2"]].iloc[day].mean())
    assert ar.dof[0] == 65
    with pytest.warns(UserWarning, match="a peer that is itself in the study"):
        treated = abnormal_returns(
            returns, one_event(date="2023-05-05"), model="peer_index", peers=["F0", "F2"], **SPANS
        )
    assert "hides part of the effect" in treated.notes[-1]


def test_a_dimson_without_neighbours_is_the_market_model() -> None:
    plain, dimson = on_one_day(panel(5)), on_one_day(panel(5), model=Dimson(lags=0, leads=0))
    np.testing.assert_allclose(dimson.sar, plain.sar)


def test_a_missing_factor_and_log_returns_are_said() -> None:
    with pytest.raises(StudyError, match="needs the factor 'rf'"):
        on_one_day(panel(6), model="capm")
    returns = panel(6)
    factors = pd.DataFrame({"mkt_rf": returns["MKT"], "rf": 0.0001})
    with pytest.raises(StudyError, match="needs simple returns"):
        on_one_day(returns, model="capm", factors=factors, benchmark=None, kind="log")


def test_the_risk_free_rate_cancels_where_beta_is_one_and_shifts_alpha() -> None:
    """With a constant rate, CAPM and the market model in plain returns give the same abnormal returns."""
    returns = panel(7)
    factors = pd.DataFrame({"mkt_rf": returns["MKT"] - 0.0002, "rf": 0.0002})
    capm = on_one_day(returns, model="capm", factors=factors, benchmark=None)
    np.testing.assert_allclose(capm.ar, on_one_day(returns).ar, atol=1e-13)
    assert capm.dof[0] == 63


def test_every_model_is_in_the_registry_under_its_own_name() -> None:
    assert all(model.name == name for name, model in MODELS.items())
    assert {"mean_adjusted", "ff5", "carhart", "scholes_williams", "huber", "garch", "peer_index"} <= set(MODELS)
    own = FactorModel("oil", ("oil",), risk_free=None)
    returns = panel(8)
    ar = on_one_day(returns, model=own, factors=returns[["MKT"]].rename(columns={"MKT": "oil"}), benchmark=None)
    np.testing.assert_allclose(ar.ar, on_one_day(returns).ar)
    assert set(ar.model) == {"oil"}


def test_joined_models_keep_their_own_errors() -> None:
    returns = panel(9)
    plain, mean = on_days(returns, ["F0"], [100]), on_days(returns, ["F1"], [100], model="mean_adjusted")
    garch = on_days(panel(9, days=400), ["F0"], [100], model="garch")
    both = concat([plain, mean, garch])
    for i, part in enumerate((plain, mean, garch)):
        np.testing.assert_allclose(both.car(EVENT).std_error[i], part.car(EVENT).std_error[0])
        np.testing.assert_allclose(both.standardised_residuals[i], part.standardised_residuals[0])
    assert both.coefficients.shape[0] == 3


def test_two_exchanges_that_share_the_day_are_moved_over_their_common_days() -> None:
    """The second exchange keeps three holidays of its own in the estimation window."""
    returns = panel(10)
    east = returns.drop(returns.index[[60, 61, 75]])
    at = [int(np.flatnonzero(table.index == returns.index[100])[0]) for table in (returns, east)]
    ar = concat([on_days(returns, ["F0"], [at[0]]), on_days(east, ["F1"], [at[1]])])
    result = date_permutation_mean(sample(ar, DAY))
    assert str(result.distribution) == "62 estimation days"
    common = [day for day in returns.index[30:95] if day in east.index]
    assert len(common) == 62
    assert "share an estimation calendar" in str(portfolio_t(sample(ar, DAY)).reason)


def test_an_index_that_holds_no_dates_is_told() -> None:
    returns = panel(3)
    events = pd.DataFrame({"security": ["A"], "date": [returns.index[-30]]})
    with pytest.raises(StudyError, match="the index holds no dates"):
        abnormal_returns(returns.reset_index(drop=True), events, benchmark="MKT")


@pytest.mark.parametrize("window", [DAY, Window(0, 4)])
def test_one_event_is_one_event_to_every_test(window):
    """`n` counts events, not the days that a test ranks it among."""
    ar = abnormal_returns(panel(1), one_event(date=str(panel(1).index[100].date())), benchmark="MKT", **SPANS)
    assert {result.n for result in ar.summary(window).results} == {1}


def one_day(n: int) -> pd.DataFrame:
    return pd.DataFrame({"security": [f"F{i}" for i in range(n)], "date": DAY_ZERO})


def test_a_portfolio_tells_the_days_that_a_member_lacks() -> None:
    """Its sum leaves them out: over [-1,1] it is that of the first day alone."""
    returns = panel(3)
    returns.loc[DAY_ZERO : DAY_ZERO + pd.offsets.BDay(), "F2"] = np.nan
    basket = portfolio(abnormal_returns(returns, one_day(3), benchmark="MKT", **SPANS))
    assert np.isnan(basket.car(DAY).car[0]) and basket.car((-1, 1)).car == pytest.approx(basket.ar[0, 4])
    assert any("portfolio" in note and f"no return on {DAY_ZERO:%Y-%m-%d}" in note for note in basket.notes)


def test_an_event_window_beyond_the_data_is_told() -> None:
    returns = panel(2).loc[: DAY_ZERO + pd.offsets.BDay()]
    held = abnormal_returns(returns, one_day(2), benchmark="MKT", **SPANS)
    assert np.isnan(held.car().car).all() and sum("data ends before" in note for note in held.notes) == 2
    whole = abnormal_returns(panel(2), one_day(2), benchmark="MKT", **SPANS)
    assert not any("data ends" in note for note in whole.notes)


def test_events_are_selected_by_a_slice_or_one_place() -> None:
    held = abnormal_returns(panel(3), one_day(3), benchmark="MKT", **SPANS)
    assert held.select(slice(1, None)).labels["security"].tolist() == ["F1", "F2"]
    assert held.select(-1).labels["security"].tolist() == held.select("F2").labels["security"].tolist() == ["F2"]
    assert len(held.select([])) == 0


def test_results_that_hold_arrays_or_tables_are_compared_by_identity() -> None:
    """Element by element they would be neither true nor false."""
    held = [
        value
        for value in (getattr(eventwindow, name) for name in eventwindow.__all__)
        if is_dataclass(value) and any("Array" in f"{f.type}" or "DataFrame" in f"{f.type}" for f in fields(value))
    ]
    assert len(held) > 5
    assert [kind.__name__ for kind in held if kind.__eq__ is not object.__eq__] == []


def test_returns_are_no_prices_to_calibrate_on() -> None:
    with pytest.raises(StudyError, match="no prices"):
        eventwindow.calibrate(panel(2), draws=1)


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [2, 0, 1]])
def test_rows_numbered_as_the_events_are_matched_by_their_numbers(order: list[int]) -> None:
    """Sorted by something else, the same rows give the same portfolio and the same slope."""
    held = abnormal_returns(panel(3), one_day(3), benchmark="MKT", **SPANS)
    given = pd.Series([3.0, 2.0, 7.0], name="size")
    weighted = portfolio(held, given.iloc[order]).ar
    np.testing.assert_allclose(weighted, portfolio(held, [3.0, 2.0, 7.0]).ar)
    slope = eventwindow.car_regression(held, 0, given.to_frame().iloc[order]).coefficients["size"]
    assert slope == pytest.approx(np.polyfit([3.0, 2.0, 7.0], held.car(DAY).car, 1)[0])


def test_rows_numbered_otherwise_than_the_events_are_refused() -> None:
    held = abnormal_returns(panel(3), one_day(3), benchmark="MKT", **SPANS)
    later = pd.Series([3.0, 2.0, 7.0], index=pd.RangeIndex(5, 8), name="size")
    with pytest.raises(StudyError, match="no weight of 'F0'"):
        portfolio(held, later)
    with pytest.raises(StudyError, match="3 rows of characteristics for 3 events"):
        eventwindow.car_regression(held, 0, later)


def test_numbers_that_are_names_of_securities_are_taken_as_such() -> None:
    returns = panel(3).rename(columns={"F0": "2", "F1": "0", "F2": "1"})
    events = one_day(3).assign(security=["2", "0", "1"])
    held = abnormal_returns(returns, events, benchmark="MKT", **SPANS)
    weighted = portfolio(held, pd.Series([2.0, 7.0, 3.0], index=[0, 1, 2]))
    np.testing.assert_allclose(weighted.ar, portfolio(held, [3.0, 2.0, 7.0]).ar)


def test_volumes_that_are_all_positive_are_no_doubtful_prices() -> None:
    volumes = panel(3).abs() + 10.0
    told = abnormal_returns(volumes, one_day(1), model="mean_adjusted", kind="log_volume", **SPANS).notes
    assert not any("never fall" in note for note in told)
    prices = abnormal_returns(panel(3).abs(), one_day(1), model="mean_adjusted", **SPANS).notes
    assert any("never fall" in note for note in prices)


PEERS = {"model": "peer_index", "peers": ["F3", "F4"]} | SPANS


@pytest.mark.parametrize("other", [{"benchmark": "MKT"}, {"factors": panel(1)["MKT"]}])
def test_peers_stand_beside_no_benchmark_and_no_factors(other: dict[str, object]) -> None:
    with pytest.raises(StudyError, match="both peers and"):
        abnormal_returns(panel(1), one_day(3), **PEERS, **other)


def test_a_peer_without_a_return_in_the_event_window_is_told() -> None:
    returns = panel(1)
    assert not any("the peer" in note for note in abnormal_returns(returns, one_day(3), **PEERS).notes)
    returns.loc[DAY_ZERO, "F3"] = np.nan
    told = abnormal_returns(returns, one_day(3), **PEERS).notes
    assert f"the peer 'F3' has no return on {DAY_ZERO:%Y-%m-%d}: the others stand for it" in told
