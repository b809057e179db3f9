"""Pairs of currencies: of which two a figure beside one speaks, by what it is told in or against."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from eventwindow.claims.amounts import Amount
from eventwindow.draft.clauses import APPOSITION, RELATIVE, Clause
from eventwindow.draft.lexicon import Mark
from eventwindow.draft.securities import Names
from eventwindow.draft.statement import Subject

HIGHEST = 1e6  # no currency is quoted so high
ASIDE = {RELATIVE, APPOSITION}
_APART = re.compile(r"[,;](?! (?:at|to|or)\b)")
_AGAINST = re.compile(r"\b(?:[Aa]gainst|[Vv]ersus|vs\.?) (?:the )?$")
_BUYS = re.compile(r"buys?|buying|bought")
_TO = re.compile(r",? (?:to|at) (?:about |around |nearly |almost |just )?")
_OTHERS = {"names", "amount"}
_EXCHANGED = re.compile(  # 1欧元兑换1.0881美元
    r"1(?P<own>[美欧澳加纽]元|新西兰元|英镑)可?[兑对]换?约?\d[\d.,]*"
    r"(?P<other>[美欧澳加日]元|日圆|英镑|瑞士法郎|瑞典克朗|人民币|元人民币)"
)
_CODES = {
    "美元": "USD", "欧元": "EUR", "英镑": "GBP", "澳元": "AUD", "加元": "CAD", "纽元": "NZD", "新西兰元": "NZD",
    "日元": "JPY", "日圆": "JPY", "瑞士法郎": "CHF", "瑞典克朗": "SEK", "人民币": "CNY", "元人民币": "CNY",
}  # fmt: skip


def paired(mark: Mark, marks: Sequence[Mark], text: str, parts: Sequence[Clause], names: Names) -> Mark:
    """A currency told in another one, or against another one, is the pair of the two: "the euro rose to 85.62 pence"."""  # noqa: E501
    own = coin(mark.value[0], names) if mark.kind == "names" and len(mark.value) == 1 else ""
    if not own:
        return mark
    ends = [m.start for m in marks if m.kind == "names" and m.start > mark.end]
    hanging = next((c for c in parts if c.kind in ASIDE and c.start == mark.end + 2), None)  # ", which had touched …,"
    ends += [m.start() for m in _APART.finditer(text, hanging.end + 1 if hanging else mark.end)]
    following = min(ends, default=len(text))
    told = [m for m in marks if mark.end <= m.start < following]
    against = [coin(s, names) for m in told if m.kind == "aside" for s in m.value]
    against += [_currency(m.value) for m in told if m.kind == "amount"]
    pair = next((p for other in against if (p := _pair(own, other, names))), None)
    return replace(mark, value=(pair,)) if pair else mark


def exchanged(text: str, names: Names) -> Iterator[Mark]:
    """The pairs of which a Chinese text tells what one of the first is exchanged for."""
    for m in _EXCHANGED.finditer(text):
        if pair := _pair(_CODES[m["own"]], _CODES[m["other"]], names):
            yield Mark(*m.span("own"), "name", pair.symbols)


def quotations(marks: Sequence[Mark], text: str, names: Names) -> list[Mark]:
    """The marks without the verbs that tell what a currency buys, which is its price: "the pound bought $1.27"."""
    return [
        m for k, m in enumerate(marks) if not (m.kind == "off" and _buys(marks[:k], m, marks[k + 1 :], text, names))
    ]


def _buys(before: Sequence[Mark], verb: Mark, behind: Sequence[Mark], text: str, names: Names) -> bool:
    named = next((m for m in reversed(before) if m.kind == "names"), None)
    if named is None or not behind or behind[0].kind != "amount" or not _BUYS.fullmatch(text, verb.start, verb.end):
        return False
    own, other = coin(named.value[-1], names), _currency(behind[0].value)
    dollar = named.value[-1].symbols == (f"{other}=X",)  # "the dollar bought 106.9 yen" is that pair already
    return bool(own and other and (own != other or dollar)) and not text[verb.end : behind[0].start].strip()


def crossed(
    text: str, marks: Sequence[Mark], within: tuple[int, int], mark: Mark, who: Subject, names: Names
) -> Subject:
    """The pair that a figure of a currency is of, where one sentence tells it against two: "and 1.4 % against the euro to 1.17 euros"."""  # noqa: E501
    own = coin(who, names)
    if not own or mark.kind != "amount":
        return who
    if mark.value.unit == "money":
        return _pair(own, _currency(mark.value), names) or who
    others = [m for m in marks if m.kind in _OTHERS]
    low = max((m.end for m in others if m.end <= mark.start), default=within[0])
    following = next((m for m in others if m.start >= mark.end), None)
    high = min(within[1], following.start) if following else within[1]
    against = [m for m in marks if m.kind == "aside" and low <= m.start < high and _AGAINST.search(text, low, m.start)]
    beside = sorted(against, key=lambda m: m.start < mark.start)
    other = coin(beside[0].value[0], names) if beside else ""
    if not other and following and following.kind == "amount" and _TO.fullmatch(text, mark.end, following.start):
        other = _currency(following.value)
    return _pair(own, other, names) or who


def coin(who: Subject, names: Names) -> str:
    """The currency that a subject is: the first of its pair; none of an index of one."""
    if who.symbols == ("DX-Y.NYB",):
        return "USD"
    return who.symbols[0][:3] if len(who.symbols) == 1 and names.listings[who.symbols[0]].kind == "currency" else ""


def _currency(amount: Amount) -> str:
    """What a sum is in, if it is so small that a currency may be quoted at it."""
    if amount.unit != "money" or amount.high >= HIGHEST:
        return ""
    return "GBP" if amount.words.endswith("pence") else amount.currency


def _pair(own: str, other: str, names: Names) -> Subject | None:
    if not other or other == own:
        return None
    pairs = (f"{own}{other}=X", *[f"{other}=X"] * (own == "USD"), *[f"{own}=X"] * (other == "USD"))
    return next((Subject((p,)) for p in pairs if p in names.listings), None)
