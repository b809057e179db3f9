"""Tables for papers: LaTeX that compiles or parses, Markdown, Stata read again, workbooks; each against the numbers."""

from __future__ import annotations

import re
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
from pylatexenc.latexwalker import LatexEnvironmentNode, LatexWalker

import eventwindow as ew
from eventwindow.errors import Reason, catalogue, languages, printable
from eventwindow.estimation.exports import latex, printed, stata
from eventwindow.report.workbook import write_workbook


@pytest.fixture(scope="module")
def study():
    """Three stocks that fall on one day, one of them with a name that LaTeX would take for a command."""
    rng = np.random.default_rng(7)
    days = pd.bdate_range("2023-01-02", periods=140)
    returns = pd.DataFrame(rng.normal(0, 0.01, (140, 4)), days, ["MKT", "A", "B", "C&D_1%"])
    returns.loc[days[120], ["A", "B", "C&D_1%"]] -= 0.05
    events = pd.DataFrame({"security": ["A", "B", "C&D_1%"], "date": days[120], "group": ["x", "x", "y"]})
    return ew.abnormal_returns(returns, events, benchmark="MKT", estimation=(-110, -11), window=(-5, 5))


@pytest.fixture(scope="module")
def results(study, template):
    return {
        "study": study,
        "car": study.car((0, 1)),
        "summary": study.summary(0),
        "firm": ew.firm_sq(study, 0),
        "test": study.summary(0).valid[0],
        "result": template,
    }


NAMES = ["study", "car", "summary", "firm", "test", "result"]


def _parsed(text):
    """The environments, if every group and environment closes."""
    nodes, *_ = LatexWalker(text, tolerant_parsing=False).get_latex_nodes()
    found, waiting = [], list(nodes)
    while waiting:
        node = waiting.pop()
        found += [node.environmentname] if isinstance(node, LatexEnvironmentNode) else []
        waiting += [child for child in getattr(node, "nodelist", None) or [] if child is not None]
    return found


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("code", languages())
def test_latex_has_the_rules_of_booktabs_and_as_many_cells_in_each_row(results, name, code, tmp_path):
    text = results[name].to_latex(caption="50 % of A&B_1", label="tab:one", language=code)
    assert sorted(_parsed(text)) == ["table", "tabular"]
    body = text.split(r"\toprule\n"[:-2], 1)[1].split(r"\bottomrule", 1)[0]
    rows = [line for line in body.splitlines() if line.endswith(r"\\")]
    columns = len(re.search(r"\\begin\{tabular\}\{(\w+)\}", text)[1])
    assert {len(re.findall(r"(?<!\\)&", row)) + 1 for row in rows} == {columns}
    assert r"\caption{50 \% of A\&B\_1}" in text and "*" not in text
    if code == "en" and shutil.which("pdflatex"):
        document = rf"\documentclass{{article}}\usepackage{{booktabs}}\begin{{document}}{text}\end{{document}}"
        (tmp_path / "t.tex").write_text(document, encoding="utf-8")
        subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "t.tex"], cwd=tmp_path, check=True)


def test_the_table_of_cars_is_per_cent_rounded_and_says_what_it_rests_on(study):
    text, car = study.car((0, 1)).to_latex(), study.car((0, 1))
    assert rf"C\&D\_1\% & y & $-${abs(100 * car.car[2]):.2f} &" in text
    assert "Model: market model; estimation window [-110,-11], event window [0,1]" in text
    assert "t test" in text


def test_the_note_says_model_windows_and_what_holds_in_every_row(study, deepseek):
    """A column that would say the same in every row is left out of the table, and told below it."""
    basis = "Model: market model; estimation window [-110,-11], event window [0,1], in trading days from day 0."
    day = study.labels["event"].iloc[0]
    assert ew.firm_sq(study, (0, 1)).to_markdown().endswith(f"{basis} Event: {day}. Test: SQ (sample quantile).\n")
    assert ew.firm_t(study, (0, 1)).to_markdown().endswith(f"{basis} Event: {day}. Test: Single-firm t.\n")
    assert study.car((0, 1)).to_markdown(columns=["security", "group"]).endswith(f"see the tests. Event: {day}.\n")
    assert r"from day 0. Test: Date permutation, mean.\par" in deepseek.to_latex()
    views = deepseek.to_markdown("group_views").split("\n\n")
    assert views[1].endswith("From: 0. To: 0. Event: selloff.\n") and "| From |" not in views[0]
    assert deepseek.to_markdown(columns=["test", "p_value"]).endswith("from day 0.\n")


def test_stars_are_off_and_where_they_are_asked_for_follow_p(study):
    car = study.car((-5, -1))
    plain, starred = car.to_markdown(), car.to_markdown(stars=True)
    assert "*" not in plain
    for row, p in zip(starred.splitlines()[2:5], car.p_value, strict=True):
        assert row.count("*") == sum(p < level for level in (0.1, 0.05, 0.01))
    assert "*, ** and *** mark p below 10, 5 and 1 %" in starred
    with pytest.raises(ew.StudyError, match="no figure with a p-value"):
        study.to_markdown(stars=True)


def test_markdown_holds_the_columns_asked_for_and_no_cell_breaks_a_row(study):
    text = study.car(0).to_markdown(columns=["security", "car", "p_value"])
    head, rule, *rows = text.split("\n\n")[0].splitlines()
    assert (head, rule) == ("| Security | CAR (%) | p |", "| --- | ---: | ---: |")
    assert len(rows) == 3
    with pytest.raises(ew.StudyError, match=r"no column 'cars'\nThere are event, .*car"):
        study.car(0).to_markdown(columns=["cars"])


@pytest.mark.parametrize("name", NAMES)
def test_stata_reads_the_same_figures_with_a_label_on_each(results, name, tmp_path):
    frame = results[name].to_frame()
    path = results[name].to_stata(tmp_path / "t.dta")
    assert path.read_bytes()[28:31] == b"118"
    read = pd.read_stata(path)
    assert list(read) == list(frame)
    for column in frame:
        if pd.api.types.is_float_dtype(frame[column]):
            np.testing.assert_array_equal(read[column].to_numpy(float), frame[column].to_numpy(float))
    with pd.read_stata(path, iterator=True) as reader:
        labels = reader.variable_labels()
    assert all(labels.values())
    assert path.read_bytes() == results[name].to_stata(tmp_path / "u.dta").read_bytes()


@pytest.mark.parametrize("name", ["claims", "tests", "firms", "excluded", "market", "cumulative", "claims.zh-Hant"])
def test_every_kind_of_table_of_a_study_goes_to_stata(deepseek, tmp_path, name):
    path = deepseek.to_stata(tmp_path / "t.dta", name)
    assert pd.read_stata(path).shape == deepseek.table(name).shape
    with pd.read_stata(path, iterator=True) as reader:
        assert all(reader.variable_labels().values())


@pytest.mark.parametrize("name", ["claims", "data_quality"])
def test_a_table_for_a_paper_holds_no_text_twice_in_two_languages(deepseek, name):
    for text in (deepseek.to_latex(name), deepseek.to_markdown(name)):
        assert not re.search("[\u4e00-\u9fff]", text)
    chinese = deepseek.to_markdown(name, language="zh-Hant").splitlines()[0]
    asked = deepseek.to_markdown(name, columns=["text_zh"])
    assert "text_en" not in chinese and re.search("[\u4e00-\u9fff]", asked)


def test_names_that_stata_does_not_take_are_made_so_and_stay_apart(tmp_path):
    long = "a" * 40
    table = pd.DataFrame(
        {f"{long}1": [1.0], f"{long}2": [2.0], "1 x": [True], "y z": [pd.Timestamp("2025-01-27 15:00", tz="UTC")]}
    )
    read = pd.read_stata(stata(table, tmp_path / "t.dta"))
    assert [len(c) <= 32 for c in read] == [True] * 4
    assert read.iloc[0].tolist() == [1.0, 2.0, 1, "2025-01-27T15:00Z"]


def test_a_study_answers_with_a_row_a_window_or_one_of_its_tables(template):
    answer = template.to_frame()
    windows = template.tests[["window_start", "window_end"]].drop_duplicates()
    assert answer[["window_start", "window_end"]].to_numpy().tolist() == windows.to_numpy().tolist()
    assert answer.loc[0, "caar"] == template.summary(0).mean_car
    assert template.to_frame("tests").equals(template.tests)
    assert "NVDA" in template.to_latex("firms", columns=["security", "car", "p_sq"], stars=True)
    with pytest.raises(ew.StudyError, match="no table 'cars'"):
        template.to_latex("cars")


def test_a_table_without_rows_shows_its_heads():
    shown, _ = printed(pd.DataFrame({"security": [], "car": []}), "", catalogue("en"), (), stars=False)
    assert list(shown) == ["Security", "CAR (%)"]
    assert r"\begin{tabular}{rr}" in latex(shown, "", "", "", "Note.")


@pytest.mark.parametrize("code", languages())
def test_a_reason_is_told_in_the_language_of_the_table(study, code, tmp_path):
    frame = study.summary(0)._whole()
    reasons = [note for note in frame["note"] if isinstance(note, Reason)]
    assert reasons
    words = catalogue(code)
    path = write_workbook({"tests": frame}, tmp_path / "t.xlsx", code)
    held = pd.read_excel(path, sheet_name=words.text("workbook.tests"), engine="calamine", keep_default_na=False)
    assert {printable(words.reason(reason)) for reason in reasons} <= set(held["note"])


def test_a_single_table_has_no_others_and_goes_into_a_workbook(study, tmp_path):
    with pytest.raises(ew.StudyError, match="one table"):
        study.car(0).to_latex("tests")
    held = pd.read_excel(study.car(0).to_excel(tmp_path / "car.xlsx"), sheet_name="results", engine="calamine")
    np.testing.assert_array_equal(held["car"], study.car(0).car)
