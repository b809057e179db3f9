"""What a panel study says in the terminal: to a person, and as JSON to a program."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from test_panels import drawn_events, ragged_panel
from test_panels_sources import STUDY

from eventwindow.cli.main import main
from eventwindow.errors import signed
from eventwindow.inference.registry import TESTS


@pytest.fixture
def study(tmp_path):
    ragged_panel(61).rename_axis("date").reset_index().to_parquet(tmp_path / "panel.parquet")
    drawn_events(ragged_panel(61), 61, 60).to_csv(tmp_path / "events.csv", index=False)
    (tmp_path / "study.toml").write_text(STUDY)
    return tmp_path


def test_the_terminal_shows_the_leading_test_of_each_group_and_window(study, capsys):
    assert main(["run", str(study), "--out", str(study / "out")]) == 0
    said = capsys.readouterr().out
    assert said.splitlines()[0] == "66 events; 1 excluded"
    tests = pd.read_csv(study / "out" / "results" / "tests.csv")
    for window in ("[0,0]", "[-1,2]"):
        start = int(window[1:-1].split(",")[0])
        rows = tests[(tests["group"] == "all") & (tests["window_start"] == start) & tests["valid"]]
        lead = rows[rows["statistic"].notna()].iloc[0]
        line = next(line for line in said.splitlines() if line.split()[:2] == ["all", window])
        assert TESTS[lead["test"]].title in line and signed(f"{lead['statistic']:.2f}") in line
    assert said.splitlines()[-1] == f"Report: {study / 'out' / 'report.html'}"


def test_json_holds_the_numbers_of_the_tables(study, capsys):
    assert main(["run", str(study), "--out", str(study / "out"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    caar = pd.read_csv(study / "out" / "results" / "caar.csv")
    np.testing.assert_allclose([row["caar"] for row in told["caar"]], caar["caar"], rtol=1e-10)
    assert [(row["group"], row["window_start"]) for row in told["leading"]] == [
        (group, start) for group in ("all", "a", "b") for start in (0, -1)
    ]
    assert told["study"] == "earnings" and told["events"]["placed"] == 66
    assert told["excluded"] == {"told": 5, "excluded": 1}
    reasons = pd.read_csv(study / "out" / "results" / "excluded.csv")["reason"]
    assert reasons.str.contains(r"not computed, cumulative\.csv tells why").sum() == 2  # a window each
    assert {row["group"] for row in told["tests"]} == {"all"} and len(told["tests"]) > 20


def test_without_anything_left_out_the_count_of_events_stands_alone(study, capsys):
    drawn_events(ragged_panel(61), 62, 20).to_csv(study / "events.csv", index=False)
    assert main(["run", str(study), "--out", str(study / "out")]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "22 events"
    named = pd.read_csv(study / "events.csv")["security"].nunique()
    assert f"22 events of {named} securities, " in (study / "out" / "report.html").read_text(encoding="utf-8")
    assert named < len(ragged_panel(61).columns), "not of all whose prices are there"


def test_events_of_one_day_after_a_storm_have_no_leading_test_and_the_reason(study, capsys):
    """The ten sessions before the day move four times as much as all others: no test of several firms holds its size."""
    returns = ragged_panel(61)
    at = len(returns) - 40
    returns.iloc[at - 10 : at] *= 4
    returns.rename_axis("date").reset_index().to_parquet(study / "panel.parquet")
    held = [name for name in returns if name != "MKT" and returns[name].iloc[at - 80 : at + 10].notna().mean() > 0.9]
    rows = [(name, returns.index[at], "a") for name in held]
    assert len(rows) > 3
    pd.DataFrame(rows, columns=["security", "date", "group"]).to_csv(study / "events.csv", index=False)
    assert main(["run", str(study), "--out", str(study / "out")]) == 0
    said = capsys.readouterr().out
    assert "all [0,0]: no test leads, for volatility of the last 10 sessions" in said
    tests = pd.read_csv(study / "out" / "results" / "tests.csv")
    one_day = tests[tests["window_start"].eq(0) & tests["p_value"].notna()]
    assert len(one_day) > 20 and not one_day["valid"].any()
    page = (study / "out" / "report.html").read_text()
    assert "; no test leads: volatility of the last 10 sessions" in page and "<td" in page
    assert main(["run", str(study), "--out", str(study / "out"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert 0 not in [row["window_start"] for row in told["leading"]]
