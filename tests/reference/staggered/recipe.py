"""Ten related firms whose events fall within ten days: dependence taken in calendar time, pair by pair.

    python recipe.py FOLDER

writes returns.csv and events.csv, reads them again, and writes expected_statistics.csv and expected_pairs.csv. Nothing
here is fast or general, and nothing is imported from the package. README.md says what each figure is.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats

OFFSETS = [0, 0, 1, 2, 4, 4, 5, 7, 8, 9]  # of the event dates from the first, in sessions
FIRST = 135  # position of the first event date
FIRMS = [f"F{i:02d}" for i in range(10)]
EVENT = range(-5, 11)
WINDOWS = [(0, 0), (0, 4), (-5, 5)]
DIGITS = "%.12g"


def panel():
    g = np.random.default_rng(20250130)
    days = FIRST + 9 + 11
    market = 0.0003 + 0.009 * g.standard_t(5, days)
    common = g.standard_t(5, (days, 1)) / np.sqrt(5 / 3)
    noise = np.sqrt(0.4) * common + np.sqrt(0.6) * g.standard_t(5, (days, 10)) / np.sqrt(5 / 3)
    returns = market[:, None] * g.uniform(0.6, 1.8, 10) + noise * g.uniform(0.01, 0.025, 10)
    for i, offset in enumerate(OFFSETS):
        returns[FIRST + offset, i] += g.normal(-0.015, 0.02)
    returns[[40, 41, 90], 3] = np.nan
    returns[[40, 77], 6] = np.nan
    returns[:30, 8] = np.nan  # F08: listed late
    dates = pd.bdate_range("2024-06-03", periods=days, name="date")
    return pd.DataFrame(np.column_stack([market, returns]), dates, ["MKT", *FIRMS])


def one_event(table, firm, day0):
    """Market model of one event; residuals and abnormal returns by calendar day (position of the row)."""
    y, x = table[firm].to_numpy(), sm.add_constant(table["MKT"].to_numpy())
    est = np.array([day for day in range(day0 - 130, day0 - 10) if np.isfinite(y[day])])
    win = np.array([day0 + tau for tau in EVENT])
    ols = sm.OLS(y[est], x[est]).fit()
    ar, inverse = y[win] - x[win] @ ols.params, np.linalg.inv(x[est].T @ x[est])
    ranks = stats.rankdata([*ols.resid, *ar]) / (len(est) + len(win) + 1) - 0.5
    return {"day0": day0, "s": np.sqrt(ols.scale), "dof": ols.df_resid, "x": x, "inverse": inverse,
            "e": pd.Series(ols.resid, est), "ar": pd.Series(ar, win),
            "rank": pd.Series(ranks, [*est, *win])}  # fmt: skip


def window_of(one, lo, hi):
    """CAR, SCAR and the calendar days of a window."""
    days = list(range(one["day0"] + lo, one["day0"] + hi + 1))
    car, x = one["ar"].loc[days].sum(), one["x"][days].sum(axis=0)
    return car, car / (one["s"] * np.sqrt(len(days) + x @ one["inverse"] @ x)), days


def weights(one, days):
    """CAR = the window's errors less Σ a_t ε_t over the estimation days: the a_t, by calendar day."""
    est = one["e"].index
    return pd.Series(one["x"][est] @ one["inverse"] @ one["x"][days].sum(axis=0), est)


def overlap(one, other, days, other_days):
    """What two CARs have in common, in days: those of both windows, and those of the estimation errors in them."""
    a, b = weights(one, days), weights(other, other_days)
    both = pd.concat([a, b], axis=1, join="inner").to_numpy()
    crossed = b[b.index.isin(days)].sum() + a[a.index.isin(other_days)].sum()
    return len(set(days) & set(other_days)) + np.sum(both[:, 0] * both[:, 1]) - crossed


def together(a, b):
    """Two series on the calendar days that both hold, at least 30."""
    both = pd.concat([a, b], axis=1, join="inner").to_numpy()
    assert len(both) >= 30
    return both.T


def statistics(events, lo, hi):
    n, length = len(events), hi - lo + 1
    cars, scars, days = zip(*[window_of(one, lo, hi) for one in events], strict=True)
    cars, scars, pairs = np.array(cars), np.array(scars), []
    rank_variance = residual_variance = forecast_variance = correlation = 0.0
    for i, a in enumerate(events):
        for j, b in enumerate(events):
            shared = len(set(days[i]) & set(days[j]))
            k, e = together(a["rank"], b["rank"]), together(a["e"], b["e"])
            rho, omega, c = np.corrcoef(e)[0, 1], np.mean(k[0] * k[1]), np.cov(e)[0, 1]
            rank_variance += shared * omega / n**2
            residual_variance += shared * c / n**2
            forecast_variance += overlap(a, b, days[i], days[j]) * c / n**2
            if i < j:
                o = shared / np.sqrt(len(days[i]) * len(days[j]))
                correlation += 2 * o * rho / (n * (n - 1))
                pairs.append((FIRMS[i], FIRMS[j], shared, o, e.shape[1], rho, omega, c))
    out = {"mean_car": cars.mean(), "mean_residual_correlation": correlation}
    dof = np.array([one["dof"] for one in events])
    out["patell_z"] = scars.sum() / np.sqrt(np.sum(dof / (dof - 2)))
    out["adjusted_patell_z"] = out["patell_z"] / np.sqrt(1 + (n - 1) * correlation)
    out["bmp_t"] = stats.ttest_1samp(scars, 0).statistic
    out["kolari_pynnonen_t"] = out["bmp_t"] * np.sqrt((1 - correlation) / (1 + (n - 1) * correlation))
    numerator = sum(one["rank"].loc[d].sum() for one, d in zip(events, days, strict=True)) / n
    out["rank_calendar_z"] = numerator / np.sqrt(rank_variance)
    out["crude_dependence_calendar_t"] = cars.mean() / np.sqrt(residual_variance)
    out["crude_dependence_calendar_forecast_t"] = cars.mean() / np.sqrt(forecast_variance)
    in_event_time = [{t - one["day0"]: v for t, v in one["rank"].items()} for one in events]
    taus = sorted(set().union(*in_event_time))
    k_bar = {t: np.mean([k[t] for k in in_event_time if t in k]) for t in taus}
    share = {t: sum(t in k for k in in_event_time) / n for t in taus}
    spread = np.sqrt(sum(share[t] * k_bar[t] ** 2 for t in taus) / len(taus))
    out["corrado_z"] = sum(k_bar[t] for t in range(lo, hi + 1)) / (np.sqrt(length) * spread)
    residuals = [{t - one["day0"]: v for t, v in one["e"].items()} for one in events]
    mean = [np.mean([e[t] for e in residuals if t in e]) for t in sorted(set().union(*residuals))]
    out["crude_dependence_t"] = cars.mean() / (np.sqrt(length) * np.std(mean, ddof=1))
    t1 = min(len(one["e"]) for one in events) - 1
    p = {"adjusted_patell_z": 2 * stats.norm.sf(abs(out["adjusted_patell_z"])),
         "kolari_pynnonen_t": 2 * stats.t.sf(abs(out["kolari_pynnonen_t"]), n - 1),
         "rank_calendar_z": 2 * stats.norm.sf(abs(out["rank_calendar_z"])),
         **{name: 2 * stats.t.sf(abs(out[name]), t1) for name in out if name.startswith("crude_dependence_calendar")}}  # fmt: skip
    return out, p, pairs


def one_day_is_the_known_case(table):
    """On one date and without gaps the two are Corrado's and Brown & Warner's own statistics."""
    full = [firm for firm in FIRMS if table[firm].notna().all()]
    events = [one_event(table, firm, FIRST) for firm in full]
    for lo, hi in WINDOWS:
        out = statistics(events, lo, hi)[0]
        assert np.isclose(out["rank_calendar_z"], out["corrado_z"], rtol=1e-10)
        assert np.isclose(out["crude_dependence_calendar_t"], out["crude_dependence_t"], rtol=1e-10)


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    table = panel()
    table.to_csv(folder / "returns.csv", float_format=DIGITS)
    pd.DataFrame({"firm": FIRMS, "event_date": [table.index[FIRST + o].date() for o in OFFSETS]}).to_csv(
        folder / "events.csv", index=False)  # fmt: skip
    table = pd.read_csv(folder / "returns.csv", index_col="date", parse_dates=True)
    one_day_is_the_known_case(table)
    events = [one_event(table, firm, FIRST + o) for firm, o in zip(FIRMS, OFFSETS, strict=True)]
    rows, pair_rows = [], []
    for lo, hi in WINDOWS:
        label = str(lo) if lo == hi else f"[{lo},{hi}]"
        out, p, pairs = statistics(events, lo, hi)
        rows += [(name, label, value, p.get(name, np.nan)) for name, value in out.items()]
        pair_rows += [(label, *pair) for pair in pairs]
    pd.DataFrame(rows, columns=["statistic", "window", "value", "p_value"]).to_csv(
        folder / "expected_statistics.csv", index=False, float_format=DIGITS)  # fmt: skip
    head = ["window", "firm", "other", "shared", "o", "common_days", "correlation", "rank_covariance", "covariance"]
    pd.DataFrame(pair_rows, columns=head).to_csv(folder / "expected_pairs.csv", index=False, float_format=DIGITS)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
