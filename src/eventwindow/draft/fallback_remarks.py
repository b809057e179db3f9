"""What is told without a figure and no rule read: a kind of securities, a run of days, a record, a close unchanged."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from eventwindow.claims.amounts import number_of
from eventwindow.draft.context import Context, day_of
from eventwindow.draft.kinds import MOVING, head
from eventwindow.draft.lexicon import Group, Mark
from eventwindow.draft.periods import WORDS, Period, lasting
from eventwindow.draft.securities import Names
from eventwindow.draft.sentence import FLOW, MOVES, Sentence
from eventwindow.draft.statement import NOBODY, Statement, Subject
from eventwindow.draft.subjects import resumed
from eventwindow.draft.unquantified import ORDINALS, SINCE, quantity, since_told

Said = Sequence[tuple[Mark, Statement]]
Whose = Callable[[Sentence, Mark, Context, Names], tuple[Subject, ...]]
Owners = Callable[[Mark], tuple[Subject, ...]]
Found = Iterator[tuple[Mark, Statement]]
LONGEST = 100  # sessions of one run
_N, _NTH = rf"(?:{'|'.join(WORDS)}|\d{{1,3}}|[二两三四五六七八九十]+)", "|".join(ORDINALS)
_KIND = re.compile(
    r"\W*(?:[^,。;\d]{2,14}的)?(?:而|但|不过|其他|只有|唯有|仅|加上|上游|下游)*(?P<zh>[\u4e00-\u9fff]{1,9}?"
    r"(?:(?<![个该港美台陆韩日控持入])股|板块|族群|大行|国债|公司|对手|供应链|同[业行]|[双三四五六七八](?:雄|虎|强|巨头)|股市|货币(?!概念|政策|市场)|债市))(?![价票份东本市权息利指汇民中方里]|当中)"
)
_MIXED = re.compile(r"[涨升]跌互见|个别发展|涨跌(?:不一|各半)|走势分[歧化]")
_AMONG = re.compile(r"方面|当中|[之其]?中[,:]")  # 半导体股中,只有联发科收红
MARKET = re.compile(r"\W*(?:而|但|不过)?(?P<name>港股)(?![方中通里市开])")  # a place; 台股, 美股 are names
_CHAIN = re.compile(r"供应链|概念股")
_VERB = re.compile(r"观察|[的在被受取到至逾只把由将是转买卖令让使]|带动|拖累|击穿|推动|流入|押注|其后")
_ADVERBS = re.compile(r"(?: (?:also|both|all|each|too|then|[a-z]+ly))* ")
_ALONE = re.compile(
    r"(?<=ed)(?:,? (?:too|as well|against|on \w+day|yesterday|in (?:sympathy|tandem|early|late)|as|after)\b|[.;,]|$)"
)
_MOST = re.compile(r"\bmost\b", re.IGNORECASE)
_AGAIN, _ROW = r"(?:straight|consecutive|successive)", r"(?:in a row|running|on the trot|in succession)"
_MOVE = r"(?:gain|rise|advance|increase|rally|climb|fall|loss|decline|drop|retreat|slide|setback)"
_BACK = r"(?:previous|preceding|prior)"
_RUN = re.compile(
    rf"\b(?P<nth>{_NTH}|\d+(?:nd|rd|th)) "
    rf"(?:{_AGAIN}\b|(?:[\w-]+ ){{1,3}}?{_ROW}\b|(?:day|session|week) of {_MOVE}(?:s|es)\b)"
    rf"|\bfor (?:an?|the) (?P<nth2>{_NTH}|\d+(?:nd|rd|th)) (?:trading )?(?:day|session|week)\b"
    rf"|\b(?P<n>{_N}) (?:{_AGAIN}\b|(?:[\w-]+ ){{1,2}}?{_ROW}\b)"
    rf"|\b(?P<n2>{_N})[- ](?:day|session|week) (?:losing|winning|run|streak|rout|sell-?off|{_MOVE})\b"
    r"(?! (?:of|to) [^\w\s]?\d)"  # what has a figure is no run
    rf"|\b(?:run|streak|string) of (?P<n3>{_N})\b"
    rf"|\beach of (?:the|its) (?:(?P<before>{_BACK} (?P<n4>{_N})|(?P<n5>{_N}) {_BACK})|(?:past|last) (?P<n7>{_N})) "
    r"(?:trading )?(?:days|sessions)\b"
    rf"|\b(?P<first>first) {_MOVE} in (?P<n6>{_N}) (?:trading )?(?:days|sessions)\b"
    rf"|(?<!第)(?P<g>{_N})连(?=[涨升跌黑红阳阴板])"
    rf"|(?P<i>{_N})(?:个交易日|日|天)(?=的?[涨升跌][市势浪])"
    rf"|连续?[涨跌升挫]?了?第?(?P<h>{_N})(?:个?交易日|日|天|周|个月|(?=[涨升跌黑红挫扬]))",
    re.IGNORECASE,
)
_OF_WEEKS = re.compile("(?<![本上这单])周(?![一二三四五六日天])")
_OF_MONTHS = re.compile("个月$|月线连")
_SHARES_OF = re.compile(
    r"\b[Ss](?:hares|tocks) (?:of|in) (?:the |U\.S\. |US |[A-Z][a-z]+(?:an|ese|ish) )*"
    r"(?P<kind>(?:[a-z][a-z-]+ ){0,2}[a-z]{3,}s) (?:also |all |both |\w+ly )?"
)
_OF_KIND = (
    r"(?:[A-Za-z-]+,? (?:and )?){1,4}?"
    r"(?:stocks|shares|firms|companies|makers|producers|lenders|banks|chipmakers|miners)"
)
_DRAWN = re.compile(
    r"\b(?:(?P<down>(?:dragged|weighed|pulled) (?:down |lower )?by)"
    r"|(?:led|lifted|boosted|helped) (?:higher |up )?by|with the help of)"
    rf" (?:the |losses in |gains in )?(?P<kind>{_OF_KIND})\b(?! of\b)"
    rf"|(?:^|, |\b(?:and|while|as) )(?P<kind2>{_OF_KIND}) led the "
    r"(?:(?P<down2>declin\w+|loss\w*|drop|fall|rout|slide|sell-?off)|gains?|advance|rally|rise)\b",
)
_STOP = re.compile(r"[,;.]|\s(?:and|but|while|as)\s")
_LONGER = re.compile(r"\b(?:month|quarter|year)", re.IGNORECASE)
_BEFORE = re.compile(r"(?: \w+)? before\b")
_GAVE_BACK = r"(?:eras|wip)\w+ (?:out )?(?:all (?:of )?)?(?:its|their|the)"
_TO_DATE = re.compile(  # "is now in the red for the year", "below where it began the year"
    rf"\b(?:(?P<down>in the red|in negative territory|turn(?:ed|s|ing)? negative|lower|down|{_GAVE_BACK} gains?)"
    rf"|in the (?:black|green)|in positive territory|turn(?:ed|s|ing)? positive|higher|up|{_GAVE_BACK} loss(?:es)?)"
    r" (?:for|of|on|in) (?:the year|(?P<year>20\d\d))\b"
    r"|\b(?:(?P<below>below|under|lower than)|above|higher than) (?:where (?:it|they) (?:began|started|opened) "
    r"|at the (?:start|beginning) of )the (?P<unit>year|week)\b",
    re.IGNORECASE,
)
_WAYS = re.compile(
    r"(?P<down>los|declin|fall|drop|retreat|slide|setback|rout|sell-?off|down|[跌黑阴挫贬]|走[低弱软]|收低|下[滑挫]|回落)|best|strong|gain|win|advanc|ris|rall|climb|increas|up\b|[涨升红阳扬佳好强板]|走[高强]|收高",
    re.IGNORECASE,
)
_RANK = re.compile(
    r"\b(?:(?P<up>best|strongest)|worst|weakest|steepest|biggest|largest) (?:(?:first|second|third|fourth) )?"
    r"(?P<unit>week|month|quarter|half)(?:ly \w+)?\b"
    r"|最(?:[佳好强]|[差糟惨弱大])的?(?:单|一个?)[周月季年](?:表现|[涨跌]幅)?|(?<=来)最[佳好强差糟惨弱](?=[,。;]|$)",
    re.IGNORECASE,
)
_ENDED = re.compile(
    r"(?:\b(?:end|snap|halt|break|broke|stop)\w*|结束|终止|终结|中止|中断|止住|摆脱|扭转|打破|止步)[^,;。]{0,20}$",
    re.IGNORECASE,
)
_THEN = re.compile(
    r"[涨升跌黑红阳阴挫扬]?之?后(?!距)|[涨升跌][市势浪](?:之?后|的?(?:纪录)?(?:告终|终止|结束|中断))|[涨升跌]?的[^,;。]{2,4},[^,;。]{0,6}(?:断缆|断了|告终|终止|终结|结束|中断|止步)"
)  # 连升三日后回吐
_SET = r"(?:刷新|改写|写下|创下?|缔造)了?(?:历史|历来|收[盘市]|盘中)"
_RECORD = re.compile(
    r"\b(?:an?|set|hit|new|fresh|another|\w+day['’]s) (?P<at>records?)(?=[,.;:]|\s+(?:and|but|while|on|for)\b|$)"
    r"|\b(?:(?:high|strong|dear)est|(?P<low>(?:low|weak|cheap)est)) (?:close|finish|level) (?:in its history|ever)"
    r"|\blast (?:seen|reached|touched) in (?P<year>\d{4})"
    rf"|(?P<high>{_SET}*(?:新高|高位))|(?:{_SET}+|刷新)纪录|(?P<zh_year>(?:19|20)\d\d)年(?:(?P<month>\d{{1,2}})月)?以来首[次度]"
    rf"|(?P<first>(?:[去前今]年)?\d{{1,2}}月(?:\d{{1,2}}日)?[^,。;\d]{{0,2}}以来首[次度]|(?:{_N}|[一半])多?(?:年|个月)来首次)(?=[,;。]|$)",
    re.IGNORECASE,
)
_EACH_OF = re.compile(r"main indices|[三四五]大")
_SEVERAL = re.compile(r"\brecords\b|两者|双双|三大|四大|皆|均")
_FLAT = re.compile(
    r"\b(?:(?P<near>(?:little|barely|hardly) (?:changed|moved)"
    r"|(?:virtually|almost|nearly|practically|broadly|all but) unchanged|flat(?!-| ?panel))|unchanged)\b"
    r"|(?P<near2>几乎|近乎|大致)?(?:无升跌|(?<![只档家支])持平|打和|平盘(?:作收|收市|收盘)?(?!附近|上下|价|之[上下])|收平|平收)",
    re.IGNORECASE,
)


def remarks_left(
    sentence: Sentence, context: Context, names: Names, said: Said, following: Said, whose: Whose
) -> Found:
    """Every statement without a figure that the rules left; each as the words nearest to it tell."""
    near = [(m, s) for m, s in said if s.who is not NOBODY]

    def owners(mark: Mark) -> tuple[Subject, ...]:
        """The name in its clause, else the subject of the statement before it."""
        named = sentence.last("names", before=mark.start, since=sentence.clause(mark)[0])
        before = [s.who for m, s in near if m.start < mark.start]
        return tuple(named.value) if named else tuple(before[-1:]) or whose(sentence, mark, context, names)

    yield from _unchanged(sentence, context, owners)
    yield from _records(sentence, context, near, owners)
    yield from _runs(sentence, context, owners)
    if not sentence.chinese:
        yield from _to_date(sentence, context, owners)
    yield from _ranks(sentence, context, near, owners)
    if not sentence.chinese:
        yield from _shares_of(sentence, context)
        yield from _led_by(sentence, context)
    yield from _kinds(sentence, context, names, said, following)
    yield from _bare(sentence, context, names, near)


def _bare(sentence: Sentence, context: Context, names: Names, near: Said) -> Found:
    """What a verb that is no price's alone tells of the names right before it: "SBI and ICICI Bank also declined"."""
    for move in () if sentence.chinese else sentence.all("up_weak", "down_weak"):
        low, high = sentence.clause(move)
        own = sentence.last("names", before=move.start, since=low)
        named = own or resumed(sentence, low)  # "The Hong Kong dollar, which is pegged to the US currency, weakened"
        if named is None or not _ALONE.match(sentence.text, move.end):
            continue
        other = sentence.has("amount", "off", "volume", "no", "modal", "condition", "stock", within=(low, high))
        if other or not _ADVERBS.fullmatch(sentence.text, own.end if own else low, move.start):
            continue
        known = {s.who for _, s in near}
        for who in (w for w in named.value if w.symbols and w not in known):
            day = day_of(sentence, move, context)
            yield move, Statement(0, "return", who, None, None, "direction", MOVES[move.kind], date=day)


def _unchanged(sentence: Sentence, context: Context, owners: Owners) -> Found:
    """A close that stands where the last one did: "little changed", 平盤作收."""
    for m in _FLAT.finditer(sentence.text):
        mark = Mark(m.start(), m.end(), "flat")
        low, high = sentence.clause(mark)
        percent = any(a.value.unit == "percent" and low <= a.start < high + 8 for a in sentence.all("amount"))
        if not percent and not sentence.has("off", "volume", "no", within=(low, high)):
            hedge, day = "close_to" if m["near"] or m["near2"] else "exact", day_of(sentence, mark, context)
            yield from ((mark, Statement(0, "return", who, 0.0, 0.0, hedge, date=day)) for who in owners(mark))


def _records(sentence: Sentence, context: Context, near: Said, owners: Owners) -> Found:
    """A record told in other words than the rules know: "all three set records", "a price last seen in 2014"."""
    known = {s.who for _, s in near if s.kind == "record"}
    for m in _RECORD.finditer(sentence.text):
        mark = Mark(m.start("at") if m["at"] else m.start(), m.end(), "record")  # "from | Monday's record"
        low, high = sentence.clause(mark)
        told = any(s.kind == "record" and at.start < m.end() and m.start() < at.end for at, s in near)
        may = sentence.chinese and sentence.has("modal", within=(low, m.start()))  # 原本有机会改写纪录
        if told or may or sentence.has("off", "volume", "no", "condition", within=(low, high)):
            continue
        indices = tuple(dict.fromkeys(s.who for _, s in near if s.who.is_index))
        who = (_SEVERAL.search(sentence.text, low, m.end()) and indices) or owners(mark)
        for subject in (s for s in who if s not in known):
            fell = [s.direction < 0 for at, s in near if at.start < m.start() and s.who == subject and s.direction]
            by = "low" if m["low"] or (not m["high"] and fell[-1:] == [True]) else "high"
            day = day_of(sentence, mark, context)
            since = (m["year"] or m["zh_year"] or "") + (f"-{int(m['month']):02d}" if m["month"] else "")
            since = since_told(sentence, mark, day or context.last)[0] if m["first"] else since
            yield mark, Statement(0, "record", subject, 0.0, 0.0, "exact", -1, step=1.0, date=day, since=since, by=by)


def _runs(sentence: Sentence, context: Context, owners: Owners) -> Found:
    """So many sessions or weeks of one direction: "its third straight decline", 四連漲; where it ended, not the day."""
    for m in _RUN.finditer(sentence.text):
        mark = Mark(m.start(), m.end(), "run")
        ahead = _STOP.search(sentence.text, m.end(), m.end() + 20)
        day, words = day_of(sentence, mark, context) or context.last, sentence.text[m.start() : m.end() + 20]
        words = sentence.text[m.start() : ahead.start()] if ahead and not sentence.chinese else words
        if FLOW.match(sentence.text, m.end()) or _LONGER.search(words):
            continue
        way, move = _WAYS.search(words), sentence.last(*MOVING, before=m.start())
        stopped = (
            sentence.chinese and not way and _ENDED.search(sentence.text, 0, m.start())
        )  # 走低,中止了连续3个交易日的纪录
        sign = (-1 if way["down"] else 1) if way else MOVES[move.kind] if move and not stopped else 0
        count = _count(m)
        if m["first"]:
            sign, count = -sign, count - 1  # "its first gain in four sessions"
        sessions, months = 0, sentence.chinese and _OF_MONTHS.search(sentence.text, max(0, m.start() - 2), m.end())
        spans = [
            s.value
            for s in sentence.all("period", within=(0, m.start()))
            if months and s.value.until and not s.value.open
        ]
        day = spans[-1].until if spans else day
        if day is None or not sign or not 1 < count < LONGEST:
            continue
        if months:  # 月线连三黑, 连升五个月
            past = _ENDED.search(sentence.text, 0, m.start()) or _THEN.match(sentence.text, m.end())
            last = day.replace(day=1) - dt.timedelta(1) if past else day
            month = last.year * 12 + last.month - count
            span = Period(first=dt.date(month // 12, month % 12 + 1, 1), until=last)
        elif "week" in words or _OF_WEEKS.search(sentence.text, max(0, m.start() - 3), m.end()):
            friday = day - dt.timedelta((day.weekday() - 4) % 7)  # of the last week that is over
            ended = sentence.chinese and _ENDED.search(sentence.text, 0, m.start())  # 终止连三周上涨
            day = (day - dt.timedelta(day.weekday() + 3) if ended else day) if sentence.chinese else friday
            span = Period(first=day - dt.timedelta(day.weekday() + 7 * (count - 1)), until=day)
        else:
            over = m["first"] or m["before"] or _BEFORE.match(sentence.text, m.end())
            over = over or _ENDED.search(sentence.text, 0, m.start()) or _THEN.match(sentence.text, m.end())
            end = day - dt.timedelta(1) if over else day
            span, sessions = Period(sessions=count).resolved(end, end), count
        run = Statement(
            0, "return", NOBODY, None, None, "direction", sign, date=span.first, until=span.until, sessions=sessions
        )
        market = MARKET.match(sentence.text, sentence.clause(mark)[0]) if sentence.chinese else None
        whose = (Subject(("^HSI",)),) if market and market.end() <= m.start() else owners(mark)  # 港股连升14日
        yield from ((mark, replace(run, who=who)) for who in whose)


def _count(m: re.Match[str]) -> int:
    """How many sessions or weeks a run has."""
    groups = ("nth", "nth2", "n", "n2", "n3", "n4", "n5", "n6", "n7", "g", "i", "h")
    word = next(filter(None, (m[g] for g in groups))).lower()
    if word[:-2].isdigit() and word[-1].isalpha():
        return int(word[:-2])
    told = number_of(word)
    return ORDINALS.get(word) or int(told.value if told else 0)


def _to_date(sentence: Sentence, context: Context, owners: Owners) -> Found:
    """On which side of where it began the year or the week something stands, without a figure."""
    for m in _TO_DATE.finditer(sentence.text):
        mark = Mark(m.start(), m.end(), "to_date")
        low, high = sentence.clause(mark)
        day = day_of(sentence, mark, context) or context.last
        if day is None or sentence.has("no", "modal", "condition", "off", within=(low, high)):
            continue
        if any(low <= a.start < m.start() and a.end + 1 == m.start() for a in sentence.all("amount")):
            continue  # "2 % lower for the year"
        if m["year"] and int(m["year"]) != day.year:
            continue
        first = day - dt.timedelta(day.weekday()) if m["unit"] == "week" else dt.date(day.year, 1, 1)
        sign = -1 if m["down"] or m["below"] else 1
        for who in owners(mark):
            yield mark, Statement(0, "return", who, None, None, "direction", sign, date=first, until=day)


def _ranks(sentence: Sentence, context: Context, near: Said, owners: Owners) -> Found:
    """The rank of a week or a month: "its best week since November", 2008年11月以来最佳单周表现."""
    for m in _RANK.finditer(sentence.text):
        mark = Mark(m.start(), m.end(), "rank")
        day, way = day_of(sentence, mark, context) or context.last, _WAYS.search(sentence.text, m.start(), m.end() + 6)
        if day is None:
            continue
        since = [s for s in sentence.all("since") if (s.end <= m.start() if sentence.chinese else s.start >= m.end())]
        told, sure = since_told(sentence, since[-1 if sentence.chinese else 0], day) if since else ("", True)
        sign = 1 if m["up"] or (way and not way["down"]) else -1
        own = [s for at, s in near if at.start < m.start() and s.until and m["unit"]]
        unit = (m["unit"] or "").lower() or ("month" if "月" in m[0] else "week")
        span = (m["unit"] and context.framed) or lasting(unit, day)
        first, last = (own[-1].date, own[-1].until) if own else (span.first, span.until)
        if sentence.chinese and not re.search("[周月]", m[0]):  # 首季累跌23%,是1987年以来最差的一季
            spans = [s.value for s in sentence.all("period", within=(0, m.start())) if s.value.first and s.value.until]
            if not spans:
                continue
            first, last = spans[-1].first, spans[-1].until
        rank = Statement(
            0, "return_rank", NOBODY, 1.0, 1.0, "exact", sign, step=1.0, date=first, until=last, since=told,
            open=() if sure else (SINCE,),
        )  # fmt: skip
        yield from ((mark, replace(rank, who=who)) for who in owners(mark))


def _kinds(sentence: Sentence, context: Context, names: Names, said: Said, following: Said) -> Found:
    """A kind of securities moved as those did that are named behind it: "Insurers led the way"."""
    for low, end in sentence.clauses:
        if (found := _kind(sentence, low, end)) is None:
            continue
        mark, sign, high = found
        within = (low, high)
        other = sentence.has("no", "denial", "modal", "off", "condition", within=within)
        other = other or bool(_MIXED.search(sentence.text, low, end))
        other = other or sentence.has("amount", within=(low, max(high, end)))
        if other or any(low <= m.start < high for m, _ in said):
            continue
        signs = {sign} - {0}
        if not sign and mark.value.group and (low == 0 or sentence.chinese or sentence.text[low - 1] in ";:"):
            signs = _signs([(m, s) for m, s in said if m.start >= high], names) or _signs(following, names)
        if len(signs) == 1:
            most = "most" if _MOST.search(sentence.text, low, high) else "direction"
            hedge = next((h for h in ("all", "some") if sentence.has(h, within=within)), most)
            hedge = quantity(sentence, low, high) if sentence.chinese else hedge
            hedge = "all" if sentence.chinese and hedge == "direction" and _EACH_OF.search(str(mark.value)) else hedge
            several = hedge != "direction" and mark.value.group
            kind, hedge = ("breadth", hedge) if several else ("return", "direction")
            day = day_of(sentence, mark, context)
            yield mark, Statement(0, kind, mark.value, None, None, hedge, min(signs), date=day)


def _shares_of(sentence: Sentence, context: Context) -> Found:
    """ "… and shares of U.S. banks slid": a kind inside a sentence, with its move right behind it and no figure."""
    for m in _SHARES_OF.finditer(sentence.text):
        move = next((v for v in sentence.all(*MOVING) if v.start == m.end()), None)
        listed = sentence.has("names", "aside", within=m.span("kind"))
        if move is None or listed or m.start() == 0 or m["kind"].split()[-1] in sentence.rules.no_kind:
            continue
        high = sentence.clause(move)[1]
        if not sentence.has("amount", "no", "modal", "condition", within=(move.end, high)):
            group, day = Subject(group=Group(m["kind"], m["kind"])), day_of(sentence, move, context)
            yield move, Statement(0, "return", group, None, None, "direction", MOVES[move.kind], date=day)


def _led_by(sentence: Sentence, context: Context) -> Found:
    """A kind that is told to draw the market along: "dragged down by chip stocks", "bank shares led the gains"."""
    for m in _DRAWN.finditer(sentence.text):
        kind = m["kind"] or m["kind2"]
        mark = Mark(*m.span("kind" if m["kind"] else "kind2"), "group")
        unsure = sentence.has("no", "modal", "condition", within=sentence.clause(mark))
        if unsure or kind.split()[-1].lower() in sentence.rules.no_kind:
            continue
        down = m["down"] or m["down2"]
        named = next((n for n in sentence.all("names", "aside") if (n.start, n.end) == (mark.start, mark.end)), None)
        who = named.value[0] if named else Subject(group=Group(kind, kind))
        if who.group:
            day = day_of(sentence, mark, context)
            yield mark, Statement(0, "return", who, None, None, "direction", -1 if down else 1, date=day)


def _kind(sentence: Sentence, low: int, high: int) -> tuple[Mark, int, int] | None:
    """The kind of securities that a clause begins with, behind a day; its direction; where that is told."""
    days = sentence.all("date", within=(low, high))
    low = next((m.end for m in days if not sentence.text[low : m.start].strip()), low)
    found = None if sentence.chinese else head(sentence, low)
    if found is not None:
        return found if found[0].start < high else None
    named = _named(sentence, low, high)
    move = sentence.last(*MOVING, "down_object", before=high, since=named.end) if named else None
    return (named, MOVES[move.kind] if move else 0, high) if named else None


def _named(sentence: Sentence, low: int, high: int) -> Mark | None:
    """The group that a clause begins with, or in Chinese the words for one."""
    if named := sentence.all("names", "aside", "others", within=(low, high)):
        if named[0].start - low <= 2 and (tail := _CHAIN.match(sentence.text, named[0].end, high)):  # 苹果供应链
            label = sentence.text[named[0].start : tail.end()]
            return Mark(named[0].start, tail.end(), "group", Subject(group=Group(label, label)))
        who, apart = named[0].value[0], _AMONG.match(sentence.text, named[0].end)
        label = who.group.label if who.group else who.name if who.name.endswith(("股", "板块")) else "the whole market"
        begins = named[0].start - low <= 2 or sentence.text[named[0].start - 1] == "的"  # 早前炒得火热的中资券商股
        alone = label != "the whole market" and len(named) == len(named[0].value) == 1 and begins
        group = who if who.group else Subject(group=Group(label, label))
        return Mark(named[0].start, named[0].end, "group", group) if alone and not apart else None
    if market := MARKET.match(sentence.text, low, high):
        return Mark(*market.span("name"), "group", Subject(("^HSI",)))
    found = _KIND.match(sentence.text, low, high)
    if found is None or _VERB.search(found["zh"]) or found["zh"] in sentence.rules.stop:
        return None
    return Mark(*found.span("zh"), "group", Subject(group=Group(found["zh"], found["zh"])))


def _signs(said: Said, names: Names) -> set[int]:
    """The directions of the firms' moves, each once."""
    firms = [s.who for _, s in said if s.who is not NOBODY and not s.who.group]
    firms = [w for w in firms if not (w.symbols and names.listings[w.symbols[0]].kind != "stock")]
    return {s.direction for _, s in said if s.kind in {"return", "opening_gap"} and s.who in firms}
