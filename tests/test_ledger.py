"""The ledger: whole, free of typed verdicts, and every fault told with its line and remedy."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import eventwindow
from eventwindow.claims.measures import MEASURES
from eventwindow.claims.records import ledger_record
from eventwindow.claims.verdicts import judge, leaves
from eventwindow.errors import ClaimError, StudyError, catalogue, languages
from eventwindow.study.claimforms import claim_form
from eventwindow.study.definition import read_study
from eventwindow.study.ledger import read_claims

STUDY = Path(eventwindow.__file__).parent / "study" / "library" / "deepseek_2025"
ROWS = [f"S{s}-A{k}" for s, n in enumerate((17, 4, 4, 20, 13)) for k in range(1, n + 1)]
STATEMENTS = [f"B{k}" for k in range(1, 13)]
READINGS = [f"C{k}" for k in range(1, 15)]


@pytest.fixture(scope="module")
def ledger():
    from eventwindow.study.definition import read_study

    study = read_study(STUDY)
    return read_claims(STUDY / "claims.toml", study.securities, study.baskets, events={e.id for e in study.file.events})


def test_every_row_is_in_the_ledger(ledger):
    """As one claim, or as several whose names go on after the row's."""
    rows = {re.match(r"S\d-A\d+|B\d+", c.id)[0] for c in ledger.claims}
    assert [row for row in ROWS + STATEMENTS if row not in rows] == []


def test_every_reading_is_in_the_ledger(ledger):
    """C10 bundles three: that controls failed, that they spurred the maker, that they bought time."""
    assert list(dict.fromkeys(r.key.partition("-")[0] for r in ledger.readings)) == READINGS
    assert [r.key for r in ledger.readings if not r.panels] == ["C10-spurred", "C10-time", "C14"]


def test_the_rows_are_those_of_the_founders_list(shared):
    """Our own addition: S4-A13, the loss of more than 500bn."""
    text = (shared / "claims.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (S\d-A\d+|[BC]\d+) \|", text, flags=re.M)
    assert set(ROWS + STATEMENTS + READINGS) - set(listed) == {"S4-A13"}
    assert set(listed) <= set(ROWS + STATEMENTS + READINGS)


def test_no_verdict_is_typed_in():
    for name in ("claims.toml", "readings.toml"):
        text = (STUDY / name).read_text(encoding="utf-8")
        assert not re.search(r"^\s*(verdict|measured|word)\s*=", text, flags=re.M)


def test_no_sentence_of_an_article_stands_in_the_ledger(shared):
    """Of no text, in either language, are eight words or Chinese characters in a row an article's."""
    known = {run for p in (shared / "articles").glob("*.txt") for run in runs_of_eight(p.read_text(encoding="utf-8"))}
    assert known
    for name in ("claims.toml", "readings.toml"):
        told = list(texts_of(tomllib.loads((STUDY / name).read_text(encoding="utf-8"))))
        assert len(told) > 50
        assert [text for text in told if known & set(runs_of_eight(text))] == []


def runs_of_eight(text):
    """Eight in a row of: a Latin word, a number, a Chinese character; punctuation and spaces do not count."""
    words = re.findall(r"[a-z]+|\d[\d.,]*|[\u4e00-\u9fff]", text.lower())
    return [tuple(words[k : k + 8]) for k in range(len(words) - 7)]


def texts_of(value):
    """Every text of a TOML file, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts_of(inner)


def test_what_was_said_is_told_in_chinese_too(ledger):
    """A figure with a Latin word in it is the other language's: H100 is a name."""
    for claim in ledger.claims:
        assert bool(claim.stated_text) == bool(claim.stated_text_zh)
        assert not re.search(r"[a-z]{2,}", claim.stated_text_zh), claim.id


def test_every_claim_is_told_in_both_languages_and_measured_or_excused(ledger):
    for claim in ledger.claims:
        assert claim.text_zh != claim.text_en
        for leaf in leaves(claim):
            assert (leaf.measure is not None) != bool(leaf.not_testable_en)


def test_row_a_is_measured_and_row_b_is_not(ledger):
    for claim in ledger.claims:
        kinds = {leaf.measure_name for leaf in leaves(claim)} - {"", "reported"}
        assert bool(kinds) == claim.id.startswith("S")


def test_no_reason_is_that_something_is_not_built(ledger):
    assert not [c.id for c in ledger.claims for leaf in leaves(c) if "not built" in leaf.not_testable_en]


def test_the_verdicts_that_anyone_can_check(deepseek):
    """Closes of 142.62, 118.42 and 128.99; 24.49bn shares: −16.97 %, −592.7bn, + 8.93 %."""
    words = {v.claim.id: v.word for v in deepseek.verdicts}
    assert {words[k] for k in ("S0-A1", "S0-A2", "S0-A4-return", "S0-A4-level", "S0-A7", "S4-A3")} == {"confirmed"}
    assert words["S3-A6-value"] == "confirmed_with_context"  # 600 has open zeros: the exact figure is 592.7
    assert words["S4-A6"] == "confirmed_with_context"  # other companies' counts are quarterly averages without a page
    assert words["S0-A15-MU"] == "contradicted"
    by_source = {v.claim.id for v in deepseek.verdicts if any(p.measure_name == "reported" for p in leaves(v.claim))}
    assert all(words[c] in {"not_testable", "not_rated"} for c in words if c.startswith("B") and c not in by_source)
    told = {c: words[c] for c in by_source}
    assert (told["B3-S3-parent"], told["B3-S0"]) == ("contradicted", "contradicted")
    assert {told["B1"], told["B2-S3-base"]} == {"confirmed_with_context"}
    assert told["S3-A13"] == "mixed"  # said last week, and of another sum


def test_every_verdict_has_rule_and_reasons_in_both_languages(deepseek):
    for verdict in deepseek.verdicts:
        assert all(catalogue(code).reason(r) for r in (verdict.rule, verdict.reason) for code in languages())


def test_the_figures_that_ship_hold_a_figure_for_every_measure(deepseek):
    """Of claims, readings and disagreements; what stays open does so for lack of power, not of data."""
    panels = [v for item in (*deepseek.readings, *deepseek.disagreements) for v in item.panels]
    parts = [part for v in (*deepseek.verdicts, *panels) for part in (v.parts or (v,))]
    assert [p.claim.id for p in parts if p.claim.measure is not None and p.measured.value is None] == []


def test_stated_effects_tell_in_how_many_specifications_they_are_found(deepseek):
    verdict = next(v for v in deepseek.verdicts if v.claim.id == "S0-A6")
    assert verdict.parts[1].specifications.number > 100
    assert "specifications" in str(verdict.parts[1].reason)


def test_all_that_was_judged_is_plain_data(deepseek):
    plain = json.dumps(
        ledger_record(deepseek.verdicts, deepseek.readings, deepseek.disagreements), allow_nan=False, ensure_ascii=False
    )
    told = json.loads(plain)
    assert [len(told[k]) for k in ("claims", "readings", "disagreements")] == [
        len(deepseek.verdicts), len(READINGS) + 2, len(deepseek.disagreements),
    ]  # fmt: skip


def test_another_close_turns_the_verdicts_that_rest_on_it(deepseek):
    """Had Nvidia closed at 120 on 27 January, it had lost 15.9 % and 554bn, and the next day's gain were 7.5 %."""
    evidence, day = deepseek.evidence, pd.Timestamp("2025-01-27")
    frame = evidence.prices["NVDA"].copy()
    frame.loc[day, ["close", "adj_close"]] = 120.0
    moved = evidence.returns["NVDA"].copy()
    moved.loc[day], moved.loc[day + pd.Timedelta(days=1)] = 120 / 142.62 - 1, 128.99 / 120 - 1
    changed = replace(evidence, prices={**evidence.prices, "NVDA": frame}, returns={**evidence.returns, "NVDA": moved})
    ids = ("S0-A1", "S0-A2", "S0-A4-return", "S0-A7", "S4-A3")
    claims = [v.claim for v in deepseek.verdicts if v.claim.id in ids]
    assert {v.word for v in judge(claims, evidence)} == {"confirmed"}
    assert {v.word for v in judge(claims, changed)} == {"contradicted"}


ARTICLE = '[[articles]]\nkey = "A1"\ntitle_en = "An article"\n'
CLAIM = """
[[claims]]
id = "A1-1"
article = "A1"
security = "NVDA"
text_en = "It fell."
stated = -0.17
precision = 0.01
measure = "return"
date = 2025-01-27
"""
PART = '\n[[claims.parts]]\ntext_en = "a part"\nmeasure = "return"\ndate = 2025-01-27\nhedge = "direction"\ndirection = "up"\n'


def refused(tmp_path: Path, text: str, name: str = "claims.toml") -> ClaimError:
    (tmp_path / "claims.toml").write_text(ARTICLE + CLAIM, encoding="utf-8")
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ClaimError) as caught:
        read_claims(tmp_path / "claims.toml", {"NVDA", "SPY"}, {"both"}, events={"fall"})
    assert caught.value.remedy
    return caught.value


FAULTS = {
    "duplicate id": (CLAIM, CLAIM * 2, "stands twice, first at line 6", 16),
    "ids that are one file on Windows": (
        CLAIM,
        CLAIM + CLAIM.replace('"A1-1"', '"a1-1"'),
        "'a1-1' differs from 'A1-1' at line 6 in capitals alone",
        16,
    ),
    "an id that is no file on Windows": ('"A1-1"', '"con"', "'con' names no file on Windows", 6),
    "no security of the study": ('"NVDA"', '"INTC"', "'INTC' is no security of this study", 8),
    "unknown measure": ('measure = "return"', 'measure = "retrun"', "unknown measure 'retrun'", 12),
    "unknown key of a measure": ("date =", "dat =", "unknown key 'dat'", 13),
    "missing key of a measure": ("date = 2025-01-27\n", "", "the key 'date' is missing", 5),
    "date that is none": ("2025-01-27", '"soon"', "found 'soon'", 13),
    "bad hedge": ("precision", 'hedge = "almost"\nprecision', "unknown hedge 'almost'", 11),
    "hedge that the measure cannot serve": (
        "stated",
        'hedge = "effect"\nstated',
        "measure 'return' tests no effect",
        10,
    ),
    "unknown strength": (
        "stated = -0.17\nprecision = 0.01",
        'strength = "hard"',
        "unknown strength 'hard'",
        10,
    ),
    "strength and figure": ("precision", 'strength = "sharply"\nprecision', "a hedge of its own", 11),
    "strength of what is no move of a day": (
        'stated = -0.17\nprecision = 0.01\nmeasure = "return"',
        'strength = "historic"\nmeasure = "return"',
        "'historic' is said of a rank",
        11,
    ),
    "no stated figure": ("stated = -0.17\n", "", "needs the stated figure", 5),
    "no direction": ("stated = -0.17", 'hedge = "direction"', "needs a direction", 5),
    "range of one": ("stated", 'hedge = "range"\nstated', "a range has two figures", 11),
    "figure that is text": ("-0.17", '"-17 %"', "no number (found '-17 %')", 10),
    "unknown article": ('article = "A1"', 'article = "A9"', "there is no article 'A9'", 7),
    "no id": ('id = "A1-1"\n', "", "the key 'id' is missing", 5),
    "no text": ('text_en = "It fell."\n', "", "the key 'text_en' is missing", 5),
    "Chinese alone": ("stated", 'stated_text_zh = "一成七"\nstated', "stated_text_zh stands without stated_text", 10),
    "verdict typed in": ("stated", 'verdict = "confirmed"\nstated', "never typed in", 10),
    "neither measured nor excused": ('measure = "return"\ndate = 2025-01-27', "", "one of measure", 5),
    "measured and excused": ("stated", 'not_testable_en = "no"\nstated', "one of measure", 5),
    "unknown event": (
        'measure = "return"\ndate = 2025-01-27',
        'measure = "effect"\nwindow = [0, 0]\nevent = "rise"\nhedge = "effect"\ndirection = "up"',
        "there is no event 'rise'",
        14,
    ),
    "per cent for a decimal": (
        "stated = -0.17",
        'stated_text = "17 %"\nstated = -17',
        "not the '17 %' of stated_text",
        11,
    ),
    "per cent in Chinese": (
        "stated = -0.17",
        'stated_text = "重挫 17％"\nstated = -1.7',
        "not the '17％' of stated_text",
        11,
    ),
    "more than everything lost": ("stated = -0.17", "stated = -17", "a return of -1700 %, and the text names none", 10),
    "a rise that nobody named": ("stated = -0.17", "stated = 17", "a return of +1700 %, and the text names none", 10),
    "a step of one hundred points": ("precision = 0.01", "precision = 1", "1 is a step of 100 %", 11),
    "billions for dollars": (
        'stated = -0.17\nprecision = 0.01\nmeasure = "return"',
        'stated_text = "593bn dollars"\nstated = -593\nprecision = 1\nmeasure = "value_change"',
        "-593 is not the '593bn dollars' of stated_text",
        11,
    ),
    "unknown member": (
        'measure = "return"\ndate = 2025-01-27',
        'measure = "breadth"\nmembers = ["none"]\nside = "up"\ndate = 2025-01-27',
        "'none' is neither security nor basket",
        13,
    ),
}


def test_what_an_article_could_know_ends_on_a_day(tmp_path):
    error = refused(tmp_path, ARTICLE + 'known_until = "soon"\n' + CLAIM)
    assert "known_until: no date (found 'soon')" in str(error)
    assert "claims.toml, line 4" in error.where


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_with_its_line_and_remedy(tmp_path, fault):
    old, new, told, line = FAULTS[fault]
    error = refused(tmp_path, ARTICLE + CLAIM.replace(old, new, 1))
    assert told in str(error)
    assert f"claims.toml, line {line}" in error.where


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("stated = -0.17", 'stated_text = "17 %, or 589bn dollars"\nstated = -0.17'),
        ("stated = -0.17", 'stated_text = "150 % in a day"\nstated = -1.5'),
        ('-0.17\nprecision = 0.01\nmeasure = "return"', '128.99\nprecision = 0.01\nmeasure = "price_level"'),
        ('-0.17\nprecision = 0.01\nmeasure = "return"', '10\nhedge = "among"\nmeasure = "loss_rank"'),
        ('-0.17\nprecision = 0.01\nmeasure = "return"', '-593e9\nprecision = 1e9\nmeasure = "value_change"'),
        (
            'stated = -0.17\nprecision = 0.01\nmeasure = "return"',
            'stated_text = "五千九百三十億，即 5,930 億美元"\nstated = -593e9\nprecision = 1e9\nmeasure = "value_change"',
        ),
    ],
)
def test_figures_in_points_dollars_and_ranks_are_read_as_they_stand(tmp_path, old, new):
    (tmp_path / "claims.toml").write_text(ARTICLE + CLAIM.replace(old, new, 1), encoding="utf-8")
    assert read_claims(tmp_path / "claims.toml", {"NVDA"}, set()).claims[0].measure is not None


def test_a_part_is_held_to_how_the_whole_was_said(tmp_path):
    whole = CLAIM[: CLAIM.index("stated")].replace("text_en", 'stated_text = "17 %"\ntext_en')
    part = PART.replace('hedge = "direction"\ndirection = "up"', "stated = 17\nprecision = 0.01")
    assert "17 is not the '17 %' of stated_text" in str(refused(tmp_path, ARTICLE + whole + part))


def test_a_misspelled_key_is_answered_with_the_nearest(tmp_path):
    error = refused(tmp_path, ARTICLE + CLAIM.replace("security", "securty"))
    assert "Did you mean 'security'?" in error.remedy


def test_a_fault_in_a_part_names_the_line_of_the_part(tmp_path):
    whole = CLAIM[: CLAIM.index("stated")]
    error = refused(tmp_path, ARTICLE + whole + PART + PART.replace('"up"', '"sideways"'))
    assert error.where.startswith("claims.toml, line 23, claims[1].parts[2].direction")


SEVERAL_LINES = '''note_en = """
[[claims]]
stated = 9
# no comment, "no end
"""
note_zh = """x""" # [[claims]]
members = [
  "NVDA", # one
  "NONE",
]
'''


def test_texts_and_lists_of_several_lines_shift_no_line(tmp_path):
    """What looks like a header or a key inside a text is none; the entry of a list has a line of its own."""
    old, breadth = 'measure = "return"', 'side = "up"\nhedge = "most"\nmeasure = "breadth"'
    text = (ARTICLE + CLAIM).replace("stated = -0.17\n", SEVERAL_LINES).replace(old, breadth)
    assert "line 16, claims[1].members: 'NONE' is neither" in str(refused(tmp_path, text))
    said = text.replace("NONE", "SPY").replace('side = "up"', 'side = "sideways"')
    line = said.splitlines().index('side = "sideways"') + 1
    assert f"line {line}, claims[1].side: unknown side 'sideways'" in str(refused(tmp_path, said))


def test_a_fault_in_an_inline_table_names_its_line(tmp_path):
    head = CLAIM[: CLAIM.index("stated")]
    parts = """parts = [
  {text_en = "one", measure = "return", date = 2025-01-27, hedge = "direction", direction = "up"},
  {text_en = "two", measure = "return", date = 2025-01-27, hedge = "direction", "direction" = "sideways"},
]
"""
    error = refused(tmp_path, ARTICLE + head + parts)
    assert error.where == "claims.toml, line 12, claims[1].parts[2].direction"


WRONG = [
    "[[[1]]]", "[[]]", "{}", "{a = {b = 1}}", "[{}]", "true", "1979-05-27T07:32:00Z", "07:32:00", "0001-01-01", "9999-12-31", "inf",
    "nan", "-1e400", "0x" + "f" * 5000, "9" * 5000, '""', "[1, 2, 3]", "[5, 1]", "[0, 0x" + "f" * 40 + "]", "-0", '"\\u0000"', "12345",
]  # fmt: skip
KEYS = sorted(claim_form().model_fields | {k: None for name in MEASURES for k in claim_form(name).model_fields})


@settings(max_examples=400, deadline=None)
@given(
    measure=st.sampled_from(sorted(MEASURES)),
    keys=st.dictionaries(st.sampled_from(KEYS), st.sampled_from(WRONG), min_size=1, max_size=4),
)
def test_whatever_stands_at_a_key_is_read_or_told(tmp_path_factory, measure, keys):
    """Lists, tables, giant numbers and odd dates where another thing is expected: a fault of ours, with its place."""
    path = tmp_path_factory.mktemp("fuzz") / "claims.toml"
    given_keys = {"id": '"a"', "article": '"A1"', "text_en": '"It fell."', "measure": f'"{measure}"'} | keys
    path.write_text(ARTICLE + "[[claims]]\n" + "".join(f"{k} = {v}\n" for k, v in given_keys.items()), encoding="utf-8")
    try:
        read_claims(path, {"NVDA"}, {"both"}, events={"fall"})
    except StudyError as error:
        assert error.where.startswith("claims.toml")
        assert error.remedy
        assert len(str(error)) < 1000


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.parametrize("table", ["articles", "claims", "readings", "disagreements", "study", "securities", "windows"])
def test_whatever_stands_for_a_table_is_read_or_told(tmp_path, table, value):
    (tmp_path / "claims.toml").write_text(ARTICLE + CLAIM, encoding="utf-8")
    name = "readings.toml" if table in {"readings", "disagreements"} else "claims.toml"
    (tmp_path / name).write_text(f"{table} = {value}\n", encoding="utf-8")
    (tmp_path / "study.toml").write_text(f"{table} = {value}\n", encoding="utf-8")
    for read in (lambda: read_claims(tmp_path / "claims.toml", {"NVDA"}, set()), lambda: read_study(tmp_path)):
        try:
            read()
        except StudyError as error:
            assert error.remedy


def test_what_was_said_in_english_only_stands_in_both_languages(tmp_path):
    (tmp_path / "claims.toml").write_text(
        ARTICLE + CLAIM.replace("stated", 'stated_text = "a sixth"\nstated', 1), encoding="utf-8"
    )
    claim = read_claims(tmp_path / "claims.toml", {"NVDA"}, set()).claims[0]
    assert (claim.stated_text, claim.stated_text_zh) == ("a sixth", "a sixth")


def test_parts_of_context_alone_decide_nothing(tmp_path):
    whole = CLAIM[: CLAIM.index("stated")]
    assert "no part decides" in str(refused(tmp_path, ARTICLE + whole + PART + "decides = false\n"))


def test_unknown_tables_are_told(tmp_path):
    assert "unknown key 'claim'" in str(refused(tmp_path, ARTICLE + CLAIM.replace("[[claims]]", "[[claim]]")))
    assert "no list (found 'none')" in str(refused(tmp_path, 'claims = "none"'))


def test_readings_are_checked_as_claims_are(tmp_path):
    text = '[[disagreements]]\nkey = "d"\ntitle_en = "t"\ntitle_zh = "t"\nsaid_en = "s"\nsaid_zh = "s"\nclaims = ["A1-9"]\n'
    error = refused(tmp_path, text, "readings.toml")
    assert "there is no claim 'A1-9'" in str(error)
    assert "readings.toml, line 7" in error.where


def test_a_reading_that_bears_on_no_section_of_the_report_is_refused(tmp_path):
    texts = ("key", "text_en", "text_zh", "predicts_en", "predicts_zh", "rival_en", "rival_zh", "limit_en", "limit_zh")
    keys = "".join(f'{key} = "x"\n' for key in texts)
    error = refused(tmp_path, f'[[readings]]\n{keys}articles = []\nsection = "lte"\n', "readings.toml")
    assert "the report has no section 'lte' for readings" in str(error)
    assert "It has market and late" in str(error)


def test_readings_without_the_claims_that_they_lean_on_are_told(tmp_path):
    (tmp_path / "readings.toml").write_text("", encoding="utf-8")
    with pytest.raises(StudyError, match=r"there is no claims\.toml beside it") as refusal:
        read_claims(tmp_path / "claims.toml", {"NVDA"}, set())
    assert refusal.value.where == "readings.toml" and refusal.value.remedy


def test_claims_of_another_file_leave_the_readings_of_the_study_aside(tmp_path):
    (tmp_path / "readings.toml").write_text('[[disagreements]]\nkey = "d"\n', encoding="utf-8")
    (tmp_path / "other.toml").write_text(ARTICLE + CLAIM, encoding="utf-8")
    ledger = read_claims(tmp_path / "other.toml", {"NVDA"}, set())
    assert (len(ledger.claims), ledger.disagreements) == (1, ())


def test_parts_take_article_and_security_from_their_claim(tmp_path):
    path = tmp_path / "claims.toml"
    path.write_text(ARTICLE + CLAIM[: CLAIM.index("stated")].replace("fell", "moved") + PART, encoding="utf-8")
    claim = read_claims(path, {"NVDA"}, set()).claims[0]
    assert (claim.parts[0].id, claim.parts[0].article, claim.parts[0].security) == ("A1-1.1", "A1", "NVDA")


def test_a_study_without_claims_has_an_empty_ledger(tmp_path):
    assert read_claims(tmp_path / "claims.toml", set(), set()).claims == ()


# --- the page of measures -------------------------------------------------------------------------------------------

PAGE = Path(__file__).parents[1] / "docs" / "measures.md"


def test_the_page_documents_every_measure_with_an_example_that_is_read(tmp_path):
    sections = re.findall(r"^### `(\w+)`\n(.*?)(?=^##|\Z)", PAGE.read_text(encoding="utf-8"), flags=re.M | re.S)
    examples = {name: re.search(r"```toml\n(.*?)```", section, flags=re.S) for name, section in sections}
    assert [name for name in MEASURES if examples.get(name) is None] == []
    securities, baskets = names()
    for name in MEASURES:
        path = tmp_path / f"{name}.toml"
        path.write_text('[[articles]]\nkey = "S0"\ntitle_en = "t"\n\n' + examples[name][1], encoding="utf-8")
        claim = read_claims(path, securities, baskets, events={"selloff", "v3", "release"}).claims[0]
        assert claim.measure_name == name


def names() -> tuple[set[str], set[str]]:
    from eventwindow.study.definition import read_study

    study = read_study(STUDY)
    return set(study.securities), set(study.baskets)


def test_the_page_explains_every_word_hedge_and_threshold():
    from typing import get_args

    from eventwindow.claims.model import WORDS, Hedge
    from eventwindow.claims.rounding import HEDGES
    from eventwindow.claims.rules import MATERIAL_OF, RULES_DATE, RULES_VERSION
    from eventwindow.claims.strength import STRENGTHS

    page = PAGE.with_name("verdicts.md").read_text(encoding="utf-8")
    assert [h for h in (*get_args(Hedge), *WORDS, *STRENGTHS, *MATERIAL_OF) if f"`{h}`" not in page] == []
    assert f"Rules of version {RULES_VERSION}, {RULES_DATE.day} {RULES_DATE:%B %Y}." in page
    hedges = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \|$", page, re.M))
    assert set(HEDGES) <= set(hedges)
    for word, asks in STRENGTHS.items():
        assert f"{asks.deviations or asks.rank:g}" in hedges[word]


def test_the_page_gives_each_hedge_the_words_of_the_one_table():
    from eventwindow.claims.rounding import hedge_table

    page = PAGE.with_name("verdicts.md").read_text(encoding="utf-8")
    said = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \| [^|]+ \|$", page, re.M))
    for hedge, row in hedge_table().items():
        sides = [row[side] for side in ("before", "after") if side in row]
        known = re.compile("|".join(word for side in sides for words in side.values() for word in words))
        assert not sides or [w for w in said[hedge].split(", ") if not known.fullmatch(w)] == []
