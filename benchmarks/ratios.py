"""The package beside what it could be compared with, in one run: ratios to the time to read the same array once.

    python benchmarks/ratios.py [--events N]

The array is what an event study of N events looks at: N × 271 returns, read from memory once and summed. The package
runs every analytic test of one day, ranks included; a plain numpy loop, and the packages `eventstudy` and `easy_es`
(where installed), compute abnormal returns and one test. R's EventStudy and estudy2: eventstudy.R, estudy2.R.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from eventwindow import panel_study

sys.path.insert(0, str(Path(__file__).parent))
from speed import best, case, package, peer, plain_loop


def read_once(events: int) -> Callable[[], object]:
    """The windows of all events, laid side by side, summed."""
    returns, _, drawn = case(events, 1)
    values = returns.to_numpy()
    columns, rows = returns.columns.get_indexer(drawn["security"]), returns.index.get_indexer(drawn["date"])
    laid = np.stack([values[day - 260 : day + 11, column] for column, day in zip(columns, rows, strict=True)])
    return laid.sum


def chunked(events: int) -> Callable[[], object]:
    """The same events streamed in chunks, both passes, every test, figures of each event."""
    returns, table, drawn = case(events, 1)
    drawn = drawn.assign(event=np.arange(events))  # some are drawn twice
    return lambda: panel_study(returns, drawn, factors=table, report=((0, 0),), workers=1)


def easy_es(events: int) -> Callable[[], object] | None:
    """CARs and their statistics by `easy_es`, one process, factors and returns given."""
    try:
        import easy_es as peer_package  # noqa: PLC0415 (the peer is optional)
    except ImportError:
        return None
    returns, table, drawn = case(events, 1)
    dates = returns.index.date
    long = returns.set_axis(dates).rename_axis("Date").melt(ignore_index=False, var_name="ticker", value_name="Ret")
    factors = pd.DataFrame({"Date": dates, "Mkt-RF": table["market"].to_numpy(), "RF": 0.0})
    listed = drawn.rename(columns={"security": "ticker", "date": "event_date"})

    def run() -> object:
        study = peer_package.EventStudy(250, 0, 10, 10, 100, "capm", n_cores=1)
        study.add_returns(ret_df=long.reset_index().assign(Volume=1.0))
        study.add_factors(factors)
        done = study.run_study(listed)
        return peer_package.calculate_car_stats(done)

    return run


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--events", type=int, default=1000)
    events = options.parse_args().events
    cases = [
        ("read the array once", read_once(events), 9),
        ("eventwindow, all tests", package(events), 9),
        ("eventwindow in chunks, all tests, each event's figures", chunked(events), 5),
        ("plain numpy loop, one t-test", plain_loop(events), 3),
        ("eventstudy, one t-test", peer(events), 2),
        ("easy_es, CARs and their statistics", easy_es(events), 1),
    ]
    print(f"{events:,} events, load {os.getloadavg()[0]:.1f}")
    base = 0.0
    for name, run, times in cases:
        if run is None:
            print(f"{name:56s} not installed")
            continue
        seconds = best(run, times)
        base = base or seconds
        print(f"{name:56s} {1000 * seconds:10.1f} ms {seconds / base:10.0f} ×")


if __name__ == "__main__":
    main()
