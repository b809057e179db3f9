"""Pre-registration: a study fixed before its event, what it waits for, and what the later report says of it."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib

import pandas as pd
import pytest

from eventwindow import read_study, run_study, write_result
from eventwindow.cli.main import main
from eventwindow.errors import catalogue, languages
from eventwindow.study import ahead
from eventwindow.study.freeze import FROZEN, frozen_reason
from eventwindow.study.library import new_study
from eventwindow.study.load import read_inputs
from eventwindow.study.run import quiet

CLAIM = """
[[claims]]
id = "A1-day"
article = "A1"
measure = "return"
security = "NVDA"
date = 2025-01-27
stated_text = "17 %"
stated = -0.17
hedge = "about"
text_en = "Nvidia fell about 17 %."
"""
QUICK = ("--prices", "shipped", "--language", "en")


@pytest.fixture
def study(tmp_path):
    return new_study(tmp_path / "mine")


def edit(study, old, new, file="study.toml"):
    text = (study / file).read_text(encoding="utf-8")
    assert old in text
    (study / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def fix(study, day="2025-01-20"):
    assert main(["freeze", str(study), "--date", day]) == 0


def record(study, claims=None):
    """What the run record will tell; nothing is computed for it."""
    return read_inputs(read_study(study), "shipped", quiet, claims).frozen


def at(monkeypatch, moment):
    monkeypatch.setattr(ahead, "now", lambda: pd.Timestamp(moment))


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2025-01-20", "fixed on 20 January 2025, 7 days before day 0."),
        ("2025-01-26", "1 day before day 0."),
        ("2025-01-27", "the day of day 0 itself"),
        ("2025-02-03", "7 days after day 0: that is no pre-registration."),
    ],
)
def test_the_record_says_how_long_before_day_0_the_study_was_fixed(study, capsys, day, said):
    fix(study, day)
    assert said in capsys.readouterr().out
    held = record(study)
    assert said in catalogue("en").reason(frozen_reason(held))
    assert held["date"] == day
    assert held["differs"] == []
    assert held["whole"]


def test_the_report_says_it_too(study, tmp_path, capsys):
    fix(study)
    assert main(["run", str(study), "--out", str(tmp_path / "out"), *QUICK]) == 0
    said = "fixed on 20 January 2025, 7 days before day 0."
    assert said in " ".join(capsys.readouterr().out.split())
    for name in ("report.html", "report.md"):
        assert said in (tmp_path / "out" / name).read_text(encoding="utf-8")
    held = json.loads((tmp_path / "out" / "results" / "run.json").read_text(encoding="utf-8"))["frozen"]
    assert (held["date"], held["differs"], held["whole"]) == ("2025-01-20", [], True)


def test_every_language_says_it_with_what_differs(study, tmp_path):
    fix(study)
    edit(study, "report = [[0, 0], [0, 1], [0, 5]]", "report = [[0, 0]]")
    result = run_study(study, prices="shipped")
    write_result(result, tmp_path / "out")
    for code in languages():
        page = tmp_path / "out" / ("report.html" if code == "en" else f"report.{code}.html")
        words = catalogue(code).reason(frozen_reason(result.run["frozen"]))
        assert words in page.read_text(encoding="utf-8")
        assert "study.toml windows.report" in words
        assert "7" in words


def test_what_only_looks_different_is_the_same(study):
    fix(study)
    edit(study, "[study]", "# a remark\n[study]")
    edit(study, 'name = "market_model"', '"name" =   "market_model"')
    edit(study, 'name = "mine"\ntitle = "My first event study"', 'title = "My first event study"\nname = "mine"')
    assert record(study)["differs"] == []


@pytest.mark.parametrize(
    ("file", "old", "new", "differs"),
    [
        ("study.toml", "event = [-10, 10]", "event = [-5, 10]", [["changed", "study.toml windows.event"]]),
        ("study.toml", 'name = "market_model"', 'name = "huber"', [["added", "study.toml model.name"]]),
        ("study.toml", 'members = ["NVDA", "TSM", "KO"]', 'members = ["NVDA"]', [["changed", "study.toml baskets all"]]),
        ("study.toml", 'name_en = "Nvidia"', 'name_en = "NV"', [["changed", "study.toml securities NVDA"]]),
        ("claims.toml", "stated = -0.17", "stated = -0.18", [["changed", "claims.toml claims A1-day"]]),
        ("claims.toml", 'id = "A1-day"', 'id = "A1-b"', [["removed", "claims.toml claims A1-day"], ["added", "claims.toml claims A1-b"]]),
    ],
)  # fmt: skip
def test_what_was_run_is_held_to_what_was_fixed(study, file, old, new, differs):
    (study / "claims.toml").open("a", encoding="utf-8").write(CLAIM)
    fix(study)
    edit(study, old, new, file)
    if "0.18" in new:
        edit(study, '"17 %"', '"18 %"', file)
        edit(study, "17 %.", "18 %.", file)
    assert [list(one) for one in record(study)["differs"]] == differs


def test_claims_of_another_file_are_held_to_those_that_were_fixed(study, tmp_path):
    (study / "claims.toml").open("a", encoding="utf-8").write(CLAIM)
    fix(study)
    other = tmp_path / "other.toml"
    other.write_text((study / "claims.toml").read_text(encoding="utf-8"), encoding="utf-8")
    assert list(record(study, claims=other)["differs"]) == []
    other.write_text(other.read_text(encoding="utf-8").replace(CLAIM, ""), encoding="utf-8")
    assert list(record(study, claims=other)["differs"]) == [("removed", "claims.toml claims A1-day")]


def test_a_table_of_share_counts_is_fixed_and_prices_are_not(study):
    shares = study / "figures" / "shares.csv"
    shares.write_text("symbol,as_of,shares\nNVDA,2024-11-15,24490000000\n", encoding="utf-8")
    fix(study)
    daily = study / "figures" / "daily.csv"
    daily.write_text(daily.read_text(encoding="utf-8").replace("142.62", "142.61"), encoding="utf-8")
    assert record(study)["differs"] == []
    shares.write_text("symbol,as_of,shares\nNVDA,2024-11-15,24480000000\n", encoding="utf-8")
    assert list(record(study)["differs"]) == [("changed", "figures shares")]


@pytest.mark.parametrize("wrong", ["frozen = 2025-01-02", 'rules = "1.0"', "a part"])
def test_a_file_that_was_tampered_with_is_told(study, capsys, wrong):
    fix(study)
    path = study / FROZEN
    text = path.read_text(encoding="utf-8")
    if wrong == "a part":
        text = re.sub(r'("study.toml windows.event" = ")[0-9a-f]{64}', r"\g<1>" + "0" * 64, text)
    else:
        text = re.sub(rf"^{wrong.split()[0]} = .*$", wrong, text, flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8")
    assert not record(study)["whole"]
    assert main(["check", str(study), "--prices", "shipped"]) == 0
    assert "frozen.toml was changed after it was written" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["", "frozen = 2025-01-20\n", 'frozen = "soon"\n', "[parts\n"])
def test_a_file_that_freeze_did_not_write_ends_the_run(study, capsys, content):
    (study / FROZEN).write_text(content, encoding="utf-8")
    assert main(["run", str(study), *QUICK]) == 2
    assert FROZEN in capsys.readouterr().err


def test_rules_of_another_version_are_told(study, monkeypatch):
    fix(study)
    monkeypatch.setattr("eventwindow.study.freeze.RULES_VERSION", "9.9")
    assert record(study)["versions"]["rules"][1] == "9.9"
    assert "rules" in str(frozen_reason(record(study)))


def test_the_hashes_are_those_that_another_program_gives(study):
    """SHA-256 of the canonical JSON, as `jq -cS` writes it, of the part of study.toml that tomllib reads."""
    fix(study)
    said = tomllib.loads((study / "study.toml").read_text(encoding="utf-8"))
    held = tomllib.loads((study / FROZEN).read_text(encoding="utf-8"))["parts"]
    text = json.dumps(said["windows"]["event"], separators=(",", ":"))
    assert held["study.toml windows.event"] == hashlib.sha256(text.encode()).hexdigest()


def test_a_study_is_fixed_once_and_a_shipped_one_never(study, capsys):
    fix(study)
    before = (study / FROZEN).read_bytes()
    assert main(["freeze", str(study), "--date", "2025-01-21"]) == 2
    assert "frozen on 2025-01-20" in capsys.readouterr().err
    assert (study / FROZEN).read_bytes() == before
    assert main(["freeze", "deepseek-2025"]) == 2
    assert "ships with the package" in capsys.readouterr().err
    assert main(["freeze", str(study), "--date", "soon"]) == 2


@pytest.mark.parametrize(("day", "code"), [("2025-01-20", 0), ("2025-01-21", 0), ("2025-01-22", 2)])
def test_no_study_is_fixed_on_a_day_that_is_nowhere_yet(study, monkeypatch, capsys, day, code):
    """At 11 in the morning of the 20th in London the 21st has begun on Kiritimati."""
    at(monkeypatch, "2025-01-20T11:00Z")
    assert main(["freeze", str(study), "--date", day]) == code
    assert ("is after today" in capsys.readouterr().err) == bool(code) and (study / FROZEN).exists() != bool(code)


def test_without_a_date_the_day_is_the_clocks(study, monkeypatch, capsys):
    at(monkeypatch, "2025-01-24T23:59Z")
    assert main(["freeze", str(study)]) == 0
    said = capsys.readouterr().out
    assert "fixed on 24 January 2025, 3 days before day 0." in said
    assert "waits for the close of 2025-01-27 on " in said


@pytest.mark.parametrize(("moment", "ahead"), [("2025-01-27T20:59Z", True), ("2025-01-27T21:00Z", False)])
def test_a_study_waits_until_day_0_has_closed(study, monkeypatch, capsys, moment, ahead):
    """New York closes at 16:00 in winter, 21:00 UTC."""
    at(monkeypatch, moment)
    assert main(["check", str(study), "--prices", "shipped"]) == 0
    said = capsys.readouterr().out
    assert ("waits for the close of 2025-01-27 on XNYS" in said) == ahead
    assert ("study and claims are valid" in said) == ahead
    assert main(["run", str(study), *QUICK, "--out", str(study.parent / "out")]) == (2 if ahead else 0)
    assert ("waits for the close of 2025-01-27 on XNYS" in capsys.readouterr().err) == ahead


def test_a_fault_of_a_study_that_lies_ahead_is_found_before(study, monkeypatch, capsys):
    at(monkeypatch, "2025-01-02T12:00Z")
    (study / "claims.toml").open("a", encoding="utf-8").write(CLAIM.replace('"return"', '"retrun"'))
    for command in ("check", "freeze"):
        assert main([command, str(study)]) == 2
        assert "unknown measure 'retrun'" in capsys.readouterr().err


def test_a_study_of_two_exchanges_waits_for_the_first_close(study, monkeypatch):
    edit(study, 'symbol = "TSM"\nexchange = "XNYS"', 'symbol = "TSM"\nexchange = "XLON"')
    at(monkeypatch, "2025-01-27T15:00Z")
    from eventwindow import read_study

    assert ahead.waits_for(read_study(study)) == [
        "day 0 of event 'selloff' lies ahead: it waits for the close of 2025-01-27 on XLON"
    ]
