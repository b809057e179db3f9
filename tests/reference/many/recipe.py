"""Twenty-four firms on one day: the tests, regressions, intervals and diagnostics that a referee asks for.

    python recipe.py FOLDER

writes returns.csv and characteristics.csv, reads them again, and writes expected_*.csv. Nothing here is fast or general,
and nothing is imported from the package. README.md says what each figure is; long_horizon.py and variance_share.py
write the other files of this folder.
"""

import sys
import warnings
from pathlib import Path

import arch
import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.diagnostic import het_arch
from statsmodels.stats.stattools import durbin_watson, jarque_bera

T, DAY0 = 240, 250  # estimation days [-250,-11]; position of day 0
EVENT = range(DAY0 - 10, DAY0 + 11)
WINDOWS = [(0, 0), (0, 4)]
FIRMS = [f"F{i:02d}" for i in range(24)]
COMPONENTS, LEVEL, DECAY = 6, 0.05, 0.94
DIGITS = "%.12g"


def garch_noise(g, days, firms):
    """Shocks of unit variance on average with GARCH(1,1) volatility of each firm's own."""
    out, h = np.empty((days, firms)), np.ones(firms)
    for day in range(days):
        out[day] = np.sqrt(h) * g.standard_t(8, firms) / np.sqrt(8 / 6)
        h = 0.08 + 0.17 * out[day] ** 2 + 0.75 * h
    return out


def panel():
    g = np.random.default_rng(20250131)
    days, n = DAY0 + 11, len(FIRMS)
    market = 0.0003 + 0.009 * g.standard_t(5, days)
    size, exposure = g.normal(0, 1, n), g.normal(0, 1, n)
    common = garch_noise(g, days, 2) @ np.vstack([np.ones(n), exposure]) * 0.45  # the second moves with the exposure
    noise = (common + 0.8 * garch_noise(g, days, n)) * g.uniform(0.012, 0.025, n)
    returns = 0.0002 + market[:, None] * g.uniform(0.6, 1.8, n) + noise
    returns[DAY0] += -0.02 - 0.008 * exposure + 0.01 * g.normal(size=n)
    dates = pd.bdate_range("2024-01-15", periods=days, name="date")
    table = pd.DataFrame(np.column_stack([market, returns]), dates, ["MKT", *FIRMS])
    return table, pd.DataFrame({"firm": FIRMS, "size": size, "exposure": exposure})


def fit(table, firm):
    y, x = table[firm].to_numpy(), sm.add_constant(table["MKT"].to_numpy())
    ols = sm.OLS(y[:T], x[:T]).fit()
    ar, inverse, s = y[EVENT] - x[EVENT] @ ols.params, np.linalg.inv(x[:T].T @ x[:T]), np.sqrt(ols.scale)
    error = s * np.sqrt([1 + day @ inverse @ day for day in x[EVENT]])
    tau = range(-10, 11)
    return {"ols": ols, "e": ols.resid, "s": s, "ar": pd.Series(ar, tau), "sar": pd.Series(ar / error, tau),
            "on_scale": pd.Series(s * ar / error, tau)}  # fmt: skip


def label(lo, hi):
    return str(lo) if lo == hi else f"[{lo},{hi}]"


# -- tests -------------------------------------------------------------------------------------------------------------


def corrado_zivney(fits, lo, hi):
    """Ranks of e/s, and of the event days' SARs over that day's cross-sectional standard deviation."""
    sar = pd.DataFrame([one["sar"] for one in fits])
    event = (sar / sar.std(ddof=1)).to_numpy()
    u = np.array([stats.rankdata([*(one["e"] / one["s"]), *row]) for one, row in zip(fits, event, strict=True)])
    u_bar = (u / (T + 21 + 1) - 0.5).mean(axis=0)
    tested = u_bar[T + 10 + lo : T + 10 + hi + 1]
    z = tested.sum() / (np.sqrt(len(tested)) * np.sqrt(np.mean(u_bar**2)))
    return z, 2 * stats.norm.sf(abs(z))


def model_of_constant(e):
    """The log-likelihood of residuals, in per cent, whose variance does not move."""
    return -len(e) / 2 * (np.log(2 * np.pi * np.mean((100 * e) ** 2)) + 1)


def garch_sar(one, lo, hi):
    """CAR over the volatility that a GARCH(1,1) of the residuals expects on day -1 for the window's days."""
    model = arch.arch_model(100 * one["e"], mean="Zero", vol="GARCH", p=1, q=1, rescale=False)
    square, tops = np.mean((100 * one["e"]) ** 2), []
    for a, b in [(a, b) for a in (0.02, 0.1, 0.2, 0.3) for b in (0.05, 0.5, 0.75, 0.95) if a + b < 1]:
        start = np.array([square * (1 - a - b), a, b])
        result = model.fit(disp="off", starting_values=start, tol=1e-12, options={"maxiter": 2000})
        if result.convergence_flag == 0 and result.params.iloc[1] > 1e-6:
            tops.append(result)
    best, constant = max(tops, key=lambda top: top.loglikelihood, default=None), model_of_constant(one["e"])
    moves = best is not None and best.loglikelihood > constant + 1e-5  # else the variance is constant
    omega, alpha, beta = best.params if moves else (square, 0.0, 0.0)
    h, shock = best.conditional_volatility[-1] ** 2 if moves else square, 100 * one["e"][-1]
    path = {}
    for tau in range(-10, hi + 1):
        h = omega + alpha * shock**2 + beta * h if tau <= 0 else omega + (alpha + beta) * h
        shock, path[tau] = 100 * one["ar"][tau], h / 1e4
    return one["ar"].loc[lo:hi].sum() / np.sqrt(sum(path[tau] for tau in range(lo, hi + 1))), (omega, alpha, beta)


# -- regressions of the CARs on characteristics ------------------------------------------------------------------------


def covariance(days):
    """Ω of the residuals of these days (rows): the first K principal components, and each firm's own variance."""
    a = days - days.mean(axis=0)
    v = np.linalg.svd(a, full_matrices=False)[2][:COMPONENTS].T
    scores = a @ v
    return v @ np.diag(scores.var(axis=0, ddof=1)) @ v.T + np.diag((a - scores @ v.T).var(axis=0, ddof=1))


def gls(y, x, omega):
    inverse = np.linalg.inv(omega)
    return np.linalg.solve(x.T @ inverse @ x, x.T @ inverse @ y)


def slopes_of_shifts(e, event, x, method):
    """Slopes of every run of the circle; Ω from the estimation days that are not in the run. The event's run is last."""
    length = len(event)
    joined, out = np.vstack([e, event]), []
    for start in [*range(len(e) + 1, len(joined)), *range(len(e) + 1)]:
        run = [(start + step) % len(joined) for step in range(length)]
        y = joined[run].sum(axis=0)
        if method == "ols_ranked":
            out.append(np.linalg.lstsq(x, y, rcond=None)[0])
        else:
            out.append(gls(y, x, covariance(np.delete(e, [day for day in run if day < len(e)], axis=0))))
    return np.array(out)


def regressions(fits, characteristics, lo, hi):
    e = np.array([one["e"] for one in fits]).T
    cars = np.array([one["ar"].loc[lo:hi].sum() for one in fits])
    x = sm.add_constant(characteristics[["size", "exposure"]].to_numpy())
    names, rows = ["const", "size", "exposure"], []
    hc3 = sm.OLS(cars, x).fit(cov_type="HC3", use_t=True)
    for i, name in enumerate(names):
        rows.append((name, "hc3", hc3.params[i], hc3.bse[i], hc3.tvalues[i], hc3.pvalues[i]))
    raw = np.array([one["ar"].loc[lo:hi] for one in fits]).T
    scaled = np.array([one["on_scale"].loc[lo:hi] for one in fits]).T
    for method in ("ols_ranked", "gls_ranked"):
        slopes = slopes_of_shifts(e, raw if lo == hi else scaled, x, method)
        others = (
            slopes[:-1] if lo == hi else np.array([s for k, s in enumerate(slopes[:-1]) if untouched(k, hi - lo + 1)])
        )
        sd = others.std(axis=0, ddof=1)
        b = gls(cars, x, covariance(e)) if method == "gls_ranked" else np.linalg.lstsq(x, cars, rcond=None)[0]
        for i, name in enumerate(names):
            p = np.mean(np.abs(slopes[:, i]) >= abs(slopes[-1, i]))
            rows.append((name, method, b[i], sd[i], b[i] / sd[i], p))
    return rows


def untouched(k, length):
    """Whether the k-th of `slopes_of_shifts` holds estimation days only: the first L - 1 begin in the event."""
    return k >= length - 1 and (k - (length - 1)) + length <= T


def before_each_day(fits, characteristics):
    """As Cohn et al.: a day's Ω from the 120 days that end ten days before it; 110 pseudo-events. One-day window."""
    e = np.array([one["e"] for one in fits]).T
    cars = np.array([one["ar"][0] for one in fits])
    x = sm.add_constant(characteristics[["size", "exposure"]].to_numpy())
    event = gls(cars, x, covariance(e[T - 120 : T]))
    pseudo = np.array([gls(e[day], x, covariance(e[day - 130 : day - 10])) for day in range(130, T)])
    mean, sd, count = pseudo.mean(axis=0), pseudo.std(axis=0, ddof=1), len(pseudo)
    rows = []
    for i, name in enumerate(["const", "size", "exposure"]):
        away = abs(event[i] - mean[i])
        p = (1 + np.sum(np.abs(pseudo[:, i] - mean[i]) >= away)) / (count + 1)
        t = away / (sd[i] * np.sqrt((count + 1) / count))
        rows.append((name, "gls_before_each_day", event[i], sd[i], event[i] / sd[i], p))
        rows.append((name, "gls_before_each_day_t", event[i], sd[i] * np.sqrt((count + 1) / count), t,
                     2 * stats.t.sf(t, count - 1)))  # fmt: skip
    return rows


# -- intervals by inversion --------------------------------------------------------------------------------------------


def one_day_interval(null, value, scales, scale):
    """The values that the permutation test does not reject: the statistic ± the k-th largest of the null, k = ⌊α(T + 1)⌋."""
    size = np.sort(np.abs(np.asarray(null) / scales))[::-1]
    half = size[int(np.floor(LEVEL * (len(null) + 1))) - 1] * scale
    return value - half, value + half


def window_interval(e, ar, factors):
    """All μ for which p of the circle exceeds α when μ/L is taken from each event day; their hull."""
    length, days = len(ar), len(e) + len(ar)
    around = [(k + step) % days for k in range(days) for step in range(length)]
    fixed = np.array([*e, *(ar * factors)])[around].reshape(days, length).sum(axis=1)
    per_mu = np.array([*np.zeros(len(e)), *factors / length])[around].reshape(days, length).sum(axis=1)
    own = len(e)

    def p(mu):
        size = np.abs(fixed - per_mu * mu)
        return np.mean(size >= size[own] * (1 - 1e-12))

    edges = []
    for k in range(days):
        for sign in (1, -1):
            slope = per_mu[own] - sign * per_mu[k]
            if k != own and abs(slope) > 1e-14:
                edges.append((fixed[own] - sign * fixed[k]) / slope)
    edges = np.sort(edges)
    held = [edge for edge in edges if p(edge) > LEVEL]  # at an edge two sizes are equal: the accepted set is closed
    return min(held), max(held)


def intervals(fits):
    rows = []
    for name, members in [("all", fits), ("F00", fits[:1]), ("F07", fits[7:8])]:
        e = np.mean([one["e"] for one in members], axis=0)
        ar = np.mean([one["ar"] for one in members], axis=0)
        variance, path = np.mean(e**2), []
        for b in [*e, *ar[:10]]:
            path.append(np.sqrt(variance))
            variance = DECAY * variance + (1 - DECAY) * b**2
        rows.append((name, "0", "plain", ar[10], *one_day_interval(e, ar[10], 1.0, 1.0)))
        rows.append((name, "0", "scaled", ar[10], *one_day_interval(e, ar[10], np.array(path[:T]), np.sqrt(variance))))
        each = np.array([one["ar"] for one in members])[:, 10:15]
        factors = np.array([one["on_scale"] for one in members])[:, 10:15] / each
        mean = factors.mean(axis=0)  # of a basket: μ/L leaves every firm's day before it is brought to scale
        low, high = window_interval(e, (each * factors).mean(axis=0) / mean, mean)
        rows.append((name, "[0,4]", "plain", ar[10:15].sum(), low, high))
    return rows


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame, index in zip(["returns", "characteristics"], panel(), [True, False], strict=True):
        frame.to_csv(folder / f"{name}.csv", float_format=DIGITS, index=index)
    table = pd.read_csv(folder / "returns.csv", index_col="date", parse_dates=True)
    characteristics = pd.read_csv(folder / "characteristics.csv")
    fits = [fit(table, firm) for firm in FIRMS]
    tests, slopes, models = [], [], []
    for lo, hi in WINDOWS:
        tests.append(("corrado_zivney_z", label(lo, hi), *corrado_zivney(fits, lo, hi)))
        scaled, parameters = zip(*[garch_sar(one, lo, hi) for one in fits], strict=True)
        t = stats.ttest_1samp(scaled, 0)
        tests.append(("garch_bmp_t", label(lo, hi), t.statistic, t.pvalue))
        models += [(firm, label(lo, hi), *p, sar) for firm, p, sar in zip(FIRMS, parameters, scaled, strict=True)]
        slopes += [(label(lo, hi), *row) for row in regressions(fits, characteristics, lo, hi)]
    slopes += [("0", *row) for row in before_each_day(fits, characteristics)]
    diagnostics = []
    for firm, one in zip(FIRMS, fits, strict=True):
        jb, jb_p, skew, kurtosis = jarque_bera(one["e"])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of the kind of tuple that it will return
            lm, lm_p = het_arch(one["e"], nlags=5)[:2]
        diagnostics.append((firm, one["ols"].rsquared, durbin_watson(one["e"]), jb, jb_p, skew, kurtosis, lm, lm_p))
    for name, rows, head in [
        ("tests", tests, ["statistic", "window", "value", "p_value"]),
        ("garch", models, ["firm", "window", "omega", "alpha", "beta", "scaled_car"]),
        ("regression", slopes, ["window", "term", "method", "slope", "std_error", "statistic", "p_value"]),
        ("intervals", intervals(fits), ["subject", "window", "scaling", "value", "low", "high"]),
        ("diagnostics", diagnostics, ["firm", "r_squared", "durbin_watson", "jarque_bera", "jarque_bera_p", "skewness",
                                      "kurtosis", "arch_lm", "arch_lm_p"]),
    ]:  # fmt: skip
        pd.DataFrame(rows, columns=head).to_csv(folder / f"expected_{name}.csv", index=False, float_format=DIGITS)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
