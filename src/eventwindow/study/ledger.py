"""The ledger of claims: claims.toml (and readings.toml beside it) → articles, claims, readings, validated at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import ValidationError

from eventwindow.claims.agreement import clash
from eventwindow.claims.measures import MEASURES
from eventwindow.claims.model import Claim
from eventwindow.claims.readings import Disagreement, Reading
from eventwindow.errors import ClaimError, stands
from eventwindow.prices.cache import RESERVED
from eventwindow.study.claimforms import ClaimTable, Names, Text, claim_form, claim_of, form_of, named, read_as
from eventwindow.study.form import Form, Slug, Source
from eventwindow.study.toml import Location, at, fault, line_of, read_toml, value_fault

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
    dated_zh: str = ""  # where the date is told in words
    outlet: str = ""  # who published it
    outlet_zh: str = ""
    published: date | None = None
    address: str = ""
    known_until: date | None = None  # the last day whose close it could know: later figures are context
    note_en: str = ""
    note_zh: str = ""


_Names = tuple[str, ...]
ArticleTable = Annotated[Any, read_as(Article, key=(Text, ...))]
ReadingTable = Annotated[
    Any,
    read_as(
        Reading,
        key=(Slug, ...),
        articles=(Annotated[_Names, named(Names.known_articles)], ...),
        section=(Annotated[str, named(Names.section)], ""),
    ),
]
DisagreementTable = Annotated[
    Any, read_as(Disagreement, key=(Slug, ...), claims=(Annotated[_Names, named(Names.known_claims)], ()))
]


class ClaimsFile(Form):
    articles: tuple[ArticleTable, ...] = ()
    claims: tuple[ClaimTable, ...] = ()


class ReadingsFile(Form):
    readings: tuple[ReadingTable, ...] = ()
    disagreements: tuple[DisagreementTable, ...] = ()


@dataclass(frozen=True, slots=True)
class Ledger:
    """All that was said: the articles, their claims, the readings they lean on, and where they disagree."""

    articles: tuple[Article, ...] = ()
    claims: tuple[Claim, ...] = ()
    readings: tuple[Reading, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()

    @property
    def unfinished(self) -> tuple[Claim, ...]:
        return tuple(c for c in self.claims if c.unfinished)


def read_claims(
    path: Path, securities: Collection[str], baskets: Collection[str], events: Collection[str] | None = None
) -> Ledger:
    """Read and validate `path`, and readings.toml beside it if it is the study's own claims.toml.

    An absent file is an empty ledger; readings without the claims that they lean on are a fault.

    Every fault is a ClaimError with file, line and remedy. `securities`, `baskets` and `events` are the study's names;
    events are not checked where none are given.
    """
    if not stands(path):
        if path.name == CLAIMS and stands(path.with_name(READINGS)):
            remedy = f"Its readings lean on claims: write {CLAIMS}, or remove it."
            raise ClaimError(f"there is no {CLAIMS} beside it", where=READINGS, remedy=remedy)
        return Ledger()
    names = Names(frozenset(securities), frozenset(baskets), None if events is None else frozenset(events))
    said = _read(path, ClaimsFile, names)
    claims, beside = said["claims"], path.with_name(READINGS)
    if path.name != CLAIMS or not stands(beside):
        return Ledger(said["articles"], claims)
    articles: dict[str, date | None] = {a.key: None for a in said["articles"]}
    names = replace(names, articles={**articles, "": None}, claims=frozenset(c.id for c in claims))
    return Ledger(said["articles"], claims, **_read(beside, ReadingsFile, names))


def _read(path: Path, form: type[Form], names: Names) -> dict[str, Any]:
    """The tables of a file, each claim with the line that it stands on."""
    data, text = read_toml(path)
    try:
        file = form.model_validate(data, context=_with_articles(names, data))
        tables = {name: getattr(file, name) for name in form.model_fields}
        for name, key in ((n, k) for n in tables for k in ("id", "key")):
            _check_unique(name, key, [getattr(t, key, None) for t in tables[name]], text)
        return {
            name: tuple(_placed(t, path.name, text, (name, k)) for k, t in enumerate(tables[name])) for name in tables
        }
    except ValidationError as error:
        raise fault(error, path, text, ClaimError) from None


def refusal(table: Mapping[str, Any]) -> str:
    """What `read_claims` would say against a claim's table in any study that holds its securities; empty if nothing."""
    symbols = [table.get("security", ""), *table.get("against", ()), *table.get("members", ())]
    names = Names(frozenset(symbols), articles={table["article"]: None})
    try:
        wrong = clash(claim_of(table, names))
    except ValidationError as error:
        return value_fault(error.errors()[0])[0]
    return wrong.what if wrong else ""


def _with_articles(names: Names, data: Mapping[str, Any]) -> Names:
    """The names with the articles of a claims.toml, whose claims speak of them."""
    tables = data.get("articles", ())
    held = [t for t in tables if isinstance(t, Mapping)] if isinstance(tables, list) else []
    known = {t["key"]: t.get("known_until") for t in held if isinstance(t.get("key"), str)}
    days = {key: day if isinstance(day, date) else None for key, day in known.items()}
    return replace(names, articles={**names.articles, **days})


def _check_unique(table: str, key: str, values: Sequence[object], text: str) -> None:
    """Each name may be that of a page: none is reserved, none twice, nor in other capitals, on Windows one file."""
    plain = [None if value is None else str(value).casefold() for value in values]
    for k, value in enumerate(values):
        if str(value).upper() in RESERVED:
            raise at(f"{key} {value!r} names no file on Windows", "Give it another.", table, k, key)
        if value is not None and plain[k] in plain[:k]:
            first = plain.index(plain[k])
            line = line_of(text, (table, first, key))
            remedy = "Give one of the two another."
            if values[first] == value:
                raise at(f"{key} {value!r} stands twice, first at line {line}", remedy, table, k, key)
            other = f"{values[first]!r} at line {line}"
            raise at(f"{key} {value!r} differs from {other} in capitals alone", remedy, table, k, key)


def _placed(table: Any, file: str, text: str, location: Location, whole: Claim | None = None) -> Any:
    """A table with its claims at file and line; what a claim states agrees with its texts, and those of its whole."""
    for key in ("parts", "panels"):
        of = table if isinstance(table, Claim) else None
        inner = enumerate(getattr(table, key, ()))
        if placed := tuple(_placed(claim, file, text, (*location, key, k), of) for k, claim in inner):
            table = replace(table, **{key: placed})
    if not isinstance(table, Claim):
        return table
    if wrong := clash(table, whole):
        raise at(wrong.what, wrong.remedy, *location, wrong.key)
    return replace(table, file=file, line=line_of(text, location))


def claims_schema() -> dict[str, Any]:
    """The JSON schema of claims.toml, for editors: where a claim names a measure, that measure's keys.

    A part is a claim that takes id, article and security from its claim.
    """
    own = claim_form().model_json_schema()
    article = form_of(Article, key=(Text, ...)).model_json_schema()
    claim = {
        "type": "object",
        "properties": own["properties"]
        | {"parts": {"type": "array", "items": {"$ref": "#/$defs/part"}, "minItems": 1}},
        "unevaluatedProperties": False,
        "allOf": [_of_measure(name, own["properties"]) for name in sorted(MEASURES)],
    }
    claim["properties"]["measure"] = {"enum": sorted(MEASURES)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "claims.toml",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "articles": {"type": "array", "items": article},
            "claims": {"type": "array", "items": {"$ref": "#/$defs/claim"}},
        },
        "$defs": {
            "claim": claim | {"required": own["required"]},
            "part": claim | {"required": ["text_en"]},
            "Source": Source.model_json_schema(),
        },
    }


def _of_measure(name: str, own: Mapping[str, Any]) -> dict[str, Any]:
    """Where a claim names this measure, its keys with their types, and those it cannot do without."""
    form = claim_form(name).model_json_schema()
    keys = {key: given for key, given in form["properties"].items() if key not in own}
    needed = [key for key in form["required"] if key in keys and key != "members"]
    return {
        "if": {"properties": {"measure": {"const": name}}, "required": ["measure"]},
        "then": {"properties": keys, "required": needed},
    }
