"""The schemas that editors complete and check by: those of the code, true of what ships, strict about the rest."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from pathlib import Path

import pytest
from doc_blocks import blocks
from jsonschema import Draft202012Validator

import eventwindow
from eventwindow.panel.form import schema

DOCS = Path(__file__).parents[1] / "docs"
STUDIES = Path(eventwindow.__file__).parent / "study" / "library"


def published(name: str) -> dict:
    return json.loads((DOCS / f"{name}.schema.json").read_text(encoding="utf-8"))


def as_json(value):
    """What TOML holds and JSON does not: a date, as an editor hands it to its schema."""
    if isinstance(value, dict):
        return {k: as_json(v) for k, v in value.items()}
    if isinstance(value, list):
        return [as_json(v) for v in value]
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


def faults(name: str, text: str) -> list[str]:
    errors = Draft202012Validator(published(name)).iter_errors(as_json(tomllib.loads(text)))
    return [f"{e.json_path}: {e.message}" for e in errors]


def panel_example() -> str:
    return next(b.body for b in blocks(DOCS / "panels.md") if b.kind == "toml" and "[event_list]" in b.body)


WRITTEN = {
    "study, shipped": ("study", (STUDIES / "deepseek_2025" / "study.toml").read_text(encoding="utf-8")),
    "study, new": ("study", (STUDIES / "template" / "study.toml").read_text(encoding="utf-8").replace("{name}", "x")),
    "claims, shipped": ("claims", (STUDIES / "deepseek_2025" / "claims.toml").read_text(encoding="utf-8")),
    "claims, new": ("claims", (STUDIES / "template" / "claims.toml").read_text(encoding="utf-8")),
    "panel, of the page": ("panel", panel_example()),
}


def test_the_published_schema_of_an_event_list_is_that_of_the_code():
    assert published("panel") == schema()


@pytest.mark.parametrize("name", ["study", "claims", "panel"])
def test_a_published_schema_is_a_schema(name):
    Draft202012Validator.check_schema(published(name))


@pytest.mark.parametrize("name", ["study", "claims", "panel"])
def test_a_default_that_an_editor_fills_in_is_valid(name):
    whole = published(name)
    filled = list(defaults(whole))
    assert filled
    for form in filled:
        assert not list(Draft202012Validator(form | {"$defs": whole["$defs"]}).iter_errors(form["default"]))


def defaults(part):
    """Every form of the schema that has a default."""
    if isinstance(part, dict):
        if "default" in part and ({"type", "anyOf", "$ref", "enum"} & set(part)):
            yield part
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from defaults(inner)


@pytest.mark.parametrize("what", WRITTEN)
def test_what_ships_and_what_the_pages_show_is_valid(what):
    assert faults(*WRITTEN[what]) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[event_list]", "[event_list]\nchunks = 3", "'chunks' was unexpected"),
        ('file = "events.parquet"', "", "'file' is a required property"),
        ("report = [[0, 0], [0, 1]]", "report = [[0, 0, 1]]", "is too long"),
        ("[event_list]", '[[securities]]\nsymbol = "A"\n\n[event_list]', "'securities' was unexpected"),
    ],
)
def test_a_fault_in_an_event_list_is_seen_by_an_editor(old, new, told):
    text = panel_example()
    assert old in text
    (fault,) = faults("panel", text.replace(old, new))
    assert told in fault
