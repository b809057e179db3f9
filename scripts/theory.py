"""docs/theory.md from what the report says: the words of its method, its formulas and the works that it cites.

python scripts/theory.py            # say whether the page is what they say
python scripts/theory.py --write    # write it
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from eventwindow.errors import catalogue
from eventwindow.report.sections import method
from eventwindow.report.sections.method import cited, works

PAGE = Path(__file__).parents[1] / "docs" / "theory.md"
PARTS = {
    "models": (*method.MODELS, "star"),
    "ar": ("abnormal", "standardised", "volume", "volatility"),
    "firm": ("single_firm_t", "sq", "sq_scaled", "power"),
    "basket": method.TESTS,
    "many": ("romano_wolf", "family", "chosen"),
    "further": ("curve", *method.COUNTERFACTUALS, *method.PLACEBOS),
    "hours": ("bars", "lead_lag", "receipts"),
}
HEAD = """\
# The formulas

What eventwindow computes, as mathematics, with the work that each goes back to. The words and formulas are those that a
report prints under “Method” for what its study used; [Methods](methods.md) says when to use which, and
[Size and power](calibration.md) how often each rejects where nothing happened.

AR is an abnormal return, CAR a sum of them over a window, SAR and SCAR the two in units of their forecast errors; i
counts securities or events (N of them), τ and t sessions, T estimation days, k coefficients.

<!-- python scripts/theory.py --write -->
"""


def page() -> str:
    parts = [HEAD, *(block for title, keys in PARTS.items() for block in _part(title, keys))]
    said = [catalogue("en").words(f"method.{key}") for keys in PARTS.values() for key in keys]
    sources = [f"- {works()[work]}" for work in cited(said)]
    return "\n".join([*parts, "## Sources\n", *sources, ""])


def _part(title: str, keys: tuple[str, ...]) -> Iterator[str]:
    yield f"## {catalogue('en').words(f'method.{title}_title')}\n"
    yield from (_entry(key) for key in keys)


def _entry(key: str) -> str:
    """Its name, what it is called in the library, what the report says of it, and its formula."""
    words = catalogue("en")
    named = next(k for k in (f"test.{key}", f"option.{key}", f"method_name.{key}") if k in words)
    name = words.words(named)
    text = re.sub(r"&nbsp;", "\u00a0", words.words(f"method.{key}"))
    formula = f'<div class="formula">{_formula(key)}</div>\n' if method.has_formula(key) else ""
    return f"### {name[:1].upper()}{name[1:]}\n\n`{key}` · {text}\n\n{formula}"


def _formula(key: str) -> str:
    path = files("eventwindow.report").joinpath(f"templates/formulas/{key}.html")
    return path.read_text(encoding="utf-8").strip()


def main() -> int:
    if "--write" in sys.argv:
        PAGE.write_text(page(), encoding="utf-8", newline="\n")
        return 0
    same = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == page()
    print("docs/theory.md is up to date" if same else "docs/theory.md is not what the report says: --write")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
