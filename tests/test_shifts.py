"""Windows of several days and a chosen day, ranked among cyclic shifts: against loops that write each shift out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from eventwindow import NotComputed, Window, abnormal_returns
from eventwindow.inference.chosen_day import largest_of_candidates
from eventwindow.inference.expected_volatility import date_permutation_scaled, volatility_ratio
from eventwindow.inference.multiple import romano_wolf
from eventwindow.inference.permutation import date_permutation_max, date_permutation_mean, date_permutation_sar
from eventwindow.inference.sample import sample
from eventwindow.inference.single_firm import firm_sq

T = 120
WINDOWS = (Window(0, 1), Window(0, 4), Window(0, 20))


@pytest.fixture(scope="module")
def ar():
    """Five firms of one day that share a shock; on day 0 they fall by 4 %."""
    g = np.random.default_rng(8)
    days = pd.bdate_range("2022-01-03", periods=200)
    market, shared = g.normal(0, 0.01, 200), g.normal(0, 0.01, 200)
    table = pd.DataFrame({f"F{i}": market + 0.5 * shared + g.normal(0, 0.012, 200) for i in range(5)}, days)
    table.iloc[150] -= 0.04
    table["M"] = market
    events = pd.DataFrame({"security": [f"F{i}" for i in range(5)], "date": days[150]})
    return abnormal_returns(table, events, benchmark="M", estimation=(-T - 10, -11), window=(-10, 25))


def joined(ar, window, standardised):
    """(N, T + L), written out: residuals, then each event day over its forecast error on their scale."""
    at = slice(window.start + 10, window.end + 11)
    if standardised:
        return np.hstack([ar.residuals / ar.sigma[:, None], ar.sar[:, at]])
    return np.hstack([ar.residuals, ar.ar[:, at] / ar.std_error[:, at] * ar.sigma[:, None]])


def shifted(series, length):
    """The sum of the run of `length` days from each day on, around the circle."""
    days = len(series)
    return np.array([sum(series[(start + k) % days] for k in range(length)) for start in range(days)])


def share(values, own):
    return np.mean(np.abs(values) >= abs(values[own]) * (1 - 1e-12))


@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_one_firm_is_ranked_among_its_shifts(ar, window):
    found = firm_sq(ar, window)
    for i, series in enumerate(joined(ar, window, False)):
        runs = shifted(series, len(window))
        assert found.p_value[i] == pytest.approx(share(runs, T))
        assert found.lower_p[i] == pytest.approx(np.mean(runs <= runs[T] + 1e-12))
    assert np.isnan(found.floor).all()


@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_a_basket_is_ranked_among_its_shifts(ar, window):
    plain, scaled = (np.array([shifted(s, len(window)) for s in joined(ar, window, z)]) for z in (False, True))
    assert date_permutation_mean(sample(ar, window)).p_value == pytest.approx(share(plain.mean(axis=0), T))
    assert date_permutation_sar(sample(ar, window)).p_value == pytest.approx(share(scaled.mean(axis=0), T))
    assert date_permutation_max(sample(ar, window)).p_value == pytest.approx(share(np.abs(scaled).max(axis=0), T))
    assert "smallest" not in str(date_permutation_mean(sample(ar, window)).note)


@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_step_down_begins_with_the_largest_of_all(ar, window):
    scaled = np.abs([shifted(s, len(window)) for s in joined(ar, window, True)])
    assert np.nanmin(romano_wolf(ar, window)) == pytest.approx(share(scaled.max(axis=0), T))


def test_a_day_that_was_chosen_is_nine_of_the_shifts(ar):
    window = Window(-8, 0)
    series = np.abs(joined(ar, window, True).mean(axis=0))
    largest = np.array([max(series[(start + k) % len(series)] for k in range(9)) for start in range(len(series))])
    found = largest_of_candidates(ar, window)
    assert found.p_value == pytest.approx(np.mean(largest >= series[T:].max() * (1 - 1e-12)))
    assert found.p_value >= 9 / (T + 9)


def test_a_basket_over_its_expected_volatility(ar):
    """RiskMetrics' filter by hand, from the mean square on, through the ten days before the event."""
    basket, before = ar.residuals.mean(axis=0), ar.ar[:, :10].mean(axis=0)
    variance, expected = np.mean(basket**2), []
    for value in [*basket, *before]:
        expected.append(np.sqrt(variance))
        variance = 0.94 * variance + 0.06 * value**2
    scaled = np.abs(basket / expected[:T])
    own = abs(ar.ar[:, 10].mean()) / np.sqrt(variance)
    found = date_permutation_scaled(sample(ar, Window(0, 0)))
    assert found.p_value == pytest.approx((1 + np.sum(scaled >= own)) / (T + 1))
    assert volatility_ratio(sample(ar, Window(0, 0))) == pytest.approx(np.sqrt(np.mean(before**2) / np.mean(basket**2)))


@pytest.mark.parametrize(("times", "leads"), [(1.2, "date_permutation_scaled"), (3.0, None)])
def test_where_volatility_moved_the_scaled_test_leads_and_beyond_twice_none(ar, times, leads):
    calm = next(row.name for row in ar.summary(0).results)
    g = np.random.default_rng(8)
    days = pd.bdate_range("2022-01-03", periods=200)
    scale = np.where((np.arange(200) >= 140) & (np.arange(200) < 150), times, 1.0)
    table = pd.DataFrame(scale[:, None] * g.normal(0, 0.01, (200, 6)), days, [*"ABCDE", "M"])
    events = pd.DataFrame({"security": list("ABCDE"), "date": days[150]})
    stormy = abnormal_returns(table, events, benchmark="M", estimation=(-T - 10, -11), window=(-10, 25))
    valid = [row.name for row in stormy.summary(0).results if row.valid and not isinstance(row, NotComputed)]
    assert (calm, next(iter(valid), None)) == ("date_permutation_mean", leads)
