"""Figures in a sentence of an article, each with the hedge before or behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from eventwindow.claims.amounts import CHINESE, Amount, figure
from eventwindow.claims.amounts import amounts as every
from eventwindow.draft.chinese import numeral
from eventwindow.draft.lexicon import Lexicon, Mark

_OF_VALUE = re.compile(
    r" ?(?:of )?(?:its|their|the (?:stock|company|firm)'s) (?:market |stock |stockmarket )?(?:value|worth|price|capital)"  # noqa: E501
    r"|的?(?:总?市值|价值|股价)",
    re.IGNORECASE,
)
_FRACTION = re.compile(  # "has risen by more than half", "lost a fifth of its value"
    r"\b(?:up|down|off|by|lost|sh(?:ed|edding)|gain(?:ed|ing)|ris(?:en|ing)|rose|fall(?:en|ing)|fell|climb(?:ed|ing)|dropp(?:ed|ing)"
    r"|plunged|slumped|tumbled|jumped|surged|soared|sunk|sank|slid|put on|advanced|declined)(?: by)?"
    r"(?: (?:more than|less than|over|nearly|almost|about|around|roughly|as much as|close to))? "
    r"(?P<of>(?P<k>an?|one|two|three)[- ](?P<d>third|quarter|fifth|sixth|seventh|eighth|ninth|tenth)s?|half)"
    r"(?= of (?:its|their|the) (?:market )?(?:value|worth|money|price)\b|[,.;:]|$"
    r"| in (?:an?|the|early|late|just|less|under|about|\d|two|three|four|five|six)\b"
    r"| (?:over|on|since|this|last|from|for|compared|and|but|while|after|before|so|during|within|against)\b)",
    re.IGNORECASE,
)
_FRACTION_ZH = re.compile(  # 股价跌去近一半, 跌掉三分之一以上
    r"(?:[跌涨升挫泻贬]|缩水|蒸发|下滑|回落)(?:幅度?)?(?:去|掉|了)?(?:超过|将近|接近|逾|近|约)?"
    r"(?P<of>一半|(?P<d>[三四五])分之(?P<k>[一二三四]))(?!的)"
)
_PARTS = {"third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10}
_BY = re.compile(r"\bby (?:about |around |nearly |almost |some |more than )?$", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:from|between|of|at|with|expects?\w*|range\w*) $", re.IGNORECASE)
LEVEL = 3  # times a change, at least, is where a price stands
_TO = re.compile(r" to |[至到]")
_MOVED = re.compile(r"[涨跌升挫贬泻弹扬低高缩水发][了约近逾]?$")  # 涨10元至1475元
_ONE = re.compile(  # "at one point", "0.88 of a point", "the 30-stock index", and the unit of a rate, 1美元兑153日圆
    r"(?<=\bat )one point\b|(?<=\bof )a (?:percentage )?point\b|\d+-(?:stock|share|issue|member|company)\b"
    r"|\d{3,4}\s(?:GMT|BST|E[SD]T|CES?T|IST|SGT|HKT|JST|WIB)\b"
    r"|\d{1,2}(?:[:.]\d\d)?\s?(?:[ap]\.m\.|[ap]m\b)|\d{1,2}:\d\d\b"
    r"|1(?:[美欧日港澳加纽]|新西兰)?元(?=可?[兑对折合])|1英镑(?=[兑对])",
    re.IGNORECASE,
)


_TALLY = re.compile(  # "losers outnumbered gainers 724 to 175" counts shares
    r"\boutnumber\w*(?: by)? [\w ]{3,24}?,?(?: by)? (?:[\d,]+ (?:to|against) )?$", re.IGNORECASE
)
_OF_PLACE = re.compile(r"\s(?P<of>Hong Kong|(?:New )?Taiwan|Australian|Canadian|Singapore) dollars?\b")
_DOLLARS = {"Hong Kong": "HKD", "Taiwan": "TWD", "New Taiwan": "TWD", "Australian": "AUD", "Canadian": "CAD"}
_FUTURES = re.compile(r"期货|每(?:磅|蒲式耳|英斗)")  # what is quoted in cents
_DOLLARED = re.compile(r"原油|轻油|每桶|盎司|白银|黄金|[铂钯白]金")  # quoted in dollars
_OF_POINT = re.compile(r" of a point\b")
_BRACKET = re.compile(r"\s\((?:about|around|roughly|some|or)?\s?")
_COINS = {"in": "INR", "my": "MYR", "us": "USD", "us2": "USD"}
_HUNDREDTHS = re.compile(
    r"\s(?:(?P<us>US |U\.S\. )|Canadian |euro )?(?:cents?(?P<us2> US)?|(?P<in>paise?)|(?P<my>sen))\b"
)


def basis(words: str) -> bool:
    """Whether a figure is in hundredths of a per cent, as yields move."""
    return figure("basis").search(words) is not None


def amounts(text: str, rules: Lexicon) -> Iterator[Mark]:
    """Every figure in the sentence as a mark that begins with its hedge; of parts only those of a value, no yields."""
    given = [_sum(text, a) for a in every(text)]
    given = [a for k, a in enumerate(given) if not (k and _converted(text, given[k - 1], a))]
    parts = [p for p in _fractions(text) if all(p.end <= a.at or a.end <= p.at or a.unit == "part" for a in given)]
    given = [a for a in given if all(p.end <= a.at or a.end <= p.at for p in parts)] + parts
    for a in (part for whole in given for part in _apart(text, whole)):
        if a.unit == "part" and _OF_VALUE.match(text, a.end):
            yield _hedged(text, replace(a, unit="percent"), rules)
        elif a.unit != "part" and not (_ONE.match(text, a.at) or _TALLY.search(text, 0, a.at)):
            yield _hedged(text, a, rules)


def _converted(text: str, before: Amount, amount: Amount) -> bool:
    """Whether a sum in brackets is the one before it in another currency: "1,068 yen ($9.50)"."""
    sums = before.unit == amount.unit == "money" and before.currency != amount.currency
    return sums and bool(_BRACKET.fullmatch(text, before.end, amount.at)) and text.startswith(")", amount.end)


def _sum(text: str, amount: Amount) -> Amount:
    """A sum in hundredths of its currency, as "57 cents", in the currency itself; one in the dollars of a place."""
    if amount.unit == "number" and (part := _OF_POINT.match(text, amount.end)):
        return replace(amount, unit="points", words=amount.words + part[0])  # "0.88 of a point"
    if amount.unit == "number" and (place := _OF_PLACE.match(text, amount.end)):
        return replace(amount, unit="money", currency=_DOLLARS.get(place["of"], ""), words=amount.words + place[0])
    dollars = _DOLLARED.search(text)
    if amount.unit == "number" and text.startswith("美分", amount.end) and (dollars or _FUTURES.search(text)):
        cents = replace(amount, unit="money", currency="USD", words=amount.words + "美分")  # as grain is quoted
        return _hundredth(cents) if dollars else cents
    coin = _HUNDREDTHS.match(text, amount.end) if amount.unit == "number" else None
    if coin is None:
        return amount
    currency = next((c for part, c in _COINS.items() if coin[part]), "")
    return replace(_hundredth(amount), unit="money", currency=currency, words=amount.words + coin[0])


def _hundredth(amount: Amount) -> Amount:
    return replace(
        amount, low=amount.low / 100, high=amount.high / 100, finest=amount.finest / 100, coarsest=amount.coarsest / 100
    )


def _fractions(text: str) -> Iterator[Amount]:
    """What a price moved by in parts of itself, as per cent."""
    for m in _FRACTION.finditer(text):
        over = _PARTS[m["d"].lower()] if m["d"] else 2
        share = {"two": 2, "three": 3}.get((m["k"] or "").lower(), 1) / over
        yield Amount("percent", share, share, 0.01, 0.01, words=m["of"], at=m.start("of"))
    for m in _FRACTION_ZH.finditer(text):
        share = numeral(m["k"]) / numeral(m["d"]) if m["d"] else 0.5
        yield Amount("percent", share, share, 0.01, 0.01, words=m["of"], at=m.start("of"))


def _apart(text: str, amount: Amount) -> Iterator[Amount]:
    """ "fell by $109 billion to $832 billion" is a change and a level, no range: each end has its own unit."""
    found = _TO.search(amount.words)
    first, to, second = amount.words.partition(found[0] if found else " to ")
    moved = to in {"至", "到"} and amount.unit in {"money", "points"} and _MOVED.search(text[: amount.at])
    steps = basis(first) and not basis(second)  # "rose 16 basis points to 4.43 %"
    far = amount.high > LEVEL * amount.low and not _BETWEEN.search(text[: amount.at])  # "rose $21.40 to $1,970.40"
    parted = steps or moved or (to == " to " and (far or _BY.search(text[: amount.at])))
    ends = [*every(first), *every(second)] if to and parted else []
    if len(ends) == 2 and ends[0].unit == ends[1].unit == amount.unit:
        yield replace(ends[0], at=amount.at)
        yield replace(ends[1], at=amount.at + len(first) + len(to))
    else:
        yield amount


def _hedged(text: str, amount: Amount, rules: Lexicon) -> Mark:
    """The amount with the hedge before or after it; the mark covers both."""
    start, end, hedge, extreme = amount.at, amount.end, amount.hedge, False
    head = text[max(0, start - 24) : start]
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
    extreme = extreme or bool(CHINESE.search(before) and rules.extreme.search(before))
    return Mark(start, end, "amount", replace(amount, hedge=hedge, extreme=extreme))
