"""What words mean: rules.toml compiled to patterns, and the marks that they leave in a sentence."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from typing import Any

from eventwindow.claims.rounding import hedge_table
from eventwindow.draft.chinese import simplified

_CODE = r"(?! ?[A-Z][A-Z.]{0,6}\))"  # of an exchange: (NYSE: TRU)
BOUNDARY = re.compile(rf"(?<!\d)[,;:]{_CODE}|[,;:](?!\d){_CODE}|[—–]{{2}}|\s[-—–]\s")
FILLER = r")\s*(?:(?:about|around|nearly|near|almost|roughly|some|close to|just|an?|new|fresh|record|约|近|每桶|每股|每盎司|每英两|每公?吨|每磅|每两|每克|1[美欧]元可?[兑对]|每公斤|每百万(?:瓦时|英热单位)|每兆瓦时|每蒲式耳|每克拉)\s*)*$"  # noqa: E501
# A kind of stocks that no list holds: "travel stocks", 營建股 at the beginning of a clause.
BOND = (  # whose yield no list holds
    r"(?:[\w]+-year (?:[A-Z]\w+ )?(?:Bunds?|gilts?|JGBs?|OATs?|BTPs?|(?<=[nhe] )(?:government|Treasury) bonds?)"
    r"|(?!American|The)[A-Z]\w+(?:['’]s|an|ese|ish|nch|eek) \w+-year (?:(?:government )?bond )?yields?)"
)
STATE = r"\w+-year government bonds?"  # of the article's own state
BOND_ZH = r"(?:[日德英法中韩]国?本?)?\d{1,2}年期(?:日本|[德英法中韩]国|[日德英法中])[国公]?债(?:收益率|殖利率|孳息率?)"
_HAN = r"(?:(?!的|逾|[数上]百|上千)[\u4e00-\u9fff])"
_WORD = rf"(?:[A-Z]{{1,4}})?{_HAN}"
_DAY_ZH = r"(?:周[一二三四五]|(?:\d{1,2}月)?\d{1,2}日|[今昨当][天日])?"
_BEGUN = (  # where a kind of stocks begins: 仰赖出口的钢铁、石化股, 只有农业股
    r"(?:(?<=[,;:。、的])|(?<=[只唯]有)|(?<=[上下]游)|(?<=其[他中])|(?<=反观)|^)(?![只唯]有|[上下]游|其[他中]|反观|[逾超近多数百千])"
)
GROUP = re.compile(
    rf"(?P<bond_zh>{BOND_ZH})|"
    rf"(?:[Yy]ields? on (?:the )?)?(?:benchmark )?\b(?P<bond>{BOND})\b(?: yields?\b)?|"
    rf"[Yy]ields? on (?:the )?(?P<state>{STATE})\b|"
    r"(?<![\w-])(?:Shares|Stocks) in (?:mainland )?[A-Z][a-z]+(?:-[A-Z][a-z]+)?(?= (?:mostly |also |broadly )?\w+(?:ed|se|ll)\b)"  # noqa: E501
    r"|(?<![\w-])(?:Tokyo|Seoul|Taiwan|Hong Kong|South Korean|Latin American|Middle Eastern|[A-Z][a-z]+(?:ese|ian|ean|ish)|Asia-Pacific|EM|Gulf|Local|LOCAL) (?:stocks|shares|equities|stock market|sharemarket)\b"  # noqa: E501
    r"|(?<![\w-])[A-Za-z][a-z-]{3,} stocks\b"
    rf"|{_BEGUN}(?>{_WORD}{{2,4}}股?[、与和及])+(?:(?!等){_HAN}|[A-Z]{{1,4}}(?={_HAN})){{2,6}}(?<![个控持入供配招募])(?:股|板块)(?={_DAY_ZH}(?!相对抗)[则也亦普全同齐纷逆集却均皆多大走表涨跌领受排下上相跟续再随飙急重升挫弹反回录]|的[涨跌升]幅)"
    rf"|{_BEGUN}(?:[A-Z]{{1,4}})?{_HAN}{{2,5}}(?:类股|概念股|族群|(?<![个控持入供配招募港美陆台])股)(?={_DAY_ZH}(?:[则也亦普全同齐纷逆集却均皆多大悉涨跌升挫走受领跟应再续连录]|表现|[上下](?!周)|收[涨跌]))"
    r"|(?:(?<=[,;:。、])|(?<=[今当]日)|^)(?![今当但而])[\u4e00-\u9fff]{2,5}行业(?=[也亦则]?以[\d.]+%的[涨跌升]幅)"
    rf"|(?:(?<=[,;:。、])|^)\d+[只档家支]成[份分]股(?={_DAY_ZH}[全均悉无])"
    rf"|{_BEGUN}{_HAN}{{2,5}}股(?=[、与和及]{_HAN}{{2,5}}股{_DAY_ZH}分别)|(?<=股[、与和及]){_HAN}{{2,5}}股(?={_DAY_ZH}分别)"
    r"|(?:(?<=[,;:。、])|(?<=板块[和与及])|(?<=[,;][但而])|(?<=[今当]日)|^)(?![但而今当])[\u4e00-\u9fff]{2,6}板块"
    rf"(?=[^,。;的方中]{{0,4}}?[跌涨升挫走领回录]|[也亦则]?以[\d.]+%的[涨跌升]幅|(?:[和与及、][^,。;]{{2,8}}板块)?{_DAY_ZH}分别以)"
    rf"|(?:个股|(?<=[,;:。、])(?:亚洲|新兴市场)货币)(?={_DAY_ZH}(?:普遍|[多大]数|大多|普[跌涨]|[涨跌升]多[涨跌]少|全线|集体))"
    rf"|(?:即月期指|(?:(?<=[,;:。、])|^)(?:期指)?夜期)(?={_DAY_ZH}[收报跌升涨挫高低])"
    r"|人民币(?:[兑对]美元)?(?:汇率)?中间价"
    rf"|(?:(?<=[,;:。、])|^)(?:马德里|首尔|东京|伦敦|法兰克福|巴黎|米兰|悉尼|雪梨|孟买|莫斯科|[韩泰德法英]国|南韩|日本|澳洲|印度|越南|印尼|俄罗斯|意大利|西班牙|巴西|土耳其)股市(?={_DAY_ZH}(?:[则也亦更大重急小微狂暴崩下上反收]|一度)*[跌涨升挫弹泻飙](?:\d|,(?:盘中)?[^,;。\d]{{0,6}}[跌涨升]幅[^,;。\d]{{0,6}}\d))"
    r"|(?:(?<=[,;:。、])|^)(?:同[业行]|同族群)(?=跟|普遍|齐|集体|全线|[多大]数|大多|[涨跌]多[涨跌]少)"
    r"|(?:(?<=[,;:。、])|^)(?:欧美|美欧|亚太|亚洲|日韩)股市"
)


OF_LIST = re.compile("[、与和及]")
LONGEST = 20  # characters of a word before a kind
_MODIFIER = re.compile(  # no verb, no adverb, no word for how many
    r"(?<![\w'’-])((?!(?i:why|how|what|when|where|which|other|another|among|several|many|few|even|only|because|that|this|these|those|sent|led|left|hit)\b)"
    r"[A-Za-z][a-z]{2,}(?<!s)(?<!ed)(?<!ly)(?<!ing)) $"
)
_WHOLE_BEFORE = re.compile(r"(?:美国|欧洲|欧美|亚太|亚洲|内地|香港|中国|日本|韩国|台湾|[中内外港]资)$")
_WHOLE_AFTER = re.compile(r"期货(?:主力)?(?:合约)?|(?<=股)指数")


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a sentence that means something: its kind and what it stands for."""

    start: int
    end: int
    kind: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Group:
    """Securities that an article names as a kind, without saying which they are."""

    label: str
    label_zh: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """rules.toml, compiled: for Chinese and English text, or for English alone where a text holds no Chinese."""

    words: Mapping[str, re.Pattern[str]]
    groups: Sequence[tuple[re.Pattern[str], Group]]
    before: Sequence[tuple[re.Pattern[str], str]]
    after: Sequence[tuple[re.Pattern[str], str]]
    levels: Mapping[str, re.Pattern[str]]
    extreme: re.Pattern[str]
    places: Mapping[str, re.Pattern[str]]
    abbreviations: tuple[str, ...]
    not_bare: frozenset[str]
    stop: frozenset[str]  # words with a capital letter that are no names
    fillers: tuple[str, ...]
    never: str
    aside: Mapping[str, re.Pattern[str]]
    zones: Mapping[str, str]  # a place as clock times name it → its zone
    small: frozenset[str]  # words that name no subject
    prepositions: frozenset[str]
    nouns: frozenset[str]  # that begin a sentence and are no firms
    no_kind: frozenset[str]  # plural nouns that are no kind of securities
    elsewhere: frozenset[str]  # the commonest words of other languages
    known: frozenset[str]  # words that change nothing in what a clause says of a move
    known_zh: tuple[str, ...]
    changing: frozenset[str]  # adverbs that change what is said, unlike others in "ly"

    def marks(self, text: str) -> list[Mark]:
        """Every word of a list and every group in the text, overlaps included."""
        found = [Mark(*m.span(), kind) for kind, pattern in self.words.items() for m in pattern.finditer(text)]
        listed = [
            _widened(Mark(*m.span(), "group", g), text) for pattern, g in self.groups for m in pattern.finditer(text)
        ]
        others = [*GROUP.finditer(text)]
        lists = [m.span() for m in others if OF_LIST.search(m[0])]
        listed = [g for g in listed if not any(a <= g.start and g.end <= b for a, b in lists)]  # 能源股与军工股
        others = [m for m in others if all(g.end <= m.start() or m.end() <= g.start for g in listed)]
        others = [m for m in others if not self._plain(m[0])]
        kinds = [Mark(*m.span(), "group", m["bond"] or m["state"] or m["bond_zh"] or m[0]) for m in others]
        kinds = [self._whole(text, m) if m.value.endswith(" stocks") else m for m in kinds]
        found += listed + [replace(m, value=Group(m.value, m.value)) for m in kinds]
        return found + [Mark(*m.span(), "boundary") for m in BOUNDARY.finditer(text)]

    def _whole(self, text: str, kind: Mark) -> Mark:
        """A kind with the small words before it that tell which: "health care stocks", "department store stocks"."""
        start, never = kind.start, self.small | self.prepositions | self.no_kind
        while word := _MODIFIER.search(text, max(0, start - LONGEST), start):
            if word[1].lower() in never or (word[1][0].isupper() and word.start(1)):
                break
            start = word.start(1)
        return Mark(start, kind.end, kind.kind, text[start : kind.end])

    def _plain(self, group: str) -> bool:
        """ "these stocks", "more stocks": words that name no kind of stocks."""
        return group.split(maxsplit=1)[0].lower() in self.small | self.prepositions | self.known | self.no_kind


def _widened(group: Mark, text: str) -> Mark:
    """The whole noun phrase, where words beside a kind say which part of it is meant: 内地航空股, 三大股指期货."""
    before, after = _WHOLE_BEFORE.search(text[: group.start]), _WHOLE_AFTER.match(text, group.end)
    if not (before or after):
        return group
    start, end = before.start() if before else group.start, after.end() if after else group.end
    return Mark(start, end, "group", Group(text[start:end], text[start:end]))


@lru_cache(maxsize=2)
def lexicon(chinese: bool) -> Lexicon:
    rules = tomllib.loads(resources.files(__package__).joinpath("rules.toml").read_text(encoding="utf-8"))
    return Lexicon(
        words={kind: _pattern(entry, chinese) for kind, entry in rules["words"].items() if entry["en"] or chinese},
        groups=[
            (_pattern(g, chinese), Group(g["label"], g["zh_label"])) for g in rules["groups"] if g["en"] or chinese
        ],
        before=_hedges("before", chinese, r"(?P<hit>", r")\s*$"),
        after=_hedges("after", chinese, r"^\s*(?P<hit>", ")"),
        levels={kind: _pattern(e, chinese, "(?:", FILLER) for kind, e in rules["level"].items()},
        extreme=_pattern(rules["extreme"], chinese),
        places={mic: _pattern(entry, chinese) for mic, entry in rules["places"].items()},
        abbreviations=tuple(rules["abbreviations"]),
        not_bare=frozenset(rules["not_bare"]),
        stop=frozenset(rules["stranger"]["stop"]),
        fillers=tuple(_script(w, chinese) for w in _longest(rules["stranger"]["zh_filler"])),
        zones={_script(place, chinese): zone for place, zone in rules["zones"].items()},
        small=frozenset(rules["small"].split()),
        prepositions=frozenset(rules["prepositions"].split()),
        nouns=frozenset(rules["nouns"].split()),
        no_kind=frozenset(rules["no_kind"].split()),
        elsewhere=frozenset(rules["elsewhere"].split()),
        known=frozenset(rules["known"]["en"].split()),
        known_zh=tuple(_script(w, chinese) for w in _longest(rules["known"]["zh"].split())),
        changing=frozenset(rules["changing"].split()),
        aside={key: re.compile(_script(p, chinese), re.IGNORECASE) for key, p in rules["aside"].items()},
        never=_script(rules["stranger"]["zh_never"], chinese),
    )


def _hedges(side: str, chinese: bool, head: str, tail: str) -> list[tuple[re.Pattern[str], str]]:
    """The words before or behind a figure, hedge by hedge."""
    said = {hedge: {"en": [], "zh": []} | row[side] for hedge, row in hedge_table().items() if side in row}
    return [(_pattern(e, chinese, head, tail), hedge) for hedge, e in said.items() if e["en"] or chinese]


def _pattern(entry: Mapping[str, list[str]], chinese: bool, head: str = "", tail: str = "") -> re.Pattern[str]:
    words = [rf"(?<![A-Za-z0-9])(?:{'|'.join(_longest(entry['en']))})(?![A-Za-z0-9])"] if entry["en"] else []
    if chinese and entry["zh"]:
        words.append("|".join(simplified(w) for w in _longest(entry["zh"])))
    head = head or "(?:"
    return re.compile(head + "|".join(words) + (tail or ")"), re.IGNORECASE)


def _script(word: str, chinese: bool) -> str:
    return simplified(word) if chinese else word


def _longest(words: Iterable[str]) -> list[str]:
    return sorted(words, key=len, reverse=True)


def settled(marks: Iterable[Mark], order: Sequence[str]) -> list[Mark]:
    """Marks without overlap, in the text's order: kinds in `order` first ("a|b" alike), then the longer, then the earlier."""  # noqa: E501
    rank = {kind: k for k, kinds in enumerate(order) for kind in kinds.split("|")}
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda m: (rank.get(m.kind, len(rank)), m.start - m.end, m.start)):
        if all(mark.end <= other.start or other.end <= mark.start for other in kept):
            kept.append(mark)
    return sorted(kept, key=lambda m: m.start)
