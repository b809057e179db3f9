"""What the core answers when there is nothing to compute."""

import re
from dataclasses import fields

import numpy as np
import pandas as pd
import pytest
from panels import EVENT, on_days, on_one_day, panel

from eventwindow.calendars.window import Window
from eventwindow.errors import EventDateError, StudyError, WindowError
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.concat import concat
from eventwindow.estimation.models import FactorModel
from eventwindow.inference.cross_section import CrossSection
from eventwindow.inference.registry import NotComputed, SignificanceResult, in_reading_order, results_of, run_tests
from eventwindow.inference.sample import sample
from eventwindow.inference.single_firm import firm_sq, firm_t

DAY = Window(0, 0)


def reasons(ar: AbnormalReturns, window: Window = DAY) -> dict[str, str]:
    return {r.name: str(r.reason) for r in run_tests(ar, window) if isinstance(r, NotComputed)}


def test_one_event_gets_its_own_tests_and_says_what_needs_two() -> None:
    ar = on_one_day(panel(1, firms=1))
    results = {r.name: r for r in run_tests(ar, DAY)}
    assert isinstance(results["sq"], SignificanceResult)
    assert isinstance(results["single_firm_t"], SignificanceResult)
    for name in ("bmp_t", "kolari_pynnonen_t", "adjusted_patell_z", "cross_sectional_t", "grank_t", "grank_z"):
        assert re.match("needs (two|2) events", str(reasons(ar)[name])), name


@pytest.mark.parametrize("times", [1.0, 6.0])
def test_what_ran_stands_before_what_could_not_and_both_say_whether_they_hold(times: float) -> None:
    """In the registry's order of the design; after a storm no test of several firms leads, and none is valid."""
    returns = panel(3)
    before = slice(returns.index[95], returns.index[99])
    shock = returns.loc[before].sub(returns.loc[before, "MKT"], axis=0)
    returns.loc[before] += (times - 1) * shock
    ar = on_one_day(returns)
    results, order = run_tests(ar, DAY), in_reading_order(sample(ar, DAY))
    assert any(r.valid for r in results) is (times == 1.0)
    assert {r.name: r.valid for r in results} == {test.name: valid for test, valid, _ in order}
    place = [(not r.valid, isinstance(r, NotComputed), [t.name for t, *_ in order].index(r.name)) for r in results]
    assert place == sorted(place)
    assert isinstance(next(r for r in results if r.name == "calendar_time"), NotComputed)


def test_the_firm_tests_of_many_are_those_of_one() -> None:
    ar = on_one_day(panel(1))
    for test in (firm_t, firm_sq):
        for i in range(len(ar)):
            assert test(ar, EVENT)[i] == test(ar.select(np.array([i])), EVENT)[0]


def test_sq_by_hand() -> None:
    """Residuals -2 -1 0 1 2 times a cent, an abnormal return of two cents: p = (1 + 2)/(5 + 1)."""
    returns = pd.DataFrame({"A": [0.01, 0.02, 0.03, 0.04, 0.05, 0.05]}, pd.bdate_range("2024-01-01", periods=6))
    events = {"firms": ["A"], "at": [5]}
    options = {
        "model": "mean_adjusted",
        "benchmark": None,
        "estimation": (-5, -1),
        "window": (0, 0),
        "minimum_returns": 5,
    }
    sq = firm_sq(on_days(returns, **events, **options), DAY)
    assert sq.p_value[0] == pytest.approx(3 / 6)
    assert sq.lower_p[0] == pytest.approx(6 / 6)
    assert sq.floor[0] == pytest.approx(1 / 6)


def test_a_stock_that_does_not_move_is_excluded_and_the_others_stay() -> None:
    ar = on_one_day(panel(1).assign(F2=0.001))
    assert ar.excluded["reason"].astype(str).tolist() == ["the residual variance is zero"]
    assert len(ar) == 4


def test_two_shares_of_one_stock_make_the_covariance_of_a_basket_singular() -> None:
    returns = panel(1)
    ar = on_one_day(returns.assign(TWIN=returns["F0"]))
    said = reasons(ar)
    for name in ("sur_f", "gls_t", "conformal_sur"):
        assert said[name] == "the residual covariance is singular"
    assert "date_permutation_mean" not in said


def test_collinear_factors_are_said() -> None:
    returns = panel(1)
    factors = pd.DataFrame({"a": returns["MKT"], "b": 2 * returns["MKT"]})
    ar = on_one_day(returns, model=FactorModel("two", ("a", "b"), None), benchmark=None, factors=factors)
    assert len(ar) == 0
    assert set(ar.excluded["reason"].astype(str)) == {"the factors are collinear over the estimation window"}
    assert all(isinstance(result, NotComputed) for result in run_tests(ar, DAY))


@pytest.mark.parametrize("model", ["market_model", "scholes_williams"])
@pytest.mark.parametrize("value", [0.0, 0.01, 1e-5, -0.003])
def test_a_benchmark_that_stands_still_is_said_to_be_one(model: str, value: float) -> None:
    """Not that factors are collinear: there is one. The last digit of its mean is no move either."""
    ar = on_one_day(panel(1).assign(MKT=value), model=model)
    assert len(ar) == 0
    told = "the benchmark, or a factor, is the same on every day of the estimation window"
    assert set(ar.excluded["reason"].astype(str)) == {told}


def test_a_stock_without_returns_is_excluded() -> None:
    ar = on_one_day(panel(1).assign(F0=np.nan))
    assert str(ar.excluded.to_dict("records")[0]["reason"]) == "0 returns in the estimation window [-70,-6], 30 needed"


def test_a_window_beyond_the_event_window_is_refused() -> None:
    with pytest.raises(WindowError, match="reaches beyond the event window"):
        on_one_day(panel(1)).car(Window(0, 6))


def test_a_window_whose_end_lies_outside_the_data_keeps_the_event_for_the_others() -> None:
    ar = on_one_day(panel(1), at=136)
    assert firm_t(ar, Window(0, 3)).reason.tolist() == [""] * 5
    assert set(map(str, firm_t(ar, Window(0, 4)).reason)) == {"the security's data ends before the window's last day"}
    assert all(isinstance(result, NotComputed) for result in run_tests(ar, EVENT))
    assert reasons(ar, EVENT)["portfolio_t"] == "no event holds the window"


def test_an_infinite_return_is_refused_by_name_and_date() -> None:
    returns = panel(1)
    returns.iloc[7, 2] = np.inf
    with pytest.raises(StudyError, match="'F1' has an infinite return on 2023-01-11"):
        on_one_day(returns)


def test_an_estimation_window_that_overlaps_the_event_window_is_refused() -> None:
    with pytest.raises(WindowError, match="overlaps"):
        on_one_day(panel(1), estimation=(-60, -5))


@pytest.mark.parametrize(
    ("date", "said"),
    [
        ("2023-05-06", "is no session of the table of returns"),
        ("2010-05-06", "before the first session of the table of returns, 2023-01-02"),
        ("2030-05-06", "after the last"),
    ],
)
def test_a_date_that_is_no_session_is_refused_with_its_neighbours(date: str, said: str) -> None:
    from eventwindow.analyses.event_study import abnormal_returns

    events = pd.DataFrame({"security": ["F0"], "date": [date]})
    with pytest.raises(EventDateError, match=said):
        abnormal_returns(panel(1), events, benchmark="MKT", estimation=(-70, -6), window=(-5, 5), minimum_returns=30)


@pytest.mark.parametrize(("rule", "day"), [("next", "2023-05-08"), ("previous", "2023-05-05")])
def test_a_shift_follows_the_rule_and_is_listed(rule: str, day: str) -> None:
    from eventwindow.analyses.event_study import abnormal_returns

    events = pd.DataFrame({"firm": ["F0"], "event_date": ["2023-05-06"]})
    spans = {"estimation": (-70, -6), "window": (-5, 5), "minimum_returns": 30}
    ar = abnormal_returns(panel(1), events, benchmark="MKT", session=rule, **spans)
    assert ar.labels["date"].iloc[0] == pd.Timestamp(day)
    assert ar.notes == (f"F0: day 0 is {day}: 2023-05-06 is no session: {rule} session",)


def test_an_unknown_security_and_an_unknown_model_are_named() -> None:
    with pytest.raises(StudyError, match="security 'F9'"):
        on_days(panel(1), ["F9"], [100])
    with pytest.raises(StudyError, match="model 'market' is unknown"):
        on_one_day(panel(1), model="market")


def test_firms_of_two_calendars_have_no_common_cross_section() -> None:
    returns = panel(2)
    ar = concat([on_days(returns, ["F0", "F1"], [100, 100]), on_days(returns, ["F2"], [101])])
    assert "do not share" in reasons(ar)["date_permutation_mean"]
    assert "do not share" in reasons(ar)["portfolio_t"]
    assert "adjusted_patell_z" not in reasons(ar)


def test_too_few_common_estimation_days_are_said() -> None:
    returns = panel(2, firms=2)
    returns.iloc[30:70, 1] = np.nan
    returns.iloc[70:94, 2] = np.nan
    ar = on_one_day(returns, minimum_returns=20)
    assert "common estimation days, 30 needed" in reasons(ar)["adjusted_patell_z"]


def test_each_event_can_have_its_own_window() -> None:
    returns = panel(2, firms=2)
    from eventwindow.analyses.event_study import abnormal_returns

    events = pd.DataFrame(
        {"security": ["F0", "F1"], "date": returns.index[[100, 100]], "window_start": [0, -1], "window_end": [2, 1]}
    )
    options = {"benchmark": "MKT", "estimation": (-70, -6), "window": (-5, 5), "minimum_returns": 30}
    ar = abnormal_returns(returns, events, **options)
    assert ar.car().car[0] == ar.car(Window(0, 2)).car[0]
    assert ar.car().std_error[1] == ar.car(Window(-1, 1)).std_error[1]


def test_results_print_in_a_terminal_and_in_a_notebook() -> None:
    ar = on_one_day(panel(1))
    for shown, holds in ((ar, "F1"), (ar.car(EVENT), "F1"), (ar.summary(DAY), "Kolari")):
        assert holds in repr(shown)
        assert "<table" in shown._repr_html_()
    table = ar.summary(DAY).to_frame()
    assert table["test"].iloc[0] == "date_permutation_mean"
    assert not table.loc[table["test"] == "bmp_t", "valid"].item()
    assert ar.to_frame().shape == (55, 13)


def test_a_test_across_events_needs_no_more_than_the_statistics_and_one_of_days_says_what_it_lacks() -> None:
    """What a panel adds up, here taken from a study, gives each test across events what the days give it."""
    events = sample(on_days(panel(9, days=180), [f"F{i}" for i in range(5)], [100, 101, 103, 103, 140]), Window(0, 2))
    sums = CrossSection(**{field.name: getattr(events, field.name) for field in fields(CrossSection)})
    plain, summed = ({r.name: r for r in results_of(one)} for one in (events, sums))
    assert summed == plain
    assert {r.name for r in plain.values() if isinstance(r, NotComputed)} == {
        "date_permutation_mean", "date_permutation_sar", "date_permutation_scaled", "date_permutation_max",
        "portfolio_t", "conformal_mean", "conformal_sur", "block_bootstrap", "gls_t", "sur_f",
    }  # fmt: skip
