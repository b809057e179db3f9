"""Names that are words too (Target, Visa, 統一): what beside them says that a security is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from eventwindow.draft.chinese import has_chinese

KINDS = ("down_strong", "up_strong", "down_weak", "up_weak", "down_wipe",  # of rules.toml
         "open_down", "open_up", "stock", "value", "close", "record_high", "record_low")  # fmt: skip
NEAR = 8  # characters behind a Chinese name
_FORM = re.compile(r"\s*(?:['’]s\b|\(\W*(?:[A-Z]+:\s*)?[\w.^=-]+\)|,? (?:Inc|Corp|Corporation|Co|Company|Ltd|plc|Group|Holdings)\b|[-+( ]*(?:by )?(?:about |nearly |almost |over |more than )?\d[\d.,]*\s*(?:%|per ?cent\b|points?\b))")  # fmt: skip  # noqa: E501
_VERB = re.compile(r"(?:\s+(?:also|then|now|still|alone|\w+ly|and|had|has|have))?\s+(?:is|was|will|has|had|and|said|told|stood|came|went|did|saw|took|made|hit|held|kept|left|won|cut|gave|got|became|began|broke|brought|built|drew|grew|paid|ran|sent|spent|expects?|says|sees|warns|plans|reports|posts|owns|earns|wants|faces|agrees?|holds|whose|which|\w+ed)\b|,")  # fmt: skip  # noqa: E501
_ADVERB = re.compile(r"\s+(?:(?:also|then|now|still|itself|\w+ly|had|has|have|was|were|is|are)\s+)*")
_WHICH = re.compile(r", which (?:also |had |has )?")
_DASH = re.compile(  # "Visa — The stock rose", "Visa: Shares rose"
    r"(?: \([A-Z.]{1,6}\))?(?: [—–] [A-Z]|: (?:(?:The )?(?:[Ss]hares?|[Ss]tock|[Ss]crip)|Its (?:shares|stock))\b)"
)
_OF = re.compile(r"\b(?:shares?|stocks?|ADRs?)\s+(?:of|in)\s+(?:the )?$", re.IGNORECASE)
_INSIDE = re.compile(r"\b[a-z][\w-]*,?\s+$")
_PROPER = re.compile(r"\s+[A-Z]")
_LINK = re.compile(r"\s*(?:,|、|&|/|and|or|as well as|和|与|及|以及|跟)\s*(?:and |or )?", re.IGNORECASE)
_QUOTED = re.compile(
    r"市场上?(?:交投|成交|交易)最?活跃|[AH美港]股|财报|财测|[季年]报|则?连续?[升涨跌挫]|[则亦也皆]?(?:(?:变动|变化|波动|升跌|涨跌)不大|平盘|收平|平收|持平|收市无升跌)|(?:现货|期货|价格?|[周星期一二三四五\d月日号今昨天早晚深夜上午凌晨间后]){0,6}(?:汇率|汇价|兑|对美元|又|再|一度|贬|盘中|一度|早盘|终场|尾盘|收[报于在盘]?\d|触及|升破|跌破|站上|失守|突破|涨破|重回|被|宣布|公布|表示|指出|坦承|遭|推出|[对兑](?:美元|日[元圆]|欧元)|[升贬跌涨挫弹]至|走[强弱升贬软])"
)
_PRICED = re.compile(r"\d[\d.,]*(?:元|%|点)(?=[,;。、]|$)")  # 陽明108元,
_TOPIC = re.compile(  # 廣達召開股東會,股價跳空開高,收278.5元: the clauses behind have no subject of their own
    r"[^。;]*?,(?:股价|该股|指数|收[盘市报]|终场|早盘|盘中|[今昨][日天]|[跌涨升挫])[^,;。]{0,10}\d"
)
_UNIT = re.compile(r"(?:\d\s?|(?<![周期])[零一二两三四五六七八九十百千万亿兆])$")  # an amount: the name is its unit
_TODAY = re.compile(r"^[今昨]\(\d{1,2}日?\)[日天]?")
_DATED = re.compile(r"\(\d{1,2}日\)")
_STOP = re.compile(r"[,。;:、!?]")
_BEGUN = re.compile(
    r"(?:^|[,。;:、!?】〕\]—|丨]|[电讯道日]\)|日[电讯]|- )$"
)  # where a clause begins, also behind an article's head

_AGAINST = re.compile(r"\b(?:[Aa]gainst|[Vv]ersus) $")
_HEAD = re.compile(
    r"(?:^|[,;:。、(】〕)]|\s[-–—]+(?=\s)|\b(?:and|but|while|whereas|as|then|\w+day)\b|[而但则]|\d月份?(?:交[货割收]的?)?)\s*(?:[Tt]he\s+)?$"
)
_HEADED = re.compile(  # what stands behind the subject of a clause that tells a figure: no second noun
    r"(?:,\s|\s+(?:(?:also|then|now|still|itself|had|has|\w+ly)\s+)*(?:for|in|at|on|to|by|of|[a-z]{2,}ed|was|is|were|stood|came|went|bought|took|made|hit|held|set)\b)[^;:]*?\d"
    r"|(?![股业商矿店场所家市])[^,;。]*\d[\d.,]*(?:%|点|厘|万?[美港日韩欧]?元|英镑|兑)"
)

Span = tuple[int, int, str]


def vouched(
    text: str,
    spans: Sequence[Span],
    unsure: frozenset[str],
    words: Mapping[str, re.Pattern[str]],
    traded: frozenset[str],
) -> Iterator[Span]:
    """The spans whose names are sure, and of the others those with a sign or in a list with a sure one.

    A name of what is `traded`, but no firm, is sure where it is the subject of a clause with a figure, or told against.
    """
    spans = [span for span in spans if span[2] not in unsure or not _UNIT.search(text[: span[0]])]
    sure = [
        name not in unsure
        or _sign(text, start, end, words)
        or (name in traded and (_subject(text, start, end) or bool(_AGAINST.search(text, 0, start))))
        for start, end, name in spans
    ]
    for k in (*range(1, len(spans)), *range(len(spans) - 2, -1, -1)):
        for other in (k - 1, k + 1):
            if 0 <= other < len(spans) and sure[other] and _linked(text, spans[k], spans[other]):
                sure[k] = True
    yield from (span for span, is_sure in zip(spans, sure, strict=True) if is_sure)


def _subject(text: str, start: int, end: int) -> bool:
    return bool(_HEAD.search(text[:start]) and _HEADED.match(text, end))


def _linked(text: str, one: Span, other: Span) -> bool:
    first, second = sorted((one, other))
    return bool(_LINK.fullmatch(text[first[1] : second[0]]))


def _sign(text: str, start: int, end: int, words: Mapping[str, re.Pattern[str]]) -> bool:
    before, after = text[:start], text[end:]
    form = _FORM.match(after)
    if not before and _DASH.match(after):
        return True  # "Visa — The stock rose"
    if _OF.search(before) or (form and not (text[start].islower() and form[0].strip().startswith("("))):
        return True
    if text[end - 1].isascii() and has_chinese(text):
        return True  # a Latin word in a Chinese sentence is a name
    if not text[end - 1].isascii():
        first = bool(_BEGUN.search(before))
        near = _STOP.split(after if first else _DATED.sub("", _TODAY.sub("", after))[:NEAR], maxsplit=1)[0]
        return bool(_QUOTED.match(after) or (first and (_PRICED.match(after) or _TOPIC.match(after)))) or any(
            words[kind].search(near) for kind in KINDS if kind in words
        )
    if text[start].isupper() and (_VERB.match(after) or (_INSIDE.search(before) and not _PROPER.match(after))):
        return True
    next_word = end + len(m[0]) if (m := _WHICH.match(after) or _ADVERB.match(after)) else end
    return any(words[kind].match(text, next_word) for kind in KINDS if kind in words)
