"""What a newsroom prints: lay sentences first, claims on their own feet, reviews that their readers can take, all studies."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from eventwindow.claims.claim_review import LONGEST
from eventwindow.claims.model import WORDS
from eventwindow.claims.records import RATINGS
from eventwindow.errors import catalogue
from eventwindow.inference.response import Track, of_track
from eventwindow.inference.results import LEVEL
from eventwindow.inference.single_firm import critical_size
from eventwindow.report.context import Context, every_verdict
from eventwindow.report.figures.claims import stated
from eventwindow.report.html import claim_pages
from eventwindow.report.language import LANGUAGES, language
from eventwindow.report.sections.verdicts import _usual, span_of

ROOT = Path(__file__).parents[1]
LD = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.S)
TEXT = {"type": "string", "minLength": 1}
DATE = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}
MAKER = {
    "type": "object",
    "required": ["@type", "name"],
    "properties": {"@type": {"const": "Organization"}, "name": TEXT},
}
REVIEW = {  # what Google, Bing and the Fact Check Explorer ask for; unknown keys are refused
    "type": "object",
    "additionalProperties": False,
    "required": ["@context", "@type", "url", "datePublished", "inLanguage", "claimReviewed", "reviewBody", "author",
                 "itemReviewed", "reviewRating"],
    "properties": {
        "@context": {"const": "https://schema.org"},
        "@type": {"const": "ClaimReview"},
        "url": {"type": "string", "pattern": r"^[\w.-]+\.html$"},  # beside the page: the studies that ship name no site
        "datePublished": DATE,
        "inLanguage": {"enum": list(LANGUAGES)},
        "claimReviewed": {"type": "string", "maxLength": LONGEST, "pattern": r"20\d\d"},
        "reviewBody": TEXT,
        "author": MAKER,
        "itemReviewed": {
            "type": "object",
            "additionalProperties": False,
            "required": ["@type", "appearance"],
            "properties": {
                "@type": {"const": "Claim"},
                "author": MAKER,
                "datePublished": DATE,
                "appearance": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["@type", "headline"],
                    "properties": {
                        "@type": {"const": "Article"}, "headline": TEXT, "datePublished": DATE, "publisher": MAKER,
                        "url": {"type": "string", "pattern": r"^https?://\S+$"},
                    },
                },
            },
        },
        "reviewRating": {
            "type": "object",
            "additionalProperties": False,
            "required": ["@type", "ratingValue", "bestRating", "worstRating", "alternateName"],
            "properties": {
                "@type": {"const": "Rating"}, "ratingValue": {"enum": sorted(RATINGS.values())},
                "bestRating": {"const": 5}, "worstRating": {"const": 1}, "alternateName": TEXT,
            },
        },
    },
}  # fmt: skip
UNKNOWN = {"S2", "S3"}  # texts whose outlet no search found, as their pages say


STUDIES = ("deepseek-2025", "bank-run-2023", "outage-2024")


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("study", STUDIES)
def test_every_claim_page_carries_one_review_or_none(shipped_results, study, code):
    result = shipped_results[study]
    verdicts = {v.claim.id: v for v in result.verdicts}
    articles = {article["key"]: article for article in result.articles}
    pages = dict(claim_pages(Context(result, language(code))))
    assert len(pages) == len(verdicts)
    for place, page in pages.items():
        verdict = verdicts[place.removesuffix(".html").removesuffix(f".{code}")]
        found = [json.loads(text) for text in LD.findall(page)]
        assert len(found) == (verdict.word in RATINGS), place
        for review in found:
            jsonschema.validate(review, REVIEW)
            assert review["url"] == place
            assert review["reviewRating"]["ratingValue"] == RATINGS[verdict.word]
            assert "\u2026" not in review["claimReviewed"], "the claim is cut"
            said, article = review["itemReviewed"], articles[verdict.claim.article]
            assert ("author" in said) == (article["key"] not in UNKNOWN or bool(verdict.claim.quoted_en))
            assert ("url" in said["appearance"]) == bool(article.get("address"))


@pytest.mark.parametrize("code", ["en", "zh-Hant"])
@pytest.mark.parametrize("study", STUDIES)
def test_a_claim_page_draws_the_figures_that_it_tells(shipped_results, study, code):
    """The figure beside the dot of a picture is the one measured, in its own unit, an effect's as well."""
    result, drawn = shipped_results[study], 0
    context = Context(result, language(code))
    for verdict in result.verdicts:
        svg = stated(context, verdict, "label")
        told = [v.measured for v in verdict.parts or (verdict,) if v.claim.decides and v.measured and span_of(v)]
        for found in told if svg else ():
            for end in found.interval or (found.value,):
                assert f">{context.figure(end, found.unit)}</text>" in svg, verdict.claim.id
                drawn += 1
    assert drawn


@pytest.mark.parametrize("study", STUDIES)
def test_the_bar_of_an_effect_holds_the_days_that_its_p_value_counts(shipped_results, study):
    """A dot lies beyond its bar where, and only where, the test finds it, also over several days."""
    drawn = [(v, span) for v in every_verdict(shipped_results[study].verdicts) if (span := span_of(v)) and span.effect]
    for verdict, span in drawn:
        assert span.measured == (verdict.measured.value,)
        inside = span.low <= verdict.measured.value * (1 - 1e-12) <= span.high
        assert inside == (verdict.measured.effect.p_value > LEVEL), verdict.claim.id
    assert drawn


@pytest.mark.parametrize(("days", "length"), [(250, 5), (120, 26), (120, 40), (120, 60)])
def test_a_dot_lies_beyond_its_bar_where_the_test_finds_it_however_long_the_window(days, length):
    """Each day of the event over its own forecast error, as several firms and a benchmark that moved make them."""
    rng, sides, parted = np.random.default_rng(7), set(), 0
    for _ in range(400):
        residuals, near = rng.normal(0, 0.01, days), rng.normal(0, 0.01, 10)
        returns = rng.normal(rng.normal(0, 0.004), 0.01, length)
        scale = 1 / np.sqrt(1 + length / days * rng.uniform(0.5, 1.5, length))
        track = Track(np.arange(days), residuals, near, days + np.arange(length), returns * scale, scale)
        value = float(returns.sum())
        effect = of_track(track, value, 0.01 * np.sqrt(length), days - 2, "SQ", 1)
        usual, found = _usual(effect, value), effect.p_value <= LEVEL
        assert (abs(value) * (1 - 1e-12) > usual) == found
        sides.add(found)
        parted += usual != effect.spread * critical_size(np.abs(effect.null), LEVEL)
    assert sides == {True, False}
    assert 0 < parted < 100, "the edge moves only where it must"


def test_the_scale_of_ratings_is_documented():
    page = (ROOT / "docs" / "verdicts.md").read_text(encoding="utf-8")
    told = re.findall(r"`(\w+)` (\d)(?=[, ]|and|\.)", page[page.index("`ClaimReview` rates") :])
    assert {word: int(value) for word, value in told} == RATINGS
    assert set(RATINGS) < set(WORDS)


STATISTICS = re.compile(r"\bp [=<]|standard error|\bSQ\b|permutation|estimation window|標準誤|置換|估計期|Test:|檢定：")
DETAIL = re.compile(
    r"Test: |檢定：|Size: |幅度：|Source: |來源：|Path: |路徑：|Companies: |所列公司：|The \d+ sessions before|事前 ?\d+ ?個交易日"
)
CODE = re.compile(r"\b(?:[SBCRO]\d+-\w+|B\d+|ai_\w+|[A-Z]{4}=F|\^[A-Z]{3,4})\b")


@pytest.mark.parametrize("code", ["en", "zh-Hant"])
@pytest.mark.parametrize("study", STUDIES)
def test_what_needs_no_statistics_comes_first(shipped_results, study, code):
    """Before the first test, source or list no word of statistics, and no code in place of a name."""
    words, shown = catalogue(code), 0
    for verdict in every_verdict([v for v in shipped_results[study].verdicts if v.measured or v.parts]):
        told = words.reason(verdict.reason)
        lay = told[: found.start()] if (found := DETAIL.search(told)) else told
        assert lay, verdict.claim.id
        assert not STATISTICS.search(lay), (verdict.claim.id, lay)
        assert not CODE.search(lay), (verdict.claim.id, lay)
        shown += 1
    assert shown > 15


@pytest.mark.parametrize("study", STUDIES)
def test_what_stays_open_says_why(shipped_results, study):
    """More than the figure: a second sentence, or that no figure is held."""
    for verdict in shipped_results[study].verdicts:
        if verdict.word == "open" and verdict.measured and verdict.measured.value is not None:
            lay = DETAIL.split(str(verdict.reason))[0]
            assert len(re.findall(r"\.(?= |$)", lay)) > 1, (verdict.claim.id, lay)


@pytest.mark.parametrize("study", STUDIES)
def test_claims_and_their_parts_stand_on_their_own_feet(shipped_results, study):
    """No pronoun for what another sentence named, no "the same" as the line above; a reason ends with a stop."""
    panels = [panel for judged in shipped_results[study].readings for panel in judged.panels]
    for verdict in every_verdict([*shipped_results[study].verdicts, *panels]):
        claim = verdict.claim
        assert not re.match(r"(It|Its|That|They|Their|This|These|He|She|His|Her)\b", claim.text_en), claim.text_en
        assert not re.search(r"\bthe same\b|^their\b", claim.text_en), claim.text_en
        assert not re.search(r"同上|^其(?!他|餘)|^這(?!場)", claim.text_zh), claim.text_zh
        for key in ("open", "not_testable", "not_rated", "stand_in", "note"):
            for tongue, stops in (("en", ".)"), ("zh", "。）")):
                text = getattr(claim, f"{key}_{tongue}")
                assert not text or text[-1] in stops, text


def test_the_page_of_changed_verdicts_is_what_the_script_computes(deepseek):
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import verdict_changes
    finally:
        sys.path.pop(0)
    assert verdict_changes.PAGE.read_text(encoding="utf-8") == verdict_changes.page(deepseek.verdicts)
