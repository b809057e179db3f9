"""The door to the two libraries for Chinese: one script for both, and numerals as numbers."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from eventwindow.errors import needs_library

CHINESE = re.compile(r"[\u3007\u3400-\u9fff]")
_UNITS = "十百千万亿"


def has_chinese(text: str) -> bool:
    return bool(CHINESE.search(text))


@lru_cache(maxsize=8192)
def simplified(text: str) -> str:
    """The text in simplified characters; text without Chinese comes back as it is."""
    return str(_converter().convert(text)) if has_chinese(text) else text


def numeral(text: str) -> float:
    """A Chinese or mixed numeral in simplified characters as a number: 一万二千, 5千, 2.3, 一点五兆.

    ValueError where the characters make no number (千千, 百百).
    """
    value = 0.0
    while "兆" in text:
        head, _, text = text.partition("兆")
        value += _below_trillions(head) * 1e12
    return value + (_below_trillions(text) if text else 0.0)


def _below_trillions(text: str) -> float:
    if not text:
        return 1.0
    if text[0] in _UNITS[1:]:
        text = "一" + text
    library = _cn2an()
    try:
        return float(library.cn2an(text.replace("廿", "二十"), "smart"))
    except KeyError:  # the library's own slip on some strings that are no numerals
        raise ValueError(f"{text} is no numeral") from None


@lru_cache(maxsize=1)
def _converter() -> Any:
    try:
        from opencc import OpenCC
    except ImportError:
        raise needs_library("a Chinese article", "opencc") from None
    return OpenCC("t2s")


def _cn2an() -> Any:
    try:
        import cn2an
    except ImportError:
        raise needs_library("a Chinese article", "cn2an") from None
    return cn2an
