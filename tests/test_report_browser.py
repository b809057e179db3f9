"""The report in a browser: no error, no request, filters that work, and hostile text that stays text."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess

import pytest
from axe import needs_axe, violations
from contrast import faint_texts, faint_words
from report_cases import HOSTILE

from eventwindow.claims.records import RATINGS
from eventwindow.errors import file_name
from eventwindow.report.blocks import ADDRESS, sited
from eventwindow.report.context import Context
from eventwindow.report.figures.news_marks import marks
from eventwindow.report.language import LANGUAGES, language, percent

STORIES = tuple(file_name(code) for code in LANGUAGES)
PAGES = tuple(name.replace("report", "appendix") for name in STORIES)
WORDS = 1200
SCREENS, SCREEN = 8, 800


@pytest.fixture(scope="module")
def report(written):
    return written / "appendix.html"


def opened(browser, path):
    """Open `path`; what the console said, and every address that was asked for."""
    browser.get_log("browser"), browser.get_log("performance")
    browser.get(path.as_uri())
    said = browser.get_log("browser")
    sent = [entry["message"] for entry in browser.get_log("performance") if "requestWillBeSent" in entry["message"]]
    return said, [message for message in sent if path.name not in message and "data:," not in message]


def laid_out(browser, path):
    """Open `path`, unless it is there already and was opened here: how it is laid out follows the screen."""
    if browser.current_url != path.as_uri() or not browser.execute_script("return window.laidOut"):
        browser.get(path.as_uri())
        browser.execute_script("window.laidOut = true")


def test_the_page_opens_without_error_or_request(browser, report):
    said, sent = opened(browser, report)
    assert said == []
    assert sent == []


FORMS = {"zh-Hant": {"TC"}, "zh-Hans": {"SC"}}


def test_the_links_to_the_other_languages_lead_there_and_back(browser, report):
    """A Chinese page asks for the fonts of its own form, in its text and above its title."""
    opened(browser, report)
    for code in [*LANGUAGES[1:], "en"]:
        browser.find_element("css selector", f"a[hreflang='{code}']").click()
        assert browser.find_element("tag name", "html").get_attribute("lang") == code
        for place in ("body", ".kicker"):
            fonts = browser.find_element("css selector", place).value_of_css_property("font-family")
            asked = {form for form in ("SC", "TC") if f"CJK {form}" in fonts}
            assert code == "en" or asked == FORMS[code]


def test_filters_show_what_fits_and_say_how_many(browser, report, deepseek):
    from selenium.webdriver.support.ui import Select

    opened(browser, report)
    Select(browser.find_element("name", "verdict")).select_by_value("contradicted")
    counts = deepseek.table("claims")["verdict"].value_counts()
    shown = browser.find_elements("css selector", "details.claim:not([hidden])")
    assert len(shown) == counts["contradicted"]
    assert browser.find_element("css selector", ".filters output").text.startswith(f"{counts['contradicted']} of")
    Select(browser.find_element("name", "article")).select_by_value("S4")
    narrowed = browser.find_elements("css selector", "details.claim:not([hidden])")
    assert all(e.get_attribute("data-article") == "S4" for e in narrowed)


def test_a_statement_opens_to_its_rule_by_keyboard(browser, report):
    from selenium.webdriver.common.keys import Keys

    opened(browser, report)
    claim = browser.find_element("css selector", "details.claim")
    claim.find_element("tag name", "summary").send_keys(Keys.ENTER)
    assert claim.get_attribute("open") is not None
    assert claim.find_element("tag name", "dd").is_displayed()


def test_a_choice_that_nothing_fits_says_so_and_can_be_undone(browser, report):
    from selenium.webdriver.support.ui import Select

    opened(browser, report)
    claims = browser.find_elements("css selector", "details.claim")
    held = {(s, c.get_attribute("data-verdict")) for c in claims for s in c.get_attribute("data-security").split()}
    security, verdict = min({(s, v) for s, _ in held for _, v in held} - held)
    Select(browser.find_element("name", "security")).select_by_value(security)
    Select(browser.find_element("name", "verdict")).select_by_value(verdict)
    assert browser.find_element("css selector", ".filters output").text == language("en").text("verdicts.none_shown")
    browser.find_element("css selector", ".filters button").click()
    assert len(browser.find_elements("css selector", "details.claim:not([hidden])")) == len(claims)
    assert not browser.find_element("css selector", ".filters button").is_displayed()


def test_a_link_to_a_statement_opens_it_whatever_is_chosen(browser, report):
    from selenium.webdriver.support.ui import Select

    opened(browser, report)
    link = browser.find_element("css selector", "#disagreements a[href^='#claim-S0']")
    for chosen in ("", "S4", "", "S4"):  # after the first time the address is there already
        Select(browser.find_element("name", "article")).select_by_value(chosen)
        link.click()
        claim = browser.find_element("id", link.get_attribute("hash").removeprefix("#"))
        assert claim.get_attribute("open") is not None
        assert claim.is_displayed()
        top = browser.execute_script("return arguments[0].getBoundingClientRect().top", claim)
        assert 0 <= round(top) < 800
        browser.execute_script("arguments[0].open = false", claim)


def test_an_address_with_a_statement_opens_there(browser, report, deepseek):
    untestable = deepseek.table("claims").query("verdict == 'not_testable'")["id"].iloc[-1]  # in a group that is closed
    browser.get("about:blank")
    browser.get(f"{report.as_uri()}#claim-{untestable}")
    assert browser.find_element("id", f"claim-{untestable}").find_element("tag name", "dl").is_displayed()


@pytest.mark.parametrize(("steps", "past", "next_link"), [(1, "#finding", "nav a"), (2, "#main", "main *")])
def test_a_skip_link_leads_past_what_stands_before_its_goal(browser, report, steps, past, next_link):
    from selenium.webdriver.common.keys import Keys

    opened(browser, report)
    keys = [Keys.TAB] * steps + [Keys.ENTER, Keys.TAB]
    for key in keys:
        browser.switch_to.active_element.send_keys(key)
    reached = "const e = document.activeElement; return e.matches(arguments[1]) && "
    before = "!!(document.querySelector(arguments[0]).compareDocumentPosition(e) & 4)"
    assert browser.execute_script(reached + before, past, next_link)


@pytest.fixture
def screen(browser):
    """Makes the screen as wide as a phone's, or any other."""

    def turn(width: int) -> None:
        size = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    yield turn
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


SMALL = """
const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const e = walker.currentNode.parentElement, text = walker.currentNode.textContent.trim();
  if (!text || !e.checkVisibility() || e.closest("title, script, style, option, math, sub, sup")) continue;
  const svg = e.closest("figure svg"), scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
  const size = parseFloat(getComputedStyle(e).fontSize) * scale;
  if (size && size < 10.95) found.push([text.slice(0, 30), size]);
}
return found;
"""


OUTSIDE = """
return [...document.querySelectorAll("figure svg")].filter((s) => s.checkVisibility()).flatMap((svg) => {
  const box = svg.getBoundingClientRect();
  return [...svg.querySelectorAll("text")].filter((t) => {
    const r = t.getBoundingClientRect();
    return r.left < box.left - 1.5 || r.right > box.right + 1.5 || r.top < box.top - 1.5 || r.bottom > box.bottom + 1.5;
  }).map((t) => [svg.closest("figure").id, t.textContent]);
});
"""


OVER = """
return [...document.querySelectorAll("figure svg")].filter((s) => s.checkVisibility()).flatMap((svg) => {
  const words = [...svg.querySelectorAll("text")].map((t) => [t.textContent, t.getBoundingClientRect()]);
  return words.flatMap(([a, r], k) => words.slice(k + 1).filter(([, s]) =>
    Math.min(r.right, s.right) - Math.max(r.left, s.left) > 1 && Math.min(r.bottom, s.bottom) - Math.max(r.top, s.top) > 4
  ).map(([b]) => [svg.closest("figure").id, a, b]));
});
"""


@pytest.fixture
def scheme(browser):
    """Sets what the reader's system asks for, "light" or "dark"."""

    def prefer(value: str) -> None:
        features = [{"name": "prefers-color-scheme", "value": value}] if value else []
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    yield prefer
    prefer("")


WIDTHS = (360, 390, 768, 1280)
LOOKS = (
    "return [...document.querySelectorAll('figure svg')].filter((s) => s.checkVisibility()).map((s) => s.classList[0])"
)


@pytest.mark.parametrize("page", [*PAGES, *STORIES, "claims/S0-A1.html"], scope="class")
class TestEveryPage:
    """A page is opened once for all of them: the large ones take a second to lay out."""

    def test_it_fits_every_screen(self, browser, report, screen, page):
        """It never scrolls sideways; a text has at least 11 px, in figures too: a phone is shown a layout of its own.

        No word is drawn over another or beyond the edge of its figure.
        """
        laid_out(browser, report.parent / page)
        for width in WIDTHS:
            screen(width)
            assert browser.execute_script("return document.documentElement.scrollWidth") <= width
            assert browser.execute_script(SMALL) == [], width
            assert set(browser.execute_script(LOOKS)) == {"narrow" if width < 720 else "wide"}
            if width in (390, 1280):
                assert browser.execute_script(OUTSIDE) == [], width
                assert browser.execute_script(OVER) == [], width

    def test_on_a_phone_a_table_keeps_its_first_column_and_shows_that_it_goes_on(self, browser, report, screen, page):
        laid_out(browser, report.parent / page)
        screen(390)
        if page in PAGES:
            lead = browser.find_elements("css selector", "#abnormal thead th")[4]
            assert lead.text == language(LANGUAGES[PAGES.index(page)]).text("abnormal.ar")
            assert browser.execute_script("return arguments[0].getBoundingClientRect().right", lead) < 370
        browser.execute_script("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        moved = browser.execute_script(
            "return [...document.querySelectorAll('.scroll')].filter((box) => (box.scrollLeft = 9e9, box.scrollLeft > 0))"
            ".map((box) => [box.querySelector('tbody tr > *').getBoundingClientRect().left"
            " - box.getBoundingClientRect().left, getComputedStyle(box).backgroundImage.includes('gradient')])"
        )
        assert len(moved) > 5 or page not in PAGES
        assert all(abs(beside) < 1 and hinted for beside, hinted in moved)

    @pytest.mark.parametrize("preferred", ["light", "dark"])
    def test_every_text_stands_out_from_its_background(self, browser, report, scheme, preferred, page):
        scheme(preferred)
        laid_out(browser, report.parent / page)
        assert faint_texts(browser, least=6 if page in PAGES else 3) == []


@pytest.mark.parametrize("page", STORIES)
def test_the_story_is_read_in_minutes(browser, report, screen, page):
    """Words as a reader of English counts them; a Chinese page must fit the same screens."""
    screen(1280)
    said, sent = opened(browser, report.with_name(page))
    assert (said, sent) == ([], [])
    assert browser.execute_script("return document.documentElement.scrollHeight") <= SCREENS * SCREEN
    if page == STORIES[0]:
        assert 300 < len(browser.find_element("tag name", "body").text.split()) <= WORDS
    lead = browser.find_elements("css selector", "#finding p")
    assert len(lead) == 2
    assert not set("%=$±−<>") & set("".join(e.text for e in lead))
    headings = [e.text for e in browser.find_elements("css selector", "main h2")]
    assert len(headings) == len(set(headings)) == 10


def test_every_link_of_a_page_leads_to_a_file_and_place_that_are_there(written):
    """Of the stories, the appendices and the pages of statements."""
    pages = {path.resolve(): path.read_text(encoding="utf-8") for path in written.rglob("*.html")}
    parts = {path: set(re.findall(r'id="([^"]+)"', text)) for path, text in pages.items()}
    assert {path.parent.name for path in pages} == {written.name, "claims"}
    for path, text in pages.items():
        for link in set(re.findall(r'href="([^"]+)"', text)):
            place, _, part = link.partition("#")
            if re.match(r"[a-z]+:", link):
                continue
            target = (path.parent / place).resolve() if place else path
            assert target.is_file(), (path.name, link)
            assert not part or part in parts[target], (path.name, link)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_statement_has_a_page_with_its_rule_and_review(written, deepseek, code):
    for verdict in deepseek.verdicts:
        name = verdict.claim.id + (".html" if code == "en" else f".{code}.html")
        text = (written / "claims" / name).read_text(encoding="utf-8")
        reviews = re.findall(r'<script type="application/ld.json">(.*?)</script>', text, re.DOTALL)
        assert len(reviews) == (verdict.word in RATINGS)
        assert all(json.loads(review)["reviewRating"]["ratingValue"] == RATINGS[verdict.word] for review in reviews)
        assert f"badge {verdict.word}" in text
    assert len(list((written / "claims").iterdir())) == len(LANGUAGES) * len(deepseek.verdicts)


def as_read(text: str) -> str:
    """As the browser tells it: with plain spaces."""
    return text.replace("\u00a0", " ")


def test_the_panel_of_other_choices_tells_what_the_curve_holds(browser, report, deepseek):
    """By keyboard, without a server: the reported choice first, then others; the share that agrees beside it."""
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import Select

    opened(browser, report.with_name("report.html"))
    panel = browser.find_element("css selector", "form.what-if")
    told, curve = panel.find_element("tag name", "output"), deepseek.table("curve")
    mine = curve[(curve["security"] == "NVDA") & (curve["window_start"] == 0) & (curve["window_end"] == 0)]
    ar = deepseek.table("abnormal_returns").query("event == 'selloff' and security == 'NVDA' and tau == 0")
    agree = ((mine["p_value"] < 0.05) & (mine["estimate"] < 0)).sum()
    assert told.text.startswith(language("en").text("what_if.reported"))
    assert as_read(percent(ar["abnormal_return"].iloc[0])) in told.text
    assert f"{agree} of {len(mine)} choices" in told.text
    assert all(
        "●" in Select(e).first_selected_option.get_attribute("textContent")
        for e in panel.find_elements("tag name", "select")
    )
    for name in ("window", "estimation", "security"):
        panel.find_element("name", name).send_keys(Keys.ARROW_DOWN)
    at = [int(e.get_attribute("value")) for e in panel.find_elements("tag name", "select")]
    assert at[1] == 1
    security = Context(deepseek, language("en")).members[at[0]]
    start, end = deepseek.run["study"]["windows"]["report"][at[1]]
    ends = (curve["window_start"] == start) & (curve["window_end"] == end) & (curve["security"] == security)
    held = json.loads(panel.find_element("tag name", "script").get_attribute("textContent"))
    estimate, reach = (
        1e-6 * held[key][at[0]][at[1]][held["specifications"].index(at[2:])] for key in ("estimate", "reach")
    )
    found = curve[ends & ((curve["estimate"] - estimate).abs() < 1e-6)].iloc[0]
    assert found["high"] - found["estimate"] == pytest.approx(reach, abs=1e-6)
    assert [as_read(percent(found[key])) in told.text for key in ("estimate", "low", "high")] == [True] * 3
    panel.find_element("tag name", "button").click()
    assert as_read(percent(ar["abnormal_return"].iloc[0])) in told.text
    reached = browser.execute_script(EVERY_CHOICE, panel)
    assert all(
        held["estimate"][chosen[0]][chosen[1]][held["specifications"].index(chosen[2:])] is not None
        and chosen[k] == wanted
        for k, wanted, chosen, _ in reached
    )
    assert any(said.startswith(language("en").text("what_if.none")) for *_, said in reached)


EVERY_CHOICE = """
const panel = arguments[0], selects = [...panel.querySelectorAll("select")], told = panel.querySelector("output");
return selects.flatMap((one, k) => [...one.options].map((_, j) => {
  one.value = j;
  one.dispatchEvent(new Event("change", {bubbles: true}));
  return [k, j, selects.map((each) => Number(each.value)), told.textContent];
}));
"""


def test_a_mark_says_its_name_and_value_to_pointer_and_keyboard(browser, report):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    opened(browser, report.with_name("report.html"))
    figure = browser.find_element("id", "figure-gains")
    told, box = figure.find_element("class name", "mark-told"), figure.find_element("class name", "drawing")
    marks = figure.find_elements("css selector", "svg.wide .mark")
    titles = [m.find_element("tag name", "title").get_attribute("textContent") for m in marks]
    box.send_keys(Keys.ARROW_RIGHT)
    assert told.text == titles[0]
    box.send_keys(Keys.ARROW_LEFT)
    assert told.text == titles[-1]
    ActionChains(browser).move_to_element(marks[1].find_element("tag name", "rect")).perform()
    assert told.text == titles[1]
    assert all(re.search(r"\d", title) for title in titles)


def test_on_a_desk_a_wide_table_shows_its_left_end_beside_the_contents(browser, report, screen):
    """Its caption and its columns begin where it may be scrolled to; the contents do not stand over it."""
    for width in (1100, 1280):
        screen(width)
        laid_out(browser, report)
        ends = browser.execute_script(
            "const left = (one) => one.getBoundingClientRect().left;"
            "return [...document.querySelectorAll('div.roomy')].map((box) => (box.scrollLeft = 0,"
            " [left(box), left(box.querySelector('caption')), left(box.querySelectorAll('tbody tr > *')[1])"
            " - box.querySelector('tbody tr > *').getBoundingClientRect().right]))"
        )
        beside = browser.execute_script("return document.querySelector('nav').getBoundingClientRect().right")
        assert ends
        for box, caption, gap in ends:
            assert caption >= box
            assert gap > -1, "the first column covers the second"
            assert width < 1240 or box >= beside


def printed(browser) -> str:
    """The words of the open page on paper in the order of its source, without spaces and line breaks."""
    reader = shutil.which("pdftotext")
    if not reader:
        pytest.skip("needs pdftotext")
    paper = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"]
    done = subprocess.run([reader, "-raw", "-", "-"], input=base64.b64decode(paper), capture_output=True, check=True)
    return "".join(done.stdout.decode("utf-8").split())


def test_paper_holds_every_statement_its_evidence_and_the_news_without_scripts_too(browser, report, deepseek):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    opened(browser, report)
    text = printed(browser)
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert lost(text, deepseek) == []


def test_paper_holds_all_of_it_whatever_is_chosen_and_the_screen_folds_again(browser, report, deepseek):
    """The chapters that hold it are printed; the whole page is above."""
    from selenium.webdriver.support.ui import Select

    opened(browser, report)
    Select(browser.find_element("name", "article")).select_by_value("S4")
    others = "figure, main > section:not(#verdicts, #week)"
    browser.execute_script("document.querySelectorAll(arguments[0]).forEach((one) => one.remove())", others)
    folded = browser.execute_script("return document.querySelectorAll('details:not([open])').length")
    assert lost(printed(browser), deepseek) == []
    assert browser.execute_script("return document.querySelectorAll('details:not([open])').length") == folded


def lost(text, deepseek) -> list[str]:
    """What of the statements, their evidence and the news a printed page lacks."""
    claims, news = deepseek.table("claims"), marks(Context(deepseek, language("en")))
    simple = claims[claims["measure"] != "compound"]
    words, addresses = language("en"), [found[0] for reason in simple["reason"] for found in ADDRESS.finditer(reason)]
    reasons = [sited(words.dated(reason)) for reason in simple["reason"]]
    wanted = [*claims["text_en"], *reasons, *addresses, *claims["rule"], *news["what"]]
    assert len(wanted) > 250
    assert addresses
    text = text.replace("\u2212", "-")  # tables hold the minus that every console can print
    return [words for words in wanted if "".join(str(words).split()).replace("\u2212", "-") not in text]


def test_hostile_texts_are_seen_and_not_run(browser, hostile_report):
    said, sent = opened(browser, hostile_report / "appendix.html")
    assert said == []
    assert sent == []
    assert browser.title == HOSTILE["script"]
    assert HOSTILE["script"] in browser.find_element("tag name", "h1").text


@pytest.mark.parametrize(("preferred", "page"), [("light", "appendix.html"), ("dark", "appendix.zh-Hant.html")])
def test_every_word_of_a_figure_stands_out_from_what_is_painted_under_it(browser, report, scheme, preferred, page):
    scheme(preferred)
    opened(browser, report.with_name(page))
    assert faint_words(browser) == []


# What a colour stands on is measured of every page above; axe looks for it too, but where it takes longest.
RULED = [(scheme, page) for scheme in ("light", "dark") for page in ("report.html", "claims/S0-A1.html")]
RULED += [("dark", "appendix.zh-Hant.html"), ("dark", "report.zh-Hans.html")]


@needs_axe
@pytest.mark.parametrize(("preferred", "page"), RULED)
def test_axe_finds_no_violation(browser, report, scheme, preferred, page):
    """Every kind of page, each language and both schemes; not each with each, for one page may take 15 seconds."""
    scheme(preferred)
    opened(browser, report.parent / page)
    assert violations(browser, contrast=page not in PAGES) == []
