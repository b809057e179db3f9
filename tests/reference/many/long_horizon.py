"""Long horizons: the bootstrapped skewness-adjusted t of BHARs, and standardised abnormal returns with clustered errors.

    python long_horizon.py FOLDER

writes bhar.csv and monthly.csv, reads them again, and writes expected_long_horizon.csv and expected_bootstrap.csv.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats

DRAWS, SEED = 999, 20250131
DIGITS = "%.12g"


def bhars():
    g = np.random.default_rng(20250201)
    return pd.DataFrame({"firm": [f"F{i:02d}" for i in range(60)], "bhar": g.lognormal(0, 0.6, 60) - 1.35})


def months():
    """Twenty firms, 24 months each from staggered starts, with a control firm; months are shared, volatilities differ."""
    g = np.random.default_rng(20250202)
    calendar = pd.period_range("2018-01", periods=48, freq="M")
    shared, rows = 0.03 * g.standard_normal(48), []
    for i in range(20):
        start, sigma = g.integers(0, 24), g.uniform(0.05, 0.15)
        for m in range(start, start + 24):
            own, other = np.exp(-0.006 + 0.5 * shared[m] + sigma * g.standard_t(6, 2) / np.sqrt(1.5)) - 1
            rows.append((f"F{i:02d}", str(calendar[m]), own - 0.004, other))
    return pd.DataFrame(rows, columns=["firm", "month", "event_return", "control_return"])


def skewness_adjusted(x, mean):
    """√n (S + γS²/3 + γ/(6n)), S = (x̄ - mean)/sd, γ = Σ(x - x̄)³/(n sd³); sd with divisor n - 1."""
    n, sd = len(x), x.std(ddof=1)
    s, skew = (x.mean() - mean) / sd, np.sum((x - x.mean()) ** 3) / (n * sd**3)
    return np.sqrt(n) * (s + skew * s**2 / 3 + skew / (6 * n))


def bootstrap(x):
    n = len(x)
    picked = np.random.default_rng(SEED).integers(0, n, size=(DRAWS, n // 4))
    t, draws = skewness_adjusted(x, 0.0), np.array([skewness_adjusted(x[row], x.mean()) for row in picked])
    low, high = (1 + np.sum(draws <= t)) / (DRAWS + 1), (1 + np.sum(draws >= t)) / (DRAWS + 1)
    rows = [
        ("skewness_adjusted_t", t),
        ("p_two_sided", min(1.0, 2 * min(low, high))),
        ("p_lower", low),
        ("p_upper", high),
    ]
    rows += [(f"critical_{q}", np.quantile(draws, q)) for q in (0.005, 0.025, 0.975, 0.995)]
    return [*rows, ("n", n), ("resample", n // 4), ("draws", DRAWS), ("first_draw", draws[0])]


def clustered(y, groups):
    """The mean of y with the variance of sums over clusters, G/(G - 1): by statsmodels."""
    fit = sm.OLS(y, np.ones(len(y))).fit(cov_type="cluster", cov_kwds={"groups": groups})
    return fit.params[0], fit.bse[0]


def standardised(table):
    own, other = (
        np.log1p(table.groupby("firm")[name].transform(lambda r: r)) for name in ("event_return", "control_return")
    )
    sd = {name: r.groupby(table["firm"]).transform("std") for name, r in (("own", own), ("other", other))}
    gap = own - other
    series = {
        "asr": own / sd["own"] - other / sd["other"],
        "sar": gap / gap.groupby(table["firm"]).transform("std"),
        "ccar": gap,
    }
    month, firm = pd.factorize(table["month"])[0], pd.factorize(table["firm"])[0]
    m, f = len(set(month)), len(set(firm))
    rows = []
    for name, values in series.items():
        y = values.to_numpy()
        for kind, groups, count in [("month", month, m), ("month_and_firm", np.column_stack([month, firm]), min(m, f))]:
            mean, error = clustered(y, groups)
            rows.append(
                (name, kind, mean, error, mean / error, 2 * stats.t.sf(abs(mean / error), count - 1), len(y), count)
            )
        plain = stats.ttest_1samp(y, 0)
        rows.append((name, "none", y.mean(), stats.sem(y), plain.statistic, plain.pvalue, len(y), len(y)))
    return rows


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    bhars().to_csv(folder / "bhar.csv", index=False, float_format=DIGITS)
    months().to_csv(folder / "monthly.csv", index=False, float_format=DIGITS)
    x = pd.read_csv(folder / "bhar.csv")["bhar"].to_numpy()
    pd.DataFrame(bootstrap(x), columns=["quantity", "value"]).to_csv(
        folder / "expected_bootstrap.csv", index=False, float_format=DIGITS)  # fmt: skip
    head = ["series", "clusters", "mean", "std_error", "t", "p_value", "observations", "count"]
    pd.DataFrame(standardised(pd.read_csv(folder / "monthly.csv")), columns=head).to_csv(
        folder / "expected_long_horizon.csv", index=False, float_format=DIGITS)  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
