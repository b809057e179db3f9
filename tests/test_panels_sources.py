"""Where panels and event lists come from, and what `eventwindow run` makes of a study that names them."""

from __future__ import annotations

import codecs
import datetime as dt
import json
import re
from html import unescape

import numpy as np
import pandas as pd
import pytest
from panels import panel
from test_panels import OPTIONS, drawn_events, ragged_panel

from eventwindow import StudyError, panel_study
from eventwindow.calendars.dates import Rows
from eventwindow.calendars.day_zero import with_day_zero
from eventwindow.calendars.exchange import day_zero, exchange_calendar
from eventwindow.cli.main import main
from eventwindow.errors import Reason
from eventwindow.panel.events import event_list
from eventwindow.panel.form import open_study
from eventwindow.panel.own_sessions import Exchanges
from eventwindow.panel.source import ONE, Own, frame_panel
from eventwindow.panel.tiles import staged_panel
from eventwindow.report.language import LANGUAGES, language
from eventwindow.report.panel import reasons


@pytest.fixture
def returns() -> pd.DataFrame:
    table = ragged_panel(51, gaps=0.02, firms=300)  # more than one tile
    return table.rename_axis("date")


def long(table: pd.DataFrame, value: str) -> pd.DataFrame:
    """A row a date and security, without the missing ones."""
    return table.reset_index().melt("date", var_name="security", value_name=value).dropna()


def folder_of(table: pd.DataFrame, folder) -> None:
    folder.mkdir()
    for name in table:
        table[name].dropna().rename("ret").reset_index().to_csv(folder / f"{name}.csv", index=False)


@pytest.mark.parametrize("kind", ["wide.parquet", "wide.csv", "long.parquet", "long.csv", "folder"])
def test_every_form_of_panel_is_the_table_it_came_from(tmp_path, returns, kind):
    path = tmp_path / kind
    if kind == "folder":
        returns = returns.iloc[:, :20]
        folder_of(returns, path)
    else:
        table = returns.reset_index() if "wide" in kind else long(returns, "return").sample(frac=1, random_state=1)
        table.to_parquet(path) if kind.endswith("parquet") else table.to_csv(path, index=False)
    staged = staged_panel(path, tmp_path / "work")
    at = staged.securities.get_indexer(returns.columns)
    first, stop = -4, len(returns) + 3
    expected = np.pad(returns.to_numpy().T, ((0, 0), (4, 3)), constant_values=np.nan)
    np.testing.assert_allclose(staged.returns(first, stop, at), expected, rtol=1e-15)
    np.testing.assert_array_equal(staged.spans[at], frame_panel(returns).spans)
    assert list(staged.sessions) == list(returns.index)


def test_prices_become_simple_returns_that_span_no_gap(tmp_path):
    prices = pd.DataFrame(
        {"A": [100.0, 110.0, np.nan, 121.0, 133.1]}, pd.bdate_range("2024-01-01", periods=5, name="date")
    )
    prices.reset_index().to_parquet(tmp_path / "p.parquet")
    staged = staged_panel(tmp_path / "p.parquet", tmp_path, own=Own({}, ()))
    np.testing.assert_allclose(staged.returns(0, 5, np.array([0]))[0], [np.nan, 0.1, np.nan, np.nan, 0.1], rtol=1e-12)


def test_a_study_from_a_file_is_the_study_from_the_table(tmp_path):
    returns = ragged_panel(52)
    events = drawn_events(returns, 52, 40)
    returns.rename_axis("date").reset_index().to_parquet(tmp_path / "panel.parquet")
    events.to_csv(tmp_path / "events.csv", index=False)
    options = OPTIONS | {"workers": 1, "chunk": 17}
    from_file = panel_study(tmp_path / "panel.parquet", tmp_path / "events.csv", **options)
    from_table = panel_study(returns, events, **options)
    pd.testing.assert_frame_equal(from_file.tests, from_table.tests, check_exact=True)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda t: pd.concat([t, t.iloc[:1]]), "stands twice"),
        (lambda t: pd.concat([t.iloc[1:], t.iloc[:1]]), "stands after a later date"),
        (lambda t: t.rename(columns={"date": "when"}), "lacks a column 'date'"),
        (lambda t: t.assign(F0="x"), r"p\.parquet, row 1: F0: 'x' is not a number"),
        (lambda t: t.assign(F0=np.inf), "'F0' has an infinite return"),
    ],
)
def test_a_panel_that_cannot_be_read_says_where(tmp_path, change, match):
    change(panel(1).rename_axis("date").reset_index()).to_parquet(tmp_path / "p.parquet")
    with pytest.raises(StudyError, match=match):
        staged_panel(tmp_path / "p.parquet", tmp_path / "work")
    assert not list((tmp_path / "work").glob("*.json"))


def test_a_long_panel_that_holds_a_day_twice_is_refused(tmp_path):
    table = long(panel(1).rename_axis("date"), "return")
    pd.concat([table, table.iloc[:1]]).to_csv(tmp_path / "p.csv", index=False)
    with pytest.raises(StudyError, match=r"p\.csv: 'MKT' has two rows for 2023-01-02"):
        staged_panel(tmp_path / "p.csv", tmp_path / "work")


@pytest.mark.parametrize("rule", ["next", "previous"])
def test_many_events_are_placed_as_one_is(rule):
    g = np.random.default_rng(3)
    sessions = pd.bdate_range("2024-01-02", "2024-12-27").difference(pd.to_datetime(["2024-07-04", "2024-11-28"]))
    dates = pd.Timestamp("2024-01-10") + pd.to_timedelta(g.integers(0, 340, 60), "D")
    clock = g.choice(["", "08:15", "15:59", "16:00", "22:30"], 60)
    zone = np.where(clock == "", "", g.choice(["America/New_York", "Asia/Tokyo"], 60))
    events = pd.DataFrame({"security": "A", "date": dates, "time": clock, "zone": zone})
    nyse = exchange_calendar("XNYS", dt.date(2023, 12, 1), dt.date(2025, 2, 1))
    priced = [
        day_zero(nyse, e.date.date(), dt.time.fromisoformat(e.time), e.zone, rule).session if e.time else e.date
        for e in events.itertuples()
    ]
    at = sessions.searchsorted(priced, side="right" if rule == "previous" else "left") - (rule == "previous")
    every = Exchanges({ONE: np.arange(len(sessions))})
    listed = event_list(events, sessions, pd.Index(["A"]), every, Rows("events"), rule=rule, exchange="XNYS")
    got = pd.Series(sessions[listed.day], index=listed.row).sort_index()
    assert list(got) == list(sessions[at])
    moved = set(listed.exclusions.query("what == 'shifted'").index)
    assert len(moved) >= (sessions[at] != dates).sum()
    one_by_one = with_day_zero(events, sessions, rule, "XNYS")
    assert list(one_by_one["date"]) == list(got)
    assert len(moved) == one_by_one["shift"].notna().sum()


def test_a_day_without_a_session_is_an_error_unless_a_rule_is_given():
    returns = panel(1)
    saturday = returns.index[100] + pd.Timedelta(days=(5 - returns.index[100].weekday()) % 7)
    events = pd.DataFrame({"security": ["F0", "F1"], "date": [saturday, returns.index[90]]})
    with pytest.raises(StudyError, match="is no session of the table of returns"):
        panel_study(returns, events, **OPTIONS)
    events["session"] = ["next", ""]
    told = panel_study(returns, events.assign(session=["next", None]), workers=1, **OPTIONS).excluded
    assert list(told["what"]) == ["shifted"]


STUDY = """
[study]
name = "earnings"
title = "Announcements <of> a made-up panel"
benchmark = "MKT"
minimum_returns = 30

[windows]
estimation = [-70, -6]
event = [-5, 5]
report = [[0, 0], [-1, 2]]

[event_list]
file = "events.csv"
panel = "panel.parquet"
chunk = 25
daily = true
"""


@pytest.fixture
def study(tmp_path):
    returns = ragged_panel(61)
    returns.rename_axis("date").reset_index().to_parquet(tmp_path / "panel.parquet")
    drawn_events(returns, 61, 60).to_csv(tmp_path / "events.csv", index=False)
    (tmp_path / "study.toml").write_text(STUDY)
    return tmp_path


def test_run_writes_the_tables_and_a_page_of_aggregates(study, capsys):
    out = study / "out"
    assert main(["run", str(study), "--out", str(out)]) == 0
    assert "Report:" in capsys.readouterr().out
    names = {path.name for path in (out / "results").iterdir()}
    assert names == {
        "tests.csv",
        "caar.csv",
        "aar.csv",
        "excluded.csv",
        "cumulative.csv",
        "abnormal_returns.csv",
        "run.json",
    }
    assert not (out / "work").exists()
    page = (out / "report.html").read_text()
    assert "Announcements &lt;of&gt; a made-up panel" in page and "<svg" in page
    assert not any(path.read_bytes().startswith(codecs.BOM_UTF8) for path in (out / "results").glob("*.csv"))
    record = json.loads((out / "results" / "run.json").read_text())
    assert record["panel"]["securities"] == 9 and set(record["inputs"]) == {"study.toml", "events.csv"}
    before = {path.name: path.read_bytes() for path in (out / "results").iterdir()}
    (study / "study.toml").write_text(STUDY.replace("chunk = 25", "chunk = 7"))
    assert main(["run", str(study), "--out", str(out), "--quiet"]) == 0
    after = {path.name: path.read_bytes() for path in (out / "results").iterdir()}
    assert {name for name in names if before[name] != after[name]} <= {
        "tests.csv",
        "aar.csv",
        "run.json",
    }  # last digits


def test_the_page_is_written_in_both_languages_that_link_to_each_other(study):
    out = study / "out"
    (study / "study.toml").write_text(STUDY.replace("[windows]", 'title_zh = "虛構的公告"\n\n[windows]', 1))
    assert main(["run", str(study), "--out", str(out), "--quiet"]) == 0
    english, chinese = ((out / name).read_text(encoding="utf-8") for name in ("report.html", "report.zh-Hant.html"))
    assert 'href="report.zh-Hant.html" hreflang="zh-Hant"' in english and 'href="report.html"' in chinese
    assert "14 events share their security, day and group" in english and "14 個事件與另一事件" in chinese
    assert '<html lang="zh-Hant">' in chinese and "<h1>虛構的公告</h1>" in chinese
    body = re.sub(r"(?s)<(style|svg|title|code)\b.*?</\1>|<[^>]+>", " ", unescape(chinese))
    names = {"Kolari", "Pynnönen", "Patell", "Corrado", "Zivney", "CAAR", "English", "eventwindow"}
    assert set(re.findall(r"[A-Za-zö]{4,}", body)) <= names


def test_both_pages_hold_the_same_figures_and_captions_for_every_table(study):
    out = study / "out"
    assert main(["run", str(study), "--out", str(out), "--quiet"]) == 0
    pages = [(out / name).read_text(encoding="utf-8") for name in ("report.html", "report.zh-Hant.html")]
    figures = [re.findall(r'<td class="num">([^<]*)</td>', page.replace("\xa0%", "%")) for page in pages]
    assert figures[0] == figures[1] and len(figures[0]) > 20
    for page in pages:
        assert page.count("<table") == page.count("<caption>") == 3
        told = re.sub(r'xmlns(:xlink)?="[^"]+"|a\[href\^="http"\]', "", page)  # namespaces, and how links are printed
        assert "src=" not in page and "http" not in told


def test_one_language_leaves_no_page_of_the_other_from_before(study, capsys):
    out = study / "out"
    assert main(["run", str(study), "--out", str(out), "--quiet"]) == 0
    assert main(["run", str(study), "--out", str(out), "--quiet", "--language", "zh-Hant"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == str(out / "report.zh-Hant.html")
    assert {path.name for path in out.iterdir()} == {"results", "report.zh-Hant.html"}
    assert "hreflang" not in (out / "report.zh-Hant.html").read_text(encoding="utf-8")


def test_the_pages_tell_the_kinds_of_reasons_in_the_reader_s_words():
    table = pd.DataFrame(
        [
            ("excluded", Reason("few_estimation_returns", n=12, window="[-60,-6]", needed=30)),
            ("excluded", Reason("few_estimation_returns", n=13, window="[-60,-6]", needed=30)),
            ("excluded", Reason("not_in_panel")),
            ("excluded", Reason("outside_panel", first="2021-01-04", last="2023-09-08")),
            (
                "shifted",
                Reason("day_zero_is", day="2021-06-07", shift=Reason("next_session_in_panel", day="2021-06-05")),
            ),
            ("shifted", Reason("first_close", moment="2021-06-04 18:00 America/New_York", mic="XNYS")),
            ("excluded", Reason("no_residual_variance")),
        ],
        columns=["what", "reason"],
    )
    told = {code: reasons(table, language(code)) for code in LANGUAGES}
    assert told["en"]["rows"][0] == {"what": "left out", "n": "2", "reason": "too few returns in the estimation window"}
    assert told["zh-Hant"]["rows"][0] == {"what": "排除", "n": "2", "reason": "估計期內的報酬筆數不足"}
    assert [len(told[code]["rows"]) for code in LANGUAGES] == [6] * len(LANGUAGES)
    assert not re.search("[a-z]", " ".join(row["reason"] for row in told["zh-Hant"]["rows"]))


def test_check_says_what_a_run_would_run_on(study, capsys):
    assert main(["check", str(study)]) == 0
    said = capsys.readouterr().out
    assert (
        "9 securities, 220 sessions" in said
        and "66 placed, in 2 groups" in said
        and "14 events share security, day 0 and group with another: each counts by itself" in said
        and "fits: 65 of 66 events\n  1 excluded: 12 returns in the estimation window [-70,-6], 30 needed" in said
        and said.endswith("a run would go through, with 1 left out, 2 in part, 1 warning and 3 notes\n")
    )


def test_many_rows_are_written_as_parquet(study, monkeypatch):
    monkeypatch.setattr("eventwindow.report.panel.ROWS_OF_CSV", 10)
    assert main(["run", str(study), "--out", str(study / "out"), "--quiet"]) == 0
    table = pd.read_parquet(study / "out" / "results" / "cumulative.parquet")
    assert {"event", "security", "group", "car", "std_error", "note"} <= set(table)
    assert len(pd.read_parquet(study / "out" / "results" / "abnormal_returns.parquet")) > 600


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ('file = "events.csv"', 'file = "../events.csv"', "inside the study's folder"),
        ('file = "events.csv"', 'file = "/etc/passwd"', "inside the study's folder"),
        (
            'panel = "panel.parquet"',
            'panel = "nothing.parquet"',
            r"line \d+, event_list\.panel: there is no nothing\.parquet",
        ),
        ("daily = true", "dayly = true", "dayly"),
        ("[event_list]", '[model]\nname = "ff3"\n\n[event_list]', r"line \d+, model\.name: .*factors"),
        ("[event_list]", '[model]\nname = "oracle"\n\n[event_list]', "none that a panel study can run"),
        ("report = [[0, 0], [-1, 2]]", "report = [[0, 9]]", "reaches beyond"),
    ],
)
def test_a_study_that_is_wrong_says_where(study, old, new, match):
    (study / "study.toml").write_text(STUDY.replace(old, new))
    with pytest.raises(StudyError, match=match):
        open_study(study)


def test_a_link_that_leads_out_of_the_folder_is_refused(study, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "events.csv"
    outside.write_text("security,date\n")
    (study / "events.csv").unlink()
    (study / "events.csv").symlink_to(outside)
    with pytest.raises(StudyError, match="outside the study's folder"):
        open_study(study)


def test_a_folder_with_other_things_is_never_written_to(study):
    out = study / "mine"
    out.mkdir()
    (out / "thesis.txt").write_text("do not touch")
    assert main(["run", str(study), "--out", str(out)]) == 2
    assert [path.name for path in out.iterdir()] == ["thesis.txt"]
