"""Speed and memory of a whole study, beside a plain numpy loop and the package `eventstudy`, in one run.

    python benchmarks/speed.py [--large]

A run takes a table of returns and a table of events to abnormal returns (250 + 21 days, market model) and every
analytic test of one day, ranks included. The loop and the peer compute one t-test. The list of names is what `draft`
reads before an article. `--large` adds 100,000 events. The best of several runs counts; ratios are to the package's
own time for 1,000 events.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from eventwindow.calendars.window import Window
from eventwindow.draft.chinese import simplified
from eventwindow.draft.lexicon import lexicon
from eventwindow.draft.securities import names
from eventwindow.estimation.abnormal import estimate
from eventwindow.estimation.event_time import event_returns
from eventwindow.estimation.models import FactorModel
from eventwindow.inference.registry import run_tests

ESTIMATION, EVENT, DAY = Window(-260, -11), Window(-10, 10), Window(0, 0)


def case(events: int, factors: int, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Returns of 500 firms over 1,500 days, their factors, and events of random firms and days."""
    g = np.random.default_rng(seed)
    days = pd.bdate_range("2018-01-01", periods=1500)
    names = ["market", *(f"f{j}" for j in range(1, factors))]
    table = pd.DataFrame(0.01 * g.standard_normal((1500, factors)), days, names)
    firms = [f"F{i}" for i in range(500)]
    noise = 0.02 * g.standard_normal((1500, 500))
    returns = pd.DataFrame(table.to_numpy() @ g.uniform(0.3, 1.2, (factors, 500)) + noise, days, firms)
    at = {"security": np.array(firms)[g.integers(0, 500, events)], "date": days[g.integers(300, 1480, events)]}
    return returns, table, pd.DataFrame(at)


def package(events: int, factors: int = 1) -> Callable[[], object]:
    returns, table, drawn = case(events, factors)
    model = "market_model" if factors == 1 else FactorModel("factors", tuple(table), risk_free=None)

    def run() -> object:
        source = event_returns(returns, drawn, estimation=ESTIMATION, window=EVENT, factors=table)
        return run_tests(estimate(source, model), DAY)

    return run


def plain_loop(events: int) -> Callable[[], object]:
    returns, table, drawn = case(events, 1)
    values, market = returns.to_numpy(), table["market"].to_numpy()
    columns, rows = returns.columns.get_indexer(drawn["security"]), returns.index.get_indexer(drawn["date"])

    def run() -> object:
        ar = np.empty((events, 21))
        for i, (column, day) in enumerate(zip(columns, rows, strict=True)):
            x = np.column_stack([np.ones(250), market[day - 260 : day - 10]])
            b = np.linalg.lstsq(x, values[day - 260 : day - 10, column], rcond=None)[0]
            ar[i] = values[day - 10 : day + 11, column] - b[0] - b[1] * market[day - 10 : day + 11]
        return np.sqrt(events) * ar[:, 10].mean() / ar[:, 10].std(ddof=1)

    return run


def peer(events: int) -> Callable[[], object] | None:
    try:
        import eventstudy  # noqa: PLC0415 (the peer is optional)
    except ImportError:
        return None
    returns, table, drawn = case(events, 1)
    held = {"date": returns.index.to_numpy().astype("datetime64[D]"), "MKT": table["market"].to_numpy()}
    eventstudy.Single._save_parameter("returns", held | {name: returns[name].to_numpy() for name in returns})
    listed = [
        {"event_date": np.datetime64(date, "D"), "security_ticker": name, "market_ticker": "MKT"}
        for name, date in zip(drawn["security"], drawn["date"], strict=True)
    ]

    def run() -> object:
        model = eventstudy.Single.market_model
        return eventstudy.Multiple.from_list([dict(e) for e in listed], model, (-10, 10), 250, 0).tstat

    return run


def list_of_names(language: str) -> Callable[[], object]:
    """What `draft` and `verify` read before an article: every name, and its spellings, made ready to be found."""
    rules = lexicon(language == "Chinese")
    simplified("股")  # what converts between scripts is loaded once

    def run() -> object:
        simplified.cache_clear()
        return names(rules, language == "Chinese")

    return run


def best(run: Callable[[], object], times: int) -> float:
    """Seconds of the fastest of several runs."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return min(taken)


def main() -> None:
    base = best(package(1000), 9)
    rows = [("eventwindow, 1,000 events, all tests", base)]
    rows.append(("eventwindow, 1,000 events, five factors", best(package(1000, 5), 9)))
    rows.append(("plain numpy loop, 1,000 events, one t-test", best(plain_loop(1000), 3)))
    other = peer(1000)
    if other is not None:
        rows.append(("eventstudy, 1,000 events, one t-test", best(other, 2)))
    rows += [(f"list of names, {language}", best(list_of_names(language), 7)) for language in ("English", "Chinese")]
    if "--large" in sys.argv:
        rows.append(("eventwindow, 100,000 events, all tests", best(package(100_000), 2)))
    for name, seconds in rows:
        print(f"{name:45s} {seconds:8.3f} s {seconds / base:8.1f} ×")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")
    if other is None:
        print("eventstudy is not installed: pip install eventstudy")


if __name__ == "__main__":
    main()
