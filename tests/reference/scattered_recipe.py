"""The second reference case: scattered dates, gaps, two events of one firm; every figure by statsmodels, scipy and arch.

    python scattered_recipe.py FOLDER

writes returns.csv, factors.csv, events.csv and the expected_*.csv files. Nothing here is fast or general, and nothing is
imported from the package. Abnormal returns come from one regression an event with a dummy for each event day
(Karafiath 1988): its coefficients are the ARs and their covariance is that of the forecast errors.
"""

import sys
from itertools import combinations
from pathlib import Path

import arch
import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats

T, LEAD, LAG = 150, 10, 10
TAUS = list(range(-LEAD, LAG + 1))
WINDOWS = {"0": (0, 0), "1": (1, 1), "[-1,1]": (-1, 1), "[0,4]": (0, 4), "[-10,10]": (-10, 10)}
EVENTS = [  # firm, position of day 0
    ("F00", 300), ("F01", 300), ("F02", 300), ("F03", 303), ("F04", 320), ("F05", 371), ("F06", 402),
    ("F07", 300), ("F08", 455), ("F00", 312), ("F09", 303), ("F10", 520), ("F11", 300),
]  # fmt: skip


def panel():
    g = np.random.default_rng(20250128)
    days, firms = 560, [f"F{i:02d}" for i in range(12)]
    dates = pd.bdate_range("2022-06-01", periods=days, name="date")
    f = pd.DataFrame(g.standard_t(5, (days, 6)) * [0.009, 0.005, 0.006, 0.004, 0.004, 0.007], dates,
                     ["mkt_rf", "smb", "hml", "rmw", "cma", "mom"])  # fmt: skip
    f["rf"] = 0.0001 + 0.00005 * np.sin(np.arange(days) / 90)
    f["market"] = f["mkt_rf"] + f["rf"]
    common, sigma = g.standard_normal(days), g.uniform(0.01, 0.03, 12)
    noise = 0.5 * common[:, None] + np.sqrt(0.75) * g.standard_t(5, (days, 12)) / np.sqrt(5 / 3)
    load = g.normal(0, 0.4, (6, 12))
    load[0] = g.uniform(0.6, 1.8, 12)
    r = pd.DataFrame(f.iloc[:, :6].to_numpy() @ load + noise * sigma, dates, firms)
    for firm, position in EVENTS:
        r.loc[dates[position], firm] += g.uniform(-0.06, 0.02)
    r.iloc[:190, 2] = np.nan  # F02: listed late, about 100 estimation days
    r.iloc[305:, 7] = np.nan  # F07: its data ends on day +4
    r.iloc[:250, 11] = np.nan  # F11: too few returns
    r.iloc[[180, 181, 222, 299, 302], 1] = np.nan  # F01: gaps in both windows
    r.iloc[[365, 371], 5] = np.nan  # F05: no return on day 0
    return r, f


def regress(r, f, columns, position):
    """One event: OLS on estimation and event days with a dummy for each event day that has a return."""
    est = np.arange(position - 160, position - 10)
    win = np.array([position + tau for tau in TAUS])
    rows = np.concatenate([est, win])
    y, x = r.iloc[rows], f[columns].iloc[rows].copy()
    x.insert(0, "const", 1.0)
    for tau, day in zip(TAUS, win, strict=True):
        x[f"D{tau}"] = (rows == day).astype(float)
    seen = y.notna().to_numpy()
    x = x.loc[:, [not c.startswith("D") or seen[T + TAUS.index(int(c[1:]))] for c in x.columns]]
    fit = sm.OLS(y[seen], x[seen]).fit()
    dummies = [c for c in x.columns if c.startswith("D")]
    e = fit.resid[: seen[:T].sum()]
    return {"fit": fit, "e": e, "s": np.sqrt(fit.scale), "dof": fit.df_resid, "dates": r.index[rows], "n": len(e),
                "ar": pd.Series({int(c[1:]): fit.params[c] for c in dummies}),
                "sar": pd.Series({int(c[1:]): fit.tvalues[c] for c in dummies})}  # fmt: skip


def cumulate(one, lo, hi):
    """CAR, its standard error and its days from the covariance of the dummies; None where the data ends inside."""
    if hi > one["last_tau"]:
        return None
    names = [f"D{tau}" for tau in range(lo, hi + 1) if tau in one["ar"].index]
    if not names:
        return None
    test = one["fit"].t_test(np.array([[1.0 if c in names else 0.0 for c in one["fit"].params.index]]))
    return float(test.effect[0]), float(test.sd[0, 0]), len(names)


def rbar_of(held, lo, hi):
    total = 0.0
    for a, b in combinations(held, 2):
        da = {a["dates"][T + TAUS.index(t)] for t in range(lo, hi + 1) if t in a["ar"].index}
        db = {b["dates"][T + TAUS.index(t)] for t in range(lo, hi + 1) if t in b["ar"].index}
        both = pd.concat([a["e"], b["e"]], axis=1, join="inner")
        if da & db:
            total += (
                len(da & db) / np.sqrt(len(da) * len(db)) * stats.pearsonr(both.iloc[:, 0], both.iloc[:, 1]).statistic
            )
    return 2 * total / (len(held) * (len(held) - 1))


def statistics(events, label, lo, hi):
    held = [one for one in events if cumulate(one, lo, hi) is not None]
    car, se, days = np.array([cumulate(one, lo, hi) for one in held]).T
    scar, dof, n, length = car / se, np.array([o["dof"] for o in held]), len(held), hi - lo + 1
    rbar = rbar_of(held, lo, hi)
    out = {"mean_ar": car.mean(), "n": n, "mean_residual_correlation": rbar}
    out["cross_sectional_t"] = stats.ttest_1samp(car, 0).statistic
    out["bmp_t"] = stats.ttest_1samp(scar, 0).statistic
    out["kolari_pynnonen_t"] = out["bmp_t"] * np.sqrt((1 - rbar) / (1 + (n - 1) * rbar))
    out["patell_z"] = scar.sum() / np.sqrt((dof / (dof - 2)).sum())
    out["adjusted_patell_z"] = out["patell_z"] / np.sqrt(1 + (n - 1) * rbar)
    sums = np.array([o["sar"][[t for t in range(lo, hi + 1) if t in o["sar"].index]].sum() for o in held])
    out["patell_z_sum_of_sars"] = (sums / np.sqrt(days)).sum() / np.sqrt((dof / (dof - 2)).sum())
    k, g = car.mean() / car.std(ddof=1), stats.skew(car, bias=False)
    out["skewness_adjusted_t"] = np.sqrt(n) * (k + g * k**2 / 3 + g**2 * k**3 / 27 + g / (6 * n))
    p_hat = np.mean([(o["e"] > 0).mean() for o in held])
    w = int((car > 0).sum())
    out["sign_z"], out["sign_p"] = (w - n / 2) / np.sqrt(n / 4), stats.binomtest(w, n, 0.5).pvalue
    out["generalized_sign_z"] = (w - n * p_hat) / np.sqrt(n * p_hat * (1 - p_hat))
    out["generalized_sign_p"] = stats.binomtest(w, n, p_hat).pvalue
    out["wilcoxon_w_plus"] = stats.rankdata(np.abs(car))[car > 0].sum()
    out["wilcoxon_p"] = stats.wilcoxon(car, method="exact").pvalue
    in_event_time = pd.DataFrame({i: pd.Series(o["e"].to_numpy(), o["tau"]) for i, o in enumerate(held)})
    out["crude_dependence_t"] = car.mean() / (np.sqrt(length) * in_event_time.mean(axis=1).std(ddof=1))
    out["independence_t"] = car.mean() / (np.sqrt(length * in_event_time.var(ddof=1).sum()) / n)
    ranks = {i: pd.concat([pd.Series(o["e"].to_numpy(), o["tau"]), o["ar"]]) for i, o in enumerate(held)}
    ranks = pd.DataFrame({i: pd.Series(stats.rankdata(v) / (len(v) + 1) - 0.5, v.index) for i, v in ranks.items()})
    kbar, share = ranks.mean(axis=1), ranks.notna().sum(axis=1) / n
    spread = np.sqrt((share * kbar**2).sum() / len(kbar))
    tested = kbar.reindex(range(lo, hi + 1)).dropna()
    out["corrado_z"] = tested.sum() / (np.sqrt(len(tested)) * spread)
    u = {i: pd.concat([pd.Series(o["e"].to_numpy() / o["s"], o["tau"]), pd.Series({99: scar[i] / scar.std(ddof=1)})])
         for i, o in enumerate(held)}  # fmt: skip
    u = pd.DataFrame({i: pd.Series(stats.rankdata(v) / (len(v) + 1) - 0.5, v.index) for i, v in u.items()})
    ubar, share, full = u.mean(axis=1), u.notna().sum(axis=1) / n, len(u) - 1
    z = ubar[99] / np.sqrt((share * ubar**2).sum() / (full + 1))
    out["grank_t"] = z * np.sqrt((full - 1) / (full - z**2))
    out["grank_z"] = ubar[99] / np.sqrt(sum(o["n"] / (12 * (o["n"] + 2)) for o in held) / n**2)
    frame = pd.concat([pd.Series({o["dates"][T + TAUS.index(t)]: o["ar"][t] for t in range(lo, hi + 1) if t in o["ar"].index})
                       for o in held], axis=1, sort=True)  # fmt: skip
    daily = frame.sort_index().mean(axis=1)
    fit = sm.OLS(daily.to_numpy(), np.ones(len(daily))).fit(cov_type="HAC", cov_kwds={"maxlags": length - 1})
    out["calendar_time"] = float(fit.tvalues[0])
    return [(name, label, float(value)) for name, value in out.items()]


def market_events(r, f):
    out = []
    for firm, position in EVENTS:
        if r[firm].iloc[position - 160 : position - 10].notna().sum() < 60:
            continue
        one = regress(r[firm], f, ["market"], position)
        last = r[firm].index.get_loc(r[firm].last_valid_index()) - position
        est = [day for day in range(position - 160, position - 10) if pd.notna(r[firm].iloc[day])]
        out.append(one | {"firm": firm, "position": position, "last_tau": last, "tau": [day - position for day in est]})
    return out


def other_models(r, f):
    """alpha, slopes, s, AR of day 0 with its standard error, and the CAR of [-1,1] with its, for the event F04."""
    firm, position, rows = "F04", 320, []
    y = r[firm]
    linear = {"market_model": ["market"], "capm": ["mkt_rf"], "ff3": ["mkt_rf", "smb", "hml"],
              "ff5": ["mkt_rf", "smb", "hml", "rmw", "cma"], "carhart": ["mkt_rf", "smb", "hml", "mom"],
              "mean_adjusted": [], "dimson": ["lag", "market", "lead"]}  # fmt: skip
    table = f.assign(lag=f["market"].shift(1), lead=f["market"].shift(-1))
    for name, columns in linear.items():
        excess = y - f["rf"] if "mkt_rf" in columns else y
        one = regress(excess, table, columns, position) | {"last_tau": 10}
        rows.append((name, one["s"], one["ar"][0], one["fit"].bse["D0"], *cumulate(one, -1, 1)[:2]))
    est, at = slice(position - 160, position - 10), lambda tau: position + tau
    m = f["market"]
    e = (y - m).iloc[est]
    s, gap = np.sqrt((e**2).mean()), y - m
    rows.append(("market_adjusted", s, gap.iloc[at(0)], s, gap.iloc[at(-1) : at(2)].sum(), s * np.sqrt(3)))
    rows.append(("huber", *huber(y, m, est, at)))
    rows.append(("garch", *garch(y, m, est, position)))
    rows.append(("scholes_williams", *scholes_williams(y, m, est, at)))
    return pd.DataFrame(rows, columns=["model", "sigma", "ar", "ar_error", "car", "car_error"])


def huber(y, m, est, at):
    ye, x = y.iloc[est], sm.add_constant(m.iloc[est])
    fit = sm.RLM(ye, x, M=sm.robust.norms.HuberT(1.345)).fit(maxiter=500, tol=1e-13, conv="coefs")
    s = np.sqrt((fit.resid**2).sum() / (T - 2))
    days = np.column_stack([np.ones(3), m.iloc[at(-1) : at(2)]])
    ar, inverse, one = y.iloc[at(-1) : at(2)].to_numpy() - days @ fit.params, np.linalg.inv(x.T @ x), days.sum(axis=0)
    return s, ar[1], s * np.sqrt(1 + days[1] @ inverse @ days[1]), ar.sum(), s * np.sqrt(3 + one @ inverse @ one)


def garch(y, m, est, position):
    ols = sm.OLS(y.iloc[est], sm.add_constant(m.iloc[est])).fit()
    shock = y - ols.params["const"] - ols.params["market"] * m
    e = 100 * ols.resid.to_numpy()
    model, square, tops = arch.arch_model(e, mean="Zero", vol="GARCH", p=1, q=1, rescale=False), np.mean(e**2), []
    for at in [None, *[(a, b) for a in (0.02, 0.1, 0.2, 0.3) for b in (0.05, 0.5, 0.75, 0.95) if a + b < 1]]:
        start = None if at is None else np.array([square * (1 - sum(at)), *at])
        tops.append(model.fit(disp="off", starting_values=start))
    # the highest top at which shocks move the variance, if it is above a constant variance
    moving = [top for top in tops if top.convergence_flag == 0 and top.params.iloc[1] > 1e-6]
    best = max(moving, key=lambda top: round(top.loglikelihood, 5), default=None)
    moves = best is not None and best.loglikelihood > -len(e) / 2 * (np.log(2 * np.pi * square) + 1) + 1e-5
    # the gap is filtered by hand with arch's parameters; from day 1 on each forecast rests on the one before
    omega, alpha, beta = best.params if moves else (square, 0.0, 0.0)
    h, before = best.conditional_volatility[-1] ** 2 if moves else square, e[-1]
    path = []
    for day in range(position - 10, position + 2):
        h = omega + alpha * before**2 + beta * h if day <= position else omega + (alpha + beta) * h
        before = 100 * shock.iloc[day]
        path.append(h / 1e4)
    before, zero, after = path[-3:]
    car = shock.iloc[position - 1 : position + 2].sum()
    return np.sqrt(ols.scale), shock.iloc[position], np.sqrt(zero), car, np.sqrt(before + zero + after)


def scholes_williams(y, m, est, at):
    ye, me = y.iloc[est].to_numpy(), m.iloc[est].to_numpy()
    r, b, x, a = ye[1:-1], me[:-2], me[1:-1], me[2:]
    slopes = [stats.linregress(z, r).slope for z in (b, x, a)]
    beta = sum(slopes) / (1 + 2 * np.corrcoef(x, b)[0, 1])
    alpha = r.mean() - beta * x.mean()
    s = np.sqrt(((r - alpha - beta * x) ** 2).sum() / (T - 4))
    X, Z = sm.add_constant(x), sm.add_constant(b + x + a)
    V = np.linalg.inv(Z.T @ X) @ (Z.T @ Z) @ np.linalg.inv(X.T @ Z)
    days = np.column_stack([np.ones(3), m.iloc[at(-1) : at(2)]])
    ar, one = y.iloc[at(-1) : at(2)].to_numpy() - alpha - beta * days[:, 1], days.sum(axis=0)
    return s, ar[1], s * np.sqrt(1 + days[1] @ V @ days[1]), ar.sum(), s * np.sqrt(3 + one @ V @ one)


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    r, f = panel()
    r.to_csv(folder / "returns.csv")
    f.to_csv(folder / "factors.csv")
    pd.DataFrame([(firm, r.index[p].date()) for firm, p in EVENTS], columns=["firm", "event_date"]).to_csv(
        folder / "events.csv", index=False)  # fmt: skip
    events = market_events(r, f)
    rows = [row for label, (lo, hi) in WINDOWS.items() for row in statistics(events, label, lo, hi)]
    pd.DataFrame(rows, columns=["statistic", "window", "value"]).to_csv(folder / "expected_statistics.csv", index=False)
    cars = [(o["firm"], r.index[o["position"]].date(), label, *(cumulate(o, lo, hi) or (np.nan,) * 3))
            for o in events for label, (lo, hi) in WINDOWS.items()]  # fmt: skip
    pd.DataFrame(cars, columns=["firm", "event_date", "window", "car", "std_error", "days"]).to_csv(
        folder / "expected_cars.csv", index=False)  # fmt: skip
    other_models(r, f).to_csv(folder / "expected_models.csv", index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
