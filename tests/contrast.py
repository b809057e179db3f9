"""Contrast as WCAG 2.2 defines it: of two colours, of the words of a page, and of the words drawn in its figures."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
from PIL import Image

AA = 4.5  # of text of any size
CROSSED = 0.15  # of a word's box: what lines and marks that cross it may take

# every pair of a text's colour and what is painted behind it, ancestors outwards; the first words of one such text
TEXTS = """
document.querySelectorAll("details, form[hidden]").forEach((e) => { e.open = true; e.hidden = false; });
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), behind = new Map(), found = new Map();
const under = (e) => {
  if (!behind.has(e)) behind.set(e, [getComputedStyle(e).backgroundColor, ...(e.parentElement ? under(e.parentElement) : [])]);
  return behind.get(e);
};
while (walker.nextNode()) {
  const text = walker.currentNode.textContent.trim(), e = walker.currentNode.parentElement;
  if (!text || !e.checkVisibility()) continue;
  const told = [text.slice(0, 40), getComputedStyle(e).color, under(e)], key = JSON.stringify(told.slice(1));
  if (!found.has(key)) found.set(key, told);
}
return [...found.values()];
"""

# every word of one figure, which stands alone at the top of the screen: its colour and its box; then the words go
WORDS = """
const words = [...arguments[0].querySelectorAll("svg text")].filter((word) => word.checkVisibility());
return words.map((word) => {
  const box = word.getBoundingClientRect(), colour = getComputedStyle(word).fill;
  word.style.visibility = "hidden";
  return [colour, box.x, box.y, box.width, box.height];
});
"""
# of the page its figures stay, and of these one is shown: laying out the whole page between two of them takes longest
BARE = """
const figures = [...document.querySelectorAll("figure")], kept = new Set();
for (const figure of figures) for (let at = figure; at; at = at.parentElement) kept.add(at);
document.body.querySelectorAll("*").forEach((e) => {
  if (kept.has(e.parentElement) && !kept.has(e) && !figures.includes(e.parentElement)) e.style.display = "none";
});
figures.forEach((figure) => (figure.style.display = "none"));
"""
ALONE = """
document.querySelectorAll("figure").forEach((figure) => (figure.style.display = figure === arguments[0] ? "" : "none"));
return document.documentElement.scrollHeight;
"""


def luminance(colour: np.ndarray) -> np.ndarray:
    """Relative luminance of sRGB colours (..., 3), 0 to 255."""
    part = np.asarray(colour, float) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def contrast(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """1 where both are the same, 21 of black on white."""
    a, b = luminance(one), luminance(other)
    return (np.maximum(a, b) + 0.05) / (np.minimum(a, b) + 0.05)


def rgb(text: str) -> np.ndarray:
    """Red, green and blue of #rrggbb, rgb() or rgba()."""
    if text.startswith("#"):
        return np.array([int(text[k : k + 2], 16) for k in (1, 3, 5)], float)
    return np.array([float(v) for v in re.findall(r"[\d.]+", text)[:3]])


def opaque(text: str) -> bool:
    return not text.startswith("rgba") and text != "transparent"


def faint_texts(browser, least: int) -> list[tuple[str, float]]:
    """Texts of the open page whose contrast is below AA, each pair of colours once; there are `least` pairs or more."""
    pairs = {}
    for text, front, behind in browser.execute_script(TEXTS):
        solid = next(b for b in behind if opaque(b))
        assert all(b == "rgba(0, 0, 0, 0)" for b in behind[: behind.index(solid)]), text
        pairs.setdefault((front, solid), text)
    assert len(pairs) >= least
    found = [(text, float(contrast(rgb(a), rgb(b)))) for (a, b), text in pairs.items()]
    return [(text, ratio) for text, ratio in found if ratio < AA]


def faint_words(browser) -> list[tuple[str, str, float]]:
    """Words of the open page's figures that do not stand out from what is painted under them.

    A figure at a time: a picture of a page of 30,000 px is not the page, for a browser draws no surface that long.
    """
    figures = browser.find_elements("css selector", "figure")
    assert len(figures) > 10
    browser.execute_script(BARE)
    found = []
    for figure in figures:
        name, height = figure.get_attribute("id"), browser.execute_script(ALONE, figure)
        size = {"width": 1200, "height": height, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        browser.execute_script("scrollTo(0, 0)")
        found += [(name, *word) for word in _faint(_words(browser, figure), _pixels(browser))]
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    return found


def _words(browser, figure) -> list[tuple[str, list[float]]]:
    return [(colour, box) for colour, *box in browser.execute_script(WORDS, figure)]


def _faint(words: list[tuple[str, list[float]]], under: np.ndarray) -> list[tuple[str, float]]:
    found = []
    for front, (x, y, w, h) in words:
        box = under[int(y) : int(np.ceil(y + h)), int(x) : int(np.ceil(x + w))]
        assert box.size, (front, x, y)
        ratio = float(np.quantile(contrast(rgb(front), box), CROSSED))
        found += [(front, ratio)] if ratio < AA else []
    return found


def _pixels(browser) -> np.ndarray:
    shot = browser.execute_cdp_cmd("Page.captureScreenshot", {})
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(shot["data"]))).convert("RGB"), float)
