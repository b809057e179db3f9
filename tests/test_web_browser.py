"""`eventwindow serve` in a browser: the three ways in, faults at their fields, cancel, two tabs, a phone, the keyboard alone."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from axe import needs_axe, violations
from test_web import HELD, PATIENCE, Server, path_of

from eventwindow import __version__
from eventwindow.cli.web import jobs
from eventwindow.report.language import LANGUAGES

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
PHONE, DESK = (390, 844), (1280, 900)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    held = Server(tmp_path_factory.mktemp("runs") / "all")
    yield held
    held.stop()


ENDED = {jobs.DONE: "", jobs.FAILED: "no prices of ZZZZ", jobs.CANCELLED: "", jobs.INTERRUPTED: ""}


@pytest.fixture(scope="module")
def staged(tmp_path_factory):
    """A server with a run in every state: four that ended before it began, one that is held, one that waits for it."""
    folder = tmp_path_factory.mktemp("staged") / "all"
    for number, (name, said) in enumerate(ENDED.items()):
        run = jobs.Run(
            f"{number:016x}",
            f"A run that is {name}",
            ("run", "study"),
            1.0 + number,
            name,
            "",
            said,
            (dict.fromkeys(LANGUAGES, "So: why"),),
        )
        (folder / run.key / "out").mkdir(parents=True)
        (folder / run.key / jobs.RECORD).write_text(json.dumps(asdict(run) | {"version": __version__}))
    for file in ("report.html", "appendix.html", "results.xlsx", "report.md"):
        (folder / f"{0:016x}" / "out" / file).touch()
    held = Server(folder, python=HELD)
    held.pages = {name: f"/runs/{number:016x}" for number, name in enumerate(ENDED)}
    held.pages |= {"form and list": "/", "missing": "/runs/none"}
    for name in (jobs.RUNNING, jobs.WAITING):
        held.pages[name] = path_of(held.post("/ask/quick", {"symbols": "NVDA TSM", "date": "2025-01-27"}))
    held.started(held.pages[jobs.RUNNING])
    assert {name for name, path in held.pages.items() if held.get(path)[0] != 200} == {"missing"}
    yield held
    held.stop()


def found(browser, css):
    from selenium.webdriver.common.by import By

    return browser.find_element(By.CSS_SELECTOR, css)


def until(browser, look, seconds=PATIENCE):
    from selenium.common.exceptions import StaleElementReferenceException
    from selenium.webdriver.support.ui import WebDriverWait

    wait = WebDriverWait(browser, seconds, ignored_exceptions=[StaleElementReferenceException])
    return wait.until(lambda _: look())


def written(browser, **fields):
    """Fill in fields by their names, as a script of the page would see it: date fields take no typed text in any order."""
    for name, text in fields.items():
        field = found(browser, f"#{name}")
        if field.get_attribute("type") in ("date", "time"):
            browser.execute_script("arguments[0].value = arguments[1]", field, text)
        else:
            field.clear()
            field.send_keys(text)


def sent(browser, css):
    """Submit the form of a field past the browser's own checks, so that the server's answer is seen."""
    form = f"document.querySelector('{css}').form"
    browser.execute_script(f"{form}.noValidate = true; {form}.requestSubmit({form}.querySelector('button'))")


def state(browser):
    return found(browser, "#state strong").text


def no_sideways(browser):
    return browser.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")


def test_a_quick_form_with_prices_of_ones_own_gives_a_report_that_opens(server, browser, tmp_path):
    from eventwindow.study.library import shipped_figures

    path = tmp_path / "mine.csv"
    path.write_text(shipped_figures(["NVDA", "TSM", "SPY"]), encoding="utf-8")
    browser.set_window_size(*DESK)
    browser.get(server.url + "/?lang=en")
    written(browser, symbols="NVDA TSM", date="2025-01-27", sentences="Nvidia fell 17 %")
    found(browser, "#prices").send_keys(str(path))
    sent(browser, "#symbols")
    until(browser, lambda: "/runs/" in browser.current_url and state(browser) == "done")
    assert "from your file" in found(browser, "details pre").get_attribute("textContent")
    found(browser, "a.main").click()
    until(browser, lambda: "/out/report.html" in browser.current_url)
    assert "Nvidia" in found(browser, "body").text
    assert [line for line in browser.get_log("browser") if line["level"] == "SEVERE"] == []


def test_an_article_in_chinese_gives_a_page_in_chinese(server, browser):
    browser.get(server.url + "/?lang=zh-Hant")
    written(browser, article="輝達股價週一（2025 年 1 月 27 日）下跌 17%。", article_date="2025-01-28")
    sent(browser, "#article")
    until(browser, lambda: "/runs/" in browser.current_url and found(browser, ".files"))
    assert "完成" in state(browser)
    names = [link.text for link in browser.find_elements("css selector", ".files a")]
    assert len(names) == len(set(names)) >= 4
    assert no_sideways(browser)


FAULTS = {  # of every field that can be wrong: what is written, and the ending of the field's own words
    "symbols": {"symbols": "NVDA nvda", "date": "2025-01-27"},
    "date": {"symbols": "NVDA", "date": ""},
    "time": {"symbols": "NVDA", "date": "2025-01-27", "time": "25:00"},
    "zone": {"symbols": "NVDA", "date": "2025-01-27", "time": "09:00", "zone": "Mars"},
    "benchmark": {"symbols": "NVDA", "date": "2025-01-27", "benchmark": "SPY QQQ"},
    "sentences": {"symbols": "NVDA", "date": "2025-01-27", "sentences": "up\n" * 41},
    "prices": {"symbols": "NVDA", "date": "2025-01-27", "prices": "mine.exe"},
    "article": {"article": " "},
    "article_date": {"article": "Nvidia fell 17 %.", "article_date": "yesterday"},
    "article-prices": {"article": "Nvidia fell 17 %.", "article-prices": "mine.exe"},
}

TOLD = {"symbols": "separated by spaces", "article": "Paste the article"}


def test_every_field_that_can_be_wrong_tells_it_beside_itself(server, browser, tmp_path):
    browser.get(server.url + "/?lang=en")
    fields = {e.get_attribute("id") for e in browser.find_elements("css selector", "main :is(input, textarea)[id]")}
    assert fields - {"earnings"} == set(FAULTS)
    (tmp_path / "mine.exe").write_bytes(b"MZ")
    for at, written_in in FAULTS.items():
        browser.get(server.url + "/?lang=en")
        for name, text in written_in.items():
            loose = "arguments[0].type = 'text'; arguments[0].value = arguments[1]"  # as an old browser shows a day
            if name.endswith("prices"):
                found(browser, f"#{name}").send_keys(str(tmp_path / text))
            else:
                browser.execute_script(loose, found(browser, f"#{name}"), text)
        sent(browser, f"#{next(iter(written_in))}")
        fault = until(browser, lambda: browser.find_elements("css selector", "[role=alert]"))
        assert [one.get_attribute("id") for one in fault] == [f"{at}-fault"]
        assert TOLD.get(at, "") in fault[0].text
        if symbols := written_in.get("symbols"):
            assert found(browser, "#symbols").get_attribute("value") == symbols
        assert found(browser, f"#{at}").get_attribute("aria-describedby") == f"{at}-fault"
        assert browser.switch_to.active_element.get_attribute("id") == at


BUILT = """return [...document.querySelectorAll("*")].map((e) => [
    e.tagName, ...[...e.attributes].filter((a) => !/^(href|action|value|data-watch)$/.test(a.name)).map((a) => a.name + a.value)
].join()).join()"""


@needs_axe
@pytest.mark.parametrize(("code", "scheme"), [("en", "light"), ("zh-Hant", "dark")])
def test_axe_finds_no_violation_on_any_page(staged, browser, code, scheme):
    """In either scheme: colours do not hang on the language. Of pages that differ in nothing but words one is looked at."""
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    held, built = {}, {}
    for name, path in staged.pages.items():
        browser.get(f"{staged.url}{path}?lang={code}")
        page = browser.execute_script(BUILT)
        held[name] = built[page] = built[page] if page in built else violations(browser)
    browser.get(f"{staged.url}/?lang={code}")
    sent(browser, "#symbols")
    until(browser, lambda: found(browser, "#symbols-fault"))
    held["faults"] = violations(browser)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert {name: broken for name, broken in held.items() if broken} == {}
    assert len(held) == len(staged.pages) + 1 and len(built) >= 6


@pytest.mark.parametrize("code", ["en", "zh-Hant", "zh-Hans"])
def test_no_page_moves_sideways_on_a_phone(staged, browser, code):
    browser.set_window_size(*PHONE)
    wide = []
    for name, path in staged.pages.items():
        browser.get(f"{staged.url}{path}?lang={code}")
        wide += [] if no_sideways(browser) else [name]
    browser.set_window_size(*DESK)
    assert wide == []


@pytest.mark.parametrize(
    ("code", "fields", "at", "told"),
    [
        ("zh-Hant", {"symbols": "NVDA", "date": ""}, "date", "請以 YYYY-MM-DD 填寫"),
        ("zh-Hans", {"symbols": "NVDA", "date": "2025-01-27", "time": "09:00", "zone": "Mars"}, "zone", "请填时区"),
    ],
)
def test_a_fault_stands_at_its_field_in_the_readers_language(server, browser, code, fields, at, told):
    browser.get(f"{server.url}/?lang={code}")
    written(browser, **fields)
    sent(browser, f"#{next(iter(fields))}")
    fault = until(browser, lambda: found(browser, f"#{at}-fault"))
    assert told in fault.text
    assert found(browser, f"#{at}").get_attribute("aria-describedby") == f"{at}-fault"
    for name, text in fields.items():
        if text.strip() and name not in ("date", "time"):
            assert found(browser, f"#{name}").get_attribute("value") == text


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    """A server whose runs last until they are released."""
    server = Server(tmp_path_factory.mktemp("held") / "runs", python=HELD)
    yield server
    server.stop()


def test_a_run_is_cancelled_in_one_tab_and_another_tab_sees_it(held, browser):
    browser.get(held.url + "/?lang=en")
    found(browser, 'button[value="deepseek-2025"]').click()
    until(browser, lambda: "/runs/" in browser.current_url)
    path = browser.current_url
    until(browser, lambda: found(browser, "#step").text == "getting prices")
    first = browser.current_window_handle
    browser.switch_to.new_window("tab")
    browser.get(path)
    assert found(browser, "progress")
    browser.switch_to.window(first)
    found(browser, "form button").click()
    until(browser, lambda: state(browser) == "cancelled")
    browser.switch_to.window(next(h for h in browser.window_handles if h != first))
    until(browser, lambda: state(browser) == "cancelled")
    browser.close()
    browser.switch_to.window(first)


def test_the_keyboard_alone_starts_a_run_and_opens_its_report(held, browser):
    """What a run of our own writes another test opens; the report of this one is there before it ends."""
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    browser.get(held.url + "/?lang=en")
    browser.execute_script("document.getElementById('date').value = '2025-01-27'")
    keys = ActionChains(browser)
    for _ in range(40):
        keys.send_keys(Keys.TAB).perform()
        if browser.switch_to.active_element.get_attribute("id") == "symbols":
            break
    browser.switch_to.active_element.send_keys("KO" + Keys.ENTER)
    until(browser, lambda: "/runs/" in browser.current_url)
    path = "/runs/" + browser.current_url.partition("/runs/")[2].partition("?")[0]
    held.started(path)
    report = held.folder / path.rpartition("/")[2] / "out" / "report.html"
    report.parent.mkdir()
    report.write_text("<title>The report</title>")
    held.release()
    until(browser, lambda: state(browser) == "done")
    for _ in range(40):
        keys.send_keys(Keys.TAB).perform()
        if "main" in (browser.switch_to.active_element.get_attribute("class") or ""):
            break
    assert browser.execute_script("return getComputedStyle(document.activeElement).outlineStyle") != "none"
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    until(browser, lambda: browser.title == "The report")


@pytest.mark.parametrize("code", ["en", "zh-Hant", "zh-Hans"])
def test_a_phone_shows_the_form_without_moving_sideways(server, browser, code):
    browser.set_window_size(*PHONE)
    browser.get(f"{server.url}/?lang={code}")
    assert no_sideways(browser)
    small = """return [...document.querySelectorAll('input, button, textarea, a')]
        .filter(e => e.offsetParent && e.getBoundingClientRect().height < 24).map(e => e.outerHTML.slice(0, 80))"""
    assert browser.execute_script(small) == []
    faint = "return [...document.querySelectorAll('body *')].filter(e => parseFloat(getComputedStyle(e).fontSize) < 11).length"
    assert browser.execute_script(faint) == 0
    browser.set_window_size(*DESK)


def test_a_name_is_completed_to_its_symbol(server, browser):
    browser.get(server.url + "/?lang=en")
    found(browser, "#symbols").send_keys("Micron")
    assert until(browser, lambda: found(browser, "#known option").get_attribute("value") == "MU")
