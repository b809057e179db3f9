"""What is asked for by name, window or level is what is computed, or an error that says what to do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from panels import on_days, on_one_day, panel

from eventwindow import abnormal_returns, calibrate, car_regression, panel_study, portfolio
from eventwindow.calendars.window import Window
from eventwindow.errors import StudyError, WindowError

SPANS = {"estimation": (-70, -6), "window": (-5, 5), "minimum_returns": 30, "benchmark": "MKT"}


def test_weights_by_name_do_not_hang_on_their_order() -> None:
    ar = on_one_day(panel(1))
    right = portfolio(ar, weights=np.array([1.0, 2.0, 3.0, 4.0, 5.0])).car(0).car
    named = {f"F{i}": i + 1.0 for i in range(5)}
    turned = dict(reversed(named.items()))
    for weights in (pd.Series(turned), turned, pd.Series(named), [1, 2, 3, 4, 5], pd.Series([1, 2, 3, 4, 5])):
        np.testing.assert_allclose(portfolio(ar, weights=weights).car(0).car, right, rtol=1e-14)


@pytest.mark.parametrize(
    ("weights", "told"),
    [
        ({"F0": 1.0}, "no weight of 'F1'"),
        ({f"F{i}": 1.0 for i in range(6)}, "a weight of 'F5'"),
        (pd.Series([1.0] * 6, ["F0", "F0", "F1", "F2", "F3", "F4"]), "two weights of 'F0'"),
        (["a"] * 5, "finite weights"),
    ],
)
def test_weights_that_do_not_fit_the_securities_are_refused(weights, told) -> None:
    with pytest.raises(StudyError, match=told):
        portfolio(on_one_day(panel(1)), weights=weights)


def test_a_portfolio_of_nothing_is_refused_with_its_reason() -> None:
    none = abnormal_returns(panel(1), {"F0": panel(1).index[10]}, **SPANS)
    with pytest.raises(StudyError, match=r"no event has a result[\s\S]*excluded"):
        portfolio(none)


def test_what_is_selected_is_there() -> None:
    ar = on_one_day(panel(1))
    assert ar.select("F1").labels["security"].tolist() == ["F1"]
    assert ar.select(["F3", "F1"]).labels["security"].tolist() == ["F1", "F3"]
    for wrong in (["F1", "XXX"], ["XXX"], "F", np.array([7]), np.array([True, False])):
        with pytest.raises(StudyError, match=r"no event of|do not fit 5 events"):
            ar.select(wrong)
    assert len(ar.select([])) == 0


@pytest.mark.parametrize("report", [(-1, 1), [0, 1]])
def test_two_numbers_are_no_list_of_windows(report) -> None:
    events = pd.DataFrame({"security": ["F0", "F1"], "date": panel(1).index[100]})
    with pytest.raises(WindowError, match=r"reads two ways[\s\S]*Write \[\("):
        panel_study(panel(1), events, report=report, **SPANS)
    with pytest.raises(WindowError, match="reads two ways"):
        calibrate(panel(1), windows=report)


@pytest.mark.parametrize("report", [0, Window(0, 0), slice(0, 0), [0], [(0, 0)]])
def test_one_window_may_stand_alone(report) -> None:
    events = pd.DataFrame({"security": ["F0", "F1"], "date": panel(1).index[100]})
    assert panel_study(panel(1), events, report=report, **SPANS).caar["window_end"].tolist() == [0]


@pytest.mark.parametrize("level", [95, 0, 1, 1.5, -0.1, "a", None, float("nan")])
def test_a_level_is_a_probability(level) -> None:
    with pytest.raises(StudyError, match="no probability"):
        on_one_day(panel(1)).car(0).interval(level)


def own(start: object, end: object) -> pd.DataFrame:
    days = panel(1).index
    return pd.DataFrame(
        {"security": ["F0", "F1"], "date": days[[100, 90]], "window_start": [0, start], "window_end": [2, end]}
    )


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [(3, 0, "starts after"), (0, 20, "beyond the event window"), (0, None, "no window"), (0, 1.5, "no window")],
)
def test_a_window_of_an_events_own_is_checked_with_its_row(start, end, told) -> None:
    with pytest.raises(WindowError, match=rf"index 1: [\s\S]*{told}"):
        abnormal_returns(panel(1), own(start, end), **SPANS)


def test_a_window_of_an_events_own_has_both_ends() -> None:
    with pytest.raises(WindowError, match="without 'window_end'"):
        abnormal_returns(panel(1), own(0, 1).drop(columns="window_end"), **SPANS)


def test_sums_take_each_events_own_window_and_a_test_asks_for_one() -> None:
    ar = abnormal_returns(panel(1), own(-1, 3), **SPANS)
    np.testing.assert_allclose(ar.bhar(), [ar.bhar((0, 2))[0], ar.bhar((-1, 3))[1]])
    assert ar.caar() == pytest.approx(np.mean([ar.car((0, 2)).car[0], ar.car((-1, 3)).car[1]]))
    with pytest.raises(WindowError, match=r"windows of their own[\s\S]*summary\(\(0, 1\)\)"):
        ar.summary()
    assert ar.summary((0, 1)).n == 2
    empty = abnormal_returns(panel(1), own(None, None), **SPANS)
    assert empty.car().car[1] == pytest.approx(empty.car((-5, 5)).car[1])


@pytest.mark.parametrize("name", ["ar", "std_error", "actual", "expected", "residuals", "sigma"])
def test_a_result_is_not_changed_in_place(name) -> None:
    ar = on_one_day(panel(1))
    with pytest.raises(ValueError, match="read-only"):
        getattr(ar, name)[:] = 0.0
    with pytest.raises(AttributeError):
        setattr(ar, name, 0.0)


def test_a_characteristic_may_be_one_name_or_a_series() -> None:
    returns = panel(6, firms=8)
    ar = on_days(returns, [f"F{i}" for i in range(8)], list(range(100, 124, 3)))
    size = pd.Series(np.arange(8.0) ** 2, [f"F{i}" for i in range(8)], name="size")
    right = car_regression(ar, 0, size.to_frame()).coefficients
    with_size = abnormal_returns(returns, ar.labels[["security", "date"]].assign(size=size.to_numpy()), **SPANS)
    for fitted in (
        car_regression(ar, 0, size),
        car_regression(with_size, 0, "size"),
        car_regression(with_size, 0, ["size", "size"]),
        car_regression(with_size, 0, ("size",)),
    ):
        pd.testing.assert_series_equal(fitted.coefficients, right)


@pytest.mark.parametrize(("cell", "told"), [(np.nan, "missing"), (np.inf, "infinite")])
def test_a_characteristic_without_a_number_names_its_event(cell, told) -> None:
    ar = on_days(panel(6, firms=8), [f"F{i}" for i in range(8)], list(range(100, 124, 3)))
    size = pd.Series([*range(7), cell], [f"F{i}" for i in range(8)], dtype=float, name="size")
    with pytest.raises(StudyError, match=f"'size' is {told} for the event of 'F7' on "):
        car_regression(ar, 0, size)


def test_the_marks_for_a_missing_factor_are_refused_over_100_too() -> None:
    factors = panel(1)[["MKT"]].rename(columns={"MKT": "market"})
    for gone in (-0.9999, -99.99):
        wrong = factors.copy()
        wrong.iloc[60, 0] = gone
        with pytest.raises(StudyError, match="missing figure"):
            abnormal_returns(panel(1), {"F0": panel(1).index[100]}, factors=wrong, **SPANS | {"benchmark": None})
