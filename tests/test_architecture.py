"""The house: arrows point one way, files stay short, heavy imports stand where they are needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "eventwindow"
EDGE_IN = {
    "faults",
    "tomlfile",
    "tomltables",
    "claimforms",
    "claimschema",
    "study",
    "studyform",
    "ledger",
    "draft",
    "lanes",
    "prices",
    "studies",
    "inputs",
    "quality",
    "eventlist",
}
EDGE_OUT = {
    "check",
    "panelrun",
    "run",
    "stages",
    "further",
    "result",
    "provenance",
    "output",
    "terminal",
    "report",
    "cli",
    "__init__",
    "__main__",
}
CORE_LIBRARIES = {"numpy", "scipy", "pandas"}
BY_NAME = {"timeline": {"exchange_calendars"}, "inference": {"statsmodels"}, "models": {"arch"}}
MODULES = sorted(SOURCE.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


CORE = [path for path in MODULES if room(path) not in EDGE_IN | EDGE_OUT]
INWARD = [path for path in MODULES if room(path) in EDGE_IN]


def shown(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def imported(path: Path) -> set[str]:
    """Dotted names of everything that a file imports, wherever the import stands."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(str(node.module))
    return names


def ours(names: set[str]) -> set[str]:
    return {name.split(".")[1] if "." in name else "__init__" for name in names if name.split(".")[0] == "eventwindow"}


@pytest.mark.parametrize("path", CORE, ids=shown)
def test_the_core_reads_no_edge(path):
    assert not ours(imported(path)) & (EDGE_IN | EDGE_OUT)


@pytest.mark.parametrize("path", INWARD, ids=shown)
def test_the_edge_that_reads_knows_nothing_of_the_edge_that_writes(path):
    assert not ours(imported(path)) & EDGE_OUT


@pytest.mark.parametrize("path", CORE, ids=shown)
def test_the_core_needs_arrays_and_tables_only(path):
    foreign = {name.split(".")[0] for name in imported(path)} - set(sys.stdlib_module_names) - {"eventwindow"}
    assert foreign <= CORE_LIBRARIES | BY_NAME.get(room(path), set())


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_files_and_functions_stay_short(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            assert not body or body[-1].end_lineno - body[0].lineno < 50, node.name


def test_help_imports_nothing_heavy():
    heavy = "{'numpy','pandas','pydantic','matplotlib','scipy','yfinance','statsmodels','exchange_calendars','rich','jinja2'}"
    code = f"import sys, eventwindow.cli.main as c; c.parser().format_help(); print(sorted(set(sys.modules) & {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_public_names_are_sorted_and_importable():
    import eventwindow

    assert eventwindow.__all__ == sorted(eventwindow.__all__)
    for name in eventwindow.__all__:
        assert getattr(eventwindow, name) is not None
