"""`eventwindow quick`: one screen without a study; what it says is what a study of the same says."""

from __future__ import annotations

import json

import pytest

from eventwindow import run_study
from eventwindow.cli.main import main
from eventwindow.draft.listings import home_of

DAY = ("--date", "2025-01-27", "--prices", "shipped")


@pytest.mark.parametrize(
    ("symbol", "home"),
    [
        ("NVDA", ("XNAS", "USD", "SPY", True)),
        ("2330.TW", ("XTAI", "TWD", "^TWII", True)),
        ("9999.TW", ("XTAI", "TWD", "^TWII", False)),
        ("ABC.L", ("XLON", "GBP", "^FTSE", False)),
        ("ZZZZ", ("XNYS", "USD", "SPY", False)),
        ("BRK.B", ("XNYS", "USD", "SPY", False)),
    ],
)
def test_exchange_currency_and_benchmark_follow_from_the_symbol(symbol, home):
    found = home_of(symbol)
    assert (found.exchange, found.currency, found.benchmark, found.listed) == home


def test_the_screen_agrees_with_the_study_that_ships(deepseek, capsys):
    assert main(["quick", "NVDA", "TSM", *DAY, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)["securities"]
    rows = deepseek.table("cumulative").query("event == 'selloff' and window_start == 0 and window_end == 0")
    for row in said:
        (own,) = rows[rows["security"] == row["symbol"]].itertuples()
        assert row["abnormal"] == pytest.approx(own.car, abs=1e-12)
        assert (row["low"], row["high"]) == pytest.approx((own.low, own.high), abs=1e-12)
        assert row["p_value"] == pytest.approx((row["as_far"] + 1) / (row["ordinary_days"] + 1))


def test_sentences_are_judged_or_said_not_to_be(capsys):
    claims = ("Nvidia fell 17 %", "TSMC rose", "It was a hard day")
    assert main(["quick", "NVDA", "TSM", *DAY, *(part for c in claims for part in ("--claim", c))]) == 0
    screen = capsys.readouterr().out
    assert "confirmed: Nvidia fell 17 %" in screen
    assert "contradicted: TSMC rose" in screen
    assert "read, not judged: It was a hard day" in screen


def test_a_sentence_may_name_a_security_that_was_not_asked_for(capsys):
    assert main(["quick", "NVDA", *DAY, "--claim", "Broadcom fell 17.4 %", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [row["symbol"] for row in said["securities"]] == ["NVDA"]
    assert [row["security"] for row in said["claims"]] == ["AVGO"]


def test_after_the_close_the_next_session_counts(capsys):
    assert main(["quick", "NVDA", *DAY, "--time", "16:05"]) == 0
    screen = capsys.readouterr().out
    assert "News of 2025-01-27 16:05, America/New_York" in screen
    assert "day 0 is 2025-01-28" in screen


def test_a_fund_is_not_held_against_itself(capsys):
    assert main(["quick", "SPY", *DAY]) == 0
    assert "against its own mean" in capsys.readouterr().out


def test_what_is_saved_is_a_study_that_gives_the_same(tmp_path, capsys):
    folder = tmp_path / "kept"
    assert main(["quick", "NVDA", *DAY, "--claim", "Nvidia fell 17 %", "--save", str(folder), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    again = run_study(folder, prices="shipped")
    assert again.table("cumulative").iloc[0]["car"] == said["securities"][0]["abnormal"]
    assert list(again.claims["verdict"]) == [said["claims"][0]["verdict"]]
    assert main(["quick", "NVDA", *DAY, "--save", str(folder)]) == 2
    assert "exists already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["NVDA", "--date", "2025-13-01"], "--date: '2025-13-01' is no date"),
        (["NVDA", *DAY, "--time", "25:00"], "--time: '25:00' is no clock time"),
        (["NVDA", *DAY, "--zone", "UTC"], "--zone: a zone without a clock time"),
        (["NVDA", *DAY, "--time", "9:00", "--zone", "Mars"], "Mars"),
        (["NVDA", "nvda", *DAY], "NVDA is given twice"),
        (["ZZZZ", *DAY], "no prices of ZZZZ: not among the shipped figures"),
        (["NVDA", "--date", "2012-01-25", "--prices", "shipped"], "no shipped figure in these dates"),
    ],
)
def test_what_is_wrong_is_said(arguments, message, capsys):
    assert main(["quick", *arguments]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert "study.toml" not in said
    assert "Traceback" not in said
