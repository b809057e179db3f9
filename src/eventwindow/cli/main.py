"""The command line: parse, call, print, exit code. The file of a command is imported when it is called."""

import argparse
import datetime as dt
import errno
import gc
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import NoReturn, TypeAlias

from eventwindow import __version__
from eventwindow.errors import StudyError, languages, needs_library

EPILOG = (
    "exit codes: 0 done, 1 something failed that is not yours, 2 the input is wrong, 3 two results differ, "
    "130 or 143 stopped"
)
EXTRAS = {
    "png": "write figures as PNG too",
    "pdf": "write the report on paper too",
    "excel": "write one workbook of the results too",
    "word": "write the report for word processors too",
    "cards": "write a picture of the whole and of each statement for sharing too",
}

COUNTRIES = {  # how locales name the languages of the catalogues
    **dict.fromkeys(("zh-tw", "zh-hk", "zh-mo", "zh-hant", "zh-hant-tw", "zh-hant-hk"), "zh-Hant"),
    **dict.fromkeys(("zh-cn", "zh-sg", "zh-hans", "zh-hans-cn"), "zh-Hans"),
    **dict.fromkeys(("en", "en-us", "en-gb"), "en"),
}

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


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
    with ExitStack() as stack:
        if options.shared:
            from eventwindow.parallel import second_core

            import_module("eventwindow.cli.strings")
            stack.enter_context(second_core(_read_for_both))
        command = getattr(import_module(f"eventwindow.cli.{options.file}"), options.function)
        return command(options) or 0


def _read_for_both() -> None:
    """What both processes of a run need."""
    from eventwindow.claims.records import CODES
    from eventwindow.errors import catalogue
    from eventwindow.report.html import templates

    templates()
    for code in CODES.values():
        catalogue(code)


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
    refused = f"{error.strerror or error}: {_place(error)}".rstrip(": ")
    if error.errno in (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", None)):
        return f"{refused}. Nothing was half-written; make room, and run it again."
    return refused


def _place(error: OSError) -> str:
    """Where it happened; of a folder that a run makes for a while, the one that it was to stand in."""
    from eventwindow.scratch import is_temporary

    place = Path(os.fsdecode(error.filename or ""))
    return str(next((p.parent for p in (place, *place.parents) if is_temporary(p)), error.filename or ""))


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="eventwindow", description="Event studies that hold the news to the tape.", epilog=EPILOG
    )
    top.add_argument("--version", action=_Version, nargs=0, help="print the version and those of the libraries below")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    run = _command(commands, "run", "run a study and write its report", shared=True)
    run.add_argument("study", metavar="STUDY", help="a study's folder, or the name of one that ships")
    _price_options(run)
    run.add_argument("--claims", type=Path, metavar="FILE", help="judge these claims instead of the study's own")
    _report_options(run)
    run.add_argument(
        "--engine", default="local", choices=("local", "dask"), help="where chunks of an [event_list] are run"
    )
    run.add_argument("--cluster", metavar="ADDRESS", help="the Dask scheduler (default: a cluster on this machine)")
    run.add_argument("--workers", type=int, metavar="N", help="processes for an [event_list] (default: one a core)")
    spoken = run.add_mutually_exclusive_group()
    spoken.add_argument("--quiet", action="store_true", help="print nothing but the report's path")
    spoken.add_argument("--json", action="store_true", help="print verdicts and headline numbers as JSON")
    check = _command(commands, "check", "validate study, claims and prices without running", file="run", shared=True)
    check.add_argument("study", metavar="STUDY")
    _price_options(check)
    check.add_argument("--claims", type=Path, metavar="FILE", help="check these claims instead of the study's own")
    _quick_options(commands)
    _web_options(commands)
    _reading_commands(commands)
    _keeping_commands(commands)
    _calibration_options(commands)
    _command(commands, "list", "list the studies that ship", file="pages")
    pages = _command(commands, "help", "print a page of the documentation, or a JSON schema", file="pages")
    pages.add_argument("topic", nargs="?", metavar="TOPIC", help="its name (default: the list of pages)")
    shell = _command(commands, "completion", "print what completes commands in a shell", file="main")
    shell.add_argument("shell", choices=("bash", "zsh", "tcsh"))
    new = _command(commands, "new", "write a small, commented study that runs as it is", file="pages")
    new.add_argument("name", metavar="NAME", help="the folder to make")
    return top


def _keeping_commands(commands: Commands) -> None:
    freeze = _command(commands, "freeze", "fix study, claims and rules with a date, before their event")
    freeze.add_argument("study", metavar="STUDY")
    freeze.add_argument("--date", type=_day, metavar="YYYY-MM-DD", help="the day of fixing (default: today, in UTC)")
    diff = _command(commands, "diff", "tell what changed between two folders of results")
    diff.add_argument("old", type=Path, metavar="OLD", help="a folder that `run` wrote")
    diff.add_argument("new", type=Path, metavar="NEW")
    diff.add_argument("--tolerance", type=float, default=1e-9, metavar="X", help="numbers this near are the same")
    diff.add_argument("--json", action="store_true", help="print all of it as JSON")
    prices = _command(commands, "prices", "show what is held of a study's prices, how old and from where")
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


def _reading_commands(commands: Commands) -> None:
    draft = _command(commands, "draft", "draft a claims.toml from articles, for a person to finish")
    draft.add_argument("articles", nargs="+", type=Path, metavar="ARTICLE", help="plain text, UTF-8")
    draft.add_argument("--date", required=True, metavar="YYYY-MM-DD", help="the day that the articles are of")
    draft.add_argument("--study", metavar="STUDY", help="the study that the claims are for; its names count too")
    draft.add_argument("--names", type=Path, metavar="CSV", help="further names of securities")
    draft.add_argument("--out", type=Path, default=Path("claims.draft.toml"), metavar="FILE")
    _verify_options(commands)
    claim = _command(commands, "claim", "print the table of claims.toml that states a sentence", file="draft")
    claim.add_argument("sentence", metavar="SENTENCE", help="English or Chinese, with the day and its year")
    claim.add_argument(
        "--date", type=_day, metavar="YYYY-MM-DD", help="the day that it is of, where it tells none with its year"
    )


def _quick_options(commands: Commands) -> None:
    quick = _command(commands, "quick", "what some securities did on a day, in one screen; no study needed")
    quick.add_argument("symbols", nargs="+", metavar="SYMBOL", help="as Yahoo writes it: NVDA, 2330.TW, SAP.DE")
    quick.add_argument("--date", type=_day, required=True, metavar="YYYY-MM-DD", help="the day of the event")
    quick.add_argument(
        "--time", type=_clock, metavar="HH:MM", help="its clock time: day 0 is the first session that closes after it"
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


def _web_options(commands: Commands) -> None:
    web = _command(commands, "serve", "open a local page with a form, for those who write no files")
    web.add_argument("--port", type=int, default=8765, metavar="N", help="0 takes any that is free (default: 8765)")
    web.add_argument("--host", default="127.0.0.1", help="another than this machine's own address needs --token")
    web.add_argument("--token", metavar="WORD", help="the page is shown only to those who know it")
    web.add_argument("--folder", type=Path, metavar="DIR", help="where runs are kept (default: the user's data folder)")


def _verify_options(commands: Commands) -> None:
    what = "an article's market statements with a verdict each"
    verify = _command(commands, "verify", what, shared=True)
    verify.add_argument("articles", nargs="+", type=Path, metavar="ARTICLE", help="text or HTML; - is standard input")
    verify.add_argument(
        "--date", type=_day, metavar="YYYY-MM-DD", help="the day it is of, where the article does not tell it"
    )
    verify.add_argument("--names", type=Path, metavar="CSV", help="further names of securities")
    _price_options(verify)
    verify.add_argument("--out", "--save", type=Path, metavar="DIR", help="where the study and the report go")
    _language_option(verify, "of what is printed (default: the article's)")
    verify.add_argument("--report", action="store_true", help="write the whole report beside the study too")
    _extra_options(verify)


def _calibration_options(commands: Commands) -> None:
    size = _command(commands, "calibrate", "measure size and power of every test on your own prices")
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
    commands: Commands, name: str, words: str, *, file: str = "", shared: bool = False
) -> argparse.ArgumentParser:
    """A command, done by `NAME_command` of a file of this room; one that is `shared` runs on a second core too."""
    command = commands.add_parser(name, help=words, description=words.capitalize() + ".")
    command.set_defaults(file=file or name, function=f"{name}_command", shared=shared)
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
    _language_option(command, "one language of the report (default: all)")
    _extra_options(command)


def _language_option(command: argparse.ArgumentParser, words: str) -> None:
    """One of the catalogues; a country stands for the script that is written there."""
    command.add_argument("--language", type=_script, choices=languages(), help=words)


def _script(code: str) -> str:
    return COUNTRIES.get(code.replace("_", "-").lower(), code)


def _extra_options(command: argparse.ArgumentParser) -> None:
    for extra, what in EXTRAS.items():
        command.add_argument(f"--{extra}", dest="extras", action="append_const", const=extra, default=[], help=what)


def _day(text: str) -> dt.date:
    from eventwindow.calendars.dates import day_of

    return day_of(text, "--date")


def _clock(text: str) -> dt.time:
    from eventwindow.calendars.dates import clock_of

    return clock_of(text, "--time")


def completion_command(options: argparse.Namespace) -> None:
    try:
        import shtab
    except ImportError:
        raise needs_library("completion", "shtab") from None
    print(shtab.complete(parser(), options.shell))
