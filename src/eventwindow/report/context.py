"""What a report leads with: the headline event, its basket, and the securities in the order of interest."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import Any, TypeVar

import pandas as pd

from eventwindow.claims.model import Verdict
from eventwindow.claims.readings import JudgedDisagreement, JudgedReading
from eventwindow.errors import Figure, Reason
from eventwindow.estimation.abnormal import AbnormalReturns
from eventwindow.estimation.event_time import over_several
from eventwindow.report.language import Language
from eventwindow.study.result import StudyResult

Item = TypeVar("Item")
Held = TypeVar("Held")
ABBREVIATION = 2  # letters: "ai_chips" is written "AI chips"


@dataclass(frozen=True)
class Context:
    """A result as one language's reader meets it."""

    result: StudyResult
    language: Language
    command: str = ""  # that made the result
    kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)  # the same in every language

    def __post_init__(self) -> None:
        translated = self.result.translations.get(self.language.code, {})
        object.__setattr__(self, "language", Language(self.language.catalogue.of_study(translated)))

    @cached_property
    def _blocks(self) -> dict[str, tuple[Any, ...]]:
        return {}

    def once(self, key: str, section: Callable[[Context], Iterable[Item]]) -> tuple[Item, ...]:
        """What a section says, worked out once: the page, the summary and the paper show the same."""
        if key not in self._blocks:
            self._blocks[key] = tuple(section(self))
        return self._blocks[key]

    def of_result(self, key: str, work: Callable[[], Held]) -> Held:
        """What is the same in every language, worked out once for all that share it."""
        if key not in self.kept:
            self.kept[key] = work()
        return self.kept[key]  # type: ignore[no-any-return]

    def table(self, name: str, *columns: str) -> pd.DataFrame:
        """A table of the result; one without rows, of these columns, where the result has none."""
        held = self.result.tables.get(name)
        return pd.DataFrame(columns=list(columns)) if held is None else held

    @property
    def again(self) -> str:
        """The command that makes the result again: as it was given, where it was."""
        return self.command or f"eventwindow run {self.result.name}"

    @property
    def dividends(self) -> str:
        """Whether the returns hold dividends, as keys of the catalogues end: those of all securities, some or none."""
        return _dividends(self)

    @cached_property
    def study(self) -> Mapping[str, Any]:
        return dict(self.result.run["study"])

    @cached_property
    def event(self) -> str:
        return str(self.result.run["headline"]["event"])

    @cached_property
    def basket(self) -> str:
        return str(self.result.run["headline"]["basket"])

    @cached_property
    def abnormal(self) -> AbnormalReturns:
        return self.result.abnormal[self.event]

    @cached_property
    def members(self) -> tuple[str, ...]:
        """The headline's securities that have abnormal returns: those that articles speak of most come first."""
        held = set(self.abnormal.labels["security"])
        members = [m for m in self.result.run["headline"]["members"] if m in held] or list(dict.fromkeys(held))
        spoken = Counter(v.claim.security for v in every_verdict(self.result.verdicts))
        return tuple(sorted(members, key=lambda m: -spoken[m]))

    @cached_property
    def leads(self) -> tuple[str, ...]:
        return self.members[:2]

    @cached_property
    def shared(self) -> AbnormalReturns:
        """The headline's securities that share the first one's day 0."""
        mine = self.abnormal.among(self.members)
        return mine.select(mine.labels["date"].eq(self.day(self.members[0])).to_numpy())

    def day(self, security: str) -> pd.Timestamp:
        return self._days[security]

    @cached_property
    def _days(self) -> dict[str, pd.Timestamp]:
        first = self.abnormal.labels.drop_duplicates("security")
        return dict(zip(first["security"], pd.DatetimeIndex(first["date"]), strict=True))

    @cached_property
    def day_zero(self) -> pd.Timestamp:
        return self.day(self.members[0])

    def since(self, security: str) -> pd.Timestamp | None:
        """The session at whose close day 0's return begins, where prices between are missing; else None."""
        return self._spans.get(security, (None, 1))[0]

    def when(self, security: str) -> str:
        """On day 0, or from when to when its return runs."""
        since, n = self._spans.get(security, (None, 1))
        day = self.language.day(self.day(security))
        if since is None:
            return self.language.text("common.on_day", day=day)
        return self.language.text("common.over_days", since=self.language.day(since), day=day, n=n)

    @cached_property
    def _spans(self) -> dict[str, tuple[pd.Timestamp, int]]:
        """Of each return of day 0 over several sessions: the session whose close it begins at, and how many."""
        abnormal, found = self.abnormal, {}
        for row, days in over_several(abnormal.covered):
            if days[-1] == -abnormal.window.start:
                security = str(abnormal.labels["security"].iloc[row])
                sessions = pd.DatetimeIndex(self.result.evidence.returns[security].index)
                at = int(sessions.searchsorted(self.day(security)))
                found[security] = (pd.Timestamp(sessions[at - len(days)]), len(days))
        return found

    @cached_property
    def benchmark(self) -> str:
        labels = self.abnormal.labels
        return str(labels.loc[labels["security"] == self.members[0], "benchmark"].iloc[0])

    @cached_property
    def mic(self) -> str:
        labels = self.abnormal.labels
        return str(labels.loc[labels["security"] == self.members[0], "mic"].iloc[0])

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Groups of the headline event's securities, in the order of the study file."""
        return tuple(dict.fromkeys(g for g in self.abnormal.labels["group"] if g))

    def name(self, symbol: str) -> str:
        """The security's name in this language, its symbol where the study gives none."""
        return self._names.get(symbol) or symbol

    @cached_property
    def _names(self) -> dict[str, str]:
        return {symbol: self.language.either(en, zh) for symbol, en, zh in _named(self)}

    def full_name(self, symbol: str) -> str:
        name = self.name(symbol)
        if name == symbol or re.search(rf"\W{re.escape(symbol)}\W$", name):
            return name
        if name.endswith(")"):
            return f"{name[:-1]}, {symbol})"
        return self.language.text("format.name", name=name, symbol=symbol)

    def group_name(self, group: str) -> str:
        """A group's title, or its slug as words: "ai_chips" → "AI chips"."""
        title = self.result.evidence.titles.get(group)
        return self.language.either(*title) if title else words_of(group)

    def event_name(self, event: str) -> str:
        for e in self.study["events"]:
            if e["id"] == event:
                return self.language.either(e.get("title_en", ""), e.get("title_zh", "")) or event
        return event

    @cached_property
    def title(self) -> str:
        return self.language.either(self.result.title_en, self.result.title_zh) or words_of(self.result.name)

    @cached_property
    def article_titles(self) -> dict[str, str]:
        return {a["key"]: self.language.either(a["title_en"], a["title_zh"]) for a in self.result.articles}

    def verdict_words(self, verdict: Verdict) -> dict[str, str]:
        """A verdict's texts in the reader's language: statement, what was said, the reason, the rule."""
        claim, pick = verdict.claim, self.language.either
        return {
            "text": pick(claim.text_en, claim.text_zh),
            "said": pick(claim.stated_text, claim.stated_text_zh),
            "asked": self._reason(verdict.asked),
            "context": self._reason(Reason.sentences(*verdict.context)),
            "reason": self._reason(verdict.reason),
            "rule": self._reason(verdict.rule),
            "changes": self._reason(verdict.changes),
        }

    def reading_words(self, judged: JudgedReading) -> dict[str, str]:
        reading, pick = judged.reading, self.language.either
        return {
            "text": pick(reading.text_en, reading.text_zh),
            "articles": ", ".join(reading.articles),
            "predicts": pick(reading.predicts_en, reading.predicts_zh),
            "rival": pick(reading.rival_en, reading.rival_zh),
            "sentence": self._reason(judged.sentence),
        }

    def disagreement_words(self, judged: JudgedDisagreement) -> dict[str, str]:
        point, pick = judged.disagreement, self.language.either
        return {"title": pick(point.title_en, point.title_zh), "said": pick(point.said_en, point.said_zh)}

    def _reason(self, reason: Reason | None) -> str:
        return "" if reason is None else self.language.dated(self.language.reason(reason))

    def figure(self, value: float, unit: str) -> str:
        return self.language.catalogue.figure(Figure(value, unit))

    def day_rows(self, securities: Sequence[str]) -> pd.DataFrame:
        """Day 0 of the headline event, one row a security: returns, abnormal returns, interval and p-values."""
        both = _day_zero(self)
        return both.reindex([s for s in securities if s in both.index])


def of_result(work: Callable[[Context], Held]) -> Callable[[Context], Held]:
    """Marks what says the same of a result in every language: it is worked out once."""
    name = f"{work.__module__}.{work.__qualname__}"
    return wraps(work)(lambda context: context.of_result(name, lambda: work(context)))


@of_result
def _dividends(context: Context) -> str:
    held = [bool(frame["adj_close"].notna().any()) for frame in context.result.evidence.prices.values()]
    return "" if all(held) else "_some" if any(held) else "_none"


@of_result
def _named(context: Context) -> list[tuple[str, object, object]]:
    """The securities with their names in the two languages of a study's forms."""
    listed = context.result.evidence.securities.reindex(columns=["name_en", "name_zh"])
    return [(str(symbol), en, zh) for symbol, en, zh in listed.itertuples()]


@of_result
def _day_zero(context: Context) -> pd.DataFrame:
    daily, sums = context.result.tables["abnormal_returns"], context.result.tables["cumulative"]
    daily = daily[(daily["event"] == context.event) & (daily["tau"] == 0)].set_index("security")
    zero = (sums["event"] == context.event) & (sums["window_start"] == 0) & (sums["window_end"] == 0)
    columns = [c for c in ("p_sample_quantile", "quantile_floor", "p_leading", "volatility_ratio") if c in sums.columns]
    return daily.join(sums[zero].set_index("security")[columns])


def words_of(slug: str) -> str:
    """A slug as words; two-letter words are abbreviations."""
    words = " ".join(w.upper() if len(w) <= ABBREVIATION else w for w in slug.replace("-", "_").split("_") if w)
    return words[:1].upper() + words[1:]


def judged(result: StudyResult) -> Iterator[Verdict]:
    """All that was judged: statements, their parts, and the panels beside accounts and disagreements."""
    panels = [panel for reading in result.readings for panel in reading.panels]
    panels += [panel for point in result.disagreements for panel in point.panels]
    yield from every_verdict([*result.verdicts, *panels])


def every_verdict(verdicts: Sequence[Verdict]) -> Iterator[Verdict]:
    """The verdicts and those of their parts."""
    for verdict in verdicts:
        yield verdict
        yield from every_verdict(verdict.parts)
