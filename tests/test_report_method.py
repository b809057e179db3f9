"""The method says how everything was computed that the study used, with formula and source, and nothing else."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from importlib.resources import files

import pytest
from report_cases import blocks, catalogue_of, tables

from eventwindow.analyses.counterfactual import COUNTERFACTUALS
from eventwindow.estimation.models import MODELS
from eventwindow.inference.registry import TESTS
from eventwindow.report.blocks import Formula, Heading, Paragraph
from eventwindow.report.context import Context
from eventwindow.report.html import formula
from eventwindow.report.language import LANGUAGES, language
from eventwindow.report.sections import method
from eventwindow.report.sections.method import cited, references, works
from eventwindow.report.typst import typst

FORMULAS = files("eventwindow.report").joinpath("templates/formulas")
FIRM = ("sq", "sq_scaled", "single_firm_t", "power")
REST = (
    "star", "abnormal", "standardised", "volume", "volatility", "romano_wolf", "family", "chosen", "curve", "bars",
    "lead_lag", "receipts",
)  # fmt: skip
EVERY = (*method.MODELS, *method.TESTS, *method.COUNTERFACTUALS, *method.PLACEBOS, *FIRM, *REST)
SET = {
    "mi", "mo", "mn", "mrow", "mfrac", "msqrt", "msub", "msup", "msubsup", "munder", "mover", "mspace", "math",
}  # tags that the paper sets  # fmt: skip


@pytest.fixture(scope="module", params=LANGUAGES)
def context(request, deepseek):
    return Context(deepseek, language(request.param))


def keys(context):
    return [key for part in parts(context).values() for key in part]


def parts(context):
    """Title of a part of the section → keys of its entries with their words, found by the words they begin with."""
    language, found = context.language, {}
    for block in method.method(context):
        if isinstance(block, Heading):
            mine = found.setdefault(str(block.text), {})
        elif isinstance(block, Paragraph) and found:
            mine |= {key: str(block.text) for key in EVERY if str(block.text).startswith(start(language, key))}
    return found


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_test_has_its_name_and_its_null_in_each_language(code):
    words = language(code)
    assert [name for name in TESTS if not (words.has(f"test.{name}") and words.has(f"null.{name}"))] == []


def start(language, key):
    name = next(language.text(f"{t}.{key}") for t in ("test", "option", "method_name") if language.has(f"{t}.{key}"))
    return str(language.say("method.entry", name=name[:1].upper() + name[1:], text="\0")).split("\0")[0]


def test_every_model_test_and_counterfactual_of_the_package_has_an_entry():
    assert set(method.MODELS) == set(MODELS)
    assert set(method.TESTS) - {"correlation"} == set(TESTS) - set(FIRM)
    assert set(method.COUNTERFACTUALS) == set(COUNTERFACTUALS)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_entry_has_a_name_words_and_a_formula_of_its_own_or_one_before_it(code):
    words, same = catalogue_of(code), {"en": "The same", "zh-Hant": "同", "zh-Hans": "同"}[code]
    for key in EVERY:
        assert any(f"{table}.{key}" in words for table in ("test", "option", "method_name")), key
        assert method.has_formula(key) or same in words[f"method.{key}"], key


def test_every_formula_belongs_to_an_entry_and_is_of_parts_that_the_paper_sets():
    names = {path.name.removesuffix(".html") for path in FORMULAS.iterdir()}
    assert names <= set(EVERY)
    for name in names:
        text = FORMULAS.joinpath(f"{name}.html").read_text(encoding="utf-8")
        drawn = ET.fromstring(f"<all>{text}</all>")
        assert {node.tag for node in drawn.iter()} - {"all"} <= SET, name
        assert all(node.attrib == {"display": "block"} for node in drawn), name


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_work_that_is_cited_stands_in_the_references_and_the_other_way_round(code):
    said = [text for key, text in catalogue_of(code).items() if key.startswith("method.")]
    assert set(cited(said)) == set(works())
    for label, work in works().items():
        year = label[-4:]
        surnames = re.split(", | & ", label[:-5])
        assert f"({year})" in work and all(name in work for name in surnames), label


def test_years_after_the_same_names_are_works_of_their_own():
    assert cited(["(Romano & Wolf 2005, 2016; Fama & French 1993)", "(Corrado & Zivney 1992)（Corrado 1989）。"]) == [
        "Corrado 1989",
        "Corrado & Zivney 1992",
        "Fama & French 1993",
        "Romano & Wolf 2005",
        "Romano & Wolf 2016",
    ]
    assert references(["(Cowan 1992)"]) == [works()["Cowan 1992"]]


def test_what_the_study_used_is_there_each_once(deepseek, context):
    found = keys(context)
    assert len(found) == len(set(found))
    daily, curve = deepseek.table("abnormal_returns"), deepseek.table("curve")
    assert set(found) & set(method.MODELS) == set(daily["model"]) | set(curve["model"])
    ran = sum(len(table.rows) for table in tables(context, "tests") if not table.label)
    assert len(set(found) & (set(method.TESTS) - {"correlation"})) == ran
    assert set(found) & set(method.COUNTERFACTUALS) == set(deepseek.table("counterfactual")["model"]) - set(MODELS)
    assert {*FIRM, *REST, "correlation", *method.PLACEBOS} <= set(found)
    assert "calendar_time" not in found


def test_a_test_stands_under_what_it_is_here(context):
    found = [set(part) for part in parts(context).values()]
    held = next(part for part in found if "date_permutation_mean" in part)
    lost = next(part for part in found if "patell_z" in part)
    assert held.isdisjoint(lost)
    assert {"adjusted_patell_z", "kolari_pynnonen_t", "gls_t"} <= held
    assert {"sur_f", "grank_t", "bmp_t"} <= lost


def test_a_study_without_weights_donors_and_bars_says_nothing_of_them(template):
    found = set(keys(Context(template, language("en"))))
    assert "market_model" in found
    assert not found & {"star", "bars", "lead_lag", "receipts", "ff3", *method.COUNTERFACTUALS, *method.PLACEBOS}


def test_models_of_the_specification_curve_alone_are_marked(deepseek):
    models = next(iter(parts(Context(deepseek, language("en"))).values()))
    assert "Used in the specification curve only." in models["ff5"]
    n = len(deepseek.table("abnormal_returns").query("model == 'market_model'").drop_duplicates(["event", "security"]))
    assert f"Used for {n} pairs of event and security." in models["market_model"]


def test_a_table_that_holds_no_row_is_no_use(deepseek):
    bare = {name: deepseek.tables[name].iloc[:0] for name in ("counterfactual", "intraday", "lead_lag", "treated")}
    plain = replace(deepseek, tables={**deepseek.tables, **bare})
    assert not {"ridge", "bars", "lead_lag", "star"} & set(keys(Context(plain, language("en"))))


def test_paper_and_page_set_the_same_formulas(context):
    shown = blocks(context, "method", Formula)
    assert [block.key for block in shown] == [key for key in keys(context) if method.has_formula(key)]
    for block in shown:
        text = FORMULAS.joinpath(f"{block.key}.html").read_text(encoding="utf-8")
        assert formula(block.key) == text
        assert typst(block)["mathml"] == f"<formulas>{text}</formulas>"


def test_a_bracket_is_as_tall_as_what_it_holds():
    """A browser stretches brackets to the row that they stand in: a sum beside a pair stands outside the pair's row."""
    for path in FORMULAS.iterdir():
        for row in ET.fromstring(f"<f>{path.read_text(encoding='utf-8')}</f>").iter("mrow"):
            marks = [part.text for part in row if part.tag == "mo" and part.text in "()[]"]
            ends = "".join(part.text for part in (row[0], row[-1]) if part.tag == "mo" and part.text in "()[]")
            assert "".join(marks) == ends and ends in ("", "()", "[]"), path.name
