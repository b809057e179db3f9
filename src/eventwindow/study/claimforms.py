"""A table of claims.toml → a `Claim`: keys known, names held by the study, figures stated as the hedge needs them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import Any, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError

from eventwindow.claims.measures import MEASURES
from eventwindow.claims.model import Claim, Hedge, Kind, Measure
from eventwindow.claims.plausibility import impossible, in_decimals, misread
from eventwindow.errors import ClaimError
from eventwindow.study.faults import value_fault
from eventwindow.study.tomltables import Table

DIRECTIONS = {"up": 1.0, "down": -1.0}
OWN = {
    "id", "article", "security", "text_en", "text_zh", "stated_text", "stated_text_zh", "stated", "direction", "hedge",
    "precision", "material", "measure", "not_testable_en", "not_testable_zh", "quoted_en", "quoted_zh",
    "note_en", "note_zh", "decides", "stand_in_en", "stand_in_zh", "parts", "place", "unfinished",
}  # fmt: skip
IN_CHINESE = {f"{stem}_zh": f"{stem}_en" for stem in ("text", "not_testable", "stand_in", "quoted", "note")}
IN_CHINESE["stated_text_zh"] = "stated_text"
TESTED = ("effect", "no_effect")
NEEDS_PRECISION = ("exact", "range")
NEEDS_DIRECTION = ("direction", "effect")
SHARES = ("all", "most", "some", "no_effect")


@dataclass(frozen=True, slots=True)
class Forms:
    """The names that a claim may use."""

    securities: frozenset[str]
    baskets: frozenset[str]
    events: frozenset[str] | None = None
    articles: frozenset[str] = field(default_factory=frozenset)

    def of_articles(self, keys: Sequence[str]) -> Forms:
        return replace(self, articles=frozenset(keys))


def fault(table: Table, key: str | None, what: str, remedy: str) -> ClaimError:
    """An error at a key of the table, with file and line."""
    name = table.values.get("id") or table.values.get("key")
    where = f"{table.file}, line {table.line_of(key)}" + (f", {name}" if name else "") + (f", {key}" if key else "")
    return ClaimError(what, where=where, remedy=remedy)


def claim_of(table: Table, forms: Forms, parent: Claim | None = None, name: str = "") -> Claim:
    """The claim that a table states; a part takes article and security from its parent, a panel its id by `name`."""
    values = dict(table.values)
    if name or parent:
        values.setdefault("id", name)
        values.setdefault("article", parent.article if parent else "")
    if parent:
        values.setdefault("security", parent.security)
    if "unfinished" in values:
        return _unfinished(table, values, forms)
    _check_keys(table, values, inside=bool(name or parent))
    _check_names(table, values, forms, panel=bool(name) and not parent)
    head = _head(table, values)
    if not table.children("parts"):
        said = parent.stated_text if parent else ""
        return replace(head, **_measured(table, values, forms, said), file=table.file, line=table.line)
    whole = replace(head, file=table.file, line=table.line)
    parts = tuple(claim_of(part, forms, whole, f"{whole.id}.{k}") for k, part in enumerate(table.children("parts"), 1))
    if not any(p.decides for p in parts):
        raise fault(table, "parts", "no part decides", "Let one part decide; `decides = false` marks context.")
    return replace(whole, parts=parts)


def _unfinished(table: Table, values: Mapping[str, Any], forms: Forms) -> Claim:
    """A drafted entry that a person has not finished: not testable for that reason, its other keys not read yet."""
    for key in ("id", "article", "text_en", "unfinished"):
        if not (isinstance(values.get(key), str) and values[key]):
            raise fault(table, key, f"an unfinished entry needs {key}, a text", "Write it, or finish the entry.")
    _check_names(table, {"article": values["article"]}, forms, panel=False)
    kept: dict[str, Any] = {
        k: str(values[k]) for k in ("id", "article", "text_en", "place", "unfinished") if k in values
    }
    return Claim(
        **kept,
        text_zh=str(values.get("text_zh", values["text_en"])),
        file=table.file,
        line=table.line,
    )


def text_keys(table: Table, form: type, skip: tuple[str, ...] = ()) -> dict[str, Any]:
    """The keys of a table that is all text: no unknown one, none missing, lists as tuples."""
    known = {f.name: f for f in fields(form) if f.name not in skip}
    for key in table.values:
        if key not in known and key not in skip:
            raise fault(table, key, f"unknown key {key!r}", _nearest(key, known))
    for key, form_field in known.items():
        if key not in table.values and form_field.default is MISSING and form_field.default_factory is MISSING:
            raise fault(table, None, f"the key {key!r} is missing", "Add it.")
    kept = {k: tuple(v) if isinstance(v, list) else v for k, v in table.values.items() if k in known}
    for key, value in kept.items():
        if not isinstance(value, (str, tuple)):
            raise fault(table, key, f"{key} is no text (found {value!r})", "Write it in quotes.")
    return kept


def _check_keys(table: Table, values: Mapping[str, Any], inside: bool) -> None:
    if "verdict" in values:
        raise fault(table, "verdict", "a verdict is computed from prices, never typed in", "Remove the key.")
    for key in ("id", "text_en") if inside else ("id", "article", "text_en"):
        if key not in values:
            raise fault(table, None, f"the key {key!r} is missing", "Add it.")
    for chinese, english in IN_CHINESE.items():
        if chinese in values and english not in values:
            raise fault(table, chinese, f"{chinese} stands without {english}", "English first; Chinese is optional.")
    ways = [k for k in ("measure", "not_testable_en", "parts") if k in values]
    if len(ways) != 1:
        found = " and ".join(ways) or "none of them"
        raise fault(table, None, f"a claim has one of measure, not_testable_en and parts (found {found})", "Give one.")
    if "measure" not in values and (left := set(values) - OWN):
        key = sorted(left)[0]
        raise fault(table, key, f"unknown key {key!r}", _nearest(key, OWN))


def _check_names(table: Table, values: Mapping[str, Any], forms: Forms, panel: bool) -> None:
    article = values.get("article", "")
    if not panel and article not in forms.articles:
        raise fault(table, "article", f"there is no article {article!r}", "Add an [[articles]] table with this key.")
    if values.get("security"):
        _check_symbol(table, "security", values["security"], forms, basket=False)


def _check_symbol(table: Table, key: str, symbol: object, forms: Forms, basket: bool) -> None:
    if symbol in forms.securities or (basket and symbol in forms.baskets):
        return
    what = "neither security nor basket" if basket else "no security"
    raise fault(table, key, f"{symbol!r} is {what} of this study", "Add a [[securities]] table for it to study.toml.")


def _head(table: Table, values: Mapping[str, Any]) -> Claim:
    """All keys of a claim but those of its measure; a text that is given in English only stands in both languages."""
    texts = {k: values[k] for k in OWN & set(values) if k not in {"stated", "direction", "parts", "measure"}}
    for chinese, english in IN_CHINESE.items():
        texts.setdefault(chinese, values.get(english, ""))
    for key in ("precision", "material"):
        if key in texts:
            texts[key] = _number(table, key, texts[key])
    return Claim(**texts)


def _measured(table: Table, values: Mapping[str, Any], forms: Forms, said: str) -> dict[str, Any]:
    """Measure, hedge and stated figure; `said` is how the whole was said that a part belongs to."""
    if "measure" not in values:
        return {}
    name = values["measure"]
    if name not in MEASURES:
        raise fault(table, "measure", f"unknown measure {name!r}", _nearest(str(name), MEASURES))
    measure = _built(table, values, MEASURES[name], forms)
    hedge = values.get("hedge", "exact")
    if hedge not in get_args(Hedge):
        raise fault(table, "hedge", f"unknown hedge {hedge!r}", _nearest(str(hedge), get_args(Hedge)))
    if hedge in TESTED and not getattr(MEASURES[name], "tests", False):
        tested = ", ".join(n for n, m in MEASURES.items() if getattr(m, "tests", False))
        raise fault(table, "hedge", f"measure {name!r} tests no effect", f"Those that do are {tested}.")
    stated = _stated(table, values, hedge)
    _check_figures(table, values, MEASURES[name], None if hedge in NEEDS_DIRECTION else stated, said)
    return {"measure": measure, "measure_name": name, "hedge": hedge, "stated": stated}


def _check_figures(table: Table, values: Mapping[str, Any], measure: type[Kind], stated: Any, said: str) -> None:
    """What is stated can be what was `said`, in the unit of the measure."""
    figures = stated if isinstance(stated, tuple) else () if stated is None else (stated,)
    text = str(values.get("stated_text") or said or values["text_en"])
    if wrong := misread(measure, figures, text):
        raise fault(
            table,
            "stated",
            f"{wrong[0]:g} is not the {wrong[1]!r} of the text",
            "Write decimals and whole dollars: 17 % is 0.17, 593bn dollars are 593e9.",
        )
    if beyond := impossible(measure, figures, text):
        raise fault(
            table,
            "stated",
            f"{beyond:g} is a return of {100 * beyond:+.0f} %, and the text names none",
            "Write decimals, not per cent: 17 % is 0.17.",
        )
    for key in ("precision", "material"):
        if in_decimals(measure) and (step := _number(table, key, values.get(key, 0))) >= 1:
            raise fault(
                table,
                key,
                f"{step:g} is a step of {100 * step:.0f} %",
                "Write decimals, not per cent: a point is 0.01.",
            )


def _built(table: Table, values: Mapping[str, Any], form: type, forms: Forms) -> Measure:
    """The measure with the claim's own keys; `security` is the claim's, and `members` it alone if none are named."""
    known = {f.name: f for f in fields(form)}
    keys = {k: v for k, v in values.items() if k not in OWN}
    if "security" in known:
        keys["security"] = values.get("security", "")
    if "members" in known and "members" not in keys and values.get("security"):
        keys["members"] = [values["security"]]
    for key in keys:
        if key not in known:
            raise fault(table, key, f"unknown key {key!r}", _nearest(key, [*known, *OWN]))
    for key, entry in known.items():
        if not keys.get(key) and entry.default is MISSING and entry.default_factory is MISSING:
            remedy = f"A claim measured by {values['measure']!r} needs {', '.join(_required(form))}."
            raise fault(table, None, f"the key {key!r} is missing", remedy)
    _check_named(table, keys, form, forms)
    try:
        built: Measure = TypeAdapter(form).validate_python(keys)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = str(first["loc"][0])
        what, remedy = value_fault(first)
        raise fault(table, key, what, remedy) from None
    return built


def _required(form: type) -> list[str]:
    return [f.name for f in fields(form) if f.default is MISSING and f.default_factory is MISSING]


def _check_named(table: Table, keys: Mapping[str, Any], form: type, forms: Forms) -> None:
    """Securities, baskets and events that the measure's keys name are the study's."""
    for key, hint in get_type_hints(form, include_extras=True).items():
        kinds = getattr(hint, "__metadata__", ())
        if key not in keys or not kinds or not keys[key]:
            continue
        if kinds[0] == "event" and forms.events is not None and keys[key] not in forms.events:
            known = ", ".join(sorted(forms.events))
            raise fault(table, key, f"there is no event {keys[key]!r}", f"The study's events are {known}.")
        if kinds[0] in {"symbol", "members"}:
            named = keys[key] if isinstance(keys[key], list) else [keys[key]]
            for symbol in named:
                _check_symbol(table, key, symbol, forms, basket=kinds[0] == "members")


def _stated(table: Table, values: Mapping[str, Any], hedge: str) -> float | tuple[float, float] | None:
    """The figure stated, in the form that the hedge needs."""
    if hedge in NEEDS_DIRECTION:
        if values.get("direction") not in DIRECTIONS:
            raise fault(table, "direction", f"hedge {hedge!r} needs a direction", 'Write direction = "up" or "down".')
        return DIRECTIONS[values["direction"]]
    if hedge in SHARES:
        return None
    stated = values.get("stated")
    if stated is None:
        raise fault(table, None, f"hedge {hedge!r} needs the stated figure", "Add stated = …")
    if hedge in NEEDS_PRECISION and "precision" not in values:
        raise fault(table, "stated", "the precision is missing", "Add precision = the step of the last stated digit.")
    if hedge == "range":
        if not isinstance(stated, list) or len(stated) != 2:
            raise fault(table, "stated", "a range has two figures", "Write stated = [low, high].")
        return _number(table, "stated", stated[0]), _number(table, "stated", stated[1])
    return _number(table, "stated", stated)


def _number(table: Table, key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise fault(table, key, f"{key} is no number (found {value!r})", "Write a number, decimals not per cent.")
    return float(value)


def _nearest(key: str, known: Any) -> str:
    close = difflib.get_close_matches(key, list(known), n=1)
    return f"Did you mean {close[0]!r}?" if close else f"Known are {', '.join(sorted(known))}."
