"""Runs the examples of a page: commands, Python, and fragments of TOML laid into the files that they name."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r'^```(?P<kind>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<body>.*?)^```$', re.MULTILINE | re.DOTALL)
HEADER, KEY = re.compile(r"^\[+[\w.]+\]+"), re.compile(r"^\w+(?= *=)")


@dataclass(frozen=True)
class Block:
    kind: str
    title: str
    body: str
    line: int


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for match in FENCE.finditer(text):
        yield Block(match["kind"], match["title"] or "", match["body"], text.count("\n", 0, match.start()) + 1)


def run_page(page: Path) -> int:
    """Run a page's blocks in the working folder, from top to bottom; how many commands and snippets ran."""
    names: dict[str, object] = {}
    ran = 0
    for block in blocks(page):
        where = f"{page.name}, line {block.line}"
        if block.title.endswith(".toml"):
            path = Path(block.title)
            path.write_text(merged(path.read_text(encoding="utf-8"), block.body), encoding="utf-8")
        elif block.title:
            Path(block.title).write_text(block.body, encoding="utf-8")
        elif block.kind == "python":
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile("\n" * block.line + block.body, page.name, "exec"), names)
            ran += 1
        elif block.kind == "console":
            ran += sum(_ran(command, shown, where) for command, shown in _commands(block.body))
    return ran


def _commands(body: str) -> Iterator[tuple[str, list[str]]]:
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        command, *shown = part.splitlines()
        yield command, shown


def _ran(command: str, shown: list[str], where: str) -> bool:
    """Run one command in this process; every line that the page shows is among those it printed."""
    from eventwindow.cli.main import main

    program, *arguments = shlex.split(command)
    if program == "pip":
        return False
    assert program == "eventwindow", f"{where}: {command}"
    out, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        code = main(arguments)
    assert code in ((0, 3) if arguments[0] == "diff" else (0,)), f"{where}: {command}\n{errors.getvalue()}"
    printed = {" ".join(line.split()) for line in out.getvalue().splitlines()}
    for line in shown:
        assert " ".join(line.split()) in printed, f"{where}: {command} does not print {line!r} but\n{out.getvalue()}"
    return True


def merged(text: str, fragment: str) -> str:
    """`text` with the tables of `fragment`: keys of a table that it holds are replaced, other tables are added.

    A table of an array is the same where its first key is: id, symbol or name.
    """
    tables = re.split(r"^(?=\[)", text, flags=re.MULTILINE)
    for new in re.split(r"^(?=\[)", fragment, flags=re.MULTILINE)[1:]:
        header, *lines = [line for line in new.splitlines() if line.strip()]
        same = [i for i, held in enumerate(tables) if _is_same(held, header, lines[0])]
        if same:
            tables[same[0]] = _with(tables[same[0]], lines)
        else:
            tables.append(f"\n{header}\n" + "\n".join(lines) + "\n")
    return "".join(tables)


def _is_same(held: str, header: str, first: str) -> bool:
    found = HEADER.match(held)
    return bool(found) and found[0] == header and (not header.startswith("[[") or first in held.splitlines())


def _with(held: str, lines: list[str]) -> str:
    for line in lines:
        key = KEY.match(line)
        assert key, line
        held, count = re.subn(rf"^{key[0]} *=.*$", lambda _, line=line: line, held, count=1, flags=re.MULTILINE)
        if not count:
            head, rest = held.split("\n", 1)
            held = f"{head}\n{line}\n{rest}"
    return held
