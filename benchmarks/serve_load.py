"""Fifty readers at once on `eventwindow serve`: python benchmarks/serve_load.py [--readers 50] [--seconds 20].

The three studies that ship are run once. Then every reader asks for one page after the other (the first page, a run,
its report, its appendix, completion of a name) for the time given: first alone, then while a study is run. Printed: the
answers, the median, the 95th percentile and the largest time, and the server's peak of memory. Exit code 1 where a
bound is broken: 1 s at the 95th percentile, half as much again under a run, 1 GB.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

STUDIES = ("deepseek-2025", "bank-run-2023", "outage-2024")
BOUND, SLOWER, MEMORY = 1.0, 1.5, 1.0  # s at the 95th percentile; times that under a run; GB
THINK = 0.5  # seconds a reader looks at a page at least


class Site:
    """A server of its own process on loopback."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "eventwindow", "serve", "--port", "0", "--folder", str(folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.host = self.process.stdout.readline().strip().removeprefix("http://").rstrip("/")
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                self.get("/web.css")
                return
            except OSError:
                time.sleep(0.1)

    def get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self.host, timeout=30)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def start(self, study: str) -> str:
        """The path of a run of a study."""
        connection = http.client.HTTPConnection(self.host, timeout=30)
        body = f"study={study}"
        connection.request("POST", "/ask/shipped", body, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        answer.read()
        return re.search(r"/runs/\w+", answer.headers["location"])[0]

    def wait(self, path: str) -> None:
        while not json.loads(self.get(f"{path}/state")[1])["ended"]:
            time.sleep(0.5)

    def remove(self, path: str) -> None:
        connection = http.client.HTTPConnection(self.host, timeout=30)
        connection.request("POST", f"{path}/remove", "", {"Content-Length": "0"})
        connection.getresponse().read()

    def peak(self) -> float:
        """Peak memory of the server itself, GB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1e6

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


def load(site: Site, pages: list[str], readers: int, seconds: float) -> np.ndarray:
    """The seconds that each answer took."""
    times: list[float] = []
    ends = time.monotonic() + seconds

    def read(number: int) -> None:
        turn = number
        time.sleep(THINK * number / readers)
        while time.monotonic() < ends:
            before = time.perf_counter()
            status, _ = site.get(pages[turn % len(pages)])
            times.append(time.perf_counter() - before)
            assert status == 200, pages[turn % len(pages)]
            turn += 1
            time.sleep(max(0.0, THINK - times[-1]))

    threads = [threading.Thread(target=read, args=(number,)) for number in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return np.array(times)


def told(name: str, times: np.ndarray) -> float:
    late = float(np.quantile(times, 0.95))
    print(
        f"{name}: {len(times)} answers, median {np.median(times):.3f} s, 95 % {late:.3f} s, largest {times.max():.3f} s"
    )
    return late


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    asked.add_argument("--readers", type=int, default=50)
    asked.add_argument("--seconds", type=float, default=20.0)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        try:
            runs = [site.start(study) for study in STUDIES]
            for run in runs:
                site.wait(run)
            pages = [
                "/",
                "/complete?q=nv",
                *(r + p for r in runs for p in ("", "/out/report.html", "/out/appendix.html")),
            ]
            alone = told("no run in progress", load(site, pages, options.readers, options.seconds))
            site.remove(runs[0])
            again = site.start(STUDIES[0])
            busy = told("a run in progress", load(site, pages[:2] + pages[5:], options.readers, options.seconds))
            ended = json.loads(site.get(f"{again}/state")[1])["ended"]
            end = "ended" if ended else "not ended"
            print(f"peak memory of the server {site.peak():.2f} GB; the run had {end} by then")
            return 0 if alone < BOUND and busy < SLOWER * alone and site.peak() < MEMORY else 1
        finally:
            site.stop()


if __name__ == "__main__":
    sys.exit(main())
