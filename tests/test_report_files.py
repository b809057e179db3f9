"""What stands beside the page: the summary for pasting and the description of every table."""

from __future__ import annotations

import csv
import io
import json
import re

import numpy as np
import pandas as pd
import pytest
from markupsafe import Markup, escape
from report_cases import HOSTILE

from eventwindow.errors import file_name
from eventwindow.report.blocks import Table, linked
from eventwindow.report.context import Context
from eventwindow.report.csv import FORMULA, csv_text
from eventwindow.report.language import LANGUAGES, SPACE, language, percent
from eventwindow.report.markdown import markdown, plain, table, words


def test_the_summary_holds_the_finding_and_the_surprising_verdicts(deepseek, written):
    text = (written / "report.md").read_text(encoding="utf-8")
    ar = deepseek.table("abnormal_returns").query("event == 'selloff' and security == 'NVDA' and tau == 0")
    claims = deepseek.table("claims")
    assert f"**{percent(ar['abnormal_return'].iloc[0])}**".replace("\u00a0", " ") in text
    assert all(
        f"| {i}: " in text.replace("\\", "") or f"{i}: " in text
        for i in claims.query("verdict == 'contradicted'")["id"]
    )
    assert "&nbsp;" not in text
    assert "<" not in re.sub(r"\\<", "", text)


def test_the_summary_tells_whether_it_was_the_market_and_why_so_late(deepseek, written):
    text = (written / "report.md").read_text(encoding="utf-8")
    places = [
        text.index(f"## {title}") for title in ("Was it the whole market?", "Why a week late?", "How sure can we be")
    ]
    assert places == sorted(places)
    before = deepseek.table("approach").query("event == 'selloff' and window_end == -1 and window_start == -4").iloc[0]
    assert f"moved by {percent(before['caar'])}".replace("\u00a0", " ") in text


def test_the_summary_is_written_in_every_language(written):
    summaries = [(written / file_name(code)).with_suffix(".md").read_text(encoding="utf-8") for code in LANGUAGES]
    assert [code for code, text in zip(LANGUAGES, summaries, strict=True) if ("下跌" in text) == (code == "en")] == []


def test_what_was_said_is_told_in_the_reader_s_language(deepseek, written):
    """On the page every claim, in the summary those that surprise; both languages, and no English in the other."""
    claims = [v.claim for v in deepseek.verdicts if v.claim.id.startswith("S") and v.claim.stated_text]
    surprising = [v.claim for v in deepseek.verdicts if v.word == "contradicted"]
    for code, said in (("en", "stated_text"), ("zh-Hant", "stated_text_zh")):
        name, as_written = file_name(code, ending="{}"), language(code).written
        places = (name.replace("report", "appendix").format("html"), name.format("md"))
        page, summary = ((written / place).read_text(encoding="utf-8") for place in places)
        assert [c.id for c in claims if f"</i> {escape(as_written(getattr(c, said), SPACE))}</span>" not in page] == []
        assert [c.id for c in surprising if f"| {as_written(getattr(c, said))} |" not in summary] == []
    assert "</i> hit hard</span>" not in (written / "report.zh-Hant.html").read_text(encoding="utf-8")
    table = pd.read_csv(written / "results" / "claims.csv", keep_default_na=False)
    chinese = pd.read_csv(written / "results" / "claims.zh-Hant.csv", keep_default_na=False)
    assert list(chinese["所述"]) == list(table["stated_text_zh"]) == [v.claim.stated_text_zh for v in deepseek.verdicts]


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_summary_says_what_the_pictures_of_the_story_find(written, drawings, code):
    summary = (written / file_name(code)).with_suffix(".md").read_text(encoding="utf-8")
    assert [
        n for n in ("permutation", "gains", "recovery") if f"**{plain(drawings[code][n].title)}**" not in summary
    ] == []


def test_rows_of_a_summary_table_have_as_many_cells_as_its_head(deepseek, drawings):
    lines = markdown(Context(deepseek, language("en")), drawings["en"]).splitlines()
    blocks = re.split(r"\n{2,}", "\n".join(lines))
    tables = [b.splitlines() for b in blocks if b.startswith("|")]
    assert len(tables) >= 4
    for rows in tables:
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1


def test_markup_in_a_study_stays_text_in_the_summary(hostile):
    text = markdown(Context(hostile, language("en")), {})
    assert "<script>" not in re.sub(r"\\<", "", text)
    assert plain(HOSTILE["script"]) in text


def test_a_cell_cannot_break_its_table():
    assert table(Table("", "l", ("a",), (("x | y\nz",),))).splitlines()[-1] == "| x \\| y z |"


def test_bold_survives_and_other_tags_do_not():
    assert words(Markup("a <strong>b</strong> <code>c_d</code>.")) == "a **b** c\\_d."


def test_a_link_survives_with_its_address_and_cannot_break_out_of_it():
    told = Markup("{} {}").format("a [b]", linked("appendix.html#x (y)|z", "Every *source*."))
    assert words(told) == r"a \[b\] [Every \*source\*.](appendix.html#x%20%28y%29%7Cz)"
    assert words(Markup('<a href="x">a</a> <a href="y">b</a>')) == "[a](x) [b](y)"


def test_the_package_describes_every_table_as_it_is_written(written):
    package = json.loads((written / "datapackage.json").read_text(encoding="utf-8"))
    described = {r["path"]: [f["name"] for f in r["schema"]["fields"]] for r in package["resources"]}
    assert set(described) == {p.relative_to(written).as_posix() for p in written.glob("*/*.csv")}
    assert len({r["name"] for r in package["resources"]}) == len(package["resources"])
    for path, names in described.items():
        assert list(pd.read_csv(written / path, nrows=0).columns) == names, path


def test_types_of_the_package_hold_for_the_cells(written):
    package = json.loads((written / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        cells = pd.read_csv(written / resource["path"], dtype=str, keep_default_na=False)
        for field in resource["schema"]["fields"]:
            held = cells.loc[cells[field["name"]] != "", field["name"]]
            pattern = {"integer": r"-?\d+", "date": r"\d{4}-\d\d-\d\d", "boolean": "True|False"}.get(field["type"])
            if field["type"] == "number":
                pd.to_numeric(held)
            elif pattern:
                assert held.str.fullmatch(pattern).all(), (resource["path"], field["name"])


def test_frictionless_reads_every_table_as_the_package_says(written):
    """The package's own tool, on all tables: columns, types, encoding."""
    frictionless = pytest.importorskip("frictionless", reason="needs the extra test")
    report = frictionless.validate(str(written / "datapackage.json"))
    assert report.stats["tasks"] == len(list(written.glob("*/*.csv")))
    assert report.flatten(["name", "rowNumber", "fieldNumber", "message"]) == []


def test_every_table_is_plain_utf_8_that_numpy_and_csv_read(written):
    tables = sorted(written.glob("*/*.csv"))
    assert {p.parent.name for p in tables} == {"figures", "results"}
    for path in tables:
        assert "\ufeff" not in path.read_bytes().decode(), path.name
        with path.open(encoding="utf-8", newline="") as text:
            named = csv.DictReader(text).fieldnames
        assert named == list(pd.read_csv(path, nrows=0).columns), path.name
    cars = np.genfromtxt(
        written / "results" / "abnormal_returns.csv", delimiter=",", names=True, dtype=None, encoding="utf-8"
    )
    assert np.isfinite(cars["abnormal_return"]).all()


FORMULAS = ['=HYPERLINK("https://x.example")', "@SUM(1)", "-1+cmd|' /C calc'!A0", "+cmd", "\t=1", "\n=1", "＝1+1"]
TEXTS = ["-17 %", "+8.93", "-0.02 to -0.01", "^GSPC", "−17 %", "-", "a = b", "", "輝達"]


@pytest.mark.parametrize("kind", [object, "string", "category"])
def test_a_text_is_no_formula_in_a_spreadsheet_and_a_number_stays_a_number(kind):
    table = pd.DataFrame({"text": pd.Series(FORMULAS + TEXTS, dtype=kind), "figure": -0.5})
    read = list(csv.DictReader(io.StringIO(csv_text(table), newline="")))
    assert [row["text"] for row in read] == [f"'{t}" for t in FORMULAS] + TEXTS
    assert {row["figure"] for row in read} == {"-0.5"}


def test_a_carriage_return_ends_no_row():
    text = csv_text(pd.DataFrame({"text": ["a\rb", "a\r\nb", "\r=1"]}))
    assert [row["text"] for row in csv.DictReader(io.StringIO(text, newline=""))] == ["a\nb", "a\nb", "'\n=1"]


def test_no_text_of_the_shipped_study_begins_like_a_formula(deepseek):
    for name, held in deepseek.tables.items():
        texts = {t for column in held for t in held[column].unique() if isinstance(t, str)}
        assert [t for t in texts if FORMULA.match(t)] == [], name


def test_the_pdf_is_written_beside_the_page_where_typst_is_installed(written):
    pytest.importorskip("typst", reason="needs the extra pdf")
    sizes = {path.name: path.stat().st_size for path in written.glob("*.pdf")}
    assert set(sizes) == {file_name(code, ending="pdf") for code in LANGUAGES}
    assert {name: size for name, size in sizes.items() if size <= 100_000} == {}
