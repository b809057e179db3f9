"""The published schema of claims.toml is the one that the program reads by."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest

from eventwindow.claims.measures import MEASURES
from eventwindow.study.claimforms import OWN
from eventwindow.study.claimschema import claims_schema

PUBLISHED = Path(__file__).parents[1] / "docs" / "claims.schema.json"


def test_the_published_schema_is_up_to_date():
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == json.loads(json.dumps(claims_schema(), default=str))


def test_the_schema_knows_every_key_of_a_claim():
    assert set(claims_schema()["$defs"]["claim"]["properties"]) == OWN


@pytest.mark.parametrize("name", MEASURES)
def test_the_schema_knows_every_key_of_every_measure(name):
    rules = claims_schema()["$defs"]["claim"]["allOf"]
    rule = next(r["then"] for r in rules if r["if"]["properties"]["measure"]["const"] == name)
    keys = {f.name for f in fields(MEASURES[name])} - {"security"}
    assert set(rule["properties"]) == keys
    assert set(rule["required"]) <= keys
