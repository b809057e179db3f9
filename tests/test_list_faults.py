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


@pytest.fixture
def checked(tmp_path, capsys):
    """What check says of a list, which is what run says where it refuses it."""
    panel(4, firms=3, days=160).rename_axis("date").to_csv(tmp_path / "panel.csv")

    def check(data: bytes, name: str = "events.csv") -> tuple[int, str]:
        (tmp_path / name).write_bytes(data)
        (tmp_path / "study.toml").write_text(
            '[study]\nname = "x"\nbenchmark = "MKT"\nminimum_returns = 30\n[windows]\nestimation = [-70, -6]\n'
            f'event = [-2, 2]\nreport = [[0, 0]]\n[event_list]\nfile = "{name}"\npanel = "panel.csv"\n'
        )
        code = main(["check", str(tmp_path)])
        said = capsys.readouterr()
        if code:
            assert main(["run", str(tmp_path), "--out", str(tmp_path / "out")]) == code
            assert capsys.readouterr().err == said.err
        return code, said.err or said.out

    return check


REFUSED = {
    "not UTF-8": ("security,date,title\nF0,2023-05-22,Fus\xe9e\n".encode("latin-1"), "line 2: byte 37 is not UTF-8"),
    "no header": (b"F0,2023-05-22\nF1,2023-05-23\n", "no column 'security' (there are 'F0', '2023-05-22')"),
    "a comment first": (b"# mine\nsecurity,date\nF0,2023-05-22\n", "line 1: one column, '# mine'"),
    "a total below": (
        b"security,date\nF0,2023-05-22\nTotal,1\n",
        "line 3: '1' is not a date; line 3: 'Total' is not held",
    ),
    "a comma too many": (b"security,date,\nF0,2023-05-22,\n", "a column without a name\nName it"),
    "a cell too many": (b"security,date\nF0,2023-05-22,now\n", "line 2: 3 cells where the header has 2"),
    "a quote left open": (b'security,date\n"F0,2023-05-22\nF1,2023-05-23\n', "line 3: not a whole CSV file"),
    "two orders of dates": (b"security,date\nF0,22/05/2023\nF1,05/23/2023\n", "line 3: '05/23/2023' is not a date"),
    "dates of both orders": (b"security,date\nF0,03/04/2023\n", "line 2: '03/04/2023' reads two ways"),
    "a moment": (b"security,date\nF0,2023-05-22T16:30:00+09:00\n", "line 2: '2023-05-22T16:30:00+09:00' is not a date"),
    "a month": (b"security,date\nF0,2023-05\n", "line 2: '2023-05' is not a date"),
    "a number of Excel's": (b"security,date\nF0,45068\n", "line 2: '45068' is not a date"),
    "an afternoon": (b"security,date,time,exchange\nF0,2023-05-22,4pm,XNYS\n", "line 2: '4pm' is not a clock time"),
    "no such zone": (b"security,date,time,zone,exchange\nF0,2023-05-22,16:05,EST5,XNYS\n", "unknown time zone 'EST5'"),
    "no such exchange": (b"security,date,exchange\nF0,2023-05-22,XXXX\n", "line 2: exchange 'XXXX' is unknown"),
    "no such rule": (b"security,date,session\nF0,2023-05-22,nxt\n", "line 2: session = 'nxt' is no rule"),
    "no such benchmark": (b"security,date,benchmark\nF0,2023-05-22,SPY\n", "line 2: benchmark 'SPY' is no security"),
    "nobody held": (
        b"security,date\nTRUE,2023-05-22\n",
        "the panel does not hold this security (1 event, first 'TRUE')",
    ),
    "all before the panel": (b"security,date\nF0,2019-05-22\n", "no event is left: its day lies outside the panel"),
    "zero bytes": (b"security,date\nF0,2023-05-22\x00\n", "holds zero bytes"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_list_that_cannot_be_read_is_told_by_check_as_by_run(fault, checked):
    data, words = REFUSED[fault]
    code, said = checked(data)
    assert code == 2
    assert words in said


@pytest.mark.parametrize(("ending", "of"), [("dta", "Stata"), ("sav", "SPSS"), ("rds", "R"), ("json", "JSON")])
def test_a_file_of_another_program_is_called_by_its_name(ending, of, checked):
    code, said = checked(b"\x73\x02", f"events.{ending}")
    assert code == 2
    assert f"events.{ending}: a file of {of}, which is not read\nSave it there as CSV, xlsx or Parquet." in said


READ = {
    "semicolons": b"security;date\nF0;2023-05-22\n",
    "tabs": b"security\tdate\nF0\t2023-05-22\n",
    "UTF-16": "security,date\nF0,2023-05-22\n".encode("utf-16"),
    "a mark first": b"\xef\xbb\xbfsecurity,date\nF0,2023-05-22\n",
    "lines of old Macs": b"security,date\rF0,2023-05-22\r",
    "blanks in the header": b" Ticker , Event Date \nF0,2023-05-22\n",
    "empty lines": b"SECURITY,DATE\n\nF0,2023-05-22\n\n",
}


@pytest.mark.parametrize("form", READ)
def test_a_list_as_programs_write_it_is_read(form, checked):
    code, said = checked(READ[form])
    assert code == 0
    assert "events: 1 placed" in said and "nothing is wrong" in said


def test_an_event_without_a_group_is_told(checked):
    code, said = checked(b"security,date,group\nF0,2023-05-22,a\nF1,2023-05-23,\n")
    assert code == 0
    assert "1 event names no group: it counts in none" in said
