"""Signs that some form takes for markup, in every text field of a study: inert in each output, and printed as written.

A text is known by its key (Qname_en…); whatever follows the key in an output is what was written, blanks aside.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from importlib.resources import as_file, files
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import test_report_paper as paper
from markdown_it import MarkdownIt
from report_cases import Page, toml_text
from test_cases import CASES

import eventwindow as ew
from eventwindow.errors import file_name
from eventwindow.report.cards import write_cards
from eventwindow.report.context import Context
from eventwindow.report.language import language
from eventwindow.report.typst import _laid, pdf_bytes

SIGNS = r"""$x$ _y_ *z* ^2^ `k` |l| [m](n) <blink>o</blink> &amp; \p #q @r =s +t -u "v" 'w' {{x}} {y} %z ~~A~~ //B <!--C-->"""
NUMBERS = re.compile(r"[+-]?[\d.,]+(e[+-]\d+)?( ?%)?( to [+-]?[\d.,]+( ?%)?)?|-inf")  # a figure, or a span of two
SYMBOL = r"""=A$_*^`|[m](n)<xmp>&amp;#@+-"{y}"""
FIELDS = {
    "study": ("title", "title_zh"),
    "securities": ("name_en", "name_zh", "group"),
    "groups": ("title_en", "title_zh"),
    "baskets": ("title_en", "title_zh"),
    "events": ("title_en", "title_zh"),
    "news": ("what_en", "what_zh"),
    "source": ("publisher", "title"),
    "articles": ("title_en", "title_zh", "what_en", "what_zh", "dated", "outlet", "note_en", "note_zh"),
    "claims": ("text_en", "text_zh", "stated_text", "stated_text_zh", "quoted_en", "quoted_zh", "note_en", "note_zh"),
    "untested": ("text_en", "text_zh", "not_testable_en", "not_testable_zh"),
    "unrated": ("text_en", "text_zh", "not_rated_en", "not_rated_zh"),
    "unfinished": ("text_en", "place", "unfinished"),
}
UNSHOWN = {"Qsecuritiesgroup", "Qunfinishedplace"}  # a key, and where a draft was read: no page tells them
UNSHOWN |= {
    f"Qarticles{name}" for name in ("whaten", "whatzh", "noteen", "notezh")
}  # with the articles' readings alone
WRITTEN = {f"Q{table}{name}".replace("_", ""): (table, name) for table, names in FIELDS.items() for name in names}
TEXTS = {key: f"{key}: {SIGNS}" for key in WRITTEN}


def keys(table: str, *names: str) -> str:
    found = [(name, TEXTS[key]) for key, (of, name) in WRITTEN.items() if of == table and (not names or name in names)]
    return "\n".join(f"{name} = {toml_text(text)}" for name, text in found)


def written_study(folder: Path) -> Path:
    """The small study of the cases under hostile names, with a claim of each kind."""
    study = shutil.copytree(CASES / "_base", folder / "study")
    prices = pd.read_csv(study / "prices.csv").replace({"symbol": {"A": SYMBOL}})
    prices.to_csv(study / "prices.csv", index=False)
    of = toml_text(SYMBOL)
    source = ", ".join(keys("source").splitlines())
    address = "https://example.org/?a=1&b=<i>$x$_y_*z*\"'`|"
    group = toml_text(TEXTS["Qsecuritiesgroup"])
    (study / "study.toml").write_text(
        f"""[study]
name = "small"
benchmark = "SPY"
minimum_returns = 50
{keys("study")}
[windows]
estimation = [-80, -6]
event = [-5, 5]
report = [[0, 0], [0, 1]]
[[securities]]
symbol = {of}
{keys("securities")}
[[securities]]
symbol = "B"
group = {group}
[[groups]]
name = {group}
{keys("groups")}
[[baskets]]
name = "both"
members = [{of}, "B"]
{keys("baskets")}
[[events]]
id = "e"
date = 2024-05-23
{keys("events")}
[[news]]
date = 2024-05-22
{keys("news")}
source = {{ {source}, address = {toml_text(address)} }}
""",
        encoding="utf-8",
    )
    head = '[[claims]]\narticle = "X"\nid = '
    (study / "claims.toml").write_text(
        f"""[[articles]]
key = "X"
{keys("articles")}
{head}"X-1"
{keys("claims")}
security = {of}
measure = "return"
date = 2024-05-23
stated = 0.01
precision = 0.01
{head}"X-2"
{keys("untested")}
{head}"X-3"
{keys("unrated")}
{head}"X-4"
{keys("unfinished")}
""",
        encoding="utf-8",
    )
    return study


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    study = written_study(tmp_path_factory.mktemp("markup"))
    return ew.run_study(study, prices=study / "prices.csv")


@pytest.fixture(scope="module")
def out(result, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("markup-out") / "out"
    ew.write_result(result, folder, ["en", "zh-Hant"], extras=["excel"])
    return folder


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


SHOWN = {key: bare(text) for key, text in TEXTS.items()}


def as_written(text: str) -> set[str]:
    """The keys that stand in an output; behind each stands its text."""
    text = bare(text)
    found = set()
    for key, whole in SHOWN.items():
        for place in re.finditer(re.escape(key) + ":", text):
            said = text[place.start() : place.start() + len(whole)]
            cut = said.find("…")
            assert said == whole or (cut > 0 and whole.startswith(said[:cut])), (key, said)
            found.add(key)
    return found


def test_pages_say_what_was_written_and_hold_no_tag_of_it(out):
    found = set()
    for path in out.rglob("*.html"):
        page = Page(path.read_text(encoding="utf-8"))
        assert not {"blink", "xmp"} & {tag for tag, _ in page.tags}, path.name
        assert not [name for _, held in page.tags for name in held if name.startswith("on")], path.name
        attributes = [value for _, held in page.tags for value in held.values()]
        found |= as_written(" ".join(page.text)) | as_written("\n".join(attributes))
        for review in page.inside.get("script", []):
            if review.lstrip().startswith("{"):
                found |= as_written("\n".join(strings(json.loads(review))))
    assert set(TEXTS) - found <= UNSHOWN


def strings(held: object) -> list[str]:
    """All texts of what a JSON holds."""
    if isinstance(held, dict | list):
        return [text for one in (held.values() if isinstance(held, dict) else held) for text in strings(one)]
    return [held] if isinstance(held, str) else []


def test_figures_say_what_was_written(out):
    found = set()
    for path in out.rglob("*.svg"):
        drawn = ElementTree.fromstring(path.read_text(encoding="utf-8"))
        assert {tag.tag.rpartition("}")[2] for tag in drawn.iter()}.isdisjoint({"script", "blink", "a", "image"})
        said = " ".join("".join(text.itertext()) for text in drawn.iter() if text.tag.endswith("}text"))
        found |= as_written(said)
    assert "Qsecuritiesnameen" in found


def told(tokens, found: list[str]) -> list[str]:
    for token in tokens:
        assert token.type not in ("html_block", "html_inline", "em_open", "s_open", "image"), token.content
        if token.type == "link_open":  # the report's own, to its pages
            assert re.fullmatch(r"(claims/[\w-]+|appendix)(\.zh-Han[st])?\.html(#[\w-]+)?", token.attrs["href"])
        if token.type in ("text", "code_inline", "code_block"):
            found.append(token.content)
        elif token.type in ("softbreak", "td_close", "th_close", "paragraph_close", "heading_close"):
            found.append(" ")
        told(token.children or (), found)
    return found


@pytest.mark.parametrize("code", ["en", "zh-Hant"])
def test_markdown_says_what_was_written(out, code):
    text = (out / file_name(code, ending="md")).read_text(encoding="utf-8")
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    found = as_written("".join(told(reader.parse(text), [])))
    assert {"en": "Qstudytitle", "zh-Hant": "Qstudytitlezh"}[code] in found and len(found) > 5


def printed(pages: list[str]) -> set[str]:
    """The keys that stand on pages of paper; behind each stands its text."""
    found = {key for key in TEXTS if any(re.search(f"{key}:", page) for page in pages)}
    for key in found:
        assert paper.stands(paper.bare(TEXTS[key]), pages), key
    return found


@pytest.mark.parametrize("code", ["en", "zh-Hant"])
def test_paper_says_what_was_written(result, tmp_path, code):
    (tmp_path / "paper.pdf").write_bytes(pdf_bytes(Context(result, language(code)), {}))
    found = printed(paper.leaves(paper.read(tmp_path / "paper.pdf")))
    assert {"en": "Qstudytitle", "zh-Hant": "Qstudytitlezh"}[code] in found and len(found) > 5


@pytest.mark.parametrize("code", ["en", "zh-Hant"])
def test_cards_say_what_was_written(result, tmp_path, monkeypatch, code):
    """What typst draws as a picture, set as a PDF instead, whose letters can be read."""
    typst = pytest.importorskip("typst", reason="needs the extra pdf")

    def on_paper(template, data, language):
        source = _laid(tmp_path, template, data, language)
        with as_file(files("eventwindow.report") / "fonts") as fonts:
            typst.compile(source, tmp_path / "cards.pdf", root=tmp_path, font_paths=[fonts])
        return [b""] * len(data["cards"])

    monkeypatch.setattr("eventwindow.report.cards.page_pictures", on_paper)
    write_cards(Context(result, language(code)), tmp_path / "out")
    pages = [paper.bare(page) for page in said_by(tmp_path / "cards.pdf").split("\f")]
    assert len(pages) > 3
    assert {"en": "Qclaimstexten", "zh-Hant": "Qclaimstextzh"}[code] in printed(pages)


def said_by(path: Path) -> str:
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("needs pdftotext")
    return subprocess.run([reader, "-raw", str(path), "-"], capture_output=True, check=True).stdout.decode("utf-8")


def test_csv_says_what_was_written_and_no_cell_is_a_formula(out):
    found = set()
    for path in out.rglob("*.csv"):
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8"))):
            for cell in row:
                assert not re.match(r"[=+@\t\r-]", cell) or NUMBERS.fullmatch(cell), (path.name, cell)
                found |= as_written(cell)
                if "A$_*" in cell:
                    assert SYMBOL in cell and not cell.startswith("="), cell
    assert {"Qclaimstexten", "Qclaimsstatedtext", "Quntestednottestableen"} <= found


def test_the_workbook_says_what_was_written_and_no_cell_is_a_formula(out):
    openpyxl = pytest.importorskip("openpyxl")
    found = set()
    for path in out.rglob("*.xlsx"):
        for sheet in openpyxl.load_workbook(path):
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f" and cell.hyperlink is None
                    found |= as_written(str(cell.value))
    assert "Qclaimstexten" in found


def test_records_and_the_scorecard_say_what_was_written(out):
    found = set()
    for path in [*out.rglob("*.json"), *out.rglob("*.txt")]:
        text = path.read_text(encoding="utf-8")
        found |= as_written("\n".join(strings(json.loads(text))) if path.suffix == ".json" else text)
    assert {"Qclaimstexten", "Qclaimsstatedtext", "Qstudytitle"} <= found


def test_a_table_for_latex_says_what_was_written():
    latex = pytest.importorskip("pylatexenc.latex2text")
    rng = np.random.default_rng(3)
    days = pd.bdate_range("2023-06-01", periods=320)
    returns = pd.DataFrame(rng.normal(0, 0.01, (320, 2)), days, [SYMBOL, "SPY"])
    events = pd.DataFrame({"security": [SYMBOL], "date": [days[300]]})
    result = ew.abnormal_returns(returns, events, benchmark="SPY")
    text = result.car(0).to_latex(columns=["security", "car"], caption=SIGNS)
    text = text.replace(r"\textbar{}", "|").replace(r"\textasciicircum{}", "^")  # macros that the reader lacks
    read = latex.LatexNodes2Text(keep_comments=True).latex_to_text(text)
    assert bare(SYMBOL) in bare(read)
    assert bare(SIGNS) in bare(read)
