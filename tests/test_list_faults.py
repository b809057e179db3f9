"""All faults of a list are told at once: cells, days that are no session, and securities that nobody holds."""

from __future__ import annotations

import pandas as pd
import pytest
from panels import panel

from eventwindow import StudyError, abnormal_returns, panel_study
from eventwindow.cli.main import main

OPTIONS = {"benchmark": "MKT", "estimation": (-70, -6), "window": (-2, 2), "minimum_returns": 30}


def told(returns: pd.DataFrame, events: pd.DataFrame, call=abnormal_returns, **more) -> str:
    with pytest.raises(StudyError) as error:
        call(returns, events, **OPTIONS | more)
    return str(error.value)


@pytest.mark.parametrize("call", [abnormal_returns, lambda *a, **k: panel_study(*a, report=[0], workers=1, **k)])
def test_a_wrong_ticker_is_joined_with_the_other_faults_of_a_list(call):
    returns = panel(4, firms=3, days=160)
    events = pd.DataFrame(
        {"security": ["F0", " f1", "F9", "f2"], "date": ["2023-05-22", "2023-13-01", "2023-05-22", ""]}
    )
    said = told(returns, events, call)
    for words in ("2023-13-01", "' f1' is not held (there is 'F1')", "'F9' is not held", "(there is 'F2')"):
        assert words in said
    assert "'F0' is not held" not in said


def test_every_event_without_a_session_is_told_with_the_securities_that_nobody_holds():
    returns = panel(4, firms=3, days=160)
    events = pd.DataFrame({"security": ["F0", "F1", "ZZ"], "date": ["2023-05-20", "2023-05-21", "2023-05-22"]})
    said = told(returns, events)
    assert "2023-05-20, the event of 'F0'" in said and "2023-05-21, the event of 'F1'" in said
    assert "'ZZ' is not held" in said


def test_wrong_tickers_alone_are_told_by_name_all_of_them():
    returns = panel(4, firms=3, days=160)
    events = pd.DataFrame({"security": ["f0", "ZZ", "F1 "], "date": "2023-05-22"})
    said = told(returns, events)
    assert "'f0' (there is 'F0')" in said and "'ZZ'" in said and "'F1 ' (there is 'F1')" in said


def test_check_and_run_tell_the_lines_of_all_faults(tmp_path, capsys):
    panel(4, firms=3, days=160).rename_axis("date").to_csv(tmp_path / "panel.csv")
    (tmp_path / "events.csv").write_text("security,date\nF0,2023-05-22\nf1,2023-02-30\nF9,2023-05-23\n")
    (tmp_path / "study.toml").write_text(
        '[study]\nname = "x"\nbenchmark = "MKT"\nminimum_returns = 30\n[windows]\nestimation = [-70, -6]\n'
        'event = [-2, 2]\nreport = [[0, 0]]\n[event_list]\nfile = "events.csv"\npanel = "panel.csv"\n'
    )
    messages = []
    for command in (["check", str(tmp_path)], ["run", str(tmp_path), "--out", str(tmp_path / "out")]):
        assert main(command) == 2
        messages.append(capsys.readouterr().err)
    assert messages[0] == messages[1]
    for words in ("line 3", "line 4: 'F9' is not held", "'f1' is not held (there is 'F1')"):
        assert words in messages[0]
