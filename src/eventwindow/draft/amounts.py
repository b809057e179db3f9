"""Figures in a sentence: per cent, money, points, multiples, in every form that either language writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Literal

from eventwindow.draft.chinese import has_chinese, numeral
from eventwindow.draft.lexicon import Lexicon, Mark

Unit = Literal["percent", "money", "points", "multiple", "number"]
LARGEST = 1e18  # a longer row of digits is no figure
_N = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_ZH = r"[零〇一二两三四五六七八九十百千万亿兆廿]+(?:点[零〇一二三四五六七八九]+)?"
_WORD = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|a)(?= (?:thousand|million|billion|trillion|per ?cent))"
_NUM = rf"(?:{_N}|{_ZH}|\b{_WORD})"
_SCALE = r"(?:\s*(?:thousand|million|billion|trillion|bn|tn|mn|m|b|k|t)\b|\s*[十百千万亿兆]+)"
_CUR = r"(?:US\$|HK\$|NT\$|A\$|C\$|\$|€|£|¥)"
_UNIT = (
    r"(?:\s*(?:%|percentage points?\b|per ?cent\b|pct\b|个?百分点)"
    r"|\s*(?:US |U\.S\. )?(?:dollars?|euros?|pounds?|yen|yuan|francs?)\b"
    r"|\s*(?:USD|HKD|TWD|EUR|JPY)\b|\s*(?:美元|美金|港元|港币|新台币|台币|人民币|日元|日圆|欧元|英镑|瑞士法郎|瑞郎|法郎|元)|-?\s*points?\b|点(?![零一二三四五六七八九\d钟半]))"
)
_TO = r"\s*(?:to|-|–|—|~|至|到)\s*"
_GENERAL = re.compile(
    rf"(?P<sign>(?<![\w.])[-−–+]|\b(?:plus|minus)\s+)?(?P<cur>{_CUR})?(?P<n1>{_NUM})(?P<many>[多余几](?=[万亿兆]))?(?P<s1>{_SCALE})?"
    rf"(?P<many1>[多余])?(?P<u1>{_UNIT})?"
    rf"(?:(?:{_TO}|(?P<and>\s+and\s+))(?P<cur2>{_CUR})?(?P<n2>{_NUM})(?P<s2>{_SCALE})?(?P<u2>{_UNIT}))?",
    re.IGNORECASE,
)
_PERCENT_ZH = re.compile(rf"百分之(?P<n1>{_N}|{_ZH})(?:[到至](?:百分之)?(?P<n2>{_N}|{_ZH}))?")
_TENTHS = re.compile(r"(?P<n1>[一二两三四五六七八九1-9])(?:[到至](?P<n2>[一二两三四五六七八九1-9]))?成(?P<rest>[一二三四五六七八九1-9半])?(?![为本立功长员分果交都品熟就])")  # fmt: skip  # noqa: E501
_MULTIPLES = (
    (
        re.compile(
            r"\b(?:double[sd]?|doubling)\b(?! the\b| that\b| what\b| its\b)|翻(?:了)?(?:一倍|一番)|翻倍|倍增", re.I
        ),
        1.0,
    ),
    (re.compile(r"\b(?:triple[sd]?|tripling)\b|翻两倍", re.I), 2.0),
    (re.compile(r"\b(?:quadruple[sd]?)\b|翻两番", re.I), 3.0),
    (re.compile(r"\b(?:halve[sd]?|halving)\b|腰斩", re.I), -0.5),
)
_TIMES_ZH = re.compile(rf"(?P<n1>{_N}|{_ZH})倍")
_TIMES_EN = re.compile(rf"\b(?P<n1>{_N}|two|three|four|five|six|seven|eight|nine|ten) times\b", re.I)
_SCALES = {"thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9, "b": 1e9,
           "trillion": 1e12, "tn": 1e12, "t": 1e12}  # fmt: skip
_WORDS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
          "ten": 10}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure: low and high alike unless a range; per cent as decimals; `step` is that of the last stated digit."""

    unit: Unit
    low: float
    high: float
    step: float
    hedge: str = "exact"
    currency: str = ""
    signed: int = 0
    extreme: bool = False  # "as much as", 一度: an extreme of the day
    at: int = 0  # where the number itself begins


def amounts(text: str, rules: Lexicon) -> Iterator[Mark]:
    """Every figure in the sentence as a mark that begins with its hedge."""
    taken: list[tuple[int, int]] = []
    for start, end, amount in [*_special(text), *_general(text, rules)]:
        if any(start < e and s < end for s, e in taken):
            continue
        taken.append((start, end))
        yield _hedged(text, start, end, amount, rules)


def _special(text: str) -> Iterator[tuple[int, int, Amount]]:
    for pattern, change in _MULTIPLES:
        for m in pattern.finditer(text):
            yield *m.span(), Amount("multiple", abs(change), abs(change), 0.1, signed=1 if change > 0 else -1)
    for pattern, reader in ((_PERCENT_ZH, _percent), (_TENTHS, _tenths), (_TIMES_ZH, _times), (_TIMES_EN, _times)):
        for m in pattern.finditer(text):
            if amount := _numeral_or_none(reader, m):
                yield *m.span(), amount


def _numeral_or_none(reader: Callable[[re.Match[str]], Amount | None], m: re.Match[str]) -> Amount | None:
    """What the reader makes of the match; characters that look like a numeral and are none make no figure."""
    try:
        return reader(m)
    except (ValueError, ArithmeticError):
        return None


def _percent(m: re.Match[str]) -> Amount:
    low, step = _value(m["n1"])
    high = _value(m["n2"])[0] if m["n2"] else low
    return Amount("percent", low / 100, high / 100, step / 100)


def _tenths(m: re.Match[str]) -> Amount:
    low = _value(m["n1"])[0] / 10
    rest = 0.05 if m["rest"] == "半" else _value(m["rest"])[0] / 100 if m["rest"] else 0.0
    high = _value(m["n2"])[0] / 10 if m["n2"] else low
    return Amount("percent", low + rest, high + rest, 0.01 if rest else 0.1)


def _times(m: re.Match[str]) -> Amount:
    times = _value(m["n1"])[0]
    return Amount("multiple", times, times, 0.1)


def _general(text: str, rules: Lexicon) -> Iterator[tuple[int, int, Amount]]:
    place = 0
    while m := _GENERAL.search(text, place):
        ranged = _is_range(m, text[: m.start()])
        last = next(g for g in ("u1", "many1", "s1", "n1") if m[g])
        place = m.end() if ranged else m.end(last)
        if amount := _numeral_or_none(partial(_plain, ranged=ranged, rules=rules), m):
            yield m.start(), place, amount


def _plain(m: re.Match[str], ranged: bool, rules: Lexicon) -> Amount | None:
    unit = ((m["u2"] if ranged else m["u1"]) or m["u1"] or "").strip().lower()
    low, step = _value(m["n1"], m["s1"] or (m["s2"] if ranged else None))
    high = _value(m["n2"], m["s2"])[0] if ranged else low
    if high > LARGEST:
        return None
    amount = _typed(unit, (m["cur"] or "").lower(), min(low, high), max(low, high), step, rules)
    if amount.unit == "number" and not (m["n1"][0].isdigit() or low >= 1e8):
        return None
    signed = 0 if not m["sign"] else 1 if m["sign"].strip().lower() in {"+", "plus"} else -1
    hedge = "range" if ranged else "more_than" if m["many"] or m["many1"] else "exact"
    return replace(amount, signed=signed, hedge=hedge)


def _is_range(m: re.Match[str], head: str) -> bool:
    """ "1 to 2 %" is one; "up 5 % to 51.70 dollars" and "17 % and 18 %" are two figures."""
    if not m["n2"] or (m["and"] and not re.search(r"between\s*$", head, re.IGNORECASE)):
        return False
    if m["u1"]:
        return bool(m["u2"]) and not m["cur2"] and ("%" in m["u1"]) == ("%" in m["u2"])
    return not m["cur2"] or bool(m["cur"])


def _typed(unit: str, sign: str, low: float, high: float, step: float, rules: Lexicon) -> Amount:
    if "%" in unit or "cent" in unit or "pct" in unit or "百分点" in unit:
        return Amount("percent", low / 100, high / 100, step / 100)
    if "点" in unit or "point" in unit:
        return Amount("points", low, high, step)
    if sign or unit:
        name = next((code for code, words in rules.currencies if any(w in (sign or unit) for w in words)), "")
        return Amount("money", low, high, step, currency=name)
    return Amount("number", low, high, step)


def _value(number: str, scale: str | None = None) -> tuple[float, float]:
    """The number and the step of its last stated digit."""
    scale, plain = (scale or "").strip().lower(), number.replace(",", "").lower()
    plain = str(_WORDS.get(plain, plain))
    if has_chinese(plain):
        value = numeral(plain + scale)
        return value, 10.0 ** -len(plain.partition("点")[2]) if "点" in plain else _chinese_step(
            value, (plain + scale)[-1]
        )
    decimals = len(plain.partition(".")[2])
    times = Decimal(_SCALES[scale] if scale in _SCALES else numeral(scale) if scale else 1)
    value = float(Decimal(plain) * times)
    step = float(times * Decimal(10) ** -decimals)
    return value, step if decimals or scale in _SCALES else _chinese_step(value, scale) if scale else step


def _chinese_step(value: float, unit: str) -> float:
    """5,930億 and 6,000億 speak in billions: a nought that ends a count of 萬 or 億 is not stated."""
    step = numeral(unit) if unit and unit[-1] in "万亿兆" else 1.0
    return step * 10 if unit in {"万", "亿"} and value % (step * 10) == 0 else step


def _hedged(text: str, start: int, end: int, amount: Amount, rules: Lexicon) -> Mark:
    """The amount with the hedge before or after it; the mark covers both."""
    head, hedge, extreme, at_number = text[max(0, start - 24) : start], amount.hedge, False, start
    hits = [(m.start("hit"), m.end("hit"), word) for pattern, word in rules.before if (m := pattern.search(head))]
    if hits:
        at, until, word = min(hits)
        extreme = bool(rules.extreme.fullmatch(head[at:until]))
        hedge = hedge if hedge == "range" else word
        start -= len(head) - at
    if hedge == "exact":
        for pattern, word in rules.after:
            if m := pattern.search(text[end : end + 12]):
                hedge, end = word, end + m.end("hit")
                break
    before = re.sub(r"[^\w]", " ", text[max(0, start - 6) : start])
    extreme = extreme or (has_chinese(before) and bool(rules.extreme.search(before)))
    return Mark(start, end, "amount", replace(amount, hedge=hedge, extreme=extreme, at=at_number))
