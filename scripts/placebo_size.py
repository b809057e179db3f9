"""Size of the placebo p-values on days without an event, and what each counterfactual misses on them.

    python scripts/placebo_size.py src/eventwindow/study/library/deepseek_2025 NVDA AVGO AMD MU ANET

Pseudo-events every `--every` sessions of the panel, all well before the first event of the study; estimation and donors
as in the study; the market is the equal-weighted mean of the panel. Prints the tables of docs/counterfactuals.md.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from eventwindow.analyses.counterfactual import COUNTERFACTUALS
from eventwindow.analyses.counterfactual.estimate import estimated, market_estimated
from eventwindow.analyses.counterfactual.sample import donor_returns, sample
from eventwindow.calendars.window import Window
from eventwindow.estimation.abnormal import estimate
from eventwindow.estimation.event_time import event_returns
from eventwindow.prices.bundled import shipped_tables
from eventwindow.study.definition import Study, read_study

DAYS = Window(0, 9)
LEVELS = (0.10, 0.05, 0.01)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", type=Path)
    parser.add_argument("security", nargs="+")
    parser.add_argument("--every", type=int, default=20)
    options = parser.parse_args()
    study = read_study(options.study)
    panel = shipped_tables(options.study / "figures", ["panel"])["panel"]
    returns = donor_returns(panel, pd.DatetimeIndex(panel.index))
    rows = [
        row
        for day in pseudo_days(study, returns.index, options.every)
        for row in of_day(study, returns, options.security, day)
    ]
    report(pd.DataFrame(rows))


def pseudo_days(study: Study, sessions: pd.Index, every: int) -> list[pd.Timestamp]:
    """Every `every`-th session with a whole estimation window, none within twenty sessions of the study's events."""
    first = -study.file.windows.estimation.start + 1
    events = sessions.searchsorted([pd.Timestamp(e.date) for e in study.file.events])
    last = int(events.min()) - 20
    return [sessions[i] for i in range(first, last, every)]


def of_day(study: Study, returns: pd.DataFrame, securities: list[str], day: pd.Timestamp) -> list[dict[str, object]]:
    """A row a security, model and one of the ten days."""
    form, windows = study.file.counterfactual, study.file.windows
    table = returns.assign(market=returns.mean(axis=1))
    events = pd.DataFrame({"security": securities, "date": day, "benchmark": "market"})
    laid = event_returns(table, events, estimation=windows.estimation, window=DAYS)
    held, _ = sample(estimate(laid), returns, form.exclude)
    if held is None:
        return []
    names = held.treated.labels["security"]
    models = [
        market_estimated(held, form.blocks),
        *(estimated(COUNTERFACTUALS[m], held, form.blocks) for m in form.models),
    ]
    return [
        {
            "day": day,
            "model": found.model,
            "name": name,
            "gap": found.gap[k, m],
            "rmse": found.rmse[m],
            "time": time[m],
            "space": space[m],
        }
        for found in models
        for k in range(len(DAYS))
        for time, space in [(found.p_time(k), found.p_space(k))]
        for m, name in enumerate(names)
    ]


def report(rows: pd.DataFrame) -> None:
    """Rejection rates with errors clustered by pseudo-event, and errors against the market model's."""
    print(f"{rows['day'].nunique()} pseudo-events, {rows['name'].nunique()} stocks, {len(DAYS)} days each\n")
    print("| model | placebo | " + " | ".join(f"{level:.0%}" for level in LEVELS) + " |")
    print("|---|---|" + "---|" * len(LEVELS))
    for model, mine in rows.groupby("model", sort=False):
        for placebo in ("time", "space"):
            print(f"| {model} | in {placebo} | " + " | ".join(_rate(mine, placebo, level) for level in LEVELS) + " |")
    square = (
        rows.assign(gap=rows["gap"] ** 2, rmse=rows["rmse"] ** 2).groupby(["model", "name"])[["gap", "rmse"]].mean()
    )
    ratio = np.sqrt(square / square.loc["market_model"])
    print("\nRoot mean square on the days after the window, over the market model's:")
    print(ratio["gap"].unstack("name").round(3).to_string())
    print("\nThe same of the days held out before:")
    print(ratio["rmse"].unstack("name").round(3).to_string())


def _rate(rows: pd.DataFrame, placebo: str, level: float) -> str:
    by_day = (rows[placebo] <= level).groupby(rows["day"]).mean()
    return f"{100 * by_day.mean():.1f} ± {100 * by_day.std(ddof=1) / np.sqrt(len(by_day)):.1f}"


if __name__ == "__main__":
    main()
