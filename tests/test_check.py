"""What is wrong with a study is found before anything is computed, by `check` as by `run`."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from test_cli import edit

from eventwindow import run_study
from eventwindow.cli.main import main
from eventwindow.report.csv import csv_text
from eventwindow.study.library import new_study


@pytest.fixture
def study(tmp_path) -> Path:
    return new_study(tmp_path / "mine")


def ends(capsys, command: str, study: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit code, output and errors of a command."""
    out = ("--out", str(study.parent / "out"), "--language", "en") if command == "run" else ()
    code = main([command, str(study), *(arguments or ("--prices", "shipped")), *out])
    told = capsys.readouterr()
    return code, told.out, told.err


def own_prices(study: Path, change) -> str:
    """The study's own figures, wide and changed, as a file of the user's."""
    table = pd.read_csv(study / "figures" / "daily.csv", parse_dates=["date"])
    wide = table.pivot(index="date", columns="symbol", values="close")
    path = study.parent / "own.csv"
    change(wide).rename_axis("date").reset_index().to_csv(path, index=False)
    return str(path)


@pytest.mark.parametrize("command", ["check", "run"])
def test_prices_on_a_calendar_of_weekdays_end_the_study_and_name_the_holidays(study, capsys, command):
    """The mistake of notebook 05: seventeen holidays move each date, and day 0 is another session."""
    path = own_prices(study, lambda wide: wide.set_axis(pd.bdate_range(wide.index[0], periods=len(wide))))
    code, _, said = ends(capsys, command, study, "--prices", path)
    assert code == 2
    assert "own.csv: the prices of 4 securities (NVDA, TSM, KO, SPY) move on" in said
    assert "days without a session of XNYS" in said and "(Christmas)" in said and "(New Year's Day)" in said
    assert said.splitlines()[-1].startswith("Their dates are shifted")


def test_prices_dated_a_day_late_end_the_study(study, capsys):
    path = own_prices(study, lambda wide: wide.set_axis(wide.index + pd.Timedelta(days=1)))
    code, _, said = ends(capsys, "run", study, "--prices", path)
    assert code == 2 and "(a Saturday)" in said


def test_padded_holidays_are_left_out_and_change_no_figure(study, capsys, tmp_path):
    def padded(wide):
        return wide.reindex(pd.bdate_range(wide.index[0], wide.index[-1])).ffill()

    code, said, _ = ends(capsys, "run", study, "--prices", own_prices(study, padded))
    assert code == 0
    assert "left out, with a close repeated on a day without a session:" in " ".join(said.split())
    plain = run_study(study, prices=own_prices(study, lambda wide: wide))
    held = (tmp_path / "out" / "results" / "cumulative.csv").read_text(encoding="utf-8")
    assert held == csv_text(plain.table("cumulative"))
    assert not plain.table("data_quality")["text_en"].str.contains("without a session").any()


def test_one_security_on_the_wrong_exchange_is_left_out_with_the_reason(study):
    edit(study, 'symbol = "TSM"\nexchange = "XNYS"', 'symbol = "TSM"\nexchange = "XTKS"')
    told = run_study(study, prices="shipped").table("excluded").set_index("security").loc["TSM"]
    assert "days without a session of XTKS: shifted dates, or another exchange?" in str(told["reason"])


@pytest.mark.parametrize("command", ["check", "run"])
@pytest.mark.parametrize(
    ("without", "said"),
    [
        ("SPY", "study.toml, benchmark of 'NVDA': the benchmark 'SPY' has no prices (own.csv does not hold it)"),
        ("NVDA TSM KO", "no stock of the study has prices (NVDA: own.csv does not hold it;"),
    ],
)
def test_what_the_users_own_file_lacks_is_the_users_to_mend(study, capsys, command, without, said):
    path = own_prices(study, lambda wide: wide.drop(columns=without.split()))
    code, _, told = ends(capsys, command, study, "--prices", path)
    assert code == 2
    assert said in told


def test_a_name_that_a_file_holds_and_nobody_asks_for_is_told_beside_the_one_that_it_lacks(study):
    path = own_prices(study, lambda wide: wide.rename(columns={"TSM": "TMSC"}))
    told = run_study(study, prices=path).table("excluded").set_index("security").loc["TSM"]
    assert str(told["reason"]) == "own.csv does not hold it; it holds 'TMSC', which nothing asks for"


@pytest.mark.parametrize(
    ("mode", "said", "remedy"),
    [
        ("shipped", "no prices of NVDAA: not among the shipped figures", "ask Yahoo too"),
        ("file", "no prices of NVDAA: own.csv does not hold it", "Add it to the file"),
    ],
)
def test_a_symbol_without_prices_is_told_with_who_was_asked(study, capsys, mode, said, remedy):
    path = own_prices(study, lambda wide: wide) if mode == "file" else mode
    edit(study, 'symbol = "KO"', 'symbol = "NVDAA"')
    edit(study, '"KO"]', '"NVDAA"]')
    code, _, told = ends(capsys, "check", study, "--prices", path)
    assert code == 2
    assert said in told and remedy in told and "Yahoo cannot" not in told


FF3 = ('name = "market_model"', 'name = "ff3"')
DONORS = ("[[events]]", '[counterfactual]\npanel = "donors"\n\n[[events]]')


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2025-01-27", "2025-06-16", "no security is left for the event 'selloff' (NVDA: 2025-06-16: no row on day 0"),
        ("minimum_returns = 100", "minimum_returns = 999", "999 needed"),
        (*FF3, "study.toml, model.name: the model 'ff3' needs daily factors"),
        (*DONORS, "study.toml, counterfactual.panel: the study's figures hold no table 'donors'"),
    ],
)
def test_check_ends_where_a_run_would_end_and_says_the_same(study, capsys, old, new, said):
    edit(study, old, new)
    ended = {command: ends(capsys, command, study) for command in ("check", "run")}
    assert [code for code, _, _ in ended.values()] == [2, 2]
    assert ended["check"][2] == ended["run"][2]
    assert said in ended["check"][2]
    assert "nothing is wrong" not in ended["check"][1]
    assert "prices: 4 shipped" in ended["check"][1]


def test_a_claim_on_a_sunday_ends_check_and_names_the_sessions_around_it(study, capsys):
    (study / "claims.toml").write_text(
        '[[articles]]\nkey = "A"\ntitle_en = "An article"\n\n[[claims]]\nid = "A-1"\narticle = "A"\nsecurity = "KO"\n'
        'text_en = "It fell."\nmeasure = "return"\nhedge = "direction"\ndirection = "down"\ndate = 2025-01-26\n'
    )
    ended = {command: ends(capsys, command, study) for command in ("check", "run")}
    assert {code for code, _, _ in ended.values()} == {2}
    assert ended["check"][2] == ended["run"][2]
    assert (
        "2025-01-26 is not a session of KO's exchange\nGive 2025-01-24 (before) or 2025-01-27 (after)."
        in ended["run"][2]
    )


def test_nothing_is_wrong_is_said_where_it_is_so_and_warnings_are_counted(study, capsys):
    assert ends(capsys, "check", study)[1].splitlines()[-1] == "nothing is wrong"
    path = own_prices(study, lambda wide: wide.assign(KO=wide["KO"].mask(wide.index == "2024-10-15")))
    code, said, _ = ends(capsys, "check", study, "--prices", path)
    assert code == 0
    assert "warning KO 2024-10-15: a session without a row" in said
    assert said.splitlines()[-1] == "a run would go through, with 1 warning"
    edit(study, 'symbol = "TSM"\nexchange = "XNYS"', 'symbol = "TSM"\nexchange = "XTKS"')
    code, said, _ = ends(capsys, "check", study)
    assert code == 0
    assert said.splitlines()[-1].startswith("a run would go through, with 1 left out and ")
