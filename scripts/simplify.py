"""Write the Simplified Chinese catalogues from the Traditional ones: `python scripts/simplify.py`, by hand.

OpenCC (tw2sp) converts; simplify_terms.toml holds the terms that it does not know. Written are the report's catalogue
and, for each study that ships, the words of its study.toml, claims.toml and readings.toml.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

import opencc
import polib

from eventwindow.draft.studyfile import chinese_texts, simplified_catalogue

PACKAGE = Path(__file__).parents[1] / "src" / "eventwindow"
LOCALE, LIBRARY = PACKAGE / "report" / "locale", PACKAGE / "study" / "library"
HEADER = "Written by scripts/simplify.py from the Traditional Chinese: correct that, or simplify_terms.toml."
OWN = {"format.typst_region": "CN", "format.script": "Hans"}  # what is no word


@cache
def converter(words: bool) -> opencc.OpenCC:
    """Of words and characters, or of characters alone."""
    return opencc.OpenCC("tw2sp" if words else "tw2s")


@cache
def terms() -> tuple[re.Pattern[str], dict[str, str], re.Pattern[str]]:
    """What finds the terms, longer ones first, Traditional → Simplified, and what finds the words that stay."""
    held = tomllib.loads(Path(__file__).with_name("simplify_terms.toml").read_text(encoding="utf-8"))
    found, stay = (re.compile("|".join(map(re.escape, sorted(held[k], key=len, reverse=True)))) for k in held)
    return found, held["terms"], re.compile(f"({stay.pattern})")


def simplified(text: str) -> str:
    """The text in Simplified Chinese."""
    pattern, held, stay = terms()
    parts = stay.split(pattern.sub(lambda found: held[found[0]], text))  # every second one stays
    return "".join(str(converter(words=not k % 2).convert(part)) for k, part in enumerate(parts))


def catalogue() -> str:
    """The report's catalogue."""
    held = polib.pofile(str(LOCALE / "zh_Hant.po"), wrapwidth=0)
    held.header = HEADER
    held.metadata |= {"Language": "zh_Hans", "X-Language-Name": simplified(held.metadata["X-Language-Name"])}
    for entry in held:
        entry.msgstr = OWN.get(entry.msgid, simplified(entry.msgstr))
        entry.msgstr_plural = {k: simplified(words) for k, words in entry.msgstr_plural.items()}
    return str(held).rstrip("\n") + "\n"


def written() -> dict[Path, str]:
    """Every file that this script writes, with its text."""
    files = {LOCALE / "zh_Hans.po": catalogue()}
    studies = sorted(path.parent for path in LIBRARY.glob("*/study.toml"))
    return files | {
        folder / "locale" / "zh_Hans.po": simplified_catalogue(chinese_texts(folder), simplified, HEADER)
        for folder in studies
    }


if __name__ == "__main__":
    for path, text in written().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        print(path.relative_to(PACKAGE.parents[1]))
