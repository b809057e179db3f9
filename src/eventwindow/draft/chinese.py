"""The door to the library for Chinese: one script for both."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from eventwindow.claims.amounts import CHINESE, number_of


def has_chinese(text: str) -> bool:
    return bool(CHINESE.search(text))


@lru_cache(maxsize=8192)
def simplified(text: str) -> str:
    """The text in simplified characters; text without Chinese comes back as it is."""
    return str(_converter().convert(text)) if has_chinese(text) else text


def numeral(text: str) -> float:
    """A Chinese or mixed numeral as a number; ValueError where the characters make none."""
    found = number_of(text)
    if found is None:
        raise ValueError(f"{text} is no numeral")
    return found.value


@lru_cache(maxsize=1)
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")
