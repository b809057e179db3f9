"""Files made to do harm × every place where a file of a stranger is read; run in a process of its own by the tests.

python tests/hostile_files.py make FOLDER        the files, in a process of its own: what making them costs is not counted
python tests/hostile_files.py FOLDER [DOOR…]     a line for each: door, harm, exit code, seconds, MB, what was said (Linux);
with `--small` before the folder those harms alone whose size is not the point
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import re
import resource
import shutil
import signal
import sys
import time
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from eventwindow.cli.main import main

CASES = Path(__file__).parent / "cases"
BASE, PANEL = CASES / "_base", CASES / "_panel_clean"
LINE = 50_000_000
ROWS = 10_000_000  # bytes of short rows: each is read as a table's, which takes time


def rows_claimed(path: Path, millions: int = 20) -> None:
    """One row of a dictionary again and again: ten kB a million."""
    n = 1_000_000
    day, name = (pa.DictionaryArray.from_arrays(pa.array([0] * n, pa.int8()), [text]) for text in ("2024-05-24", "A"))
    table = pa.table({"date": day, "symbol": name, "close": pa.array([1.0] * n)})
    with pq.ParquetWriter(path, table.schema, compression="zstd") as writer:
        for _ in range(millions):
            writer.write_table(table)


def cells_claimed(path: Path) -> None:
    """Few rows enough, but of hundreds of columns without a figure: more than a gigabyte of cells."""
    n = 500_000
    day = pa.DictionaryArray.from_arrays(pa.array([0] * n, pa.int8()), ["2024-05-24"])
    table = pa.table({"date": day} | dict.fromkeys((f"S{k}" for k in range(300)), pa.nulls(n, pa.float64())))
    pq.write_table(table, path, compression="zstd")


def long_text_repeated(path: Path) -> None:
    """A text of a megabyte, once in the file and two hundred thousand times in the table."""
    n = 200_000
    text = pa.DictionaryArray.from_arrays(pa.array([0] * n, pa.int8()), ["A" * 1_000_000])
    day = pa.DictionaryArray.from_arrays(pa.array([0] * n, pa.int8()), ["2024-05-24"])
    table = pa.table({"date": day, "symbol": text, "security": text, "close": pa.array([1.0] * n)})
    pq.write_table(table.replace_schema_metadata(None), path, compression="zstd", store_schema=False)


def packed(path: Path, millions: int = 20) -> None:
    """A million rows, packed once, and again and again in the file, as its form allows."""
    rows = gzip.compress(b"2024-05-24,A,1\n" * 1_000_000, 6)
    path.write_bytes(gzip.compress(b"date,symbol,close\n") + rows * millions)


def zipped(path: Path, millions: int = 10) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("p.csv", b"2024-05-24,A,1\n" * (1_000_000 * millions))


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 36)


HARMS: dict[str, Callable[[Path], object]] = {
    "50 MB on one line": lambda p: p.write_bytes(b"date,symbol,close\n" + b"x" * LINE),
    "50 MB of cells on one line": lambda p: p.write_bytes(b"date,symbol,close\n" + b"1," * (LINE // 2)),
    "50 MB of quotes": lambda p: p.write_bytes(b'date,symbol,close\n"' + b'""' * (LINE // 2)),
    "50 MB of zero bytes": lambda p: p.write_bytes(b"\0" * LINE),
    "50 MB of empty lines": lambda p: p.write_bytes(b"\n" * LINE),
    "10 MB of short rows": lambda p: p.write_bytes(b"date,symbol,close\n" + b"2024-05-24,A,1\n" * (ROWS // 15)),
    "a zero byte": lambda p: p.write_bytes(b"date,symbol,close\n2024-05-24,A\0,1\n"),
    "64 GB of nothing": sparse,
    "a hundred thousand brackets": lambda p: p.write_text("[" * 100_000 + "]" * 100_000),
    "a hundred thousand braces": lambda p: p.write_text('{"a":' * 100_000 + "1" + "}" * 100_000),
    "a number of a million digits": lambda p: p.write_text('{"x": ' + "9" * 1_000_000 + "}"),
    "bytes that are no text": lambda p: p.write_bytes(bytes(range(128, 256)) * 100),
    "a folder": lambda p: p.mkdir(),
    "a loop": lambda p: p.symlink_to(p),
    "a link to a device": lambda p: p.symlink_to("/dev/zero"),
    "a pipe": os.mkfifo,
    "nothing": lambda p: p.write_bytes(b""),
    "packed to a thousandth": packed,
    "zipped to a thousandth": zipped,
    "rows claimed": rows_claimed,
    "cells claimed": cells_claimed,
    "a long text repeated": long_text_repeated,
}
SMALL = (
    "a zero byte", "a hundred thousand brackets", "a hundred thousand braces", "a number of a million digits",
    "bytes that are no text", "a folder", "a loop", "a link to a device", "a pipe", "nothing",
)  # fmt: skip
TABULAR = ("csv", "parquet", "xlsx", "zip", "txt")


def study(folder: Path) -> Path:
    return shutil.copytree(BASE, folder / "study")


def with_figures(folder: Path) -> Path:
    held = study(folder)
    (held / "figures").mkdir()
    shutil.copy(held / "prices.csv", held / "figures" / "daily.csv")
    return held


def prices(ending: str) -> Callable[[Path, Callable], list[str]]:
    def door(folder: Path, make: Callable) -> list[str]:
        make(folder / f"p.{ending}")
        return ["check", str(BASE), "--prices", str(folder / f"p.{ending}")]

    return door


def among_prices(folder: Path, make: Callable) -> list[str]:
    (folder / "all").mkdir()
    make(folder / "all" / "A.csv")
    return ["check", str(BASE), "--prices", str(folder / "all")]


def of_study(name: str) -> Callable[[Path, Callable], list[str]]:
    def door(folder: Path, make: Callable) -> list[str]:
        held = study(folder)
        (held / "claims.toml").write_text('[[articles]]\nkey = "X"\ntitle_en = "X"\n')
        (held / name).unlink(missing_ok=True)
        make(held / name)
        return ["check", str(held), "--prices", str(BASE / "prices.csv")]

    return door


def of_figures(name: str) -> Callable[[Path, Callable], list[str]]:
    def door(folder: Path, make: Callable) -> list[str]:
        held = with_figures(folder)
        for one in (held / "figures").glob(f"{Path(name).stem}.*"):
            one.unlink()  # two forms of one table would be refused before either is read
        make(held / "figures" / name)
        return ["check", str(held), "--prices", "shipped"]

    return door


def of_panel(name: str, ending: str = "csv") -> Callable[[Path, Callable], list[str]]:
    def door(folder: Path, make: Callable) -> list[str]:
        held = shutil.copytree(PANEL, folder / "study")
        (held / f"{name}.csv").unlink()
        text = (held / "study.toml").read_text().replace(f"{name}.csv", f"{name}.{ending}")
        (held / "study.toml").write_text(text)
        make(held / f"{name}.{ending}")
        return ["check", str(held)]

    return door


def article(*command: str) -> Callable[[Path, Callable], list[str]]:
    def door(folder: Path, make: Callable) -> list[str]:
        make(folder / "a.txt")
        return [command[0], str(folder / "a.txt"), *command[1:], "--out", str(folder / "out")]

    return door


def names(folder: Path, make: Callable) -> list[str]:
    (folder / "a.txt").write_text("Nvidia fell 17% on January 27, 2025.\n")
    make(folder / "names.csv")
    words = ["--date", "2025-01-28", "--names", str(folder / "names.csv")]
    return ["draft", str(folder / "a.txt"), *words, "--out", str(folder / "out")]


def result(name: str) -> Callable[[Path, Callable], list[str]]:
    def door(folder: Path, make: Callable) -> list[str]:
        for one in ("old", "new"):
            (folder / one / "results").mkdir(parents=True)
            (folder / one / "results" / "run.json").write_text("{}")
            (folder / one / "results" / "tests.csv").write_text("event,p\ne,0.5\n")
        (folder / "new" / "results" / name).unlink(missing_ok=True)
        make(folder / "new" / "results" / name)
        return ["diff", str(folder / "old"), str(folder / "new")]

    return door


def calibrated(folder: Path, make: Callable) -> list[str]:
    make(folder / "p.csv")
    return ["calibrate", str(folder / "p.csv"), "--draws", "1", "--out", str(folder / "out")]


DOORS: dict[str, Callable[[Path, Callable], list[str]]] = {
    **{f"prices.{ending}": prices(ending) for ending in TABULAR},
    "a folder of prices": among_prices,
    **{name: of_study(name) for name in ("study.toml", "claims.toml", "readings.toml", "frozen.toml")},
    **{
        f"figures/{name}": of_figures(name)
        for name in ("daily.csv", "daily.parquet", "shares.csv", "weights.parquet", "factors.csv", "factors.parquet")
    },
    **{f"figures/{name}": of_figures(name) for name in ("intraday.csv", "megacaps.csv", "manifest.json")},
    **{f"figures/{name}": of_figures(name) for name in ("calendars.json", "panel.csv", "panel.parquet")},
    **{
        f"{name}.{ending}": of_panel(name, ending)
        for name in ("events", "panel")
        for ending in ("csv", "parquet", "zip")
    },
    "verify": article("verify", "--prices", "shipped"),
    "draft": article("draft", "--date", "2025-01-28"),
    "names": names,
    "run.json": result("run.json"),
    "tests.csv": result("tests.csv"),
    "tests.parquet": result("tests.parquet"),
    "calibrate": calibrated,
}


def answer(door: str, harm: str, folder: Path) -> tuple[int, float, float, str]:
    """Exit code, seconds of processor, MB that were held at most until now, what was printed."""
    folder.mkdir()
    command = DOORS[door](folder, partial(laid, folder.parent / "made" / harm))
    Path("/proc/self/clear_refs").write_text("5")  # the most memory is counted anew
    said, start = io.StringIO(), time.process_time()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        signal.alarm(300)  # the signal that it sends ends what waits for a pipe
        try:
            code = main(command)
        except BaseException as error:  # noqa: BLE001 it is counted
            code, _ = -1, said.write(f"RAW {type(error).__name__}: {error}")
    signal.alarm(0)
    taken = time.process_time() - start
    shutil.rmtree(folder)
    return (
        code,
        taken,
        int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024,
        said.getvalue(),
    )


def made(folder: Path) -> None:
    folder.mkdir()
    for harm, make in HARMS.items():
        make(folder / harm)


def laid(harm: Path, place: Path) -> None:
    """The harm at a place where a file is read: the same file under another name, a folder or a loop made there."""
    if harm.name in ("a folder", "a loop", "a link to a device"):
        HARMS[harm.name](place)
    else:
        os.link(harm, place)


def late(*_: object) -> None:
    raise TimeoutError("no answer in five minutes")


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, late)
    if sys.argv[1] == "make":
        sys.exit(made(Path(sys.argv[2]) / "made"))
    small = sys.argv[1] == "--small"
    where, asked = Path(sys.argv[1 + small]), sys.argv[2 + small :] or [*DOORS]
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
    for one in asked:
        for name in SMALL if small else HARMS:
            print(json.dumps([one, name, *answer(one, name, where / "case")], ensure_ascii=False), flush=True)
