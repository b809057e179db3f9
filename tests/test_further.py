"""What a study asks of donors, receipts and bars, and how the report draws the answers."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from pydantic import ValidationError
from report_cases import said, tables

from eventwindow.errors import StudyError
from eventwindow.report.context import Context
from eventwindow.report.csv import csv_text
from eventwindow.report.figures.counterfactual import counterfactual, name_of
from eventwindow.report.figures.intraday import intraday, lead_lag
from eventwindow.report.figures.placebos import placebos
from eventwindow.report.figures.sessions import sessions
from eventwindow.report.language import LANGUAGES, language, percent
from eventwindow.study.analyses import donors
from eventwindow.study.form import StudyFile

FIGURES = (counterfactual, placebos, sessions, intraday, lead_lag)
TABLES = {
    "counterfactual", "counterfactual_daily", "counterfactual_placebos", "exchanges", "receipts", "intraday",
    "intraday_days", "lead_lag",
}  # fmt: skip
SMALL = {
    "study": {"name": "small"},
    "securities": [{"symbol": "A"}],
    "events": [{"id": "e", "date": "2024-06-03"}],
}


def drawn(figure, result, code="en"):
    return figure(Context(result, language(code)))


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_without_matter_is_not_drawn(deepseek, figure):
    kept = {name: table for name, table in deepseek.tables.items() if name not in TABLES}
    assert drawn(figure, replace(deepseek, tables=kept)) is None
    empty = {name: deepseek.tables[name].iloc[:0] for name in TABLES}
    assert drawn(figure, replace(deepseek, tables=kept | empty)) is None


def test_the_cloud_counts_as_the_table_does(deepseek, drawings):
    data, led = drawings["en"]["placebos"].data, deepseek.table("counterfactual").query("leads").set_index("security")
    for security in ("NVDA", "TSM"):
        zero = data[(data["tau"] == 0) & (data["model"] == led.loc[security, "model"])].set_index("security")
        cloud = zero.loc[zero["donor"], "ratio"].abs()
        p = (1 + (cloud >= abs(zero.loc[security, "ratio"])).sum()) / (len(cloud) + 1)
        assert led.loc[security, "p_placebo_space"] == pytest.approx(p)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_model_in_front_is_the_one_that_predicts_best(deepseek, drawings, code):
    context = Context(deepseek, language(code))
    [sheet], table = tables(context, "counterfactual"), deepseek.table("counterfactual")
    told = said(context, "counterfactual")
    names = {context.full_name(s): s for s in context.leads}
    assert {row[0] for row in sheet.rows} == set(names)
    for name, security in names.items():
        mine = [row[1] for row in sheet.rows if row[0] == name]
        best = table[table["security"] == security].sort_values("rmse_heldout").iloc[0]
        leads = context.language.text("counterfactual.leads")
        [cell] = [cell for cell in mine if leads in cell]
        assert f"<strong>{name_of(context, best['model'])}</strong>" in cell
        assert context.language.written(percent(best["effect"])) in drawings[code]["counterfactual"].alt
    nvda = table[table["security"] == "NVDA"]["effect"]
    assert all(percent(end) in told[0] for end in (nvda.min(), nvda.max()))
    day = deepseek.table("counterfactual_placebos").query("model == 'market_model' and donor and tau == 0")
    assert percent(day["gap"].median()) in told[2]


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_the_receipt_did_alone_is_said_with_its_change(deepseek, code):
    """TSMC's share was not traded from 22 January to 3 February: the receipt's fall is the premium's."""
    context = Context(deepseek, language(code))
    [text], [sheet] = said(context, "hours"), tables(context, "hours")
    rows = deepseek.table("receipts").set_index("tau")
    zero = percent(192.31 / 221.88 - 1)
    assert text.count(zero) == 1
    assert context.language.reason(context.language.moved(192.31 / 221.88 - 1)) in text
    assert context.language.day(rows.loc[5, "date"]) in text
    assert [row[-1] for row in sheet.rows][:2] == [percent(0.0), zero]
    assert len(sheet.rows) == 7


def test_with_a_rate_the_premium_itself_is_said(deepseek):
    known = deepseek.table("receipts").assign(premium=lambda t: 33.0 / t["parity_rate"] - 1)
    context = Context(replace(deepseek, tables=deepseek.tables | {"receipts": known}), language("en"))
    [text], [sheet] = said(context, "hours"), tables(context, "hours")
    zero = known.set_index("tau").loc[0, "premium"]
    assert f"The premium over the home share on day 0 was {percent(zero)}." in text
    assert sheet.rows[1][-1] == percent(zero)


def test_without_pairs_or_donors_nothing_is_said(deepseek):
    kept = {name: table for name, table in deepseek.tables.items() if name not in ("receipts", "counterfactual")}
    context = Context(replace(deepseek, tables=kept), language("en"))
    assert said(context, "hours") == tables(context, "hours") == []
    assert said(context, "counterfactual") == tables(context, "counterfactual") == []


def test_the_study_that_ships_holds_every_table(deepseek):
    assert set(deepseek.tables) >= TABLES
    assert all(len(deepseek.table(name)) for name in TABLES)


def test_moments_are_written_with_their_hours_and_days_without(deepseek):
    lines = csv_text(deepseek.table("exchanges")).splitlines()
    assert any("XTKS,2025-01-27,0,2025-01-27T00:00Z,2025-01-27T06:30Z,before" in line for line in lines)


def test_a_study_that_asks_nothing_further_is_valid():
    assert StudyFile.model_validate(SMALL).counterfactual is None


@pytest.mark.parametrize(
    ("further", "message"),
    [
        ({"counterfactual": {"models": ["lasso"]}}, "unknown model 'lasso'"),
        ({"counterfactual": {"blocks": 1}}, "greater than or equal to 2"),
        ({"intraday": {"pairs": [["A"]]}}, "Field required"),
    ],
)
def test_what_is_wrong_with_a_further_table_is_said(further, message):
    with pytest.raises(ValidationError, match=message):
        StudyFile.model_validate(SMALL | further)


def test_a_panel_that_is_not_there_is_named(deepseek):
    file = StudyFile.model_validate(SMALL | {"counterfactual": {"panel": "donors"}})
    study = SimpleNamespace(file=file, headline={"event": "selloff", "members": ["NVDA"]})
    headline = SimpleNamespace(abnormal=deepseek.abnormal["selloff"], members=["NVDA"])
    estimates = SimpleNamespace(inputs=SimpleNamespace(study=study, tables={}), headline=headline)
    with pytest.raises(StudyError, match="no table 'donors'"):
        donors(estimates)
