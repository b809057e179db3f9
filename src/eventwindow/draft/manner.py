"""Figures that are no move of the security named beside them: what two moves differ by, a volume, the price of a deal.

A statement that one of these forms holds is read, and a person says what it means; it is not judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from eventwindow.draft.lexicon import Mark
from eventwindow.draft.quantified import POSSIBLE
from eventwindow.draft.securities import Names
from eventwindow.draft.sentence import MOVES, Sentence
from eventwindow.draft.statement import Statement
from eventwindow.errors import Reason

COMPARED = Reason("draft_compared")
VOLUME = Reason("draft_volume")
DEAL = Reason("draft_deal")
WHOSE = Reason("draft_whose")
SIGN = Reason("draft_two_signs")
MORE = Reason("draft_more_than_direction")
CASH = {"currency"}  # what a price is told in
_TIMES = re.compile(  # "three times as much as the Dow", "three times the gain of the Dow"
    r"\s*(?:as (?:much|far|fast|hard|strongly|steeply|sharply|many)\b|that of\b|(?:more|faster|further) than\b"
    r"|(?:the|its|their)? ?(?:[\w&.]+(?: [\w&.]+){0,3}['’]s? )?(?:\w+ )?(?:gain|rise|advance|fall|drop|decline|loss|move|pace|rate)s?\b)",  # noqa: E501
    re.IGNORECASE,
)
_TIMES_ZH = re.compile(r"(?:[涨跌升降]幅|[是为达有]).*的(?:约|近|逾|将近|超过)*$")  # 是道指涨幅的两倍
_RATE_ZH = re.compile(r"[涨跌升降]幅(?:约|几乎)?[是为达有]?$")  # 涨幅为微软两倍
_THAN = re.compile(r"\s*(?:more|less|better|worse|further|higher|lower|faster) than (?:that of )?(?:the )?")
_OVER = re.compile(r"\s*(?:on|over|against|versus|to|behind|ahead of|relative to) (?:the )?")
_AGAINST = re.compile(r"\s*(?:against|versus|relative to) (?:the )?")
_POINTS = re.compile(r"percentage|百分点", re.IGNORECASE)
_OTHER_FIGURE = re.compile(r"(?:['’]s?)? \S*\d")  # "against the Dow's 1%"
_THAN_ZH = re.compile(r"(?:比|较|相较于?|相比于?)$")
_MORE_ZH = re.compile(r"(?!个?(?:交易|营业)?[日天周])[^,;]*?[多少高低大小]")
_ROUGH = re.compile(r"腰斩|翻[倍番]|\b(?:halv|doubl|tripl|quadrupl)", re.IGNORECASE)
_PART = re.compile(r"\s*of (?:the|its|their|that|this) (?:[a-z]+ )?\S*\d", re.IGNORECASE)  # "2 points of the 3%"
_NONE = re.compile(r"\bno\b[^,;.]*\bthan\b", re.IGNORECASE)
_ALL_BUT = re.compile(
    r"\b(?:all|every|each|everything|everyone)\b[^,;.]*"
    r"\b(?:but|except(?: for)?|bar|save|excluding|other than|apart from|aside from) (?:the )?$",
    re.IGNORECASE,
)
_AVERAGE = re.compile(
    r"\bon average\b|\ban average (?:of )?(?:about |around )?(?=\d)"
    r"|\b(?:average|median|typical) (?:[A-Z][\w&.]* |\d+ )*(?:stocks?|shares?|members?|components?)\b"
    r"|平均(?:而言|来看|[上下大]?[涨跌升挫])",
    re.IGNORECASE,
)
_WITHOUT = re.compile(
    r"\W*(?:excluding|without|stripping out|leaving out)\b|[^,;]*\baside,?\s*$"
    r"|[,;]?(?:若|如果?|假如)?(?:不计|不算|不含|不包括|扣除|剔除|排除|撇除|撇开)",
    re.IGNORECASE,
)
_VOLUME_OF = re.compile(
    r"\b(?:volumes?|turnover) (?:in|of|for|on) (?:the )?(?:shares (?:of|in) )?(?:the )?$", re.IGNORECASE
)
_TRADING_IN = re.compile(r"(?:^|[,;] |\b(?:as|while|and|but) )(?:trading|dealings) in (?:the )?$", re.IGNORECASE)
_VERB = re.compile(r"(?: shares| stock)? \w+ (?:(?:by|about|some|nearly|almost) )*")  # no "was halted after it fell"
_VOLUME_ZH = re.compile(r"(?:成交|交易)(?:量|[金总]?额|值)")
_TWO_VERBS = re.compile(r"(?:放大|增加|大增|激增|萎缩|缩减|减少).*[涨跌升挫收]")  # 成交量放大,and the price rose
_EACH = re.compile(r"分别|各自|依序|依次")
_UP_LIST = re.compile(r"\b(?:gainers|advancers|winners|risers)\b|[涨升]幅", re.IGNORECASE)
_DOWN_LIST = re.compile(r"\b(?:losers|decliners|laggards|fallers)\b|跌幅", re.IGNORECASE)
_BRACKET = re.compile(r"\s?[((]$")
_DEAL = re.compile(
    r"\b(?:sold|sells?|selling|offer(?:ed|s|ing)?|issu(?:ed|es|ing)|placed|placing|bought|buying|repurchased|priced)\b"
    r"(?:(?!\b(?:clos|end|settl|finish|trad|fell|rose)\w*)[^,;.])*\b(?:shares?|stock)\b"
    r"(?:(?!\b(?:clos|end|settl|finish|trad|fell|rose)\w*)[^,;.])*\b(?:at|for) (?:about |around )?$",
    re.IGNORECASE,
)
_DEAL_ZH = re.compile(r"(?:的价格|的价钱)?(?:出售|售出|卖出|配售|配股|增发|发行|回购|买回|买入)")
_FORECAST = re.compile(
    r"\baccording to (?:[\w&'’.]+ ){0,4}(?:forecast|projection|prediction|outlook)s?\b"
    r"|, (?:[\w&]+ ){1,4}(?:forecasts?|predicts|predicted|projects|projected)\W*$"
    r"|(?:据|依照?|按照?)[^,;。]{1,10}(?:预测|预估|预计)",
    re.IGNORECASE,
)


def other_quantity(sentence: Sentence, mark: Mark, s: Statement, names: Names) -> Iterator[Reason]:
    """Why the figure at the mark may be no move, or no close, of the security that it was read of."""
    named = [m for m in sentence.all("names", "aside", "others") if s.who in m.value and m.start < mark.start]
    own = named[-1] if named else None
    if mark.kind != "amount":
        if s.hedge == "direction" and _not_all(sentence, own, mark):
            yield WHOSE
        return
    if s.kind == "price_level":
        if _dealt(sentence, mark):
            yield DEAL
    elif s.kind in {"return", "points"}:
        if _said_again(sentence, mark):
            yield MORE
        if _multiple(sentence, mark) or _difference(sentence, mark) or _PART.match(sentence.text, mark.end):
            yield COMPARED
        if _in_another(sentence, mark, names):
            yield WHOSE
        if own is not None and _volume_of(sentence, own, mark):
            yield VOLUME
        if _not_all(sentence, own, mark) or (own is not None and _another_of_row(sentence, own, mark, s)):
            yield WHOSE
        if own is not None and _of_list(sentence, own, mark) == -s.direction != 0:
            yield SIGN
    if _FORECAST.search(sentence.text):
        yield POSSIBLE


def _said_again(sentence: Sentence, mark: Mark) -> bool:
    """Whether a verb tells the move roughly and the figure follows: 股价腰斩,收盘跌49.4%."""
    following = sentence.first("amount", within=(mark.end, len(sentence.text)))
    figure = following is not None and following.value.unit == "percent" and _ROUGH.search(mark.value.words)
    return bool(figure) and following is not None and not sentence.has("names", within=(mark.end, following.start))


def _multiple(sentence: Sentence, mark: Mark) -> bool:
    """Whether a multiple is one of another move: "three times as much as the Dow", 是道指涨幅的两倍."""
    if mark.value.unit != "multiple":
        return False
    if not sentence.chinese:
        return bool(_TIMES.match(sentence.text, mark.end))
    low, start = sentence.clause(mark)[0], mark.start
    last = sentence.last("names", "aside", "others", before=start, since=low)
    of_rate = last is not None and _RATE_ZH.search(sentence.text[low : last.start])
    return bool(of_rate or _TIMES_ZH.search(sentence.text[low:start]))


def _difference(sentence: Sentence, mark: Mark) -> bool:
    """Whether the figure is what two moves differ by: "3% more than the Dow", 比微软多0.7个百分点."""
    text, low = sentence.text, sentence.clause(mark)[0]
    if mark.value.unit == "money":
        return False
    if sentence.chinese:
        others = sentence.all("names", "aside", "others", within=(low, mark.start))
        return any(_THAN_ZH.search(text[low : m.start]) and _MORE_ZH.match(text[m.end : mark.start]) for m in others)
    than, over = _THAN.match(text, mark.end), _OVER.match(text, mark.end)
    points = _POINTS.search(mark.value.words)
    found = than or (over if points else None)
    return found is not None and _name_at(sentence, found.end()) is not None


def _name_at(sentence: Sentence, at: int) -> Mark | None:
    """The names that begin there, but for an article."""
    return next((m for m in sentence.all("names", "aside", "others") if at - 4 <= m.start <= at), None)


def _in_another(sentence: Sentence, mark: Mark, names: Names) -> bool:
    """Whether the move is told in another security, which is no currency: "Bitcoin rose 2% against ether"."""
    found = _AGAINST.match(sentence.text, mark.end)
    other = _name_at(sentence, found.end()) if found else None
    if other is None or _OTHER_FIGURE.match(sentence.text, other.end):
        return False
    symbols = [symbol for who in other.value for symbol in who.symbols]
    cash = any(names.listings[symbol].kind in CASH or symbol == "DX-Y.NYB" for symbol in symbols)
    return bool(symbols) and not cash


def _volume_of(sentence: Sentence, own: Mark, mark: Mark) -> bool:
    """Whether what moved is the volume: "turnover in Apple rose 12%", 苹果成交量增加40%."""
    if not sentence.chinese:
        before, between = sentence.text[: own.start], sentence.text[own.end : mark.start]
        return bool(_VOLUME_OF.search(before) or (_TRADING_IN.search(before) and _VERB.fullmatch(between)))
    found = _VOLUME_ZH.search(sentence.text, own.end, mark.start)
    if found is None or own.start < sentence.clause(mark)[0]:
        return False  # 苹果成交量放大,周五上涨4%
    if _TWO_VERBS.search(sentence.text, found.end(), mark.start):
        return False
    return not sentence.has("amount", "stock", "close", *MOVES, within=(own.end, found.start()))


def _not_all(sentence: Sentence, own: Mark | None, mark: Mark) -> bool:
    """Whether the figure is of members of an index, on average or but for one of them."""
    text, (low, high) = sentence.text, sentence.clause(mark)
    if own is not None:
        none, apart = _NONE.search(text), _ALL_BUT.search(text[: own.start])
        if none and none.start() <= own.start < none.end():
            return True
        if apart and not sentence.has(*MOVES, within=apart.span()):
            return True
    before = next((c for c in sentence.clauses if c[1] == low), (low, low))
    average, without = _AVERAGE.search(text, low, high), _WITHOUT.match(text, *before)
    if without and sentence.has("names", "aside", "others", within=before):
        return True
    return bool(average or (before[0] == 0 and (begun := _AVERAGE.match(text)) and begun.end() + 2 >= low))


def _another_of_row(sentence: Sentence, own: Mark, mark: Mark, s: Statement) -> bool:
    """Whether the figure is, by its place in a row, that of another name: A和B分别上涨0.7%和下跌6.2%."""
    each = _EACH.search(sentence.text, own.end, mark.start)
    if each is None:
        return False
    row = sentence.all("amount", within=(each.end(), sentence.clause(mark)[1]))
    paired = mark in row and len(row) == len(own.value) > 1
    return paired and own.value[row.index(mark)] != s.who


def _of_list(sentence: Sentence, own: Mark, mark: Mark) -> int:
    """The direction that the word for a list of gainers or losers gives to a bare figure in brackets behind a name."""
    if mark.value.signed or not _BRACKET.fullmatch(sentence.text[own.end : mark.start]):
        return 0
    told = [(m.start(), 1) for m in _UP_LIST.finditer(sentence.text, 0, own.start)]
    told += [(m.start(), -1) for m in _DOWN_LIST.finditer(sentence.text, 0, own.start)]
    return max(told)[1] if told else 0


def _dealt(sentence: Sentence, mark: Mark) -> bool:
    """Whether the price is that of shares that were sold or bought at one time."""
    begun = sentence.text[sentence.clause(mark)[0] : mark.start]
    return bool(_DEAL_ZH.match(sentence.text, mark.end) if sentence.chinese else _DEAL.search(begun))
