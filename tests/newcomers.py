"""Forty mistakes that newcomers make, each with the message that it meets: the table in docs/errors.md.

PYTHONPATH=src python tests/newcomers.py --write
"""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

os.environ.setdefault("EVENTWINDOW_CORES", "1")

import pandas as pd

import eventwindow as ew
from eventwindow.cli.main import main

CASES, PAGE = Path(__file__).parent / "cases", Path(__file__).parents[1] / "docs" / "errors.md"
START, END = "<!-- mistakes: PYTHONPATH=src python tests/newcomers.py --write -->\n", "<!-- end of mistakes -->\n"
Change = Callable[[Path], None]


def edit(name: str, old: str, new: str, count: int = -1) -> Change:
    """Another text in one of the study's files."""

    def change(folder: Path) -> None:
        text = (folder / name).read_text()
        assert old in text, (name, old)
        (folder / name).write_text(text.replace(old, new, count))

    return change


def prices(turn: Callable[[pd.DataFrame], pd.DataFrame]) -> Change:
    """Another table of prices."""

    def change(folder: Path) -> None:
        turn(pd.read_csv(folder / "prices.csv")).to_csv(folder / "prices.csv", index=False)

    return change


def raw(name: str, turn: Callable[[bytes], bytes]) -> Change:
    """Other bytes of one file."""
    return lambda folder: (folder / name).write_bytes(turn((folder / name).read_bytes())) and None


def added(name: str, text: str) -> Change:
    """One file more."""

    def change(folder: Path) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)

    return change


def of_a(table: pd.DataFrame) -> pd.Series:
    return table["symbol"] == "A"


def every(table: pd.DataFrame, step: int) -> pd.DataFrame:
    return table[table["date"].isin(sorted(table["date"].unique())[::step])]


CLAIM = """[[articles]]
key = "S0"
title_en = "invented"

[[claims]]
id = "S0-1"
article = "S0"
security = "{security}"
text_en = "Invented claim."
stated = -0.05
measure = "{measure}"
date = 2024-05-23
"""
STUDY: dict[str, Change] = {
    "a key with a letter missing": edit("study.toml", "benchmark", "benchmrk"),
    "a number in words": edit("study.toml", "minimum_returns = 50", 'minimum_returns = "fifty"'),
    "a benchmark that has no prices": edit("study.toml", '"SPY"', '"QQQ"'),
    "a ticker in lower case": edit("study.toml", 'symbol = "A"', 'symbol = "a"'),
    "an exchange by its name": edit("study.toml", 'symbol = "A"', 'symbol = "A"\nexchange = "New York"'),
    "an event on a Saturday": edit("study.toml", "2024-05-23", "2024-05-25"),
    "an event on a holiday": edit("study.toml", "2024-05-23", "2024-05-27"),
    "a date as text in another order": edit("study.toml", "2024-05-23", '"23/05/2024"'),
    "an estimation window that touches the event": edit("study.toml", "[-80, -6]", "[-80, -5]"),
    "a window that ends before it begins": edit("study.toml", "[-5, 5]", "[5, -5]"),
    "a report window beyond the event window": edit("study.toml", "[0, 1]]", "[0, 9]]"),
    "a model that does not exist": edit("study.toml", "[windows]", '[model]\nname = "capn"\n\n[windows]'),
    "a model with factors, without a table of them": edit(
        "study.toml", "[windows]", '[model]\nname = "ff3"\n\n[windows]'
    ),
    "a time zone by its abbreviation": edit("study.toml", "2024-05-23", '2024-05-23\ntime = 16:30:00\nzone = "ET"'),
    "two events of one name": edit("study.toml", "[[events]]", '[[events]]\nid = "e"\ndate = 2024-05-20\n\n[[events]]'),
    "an event before all prices": edit("study.toml", "2024-05-23", "2023-08-03"),
    "a measure that does not exist": added("claims.toml", CLAIM.format(security="A", measure="day_retrun")),
    "a claim on a security that the study does not name": added(
        "claims.toml", CLAIM.format(security="NVDA", measure="value_change")
    ),
    "prices with a currency sign": edit("prices.csv", ",100.5,100.5", ",$100.5,100.5", 1),
    "a price of zero": edit("prices.csv", ",100.5,100.5", ",0,100.5", 1),
    "a date twice": prices(lambda t: pd.concat([t, t.iloc[5:6]])),
    "dates of two readings": prices(
        lambda t: t[t["date"].str[8:] <= "12"].assign(date=lambda p: pd.to_datetime(p["date"]).dt.strftime("%d/%m/%Y"))
    ),
    "dates shifted by a day": prices(
        lambda t: t.assign(date=(pd.to_datetime(t["date"]) + pd.Timedelta(days=1)).dt.strftime("%Y-%m-%d"))
    ),
    "weekly prices": prices(lambda t: every(t, 5)),
    "prices without a column of symbols": prices(lambda t: t[of_a(t)].drop(columns="symbol")),
    "decimal commas beside decimal points": edit("prices.csv", ",100.5,100.5", ',"100,5",100.5', 1),
    "cells separated by blanks": raw("prices.csv", lambda b: b.replace(b",", b" ")),
    "a file that was cut off": raw("prices.csv", lambda b: b[:-3]),
    "a packed file that was cut off": raw("prices.csv", lambda b: gzip.compress(b)[:-40]),
    "an empty file of prices": raw("prices.csv", lambda _: b""),
    "a page of the web in place of prices": raw("prices.csv", lambda _: b"<!DOCTYPE html>\n<html>\n</html>\n"),
    "a share count in millions": added("figures/shares.csv", "symbol,as_of,shares\nA,2024-01-02,1000\n"),
    "a share count without its date": added("figures/shares.csv", "symbol,shares\nA,1000000000\n"),
    "factors in per cent": added(
        "figures/factors.csv", "date,mkt_rf\n" + "".join(f"2024-01-{d:02},{(-1) ** d * 1.2}\n" for d in range(1, 31))
    ),
}
PANEL: dict[str, Change] = {
    "a list without dates": edit("events.csv", "security,date", "security,when"),
    "a list with several faults": edit("events.csv", "2024-05-24\nS1,2024-05-24", "24 May\n,2024-05-24"),
    "a ticker of a list in lower case": raw("events.csv", bytes.lower),
    "an event twice in a list": edit("events.csv", "S0,2024-05-24\n", "S0,2024-05-24\nS0,2024-05-24\n"),
    "prices of a panel taken for returns": edit("study.toml", 'values = "prices"', 'values = "returns"'),
}


def _library(run: Callable[[pd.DataFrame, pd.DataFrame], object]) -> str:
    from panels import panel

    returns = panel(1)
    events = pd.DataFrame({"security": ["F0"], "date": [returns.index[100]]})
    try:
        run(returns, events)
    except ew.StudyError as error:
        return str(error)
    raise AssertionError("no error")


SPANS = {"estimation": (-70, -6), "window": (-5, 5), "minimum_returns": 30}
LIBRARY: dict[str, Callable[[pd.DataFrame, pd.DataFrame], object]] = {
    "dates as whole numbers in the library": lambda r, e: ew.abnormal_returns(
        r.set_axis(r.index.strftime("%Y%m%d").astype(int)), e, benchmark="MKT", **SPANS
    ),
    "per cent in the library": lambda r, e: ew.abnormal_returns(100 * r, e, benchmark="MKT", **SPANS),
    "a benchmark beside factors": lambda r, e: ew.abnormal_returns(r, e, benchmark="MKT", factors=r["MKT"], **SPANS),
}


def message(case: str, change: Change) -> str:
    """What `eventwindow check` says of the clean study with that change."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "study"
        shutil.copytree(CASES / case, folder)
        change(folder)
        given = ["--prices", str(folder / "prices.csv")] if (folder / "prices.csv").exists() else []
        told = io.StringIO()
        with contextlib.redirect_stderr(told), contextlib.redirect_stdout(io.StringIO()):
            code = main(["check", str(folder), *given])
    assert code in (1, 2), (code, told.getvalue())
    return told.getvalue().removeprefix("eventwindow: ").replace(f"{folder}/", "").replace(str(folder), "study")


@cache
def rows() -> list[tuple[str, str]]:
    """Each mistake and its message."""
    found = [(name, message("_base", change)) for name, change in STUDY.items()]
    found += [(name, message("_panel_clean", change)) for name, change in PANEL.items()]
    return found + [(name, _library(run)) for name, run in LIBRARY.items()]


def table() -> str:
    """The rows as Markdown: the mistake, what is said, what to do."""
    lines = ["| mistake | message | remedy that it names |", "|---|---|---|"]
    for name, told in rows():
        what, _, remedy = re.sub(r"([|<*_]|\[\[)", r"\\\1", told.strip()).partition("\n")
        lines.append(f"| {name} | {what} | {' '.join(remedy.split())} |")
    return "\n".join(lines) + "\n"


def written() -> str:
    """The table as it stands on the page."""
    return PAGE.read_text(encoding="utf-8").partition(START)[2].partition(END)[0]


if __name__ == "__main__":
    made = table()
    if "--write" in sys.argv:
        head, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
        PAGE.write_text(head + START + made + END + rest.partition(END)[2], encoding="utf-8")
    else:
        print(made)
