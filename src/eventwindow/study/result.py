"""What a study came to: tables of numbers, frozen; the terminal, the report and the notebooks only read it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from eventwindow.analyses.event_study import EventStudy
from eventwindow.calendars.window import Span, as_window
from eventwindow.claims.evidence import Evidence
from eventwindow.claims.model import Verdict
from eventwindow.claims.readings import JudgedDisagreement, JudgedReading
from eventwindow.claims.tables import claims_table_in
from eventwindow.errors import Catalogue, StudyError, counted, percent, printable, several
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.exports import Exports, tool, worded
from eventwindow.inference.advice import Advice, advise
from eventwindow.inference.summary import Summary, summarise
from eventwindow.study.estimates import Exclusion

SHEETS = {
    "verdicts": "claims",
    "firms": "firms",
    "car": "cumulative",
    "tests": "tests",
    "market": "market",
    "group_views": "group_views",
    "excluded": "excluded",
}


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class StudyResult(Exports):
    """What a study came to, decimals throughout. `run_study` makes one.

    Attributes
    ----------
    name, title_en, title_zh : str
        Of the study.
    tables : mapping of str to DataFrame
        The result tables by file name without ending, in the columns of the output contract.
    claims, tests : DataFrame
        Two of them: a row a claim with its verdict, a row a test.
    abnormal : mapping of str to EventStudy
        By event, one row a security.
    verdicts : tuple of Verdict
        One a claim, in the order of the ledger.
    readings, disagreements : tuple
        The accounts that the articles give and the points they differ on, judged.
    articles : tuple of mapping
        Key, titles, kind and date, in the order of the ledger.
    calendar : DataFrame
        Events and other news with the session that first prices each, exchange by exchange.
    evidence : Evidence
        What the claims are held against.
    run : mapping
        Specification, origins, checksums and versions, as run.json holds them.
    left_out : tuple of Exclusion
        What was excluded, shifted or substituted outside the tables of returns.
    translations : mapping of str to mapping
        By language: the study's texts in another language, and in this one.
    plot
        The figures of the report: `result.plot.car()`.

    Examples
    --------
    >>> result = ew.run_study(ew.new_study("one-event"), prices="shipped")
    >>> result.table("cumulative")[["security", "car"]].head(1).round(4).to_numpy().tolist()
    [['NVDA', -0.1337]]
    >>> list(result.table().columns), "tests" in result.table().index
    (['rows', 'columns'], True)
    """

    name: str
    title_en: str
    title_zh: str
    tables: Mapping[str, pd.DataFrame]
    abnormal: Mapping[str, EventStudy]
    verdicts: tuple[Verdict, ...]
    evidence: Evidence
    calendar: pd.DataFrame
    run: Mapping[str, Any]
    articles: tuple[Mapping[str, str], ...] = ()
    readings: tuple[JudgedReading, ...] = ()
    disagreements: tuple[JudgedDisagreement, ...] = ()
    left_out: tuple[Exclusion, ...] = ()
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def table(self, name: str | None = None) -> pd.DataFrame:
        """A result table by its name, such as "tests", its reasons in English; without one, the list of all tables."""
        if name is None:
            sizes = {name: table.shape for name, table in self.tables.items()}
            return pd.DataFrame.from_dict(sizes, orient="index", columns=["rows", "columns"]).rename_axis("table")
        return worded(self._held(name), str)

    def _held(self, name: str) -> pd.DataFrame:
        if name not in self.tables:
            raise StudyError(f"this study has no table {name!r}", remedy=f"There are {', '.join(self.tables)}.")
        return self.tables[name]

    @property
    def claims(self) -> pd.DataFrame:
        return self.table("claims")

    @property
    def tests(self) -> pd.DataFrame:
        return self.table("tests")

    @property
    def headline(self) -> AbnormalReturns:
        """Abnormal returns of the event and the basket that the study leads with."""
        event, members = (self.run["headline"][key] for key in ("event", "members"))
        whole = self.abnormal[event]
        return whole.among(members) if members else whole

    def summary(self, window: Span = 0) -> Summary:
        """Every test of the headline over one window, in the order in which they should be read.

        `window` counts trading days from day 0 and lies inside the event window: 0, or (-1, 1).
        """
        return summarise(self.headline, as_window(window))

    def to_frame(self, table: str = "") -> pd.DataFrame:
        """A table by its name; without one, the answer: mean CAR and leading test of the headline by report window."""
        if table:
            return self.table(table)
        mine = self.tests[self.tests["event"] == self.run["headline"]["event"]]
        spans = mine[["window_start", "window_end"]].drop_duplicates().itertuples(index=False)
        return pd.DataFrame([_answer(self.summary((int(s.window_start), int(s.window_end)))) for s in spans])

    def to_excel(self, path: Path | str, language: str = "en") -> Path:
        """Write one workbook: verdicts, firms, CARs, tests, market, exclusions; its first sheet explains every column.

        `path` ends in .xlsx; `language` is that of the sheets' names, the explanations and the verdicts.
        """
        tables = {sheet: self.tables[name] for sheet, name in SHEETS.items() if name in self.tables}
        if language != "en":
            tables["verdicts"] = claims_table_in(language, self.verdicts)
        found: Path = tool("excel")(tables, path, language, self._title())
        return found

    def _exported(self, name: str) -> pd.DataFrame:
        return self._held(name) if name else self.to_frame()

    def _basis(self, words: Catalogue) -> str:
        return self.headline.basis.in_words(words)

    def advise(self, window: Span = 0) -> Advice:
        """Which test of the headline to read over a window and why, and the sample that shows effects of 1, 2 and 5 %.

        What it gives prints itself; `text("zh-Hant")` says it in another language, `needed` is the table.
        """
        return advise(self.headline, as_window(window))

    def __repr__(self) -> str:
        return printable("\n".join([self._title(), *(f"  {what:<9}{words}" for what, words in self._lines().items())]))

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><th>{what}</th><td>{escape(words)}</td></tr>" for what, words in self._lines().items())
        return f"<p><strong>{escape(self._title())}</strong></p><table>{rows}</table>"

    def _title(self) -> str:
        return f"{self.name}: {self.title_en}" if self.title_en else self.name

    def _lines(self) -> dict[str, str]:
        """What a notebook shows of the result, by what it is about."""
        event, days = self.run["headline"]["event"], self.headline.labels["date"]
        words = {
            "events": f"{several(self.abnormal)}; first {event}, day 0 {days.min():%Y-%m-%d}" if len(days) else event,
            "headline": _headline(self.headline),
            "day 0": _leading(self.summary()),
            "claims": _counted(verdict.word for verdict in self.verdicts),
            "prices": _counted(record["origin"] for record in self.run["prices"].values()),
            "left out": _left_out(self.tables["excluded"]),
            "tables": f"{len(self.tables)}: .table() lists them",
            "look at": ".summary(0), .claims, .tests, .plot.car(), .table(NAME)",
        }
        return {what: said for what, said in words.items() if said}

    @property
    def plot(self) -> Any:
        """The report's figures: `result.plot.prices()`, `result.plot.car()`, …, found by entry point."""
        return tool("plot")(self)


def _answer(summary: Summary) -> dict[str, object]:
    """A row of the answer: how many events, their mean CAR, and what the test says that leads, "" where none does."""
    first = next(iter(summary.valid), None)
    return {
        "window_start": summary.window.start,
        "window_end": summary.window.end,
        "n": summary.n,
        "caar": summary.mean_car,
        "test": "" if first is None else first.name,
        "statistic": None if first is None else first.statistic,
        "p_value": None if first is None else first.p_value,
    }


def _counted(words: Iterable[str]) -> str:
    """ "3 confirmed, 1 partly", the most frequent first; nothing where there is nothing to count."""
    return ", ".join(f"{n} {word.replace('_', ' ')}" for word, n in Counter(words).most_common())


def _left_out(excluded: pd.DataFrame) -> str:
    """How much was left out, and where it is told."""
    n = int(excluded["what"].eq("excluded").sum())
    return f"{counted(n, 'line')} of .table('excluded')" if n else "nothing"


def _headline(ar: AbnormalReturns) -> str:
    models = ", ".join(sorted(set(ar.model)))
    return f"{several(ar.labels['security'])} over {ar.window}, {models}" if len(ar) else "no security has a result"


def _leading(summary: Summary) -> str:
    """The mean CAR and the test that leads for this design."""
    if summary.mean_car is None:
        return "no security has a return"
    first = next(iter(summary.valid), None)
    told = summary.none_leads or ""
    if first is not None:
        told = f"{first.name}: p {first.p_value:.4f} ({first.distribution})"
    return f"mean abnormal return {percent(summary.mean_car)} of {summary.n}" + (f"; {told}" if told else "")
