"""Whether `check` and `run` say the same of whatever a user brings: mutated studies, prices, panels and lists.

python scripts/fuzz_check.py [--studies 2000] [--from 0] [--seed 17]

Each study is a clean one of tests/cases with one to three mutations. Of each, `check` and `run` must end with the same
exit code, of an error with the same words, and neither with a traceback. The last line counts what was found.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import random
import re
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("EVENTWINDOW_CORES", "1")

import pandas as pd

from eventwindow.cli.main import main

CASES = Path(__file__).parents[1] / "tests" / "cases"
BASES = ("_base", "share_count_absent", "_panel_clean", "halted_on_day0", "_panel_us_alone")
Chance = random.Random
SPLITS = (1.5, 2, 3, 4, 5, 10, 0.1, 0.5, 100, 0.01, 1000, 0.001)
TEXTS = ("", "NA", "x", "1,5", "1.234,5", "inf", "-1", "0", "1e400", "12 USD", "#DIV/0!", "2024-05-23", "1e-300", " ")
DATES = ("23/05/2024", "2024-02-30", "", "May 23, 2024", "20240523", "2024-05-23 16:00", "1970-01-01", "2099-01-04")
VALUES = {
    "exchange": ("XNYS", "XTAI", "XSHE", "XNSE", "XTAE", "ZZZZ", "XKRX", "xnys"),
    "benchmark": ("SPY", "A", "none", "QQQ", "spy", ""),
    "zone": ("ET", "America/New_York", "EST", "CET", "Mars"),
    "time": ("09:30:00", "16:30:00", "23:59:00", "00:00:00"),
    "session": ("next", "previous", "error", "last"),
    "name": ("market_model", "mean_adjusted", "ff3", "garch", "peer_mean", "nothing", "market_adjusted"),
    "contamination": ("tell", "mask", "drop", "keep"),
    "values": ("prices", "returns", "levels"),
    "returns": ("simple", "log", "Log"),
}


def of_file(study: Path, chance: Chance) -> None:
    """One change of study.toml: a line lost, doubled or changed, a key more."""
    path = study / "study.toml"
    lines = path.read_text().splitlines()
    place = chance.randrange(len(lines))
    kind = chance.randrange(6)
    if kind == 0:
        del lines[place]
    elif kind == 1:
        lines.insert(place, lines[place])
    elif kind == 2:
        lines[place] = re.sub(
            r"-?\d+", lambda m: str(int(m[0]) + chance.choice((-400, -100, -7, -1, 1, 7, 100))), lines[place]
        )
    elif kind == 3:
        key = chance.choice(list(VALUES))
        lines.insert(place + 1, f'{key} = "{chance.choice(VALUES[key])}"')
    elif kind == 4:
        day = pd.Timestamp("2024-05-23") + pd.Timedelta(days=chance.randrange(-400, 60))
        lines = [re.sub(r"2024-05-2\d", f"{day:%Y-%m-%d}", line) for line in lines]
    else:
        lines = [line.replace('"A"', chance.choice(('"a"', '"A "', '"AAPL"', '"^A"'))) for line in lines]
    path.write_text("\n".join(lines) + "\n")


def of_rows(table: pd.DataFrame, chance: Chance) -> pd.DataFrame:  # noqa: PLR0911 a change a line
    """Rows lost, doubled, turned round, cut, thinned to weeks or months, or padded."""
    kind, days = chance.randrange(9), table[table.columns[0]]
    unique = sorted(set(days))
    day = chance.choice(unique)
    if kind == 0:
        return table[days < day] if chance.random() < 0.5 else table[days > day]
    if kind == 1:
        return table.iloc[::-1]
    if kind == 2:
        return pd.concat([table, table.sample(1 + chance.randrange(3), random_state=chance.randrange(99))])
    if kind == 3:
        return table.sample(frac=chance.choice((0.2, 0.9, 0.99)), random_state=chance.randrange(99))
    if kind == 4:
        return table[days.isin(unique[:: chance.choice((2, 5, 21))])]
    if kind == 5 and len(table.columns) > 2:
        gone = chance.choice(sorted(set(table[table.columns[1]])))
        return table[(table[table.columns[1]] != gone) | (chance.random() < 0.5) & (days < day)]
    if kind == 6:
        moved = pd.to_datetime(days, format="%Y-%m-%d") + pd.Timedelta(days=chance.choice((-1, 1, 7)))
        return table.assign(**{table.columns[0]: moved.dt.strftime("%Y-%m-%d")})
    if kind == 7:
        every = pd.date_range(unique[0], unique[-1]).strftime("%Y-%m-%d")
        wide = [part.set_index(table.columns[0]).reindex(every).ffill() for _, part in table.groupby(table.columns[1])]
        return pd.concat([part.rename_axis(table.columns[0]).reset_index() for part in wide])
    return table.iloc[: chance.randrange(3)]


def of_cells(table: pd.DataFrame, chance: Chance) -> pd.DataFrame:
    """Cells, or a stretch of a column, that hold something else."""
    table = table.copy()
    column = chance.choice(list(table.columns))
    rows = sorted(chance.randrange(len(table)) for _ in range(2)) if len(table) else [0, 0]
    kind = chance.randrange(6)
    at = table.columns.get_loc(column)
    if kind == 0:
        table.iloc[rows[0] : rows[0] + 1, at] = chance.choice(TEXTS + DATES)
    elif kind == 1:
        table.iloc[rows[0] : rows[1], at] = chance.choice(("", table.iloc[rows[0], at] if len(table) else ""))
    elif kind == 2:
        factor = chance.choice(SPLITS)
        number = pd.to_numeric(table[column], errors="coerce")
        day = chance.choice(sorted(set(table[table.columns[0]]))) if len(table) else ""
        after = (table[table.columns[0]] >= day) & number.notna()
        table.loc[after, column] = (number[after] * factor).map(repr)
    elif kind == 3:
        table = table.rename(columns={column: chance.choice((column.upper(), " " + column, "", "price", "x", "date"))})
    elif kind == 4:
        table[column] = table[column].str.lower() if chance.random() < 0.5 else " " + table[column] + " "
    else:
        table = table.drop(columns=column)
    return table


def of_form(path: Path, chance: Chance) -> None:
    """The same table in other bytes: another separator or encoding, cut off, packed, or no table at all."""
    raw = path.read_bytes()
    kind = chance.randrange(7)
    if kind == 0:
        raw = raw.replace(b",", chance.choice((b";", b"\t", b"|", b" ")))
    elif kind == 1:
        raw = raw.replace(b",", b";").replace(b".", b",")
    elif kind == 2:
        raw = raw[: chance.randrange(len(raw) + 1)]
    elif kind == 3:
        raw = raw.decode("utf-8", "replace").encode(chance.choice(("utf-16", "utf-8-sig", "utf-16-le")))
    elif kind == 4:
        raw = bytes(chance.randrange(256) for _ in range(40)) + raw
    elif kind == 5:
        raw = chance.choice((b"", b"\n\n", b"PK\x03\x04", b"\x1f\x8b", b"PAR1", b"date\n", b"<html>"))
    else:
        raw = b"\n".join(raw.splitlines()[1:]) + b"\n"
    path.write_bytes(raw)


def of_table(study: Path, chance: Chance) -> None:
    """One change of one of the study's tables."""
    path = chance.choice(sorted(study.rglob("*.csv")))
    change = chance.choices((of_rows, of_cells, None), (4, 5, 2))[0]
    if change is None:
        of_form(path, chance)
        return
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        change(table, chance).to_csv(path, index=False)
    except (ValueError, KeyError, IndexError, AttributeError, TypeError, pd.errors.ParserError):
        of_form(path, chance)  # an earlier change left no table to be changed


def of_claims(study: Path, chance: Chance) -> None:
    """One change of claims.toml, where there is one."""
    path = study / "claims.toml"
    if not path.is_file():
        of_table(study, chance)
        return
    lines = path.read_text().splitlines()
    place = chance.randrange(len(lines))
    if chance.random() < 0.4:
        del lines[place]
    else:
        values = ('""', "-1", '"SPY"', "2024-05-25", '"day_return"', "1e99", "true", "[]", '"a"')
        lines[place] = re.sub(r"= .*", f"= {chance.choice(values)}", lines[place])
    path.write_text("\n".join(lines) + "\n")


def mutated(number: int, seed: int, into: Path) -> tuple[Path, list[str]]:
    """The study of that number, and the arguments that give it its prices."""
    chance = random.Random(f"{seed}-{number}")
    study = into / "study"
    shutil.copytree(CASES / chance.choice(BASES), study)
    for _ in range(1 + chance.randrange(3)):
        chance.choices((of_file, of_table, of_claims), (3, 5, 1))[0](study, chance)
    prices = study / "prices.csv"
    return study, ["--prices", str(prices)] if prices.is_file() else []


def ended(command: list[str]) -> tuple[int | str, str, str]:
    """The exit code or traceback of a command, and what it printed: to the terminal, as an error."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code: int | str = main(command)
        except SystemExit as end:
            code = str(end.code)
        except Exception:  # noqa: BLE001 whatever it is, it is counted
            code = traceback.format_exc()
    return code, out.getvalue(), err.getvalue()


def fault_of(number: int, seed: int) -> tuple[str, str]:
    """What is wrong with how the two commands take the study of that number, "" if nothing; and how it ended."""
    with tempfile.TemporaryDirectory() as folder:
        study, prices = mutated(number, seed, Path(folder))
        check = ended(["check", str(study), *prices])
        run = ended(["run", str(study), *prices, "--out", str(Path(folder) / "out"), "--language", "en", "--quiet"])
    for name, (code, _, err) in (("check", check), ("run", run)):
        if isinstance(code, str) or "Traceback" in err:
            return f"{name} ends in a traceback: {(code if isinstance(code, str) else err)[-900:]}", "traceback"
    if check[0] != run[0]:
        return f"check ends with {check[0]}, run with {run[0]}: {check[2] or run[2]}", "disagreement"
    if check[0] and check[2] != run[2]:
        return f"two messages: {check[2]} {run[2]}", "disagreement"
    return "", "refused" if check[0] else ("nothing is wrong" if "nothing is wrong" in check[1] else "told")


def fuzz(studies: int, first: int, seed: int, tell: Callable[[str], object]) -> Counter[str]:
    """How the studies ended; each fault is told as it is found."""
    ends: Counter[str] = Counter()
    start = time.monotonic()
    for number in range(first, first + studies):
        fault, end = fault_of(number, seed)
        ends[end] += 1
        if fault:
            tell(f"study {number}: {fault}")
        if (number + 1) % 100 == 0:
            tell(f"… {number + 1 - first} studies, {time.monotonic() - start:.0f} s, {dict(ends)}")
    return ends


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--studies", type=int, default=2000)
    arguments.add_argument("--from", dest="first", type=int, default=0)
    arguments.add_argument("--seed", type=int, default=17)
    asked = arguments.parse_args()
    found = fuzz(asked.studies, asked.first, asked.seed, lambda line: print(line, flush=True))
    wrong = found["traceback"] + found["disagreement"]
    print(
        f"{found.total():,} studies, seed {asked.seed}: {found['refused']:,} refused by check and run alike, "
        f"{found['told']:,} run and told, {found['nothing is wrong']:,} run without a finding, "
        f"{found['traceback']:,} tracebacks, {found['disagreement']:,} disagreements"
    )
    sys.exit(1 if wrong else 0)
