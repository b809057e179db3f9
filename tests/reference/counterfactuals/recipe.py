"""A treated stock and twelve donors: augmented synthetic control, and synthetic difference-in-differences.

    python recipe.py FOLDER

writes returns.csv, reads it again, and writes the expected_*.csv files. Nothing here is fast or general, and nothing is
imported from the package. README.md says what each figure is.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import nnls

T, DAY0, LAST = 120, 131, 135  # estimation days [-130,-11] are rows 1 to 120; row 0 is the price that they begin from
PRE, POST = list(range(1, T + 1)), list(range(DAY0, LAST + 1))
DONORS = [f"D{i:02d}" for i in range(12)]
BLOCKS, PENALTIES = 5, 21
DIGITS = "%.12g"


def panel():
    g = np.random.default_rng(20250204)
    days, n = LAST + 1, len(DONORS) + 2
    factors = g.standard_t(5, (days, 3)) * [0.009, 0.006, 0.004]
    loads = np.column_stack([g.uniform(0.6, 1.6, n), g.normal(0, 1, n), g.normal(0, 1, n)])
    loads[:2, 1] = [2.4, 1.9]  # the treated lie at the edge of the donors
    returns = 0.0003 + factors @ loads.T + g.standard_t(5, (days, n)) / np.sqrt(5 / 3) * g.uniform(0.008, 0.016, n)
    returns[DAY0, 0] -= 0.09
    returns[DAY0, 1] -= 0.05
    returns[DAY0 + 1, 0] += 0.02
    dates = pd.bdate_range("2024-07-19", periods=days, name="date")
    return pd.DataFrame(returns, dates, ["TRT", "ALSO", *DONORS])


def simplex(a, b, ridge=0.0):
    """argmin |a w - b|² + ridge |w|² over w ≥ 0, Σw = 1: support by nnls, then the equations of the optimum, exactly."""
    n, heavy = a.shape[1], 1e3 * np.abs(a).max()
    stacked = np.vstack([a, np.sqrt(ridge) * np.eye(n), heavy * np.ones((1, n))])
    w = nnls(stacked, np.concatenate([b, np.zeros(n), [heavy]]), maxiter=10000)[0]
    q, c, held = a.T @ a + ridge * np.eye(n), a.T @ b, set(np.flatnonzero(w > 1e-7))
    for _ in range(200):
        s = sorted(held)
        equations = np.block([[q[np.ix_(s, s)], np.ones((len(s), 1))], [np.ones((1, len(s))), np.zeros((1, 1))]])
        solved = np.linalg.solve(equations, np.append(c[s], 1.0))
        w = np.zeros(n)
        w[s] = solved[:-1]
        slack = q @ w - c + solved[-1]  # at the optimum ≥ 0 off the support
        if w.min() < 0:
            held.remove(int(np.argmin(w)))
        elif slack[[i for i in range(n) if i not in held]].min(initial=0.0) < -1e-13:
            held.add(int(np.argmin(slack)))
        else:
            return w
    raise AssertionError("no optimum was found")


# -- augmented synthetic control ---------------------------------------------------------------------------------------


def penalties(x0):
    """From the largest squared singular value of the centred donors down to 1e-8 of it."""
    largest = np.linalg.svd(x0 - x0.mean(axis=1, keepdims=True), compute_uv=False)[0] ** 2
    return [largest * 1e-8 ** (k / (PENALTIES - 1)) for k in range(PENALTIES)]


def augment(y, x0, w, penalty):
    """Weights of the ridge augmentation; rows are days. They still sum to one, but may be negative."""
    centred = x0 - x0.mean(axis=1, keepdims=True)
    left = (y - x0.mean(axis=1)) - centred @ w
    return w + centred.T @ np.linalg.solve(centred @ centred.T + penalty * np.eye(len(y)), left)


def cross_validated(y, x0):
    """Mean squared error of each block of days held out, (penalties, blocks); the least, and the one-standard-error rule."""
    grid, days = penalties(x0), np.arange(len(y))
    errors = np.empty((len(grid), BLOCKS))
    for k, block in enumerate(np.array_split(days, BLOCKS)):
        rest = np.setdiff1d(days, block)
        w = simplex(x0[rest], y[rest])
        for i, penalty in enumerate(grid):
            errors[i, k] = np.mean((y[block] - x0[block] @ augment(y[rest], x0[rest], w, penalty)) ** 2)
    mean, error = errors.mean(axis=1), errors.std(axis=1, ddof=1) / np.sqrt(BLOCKS)
    least = int(np.argmin(mean))
    one_error = min(i for i in range(len(grid)) if mean[i] <= mean[least] + error[least])  # the grid falls
    return grid, mean, least, one_error


def augmented(table, treated, donors):
    y, x0 = table[treated].to_numpy(), table[donors].to_numpy()
    w = simplex(x0[PRE], y[PRE])
    grid, mean, least, one_error = cross_validated(y[PRE], x0[PRE])
    fits = {"synthetic_control": (np.inf, w)}
    for name, i in [("augmented_least", least), ("augmented", one_error)]:
        fits[name] = (grid[i], augment(y[PRE], x0[PRE], w, grid[i]))
    return fits, y - np.array([x0 @ v for _, v in fits.values()]), grid, mean


# -- synthetic difference-in-differences -------------------------------------------------------------------------------


def difference(y, controls, treated):
    """Algorithm 1 of Arkhangelsky et al.: y is days × units. The estimate, its weights and the effect of each day."""
    pre, post, own = y[PRE][:, controls], y[POST][:, controls], y[:, treated].mean(axis=1)
    steps = np.diff(pre, axis=0)
    noise = np.sqrt(np.mean((steps - steps.mean()) ** 2))
    zeta = (len(treated) * len(POST)) ** 0.25 * noise
    centred = pre - pre.mean(axis=0)
    omega = simplex(centred, own[PRE] - own[PRE].mean(), zeta**2 * len(PRE))
    by_unit = pre - pre.mean(axis=1, keepdims=True)  # an intercept of the time weights: over the units
    target = post.mean(axis=0)
    lam = simplex(by_unit.T, target - target.mean(), (1e-3 * noise) ** 2 * len(controls))
    gap = own - y[:, controls] @ omega
    curve = gap[POST] - lam @ gap[PRE]
    return curve.mean(), omega, lam, curve, zeta


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    panel().to_csv(folder / "returns.csv", float_format=DIGITS)
    table = pd.read_csv(folder / "returns.csv", index_col="date", parse_dates=True)
    weights, gaps, curve, estimates, placebos = [], [], [], [], []
    fits, gap, grid, mean = augmented(table, "TRT", DONORS)
    for (name, (penalty, w)), row in zip(fits.items(), gap, strict=True):
        weights += [(name, "returns", "unit", donor, v) for donor, v in zip(DONORS, w, strict=True)]
        gaps += [(name, "returns", day - DAY0, row[day]) for day in POST]
        estimates.append((name, "returns", "penalty", penalty))
        estimates.append((name, "returns", "car", row[POST].sum()))
        estimates.append((name, "returns", "pre_rmse", np.sqrt(np.mean(row[PRE] ** 2))))
    curve = [(i, penalty, value) for i, (penalty, value) in enumerate(zip(grid, mean, strict=True))]
    for donor in DONORS:
        others = [other for other in DONORS if other != donor]
        names, rows = zip(*zip(*augmented(table, donor, others)[:2], strict=True), strict=True)
        placebos += [(name, "returns", donor, row[POST].sum()) for name, row in zip(names, rows, strict=True)]
    for scale, frame in [("returns", table), ("log_price", np.log1p(table).cumsum())]:
        y, columns = frame.to_numpy(), list(frame.columns)
        controls = [columns.index(donor) for donor in DONORS]
        for name, treated in [("sdid", [0]), ("sdid_two", [0, 1])]:
            tau, omega, lam, by_day, zeta = difference(y, controls, treated)
            weights += [(name, scale, "unit", donor, v) for donor, v in zip(DONORS, omega, strict=True)]
            weights += [(name, scale, "day", day - DAY0, v) for day, v in zip(PRE, lam, strict=True)]
            gaps += [(name, scale, day - DAY0, v) for day, v in zip(POST, by_day, strict=True)]
            estimates += [(name, scale, "estimate", tau), (name, scale, "zeta", zeta)]
        for unit in controls:
            rest = [other for other in controls if other != unit]
            placebos.append(("sdid", scale, columns[unit], difference(y, rest, [unit])[0]))
    placebos = pd.DataFrame(placebos, columns=["method", "outcome", "donor", "value"])
    for (name, scale), part in placebos.groupby(["method", "outcome"], sort=False):
        own = next(v for m, s, q, v in estimates if (m, s) == (name, scale) and q in ("car", "estimate"))
        estimates.append((name, scale, "placebo_p", (1 + np.sum(np.abs(part["value"]) >= abs(own))) / (len(part) + 1)))
        estimates.append((name, scale, "placebo_error", part["value"].std(ddof=0)))
    for name, rows, head in [
        ("weights", weights, ["method", "outcome", "of", "unit_or_day", "weight"]),
        ("effects", gaps, ["method", "outcome", "day", "effect"]),
        ("estimates", estimates, ["method", "outcome", "quantity", "value"]),
        ("penalties", curve, ["step", "penalty", "mean_squared_error"]),
        ("placebos", placebos, None),
    ]:
        pd.DataFrame(rows, columns=head).to_csv(folder / f"expected_{name}.csv", index=False, float_format=DIGITS)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
