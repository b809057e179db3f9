"""The specification curve: every estimate is that of the one-call library, and the curve's p-value is a rank of dates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from eventwindow.analyses.benchmarks import estimation_windows
from eventwindow.analyses.event_study import abnormal_returns
from eventwindow.analyses.specification_curve import Choices, families, specification_curve
from eventwindow.calendars.window import Window
from eventwindow.inference import expected_volatility

SESSIONS = pd.bdate_range("2022-01-03", periods=620, name="date")
DAY0 = SESSIONS[580]
WINDOWS = (Window(0, 0), Window(-2, 1))
PLACEBO = Window(-260, -11)
ESTIMATION = {"120 days": Window(-130, -11), "250 days": Window(-260, -11)}
NEWS = SESSIONS[[400, 450, 500]]


@pytest.fixture(scope="module")
def choices():
    g = np.random.default_rng(7)
    market = g.normal(0.0004, 0.01, (620, 2))
    firms = 0.0002 + market[:, :1] * [0.8, 1.5, 1.1] + g.normal(0, 0.015, (620, 3))
    firms[580, 0] -= 0.12
    firms[:, 2][:600] = np.nan  # listed after the event
    factors = pd.DataFrame(g.normal(0, 0.006, (620, 6)), SESSIONS, ["mkt_rf", "smb", "hml", "rmw", "cma", "mom"])
    return Choices(
        returns=pd.DataFrame(firms, SESSIONS, ["FALLS", "CALM", "LATE"]),
        benchmarks=pd.DataFrame(market, SESSIONS, ["M1", "M2"]),
        estimation=ESTIMATION,
        tainted=NEWS,
        factors=factors.assign(rf=0.0001),
    )


@pytest.fixture(scope="module")
def curve(choices):
    return specification_curve(choices, DAY0, WINDOWS, PLACEBO)


def test_every_choice_is_crossed_with_every_other(curve):
    """(2 benchmarks × 2 models + mean) × 2 windows × 2 kinds × 2 news, and 3 factor models on simple returns."""
    assert len(curve.specifications) == (2 * 2 + 1) * 2 * 2 * 2 + 3 * 2 * 2
    assert not curve.specifications.duplicated().any()


def test_a_table_of_three_factors_leaves_out_the_models_that_need_more(choices):
    """Three are enough for three (Ken French's file of three factors)."""
    three = replace(choices, factors=choices.factors[["mkt_rf", "smb", "hml", "rf"]])
    models = specification_curve(three, DAY0, WINDOWS, PLACEBO).specifications["model"]
    assert "ff3" in set(models) and not {"ff5", "carhart"} & set(models)


@pytest.mark.parametrize("position", [0, 3, 7, 12, 15, 25, 33, 40, 50])
def test_an_estimate_is_that_of_the_library(curve, choices, position):
    """Any specification, run by itself through `abnormal_returns`."""
    row = curve.specifications.iloc[position]
    log = row["returns"] == "log"
    table = (np.log1p(choices.returns) if log else choices.returns)[["FALLS", "CALM"]].copy()
    estimation = ESTIMATION[row["estimation"]]
    if row["news"] == "without other news":
        table.loc[NEWS] = np.nan
    table["OPEN"] = 0.001  # another stock trades: a day on which none does is no session
    factors = choices.factors
    if row["benchmark"] in choices.benchmarks:
        factors = choices.benchmarks[row["benchmark"]].rename("market")
        factors = np.log1p(factors) if log else factors
    events = pd.DataFrame({"security": ["FALLS", "CALM"], "date": DAY0})
    result = abnormal_returns(
        table,
        events,
        model=row["model"],
        factors=None if row["model"] == "mean_adjusted" else factors,
        estimation=estimation,
        window=Window(-5, 5),
        kind=row["returns"],
    )
    for window in WINDOWS:
        expected = result.car(window)
        assert curve.estimate[window][position, :2] == pytest.approx(expected.car, abs=1e-7)
        assert list(curve.significant[window][position, :2]) == list(expected.p_value < 0.05)


def test_a_firm_without_returns_before_the_event_has_no_estimate(curve):
    assert np.isnan(curve.estimate[Window(0, 0)][:, 2]).all()
    assert "LATE" not in set(curve.summary()["security"])


def test_a_fall_of_twelve_per_cent_holds_in_every_specification(curve):
    row = curve.summary().set_index(["security", "window_start", "window_end"]).loc[("FALLS", 0, 0)]
    assert row["share_same_sign"] == 1
    assert row["share_significant"] == 1
    assert row["p_median"] == pytest.approx(1 / (250 + 1))
    assert row["lowest"] <= row["median"] <= row["highest"] < -0.08


def test_a_calm_firm_is_calm(curve):
    row = curve.summary().set_index(["security", "window_start", "window_end"]).loc[("CALM", 0, 0)]
    assert row["p_median"] > 0.05
    assert row["share_significant"] < 0.5


def test_shares_count_the_specifications_that_are_shown(curve):
    table = curve.table(["CALM"]).query("window_start == 0 and window_end == 0")
    row = curve.summary().set_index(["security", "window_start", "window_end"]).loc[("CALM", 0, 0)]
    same = np.sign(table["estimate"]) == np.sign(row["median"])
    assert row["share_same_sign"] == pytest.approx(same.mean())
    assert row["share_significant"] == pytest.approx(table["significant"].mean())
    assert row["share_significant_same_sign"] == pytest.approx((same & table["significant"]).mean())


def test_the_curve_is_sorted_with_its_choices(curve):
    table = curve.table(["FALLS"]).query("window_start == 0 and window_end == 0")
    assert table["estimate"].is_monotonic_increasing
    assert {"benchmark", "model", "estimation", "returns", "news", "significant"} <= set(table.columns)


def test_the_p_value_is_the_rank_of_the_event_among_the_dates(curve):
    """Counted out: dates whose median is at least as large as the event's, the event counted."""
    window = Window(0, 0)
    median = np.median(curve.estimate[window][:, 1])
    beyond = np.sum(np.abs(curve.placebo_median[window][1]) >= abs(median) - 1e-12)
    row = curve.summary().set_index(["security", "window_start", "window_end"]).loc[("CALM", 0, 0)]
    assert row["p_median"] == pytest.approx((1 + beyond) / (1 + curve.placebo_median[window].shape[1]))


def test_a_window_is_ranked_among_the_cyclic_shifts_of_the_whole_curve(curve, choices):
    """Each specification by the library's one call; 250 placebo dates and the window's four days are one circle."""
    paths = []
    for row in curve.specifications.itertuples():
        log = row.returns == "log"
        table = (np.log1p(choices.returns) if log else choices.returns)[["CALM"]].copy()
        if row.news == "without other news":
            table.loc[NEWS] = np.nan
        table["OPEN"] = 0.001
        factors = choices.factors
        if row.benchmark in choices.benchmarks:
            factors = choices.benchmarks[row.benchmark].rename("market")
            factors = np.log1p(factors) if log else factors
        found = abnormal_returns(
            table,
            pd.DataFrame({"security": ["CALM"], "date": DAY0}),
            model=row.model,
            factors=None if row.model == "mean_adjusted" else factors,
            estimation=ESTIMATION[row.estimation],
            window=Window(-2, 1),
            kind=row.returns,
        )
        plain = np.log1p(choices.returns["CALM"]) if log else choices.returns["CALM"]
        x = np.ones((620, 1))
        if row.model not in {"mean_adjusted", "market_adjusted"}:
            names = [c for c in found.coefficients if c != "alpha"]
            x = np.column_stack([x, factors if row.benchmark != "factors" else factors[names]])
        expected = x @ found.coefficients.to_numpy(float)[0] if row.model != "market_adjusted" else factors
        daily = plain - expected - (factors["rf"] if row.benchmark == "factors" else 0)
        paths.append(np.concatenate([daily[320:570], daily[578:582]]))
    paths = np.array(paths)
    sums = np.array([paths[:, (k + np.arange(4)) % 254].sum(axis=1) for k in range(254)])
    medians = np.abs(np.median(sums, axis=1))
    row = curve.summary().set_index(["security", "window_start", "window_end"]).loc[("CALM", -2, 1)]
    assert row["p_median"] == pytest.approx((medians >= medians[250] - 1e-9).mean())


@pytest.mark.parametrize("window", [Window(0, 0), Window(0, 2)], ids=str)
def test_where_volatility_moved_a_date_is_held_over_the_volatility_expected_of_it(choices, monkeypatch, window):
    """By hand from the medians of single days, which the plain curve gives."""
    late, firm = slice(570, 580), 1
    restless = choices.returns.copy()
    restless.iloc[late, firm] *= 4.0
    moved = replace(choices, returns=restless)
    days = (*(Window(k, k) for k in range(-10, 0)), window)
    leading = specification_curve(moved, DAY0, days, PLACEBO)
    monkeypatch.setattr(expected_volatility, "HIGH", np.inf)
    plain = specification_curve(moved, DAY0, tuple(dict.fromkeys((*days, Window(0, 0)))), PLACEBO)
    quiet = plain.placebo_median[Window(0, 0)][firm]
    before = [float(np.median(plain.estimate[day][:, firm])) for day in days[:10]]
    variance, expected = np.mean(quiet**2), []
    for value in [*quiet, *before]:
        expected.append(np.sqrt(variance))
        variance = 0.94 * variance + 0.06 * value**2
    usual, left = np.mean(quiet**2), np.mean(0.85 ** np.arange(len(window)))
    path = np.array([*expected[: len(quiet)], *[np.sqrt(variance)] * len(window)])
    path = np.where(path**2 < usual, np.sqrt(usual + left * (path**2 - usual)), path)
    scaled = plain.placebo_median[window][firm] / np.delete(path, len(quiet)) * path[-1]
    np.testing.assert_allclose(leading.placebo_median[window][firm], scaled, rtol=1e-5)
    assert leading.volatility[window][firm] == pytest.approx(np.sqrt(np.mean(np.square(before)) / usual), rel=1e-5)
    untouched = [0]  # the firm whose volatility did not move keeps its plain ranks
    np.testing.assert_array_equal(leading.placebo_median[window][untouched], plain.placebo_median[window][untouched])


def test_families_of_near_duplicates_share_benchmark_and_model():
    """By hand: the median of all six is (-2 - 1) / 2 = -1.5 %, so a fall is the curve's sign."""
    rows = [
        ("M1", "market_model", -0.04, True),
        ("M1", "market_model", -0.03, True),
        ("M1", "market_model", -0.02, False),
        ("M1", "market_model", 0.01, False),
        ("none", "mean_adjusted", -0.01, False),
        ("none", "mean_adjusted", 0.03, True),
    ]
    fell = pd.DataFrame(rows, columns=["benchmark", "model", "estimate", "significant"])
    rose = fell.assign(estimate=-fell["estimate"], security="ROSE")
    both = pd.concat([fell.assign(security="FELL"), rose]).assign(window_start=0, window_end=1)
    found = families(both).set_index(["security", "benchmark"])
    figures = ["specifications", "median", "lowest", "highest", "share_same_sign", "share_significant"]
    assert list(found.loc[("FELL", "M1"), figures]) == pytest.approx([4, -0.025, -0.04, 0.01, 0.75, 0.5])
    assert list(found.loc[("FELL", "none"), figures]) == pytest.approx([2, 0.01, -0.01, 0.03, 0.5, 0.5])
    assert list(found.loc[("ROSE", "M1"), figures]) == pytest.approx([4, 0.025, -0.01, 0.04, 0.75, 0.5])
    assert set(found["window_end"]) == {1} and len(found) == 4


def test_a_constant_added_to_a_stock_moves_no_estimate_of_a_model_with_a_constant(curve, choices):
    moved = Choices(choices.returns + 0.003, choices.benchmarks, choices.estimation, choices.tainted, choices.factors)
    again = specification_curve(moved, DAY0, WINDOWS, PLACEBO)
    rows = (curve.specifications["model"] != "market_adjusted") & (curve.specifications["returns"] == "simple")
    for window in WINDOWS:
        assert again.estimate[window][rows, :2] == pytest.approx(curve.estimate[window][rows, :2], abs=1e-7)


def test_estimation_windows_end_before_other_events_and_inside_the_data():
    windows = estimation_windows(SESSIONS[:300], SESSIONS[280], PLACEBO, {"v3": SESSIONS[258], "later": SESSIONS[290]})
    assert windows == {
        "120 days": Window(-130, -11),
        "250 days": Window(-260, -11),
        "250 days before v3": Window(-272, -23),
    }


def test_the_study_that_ships_has_two_hundred_specifications_for_forty_names(deepseek):
    summary = deepseek.table("robustness").query("window_start == 0 and window_end == 0")
    assert (summary["specifications"] >= 200).sum() >= 40
    nvidia = summary.set_index("security").loc["NVDA"]
    assert nvidia["share_same_sign"] == 1
    assert nvidia["share_significant"] == 1
