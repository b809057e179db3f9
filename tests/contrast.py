"""Contrast as WCAG 2.2 defines it: of two colours, of the words of a page, and of the words drawn in its figures."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
from PIL import Image

AA = 4.5  # of text of any size
CROSSED = 0.15  # of a word's box: what lines and marks that cross it may take

# every text node of the page: its first words, its colour, and what is painted behind it, ancestors outwards
TEXTS = """
document.querySelectorAll("details, form[hidden]").forEach((e) => { e.open = true; e.hidden = false; });
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
while (walker.nextNode()) {
  const text = walker.currentNode.textContent.trim(), e = walker.currentNode.parentElement;
  if (!text || !e.checkVisibility()) continue;
  const behind = [];
  for (let at = e; at; at = at.parentElement) behind.push(getComputedStyle(at).backgroundColor);
  found.push([text.slice(0, 40), getComputedStyle(e).color, behind]);
}
return found;
"""

# every word of every figure: the figure, its colour and its box on the page; then the words are taken away
WORDS = """
const words = [...document.querySelectorAll("figure svg text")].filter((word) => word.checkVisibility());
return words.map((word) => {
  const box = word.getBoundingClientRect(), colour = getComputedStyle(word).fill;
  word.style.visibility = "hidden";
  return [word.closest("figure").id, colour, box.x + scrollX, box.y + scrollY, box.width, box.height];
});
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


def faint_texts(browser) -> list[tuple[str, float]]:
    """Texts of the open page whose contrast is below AA, each pair of colours once."""
    pairs = {}
    for text, front, behind in browser.execute_script(TEXTS):
        solid = next(b for b in behind if opaque(b))
        assert all(b == "rgba(0, 0, 0, 0)" for b in behind[: behind.index(solid)]), text
        pairs.setdefault((front, solid), text)
    assert len(pairs) > 5
    found = [(text, float(contrast(rgb(a), rgb(b)))) for (a, b), text in pairs.items()]
    return [(text, ratio) for text, ratio in found if ratio < AA]


def faint_words(browser) -> list[tuple[str, str, float]]:
    """Words of the open page's figures that do not stand out from what is painted under them."""
    figures: dict[str, list[tuple[str, np.ndarray]]] = {}
    for figure, front, *box in browser.execute_script(WORDS):
        figures.setdefault(figure, []).append((front, np.array(box)))
    assert len(figures) > 10
    return [(figure, *word) for figure, words in figures.items() for word in _faint(browser, words)]


def _faint(browser, words: list[tuple[str, np.ndarray]]) -> list[tuple[str, float]]:
    boxes = np.array([box for _, box in words])
    left, top = boxes[:, :2].min(axis=0)
    width, height = (boxes[:, :2] + boxes[:, 2:]).max(axis=0) - (left, top)
    under, found = _pixels(browser, left, top, width, height), []
    for front, (x, y, w, h) in words:
        box = under[int(y - top) : int(np.ceil(y - top + h)), int(x - left) : int(np.ceil(x - left + w))]
        ratio = float(np.quantile(contrast(rgb(front), box), CROSSED))
        found += [(front, ratio)] if ratio < AA else []
    return found


def _pixels(browser, x: float, y: float, width: float, height: float) -> np.ndarray:
    clip = {"x": x, "y": y, "width": width, "height": height, "scale": 1}
    shot = browser.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(shot["data"]))).convert("RGB"), float)
