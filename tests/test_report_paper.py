"""The report on paper: it says what the page says, in both languages, draws every glyph, and takes no text for markup."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from dataclasses import replace
from functools import cache
from html import unescape
from html.parser import HTMLParser

import pytest
from report_cases import HOSTILE, blocks, cards

from eventwindow.claims.rules import RULES_DATE, RULES_VERSION
from eventwindow.errors import file_name
from eventwindow.report.blocks import Compared, Table, addressed, linked
from eventwindow.report.context import Context, every_verdict
from eventwindow.report.language import LANGUAGES, language
from eventwindow.report.sections import document
from eventwindow.report.sections.headline import finding
from eventwindow.report.sections.verdicts import interval_of
from eventwindow.report.typst import paper, pdf_bytes, runs, typst

INLINE = {"strong", "code", "sub", "small", "a"}
UNSAID = {"script", "style", "svg", "nav", "form", "button", "math"}  # drawn, or of use on a screen only
TEXT_HEIGHT = "782"  # points above the foot of an A4 page
ON_SCREEN = (
    "common.skip",
    "common.skip_contents",
    "verdicts.intro",
    "verdicts.whole_parts",
    "verdicts.evidence",
    "verdicts.p_value",
    "verdicts.specifications",
)

pytestmark = pytest.mark.filterwarnings("error::UserWarning")  # a glyph that no font has

COMMAND = "eventwindow run deepseek-2025 --prices shipped"  # as the fixture gives it


class Texts(HTMLParser):
    """Every run of text on a page that no tag of a block breaks."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found = [""]
        self.hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in UNSAID
        self.found += [] if tag in INLINE else [""]

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in UNSAID
        self.found += [] if tag in INLINE else [""]

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.found[-1] += data


def bare(text: str) -> str:
    """The text without spaces, hyphens of line ends, and the bar over a letter, which a PDF draws."""
    return re.sub(r"[\s\u00ad\u2010\u0304-]+", "", unicodedata.normalize("NFKC", text))


def leaves(text: str) -> list[str]:
    """What each page of a PDF says, above its foot."""
    return [bare(page) for page in text.split("\f")]


@cache
def read(path) -> str:
    pytest.importorskip("typst", reason="needs the extra pdf")
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("needs pdftotext")
    crop = ["-raw", "-x", "0", "-y", "0", "-W", "596", "-H", TEXT_HEIGHT]
    said = subprocess.run([reader, *crop, str(path), "-"], capture_output=True, check=True).stdout.decode("utf-8")
    return said.replace("r\u0304r\u0304", "r\u0304")  # the reader says a letter with a bar twice


def stands(text: str, pages: list[str]) -> bool:
    """Whether the text stands on a page, or runs from one over to the next, past at most two pages of figures."""
    if any(text in page for page in pages):
        return True
    cuts, ahead = range(1, len(text)), (1, 2, 3)
    pairs = [(one, two) for n in ahead for one, two in zip(pages, pages[n:], strict=False)]
    return any(text[:k] in one and text[k:] in two for one, two in pairs for k in cuts)


@pytest.fixture(scope="module", params=LANGUAGES)
def both(request, deepseek, written):
    """The context, the page and what the paper says, in one language."""
    html = written / file_name(request.param)
    context = Context(deepseek, language(request.param))
    page = html.with_name(html.name.replace("report", "appendix")).read_text(encoding="utf-8")
    return context, re.sub(r"<a [^>]*download=.*?</a>", "", page), leaves(read(html.with_suffix(".pdf")))


def test_the_paper_says_all_that_the_page_says(both):
    context, html, pages = both
    link = re.compile(r'<a href="(https?://(?:www\.)?([^/"]+)[^"]*)">\2</a>')  # on paper the address stands
    sites = {(bare(site), bare(unescape(address))) for address, site in link.findall(html)}
    said = {bare(text) for text in Texts(link.sub(r"\1", html)).found} - {""}
    lost = {text for text in said if not stands(text, pages)}
    named = [(text, *text.rpartition(site), address) for text in lost for site, address in sites if site in text]
    lost -= {text for text, head, _, tail, address in named if stands(head + address + tail, pages)}
    n = {v.specifications.number for v in every_verdict(context.result.verdicts) if v.specifications}
    rules = {"version": RULES_VERSION, "dated": context.language.day(RULES_DATE)}
    on_screen = {bare(context.language.text(key, n=k, **rules)) for key in ON_SCREEN for k in n}
    links = {text for text in lost if any(bare(language(code).name) in text for code in LANGUAGES)}
    lead = {
        bare(re.sub(r"<[^>]+>", "", str(told))) for told in finding(context)
    }  # the story's own answer opens the paper
    assert len(said) > 2_000
    assert lost - on_screen - links - lead == set()


@pytest.mark.parametrize("code", LANGUAGES)
def test_figures_stand_in_the_order_of_their_numbers(written, code):
    """Also where one that may float is put off and the next one may not."""
    text = read((written / file_name(code)).with_suffix(".pdf"))
    caption = re.compile(rf"^{language(code).text('common.figure')}\s(\d+)(?=:|\s)", re.M)
    numbers = [int(n) for n in caption.findall(text)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > 12


def test_the_tables_of_the_appendix_fill_their_pages(both):
    """A column squeezed by its neighbours runs on for pages of a few letters a line."""
    context, _, pages = both
    title = bare(context.language.text("section.appendix"))
    start = max(k for k, page in enumerate(pages) if title in page)
    whole = pages[start : len(pages) - 2]  # the last page ends where its table ends; behind its foot stands nothing
    assert len(whole) > 5
    assert min(map(len, whole)) > 1_200


def test_every_verdict_stands_with_its_reason_and_its_rule(both):
    context, _, pages = both
    lines = cards(context)
    assert len(lines) == len(context.result.verdicts)
    every = [*lines, *(part for line in lines for part in line.parts)]
    for line in every:
        for text in (line.text, line.said, line.reason, line.rule, line.changes):
            assert stands(bare(text), pages), (line.id, text)
        assert line.parts or stands(bare(line.measured), pages), line.id


def test_the_disagreements_stand_with_what_was_measured(both):
    context, _, pages = both
    points = blocks(context, "disagreements", Compared)
    assert points
    for point in points:
        told = [line.id + line.text for line in point.claims]
        told += [line.text + (f" → {line.measured}" if line.measured else line.reason) for line in point.panels]
        for text in told:
            assert stands(bare(text), pages), text


def test_every_section_has_its_heading_in_the_table_of_contents_and_in_its_place(both):
    context, html, pages = both
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", html)
    figures = re.findall(r'<figure id="figure-(\w+)"', html)
    assert [unescape(heading) for heading in headings] == [section.title for section in document(context, figures)]
    whole = "".join(pages)
    assert [heading for heading in headings if whole.count(bare(unescape(heading))) < 2] == []
    places = [whole.rindex(bare(unescape(heading))) for heading in headings]
    assert places == sorted(places)


def test_formulas_are_set_as_mathematics_from_the_pages_own(both):
    whole = "".join(both[2])
    assert "E[Rt]=α+βRmt" in whole
    assert "se(CAR)=s" in whole
    assert whole.count("p=1+#{t:|") >= 2
    assert "Z=∑iSCARi" in whole


def test_the_same_result_gives_the_same_bytes(deepseek, written, drawings):
    """In Chinese, which takes all fonts, those of Latin letters too."""
    pytest.importorskip("typst", reason="needs the extra pdf")
    again = pdf_bytes(Context(deepseek, language("zh-Hant"), COMMAND), drawings["zh-Hant"])
    assert again == (written / file_name("zh-Hant")).with_suffix(".pdf").read_bytes()


def test_texts_of_a_study_stay_text(hostile_report):
    pages = leaves(read(hostile_report / "report.pdf"))
    for key in ("script", "quotes", "braces"):
        assert stands(bare(HOSTILE[key]), pages), key
    assert stands(bare("and awe"), pages)


def test_a_character_that_no_font_has_is_told_and_the_pdf_is_written(template):
    odd = replace(template, title_en="a private \U000f1234 sign", verdicts=(), readings=(), disagreements=())
    with pytest.warns(UserWarning, match="no font here draws \U000f1234: boxes stand in the PDF"):
        assert pdf_bytes(Context(odd, language("en")), {}).startswith(b"%PDF")


def test_only_our_own_tags_style_a_text():
    words = language("en").say("data.origins_plain", list="<strong>x</strong> & <code>y</code>")
    assert ["", "Prices: <strong>x</strong> & <code>y</code>. Checksums stand in "] in runs(words)
    assert runs("<strong>x</strong>") == "<strong>x</strong>"


def test_a_link_leads_to_its_page_where_paper_holds_it_and_stays_words_elsewhere():
    places = ("appendix.zh-Hant.html#method", "claims/S0-A1.zh-Hant.html", "claims/S0-A1.html", "other.html")
    styles = [runs(linked(place, "words"))[0] for place in places]
    assert styles == [["to:section-method", "words"], *[["to:claim-S0-A1", "words"]] * 2, ["", "words"]]


def test_a_link_by_the_name_of_a_site_shows_its_address_on_paper():
    address = "https://www.x.example/a?b=1&c=2"
    assert addressed(f"told at {address}.") == f'told at <a href="{address.replace("&", "&amp;")}">x.example</a>.'
    assert runs(addressed(address)) == [[f"at:{address}", address]]
    assert runs(linked(address, "The article")) == [[f"at:{address}", "The article"]]
    assert runs(linked("javascript:alert(1)", "words")) == [["", "words"]]


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_figure_stands_once_and_a_long_one_is_cut_between_its_groups(deepseek, drawings, code):
    held = paper(Context(deepseek, language(code)), drawings[code])
    blocks = [block for chapter in held["chapters"] for block in chapter["blocks"]]
    names = [block["name"] for block in blocks if block["kind"] == "picture"]
    again = {block["label"] for block in blocks if block["kind"] == "see"} & {f"figure-{name}" for name in names}
    assert len(names) == len(set(names))
    assert again == {f"figure-{name}" for name in ("prices", "permutation", "gains", "recovery")}
    assert not [c["key"] for c in held["chapters"] if len(c["blocks"]) > 1 and c["blocks"][0]["kind"] == "picture"]
    cut = {name: figure["cuts"] for name, figure in held["figures"].items() if figure["cuts"]}
    assert set(cut) == {"securities", "heatmap"}
    for name, cuts in cut.items():
        chart = drawings[code][name]
        said = sorted(float(y) for y in re.findall(r'<text x="[\d.]+" y="([\d.]+)"', chart.wide))
        assert cuts == sorted(cuts)
        assert (cuts[0], cuts[-1]) == (0, chart.size[1])
        assert not [y for y in said for edge in cuts if y - 11 < edge < y + 2], name  # no word is cut through


def test_the_small_chart_puts_every_mark_within_its_width(deepseek):
    drawn = [marks for v in every_verdict(deepseek.verdicts) if (marks := interval_of(v)) is not None]
    assert len(drawn) > 50
    for marks in drawn:
        start, width = marks.bar
        places = [start, *marks.ticks, *marks.dots, *([] if marks.zero is None else [marks.zero])]
        assert all(0 <= place <= 1 for place in places)
        assert 0 < width <= 1.005


def test_a_column_of_long_texts_shares_the_page_with_the_others():
    long, short = "undated; parts before and parts after the close", "31 January 2025"
    table = Table("t", "L l l L2", ("a", "b", "c", "d"), (("x", long, "1 of 2", "y"), ("x", short, "2 of 2", "y")))
    assert typst(table)["columns"] == "L L l L2"
    assert typst(replace(table, rows=table.rows[1:]))["columns"] == table.columns
    assert typst(replace(table, columns="l l l r"))["columns"] == "l l l r"  # nothing is left to share
    assert typst(replace(table, rows=()))["columns"] == table.columns
    wide = replace(table, columns="L r l l")
    assert typst(wide)["columns"] == "L R l l"  # of set width: it leaves the rest to names
