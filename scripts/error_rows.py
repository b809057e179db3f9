"""Every message that a user can meet, read from the `raise` sites, as the tables of docs/errors.md.

python scripts/error_rows.py            print the messages that the page lacks
python scripts/error_rows.py --write    write the tables anew, below the marker
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from eventwindow.errors import catalogue
from eventwindow.study.toml import REMEDIES

ROOT = Path(__file__).parents[1]
SOURCE, PAGE = ROOT / "src" / "eventwindow", ROOT / "docs" / "errors.md"
MARKER = "<!-- from here on: python scripts/error_rows.py --write -->\n"
FAMILY = {"StudyError", "EventDateError", "WindowError", "PriceError", "ClaimError", "SourceError"}
DOORS = {
    "Studies, folders and commands": r"(scratch|cli|report|study/(?!ledger|claim|quality))",
    "Event dates, clock times and windows": r"calendars/",
    "Claims and readings": r"(study/(ledger|claim)|claims/)",
    "Prices and factors": r"(prices/|study/quality)",
    "Event lists and panels": r"panel/",
    "Drafting from articles": r"draft/",
    "Size and power": r"inference/(calibration|power|pseudo_events)",
    "The library": r"",
}


KINDS = {"calendars/dates.py": "StudyError"}  # of errors whose class is the caller's

# Where the code says all there is to a programmer, a reader of the page may want more.
OWN = {
    "it has a time of day": "Write the date alone; of an event, the clock time goes into the column `time`",
    "no date (found": "Write a date as 2025-01-27, without quotes",
    "is no date": "Write a date as 2025-01-27",
    "is no clock time": "Write a clock time as 08:30:00",
    "unknown column": "The nearest column is named; one that is only carried along stands in `labels`",
    "no stock of the study has prices": "Give prices of the study's stocks with --prices PATH, or try again later",
    "is no security of the panel": "Add it to the panel, or correct the name",
    "these are prices, not returns": 'Set `values = "prices"`, or turn them into returns',
    "these are returns in per cent": "Divide them by 100: returns are decimals",
    "no prices of": "Correct the symbol, or give its prices with --prices PATH",
    "unknown time zone": "The nearest name is given; New York is America/New_York",
    "session of the table of returns": "Give returns that reach the event, or another date",
    "needs simple returns": "Leave `kind` and `returns` at simple, or choose another model",
    "overlaps the event window": "End the estimation window before the event window starts",
    "answered with status": "Try again later, or give the factors as a file",
    "gave no data": "Try again later, or give the factors as a file",
    "library cannot be reached": "Check the network, or give the factors as a file",
    "lies outside the study's folder": "Put the file into the folder",
    "a chunk holds at least": "Give 1 or more",
    "returns a security; an event needs": "Give a longer history",
    "event windows that do not meet": "Give a longer history, or draw fewer firms",
    "no event has a fit": "Give another benchmark, fewer factors, longer returns, or a smaller minimum_returns",
    "no event holds the whole window": "Choose a shorter window, or returns that reach further",
    "that they were estimated from": "Make them with `abnormal_returns`; a result read from a file holds no returns",
    "no returns to hold and compare": "Make them with `abnormal_returns`",
    "no returns to fit a GARCH": "Make them with `abnormal_returns`",
    "there is no one model to refit": "Test the events of each model apart",
    "no bar of": "Check the symbol, and that times are in UTC",
    "is no column of the table of returns": "Add it, or correct the name",
    "finite weights with a positive sum": "Give one weight an event",
    "these events make no portfolio": "See the reason; members need the same days and one model",
    "no matter for the figure": "The study lacks what it shows; `result.plot` lists the others",
    "unknown key": "The nearest key is named",
    "unknown measure": "The nearest measure is named; all are in [measures](measures.md)",
    "unknown hedge": "The nearest hedge is named; all are in [verdicts](verdicts.md#which-word-a-figure-gets)",
    "this shipped figure is missing": "Install the package again",
    "is missing": "Add it; the message names what the measure needs",
    "no CSV or Parquet file": "One long table, one wide table, or one CSV a ticker",
    "holds no rows": "Give a header and one line a day",
    "no column": "Add one of those named, or rename the one that holds it",
    "not a manifest of figures": "Install the package again",
    "leads out of the folder": "Install the package again",
    "damaged: its SHA-256": "Install the package again",
    "not UTF-8 at byte": "Save it as UTF-8, for example: `iconv -f GB18030 -t UTF-8 OLD > NEW`",
}


class Message(NamedTuple):
    file: str
    kind: str
    what: str
    remedy: str

    @property
    def key(self) -> str:
        """The longest stretch of the message that does not change."""
        return max(re.split(r"…|\n", self.what), key=len).strip()


@cache
def messages() -> list[Message]:
    """Each once, in the order of the files."""
    found = [m for path in sorted(SOURCE.rglob("*.py")) for m in _of(path)]
    found += [
        Message("study/toml.py", "StudyError", f"{words or 'Input should be …'} (found …)", r)
        for kind, (words, r) in REMEDIES.items()
    ]
    return [m for m in dict.fromkeys(found) if len(m.key) > 3]


def _of(path: Path) -> Iterator[Message]:
    file = path.relative_to(SOURCE).as_posix()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = sorted(
        ((n.lineno, n.targets[0].id, n.value) for n in ast.walk(tree) if _is_text(n)),  # type: ignore[attr-defined]
        key=lambda one: one[0],
    )
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]

    def meant(node: ast.expr) -> ast.expr:
        """The text that a name stands for: the last one that the function gave it before."""
        if not isinstance(node, ast.Name):
            return node
        start = max((f.lineno for f in functions if f.lineno < node.lineno <= (f.end_lineno or 0)), default=0)
        before = [v for line, name, v in named if name == node.id and start < line < node.lineno]
        return before[-1] if before else node

    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            node.args = list(map(meant, node.args))
            for keyword in node.keywords:
                keyword.value = meant(keyword.value)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            name = node.func.id
            if name in FAMILY | {"kind"} and node.args:
                remedy = next((_text(k.value) for k in node.keywords if k.arg == "remedy"), "")
                yield Message(
                    file, name if name in FAMILY else KINDS.get(file, "PriceError"), _text(node.args[0]), remedy
                )
            elif name == "at" and len(node.args) > 1 and file.startswith(("study/", "panel/form")):
                yield Message(file, _of_table(file), _text(node.args[0]), _text(node.args[1]))
            elif name == "Clash":
                yield Message(file, "ClaimError", _text(node.args[1]), _text(node.args[2]))
            elif name == "ValueError" and node.args and file.endswith(("form.py", "forms.py")):
                what, _, remedy = _text(node.args[0]).partition("\n")
                yield Message(file, _of_table(file), what, remedy)


def _of_table(file: str) -> str:
    return "ClaimError" if file.startswith(("study/claim", "study/ledger")) else "StudyError"


def _is_text(node: ast.AST) -> bool:
    """Whether a message is given a name here."""
    simple = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    return simple and isinstance(node.value, (ast.JoinedStr, ast.Constant, ast.IfExp)) and len(_text(node.value)) > 2


def _text(node: ast.AST) -> str:
    """A message with … for what changes."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) for part in node.values)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Reason":
        return re.sub(r"\{[^}]*\}", "…", catalogue("en").words(f"reason.{_text(node.args[0])}"))
    if isinstance(node, ast.BinOp):
        return _text(node.left) + _text(node.right)
    if isinstance(node, ast.IfExp):
        return " / ".join(part for part in (_text(node.body), _text(node.orelse)) if part)
    return "…"


def tables() -> str:
    """Markdown: a section a door, a row a message."""
    left, out = messages(), []
    for door, pattern in DOORS.items():
        held = [m for m in left if re.match(pattern, m.file)]
        left = [m for m in left if m not in held]
        rows = dict.fromkeys(f"| {_cell(m.what)} | {_cell(_remedy(m))} | `{m.kind}` |" for m in held)
        out += [f"\n## {door}\n", "| message | what to do | kind |", "|---|---|---|", *rows]
    return "\n".join(out) + "\n"


def _remedy(m: Message) -> str:
    if m.remedy and not m.remedy.startswith(("…", "Did you mean")):
        return m.remedy
    return next((own for key, own in OWN.items() if key in m.what), m.remedy.strip("…"))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;").replace("[[", "\\[[").rstrip(".") or "—"


def lacking(page: str) -> list[Message]:
    """The messages whose unchanging part does not stand on the page."""
    return [m for m in messages() if _cell(m.key) not in page]


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    if "--write" in sys.argv:
        PAGE.write_text(text.split(MARKER)[0] + MARKER + tables(), encoding="utf-8")
    else:
        print(*(f"{m.file}: {m.what}" for m in lacking(text)), sep="\n")
