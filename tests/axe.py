"""The rules of axe-core, of WCAG and of good practice, over the page that a browser shows."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

AXE = Path(os.environ.get("EVENTWINDOW_AXE", Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"))
RULES = """
const [contrast, done] = arguments;
axe.run(document, { resultTypes: ["violations"], rules: { "color-contrast": { enabled: contrast } } }).then(
  (found) => done(found.violations.map((v) => [v.id, v.help, v.nodes.slice(0, 3).map((n) => n.html.slice(0, 120))])),
  (error) => done(String(error)));
"""
needs_axe = pytest.mark.skipif(not AXE.is_file(), reason="needs axe-core (`npm install axe-core`; CONTRIBUTING.md)")


def violations(browser, *, contrast: bool = True) -> list:
    """Each rule that is broken, with its first three places. `contrast`: that of colours, which takes half of the time."""
    browser.set_script_timeout(120)
    browser.execute_script(AXE.read_text(encoding="utf-8"))
    return browser.execute_async_script(RULES, contrast)
