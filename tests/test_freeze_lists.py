"""Pre-registration of an event list: what was fixed, what differs later, and what the list waits for."""

from __future__ import annotations

import hashlib
import json
import tomllib

import pandas as pd
import pytest
from test_panels import drawn_events, ragged_panel

from eventwindow.cli.main import main
from eventwindow.errors import languages
from eventwindow.study import ahead
from eventwindow.study.freeze import FROZEN

STUDY = """
[study]
name = "earnings"
benchmark = "MKT"
minimum_returns = 30

[windows]
estimation = [-70, -6]
event = [-5, 5]
report = [[0, 0]]

[event_list]
file = "events.csv"
panel = "panel.csv"
"""


@pytest.fixture
def listed(tmp_path):
    """A study of 22 events, and its list."""
    returns = ragged_panel(61)
    events = drawn_events(returns, 61, 20)
    (tmp_path / "mine").mkdir()
    returns.rename_axis("date").to_csv(tmp_path / "mine" / "panel.csv")
    events.to_csv(tmp_path / "mine" / "events.csv", index=False)
    (tmp_path / "mine" / "study.toml").write_text(STUDY)
    return tmp_path / "mine"


def rewritten(study, change):
    events = pd.read_csv(study / "events.csv", dtype=str)
    change(events).to_csv(study / "events.csv", index=False)


def ran(study, capsys):
    """What run.json tells of the freezing, and what the terminal says."""
    capsys.readouterr()
    assert main(["run", str(study), "--out", str(study.parent / "out")]) == 0
    run = json.loads((study.parent / "out" / "results" / "run.json").read_text(encoding="utf-8"))
    return run.get("frozen"), " ".join(capsys.readouterr().out.split())


def first_day(study):
    return pd.to_datetime(pd.read_csv(study / "events.csv")["date"]).min()


def test_a_list_is_fixed_and_its_later_report_says_how_long_before(listed, capsys):
    assert ran(listed, capsys)[0] is None
    day = first_day(listed) - pd.Timedelta(days=12)
    assert main(["freeze", str(listed), "--date", f"{day:%Y-%m-%d}"]) == 0
    assert "12 days before day 0" in capsys.readouterr().out
    frozen, said = ran(listed, capsys)
    assert (frozen["days_before"], frozen["whole"], frozen["differs"]) == (12, True, [])
    assert "12 days before day 0. Nothing differs from what was fixed." in said
    for code in languages():
        page = listed.parent / "out" / ("report.html" if code == "en" else f"report.{code}.html")
        assert "12" in page.read_text(encoding="utf-8").split('class="origin"')[1].split("</p>")[0]
    assert main(["check", str(listed)]) == 0
    assert "Nothing differs from what was fixed." in capsys.readouterr().out
    assert main(["run", str(listed), "--out", str(listed.parent / "out"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["frozen"]["days_before"] == 12


def test_what_differs_is_told_by_key_and_by_security(listed, capsys):
    assert main(["freeze", str(listed), "--date", "2015-01-01"]) == 0
    parts = tomllib.loads((listed / FROZEN).read_text(encoding="utf-8"))["parts"]
    who = pd.read_csv(listed / "events.csv", dtype=str)["security"]
    assert {part for part in parts if part.startswith("events.csv ")} == {f"events.csv {one}" for one in who}
    gone = who.value_counts().idxmin()
    rewritten(listed, lambda events: events[events["security"] != gone])
    text = (listed / "study.toml").read_text(encoding="utf-8")
    (listed / "study.toml").write_text(text.replace("[[0, 0]]", "[[0, 1]]"), encoding="utf-8")
    frozen, said = ran(listed, capsys)
    assert sorted(map(tuple, frozen["differs"])) == [
        ("changed", "study.toml windows.report"),
        ("removed", f"events.csv {gone}"),
    ]
    assert f"events.csv {gone} was taken out" in said


@pytest.mark.parametrize(
    "same",
    [
        lambda events: events.rename(columns={"security": "Symbol", "date": "Event_Date"}),
        lambda events: events.assign(date=pd.to_datetime(events["date"]).dt.strftime("%d %B %Y")),
        lambda events: events.sort_values("security", kind="stable"),
    ],
)
def test_names_of_columns_and_forms_of_dates_do_not_count(listed, capsys, same):
    assert main(["freeze", str(listed), "--date", "2015-01-01"]) == 0
    rewritten(listed, same)
    (listed / "study.toml").write_text(STUDY + "chunk = 7\n", encoding="utf-8")  # no result depends on it
    assert ran(listed, capsys)[0]["differs"] == []


def test_a_moved_date_of_one_event_is_told_by_its_security(listed, capsys):
    assert main(["freeze", str(listed), "--date", "2015-01-01"]) == 0
    who = pd.read_csv(listed / "events.csv", dtype=str)["security"].iloc[3]
    sessions = pd.read_csv(listed / "panel.csv")["date"]

    def moved(events):
        at = sessions[sessions == events.loc[3, "date"]].index[0]
        return events.assign(date=[*events["date"][:3], sessions[at + 1], *events["date"][4:]])

    rewritten(listed, moved)
    assert ran(listed, capsys)[0]["differs"] == [["changed", f"events.csv {who}"]]


def test_the_hash_of_a_security_is_that_of_its_rows_as_csv(listed):
    """SHA-256 of the JSON string of the CSV text: another program gives the same."""
    assert main(["freeze", str(listed), "--date", "2015-01-01"]) == 0
    events = pd.read_csv(listed / "events.csv", dtype=str, keep_default_na=False)
    who = events["security"].iloc[0]
    lines = [",".join(events), *(",".join(row) for row in events[events["security"] == who].to_numpy())]
    text = json.dumps("\n".join(lines) + "\n", ensure_ascii=False)
    held = tomllib.loads((listed / FROZEN).read_text(encoding="utf-8"))["parts"]
    assert held[f"events.csv {who}"] == hashlib.sha256(text.encode()).hexdigest()


def test_events_that_lie_ahead_are_counted_and_a_faulty_list_is_not_fixed(listed, monkeypatch, capsys):
    last = pd.to_datetime(pd.read_csv(listed / "events.csv")["date"]).max()
    early = first_day(listed).tz_localize("UTC") - pd.Timedelta(hours=1)
    monkeypatch.setattr(ahead, "now", lambda: early)
    assert main(["freeze", str(listed)]) == 0
    assert f"22 of 22 events lie ahead: the list waits for prices up to {last:%Y-%m-%d}" in capsys.readouterr().out
    (listed / FROZEN).unlink()
    rewritten(listed, lambda events: events.assign(date="soon"))
    assert main(["freeze", str(listed)]) == 2
    assert "events.csv, line 2" in capsys.readouterr().err
    assert not (listed / FROZEN).exists()


def test_a_list_wholly_ahead_is_valid_and_waits(listed, monkeypatch, capsys):
    monkeypatch.setattr(ahead, "now", lambda: pd.Timestamp("2061-01-01T09:00Z"))
    rewritten(listed, lambda events: events.assign(date=[f"2061-01-{3 + k:02d}" for k in range(len(events))]))
    assert main(["freeze", str(listed), "--date", "2061-01-01"]) == 0
    capsys.readouterr()
    assert main(["check", str(listed)]) == 0
    said = capsys.readouterr().out
    assert "fixed on 1 January 2061, 2 days before day 0. Nothing differs from what was fixed." in said
    assert "22 of 22 events lie ahead: the list waits for prices up to 2061-01-24" in said
    assert "study and list are valid" in said
    assert main(["run", str(listed), "--out", str(listed / "out")]) == 2
    assert "events.csv: 22 of 22 events lie ahead" in capsys.readouterr().err


def test_a_list_outside_the_panel_and_not_ahead_is_wrong(listed, capsys):
    rewritten(listed, lambda events: events.assign(date=[f"1991-01-{3 + k:02d}" for k in range(len(events))]))
    for command in ("check", "run"):
        assert main([command, str(listed)]) == 2
        assert "no event is left" in capsys.readouterr().err
