"""The tables of abnormal returns: no mark without information, no empty cell without its reason."""

from __future__ import annotations

import pytest

from eventwindow.report.context import Context
from eventwindow.report.language import LANGUAGES, language
from eventwindow.report.paper.chapters import abnormal
from eventwindow.report.sections import abnormal_section
from eventwindow.report.sections.abnormal import DASH, columns_note


@pytest.fixture(params=LANGUAGES)
def context(deepseek, request):
    return Context(deepseek, language(request.param))


def test_the_windows_that_hold_other_news_are_counted_not_marked(deepseek, context):
    found = abnormal_section(context)
    rows = deepseek.table("cumulative").query("event == 'selloff' and security in @context.members")
    held = (rows["note"].fillna("") != "") & ~rows["note"].fillna("").str.startswith("not computed")
    assert f" {held.sum()} " in found["windows_note"]
    assert f" {len(rows)} " in found["windows_note"]
    assert "○" not in str(abnormal(context))


def test_a_cell_without_a_figure_holds_a_dash_and_the_note_says_why(context):
    found = abnormal_section(context)
    cells = [row[key] for row in found["all"] for key in ("p_scaled", "p_family", "detectable", "p_sq", "p_t", "ar")]
    assert all(cells)
    foreign = next(row for row in found["all"] if "2330.TW" in row["name"])
    assert foreign["p_scaled"] == foreign["p_family"] == foreign["detectable"] == DASH
    assert context.language.text("abnormal.dash_note") in found["columns_note"]


def test_where_every_cell_has_a_figure_no_dash_is_explained(context):
    lead = abnormal_section(context)["lead"]
    assert not any(DASH in row.values() for row in lead)
    assert context.language.text("abnormal.dash_note") not in columns_note(context, lead)


def test_a_sum_that_could_not_be_computed_says_why(context):
    cells = [cell for row in abnormal_section(context)["all_sums"] for cell in row["cells"]]
    empty = [cell for cell in cells if cell["car"] == DASH]
    assert empty
    assert all(cell["note"] and not cell["p"] for cell in empty)
