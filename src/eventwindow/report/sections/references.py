"""The works that the report cites, found by the words with which its texts cite them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

NAME = r"[A-ZÄÖÜ][\w–-]+"
CITED = re.compile(rf"({NAME}(?:, {NAME})*(?: & {NAME})?) (\d{{4}}(?:, \d{{4}})*)")


@cache
def works() -> dict[str, str]:
    """Citation ("Brown & Warner 1980") → the work."""
    text = files("eventwindow.report").joinpath("templates/references.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def cited(texts: Iterable[str]) -> list[str]:
    """What the texts cite, each once, by surnames and year; two years after the same names are two works."""
    found = {(names, year) for text in texts for names, years in CITED.findall(text) for year in years.split(", ")}
    return [f"{names} {year}" for names, year in sorted(found, key=lambda work: (re.split(", | & ", work[0]), work[1]))]


def references(texts: Iterable[str]) -> list[str]:
    """The works behind the texts, in the order of their authors."""
    return [works()[work] for work in cited(texts)]
