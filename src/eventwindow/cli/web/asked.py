"""A form that was sent → a run in the queue, or the faults, each at its field."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from eventwindow.calendars.dates import clock_of, day_of
from eventwindow.cli.web.jobs import Run, Runs
from eventwindow.draft.quick import Asked, Question, study_of_question, symbols_in
from eventwindow.draft.write import LARGEST
from eventwindow.errors import Reason, StudyError, catalogue, languages
from eventwindow.study.ahead import now
from eventwindow.study.library import shipped_studies

Told = TypeVar("Told")
SYMBOLS, SENTENCES = 20, 40  # at most
ENDINGS = (".csv", ".parquet", ".gz", ".zip", ".xlsx")
FIELDS = {"--date": "date", "--time": "time", "--zone": "zone", "--benchmark": "benchmark"}


class Fault(Exception):  # noqa: N818 what the page shows at a field
    """What is wrong with a field."""

    def __init__(self, name: str, error: StudyError) -> None:
        self.name, self.error = name, error
        super().__init__(str(error))


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent."""

    name: str
    data: bytes


def shipped(runs: Runs, form: Mapping[str, str], upload: Upload | None) -> Run:
    """A study that ships; where it has been run already, that run."""
    titles, name = shipped_studies(), form.get("study", "")
    if name not in titles:
        raise Fault("study", StudyError(f"no study {name!r} ships", remedy=f"Those that do: {', '.join(titles)}."))
    command = ("run", name, "--prices", "shipped", "--out", "out", "--excel")
    if done := runs.done_before(command):
        return done
    with runs.prepared() as (key, _):
        return runs.add(key, titles[name], command)


def quick(runs: Runs, form: Mapping[str, str], upload: Upload | None) -> Run:
    """Securities, a day, sentences."""
    question = _question(form)
    with runs.prepared() as (key, folder):
        prices = _prices(folder, upload)
        made = _study(question, folder / "study")
        notes = [_note(u.what, u.reason) for u in made.unread] + [_note(*one) for one in made.undated.items()]
        command = ("run", "study", "--prices", prices, "--out", "out", "--excel")
        return runs.add(key, f"{', '.join(question.symbols)} · {question.day}", command, notes)


def _note(what: str, reason: Reason) -> dict[str, str]:
    """What is not judged or not known, and why, in every language that a page may be asked for in."""
    told = Reason("source_says", source=what, why=reason)
    return {code: catalogue(code).reason(told) for code in languages()}


def article(runs: Runs, form: Mapping[str, str], upload: Upload | None) -> Run:
    text, day = form.get("article", "").strip(), form.get("article_date", "").strip()
    if not text:
        raise Fault("article", StudyError("there is no text", remedy="Paste the article's text."))
    if len(text) > LARGEST:
        told = f"{len(text):,} characters; at most {LARGEST:,} are read"
        raise Fault("article", StudyError(told, remedy="Paste one article."))
    if day and _told("article_date", day_of, day) > now().date() + dt.timedelta(1):  # a day before us in the east
        raise Fault("article_date", StudyError(f"{day} lies ahead", remedy="Give the day on which it was printed."))
    with runs.prepared() as (key, folder):
        prices = _prices(folder, upload, "article-prices")
        (folder / "article.txt").write_text(text + "\n", encoding="utf-8", newline="\n")
        dated = ("--date", day) if day else ()
        command = ("verify", "article.txt", *dated, "--prices", prices, "--out", "out", "--report", "--excel")
        return runs.add(key, text.splitlines()[0][:80], command)


def _question(form: Mapping[str, str]) -> Question:
    symbols = symbols_in(form.get("symbols", ""))
    if not symbols:
        raise Fault("symbols", StudyError("no security is named", remedy="Write symbols: NVDA TSM."))
    if len(symbols) > SYMBOLS:
        raise Fault("symbols", StudyError(f"{len(symbols)} securities", remedy=f"Give at most {SYMBOLS}."))
    sentences = tuple(line.strip() for line in form.get("sentences", "").splitlines() if line.strip())
    if len(sentences) > SENTENCES:
        raise Fault("sentences", StudyError(f"{len(sentences)} sentences", remedy=f"Give at most {SENTENCES}."))
    clock = form.get("time", "").strip()
    zone, benchmark = (form.get(name, "").strip() or None for name in ("zone", "benchmark"))
    day = _told("date", day_of, form.get("date", ""))
    at = _told("time", clock_of, clock) if clock else None
    return Question(symbols, day, at, zone, benchmark, sentences, earnings="earnings" in form)


def _told(name: str, read: Callable[[str], Told], text: str) -> Told:
    """What a field holds, or the fault at it."""
    try:
        return read(text.strip())
    except StudyError as error:
        raise Fault(name, error) from None


def _study(question: Question, folder: Path) -> Asked:
    try:
        return study_of_question(question, folder)
    except StudyError as error:
        raise Fault(FIELDS.get(error.where, "symbols"), error) from None


def _prices(folder: Path, upload: Upload | None, field: str = "prices") -> str:
    """Where prices come from: a file that was sent, under a name of ours, or the usual sources."""
    if upload is None:
        return "auto"
    ending = next((e for e in ENDINGS if upload.name.lower().endswith(e)), None)
    if ending is None:
        raise Fault(field, StudyError(f"{upload.name!r} is no table", remedy=f"Send one of {', '.join(ENDINGS)}."))
    path = folder / f"prices{ending}"
    path.write_bytes(upload.data)
    return path.name
