"""A result in a notebook: ten lines, the tables by name, the tests of the headline."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eventwindow import StudyError, car_regression
from eventwindow.errors import MINUS, WindowError, percent, printable


@pytest.mark.parametrize("name", ["template", "deepseek"])
def test_a_result_shows_itself_in_about_ten_lines(name, request):
    result = request.getfixturevalue(name)
    lines = repr(result).splitlines()
    assert 6 <= len(lines) <= 10
    assert max(map(len, lines)) <= 120
    assert lines[0].startswith(f"{result.name}: ")
    mean, tested = result.summary().mean_car, result.summary().valid[0]
    assert (
        f"mean abnormal return {printable(percent(mean))} of {result.summary().n}; {tested.name}: p {tested.p_value:.4f}"
        in repr(result)
    )


def test_the_verdicts_are_counted_and_no_line_stands_for_nothing(deepseek, template):
    counted = deepseek.claims["verdict"].value_counts()
    (line,) = [line for line in repr(deepseek).splitlines() if line.startswith("  claims")]
    assert line.split("claims", 1)[1].strip().split(", ") == [
        f"{n} {word.replace('_', ' ')}" for word, n in counted.items()
    ]
    assert len(template.claims) == 0
    assert "\n  claims " not in repr(template)


def test_what_was_left_out_is_counted(template):
    excluded = template.table("excluded")
    lost = excluded.reindex([0, 1]).assign(what=["excluded", "shifted"])
    told = replace(template, tables={**template.tables, "excluded": lost})
    assert "left out nothing" in repr(template)
    assert "left out 1 line of .table('excluded')" in repr(told)


def test_the_html_holds_the_same_and_no_markup_of_the_study(template):
    named = replace(template, title_en="<script>alert(1)</script>")
    assert "<script" not in named._repr_html_()
    assert "&lt;script&gt;" in named._repr_html_()
    for line in repr(template).splitlines()[1:]:
        assert line.split(maxsplit=2)[-1].split("'")[0] in printable(template._repr_html_())


def test_what_prints_of_a_result_holds_a_minus_that_every_encoding_has(template):
    tests = template.table("tests")
    assert tests["note"].str.contains("common effect -").any()
    regression = car_regression(template.headline, 0, ["group"])
    assert " - " in repr(regression)
    shown = [repr(template), repr(template.summary()), repr(template.advise()), repr(regression)]
    shown += [tests["note"].to_string(), *map(str, template.tables["tests"]["note"].dropna())]
    assert ", mean CAR -" in shown[1]
    assert not [text for text in shown if MINUS in text]


def test_tables_are_listed_and_had_by_name(template):
    listed = template.table()
    assert list(listed.index) == list(template.tables)
    assert (listed.loc["cumulative", "rows"], listed.loc["cumulative", "columns"]) == template.table("cumulative").shape
    assert template.tests["p_value"].equals(template.tables["tests"]["p_value"])
    assert template.claims["verdict"].equals(template.tables["claims"]["verdict"])
    assert {type(reason) for reason in template.table("excluded")["reason"].dropna()} <= {str}
    with pytest.raises(StudyError, match=r"no table 'test'\nThere are .*cumulative.*tests"):
        template.table("test")


def test_the_summary_is_of_the_headline_over_the_days_asked(deepseek):
    head, tests = deepseek.run["headline"], deepseek.tests
    assert list(deepseek.headline.labels["security"]) == head["members"]
    mine = tests[tests["event"].eq(head["event"]) & tests["group"].eq(head["basket"])]
    for window, (start, end) in ((0, (0, 0)), ((0, 1), (0, 1)), (slice(0, 1), (0, 1))):
        held = mine[mine["window_start"].eq(start) & mine["window_end"].eq(end)].set_index("test")["statistic"]
        computed = {result.name: result.statistic for result in deepseek.summary(window).valid}
        assert len(computed) > 5
        assert computed == pytest.approx(held.astype(float)[list(computed)].to_dict())
    with pytest.raises(WindowError, match="reaches beyond the event window"):
        deepseek.summary((0, 400))


def test_tables_are_sorted_and_grouped_by_their_reasons(deepseek):
    lost = deepseek.table("excluded")
    counts = lost.groupby(["what", "reason"])["security"].count()
    assert counts.sum() == lost["security"].notna().sum()
    words = lost.sort_values("reason")["reason"].map(str).tolist()
    assert words == sorted(words)


def test_a_mean_that_is_no_number_is_said_not_to_be_computed(template):
    summary = replace(template.summary(0), mean_car=float("nan"))
    assert "mean CAR not computed;" in repr(summary)
    assert "mean CAR" not in repr(replace(summary, mean_car=None))
