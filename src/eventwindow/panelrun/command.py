"""A panel study from its folder to its results, as the command line runs it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from eventwindow.eventlist.form import PanelStudy, read_panel_study
from eventwindow.eventlist.table import EventList
from eventwindow.panelrun.result import PanelResult
from eventwindow.panelrun.study import Step, panel_study, quiet
from eventwindow.panelrun.writing import check_panel_out, write_panel
from eventwindow.prices.factors import read_factors

PARALLEL = 50_000  # bytes of an event list below which a second process is not worth its start


def run_panel(
    folder: Path,
    out: Path | None = None,
    *,
    step: Step = quiet,
    engine: str = "local",
    workers: int | None = None,
    client: Any = None,
    languages: Sequence[str] = (),
) -> tuple[PanelResult, Path]:
    """Run the panel study in `folder`; the result and the path of its report, in both languages if none is named.

    Finished chunks stay in out/work.
    """
    study = read_panel_study(folder)
    out = out or Path("eventwindow-out") / study.name
    check_panel_out(out)
    result = result_of(study, out / "work", step=step, engine=engine, workers=workers, client=client)
    step("writing the results")
    return result, write_panel(result, out, study, languages)


def result_of(
    study: PanelStudy, work: Path, *, step: Step, engine: str, workers: int | None, client: Any
) -> PanelResult:
    """The study run with its own choices."""
    small = study.path(study.file.event_list.file).stat().st_size < PARALLEL
    workers = workers or (1 if small and engine == "local" else os.cpu_count())
    return panel_study(**options_of(study), engine=engine, workers=workers, client=client, work=work, step=step)


def options_of(study: PanelStudy) -> dict[str, Any]:
    """The study's own choices as arguments of `panel_study`."""
    file, listed = study.file, study.file.event_list
    mean_only = file.model.name == "mean_adjusted"
    return {
        "panel": study.path(listed.panel),
        "events": study.path(listed.file),
        "model": file.model.name,
        "benchmark": None if listed.factors or mean_only else file.study.benchmark,
        "factors": None if listed.factors is None else read_factors(study.path(listed.factors)),
        "estimation": file.windows.estimation,
        "window": file.windows.event,
        "report": file.windows.report,
        "minimum_returns": file.study.minimum_returns,
        "session": listed.session,
        "exchange": listed.exchange,
        "values": listed.values,
        "kind": file.study.returns,
        "daily": listed.daily,
        "labels": listed.labels,
        "chunk": listed.chunk,
    }


def sharing_line(events: EventList) -> Iterator[str]:
    """That one security has several events on one day, where that is so."""
    if events.sharing:
        yield f"  {events.sharing:,} events share security, day 0 and group with another: each counts by itself"
