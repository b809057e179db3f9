"""The JSON schema of claims.toml, for editors: a claim's own keys, and those of the measure that it names."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any, get_args

from pydantic import TypeAdapter

from eventwindow.claims.measures import MEASURES
from eventwindow.claims.model import Hedge
from eventwindow.study.claimforms import DIRECTIONS, OWN
from eventwindow.study.ledger import Article

NUMBER = {"type": "number"}
TYPES: dict[str, dict[str, Any]] = {
    "stated": {"anyOf": [NUMBER, {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2}]},
    "direction": {"enum": list(DIRECTIONS)},
    "hedge": {"enum": list(get_args(Hedge)), "default": "exact"},
    "precision": {**NUMBER, "exclusiveMinimum": 0, "description": "the step of the last stated digit"},
    "material": {**NUMBER, "exclusiveMinimum": 0, "description": "the smallest effect that the statement can mean"},
    "measure": {"enum": sorted(MEASURES)},
    "decides": {"type": "boolean", "default": True},
    "parts": {"type": "array", "items": {"$ref": "#/$defs/part"}, "minItems": 1},
}


def claims_schema() -> dict[str, Any]:
    """Two arrays of tables, [[articles]] and [[claims]]; a part of a claim is a claim that needs no id."""
    own = {key: TYPES.get(key, {"type": "string"}) for key in sorted(OWN)}
    claim = {"type": "object", "properties": own, "allOf": [_keys_of(name) for name in sorted(MEASURES)]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "claims.toml",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "articles": {"type": "array", "items": _article()},
            "claims": {"type": "array", "items": {"$ref": "#/$defs/claim"}},
        },
        "$defs": {
            "claim": {**claim, "required": ["id", "article", "text_en"]},
            "part": {**claim, "required": ["text_en"]},
        },
    }


def _article() -> dict[str, Any]:
    texts = {f.name: {"type": "string"} for f in fields(Article)}
    return {"type": "object", "additionalProperties": False, "properties": texts, "required": ["key", "title_en"]}


def _keys_of(name: str) -> dict[str, Any]:
    """Where a claim names this measure, the measure's keys with their types, and those it cannot do without."""
    form = TypeAdapter(MEASURES[name]).json_schema()
    keys = {key: {k: v for k, v in given.items() if k != "title"} for key, given in form["properties"].items()}
    keys.pop("security", None)
    needed = [f.name for f in fields(MEASURES[name]) if f.default is MISSING and f.name not in {"security", "members"}]
    return {
        "if": {"properties": {"measure": {"const": name}}, "required": ["measure"]},
        "then": {"properties": keys, "required": needed},
    }
