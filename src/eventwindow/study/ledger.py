"""The ledger of claims: claims.toml (and readings.toml beside it) → articles, claims, readings, validated at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eventwindow.claims.model import Claim
from eventwindow.claims.readings import SECTIONS, Disagreement, Reading
from eventwindow.study.claimforms import Forms, claim_of, fault, text_keys
from eventwindow.study.tomltables import Table, read_tables

CLAIMS, READINGS = "claims.toml", "readings.toml"


@dataclass(frozen=True, slots=True)
class Article:
    """A text whose claims are held against the market."""

    key: str
    title_en: str
    title_zh: str = ""
    what_en: str = ""
    what_zh: str = ""
    dated: str = ""
    note_en: str = ""
    note_zh: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """All that was said: the articles, their claims, the readings they lean on, and where they disagree."""

    articles: tuple[Article, ...] = ()
    claims: tuple[Claim, ...] = ()
    readings: tuple[Reading, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()

    @property
    def unfinished(self) -> tuple[Claim, ...]:
        """The drafted claims that a person has not finished."""
        return tuple(c for c in self.claims if c.unfinished)


def read_claims(
    path: Path, securities: Collection[str], baskets: Collection[str], events: Collection[str] | None = None
) -> Ledger:
    """Read and validate `path`, and readings.toml beside it if it is the study's own claims.toml.

    An absent file is an empty ledger.

    Every fault is a ClaimError with file, line and remedy. `securities`, `baskets` and `events` are the study's names;
    events are not checked where none are given.
    """
    if not path.exists():
        return Ledger()
    forms = Forms(frozenset(securities), frozenset(baskets), None if events is None else frozenset(events))
    tables = _known(read_tables(path), ("articles", "claims"))
    articles = tuple(_article(t) for t in tables["articles"])
    _check_unique(tables["articles"], "key")
    _check_unique(tables["claims"], "id")
    forms = forms.of_articles([a.key for a in articles])
    claims = tuple(claim_of(t, forms) for t in tables["claims"])
    beside = path.with_name(READINGS) if path.name == CLAIMS else None
    readings, disagreements = _readings(beside, forms, {c.id for c in claims})
    return Ledger(articles, claims, readings, disagreements)


def _readings(
    path: Path | None, forms: Forms, known: Collection[str]
) -> tuple[tuple[Reading, ...], tuple[Disagreement, ...]]:
    if path is None or not path.exists():
        return (), ()
    tables = _known(read_tables(path), ("readings", "disagreements"))
    _check_unique(tables["readings"], "key")
    _check_unique(tables["disagreements"], "key")
    return (
        tuple(_reading(t, forms) for t in tables["readings"]),
        tuple(_disagreement(t, forms, known) for t in tables["disagreements"]),
    )


def _article(table: Table) -> Article:
    keys = text_keys(table, Article)
    return Article(**keys)


def _reading(table: Table, forms: Forms) -> Reading:
    panels = tuple(
        claim_of(panel, forms, name=f"{table.values.get('key')}-{k}")
        for k, panel in enumerate(table.children("panels"), 1)
    )
    keys = text_keys(table, Reading, skip=("panels",))
    _check_articles(table, forms)
    if (section := keys.get("section", "")) not in ("", *SECTIONS):
        known = " and ".join(SECTIONS)
        raise fault(table, "section", f"the report has no section {section!r} for readings", f"It has {known}.")
    return Reading(**keys, panels=panels)


def _disagreement(table: Table, forms: Forms, known: Collection[str]) -> Disagreement:
    panels = tuple(
        claim_of(panel, forms, name=f"{table.values.get('key')}-{k}")
        for k, panel in enumerate(table.children("panels"), 1)
    )
    keys = text_keys(table, Disagreement, skip=("panels",))
    for claim in keys.get("claims", ()):
        if claim not in known:
            raise fault(table, "claims", f"there is no claim {claim!r}", "Name claims by their id in claims.toml.")
    return Disagreement(**keys, panels=panels)


def _check_articles(table: Table, forms: Forms) -> None:
    for article in table.values.get("articles", ()):
        if article not in forms.articles:
            raise fault(table, "articles", f"there is no article {article!r}", "Add an [[articles]] table for it.")


def _known(tables: Mapping[str, list[Table]], names: tuple[str, ...]) -> dict[str, list[Table]]:
    for name, found in tables.items():
        if name not in names:
            raise fault(found[0], None, f"unknown table {name!r}", f"The tables are {' and '.join(names)}.")
    return {name: tables.get(name, []) for name in names}


def _check_unique(tables: list[Table], key: str) -> None:
    seen: dict[Any, int] = {}
    for table in tables:
        value = table.values.get(key)
        if value in seen:
            raise fault(
                table, key, f"{key} {value!r} stands twice, first at line {seen[value]}", "Give one of the two another."
            )
        if value is not None:
            seen[value] = table.line_of(key)
