"""Figures that other packages compute too."""

import numpy as np
import pandas as pd
import pytest
from panels import on_days, on_one_day, panel
from scipy.stats import rankdata
from scipy.stats import t as student

from eventwindow.calendars.window import Window
from eventwindow.estimation.models.garch import BOUNDARY, SAME, STARTS, _quasi_likelihood
from eventwindow.inference.multiple import benjamini_hochberg, holm
from eventwindow.inference.ranks import ranked
from eventwindow.inference.registry import NotComputed
from eventwindow.inference.regression import car_regression, slope_rank
from eventwindow.inference.sample import sample
from eventwindow.inference.time_series import calendar_time, newey_west_error

DAY = Window(0, 0)


@pytest.mark.parametrize(("ours", "theirs"), [(holm, "holm"), (benjamini_hochberg, "fdr_bh")])
def test_adjusted_p_values_equal_statsmodels(ours, theirs) -> None:
    from statsmodels.stats.multitest import multipletests

    p = np.random.default_rng(0).uniform(size=(6, 5)) ** 3
    np.testing.assert_allclose(ours(p).ravel(), multipletests(p.ravel(), method=theirs)[1])
    p[0, 0] = np.nan
    assert np.isnan(ours(p)[0, 0])
    np.testing.assert_allclose(ours(p).ravel()[1:], multipletests(p.ravel()[1:], method=theirs)[1])


@pytest.mark.parametrize("lags", [0, 1, 4])
def test_newey_west_equals_statsmodels(lags: int) -> None:
    import statsmodels.api as sm

    values = np.random.default_rng(1).standard_normal(80).cumsum()
    fit = sm.OLS(values, np.ones(80)).fit(cov_type="HAC", cov_kwds={"maxlags": lags})
    assert newey_west_error(values, lags) == pytest.approx(fit.bse[0], rel=1e-12)


def test_ranks_equal_scipy_with_ties_and_gaps() -> None:
    returns = panel(4).round(3)
    returns.iloc[50, 1] = np.nan
    ar = on_one_day(returns, model="market_adjusted")
    values = np.concatenate([ar.residuals, ar.ar], axis=1)
    both, own = ranked(values, ar.residuals.shape[1])
    np.testing.assert_array_equal(both / 2, np.nan_to_num(rankdata(values, axis=1, nan_policy="omit")))
    np.testing.assert_array_equal(own / 2, np.nan_to_num(rankdata(ar.residuals, axis=1, nan_policy="omit")))


def test_ranks_tell_values_apart_that_differ_in_the_last_bit() -> None:
    values = np.array([[1.0, np.nextafter(1.0, 2), np.nextafter(1.0, 0), -0.0, 0.0, -1.0, -np.nan]])
    np.testing.assert_array_equal(ranked(values, 3)[0][0] / 2, [5, 6, 4, 2.5, 2.5, 1, 0])
    np.testing.assert_array_equal(ranked(values, 3)[1][0] / 2, [2, 3, 1])


def garch_series(seed: int, days: int = 240) -> np.ndarray:
    g = np.random.default_rng(seed)
    alpha, beta = g.uniform(0.02, 0.2), g.uniform(0.2, 0.75)
    variance, residuals = 1e-4, np.empty(days)
    for day in range(days):
        residuals[day] = np.sqrt(variance) * g.standard_t(6) / np.sqrt(1.5)
        variance = 1e-4 * (1 - alpha - beta) + alpha * residuals[day] ** 2 + beta * variance
    return residuals


def test_garch_equals_arch_on_the_same_residuals() -> None:
    from arch import arch_model

    residuals = garch_series(5)
    model = arch_model(100 * residuals, mean="Zero", vol="GARCH", p=1, q=1, rescale=False)
    parameters, sd = _quasi_likelihood(residuals)
    fit, same = model.fit(disp="off"), model.fix(parameters * [1e4, 1, 1])
    np.testing.assert_allclose(parameters * [1e4, 1, 1], fit.params, rtol=1e-3)
    np.testing.assert_allclose(100 * sd, same.conditional_volatility, rtol=1e-10)
    assert same.loglikelihood >= fit.loglikelihood


@pytest.mark.parametrize("seed", range(12))
def test_a_garch_fit_is_a_top_of_archs_likelihood(seed: int) -> None:
    """arch's own search stops in some series where the likelihood still rises."""
    from arch import arch_model

    residuals = garch_series(seed)
    model = arch_model(100 * residuals, mean="Zero", vol="GARCH", p=1, q=1, rescale=False)
    found = _quasi_likelihood(residuals)[0] * [1e4, 1, 1]
    height = model.fix(found).loglikelihood
    if found[1] == 0:
        fits = [model.fit(disp="off", starting_values=[found[0] * (1 - a - b), a, b]) for a, b in STARTS]
        assert all(fit.params.iloc[1] < BOUNDARY or fit.loglikelihood < height + SAME for fit in fits)
        return
    for step in np.vstack([np.eye(3), -np.eye(3)]) * 1e-3:
        near = found + step * [found[0], 1, 1]
        if (near[1:] >= 0).all() and near[1:].sum() < 1:
            assert model.fix(near).loglikelihood < height + 1e-7


def regression_case() -> tuple:
    returns = panel(6, firms=8, days=220)
    firms = [f"F{i}" for i in range(8)] * 3
    at = [100] * 8 + [130] * 8 + [160] * 8
    ar = on_days(returns, firms, at)
    size = np.random.default_rng(2).standard_normal(24)
    return ar, pd.DataFrame({"size": size})


def test_car_regressions_equal_statsmodels() -> None:
    import statsmodels.api as sm

    ar, table = regression_case()
    shown = car_regression(ar, Window(0, 1), table).results
    x = sm.add_constant(table["size"].to_numpy())
    firm, date = pd.factorize(ar.labels["security"])[0], pd.factorize(ar.labels["date"])[0]
    fits = {
        "HC3": sm.OLS(ar.car(Window(0, 1)).car, x).fit(cov_type="HC3", use_t=True),
        "clustered by security and date": sm.OLS(ar.car(Window(0, 1)).car, x).fit(
            cov_type="cluster", cov_kwds={"groups": np.column_stack([firm, date])}, use_t=True
        ),
    }
    for method, fit in fits.items():
        rows = shown[shown["method"] == method]
        np.testing.assert_allclose(rows["std_error"].astype(float), fit.bse, rtol=1e-10)
        np.testing.assert_allclose(rows["p_value"].astype(float), fit.pvalues, rtol=1e-10)


def test_clustered_slopes_are_held_against_the_fewer_clusters() -> None:
    """Eight firms on three dates: Student's t with 3 - 1 degrees of freedom, as Cameron, Gelbach and Miller (2011)."""
    ar, table = regression_case()
    rows = car_regression(ar, Window(0, 0), table).results.query("method == 'clustered by security and date'")
    expected = 2 * student.sf(np.abs(rows["statistic"].astype(float)), 2)
    np.testing.assert_allclose(rows["p_value"].astype(float), expected, rtol=1e-9)


def test_hc3_slopes_are_held_against_t_by_hand() -> None:
    """Errors from X (X'X)⁻¹ and e / (1 − h) written out; p from Student's t with N − c degrees of freedom."""
    ar, table = regression_case()
    y, x = ar.car(Window(0, 1)).car, np.column_stack([np.ones(24), table["size"]])
    bread = np.linalg.inv(x.T @ x)
    slopes, leverage = bread @ x.T @ y, np.diag(x @ bread @ x.T)
    scores = x * ((y - x @ slopes) / (1 - leverage))[:, None]
    t_values = slopes / np.sqrt(np.diag(bread @ scores.T @ scores @ bread))
    shown = car_regression(ar, Window(0, 1), table).results.query("method == 'HC3'")
    np.testing.assert_allclose(shown["p_value"].astype(float), 2 * student.sf(np.abs(t_values), 24 - 2), rtol=1e-9)


def test_on_a_shared_day_the_slope_is_ranked_first_and_by_hand() -> None:
    ar = on_one_day(panel(7))
    size = np.array([1.0, 2, 3, 4, 5])
    slopes = [np.polyfit(size, column, 1)[0] for column in ar.residuals.T]
    event = np.polyfit(size, ar.car(DAY).car, 1)[0]
    by_hand = (1 + sum(abs(s) >= abs(event) for s in slopes)) / (len(slopes) + 1)
    shown = car_regression(ar, DAY, pd.DataFrame({"size": size}))
    assert shown.results["method"].iloc[0] == "rank among estimation days"
    assert slope_rank(sample(ar, DAY), np.column_stack([np.ones(5), size]), 1).p_value == pytest.approx(by_hand)
    assert shown.coefficients["size"] == pytest.approx(event)
    assert shown.results["note"].astype(str).str.contains("not valid: all events share their days").sum() == 2


def test_calendar_time_needs_more_than_one_event_day() -> None:
    assert isinstance(calendar_time(sample(on_one_day(panel(8)), DAY)), NotComputed)
