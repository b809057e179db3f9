"""Prices of 100, none, 70 around day 0, a longer halt, gaps before the event, and a thinly traded stock: trade to trade.

    python recipe.py FOLDER

writes prices.csv, reads it again, and writes the expected_*.csv files. Nothing here is fast or general, and nothing is
imported from the package. README.md says what each figure is.
"""

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats

FIRST, DAY0, LAST = 10, 140, 145  # positions: the first estimation day, day 0, the last event day
ESTIMATION, EVENT = range(FIRST, DAY0 - 10), range(DAY0 - 5, LAST + 1)  # [-130,-11] and [-5,5]
WINDOWS = [(0, 1), (-1, 1), (0, 4), (-5, 5), (1, 4), (-1, 0)]
DIGITS = "%.12g"


def panel():
    g = np.random.default_rng(20250129)
    days = LAST + 1
    market = 0.0004 + 0.009 * g.standard_t(5, days)
    beta, sigma = [1.3, 0.8, 1.1, 0.7], [0.018, 0.02, 0.015, 0.025]
    returns = 0.0002 + market[:, None] * beta + g.standard_t(5, (days, 4)) / np.sqrt(5 / 3) * sigma
    prices = 100 * np.cumprod(1 + np.column_stack([market, returns]), axis=0)
    dates = pd.bdate_range("2024-07-01", periods=days, name="date")
    p = pd.DataFrame(prices, dates, ["MKT", "HALT", "LONG", "GAPS", "THIN"])
    p["HALT"] *= 100 / p["HALT"].iloc[DAY0 - 1]  # 100 on day -1
    p.iloc[DAY0 + 1 :, 1] *= 70 / p["HALT"].iloc[DAY0 + 1]  # 70 on day 1
    p.iloc[DAY0, 1] = np.nan  # none on day 0
    p.iloc[DAY0 + 3 :, 2] *= 1.2
    p.iloc[DAY0 : DAY0 + 3, 2] = np.nan  # LONG: halted on days 0 to 2
    p.iloc[[30, 31, 77, 129], 3] = np.nan  # GAPS: four sessions of the estimation window, the last one among them
    p.iloc[DAY0 + 2, 3] = np.nan  # and day 2
    p.iloc[g.random(days) < 0.4, 4] = np.nan  # THIN: two sessions in five without a price
    p.iloc[[FIRST - 1, FIRST, DAY0 - 6, DAY0 - 5, DAY0 + 1], 4] = (
        np.nan
    )  # its first return reaches back before each window
    p.iloc[[DAY0 - 7, DAY0 - 1, DAY0, LAST], 4] = prices[[DAY0 - 7, DAY0 - 1, DAY0, LAST], 4]
    return p


def trades(prices, kind):
    """Every return from one price to the next, with the sessions that it covers."""
    held = [day for day in range(len(prices)) if np.isfinite(prices[day])]
    out = []
    for before, day in pairwise(held):
        ratio = prices[day] / prices[before]
        out.append((day, list(range(before + 1, day + 1)), np.log(ratio) if kind == "log" else ratio - 1))
    return out


def design(days, market, model):
    """Row of regressors of each session: the constant, and the market where the model has one."""
    return np.array([[1.0, market[day]] if model == "market_model" else [1.0] for day in days])


def fit(prices, market, kind, model, mode):
    """Estimation: coefficients, residual sd and (X'X)⁻¹. Returns over several sessions are left out, or weighted."""
    held = [(covered, r) for _, covered, r in trades(prices, kind) if all(day in ESTIMATION for day in covered)]
    if mode == "halt":
        held = [(covered, r) for covered, r in held if len(covered) == 1]
    if model == "market_adjusted":
        e = np.array([(r - sum(market[day] for day in covered)) / np.sqrt(len(covered)) for covered, r in held])
        return {"n": len(e), "dof": len(e), "s": np.sqrt(np.mean(e**2)), "coef": None, "inverse": None}
    x = np.array([design(covered, market, model).sum(axis=0) for covered, _ in held])
    root = np.sqrt([len(covered) for covered, _ in held])
    ols = sm.OLS(np.array([r for _, r in held]) / root, x / root[:, None]).fit()
    inverse = np.linalg.inv((x / root[:, None]).T @ (x / root[:, None]))
    return {"n": len(held), "dof": int(ols.df_resid), "s": np.sqrt(ols.scale), "coef": ols.params, "inverse": inverse}


def error(one, days, market, model):
    """Standard error of the abnormal return summed over these sessions: s√(n + 1'X*(X'X)⁻¹X*'1)."""
    if one["coef"] is None:
        return one["s"] * np.sqrt(len(days))
    x = design(days, market, model).sum(axis=0)
    return one["s"] * np.sqrt(len(days) + x @ one["inverse"] @ x)


def abnormal(prices, market, kind, model, one):
    """{day: (abnormal return, sessions covered)} of the event window, for returns that lie inside it."""
    out = {}
    for day, covered, r in trades(prices, kind):
        if all(session in EVENT for session in covered):
            if one["coef"] is None:
                expected = sum(market[session] for session in covered)
            else:
                expected = (design(covered, market, model) @ one["coef"]).sum()
            out[day] = (r - expected, covered)
    return out


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    panel().to_csv(folder / "prices.csv", float_format=DIGITS)
    table = pd.read_csv(folder / "prices.csv", index_col="date", parse_dates=True)
    fits, days, cars = [], [], []
    for kind in ("simple", "log"):
        m = table["MKT"].to_numpy()
        market = np.append(np.nan, np.log(m[1:] / m[:-1]) if kind == "log" else m[1:] / m[:-1] - 1)
        for mode in ("halt", "trade_to_trade"):
            for firm in ("HALT", "LONG", "GAPS", "THIN"):
                for model in ("market_model", "mean_adjusted", "market_adjusted"):
                    prices, case = table[firm].to_numpy(), (firm, mode, kind, model)
                    one = fit(prices, market, kind, model, mode)
                    coef = [*([] if one["coef"] is None else one["coef"]), np.nan, np.nan][:2]
                    fits.append((*case, one["n"], one["dof"], *coef, one["s"]))
                    ar = abnormal(prices, market, kind, model, one)
                    for day, (value, covered) in ar.items():
                        se = error(one, covered, market, model)
                        days.append((*case, day - DAY0, len(covered), value, se, value / se))
                    for lo, hi in WINDOWS:
                        sessions = list(range(DAY0 + lo, DAY0 + hi + 1))
                        inside = [v for v, covered in ar.values() if set(covered) <= set(sessions)]
                        seen = [s for _, covered in ar.values() if set(covered) <= set(sessions) for s in covered]
                        row = (*case, f"[{lo},{hi}]")
                        if seen != sessions:
                            cars.append((*row, *[np.nan] * 5))
                            continue
                        se = error(one, sessions, market, model)
                        p = 2 * stats.t.sf(abs(sum(inside) / se), one["dof"])
                        cars.append((*row, len(sessions), sum(inside), se, sum(inside) / se, p))
    case = ["firm", "mode", "returns", "model"]
    for name, rows, head in [
        ("fits", fits, ["nobs", "dof", "alpha", "beta", "sigma"]),
        ("abnormal_returns", days, ["day", "sessions", "ar", "std_error", "sar"]),
        ("cars", cars, ["window", "sessions", "car", "std_error", "scar", "p_value"]),
    ]:
        pd.DataFrame(rows, columns=case + head).to_csv(
            folder / f"expected_{name}.csv", index=False, float_format=DIGITS
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
