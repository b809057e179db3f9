"""`eventwindow serve` in a browser: the three ways in, faults at their fields, cancel, two tabs, a phone, the keyboard alone."""

from __future__ import annotations

import pytest
from test_web import PATIENCE, Server

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
PHONE, DESK = (390, 844), (1280, 900)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    held = Server(tmp_path_factory.mktemp("runs") / "all")
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


def test_a_quick_form_gives_a_report_that_opens(server, browser):
    browser.set_window_size(*DESK)
    browser.get(server.url + "/?lang=en")
    written(browser, symbols="NVDA TSM", date="2025-01-27", sentences="Nvidia fell 17 %")
    sent(browser, "#symbols")
    until(browser, lambda: "/runs/" in browser.current_url and state(browser) == "done")
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


def test_prices_of_ones_own_are_sent_by_the_form(server, browser, tmp_path):
    from eventwindow.study.library import shipped_figures

    path = tmp_path / "mine.csv"
    path.write_text(shipped_figures(["NVDA", "SPY"]), encoding="utf-8")
    browser.get(server.url + "/?lang=en")
    written(browser, symbols="NVDA", date="2025-01-27")
    found(browser, "#prices").send_keys(str(path))
    sent(browser, "#symbols")
    until(browser, lambda: "/runs/" in browser.current_url and state(browser) == "done")
    assert "from your file" in found(browser, "pre").text


@pytest.mark.parametrize(
    ("code", "fields", "at", "told"),
    [
        ("en", {"symbols": "NVDA nvda", "date": "2025-01-27"}, "symbols", "separated by spaces"),
        ("zh-Hant", {"symbols": "NVDA", "date": ""}, "date", "請以 YYYY-MM-DD 填寫日期"),
        ("zh-Hans", {"symbols": "NVDA", "date": "2025-01-27", "time": "09:00", "zone": "Mars"}, "zone", "请填时区"),
        ("en", {"article": " "}, "article", "Paste the article"),
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


def test_a_run_is_cancelled_in_one_tab_and_another_tab_sees_it(server, browser):
    browser.get(server.url + "/?lang=en")
    found(browser, 'button[value="deepseek-2025"]').click()
    until(browser, lambda: "/runs/" in browser.current_url)
    path = browser.current_url
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


def test_the_keyboard_alone_starts_a_run_and_opens_its_report(server, browser):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    browser.get(server.url + "/?lang=en")
    browser.execute_script("document.getElementById('date').value = '2025-01-27'")
    keys = ActionChains(browser)
    for _ in range(40):
        keys.send_keys(Keys.TAB).perform()
        if browser.switch_to.active_element.get_attribute("id") == "symbols":
            break
    browser.switch_to.active_element.send_keys("KO" + Keys.ENTER)
    until(browser, lambda: "/runs/" in browser.current_url and state(browser) == "done")
    for _ in range(40):
        keys.send_keys(Keys.TAB).perform()
        if "main" in (browser.switch_to.active_element.get_attribute("class") or ""):
            break
    assert browser.execute_script("return getComputedStyle(document.activeElement).outlineStyle") != "none"
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    until(browser, lambda: "/out/" in browser.current_url)


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
    assert until(browser, lambda: found(browser, "#known option").get_attribute("value") == "MU", 10)
