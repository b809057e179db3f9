"""The words of the report: whatever it names exists in both languages, and the Chinese page is Chinese."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pandas as pd
import pytest

from eventwindow.claims.measures import MEASURES
from eventwindow.errors import Listed, Reason, catalogue, filled
from eventwindow.prices.cache import Cache
from eventwindow.prices.yahoo import Pulled
from eventwindow.report.blocks import sited
from eventwindow.report.context import Context, every_verdict
from eventwindow.report.html import appendix, story
from eventwindow.report.language import LANGUAGES, Language, language

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
    settling = [getattr(v.claim.measure, "source", "") for v in every_verdict(context.result.verdicts)]
    for source in filter(None, [*context.result.calendar["source"], *settling]):  # titles of pages stay as they are
        dated = context.language.dated(str(source))
        text = text.replace(dated, "·").replace(sited(dated), "·")
    for outlet in sorted({str(a["outlet"]) for a in context.result.articles} - {""}, key=len, reverse=True):
        text = text.replace(outlet, "·")
    text = re.sub(r"\bp(?=\s*[=<])", "·", text)
    text = re.sub(r"\b[SB]\d+-[\w-]+", "·", CITED.sub("·", text))  # claims by their key
    text = re.sub("|".join(rf"(?<![A-Za-z]){re.escape(s)}(?![A-Za-z])" for s in symbols), "·", text)
    return {run for line in text.split("\n") for run in RUN.findall(line)} - NAMES


def visible(html: str) -> str:
    """The page's text, line by line, and what it says of its parts; without code, styles and the list of references."""
    html = re.sub(r'<a href="(https?://(?:www\.)?([^/"]+)[^"]*)">\2</a>', r"\1", html)  # a source's address
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
    assert language("zh-Hant").reason(both) == "殘差平均相關 0.270；有成員無報酬的 18 日不計"
    assert str(both) == "mean residual correlation 0.270; 18 days left out on which a member has no return"


def test_a_note_of_a_source_is_told_whole_in_every_language():
    """With the reasons in it: nothing is read back from English words."""
    why = Reason.together([Reason("too_many_requests"), Reason("pull_limit", seconds=60.0)])
    note = Reason("held_stand_in", symbols=Listed(["NVDA", "AMD"]), why=why)
    assert str(note) == (
        "Held figures stand in for NVDA, AMD: Yahoo answered 429, too many requests; "
        "the time limit of 60 s for the whole pull was reached"
    )
    chinese = "以先前取得或隨附的數據代替 NVDA、AMD：Yahoo 回應 429，請求過多；已達整次下載的 60 秒上限"
    assert language("zh-Hant").reason(note) == chinese
    assert language("zh-Hant").reason(Reason.of("another's own words")) == "another's own words"


def test_what_a_cache_holds_of_a_note_is_read_in_every_form(tmp_path):
    """Packed as now; in words, as versions before kept it; and of a key that no catalogue has, as it lies there."""
    day = pd.Timestamp("2025-01-27")
    table = pd.DataFrame({"close": [1.0]}, pd.DatetimeIndex([day], name="date"))
    note = Reason("split_undone", ratio=2.0)
    cache = Cache(tmp_path)
    cache.put(Pulled("A", table, "USD", day, note), "test", {})
    assert cache.get("A").pulled.note == note
    held = json.loads((tmp_path / "manifest.json").read_text())
    facts = held["A"][0]["facts"]
    for kept, told in (
        ({"note": "a later split of 2 is undone", "told": ""}, "a later split of 2 is undone"),
        ({"told": facts["told"].replace("split_undone", "of_a_later_version")}, "of_a_later_version"),
        ({"told": "no JSON"}, "no JSON"),
        ({"told": "[1]"}, "[1]"),
    ):
        held["A"][0]["facts"] = facts | kept
        (tmp_path / "manifest.json").write_text(json.dumps(held))
        assert told in str(cache.get("A").pulled.note)


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
