"""A study is a folder: what is read, and what a person is told when it is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eventwindow.calendars.window import Window
from eventwindow.errors import StudyError
from eventwindow.study.definition import read_study
from eventwindow.study.form import schema
from eventwindow.study.library import find_study, new_study, shipped_studies

GOOD = """\
[study]
name = "small"
title = "A small study"
benchmark = "SPY"
returns = "simple"
minimum_returns = 100

[model]
name = "market_model"

[windows]
estimation = [-260, -11]
event = [-10, 20]
report = [[0, 0], [0, 1]]

[[securities]]
symbol = "NVDA"
exchange = "XNAS"
currency = "USD"
group = "chips"

[[securities]]
symbol = "TSM"
exchange = "XNYS"
currency = "USD"
group = "chips"

[[baskets]]
name = "both"
members = ["NVDA", "TSM"]

[[events]]
id = "selloff"
date = 2025-01-27
session = "error"

[[news]]
date = 2025-01-29
what_en = "Federal Reserve meeting ends"
source = { publisher = "The Fed", title = "Statement", date = 2025-01-29, address = "https://example.org/fed" }
"""


def write(folder: Path, text: str) -> Path:
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_study_is_read_with_its_groups_as_baskets(tmp_path):
    study = read_study(write(tmp_path, GOOD))
    assert study.name == "small"
    assert study.baskets == {"both": ("NVDA", "TSM"), "chips": ("NVDA", "TSM")}
    assert study.file.windows.report == (Window(0, 0), Window(0, 1))
    assert study.symbols == ("NVDA", "TSM", "SPY")
    assert study.headline == {"event": "selloff", "basket": "both", "members": ["NVDA", "TSM"]}


def test_a_byte_order_mark_is_no_fault(tmp_path):
    (tmp_path / "study.toml").write_text(GOOD, encoding="utf-8-sig")
    assert read_study(tmp_path).name == "small"


def line_with(text: str, part: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if part in line)


FAULTS = {
    "no TOML": ("[study]", "[study", ["not valid TOML", "line 1"]),
    "misspelled key": ("benchmark =", "benchmrak =", ["unknown key 'benchmrak'", "line 4", "'benchmark'"]),
    "misspelled key in the second security": (
        'symbol = "TSM"\nexchange',
        'symbol = "TSM"\nexchnage',
        ["'exchnage'", "line 24"],
    ),
    "impossible date": ("2025-01-27", "2025-02-30", ["line 34: 2025-02-30 is no date", "Write a date as"]),
    "month 13": ("2025-01-27", "2025-13-27", ["line 34: 2025-13-27 is no date", "Write a date as 2025-01-27"]),
    "day first": ("2025-01-27", "27.1.2025", ["line 34: 27.1.2025 is no date", "Write a date as 2025-01-27"]),
    "day first as text": ("2025-01-27", '"27/1/2025"', ["line 34, events[1].date: no date (found '27/1/2025')"]),
    "impossible date as text": ("2025-01-27", '"2025-02-30"', ["line 34", "2025-02-30"]),
    "window that starts after its end": ("[0, 1]]", "[1, 0]]", ["[1, 0] starts after its end", "line 14"]),
    "window of three numbers": ("[-10, 20]", "[-10, 0, 20]", ["two whole trading days", "line 13"]),
    "estimation window over the event's": (
        "[-260, -11]",
        "[-260, -5]",
        ["overlaps the event window [-10,20]", "line 12", "-11"],
    ),
    "report window outside the event's": ("[0, 1]]", "[0, 21]]", ["reaches beyond", "line 14"]),
    "unknown model": ('"market_model"', '"magic"', ["unknown model 'magic'", "line 9", "market_model"]),
    "security twice": ('"TSM"\nexchange', '"NVDA"\nexchange', ["'NVDA' stands in [[securities]] twice", "line 23"]),
    "basket with a stranger": ('["NVDA", "TSM"]', '["NVDA", "INTC"]', ["'INTC'", "line 30", "[[securities]]"]),
    "group of none": (
        "[[baskets]]",
        '[[groups]]\nname = "oil"\ntitle_en = "Oil"\n\n[[baskets]]',
        ["no security is of the group 'oil'", "line 29"],
    ),
    "headline that is no event": (
        "minimum_returns = 100",
        'minimum_returns = 100\nheadline = "rebound"',
        ["no event is called 'rebound'", "line 7", "The events are selloff."],
    ),
    "peer that is no security": (
        '"market_model"',
        '"peer_index"\npeers = ["KO"]',
        ["the peer 'KO' is no security of this study", "line 10", "untreated stocks"],
    ),
    "peer model without peers": ('"market_model"', '"peer_index"', ["peer_index needs peers", "line 9"]),
    "robust against a stranger": (
        "[windows]",
        '[robustness]\nbenchmarks = ["QQQ"]\n\n[windows]',
        ["'QQQ' is no security of this study", "line 12", 'kind = "series"'],
    ),
    "treated that is a stranger": (
        "[windows]",
        '[robustness]\ntreated = ["chip"]\n\n[windows]',
        ["'chip' is no security of this study and no basket", "line 12"],
    ),
    "source that is text": (
        'source = { publisher = "The Fed", title = "Statement", date = 2025-01-29, address = "https://example.org/fed" }',
        'source = "The Fed"',
        ["line 40, news[1].source: a source is a table", "publisher = …"],
    ),
    "source without an address": (
        ', address = "https://example.org/fed"',
        "",
        ["news[1].source: the key 'address' is missing", "publisher, title, address must be there"],
    ),
    "address that is none": ("https://example.org/fed", "the web", ["line 40, news[1].source.address"]),
    "time without a zone": (
        'session = "error"',
        "time = 09:00:00",
        ["line 32, events[1]: a clock time without its zone", "Give both"],
    ),
    "unknown zone": (
        'session = "error"',
        'time = 09:00:00\nzone = "Mars/Base"',
        ["line 36, events[1].zone: unknown time zone 'Mars/Base'"],
    ),
    "misspelled zone": (
        'session = "error"',
        'time = 09:00:00\nzone = "US/Eastren"',
        ["unknown time zone 'US/Eastren'", "Did you mean 'US/Eastern'?"],
    ),
    "half past five": ('session = "error"', "time = 5:30pm", ["line 35: 5:30pm is no clock time", "08:30:00"]),
    "without seconds": ('session = "error"', "time = 09:30", ["line 35: 09:30 is no clock time", "08:30:00"]),
    "one table for a list": ("[[events]]", "[events]", ["line 32, events: no list", "double brackets"]),
    "receipt of a stranger": (
        "[[events]]",
        '[[receipts]]\nreceipt = "TSM"\nhome = "2330.TW"\n\n[[events]]',
        ["line 34, receipts[1].home: '2330.TW' is no security of this study"],
    ),
    "unknown rule": ('session = "error"', 'session = "nearest"', ["line 35", "next"]),
    "missing key": ('id = "selloff"\n', "", ["'id' is missing", "line 32"]),
    "name that leaves the folder": ('name = "small"', 'name = "../x"', ["line 2"]),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_with_its_place_and_its_remedy(tmp_path, fault):
    old, new, told = FAULTS[fault]
    assert old in GOOD
    with pytest.raises(StudyError) as error:
        read_study(write(tmp_path, GOOD.replace(old, new, 1)))
    text = str(error.value)
    assert "study.toml" in text
    assert error.value.exit_code == 2
    assert error.value.remedy
    assert "{'" not in text and "datetime" not in text  # no dump of what the program holds
    for part in told:
        assert part in text


def test_a_folder_without_a_study_says_how_to_make_one(tmp_path):
    with pytest.raises(StudyError, match="eventwindow new"):
        read_study(tmp_path)


def test_bytes_that_are_no_text_are_told(tmp_path):
    (tmp_path / "study.toml").write_bytes(b"[study]\nname = \xff\xfe")
    with pytest.raises(StudyError, match="not UTF-8 at byte 15"):
        read_study(tmp_path)


def test_a_folder_that_holds_a_study_wins_over_one_that_ships_a_folder_of_results_does_not(tmp_path, monkeypatch):
    """`run deepseek-2025 --out deepseek-2025`, and then once more."""
    monkeypatch.chdir(tmp_path)
    shipped = find_study("deepseek-2025")
    (tmp_path / "deepseek-2025").mkdir()
    assert find_study("deepseek-2025") == shipped and shipped.name == "deepseek_2025"
    (tmp_path / "deepseek-2025" / "study.toml").touch()
    assert find_study("deepseek-2025") == Path("deepseek-2025")


@pytest.mark.parametrize("name", ["nowhere", "../deepseek-2025", "template", "deepseek_2025", ""])
def test_an_unknown_study_lists_those_that_ship(name, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")  # "../" is a folder of this test's own
    if name == "":
        name = "no/such/path"
    with pytest.raises(StudyError, match="deepseek-2025"):
        find_study(name)


def test_every_study_that_ships_is_valid():
    names = list(shipped_studies())
    assert "deepseek-2025" in names
    assert [read_study(find_study(name)).name for name in names] == names


def test_a_new_study_is_valid_and_an_old_folder_is_never_touched(tmp_path):
    folder = new_study(tmp_path / "mine")
    assert read_study(folder).name == "mine"
    with pytest.raises(StudyError, match="exists already"):
        new_study(folder)


def test_a_new_study_needs_a_name_that_can_name_a_folder(tmp_path):
    with pytest.raises(StudyError, match="cannot name a study"):
        new_study(tmp_path / "-x y")


def test_the_published_schema_is_that_of_the_code():
    published = Path(__file__).parents[1] / "docs" / "study.schema.json"
    assert json.loads(published.read_text(encoding="utf-8")) == schema()


def test_the_study_that_ships_holds_the_groups_of_the_ledger(shared):
    """Symbols by group, held against the founders' list."""
    study = read_study(find_study("deepseek-2025"))
    text = (shared / "claims.md").read_text(encoding="utf-8")
    rows = text.split("## Groups")[1].split("## Calendar")[0].splitlines()
    held = {}
    for s in study.file.securities:
        held.setdefault(s.group, set()).add(s.symbol)
    listed = {}
    for row in rows:
        cells = [c.strip() for c in row.strip("|").split("|")]
        if len(cells) == 2 and cells[0] in held:
            listed[cells[0]] = {w.strip(";:)") for w in cells[1].replace("(funds:", "").split(" (")[0].split()}
    assert len(listed) > 5
    assert {group: held[group] for group in listed} == listed


def test_the_mean_of_its_peers_is_what_a_study_expects(tmp_path):
    from eventwindow import run_study

    study = new_study(tmp_path / "own") / "study.toml"
    model = 'name = "peer_adjusted"\npeers = ["TSM", "KO"]'
    study.write_text(study.read_text("utf-8").replace('name = "market_model"', model), "utf-8")
    result = run_study(study.parent, prices="shipped")
    days = result.table("abnormal_returns").query("event == 'selloff' and tau == 0").set_index("security")
    moved = days["actual_return"]
    assert days["abnormal_return"]["NVDA"] == pytest.approx(moved["NVDA"] - moved[["TSM", "KO"]].mean(), abs=1e-12)
    assert moved["NVDA"] == pytest.approx(-0.1697, abs=1e-4)
