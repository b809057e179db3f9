"""Sentences that are easily read wrongly: what may be judged of each, and that enough of it is."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from own_scripts import script

from eventwindow.draft import dates
from eventwindow.draft.read import statements
from eventwindow.draft.sessions import on_sessions
from eventwindow.draft.statement import Statement

FILES = sorted(Path(__file__).parent.glob("draft_hard_*.toml"))
SENTENCES = [s for file in FILES for s in tomllib.loads(file.read_text(encoding="utf-8"))["sentences"]]
KNOWN = [pytest.param(s, id=s["id"], marks=pytest.mark.xfail(reason=s["known"])) for s in SENTENCES if "known" in s]
LEAST = {"en": 0.7, "zh": 0.75}  # of the readings that may be judged


@cache
def judged(text: str, date: dt.date) -> set[str]:
    """The readings that `verify` would judge, without their hedges; two tests look at each sentence."""
    said, open_ = statements(text, date), script("draft_rates").open_
    return {_told(on_sessions(s) if s.sessions else s) for s in said if not open_(s)}


def _told(s: Statement) -> str:
    who, kind, what, _, *when = str(s).split(" ")
    return " ".join([who, kind, what, *when])


def too_much(sentence: dict) -> set[str]:
    return judged(sentence["text"], sentence["date"]) - set(sentence["judged"])


@pytest.mark.parametrize("file", FILES, ids=[f.stem for f in FILES])
def test_nothing_but_what_a_sentence_says_is_judged(file: Path) -> None:
    told = tomllib.loads(file.read_text(encoding="utf-8"))["sentences"]
    assert {s["id"]: more for s in told if "known" not in s and (more := too_much(s))} == {}


@pytest.mark.parametrize("sentence", KNOWN)
def test_what_is_known_to_be_judged_wrongly_still_is(sentence: dict) -> None:
    assert too_much(sentence) == set()


@pytest.mark.parametrize("file", FILES, ids=[f.stem for f in FILES])
def test_most_of_what_the_sentences_say_is_judged(file: Path) -> None:
    told = tomllib.loads(file.read_text(encoding="utf-8"))["sentences"]
    right = sum(len(judged(s["text"], s["date"]) & set(s["judged"])) for s in told)
    assert right >= LEAST[file.stem[-2:]] * sum(len(s["judged"]) for s in told)


def test_few_sentences_are_known_to_be_judged_wrongly() -> None:
    assert all(sum("known" in s for s in SENTENCES if s["id"][:2] == language) < 3 for language in ("en", "zh"))


def test_the_papers_own_day_that_no_move_is_told_of_is_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """A word that is misread as a step of a day, as one was, leaves what follows open: the paper's Friday is none of its moves'."""
    text = "美國政府關門進入第二天，華爾街四大股指週四走高。道瓊指數上漲0.17%，標普500指數上漲0.06%。\n\n就業報告週五不會公布。"
    friday = dt.date(2025, 10, 3)
    assert {s.date for s in statements(text, friday) if s.who.symbols == ("^DJI",)} == {dt.date(2025, 10, 2)}
    monkeypatch.setattr(dates, "_COMPILED", (*dates._COMPILED, ("next", re.compile("第二天"))))
    misread = statements(text, friday)
    assert {s.date for s in misread if s.who.symbols == ("^DJI",)} == {friday}
    assert [str(s) for s in misread if s.date == friday and not script("draft_rates").open_(s)] == []
