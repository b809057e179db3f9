"""The house: functions stay short, the package opens quickly.

Which room may import which is import-linter's to say, and how involved a function may be is ruff's (PL, C901).
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src" / "eventwindow"
LONGEST = 50
HEAVY = {
    "arch",
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


def test_help_imports_nothing_heavy():
    code = f"import sys, eventwindow.cli.main as c; c.parser().format_help(); print(sorted(set(sys.modules) & {HEAVY}))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
