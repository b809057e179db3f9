"""The catalogues of words: each language holds what the program asks for, with a place for every value it is given."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from report_cases import catalogue_of

from eventwindow.errors import catalogue
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


@pytest.fixture(scope="module")
def everywhere() -> list[tuple[str, str, set[str] | None]]:
    """What all modules ask for, with the file of each."""
    files = {path.relative_to(SOURCE).as_posix(): path.read_text("utf-8") for path in SOURCE.rglob("*.py")}
    return [(file, *one) for file, source in files.items() for one in asked(source)]


def test_what_a_module_asks_for_is_found():
    source = 'words.say("a.b" if late else "a.c", n=3)\nReason("short", needed=1)\nwords.text("d.e", **held)\nax.text(0, 1, "x")'
    assert list(asked(source)) == [("a.b", {"n"}), ("a.c", {"n"}), ("reason.short", {"needed"}), ("d.e", None)]


GIVEN = {  # where a reason stands
    **{"NotComputed": 1, "Exclusion": 3, "DayZero": 1, "Unavailable": 1, "NoFigure": 0},
    **{"BusyError": 0, "RefusedError": 0, "SourceError": 0},
}
NAMED = {"reason", "note", "why", "shift", "shifted", "problem", "lacking"}


def spoken(node: ast.AST | None) -> bool:
    """Whether an expression is, or may be, words in place of a key."""
    if isinstance(node, ast.IfExp):
        return spoken(node.body) or spoken(node.orelse)
    if isinstance(node, ast.JoinedStr):
        return any(re.search("[A-Za-z]", str(part.value)) for part in node.values if isinstance(part, ast.Constant))
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value


def sentences(source: str) -> Iterator[int]:
    """Lines that give words where a reason is asked for."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            at = GIVEN.get(getattr(node.func, "id", ""), len(node.args))
            told = [*node.args[at : at + 1], *(word.value for word in node.keywords if word.arg in NAMED)]
        elif isinstance(node, ast.Assign):
            names = {getattr(one, "id", getattr(getattr(one, "value", None), "id", "")) for one in node.targets}
            told = [node.value] if names & NAMED - {"note"} else []
        else:
            continue
        if any(map(spoken, told)):
            yield node.lineno


def test_words_in_place_of_a_reason_are_found():
    wrong = 'NotComputed(name, f"{n} left")\nreason[0] = "no return here"\nwhy = key if n else "one sided test"'
    assert list(sentences("note = Reason('one_sided')\n" * 3)) == []
    assert sorted(sentences(wrong + '\nrows.assign(note="too few bars")')) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "room", ["calendars", "estimation", "prices", "inference", "analyses", "claims", "study", "panel"]
)
def test_no_room_gives_words_in_place_of_a_reason(room):
    """A reason is a key with values: words stand in the catalogues, in every language."""
    found = {path.name: list(sentences(path.read_text("utf-8"))) for path in (SOURCE / room).rglob("*.py")}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_every_key_that_a_module_asks_for_is_in_the_catalogue(everywhere):
    assert len(everywhere) > 100
    assert [(file, key) for file, key, _ in everywhere if key not in catalogue_of("en")] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_place_of_a_text_is_given_its_value(code, everywhere):
    held = catalogue_of(code)
    asked = [one for one in everywhere if one[2] is not None and one[1] in held]
    lacking = [(file, key, blanks(held[key]) - given) for file, key, given in asked]
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


def test_chinese_writes_per_cent_without_a_space():
    """95%, one form throughout: in the catalogues and in the texts of the studies that ship."""
    lines = (SOURCE / "report" / "locale" / "zh_Hant.po").read_text(encoding="utf-8").splitlines()
    told = [line for line in lines if line.startswith("msgstr")]
    for path in sorted(SOURCE.glob("study/library/*/*.toml")):
        told += [line for line in path.read_text(encoding="utf-8").splitlines() if re.match(r"\w+_zh = ", line)]
    assert len(told) > 2000
    assert [line for line in told if re.search(r"\d %", line)] == []


def test_the_font_of_figures_and_cards_holds_every_character_of_ours():
    """Also those of the studies that ship: a text that is new may need `scripts/subset_font.py`."""
    with TTFont(SOURCE / "report" / "fonts" / "eventwindow-sans-tc.otf") as font:
        held = {chr(code) for code in font.getBestCmap()}
    texts = (*SOURCE.rglob("*.po"), *(SOURCE / "study" / "library").rglob("*.toml"))
    said = {path: path.read_text(encoding="utf-8") for path in texts}
    han = {path: re.findall(r"[\u2e80-\u9fff\uff00-\uffef]", text) for path, text in said.items()}
    assert {path: set(text) - held for path, text in han.items() if set(text) - held} == {}
    assert len(set().union(*han.values())) > 1000


@pytest.mark.parametrize(("code", "strange"), [("en", r"-\d|\d%"), ("zh-Hant", r"-\d|\d %")])
def test_a_number_that_words_format_is_written_as_everywhere(code, strange):
    """With the minus of print, and per cent as the language writes it."""
    words = catalogue(code)
    keys = [key for key, forms in words.forms.items() if any(re.search(r"\{\w+:[^}]*%\}", form) for form in forms)]
    assert len(keys) > 8
    for key in keys:
        said = words.text(key, **dict.fromkeys(blanks("".join(words.forms[key])), -0.4))
        assert "\u2212" in said
        assert not re.search(strange, said), said


@pytest.mark.parametrize("code", ["en", "zh-Hant"])
@pytest.mark.parametrize("kind", [int, float, np.float32, np.float64, np.int64, Decimal])
def test_a_number_of_any_kind_has_the_minus_of_print(code, kind):
    words = catalogue(code)
    assert str(words.shown(kind(-3))).startswith("\u22123")
    assert f"{words.shown(kind(-3)):.2f}" == "\u22123.00"
