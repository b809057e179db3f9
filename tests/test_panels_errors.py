"""What is wrong with a panel, a list or a study that names them is told by `check` and by `run` alike."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from panels import panel
from test_panels import OPTIONS, drawn_events, ragged_panel
from test_panels_sources import STUDY

from eventwindow import StudyError, abnormal_returns, panel_study
from eventwindow.cli.main import main
from eventwindow.panel.tiles import staged_panel


@pytest.fixture
def study(tmp_path):
    ragged_panel(61).rename_axis("date").reset_index().to_parquet(tmp_path / "panel.parquet")
    drawn_events(ragged_panel(61), 61, 60).to_csv(tmp_path / "events.csv", index=False)
    (tmp_path / "study.toml").write_text(STUDY)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("events.csv", "", r"events\.csv: holds no rows"),
        ("events.csv", "security/date\nF0/2023-05-05\n", r"events\.csv, line 1: one column, 'security/date'"),
        ("events.csv", "security,date,date\nF0,2023-05-05,1\n", r"events\.csv: two columns 'date'"),
        (
            "events.csv",
            "security,when\nF0,2023-05-05\n",
            r"events\.csv: no column 'date' \(there are 'security'.*\nAdd it",
        ),
        ("events.csv", "security,date\n,2023-05-05\n", r"events\.csv, line 2: an event without a security"),
        ("events.csv", 'security,date\n"F0,2023-05-05\n', r"events\.csv, line 2: not a whole CSV file"),
        ("panel.csv", "", r"panel\.csv: holds no rows"),
        ("panel.csv", "date,F0,MKT\n", r"panel\.csv: holds no rows"),
        ("panel.csv", "date,F0,MKT\n2023-05-05,0.01,0.1 %\n", r"panel\.csv, line 2: MKT: '0.1 %' is not a number"),
        ("panel.csv", "date,F0,F0\n2023-05-05,0.01,0.1\n", r"panel\.csv: two columns 'F0'"),
        ("panel.csv", "date,firm,ret\n2023-05-05,F0,x\n", r"panel\.csv, line 2: ret: 'x' is not a number"),
        ("panel.csv", "date,firm,ret\n2023-05-05,,0.1\n", r"panel\.csv, line 2: a row without a security"),
        (
            "panel.csv",
            "day,firm,value\n2023-05-05,F0,1\n",
            r"panel\.csv: the panel lacks a column 'return' \(there are",
        ),
    ],
)
def test_a_file_that_cannot_be_read_ends_check_and_run_alike_with_a_clear_message(study, capsys, file, text, said):
    (study / "study.toml").write_text(STUDY.replace("panel.parquet", "panel.csv"))
    panel(61).rename_axis("date").to_csv(study / "panel.csv")
    (study / file).write_text(text)
    for command in (["check", str(study)], ["run", str(study), "--out", str(study / "out")]):
        assert main(command) == 2
        message = capsys.readouterr().err
        assert re.match("eventwindow: " + said, message) and "Traceback" not in message
        assert message.count("\n") >= 2  # what, and what to do


def test_a_parquet_file_that_was_cut_off_is_told(study, capsys):
    whole = (study / "panel.parquet").read_bytes()
    (study / "panel.parquet").write_bytes(whole[: len(whole) // 2])
    assert main(["check", str(study)]) == 2
    assert "panel.parquet: not a whole Parquet file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda t: t.assign(benchmark=["SPX", *["MKT"] * (len(t) - 1)]),
            r"benchmark of events\.csv, line 2: benchmark 'SPX' is",
        ),
        (lambda t: t.assign(group="all"), r"events\.csv, line 2: a group is called 'all'"),
        (lambda t: t.assign(security="ZZZ"), r"events\.csv: no event is left: the panel does not hold this security"),
        (
            lambda t: t.assign(date="2023-02-01"),
            r"no event has a fit; the first because of: \d+ returns in the estimation",
        ),
    ],
)
def test_check_ends_where_a_run_would_end_and_says_the_same(study, capsys, change, said):
    change(drawn_events(ragged_panel(61), 61, 60)).to_csv(study / "events.csv", index=False)
    messages = []
    for command in (["check", str(study)], ["run", str(study), "--out", str(study / "out")]):
        assert main(command) == 2
        messages.append(capsys.readouterr().err)
    assert messages[0] == messages[1]
    assert re.match("eventwindow: " + said, messages[0])


def test_check_counts_the_events_that_a_run_would_leave_out(study, capsys):
    events = drawn_events(ragged_panel(61), 61, 60).assign(date=lambda t: t["date"].where(t.index > 2, "2023-02-01"))
    events.assign(security=events["security"].where(events.index != 9, "ZZZ")).to_csv(study / "events.csv", index=False)
    assert main(["check", str(study)]) == 0
    said = capsys.readouterr().out
    assert "1 excluded: the panel does not hold this security" in said
    assert "fits: 61 of 65 events" in said
    assert said.splitlines()[-1] == "a run would go through, with 5 left out, 2 in part, 1 warning and 3 notes"


LISTED = pd.DataFrame({"security": ["F0", "F1", "F2"], "date": "2023-06-05"})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.assign(grp="a"), "unknown column 'grp'\nDid you mean 'group'"),
        (lambda t: t.assign(Benchmarks="MKT"), "unknown column 'Benchmarks'\nDid you mean 'benchmark'"),
        (lambda t: t.assign(deal=1), "unknown column 'deal'\nA column that is only carried along is named in `labels`"),
        (
            lambda t: t.iloc[[0, 1, 0, 2, 1]],
            r"2 of 5 events in the list before: (line 4 repeats line 2|index 0 .row 3. repeats index 0 .row 1.)",
        ),
        (lambda t: t.assign(car=1), "unknown column 'car'"),
    ],
)
def test_a_list_with_repeated_events_or_unknown_columns_is_refused(tmp_path, change, said):
    change(LISTED).to_csv(tmp_path / "e.csv", index=False)
    for source, name in ((change(LISTED), "the table of events"), (tmp_path / "e.csv", r"e\.csv")):
        with pytest.raises(StudyError, match=f"^{name}: {said}"):
            panel_study(panel(1), source, **OPTIONS)


def test_the_library_refuses_repeated_events_too_and_takes_any_label():
    with pytest.raises(
        StudyError, match=r"1 of 4 events in the list before: index 2 \(row 4\) repeats index 2 \(row 3\)"
    ):
        abnormal_returns(panel(1), LISTED.iloc[[0, 1, 2, 2]], **OPTIONS)
    assert abnormal_returns(panel(1), LISTED.assign(deal=[7, 8, 9]), **OPTIONS).labels["deal"].tolist() == [7, 8, 9]


def test_two_events_of_one_day_are_told_apart_by_their_names_and_counted(study, capsys):
    events = LISTED.iloc[[0, 1, 0]].assign(event=["dividend", "results", "merger"])
    result = panel_study(panel(1), events, workers=1, **OPTIONS)
    assert result.run["events"] == {"placed": 3, "securities": 2, "told": 1, "sharing_a_day": 2}
    assert panel_study(panel(1), LISTED, workers=1, **OPTIONS).run["events"]["sharing_a_day"] == 0


@pytest.mark.parametrize(("label", "said"), [("deal", "the list has no column"), ("car", "the label")])
def test_a_label_has_a_column_and_a_name_of_its_own(label, said):
    events = LISTED if label == "deal" else LISTED.assign(car=1)
    with pytest.raises(StudyError, match=f"{said} '{label}'"):
        panel_study(panel(1), events, labels=[label], **OPTIONS)


def test_labels_are_carried_into_the_tables_of_events(study):
    events = drawn_events(ragged_panel(61), 61, 60).assign(deal=lambda t: "D" + t["event"], value=range(66))
    events.to_csv(study / "events.csv", index=False)
    (study / "study.toml").write_text(STUDY.replace("daily = true", 'daily = true\nlabels = ["deal", "value"]'))
    assert main(["run", str(study), "--out", str(study / "out"), "--quiet"]) == 0
    for name in ("cumulative", "abnormal_returns"):
        table = pd.read_csv(study / "out" / "results" / f"{name}.csv")
        assert (table["deal"] == "D" + table["event"]).all()
        assert ("e" + table["value"].astype(str) == table["event"]).all()


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_numbers_of_rows_that_pandas_writes_along_are_no_column(tmp_path, form):
    path = tmp_path / f"e.{form}"
    numbered = LISTED.set_axis([7, 3, 5])
    numbered.to_csv(path) if form == "csv" else numbered.to_parquet(path)
    assert panel_study(panel(1), path, workers=1, **OPTIONS).run["events"]["placed"] == 3
    by_date = LISTED.set_index("date")
    by_date.to_csv(path) if form == "csv" else by_date.to_parquet(path)
    assert panel_study(panel(1), path, workers=1, **OPTIONS).run["events"]["placed"] == 3
    wide = panel(1).rename_axis("date").reset_index()
    wide = wide.set_axis(range(5, 5 + len(wide)))
    wide.to_csv(path) if form == "csv" else wide.to_parquet(path)
    assert list(staged_panel(path, tmp_path / "work").securities) == list(panel(1))
