"""The house: functions stay short, the package opens quickly.

Which room may import which is import-linter's to say, and how involved a function may be is ruff's (PL, C901).
"""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "eventwindow"
LONGEST = 50
HEAVY = {
    "exchange_calendars",
    "jinja2",
    "matplotlib",
    "numpy",
    "pandas",
    "pydantic",
    "rich",
    "scipy",
    "statsmodels",
    "yfinance",
}


def lengths(text: str) -> dict[str, int]:
    """Lines of the body of each function of a module, its docstring left out."""
    found = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            found[node.name] = body[-1].end_lineno - body[0].lineno + 1 if body else 0
    return found


def test_lengths_are_those_of_the_body():
    assert lengths('def f():\n    """Says."""\n    a = 1\n\n    return a\n\n\ndef g():\n    """Says."""\n') == {
        "f": 3,
        "g": 0,
    }


def test_functions_stay_short():
    files = {
        path.relative_to(SOURCE).as_posix(): lengths(path.read_text(encoding="utf-8")) for path in SOURCE.rglob("*.py")
    }
    assert len(files) > 50
    assert [(f, name, n) for f, found in files.items() for name, n in found.items() if n > LONGEST] == []


def test_the_rooms_that_the_page_describes_are_those_of_the_contract():
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = contract["contracts"][0]["layers"]
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").split("\n## The rooms\n")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == layers
    entries = {p.stem for p in SOURCE.iterdir() if (p / "__init__.py").is_file() or p.suffix == ".py"}
    assert entries == {*layers, "__init__", "__main__"}


def test_the_first_line_of_every_file_says_what_is_in_it_and_no_two_say_the_same():
    """ARCHITECTURE.md leads to them: a room a row, a file its first line."""
    first = {}
    for path in SOURCE.rglob("*.py"):
        told = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        first[path.relative_to(SOURCE).as_posix()] = told.partition("\n")[0]
    assert [file for file, told in first.items() if not told.endswith((".", ":"))] == []
    assert [file for file, told in first.items() if list(first.values()).count(told) > 1] == []


def test_help_imports_nothing_heavy():
    code = f"import sys, eventwindow.cli.main as c; c.parser().format_help(); print(sorted(set(sys.modules) & {HEAVY}))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def is_there(module: str, name: str) -> bool:
    """Whether a module holds a name, or a package a module of that name."""
    held = importlib.import_module(module)
    return hasattr(held, name) or (hasattr(held, "__path__") and find_spec(f"{module}.{name}") is not None)


def test_what_is_imported_of_the_package_inside_functions_is_there():
    """mypy reads `src` alone and a collector the top of a file: tests, scripts and benchmarks import below it too."""
    paths = [path for folder in ("tests", "scripts", "benchmarks") for path in sorted((ROOT / folder).glob("*.py"))]
    named = [
        (path.name, node.module, one.name)
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "eventwindow"
        for one in node.names
    ]
    assert len(named) > 300
    assert [told for told in named if not is_there(*told[1:])] == []


def test_pre_commit_gives_mypy_every_library_whose_types_it_reads():
    """On a new machine its environment holds what the hook names and nothing else."""
    overrides = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]["overrides"]
    untyped = {module.split(".")[0] for one in overrides for module in one["module"]}
    named = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                named |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                named.add(node.module.split(".")[0])
    read = named - set(sys.stdlib_module_names) - untyped - {"eventwindow"}
    hook = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8").split('["mypy>=1.11",')[1].split("]")[0]
    given = {name.strip().replace("-", "_") for name in hook.split(",")}
    bring = {"pandas": "pandas_stubs", "pydantic_core": "pydantic", "markupsafe": "jinja2"}
    assert "starlette" in read
    assert {bring.get(name, name) for name in read - {"keyring"}} <= given, "keyring is never there: a remark says so"
