"""The sections of the article: sentences follow what the tables hold, and a study without matter has none of them."""

from __future__ import annotations

from dataclasses import replace
from html import unescape

import pandas as pd
import pytest
from report_cases import catalogue_of, tables
from report_cases import said as told_in

from eventwindow.report.context import Context
from eventwindow.report.figures.news_marks import marks
from eventwindow.report.figures.prices import prices_data
from eventwindow.report.language import LANGUAGES, language, p_value, percent
from eventwindow.report.sections import document, title
from eventwindow.report.sections.benchmark import REMARK
from eventwindow.report.sections.story import answer, story

MATTER = {"market", "group_views", "approach", "treated", "treated_stocks", "views", "robustness"}
WHY = ("independent", "normal", "spread")


@pytest.fixture(scope="module", params=LANGUAGES)
def context(request, deepseek):
    return Context(deepseek, language(request.param))


def changed(deepseek, code="en", **tables):
    """The shipped study's result with other tables, as the reader of `code` meets it."""
    return Context(replace(deepseek, tables={**deepseek.tables, **tables}), language(code))


def words(context, key):
    return unescape(" ".join(told_in(context, key)))


def outline(context, figures):
    return [section.key for section in document(context, figures)]


def test_the_order_is_that_of_the_article(context):
    keys = outline(context, ["benchmarks", "specification_curve", "counterfactual", "intraday", "prices"])
    wanted = ["verdicts", "week", "hours", "abnormal", "benchmark", "market", "late", "tests", "robustness"]
    assert keys[: len(wanted)] == wanted
    assert keys[-3:] == ["excluded", "data", "method"]


def test_the_market_is_told_by_the_figures_of_its_table(deepseek, context):
    market = deepseek.table("market").set_index(["measure", "name", "left_out"])["value"]
    said = words(context, "market")
    for key in (("return", "SPY", ""), ("return", "SPY", "treated"), ("median", "panel", ""), ("mean", "panel", "")):
        assert percent(market[key]) in said
    assert percent(market["share_down", "panel", ""], 0, sign=False) in said
    panels, _ = tables(context, "market")
    assert [row[1] for row in panels.rows][:5] == [
        percent(market["return", s, ""]) for s in deepseek_benchmarks(deepseek)
    ]


def deepseek_benchmarks(result):
    return ["SPY", *result.run["study"]["robustness"]["benchmarks"]]


def test_the_curve_is_told_as_families_with_a_p_value_of_its_own(deepseek, context):
    lead = f"security == '{context.leads[0]}' and window_start == 0 and window_end == 0"
    curve, whole = deepseek.table("curve").query(lead), deepseek.table("robustness").query(lead).iloc[0]
    said, table = words(context, "robustness"), tables(context, "robustness")[-1]
    names = curve[["benchmark", "model"]].drop_duplicates()
    assert len(table.rows) == len(names) > 1
    assert sum(int(row[2]) for row in table.rows) == len(curve)
    figures = [str(len(curve)), str(len(names)), p_value(whole["p_median"]), p_value(whole["p_share_significant"])]
    assert all(figure in said for figure in figures)


def test_whether_it_was_the_market_turns_with_the_share_that_moved_along(deepseek):
    table = deepseek.table("market")
    assert words(changed(deepseek), "market").startswith("No: on 27 January 2025")
    most = table.assign(value=table["value"].where(table["measure"] != "share_down", 0.9))
    assert words(changed(deepseek, market=most), "market").startswith("Most of it: on 27 January 2025")
    assert words(changed(deepseek, "zh-Hant", market=most), "market").startswith("多數是：")


def test_every_group_is_on_one_side_or_said_to_be_open(deepseek, context):
    views = deepseek.table("group_views")
    groups = views[(views["benchmark"] == "SPY") & views["group"].isin(context.groups)]
    moved = groups[groups["p_value"] < 0.05]
    said = words(context, "market")
    for row in moved.itertuples():
        assert f"{context.group_name(row.group)} {percent(row.caar)}" in said
    assert f"{len(groups) - len(moved)}" in said
    _, table = tables(context, "market")
    assert len(table.rows) == len(groups)


def test_groups_are_held_against_one_benchmark_where_none_is_without_the_treated(deepseek):
    views, market = deepseek.table("group_views"), deepseek.table("market")
    kept = {"group_views": views[views["benchmark"] == "SPY"], "market": market[market["left_out"] == ""]}
    context = changed(deepseek, **kept)
    _, table = tables(context, "market")
    assert "Held against the benchmark, the 11 groups" in words(context, "market")
    assert "without the treated" not in words(context, "market") + table.caption
    assert [len(row) for row in table.rows] == [4] * 11


def test_untreated_groups_are_explained_by_what_the_benchmark_makes_of_them(deepseek, context):
    views = deepseek.table("group_views").set_index(["group", "benchmark"])
    said = words(context, "benchmark")
    for group in ("controls", "comparators"):
        for benchmark in ("SPY", "SPY" + REMARK):
            row = views.loc[(group, benchmark)]
            bracket = {"en": " ("}.get(context.language.code, "（")
            text = f"{percent(row['caar'])}{bracket}p\u00a0=\u00a0{p_value(row['p_value'])}"
            assert f"{context.group_name(group)} {text}" in said


@pytest.mark.parametrize(
    ("scale", "p", "told", "not_told"),
    [
        (
            0.3,
            0.40,
            ["Part of it is made by the benchmark", "it was the benchmark that moved"],
            ["a move of their own"],
        ),
        (0.9, 0.01, ["Part of it is made by the benchmark", "a move of their own (comparators and controls)"], []),
        (1.2, 0.01, ["The benchmark is not the reason"], ["Part of it is made"]),
    ],
)
def test_what_is_left_of_the_untreated_decides_the_words(deepseek, scale, p, told, not_told):
    views = deepseek.table("group_views")
    plain = views[views["benchmark"] == "SPY"]
    other = plain.assign(benchmark="SPY" + REMARK, caar=plain["caar"] * scale, p_value=p)
    said = words(changed(deepseek, group_views=pd.concat([plain, other])), "benchmark")
    assert [text for text in told if text not in said] == []
    assert [text for text in not_told if text in said] == []


def test_no_word_of_the_untreated_where_none_of_them_moved(deepseek):
    views = deepseek.table("group_views")
    calm = changed(deepseek, group_views=views.assign(p_value=0.5))
    assert "Groups without a single treated stock" not in words(calm, "benchmark")


def test_each_set_of_stocks_that_is_left_out_is_listed_once_under_its_name(deepseek, context):
    [sets] = tables(context, "benchmark")
    treated = deepseek.table("treated_stocks")
    name, stocks, n, weight, panel, _ = sets.rows[0]
    assert name == context.language.text("benchmark.the_treated")
    assert stocks.split(", ") == list(treated["security"]) and n == str(len(treated))
    assert weight == percent(treated["weight"].sum(), sign=False)
    assert len(sets.rows) == 2
    statements = [v for r in deepseek.readings for v in r.panels if "without_treated" in repr(v.claim.measure)]
    for verdict in statements:
        assert verdict.claim.id in sets.rows[1][0]
        assert sets.rows[1][-1] == percent(verdict.measured.value)
    weights = deepseek.evidence.tables["weights"].set_index("symbol")["weight"]  # of the evening before day 0
    assert sets.rows[1][3] == percent(weights[sets.rows[1][1].split(", ")].sum(), sign=False)
    down = deepseek.table("market").query("measure == 'share_down'").set_index("left_out")["n"]
    assert int(panel) == down[""] - down["treated"]


def test_the_delay_is_told_in_weeks_and_sessions(deepseek, context):
    approach = deepseek.table("approach")
    assert (
        title(context, "late")
        == {"en": "Why a week late?", "zh-Hant": "為何晚了一週？", "zh-Hans": "为何晚了一周？"}[context.language.code]
    )
    said = words(context, "late")
    for row in approach[approach["event"] != "release"].itertuples():
        if row.event == "v3" or (row.window_start, row.window_end) in ((0, 0), (-4, -1)):
            assert f"{percent(row.caar)}" in said and p_value(row.p_value) in said
    reading = next(r for r in deepseek.readings if r.reading.key == "C1")
    assert context.reading_words(reading)["sentence"] in said
    assert len(tables(context, "late")[0].rows) == 8


@pytest.mark.parametrize(
    ("before", "zero", "told"),
    [
        (0.4, 0.004, "One jump"),
        (0.01, 0.004, "Prices had begun to move before"),
        (0.4, 0.6, "Neither the 4 sessions before day 0 nor day 0 itself stand out"),
    ],
)
def test_a_jump_a_drift_and_nothing_are_told_apart(deepseek, before, zero, told):
    table = deepseek.table("approach").copy()
    mine = table["event"] == "selloff"
    table.loc[mine & (table["window_end"] == -1) & (table["window_start"] == -4), "p_value"] = before
    table.loc[mine & (table["window_end"] == 0), "p_value"] = zero
    said = words(changed(deepseek, approach=table), "late")
    assert told in said
    assert ("may have gone unseen" in said) == (before >= 0.05)


@pytest.mark.parametrize(
    ("days", "code", "told"),
    [
        (1, "en", "Why a day late?"),
        (5, "en", "Why 5 days late?"),
        (14, "en", "Why 2 weeks late?"),
        (14, "zh-Hant", "為何晚了 2 週？"),
        (5, "zh-Hant", "為何晚了 5 天？"),
    ],
)
def test_the_heading_says_how_late(deepseek, days, code, told):
    context = Context(deepseek, language(code))
    date = (context.day_zero - pd.Timedelta(days=days)).date().isoformat()
    events = [e | ({"date": date} if e["id"] == "release" else {}) for e in context.study["events"]]
    run = {**deepseek.run, "study": {**context.study, "events": events}}
    assert title(Context(replace(deepseek, run=run), language(code)), "late") == told


def test_a_study_without_such_matter_has_no_such_section(template, deepseek):
    plain = Context(template, language("en"))
    assert told_in(plain, "late") == []
    assert not {"market", "late"} & set(outline(plain, []))
    kept = {k: v for k, v in deepseek.tables.items() if k not in MATTER}
    bare = replace(deepseek, tables=kept, verdicts=(), readings=(), disagreements=())
    keys = outline(Context(bare, language("en")), [])
    assert not {"benchmark", "market", "late", "robustness"} & set(keys)


def test_invalid_tests_stand_by_the_reason_why_they_are(context):
    say, whole = context.language.text, tables(context, "tests")
    lost = [table for table in whole if table.caption.endswith(tuple(say(f"invalid.{w}_table") for w in WHY))]
    names = [{row[0] for row in table.rows} for table in lost]
    assert [len(n) for n in names] == [12, 1, 2]
    assert {say("test.sur_f")} == names[1] and say("test.grank_t") in names[2]
    assert {say("test.patell_z"), say("test.bmp_t"), say("test.grank_z")} <= names[0]
    assert say("invalid.conformal") in words(context, "tests")


def test_what_the_correlation_makes_of_a_statistic_is_taken_from_the_tests(deepseek, context):
    tests = deepseek.table("tests").query("event == 'selloff' and group == 'ai_ten'")
    zero = tests[(tests["window_start"] == 0) & (tests["window_end"] == 0)].set_index("test")["statistic"]
    why = words(context, "tests")
    for name in ("patell_z", "adjusted_patell_z", "bmp_t", "kolari_pynnonen_t"):
        assert f"{zero[name]:.1f}".replace("-", "−") in why


@pytest.mark.parametrize(("p", "told"), [(0.033, "it rejects all the same"), (0.2, "that it does not reject")])
def test_the_word_on_kolari_pynnonen_follows_what_it_found(deepseek, p, told):
    tests = deepseek.table("tests")
    turned = tests.assign(p_value=tests["p_value"].where(tests["test"] != "kolari_pynnonen_t", p))
    said = tables(changed(deepseek, tests=turned), "tests")[0].note
    assert told in said
    assert f"p\u00a0=\u00a0{p:.3f}".replace("\u00a0", "&nbsp;") in said


def test_no_share_of_rejections_is_written_by_hand():
    """How often invalid tests reject depends on the data: the words give the direction only."""
    for code in LANGUAGES:
        said = {k: v for k, v in catalogue_of(code).items() if k.startswith("invalid.")}
        assert said
        assert not any(c.isdigit() for text in said.values() for c in text)


@pytest.mark.parametrize("ratio", [1.0, 1.5])
@pytest.mark.parametrize(("days", "key"), [(0, "as_far_none"), (2, "as_far"), (60, "as_far_usual")])
def test_the_answer_counts_the_ordinary_days_that_were_as_far(deepseek, days, key, ratio):
    """A move that two ordinary days surpass is not called one that none explains."""
    sums = deepseek.table("cumulative")
    floor = float(sums["quantile_floor"].dropna().iloc[0])
    here = Context(deepseek, language("en"))
    zero = (sums["security"] == here.members[0]) & (sums["window_start"] == 0) & (sums["window_end"] == 0)
    counted = sums.assign(p_leading=(days + 1) * floor, volatility_ratio=ratio).where(zero, sums)
    context = changed(deepseek, cumulative=counted)
    scaled = context.language.text("story.scaled") if ratio > 1.2 else ""
    expected = context.language.text(f"story.{key}", n=days, days=round(1 / floor) - 1, scaled=scaled)
    assert answer(context)[0].endswith(expected + ".")


def test_every_number_of_the_picture_of_the_days_is_told_below_it(context):
    """News that the picture marks by a number stands in the story, or a link says where the rest is."""
    shown = marks(context)
    inside = shown[(shown["kind"] != "event") & shown["session"].isin(prices_data(context).index)]
    said = unescape(" ".join(str(block) for section in story(context, ["prices"]) for block in section.blocks))
    assert len(inside) > 0
    assert all(str(what) in said for what in inside["what"])
