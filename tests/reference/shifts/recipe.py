"""Ten firms on one day: cyclic shifts, the chosen day, expected volatility and Romano–Wolf, each written out as loops.

    python recipe.py FOLDER

writes returns.csv and returns_gaps.csv, reads them again, and writes the expected_*.csv files. Nothing here is fast or
general, and nothing is imported from the package. README.md says what each figure is.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm

T, GAP, LAST = 240, 10, 20  # estimation days, days between them and day 0, last event day
DECAY = 0.94
CALM = 0.85  # of how far a variance lies below its usual level, the share that each day to come leaves
WINDOWS = [(0, 0), (0, 1), (0, 4), (0, 20)]
CANDIDATES = 9  # sessions 0 to 8, of which the largest was chosen
FIRMS = [f"F{i:02d}" for i in range(10)]
DIGITS = "%.12g"


def panel():
    """Returns whose volatility has risen before day 0, with effects on days 0 and 2 that differ in size and sign."""
    g = np.random.default_rng(20250127)
    days = T + GAP + LAST + 1
    level = np.where(np.arange(days) < T - 15, 1.0, 1.7) * np.exp(0.25 * np.sin(np.arange(days) / 17))
    market = 0.0004 + level * 0.008 * g.standard_t(5, days)
    common = g.standard_t(5, (days, 1)) / np.sqrt(5 / 3)
    noise = np.sqrt(0.3) * common + np.sqrt(0.7) * g.standard_t(5, (days, 10)) / np.sqrt(5 / 3)
    beta, sigma = g.uniform(0.6, 1.8, 10), g.uniform(0.01, 0.025, 10)
    returns = 0.0002 + market[:, None] * beta + level[:, None] * noise * sigma
    returns[T + GAP] += g.normal(-0.012, 0.02, 10)
    returns[T + GAP + 2] += g.normal(-0.024, 0.02, 10)
    dates = pd.bdate_range("2024-01-12", periods=days, name="date")
    return pd.DataFrame(np.column_stack([market, returns]), dates, ["MKT", *FIRMS])


def with_gaps(table):
    table = table.copy()
    table.iloc[:60, 3] = np.nan  # F02: listed late
    table.iloc[[5, 70, 71, 150, T - 1], 6] = np.nan  # F05: five estimation days, the last one among them
    table.iloc[T + 6, 8] = np.nan  # F07: day -4, between the windows
    return table


def fit(table, firm):
    """Market model of one firm by event day: residuals, abnormal returns of the days after, and what they were."""
    tau = np.arange(-T - GAP, LAST + 1)
    y, x = table[firm].to_numpy(), sm.add_constant(table["MKT"].to_numpy())
    est = (tau < -GAP) & np.isfinite(y)
    ols = sm.OLS(y[est], x[est]).fit()
    s, inverse = np.sqrt(ols.scale), np.linalg.inv(x[est].T @ x[est])
    later = tau >= -GAP
    ar = pd.Series(y[later] - x[later] @ ols.params, tau[later])
    error = pd.Series([s * np.sqrt(1 + day @ inverse @ day) for day in x[later]], tau[later])

    def scar(lo, hi):
        days = x[(tau >= lo) & (tau <= hi)]
        return ar.loc[lo:hi].sum() / (s * np.sqrt(len(days) + days.sum(axis=0) @ inverse @ days.sum(axis=0)))

    return {"e": pd.Series(ols.resid, tau[est]), "s": s, "ar": ar, "error": error, "scar": scar,
            "actual": pd.Series(y, tau), "expected": pd.Series(x @ ols.params, tau)}  # fmt: skip


def on_scale(one, lo, hi):
    """The event's abnormal returns over their forecast errors, times s: on the scale of the residuals."""
    return [one["s"] * one["ar"][tau] / one["error"][tau] for tau in range(lo, hi + 1)]


def runs(days, length):
    """The run of `length` days that begins on each day of the circle."""
    return [[days[(start + step) % len(days)] for step in range(length)] for start in range(len(days))]


def share(values, own):
    """The share of all shifts whose size is at least that of the event's, itself counted; and of those no larger."""
    others = [value for at, value in enumerate(values) if at != own]
    nearest = min(abs(abs(v) / abs(values[own]) - 1) for v in others if abs(v) != abs(values[own]))
    assert nearest > 1e-7, "a p-value would hang on rounding: take another seed"
    two = (1 + sum(abs(value) >= abs(values[own]) for value in others)) / len(values)
    lower = (1 + sum(value <= values[own] for value in others)) / len(values)
    return two, lower


def expected_volatility(estimation, between):
    """EWMA: the standard deviation expected for each estimation day the evening before, and that expected for day 0."""
    variance, path = sum(b**2 for b in estimation) / len(estimation), []
    for b in estimation:
        path.append(np.sqrt(variance))
        variance = DECAY * variance + (1 - DECAY) * b**2
    for b in between:
        variance = DECAY * variance + (1 - DECAY) * b**2
    return path, np.sqrt(variance)


def of_a_day(sd, usual, length):
    """What is expected of a day of a run, on average over the run: a calm fades day by day, a storm is taken to last."""
    if sd >= usual:
        return sd
    return np.sqrt(np.mean([usual**2 - (usual**2 - sd**2) * CALM**ahead for ahead in range(length)]))


class Basket:
    """The firms on the days that all of them hold: matrices as lists of days, each day a list over firms."""

    def __init__(self, fits):
        self.fits = fits
        common = sorted(set.intersection(*[set(one["e"].index) for one in fits]))
        between = [tau for tau in range(-GAP, 0) if all(np.isfinite(one["ar"][tau]) for one in fits)]
        self.e = [[one["e"][tau] for one in fits] for tau in common]
        self.z = [[one["e"][tau] / one["s"] for one in fits] for tau in common]
        self.before = [np.mean([one["ar"][tau] for one in fits]) for tau in between]
        self.mean = [np.mean(day) for day in self.e]
        self.path, self.now = expected_volatility(self.mean, self.before)
        self.spread = np.sqrt(np.mean(np.square(self.mean)))

    def circle(self, lo, hi, standardised):
        event = np.array([on_scale(one, lo, hi) for one in self.fits]).T
        if not standardised:
            return [*self.e, *event.tolist()]
        return [*self.z, *(event / [one["s"] for one in self.fits]).tolist()]

    def forecasts(self, length, standardised=False):
        """Of each shift, made the evening before its first day; of those that begin in the event, made on day -1."""
        unit = self.spread if standardised else 1.0  # SARs are scaled by how far volatility lies from its usual level
        return [f / unit for f in [*self.path, *[self.now] * length]]


STATISTICS = {  # of the cross-section's sums over a run of L days: on residuals, or on residuals over s
    "mean_ar": (False, lambda sums, length: np.mean(sums)),
    "mean_sar": (True, lambda sums, length: np.mean(sums) / np.sqrt(length)),
    "max_sar": (True, lambda sums, length: max(abs(v) for v in sums) / np.sqrt(length)),
}


def sq(one, lo, hi, scaled):
    """One firm: CAR, the value that is ranked, p two-sided, p lower, and among how many days or shifts."""
    length, e = hi - lo + 1, one["e"].tolist()
    path, now = expected_volatility(e, [b for b in one["ar"].loc[-GAP:-1] if np.isfinite(b)])
    car = sum(one["ar"][tau] for tau in range(lo, hi + 1))
    usual = np.sqrt(sum(b**2 for b in e) / len(e))
    expected = [of_a_day(f, usual, length) for f in [*path, *[now] * length]]
    scales = expected if scaled else [1.0] * (len(e) + length)
    if length == 1:
        values = [v / scale for v, scale in zip([*e, car], scales, strict=True)]
    else:
        root = np.sqrt(length) if scaled else 1.0
        sums = [sum(run) for run in runs([*e, *on_scale(one, lo, hi)], length)]
        values = [v / (scale * root) for v, scale in zip(sums, scales, strict=True)]
    reported = car / (expected[-1] * np.sqrt(length)) if scaled else car
    return reported, values[len(e)], *share(values, len(e)), len(values)


def permutation(basket, lo, hi, name, scaled):
    """The cross-section: what is reported, what is ranked, p two-sided, and among how many days or shifts."""
    length, (standardised, statistic) = hi - lo + 1, STATISTICS[name]
    circle, own = basket.circle(lo, hi, standardised), len(basket.e)
    values = [statistic(np.sum(run, axis=0), length) for run in runs(circle, length)]
    cars = [sum(one["ar"][tau] for tau in range(lo, hi + 1)) for one in basket.fits]
    scars = [one["scar"](lo, hi) for one in basket.fits]
    reported = {"mean_ar": np.mean(cars), "mean_sar": np.mean(scars), "max_sar": max(abs(v) for v in scars)}[name]
    if length == 1 and name == "mean_ar":
        values[own] = reported  # one day: the abnormal return itself among the residuals
    if scaled:
        root = 1.0 if standardised else np.sqrt(length)  # the standardised sums are over √L already
        unit = basket.spread if standardised else 1.0
        expected = [of_a_day(f, basket.spread, length) / unit for f in basket.forecasts(length)]
        scales = [f * root for f in expected]
        values = [v / scale for v, scale in zip(values, scales, strict=True)]
        reported /= scales[own]
    return reported, values[own], share(values, own)[0], len(values)


def chosen_day(basket, name, scaled):
    """The largest of the candidates: the day, its size, p, and the number of shifts."""
    standardised, statistic = STATISTICS[name]
    size = [abs(statistic(day, 1)) for day in basket.circle(0, CANDIDATES - 1, standardised)]
    forecasts = basket.forecasts(CANDIDATES, standardised) if scaled else [1.0] * len(size)
    largest = [max(run) / f for run, f in zip(runs(size, CANDIDATES), forecasts, strict=True)]
    own = len(basket.e)
    return int(np.argmax(size[own:])), largest[own], share(largest, own)[0], len(largest)


def bhar(one, lo, hi):
    """One firm's BHAR among those of all shifts of its days: returns as they are, no forecast error."""
    days = [*one["e"].index, *range(lo, hi + 1)]
    pairs = [(one["actual"][tau], one["expected"][tau]) for tau in days]
    values = [np.prod([1 + r for r, _ in run]) - np.prod([1 + m for _, m in run]) for run in runs(pairs, hi - lo + 1)]
    own = len(one["e"])
    return values[own], *share(values, own), len(values)


def step_down(table, own):
    """Romano–Wolf: rows are hypotheses, columns shifts; the largest left over is ranked, p never falls along the steps."""
    order = sorted(table, key=lambda name: -abs(table[name][own]))
    adjusted, before = {}, 0.0
    for step, name in enumerate(order):
        largest = [max(abs(table[left][k]) for left in order[step:]) for k in range(len(table[name]))]
        others = sum(value >= abs(table[name][own]) for k, value in enumerate(largest) if k != own)
        before = adjusted[name] = max(before, (1 + others) / len(largest))
    return adjusted


def families(basket):
    """Hypotheses of each family on one circle of T + L_max days, so that all of them share every shift."""
    windows = WINDOWS[1:]
    for windows_held in [*[[w] for w in windows], windows]:
        lo, hi = 0, max(end for _, end in windows_held)
        shifted, own = runs(basket.circle(lo, hi, True), hi + 1), len(basket.e)
        table = {(firm, w): [sum(run[tau][i] for tau in range(w[0], w[1] + 1)) / np.sqrt(w[1] - w[0] + 1) for run in shifted]
                 for i, firm in enumerate(FIRMS) for w in windows_held}  # fmt: skip
        yield "firms" if len(windows_held) == 1 else "firms_and_windows", table, own
    shifted, own = runs(basket.circle(0, 20, False), 21), len(basket.e)
    forecasts = basket.forecasts(21)
    for name, scales in [("windows", [basket.spread] * len(shifted)), ("windows_scaled", forecasts)]:
        table = {("mean_ar", w): [np.mean(np.sum(run[w[0] : w[1] + 1], axis=0)) / (scale * np.sqrt(w[1] - w[0] + 1))
                 for run, scale in zip(shifted, scales, strict=True)] for w in windows}  # fmt: skip
        yield name, table, own


def label(lo, hi):
    return str(lo) if lo == hi else f"[{lo},{hi}]"


def one_case(case, table):
    fits = [fit(table, firm) for firm in FIRMS]
    basket = Basket(fits)
    rows, corrected = [], []
    for lo, hi in WINDOWS:
        for scaled in (False, True):
            kind = "scaled" if scaled else "plain"
            for firm, one in zip(FIRMS, fits, strict=True):
                rows.append((case, "sq", firm, label(lo, hi), kind, *sq(one, lo, hi, scaled)))
            for name in STATISTICS:
                reported, ranked, p, count = permutation(basket, lo, hi, name, scaled)
                rows.append((case, name, "all", label(lo, hi), kind, reported, ranked, p, np.nan, count))
        for firm, one in zip(FIRMS, fits, strict=True):
            value, two, lower, count = bhar(one, lo, hi)
            rows.append((case, "bhar", firm, label(lo, hi), "plain", value, value, two, lower, count))
    for name in STATISTICS:
        for scaled in (False, True):
            day, largest, p, count = chosen_day(basket, name, scaled)
            rows.append((case, f"chosen_day_{name}", str(day), "[0,8]", "scaled" if scaled else "plain",
                         largest, largest, p, np.nan, count))  # fmt: skip
    for family, held, own in families(basket):
        adjusted = step_down(held, own)
        corrected += [(case, family, name, label(*w), values[own], share(values, own)[0], adjusted[name, w], len(values))
                      for (name, w), values in held.items()]  # fmt: skip
    recent = np.sqrt(np.mean(np.square(basket.before)))
    volatility = [(case, "forecast_of_day_0", basket.now), (case, "estimation_window", basket.spread),
                  (case, "ratio", recent / basket.spread), (case, "days", len(basket.e))]  # fmt: skip
    return rows, corrected, volatility


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in [("returns", panel()), ("returns_gaps", with_gaps(panel()))]:
        table.to_csv(folder / f"{name}.csv", float_format=DIGITS)
    results = []
    for case, name in [("full", "returns"), ("gaps", "returns_gaps")]:
        results.append(one_case(case, pd.read_csv(folder / f"{name}.csv", index_col="date", parse_dates=True)))
    heads = {
        "statistics": ["case", "test", "subject", "window", "scaling", "reported", "ranked", "p_two_sided", "p_lower", "count"],
        "romano_wolf": ["case", "family", "subject", "window", "ranked", "p", "p_adjusted", "count"],
        "volatility": ["case", "quantity", "value"],
    }  # fmt: skip
    for (name, head), parts in zip(heads.items(), zip(*results, strict=True), strict=True):
        rows = [row for part in parts for row in part]
        pd.DataFrame(rows, columns=head).to_csv(folder / f"expected_{name}.csv", index=False, float_format=DIGITS)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
