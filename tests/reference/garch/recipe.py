"""GARCH(1,1) residuals: the filter runs through the gap to day -1, and nothing of the event reaches its forecast.

    python recipe.py FOLDER

writes returns.csv, reads it again, and writes the expected_*.csv files. The likelihood is a loop and its optimum is
found without derivatives; arch must agree. Nothing is imported from the package. README.md says what each figure is.
"""

import sys
from pathlib import Path

import arch
import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.optimize import minimize

T, DAY0, LAST = 250, 260, 280  # estimation days [-260,-11], day 0, day 20
WINDOWS = [(0, 0), (0, 4), (0, 20)]
FIRMS = ["CALM", "STORM", "GAPS", "FLAT", "TOPS"]
STARTS = [(a, b) for a in (0.02, 0.05, 0.1, 0.2, 0.3) for b in (0.05, 0.3, 0.6, 0.8, 0.95) if a + b < 1]
TOPS = 4  # a seed whose series has a higher top than that which arch finds by itself
DIGITS = "%.12g"


def panel():
    """CALM and STORM differ in days -10 … -1; GAPS misses days; FLAT has no GARCH at all; TOPS has two interior tops."""
    g = np.random.default_rng(20250206)
    days = LAST + 1
    market = 0.0003 + 0.009 * g.standard_t(5, days)
    h, noise = np.ones(4), np.empty((days, 4))
    for day in range(days):
        noise[day] = np.sqrt(h) * g.standard_normal(4)
        h = 0.06 + 0.14 * noise[day] ** 2 + 0.80 * h
    noise[:, 3] = g.uniform(-1.5, 1.5, days)
    noise[250:260, 0] *= 0.3
    noise[250:260, 1] *= 2.5
    returns = market[:, None] * [1.1, 1.6, 0.9, 1.0] + noise * [0.018, 0.022, 0.02, 0.015]
    tops = market + 0.015 * np.random.default_rng(TOPS).standard_t(5, days)
    returns = np.column_stack([returns, tops])
    returns[DAY0] -= 0.12
    returns[[30, 31, 200, 249], 2] = np.nan  # GAPS: four estimation days, the last one among them
    returns[[252, 257], 2] = np.nan  # and days -8 and -3
    dates = pd.bdate_range("2024-01-02", periods=days, name="date")
    return pd.DataFrame(np.column_stack([market, returns]), dates, ["MKT", *FIRMS])


def path(parameters, e):
    """Variances of the days of e (in per cent) and of the day after; the first from arch's backcast."""
    omega, alpha, beta = parameters
    weight = 0.94 ** np.arange(75)
    h = [omega + (alpha + beta) * (weight @ e[:75] ** 2) / weight.sum()]
    for shock in e:
        h.append(omega + alpha * shock**2 + beta * h[-1])
    return np.array(h)


def likelihood(parameters, e):
    omega, alpha, beta = parameters
    if omega <= 0 or alpha < 0 or beta < 0 or alpha + beta >= 1:
        return np.inf
    h = path(parameters, e)[:-1]
    return 0.5 * np.sum(np.log(2 * np.pi) + np.log(h) + e**2 / h)


def fit(e):
    """The highest top that a simplex search from any of many starts finds; a constant variance where none is above it.

    With α = 0 the variance moves only by the filter's start: no GARCH. One likelihood is checked against arch's.
    """
    model, square = arch.arch_model(e, mean="Zero", vol="GARCH", p=1, q=1, rescale=False), np.mean(e**2)
    alone = model.fit(disp="off")
    assert np.isclose(likelihood(np.asarray(alone.params), e), -alone.loglikelihood, rtol=1e-10)
    best, lowest = np.array([square, 0.0, 0.0]), len(e) / 2 * (np.log(2 * np.pi * square) + 1) - 1e-5
    for a, b in STARTS:
        found = np.array([square * (1 - a - b), a, b])
        for _ in range(4):
            options = {"xatol": 1e-12, "fatol": 1e-13, "maxiter": 4000}
            found = minimize(likelihood, found, (e,), "Nelder-Mead", options=options).x
        if found[1] > 1e-6 and likelihood(found, e) < lowest:
            best, lowest = found, likelihood(found, e)
    return best


def forecasts(parameters, e, shocks):
    """σ² of days -10 … 20: each day before 0 feeds the next, a missing one its expectation; from day 0 on no shock does."""
    omega, alpha, beta = parameters
    h = path(parameters, e)[-1]
    out = {}
    for tau in range(-10, 21):
        out[tau] = h
        known = tau < 0 and np.isfinite(shocks[tau])
        h = omega + (alpha * shocks[tau] ** 2 + beta * h if known else (alpha + beta) * h)
    return out


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    panel().to_csv(folder / "returns.csv", float_format=DIGITS)
    table = pd.read_csv(folder / "returns.csv", index_col="date", parse_dates=True)
    fits, days, cars = [], [], []
    for firm in FIRMS:
        y, x = table[firm].to_numpy(), sm.add_constant(table["MKT"].to_numpy())
        est = np.flatnonzero(np.isfinite(y[:T]))
        ols = sm.OLS(y[est], x[est]).fit()
        e, ar = 100 * ols.resid, pd.Series(y - x @ ols.params, np.arange(len(y)) - DAY0).loc[-10:]
        parameters = fit(e)
        h = forecasts(parameters, e, 100 * ar)
        blind = forecasts(parameters, e, 100 * ar * np.nan)[0]  # what comes out if the gap is not filtered
        fits.append((firm, len(e), *ols.params, np.sqrt(ols.scale), *(parameters / [1e4, 1, 1]), parameters[1] <= 1e-6,
                     likelihood(parameters, e), np.sqrt(h[0]) / 100, np.sqrt(blind) / 100))  # fmt: skip
        days += [(firm, tau, ar[tau], np.sqrt(h[tau]) / 100, 100 * ar[tau] / np.sqrt(h[tau])) for tau in ar.index]
        for lo, hi in WINDOWS:
            car, error = ar.loc[lo:hi].sum(), np.sqrt(sum(h[tau] for tau in range(lo, hi + 1))) / 100
            cars.append((firm, str(lo) if lo == hi else f"[{lo},{hi}]", car, error, car / error))
    head = ["firm", "nobs", "alpha", "beta", "sigma", "omega", "arch", "garch", "boundary", "negative_log_likelihood",
            "sigma_0", "sigma_0_without_the_gap"]  # fmt: skip
    pd.DataFrame(fits, columns=head).to_csv(folder / "expected_fits.csv", index=False, float_format=DIGITS)
    pd.DataFrame(days, columns=["firm", "day", "ar", "std_error", "sar"]).to_csv(
        folder / "expected_days.csv", index=False, float_format=DIGITS)  # fmt: skip
    pd.DataFrame(cars, columns=["firm", "window", "car", "std_error", "scar"]).to_csv(
        folder / "expected_cars.csv", index=False, float_format=DIGITS)  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
