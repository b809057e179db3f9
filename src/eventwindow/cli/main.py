"""The command line: parse, call, print, exit code. Heavy imports stand inside the commands."""

from __future__ import annotations

import argparse
import errno
import gc
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from eventwindow import __version__
from eventwindow.errors import StudyError, languages, needs_library

EPILOG = (
    "exit codes: 0 done, 1 something failed that is not yours, 2 the input is wrong, 3 two results differ, "
    "130 or 143 stopped"
)

EXTRAS: dict[Extra, str] = {
    "png": "write figures as PNG too",
    "pdf": "write the report on paper too",
    "excel": "write one workbook of the results too",
    "word": "write the report for word processors too",
    "cards": "write a picture of the whole and of each statement for sharing too",
}

if TYPE_CHECKING:
    from eventwindow.panel.form import PanelStudy
    from eventwindow.report.write import Extra

RUN_IMPORTS = (
    "eventwindow.cli.strings",
    "eventwindow.study.run",
    "eventwindow.report.html",
    "scipy.optimize",
)  # what both processes of a run need


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; a StudyError is printed without a traceback."""
    try:
        return run(arguments)
    except (StudyError, OSError, KeyboardInterrupt) as error:
        return exit_code_of(error)


def run(arguments: Sequence[str] | None) -> int:
    """One command, with whatever error ends it."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: threads cost more than they give
    gc.set_threshold(100_000)  # what a run makes lives to its end: looking through it costs half a second
    options = parser().parse_args(arguments)
    if options.verbose:
        import logging

        logging.basicConfig(level=logging.INFO, format="%(relativeCreated)7.0f ms  %(name)s: %(message)s")
    command: Callable[[argparse.Namespace], int] = options.command
    return command(options)


def exit_code_of(error: BaseException) -> int:
    """What ended a command in a line, and its exit code; what no person can put right is raised again."""
    match error:
        case StudyError():
            print(f"eventwindow: {error}", file=sys.stderr)
            return error.exit_code
        case BrokenPipeError():  # who read the output has had enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        case OSError():
            print(f"eventwindow: {_system_fault(error)}", file=sys.stderr)
            return 1
        case KeyboardInterrupt():
            print("eventwindow: interrupted; nothing was half-written", file=sys.stderr)
            return 130
    raise error


def _system_fault(error: OSError) -> str:
    """What the system refused, and what to do where that is known."""
    try:
        Path.cwd()
    except OSError:
        return "the working folder is gone. Change to one that exists, and run it again."
    refused = f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")
    if error.errno in (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", None)):
        return f"{refused}. Nothing was half-written; make room, and run it again."
    return refused


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="eventwindow", description="Event studies that hold the news to the tape.", epilog=EPILOG
    )
    top.add_argument("--version", action=_Version, nargs=0, help="print the version and those of the libraries below")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    run = _command(commands, "run", _run, "run a study and write its report")
    run.add_argument("study", metavar="STUDY", help="a study's folder, or the name of one that ships")
    _price_options(run)
    run.add_argument("--claims", type=Path, metavar="FILE", help="judge these claims instead of the study's own")
    _report_options(run)
    run.add_argument("--engine", default="local", metavar="local|dask", help="where chunks of an [event_list] are run")
    run.add_argument("--cluster", metavar="ADDRESS", help="the Dask scheduler (default: a cluster on this machine)")
    run.add_argument("--workers", type=int, metavar="N", help="processes for an [event_list] (default: one a core)")
    spoken = run.add_mutually_exclusive_group()
    spoken.add_argument("--quiet", action="store_true", help="print nothing but the report's path")
    spoken.add_argument("--json", action="store_true", help="print verdicts and headline numbers as JSON")
    check = _command(commands, "check", _check, "validate study, claims and prices without running")
    check.add_argument("study", metavar="STUDY")
    _price_options(check)
    check.add_argument("--claims", type=Path, metavar="FILE", help="check these claims instead of the study's own")
    quick = _command(commands, "quick", _quick, "what some securities did on a day, in one screen; no study needed")
    quick.add_argument("symbols", nargs="+", metavar="SYMBOL", help="as Yahoo writes it: NVDA, 2330.TW, SAP.DE")
    quick.add_argument("--date", required=True, metavar="YYYY-MM-DD", help="the day of the event")
    quick.add_argument(
        "--time", metavar="HH:MM", help="its clock time: day 0 is the first session that closes after it"
    )
    quick.add_argument(
        "--zone", metavar="ZONE", help="of the clock time (default: that of the first symbol's exchange)"
    )
    quick.add_argument("--benchmark", metavar="SYMBOL", help="for all of them (default: that of each one's market)")
    quick.add_argument(
        "--claim", action="append", default=[], metavar="SENTENCE", help="judge this sentence; repeatable"
    )
    _price_options(quick)
    quick.add_argument("--earnings", action="store_true", help="ask Yahoo when the firms told their results")
    quick.add_argument("--save", type=Path, metavar="FOLDER", help="keep the study in this folder")
    quick.add_argument("--json", action="store_true", help="print the same as JSON")
    _web_options(_command(commands, "serve", _serve, "open a local page with a form, for those who write no files"))
    _reading_commands(commands)
    _keeping_commands(commands)
    _calibration_options(commands)
    _command(commands, "list", _list, "list the studies that ship")
    pages = _command(commands, "help", _help, "print a page of the documentation, or a JSON schema")
    pages.add_argument("topic", nargs="?", metavar="TOPIC", help="its name (default: the list of pages)")
    shell = _command(commands, "completion", _completion, "print what completes commands in a shell")
    shell.add_argument("shell", choices=("bash", "zsh", "tcsh"))
    new = _command(commands, "new", _new, "write a small, commented study that runs as it is")
    new.add_argument("name", metavar="NAME", help="the folder to make")
    return top


def _keeping_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The commands that look after a study over time."""
    freeze = _command(commands, "freeze", _freeze, "fix study, claims and rules with a date, before their event")
    freeze.add_argument("study", metavar="STUDY")
    freeze.add_argument("--date", metavar="YYYY-MM-DD", help="the day of fixing (default: today, in UTC)")
    diff = _command(commands, "diff", _diff, "tell what changed between two folders of results")
    diff.add_argument("old", type=Path, metavar="OLD", help="a folder that `run` wrote")
    diff.add_argument("new", type=Path, metavar="NEW")
    diff.add_argument("--tolerance", type=float, default=1e-9, metavar="X", help="numbers this near are the same")
    diff.add_argument("--json", action="store_true", help="print all of it as JSON")
    prices = _command(commands, "prices", _prices, "show what is held of a study's prices, how old and from where")
    prices.add_argument("study", metavar="STUDY")
    asked = prices.add_mutually_exclusive_group()
    asked.add_argument("--refresh", action="store_true", help="pull again and show what changed")
    asked.add_argument(
        "--verify",
        nargs="?",
        const="yahoo",
        metavar="SOURCE",
        help="compare all that is held with a source (default: yahoo; else tiingo, eodhd or PATH), and change nothing",
    )


def _reading_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    draft = _command(commands, "draft", _draft, "draft a claims.toml from articles, for a person to finish")
    draft.add_argument("articles", nargs="+", type=Path, metavar="ARTICLE", help="plain text, UTF-8")
    draft.add_argument("--date", required=True, metavar="YYYY-MM-DD", help="the day that the articles are of")
    draft.add_argument("--study", metavar="STUDY", help="the study that the claims are for; its names count too")
    draft.add_argument("--names", type=Path, metavar="CSV", help="further names of securities")
    draft.add_argument("--out", type=Path, default=Path("claims.draft.toml"), metavar="FILE")
    _verify_options(_command(commands, "verify", _verify, "an article's market statements with a verdict each"))
    claim = _command(commands, "claim", _claim, "print the table of claims.toml that states a sentence")
    claim.add_argument("sentence", metavar="SENTENCE", help="English or Chinese, with the day and its year")
    claim.add_argument("--date", metavar="YYYY-MM-DD", help="the day that it is of, where it tells none with its year")


def _web_options(web: argparse.ArgumentParser) -> None:
    web.add_argument("--port", type=int, default=8765, metavar="N", help="0 takes any that is free (default: 8765)")
    web.add_argument("--host", default="127.0.0.1", help="another than this machine's own address needs --token")
    web.add_argument("--token", metavar="WORD", help="the page is shown only to those who know it")
    web.add_argument("--folder", type=Path, metavar="DIR", help="where runs are kept (default: the user's data folder)")


def _verify_options(verify: argparse.ArgumentParser) -> None:
    verify.add_argument("articles", nargs="+", type=Path, metavar="ARTICLE", help="text or HTML; - is standard input")
    verify.add_argument("--date", metavar="YYYY-MM-DD", help="the day it is of, where the article does not tell it")
    verify.add_argument("--names", type=Path, metavar="CSV", help="further names of securities")
    _price_options(verify)
    verify.add_argument("--out", "--save", type=Path, metavar="DIR", help="where the study and the report go")
    verify.add_argument("--language", choices=languages(), help="of what is printed (default: the article's)")
    verify.add_argument("--report", action="store_true", help="write the whole report beside the study too")
    for extra, what in EXTRAS.items():
        verify.add_argument(f"--{extra}", dest="extras", action="append_const", const=extra, default=[], help=what)


def _calibration_options(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    size = _command(commands, "calibrate", _calibrate, "measure size and power of every test on your own prices")
    size.add_argument("prices", type=Path, metavar="PRICES", help="a file or folder of prices, many securities")
    size.add_argument("--draws", type=int, default=500, metavar="N", help="pseudo-events a design")
    size.add_argument("--seed", type=int, default=0, metavar="N")
    size.add_argument("--firms", type=int, nargs="+", default=(1, 10, 30, 100), metavar="N", help="firms in a sample")
    size.add_argument("--windows", type=int, nargs="+", default=(1,), metavar="DAYS", help="from day 0 on, in sessions")
    size.add_argument("--months", nargs="+", default=("all",), metavar="KIND", help="all, calm or turbulent")
    size.add_argument("--effects", type=float, nargs="+", default=(0.0, 0.005, 0.01, 0.02), metavar="X")
    size.add_argument(
        "--shape", default="equal", choices=("equal", "unequal", "opposed"), help="of effects, over firms"
    )
    size.add_argument("--designs", nargs="+", metavar="NAME", help="one_day_related, staggered …; all by default")
    size.add_argument("--tests", nargs="+", metavar="NAME", help="date_permutation_mean, bmp_t …; all by default")
    size.add_argument("--out", type=Path, default=Path("eventwindow-out/calibration"), metavar="DIR")


class _Version(argparse.Action):
    """The version, with those of the libraries on which a number may hang."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version

        below = ", ".join(f"{name} {version(name)}" for name in ("pandas", "numpy", "yfinance"))
        print(f"eventwindow {__version__} ({below}, Python {sys.version.split()[0]})")
        parser.exit()


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    function: Callable[[argparse.Namespace], int],
    words: str,
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=words, description=words.capitalize() + ".")
    command.set_defaults(command=function)
    command.add_argument("--verbose", action="store_true", help="say on standard error what is done, and when")
    return command


def _price_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--prices",
        default="auto",
        metavar="auto|yahoo|tiingo|eodhd|shipped|PATH",
        help="where prices come from (default: auto; Yahoo, else the figures that ship with the study)",
    )


def _report_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--out", type=Path, metavar="DIR", help="where results go (default: eventwindow-out/STUDY)")
    command.add_argument("--language", choices=languages(), help="one language of the report (default: all)")
    for extra, what in EXTRAS.items():
        command.add_argument(f"--{extra}", dest="extras", action="append_const", const=extra, default=[], help=what)


def _run(options: argparse.Namespace) -> int:
    from eventwindow.parallel import second_core

    with second_core(RUN_IMPORTS):
        return _run_opened(options)


def _run_opened(options: argparse.Namespace) -> int:
    from eventwindow.cli.progress import progress_bar
    from eventwindow.cli.terminal import print_result, progress, result_json
    from eventwindow.panel.form import PanelStudy, open_study
    from eventwindow.report.swap import check_out
    from eventwindow.report.write import check_extras, write_result
    from eventwindow.study.library import find_study
    from eventwindow.study.run import run_study

    study = open_study(find_study(options.study))
    if isinstance(study, PanelStudy):
        return _run_panel(study, options)
    out = options.out or Path("eventwindow-out") / study.name
    check_out(out)
    check_extras(options.extras)
    with progress() as step, progress_bar("prices") as bar:
        result = run_study(study, prices=options.prices, claims=options.claims, step=step, progress=bar)
        step("writing the report")
        codes = (options.language,) if options.language else ()
        report = write_result(result, out, codes, extras=options.extras, command=_command_given(options))
    if options.quiet:
        print(report)
    elif options.json:
        print(result_json(result, report))
    else:
        print_result(result, report)
    return 0


def _command_given(options: argparse.Namespace) -> str:
    """The command without what changes no number: where results go, and folders of this machine above a file."""
    words = ["eventwindow", "run", _relative(options.study)]
    words += [] if options.prices == "auto" else ["--prices", _relative(options.prices)]
    claims = ["--claims", _relative(str(options.claims))] if options.claims else []
    return os.fsencode(shlex.join([*words, *claims])).decode("utf-8", "replace")  # a name in another encoding


def _relative(path: str) -> str:
    return Path(path).name if Path(path).is_absolute() else path


def _run_panel(study: PanelStudy, options: argparse.Namespace) -> int:
    from eventwindow.cli.panel import panel_json, print_panel
    from eventwindow.cli.panel_command import run_panel
    from eventwindow.cli.terminal import progress
    from eventwindow.panel.freeze import list_record

    with progress() as step:
        shared = {"engine": options.engine, "workers": options.workers, "client": options.cluster}
        shared["languages"] = (options.language,) if options.language else ()
        shared["excel"] = "excel" in options.extras
        result, report = run_panel(study, options.out, step=step, **shared)
    if options.quiet:
        print(report)
    elif options.json:
        print(panel_json(result, study.name, report, list_record(study)))
    else:
        print_panel(result, report, list_record(study))
    return 0


def _check(options: argparse.Namespace) -> int:
    from eventwindow.cli.progress import progress_bar
    from eventwindow.cli.terminal import progress
    from eventwindow.panel.check import check_panel
    from eventwindow.panel.form import PanelStudy, open_study
    from eventwindow.parallel import second_core
    from eventwindow.study.check import check_study
    from eventwindow.study.library import find_study

    study, said = open_study(find_study(options.study)), list[str]()
    try:
        with second_core(RUN_IMPORTS), progress() as step, progress_bar("prices") as bar:
            if isinstance(study, PanelStudy):
                told = check_panel(study, step)
            else:
                told = check_study(study, prices=options.prices, claims=options.claims, step=step, progress=bar)
            for line in told:
                said.append(line)
    finally:  # where it ends with an error, what was read before it says why
        for line in said:
            print(line)
    return 0


def _freeze(options: argparse.Namespace) -> int:
    from eventwindow.calendars.dates import day_of
    from eventwindow.cli.freeze import freeze_study

    print(*freeze_study(options.study, None if options.date is None else day_of(options.date, "--date")), sep="\n")
    return 0


def _diff(options: argparse.Namespace) -> int:
    from eventwindow.cli.diff import compare

    return compare(options.old, options.new, options.tolerance, options.json)


def _prices(options: argparse.Namespace) -> int:
    from eventwindow.cli.progress import progress_bar
    from eventwindow.cli.terminal import print_changes, print_inventory, print_verified
    from eventwindow.prices.inventory import inventory, refresh, verify
    from eventwindow.prices.load import source_of
    from eventwindow.study.definition import read_study
    from eventwindow.study.library import find_study

    study = read_study(find_study(options.study))
    figures = study.folder / "figures"
    if options.verify:
        source = source_of(options.verify)
        print_verified(options.verify, *verify(study.symbols, study.start, study.end, source, figures=figures))
        return 0
    if not options.refresh:
        print_inventory(inventory(study.symbols, figures))
        return 0
    with progress_bar("prices") as bar:
        print_changes(refresh(study.symbols, study.start, study.end, figures=figures, progress=bar))
    return 0


def _quick(options: argparse.Namespace) -> int:
    from eventwindow.cli.quick import quick

    return quick(options)


def _claim(options: argparse.Namespace) -> int:
    from eventwindow.calendars.dates import day_of
    from eventwindow.draft.claim import claim_lines

    print(*claim_lines(options.sentence, None if options.date is None else day_of(options.date, "--date")), sep="\n")
    return 0


def _verify(options: argparse.Namespace) -> int:
    from eventwindow.cli.verify import verify
    from eventwindow.parallel import second_core

    with second_core(RUN_IMPORTS):
        return verify(options)


def _serve(options: argparse.Namespace) -> int:
    from eventwindow.cli.web.serve import serve

    return serve(options)


def _draft(options: argparse.Namespace) -> int:
    from eventwindow.draft.write import draft_claims

    print(*draft_claims(options.articles, options.date, options.study, options.names, options.out), sep="\n")
    return 0


def _calibrate(options: argparse.Namespace) -> int:
    from eventwindow.cli.terminal import progress
    from eventwindow.inference.calibration import calibrate
    from eventwindow.inference.pseudo_events import PATTERNS
    from eventwindow.inference.registry import TESTS
    from eventwindow.prices.files import panel_prices
    from eventwindow.report.calibration import write_calibration
    from eventwindow.report.swap import check_out

    if options.draws < 1:
        raise StudyError(f"--draws {options.draws} draws nothing", remedy="Give 100 or more.")
    check_out(options.out)
    with progress() as step:
        step("reading prices")
        prices = panel_prices(options.prices)
        step(f"drawing {options.draws} pseudo-events a design from {prices.shape[1]} securities; minutes, not seconds")
        result = calibrate(
            prices,
            draws=options.draws,
            firms=options.firms,
            patterns=options.designs or tuple(PATTERNS),
            months=options.months,
            effects=options.effects,
            shape=options.shape,
            windows=[(0, days - 1) for days in options.windows],
            tests=options.tests or tuple(TESTS),
            seed=options.seed,
            workers=min(2, os.cpu_count() or 1),
        )
    print(result)
    print(*write_calibration(result, options.out), sep="\n")
    return 0


def _help(options: argparse.Namespace) -> int:
    from eventwindow.cli.pages import print_page

    print_page(options.topic)
    return 0


def _completion(options: argparse.Namespace) -> int:
    try:
        import shtab
    except ImportError:
        raise needs_library("completion", "shtab") from None
    print(shtab.complete(parser(), options.shell))
    return 0


def _list(_: argparse.Namespace) -> int:
    from eventwindow.study.library import shipped_studies

    for name, title in shipped_studies().items():
        print(f"{name}  {title}")
    return 0


def _new(options: argparse.Namespace) -> int:
    from eventwindow.study.library import new_study

    folder = new_study(Path(options.name))
    print(f"wrote {folder}/: study.toml, claims.toml, figures/daily.csv\nrun it with: eventwindow run {folder}")
    return 0
