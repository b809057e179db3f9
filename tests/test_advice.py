"""The adviser: the test that leads, the sizes that were measured, and the sample that the power function asks for."""

from __future__ import annotations

import math
import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import eventwindow as ew
from eventwindow.errors import catalogue, languages
from eventwindow.inference.advice import careless_test, measured, needed, sizes
from eventwindow.inference.expected_volatility import BEYOND, none_holds
from eventwindow.inference.power import detectable
from eventwindow.inference.registry import LEADING, TESTS

DAYS = pd.bdate_range("2021-01-04", periods=600)
ROOT = Path(__file__).parents[1]


def _study(dates, together=0.0, wild=1.0):
    """Stocks with one event each, whose residuals share `together` of their variance; `wild` moves the days before."""
    rng = np.random.default_rng(3)
    names = [f"S{k}" for k in range(len(dates))]
    own, common = rng.normal(0, 0.02, (600, len(dates))), rng.normal(0, 0.02, (600, 1))
    table = math.sqrt(1 - together) * own + math.sqrt(together) * common
    table[430:440] *= wild
    returns = pd.DataFrame(table, DAYS, names).assign(MKT=rng.normal(0, 0.01, 600))
    return ew.abnormal_returns(
        returns, dict(zip(names, DAYS[dates], strict=True)), benchmark="MKT", estimation=(-260, -11), window=(-1, 10)
    )


DESIGNS = {
    "single": [440],
    "one_day": [440] * 6,
    "staggered": [440, 442, 444, 446],
    "scattered": [300, 340, 380, 440],
    "mixed": [300, 300, 440, 440],
}


@pytest.mark.parametrize("kind", DESIGNS)
def test_it_names_the_test_that_leads_with_the_sizes_of_the_page(kind):
    window = (0, 4) if kind == "staggered" else 0
    study = _study(DESIGNS[kind])
    advice = study.advise(window)
    assert advice.design == kind
    assert advice.test == study.summary(window).valid[0].name
    assert (
        TESTS[advice.test].title.split(",")[0] in advice.text()
        or catalogue("en").text(f"test.{advice.test}") in advice.text()
    )
    table = sizes()
    row = table[(table["design"] == kind) & (table["test"] == "leading") & (table["sessions"] == advice.window.end + 1)]
    assert advice.sizes == dict(zip(row["months"], row["size"], strict=True))
    for months, size in advice.sizes.items():
        assert f"{100 * size:.1f} % " in advice.text(), months


def test_the_sizes_are_those_of_the_page():
    script = runpy.run_path(str(ROOT / "scripts" / "sizes.py"))
    pd.testing.assert_frame_equal(script["sizes"](), sizes(), check_dtype=False, check_column_type=False)
    page = (ROOT / "docs" / "calibration.md").read_text(encoding="utf-8")
    assert "| Kolari–Pynnönen | 6.6 (0.6) / 1.8 |" in page
    assert measured("one_day", "kolari_pynnonen_t", 1)["calm"] == 0.066
    assert measured("one_day", "kolari_pynnonen_t", 30) == measured("one_day", "kolari_pynnonen_t", 21)


@pytest.mark.parametrize("kind", [kind for kind in DESIGNS if kind != "single"])
def test_the_careless_test_is_the_one_that_errs_most_and_is_shown_as_not_valid(kind):
    name = careless_test(kind, 1)
    wrong = list(set(sizes().query("design == @kind")["test"]) - set(LEADING[kind]) - {"leading"})
    assert name in wrong
    assert measured(kind, name, 1)["calm"] == max(measured(kind, t, 1)["calm"] for t in wrong) > 0.075


def test_what_moved_is_named_as_the_reason():
    calm, wild = _study([440] * 6).advise(), _study([440] * 6, wild=1.6).advise()
    assert wild.test == "date_permutation_scaled" != calm.test
    assert f"{wild.ratio:.2f} times" in wild.text() and "times" not in calm.text()
    assert wild.needed.equals(calm.needed) and "like those of the estimation window" in wild.text()


@pytest.mark.parametrize("effect", [0.002, 0.003, 0.005])
def test_the_sample_on_days_of_their_own_is_that_of_statsmodels(effect):
    """statsmodels.stats.power.TTestPower().solve_power(effect / 0.02, alpha=0.05, power=0.8), two-sided, one sample."""
    from statsmodels.stats.power import TTestPower

    asked = TTestPower().solve_power(effect_size=effect / 0.02, alpha=0.05, power=0.8)
    found = needed(effect, detectable(1e6) * 0.02, 0.0)
    assert found["apart"] == found["shared"] == pytest.approx(asked, rel=0.02, abs=3)


@pytest.mark.parametrize("together", [0.0, 0.1, 0.4])
def test_the_sample_on_one_day_is_the_first_that_sees_the_effect(together):
    alone = 0.06

    def seen(n):
        return alone * math.sqrt(together + (1 - together) / n)

    for effect in (0.02, 0.03, 0.05):
        n = needed(effect, alone, together)["shared"]
        if effect <= alone * math.sqrt(together):
            assert n == math.inf
        else:
            assert seen(n) <= effect < seen(n - 1)
    assert needed(0.07, alone, together) == {"effect": 0.07, "apart": 1, "shared": 1}


def test_what_this_sample_sees_is_seen_as_often_as_it_says():
    """Planted on independent days, the effect that 80 % power is claimed for is found by t in about 80 of 100 draws."""
    rng = np.random.default_rng(0)
    advice = _study(DESIGNS["scattered"]).advise()
    error = advice.seen / detectable(248)
    found = np.abs(rng.normal(advice.seen, error, 4000)) > 1.97 * error
    assert 0.78 < found.mean() < 0.82


def test_securities_that_move_together_are_told_that_more_of_them_do_not_help():
    advice = _study([440] * 6, together=0.6).advise()
    assert 0.5 < advice.correlation < 0.7
    assert advice.needed["shared"].iloc[0] == math.inf and math.isfinite(advice.needed["shared"].iloc[2])
    assert f"mean residual correlation {advice.correlation:.2f}" in advice.text()


@pytest.mark.parametrize("code", languages())
def test_each_language_says_all_of_it(code):
    text = _study([440] * 6, together=0.6, wild=1.2).advise().text(code)
    assert "{" not in text and len(text) > 150
    assert catalogue(code).text("test.date_permutation_scaled") in text


@pytest.mark.parametrize("code", languages())
def test_above_what_any_test_stands_none_leads(code):
    study = _study([440] * 6, together=0.6, wild=4.0)
    advice, summary = study.advise(), study.summary(0)
    assert advice.ratio > BEYOND and (advice.test, advice.sizes, summary.valid) == ("", {}, ())
    assert summary.none_leads == none_holds(advice.ratio, advice.n, 1)
    assert f"{advice.ratio:.2f}" in advice.text(code) and "{" not in advice.text(code)
    power = catalogue(code).text("advise.seen", size="@").partition("@")[2]
    assert power in _study([440] * 6, together=0.6).advise().text(code)
    assert power not in advice.text(code), "nor is any power known there"
    assert f"no test leads, for {summary.none_leads}" in repr(summary)
    marked = {r.name for r in summary.invalid if summary.none_leads in (r.note.parts if r.note else ())}
    assert marked == {r.name for r in _study([440] * 6, together=0.6).summary(0).valid}
    assert study.advise((0, 10)).test == "date_permutation_scaled", "over many sessions it does not reject too much"
    frame = summary.to_frame().set_index("test")
    assert not frame.loc[sorted(marked), "valid"].any()


def test_a_study_advises_and_its_report_says_so(template):
    advice = template.advise()
    assert advice.test == template.summary(0).valid[0].name
    assert repr(advice) == advice.text()
    with pytest.raises(ew.StudyError, match="reaches beyond"):
        template.advise(500)


def test_the_appendix_holds_the_advice(template):
    from eventwindow.report.context import Context
    from eventwindow.report.html import appendix
    from eventwindow.report.language import language

    for code in languages():
        context = Context(template, language(code))
        page = appendix(context, {}, [code])
        assert catalogue(code).text("advise.title") in page
        assert template.advise().text(code)[:25].replace(" %", "%") in page.replace(" %", "%")
