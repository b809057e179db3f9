"""The HTML report: what it leads with, where its numbers come from, and that nothing in it is code but ours."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from dataclasses import replace

import pandas as pd
import pytest
from markupsafe import escape
from report_cases import HOSTILE, Page, blocks, cards, column, tables

from eventwindow import run_study
from eventwindow.claims.verdicts import by_statement
from eventwindow.errors import Catalogue, file_name
from eventwindow.report.blocks import Aside, addressed, sited, sources
from eventwindow.report.context import Context, words_of
from eventwindow.report.html import appendix as page_of
from eventwindow.report.html import story
from eventwindow.report.language import LANGUAGES, Language, language, p_value, percent
from eventwindow.report.markdown import markdown
from eventwindow.report.sections.data import _sources
from eventwindow.report.sections.headline import verdict_sentence
from eventwindow.report.sections.verdicts import span_of, statements
from eventwindow.report.write import write_report
from eventwindow.study.library import new_study


@pytest.fixture(scope="session")
def html(written):
    return (written / "appendix.html").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def page(html):
    return Page(html)


@pytest.fixture(scope="session")
def context(deepseek):
    return Context(deepseek, language("en"))


def appendix_of(html):
    return html.with_name(html.name.replace("report", "appendix"))


def rendered(result, folder):
    write_report(result, folder, ["en"])
    return (folder / "appendix.html").read_text(encoding="utf-8")


def test_the_first_sentence_holds_the_figures_of_the_result_tables(deepseek, page):
    daily = deepseek.table("abnormal_returns").query("event == 'selloff' and security == 'NVDA' and tau == 0").iloc[0]
    zero = "event == 'selloff' and security == 'NVDA' and window_start == 0 and window_end == 0"
    quantile = deepseek.table("cumulative").query(zero)["p_leading"].iloc[0]
    finding = page.words[: page.words.index("Prices:")]
    assert (
        f"fell {percent(abs(daily['actual_return']), sign=False)} on 27 January 2025".replace("\u00a0", " ") in finding
    )
    assert percent(daily["abnormal_return"]).replace("\u00a0", " ") in finding
    assert f"p = {p_value(quantile)}" in finding
    assert "given the volatility expected of each" in finding, (
        "Nvidia's volatility had fallen below 0.7 times the usual"
    )


def test_the_headline_counts_each_statement_once(deepseek, page):
    counts = Counter(word for _, word in by_statement(deepseek.verdicts))
    lines = f"the {counts.total()} statements are {len(deepseek.verdicts)} lines below"
    assert lines in page.words, "the groups below count lines, the story statements"
    only = counts["confirmed_with_context"]
    held = f"{counts['confirmed'] + only} hold, {only} only with context"
    sentence = f"{held}; {counts['mixed']} hold in part; {counts['contradicted']} are wrong"
    assert sentence in page.words


def test_sections_stand_in_the_order_of_the_readers_questions(html):
    order = ["finding", "verdicts", "week", "abnormal", "benchmark", "market", "late", "tests", "robustness"]
    order += ["counterfactual", "readings", "disagreements", "excluded", "data", "method"]
    places = [html.index(f'id="{name}"') for name in order]
    assert places == sorted(places)


def test_the_securities_that_articles_speak_of_most_lead(context):
    assert context.leads == ("NVDA", "TSM")


def test_nothing_is_loaded_from_anywhere(page, html):
    loads = [a[k] for tag, a in page.tags for k in ("src", "data", "poster", "srcset") if k in a]
    links = [a["href"] for a in page.named("link")]
    uses = [a["xlink:href"] for tag, a in page.tags if "xlink:href" in a]
    assert loads == []
    assert links == ["data:,"]  # an empty icon, so that no browser asks for one
    assert all(use.startswith("#") for use in uses)
    assert not re.search(r"@import|url\((?!#)", html)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_same_result_gives_the_same_page_and_summary(deepseek, written, drawings, code):
    """In another process, from figures drawn anew; those are compared by `test_figures`, paper by `test_report_paper`."""
    context = Context(deepseek, language(code), "eventwindow run deepseek-2025 --prices shipped")
    html = written / file_name(code)
    assert page_of(context, drawings[code], LANGUAGES) == appendix_of(html).read_text(encoding="utf-8")
    assert story(context, drawings[code], LANGUAGES) == html.read_text(encoding="utf-8")
    assert markdown(context, drawings[code]) == html.with_suffix(".md").read_text(encoding="utf-8")


def test_every_language_is_written_and_links_to_the_others(written):
    said = {"en": "Nvidia (NVDA) fell", "zh-Hant": "輝達（NVDA）下跌", "zh-Hans": "（NVDA）下跌"}
    pages = {code: Page((written / file_name(code)).read_text(encoding="utf-8")) for code in LANGUAGES}
    assert {code: page.named("html")[0]["lang"] for code, page in pages.items()} == {code: code for code in LANGUAGES}
    for code, page in pages.items():
        links = {a["href"] for a in page.named("a")}
        assert {other: file_name(other) for other in LANGUAGES if other != code and file_name(other) not in links} == {}
        assert said[code] in page.words


def test_every_figure_has_a_picture_and_a_table_beside_the_page(written, page):
    names = [a["id"][len("figure-") :] for a in page.named("figure")]
    pictures = [f"{code}svg" for code in ("", *(f"{code}." for code in LANGUAGES[1:]))]
    assert {p.name for p in (written / "figures").iterdir()} >= {f"{n}.{e}" for n in names for e in [*pictures, "csv"]}
    assert names


def test_a_figure_is_written_as_png_too_where_that_is_asked_for(template, tmp_path):
    pytest.importorskip("typst", reason="needs the extra pdf")
    write_report(template, tmp_path, ["en", "zh-Hant"], extras=("png",))
    drawn = {path.stem for path in (tmp_path / "figures").glob("*.svg")}
    assert {path.stem for path in (tmp_path / "figures").glob("*.png")} == drawn
    assert {name for name in drawn if name.endswith(".zh-Hant")} and len(drawn) > 8


def test_readings_and_disagreements_stand_with_their_sentences(deepseek, page):
    assert deepseek.readings
    assert all(str(r.sentence) in page.words for r in deepseek.readings)
    assert all(" ".join(d.disagreement.title_en.split()) in page.words for d in deepseek.disagreements)


def test_the_page_stays_under_three_megabytes(written):
    sizes = {path.name: path.stat().st_size for path in written.glob("report*.html")}
    assert len(sizes) == len(LANGUAGES)
    assert {name: size for name, size in sizes.items() if size > 3e6} == {}


def test_every_table_has_a_caption_and_every_heading_cell_a_scope(page, html):
    assert html.count("<table") == html.count("<caption>") > 5
    assert all("scope" in a for a in page.named("th"))


def test_every_figure_is_read_aloud(page):
    drawn = [a for a in page.named("svg") if "role" in a]
    assert len(drawn) == 2 * len(page.named("figure")) >= 18  # a layout for a desk and one for a phone
    assert all(a["role"] == "img" and len(a["aria-label"]) > 40 for a in drawn)


def test_ids_are_unique_and_links_within_the_page_lead_somewhere(page):
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    targets = {a["href"][1:] for a in page.named("a") if a["href"].startswith("#")}
    assert targets <= set(ids)


def test_every_claim_of_the_result_is_on_the_board(deepseek, page):
    shown = [a for a in page.named("details") if "data-verdict" in a]
    table = deepseek.table("claims")
    assert {(a["id"][len("claim-") :], a["data-verdict"]) for a in shown} == set(
        zip(table["id"], table["verdict"], strict=True)
    )


def test_filters_are_hidden_until_the_script_shows_them(page):
    assert [("hidden" in a) for a in page.named("form")] == [True]


def test_tests_that_hold_lead_and_invalid_ones_stand_apart(context):
    valid, *invalid = [[row[0] for row in table.rows] for table in tables(context, "tests") if not table.label]
    assert valid[0] == "Date permutation, mean"
    assert {"Cross-sectional t", "Patell Z", "BMP"} <= ({name for names in invalid for name in names})
    assert not ({name for names in invalid for name in names}) & set(valid)


def test_a_parametric_p_value_below_one_per_cent_is_only_said_to_be_below():
    assert p_value(0.004, parametric=True) == "<\u00a00.01"
    assert p_value(0.004) == "0.004"
    assert p_value(float("nan")) == ""


def test_a_late_exchange_is_named_with_what_its_day_zero_also_prices(deepseek, context):
    late = {}
    for aside in blocks(context, "data", Aside):
        text, news, about = aside.body
        late[text.text.split("</strong>")[0].split("<strong>")[-1]] = (text.text, news.rows, about.text)
    row = deepseek.calendar.query("id == 'selloff' and mic == 'XTAI'").iloc[0]
    text, news, about = late["Taipei"]
    assert context.language.day(row["session"]) in text
    assert "23 January 2025" in text
    assert any("Tariffs on Canada" in what for what in news)
    assert "2330.TW" in about


def test_rows_left_out_for_one_reason_stand_together(deepseek, context):
    [table] = tables(context, "excluded")
    securities = column(table, context.language.text("excluded.securities"))
    assert sum(len(row.split(", ")) for row in securities) == len(deepseek.table("excluded"))
    assert len(table.rows) < len(deepseek.table("excluded"))


def test_a_review_stands_on_the_page_of_its_claim_and_closes_nothing(hostile_report):
    found = []
    for path in sorted((hostile_report / "claims").glob("*.html")):
        page = Page(path.read_text(encoding="utf-8"))
        kinds = [a.get("type", "ours") for a in page.named("script")]
        assert kinds in (["application/ld+json", "ours"], ["ours"])
        if len(kinds) == 2:
            held = "".join(page.inside["script"])
            review = held[: held.index("(() =>")]
            assert "<" not in review
            found.append(json.loads(review)["claimReviewed"])
    assert any(text.startswith(HOSTILE["script"][:20]) for text in found)


def test_texts_of_a_study_stay_text(hostile_report):
    page = Page((hostile_report / "appendix.html").read_text(encoding="utf-8"))
    assert [a.get("type", "ours") for a in page.named("script")] == ["ours"]
    assert page.named("b") and not any("onload" in a for _, a in page.tags)
    for text in (HOSTILE["script"], HOSTILE["quotes"], HOSTILE["emoji"], HOSTILE["braces"]):
        assert " ".join(text.split()) in page.words


def test_the_small_picture_puts_the_dot_in_the_bar_when_the_claim_holds(deepseek):
    shown = [(verdict, span_of(verdict)) for verdict in deepseek.verdicts]
    single = [(v, span) for v, span in shown if span is not None and not span.effect and len(span.measured) == 1]
    assert len(single) > 10
    for verdict, span in single:
        slack = 1e-9 * abs(span.measured[0])
        inside = span.low - slack <= span.measured[0] <= span.high + slack
        if verdict.word in ("confirmed", "contradicted"):
            assert inside == (verdict.word == "confirmed"), verdict.claim.id


def test_a_study_without_claims_names_news_or_baskets_has_a_report(tmp_path):
    source = new_study(tmp_path / "study") or tmp_path / "study"
    path = tmp_path / "study" / "study.toml"
    kept = [p for p in path.read_text(encoding="utf-8").split("\n\n") if not p.startswith(("[[baskets", "[[news"))]
    text = re.sub(r"^(name_en|group|title_en|title) = .*$", "", "\n\n".join(kept), flags=re.M)
    path.write_text(text, encoding="utf-8")
    (tmp_path / "study" / "claims.toml").unlink()
    page = Page(rendered(run_study(tmp_path / "study", prices="shipped"), tmp_path))
    assert source
    assert "NVDA fell" in page.words
    assert not any(a.get("id") == "verdicts" for a in page.named("section"))


def test_a_study_of_one_security_has_a_report(tmp_path):
    new_study(tmp_path / "study")
    path = tmp_path / "study" / "study.toml"
    parts = path.read_text(encoding="utf-8").split("\n\n")
    alone = [p for p in parts if not p.startswith("[[baskets") and '"TSM"' not in p and '"KO"' not in p]
    path.write_text("\n\n".join(alone), encoding="utf-8")
    page = Page(rendered(run_study(tmp_path / "study", prices="shipped"), tmp_path))
    assert "Nvidia (NVDA) fell" in page.words


@pytest.mark.parametrize(
    ("value", "text"), [(-0.1697, "−17.0\u00a0%"), (0.0, "0.0\u00a0%"), (-0.0001, "0.0\u00a0%"), (None, "")]
)
def test_per_cent_is_written_with_a_true_minus(value, text):
    assert percent(value) == text


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize(
    "text",
    [
        "Minutes (2024-02-30)",
        "Minutes (2024-13-01) and (0000-01-01)",
        "https://x.example/a_(2025-01-27)_b",
        "minutes_(2025-01-27).pdf",
        "\u4e00 https://x.example/\u4e00(2025-01-27)",
    ],
)
def test_what_is_no_day_or_part_of_an_address_stays_as_it_is_written(code, text):
    assert language(code).dated(text) == text


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_day_in_brackets_is_told_as_the_language_tells_it(code):
    own = language(code)
    for before in ("", "Minutes ", "\u4e00", "https://x.example/a, "):
        assert own.dated(f"{before}(2025-01-27)") == f"{before}({own.day('2025-01-27')})"


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_source_of_a_day_that_does_not_exist_is_shown_as_it_is_written(deepseek, code):
    source = "Minutes (2024-02-30), https://x.example/a_(2025-01-27)_b"
    context = Context(replace(deepseek, calendar=deepseek.calendar.assign(source=source)), language(code))
    (shown,) = {str(row[2]) for fold in _sources(context) for row in fold.body[0].rows}
    assert shown == 'Minutes (2024-02-30), <a href="https://x.example/a_(2025-01-27)_b">x.example</a>'


@pytest.mark.parametrize(
    ("before", "after"), [("<", ">"), ('"', '"'), ("'", "'"), ("<b>", "</b>"), ("(", ")."), ("", ",")]
)
@pytest.mark.parametrize("address", ["https://x.example/a", "https://www.x.example/"])
def test_an_address_ends_at_the_same_sign_escaped_or_not(before, after, address):
    text = f"see {before}{address}{after} and b/c"
    link = f'<a href="{address}">x.example</a>'
    assert sited(text) == f"see {before}x.example{after} and b/c"
    assert addressed(text) == f"see {escape(before)}{link}{escape(after)} and b/c"
    assert sources(text) == link


@pytest.mark.parametrize("text", ["see <https://x.example> or </b>", 'see "https://x.example"/a'])
def test_the_name_of_a_site_holds_no_mark(text):
    assert sited(text) == text
    assert addressed(text) == escape(text)


@pytest.mark.parametrize(("kept", "told"), [(1, "1 holds, only with context"), (2, "2 hold, all only with context")])
def test_where_all_that_holds_needs_context_it_is_said_once(deepseek, kept, told):
    one = next(v for v in deepseek.verdicts if v.word == "confirmed_with_context")
    verdicts = tuple(replace(one, claim=replace(one.claim, id=f"S1-{k}", statement="")) for k in range(kept))
    said = verdict_sentence(Context(replace(deepseek, verdicts=verdicts), language("en")))
    assert told in said


def test_slugs_are_written_as_words():
    assert words_of("ai_chips") == "AI chips"
    assert words_of("") == ""


def test_values_put_into_our_words_are_escaped():
    words = Language(Catalogue("en", "English", {"a.b": ("<b>{x}</b>",)}, lambda n: 0))
    assert str(words.say("a.b", x="<i>")) == "<b>&lt;i&gt;</b>"


def test_the_report_counts_every_statement_once(deepseek, context):
    assert [card.id for card in statements(context)] == [v.claim.id for v in deepseek.verdicts]
    assert len({card.id for card in cards(context)}) == len(deepseek.verdicts)
    counts = [int(n) for row in tables(context, "verdicts")[0].rows for n in row[1:] if n]
    assert sum(counts) == len(by_statement(deepseek.verdicts)) <= len(deepseek.verdicts)


def test_the_p_value_of_a_day_chosen_for_its_size_is_told(deepseek, page):
    row = deepseek.table("candidates").query("group == 'ai_ten'").iloc[0]
    n = row["window_end"] - row["window_start"] + 1
    assert f"Over all {n} sessions that could have been called the day" in page.words
    assert f"p-value of the largest statistic is {p_value(row['p_value'])}" in page.words


def test_every_single_firm_result_stands_beside_what_could_have_been_seen(deepseek, context):
    firms = deepseek.table("firms").query("window_start == 0 and window_end == 0").set_index("security")
    lead, say = tables(context, "abnormal")[0], context.language.say
    assert lead.rows[0][0].startswith("Nvidia (NVDA)")
    assert column(lead, say("abnormal.detectable"))[0] == percent(firms.loc["NVDA", "detectable_leading"], sign=False)
    assert column(lead, say("abnormal.p_family"))[0] == p_value(firms.loc["NVDA", "p_romano_wolf"])


def test_volume_is_shown_as_a_multiple_of_what_was_expected(deepseek, context):
    where = "name == 'NVDA' and quantity == 'log_volume' and window_start == 0 and window_end == 0"
    value = deepseek.table("activity").query(where)["value"].iloc[0]
    table = tables(context, "abnormal")[2]
    rows = [row for row in table.rows if row[1] == "volume" and row[0].startswith("Nvidia")]
    assert rows[0][3] == f"{math.exp(value):.1f}"


def test_findings_of_the_data_checks_are_in_the_report(deepseek, page):
    findings = list(deepseek.table("data_quality")["text_en"])
    assert findings
    told = [re.sub(r"(?<=\d)%", " %", re.sub(r"^[\d-]{10}: ", "", text)).replace(" -", " \u2212") for text in findings]
    said = page.words.replace("\u00a0", " ")
    assert [text for text in told if text not in said] == []


def test_the_days_on_which_pulled_and_shipped_figures_differ_are_listed(deepseek):
    """Two tickers: one agrees on all days, one differs on one."""
    day = pd.Timestamp("2025-01-27")
    rows = [("NVDA", 10, 9, 0, 0, day, -0.1697, -0.16), ("TSM", 10, 10, 0, 0, pd.NaT, None, None)]
    table = pd.DataFrame(rows, columns=deepseek.tables["reconciliation"].columns)
    result = replace(deepseek, tables={**deepseek.tables, "reconciliation": table})
    [found] = [table for table in tables(Context(result, language("en")), "data") if table.label == "reconciled"]
    assert "19 of 20 days of 2 tickers agree" in found.caption
    assert found.rows == (("NVDA", "27 January 2025", percent(-0.1697, 2), percent(-0.16, 2)),)
