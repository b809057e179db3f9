"""Panel studies that are shared out or stopped: a cluster that loses a worker, a run that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from test_panels import OPTIONS, WINDOWS, drawn_events, ragged_panel

from eventwindow import StudyError, panel_study

PATIENCE = 120.0  # seconds; what is waited for is seldom a second away
TABLES = ("tests", "caar", "aar", "excluded", "cumulative")


HERE = OPTIONS | {"report": WINDOWS, "chunk": 7, "workers": 1}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A panel and its events."""
    returns = ragged_panel(31)
    folder = tmp_path_factory.mktemp("panel")
    panel, events = folder / "panel.parquet", folder / "events.parquet"
    returns.rename_axis("date").reset_index().to_parquet(panel)
    drawn_events(returns, 31, 120).to_parquet(events)
    return panel, events


@pytest.fixture(scope="module")
def whole(files):
    """What they come to in a run that nothing stops."""
    return panel_study(*files, **HERE)


def assert_equal(one, other):
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True)


def test_a_cluster_that_loses_a_worker_gives_the_same_bytes(files, whole):
    distributed = pytest.importorskip("distributed", reason="Dask is not installed: pip install dask distributed")
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with cluster, distributed.Client(cluster) as client:
        pids = list(client.run(os.getpid).values())
        assert len(set(pids)) == 2
        killed = []

        def step(said: str) -> None:
            """Kill one worker when the first chunks of the first pass are there."""
            if not killed and said.startswith("first pass") and not said.startswith("first pass: 0"):
                os.kill(pids[0], signal.SIGKILL)
                killed.append(said)

        options = OPTIONS | {"engine": "dask", "client": client, "step": step}
        there = panel_study(*files, report=WINDOWS, chunk=7, **options)
    assert killed
    assert_equal(whole, there)


def test_without_dask_the_error_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "dask", None)
    returns = ragged_panel(1)
    with pytest.raises(StudyError, match="pip install dask distributed"):
        panel_study(returns, drawn_events(returns, 1, 5), engine="dask", **OPTIONS)


SCRIPT = """
import sys, time
import pandas as pd
from eventwindow import panel_study
folder = sys.argv[1]
def step(said):
    print(said, flush=True)
    if said.startswith("first pass") and int(said.split()[2]) >= 21:
        time.sleep(600)  # until this run is stopped
panel_study(f"{folder}/panel.parquet", f"{folder}/events.parquet", benchmark="MKT", estimation=(-70, -6), window=(-5, 5),
            minimum_returns=30, report=((0, 0), (-1, 2)), chunk=7, workers=int(sys.argv[3]), work=sys.argv[2], step=step)
"""


@pytest.mark.parametrize(("workers", "how"), [(1, signal.SIGKILL), (2, signal.SIGKILL), (2, signal.SIGINT)])
def test_a_stopped_run_goes_on_from_its_whole_chunks(files, whole, tmp_path: Path, workers: int, how: signal.Signals):
    command = [sys.executable, "-c", SCRIPT, str(files[0].parent), str(tmp_path / "work"), str(workers)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen(command, **pipes, start_new_session=True) as run:
        for line in run.stdout:
            if line.startswith("first pass") and int(line.split()[2]) >= 21:
                run.send_signal(how) if how == signal.SIGKILL else os.killpg(run.pid, how)
                break
    chunks = {path: path.stat().st_mtime_ns for path in (tmp_path / "work").rglob("first-*.npz")}
    assert 3 <= len(chunks) < 19
    said: list[str] = []
    result = panel_study(*files, **HERE, work=tmp_path / "work", step=said.append)
    assert f"first pass: {7 * len(chunks)} of 132 events" in said
    assert all(path.stat().st_mtime_ns == written for path, written in chunks.items())
    assert_equal(result, whole)
    _gone(run.pid)


def _gone(group: int) -> None:
    """Workers of a killed run end by themselves."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("a worker outlived the run that was killed")


def test_other_input_never_takes_up_old_chunks(tmp_path):
    returns = ragged_panel(41)
    events = drawn_events(returns, 41, 40)
    options = OPTIONS | {"report": WINDOWS, "chunk": 9, "workers": 1, "work": tmp_path}
    first = panel_study(returns, events, **options)
    other = panel_study(returns * 1.5, events, **options)
    assert len(list(tmp_path.iterdir())) == 2
    assert other.caar["caar"].iloc[0] == pytest.approx(1.5 * first.caar["caar"].iloc[0])
