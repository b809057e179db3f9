"""The package beside what it could be compared with, in one run: ratios to the time to read the same array once.

    python benchmarks/ratios.py [--events N]
    python benchmarks/ratios.py --report   # the study that ships, in two languages and in all, beside its imports

The array is what an event study of N events looks at: N × 271 returns, read from memory once and summed. The package
runs every analytic test of one day, ranks included; a plain numpy loop, and the packages `eventstudy` and `easy_es`
(where installed), compute abnormal returns and one test. R's EventStudy and estudy2: eventstudy.R, estudy2.R.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
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


LIBRARIES = "import pandas, scipy.stats, matplotlib.figure, statsmodels.api, yfinance, pyarrow.parquet, jinja2"
SAID = re.compile(r"^ *(\d+) ms  eventwindow: (.+)$", re.M)  # of --verbose


def spent(command: list[str]) -> tuple[float, float, float, str]:
    """Wall and processor seconds of a command and its processes, MB of the largest of them, what it said."""
    with tempfile.TemporaryFile("w+") as said:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        said.seek(0)
        text = said.read()
    if status:
        raise SystemExit(text)
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, text


# The aim speaks of English and Traditional Chinese; the command writes one language or every one.
BOTH = (
    "import sys; from eventwindow.report import language; language.LANGUAGES = ('en', 'zh-Hant');"
    " from eventwindow.cli.process import process; sys.exit(process())"
)


def report() -> Iterator[str]:
    """The command on the study that ships beside the import of its libraries; then its parts.

    Both languages, which the aims are held against, and every language take turns.
    """
    python = [sys.executable, "-P"]
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package is compiled
    base = min((spent([*python, "-c", LIBRARIES]) for _ in range(3)), key=lambda found: found[1])
    seconds = f"wall {base[0]:5.1f} s          processor {base[1]:5.1f} s        "
    yield f"import of the libraries           {seconds}  {base[2]:4.0f} MB"
    run = ["run", "deepseek-2025", "--prices", "shipped", "--verbose", "--out"]
    commands = {"both languages": ["-c", BOTH, *run], "every language": ["-m", "eventwindow", *run]}
    with tempfile.TemporaryDirectory() as folder:
        runs = [{name: spent([*python, *one, f"{folder}/{k}"]) for name, one in commands.items()} for k in range(3)]
    for name in commands:
        wall, processor, memory, said = min((one[name] for one in runs), key=lambda found: found[1])
        seconds = (
            f"wall {wall:5.1f} s ({wall / base[0]:3.1f} ×)  processor {processor:5.1f} s ({processor / base[1]:3.1f} ×)"
        )
        yield f"run deepseek-2025, {name:12s} {seconds}  {memory:4.0f} MB"
    yield "parts of the last, by the clock:"
    steps = [(int(at), words) for at, words in SAID.findall(said)] + [(round(1000 * wall), "")]
    for (at, words), (end, _) in pairwise(steps):
        yield f"  {words[:60]:60s} {(end - at) / 1000:5.1f} s"


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--events", type=int, default=1000)
    options.add_argument("--report", action="store_true")
    asked = options.parse_args()
    events = asked.events
    if asked.report:
        print(f"load {os.getloadavg()[0]:.1f}", *report(), sep="\n")
        return
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
