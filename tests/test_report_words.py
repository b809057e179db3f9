"""The words of the report: whatever it names exists in both languages, and the Chinese page is Chinese."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from eventwindow.claims.measures import MEASURES
from eventwindow.errors import Reason, catalogue, filled
from eventwindow.prices.checks import Finding
from eventwindow.report.context import Context, every_verdict
from eventwindow.report.html import appendix, story
from eventwindow.report.language import LANGUAGES, Language, language
from eventwindow.report.reasons import notes, reason_in

NAMES = {
    "Illusion Cube",  # of authors, firms and tests that are written so in Taiwan; tickers and the study's own names are taken out
    "Patell Z", "SUR F", "Patell p", "Astera Labs", "Palo Alto",
}  # fmt: skip
CITED = re.compile(r"[A-Z][\w’–-]+(?:(?:, | & |、)[A-Z][\w’–-]+)* ?\(?\d{4}")
RUN = re.compile(r"[A-Za-z][A-Za-z'’-]*(?:[ ,]+[A-Za-z][A-Za-z'’-]*)+")
CLAIMED = re.compile(r"\b(fell|rose|lost|gained|lower|higher|positive|negative|largest|lowest|worst)\b")


@pytest.fixture(scope="module", params=["zh-Hant", "zh-Hans"])
def chinese(request, deepseek):
    return Context(deepseek, language(request.param))


@pytest.fixture(scope="module")
def drawn(chinese, drawings):
    return drawings[chinese.language.code]


def latin_runs(text: str, context: Context) -> set[str]:
    """Two and more Latin words in a row, but for tickers and proper names."""
    symbols = sorted(context.result.evidence.securities.index, key=len, reverse=True)
    for source in context.result.calendar["source"]:  # titles of pages stay as they are
        text = text.replace(str(source), "·") if source else text
    for outlet in sorted({str(a["outlet"]) for a in context.result.articles} - {""}, key=len, reverse=True):
        text = text.replace(outlet, "·")
    for verdict in every_verdict(context.result.verdicts):  # and of those that settle a claim
        told = [getattr(verdict.claim.measure, "source", "")]
        for source in filter(None, told):
            text = text.replace(str(source), "·")
    text = re.sub(r"\bp(?=\s*[=<])", "·", text)
    text = re.sub(r"\b[SB]\d+-[\w-]+", "·", CITED.sub("·", text))  # claims by their key
    text = re.sub("|".join(rf"(?<![A-Za-z]){re.escape(s)}(?![A-Za-z])" for s in symbols), "·", text)
    return {run for line in text.split("\n") for run in RUN.findall(line)} - NAMES


def visible(html: str) -> str:
    """The page's text, line by line, and what it says of its parts; without code, styles and the list of references."""
    html = re.sub(r'(?s)<(ul|ol) class="references".*?</\1>|<(style|script|code|pre|math)\b.*?</\2>', " ", html)
    said = re.findall(r'\b(?:title|aria-label|alt)="([^"]*)"', html)
    return "\n".join([re.sub(r"</?(?:b|i|small|em|strong|span|sub)\b[^>]*>", "", html), *said])


def test_the_chinese_page_holds_no_english_but_names(chinese, drawn):
    html = appendix(chinese, {}) + story(chinese, {})
    text = re.sub(r"<[^>]+>", "\n", visible(html)).replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&")
    assert latin_runs(text, chinese) == set()


def test_the_chinese_figures_hold_no_english_but_names(chinese, drawn):
    words = {n: re.findall(r"<(?:text|title)[^>]*>([^<]+)<", f.wide + f.narrow) for n, f in drawn.items()}
    assert min(map(len, words.values())) > 0
    assert {n: english for n, said in words.items() if (english := latin_runs("\n".join(said), chinese))} == {}


def test_every_figure_a_verdict_is_made_of_has_a_name(deepseek, chinese):
    """A name of the report's own, a security, a basket, or a day."""
    panels = [p for r in deepseek.readings for p in r.panels] + [p for d in deepseek.disagreements for p in d.panels]
    keys = {key for v in every_verdict([*deepseek.verdicts, *panels]) if v.measured for key in v.measured.parts}
    evidence = deepseek.evidence
    own = {key for key in keys if chinese.language.has(f"part.{key}")}
    assert own
    assert all(
        key in evidence.securities.index or key in evidence.titles or re.fullmatch(r"\d{4}-\d{2}-\d{2}", key)
        for key in keys - own
    )


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_measure_has_a_name(code):
    assert all(language(code).text(f"measure.{name}") for name in MEASURES)


def test_labels_of_parts_name_a_figure_and_leave_open_what_came_out(deepseek):
    """What was asked of the figure stands beside the label, from the claim's own keys."""
    panels = [p for r in deepseek.readings for p in r.panels] + [p for d in deepseek.disagreements for p in d.panels]
    parts = [p for v in deepseek.verdicts for p in v.parts] + panels
    asked = [p for p in parts if p.claim.hedge in {"direction", "effect"} and p.measured and p.asked]
    assert len(asked) > 50
    assert [p.claim.text_en for p in asked if CLAIMED.search(p.claim.text_en)] == []
    assert all(
        str(p.asked).startswith("should be ") and catalogue("zh-Hant").reason(p.asked).startswith("應") for p in asked
    )


def test_reasons_in_a_row_are_told_one_by_one():
    both = Reason.together([Reason("mean_correlation", correlation=0.27), Reason("days_without_a_member", n=18)])
    assert reason_in(language("zh-Hant"), both) == "殘差平均相關 0.270；有成員無報酬的 18 日不計"
    assert str(both) == "mean residual correlation 0.270; 18 days left out on which a member has no return"
    why = "Held figures stand in for NVDA: Yahoo does not know it"
    assert reason_in(language("zh-Hant"), why) == "以先前取得或隨附的數據代替 NVDA：Yahoo 沒有此代號"
    assert reason_in(language("zh-Hant"), "a reason of one's own") == "a reason of one's own"


def test_every_note_is_found_again_by_its_english_words():
    """And not by those of another: what is filled into its blanks comes back in every language."""
    english, chinese = language("en").catalogue, language("zh-Hant").catalogue
    assert len(notes()) > 30
    for key, pattern in notes():
        if not key.startswith("note."):
            continue  # findings are numbers with a form of their own
        blanks = {
            blank: "3" if blank.startswith("n") else "X Y" if blank.startswith("words") else "X"
            for blank in pattern.groupindex
        }
        said = english.text(key, **blanks)
        assert reason_in(language("zh-Hant"), said) == chinese.text(key, **blanks), key
        assert reason_in(language("en"), said) == said


def test_a_finding_about_prices_is_told_in_every_language():
    """As its key says it, though the tables hold it in English."""
    day = date(2024, 12, 3)
    found = [
        Finding("A", "warning", "split_ratio", day, {"value": 0.479, "split": "2:3"}),
        Finding("A", "error", "duplicate_date", day, {}),
        Finding("A", "error", "no_day_zero", None, {"event": "fall"}),
        Finding("A", "warning", "outside_range", day, {"close": 1.5, "low": 1.0, "high": 1.25}),
    ]
    for code in LANGUAGES:
        told = [reason_in(language(code), str(one.reason)) for one in found]
        assert told == [language(code).reason(one.reason) for one in found]


def test_a_note_that_names_one_thing_twice_is_found_again():
    from eventwindow.errors import Reason, catalogue
    from eventwindow.report.reasons import reason_in

    english = catalogue("en").reason(Reason("finding_crossed", other="KO"))
    assert reason_in(language("zh-Hant"), english) == catalogue("zh-Hant").reason(Reason("finding_crossed", other="KO"))


@pytest.mark.parametrize(
    ("words", "name", "told"),
    [
        ("{name}下跌", "CrowdStrike", "CrowdStrike 下跌"),
        ("{name}下跌", "輝達", "輝達下跌"),
        ("{name} 下跌", "輝達", "輝達下跌"),
        ("下跌 {name}。", "17.0%", "下跌 17.0%。"),
        ("檔案{name}沒有", "資料abc.csv", "檔案資料abc.csv 沒有"),
        ("{name}（{name}）", "台積電ADR", "台積電ADR（台積電ADR）"),
        ("{name} fell", "輝達", "輝達 fell"),
    ],
)
def test_a_space_stands_where_words_and_a_value_meet_and_the_value_stays_as_written(words, name, told):
    held = Language(replace(catalogue("zh-Hant"), forms={"it": (words,)}))
    assert filled(words, {"name": name}) == held.text("it", name=name) == held.say("it", name=name) == told
