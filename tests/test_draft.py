"""`eventwindow draft`: sentences of our own in two languages, what stays open, what is written, and what is refused."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
import tomllib
from functools import cache
from itertools import product
from math import isclose
from pathlib import Path

import pytest

from eventwindow.claims.amounts import amounts as figures_of
from eventwindow.claims.rounding import hedge_table
from eventwindow.cli.main import main
from eventwindow.draft.chinese import has_chinese, numeral, simplified
from eventwindow.draft.entries import entry, open_reasons
from eventwindow.draft.paraphrase import KINDS, paraphrase
from eventwindow.draft.read import statements
from eventwindow.draft.sessions import closed_in
from eventwindow.draft.statement import Statement, Subject
from eventwindow.draft.studyfile import toml_table
from eventwindow.draft.write import draft_claims, read_article
from eventwindow.errors import ClaimError
from eventwindow.study.definition import read_study
from eventwindow.study.ledger import read_claims, refusal
from eventwindow.study.library import find_study

DATED = dt.date(2025, 1, 31)
CASES = tomllib.loads(Path(__file__).with_name("draft_cases.toml").read_text(encoding="utf-8"))["cases"]
KNOWN = [pytest.param(c, marks=pytest.mark.xfail(reason=c["known_miss"])) for c in CASES if "known_miss" in c]


@cache
def read_once(text: str, dated: dt.date) -> list[Statement]:
    return statements(text, dated)


def found(text: str, dated: dt.date = DATED) -> list[str]:
    return sorted(map(str, read_once(text, dated)))


def otherwise(cases: list[dict]) -> dict[str, list[str]]:
    """What is found in each sentence that does not yield its statements and no others."""
    read = {c["text"]: (found(c["text"], c.get("date", DATED)), sorted(c["find"])) for c in cases}
    return {text: had for text, (had, asked) in read.items() if had != asked}


@pytest.mark.parametrize("chinese", [False, True])
def test_a_sentence_yields_its_statements_and_no_others(chinese: bool) -> None:
    assert otherwise([c for c in CASES if has_chinese(c["text"]) == chinese and "known_miss" not in c]) == {}


@pytest.mark.parametrize("case", KNOWN)
def test_a_sentence_that_is_known_to_be_read_otherwise_still_is(case: dict) -> None:
    assert otherwise([case]) == {}


def test_the_sentences_are_enough_in_both_languages_and_for_what_is_no_market() -> None:
    chinese = [c for c in CASES if has_chinese(c["text"])]
    assert len(chinese) >= 60
    assert len(CASES) - len(chinese) >= 60
    assert sum(not c["find"] for c in CASES) >= 25


def test_simplified_text_reads_as_traditional_text_does() -> None:
    chinese = [(c["text"], c.get("date", DATED)) for c in CASES if has_chinese(c["text"])]
    assert sum(simplified(text) != text for text, _ in chinese) > 60
    assert [text for text, dated in chinese if found(simplified(text), dated) != found(text, dated)] == []


def test_articles_are_read_by_the_hedges_that_verdicts_follow() -> None:
    """Every plain word of the table, before and behind a figure, gives the hedge of its row, in both languages."""
    frames = {"en": "Nvidia fell {0}17%{1} on 27 January.", "zh": "輝達1月27日下跌{0}17%{1}。"}
    read: set[str] = set()
    for hedge, row in hedge_table().items():
        for side in ("before", "after"):
            for language, words in row.get(side, {}).items():
                for word in filter(re.compile(r"[\w ]+").fullmatch, words):
                    pad = f"{word} " if language == "en" and side == "before" else word
                    pad = f" {word}" if language == "en" and side == "after" else pad
                    said = statements(frames[language].format(*((pad, "") if side == "before" else ("", pad))), DATED)
                    assert [s.hedge for s in said] == [hedge], word
                    read.add(hedge)
    assert read == set(hedge_table()) - {"exact", "range"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一万二千", 12_000),
        ("百", 100),
        ("千亿", 1e11),
        ("1兆", 1e12),
        ("一点五兆", 1.5e12),
        ("六千亿", 6e11),
        ("廿三", 23),
    ],
)
def test_chinese_numerals_are_numbers(text: str, value: float) -> None:
    assert numeral(text) == value


def test_characters_that_are_no_numeral_make_no_figure() -> None:
    for text in (
        "輝達跌千千万万%",
        "輝達跌百百点",
        "輝達跌零一百成",
        "Nvidia fell " + "9" * 400 + "%.",
        "輝達13月45日跌〇百%",
    ):
        assert [s.low for s in statements(text, DATED)] == [None], "a direction, and no figure"


@pytest.mark.parametrize(
    "text",
    [
        "台積電週四漲3%，連十十漲。",
        "Nvidia rose 3%, its 99999999999 straight sessions.",
        "輝達漲3%，近99999999天累計漲3%。",
    ],
)
def test_a_number_of_days_that_is_none_makes_no_run(text: str) -> None:
    assert {s.kind for s in statements(text, DATED)} == {"return"}


def test_a_text_without_ends_of_sentences_is_read_in_the_time_that_its_length_takes() -> None:
    said = statements("Nvidia fell 3% and " * 500, DATED)
    assert {str(s) for s in said} == {"NVDA return -0.03 exact 2025-01-31 !"}, "the article's own day, to be asked"


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("Nvidia lost $593bn of market value.", 1e9),
        ("Nvidia lost $1.5tn of market value.", 1e11),
        ("Nvidia fell 16.97%.", 1e-4),
        ("輝達市值蒸發5,930億美元。", 1e9),
        ("輝達市值蒸發1兆美元。", 1e12),
        ("輝達大跌一成七。", 0.01),
    ],
)
def test_the_precision_is_the_step_of_the_last_stated_digit(text: str, step: float) -> None:
    assert statements(text, DATED)[0].step == pytest.approx(step)


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("史上沒有一家公司在一天內損失這麼多市值，輝達週一做到了。", "dollars"),
        ("輝達週一蒸發5,930億美元市值。這是史上最大跌幅。", "dollars"),
        ("輝達週一大跌17%，是史上最大單日跌幅。", "per cent"),
        ("Nvidia fell 17% on Monday, the biggest one-day loss ever.", "per cent"),
    ],
)
def test_a_rank_is_by_dollars_where_value_was_spoken_of(text: str, by: str) -> None:
    assert [s.by for s in statements(text, DATED) if s.kind == "loss_rank"] == [by]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Nvidia fell 17% on Monday.", "NVDA: return of \u221217 % on 2025-01-27"),
        ("Nvidia fell more than 17% on Monday.", "NVDA: return, a fall of more than 17 % on 2025-01-27"),
        ("Nvidia lost close to $600bn of market value.", "NVDA: change of market value, a fall of close to 600bn USD"),
        ("Nvidia closed at $118.42 on Monday.", "NVDA: price of 118.42 USD on 2025-01-27"),
        ("TSMC fell on Monday.", "TSM or 2330.TW: down on 2025-01-27"),
        (
            "S&P 500 futures fell 1% to 2% on Monday.",
            "ES=F: move within the day of \u22121 % to \u22122 % on 2025-01-27",
        ),
        ("Palantir tripled last year.", "PLTR: return of +200 % in 2024"),
    ],
)
def test_a_paraphrase_is_made_from_the_parts(text: str, words: str) -> None:
    assert paraphrase(statements(text, DATED)[0])[0] == words


def test_a_round_price_asks_how_precisely_it_is_meant() -> None:
    (said,) = statements("Nvidia closed at $200 on Monday.", DATED)
    assert entry(said, "D1-1", "D1", "a, line 1", None, lambda *_: False)["unfinished"].startswith("a round price")


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("Nvidia fell 17% on Monday.", "\u221217 %", "\u221217%"),
        ("Nvidia lost close to $600bn of market value.", "close to \u2212600bn USD", "接近 \u22126,000 億美元"),
        ("TSMC fell on Monday.", "down", "下跌"),
    ],
)
def test_what_was_said_is_drafted_in_both_languages(text: str, english: str, chinese: str) -> None:
    made = entry(statements(text, DATED)[0], "D1-1", "D1", "a, line 1", None, lambda *_: False)
    assert (made["stated_text"], made["stated_text_zh"]) == (english, chinese)


def test_pc_is_per_cent_in_small_letters_and_before_no_noun_of_computers() -> None:
    assert (
        found("Nvidia fell 3pc on Monday.")
        == found("Nvidia fell 3 pc on Monday.")
        == found("Nvidia fell 3% on Monday.")
    )
    for text in ("Nvidia fell 3 PC stocks along on Monday.", "Dell fell behind the top 5 pc makers on Monday."):
        assert not [s for s in statements(text, DATED) if s.low is not None], text


@pytest.mark.parametrize(
    "first", ["Google's Class A.", "There is no plan B.", "It is a Series C.", "Talks are in Phase I."]
)
def test_a_letter_that_is_no_initial_ends_a_sentence(first: str) -> None:
    [said] = statements(f"{first} Nvidia fell 17% on Monday.", DATED)
    assert (str(said), said.open) == ("NVDA return -0.17 exact 2025-01-27", ())


@pytest.mark.parametrize(
    ("text", "find"),
    [
        ("Apple fell 3% on Thursday, knocking 120 points off the Dow.", "AAPL index_points -120 exact 2025-01-30 !"),
        ("騰訊周四跌3%，拖累恒指226點。", "TCEHY|0700.HK index_points -226 exact 2025-01-30 !"),
        ("The Nikkei rose 71 points from Wednesday to 39,513.97 on Thursday.", "^N225 points 71 exact 2025-01-30"),
        ("Apple had gained 5% this year through Wednesday.", "AAPL return 0.05 exact 2025-01-01..2025-01-29"),
        ("Apple fell 5% for the holiday-shortened week.", "AAPL return -0.05 exact 2025-01-27..2025-01-31"),
        ("Apple fell 14.6% over Wednesday and Thursday.", "AAPL return -0.146 exact 2025-01-29..2025-01-30"),
        (
            "The yield on ten-year Bunds fell to minus 0.25% on Thursday.",
            "[ten-year Bunds] price_level -0.25 exact 2025-01-30",
        ),
        ("Iron ore futures in Singapore rose 1.1% on Thursday.", "TIO=F return 0.011 exact 2025-01-30 !"),
        ("On Thursday London-listed SSP Group fell 2.7%.", '"SSP Group" return -0.027 exact 2025-01-30'),
        (
            "Avaya Holdings Corp. (NYSE: AVYA) shares fell 22.7% on Thursday.",
            '"Avaya Holdings" return -0.227 exact 2025-01-30',
        ),
        ("Shares of Apple Inc., the firm led by Tim Cook, sank on Thursday.", "AAPL return down direction 2025-01-30"),
        ("新台幣周四貶1.1角，收32.62元。", "TWD=X price_change -0.11 exact 2025-01-30 !"),
        ("輝達11月以來累計上漲12%。", "NVDA return 0.12 exact 2024-11-01..2025-01-31 !"),
        ("恒指上周一周下跌11.5%。", "^HSI return -0.115 exact 2025-01-20..2025-01-24"),
        ("恒指上周一下跌1.5%。", "^HSI return -0.015 exact 2025-01-20"),
        ("輝達近一個月上漲12%。", "NVDA return 0.12 exact 2025-01-01..2025-01-31 !"),
        ("1月31日，騰訊前一日晚間披露業績，股價跌3%。", "TCEHY|0700.HK return -0.03 exact 2025-01-31"),
        ("騰訊周四停牌前跌3%。", "TCEHY|0700.HK return -0.03 exact 2025-01-30 !"),
        ("週四百度跌5.9%，前一日因財報重挫15.8%；小米跌6.3%。", "1810.HK return -0.063 exact 2025-01-30 !"),
        ("週四台股漲1%，前一日輝達跌2%，超微跌1%。", "AMD return -0.01 exact 2025-01-29 !"),
        ("週四，三大指數集體低開，滬指跌0.15%。", "000001.SS opening_gap -0.0015 exact 2025-01-30"),
        ("台股週五開高，台積電漲1%。", "2330.TW return 0.01 exact 2025-01-31"),
        ("週四9月電子期貨收1405.7點，上漲10.5點。", '"电子期货" points 10.5 exact 2025-01-30'),
        ("與1月6日的歷史高點153.13美元相比，輝達週四跌去近三成。", "NVDA drawdown -0.3 nearly 2025-01-30 !"),
        ("騰訊控股（0700）　396.8元　-3.6%", "0700.HK return -0.036 exact ?"),
        ("騰訊控股（0700）　396.8元　-3.6%", "0700.HK price_level 396.8 exact ?"),
        ("恒指連升三日後週四跌1%。", "^HSI return up direction 2025-01-27..2025-01-29 !"),
        ("加權指數週四跌292點，墜落萬點之下。", "^TWII price_level 10000 less_than 2025-01-30"),
        ("蘋果去年漲17%，微軟漲33%。", "MSFT year_return 0.33 exact 2024 !"),
        ("碧桂園週四跌半成。", "2007.HK return -0.05 exact 2025-01-30"),
        ("週四離岸人民幣升值80點。", "CNH=X price_change 0.008 exact 2025-01-30 !"),
        ("週四10年期日本公債殖利率下降3個基點。", "[10年期日本公债殖利率] points -0.03 exact 2025-01-30"),
        ("銀河娛樂週四跌5.6%，創今年新低。", "0027.HK record 0 exact 2025-01-30 since 2024-12"),
        ("週四三星電子收報10.2萬韓元。", "005930.KS price_level 102000 exact 2025-01-30"),
        ("台股週五漲1%。\n輝達漲2%，今年以來漲3%。", "NVDA return 0.02 exact 2025-01-30 !"),
        ("台股週五漲1%。\n輝達漲2%，今年以來漲3%。", "NVDA return 0.03 exact 2025-01-01..2025-01-30 !"),
    ],
)
def test_forms_of_pieces_and_papers_are_read(text: str, find: str) -> None:
    assert find in found(text)


def test_what_a_hope_does_to_an_index_is_the_indexs_own_move() -> None:
    assert "^N225 points 71 exact 2025-01-30 !" in found("Hopes of a deal lifted the Nikkei by 71 points on Thursday.")


def test_an_initial_ends_no_sentence() -> None:
    [said] = statements("Warren E. Buffett sold and Nvidia fell 17% on Monday.", DATED)
    assert said.open


def test_a_line_that_stands_twice_is_read_once() -> None:
    assert len(statements("Nvidia fell 3%.\nNvidia fell 3%.\n", DATED)) == 1


def test_a_statement_stands_at_its_line() -> None:
    assert [s.line for s in statements("A headline.\n\nApple rose 2% on Monday.", DATED)] == [3]


def test_last_week_told_on_a_sunday_is_the_one_that_is_over_in_english_to_be_asked() -> None:
    sunday, saturday = dt.date(2025, 1, 26), dt.date(2025, 1, 25)
    assert found("輝達上週五跌3%，道指上週跌1.3%。", sunday) == [
        "NVDA return -0.03 exact 2025-01-24",
        "^DJI return -0.013 exact 2025-01-20..2025-01-24",
    ]
    assert found("輝達上週五跌3%。", saturday) == ["NVDA return -0.03 exact 2025-01-17"]
    assert found("Nvidia fell 3% last week.", sunday) == ["NVDA return -0.03 exact 2025-01-20..2025-01-24 !"]


def test_weekdays_and_days_of_the_month_count_back_from_the_article() -> None:
    assert found("輝達上週五跌3%。", dt.date(2025, 1, 28)) == ["NVDA return -0.03 exact 2025-01-24"]
    assert found("Nvidia fell 3% on December 18.", dt.date(2025, 1, 3)) == ["NVDA return -0.03 exact 2024-12-18"]
    assert found("輝達31日跌3%。", dt.date(2025, 2, 3)) == ["NVDA return -0.03 exact 2025-01-31"]
    assert found("Nvidia fell 3% on 31 February.", dt.date(2025, 3, 3)) == ["NVDA return -0.03 exact ?"]


ARTICLE = """\
Nvidia fell 17% on Monday and TSMC also dropped 13%.

Chip stocks slid on Monday. The Dow rose 0.7%.
Nvidia lost 3% on January 20.
"""


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    (tmp_path / "news.txt").write_text(ARTICLE, encoding="utf-8")
    draft_claims([tmp_path / "news.txt"], "2025-01-31", "deepseek-2025", None, tmp_path / "claims.toml")
    return tmp_path / "claims.toml"


def test_the_draft_is_a_ledger_that_check_accepts_with_what_is_open_listed(draft: Path) -> None:
    study = read_study(find_study("deepseek-2025"))
    ledger = read_claims(draft, study.securities, study.baskets)
    assert [c.place for c in ledger.claims] == [f"news.txt, line {n}" for n in (1, 1, 3, 3, 4)]
    assert [c.unfinished for c in ledger.unfinished] == [
        "which listing is meant: TSM / 2330.TW?",
        "the article says only 'chip stocks': name the members",
        "^DJI is no security of this study",
        "2025-01-20 is no session of NVDA",
    ]
    finished = ledger.claims[0]
    assert (finished.security, finished.measure_name, finished.stated, finished.precision) == (
        "NVDA",
        "return",
        -0.17,
        None,
    )
    assert finished.text_en == "NVDA: return of \u221217 % on 2025-01-27"


def test_an_unfinished_entry_is_open_for_that_reason_and_read_in_full_once_the_key_is_gone(draft: Path) -> None:
    from eventwindow.claims.verdicts import judge

    study = read_study(find_study("deepseek-2025"))
    open_ = read_claims(draft, study.securities, study.baskets).unfinished[0]
    (verdict,) = judge([open_], None)  # type: ignore[arg-type]
    assert verdict.word == "open"
    assert str(verdict.reason) == "The entry is not finished: which listing is meant: TSM / 2330.TW?"
    kept = [line for line in draft.read_text(encoding="utf-8").splitlines() if not line.startswith("unfinished")]
    draft.write_text("\n".join(kept), encoding="utf-8")
    with pytest.raises(ClaimError, match="the key 'security' is missing"):
        read_claims(draft, study.securities, study.baskets)


def written(s: Statement) -> dict:
    """The entry of a statement, as a file of TOML hands it to the reader of ledgers."""
    table = entry(s, "D1-1", "D1", "news.txt, line 1", None, lambda symbol, day: False)
    return tomllib.loads(toml_table("[[claims]]", table))["claims"][0]


def test_what_is_drafted_as_finished_is_what_a_ledger_accepts() -> None:
    """Every sentence of the cases: nothing that the rules read is refused by the reader of their own draft."""
    drafted = [written(s) for c in CASES for s in read_once(c["text"], c.get("date", DATED))]
    finished = [table for table in drafted if "unfinished" not in table]
    assert len(finished) > 600
    assert [(t["text_en"], why) for t in finished if (why := refusal(t))] == []
    assert [t["text_en"] for t in drafted if "does not agree with itself" in t.get("unfinished", "")] == []


FRACTIONS = [
    "half",
    *(
        f"{k} {d}"
        for d in ("third", "quarter", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
        for k in ("a", "one", "two", "three")
    ),
]
OF_ONE = [
    "half a",
    "half of one",
    "a quarter of a",
    "three quarters of a",
    "a third of a",
    "two thirds of a",
    "a fifth of a",
    "a tenth of a",
    "one and a half",
]
SAID = ["", "more than ", "less than ", "nearly ", "about ", "almost ", "over "]


@pytest.mark.parametrize("hedge", SAID)
def test_a_part_in_words_is_drafted_as_it_was_said(hedge: str) -> None:
    plural = [f + "s" * f.startswith(("two", "three")) for f in FRACTIONS]
    told = [f"Nvidia {verb} {hedge}{f} of its value on 27 January." for verb in ("shed", "gained") for f in plural]
    told += [f"Nvidia {verb} {hedge}{f} percent on 27 January." for verb in ("fell", "rose") for f in OF_ONE]
    said = [s for text in told for s in statements(text, DATED) if s.low is not None]
    tables = [written(s) for s in said]
    assert len(tables) >= len(told) - 24  # three thirds are no part
    assert [t["text_en"] for t in tables if "unfinished" in t] == []
    for s, table in zip(said, tables, strict=True):
        assert s.step is not None
        assert isclose(table.get("precision", s.step), s.step)  # read as coarsely as it was said


@pytest.mark.parametrize(
    "low", [-0.5, 1 / 3, -1 / 6, 0.005, -0.0025, 0.00667, 0.125, 0.17, -0.1697, 1.0, 2.5, 1e-6, 0.123456]
)
def test_a_figure_of_any_precision_is_accepted_or_left_open_never_refused(low: float) -> None:
    for kind, step, hedge in product(KINDS, (1e-4, 0.005, 0.01), ("exact", "more_than")):
        s = Statement(1, kind, Subject(("NVDA",)), low, low, hedge, 1 if low > 0 else -1, step, dt.date(2025, 1, 27))
        table = written(s)
        assert "unfinished" in table or refusal(table) == ""


def test_an_entry_that_the_ledger_would_refuse_says_what_is_wrong_and_loses_no_other() -> None:
    odd = Statement(1, "return", Subject(("NVDA",)), 0.1234567, 0.1234567, "exact", 1, 0.00042, dt.date(2025, 1, 27))
    assert "does not agree with itself" in written(odd)["unfinished"]


def test_what_is_compared_with_needs_a_session_of_its_own() -> None:
    """The Lunar New Year in Taiwan: no return of TSMC there, however much Nvidia moved."""
    apart = Statement(
        1,
        "relative_return",
        Subject(("NVDA",)),
        0.03,
        0.03,
        "exact",
        1,
        0.01,
        dt.date(2025, 1, 27),
        against=(Subject(("2330.TW",)),),
    )
    reasons = open_reasons(apart, None, closed_in(None))
    assert list(map(str, reasons)) == ["2025-01-27 is no session of 2330.TW"]


def test_a_name_of_the_users_own_table_and_an_alias_of_the_study_are_known(tmp_path: Path) -> None:
    own = tmp_path / "names.csv"
    own.write_text(
        "symbol,exchange,currency,kind,names\nENR.DE,XETR,EUR,stock,Siemens Energy|西門子能源\n", encoding="utf-8"
    )
    said = statements("西門子能源週一跌20%。", DATED, own=own)
    assert [str(s) for s in said] == ["ENR.DE return -0.2 exact 2025-01-27"]
    study = read_study(find_study("deepseek-2025"))
    first = study.file.securities[0].model_copy(update={"aliases": ("Team Green",)})
    other = study.model_copy(update={"file": study.file.model_copy(update={"securities": (first,)})})
    assert [str(s) for s in statements("Team Green fell 3%.", DATED, other)] == ["NVDA return -0.03 exact ?"]


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["draft", *arguments]) == 2
    return capsys.readouterr().err


def test_what_cannot_be_drafted_is_refused_with_a_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, out = tmp_path / "good.txt", str(tmp_path / "out.toml")
    good.write_text("Nvidia fell 3%.", encoding="utf-8")
    (tmp_path / "empty.txt").write_text(" \n", encoding="utf-8")
    (tmp_path / "big5.txt").write_bytes("輝達大跌。".encode("big5"))
    day = ("--date", "2025-01-31", "--out", out)
    assert "there is no file" in refused(capsys, str(tmp_path / "none.txt"), *day)
    assert "iconv" in refused(capsys, str(tmp_path / "big5.txt"), *day)
    assert "empty" in refused(capsys, str(tmp_path / "empty.txt"), *day)
    assert "is a folder" in refused(capsys, str(tmp_path), *day)
    assert "YYYY-MM-DD" in refused(capsys, str(good), "--date", "31.1.2025", "--out", out)
    assert "Studies that ship" in refused(capsys, str(good), *day, "--study", "no-such-study")
    assert "--names" in refused(capsys, str(good), *day, "--names", str(tmp_path / "none.csv"))
    assert not Path(out).exists()
    assert main(["draft", str(good), *day]) == 0
    assert "exists already" in refused(capsys, str(good), *day)


def test_chinese_is_read_by_what_the_plain_install_brings_and_english_loads_none_of_it() -> None:
    code = "import sys; from eventwindow.draft.read import statements; import datetime as dt; statements({0!r}, dt.date(2025, 1, 31)); print('opencc' in sys.modules)"
    loaded = [run_python("-c", code.format(text)) for text in ("Nvidia fell 3%.", "輝達大跌一成七。")]
    assert loaded == ["False", "True"]
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert any(need.startswith("opencc") for need in project["dependencies"])


def run_python(*arguments: str) -> str:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True).stdout.strip()


def test_an_article_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\ufeffNvidia fell.", encoding="utf-8")
    assert read_article(tmp_path / "a.txt") == "Nvidia fell."


@pytest.mark.parametrize("form", ["fell {}%", "百分之{}", "{}倍", "${} billion", "between $5 and ${}"])
def test_a_row_of_digits_beyond_all_figures_is_none(form):
    assert figures_of(form.format("9" * 400)) == []
    assert figures_of(form.format("9")) != []
