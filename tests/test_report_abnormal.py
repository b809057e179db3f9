"""The tables of abnormal returns: no mark without information, no empty cell without its reason."""

from __future__ import annotations

import pytest
from markupsafe import Markup
from report_cases import column, tables

from eventwindow.report.context import Context
from eventwindow.report.language import LANGUAGES, language
from eventwindow.report.sections.abnormal import DASH


@pytest.fixture(params=LANGUAGES)
def context(deepseek, request):
    return Context(deepseek, language(request.param))


def test_the_windows_that_hold_other_news_are_counted_not_marked(deepseek, context):
    note = tables(context, "abnormal")[1].note
    rows = deepseek.table("cumulative").query("event == 'selloff' and security in @context.members")
    notes = rows["note"].fillna("").astype(str)
    held = (notes != "") & ~notes.str.startswith("not computed")
    assert f" {held.sum()} " in note
    assert f" {len(rows)} " in note
    assert "○" not in str(tables(context, "abnormal"))


def test_a_cell_without_a_figure_holds_a_dash_and_the_note_says_why(context):
    say = context.language.say
    *_, every, _ = tables(context, "abnormal")
    held = {k: column(every, say(f"abnormal.{k}")) for k in ("p_scaled", "p_family", "detectable", "p_sq", "p_t", "ar")}
    assert all(all(cells) for cells in held.values())
    place = next(k for k, row in enumerate(every.rows) if "2330.TW" in row[0])
    assert held["p_scaled"][place] == held["p_family"][place] == held["detectable"][place] == DASH
    assert say("abnormal.dash_note") in every.note


def test_where_every_cell_has_a_figure_no_dash_is_explained(context):
    lead = tables(context, "abnormal")[0]
    assert not any(DASH in row for row in lead.rows)
    assert context.language.text("abnormal.dash_note") not in lead.note


def test_a_sum_that_could_not_be_computed_says_why(context):
    cells = [cell for row in tables(context, "abnormal")[-1].rows for cell in row[1:]]
    empty = [cell for cell in cells if cell.text.startswith(DASH)]
    assert empty
    assert all(cell.hint and cell.text == Markup("{}<small>{}</small>").format(DASH, cell.hint) for cell in empty)
