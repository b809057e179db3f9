"""The statements with a figure: per cent, money, levels, points; each with its security, day, sign and hedge."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace

from eventwindow.claims.amounts import Amount
from eventwindow.draft.amounts import basis
from eventwindow.draft.clauses import COMPARISON, PARTICIPLE, RELATIVE
from eventwindow.draft.context import (
    Context,
    base_of,
    day_of,
    day_told,
    earlier_level,
    frame_of,
    period_of,
    row_of,
    session_of,
    set_in,
    told_before,
)
from eventwindow.draft.lexicon import BOND, STATE, Mark
from eventwindow.draft.pairs import crossed
from eventwindow.draft.periods import Period, last_weekday
from eventwindow.draft.securities import Names
from eventwindow.draft.sentence import COUNTED, MOVES, OPENED, Sentence
from eventwindow.draft.statement import NOBODY, Statement, Subject
from eventwindow.draft.subjects import Found, resumed, subjects_of
from eventwindow.errors import Reason

LEVEL_HEDGE = {"at": "", "over": "more_than", "under": "less_than"}
_YUAN = {"TWD", "CNY", "HKD", "JPY"}  # what 元 alone may be
INDEX = 1000  # points at which most indices stand
LEVEL_OF_CHANGE = 8  # times a day's change, at least, is where an index stands
LARGE = 1e7  # a smaller sum is no market value
_OR = re.compile(r"[\s,(]*(?:or|also|或|即)?[\s,]*(?:跌幅|涨幅|升幅|幅度)?(?:为|达|约|高达)?\s*", re.IGNORECASE)
_OR_ZH = re.compile(",?[或即](?:约)?")
_AND_VERB = re.compile(r".*\band\s+(?:also |then |still )?", re.IGNORECASE)
_RELATIVE = re.compile(r"\W*(?:which|who|whose)\b", re.IGNORECASE)
_FROM_TO = re.compile(r"(?:\b(?:from|to|at|of)|从|由|至|到|降为|升为)\s*$", re.IGNORECASE)
ROW = Reason("draft_row")
POSSIBLE = Reason("draft_possible")
EXTREME = Reason("draft_extreme")
AFTER_HOURS = Reason("draft_after_hours")
SPAN = Reason("draft_span")
MOMENT = Reason("draft_moment")
WHICH_DAY = Reason("draft_which_day")
INVERSE = Reason("draft_inverse")
CURRENCY = Reason("draft_currency")
INDEX_VALUE = Reason("draft_index_value")
BELOW_PEAK = re.compile(
    r"\s*(?:below|from|off|under|short of|lower than)\s+(?:its|their|the|an?)\b[^,;.]{0,24}?\b(?:record|peak|high)\b",
    re.IGNORECASE,
)
_THAN_BEFORE = re.compile(r"\s*(?:more|less|fewer|higher|lower) than (?:an? |the )?(?:year|quarter)\b", re.IGNORECASE)
_SHARE = re.compile(r"\s+of\s+(?:[\w'’.-]+\s*){1,6}")
_NOUN = re.compile(r" (?P<one>[a-z]{3,})(?: (?P<two>[a-z]+))?")
WORTH_NOW = re.compile(
    r"\b(?:worth|valued at)\s*$|市值[^,;\d]{0,6}[至到]$"
    r"|(?:市值|亿[美港]?元)[^,;。\d]{0,4},?[^,;。\d]{0,4}[剩余]下?约?$"
    r"|市值(?:首度|首次)?(?:约|为|达|逾|跌穿|跌破|失守|升穿|升破|重返|站上|突破|逼近|重回|报|[升降]?至)?$"
    r"|市值[^,;。]{0,16}\d[^,;。\d]{0,6},[^,;。\d]{0,4}(?:[至到]|[剩余]下?|重返|重回|跌破|失守|突破|站上)约?$"
)
_WORTH = re.compile(r"\b(?:value|worth|shares?|stock)\b", re.IGNORECASE)
_TOP = (
    r"[较比距](?:[^,;。\d]|\d{4}年|\d{1,2}[月日]){0,12}(?<!历史)(?:[高低][位点]|[高低]峰)"  # 较2018年高位31.2元跌逾八成
)
_COMPARED_LEVEL = re.compile(rf"(?:[比较与]|相较于?|曾经?到过|{_TOP})$")
_OF_TOP = re.compile(rf"{_TOP}$")
_LISTED = re.compile(r"(?:全体|所有)上市公司")
_CHANGING = re.compile(r"[涨跌升挫泻扬弹降贬吐]幅?[了近约逾达超过]*$|[较比][^,;。]{0,12}$")
_MOVED_BEHIND = re.compile(r"[ ,]?[涨跌升挫]幅?[约逾近超为]{0,2}\d")
_EACH_OF = re.compile(r"(?:分别|各)累?[跌涨升挫]?(?:为|达|是|收|报)?(?:在|于)?$")
_OFFERED_ZH = re.compile(
    r"[较比][^,;。]{0,8}(?:招股|发行|发售|供股|承销|配售|认购)价(?:为|的)?$"
)  # 较招股价17元低39.2%
_COUNTED_FROM = re.compile(COUNTED)
_AT_MOST = re.compile(r"最[多深](?:曾)?[下上急]?[跌涨升挫泻插飙贬瀉](?:了)?$")
_OFFERED = re.compile(
    r"\b(?:listing|float|flotation|debut|offering|offer|ipo|issue|bid|target)(?: price)? (?:at|of)\s*$", re.IGNORECASE
)
_COUNTED = re.compile(
    r"(?![兑对]|[韩日][元圆]|[大整]?关|整数|附近|一[线带]|左右|上下|水[平准])[\u3400-\u9fff]|\s+[a-z]{3,}s\b(?! points)"
)
_NARROWED = re.compile(r"收敛|收窄|缩小|\bnarrow", re.IGNORECASE)
_PARED = re.compile(
    r"\bbefore (?:it |they |the shares |the stock |\w+day['’]s )?(?:\w+ly )?(?:open|par|trim|recover|rebound|retreat|settl|clos|end|win|won|eas|slip|com(?:e|ing) off|revers|stead)",  # noqa: E501
    re.IGNORECASE,
)
_AFTERWARDS = re.compile(
    r"\W*(?:(?:and|but) )?(?:then|later|afterwards|subsequently)\b|,?(?:随后|其后|之后|后来)", re.IGNORECASE
)
_UNABLE = re.compile(r"(?:无力|未能|没能|难以)$|\b(?:fail\w* to|unable to) \w+(?: back)? $", re.IGNORECASE)
_VOLUME_AFTER = re.compile(r"\s+(?:(?:its|the|their|that)\s+)?(?:\w+\s+){0,2}(?:volumes?|turnover)\b", re.IGNORECASE)
_USUAL = re.compile(r"(?:平[时日常]|往常|均量|日均|平均)(?:水准|水平)?的?$")
_USUAL_AFTER = re.compile(r"\s+(?:of|below|above)?\s*(?:its|the)?\s*(?:usual|normal|average)", re.IGNORECASE)
_BEFORE_OPEN = re.compile(
    r"pre-?market|\b(?:before|ahead of) (?:the |US |U\.S\. )*(?:stock )?(?:markets? )?(?:open|(?:opening )?bell)|盘前",
    re.IGNORECASE,
)
_TOGETHER = re.compile(r"\b(?:together|combined|between them)\b|合计|合共|总共|加起来", re.IGNORECASE)
_CLOCK = re.compile(r"\(?\d{1,2}[:.]\d\d(?:(?: ?[ap]m)? |(?=[\u4e00-\u9fff]))")
_ENDING = re.compile(r",? (?:(?:before|and|then|but) )?(?:(?:end|clos|finish|settl)(?:ing|ed))\b")
_MIDDAY = re.compile(r"(?:上午|早盘|午盘|半日|中场)收")
_COMPARED = re.compile(r"\b(?:against|versus|vs\.?|compared (?:with|to))\s*$", re.IGNORECASE)
_HELD_AGAINST = re.compile(
    r"\b(?:(?:out|under)perform\w*|outpac\w+|lagg\w+|trail\w+|beat\w*|in line with|compared (?:with|to)|against|versus)"
    r"(?: (?:an?|the|its|roughly|about|nearly))* $"
)
_LISTED_AT = re.compile(r"(?:,|\band|\bincluding|\bwith|\bgaining|\blosing|\bof) $")
_FROM = re.compile(
    r"(?:(?:recover|rebound|bounc)\w* from|turn\w*|revers\w*|convert\w*) (?:an? |its )?(?:\w+ )?\w+ of (?:\w+ )*$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\s+(?:in the |to the )?(?:up|down|higher|lower|stronger|weaker|firmer|softer|dearer|cheaper|ahead|red|good|bad)",
    re.IGNORECASE,
)
_NOUN_OF = re.compile(r" (?:gain|loss|rise|fall|drop|decline|advance|jump|slide|rally|slump|rebound|surge|plunge)\b")
_ALSO = re.compile(r"\W*(?:by|after|following|and|then)?\s*(?:an? )?(?:further |another )?", re.IGNORECASE)
_YIELDED = re.compile(r"\b(?:was|is|yield(?:s|ed|ing)?)\s*$", re.IGNORECASE)  # "the yield … was 3.48%", "to yield 3.9%"
_BETWEEN = re.compile(r"\bbetween \Z", re.IGNORECASE)
_FUTURE = re.compile(r"(?:期货|期指|指期|期约)$")
_EACH = re.compile(r"(?:现货)?每(?:桶|盎司|英两|公?吨|磅|两|克)")  # 黃金漲1.9%,每盎司1970美元
_STANDS = re.compile(r"以(?:每股|[涨跌]停[价板]?|平盘价?|(?:全日)?[高低]位)?约?$")
_THERE = re.compile(
    r"(?:的价格)?(?:作收|做收|坐收|报收|收[盘市场官]|开|(?:[大小微]幅|略)?[高低]开|跳空|裂口|再?写|再?创|锁|挂牌|失守|刷新|改写|封)"
)
_OF_RECORD = re.compile(
    r"的(?:盘中|收[盘市]|上市以来|挂牌以来|历史|史上|空前|[\d一二两三四五六七八九十]+[周年]|逾)*(?:新[高低]|最[高低]价?|[高低][价点位]|纪录)"
)
_AT_EXTREME = re.compile(r"(?:[低高曾]见|最[低高](?:来到|报|见|下?探)?|升抵|贬抵|冲上)约?$")
_LOW_OF_DAY = re.compile(r"day['’]s (?:intraday |session )?(?:low|high|peak|trough) (?:of|at|near) \D{0,12}$")
_TO_END = re.compile(r"\s*(?:to (?:(?:end|close|finish|settle|stand) )?)?(?:at|to)?\s*")
_OPENING = re.compile(r"(?:的价格)?(?:跳空|裂口|[大小微]幅|略)?(?:高|低|平)?开(?!的)")
_THAN_OFFERED = re.compile(r"[较比][^,;]{0,12}(?:发行|招股|上市|发售|承销)价")
_THAN_DAY = re.compile(r"[较比]")
_JUST = re.compile(r"[才曾已]|加计|连同")
_OPENED_BEHIND = re.compile(r"的?(?:跌幅|涨幅|价格)?开[出盘市](?![后时])")  # 以下跌2.8%开出
_FUTURES = re.compile(r"(?:合约|期货|期指|夜期|指数|现货|价)$")  # what is quoted so, though no list holds it
_FROM_PEAK = re.compile(  # 较7月高点已回落一成; 与2018年1月的历史高位相比,市值缩水九成; 距高峰不到0.2%
    r"(?:距离?|较|自|从|由|比|与|相[较比]于?|对照)[^,;]{0,16}(?:高点|高位|高峰|峰值|新高|[最历史]高价|纪录)(?:[^,;]|(?<=\d),(?=\d)){0,14}(?:,[^,;\d]{0,8})?$"
    r"|(?:最高价|历史高[价点位]|纪录),?(?:如今|目前|距今|现|至今)(?:股价|已|仍|有|累计)*$"
)
_PEAK_FRAME = re.compile(  # 从波段最高价算起,长荣缩水51%,万海回档48%
    r"(?:若|如果)?[从自由以较][^,;]{0,24}(?:高点|高位|高峰|峰值|最高价)(?:算起|起算|起?计算?|来看)?,"
)
_LOST = re.compile(r"(?:整数)?(?:大关|关卡|关口|防线)?(?:应声|接连|随之|也|再度|正式)?(?:失守|告破|不保|得而复失)")
_WON = re.compile(r"(?:整数)?(?:大关|关卡|关口|防线)?失而复得")
_SIDE = re.compile(r"(?:整数)?(?:大关|关卡|关口)?之([上下])")  # 坠落万点之下
_TABLED = re.compile(
    r"^(?:\d{1,2}\.)?[\u4e00-\u9fff]{2,8}\(\d{1,6}(?:\.[A-Z]{2})?\)\s*$"
)  # a table's 美团(3690) 171元 -5.9%
ABOVE = re.compile("以([上下])")
_THEN_MOVED = re.compile(r"[涨跌]\d")
_NARROWED_TO = re.compile(r"[涨跌升][幅势点][^,;]{0,8}$")  # 跌幅收窄至400点 is a change
_TAKEN = re.compile(  # "knocked 80 points off the Dow", 拖累大盘302点: what a member takes from its index
    r"(?:拖累|拖低|压低|贡献|影响|拉抬|推升|牵动|进帐)了?[^,;。跌涨升挫]{0,8}(?:[跌涨]点)?约?$"
    r"|\b(?:(?P<off>cost|knock|shav|t[ao]k|took|subtract|trimm)|contribut|account)\w*"
    r"(?: for)?(?: (?:the )?[A-Z][\w&. ]*)? ?$"
    r"|\b(?:lift|drag|pull|push|boost|dr[ao]v)\w* (?:down |up )?(?:the )?[A-Z][\w&. ]* by $"
)
_MARK = re.compile(r"[ -](?:mark|level|barrier|threshold|line)\b")
_THAT = re.compile(r"(?:That|This|Which)(?: alone)? ")
_PREMIUM = re.compile(
    r"(?:(?P<up>溢价|溢)|(?P<down>折让|折价))(?:幅度)?(?:约|为|达|近|逾)*$"
    r"|(?:(?P<ahead>跑赢|领先|赢过)|(?P<behind>跑输|落后))了?[^,;。\d]{0,6}(?:\d{2,4}指数)?(?:约|近|逾|达)*$"
)
_AFTER_CLOSE = re.compile(  # "fell 2% after ending regular trading at $134.14", "rose 3% from a close of $35.48"
    r"(?:[^;.]|\.\d){0,60}?\b(?:after (?:clos|end|finish|settl)ing\b(?! (?:in|above|below|under|over|with)\b)"
    r"|(?:from|compared (?:with|to)) (?:an?|its|their|the)(?: [A-Z]\w+| regular){0,4} clos(?:e|ing price) (?:of|at)\b)"
)
_STOOD_THEN = re.compile(r"\b(?:is|are|was|were) (?:\w+ ){0,2}?(?:up|down|off|higher|lower)\b")
_OF_THE_HOUR = re.compile(  # "was down 3% after falling to $12.55 earlier in the session"
    r"(?:[^;.]|\.\d)*\b(?:after|before|having)\b(?:[^;.]|\.\d)*\b"
    r"(?:earlier|as (?:low|high|much) as|in (?:early|morning) trad\w+)\b"
)
FALLBACK = Reason("draft_fallback")
LATE = re.compile(r"\b(?:clos|settl|end|finish)\w*\b|收|终场", re.IGNORECASE)


def figures(
    sentence: Sentence, line: int, context: Context, names: Names, dated: dt.date
) -> Iterator[tuple[Mark, Statement]]:
    """Every figure about a market in the sentence, with the mark it stands at."""
    direction, said = 0, list[tuple[Mark, Statement]]()
    for mark in sentence.all("amount"):
        if about_something_else(sentence, mark) or from_peak(sentence, mark) or beside_price(sentence, mark):
            continue
        if is_base(sentence, mark):
            continue
        if (same := _same_move(sentence, mark, said)) is not None:
            found = [same]
        else:
            found = _read(sentence, mark, context, names, dated, direction)
        for s in found:
            step = mark.value.step * (100 if s.kind == "price_level" and mark.value.unit == "percent" else 1)
            stated = replace(s, line=line, step=step, hedge=_hedge(mark.value, s.hedge))
            if (
                s.kind == "return"
                and s.low != s.high
                and len(found) > 1
                and not _BETWEEN.search(sentence.text, 0, mark.value.at)
            ):
                stated = replace(stated, low=None, high=None, step=None, hedge="direction")  # "each down 2 to 3 %"
            if sentence.chinese and stated.hedge == "exact" and _AT_MOST.search(sentence.text, 0, mark.start):
                stated = replace(stated, hedge="reached", open=(EXTREME, *stated.open))  # 最多跌8.2%
            if sentence.chinese and stated.kind == "price_level" and POSSIBLE in stated.open:
                through = sentence.text[: mark.value.at].endswith("破")
                hedge = stated.hedge if through else "reached"  # 可望升至27000点, 可能突破100美元: of a day to come
                stated = replace(stated, hedge=hedge, date=None)
            said.append((mark, stated))
            aside = stated.kind == "price_level" or set_in(sentence, mark) or sentence.held(mark)
            direction = direction if aside and direction else stated.direction
            yield mark, stated


def beside_price(sentence: Sentence, mark: Mark) -> re.Match[str] | None:
    """What says that the figure is a difference between two prices or returns: 较昨日收市价折让11%, 跑输大市3个百分点."""  # noqa: E501
    percent = sentence.chinese and mark.value.unit == "percent"
    return _PREMIUM.search(sentence.text[: mark.start]) if percent else None


def is_base(sentence: Sentence, mark: Mark) -> bool:
    """Whether the figure is the level that a span is counted from: 由1月10日的19000点计升5%."""
    before = sentence.text[: mark.value.at] if sentence.chinese and mark.kind == "amount" else ""
    return bool(before and (_COUNTED_FROM.match(sentence.text, mark.end) or _OFFERED_ZH.search(before)))


def from_peak(sentence: Sentence, mark: Mark) -> bool:
    """Whether the figure is a distance from a top, which is no move of a day: 较7月高点已回落一成."""
    move = sentence.last(*MOVES, "down_wipe", before=mark.start, since=sentence.clause(mark)[0])
    percent = mark.value.unit == "percent"  # the top itself is a level
    far = percent and _FROM_PEAK.search(sentence.text[: move.start if move else mark.start])
    framed = percent and move and MOVES.get(move.kind, -1) < 0 and _PEAK_FRAME.match(sentence.text)
    far = far or (framed and not sentence.has("period", within=(framed.end(), mark.start)))  # 仅上周就跌11.5%
    return bool(far or BELOW_PEAK.match(sentence.text, mark.end))


def _read(
    sentence: Sentence, mark: Mark, context: Context, names: Names, dated: dt.date, direction: int
) -> list[Statement]:
    sign, who = sign_of(sentence, mark), whose_figure(sentence, mark, context, names)
    if who.foreign:
        return []
    found: list[Statement] = []
    for subject in who.who or (NOBODY,):
        own = sign or _elliptic(sentence, mark, direction or _by(sentence, mark))
        for s in stated(sentence, mark, subject, own, context, names, dated):
            found.append(replace(s, open=tuple(dict.fromkeys((*s.open, *who.open)))))
    return found


def _same_move(sentence: Sentence, mark: Mark, said: list[tuple[Mark, Statement]]) -> Statement | None:
    """ "1,679 points, or 3.98 %", "下跌224點，跌幅0.51%": one move in two units."""
    if not said or mark.value.unit not in {"percent", "points"}:
        return None
    before, last = said[-1]
    if {before.value.unit, mark.value.unit} != {"percent", "points"} or last.kind not in {"return", "points"}:
        return None
    between = _CLOSING.sub("", sentence.text[before.end : mark.start], count=1)
    for m in sentence.all("date", within=(before.end, mark.start)):
        between = between.replace(sentence.text[m.start : m.end], "")
    if not _OR.fullmatch(re.sub(r"\bon\b|\s+", " ", between)):
        return None
    opened = (move := move_of(sentence, before)) is not None and move.kind in OPENED
    kind = "points" if mark.value.unit == "points" else "opening_gap" if opened else "return"
    ends = sorted(last.direction * edge for edge in (mark.value.low, mark.value.high))
    return replace(last, kind=kind, low=ends[0], high=ends[1], hedge="")


def about_something_else(sentence: Sentence, mark: Mark) -> bool:
    """Whether the nearest noun says that the figure is a cost, a count, a wage: anything but a price."""
    low, high = sentence.clause(mark)
    if mark.value.unit == "percent" and (m := _SHARE.match(sentence.text[mark.end :])):
        return not (_WORTH.search(m[0]) or sentence.rules.words["value"].search(m[0]))
    if _volume(sentence, mark):
        return mark.value.unit != "multiple" and not _of_usual(sentence, mark)
    other = _compared(sentence, mark) and not (base_of(sentence, mark) or earlier_level(sentence, mark))
    other = other and not (mark.value.unit == "percent" and sentence.linked(mark.end))  # "against 10 % for the Dow"
    other = other or of_turnover(sentence, mark)
    if other or _attribute(sentence, mark) or _THAN_BEFORE.match(sentence.text, mark.end):
        return True
    kinds = ("off", "stock", "value", "close", "names", *("role",) * sentence.chinese)
    before = [m for m in sentence.all(*kinds, within=(low, mark.start)) if not _lesser(sentence, m)]
    before = [m for m in before if m.kind != "off" or not _goes_on(sentence, m, mark)]
    after = [m for m in sentence.all("off", within=(mark.end, high)) if _of_clause(sentence, m, mark)]
    if before:
        noun = before[-1].kind
        return noun == "off" or (noun != "value" and bool(after) and _joined_to(sentence, mark, after[0]))
    if after and not sentence.has("stock", "value", "close", within=(low, high)):
        return True
    held = [m for m in sentence.all(*kinds, within=(0, low)) if not (set_in(sentence, m) or told_before(sentence, m))]
    relative = _RELATIVE.match(sentence.text[low:])
    earlier = [m for m in held if relative or not _lesser(sentence, m)]
    own = sentence.has("names", within=(low, high)) or resumed(sentence, low)
    return bool(earlier) and earlier[-1].kind == "off" and not own


def of_turnover(sentence: Sentence, mark: Mark) -> bool:
    """Whether the figure compares a turnover with that of another day: 成交额1702亿元,较周四减少近两成."""
    low = sentence.clause(mark)[0]
    last = sentence.last("volume", "stock", "value", "names", *MOVES, before=low)
    compared = sentence.chinese and mark.value.unit == "percent" and _THAN_DAY.match(sentence.text, low)
    return bool(compared and last and last.kind == "volume")


def _of_clause(sentence: Sentence, noun: Mark, mark: Mark) -> bool:
    """Whether a noun behind the figure is of its clause: not so in "since it told earnings", "after sales fell"."""
    apart = [c for c in sentence.held(noun) if not c.start <= mark.start < c.end]
    return not any(c.kind in {PARTICIPLE, RELATIVE} for c in apart)


def _goes_on(sentence: Sentence, noun: Mark, mark: Mark) -> bool:
    """ "took over its deposits and gained 2 %": a verb behind "and" is the subject's again."""
    verb = next(iter(sentence.all(*MOVES, within=(noun.end, mark.start))), None)
    return verb is not None and bool(_AND_VERB.fullmatch(sentence.text[noun.end : verb.start]))


def _attribute(sentence: Sentence, mark: Mark) -> bool:
    """ "a 40 % premium", "a 25 % duty": the noun behind the figure is what it measures, and it is no move."""
    found = _NOUN.match(sentence.text, mark.end) if mark.value.unit == "percent" else None
    if found is None:
        return False
    known = any(mark.end <= m.start <= found.end("one") for m in sentence.marks if m.kind != "off")
    words = sentence.rules.small | sentence.rules.prepositions
    light = found["one"] in words | {"late", "early"} or found["one"].endswith(("ly", "day"))
    return not (known or light)


def _of_usual(sentence: Sentence, mark: Mark) -> bool:
    """Whether the figure is a share of what is usual: 平時的八成, "60 per cent of its average"."""
    usual = _USUAL.search(sentence.text[: mark.start]) or _USUAL_AFTER.match(sentence.text, mark.end)
    return mark.value.unit == "percent" and usual is not None


def _volume(sentence: Sentence, mark: Mark) -> bool:
    """Whether a word for volume is the nearest noun before the figure in its clause, or hangs on it behind."""
    low, _ = sentence.clause(mark)
    usual = _VOLUME_AFTER.match(sentence.text, mark.end) or _USUAL.search(sentence.text[: mark.start])
    if mark.value.unit == "multiple" and usual:
        return True
    last = sentence.last("volume", "stock", "value", *MOVES, before=mark.start, since=low)
    return last is not None and last.kind == "volume"


def _lesser(sentence: Sentence, mark: Mark) -> bool:
    """A name behind a preposition does not end the hold of the noun before it: "its price target for …"."""
    return mark.kind == "names" and not sentence.chinese and sentence.object_of_preposition(mark)


def _joined_to(sentence: Sentence, mark: Mark, noun: Mark) -> bool:
    """ "15 % of its staff", "a 5 % rise in revenue": the noun behind the figure is what it counts."""
    between = sentence.text[mark.end : noun.start].lower()
    if sentence.chinese:
        return between.strip("的 ") == ""
    return len(between.split()) <= 4 and any(f" {w} " in f" {between} " for w in ("of", "in", "on", "more", ""))


def sign_of(sentence: Sentence, mark: Mark) -> int:
    """The direction of the figure's own sign, else of its move; 0 if it has none."""
    return int(mark.value.signed or ((move := move_of(sentence, mark)) and MOVES[move.kind]) or 0)


def move_of(sentence: Sentence, mark: Mark) -> Mark | None:
    """The move nearest to the figure, in its clause, before it sooner than after."""
    low, high = sentence.clause(mark)
    before = sentence.last(*MOVES, before=mark.start, since=low)
    after = next(iter(sentence.all(*MOVES, within=(mark.end, high))), None)
    other = sentence.last("amount", before=mark.start, since=low)
    if after and (_CLOSING.fullmatch(sentence.text[mark.end : after.end]) or _NOUN_OF.match(sentence.text, mark.end)):
        return after  # "1 % lower", "bucked the decline with a 2 % gain"
    if before and (not other or other.start < before.start):
        return before
    if after and not sentence.chinese and _AND_VERB.fullmatch(sentence.text, mark.end, after.start):
        return before  # "lost 0.9 % on Monday, 1.4 % on Tuesday | and rose 1 %"
    return after if after and not (other and before) else before


def _elliptic(sentence: Sentence, mark: Mark, direction: int) -> int:
    """A figure without a verb takes the direction of the figure before it: "… fell 3 % and … 4 %"."""
    low, before = sentence.clause(mark)[0], sentence.last("amount", before=mark.start)
    if before and before.value.unit == "money" and _OR_ZH.fullmatch(sentence.text, before.end, mark.start):
        return sign_of(sentence, before)  # 重挫10.24美元,或13.1%
    named = sentence.has("names", within=(low, mark.start)) or _NARROWED.search(sentence.text[low : mark.start])
    named = named or row_of(sentence, mark)[0] != mark or _ALSO.fullmatch(sentence.text[low : mark.start])
    compared = _compared(sentence, mark) and sentence.linked(mark.end)
    return direction if (named or compared) and mark.value.unit in {"percent", "points"} else 0


def _by(sentence: Sentence, mark: Mark) -> int:
    """ "fell more than its rival, by 11.5 %": the move of the clause before."""
    last = sentence.last(*MOVES, before=mark.start)
    return MOVES[last.kind] if last else 0


def _compared(sentence: Sentence, mark: Mark) -> bool:
    """Whether a word of comparison stands right before the figure: "against 10 %"."""
    return _COMPARED.search(sentence.text[sentence.clause(mark)[0] : mark.start]) is not None


def _against(sentence: Sentence, mark: Mark) -> Mark | None:
    """Whose the figure is that a comparison tells: "versus 5.97% for the Nasdaq", "than the 6% fall in the Dow"."""
    if mark.kind != "amount" or sentence.chinese:
        return None
    if _compared(sentence, mark):
        return sentence.linked(mark.end)
    if mark.value.unit == "percent" and _LISTED_AT.search(sentence.text, 0, mark.start):
        named = next((m for m in sentence.all("names", "aside") if m.start >= mark.end), None)
        if named and sentence.text[mark.end : named.start] == " at ":
            return named  # "including 11.4% at JPMorgan, 10.3% at Wells Fargo and 14% at Bank of America"
    owner = sentence.last("aside", "others", before=mark.start)
    if owner and sentence.text[owner.end : mark.value.at] in {"'s ", "’s "}:
        return owner  # "compared with Citigroup's 16% climb"
    within = next((c for c in sentence.held(mark) if c.kind == COMPARISON), None)
    return next(iter(sentence.all("names", within=(mark.end, within.end))), None) if within else None


def against(sentence: Sentence, mark: Mark) -> bool:
    """Whether the figure is of what another one is held against: the story does not go on in it."""
    return bool(not sentence.chinese and mark.kind == "amount" and _HELD_AGAINST.search(sentence.text, 0, mark.start))


def whose_figure(sentence: Sentence, mark: Mark, context: Context, names: Names) -> Found:
    """The subjects of the figure; of a currency the pair that it is told for."""
    found, within = _whose(sentence, mark, context), sentence.clause(mark)
    if sentence.chinese:
        return found
    return replace(found, who=tuple(crossed(sentence.text, sentence.marks, within, mark, s, names) for s in found.who))


def _whose(sentence: Sentence, mark: Mark, context: Context) -> Found:
    if against := _against(sentence, mark):
        return Found(tuple(against.value), (WHICH_DAY,) * (mark.value.unit != "percent"))
    found, peers = subjects_of(sentence, mark, context), row_of(sentence, mark)
    if 1 < len(peers) == len(found.who):
        return replace(found, who=(found.who[peers.index(mark)],))
    each = len(peers) > 1 and sentence.chinese and _EACH_OF.search(sentence.text[: peers[0].start])
    if each and len(found.who) == 1:
        low = sentence.clause(mark)[0]
        told = list(dict.fromkeys(s for m in sentence.all("names", within=(0, low)) for s in m.value))
        apart = told[-len(peers) :] if not sentence.has("names", within=(low, mark.start)) else []
        if len(apart) == len(peers):
            return Found((apart[peers.index(mark)],), (ROW,))  # 布兰特报83.9美元,西德州80.1美元,涨幅分别为0.9%和1.0%
    return found


def _names_before(sentence: Sentence, mark: Mark) -> int:
    found = sentence.last("names", before=mark.start)
    return len(found.value) if found else 0


def _hedge(amount: Amount, given: str) -> str:
    return "range" if amount.low != amount.high else given or amount.hedge


def stated(
    sentence: Sentence, mark: Mark, who: Subject, sign: int, context: Context, names: Names, dated: dt.date
) -> list[Statement]:
    """What the figure says of `who`: nothing where no market is meant, one statement a year of several."""
    amount = mark.value
    kind = kind_of(who, names)
    if (level := _level(sentence, mark, kind)) is not None:
        priced = _priced(who, amount, names)
        turned = inverse(who, names) if level else ()  # a yen below 150 is a dollar above it
        hedge = {"more_than": "less_than", "less_than": "more_than"}[level] if turned else level
        found = figure_at(sentence, mark, priced, "price_level", amount.signed or 1, context, hedge)
        if sentence.chinese and _COMPARED_LEVEL.search(sentence.text[: amount.at]) and not base_of(sentence, mark):
            found = replace(found, date=None, open=(SPAN, *found.open))  # 比339.8元的历史高位低: of some day before
        if amount.unit == "percent" and found.low is not None:
            found = replace(found, low=found.low * 100, high=found.low * 100)  # yields are quoted in per cent
        return [_in_currency(replace(found, open=(*turned, *found.open)), amount, names)]
    if basis(amount.words) or (kind == "yield" and "percentage point" in amount.words.lower()):
        return _steps(sentence, mark, who, sign, context) if sign and kind == "yield" else []
    if _volume(sentence, mark):
        return [times_usual(sentence, mark, who, context)]
    return _moved(sentence, mark, who, sign, context, names, dated)


def kind_of(who: Subject, names: Names) -> str:
    """What sort of security it is; a bond that no list holds is told by its yield; empty for other groups."""
    if who.symbols:
        return names.listings[who.symbols[0]].kind
    if _FUTURE.search(who.name):
        return "future"
    if who.name.endswith(("指数", "综指")) or (who.name and who.is_index):
        return "index"
    label = who.group.label if who.group is not None else ""
    if _FUTURES.search(label):
        return "future"
    bond = re.fullmatch(rf"{BOND}|{STATE}", label) or label.endswith(("收益率", "殖利率", "孳息率", "孳息"))
    return "yield" if bond else "stock" if who.name else ""


def times_usual(sentence: Sentence, mark: Mark, who: Subject, context: Context) -> Statement:
    """A volume as a multiple of the usual one; twice more than usual is three times it."""
    times = mark.value.low + (1 if mark.value.signed else 0)
    return replace(figure_at(sentence, mark, who, "volume_multiple", 1, context), low=times, high=times)


def _steps(sentence: Sentence, mark: Mark, who: Subject, sign: int, context: Context) -> list[Statement]:
    """The basis points of a yield as points of its quotation, which is in per cent."""
    found = figure_at(sentence, mark, who, "points", sign, context)
    ends = sorted(sign * 100 * edge for edge in (mark.value.low, mark.value.high))
    return [] if period_of(sentence, mark, context) else [replace(found, low=ends[0], high=ends[1])]


def _moved(
    sentence: Sentence, mark: Mark, who: Subject, sign: int, context: Context, names: Names, dated: dt.date
) -> list[Statement]:
    """What the figure says of a move of `who`, or of its index by a member."""
    amount, kind = mark.value, kind_of(who, names)
    if amount.unit == "points" and (firm := _taking(sentence, mark, context, names)):
        move = sentence.last(*MOVES, before=mark.start)
        taken = _TAKEN.search(sentence.text[: mark.start])
        way = -1 if taken and taken["off"] else MOVES[move.kind] if move else context.direction
        found = figure_at(sentence, mark, firm, "index_points", way, context)
        return [replace(found, open=(FALLBACK, *found.open))]
    nobody = who is NOBODY and not sentence.has("stock", within=sentence.clause(mark))
    nobody = nobody or kind == "yield"  # a share of itself, or where it came to stand?
    if not sign or (nobody and amount.unit in {"percent", "multiple"}):
        return []
    if amount.unit in {"percent", "multiple"}:
        return _change(sentence, mark, who, sign, context, names, dated)
    if amount.unit == "points":
        return _points(sentence, mark, who, sign, context, dated) if kind in {"index", "future"} else []
    return _worth(sentence, mark, who, sign, context, names, dated)


def _taking(sentence: Sentence, mark: Mark, context: Context, names: Names) -> Subject | None:
    """The firm that moved its index by the figure, where the words say so."""
    if not _TAKEN.search(sentence.text[: mark.start]):
        return None
    told = [s for m in sentence.all("names", within=(0, mark.start)) for s in m.value]
    pointing = sentence.chinese or sentence.has("stock", "role", "pronoun", *MOVES, within=(0, mark.start))
    pointing = pointing or bool(_THAT.match(sentence.text))
    firms = [s for s in (*context.who, *told) if kind_of(s, names) == "stock" and (pointing or s in told)]
    return firms[-1] if firms else None


def _points(
    sentence: Sentence, mark: Mark, who: Subject, sign: int, context: Context, dated: dt.date
) -> list[Statement]:
    found, period = figure_at(sentence, mark, who, "points", sign, context), period_of(sentence, mark, context)
    if period is None and sentence.chinese and (framed := frame_of(sentence, mark, context)):
        period = replace(framed, open=True)
    return [found] if period is None else over(sentence, found, period, dated)


def _worth(
    sentence: Sentence, mark: Mark, who: Subject, sign: int, context: Context, names: Names, dated: dt.date
) -> list[Statement]:
    """A change of market value, where one is spoken of."""
    amount = mark.value
    if (
        of_all_listed(sentence, mark)
        or amount.high < LARGE
        or not sentence.has("value")
        or _value_level(sentence, mark)
    ):
        return []
    found = figure_at(sentence, mark, who, "value_changes_sum" if who.group else "value_change", sign, context)
    found = replace(found, open=tuple(o for o in found.open if o != AFTER_HOURS))
    if (period := period_of(sentence, mark, context)) is not None:
        told = period.resolved(found.date, found.date or dated)
        found = replace(found, date=told.first, until=told.until, open=(SPAN, *found.open))
    if not who.group and _TOGETHER.search(sentence.text[sentence.clause(mark)[0] : mark.start]):
        found = replace(found, open=(ROW, *found.open))
    if who.symbols and names.listings[who.symbols[0]].kind == "index":
        return [replace(found, open=(INDEX_VALUE, *found.open))]
    return [_in_currency(found, amount, names)]


def of_all_listed(sentence: Sentence, mark: Mark) -> bool:
    """Whether a sum is of all firms on an exchange, as its bulletins tell: 全体上市公司市值75兆元,较17日增加1兆元."""
    told = _LISTED.search(sentence.text, 0, mark.start) if sentence.chinese else None
    return told is not None and not sentence.has("names", within=(told.end(), mark.start))


def _in_currency(found: Statement, amount: Amount, names: Names) -> Statement:
    """A sum in another currency than the quotation stays open; a bare 元 is the exchange's own, but for dollars."""
    if len(found.who.symbols) != 1:
        return found
    listing = names.listings[found.who.symbols[0]]
    money = amount.unit == "money" and listing.kind in {"stock", "currency"}
    pence = amount.words.endswith(("pence", "p"))
    if money and listing.kind == "currency" and (pence or amount.currency not in {"", listing.currency}):
        return replace(found, open=(CURRENCY, *found.open))  # the euro in pence
    other = amount.currency != listing.currency if amount.currency else listing.currency not in _YUAN
    return replace(found, open=(CURRENCY, *found.open)) if money and other else found


def _level(sentence: Sentence, mark: Mark, kind: str) -> str | None:
    """The hedge of a level ("" for none) where words before the figure say that a price came to stand there."""
    amount = mark.value
    plain = amount.unit in {"number", "points"} and kind in {"index", "commodity", "future", "currency"}
    plain = plain or (amount.unit == "percent" and kind == "yield")
    decimal = amount.unit == "number" and amount.finest < 1 and sentence.text[amount.end :][:1] in ".,;"
    plain = plain or (kind == "stock" and decimal)
    large = amount.high >= (1e8 if amount.currency == "KRW" else 1e6)
    if not kind or large or amount.low != amount.high or not (plain or amount.unit == "money"):
        return None
    row = row_of(sentence, mark) if sentence.chinese and amount.unit == "points" else [mark]
    head = sentence.text[: row[0].value.at]  # 跌破3500点、3400点和3300点
    head = head.removesuffix("the ") if _MARK.match(sentence.text, amount.end) else head  # "below the 40,000 mark"
    counted = amount.unit == "number" and _COUNTED.match(sentence.text[mark.end :])
    if _OFFERED.search(head) or counted:
        return None
    quoted = kind == "currency" and not sentence.chinese and _quoted(sentence, mark)
    each = quoted or (kind in {"commodity", "future"} and _EACH.fullmatch(head, sentence.clause(mark)[0]))
    each = each or (kind == "yield" and _YIELDED.search(head) and not basis(amount.words))
    each = each or (kind == "stock" and _TABLED.search(head) and _THEN_MOVED.match(sentence.text, mark.end))
    based = base_of(sentence, mark) or earlier_level(sentence, mark)
    each = each or (amount.unit == "points" and kind == "index" and _bare(sentence, mark))
    each = each or (sentence.chinese and amount.unit in {"money", "points"} and _OF_TOP.search(head))
    if based or each or (_STANDS.search(head) and _THERE.match(sentence.text, mark.end)):
        return ""  # "from Friday's $286.14", 以57.2元作收
    side = {"上": "over", "下": "under"}[m[1]] if (m := _SIDE.match(sentence.text, amount.end)) else ""
    above = {"上": "over", "下": "under"}[m[1]] if (m := ABOVE.match(sentence.text, amount.end)) else ""
    changed = amount.unit in {"points", "number"} and _NARROWED_TO.search(head)
    for word, pattern in () if changed else sentence.rules.levels.items():
        if found := pattern.search(head):
            unable = word == "over" and _UNABLE.search(head[: found.start()])
            return LEVEL_HEDGE["under" if unable else side or above or word]
    side = side or ("under" if _LOST.match(sentence.text, mark.end) else "")  # 2,400点大关应声失守
    side = side or ("over" if _WON.match(sentence.text, mark.end) else "")
    told = amount.unit in {"money", "points"} and bool(_OF_RECORD.match(sentence.text, amount.end))
    told = told or (amount.unit == "points" and kind == "index" and _beside_change(sentence, mark))
    return LEVEL_HEDGE[side] if side else "" if told else None


def _bare(sentence: Sentence, mark: Mark) -> bool:
    """Whether points stand right behind the name of an index, with a move behind them: 沪指:3154.03点 涨1.01%."""
    named = sentence.last("names", before=mark.start)
    low = max([named.end, *(d.end for d in sentence.all("date", within=(named.end, mark.start)))]) if named else 0
    beside = named is not None and sentence.text[low : mark.start].strip() in {"", ":"}
    return sentence.chinese and beside and _MOVED_BEHIND.match(sentence.text, mark.end) is not None


def _beside_change(sentence: Sentence, mark: Mark) -> bool:
    """Whether points are where an index stood, for its change is told beside them: 以23010.4点、上涨41.2点开出."""
    others = [m for m in sentence.all("amount") if m is not mark and m.value.unit == "points"]
    near = [
        m for m in others if not sentence.has("names", "role", within=(min(m.end, mark.end), max(m.start, mark.start)))
    ]
    changed = any(m.value.high * LEVEL_OF_CHANGE < mark.value.low for m in near)
    return (
        sentence.chinese and mark.value.low >= INDEX and changed and not _CHANGING.search(sentence.text[: mark.start])
    )


def _quoted(sentence: Sentence, mark: Mark) -> bool:
    """Whether a sum beside a currency is its price, as it is but right behind a move: "the dollar fetched 106.58 yen"."""  # noqa: E501
    before = sentence.last("names", *MOVES, before=mark.start, since=sentence.clause(mark)[0])
    return before is not None and sentence.text[before.end : mark.start].strip() not in {"", "by"}


def _value_level(sentence: Sentence, mark: Mark) -> bool:
    """ "from 3.5 to 2.9 trillion", "a market value of 3 trillion": where a value stood, not what it changed by."""
    head = sentence.text[: mark.start]
    if WORTH_NOW.search(head):
        return True
    found = _FROM_TO.search(head)
    if found is None or found[0].strip() != "of":
        return found is not None
    return sentence.last("value", before=mark.start, since=max(0, mark.start - 16)) is not None


def _priced(who: Subject, amount: Amount, names: Names) -> Subject:
    """The currency of a price settles which listing is meant, where one alone is quoted in it."""
    meant = tuple(s for s in who.symbols if names.listings[s].currency == amount.currency)
    return Subject(meant) if len(meant) == 1 else who


def _change(
    sentence: Sentence, mark: Mark, who: Subject, sign: int, context: Context, names: Names, dated: dt.date
) -> list[Statement]:
    amount, period = mark.value, period_of(sentence, mark, context)
    if period is None and (framed := frame_of(sentence, mark, context)):
        period = replace(framed, open=True)
    listing = names.listings[who.symbols[0]] if who.symbols else None
    if amount.unit == "multiple" and period is None and not amount.signed and sign < 0:
        return []
    found = figure_at(sentence, mark, who, "return", sign, context)
    if listing and listing.kind == "future" and (found.kind == "opening_gap" or amount.low != amount.high):
        found = replace(found, kind="day_range")
    early = listing and listing.kind == "future" and not sentence.has("close")  # trades day and night
    found = replace(found, open=(*[MOMENT] * bool(early), *inverse(who, names), *found.open))
    if amount.unit == "multiple" and context.spanned and period is None and not sentence.has("date"):
        return [replace(found, date=None, open=(SPAN, *found.open))]  # "43 % in 2023. Nvidia more than tripled"
    told = sentence.last("date", before=mark.start) if sentence.chinese else None
    if period and period.sessions and told and told.end <= sentence.clause(mark)[0] and _by_the_way(sentence, told):
        days = [day for day in (found.date, context.date) if day]
        found = replace(found, date=max(days, default=None))  # 周一才跌12%,两日合计跌3%: up to the story's day
    return [found] if period is None else over(sentence, replace(found, kind="return"), period, dated)


def _by_the_way(sentence: Sentence, day: Mark) -> bool:
    """Whether a day is that of an event, of what is added up or was just before, and of no move of the story."""
    low, high = sentence.clause(day)
    figures = [m for m in sentence.all("amount", within=(low, high)) if m.value.unit in {"percent", "points"}]
    return not figures or bool(_JUST.search(sentence.text, low, high))


def inverse(who: Subject, names: Names) -> tuple[Reason, ...]:
    """A currency that is quoted per dollar falls where its quotation rises."""
    pair = names.listings[who.symbols[0]] if who.symbols else None
    turned = pair and pair.kind == "currency" and pair.currency != "USD" and len(pair.symbol) == len("TWD=X")
    return (INVERSE,) if turned else ()


def over(sentence: Sentence, found: Statement, period: Period, dated: dt.date) -> list[Statement]:
    """The statement over a span: year by year where each is meant, from day to day where both are told."""
    if found.kind == "points" and len(period.years) == 1:
        first = dt.date(period.years[0], 1, 1)
        return [replace(found, date=first, until=first.replace(month=12, day=31), open=(SPAN, *found.open))]
    if period.years and (len(period.years) == 1 or sentence.has("every")):
        found = replace(found, open=(*[SPAN] * period.open, *found.open))
        return [replace(found, kind="year_return", year=year, date=None) for year in period.years]
    if period.years or not (period.first or period.sessions):
        return [replace(found, date=None, open=(SPAN, *found.open))]
    told = period.resolved(found.date, dated)
    if told.first is None:
        return [replace(found, date=None, open=(SPAN, *found.open))]
    found = replace(found, sessions=told.sessions, open=(*[SPAN] * told.open, *found.open))
    return [replace(found, date=told.first, until=None if told.first == told.until else told.until)]


def figure_at(
    sentence: Sentence,
    mark: Mark,
    who: Subject,
    kind: str,
    sign: int,
    context: Context,
    hedge: str = "",
    scale: float = 1.0,
) -> Statement:
    """The statement with its day, its session, and what keeps it open."""
    amount, move = mark.value, move_of(sentence, mark)
    session = "pre" if move and move.kind in OPENED else session_of(sentence, mark, context)
    reasons = [POSSIBLE] * sentence.has("modal", within=(sentence.clause(mark)[0], mark.start))
    peers = row_of(sentence, mark)
    reasons += [ROW] * (len(peers) > 1 and who is not NOBODY and _names_before(sentence, peers[0]) != len(peers))
    moment = _moment(sentence, mark)
    begun = _OPENED_BEHIND.match(sentence.text, mark.end) if amount.unit in {"percent", "points"} else None
    session = "pre" if begun else session
    if session == "pre" and (begun or (move and move.kind in OPENED) or _CLOCK.match(sentence.text)):
        moment = False  # the word or the clock tells the opening
    reasons += [WHICH_DAY] * (not day_told(sentence, mark, context))
    opened = _OPENING.match(sentence.text, mark.end) or _AT_EXTREME.search(sentence.text[: amount.at])
    opened = opened or _LOW_OF_DAY.search(sentence.text[: amount.at])
    top = _OF_RECORD.match(sentence.text, amount.end)
    passing = opened or (top and "收" not in top[0]) or _ended_elsewhere(sentence, mark)
    moment = moment or (kind == "price_level" and bool(passing))
    late = session == "after" or (not sentence.chinese and _AFTER_CLOSE.match(sentence.text, mark.end) is not None)
    reasons += [EXTREME] * amount.extreme + [AFTER_HOURS] * late
    reasons += [MOMENT] * (moment and not amount.extreme)
    early = _before_open(sentence) or kind in {"price_level", "points"}  # no gap of the opening
    reasons += [MOMENT] * (session == "pre" and not moment and early)
    if _THAN_OFFERED.search(sentence.text, sentence.clause(mark)[0], mark.start):
        reasons += [MOMENT]  # 开盘较21.5港元的发行价上涨85%: against no close
    elif session == "pre" and kind == "return" and not (moment or early):
        kind = "opening_gap"
    ends = sorted(sign * edge * scale for edge in (amount.low, amount.high))
    stood = sentence.last("edge", before=mark.start, since=sentence.clause(mark)[0]) if kind == "price_level" else None
    behind = sentence.beside("edge", mark) if kind == "price_level" else None
    stood = behind if behind and sentence.text.startswith("at the", max(mark.end, behind.start)) else stood
    day = stood.value.date if stood else _end_of_span(sentence, mark, kind, context) or day_of(sentence, mark, context)
    return Statement(
        0, kind, who, ends[0], ends[1], hedge, sign, date=day, currency=amount.currency,
        open=tuple(reasons),
    )  # fmt: skip


def _end_of_span(sentence: Sentence, mark: Mark, kind: str, context: Context) -> dt.date | None:
    """The last weekday of the span at whose end a price is told: "rose 2.1 % in April to 3,292.69"."""
    if kind != "price_level" or sentence.chinese:
        return None
    told = sentence.last("period", before=mark.start)
    own = told and _TO_END.fullmatch(sentence.text, told.end, mark.value.at)
    span = told.value if told and own else frame_of(sentence, mark, context)
    if span is None or (not own and sentence.has("period", "since", "closed", "base", "limit", within=(0, mark.start))):
        return None
    last = span.until or next((dt.date(year, 12, 31) for year in span.years[-1:]), None)
    return last and last_weekday(last)


def _ended_elsewhere(sentence: Sentence, mark: Mark) -> bool:
    """Whether the close is told behind: "fell below 30 dollars …, ending 11.2 % lower at 30.05"."""
    found = _ENDING.search(sentence.text, mark.end)
    if found and set_in(sentence, mark):
        return False  # "the VIX, which had closed at 21 on Friday, ended at 18.2"
    named = found and sentence.has("names", within=(mark.end, found.start()))
    levels = sentence.all("amount", within=(found.end(), len(sentence.text))) if found and not named else []
    return any(_FROM_TO.search(sentence.text[: m.start]) for m in levels)


def _before_open(sentence: Sentence) -> bool:
    """Whether the sentence speaks of trading before the exchange opens, which no gap of its opening is."""
    return any(_BEFORE_OPEN.search(sentence.text[max(0, m.start - 20) : m.end]) for m in sentence.all("pre"))


def _moment(sentence: Sentence, mark: Mark) -> bool:
    """Whether words beside the figure say that it held at some moment of the day."""
    low, high = sentence.clause(mark)
    head, tail = sentence.text[low : mark.start], sentence.text[mark.end :]
    if (
        mark.value.extreme
        or _PARED.match(tail.lstrip())
        or _FROM.search(head)
        or _AFTERWARDS.match(tail)
        or (_CLOCK.match(sentence.text) and not LATE.search(sentence.text[low:high]))
        or _PARED.match(sentence.text[high - 7 :])
        or _PARED.search(sentence.text[mark.end : mark.end + 60])
    ):
        return True
    told = sentence.chinese or LATE.search(sentence.text)
    if not told and _STOOD_THEN.search(head) and _OF_THE_HOUR.match(tail):
        return True
    framed = _frame(sentence, low)
    near = sentence.last("moment", before=mark.start, since=framed)
    if near is None and not sentence.chinese:
        behind = [m for m in sentence.all("amount") if m.start >= mark.end]
        following = next((m for m in behind if not _FROM_TO.search(sentence.text[mark.end : m.start])), None)
        near = sentence.first("moment", within=(mark.end, min(high, following.start) if following else high))
        if near is not None and "," in sentence.text[mark.end : near.start]:
            near = None
    if near is not None:
        between = sentence.text[min(near.end, mark.end) : max(near.start, mark.start)]
        return bool(_MIDDAY.match(sentence.text, near.start)) or not LATE.search(between)
    before = sentence.last("amount", before=mark.start)
    if before is None or LATE.search(sentence.text[before.end : mark.start]):
        return False
    if before.value.extreme and mark.value.unit in {"money", "points", "number"}:
        return True
    return not _own_time(sentence, low, mark) and _moment(sentence, before)


def _frame(sentence: Sentence, low: int) -> int:
    """Where the clause begins, with the stretch before it where that only tells the time: "Early on Monday, …"."""
    for before in reversed([c for c in sentence.clauses if c[1] <= low]):
        figures = [m for m in sentence.all("amount", within=before) if m.value.unit != "number"]  # "3 p.m."
        if figures or sentence.has("names", *MOVES, within=before):
            break
        low = before[0]
    return low


def _own_time(sentence: Sentence, low: int, mark: Mark) -> bool:
    """Whether the figure's clause has a day, a subject or a session of its own, so that no moment before it holds."""
    return sentence.has("date", "names", "close", "pre", "after", within=(low, mark.start))
