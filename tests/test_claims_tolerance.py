"""The tolerance rules: a figure that rounds to the one stated is always confirmed, one outside never."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventwindow.claims.model import Claim, Hedge, Measured
from eventwindow.claims.rounding import HEDGES
from eventwindow.claims.rules import HOLDS, asked, decide
from eventwindow.claims.strength import STRENGTHS
from eventwindow.errors import Figure, catalogue, languages
from eventwindow.inference.response import Effect

STEPS = st.sampled_from([1e-4, 1e-2, 0.01, 1.0, 10.0, 1e9])
MULTIPLES = st.integers(-5000, 5000).filter(bool)


def claim(**keys) -> Claim:
    return Claim(id="X-1", article="X", text_en="said", text_zh="說", **keys)


def measured(value: float, unit: str = "decimal", **keys) -> Measured:
    return Measured(value, unit, "It was so.", "如此。", **keys)


def word(value: float, unit: str = "decimal", **keys) -> str:
    return decide(claim(**keys), measured(value, unit)).word


def effect(p: float = 0.004, half: float = 0.01, value: float = 0.0) -> Effect:
    """With a 90 % interval of `half` on either side of the value."""
    held = {"low": value - half, "high": value + half}
    return Effect(5.0, np.zeros(10), np.arange(10), p, p, 0.01, 0.01, "SQ", **held)


AMOUNTS = st.sampled_from(sorted(set(HEDGES) - {"range"}))


@given(step=STEPS, multiple=MULTIPLES, part=st.floats(-0.499999, 0.499999))
def test_a_figure_that_rounds_to_the_one_stated_holds(step, multiple, part):
    assert word(step * (multiple + part), stated=step * multiple, precision=step) in HOLDS


@given(step=STEPS, multiple=MULTIPLES, part=st.floats(0.500001, 1e6), side=st.sampled_from([-1, 1]))
def test_a_figure_that_rounds_to_another_never_does(step, multiple, part, side):
    assert word(step * (multiple + side * part), stated=step * multiple, precision=step) == "contradicted"


@given(step=STEPS, multiple=MULTIPLES)
def test_half_a_step_itself_is_within(step, multiple):
    """−16.5 % is right for −17 % within half a point, whatever binary fractions make of it."""
    for side in (-0.5, 0.5):
        held = word(step * (multiple + side), "price", stated=step * multiple, precision=step) in HOLDS
        assert held


@given(hedge=AMOUNTS, stated=st.floats(0.01, 100), times=st.floats(0, 3))
def test_losses_are_judged_as_gains_are(hedge, stated, times):
    up = decide(claim(stated=stated, hedge=hedge), measured(times * stated))
    down = decide(claim(stated=-stated, hedge=hedge), measured(-times * stated))
    assert up.word == down.word


@given(hedge=AMOUNTS, stated=st.floats(0.01, 100), times=st.floats(0.001, 3))
def test_no_hedge_lets_a_gain_pass_for_a_loss(hedge, stated, times):
    assert word(times * stated, stated=-stated, hedge=hedge) == "contradicted"


@given(hedge=AMOUNTS, stated=st.floats(0.01, 100), times=st.floats(0, 3))
def test_a_rounded_figure_is_told_exactly(hedge, stated, times):
    found = decide(claim(stated=stated, hedge=hedge), measured(times * stated))
    assert (found.word == "confirmed_with_context") == bool(found.context)
    if found.context:
        assert found.context[0].values["figure"].value == times * stated


def test_the_figure_itself_has_been_reached_but_not_exceeded():
    assert word(-600.0, stated=-600.0, hedge="reached") == "confirmed"
    assert word(-600.0, stated=-600.0, hedge="more_than") == "contradicted"


@pytest.mark.parametrize(
    ("stated", "precision", "value", "expected"),
    [
        (-0.17, 0.01, -0.16968, "confirmed"),
        (-0.17, 0.01, -0.1651, "confirmed"),
        (-0.17, 0.01, -0.1649, "contradicted"),
        (0.0893, 0.0001, 0.089259, "confirmed"),
        (0.0893, 0.0001, 0.08924, "contradicted"),
        (-593e9, 1e9, -592.66e9, "confirmed"),
        (-593e9, 1e9, -592.4e9, "contradicted"),
        (200.0, 10.0, 202.4, "confirmed"),
        (200.0, 1.0, 202.4, "contradicted"),
        (-0.17, 0.01, 0.17, "contradicted"),
    ],
)
def test_the_examples_of_the_rules(stated, precision, value, expected):
    unit = "USD" if abs(stated) > 1e9 else "price" if stated == 200 else "decimal"
    assert word(value, unit, stated=stated, precision=precision) == expected


@pytest.mark.parametrize(
    ("stated", "hedge", "unit", "value", "expected"),
    [
        (-6e11, "amounted_to", "USD", -592.66e9, "confirmed_with_context"),
        (-6e11, "close_to", "USD", -592.66e9, "confirmed"),
        (-6e11, "more_than", "USD", -592.66e9, "contradicted"),
        (200.0, "exact", "price", 202.4, "confirmed_with_context"),
        (-0.17, "exact", "decimal", -0.16968, "confirmed"),
    ],
)
def test_without_a_precision_the_digits_decide(stated, hedge, unit, value, expected):
    assert word(value, unit, stated=stated, hedge=hedge) == expected


@pytest.mark.parametrize(
    ("value", "told"),
    [(-0.09148, "by only 0.002 points"), (-0.0914, ""), (-0.0916, ""), (-0.0931, "")],
)
def test_a_figure_that_two_digits_would_show_as_right_says_what_it_lacks(value, told):
    """−9.148 % is printed as 9.15 and rounds to 9.1: against 9.2 a reader would doubt the verdict, not the article."""
    found = decide(claim(stated=-0.092, hedge="exact"), measured(value))
    assert found.word == ("confirmed" if value == -0.0916 else "contradicted")
    assert [told in str(c) for c in found.context] == [True] * bool(told)


def test_a_precision_wider_than_the_digits_is_told_and_printed():
    """“A week” read in whole weeks: six days hold, and the line says that they are six."""
    found = decide(claim(stated=7.0, precision=7.0), measured(6.0, "days"))
    assert found.word == "confirmed_with_context"
    assert "it was exactly 6 days" in str(found.context[0])
    assert "set for this statement: read in steps of 7 days" in str(found.rule)
    assert "set for this" not in str(decide(claim(stated=-0.17, precision=0.01), measured(-0.17)).rule)


@pytest.mark.parametrize(
    ("interval", "expected"),
    [((-0.018, -0.012), "confirmed"), ((-0.030, -0.005), "open"), ((-0.002, 0.004), "contradicted")],
)
def test_a_span_wider_than_the_range_stated_cannot_tell(interval, expected):
    said = claim(stated=(-0.01, -0.02), hedge="range", precision=0.01)
    assert decide(said, measured(interval[0], interval=interval)).word == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(-0.015, "confirmed"), (-0.024, "confirmed"), (-0.026, "contradicted")]
)
def test_a_range_of_one_figure_allows_half_a_step(value, expected):
    assert word(value, stated=(-0.01, -0.02), hedge="range", precision=0.01) == expected


@pytest.mark.parametrize(
    ("hedge", "share", "expected"),
    [
        ("all", 1.0, "confirmed"),
        ("all", 0.9, "mixed"),
        ("all", 0.4, "contradicted"),
        ("most", 2 / 3, "confirmed"),
        ("most", 0.57, "confirmed_with_context"),
        ("most", 0.5, "contradicted"),
        ("most", 0.32, "contradicted"),
        ("some", 0.1, "confirmed"),
        ("some", 0.0, "contradicted"),
    ],
)
def test_shares_of_those_named(hedge, share, expected):
    assert decide(claim(hedge=hedge), measured(share, "share")).word == expected


def test_a_rank_among_the_largest():
    assert [word(r, stated=10.0, hedge="among") for r in (1, 10, 11)] == ["confirmed", "confirmed", "contradicted"]


def test_no_move_has_no_direction():
    assert word(0.0, stated=1.0, hedge="direction") == "contradicted"
    assert word(0.0, stated=-1.0, hedge="direction") == "contradicted"


@pytest.mark.parametrize(
    ("value", "p", "half", "expected"),
    [
        (-0.10, 0.01, 0.05, "confirmed"),
        (0.10, 0.01, 0.05, "contradicted"),
        (-0.03, 0.20, 0.05, "open"),  # an effect of 2 % is not ruled out
        (-0.003, 0.80, 0.01, "contradicted"),  # it is: the interval lies within it
        (-0.015, 0.20, 0.01, "open"),  # as narrow, but it reaches beyond 2 %
        (0.03, 0.20, 0.05, "open"),  # the wrong sign, but within noise
    ],
)
def test_an_effect_needs_sign_and_significance_and_is_none_only_by_equivalence(value, p, half, expected):
    said = claim(hedge="effect", stated=-1.0)
    assert decide(said, measured(value, effect=effect(p, half, value))).word == expected


@pytest.mark.parametrize(
    ("value", "p", "half", "expected"),
    [
        (0.0, 0.5, 0.01, "confirmed"),
        (0.0, 0.5, 0.1, "open"),
        (0.05, 0.01, 0.02, "contradicted"),
        (0.015, 0.01, 0.01, "contradicted"),  # found, and it may be larger than what matters
        (0.008, 0.01, 0.005, "confirmed_with_context"),  # found, and smaller than what matters
    ],
)
def test_no_effect_is_an_equivalence_test(value, p, half, expected):
    decision = decide(claim(hedge="no_effect"), measured(value, effect=effect(p, half, value)))
    assert decision.word == expected
    assert bool(decision.context) == (expected == "confirmed_with_context")


def test_the_corrected_p_value_decides_where_there_is_one():
    said, found = claim(hedge="effect", stated=1.0), measured(0.1, effect=effect(0.01, 0.05))
    assert decide(said, replace(found, p_family=0.2)).word == "open"


def test_what_is_material_can_be_stated():
    found = measured(0.001, effect=effect(0.5, 0.05))
    said = claim(hedge="effect", stated=1.0)
    assert decide(said, found).word == "open"
    assert decide(replace(said, material=0.06), found).word == "contradicted"


@pytest.mark.parametrize("hedge", get_args(Hedge))
def test_every_rule_says_what_it_is_and_what_would_change_it(hedge):
    stated = (0.1, 0.2) if hedge == "range" else 0.1
    decision = decide(claim(hedge=hedge, stated=stated, precision=0.1), measured(0.1, effect=effect()))
    assert all(len(catalogue(code).reason(r)) > 3 for r in (decision.rule, decision.changes) for code in languages())


@pytest.mark.parametrize(
    ("value", "unit", "english", "chinese"),
    [
        (-0.0849, "decimal", "−8.49 %", "−8.49%"),
        (-0.00001, "decimal", "0.00 %", "0.00%"),
        (0.32, "share", "32 %", "32%"),
        (-592.658e9, "USD", "−592.7bn dollars", "−5,927 億美元"),
        (-1e12, "USD", "−1,000.0bn dollars", "−1 兆美元"),
        (1.147e12, "USD", "1,147.0bn dollars", "1 兆 1,470 億美元"),
        (0.999999e12, "USD", "1,000.0bn dollars", "1 兆美元"),
        (6.5e9, "EUR", "6.5bn EUR", "65 億 EUR"),
        (5.576e6, "USD", "5.6m dollars", "558 萬美元"),
        (2.19, "USD", "2.19 dollars", "2.19 美元"),
        (24.49e9, "shares", "24.490bn", "244.9 億股"),
        (np.log(2.97), "log", "2.97 times the usual", "平常的 2.97 倍"),
        (1.25, "ratio", "1.25 times", "1.25 倍"),
        (3, "rank", "rank 3", "第 3 名"),
        (2153, "count", "2,153 closes", "2,153 個收盤價"),
        (7, "days", "7 days", "7 天"),
        (0.004, "p", "p = 0.004", "p = 0.004"),
        (118.42, "price", "118.42", "118.42"),
    ],
)
def test_a_figure_carries_its_unit(value, unit, english, chinese):
    assert tuple(catalogue(code).figure(Figure(value, unit)) for code in ("en", "zh-Hant")) == (english, chinese)


@pytest.mark.parametrize(
    ("unit", "keys", "english", "chinese"),
    [
        ("decimal", {"hedge": "direction", "stated": -1.0}, "should be below zero", "應小於零"),
        ("log", {"hedge": "effect", "stated": 1.0}, "should be above the usual and abnormal", "應高於平常且異常"),
        ("decimal", {"hedge": "no_effect"}, "should not be abnormal", "應無異常"),
        ("share", {"hedge": "most"}, "should be more than half", "應過半"),
        ("share", {"hedge": "more_than", "stated": 0.0}, "should be more than 0 %", "應大於 0%"),
        ("rank", {"hedge": "exact", "stated": 1.0}, "should be rank 1", "應為第 1 名"),
        ("p", {"hedge": "less_than", "stated": 0.05}, "should be less than 0.05", "應小於 0.05"),
        ("days", {"hedge": "range", "stated": (1.0, 7.0)}, "should be 1 day to 7 days", "應為 1 天至 7 天"),
        (
            "USD",
            {"hedge": "reached", "stated": -6e11},
            "should be at least 600.0bn dollars in size",
            "幅度應至少 6,000 億美元",
        ),
    ],
)
def test_what_is_asked_of_a_figure_is_said_in_a_few_words(unit, keys, english, chinese):
    told = claim(**keys)
    assert tuple(catalogue(code).reason(asked(told, unit)) for code in ("en", "zh-Hant")) == (english, chinese)


@pytest.mark.parametrize(
    "hedge", [name for name, room in HEDGES.items() if 0 < max(room.below, room.above) < float("inf")]
)
@given(stated=st.integers(1, 99))
def test_a_rule_line_names_the_rounding_where_it_reaches_further_than_the_room(hedge, stated):
    """ "Nearly 5 %" may be 5.41 %: by its own digits, not by the 5 % below it."""
    said = claim(stated=stated / 100, hedge=hedge, stated_text=f"{stated} %")
    rule, room = decide(said, measured(stated / 100)).rule, HEDGES[hedge]
    half = 0.5 if stated % 10 else 5.0 if HEDGES[hedge].zeros else 0.5
    wider = half > stated * room.below + 1e-9 or half > stated * room.above + 1e-9
    assert ("rounded" in str(rule)) == wider, str(rule)


@pytest.mark.parametrize("strength", ["sharply", "panic"])
def test_what_is_asked_of_a_word_of_strength_is_its_size(strength):
    """A rise of the volatility index of 20 % is above zero; what failed is its size."""
    said = claim(stated=1.0, hedge="direction", strength=strength)
    asks = Figure(STRENGTHS[strength].deviations, "deviations")
    for code in languages():
        words = catalogue(code)
        assert words.figure(asks) in words.reason(asked(said, "decimal"))
        assert words.figure(asks) not in words.reason(asked(claim(stated=1.0, hedge="direction"), "decimal"))
