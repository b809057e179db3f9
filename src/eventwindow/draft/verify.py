"""Articles → the folder of a study with every statement: what can be judged, what is open, what was passed over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from eventwindow.draft.articles import Article, clock_time
from eventwindow.draft.dates import days
from eventwindow.draft.entries import Closed, Entry, entry, open_reasons
from eventwindow.draft.listings import Home, benchmark_with_prices, home_of, own_benchmark, stand_ins
from eventwindow.draft.paraphrase import paraphrase
from eventwindow.draft.passed import Passed, in_its_script, passed_over, told
from eventwindow.draft.read import readings
from eventwindow.draft.sessions import closed_in, on_sessions
from eventwindow.draft.statement import Statement
from eventwindow.draft.studyfile import both, head_tables, keep_figures, keep_simplified, security_table, write_text
from eventwindow.draft.write import draft_text
from eventwindow.errors import Reason, StudyError, Text
from eventwindow.estimation.by_exchange import NO_BENCHMARK
from eventwindow.study.definition import Study, read_study

WINDOWS = {"estimation": [-260, -11], "event": [-10, 5], "report": [[0, 0], [0, 1]]}
FEWEST = 10  # returns in the estimation window, the least that a study may ask for: closes tell of a young listing, too
MOST = 3  # sentences that a fault names
HEAD = """\
# Read from the article by rules, in our words. An entry with `unfinished` was not judged: settle it, remove that key,
# and run the study again. Hold each entry against its sentence (`place`) before you trust its verdict.
"""


@dataclass(frozen=True, slots=True)
class Said:
    """A statement of an article: its place, its words in both languages, and why it is not judged (empty if it is)."""

    id: str
    line: int
    words: Text
    open: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """An article with all that was read in it."""

    article: Article
    said: tuple[Said, ...]
    passed: tuple[Passed, ...]


class Verified(NamedTuple):
    """The study of the articles, what was read in each, and what stands in for benchmarks without prices."""

    study: Study
    checked: list[Checked]
    stand_ins: dict[str, str]


def verify_study(
    articles: Sequence[Article], folder: Path, own: Path | None = None, lacking: frozenset[str] = frozenset()
) -> Verified:
    """Write the study of the articles into `folder`, which is made, and read it again.

    Symbols that are `lacking` have no prices: they stay out of the study, and what is said of them is not judged.

    Raises
    ------
    StudyError
        Where no article says anything of a security with a name that is known.
    """
    read = [list(readings(a.text, a.dated, None, own, narrated=a.narrated)) for a in articles]
    statements = [
        [in_its_script(on_sessions(s), lines[s.line - 1]) for r in found for s in r.statements]
        for found, lines in zip(read, (a.text.splitlines() for a in articles), strict=True)
    ]
    passed = [tuple(passed_over(a.text, found)) for a, found in zip(articles, read, strict=True)]
    named = _homes([s for found in statements for s in found], articles, [p for some in passed for p in some])
    homes = [h for h in named if h.symbol not in lacking]
    if not homes:
        raise StudyError(f"no prices of {', '.join(sorted(lacking))}", remedy="Give them with --prices PATH.")
    folder.mkdir(parents=True)
    write_text(folder / "study.toml", "\n".join(_study(folder.name, homes, statements, articles, lacking)))
    study = read_study(folder)
    keys = [[f"D{a}-{k}" for k in range(1, len(found) + 1)] for a, found in enumerate(statements, 1)]
    closed = closed_in(study)
    entries = [
        _entries(f"D{a}", article, found, study, closed, lacking)
        for a, (article, found) in enumerate(zip(articles, statements, strict=True), 1)
    ]
    titles: list[Entry] = [{"title_en": a.name, "dated": str(a.dated)} for a in articles]
    write_text(folder / "claims.toml", draft_text(titles, entries, None, head=HEAD))
    keep_figures(study)
    keep_simplified(folder)
    checked = [
        Checked(
            a,
            tuple(_said(key, s, study, closed, lacking) for key, s in zip(ids, found, strict=True)),
            some,
        )
        for a, ids, found, some in zip(articles, keys, statements, passed, strict=True)
    ]
    return Verified(study, checked, stand_ins(map(home_of, (s.symbol for s in study.stocks)), lacking))


def _said(key: str, s: Statement, study: Study, closed: Closed, lacking: frozenset[str]) -> Said:
    return Said(key, s.line, Text(*paraphrase(s)), tuple(open_reasons(s, study, closed, lacking)))


def _entries(
    key: str, article: Article, found: Sequence[Statement], study: Study, closed: Closed, lacking: frozenset[str]
) -> list[Entry]:
    places = [f"{article.name}, line {s.line}" for s in found]
    return [
        entry(s, f"{key}-{k}", key, place, study, closed, lacking)
        for k, (s, place) in enumerate(zip(found, places, strict=True), 1)
    ]


def _homes(found: Sequence[Statement], articles: Sequence[Article], passed: Sequence[Passed]) -> list[Home]:
    """The securities that are named for sure, with those they are compared with; stocks first."""
    named = [w for s in found for who in (s.who, *s.against) if len(who.symbols) == 1 for w in who.symbols]
    if not named:
        where = ", ".join(a.name for a in articles)
        what = "no security is named for sure" if found else "no statement about a market was found"
        what += told(passed[:MOST])
        raise StudyError(what, where=where, remedy="`eventwindow draft` lists what was read; --names adds names.")
    return sorted(map(home_of, dict.fromkeys(named)), key=lambda home: home.kind != "stock")


def _study(
    name: str,
    homes: Sequence[Home],
    found: Sequence[Sequence[Statement]],
    articles: Sequence[Article],
    lacking: frozenset[str],
) -> Iterator[str]:
    """study.toml: securities with their exchanges, the benchmark of most, and the day that most statements are of."""
    homes = [h._replace(benchmark=benchmark_with_prices(h, lacking)) for h in homes]
    stocks = [h for h in homes if h.kind == "stock"]
    benchmark = Counter(h.benchmark for h in stocks).most_common(1)[0][0] if stocks else NO_BENCHMARK
    stocks = stocks or list(homes[:1])
    titles = both("title", "verify.study_title", articles=", ".join(a.name for a in articles))
    study = {"name": _slug(name), "title": titles.pop("title_en")} | titles
    study |= {"benchmark": benchmark, "minimum_returns": FEWEST}
    yield from head_tables(study, WINDOWS, _event(found, articles))
    for home in homes:
        if home not in stocks:
            yield security_table(home, kind="series")
        elif home.kind != "stock":
            yield security_table(home, benchmark=NO_BENCHMARK)
        else:
            yield security_table(home, **own_benchmark(home, benchmark))


def _slug(name: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "_.-") else "-" for c in name).strip("-_.") or "article"


def _event(found: Sequence[Sequence[Statement]], articles: Sequence[Article]) -> Entry:
    """The day that most statements are of; with a clock time where the article tells one with its place."""
    dated = Counter(s.date for several in found for s in several if s.date and not s.until)
    for article in articles:
        for line in article.text.splitlines():
            told = next(clock_time(line), None)
            day = next((m.value.date for m in days(line, article.dated) if m.value.date), None)
            if told and day:
                return {"date": day, "time": told[0], "zone": told[1]}
    return {"date": max(dated, key=lambda d: (dated[d], d)) if dated else articles[0].dated}
