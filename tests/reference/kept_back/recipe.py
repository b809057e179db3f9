"""Twelve stocks at dates that we chose: every model, test, p-value and interval, spelled out.

    python recipe.py FOLDER

reads returns.csv and factors.csv of this folder and writes expected_*.csv. numpy, scipy, pandas, statsmodels only; nothing here is fast or general, and nothing is imported from the package. README.md says what each figure is.
"""

import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import optimize, stats
from statsmodels.stats.multitest import multipletests

FOLDER = Path(__file__).parent
FIRMS = ["KEY", "WAL", "USB", "JPM", "PANW", "OKTA", "NET", "MSFT", "DAL", "LUV", "KO", "XOM"]
PEERS = ["CVX", "PEP", "JNJ", "PG", "MCD", "WMT"]
T, LEAD, TAIL = 240, 5, 10  # estimation days [-250,-11]; the event window is [-5,10]
WINDOWS = [(0, 0), (-1, 3)]
TAUS = range(-LEAD, TAIL + 1)
FACTORS = {"capm": ["mkt_rf"], "ff3": ["mkt_rf", "smb", "hml"], "ff5": ["mkt_rf", "smb", "hml", "rmw", "cma"],
           "carhart": ["mkt_rf", "smb", "hml", "mom"]}  # fmt: skip
MODELS = ["mean_adjusted", "market_adjusted", "market_model", *FACTORS, "scholes_williams", "dimson", "dimson_summed",
          "huber", "peer_adjusted", "peer_index"]  # fmt: skip
CHOSEN, FEW_MODELS = ("market_model", "ff5"), ("calm day", "wild day", "mixed")
DATES = {
    "scattered": ["2023-12-20", "2024-01-12", "2024-02-13", "2024-03-08", "2024-04-15", "2024-05-10", "2024-06-14",
                  "2024-07-24", "2024-08-20", "2024-09-18", "2024-10-31", "2024-12-18"],
    "staggered": ["2024-07-30", "2024-07-25", "2024-08-05", "2024-07-31", "2024-08-01", "2024-07-26", "2024-07-29",
                  "2024-08-02", "2024-08-06", "2024-07-30", "2024-08-05", "2024-08-07"],
    "mixed": ["2024-03-20"] * 6 + ["2024-09-04"] * 6,
    "calm day": ["2024-06-12"] * 12,
    "restless day": ["2024-08-05"] * 12,
    "wild day": ["2024-08-12"] * 12,
}  # fmt: skip


def read():
    returns = pd.read_csv(FOLDER / "returns.csv", index_col="date", parse_dates=True)
    factors = pd.read_csv(FOLDER / "factors.csv", index_col="date", parse_dates=True)
    assert returns.index.equals(factors.index)
    return returns, factors


# -- models ------------------------------------------------------------------------------------------------------------


class Fit:
    """One event: days `e` (T residuals, nan where the model has none), AR, forecast errors by day and window."""

    def __init__(self, e, ar, s, dof, covariance, sd=None, at=None, place=None):
        self.e, self.ar, self.s, self.dof, self.cov = e, ar, s, dof, covariance
        self.sd = np.full(len(e), s) if sd is None else sd  # of each estimation day
        self.days, self.event_days = at, place
        self.se = np.sqrt(np.diag(covariance))
        self.sar = ar / self.se

    def cut(self, lo, hi):
        return slice(lo + LEAD, hi + LEAD + 1)

    def car(self, lo, hi):
        return self.ar[self.cut(lo, hi)].sum()

    def error(self, lo, hi):
        return np.sqrt(self.cov[self.cut(lo, hi), self.cut(lo, hi)].sum())

    def scar(self, lo, hi):
        return self.car(lo, hi) / self.error(lo, hi)

    def on_scale(self, lo, hi):
        return self.s * self.sar[self.cut(lo, hi)]


def by_ols(y, x, y_new, x_new):
    ols = sm.OLS(y, x).fit()
    s2 = ols.ssr / (len(y) - x.shape[1])
    return (
        ols.params,
        ols.resid,
        y_new - x_new @ ols.params,
        s2,
        len(y) - x.shape[1],
        s2 * (np.eye(len(y_new)) + x_new @ np.linalg.inv(x.T @ x) @ x_new.T),
    )


def huber(y, x):
    """Iteratively reweighted least squares by hand; the scale is the MAD about zero, anew in each step."""
    b = np.linalg.lstsq(x, y, rcond=None)[0]
    for _ in range(500):
        r = y - x @ b
        scale = np.median(np.abs(r)) / stats.norm.ppf(0.75)
        w = np.minimum(1, 1.345 * scale / np.abs(r))
        new = np.linalg.solve(x.T @ (w[:, None] * x), x.T @ (w * y))
        if np.abs(new - b).max() < 1e-15:
            break
        b = new
    return b


def fit(model, y, at, returns, factors, extra=()):
    """`y` (D,) a security's returns, `at` the place of day 0; `extra` event taus that are fitted along (conformal)."""
    est = np.arange(at - 250, at - 10)
    ev = np.array([at + tau for tau in TAUS])
    est = np.concatenate([est, [at + tau for tau in extra]]).astype(int)
    n, m = len(est), returns["SPY"].to_numpy()
    if model.startswith("peer"):
        m = returns[PEERS].to_numpy().mean(axis=1)
    one = np.ones(len(y))
    where = {"at": est, "place": ev}
    if model in ("market_adjusted", "peer_adjusted"):
        e, ar = y[est] - m[est], y[ev] - m[ev]
        s2 = e @ e / n
        return Fit(e, ar, np.sqrt(s2), n, s2 * np.eye(len(ev)), **where)
    if model == "mean_adjusted":
        x = one[:, None]
    elif model in FACTORS:
        x = np.column_stack([one, factors[FACTORS[model]]])
        y = y - factors["rf"].to_numpy()
    elif model in ("dimson", "dimson_summed"):
        x = np.column_stack([one, np.roll(m, 1), m, np.roll(m, -1)])
    else:
        x = np.column_stack([one, m])
    if model == "scholes_williams":
        return scholes_williams(y, m, est, ev, where)
    b, e, ar, s2, dof, cov = by_ols(y[est], x[est], y[ev], x[ev])
    if model == "dimson_summed":
        beta = b[1:].sum()
        e = y[est] - y[est].mean() - beta * (m[est] - m[est].mean())
        ar = y[ev] - y[est].mean() - beta * (m[ev] - m[est].mean())
        s2 = e @ e / dof
        xm = x[est].mean(axis=0)
        moved = xm + np.column_stack([np.zeros(len(ev)), *[m[ev] - m[est].mean()] * 3])
        cov = s2 * (np.eye(len(ev)) + moved @ np.linalg.inv(x[est].T @ x[est]) @ moved.T)
    if model == "huber":
        b = huber(y[est], x[est])
        e, ar = y[est] - x[est] @ b, y[ev] - x[ev] @ b
        cov = cov / s2
        s2 = e @ e / dof
        cov = cov * s2
    return Fit(e, ar, np.sqrt(s2), dof, cov, **where)


def scholes_williams(y, m, est, ev, where):
    inner = est[1:-1]
    before, now, after = m[est[:-2]], m[inner], m[est[2:]]
    slope = [stats.linregress(part, y[inner]).slope for part in (before, now, after)]
    beta = sum(slope) / (1 + 2 * np.corrcoef(now, before)[0, 1])
    alpha = y[inner].mean() - beta * now.mean()
    e = y[inner] - alpha - beta * now
    s2 = e @ e / (len(inner) - 2)
    x, z = (np.column_stack([np.ones(len(inner)), part]) for part in (now, before + now + after))
    zx = np.linalg.inv(z.T @ x)
    middle = zx @ (z.T @ z) @ zx.T
    x_new = np.column_stack([np.ones(len(ev)), m[ev]])
    cov = s2 * (np.eye(len(ev)) + x_new @ middle @ x_new.T)
    padded = np.concatenate([[np.nan], e, [np.nan]])
    return Fit(padded, y[ev] - alpha - beta * m[ev], np.sqrt(s2), len(inner) - 2, cov, **where)


# -- tests -------------------------------------------------------------------------------------------------------------


def two(z):
    return 2 * stats.norm.sf(abs(z))


def tt(t, dof):
    return 2 * stats.t.sf(abs(t), dof)


def hall(v):
    n, s, g = len(v), v.mean() / v.std(ddof=1), stats.skew(v, bias=False)
    return np.sqrt(n) * (s + g * s**2 / 3 + g**2 * s**3 / 27 + g / (6 * n))


def rbar(fits, lo, hi):
    """Over all pairs, the share of tested days in common times the correlation on common calendar days."""
    total, n = 0.0, len(fits)
    for a, b in combinations(fits, 2):
        shared = len(set(a.event_days[a.cut(lo, hi)]) & set(b.event_days[b.cut(lo, hi)]))
        if shared:
            total += shared / (hi - lo + 1) * pair(a, b, lambda u, v: np.corrcoef(u, v)[0, 1])
    return 2 * total / (n * (n - 1))


def pair(a, b, function):
    x = pd.Series(a.e, a.days[: len(a.e)]).dropna()
    y = pd.Series(b.e, b.days[: len(b.e)]).dropna()
    both = x.index.intersection(y.index)
    assert len(both) >= 30
    return function(x[both].to_numpy(), y[both].to_numpy())


def circle_p(joined, length, size):
    """Share of the runs of the circle that are at least the event's, which stands last."""
    n = len(joined)
    values = np.array([size(joined[[(k + j) % n for j in range(length)]]) for k in range(n)])
    own = values[n - length]
    return np.mean(values >= own * (1 - 1e-12)), values, own


def rank_p(null, value):
    return (1 + np.sum(np.abs(null) >= abs(value) * (1 - 1e-12))) / (len(null) + 1)


def ewma_path(basket, between, length):
    """(T + L,) the daily sd expected before each run; calm goes back to the usual, 15 % of the way a day."""
    usual = np.mean(basket**2)
    h, out = usual, []
    for v in [*basket, *between]:
        out.append(h)
        h = 0.94 * h + 0.06 * v**2
    variances = np.array([*out[: len(basket)], *[h] * length])
    if length > 1:
        back = np.mean(0.85 ** np.arange(length))
        variances = np.where(variances < usual, usual + back * (variances - usual), variances)
    return np.sqrt(variances)


def ratio(basket, between):
    return np.sqrt(np.mean(np.append(basket, between)[-10:] ** 2) / np.mean(basket**2))


def before(model, fits, names, at, returns, factors, lo):
    """(G,) the basket's abnormal returns from day -10 to the window, or to day 0."""
    last = min(lo, 0)
    gaps = []
    for name, one in zip(names, fits, strict=True):
        early = fit_on(model, name, one, at, returns, factors)
        gaps.append(np.concatenate([early, one.ar[: LEAD + last]]))
    return np.mean(gaps, axis=0)


def fit_on(model, name, one, at, returns, factors):
    """The days between the windows: day -5 of an event five sessions earlier under the same estimation window."""
    y, m = returns[name].to_numpy(), returns["SPY"].to_numpy()
    days = np.arange(at - 10, at - LEAD)
    if model.startswith("peer"):
        m = returns[PEERS].to_numpy().mean(axis=1)
    est = np.arange(at - 250, at - 10)
    if model in ("market_adjusted", "peer_adjusted"):
        return y[days] - m[days]
    if model == "mean_adjusted":
        return y[days] - y[est].mean()
    if model == "scholes_williams":
        inner = est[1:-1]
        parts = m[est[:-2]], m[inner], m[est[2:]]
        beta = sum(stats.linregress(p, y[inner]).slope for p in parts) / (1 + 2 * np.corrcoef(parts[1], parts[0])[0, 1])
        return y[days] - y[inner].mean() - beta * (m[days] - m[inner].mean())
    if model in FACTORS:
        x, y = np.column_stack([np.ones(len(y)), factors[FACTORS[model]]]), y - factors["rf"].to_numpy()
    elif model.startswith("dimson"):
        x = np.column_stack([np.ones(len(y)), np.roll(m, 1), m, np.roll(m, -1)])
    else:
        x = np.column_stack([np.ones(len(y)), m])
    b = huber(y[est], x[est]) if model == "huber" else np.linalg.lstsq(x[est], y[est], rcond=None)[0]
    if model == "dimson_summed":
        return y[days] - y[est].mean() - b[1:].sum() * (m[days] - m[est].mean())
    return y[days] - x[days] @ b


def across(fits, lo, hi):
    """Tests of the cross-section that look at no calendar."""
    n, length = len(fits), hi - lo + 1
    car, scar = (np.array([getattr(f, what)(lo, hi) for f in fits]) for what in ("car", "scar"))
    dof = np.array([f.dof for f in fits])
    E = np.array([f.e for f in fits])
    seen = ~np.isnan(E).any(axis=0)
    out = {}
    r = rbar(fits, lo, hi)
    patell = scar.sum() / np.sqrt((dof / (dof - 2)).sum())
    bmp = np.sqrt(n) * scar.mean() / scar.std(ddof=1)
    plain = sum(f.sar[f.cut(lo, hi)].sum() for f in fits) / np.sqrt(length) / np.sqrt((dof / (dof - 2)).sum())
    out["patell_z"] = patell, two(patell)
    out["patell_z_sum_of_sars"] = plain, two(plain)
    out["adjusted_patell_z"] = patell / np.sqrt(1 + (n - 1) * r), two(patell / np.sqrt(1 + (n - 1) * r))
    out["bmp_t"] = bmp, tt(bmp, n - 1)
    kp = bmp * np.sqrt((1 - r) / (1 + (n - 1) * r))
    out["kolari_pynnonen_t"] = kp, tt(kp, n - 1)
    t = stats.ttest_1samp(car, 0)
    out["cross_sectional_t"] = t.statistic, t.pvalue
    out["skewness_adjusted_t"] = hall(car), tt(hall(car), n - 1)
    s2 = np.array([np.nanvar(f.e, ddof=1) for f in fits])
    z = car.mean() / (np.sqrt(length * s2.sum()) / n)
    out["independence_t"] = z, two(z)
    mean = E[:, seen].mean(axis=0)  # in event time
    z = car.mean() / (np.sqrt(length) * mean.std(ddof=1))
    out["crude_dependence_t"] = z, tt(z, seen.sum() - 1)
    w = int((car > 0).sum())
    share = np.mean([np.nanmean(np.where(np.isnan(f.e), np.nan, f.e > 0)) for f in fits])
    for name, p in (("sign_z", 0.5), ("generalized_sign_z", share)):
        out[name] = (w - n * p) / np.sqrt(n * p * (1 - p)), stats.binomtest(w, n, p).pvalue
    rank = stats.rankdata(np.abs(car))
    out["wilcoxon_w_plus"] = rank[car > 0].sum(), stats.wilcoxon(car, method="exact").pvalue
    # ranks
    R = np.array([stats.rankdata(np.concatenate([f.e[seen], f.ar])) for f in fits]) / (seen.sum() + len(TAUS) + 1) - 0.5
    k = R.mean(axis=0)
    tested = k[seen.sum() :][fits[0].cut(lo, hi)].sum() / (np.sqrt(length) * np.sqrt(np.mean(k**2)))
    out["corrado_z"] = tested, two(tested)
    sd = np.array([f.sar for f in fits]).std(axis=0, ddof=1)
    R = np.array([stats.rankdata(np.concatenate([(f.e / f.sd)[seen], f.sar / sd])) for f in fits])
    k = (R / (seen.sum() + len(TAUS) + 1) - 0.5).mean(axis=0)
    z = k[seen.sum() :][fits[0].cut(lo, hi)].sum() / (np.sqrt(length) * np.sqrt(np.mean(k**2)))
    out["corrado_zivney_z"] = z, two(z)
    tee = int(seen.sum())
    star = scar / scar.std(ddof=1)
    U = np.array([stats.rankdata([*(f.e / f.sd)[seen], v]) for f, v in zip(fits, star, strict=True)])
    u = (U / (tee + 2) - 0.5).mean(axis=0)
    z = u[-1] / np.sqrt(np.mean(u**2))
    g = z * np.sqrt((tee - 1) / (tee - z**2))
    out["grank_t"] = g, tt(g, tee - 1)
    g = u[-1] / np.sqrt(tee / (12 * n * (tee + 2)))
    out["grank_z"] = g, two(g)
    return out, r


def calendar_time(fits, lo, hi):
    length = hi - lo + 1
    car = np.array([f.car(lo, hi) for f in fits])
    out = {}
    # crude dependence and ranks: Σ_ij n_ij times what two events do on one common day
    ranks = []
    for f in fits:
        held = ~np.isnan(f.e)
        k = stats.rankdata(np.concatenate([f.e[held], f.ar])) / (held.sum() + len(TAUS) + 1) - 0.5
        ranks.append(pd.Series(k, np.concatenate([f.days[held], f.event_days])))
    variance = of_ranks = 0.0
    for i, a in enumerate(fits):
        for j, b in enumerate(fits):
            shared = len(set(a.event_days[a.cut(lo, hi)]) & set(b.event_days[b.cut(lo, hi)]))
            if shared:
                variance += shared * pair(a, b, lambda u, v: np.cov(u, v)[0, 1])
                both = ranks[i].index.intersection(ranks[j].index)
                of_ranks += shared * np.mean(ranks[i][both] * ranks[j][both])
    z = car.sum() / np.sqrt(variance)
    out["crude_dependence_calendar_t"] = z, tt(z, min(np.isfinite(f.e).sum() for f in fits) - 1)
    z = sum(r.loc[f.event_days[f.cut(lo, hi)]].sum() for r, f in zip(ranks, fits, strict=True)) / np.sqrt(of_ranks)
    out["rank_calendar_z"] = z, two(z)
    every = pd.concat([pd.Series(f.ar[f.cut(lo, hi)], f.event_days[f.cut(lo, hi)]) for f in fits])
    mean = every.groupby(level=0).mean().sort_index().to_numpy()
    if len(mean) > length + 1:
        w = sm.OLS(mean, np.ones(len(mean))).fit(
            cov_type="HAC", cov_kwds={"maxlags": length - 1, "use_correction": False}
        )
        out["calendar_time"] = w.tvalues[0], two(w.tvalues[0])
    return out


def bhar(names, fits, returns, lo, hi):
    value = []
    for name, f in zip(names, fits, strict=True):
        actual = returns[name].to_numpy()[f.event_days[f.cut(lo, hi)]]
        value.append(np.prod(1 + actual) - np.prod(1 + actual - f.ar[f.cut(lo, hi)]))
    value = np.array(value)
    t = stats.ttest_1samp(value, 0)
    return {
        "bhar_t": (t.statistic, t.pvalue),
        "bhar_skewness_adjusted_t": (hall(value), tt(hall(value), len(value) - 1)),
    }


def one_day(model, names, fits, at, returns, factors, lo, hi):  # noqa: PLR0915
    n, length = len(fits), hi - lo + 1
    E = np.array([f.e for f in fits])
    S = np.array([f.e / f.sd for f in fits])
    seen = ~np.isnan(E).any(axis=0)
    E, S = E[:, seen], S[:, seen]
    car, scar = (np.array([getattr(f, what)(lo, hi) for f in fits]) for what in ("car", "scar"))
    on_scale = np.array([f.on_scale(lo, hi) for f in fits])
    sars = np.array([f.sar[f.cut(lo, hi)] for f in fits])
    out = {}
    for name, days, event, value, size in (
        ("mean", E, on_scale, car.mean(), lambda run: abs(run.sum(axis=0).mean())),
        ("sar", S, sars, scar.mean(), lambda run: abs(run.sum(axis=0).mean())),
        ("max", S, sars, np.abs(scar).max(), lambda run: np.abs(run.sum(axis=0)).max()),
    ):
        if length == 1:
            null = np.abs(days).max(axis=0) if name == "max" else days.mean(axis=0)
            p = rank_p(null, value)
        else:
            p = circle_p(np.vstack([days.T, event.T]), length, size)[0]
        out[f"date_permutation_{name}"] = value, p
    basket, between = E.mean(axis=0), before(model, fits, names, at, returns, factors, lo)
    path = ewma_path(basket, between, length)
    joined = np.concatenate([basket, on_scale.mean(axis=0)])
    if length == 1:
        p = rank_p(basket / path[:-1], car.mean() / path[-1])
    else:
        total = len(joined)
        runs = np.array([abs(sum(joined[(k + j) % total] for j in range(length))) for k in range(total)]) / path
        p = np.mean(runs >= runs[len(basket)] * (1 - 1e-12))
    out["date_permutation_scaled"] = car.mean() / (path[-1] * np.sqrt(length)), p
    one = fit(model, returns[names].to_numpy().mean(axis=1), at, returns, factors)
    out["portfolio_t"] = one.scar(lo, hi), tt(one.scar(lo, hi), one.dof)
    extra = range(lo, hi + 1)
    again = [fit(model, returns[x].to_numpy(), at, returns, factors, extra) for x in names]
    F = np.array([f.e for f in again])
    if not np.isnan(F[:, -length:]).any():
        F = F[:, ~np.isnan(F).any(axis=0)]
        blocks = np.array([F[:, k : k + length].sum(axis=1) for k in range(F.shape[1] - length + 1)])
        mean = blocks.mean(axis=1)
        out["conformal_mean"] = mean[-1], np.mean(np.abs(mean) >= abs(mean[-1]) * (1 - 1e-12))
        omega = np.linalg.inv(F @ F.T / F.shape[1])
        q = np.array([b @ omega @ b for b in blocks])
        out["conformal_sur"] = q[-1], np.mean(q >= q[-1] * (1 - 1e-12))
    factor = np.array([f.error(lo, hi) / f.s for f in fits]) ** 2
    dof = fits[0].dof
    if np.ptp(factor) < 1e-8 * factor.max() and np.isfinite(np.array([f.e for f in fits])).all():
        sigma = E @ E.T / dof
        h = factor[0]
        quad = car @ np.linalg.inv(sigma) @ car / h
        f = (dof - n + 1) / (n * dof) * quad
        out["sur_f"] = f, stats.f.sf(f, n, dof - n + 1)
        gls = sm.GLS(car, np.ones(n), sigma).fit().params[0]
        one = np.linalg.inv(sigma).sum()
        spread = (car - gls) @ np.linalg.inv(sigma) @ (car - gls) / h
        var = h / one * (dof + spread) / (dof - n + 1)
        out["gls_t"] = gls / np.sqrt(var), tt(gls / np.sqrt(var), dof - n + 1)
    return out, {"ratio": ratio(basket, between)}, (basket, between, on_scale.mean(axis=0), fits, car.mean())


# -- one firm by itself ------------------------------------------------------------------------------------------------


def detectable(se, dof):
    """The effect that the t finds in 80 of 100 draws: noncentral t, both tails."""
    least = stats.t.ppf(0.975, dof)

    def power(ncp):
        return stats.nct.sf(least, dof, ncp) + np.nan_to_num(stats.nct.cdf(-least, dof, ncp))

    return se * optimize.brentq(lambda ncp: power(ncp) - 0.8, 1.0, 5.0)


def alone(model, name, f, at, returns, factors, lo, hi):
    length, held = hi - lo + 1, ~np.isnan(f.e)
    e, car, error = f.e[held], f.car(lo, hi), f.error(lo, hi)
    reach = stats.t.ppf(0.975, f.dof) * error
    joined = np.concatenate([e, f.on_scale(lo, hi)])
    if length == 1:
        sq, low = rank_p(e, car), (1 + np.sum(e <= car)) / (len(e) + 1)
    else:
        sq = circle_p(joined, length, lambda run: abs(run.sum()))[0]
        sums = np.array([sum(joined[(k + j) % len(joined)] for j in range(length)) for k in range(len(joined))])
        low = np.mean(sums <= sums[len(e)] + 1e-12 * abs(sums[len(e)]))
    out = {"car": car, "std_error": error, "t_p": tt(car / error, f.dof), "low": car - reach, "high": car + reach,
           "sq": sq, "sq_lower": low, "detectable": detectable(error, f.dof)}  # fmt: skip
    if length == 1:
        square = f.sar[lo + LEAD] ** 2
        out |= {"volatility": square * (f.dof - 2) / f.dof, "volatility_p": stats.f.sf(square, 1, f.dof)}
    again = fit(model, returns[name].to_numpy(), at, returns, factors, range(lo, hi + 1)).e
    if not np.isnan(again[-length:]).any():
        again = again[~np.isnan(again)]
        blocks = np.array([again[k : k + length].sum() for k in range(len(again) - length + 1)])
        out["conformal"] = np.mean(np.abs(blocks) >= abs(blocks[-1]) * (1 - 1e-12))
    days = np.concatenate([f.days[: len(f.e)][held], f.event_days[f.cut(lo, hi)]])
    r, ar = returns[name].to_numpy()[days], np.concatenate([e, f.ar[f.cut(lo, hi)]])
    runs = []
    for k in range(len(days)):
        run = [(k + j) % len(days) for j in range(length)]
        runs.append(np.prod(1 + r[run]) - np.prod(1 + r[run] - ar[run]))
    runs = np.abs(runs)
    out |= {"bhar": np.prod(1 + r[-length:]) - np.prod(1 + r[-length:] - ar[-length:]),
            "bhar_rank": np.mean(runs >= runs[len(e)] * (1 - 1e-12))}  # fmt: skip
    return out


def stepped_down(event, null):
    """Romano–Wolf: the largest first, against the largest of those left, p never falling."""
    left, p, last = list(range(len(event))), np.empty(len(event)), 0.0
    while left:
        top = max(left, key=lambda i: event[i])
        last = max(last, (1 + np.sum(null[left].max(axis=0) >= event[top] * (1 - 1e-12))) / (null.shape[1] + 1))
        p[top] = last
        left.remove(top)
    return p


def many(fits, lo, hi):
    """Corrections across the firms of one day."""
    E = np.array([f.e / f.sd for f in fits])
    E = E[:, ~np.isnan(E).any(axis=0)]
    if lo == hi:
        event, null = np.abs([f.scar(lo, hi) for f in fits]), np.abs(E)
    else:
        joined = np.concatenate([E, [f.sar[f.cut(lo, hi)] for f in fits]], axis=1)
        n = joined.shape[1]
        sums = np.array([joined[:, [(k + j) % n for j in range(hi - lo + 1)]].sum(axis=1) for k in range(n)]).T
        event, null = np.abs(sums[:, E.shape[1]]), np.abs(np.delete(sums, E.shape[1], axis=1))
    p = [tt(f.scar(lo, hi), f.dof) for f in fits]
    corrected = {
        name: multipletests(p, method=key)[1] for name, key in (("holm", "holm"), ("benjamini_hochberg", "fdr_bh"))
    }
    return corrected | {"romano_wolf": stepped_down(event, null)}


def chosen(model, fits, at, returns, factors, lo, hi):
    """The largest mean SAR of the candidate sessions among all cyclic shifts; by the rule of volatility."""
    S = np.array([f.e / f.sd for f in fits])
    E = np.array([f.e for f in fits])
    seen = ~np.isnan(E).any(axis=0)
    basket, between = E[:, seen].mean(axis=0), before(model, fits, FIRMS, at, returns, factors, lo)
    null, moved = S[:, seen].mean(axis=0), ratio(basket, between)
    if moved > 1.2 or moved < 0.7:
        path = ewma_path(basket, between, 1)
        null = null * path[-1] / path[:-1]
    joined = np.abs(np.concatenate([null, np.mean([f.sar[f.cut(lo, hi)] for f in fits], axis=0)]))
    n, length = len(joined), hi - lo + 1
    largest = np.array([max(joined[(k + j) % n] for j in range(length)) for k in range(n)])
    return joined[-length:].max(), np.mean(largest >= joined[-length:].max() * (1 - 1e-12))


def intervals(model, fits, at, returns, factors, level, scaled):
    """Day 0: the mean effects that the date permutation does not reject, by trying where its p crosses the level."""
    E = np.array([f.e for f in fits])
    basket = E[:, ~np.isnan(E).any(axis=0)].mean(axis=0)
    path = (
        ewma_path(basket, before(model, fits, FIRMS, at, returns, factors, 0), 1)
        if scaled
        else np.ones(len(basket) + 1)
    )
    null, value = np.abs(basket / path[:-1]), np.mean([f.car(0, 0) for f in fits])
    size = max(s for s in null if (1 + np.sum(null >= s)) / (len(null) + 1) > level) * path[-1]
    return value - size, value + size


def main(folder):  # noqa: PLR0912
    returns, factors = read()
    rows, told, ones, lists = [], [], [], []
    for model in MODELS:
        for design, dates in DATES.items():
            if design in FEW_MODELS and model not in CHOSEN:
                continue
            places = [int(returns.index.get_loc(day)) for day in dates]
            fits = [
                fit(model, returns[f].to_numpy(), at, returns, factors) for f, at in zip(FIRMS, places, strict=True)
            ]
            for lo, hi in WINDOWS:
                found, r = across(fits, lo, hi)
                found |= bhar(FIRMS, fits, returns, lo, hi)
                told.append((model, design, lo, hi, "rbar", r))
                if "day" in design:
                    more, values, _ = one_day(model, FIRMS, fits, places[0], returns, factors, lo, hi)
                    found |= more
                    told += [(model, design, lo, hi, k, v) for k, v in values.items()]
                    if model in CHOSEN:
                        lists += [
                            (model, design, lo, hi, k, f, p)
                            for k, ps in many(fits, lo, hi).items()
                            for f, p in zip(FIRMS, ps, strict=True)
                        ]
                else:
                    found |= calendar_time(fits, lo, hi)
                rows += [(model, design, lo, hi, k, *v) for k, v in found.items()]
                if design == "scattered":
                    for name, f, at in zip(FIRMS, fits, places, strict=True):
                        figures = alone(model, name, f, at, returns, factors, lo, hi)
                        ones += [(model, name, lo, hi, k, v) for k, v in figures.items()]
            if "day" in design:
                rows.append(
                    (
                        model,
                        design,
                        -4,
                        4,
                        "largest_of_candidates",
                        *chosen(model, fits, places[0], returns, factors, -4, 4),
                    )
                )
                for level in (0.05, 0.10):
                    for scaled in (False, True):
                        ends = intervals(model, fits, places[0], returns, factors, level, scaled)
                        rows.append((model, design, 0, 0, f"inverted_{level:g}" + "_scaled" * scaled, *ends))
    for name, table, columns in (
        ("tests", rows, "model design lo hi test statistic p_value"),
        ("quantities", told, "model design lo hi quantity value"),
        ("firms", ones, "model firm lo hi quantity value"),
        ("corrected", lists, "model design lo hi quantity firm value"),
    ):
        frame = pd.DataFrame(table, columns=columns.split())
        frame.to_csv(folder / f"expected_{name}.csv", index=False, float_format="%.12g", lineterminator="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
