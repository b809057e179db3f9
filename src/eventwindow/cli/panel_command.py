"""A panel study from its folder to its results, as the command line runs it."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eventwindow.errors import EventDateError
from eventwindow.panel.form import PanelStudy, options_of
from eventwindow.panel.freeze import wholly_ahead
from eventwindow.panel.results import PanelResult
from eventwindow.panel.run import Step, panel_study, quiet
from eventwindow.report.panel import write_panel
from eventwindow.report.swap import check_out, chunks_folder
from eventwindow.study.ahead import LATER

PARALLEL = 50_000  # bytes of an event list below which a second process is not worth its start


def run_panel(
    study: PanelStudy,
    out: Path | None = None,
    *,
    step: Step = quiet,
    engine: str = "local",
    workers: int | None = None,
    client: Any = None,
    languages: Sequence[str] = (),
    excel: bool = False,
) -> tuple[PanelResult, Path]:
    """Run a panel study; the result and the path of its report, in both languages if none is named.

    Finished chunks stay in out/work until the results are written.
    """
    out = out or Path("eventwindow-out") / study.name
    check_out(out)
    with chunks_folder(out) as work:
        result = result_of(study, work, step=step, engine=engine, workers=workers, client=client)
        step("writing the results")
        return result, write_panel(result, out, study, languages, chunks=work, excel=excel)


def result_of(
    study: PanelStudy, work: Path, *, step: Step, engine: str, workers: int | None, client: Any
) -> PanelResult:
    """The study run with its own choices."""
    small = study.path(study.file.event_list.file).stat().st_size < PARALLEL
    workers = workers or (1 if small and engine == "local" else os.cpu_count())
    try:
        return panel_study(**options_of(study), engine=engine, workers=workers, client=client, work=work, step=step)
    except EventDateError:
        if waiting := wholly_ahead(study):
            raise EventDateError(waiting[0], where=study.file.event_list.file, remedy=LATER) from None
        raise
