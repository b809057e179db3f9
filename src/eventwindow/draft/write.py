"""`eventwindow draft`: read articles, find what they say about markets, write a draft of claims.toml."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from eventwindow.calendars.dates import day_of
from eventwindow.draft.entries import Closed, Entry, entry
from eventwindow.draft.passed import passed_over
from eventwindow.draft.read import readings
from eventwindow.draft.sessions import closed_in, on_sessions
from eventwindow.draft.statement import Statement
from eventwindow.draft.studyfile import toml_table
from eventwindow.errors import StudyError, check_file
from eventwindow.scratch import put_in_place
from eventwindow.study.definition import Study, read_study
from eventwindow.study.library import find_study

LARGEST = 300_000  # characters of an article
HEAD = """\
# A draft: what rules found in the articles about markets, in our words. Nothing here is a verdict.
# Read each entry against its sentence (`place`), finish those with `unfinished` and remove that key, delete the rest.
"""


def draft_claims(articles: Sequence[Path], date: str, study: str | None, names: Path | None, out: Path) -> list[str]:
    """Write the draft to `out` and say what it holds; every fault is raised before anything is written."""
    dated, held = day_of(date, "--date"), None if study is None else read_study(find_study(study))
    if not out.parent.is_dir():
        raise StudyError(f"there is no folder {out.parent}", remedy="Make it first, or give another --out.")
    with put_in_place(out) as fresh:
        texts = [read_article(path) for path in articles]
        closed = closed_in(held)
        reads = [list(readings(text, dated, held, names)) for text in texts]
        entries = [
            _entries(f"D{a}", path.name, [s for r in read for s in r.statements], held, closed)
            for a, (path, read) in enumerate(zip(articles, reads, strict=True), 1)
        ]
        fresh.write_text(
            draft_text([{"title_en": path.name} for path in articles], entries, dated), encoding="utf-8", newline="\n"
        )
    passed = [
        (f"{path.name}, line {p.line}", words)
        for path, text, read in zip(articles, texts, reads, strict=True)
        for p in passed_over(text, read)
        for words in p.words
    ]
    return list(_summary([e for found in entries for e in found], len(articles), passed, out, study))


def _entries(key: str, file: str, found: Sequence[Statement], study: Study | None, closed: Closed) -> list[Entry]:
    spans = map(on_sessions, found)
    return [entry(s, f"{key}-{k}", key, f"{file}, line {s.line}", study, closed) for k, s in enumerate(spans, 1)]


def read_article(path: Path) -> str:
    """The text of an article in UTF-8; anything else is a StudyError that says what to do."""
    try:
        check_file(path, sys.maxsize)
        with path.open("rb") as file:
            text = file.read(LARGEST + 1).decode("utf-8-sig")
    except FileNotFoundError:
        raise StudyError(f"there is no file {path}", remedy="Give the path of a plain text file.") from None
    except IsADirectoryError:
        raise StudyError(f"{path} is a folder", remedy="Give the text files in it, one by one.") from None
    except UnicodeDecodeError as error:
        remedy = "Save it as UTF-8 plain text, for example: iconv -f GB18030 -t UTF-8 OLD > NEW (or -f BIG5)."
        raise StudyError(f"not UTF-8 at byte {error.start}", where=path.name, remedy=remedy) from None
    if len(text) > LARGEST:
        what = f"longer than {LARGEST:,} characters: not one article"
        raise StudyError(what, where=path.name, remedy="Give the articles in files of their own.")
    if not text.strip():
        raise StudyError("the article is empty", where=path.name, remedy="Paste its text into the file.")
    return text


def draft_text(
    titles: Sequence[Entry], entries: Sequence[Sequence[Entry]], day: dt.date | None, head: str = HEAD
) -> str:
    """The draft as TOML: articles first, then their claims."""
    dated = {"dated": str(day)} if day else {}
    articles = [{"key": f"D{a}"} | title | dated for a, title in enumerate(titles, 1)]
    claims = [found for several in entries for found in several]
    return "\n".join(
        [head, *(toml_table("[[articles]]", a) for a in articles), *(toml_table("[[claims]]", c) for c in claims)]
    )


def _summary(
    entries: Sequence[Entry], articles: int, passed: Sequence[tuple[str, str]], out: Path, study: str | None
) -> Iterator[str]:
    open_ = [e for e in entries if "unfinished" in e]
    counts = _count(len(entries), "entry", "entries"), _count(articles, "article", "articles")
    yield f"wrote {out}: {counts[0]} from {counts[1]}, {len(open_)} unfinished"
    for e in open_:
        yield f"  {e['id']} ({e['place']}): {e['unfinished']}"
    if not entries:
        yield "no statement about a market was found"
    yield from (f"  passed over ({place}): {words}" for place, words in passed)
    yield f"check it with: eventwindow check {study or 'STUDY'} --claims {out}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
