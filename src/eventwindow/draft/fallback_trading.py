"""What Chinese articles tell of trading beside a price: shares traded, turnover's ranks and changes, how many rose or fell."""  # noqa: E501

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from eventwindow.draft.chinese import numeral
from eventwindow.draft.context import Context, day_of, period_of, resolved
from eventwindow.draft.dates import DayMark
from eventwindow.draft.lexicon import Group, Mark
from eventwindow.draft.quantified import beside_price, figure_at
from eventwindow.draft.sentence import MOVES, Sentence
from eventwindow.draft.statement import Statement, Subject
from eventwindow.draft.unquantified import since_told

Owners = Callable[[Mark], Sequence[Subject]]
LOT = 1000  # shares of a Taiwanese lot
STOCKS = Group("个股", "个股")
ALL_SHARES = re.compile(
    r"沪深两市|两市|三市|主板|集中(?:交易)?市场|大市|东证(?:一部|主要市场)|全场|main board|securities market",
    re.IGNORECASE,
)  # of a market, whose turnover is told
_TRADED = re.compile(r"成交|易手|换手|交投|[总均大爆]量")
_SHARES = re.compile(r"(?P<lots>张)|股(?![票份价市东])")
_STOCK = r"(?:个股|股票|股|公司)"
_WAY = (
    r"(?P<up>上涨|收涨|收红|飘红|翻红|走高|上升)|(?P<down>下跌|收跌|收黑|飘绿|翻绿|走低)"
    r"|(?P<limit_up>涨停)|(?P<limit_down>跌停)"
)
_COUNTED = re.compile(rf"(?:[只档家支]{_STOCK}?|股)(?:打入|亮灯|封)?(?:{_WAY})(?!幅|的)")
_COUNTS = re.compile(rf"(?:{_WAY})的?{_STOCK}?(?:家数)?(?:共|则|仅|只)?(?:有|达)?$")
_COUNTER = re.compile(r"[只档家支](?![\u4e00-\u9fff])")
_MEMBERS = re.compile(
    r"(?P<of>\d+[只档家支]成[份分]股)(?:之中|当中|中|里)|(?<![\u4e00-\u9fff])(?P<of2>全场)(?=[涨跌升上下])"
)
CHANGED = re.compile(
    r"[较比](?:\d{1,2}日)?[^,;。\d]{0,12}(?:(?P<up>放量|多了?|激增|增加|放大|增)|(?P<down>缩量|少了?|减少|萎缩|缩减|减))约?$"
)
_SHARE = re.compile(r"占[^,;。\d]{0,8}成交(?:金?额|值|量)?的?(?:比重)?约?$")
_SHARE_BEHIND = re.compile(r"占(?:去|比)?(?:了|约)?$")
_KIND = re.compile(r"(?:^|[,;。])(?P<name>[\u4e00-\u9fff]{2,4}(?:类股|股|板块|族群))(?=[今仍也则共合占])")
_RANKED = (
    r"(?:之首|之冠|之最|首位|榜首|第(?P<n>[一二三四五六七八九十\d]+)"
    r"|历史新高|新高|新低|纪录|低量|最(?:[多高大旺热少低]|活跃))"
)
_RANK = re.compile(rf",?(?:也|亦|则|并|再|更)?(?:[为属是居排在创]|刷新|写下|登上)[^,;。]{{0,14}}?{_RANKED}")
_RANK_FIRST = re.compile(rf"成交(?:金?额|值|量)(?:[为属是居排]|创下?)[^,;。\d]{{0,10}}?{_RANKED}(?=[,;。])")
_VALUE_RANK = re.compile(  # 市值4515亿元,在上市公司中排名第13; 被Alphabet超越,退居美股第四; 仍稳居A股首位
    r"[^。;\d]{0,20}?(?:排名?|排行|名列|[退跃位稳高]居|[退升降][到至]|居)[^,;。\d]{0,8}?"
    r"(?:第(?P<n>[一二三四五六七八九十]+|\d+)(?![\d大季度])|首位|榜首|之首|之冠)"
)
_POINTS = re.compile(
    r"[跌涨升]点[^,;。]{0,8}?(?:(?:排名)?第(?P<n>[一二三四五六七八九十]+)|之冠|之最|首位)"
    r"|第(?P<m>[一二三四五六七八九十]+)大(?:收盘|单日)?[跌涨升]点"
    r"|最大(?:的)?(?:单日|收盘)?(?:[跌涨升]点|点数[跌涨升]幅)"
)


def trading(
    sentence: Sentence, context: Context, told: Sequence[tuple[Mark, Statement]], owners: Owners
) -> Iterator[tuple[Mark, Statement]]:
    """Every such statement of a sentence of which `told` was read."""
    if not sentence.chinese:
        return
    found = list(told)
    for mark in sentence.all("amount"):
        for s in _figure(sentence, mark, context, owners):
            found.append((mark, s))
            yield mark, s
    yield from _ranks(sentence, context, found, owners)


def _figure(sentence: Sentence, mark: Mark, context: Context, owners: Owners) -> Iterator[Statement]:
    amount, text = mark.value, sentence.text
    low = sentence.clause(mark)[0]
    head = text[: mark.start]
    shares = _SHARES.match(text, mark.end) if amount.unit == "number" else None
    traded = _TRADED.search(text, low, mark.start) or _TRADED.match(text, shares.end()) if shares else None
    if shares and traded:
        scale = LOT if shares["lots"] else 1
        market = ALL_SHARES.search(text, low, mark.start)
        whose = [Subject(group=Group(market[0], market[0]))] if market else owners(mark)[:1]
        yield from (figure_at(sentence, mark, who, "volume", 1, context, scale=scale) for who in whose)
    elif kind := _counted(sentence, mark):
        members = [*_MEMBERS.finditer(text, 0, mark.start)]  # 50档成分股之中,26档上涨
        label = next((m["of"] or m["of2"] for m in members[::-1]), "")
        group = Group(label, label) if label else STOCKS
        told = figure_at(sentence, mark, Subject(group=group), kind, 1, context)
        yield replace(told, hedge="exact") if mark.value.hedge == "amounted_to" else told
    elif amount.unit == "money" and (changed := CHANGED.search(head)) and (of := _turnover(sentence, mark)):
        yield figure_at(sentence, mark, of, "turnover_change", 1 if changed["up"] else -1, context)
    elif amount.unit == "money" and (day := _day_compared(sentence, mark)) and (of := _turnover(sentence, mark)):
        yield replace(figure_at(sentence, mark, of, "turnover", 1, context), date=resolved(sentence, day, context))
    elif amount.unit == "percent" and (_SHARE.search(head) or _SHARE_BEHIND.search(head)):
        whole = _SHARE.search(head) or "成交" in head
        named = _KIND.search(text, max(0, low - 1), mark.start)
        who = [Subject(group=Group(named["name"], named["name"]))] if named else owners(mark)[:1]
        yield from (figure_at(sentence, mark, w, "turnover_share", 1, context) for w in who if whole)
    elif other := beside_price(sentence, mark):
        yield from _compared(sentence, mark, other, context, owners)


def _counted(sentence: Sentence, mark: Mark) -> str:
    """Of what the figure is the number: stocks that rose, fell or met a daily limit; 飘红的仅有15只 tells the way before it."""  # noqa: E501
    if mark.value.unit != "number":
        return ""
    before = _COUNTER.match(sentence.text, mark.end) and _COUNTS.search(sentence.text[: mark.start])
    found = _COUNTED.match(sentence.text, mark.end) or before
    way = next((k for k, words in found.groupdict().items() if words), "") if found else ""
    return {"up": "advancers", "down": "decliners"}.get(way, way)


def _day_compared(sentence: Sentence, mark: Mark) -> Mark | None:
    """The day whose turnover another one is compared with: 较上周五的1121亿元大减."""
    day = sentence.last("date", "ahead", "base", before=mark.start, since=sentence.clause(mark)[0])
    if day is None or sentence.text[day.end : mark.start] != "的":
        return None
    return day if sentence.text[: day.start].endswith(("较", "比")) else None


def _turnover(sentence: Sentence, mark: Mark) -> Subject | None:
    """Of what the turnover is that was told before."""
    before = sentence.text.rfind("成交", 0, mark.start)
    markets = [*ALL_SHARES.finditer(sentence.text, 0, max(0, before))]
    return Subject(group=Group(markets[-1][0], markets[-1][0])) if markets else None


def _compared(
    sentence: Sentence, mark: Mark, other: re.Match[str], context: Context, owners: Owners
) -> Iterator[Statement]:
    """By how much one price or return stands above another."""
    sign = 1 if other["up"] or other["ahead"] else -1
    if other["up"] or other["down"]:
        base = sentence.last("base", "date", "ahead", before=mark.start)
        for who in _whose_price(sentence, mark) or owners(mark)[:1]:
            found = figure_at(sentence, mark, who, "premium", sign, context)
            day = resolved(sentence, base, context) if base else found.date
            before = sentence.last("than_before", before=mark.start, since=sentence.clause(mark)[0])
            day = DayMark(None, -1).resolved(found.date) if before else day  # 较前一日收盘价溢价
            yield replace(found, date=day)
        return
    named = sentence.last("names", before=other.start())
    for who in (tuple(named.value) if named else context.who)[:1]:
        found = figure_at(sentence, mark, who, "relative_return", sign, context)
        span = period_of(sentence, mark, context)
        if span is not None and found.date:
            told = span.resolved(found.date, found.date)
            found = replace(found, date=told.first, until=min(told.until or found.date, found.date))
        yield found


def _whose_price(sentence: Sentence, mark: Mark) -> tuple[Subject, ...]:
    """Whose price the other one is: 较康舒1日收盘价溢价20.9%."""
    low = sentence.clause(mark)[0]
    told = [m for m in sentence.all("aside", within=(low, mark.start)) if sentence.text[m.start - 1] in "较比"]
    return tuple(told[-1].value) if told else ()


def _ranks(
    sentence: Sentence, context: Context, told: Sequence[tuple[Mark, Statement]], owners: Owners
) -> Iterator[tuple[Mark, Statement]]:
    """The rank of a turnover or a volume told before it; the rank of a move in points."""
    for mark, s in told:
        if s.kind == "market_value" and (m := _VALUE_RANK.match(sentence.text, mark.end)):
            yield mark, replace(_rank(sentence, m, s.who, "value_rank", context, mark), date=s.date)
        if s.kind in {"turnover", "volume"}:
            end = mark.end + (s.kind == "volume")
            if (m := _RANK.match(sentence.text, end)) and not sentence.has(*MOVES, within=m.span()):
                yield mark, _rank(sentence, m, s.who, f"{s.kind}_rank", context, mark)
    for m in _RANK_FIRST.finditer(sentence.text):
        at = Mark(m.start(), m.end(), "rank")
        yield from ((at, _rank(sentence, m, who, "turnover_rank", context, at)) for who in owners(at)[:1])
    for m in _POINTS.finditer(sentence.text):
        points = [(k, s) for k, s in told if s.kind == "points" and k.start < m.end() and not s.until]
        if points:
            at, of = Mark(m.start(), m.end(), "rank"), points[-1][1]
            found = replace(_rank(sentence, m, of.who, "points_rank", context, at), date=of.date)
            before = [mark for mark in sentence.all("since") if mark.end == m.start()]  # 创去年10月以来最大跌点
            since = since_told(sentence, before[-1], of.date or context.last)[0] if before else found.since
            yield at, replace(found, since=since)


def _rank(sentence: Sentence, m: re.Match[str], who: Subject, kind: str, context: Context, at: Mark) -> Statement:
    parts = m.groupdict()
    nth = parts.get("n") or parts.get("m")
    day = day_of(sentence, at, context)
    place = numeral(nth) if nth else 1.0
    since = [mark for mark in sentence.all("since", "period") if m.start() <= mark.start < m.end()]
    month = since_told(sentence, since[-1], day or context.last)[0] if since and since[-1].kind == "since" else ""
    if day and not month and "今年" in m[0]:
        month = f"{day.year - 1}-12"
    return Statement(0, kind, who, place, place, "exact", 1, step=1.0, date=day, since=month)
