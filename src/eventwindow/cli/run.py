"""`eventwindow run` and `check`: a study, or a study of an event list, from its folder to its results."""

import argparse
import os
from pathlib import Path

from eventwindow.cli.again import command_of, place_of, without_machine
from eventwindow.cli.panel import panel_json, print_panel
from eventwindow.cli.progress import progress_bar
from eventwindow.cli.terminal import print_result, progress, result_json
from eventwindow.errors import EventDateError
from eventwindow.panel.check import check_panel
from eventwindow.panel.form import PanelStudy, open_study, options_of
from eventwindow.panel.freeze import list_record, wholly_ahead
from eventwindow.panel.results import PanelResult
from eventwindow.panel.run import Step, panel_study
from eventwindow.report.panel import write_panel
from eventwindow.report.swap import check_out, chunks_folder
from eventwindow.report.write import check_extras, write_result
from eventwindow.study.ahead import LATER
from eventwindow.study.check import check_study
from eventwindow.study.definition import Study
from eventwindow.study.library import find_study
from eventwindow.study.run import run_study

PARALLEL = 50_000  # bytes of an event list below which a second process is not worth its start


def run_command(options: argparse.Namespace) -> None:
    study = open_study(find_study(options.study))
    out = options.out or place_of(study.name, study.folder)
    check_out(out)
    codes = (options.language,) if options.language else ()
    if isinstance(study, PanelStudy):
        _run_list(study, out, codes, options)
    else:
        _run_study(study, out, codes, options)


def _run_study(study: Study, out: Path, codes: tuple[str, ...], options: argparse.Namespace) -> None:
    check_extras(options.extras)
    with progress() as step, progress_bar() as bar:
        result = run_study(study, prices=options.prices, claims=options.claims, step=step, progress=bar)
        step("writing the report")
        report = write_result(result, out, codes, extras=options.extras, command=_command_given(options))
    if options.quiet:
        print(report)
    elif options.json:
        print(result_json(result, report))
    else:
        print_result(result, report)


def _command_given(options: argparse.Namespace) -> str:
    """The command without what changes no number: where results go, and folders of this machine above a file."""
    claims = ["--claims", without_machine(str(options.claims))] if options.claims else []
    return command_of(without_machine(options.study), without_machine(options.prices), *claims)


def _run_list(study: PanelStudy, out: Path, codes: tuple[str, ...], options: argparse.Namespace) -> None:
    """Finished chunks stay in out/work until the results are written."""
    with progress() as step, chunks_folder(out) as work:
        result = _result_of(study, work, step, options)
        step("writing the results")
        report = write_panel(result, out, study, codes, chunks=work, excel="excel" in options.extras)
    if options.quiet:
        print(report)
    elif options.json:
        print(panel_json(result, study.name, report, list_record(study)))
    else:
        print_panel(result, report, list_record(study))


def _result_of(study: PanelStudy, work: Path, step: Step, options: argparse.Namespace) -> PanelResult:
    small = study.path(study.file.event_list.file).stat().st_size < PARALLEL
    workers = options.workers or (1 if small and options.engine == "local" else os.cpu_count())
    shared = {"engine": options.engine, "workers": workers, "client": options.cluster}
    try:
        return panel_study(**options_of(study), **shared, work=work, step=step)
    except EventDateError:
        if waiting := wholly_ahead(study):
            raise EventDateError(waiting[0], where=study.file.event_list.file, remedy=LATER) from None
        raise


def check_command(options: argparse.Namespace) -> None:
    study, said = open_study(find_study(options.study)), list[str]()
    try:
        with progress() as step, progress_bar() as bar:
            if isinstance(study, PanelStudy):
                told = check_panel(study, step)
            else:
                told = check_study(study, prices=options.prices, claims=options.claims, step=step, progress=bar)
            for line in told:
                said.append(line)
    finally:  # where it ends with an error, what was read before it says why
        for line in said:
            print(line)
