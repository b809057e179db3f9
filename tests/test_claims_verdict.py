"""Verdicts: compound claims, stand-ins, families of tests, readings, and the records that leave the package."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from claims_world import DAYS, FALL, day, stated, world
from hypothesis import given, settings
from hypothesis import strategies as st

from eventwindow.calendars.window import Window
from eventwindow.claims.claim_review import claim_text, review_of
from eventwindow.claims.days import days_of_measure, is_later
from eventwindow.claims.measures import MEASURES
from eventwindow.claims.measures.timing import daily_path
from eventwindow.claims.model import WORDS, Claim, Measured, Specifications
from eventwindow.claims.readings import Disagreement, Reading, weigh
from eventwindow.claims.records import ledger_record, record
from eventwindow.claims.rules import decide
from eventwindow.claims.verdicts import by_statement, combined, judge, measure_all
from eventwindow.errors import Reason, catalogue
from eventwindow.inference.expected_volatility import BEYOND, none_holds
from eventwindow.inference.family import family, runs
from eventwindow.inference.response import Effect
from eventwindow.prices.checks import Finding

chinese = catalogue("zh-Hant").reason
HIT = {"A": {0: -0.10}, "B": {0: -0.06}}


def effect(statistic: float, null: np.ndarray, days: np.ndarray | None = None) -> Effect:
    days = np.arange(len(null)) if days is None else days
    p = float((1 + np.sum(np.abs(null) >= abs(statistic))) / (len(null) + 1))
    return Effect(statistic, null, days, p, None, 1.0, 1.0, "SQ")


def fell(member: str = "A", **keys) -> Claim:
    return stated(
        MEASURES["effect"](members=(member,), window=(0, 0), event="fall"),
        "effect",
        hedge="effect",
        stated=-1.0,
        **keys,
    )


def went(symbol: str, direction: float, **keys) -> Claim:
    return stated(MEASURES["return"](security=symbol, date=FALL), "return", hedge="direction", stated=direction, **keys)


def compound(*parts: Claim) -> Claim:
    named = tuple(replace(p, id=f"X-1.{k}") for k, p in enumerate(parts, 1))
    return Claim(id="X-1", article="X", text_en="both", text_zh="皆", parts=named)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["confirmed", "confirmed"], "confirmed"),
        (["confirmed", "confirmed_with_context"], "confirmed_with_context"),
        (["contradicted", "contradicted"], "contradicted"),
        (["not_testable", "not_testable"], "not_testable"),
        (["not_rated", "open"], "open"),
        (["confirmed", "contradicted"], "mixed"),
        (["confirmed", "confirmed", "open"], "confirmed_with_context"),
        (["confirmed", "open"], "open"),
        (["confirmed", "not_testable", "open"], "open"),
        (["contradicted", "not_testable"], "contradicted"),
        (["mixed", "open"], "mixed"),
    ],
)
def test_a_compound_is_mixed_only_where_one_part_holds_and_another_fails(words, expected):
    assert combined(words) == expected


FIGURES = st.none() | st.floats(-3, 3)
HEDGE_KEYS = st.sampled_from(["exact", "about", "reached", "at_most", "more_than", "less_than", "direction", "all", "most", "some"])  # fmt: skip


@given(FIGURES, HEDGE_KEYS, st.sampled_from(["decimal", "USD", "price", "rank", "share"]), st.sampled_from([-1.0, 0.5]))
def test_a_claim_with_a_measure_is_never_beyond_all_prices(value, hedge, unit, said):
    """`open` where no figure is held, one of the four words of a decision where there is one; never not testable."""
    claim = stated(MEASURES["return"](security="A", date=FALL), "return", hedge=hedge, stated=said)
    found = Measured(None, "", Reason("no_prices")) if value is None else Measured(value, unit, Reason("no_prices"))
    verdict = judge([claim], world({}), {claim.id: found})[0]
    assert (verdict.word == "open") == (value is None)
    assert verdict.word not in {"not_testable", "not_rated"}


@pytest.mark.parametrize("word", ["open", "not_testable", "not_rated"])
def test_a_reason_in_place_of_a_measure_is_the_verdict(word):
    keys = {"id": "B1", "article": "X", "text_en": "s", "text_zh": "s", f"{word}_en": "Because.", f"{word}_zh": "因。"}
    for parts in ((), (went("A", -1.0),)):
        verdict = judge([Claim(**keys, parts=parts)], world(HIT))[0]
        assert verdict.word == word
        assert str(verdict.reason).startswith("Because.")
        assert chinese(verdict.reason).startswith("因。")


HELD, LEFT = {"confirmed", "confirmed_with_context"}, {"open", "not_testable", "not_rated"}


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8))
def test_what_is_left_open_never_counts_as_half_false(words):
    found = combined(words)
    decided = [w for w in words if w not in LEFT]
    if not {"contradicted", "mixed"} & set(words):
        assert found not in {"mixed", "contradicted"}
    if decided and set(decided) == {"contradicted"}:
        assert found == "contradicted"
    assert (found == "mixed") == ("mixed" in words or ("contradicted" in words and bool(HELD & set(words))))
    assert combined(list(reversed(words))) == found


def test_a_compound_shows_its_parts():
    verdict = judge([compound(went("A", -1.0), went("C", -1.0))], world(HIT))[0]
    assert [p.word for p in verdict.parts] == ["confirmed", "contradicted"]
    assert verdict.word == "mixed"
    assert str(verdict.reason).count("Firm") == 2


def test_context_does_not_decide_and_what_goes_against_is_in_the_line():
    verdict = judge([compound(went("A", -1.0), replace(went("C", -1.0), decides=False))], world(HIT))[0]
    assert verdict.word == "confirmed_with_context"
    assert [str(one) for one in verdict.context] == ["But said: +0.10 %."]
    agreeing = judge([compound(went("A", -1.0), replace(went("B", -1.0), decides=False))], world(HIT))[0]
    assert (agreeing.word, agreeing.context) == ("confirmed", ())
    assert "But said: +0.10 %." in str(verdict.reason)


def test_a_stand_in_can_support_and_not_refute():
    up = went("A", 1.0, stand_in_en="Prices stand in.", stand_in_zh="以股價代替。")
    down = went("A", -1.0, stand_in_en="Prices stand in.", stand_in_zh="以股價代替。")
    assert [judge([c], world(HIT))[0].word for c in (up, down)] == ["open", "confirmed_with_context"]


def test_words_of_others_are_said_to_be_theirs():
    verdict = judge([went("A", -1.0, quoted_en="an agency", quoted_zh="通訊社")], world(HIT))[0]
    assert "an agency" in str(verdict.reason)
    assert "通訊社" in chinese(verdict.reason)


def test_a_statement_prices_cannot_test_says_why():
    open_claim = Claim(
        id="B1", article="X", text_en="s", text_zh="s", not_testable_en="Because.", not_testable_zh="因。"
    )
    verdict = judge([open_claim], world({}))[0]
    assert (verdict.word, str(verdict.reason), chinese(verdict.reason)) == ("not_testable", "Because.", "因。")


def test_one_effect_alone_keeps_its_own_p_value():
    verdict = judge([fell()], world(HIT))[0]
    assert verdict.p_family == verdict.measured.p_value


def test_more_claims_never_make_a_p_value_smaller():
    alone = judge([fell()], world(HIT))[0].p_family
    others = [replace(fell(s), id=f"X-{s}") for s in "BCDE"]
    assert judge([fell(), *others], world(HIT))[0].p_family >= alone


def test_effects_of_every_kind_are_one_family():
    volume = MEASURES["abnormal_volume"](members=("A",), date=FALL)
    claims = [fell(), replace(fell("B"), id="X-2"), replace(stated(volume, "abnormal_volume"), hedge="effect")]
    evidence = world(HIT)
    history = evidence.prices["A"]
    traded = history.assign(volume=np.exp(np.random.default_rng(0).normal(8, 0.2, len(history))))
    evidence = replace(evidence, prices={**evidence.prices, "A": traded})
    measured = measure_all(claims, evidence)
    effects = {key: found.effect for key, found in measured.items()}
    assert len({found.unit for found in measured.values()}) > 1
    expected = {key: one.p_value for key, one in family(effects).items()}
    assert {v.claim.id: v.p_family for v in judge(claims, evidence, measured)} == expected


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
def test_step_down_p_values_lie_between_raw_and_bonferroni_and_keep_the_order(seed, m):
    """Romano–Wolf on shared dates: at least the raw p, at most m times it, monotone in the statistic."""
    rng = np.random.default_rng(seed)
    effects = {str(k): effect(float(rng.normal(0, 3)), rng.standard_normal(150)) for k in range(m)}
    corrected = {key: one.p_value for key, one in family(effects).items()}
    for key, one in effects.items():
        assert one.p_value - 1e-12 <= corrected[key] <= 1.0
    ordered = sorted(effects, key=lambda key: -abs(effects[key].statistic))
    assert [corrected[k] for k in ordered] == sorted(corrected.values())
    top = effects[ordered[0]]
    assert corrected[ordered[0]] <= m * max(
        (1 + np.sum(np.abs(e.null) >= abs(top.statistic))) / 151 for e in effects.values()
    )


def test_effects_without_dates_in_common_are_corrected_by_their_number():
    null = np.linspace(-1, 1, 120)
    apart = {"a": effect(5.0, null, np.arange(120)), "b": effect(5.0, null, np.arange(1000, 1120))}
    assert {key: one.p_value for key, one in family(apart).items()} == pytest.approx({"a": 2 / 121, "b": 2 / 121})


def test_a_corrected_p_value_is_never_below_the_claims_own():
    """b shares 120 of a's 240 dates, and a's large values lie on the others."""
    null = np.concatenate([np.full(120, 2.0), np.zeros(120)])
    effects = {"a": effect(1.0, null), "b": effect(0.5, np.zeros(120), np.arange(120, 240))}
    assert effects["a"].p_value == pytest.approx(121 / 241)
    assert family(effects)["a"].p_value == effects["a"].p_value


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(2, 6))
def test_an_effect_beyond_what_could_be_seen_is_found_after_the_correction(seed, m):
    """Power at the level that decides: no estimate that large stays open, and none is smaller than alone."""
    rng = np.random.default_rng(seed)
    effects = {str(k): effect(float(rng.normal(0, 3)), rng.standard_normal(150)) for k in range(m)}
    for key, one in family(effects).items():
        assert one.detectable >= effects[key].detectable
        larger = replace(effects[key], statistic=one.detectable + 1e-9, p_value=1 / 151)
        assert family({**effects, key: larger})[key].p_value <= 0.05


@pytest.mark.parametrize("hedge", ["effect", "no_effect"])
@pytest.mark.parametrize("statistic", [0.0, 9.0])
def test_where_no_test_leads_an_effect_is_open_with_that_reason_and_burdens_no_other(hedge, statistic):
    """Above twice the usual volatility no test holds its size: whatever its p-value, it decides nothing."""
    null = np.random.default_rng(3).standard_normal(250)
    usual = {"X-1": effect(9.0, null), "X-2": effect(statistic, null)}
    claims = [replace(fell(), id="X-1"), replace(fell("B"), id="X-2", hedge=hedge)]
    alone = judge(claims[:1], world(HIT), {"X-1": Measured(-0.1, "decimal", Reason("no_prices"), effect=usual["X-1"])})
    for ratio, word in ((BEYOND, None), (BEYOND + 0.01, "open")):
        found = {key: Measured(-0.1, "decimal", Reason("no_prices"), effect=one) for key, one in usual.items()}
        found["X-2"] = replace(found["X-2"], effect=replace(usual["X-2"], unled=none_holds(ratio, 2, 1)))
        first, second = judge(claims, world(HIT), found)
        assert first.word == "confirmed"
        assert (second.rule.key == "rule_no_test") is (word == "open") is (second.p_family is None)
        if word:
            assert second.word == word and f"{ratio:.2f} times" in str(second.rule) and chinese(second.rule)
            assert first.p_family == alone[0].p_family


def test_too_few_dates_for_so_many_families_find_nothing_and_the_rule_says_so():
    """Three families of 50 dates: at 5 %/3 a rank cannot fall below 1/51."""
    apart = {str(k): effect(5.0, np.linspace(-1, 1, 50), np.arange(50) + 1000 * k) for k in range(3)}
    assert {one.detectable for one in family(apart).values()} == {float("inf")}
    blind = replace(apart["0"], detectable=float("inf"))
    open_rule = decide(fell(), Measured(-0.1, "decimal", "So.", effect=blind, p_family=3 / 51))
    assert "no effect, however large, would be found" in str(open_rule.rule)
    assert "再大的效果也測不出" in chinese(open_rule.rule)


def test_several_sessions_are_ranked_among_runs_of_as_many_days():
    """200 days of ± 1 and one of 3: a run that holds it is as large as 3, every run as large as 1."""
    null = np.resize([1.0, -1.0], 200)
    null[100] = 3.0
    p, needed = runs([0.5, -4.0, 3.0], null)
    # −4: the three shifts that hold it; 3: two that hold it, two that hold the 3 before; 0.5: every day is as large
    assert p == pytest.approx([1.0, 3 / 203, 4 / 202])
    assert needed == pytest.approx([1.0, 1.0, 1.0])


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(1, 9))
def test_a_session_beyond_what_it_needs_is_found_among_any_others(seed, m):
    rng = np.random.default_rng(seed)
    null, sizes = rng.standard_normal(200), list(rng.normal(0, 2, m))
    alone = [(1 + np.sum(np.abs(null) >= abs(size))) / 201 for size in sizes]
    p, needed = runs(sizes, null)
    assert (p >= np.array(alone) - 1e-12).all()
    for k in range(m):
        more = [*sizes[:k], needed[k] + 1e-9, *sizes[k + 1 :]]
        assert runs(more, null)[0][k] <= 0.05


READING = Reading("C0", "r", "r", ("X",), "p", "p", "v", "v", "Prices lean, no more.", "僅供傾向。")


@pytest.mark.parametrize(
    ("directions", "lean"),
    [
        ((-1.0, -1.0, 1.0), "lean towards"),
        ((1.0, 1.0, 1.0), "lean against"),
        ((-1.0, 1.0), "divided"),
    ],
)
def test_a_reading_leans_where_its_panels_do(directions, lean):
    panels = tuple(replace(went("A", d), id=f"C0-{k}") for k, d in enumerate(directions))
    judged, _ = weigh([replace(READING, panels=panels)], [], [], world(HIT))
    assert lean in str(judged[0].sentence)
    assert "Prices lean, no more." in str(judged[0].sentence)


def test_a_reading_without_panels_says_that_prices_cannot_tell():
    judged, _ = weigh([READING], [], [], world({}))
    assert str(judged[0].sentence).startswith("Prices cannot tell")


def test_a_disagreement_sets_claims_and_panels_side_by_side():
    verdicts = judge([went("A", -1.0)], world(HIT))
    point = Disagreement("d", "t", "t", "s", "s", ("X-1",), (replace(went("C", 1.0), id="d-1"),))
    _, beside = weigh([], [point], verdicts, world(HIT))
    assert [v.word for v in (*beside[0].claims, *beside[0].panels)] == ["confirmed", "confirmed"]


def test_the_path_is_corrected_for_its_days():
    path = daily_path(world(HIT), ["A"], "fall", Window(-4, 4))
    assert path["ar"].loc[str(FALL)] == pytest.approx(-0.10)
    assert path["car"].iloc[-1] == pytest.approx(path["ar"].sum())
    assert (path["p_runs"] >= path["p_rank"]).all()
    assert path["p_runs"].loc[str(FALL)] == pytest.approx(9 / (200 + 9))


def test_a_record_holds_all_of_a_verdict_and_is_plain_data():
    verdict = judge([compound(went("A", -1.0), fell())], world(HIT))[0]
    plain = json.loads(json.dumps(ledger_record([verdict]), allow_nan=False))
    told = plain["claims"][0]
    assert told["verdict"] == verdict.word
    assert told["parts"][1]["measured"]["effect"]["p_value"] == verdict.parts[1].measured.p_value
    assert "tests" not in told["parts"][1]["measure"]
    assert told["parts"][0]["measure"] == {
        "name": "return",
        "security": "A",
        "date": str(FALL),
        "until": None,
        "path": False,
    }


def test_a_record_of_a_statement_without_measure_has_none():
    open_claim = Claim(
        id="B1", article="X", text_en="s", text_zh="s", not_testable_en="Because.", not_testable_zh="因。"
    )
    told = record(judge([open_claim], world({}))[0])
    assert told["measure"] is None
    assert told["measured"] is None


ARTICLE = {"key": "X", "title_en": "An article", "title_zh": "一篇報導", "outlet": "A paper", "published": date(2025, 1, 28),
           "address": "https://example.org/a"}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_the_review_of_a_claim_page_holds_what_its_readers_ask_for(language):
    verdict = judge([went("A", -1.0)], world(HIT))[0]
    words, page = catalogue(language), "X-1.html" if language == "en" else "X-1.zh-Hant.html"
    told = review_of(verdict, ARTICLE, words=words, site="https://example.org/r/", published=date(2025, 3, 1))
    assert told["url"] == f"https://example.org/r/claims/{page}"
    assert told["datePublished"] == "2025-03-01"
    assert told["itemReviewed"]["author"]["name"] == "A paper"
    assert told["itemReviewed"]["datePublished"] == "2025-01-28"
    assert told["itemReviewed"]["appearance"]["url"] == "https://example.org/a"
    assert told["itemReviewed"]["appearance"]["headline"] == ARTICLE[f"title_{language[:2]}"]
    assert told["claimReviewed"] == f"{'said' if language == 'en' else '說'} ({verdict.claim.measure.date.year})"
    assert told["reviewRating"]["ratingValue"] == 5
    bare = review_of(verdict, {"key": "X", "title_en": "An article"}, words=words)
    assert bare["url"] == page  # beside the page that holds it
    assert "datePublished" not in bare
    assert "author" not in bare["itemReviewed"]
    quoting = replace(verdict, claim=replace(verdict.claim, quoted_en="a broker", quoted_zh="券商"))
    assert review_of(quoting, {"key": "X"})["itemReviewed"]["author"]["name"] == "a broker"


@pytest.mark.parametrize("more", [{"not_testable_en": "Because."}, {"not_rated_en": "Because."}])
def test_what_was_not_tested_or_is_not_rated_has_no_review(more):
    claim = Claim(id="B1", article="X", text_en="s", text_zh="s", **more)
    assert review_of(judge([claim], world({}))[0], ARTICLE) is None


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_every_claim_that_ships_is_told_in_75_characters_with_its_year(deepseek, language):
    words = catalogue(language)
    told = [claim_text(v.claim, {"published": date(2025, 1, 31)}, words) for v in deepseek.verdicts]
    assert max(map(len, told)) <= 75
    assert [text for text in told if not re.search(r"20\d\d", text)] == []


def test_an_effect_tells_in_how_many_specifications_it_is_found():
    """Two firms of a basket: 100 and 80 % negative; 90 and 50 % significant, 90 and 35 % of them negative."""
    curve = pd.DataFrame(
        {
            "event": "fall", "security": ["A", "B"], "window_start": 0, "window_end": 0, "specifications": 40,
            "median": [-0.1, 0.01], "share_same_sign": [1.0, 0.2], "share_significant": [0.9, 0.5],
            "share_significant_same_sign": [0.9, 0.15],
        }
    )  # fmt: skip
    verdict = judge([fell_basket()], world(HIT, tables={"robustness": curve}))[0]
    assert verdict.specifications == Specifications(40, pytest.approx(0.9), pytest.approx(0.625))
    assert "Of 40 specifications 90 % have the sign stated; 62 % have it and are significant." in str(verdict.reason)
    assert judge([fell_basket()], world(HIT))[0].specifications is None


def test_no_specification_is_significant_with_a_sign_that_none_has():
    """A rise is stated; all specifications fall, a third of them significantly."""
    curve = pd.DataFrame(
        {
            "event": "fall", "security": ["A"], "window_start": 0, "window_end": 0, "specifications": 40,
            "median": [-0.1], "share_same_sign": [1.0], "share_significant": [1 / 3],
            "share_significant_same_sign": [1 / 3],
        }
    )  # fmt: skip
    verdict = judge([replace(fell(), stated=1.0)], world(HIT, tables={"robustness": curve}))[0]
    assert verdict.specifications == Specifications(40, 0.0, 0.0)


def fell_basket() -> Claim:
    return stated(
        MEASURES["effect"](members=("hit",), window=(0, 0), event="fall"), "effect", hedge="effect", stated=-1.0
    )


def sharp(symbol: str, word: str = "sharply", **keys) -> Claim:
    return went(symbol, -1.0, security=symbol, strength=word, **keys)


@pytest.mark.parametrize(
    ("shock", "word", "expected"),
    [
        (-0.10, "sharply", "confirmed"),
        (-0.02, "sharply", "mixed"),
        (0.05, "sharply", "contradicted"),
        (-0.02, "panic", "contradicted"),
        (-0.10, "panic", "confirmed"),
    ],
)
def test_a_word_of_strength_asks_for_a_size_in_units_of_the_own_history(shock, word, expected):
    """Returns of A are ± 1 % around 0.1 % and the market's ± 1 %: with the quiet ten days before, 1.38 %."""
    verdict = judge([sharp("A", word)], world({"A": {0: shock}}))[0]
    assert verdict.word == expected
    assert verdict.measured.usual == pytest.approx(0.013834, rel=1e-4)


@pytest.mark.parametrize(("shock", "expected"), [(-0.10, "open"), (0.05, "contradicted")])
def test_a_history_too_short_for_its_unit_leaves_a_word_of_strength_open(shock, expected):
    """The direction decides where it is the wrong one."""
    long = world({"A": {0: shock}})
    verdict = judge([sharp("A")], replace(long, returns={"A": long.returns["A"].loc[str(day(-5)) :]}))[0]
    assert verdict.word == expected
    assert verdict.measured.usual is None


def test_a_proxy_too_small_leaves_the_size_open():
    claim = sharp("A", stand_in_en="The open stands in.", stand_in_zh="以開盤代替。")
    verdict = judge([claim], world({"A": {0: -0.02}}))[0]
    assert verdict.word == "confirmed_with_context"
    assert "stays open" in " ".join(map(str, verdict.context))


def test_an_article_is_judged_by_what_closed_before_it_was_written():
    later = MEASURES["effect"](members=("A",), window=(0, 4), event="fall")
    known = replace(went("A", -1.0), known_until=day(1))
    later_part = stated(later, "effect", hedge="effect", stated=1.0, known_until=day(1))
    verdict = judge([compound(known, later_part)], world(HIT))[0]
    assert verdict.word == "confirmed"  # the month that it could not know counts neither way
    assert [p.word for p in verdict.parts] == ["confirmed", "open"]
    alone = judge([replace(later_part, id="X-2")], world(HIT))[0]
    assert alone.word == "open"
    assert "is context" in str(alone.rule)
    assert judge([replace(later_part, id="X-2", known_until=day(4))], world(HIT))[0].word != "open"
    nothing = judge([replace(compound(later_part), known_until=day(1))], world(HIT))[0]
    assert (nothing.word, nothing.rule.key) == ("open", "rule_later")


def test_figures_that_came_later_burden_no_test():
    later = stated(
        MEASURES["effect"](members=("B",), window=(0, 4), event="fall"), "effect", hedge="effect", stated=-1.0
    )
    late = replace(later, id="X-2", known_until=day(1))
    assert judge([fell(), late], world(HIT))[0].p_family == judge([fell()], world(HIT))[0].p_family


def test_rhetoric_is_not_rated_and_its_figures_are_context():
    claim = replace(compound(replace(went("C", -1.0), decides=False)), not_rated_en="A figure of speech.")
    verdict = judge([claim], world(HIT))[0]
    assert verdict.word == "not_rated"
    assert str(verdict.reason).startswith("A figure of speech.")
    assert any("Firm C" in str(part.reason) for part in verdict.parts)


def test_a_statement_split_by_security_is_counted_once():
    split = [replace(went("A", -1.0), id="X-A", statement="X"), replace(went("C", -1.0), id="X-C", statement="X")]
    verdicts = judge([*split, replace(went("B", -1.0), id="Y")], world(HIT))
    assert by_statement(verdicts) == [("X", "mixed"), ("X", "confirmed")]


@pytest.mark.parametrize(
    ("later", "expected"), [({0: -0.10, 1: 0.08, 2: -0.09}, "mixed"), ({0: -0.10}, "contradicted")]
)
def test_horizons_that_disagree_are_mixed_and_show_the_path(later, expected):
    measure = MEASURES["recovered_share"](members=("A",), date=FALL, sessions=3, path=True)
    claim = stated(measure, "recovered_share", hedge="more_than", stated=0.5)
    verdict = judge([claim], world({"A": later}))[0]
    assert verdict.word == expected
    shares = dict(verdict.measured.horizons)
    assert list(shares) == [day(1), day(2), day(3)]
    assert verdict.measured.value == shares[day(3)]
    assert max(shares, key=shares.get) == (day(1) if expected == "mixed" else day(3))


def test_a_reading_leans_only_where_more_than_half_of_its_panels_decide():
    open_panel = replace(fell("C"), id="C0-9", material=1e-6)
    panels = (replace(went("A", -1.0), id="C0-1"), open_panel)
    judged, _ = weigh([replace(READING, panels=panels)], [], [], world(HIT))
    assert [v.word for v in judged[0].panels] == ["confirmed", "open"]
    assert "do not decide" in str(judged[0].sentence)
    assert "would show only effects beyond" in str(judged[0].sentence)


def lost(bound: float, address: str):
    """The verdict on "A lost more than `bound` dollars", by a billion shares for which a page is named or none."""
    counts = {"symbol": ["A"], "shares": [1e9], "as_of": [DAYS[0]], "source": ["filing"], "address": [address]}
    claim = stated(MEASURES["value_change"](security="A", date=FALL), "value_change", hedge="more_than", stated=-bound)
    return judge([claim], world(HIT, tables={"shares": pd.DataFrame(counts)}))[0]


@pytest.mark.parametrize("of_the_loss", [0.3, 0.9, 1.1, 3.0])
def test_a_verdict_on_a_count_without_a_page_is_open(of_the_loss):
    page = "https://example.org/10-q"
    loss = -lost(1.0, page).measured.value
    assert lost(of_the_loss * loss, page).word == ("confirmed" if of_the_loss < 1 else "contradicted")
    verdict = lost(of_the_loss * loss, "")
    assert verdict.word == "open"
    assert "names no source" in str(verdict.reason)


def strange(symbol: str, tau: int, kind: str = "reversal") -> Finding:
    return Finding(symbol, "warning", kind, pd.Timestamp(day(tau)), {"value": -0.4, "back": 0.6})


@pytest.mark.parametrize(
    ("measure", "name", "keys", "finding", "word"),
    [
        ({"security": "A", "date": FALL}, "return", {"stated": 0.05}, strange("A", 0), "open"),
        ({"security": "A", "date": FALL}, "return", {"stated": 0.05}, strange("A", -1), "open"),  # a base of the return
        ({"security": "A", "date": FALL}, "return", {"stated": 0.05}, strange("A", -2), "contradicted"),
        ({"security": "A", "date": FALL}, "return", {"stated": 0.05}, strange("B", 0), "contradicted"),
        (
            {"security": "A", "date": FALL},
            "return",
            {"stated": 0.05},
            strange("A", 0, "large_on_event"),
            "contradicted",
        ),
        ({"security": "A", "date": FALL}, "return", {"stated": -0.099}, strange("A", 0), "confirmed"),
        (
            {"security": "A", "members": ("B", "M"), "date": FALL},
            "members_rank",
            {"stated": 3.0},
            strange("A", 0),
            "open",
        ),
        ({"security": "A", "date": FALL}, "volume_multiple", {"stated": 9.0}, strange("A", 0), "contradicted"),
    ],
)
def test_what_only_a_strange_price_contradicts_is_open(measure, name, keys, finding, word):
    claim = stated(MEASURES[name](**measure), name, security=measure["security"], **keys)
    plain, told = (judge([claim], world(HIT, findings=found))[0] for found in ((), (finding,)))
    assert (plain.word, told.word) == ("confirmed" if word == "confirmed" else "contradicted", word)
    assert ("The price may be what is wrong" in str(told.reason)) == (word == "open")


def test_an_effect_that_a_strange_price_leaves_open_is_not_said_to_be_chance():
    claim = replace(fell(), stated=1.0)
    plain, told = (judge([claim], world(HIT, findings=found))[0] for found in ((), (strange("A", 0),)))
    assert (plain.word, told.word) == ("contradicted", "open")
    assert str(told.reason).startswith(str(plain.reason).partition(".")[0]) and "chance" not in str(told.reason)
    assert "enough to tell" not in str(told.reason)


def test_what_is_found_in_prices_that_were_excluded_leaves_the_claim_without_a_figure():
    claim = stated(MEASURES["return"](security="Z", date=FALL), "return", security="Z", stated=-0.1)
    found = strange("Z", 0), strange("Z", -5)
    verdict = judge([claim], world(HIT, findings=found))[0]
    assert (verdict.word, str(verdict.rule), verdict.findings) == ("open", "open: the data hold no figure", found[:1])


def test_a_window_after_a_date_is_looked_at_whole():
    measure = MEASURES["effect"](members=("A",), window=(0, 4), date=FALL)
    claim = stated(measure, "effect", hedge="effect", stated=1.0, known_until=FALL)
    assert days_of_measure(claim, world(HIT)) == (pd.Timestamp(FALL), pd.Timestamp(day(4)))
    assert is_later(claim, world(HIT)) and not is_later(replace(claim, known_until=day(4)), world(HIT))
