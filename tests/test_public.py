"""The public surface: its names are there, documented by one rule, and their examples run."""

from __future__ import annotations

import doctest
import importlib
import inspect
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import eventwindow
from eventwindow.calendars.dates import check_sessions
from eventwindow.cli.main import main
from eventwindow.inference.registry import TESTS, NotComputed

API = Path(__file__).parents[1] / "docs" / "api.md"
NAMES = [name for name in eventwindow.__all__ if name != "__version__"]
HEADING = re.compile(r"^([A-Z][\w ]+)\n(-+)$", re.MULTILINE)
SECTIONS = ("Parameters", "Attributes", "Returns", "Yields", "Raises", "References", "Examples")
OF_THE_FIELD = [  # what a source must be named for
    "AbnormalReturns",
    "Cumulative",
    "abnormal_returns",
    "benjamini_hochberg",
    "calibrate",
    "car_regression",
    "firm_sq",
    "firm_t",
    "holm",
    "panel_study",
    "portfolio",
    "romano_wolf",
    "run_tests",
    "smallest_detectable_effect",
]


def sections(doc: str) -> dict[str, str]:
    """The numpydoc sections of a docstring, by heading; "" is what stands before the first."""
    first, *parts = HEADING.split(inspect.cleandoc(doc))
    found = {"": first.strip()}
    for heading, rule, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        assert len(rule) == len(heading), heading
        found[heading] = body.strip("\n")
    return found


def described(body: str) -> dict[str, str]:
    """Names of a section of parameters, each with its type; `a, b : int` are two, a line without a type has "" for it."""
    lines = [line for line in body.splitlines() if line and not line.startswith(" ")]
    parts = [line.partition(" : ") for line in lines]
    return {name.strip(): kind for names, _, kind in parts for name in names.split(",")}


def lacking(name: str, thing: object) -> list[str]:
    """What the docstring of a public name does not say."""
    found = sections(thing.__doc__ or "")
    wanted = ["Examples", *(["References"] if name in OF_THE_FIELD else [])]
    if inspect.isclass(thing):
        wanted += [] if {"Parameters", "Attributes"} & set(found) else ["Attributes"]
    else:
        wanted += ["Raises", *([] if "Yields" in found else ["Returns"])]
        given = list(inspect.signature(thing).parameters)
        if list(described(found.get("Parameters", ""))) != given and set(described(found["Parameters"])) != set(given):
            wanted.append(f"Parameters are {given}")
    said = [f"empty {heading or 'first line'}" for heading, body in found.items() if not body]
    order = [heading for heading in found if heading]
    unsorted = [] if order == sorted(order, key=SECTIONS.index) else ["the order of numpydoc"]
    return [section for section in wanted if section not in found] + said + unsorted


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_says_what_it_takes_gives_raises_and_rests_on(name):
    assert lacking(name, getattr(eventwindow, name)) == []


def test_a_docstring_without_a_section_is_found():
    def holm(p: list[float], level: float) -> None:
        """Adjusts.

        Parameters
        ----------
        p : list of float
            p-values.

        Raises
        ------
        """

    told = lacking("holm", holm)
    assert told == ["Examples", "References", "Returns", "Parameters are ['p', 'level']", "empty Raises"]


def test_there_are_25_to_30_names_sorted_and_importable():
    assert 25 <= len(NAMES) <= 30
    assert eventwindow.__all__ == sorted(eventwindow.__all__)
    assert sorted(eventwindow._HOME) == NAMES
    assert set(OF_THE_FIELD) <= set(NAMES)
    for name, home in eventwindow._HOME.items():
        assert getattr(eventwindow, name) is getattr(importlib.import_module(f"eventwindow.{home}"), name)
        assert getattr(eventwindow, name).__module__.startswith(f"eventwindow.{home}")
    with pytest.raises(AttributeError, match="no attribute 'event_study'"):
        _ = eventwindow.event_study


FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def ran(doc: str, name: str, names: dict[str, object]) -> doctest.TestResults:
    """How many examples failed and were tried; what they define is added to `names`."""
    test = doctest.DocTestParser().get_doctest(doc, names, name, None, None)
    tally = doctest.DocTestRunner(optionflags=FLAGS, verbose=False).run(test, clear_globs=False)
    names.update(test.globs)
    return tally


@pytest.fixture
def table(tmp_path, monkeypatch) -> dict[str, object]:
    """The table that the examples begin from, as the package's own docstring makes it, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    assert ran(eventwindow.__doc__, "eventwindow", names) == doctest.TestResults(0, 10)
    return names


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_of_a_public_name_run(name, table, capsys):
    failed, tried = ran(getattr(eventwindow, name).__doc__, name, table)
    assert (failed, tried > 0) == (0, True), capsys.readouterr().out


def test_an_example_that_prints_something_else_fails(table, capsys):
    assert ran(">>> ew.holm([0.01])\narray([0.02])\n", "holm", table).failed == 1
    assert "array([0.01])" in capsys.readouterr().out


def test_the_page_of_the_library_documents_these_names_and_no_others():
    named = re.findall(r"^::: (eventwindow[\w.]*)$", API.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(named) == len(set(named))
    assert sorted(named) == sorted(f"eventwindow.{eventwindow._HOME[name]}.{name}" for name in NAMES)


def test_help_api_prints_each_public_name_with_its_signature_and_what_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", "api"]) == 0
    told = capsys.readouterr().out
    assert ":::" not in told
    assert "run_tests(ar, window, tests=None)\n" in told
    for path in re.findall(r"^::: ([\w.]+)$", API.read_text(encoding="utf-8"), re.MULTILINE):
        module, _, name = path.rpartition(".")
        first = (inspect.getdoc(getattr(importlib.import_module(module), name)) or "").splitlines()[0]
        assert f"```python\n{name}" in told
        assert first in told


@pytest.fixture
def three() -> eventwindow.EventStudy:
    days = pd.bdate_range("2023-01-02", periods=140)
    returns = pd.DataFrame(np.random.default_rng(7).normal(0, 0.01, (140, 4)), days, ["MKT", "A", "B", "C"])
    events = pd.DataFrame({"security": ["A", "B", "C"], "date": days[120]})
    return eventwindow.abnormal_returns(returns, events, benchmark="MKT", estimation=(-110, -11), window=(-5, 5))


def test_tests_are_asked_for_by_name_or_by_line_of_the_registry(three: eventwindow.EventStudy) -> None:
    asked = (["bmp_t"], ["bmp_t", "bmp_t"], "bmp_t", [TESTS["bmp_t"]], ["bmp_t", TESTS["bmp_t"]])
    assert [[r.name for r in eventwindow.run_tests(three, 0, tests=tests)] for tests in asked] == [["bmp_t"]] * 5
    assert eventwindow.run_tests(three, 0, tests=[]) == []


@pytest.mark.parametrize(("name", "remedy"), [("bmp", "Did you mean 'bmp_t'"), ("BMP-T", "bmp_t"), (3, "Known are sq")])
def test_a_name_of_no_test_is_refused_with_the_nearest(
    three: eventwindow.EventStudy, name: object, remedy: str
) -> None:
    with pytest.raises(eventwindow.StudyError, match="there is no test") as caught:
        eventwindow.run_tests(three, 0, tests=[name])  # type: ignore[list-item]
    assert remedy in str(caught.value)


@pytest.mark.parametrize("same", [0, 14])
@pytest.mark.parametrize("firms", [1, 2, 40])
def test_each_test_that_is_not_valid_says_why(firms: int, same: int) -> None:
    days = pd.bdate_range("2019-01-01", periods=900)
    names = [f"S{k}" for k in range(firms)]
    noise = np.random.default_rng(firms).normal(0, 0.01, (900, firms + 1))
    events = pd.DataFrame({"security": names, "date": [days[200 + same * k] for k in range(firms)]})
    study = eventwindow.abnormal_returns(
        pd.DataFrame(noise, days, ["MKT", *names]), events, benchmark="MKT", estimation=(-110, -11), window=(-5, 5)
    )
    results = eventwindow.run_tests(study, (0, 0))
    told = {r.name: r.reason if isinstance(r, NotComputed) else r.note for r in results if not r.valid}
    assert [name for name, why in told.items() if not str(why or "")] == []
    assert "its size is not shown to hold in this design" in str(told["sign_z"])


def test_a_day_that_stands_twice_is_called_so_wherever_it_stands() -> None:
    days = pd.bdate_range("2023-01-02", periods=5)
    for index in (days.append(days[1:2]), days.insert(1, days[1])):
        with pytest.raises(eventwindow.StudyError, match="the date 2023-01-03 stands twice"):
            check_sessions(index, "prices.csv")
    with pytest.raises(eventwindow.StudyError, match="stands after a later date"):
        check_sessions(days[::-1], "prices.csv")
