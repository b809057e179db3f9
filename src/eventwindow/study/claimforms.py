"""The forms of claims.toml and readings.toml: a key a field, read off the classes of claims, measures and readings."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    create_model,
    model_validator,
)
from pydantic import Field as Key

from eventwindow.claims.evidence import EventId, Members, SourceText, Span
from eventwindow.claims.evidence import Symbol as SymbolOf
from eventwindow.claims.measures import MEASURES
from eventwindow.claims.model import Claim, unmeasured
from eventwindow.claims.readings import SECTIONS
from eventwindow.claims.rules import BY_DIRECTION, SHARES, TESTED
from eventwindow.claims.strength import STRENGTHS
from eventwindow.study.form import Day, Form, Slug, Source, WindowField
from eventwindow.study.toml import at, nearest, shown

DIRECTIONS = {"up": 1.0, "down": -1.0}
LARGEST = 9_999  # of a whole number in a claim: a year, a rank, a number of sessions
NUMBER: dict[str, Any] = {"type": "number"}
RANGE = {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2}
BOTH = ("text", "open", "not_testable", "not_rated", "stand_in", "quoted", "note")
WAYS = ("measure", "open_en", "not_testable_en", "not_rated_en", "parts")
UNFINISHED = ("id", "article", "text_en", "text_zh", "place", "unfinished", "unfinished_zh")  # all that is read then
IN_CHINESE = {**{f"{stem}_zh": f"{stem}_en" for stem in BOTH}, "stated_text_zh": "stated_text"}


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a claim may use; events are not checked where none are given."""

    securities: frozenset[str] = frozenset()
    baskets: frozenset[str] = frozenset()
    events: frozenset[str] | None = None
    articles: Mapping[str, date | None] = field(default_factory=dict)  # key -> the last day that it could know
    claims: frozenset[str] = frozenset()

    def symbol(self, name: str, basket: bool = False) -> str:
        if name not in self.securities and not (basket and name in self.baskets):
            what = "neither security nor basket" if basket else "no security"
            raise ValueError(f"{name!r} is {what} of this study\nAdd a [[securities]] table for it to study.toml.")
        return name

    def members(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.symbol(name, basket=True) for name in names)

    def event(self, name: str) -> str:
        if self.events is not None and name not in self.events:
            raise ValueError(f"there is no event {name!r}\nThe study's events are {', '.join(sorted(self.events))}.")
        return name

    def article(self, name: str) -> str:
        if name not in self.articles:
            raise ValueError(f"there is no article {name!r}\nAdd an [[articles]] table with this key.")
        return name

    def known_articles(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(self.article, names))

    def known_claims(self, names: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [name for name in names if name not in self.claims]:
            raise ValueError(f"there is no claim {unknown[0]!r}\nName claims by their id in claims.toml.")
        return names

    def section(self, name: str) -> str:
        if name not in ("", *SECTIONS):
            raise ValueError(f"the report has no section {name!r} for readings\nIt has {' and '.join(SECTIONS)}.")
        return name


def named(check: Callable[[Names, Any], Any]) -> AfterValidator:
    return AfterValidator(lambda value, info: check(info.context, value))


def _stated(value: object) -> object:
    """A figure, or two of a range."""
    if isinstance(value, tuple):
        if len(value) != 2:
            raise ValueError("a range has two figures\nWrite stated = [low, high].")
        return tuple(_number(v) for v in value)
    return _number(value)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e18:
        raise ValueError(f"no number (found {shown(value)})\nWrite a number, decimals not per cent.")
    return float(value)


def _frozen(value: object) -> object:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


class Table(Form):
    """A table whose values are of the very type that its key asks for."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _tuples(cls, table: object) -> object:
        return {k: _frozen(v) for k, v in table.items()} if isinstance(table, Mapping) else table


def _claim(table: object, info: ValidationInfo) -> Claim:
    return claim_of(table, info.context or Names())


ClaimTable = Annotated[Any, PlainValidator(_claim), WithJsonSchema({"type": "object"})]
Figure = Annotated[Any, BeforeValidator(_stated), WithJsonSchema({"anyOf": [NUMBER, RANGE, {"type": "null"}]})]
Text = Annotated[str, Key(min_length=1)]
Step = Annotated[float, Key(gt=0, lt=1e18)]
# The types of the classes → how a value of the file is read as one.
READ: dict[Any, Any] = {
    date: Day,
    date | None: Day | None,
    int: Annotated[int, Key(ge=-LARGEST, le=LARGEST)],
    SymbolOf: Annotated[str, named(Names.symbol)],
    Members: Annotated[tuple[str, ...], named(Names.members)],
    EventId: Annotated[str, named(Names.event)],
    SourceText: Annotated[Source, AfterValidator(lambda source: source.text)],
    Span: Annotated[WindowField, AfterValidator(lambda window: (window.start, window.end))],
    tuple[Claim, ...]: tuple[ClaimTable, ...],
}
KEYS: dict[str, Any] = {  # of a claim, where the file holds something else than the class
    "id": (Slug, ...),
    "article": (Annotated[str, named(Names.article)], ...),
    "text_en": (Text, ...),
    "text_zh": (str, ""),
    "security": (Annotated[str, named(Names.symbol)], ""),
    "stated": (Figure, None),
    "direction": (Literal["up", "down"] | None, None),
    "precision": (Annotated[Step, Key(description="in place of the last digit: the step to read it at")] | None, None),
    "material": (Annotated[Step, Key(description="in place of that of its kind: what would matter")] | None, None),
    "strength": (Literal[*STRENGTHS] | None, None),
    "measure": (str | None, None),
}


def form_of(kind: type, skip: tuple[str, ...] = (), base: type[Form] = Table, **keys: Any) -> type[Form]:
    """The form of a table whose keys are the fields of a class, and `keys`."""
    hints = get_type_hints(kind, include_extras=True)
    read = {f.name: READ.get(hints[f.name], hints[f.name]) for f in fields(kind) if f.name not in skip}
    defaults = {f.name: ... if f.default is MISSING else f.default for f in fields(kind)}
    form: type[Form] = create_model(
        kind.__name__, __base__=base, **{key: (hint, defaults[key]) for key, hint in read.items()} | keys
    )
    return form


@cache
def claim_form(measure: str | None = None) -> type[Form]:
    """The keys of every claim; with those of a measure, which may need the claim's security."""
    own = form_of(Claim, ("measure_name", "known_until", "file", "line"), **KEYS) if measure is None else claim_form()
    return own if measure is None else form_of(MEASURES[measure], base=own)


def read_as(kind: type, **keys: Any) -> PlainValidator:
    """A table that is read as an object of a class; the panels inside take their names from its key."""
    form = form_of(kind, **keys)

    def read(table: object, info: ValidationInfo) -> Any:
        filled = within(table, "panels", "key", "-", {"article": ""}) if isinstance(table, Mapping) else table
        return kind(**fields_of(form.model_validate(filled, context=info.context), kind))

    return PlainValidator(read)


def fields_of(form: Form, kind: type) -> dict[str, Any]:
    return {f.name: getattr(form, f.name) for f in fields(kind) if f.name in type(form).model_fields}


def claim_of(table: object, names: Names) -> Claim:
    """The claim that a table states; a part takes article and security from it."""
    if not isinstance(table, Mapping):
        table = Table.model_validate(table).model_dump()
    if "verdict" in table:
        raise at("a verdict is computed from prices, never typed in", "Remove the key.", "verdict")
    if "unfinished" in table:
        return _unfinished(table, names)
    measure = _measure_of(table)
    form: Any = claim_form(measure).model_validate(_filled(table, measure), context=names)
    _check_ways(table)
    texts = {chinese: getattr(form, chinese) or getattr(form, english) for chinese, english in IN_CHINESE.items()}
    given = {"measure": None, "stated": None, "strength": form.strength or ""}
    known = names.articles.get(form.article)
    claim = Claim(**fields_of(form, Claim) | given | texts, known_until=known)
    if unmeasured(claim):
        return replace(claim, parts=tuple(replace(part, decides=False) for part in claim.parts))
    if not measure:
        return claim
    kind: Any = MEASURES[measure]
    measured = replace(claim, measure=kind(**fields_of(form, kind)), measure_name=measure)
    if form.strength:
        return _strong(table, form, measured)
    return replace(measured, stated=_figure(table, form))


def _strong(table: Mapping[str, Any], form: Any, claim: Claim) -> Claim:
    """A word of strength in place of a hedge: of the move of a day a direction, of a rank the figure it stands for."""
    kind, rank = MEASURES[claim.measure_name], STRENGTHS[form.strength].rank
    if "hedge" in table or "stated" in table:
        raise at("a word of strength is a hedge of its own", "Remove hedge and stated.", "strength")
    of_a_day = kind.one_session and kind.unit == "decimal" and claim.security and "until" not in table
    if kind.unit != "rank" if rank else not of_a_day:
        what = "a rank" if rank else "the move of one security on one day"
        raise at(f"{form.strength!r} is said of {what}", "Choose such a measure, or remove strength.", "measure")
    if rank:
        return replace(claim, hedge="among", stated=float(rank))
    return replace(claim, hedge="direction", stated=_direction(form, "direction"))


def _direction(form: Any, hedge: str) -> float:
    if form.direction is None:
        raise at(f"hedge {hedge!r} needs a direction", 'Write direction = "up" or "down".', "direction")
    return DIRECTIONS[form.direction]


def _unfinished(table: Mapping[str, Any], names: Names) -> Claim:
    """A drafted entry that a person has not finished: open for that reason, its other keys not read yet."""
    head = {k: table[k] for k in UNFINISHED if k in table}
    if head["unfinished"] == "":
        raise at("an unfinished entry says what is missing", "Write it, or finish the entry.", "unfinished")
    form: Any = claim_form().model_validate(head, context=names)
    return Claim(**fields_of(form, Claim) | {"text_zh": form.text_zh or form.text_en, "strength": ""})


def _measure_of(table: Mapping[str, Any]) -> str | None:
    name = table.get("measure")
    if name is not None and not (isinstance(name, str) and name in MEASURES):
        raise at(f"unknown measure {shown(name)}", nearest(str(shown(name)), MEASURES), "measure")
    return name


def _filled(table: Mapping[str, Any], measure: str | None) -> dict[str, Any]:
    """The table with what follows from it: its security alone are the members, if none are named."""
    filled = within(table, "parts", "id", ".", {k: table[k] for k in ("article", "security") if k in table})
    if measure and table.get("security") and "members" in claim_form(measure).model_fields:
        filled.setdefault("members", [table["security"]])
    parts = filled.get("parts")
    for k, part in enumerate(parts if isinstance(parts, list) else ()):
        if isinstance(part, Mapping) and "parts" in part:
            raise at("a part has no parts of its own", "Give them to the claim itself.", "parts", k, "parts")
    return filled


def within(table: Mapping[str, Any], key: str, name: str, joint: str, taken: Mapping[str, Any]) -> dict[str, Any]:
    """The table with what the tables at `key` take from it: an id after its own name, and the keys `taken`."""
    inner, stem = table.get(key), table.get(name)
    if not isinstance(inner, list) or not isinstance(stem, str):
        return dict(table)
    ids = [{"id": f"{stem}{joint}{k}", **taken} for k in range(1, len(inner) + 1)]
    return {**table, key: [{**i, **t} if isinstance(t, Mapping) else t for i, t in zip(ids, inner, strict=True)]}


def _check_ways(table: Mapping[str, Any]) -> None:
    for chinese, english in IN_CHINESE.items():
        if chinese in table and english not in table:
            raise at(f"{chinese} stands without {english}", "English first; Chinese is optional.", chinese)
    ways = [k for k in WAYS if k in table]
    if len(ways) != 1 and not (len(ways) == 2 and ways[1] == "parts" and ways[0] != "measure"):
        found = " and ".join(ways) or "none of them"
        raise at(f"a claim has one of {', '.join(WAYS[:-1])} and {WAYS[-1]} (found {found})", "Give one.")
    parts = table.get("parts")
    if ways == ["parts"] and parts is not None and not any(part.get("decides", True) for part in parts):
        raise at("no part decides", "Let one part decide; `decides = false` marks context.", "parts")


def _figure(table: Mapping[str, Any], form: Any) -> float | tuple[float, float] | None:
    name, hedge = table["measure"], form.hedge
    stated: float | tuple[float, float] | None = form.stated
    if hedge in TESTED and not MEASURES[name].tests:
        tested = ", ".join(n for n, m in MEASURES.items() if m.tests)
        raise at(f"measure {name!r} tests no effect", f"Those that do are {tested}.", "hedge")
    if hedge in BY_DIRECTION:
        return _direction(form, hedge)
    if hedge in SHARES:
        return None
    if stated is None:
        raise at(f"hedge {hedge!r} needs the stated figure", "Add stated = …")
    if isinstance(stated, tuple) != (hedge == "range"):
        what = "a range has two figures, any other statement one"
        raise at(what, "Write stated = [low, high] for a range.", "stated")
    return stated
