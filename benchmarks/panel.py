"""A million events from a Parquet panel: seconds and peak memory, and cost against the number of events.

    nice python benchmarks/panel.py [--events N] [--gaps G] [--curve]

The panel is 5,000 firms × 6,000 days with late listings, delistings and G missing returns a firm (default 1). It runs
the command `eventwindow run` on a study that names it, tables and report written. Peak memory is what the operating
system counts: the sum over all its processes of each one's own peak (VmHWM), and the largest sum seen at one time.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

FIRMS, DAYS = 5000, 6000
STUDY = """
[study]
name = "panel"
benchmark = "MKT"

[windows]
estimation = [-260, -11]
event = [-10, 10]
report = [[0, 0], [0, 1]]

[event_list]
file = "events.parquet"
panel = "panel.parquet"
"""


def write_case(folder: Path, events: int, gaps: int, seed: int = 0) -> None:
    """A panel, wide, a column a firm, and an event list in three groups."""
    g = np.random.default_rng(seed)
    index = pd.bdate_range("2000-01-03", periods=DAYS)
    market = 0.01 * g.standard_t(5, DAYS)
    first = np.where(g.random(FIRMS) < 0.5, 0, g.integers(0, 4500, FIRMS))
    last = np.where(g.random(FIRMS) < 0.6, DAYS, np.minimum(DAYS, first + g.integers(800, 5000, FIRMS)))
    columns = {"date": pa.array(index.to_numpy().astype("M8[D]")), "MKT": pa.array(market)}
    for i in range(FIRMS):
        returns = market * g.uniform(0.3, 1.5) + 0.02 * g.standard_normal(DAYS)
        returns[: first[i]] = returns[last[i] :] = returns[g.integers(0, DAYS, gaps)] = np.nan
        columns[f"F{i}"] = pa.array(returns)
    pq.write_table(pa.table(columns), folder / "panel.parquet", compression="none", use_dictionary=False)
    more = events + events // 50 + 10  # some are drawn twice
    firm = g.integers(0, FIRMS, more)
    low, high = np.minimum(first[firm] + 150, DAYS - 30), np.minimum(last[firm], DAYS - 21)
    day = low + (g.random(more) * np.maximum(high - low, 1)).astype(int)
    at = {"security": np.char.add("F", firm.astype(str)), "date": index[day].as_unit("s")}
    group = np.array(["low", "mid", "high"])[g.integers(0, 3, more)]
    drawn = pd.DataFrame(at | {"group": group}).drop_duplicates().head(events)
    drawn.to_parquet(folder / "events.parquet", index=False)
    (folder / "study.toml").write_text(STUDY)


def peaks(pid: int, own: dict[int, int]) -> int:
    """Resident kilobytes of the process and its children now; each one's own peak so far goes into `own`."""
    total = 0
    for child in (pid, *children(pid)):
        try:
            status = Path(f"/proc/{child}/status").read_text()
        except OSError:
            continue
        lines = (line.split() for line in status.splitlines() if line.startswith(("VmHWM", "VmRSS")))
        figures = {name: int(size) for name, size, _ in lines}
        own[child] = max(own.get(child, 0), figures.get("VmHWM:", 0))
        total += figures.get("VmRSS:", 0)
    return total


def children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def measure(folder: Path) -> tuple[float, float, float, float]:
    """Wall seconds, processor seconds, GB of the summed peaks, GB of the largest sum at one time."""
    command = [sys.executable, "-m", "eventwindow", "run", str(folder), "--out", str(folder / "out"), "--quiet"]
    before, start = os.times(), time.perf_counter()
    own: dict[int, int] = {}
    highest = 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as run:
        while run.poll() is None:
            highest = max(highest, peaks(run.pid, own))
            time.sleep(0.05)
    wall, after = time.perf_counter() - start, os.times()
    if run.returncode:
        raise SystemExit(run.returncode)
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, used, sum(own.values()) / 1e6, highest / 1e6


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--events", type=int, default=1_000_000)
    options.add_argument("--gaps", type=int, default=1)
    options.add_argument("--curve", action="store_true", help="1,000 to --events, and benchmarks/panel.svg")
    chosen = options.parse_args()
    sizes = [n for n in (1_000, 10_000, 100_000) if n < chosen.events] if chosen.curve else []
    rows = []
    for events in (*sizes, chosen.events):
        with tempfile.TemporaryDirectory() as place:
            write_case(Path(place), events, chosen.gaps)
            load = os.getloadavg()[0]
            rows.append((events, *measure(Path(place)), load))
        wall, used, summed, at_once, load = rows[-1][1:]
        figures = f"{wall:7.1f} s wall {used:7.1f} s processor {summed:5.2f} GB peaks {at_once:5.2f} GB at once"
        print(f"{events:>9,} events {figures}, load before {load:.1f}", flush=True)
    if chosen.curve:
        draw(rows, Path(__file__).with_name("panel.svg"))


def draw(rows: list[tuple[float, ...]], path: Path) -> None:
    """Cost against the number of events, both on logarithmic scales."""
    from matplotlib.figure import Figure  # noqa: PLC0415

    from eventwindow.report.calibration import WIDTH, svg_text  # noqa: PLC0415
    from eventwindow.report.figures.sheet import BLUE, ORANGE  # noqa: PLC0415

    figure = Figure(figsize=(WIDTH, 3.2), layout="constrained")
    axes = figure.add_subplot()
    events = [row[0] for row in rows]
    for column, colour, label in ((1, BLUE, "wall seconds"), (2, ORANGE, "processor seconds")):
        axes.loglog(events, [row[column] for row in rows], "o-", color=colour, label=label)
    axes.set_xlabel("events")
    axes.legend(frameon=False)
    axes.grid(visible=True)
    axes.tick_params(length=0)
    path.write_text(svg_text(figure), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
