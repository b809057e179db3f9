"""The form of the third set of marked pieces: a mark that cannot be right would count against `draft`."""

from __future__ import annotations

import csv
import datetime as dt
import re
import tomllib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from eventwindow.calendars.exchange import Calendar, exchange_calendar

HERE = Path(__file__).parent
PIECES: list[dict[str, Any]] = [
    piece
    for language in ("en", "zh")
    for piece in tomllib.loads((HERE / f"verify_third_{language}.toml").read_text(encoding="utf-8"))["pieces"]
]
LISTED = {
    row["symbol"]: row["exchange"]
    for row in csv.DictReader((resources.files("eventwindow.draft") / "securities.csv").open(encoding="utf-8"))
}
SAME_DAYS = {"XNAS": "XNYS", "ARCX": "XNYS", "OOTC": "XNYS", "ROCO": "XTAI"}
HEDGES = "exact about close_to nearly reached at_most more_than less_than amounted_to"
SIDES = {"direction", "all", "most", "some"}
MARK = re.compile(
    r'(?P<who>"[^"]+"|\[[^]]+\]|\S+) (?P<measure>[a-z_]+) (?P<figure>\S+) (?P<hedge>[a-z_]+) '
    r"(?P<day>\?|\d{4}|\d{4}-\d\d-\d\d(\.\.\d{4}-\d\d-\d\d)?)( since \d{4}(-\d\d)?)?( !)?"
)


def marks(piece: dict[str, Any]) -> list[dict[str, str]]:
    found = [MARK.fullmatch(line) for line in piece["find"]]
    assert None not in found, [line for line, mark in zip(piece["find"], found, strict=True) if mark is None]
    return [mark.groupdict() for mark in found if mark]


def is_session(symbol: str, day: dt.date) -> bool:
    mic = LISTED[symbol]
    if mic.startswith("24/"):
        return mic == "24/7" or day.weekday() < 5
    return calendar(SAME_DAYS.get(mic, mic), day.year).holds(day)


@cache
def calendar(mic: str, year: int) -> Calendar:
    return exchange_calendar(mic, dt.date(year, 1, 1), dt.date(year, 12, 31))


def test_the_set_is_thirty_pieces_of_two_languages_and_at_least_ten_kinds() -> None:
    assert len({p["id"] for p in PIECES}) == 30
    assert len({p["kind"] for p in PIECES}) >= 10
    assert sum(bool(p["source"]) for p in PIECES) == 15


@pytest.mark.parametrize("piece", PIECES, ids=lambda p: p["id"])
def test_securities_are_listed_and_other_names_stand_in_the_text(piece: dict[str, Any]) -> None:
    for mark in marks(piece):
        if mark["who"][0] in '"[':
            assert mark["who"][1:-1] in piece["text"]
        else:
            assert set(re.split(r"[|+/]", mark["who"])) <= set(LISTED)


@pytest.mark.parametrize("piece", PIECES, ids=lambda p: p["id"])
def test_figures_are_written_as_statements_write_them(piece: dict[str, Any]) -> None:
    assert len(set(piece["find"])) == len(piece["find"])
    for mark in marks(piece):
        if mark["hedge"] in SIDES:
            assert mark["figure"] in {"up", "down"}
        else:
            assert mark["hedge"] in HEDGES.split()
            assert mark["figure"] == f"{float(mark['figure']):g}"


@pytest.mark.parametrize("piece", PIECES, ids=lambda p: p["id"])
def test_days_are_sessions_that_the_piece_could_know(piece: dict[str, Any]) -> None:
    for mark in marks(piece):
        days = [dt.date.fromisoformat(d) for d in re.findall(r"\d{4}-\d\d-\d\d", mark["day"])]
        assert days == sorted(set(days))
        assert all(day <= piece["dated"] for day in days)
        if len(days) == 1 and mark["who"][0] not in '"[':
            assert all(is_session(symbol, days[0]) for symbol in re.split(r"[|+/]", mark["who"])), mark
