"""What no rule read, by its unit and the words beside it alone: read, so that nothing is missed, and never judged."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace

from eventwindow.draft.amounts import basis
from eventwindow.draft.context import Context, period_of, resolved
from eventwindow.draft.fallback_counts import counts
from eventwindow.draft.fallback_remarks import MARKET, Said, remarks_left
from eventwindow.draft.fallback_trading import ALL_SHARES, CHANGED, trading
from eventwindow.draft.kinds import MOVING
from eventwindow.draft.lexicon import Group, Mark
from eventwindow.draft.quantified import (
    ABOVE,
    FALLBACK,
    LARGE,
    SPAN,
    WORTH_NOW,
    about_something_else,
    figure_at,
    from_peak,
    is_base,
    kind_of,
    move_of,
    of_all_listed,
    of_turnover,
    over,
    sign_of,
    stated,
    times_usual,
    whose_figure,
)
from eventwindow.draft.securities import Names
from eventwindow.draft.sentence import MOVES, Sentence
from eventwindow.draft.statement import NOBODY, Statement, Subject

HIGHEST = 1e5  # no price is so high
WEEK = 7  # days before the story's, in which its moves lie
BASE = 24  # characters behind a figure in which the day stands that it is counted from
_TURNOVER = re.compile(r"turnover|\bshares worth $|成交(?!价|股)[^,;。]{0,10}$|成交$|^总量$", re.IGNORECASE)
_VALUE = re.compile(
    r"市值|总值|\b(?:worth|valued? at|market value|capitali[sz]ation|valuation|market cap)\b", re.IGNORECASE
)
_WIPED = re.compile(
    r"\b(?:wip|eras|evaporat|vanish|add|los|knock|shed|shav|destroy)\w*\b|蒸发|缩水|减少|少掉|不见|增加|[暴大激狂]增|损失",
    re.IGNORECASE,
)
_GONE = re.compile(  # "were knocked off its market value", "of market value has evaporated"
    r"\s+(?:(?:of|in) (?:market |stock market |shareholder )?(?:value|capitali[sz]ation|cap|worth) )?"
    r"(?:(?:was|were|is|has|have|had|been|also|thus|\w+ly) ){0,3}"
    r"(?:evaporated|vanished|disappeared|wiped|knocked|shaved|chopped|sliced|erased|struck|gone|lost|(?P<up>added))\b",
    re.IGNORECASE,
)
_OFF = re.compile(r"\s+(?:off|from|out of|to|in) (?:the )?")
_BY = re.compile(  # "cutting its market value by", "lifted the firm's value by"
    r"\b(?:(?P<up>lift|rais|boost|increas|push|swell)|cut|reduc|lower|slash|trimm|shrink|shrank)\w* "
    r"(?:its|the|their|\w+['’]s)[\w'’ -]{0,24} (?:value|capitali[sz]ation|worth) by $",
    re.IGNORECASE,
)
_OF_KIND = re.compile(r"(?:其中)?(?P<kind>[\u4e00-\u9fff]{2,8}?类股?)成交")  # 其中半导体类成交1513亿元
_TOP = re.compile(  # 较10月的历史高位跌去约26%: that there was a record, and when
    r"(?:距离?|较|自|从|由|比|[与同])(?P<when>[^,;。]{1,12}?)(?:所?[创写]下?|刷新|见)?过?的?历史(?:收[盘市])?最?高[点位价]"
)
_WHEN = re.compile(r"[月周日年]")
_COIN = re.compile(r"角|分(?=[,;。、])")  # 新台幣貶1.1角
_RIGHT_BEHIND = {" ", "的"}
_PIPS = {"CNY=X", "CNH=X"}  # a point of theirs is a ten-thousandth
_NO_PRICE = re.compile(
    r"发行价|招股价|注销价|供股价|私有化|目标价|收购价|募资|每[^股桶盎]|利息|分析师|有望|预[计料]"
    r"|target|a (?:year|share)\b|expect|earnings|offer|forecast|analysts",
    re.IGNORECASE,
)
_PRICE = re.compile(
    r"收|开市价|最[高低]|股价|每股|值|附近|低于|高于|兑|\b(?:worth|closed|short of|price|stood|hands|trad)"
)
_NOUN = r"(?:gain|loss|rise|fall|drop|decline|advance|jump|slide|rally|slump|rebound)"
_OF_MOVE, _MOVE = re.compile(rf"\b{_NOUN} of\s*$"), re.compile(rf"\s+{_NOUN}\b")
_CLAUSE_END = re.compile(r"[,;。、)]|$")
_PASSED = {"over": "more_than", "under": "less_than"}
_APPOSED = re.compile(r",? or (?:about )?[\d.]+ ?%,? ")  # "ended $8.05, or 14.7 %, higher"
_USUAL = re.compile(r"\b(?:usual|normal|average)\b|平[日时常]|往常|均量|日均")
_THAN = re.compile(
    r"\s+(?:(?P<down>below|under|(?:less|lower|weaker|cheaper) than)|above|over|(?:more|higher|stronger|dearer) than)"
    r"\s+(?:(?:its|their|the) (?:(?:\w+ )?(?:level|close|price)|(?:previous|prior) (?:day|session)|day before)\b"
    r"|(?:on|at|a day|\w+day['’]s)\b)",
    re.IGNORECASE,
)


def fallback(
    sentence: Sentence, line: int, context: Context, names: Names, dated: dt.date, said: Said, following: Said
) -> Iterator[tuple[Mark, Statement]]:
    """What is left of a sentence of which `said` was read; `following` was read of the next one."""
    used, left = {m.start for m, _ in said}, list[tuple[Mark, Statement]]()
    for mark in sentence.all("amount"):
        if mark.start not in used and not (is_base(sentence, mark) or of_turnover(sentence, mark)):
            for s in _figure(sentence, mark, context, names, dated):
                hedge = "range" if mark.value.low != mark.value.high else s.hedge or mark.value.hedge
                left.append((mark, replace(s, line=line, step=mark.value.step, hedge=hedge, open=(FALLBACK, *s.open))))
    yield from left

    def owners(mark: Mark) -> tuple[Subject, ...]:
        return whose(sentence, mark, context, names)

    for mark, s in (*trading(sentence, context, [*said, *left], owners), *counts(sentence, context, owners)):
        step, hedge = (s.step or mark.value.step, s.hedge or mark.value.hedge) if mark.value else (s.step, s.hedge)
        yield mark, replace(s, line=line, step=step, hedge=hedge, open=(FALLBACK, *s.open))
    for mark, s in remarks_left(sentence, context, names, said, following, whose):
        yield mark, replace(s, line=line, open=(FALLBACK, *s.open))


def _figure(sentence: Sentence, mark: Mark, context: Context, names: Names, dated: dt.date) -> Iterator[Statement]:
    """What the figure says of the subject nearest to it."""
    amount, sign = mark.value, sign_of(sentence, mark)
    market = amount.unit == "money" and (_every(sentence, mark, names) or of_all_listed(sentence, mark))
    for who in whose(sentence, mark, context, names) or (NOBODY,) * bool(market):  # which has no other subject
        kind = kind_of(who, names)
        if from_peak(sentence, mark):
            if amount.unit == "percent":
                yield _until_now(figure_at(sentence, mark, who, "drawdown", -1, context), context)
                record = Statement(0, "record", who, 0.0, 0.0, "exact", step=1.0, by="high")
                yield from _top(sentence, mark.start, record)
        elif any(found.end() == mark.start for found in _TOP.finditer(sentence.text, 0, mark.start)):
            yield from _top(sentence, mark.start, figure_at(sentence, mark, who, "price_level", 1, context))
        elif kind == "currency" and sign and (part := _COIN.match(sentence.text, mark.end)):
            scale = 0.1 if part[0] == "角" else 0.01
            yield figure_at(sentence, mark, who, "price_change", sign, context, scale=scale)
        elif kind == "currency" and sign and amount.unit == "points" and who.symbols[0] in _PIPS:
            yield figure_at(sentence, mark, who, "price_change", sign, context, scale=1e-4)
        elif amount.unit == "money" and amount.high >= LARGE:
            yield from () if amount.low < amount.high else _large(sentence, mark, who, sign, context, names)
        elif amount.unit == "multiple" and _USUAL.search(sentence.text, *sentence.clause(mark)):
            yield times_usual(sentence, mark, who, context)
        elif (than := _than(sentence, mark)) and (span := period_of(sentence, mark, context)):
            yield from over(sentence, figure_at(sentence, mark, who, "return", than, context), span, dated)
        elif than:
            days = [m for m in sentence.all("date") if not mark.end <= m.start < mark.end + BASE]
            told = next((m for m in days[::-1] if m.end <= mark.start), next(iter(days), None))
            day = resolved(sentence, told, context) if told else context.date
            kind = "return" if amount.unit == "percent" else "price_change"
            yield replace(figure_at(sentence, mark, who, kind, than, context), date=day)
        elif not _business(sentence, mark):
            near = sign or _sign_before(sentence, mark)
            read = stated(sentence, mark, who, near, context, names, dated)
            yield from (s for s in read if sign or s.kind in {"price_level", "return"})
            beside = kind and _beside_name(sentence, mark)
            if not read and (small := "price_level" if beside else _small(sentence, mark, kind)):
                verb = sentence.last(*MOVES, before=mark.start)
                way = near or (MOVES[verb.kind] if verb else 0)
                yield figure_at(sentence, mark, who, small, way if small == "price_change" else 1, context)


def _top(sentence: Sentence, before: int, told: Statement) -> Iterator[Statement]:
    """What is told of the top that a fall is counted from, on its day, where that or its month is named."""
    found = [m for m in _TOP.finditer(sentence.text, 0, before) if _WHEN.search(m["when"])]
    if found and sentence.chinese:
        days = sentence.all("date", "ahead", "base", "closed", within=found[-1].span("when"))
        day = days[-1].value.date if days else None
        yield replace(told, date=day, open=told.open if day else (SPAN, *told.open))


def _until_now(fall: Statement, context: Context) -> Statement:
    """The fall from a top up to the story's day, where its clause tells the day of the top alone."""
    of_top = fall.date and context.last and (context.last - fall.date).days > WEEK
    now = context.date if of_top and context.date and fall.date and context.date > fall.date else context.last
    return replace(fall, date=now) if of_top else fall


def whose(sentence: Sentence, mark: Mark, context: Context, names: Names) -> tuple[Subject, ...]:
    """By the rules; else the name before it in the sentence; else what was spoken of, where no noun stands before it.

    A subject that has no such unit, as a share has no points, gives way to the nearest one that has. At last counts a
    name that is a word too.
    """
    found = whose_figure(sentence, mark, context, names)
    if found.who and all(_fits(mark, s, names) for s in found.who):
        return found.who
    if sentence.has("role", within=(sentence.clause(mark)[0], mark.start)):
        return ()  # the index of another place
    before = [s for m in sentence.all("names", within=(0, mark.start))[::-1] for s in m.value[::-1]]
    if not before and sentence.chinese and mark.kind == "amount" and mark.value.unit == "points":
        before = [Subject(("^HSI",))] if MARKET.match(sentence.text) else []  # 港股初段升逾200点
    large = mark.kind == "amount" and mark.value.unit == "money" and mark.value.high >= LARGE
    carried = (*context.index[::-1], *context.who[::-1]) if large or not found.foreign else ()
    spans = [] if found.foreign else [*names.finder.spans(sentence.text[: mark.start])][::-1]
    unsure = [Subject(names.meanings[name]) for _, _, name in spans if names.meanings[name]]
    unsure = [s for s in unsure if names.listings[s.symbols[0]].kind in {"stock", "crypto"}]
    fitting = [s for s in (*before, *carried, *unsure) if _fits(mark, s, names)]
    if found.foreign and mark.kind == "amount" and mark.value.unit in {"percent", "multiple"}:
        nominal = _OF_MOVE.search(sentence.text[: mark.start]) or _MOVE.match(sentence.text, mark.end)
        yields = [s for s in fitting if s.symbols and names.listings[s.symbols[0]].kind == "yield"]
        fitting = fitting if nominal else yields  # "swung to a 3 % gain", but "Boeing's backlog shrank 3 %"
    return tuple(fitting[:1])


def _fits(mark: Mark, who: Subject, names: Names) -> bool:
    """Whether what is quoted so can have a figure in that unit."""
    kind = "" if who.name else kind_of(who, names)
    unit = mark.value.unit if mark.kind == "amount" and not basis(mark.value.words) else ""
    if unit == "points":
        return kind not in {"stock", "fund", ""}
    return unit != "money" or kind not in {"index", "yield"} or mark.value.high >= LARGE


def _sign_before(sentence: Sentence, mark: Mark) -> int:
    """The direction of the move of a clause before, where no other figure stands between."""
    before = sentence.last(*MOVES, "amount", before=mark.start)
    return MOVES.get(before.kind, 0) if before else 0


def _business(sentence: Sentence, mark: Mark) -> bool:
    """Whether a noun says that the figure is no price's; right behind a move it is one: "a gain of 2 % because"."""
    low, high = sentence.clause(mark)
    move = sentence.last(*MOVING, before=mark.start, since=low)
    beside = move is not None and sentence.text[move.end : mark.start].strip() in {"of", "by", ""}
    return about_something_else(sentence, mark) and not (
        beside and not sentence.has("off", "volume", within=(low if sentence.chinese else 0, high))
    )


def _than(sentence: Sentence, mark: Mark) -> int:
    """The direction of "2 % less than on Tuesday", "4.4 won stronger than on Thursday": against a price told before."""
    told = mark.value.unit == "percent" or (mark.value.unit == "money" and mark.value.high < HIGHEST)
    found = _THAN.match(sentence.text, mark.end) if told else None
    if found is None or sentence.has("off", "volume", within=sentence.clause(mark)):
        return 0
    return -1 if found["down"] else 1


def _large(
    sentence: Sentence, mark: Mark, who: Subject, sign: int, context: Context, names: Names
) -> Iterator[Statement]:
    """A large sum: what was turned over, what all shares are worth, or by how much that changed."""
    low, high = sentence.clause(mark)
    listed = of_all_listed(sentence, mark)
    who = Subject(group=Group("上市公司", "上市公司")) if listed else who  # 全体上市公司市值
    named = [m for m in sentence.all("names") if who in m.value]
    gone, by = _GONE.match(sentence.text, mark.end), _BY.search(sentence.text, low, mark.start)
    if gone or by:
        sign = 1 if (gone and gone["up"]) or (by and by["up"]) else -1
        off = _OFF.match(sentence.text, gone.end()) if gone else None
        whose = next((m for m in sentence.all("names", "aside") if off and m.start == off.end()), None)
        for subject in whose.value if whose else (who,):
            kind = "value_changes_sum" if subject.group else "value_change"
            yield figure_at(sentence, mark, subject, kind, sign, context)
        return
    if named and named[0].start > mark.start and _TURNOVER.search(sentence.text, low, high) is None:
        return  # "Containers worth 775 million, … Maersk"
    head = sentence.text[low : mark.start]
    if _TURNOVER.search(head):
        every, of_kind = _every(sentence, mark, names), _OF_KIND.match(sentence.text, low, mark.start)
        label = of_kind["kind"] if of_kind else every[0] if every else ""
        who = Subject(group=Group(label, label)) if label else who
        hedge = "exact" if mark.value.hedge == "amounted_to" else ""  # "turnover totalled" tells the whole
        told, span = figure_at(sentence, mark, who, "turnover", 1, context, hedge), period_of(sentence, mark, context)
        months = (not sentence.chinese or label) and span and span.first and span.until
        yield replace(told, date=span.first, until=span.until) if span and months else told
    elif sentence.chinese and CHANGED.search(sentence.text[: mark.start]) and "成交" in sentence.text[:low]:
        return  # of a turnover: 比27日减少约300亿元
    elif sign and _WIPED.search(head) and not re.search("[至到]$", head):
        yield figure_at(sentence, mark, who, "value_changes_sum" if listed else "value_change", sign, context)
    elif _VALUE.search(head) or (sentence.chinese and WORTH_NOW.search(sentence.text[: mark.value.at])):
        until = sentence.text[low : mark.value.at]
        above = ABOVE.match(sentence.text, mark.value.end)
        hedge = next((h for word, h in _PASSED.items() if sentence.rules.levels[word].search(until)), "")
        hedge = {"上": "more_than", "下": "less_than"}[above[1]] if above else hedge
        yield figure_at(sentence, mark, who, "market_value", 1, context, hedge)


def _every(sentence: Sentence, mark: Mark, names: Names) -> re.Match[str] | None:
    """The market whose turnover is told: in its clause, or before it where only indices are named since."""
    low, high = sentence.clause(mark)
    own = ALL_SHARES.search(sentence.text, low, high)
    if own or not sentence.chinese or sentence.has("names", within=(low, mark.start)):
        return own
    told = [*ALL_SHARES.finditer(sentence.text, 0, low)]
    since = [s for m in sentence.all("names", within=(told[-1].end(), low)) for s in m.value] if told else []
    return told[-1] if told and all(kind_of(s, names) in {"index", ""} for s in since) else None


def _beside_name(sentence: Sentence, mark: Mark) -> bool:
    """Whether a sum stands right behind a name and ends its clause, as a price does: 陽明108元,萬海183.5元."""
    named = sentence.last("names", before=mark.start, since=sentence.clause(mark)[0])
    plain = named and sentence.text[named.end : mark.start].strip(") ") == "" and mark.value.unit == "money"
    return bool(sentence.chinese and plain and mark.value.low < HIGHEST and _CLAUSE_END.match(sentence.text, mark.end))


def _gapped(sentence: Sentence, mark: Mark) -> bool:
    """Whether a sum and the price that it led to share a verb: "Tesco fell 3p to 212p and Morrisons 1.4p to 183p"."""
    named = sentence.last("names", before=mark.start)
    level = next((m for m in sentence.all("amount") if m.start > mark.start), None)
    right_behind = named is not None and not sentence.text[named.end : mark.start].strip()
    return right_behind and level is not None and sentence.text[mark.end : level.start] == " to "


def _small(sentence: Sentence, mark: Mark, kind: str) -> str:
    """Which sum a small one is: by how much a price changed, where a move stands beside it, or where it stood."""
    clause, move = sentence.text[slice(*sentence.clause(mark))], move_of(sentence, mark)
    if (
        mark.value.unit != "money" or mark.value.low >= HIGHEST or (mark.value.low == 1 and kind == "currency")
    ):  # one of "per dollar"
        return ""
    if sentence.has(*MOVES, within=(0, mark.start)) and _gapped(sentence, mark):
        return "price_change"
    apposed = move and _APPOSED.fullmatch(sentence.text, mark.end, move.start)
    if move and (
        0 <= mark.start - move.end <= 3
        or mark.end == move.start
        or sentence.text[mark.end : move.start] in _RIGHT_BEHIND
        or apposed
    ):
        return "price_change"
    return "price_level" if kind and _PRICE.search(clause) and not _NO_PRICE.search(clause) else ""
