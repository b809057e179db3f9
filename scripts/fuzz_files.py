"""Whether every file that a user may bring is read or refused in words: mutated files of every kind, read in process.

python scripts/fuzz_files.py [--inputs 10000] [--from 0] [--seed 18] [--kind KIND]

Each input is a good file of a kind with a few mutations of its values, lines, cells or bytes, under a fixed seed. The
reader of that kind may read it or refuse it as a StudyError or an OSError, which the command line prints in words; any
other error is raw. An answer that takes more than 10 seconds of the processor is slow. The last line counts them.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import functools
import gzip
import io
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("EVENTWINDOW_CORES", "1")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from workbooks import write_xlsx

from eventwindow.claims.readings import weigh
from eventwindow.claims.verdicts import judge
from eventwindow.draft.articles import read as read_article
from eventwindow.draft.verify import verify_study
from eventwindow.errors import StudyError
from eventwindow.panel.events import event_list, read_events
from eventwindow.panel.form import PanelStudy, open_study
from eventwindow.panel.own_sessions import Exchanges
from eventwindow.panel.source import ONE, Own
from eventwindow.panel.tiles import staged_panel
from eventwindow.prices.factors import read_factors
from eventwindow.prices.files import read_prices
from eventwindow.prices.study_tables import study_table
from eventwindow.study.definition import read_study
from eventwindow.study.estimates import estimated
from eventwindow.study.ledger import read_claims
from eventwindow.study.load import read_inputs

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "src" / "eventwindow" / "study" / "library"
CASES = ROOT / "tests" / "cases"
LIMIT = 10.0
Chance = random.Random
Table = list[list[str]]

VALUES = (
    *(
        '""',
        '"x"',
        "true",
        "[]",
        "{}",
        "[[]]",
        '["a", "b"]',
        "[1, 2]",
        "{a = 1}",
        '[{id = "a"}]',
        "0",
        "-1",
        "3",
        "1e308",
    ),
    *("nan", "inf", "-inf", "1e-320", "9" * 25, "9" * 5000, "0x7fffffffffffffffff", "2024-05-24", "0001-01-01"),
    *("9999-12-31", "2263-01-01", "1677-01-01", "2024-05-24T12:00:00", "2024-05-24T12:00:00Z", "25:00:00", "12:00:00"),
    *(
        '"2024-05-24"',
        '"9999-12-31"',
        '"２０２４"',
        '"NVDA"',
        '"SPY"',
        '"day_return"',
        '"\\u0000"',
        '"\\ud800"',
        '"\\U0001F600"',
    ),
    *(
        '"$x_1^2$"',
        '"<script>"',
        '"a\\nb"',
        '"' + "x" * 3000 + '"',
        '"' + "嗨" * 300 + '"',
        "''",
        '"none"',
        '"../../x"',
    ),
    *("[" * 50 + "]" * 50, "[" * 3000 + "]" * 3000, "{a=" * 900 + "1" + "}" * 900, '"-0"', '["NVDA", 3]', '[["NVDA"]]'),
)
CELLS = (
    *(
        "",
        " ",
        "NA",
        "nan",
        "inf",
        "-inf",
        "1e400",
        "1e308",
        "-1",
        "0",
        "1,5",
        "1.234,5",
        "١٢٣",
        "9" * 5000,
        "0x10",
        "1_000",
    ),
    *(
        "2024-05-24",
        "24/05/2024",
        "0001-01-01",
        "9999-12-31",
        "2263-01-01",
        "1677-01-01",
        "2024-02-30",
        "20240524",
        "45000",
    ),
    *(
        "2024-05-24 16:00",
        "2024-05-24T16:00:00+99:00",
        "2024-05-24T16:00:00Z",
        "16:30",
        "25:00",
        "America/New_York",
        "ET",
    ),
    *(
        "XNYS",
        "next",
        "A",
        "a",
        "嗨" * 50,
        "x" * 70000,
        '"',
        '""',
        "'",
        "a\nb",
        "=1+1",
        "\ufeff",
        "\u202e",
        "True",
        "[1]",
        "12%",
    ),
)
MARKS = (
    "\x00",
    "\ufeff",
    "\r",
    "\u2028",
    "\x1a",
    "\x85",
    '"',
    "'",
    "[",
    "]",
    "{",
    "}",
    "=",
    ",",
    ";",
    "\t",
    "#",
    "\\",
    "\n\n",
)


class TooLong(BaseException):
    """An answer that took more than the limit."""


def of_toml(text: str, chance: Chance) -> str:
    """One change of a TOML text."""
    lines = text.splitlines()
    place = chance.randrange(len(lines))
    match chance.randrange(14):
        case 0:
            del lines[place]
        case 1:
            lines.insert(chance.randrange(len(lines)), lines[place])
        case 2:
            at = chance.randrange(len(lines[place]) + 1)
            lines[place] = lines[place][:at] + chance.choice(MARKS) + lines[place][at:]
        case 3:
            lines[place] = re.sub(r"^[\w.\"-]+ =", f"{chance.choice(KEYS)} =", lines[place])
        case _:
            given = [k for k, line in enumerate(lines) if re.match(r"\s*[\w.\"-]+ = ", line)]
            place = chance.choice(given) if given else place
            value = chance.choice(VALUES) if chance.random() < 0.5 else _another(lines, place, given, chance)
            lines[place] = re.sub(r"= .*", lambda _: f"= {value}", lines[place])
    return "\n".join(lines) + "\n"


KEYS = (
    "id",
    "key",
    "date",
    "x",
    '""',
    "a.b",
    "symbol",
    "security",
    "measure",
    "name",
    "value",
    "members",
    "parts",
    "event",
)


def _another(lines: list[str], place: int, given: list[int], chance: Chance) -> str:
    """The value of another line, of the same key where there is one."""
    key = lines[place].partition(" = ")[0]
    same = [k for k in given if lines[k].startswith(f"{key} = ")] if chance.random() < 0.6 else given
    return lines[chance.choice(same or [place])].partition(" = ")[2] or "0"


def of_text(text: str, chance: Chance) -> str:
    """One change of plain text."""
    at, end = sorted(chance.randrange(len(text) + 1) for _ in range(2))
    match chance.randrange(5):
        case 0:
            return text[:at] + chance.choice((*MARKS, *CELLS)) + text[at:]
        case 1:
            return text[:at] + text[end:] if end - at < len(text) / 2 else text[at:end]
        case 2:
            return text[:at] + text[at:end] * chance.choice((2, 5)) + text[end:]
        case 3:
            return re.sub(r"\d+", lambda m: chance.choice((m[0], "9" * 400, "0", "1e5", "")), text)
    return text[:at] + chance.choice(("<p>", "<!--", "<script>", "&#0;", "&#x110000;", "<time datetime=x>")) + text[at:]


def of_table(table: Table, chance: Chance) -> Table:
    """One change of cells, rows or columns."""
    table = [list(row) for row in table]
    row = chance.randrange(len(table)) if chance.random() < 0.8 else 0
    column = chance.randrange(max(map(len, table)))
    match chance.randrange(8):
        case 0:
            del table[row]
        case 1:
            table.insert(chance.randrange(len(table) + 1), list(table[row]))
        case 2:
            table = [[cell for k, cell in enumerate(line) if k != column] for line in table]
        case 3:
            table[row] = table[row][: chance.randrange(len(table[row]) + 1)]
        case 4:
            table = [
                line[:column] + [line[column]] * 2 + line[column + 1 :] if column < len(line) else line
                for line in table
            ]
        case 5:
            cell = chance.choice(CELLS)
            table = [[*line[:column], cell, *line[column + 1 :]] if k else line for k, line in enumerate(table)]
        case _:
            if column < len(table[row]):
                table[row][column] = chance.choice(CELLS)
    return table or [[""]]


def of_bytes(raw: bytes, chance: Chance) -> bytes:  # noqa: PLR0911
    """One change of bytes: cut off, turned, put in, or packed."""
    at, end = sorted(chance.randrange(len(raw) + 1) for _ in range(2))
    match chance.randrange(9):
        case 0:
            return raw[:at]
        case 1:
            return raw[:at] + bytes(chance.randrange(256) for _ in range(chance.randrange(1, 9))) + raw[at:]
        case 2:
            return raw[:at] + raw[end:]
        case 3:
            return (
                chance.choice(
                    (b"\xff\xfe", b"\xef\xbb\xbf", b"PK\x03\x04", b"\x1f\x8b\x08", b"PAR1", b"\xd0\xcf\x11\xe0")
                )
                + raw
            )
        case 4:
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
                out.writestr(chance.choice(("a.csv", "../a.csv", "xl/workbook.xml", "a/b")), raw)
            return packed.getvalue()
        case 5:
            return gzip.compress(raw, mtime=0)[: None if chance.random() < 0.5 else -5]
    held = bytearray(raw)
    for _ in range(chance.randrange(1, 6)):
        if held:
            held[
                chance.randrange(len(held)) if chance.random() < 0.5 else -chance.randrange(1, min(len(held), 400) + 1)
            ] = chance.randrange(256)
    return bytes(held)


def of_columns(table: pa.Table, chance: Chance) -> pa.Table:
    """One change of a Parquet table: a column of another type, a spoilt note of pandas, columns doubled or lost."""
    column = chance.randrange(table.num_columns)
    name, held = table.column_names[column], table.column(column)
    n = table.num_rows
    match chance.randrange(6):
        case 0:
            spoilt = chance.choice(
                (b"{", b"[]", b"null", b"3", b'{"columns": 3}', b'{"index_columns": ["x"]}', b"\xff", b"{}")
            )
            return table.replace_schema_metadata({chance.choice((b"pandas", b"eventwindow")): spoilt})
        case 1:
            return table.append_column(chance.choice((name, "", "index_level_0", "date", name.upper())), held)
        case 2:
            return table.remove_column(column) if table.num_columns > 1 else table.slice(0, 0)
        case 3:
            return pa.concat_tables([table, table.slice(chance.randrange(n or 1), 3)])
    made: list[Any] = [
        *([[1.0]] * n, [{"a": 1}] * n, [b"\xff"] * n, [None] * n, [True] * n, [dt.date(9999, 1, 1)] * n, [2**62] * n),
        *([dt.timedelta(1)] * n, [dt.time(1)] * n, ["x"] * n, [float("nan")] * n, [dt.datetime(1, 1, 1)] * n),
    ]
    types = [None] * len(made)
    if chance.random() < 0.3:
        with contextlib.suppress(pa.ArrowException, ValueError, TypeError):
            to = chance.choice(
                (pa.string(), pa.timestamp("ns", "Asia/Taipei"), pa.date64(), pa.decimal128(38, 2), pa.float16())
            )
            return table.set_column(column, name, held.cast(to, safe=False))
    k = chance.randrange(len(made))
    return table.set_column(column, name, pa.array(made[k], types[k]))


def saved(table: Table, path: Path, chance: Chance) -> None:
    """A table of texts as CSV, workbook or Parquet, whatever its ending asks for."""
    if path.suffix == ".xlsx":
        with contextlib.suppress(IndexError):
            write_xlsx(
                path,
                [[_cell(cell) for cell in row] for row in table[:400]],
                *([[["x"]]] if chance.random() < 0.1 else []),
            )
    elif path.suffix == ".parquet":
        width = len(table[0])
        rows = [row for row in table[1:] if len(row) == width]
        made = pa.table(
            [pa.array([_cell(row[k]) for row in rows], _kind([_cell(r[k]) for r in rows])) for k in range(width)],
            table[0],
        )
        for _ in range(chance.randrange(3)):
            made = of_columns(made, chance)
        pq.write_table(made, path)
    else:
        mark = chance.choice((",", ",", ",", ";", "\t"))
        path.write_text("\n".join(mark.join(row) for row in table) + "\n", encoding="utf-8", errors="replace")


def _cell(text: str) -> object:
    try:
        return float(text) if re.fullmatch(r"-?\d+\.?\d*", text) and len(text) < 300 else text
    except ValueError:
        return text


def _kind(cells: list[object]) -> pa.DataType:
    return pa.float64() if all(isinstance(cell, float) for cell in cells) else pa.string()


@functools.cache
def table_of(name: str) -> Table:
    """The rows of a good file of that kind."""
    rows = {
        "prices": (CASES / "_base" / "prices.csv").read_text(),
        "events": "event,security,date,time,zone,exchange,session,group,benchmark\n"
        + "".join(f"e{k},S{k % 3},2024-05-{10 + k},16:30,America/New_York,XNYS,next,g{k % 2},MKT\n" for k in range(12)),
        "panel": (CASES / "_panel_clean" / "panel.csv").read_text(),
        "shares": "symbol,as_of,shares,source,note\nNVDA,2024-11-20,24490000000,10-Q,\n"
        "TSM,2024-12-31,25930000000,20-F,x\n",
        "weights": "date,index,symbol,weight,source\n2025-01-24,SPX,NVDA,0.066,x\n2025-01-24,SPX,AAPL,0.07,x\n",
        "megacaps": "date,symbol,close\n2025-01-24,NVDA,142.6\n2025-01-27,NVDA,118.4\n"
        "2025-01-24,AAPL,222\n2025-01-27,AAPL,229\n",
        "factors": "\n".join((LIBRARY / "deepseek_2025" / "figures" / "factors.csv").read_text().splitlines()[:60])
        + "\n",
        "intraday": "start,symbol,open,high,low,close,volume\n"
        + "".join(f"2025-01-27T14:{30 + k}:00Z,NVDA,124.{k},125,118,12{k % 9}.5,{1000 + k}\n" for k in range(20)),
    }
    return [line.split(",") for line in rows[name].splitlines()]


ENDINGS = (".csv", ".csv", ".parquet", ".xlsx")


def made_table(name: str, folder: Path, chance: Chance) -> Path:
    """A mutated file of that kind of table."""
    table = table_of(name)
    for _ in range(chance.randrange(3)):
        table = of_table(table, chance)
    path = folder / f"{name}{chance.choice(ENDINGS)}"
    try:
        saved(table, path, chance)
    except (pa.ArrowException, ValueError, UnicodeEncodeError, TypeError):  # cells that no such file can hold
        path = path.with_suffix(".csv")
        saved(table, path, chance)
    if chance.random() < 0.35:
        path.write_bytes(of_bytes(path.read_bytes(), chance))
    return path


def made_toml(path: Path, text: str, chance: Chance) -> None:
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        text = of_toml(text, chance)
    raw = text.encode("utf-8", "replace")
    path.write_bytes(of_bytes(raw, chance) if chance.random() < 0.08 else raw)


def some_tables(text: str, chance: Chance, most: int = 6) -> str:
    """A few of a ledger's tables, in their order, the articles first."""
    parts = re.split(r"(?m)^(?=\[\[\w+\]\])", text)[1:]
    first = [part for part in parts if part.startswith("[[articles]]")]
    rest = [part for part in parts if not part.startswith("[[articles]]")]
    return "".join(first + [rest[k] for k in sorted(chance.sample(range(len(rest)), min(most, len(rest))))])


def study(folder: Path, chance: Chance) -> None:
    texts = [LIBRARY / name / "study.toml" for name in ("deepseek_2025", "outage_2024", "template", "bank_run_2023")]
    texts += [CASES / "_base" / "study.toml", CASES / "_panel_clean" / "study.toml"]
    weights = (1, 2, 4, 1, 4, 4)
    made_toml(folder / "study.toml", chance.choices(texts, weights)[0].read_text(), chance)
    if isinstance(found := open_study(folder), PanelStudy):
        assert found.file.event_list is not None


@functools.cache
def evidence() -> tuple[Any, Any]:
    """The shipped study of an outage with all that its claims are held against."""
    read = read_study(LIBRARY / "outage_2024")
    return read, estimated(read_inputs(read, "shipped", lambda _: None)).evidence


@functools.cache
def other_study() -> Any:
    return read_study(LIBRARY / "deepseek_2025")


def claims(folder: Path, chance: Chance) -> None:
    """A few claims of one of two studies, read and judged by the evidence of one of them."""
    held, against = evidence()
    ours = chance.random() < 0.6
    named = held if ours else other_study()
    text = (LIBRARY / ("outage_2024" if ours else "deepseek_2025") / "claims.toml").read_text()
    made_toml(folder / "claims.toml", some_tables(text, chance), chance)
    if not ours:
        readings = (LIBRARY / "deepseek_2025" / "readings.toml").read_text()
        made_toml(folder / "readings.toml", some_tables(readings, chance, 3), chance)
    known = [e.id for e in named.file.events]
    ledger = read_claims(folder / "claims.toml", named.symbols, named.baskets, known)
    weigh(ledger.readings, ledger.disagreements, judge(ledger.claims, against), against)


def prices(folder: Path, chance: Chance) -> None:
    path = made_table("prices", folder, chance)
    read_prices(path if chance.random() < 0.8 else folder)


def events(folder: Path, chance: Chance) -> None:
    table, rows = read_events(made_table("events", folder, chance), ())
    sessions = pd.bdate_range("2024-01-02", "2024-12-30")
    held, every = pd.Index(["S0", "S1", "S2", "MKT"]), Exchanges({ONE: np.arange(len(sessions))})
    event_list(table, sessions, held, every, rows, benchmark="MKT", rule="next", exchange="XNYS")


def panel(folder: Path, chance: Chance) -> None:
    staged_panel(made_table("panel", folder, chance), folder / "work", own=Own({}, ()))


def factors(folder: Path, chance: Chance) -> None:
    read_factors(made_table("factors", folder, chance))


def tables(folder: Path, chance: Chance) -> None:
    name = chance.choice(("shares", "weights", "megacaps", "intraday", "intraday", "panel"))
    study_table(name, made_table(name, folder, chance))


ARTICLES = (
    "Shares of Nvidia fell 17% on January 27, 2025, the largest one-day loss of market value in history, "
    "$589 billion. The\n"
    "S&P 500 lost 1.5 per cent, and the Nasdaq fell 3.1% to 19,341.83. "
    "TSMC closed 13.3% lower at $192.31 by 4:05 p.m. in New York.\n",
    "台北時間2025年1月27日，輝達股價重挫17%，市值蒸發5890億美元，創史上最大單日跌幅。標普500指數下跌1.5%，那斯達克下跌3.1%。台積電ADR收跌13.3%。\n",
    "<!doctype html><html><head><meta property='article:published_time' content='2025-01-28'></head>"
    "<body><p>Nvidia lost 17 % on "
    "Monday.</p><p>The Nasdaq fell 3.1%, its worst day since December 18.</p></body></html>",
)


def articles(folder: Path, chance: Chance) -> None:
    text = chance.choice(ARTICLES) * chance.choice((1, 1, 1, 20))
    for _ in range(chance.randrange(1, 4)):
        text = of_text(text, chance)
    raw = text.encode("utf-8", "replace")
    path = folder / "article.txt"
    path.write_bytes(of_bytes(raw, chance) if chance.random() < 0.2 else raw)
    article = read_article(path, chance.choice((None, dt.date(2025, 1, 28))))
    if len(text) < 3000:
        verify_study([article], folder / "verified")


KINDS: dict[str, tuple[Callable[[Path, Chance], object], int]] = {
    **{"study": (study, 4), "claims": (claims, 5), "prices": (prices, 4), "events": (events, 3), "panel": (panel, 2)},
    **{"factors": (factors, 2), "tables": (tables, 3), "articles": (articles, 1)},
}


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """A TooLong once the time is over."""

    def late(*_: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def ended(number: int, seed: int, kind: str | None) -> tuple[str, str, str]:
    """Kind of the input of that number, how its reading ended, and the traceback of a raw error."""
    chance = random.Random(f"{seed}-{number}")
    drawn = chance.choices(list(KINDS), [weight for _, weight in KINDS.values()])[0]
    name = kind or drawn
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = time.thread_time()
        try:
            with limited(6 * LIMIT):
                KINDS[name][0](Path(folder), chance)
            how, told = "read", ""
        except (StudyError, OSError):
            how, told = "refused", ""
        except TooLong:
            how, told = "slow", "stopped"
        except Exception:  # noqa: BLE001 whatever it is, it is counted
            how, told = "raw error", traceback.format_exc()[-1800:]
        taken = time.thread_time() - start
        if taken > LIMIT and how != "raw error":
            how, told = "slow", f"{taken:.0f} s"
        if told and (keep := os.environ.get("FUZZ_KEEP")):
            shutil.copytree(folder, Path(keep) / str(number), dirs_exist_ok=True)
    return name, how, told


def fuzz(
    inputs: int, first: int, seed: int, kind: str | None, tell: Callable[[str], object]
) -> Counter[tuple[str, str]]:
    """How the inputs of each kind ended; each raw error and each slow answer is told as it is found."""
    evidence()
    ends: Counter[tuple[str, str]] = Counter()
    start = time.monotonic()
    for number in range(first, first + inputs):
        name, how, told = ended(number, seed, kind)
        ends[name, how] += 1
        if told:
            tell(f"input {number}, {name}: {how}: {told}")
        if (number + 1 - first) % 500 == 0:
            tell(f"… {number + 1 - first} inputs, {time.monotonic() - start:.0f} s")
    return ends


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--inputs", type=int, default=10_000)
    arguments.add_argument("--from", dest="first", type=int, default=0)
    arguments.add_argument("--seed", type=int, default=18)
    arguments.add_argument("--kind", choices=KINDS)
    asked = arguments.parse_args()
    found = fuzz(asked.inputs, asked.first, asked.seed, asked.kind, lambda line: print(line, flush=True))
    for kind in KINDS:
        print(f"{kind}: " + ", ".join(f"{n:,} {how}" for (name, how), n in sorted(found.items()) if name == kind))
    whole = {
        how: sum(n for (_, end), n in found.items() if end == how) for how in ("read", "refused", "raw error", "slow")
    }
    print(
        f"{found.total():,} inputs, seed {asked.seed}: {whole['read']:,} read, {whole['refused']:,} refused in words, "
        f"{whole['raw error']:,} raw errors, {whole['slow']:,} answers over {LIMIT:.0f} s"
    )
    sys.exit(1 if whole["raw error"] + whole["slow"] else 0)
