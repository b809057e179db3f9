"""The published schema of claims.toml is the one that the program reads by."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

from eventwindow.claims.measures import MEASURES
from eventwindow.study.claimforms import claim_form
from eventwindow.study.ledger import claims_schema

PUBLISHED = Path(__file__).parents[1] / "docs" / "claims.schema.json"


def test_the_published_schema_is_up_to_date():
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == json.loads(json.dumps(claims_schema(), default=str))


def test_the_schema_knows_every_key_of_a_claim():
    assert set(claims_schema()["$defs"]["claim"]["properties"]) == set(claim_form().model_fields)


def test_the_schema_knows_every_key_of_every_measure():
    rules = {
        rule["if"]["properties"]["measure"]["const"]: rule["then"]
        for rule in claims_schema()["$defs"]["claim"]["allOf"]
        if "const" in rule["if"]["properties"].get("measure", {})
    }
    keys = {
        name: {f.name for f in fields(measure)} - set(claim_form().model_fields) for name, measure in MEASURES.items()
    }
    assert {name: set(rule["properties"]) for name, rule in rules.items()} == keys
    assert {n: wrong for n, rule in rules.items() if (wrong := set(rule["required"]) - keys[n])} == {}
