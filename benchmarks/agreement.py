"""Numbers of the Python packages `eventstudy` and `easy_es` beside ours, on the panel that the R packages were run on.

    pip install eventstudy easy_es; python benchmarks/agreement.py [--write]

Twelve firms, one event day, market model; the estimation window [-260, -11] is asked of all. `--write` lays the
packages' answers into tests/reference/clustered/python_packages.csv; tests/test_peers.py says why they are not ours.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from easy_es import EventStudy, calculate_car_stats
from eventstudy import Multiple, Single

from eventwindow import Window, abnormal_returns
from eventwindow.inference.registry import run_tests

PANEL = Path(__file__).parents[1] / "tests" / "reference" / "clustered"
KIN = {"eventstudy": "independence_t", "easy_es": "cross_sectional_t"}  # our test that theirs is a kind of
Answer = tuple[float, float, float]  # mean CAR, t, p


def reference() -> tuple[pd.DataFrame, pd.DataFrame]:
    returns = pd.read_csv(PANEL / "returns.csv", index_col="date", parse_dates=True)
    events = pd.read_csv(PANEL / "events.csv", parse_dates=["event_date"])
    return returns, events.rename(columns={"firm": "security", "event_date": "date"})


def ours(test: str, window: Window) -> Answer:
    ar = abnormal_returns(*reference(), benchmark="MKT", estimation=(-260, -11), window=(-10, 10))
    result = next(r for r in run_tests(ar, window) if r.name == test)
    return float(ar.car(window).car.mean()), result.statistic, result.p_value


def eventstudy(window: Window) -> Answer:
    returns, events = reference()
    dates = {"date": returns.index.to_numpy().astype("datetime64[D]")}
    Single._save_parameter("returns", dates | {name: returns[name].to_numpy() for name in returns})
    listed = [
        {"event_date": np.datetime64(e.date, "D"), "security_ticker": e.security, "market_ticker": "MKT"}
        for e in events.itertuples()
    ]
    done = Multiple.from_list(listed, Single.market_model, (window.start, window.end), 250, window.start + 10)
    return done.CAAR[-1], done.tstat[-1], done.pvalue[-1]


def easy_es(window: Window) -> Answer:
    """It sums from the event window's first day on, and fails on an event window of one day."""
    returns, events = reference()
    dates = returns.index.date
    long = returns.set_axis(dates).rename_axis("Date").melt(ignore_index=False, var_name="ticker", value_name="Ret")
    study = EventStudy(250, window.start + 10, -window.start, max(window.end, 1), 100, "capm", n_cores=1)
    study.add_returns(ret_df=long.reset_index().assign(Volume=1.0))
    study.add_factors(pd.DataFrame({"Date": dates, "Mkt-RF": returns["MKT"].to_numpy(), "RF": 0.0}))
    done = study.run_study(events.rename(columns={"security": "ticker", "date": "event_date"}))
    row = calculate_car_stats(done).loc[window.end]
    return row["mean"], row["t_stat"], row["p_value"]


def main() -> None:
    rows = []
    for window in (Window(0, 0), Window(-10, 10)):
        for name, answer in (("eventstudy", eventstudy(window)), ("easy_es", easy_es(window))):
            where = ("0" if len(window) == 1 else str(window)).replace(" ", "")
            rows.append((f"{name} {version(name.replace('_', '-'))}", where, *answer, *ours(KIN[name], window)))
    columns = ["package", "window", "mean", "t", "p", "our_mean", "our_t", "our_p"]
    table = pd.DataFrame(rows, columns=columns)
    print(table.to_string(index=False))
    if "--write" in sys.argv:
        table.iloc[:, :5].to_csv(PANEL / "python_packages.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
