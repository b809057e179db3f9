"""`eventwindow quick`: one screen without a study; what it says is what a study of the same says."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import subprocess
import sys

import pandas as pd
import pytest
from yahoo_server import TlsProxy, YahooServer, session

from eventwindow import run_study
from eventwindow.cli.main import main
from eventwindow.draft.context import About
from eventwindow.draft.entries import open_reasons
from eventwindow.draft.heard import heard
from eventwindow.draft.listings import home_of
from eventwindow.draft.paraphrase import paraphrase
from eventwindow.draft.sessions import closed_in
from eventwindow.prices.earnings import announcements
from eventwindow.prices.yahoo import forget_answers
from eventwindow.study.definition import read_study
from eventwindow.study.library import shipped_figures

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


def test_each_sentence_stands_over_what_was_judged_of_it(capsys):
    claims = ("Nvidia fell 17 %", "TSMC rose", "It was a hard day")
    assert main(["quick", "NVDA", "TSM", *DAY, *(part for c in claims for part in ("--claim", c))]) == 0
    screen = capsys.readouterr().out
    assert '"Nvidia fell 17 %"\n  holds: NVDA: return of \u221217 % on 2025-01-27\n' in screen
    assert '"TSMC rose"\n  wrong: TSM: up on 2025-01-27\n' in screen
    assert '"It was a hard day"\n  read, not judged: It was a hard day\n' in screen


def told(*sentences, symbols=("NVDA", "TSM", "AAPL"), day="2025-01-27"):
    """What was read in the sentences: in our words, the reasons why it is not judged (none where it is)."""
    about = About(symbols, dt.date.fromisoformat(day))
    every = [heard(s, about) for s in sentences]
    read = [(paraphrase(s)[0], [r.key for r in open_reasons(s, None, closed_in(None))]) for h in every for s in h.found]
    return read, [words for h in every for words, _ in h.passed]


@pytest.mark.parametrize(
    "sentence",
    [
        "Nvidia rose 9% on 28 January 2025",
        "Nvidia rose 9% on Jan. 28",
        "Nvidia rose 9% the next day",
        "\u8f1d\u90541\u670828\u65e5\u4e0a\u6f329%",
        "\u8f1d\u9054\u7fcc\u65e5\u4e0a\u6f329%",
        "\u8f1d\u9054\u9694\u65e5\u4e0a\u6f329%",
        "The day before Nvidia fell 17%, and on Jan. 28 it rose 9%",
    ],
)
def test_a_day_that_the_sentence_tells_is_judged_and_no_other(sentence):
    read, _ = told(sentence)
    assert ("NVDA: return of +9 % on 2025-01-28", []) in read


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("Nvidia rose 9% on Tuesday", "draft_weekday_asked"),
        ("Nvidia fell 3% on Friday", "draft_weekday_asked"),
        ("\u8f1d\u9054\u9031\u4e8c\u4e0a\u6f329%", "draft_weekday_asked"),
        ("Nvidia fell 3% on 25 January 2025", "draft_other_day"),  # a Saturday
        ("Nvidia fell 17% over the week", "draft_span_asked"),
        ("Nvidia fell 17% last week", "draft_span_asked"),
        ("\u8f1d\u9054\u672c\u9031\u4e0b\u8dcc17%", "draft_span_asked"),
        ("TSMC fell more than Nvidia", "draft_more_than_direction"),
        ("Nvidia fell less than TSMC", "draft_more_than_direction"),
        ("\u8f1d\u9054\u8dcc\u5e45\u5c0f\u65bc\u53f0\u7a4d\u96fb", "draft_more_than_direction"),
        ("Nvidia fell twice as much as TSMC", "draft_more_than_direction"),
        ("Nvidia fell for the third day in a row", "draft_more_than_direction"),
        ("\u8f1d\u9054\u6c92\u6709\u4e0b\u8dcc17%", "draft_denied"),
        ("Nvidia fell in Frankfurt", "draft_place"),
        ("\u50b3\u8f1d\u9054\u4e0b\u8dcc17%", "draft_unread"),
    ],
)
def test_what_is_held_back_in_an_article_is_held_back_in_a_sentence(sentence, reason):
    read, _ = told(sentence)
    assert read
    assert reason in read[0][1]
    assert all(reasons for _, reasons in read)


@pytest.mark.parametrize(
    "sentence",
    ["The shares fell 17%", "Nvidia fell 17% on Monday", "Nvidia fell 17% today", "\u80a1\u50f9\u4e0b\u8dcc17%"],
)
def test_the_one_security_and_the_day_that_are_asked_for_are_meant(sentence):
    assert told(sentence, symbols=("NVDA",))[0] == [("NVDA: return of \u221217 % on 2025-01-27", [])]


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        ("Nvidia fell 17% and TSMC rose", ["TSMC"]),
        ("Nvidia's drop of 17% was smaller than TSMC's", ["TSMC"]),
        ("Nvidia fell 17%, Apple rose 3%", []),
        ("Nvidia fell 17%, the least of the Magnificent Seven", ["the Magnificent Seven"]),
        ("Nvidia fell 17% and led the Magnificent Seven lower", ["the Magnificent Seven"]),
    ],
)
def test_a_security_that_no_statement_speaks_of_is_told(sentence, left):
    read, passed = told(sentence)
    assert ("NVDA: return of \u221217 % on 2025-01-27", []) in read
    assert passed == left


def test_a_span_that_begins_on_a_holiday_costs_nothing_else(capsys):
    assert main(["quick", "NVDA", *DAY, "--claim", "Nvidia fell 17% over the week", "--claim", "Nvidia fell 17%"]) == 0
    screen = capsys.readouterr().out
    assert "read, not judged: NVDA: return of \u221217 % from 2025-01-21 to 2025-01-24" in screen
    assert "holds: NVDA: return of \u221217 % on 2025-01-27" in screen


def test_a_sentence_may_name_a_security_that_was_not_asked_for(capsys):
    assert main(["quick", "NVDA", *DAY, "--claim", "Broadcom fell 17.4 %", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [row["symbol"] for row in said["securities"]] == ["NVDA"]
    assert [row["security"] for row in said["claims"]] == ["AVGO"]


def test_a_benchmark_without_prices_costs_no_other_security_its_answer(tmp_path, capsys):
    """What moves with it is held against its own mean; a sentence on what has no prices is not judged."""
    held = pd.read_csv(io.StringIO(shipped_figures(["NVDA", "SPY", "2330.TW"])))
    held.to_csv(tmp_path / "mine.csv", index=False)
    given = ("--date", "2025-01-22", "--prices", str(tmp_path / "mine.csv"), "--claim", "Petrobras rose 1%")
    assert main(["quick", "NVDA", "2330.TW", *given]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "No prices of the benchmark ^TWII: what moves with it is held against its own mean." in said
    assert "Nvidia (NVDA): XNAS, USD, against SPY" in said and "XTAI, TWD, against its own mean" in said
    assert "read, not judged: PBR: return of +1 % on 2025-01-22 no prices of PBR were found" in said
    assert main(["quick", "2330.TW", "NVDA", *given, "--json"]) == 0, "also where it is that of the first"
    assert json.loads(capsys.readouterr().out)["stand_ins"] == {"^TWII": "none"}
    assert main(["quick", "NVDA", "ZZZZ", *given]) == 2, "what is asked for itself is needed"
    assert "no prices of ZZZZ" in capsys.readouterr().err


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


@pytest.mark.parametrize("symbols", ["NVDA", "NVDA,TSM", "AMD; NVDA"])
def test_a_security_that_is_its_own_benchmark_has_a_report(symbols, tmp_path):
    folder, out = tmp_path / "kept", tmp_path / "out"
    assert main(["quick", symbols, *DAY, "--benchmark", "NVDA", "--save", str(folder)]) == 0
    assert main(["run", str(folder), "--prices", "shipped", "--out", str(out)]) == 0
    assert "NVDA" in (out / "report.html").read_text(encoding="utf-8")


def test_firms_of_different_models_are_each_refitted_by_their_own(tmp_path):
    """Joined with others, a firm's conformal p is the one that it has alone."""
    found = {}
    for symbols in ("NVDA", "TSM", "NVDA TSM"):
        folder = tmp_path / symbols.replace(" ", "-")
        assert main(["quick", symbols, *DAY, "--benchmark", "NVDA", "--save", str(folder)]) == 0
        found[symbols] = run_study(folder, prices="shipped").table("firms").set_index("security")["p_conformal"]
    alone = pd.concat([found["NVDA"], found["TSM"]])
    pd.testing.assert_series_equal(found["NVDA TSM"].sort_index(kind="stable"), alone.sort_index(kind="stable"))


@pytest.mark.parametrize("name", ["Nvidia", "\u8f1d\u9054", "\u82f1\u4f1f\u8fbe"])
def test_a_name_in_the_place_of_a_symbol_is_told_with_its_symbol(name, capsys):
    assert main(["quick", name, *DAY]) == 2
    assert "Write NVDA." in capsys.readouterr().err


def test_the_benchmark_is_told_without_the_securities_that_it_holds(deepseek, capsys):
    """By hand from the shipped weight and returns: (R_m - w R_i) / (1 - w), and the study's own view of it."""
    assert main(["quick", "NVDA", "TSM", *DAY, "--json"]) == 0
    without = json.loads(capsys.readouterr().out)["without"]
    (row,) = deepseek.table("treated_stocks").query("security == 'NVDA'").itertuples()
    assert without["weights"] == {"NVDA": row.weight}
    by_hand = (without["with"] - row.weight * row._3) / (1 - row.weight)
    assert without["without"] == pytest.approx(by_hand, abs=1e-6)
    assert [one["symbol"] for one in without["securities"]] == ["NVDA", "TSM"]
    assert main(["quick", "NVDA", *DAY]) == 0
    assert "SPY holds NVDA (7.0 %): on day 0 it moved −1.41 %, without −0.25 %." in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["KO", *DAY], ["NVDA", *DAY, "--benchmark", "QQQ"], ["TSM", *DAY]])
def test_without_weights_nothing_is_said_of_a_benchmark_without(arguments, capsys):
    assert main(["quick", *arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["without"] == {}


@pytest.mark.parametrize("lost", ["^GSPC", "2025-01-24,"])
def test_prices_that_cannot_carry_the_weights_are_told(lost, tmp_path, capsys):
    rows = shipped_figures(["NVDA", "SPY", "^GSPC"]).splitlines()
    kept = [r for r in rows if not (r.startswith("^GSPC") and lost in r)]
    (tmp_path / "p.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    assert main(["quick", "NVDA", "--date", "2025-01-27", "--prices", str(tmp_path / "p.csv")]) == 0
    assert "^GSPC without NVDA is not known" in " ".join(capsys.readouterr().out.split())


@pytest.fixture
def yahoo():
    """A Yahoo of ours that lists results; nothing that it said before is remembered."""
    server = YahooServer({})
    forget_answers()
    yield server
    forget_answers()
    server.close()


SPAN = (dt.date(2024, 6, 1), dt.date(2025, 3, 31))


def test_results_are_read_as_yahoo_lists_them(yahoo):
    yahoo.earnings = {
        "NVDA": ["May 28, 2025 at 4 PM EDT", "February 26, 2025 at 4 PM EST", "November 20, 2024 at 4 PM EST"],
        "SAP.DE": ["January 28, 2025 at 12 AM EST"],
        "KO": [],
    }
    found, lost = announcements(("NVDA", "SAP.DE", "KO"), *SPAN, session=session(yahoo))
    assert lost == {}
    assert found == (
        ("NVDA", dt.date(2024, 11, 20), dt.time(16), "America/New_York"),
        ("NVDA", dt.date(2025, 2, 26), dt.time(16), "America/New_York"),
        ("SAP.DE", dt.date(2025, 1, 28), None, None),
    )


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        ("refuse", "429"),
        ("cut", "connection"),
        (["soon"], "not the form"),
        (["May 28, 2025 at 4 PM XYZ"], "not the form"),
    ],
)
def test_results_that_cannot_be_read_cost_one_firm_its_own(yahoo, failure, reason):
    yahoo.earnings = {"NVDA": failure, "KO": ["February 11, 2025 at 6 AM EST"]}
    found, lost = announcements(("NVDA", "KO"), *SPAN, session=session(yahoo))
    assert [one.symbol for one in found] == ["KO"]
    assert list(lost) == ["NVDA"]
    assert reason in str(lost["NVDA"])


def test_results_near_the_day_are_warned_of_by_the_whole_command(tmp_path):
    server = YahooServer({})
    proxy = TlsProxy(server, tmp_path)
    server.earnings = {"NVDA": ["January 27, 2025 at 8 AM EST", "November 20, 2024 at 4 PM EST"]}
    server.earnings |= {"TSM": ["January 28, 2025 at 5 PM EST"], "KO": "refuse"}
    words = ["quick", "NVDA", "TSM", "KO", *DAY, "--earnings", "--save", "kept"]
    environment = os.environ | proxy.environment(tmp_path / "cache") | {"COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-m", "eventwindow", *words],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    proxy.close()
    server.close()
    assert (done.returncode, done.stderr) == (0, "")
    assert (
        "Warning: NVDA told its results of 2025-01-27 into day 0: part of what is abnormal may be theirs."
        in done.stdout
    )
    assert "Warning: TSM told its results of 2025-01-28 into day 2: windows that reach it hold them too." in done.stdout
    assert "Earnings dates of KO: Yahoo answered 429" in done.stdout
    news = read_study(tmp_path / "kept").file.news
    assert [(n.date, n.about, n.what_zh) for n in news] == [
        (dt.date(2024, 11, 20), ("NVDA",), "NVDA 公布財報"),
        (dt.date(2025, 1, 27), ("NVDA",), "NVDA 公布財報"),
        (dt.date(2025, 1, 28), ("TSM",), "TSM 公布財報"),
    ]


def test_an_unreachable_yahoo_costs_the_earnings_dates_and_nothing_else(tmp_path, monkeypatch, capsys):
    forget_answers()
    for name, value in {"https_proxy": "http://127.0.0.1:9", "XDG_CACHE_HOME": str(tmp_path), "COLUMNS": "200"}.items():
        monkeypatch.setenv(name, value)
    assert main(["quick", "NVDA", *DAY, "--earnings"]) == 0
    said = capsys.readouterr().out
    assert "Earnings dates of NVDA: Yahoo cannot be reached" in said
    assert "−16.97 %" in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["NVDA", *DAY, "--benchmark", "A B"], "--benchmark: a name with a blank"),
        (["NVDA", *DAY, "--benchmark", "ZZZZ"], "no prices of ZZZZ"),
        (["NVDA", "--date", "1500-01-27"], "--date: 1500-01-27 lies before 1800-01-01"),
        (["NVDA", "--date", "2199-01-28"], "--date: day 0 of event 'day' lies ahead"),
        (["N/..", *DAY], "SYMBOL: a name with a blank"),
        (["NVDA", "--date", "2025-13-01"], "--date: '2025-13-01' is no date"),
        (["NVDA", *DAY, "--time", "25:00"], "--time: '25:00' is no clock time"),
        (["NVDA", *DAY, "--zone", "UTC"], "--zone: a zone without a clock time"),
        (["NVDA", *DAY, "--time", "9:00", "--zone", "Mars"], "Mars"),
        (["NVDA", "nvda", *DAY], "NVDA is given twice"),
        (["ZZZZ", *DAY], "no prices of ZZZZ: not among the shipped figures"),
        (["NVDA", "--date", "2012-01-25", "--prices", "shipped"], "no shipped figure in these dates"),
    ],
)
def test_what_is_wrong_is_said_at_its_option(arguments, message, tmp_path, capsys):
    assert main(["quick", *arguments, "--save", str(tmp_path / "kept")]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert "study.toml" not in said
    assert not (tmp_path / "kept").exists()
    assert "Traceback" not in said
