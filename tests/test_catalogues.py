"""The catalogues of words: each language holds what the program asks for, with a place for every value it is given."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from report_cases import catalogue_of

from eventwindow.report.html import environment
from eventwindow.report.language import LANGUAGES

SOURCE = Path(__file__).parents[1] / "src" / "eventwindow"
KEY = re.compile(r"[a-z_]+\.\w+")


def blanks(text: str) -> set[str]:
    """The names of the values that a text has places for."""
    return {re.split(r"[.\[]", field)[0] for _, field, _, _ in string.Formatter().parse(text) if field}


def asked(source: str) -> Iterator[tuple[str, set[str] | None]]:
    """Keys that a module asks for by name, with the values it gives; None where it gives them by `**`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args:
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            before = {"Reason": "reason.", "say": "", "text": ""}.get(called)
            given = {word.arg for word in node.keywords}
            for key in names(node.args[0]) if before is not None else ():
                if KEY.fullmatch(before + key):
                    yield before + key, None if None in given else given


def names(node: ast.expr) -> list[str]:
    """The texts that an argument may be: one, or one of two."""
    if isinstance(node, ast.IfExp):
        return names(node.body) + names(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


ASKED = [
    (path.relative_to(SOURCE).as_posix(), *one)
    for path in SOURCE.rglob("*.py")
    for one in asked(path.read_text("utf-8"))
]


def test_what_a_module_asks_for_is_found():
    source = 'words.say("a.b" if late else "a.c", n=3)\nReason("short", needed=1)\nwords.text("d.e", **held)\nax.text(0, 1, "x")'
    assert list(asked(source)) == [("a.b", {"n"}), ("a.c", {"n"}), ("reason.short", {"needed"}), ("d.e", None)]


def test_every_key_that_a_module_asks_for_is_in_the_catalogue():
    assert len(ASKED) > 100
    assert [(file, key) for file, key, _ in ASKED if key not in catalogue_of("en")] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_place_of_a_text_is_given_its_value(code):
    held = catalogue_of(code)
    lacking = [(f, key, blanks(held[key]) - given) for f, key, given in ASKED if given is not None and key in held]
    assert [row for row in lacking if row[2]] == []


def test_every_key_that_a_template_asks_for_is_in_the_catalogue():
    loader = environment().loader
    wanted = set()
    for name in environment().list_templates(extensions=["j2"]):
        source = loader.get_source(environment(), name)[0]
        wanted |= set(re.findall(r"""say\(["']([a-z_]+\.[A-Za-z_]+)["'](?! ~)""", source))
    assert wanted
    assert wanted - set(catalogue_of("en")) == set()


@pytest.mark.parametrize("code", LANGUAGES[1:])
def test_every_language_holds_the_same_keys_with_the_same_places(code):
    english, other = catalogue_of("en"), catalogue_of(code)
    assert set(english) ^ set(other) == set()
    joins = {"format.between_sentences"}  # Chinese sentences follow each other without a space
    assert [key for key, text in other.items() if not text and key not in joins] == []
    differ = {key for key, text in english.items() if blanks(text) != blanks(other[key])}
    assert {key for key in differ if not key.startswith(("format.", "unit."))} == set()  # dates and figures are its own
