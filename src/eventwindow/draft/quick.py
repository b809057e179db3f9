"""Symbols, a day and sentences → the folder of a study: what `eventwindow quick` runs and `--save` keeps."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eventwindow.calendars.exchange import day_zero, exchange_calendar, time_zone
from eventwindow.draft.context import About
from eventwindow.draft.entries import Entry, entry, open_reasons
from eventwindow.draft.heard import Heard, heard
from eventwindow.draft.listings import (
    FUNDS,
    Home,
    benchmark_with_prices,
    home_of,
    own_benchmark,
    stand_ins,
    symbol_named,
)
from eventwindow.draft.paraphrase import paraphrase
from eventwindow.draft.sessions import closed_in
from eventwindow.draft.studyfile import (
    both,
    head_tables,
    keep_figures,
    keep_simplified,
    security_table,
    toml_table,
    write_text,
)
from eventwindow.draft.write import draft_text
from eventwindow.errors import PriceError, Reason, SourceError, StudyError
from eventwindow.prices.earnings import Announced, announcements
from eventwindow.study.ahead import check_closed
from eventwindow.study.definition import Study, read_study
from eventwindow.study.library import shipped_weights

OPTIONS = {"benchmark": "--benchmark", ".date": "--date", ".time": "--time", ".zone": "--zone"}
YEAR = dt.timedelta(365)  # from a day back, which the estimation window reaches: there weights and results count
SOON = dt.timedelta(10)  # from a day on: results count that the longest report window holds
WINDOWS = {"estimation": [-260, -11], "event": [-10, 10], "report": [[0, 0], [0, 1], [0, 5]]}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: symbols, the day with its clock time and zone, a benchmark for all of them, sentences to judge."""

    symbols: tuple[str, ...]
    day: dt.date
    time: dt.time | None = None
    zone: str | None = None
    benchmark: str | None = None
    sentences: tuple[str, ...] = ()
    earnings: bool = False  # ask Yahoo when the firms told their results


@dataclass(frozen=True, slots=True)
class Unjudged:
    """What of a sentence is not judged: in our words, or as it was written where no statement was made; and why."""

    sentence: str
    what: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Asked:
    """The study of a question, the home of each symbol, what of the sentences is not judged, with its reason.

    `undated` says why a symbol's earnings dates are not known, where they were asked for, `stand_ins` what stands in
    for a benchmark without prices.
    """

    study: Study
    homes: tuple[Home, ...]
    unread: tuple[Unjudged, ...]
    undated: Mapping[str, Reason]
    stand_ins: Mapping[str, str]


def symbols_in(text: str) -> tuple[str, ...]:
    """Symbols as people part them: by spaces, commas, semicolons, of either width."""
    return tuple(s.upper() for s in re.split(r"[\s,;\u3001\uff0c\uff1b]+", text) if s)


def study_of_question(question: Question, folder: Path, lacking: frozenset[str] = frozenset()) -> Asked:
    """Write the study into `folder`, which is made, and read it again.

    What a sentence says of symbols that are `lacking`, as they have no prices, is not judged.

    Raises
    ------
    StudyError
        For a symbol twice, a clock time without a zone, a day that lies ahead, and whatever is wrong with a study.
    """
    _check(question)
    said = [heard(s, About(question.symbols, _session(question))) for s in dict.fromkeys(question.sentences)]
    named = [w for one in said for s in one.found for w in s.who.symbols[:1]]
    symbols = dict.fromkeys((*question.symbols, *(s for s in named if s not in lacking)))
    homes = tuple(home_of(s) for s in symbols)
    replaced = {} if question.benchmark else stand_ins(homes[: len(question.symbols)], lacking)
    homes = tuple(home._replace(benchmark=benchmark_with_prices(home, lacking)) for home in homes)
    told, undated = _announced(question) if question.earnings else ((), {})
    folder.mkdir(parents=True)
    write_text(folder / "study.toml", "\n".join([*_study(question, homes), *map(_news, told)]))
    try:
        study = read_study(folder)
    except StudyError as error:
        raise in_options(error) from None
    check_closed(study, "--date")
    entries, unread = _claims(said, study, lacking)
    if entries:
        write_text(folder / "claims.toml", draft_text([both("title", "quick.question")], [entries], None, head=""))
    keep_figures(study)
    keep_simplified(folder)
    return Asked(study, homes[: len(question.symbols)], tuple(unread), undated, replaced)


def in_options(error: StudyError) -> StudyError:
    """The same error where the study is one of ours: at the option of the command, not at a key of a file."""
    if error.where.startswith("study.toml"):
        option = next((name for key, name in OPTIONS.items() if key in error.where), "SYMBOL")
        told = type(error)(error.what, where=option, remedy=error.remedy)
        if isinstance(error, PriceError) and isinstance(told, PriceError):
            told.symbols = error.symbols
        return told
    return error


def _check(question: Question) -> None:
    twice = next((s for k, s in enumerate(question.symbols) if s in question.symbols[:k]), None)
    if twice:
        raise StudyError(f"{twice} is given twice", remedy="Give each symbol once.")
    for symbol in question.symbols:
        if not home_of(symbol).listed and (meant := symbol_named(symbol)):
            raise StudyError(f"{symbol} is the name of a firm, no symbol", remedy=f"Write {meant}.")
    if question.zone and not question.time:
        raise StudyError("a zone without a clock time", where="--zone", remedy="Give --time HH:MM too.")
    if question.zone:
        time_zone(question.zone, "--zone")


def _session(question: Question) -> dt.date:
    home = home_of(question.symbols[0])
    calendar = exchange_calendar(home.exchange, question.day - dt.timedelta(20), question.day + dt.timedelta(20))
    zone = question.zone or calendar.zone if question.time else None
    return day_zero(calendar, question.day, question.time, zone, "next").session.date()


def _study(question: Question, homes: Sequence[Home]) -> Iterator[str]:
    benchmark = question.benchmark or homes[0].benchmark
    titles = both("title", "quick.title", symbols=", ".join(question.symbols), day=question.day)
    told = {"name": "quick", "title": titles.pop("title_en")} | titles
    event: Entry = {"date": question.day}
    if question.time:
        zone = question.zone or exchange_calendar(homes[0].exchange, question.day, question.day + dt.timedelta(9)).zone
        event |= {"time": question.time, "zone": zone}
    yield from head_tables(told | {"benchmark": benchmark}, WINDOWS, event)
    weighed = _weighed(question, benchmark)
    series = [home_of(index) for index in list(weighed)[:1] if index not in (h.symbol for h in homes)]
    for home in homes:
        yield security_table(home, **own_benchmark(home, benchmark, question.benchmark))
    for home in series:
        yield security_table(home, kind="series")
    for index, treated in weighed.items():
        yield toml_table("[robustness]", {"index": index, "treated": list(treated)})
    if len(question.symbols) > 1:
        yield toml_table("[[baskets]]", {"name": "all", "members": list(question.symbols)} | both("title", "quick.all"))


def _weighed(question: Question, benchmark: str) -> dict[str, tuple[str, ...]]:
    """The index whose shipped weights hold some of the symbols, where the benchmark stands for it and the day fits."""
    index, dated, held, _ = shipped_weights(question.symbols)
    fits = benchmark in (index, FUNDS[index]) and dt.timedelta(0) <= question.day - dated <= YEAR
    return {index: held} if held and fits else {}


def _announced(question: Question) -> tuple[Sequence[Announced], Mapping[str, Reason]]:
    """The results that the firms told in the year before and the weeks after, and why a firm's are not known."""
    try:
        return announcements(question.symbols, question.day - YEAR, question.day + SOON)
    except SourceError as error:
        return (), dict.fromkeys(question.symbols, error.reason)


def _news(told: Announced) -> str:
    """Results as an entry of the calendar of other news."""
    clock: Entry = {"time": told.time, "zone": told.zone} if told.time else {}
    return toml_table(
        "[[news]]",
        {"date": told.date} | clock | both("what", "draft.results", symbol=told.symbol) | {"about": [told.symbol]},
    )


def _claims(said: Sequence[Heard], study: Study, lacking: frozenset[str]) -> tuple[list[Entry], list[Unjudged]]:
    """The entries that can be judged, and what of the sentences cannot, with its reason."""
    entries, unread, closed = list[Entry](), list[Unjudged](), closed_in(study)
    for one in said:
        for s in one.found:
            if reasons := open_reasons(s, study, closed, lacking):
                unread.append(Unjudged(one.sentence, paraphrase(s)[0], Reason.together(reasons)))
            else:
                entries.append(entry(s, f"Q{len(entries) + 1}", "D1", one.sentence, study, closed))
        unread += [Unjudged(one.sentence, *passed) for passed in one.passed]
    return entries, unread
