"""The whole sentence accounted for: a statement whose clause holds words that no rule knows is read, but not judged.

What a rule does not know may be another subject, another verb, another quantity or a denial. So nothing is judged by
what was found alone: each word between the subject and the end of the figure's clause must be one that some rule knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from eventwindow.draft.clauses import COMPARISON
from eventwindow.draft.context import Context
from eventwindow.draft.framing import framed
from eventwindow.draft.lexicon import Mark
from eventwindow.draft.manner import MORE, SIGN, WHOSE, other_quantity
from eventwindow.draft.periods import MONTH
from eventwindow.draft.quantified import LATE, MOMENT, POSSIBLE, SPAN, WHICH_DAY
from eventwindow.draft.securities import Names
from eventwindow.draft.sentence import MOVES, Sentence
from eventwindow.draft.statement import Statement, Subject
from eventwindow.draft.strangers import leftover
from eventwindow.errors import Reason

DENIED = Reason("draft_denied")
QUOTED = Reason("draft_quoted")
WHEN = Reason("draft_other_day")
CLOSING = {"stock", "index", "fund"}  # what has one close a day
WEEK = 7  # days; a longer span that runs on has no end of its own
FAR = 2  # clauses between a name and its figure
MOST = 3  # words that a reason names
FIRST = 6  # characters of each, in Chinese
ASKED = ("?", "?”", "?」", '?"', "?)")
_WORD = re.compile(r"[^\W_][\w'’.&-]*")
_QUOTES = (("“", "”"), ("「", "」"), ("『", "』"), ('"', '"'))
_FOLLOWING = re.compile(r"\W*(?:after|before|having|since|following|until|once|when)\b", re.IGNORECASE)
_UNTIL = re.compile(r"(?:before|until)\b")
_SHARES = re.compile(
    r"(?<![\u4e00-\u9fff])美股|[港台韩陆欧A]股|(?<!\d)日股(?![价票])|[沪恒日][指经]|恒生|上证|加权|东京|首尔"
)
_BUT = re.compile(r"\W*(?:but|yet)\b|但|却|结果", re.IGNORECASE)
_MEASURED = re.compile(
    r"(?:in|on an?|adjusted|measured|excluding|including|converted|stripping)\b|[以按就若扣含剔]|排除|经", re.IGNORECASE
)
_OF_YEAR = re.compile(r"\s*(?:of|in|this)\s+(?:the |this )?year\b", re.IGNORECASE)
_CAUSE = re.compile(
    r"\W*(?:amid|following|due to|because|thanks to|despite|in (?:response|reaction) to|in the wake of"
    r"|(?:on|over|by) (?:the )?(?:back|news|worr(?:y|ies)|fears?|hopes?|concerns?|reports?|talk|speculation|signs|weak|strong|disappointing|upbeat|gloomy))\b",  # noqa: E501
    re.IGNORECASE,
)
_PERFECT = re.compile(r"\b(?:had|has|have|having|['’](?:d|ve)|is|are)\b(?! (?:its|their|the|a)\b)", re.IGNORECASE)
_HAD = re.compile(r"\bhad\b|原[本先]?[已就]|此前|先前")
_TO_RECORD = re.compile(r"\s+to (?:its|their|an?|the) \w+est\b")  # "skidded to its lowest close in four years"
_PEAK = re.compile(r"冲高|摸高|探底|下探|触底")  # verbs of a move that did not last
_ZH_PERFECT = re.compile(r"[已曾]")
_APART = re.compile(r"\b(?:and|but|then|while|after)\b|[,;]")
_INSERTED = re.compile(
    r"\W*(?:which|who|whose|where|when|such|including|like|unlike|as|compared|if|because)\b", re.IGNORECASE
)
_WHY = re.compile(r"(?:因为?|由于|受)[^,;:、]{2,14}$|在[^,;:、]{2,14}[前后下]$|[^,;:、\d]{3,14}(?<![盘开市牌])后$")
_ROLE = re.compile(  # a noun right before the name of the firm that it tells
    r"(?:^|(?<=[,;:。]))(?:其|主要|最大|同业|老|死)*(?:竞争对手|对手|竞争者|供应商|同业|合作伙伴|伙伴|代工厂|劲敌)$"
)
_COINS = {"元", "外资", "加权指数"}
DOLLAR = Subject(("DX-Y.NYB",))
PARED = ("pared_up", "pared_down")
AMERICAN = {"XNYS", "XNAS", "XASE", "OOTC", "ARCX", "BATS"}
REGIONS = {
    "America": AMERICAN | {"XTSE", "BVMF", "XMEX"},
    "Asia": {"XTKS", "XHKG", "XTAI", "ROCO", "XKRX", "XKOS", "XSHG", "XSHE", "XNSE", "XASX", "XSES"},
}
ASIAN = {"TWD=X", "CNY=X", "KRW=X"}  # currencies that trade at home alone
MARKETS = {"XSHE": "XSHG", "ROCO": "XTAI", "XKOS": "XKRX"}
_FIRM = re.compile(
    r"公司|集团|银行|科技|电子|控股|汽车|制药|航空|证券|半导体|能源|对手|伙伴|供应商|厂|股份|[港台美日陆韩英]股"
)
_BEYOND = re.compile(  # a comparison, a count or a degree, which a direction leaves out
    r"\b(?:than|smaller|larger|bigger|deeper|steeper|milder|faster|slower|least|most|first time|twice"
    r"|(?:as|so) (?:much|far|hard|little)"
    r"|barely|hardly|scarcely|almost|nearly|all but|briefly|temporarily|momentarily|initially|at first|limit"
    r"|in a row|straight|consecutive|outperform\w*|underperform\w*)\b"
    r"|[大小高低多少]于|[超不][过及如]|[逊优差]于|跑[赢输]|落后|领先|比|首[次度见]|第一次|[涨跌]停|几乎|差点|险些|[涨跌升]幅|最",
    re.IGNORECASE,
)
_TURNED = re.compile(  # and then came back: the close is another matter
    r"(?:\b(?:but|yet|before|only to|then|though|although|however)\b|但|却|惟|不过|随后|后来|其后)"
    r"(?:(?!\b(?:fell|rose|gained|dropped|lost|was|were)\b)[^.;。])*?"
    r"(?:\b(?:end|clos|finish|settl|recover|rebound|revers|eras|bounc|turn|recoup|par|trimm|climb|swung|wip)\w*|收|翻|回升|反弹|拉升|转|终场)",
    re.IGNORECASE,
)
_SINCE_THEN = re.compile(  # "closed at $479.86 on Dec. 17 and is down 15% since"
    r"\bsince(?: then)?\s*(?:[.,;:)]|$|and\b|but\b)|\b(?:has|have|had|['’]ve) since\b", re.IGNORECASE
)
_WHOSE_LEVEL = re.compile(r"\b(?:its|their|his|the|an?|from|below|off|than|of) $", re.IGNORECASE)
_LEVEL = re.compile(
    r" (?:(?:all-time|record|closing|intraday|market|\d+-\w+) )*"
    r"(?:record|high|low|peak|trough|top|bottom|close|level)\b",
    re.IGNORECASE,
)
_FIRST_DAY = re.compile(
    r"\bfirst (?:trading )?(?:day|session)\b|首个交易日|(?:开盘|开市|复牌|节后|上市|挂牌)首日", re.IGNORECASE
)
_EXCHANGE = re.compile(r"(?<=\()[A-Z]{3,8}: ?(?=[A-Z.]{1,6}\))")  # of a code: (NASDAQ: CRWD)
_PART = re.compile(  # what makes an index of its own of one: "the STOXX Europe 600 Banks index", "the Nikkei 500"
    r"[ -](?!(?:(?:stock|share|price|composite|average|benchmark|main|market|total|return) ?)*index\b)"
    r"(?:[A-Za-z&][\w&'’-]* ){1,3}(?:(?:sub-?)?index|sector)\b"
    r"| \d{3,4}(?= (?:index\b|(?!points?\b|lower\b|higher\b)[a-z]))",
    re.IGNORECASE,
)
_SPOT = re.compile(r"现货指数|现货市场|\b(?:cash|spot|underlying) (?:index|market)\b", re.IGNORECASE)
_BEFORE_NEWS = re.compile(
    r"(?:开[盘市]|盘)前[^,;。\d]{0,4}(?:公[布告]|发[布表]|宣[布告]|披露|交出)"
)  # 开盘前公布财报,股价涨3%
_OPENED = re.compile(r"\bopen(?:s|ed|ing)?\b|\bst(?:art|arts|arted|arting)\b|\bbeg[aiu]ns?\b", re.IGNORECASE)
_AMONG = re.compile(  # "the best of the S&P 500, up 10.9%"
    r"\b(?:best|worst|\w{3,}est|top|leaders?|laggards?|gainers?|losers?|decliners?|performers?)\b"
    r"(?:(?! (?:day|session|week|month|quarter|year)) [\w-]+){0,4} (?:of|in|on|among|within)(?: the)? $",
    re.IGNORECASE,
)
_AND_VERB = re.compile(r"\band (?:then |also |even )?[a-z]+(?:ed|t|ll|se|nk|ve|hed)\b")
_SPAN_TOPIC = re.compile(
    r"(?:^|[,;:。])(?:但|而|若|不过)?(?:[从以就]?(?:[整全单当]月|[整全]周|[整全]季|[今去全]年|[上下]半年|上周|上个?月|第?[一二三四1-4]季度?|(?<!\d)\d{1,2}月份?)"
    r"(?![\d一二三四五六日初底末中上下旬份的财法营]))(?:来看|来说|而言|计|间|里|内|,)?"
)
_OF_SUM = re.compile(r" of (?:\w+ ){0,2}[^\w\s]{0,3}\d")  # "posted a loss of 38 cents a share"
_SPAN_NOUN = re.compile(  # "January was kind to the large ones", "the best May since 1990"
    rf"(?:^|[:—–-] )(?:The )?(?:{MONTH}) (?=(?:was|is|has|had|proved|turned|brought|ended|began|belonged|went|saw)\b)"
    rf"|\b(?:best|worst|\w{{3,}}est|strong|weak|good|bad|brutal|dismal|stellar|rough|kind) (?:{MONTH}|month|quarter|half|half-year)\b"  # noqa: E501
)
_THAT = re.compile(r"\bthat (?:same )?$|那个?$", re.IGNORECASE)
_LATER = re.compile(r"\b(?:later|afterwards|subsequently|thereafter)\b(?! (?:on|in|than)\b)", re.IGNORECASE)
_MARKET_TOPIC = re.compile(r"[,;:](?:[港台美日陆韩英A]股|大市|股市)")
_FRAMED = re.compile(r"(?:走势|表现|行情|收[市盘])[^,;。\d]{0,6}:[^,;。]{0,4}$")  # 个股周三走势:
_AS_OF = re.compile(
    r"(?:若|如果?)?[以按][^,;。]{0,12}(?:收[盘市]|价)[^,;。]{0,4}(?:计|看|言)[^,;。]?,"
)  # 若以周四收盘价计算,
_NEWS = re.compile(  # what may come out after a close, whose move is another day's
    r"公[布告]|发[布表]|披露|宣[布告]|财报|业绩|营收|获利|盈利|净利|季报|年报|[傍夜]?晚|盘后|收[盘市]后|表示|指出|称"
)
_LISTED = re.compile(r",|\b(?:and|or|nor|plus)\b|[、和与及]")
_FIRM_BEFORE = re.compile(r"\b(?:shares (?:of|in)|stock of|operator|maker|company|firm)\s+$", re.IGNORECASE)
_FIRM_BEHIND = re.compile(
    r"(?:['’]s)? (?:shares|stock)\b(?! market)|, the [\w -]{0,20}(?:operator|maker|company|firm)\b"
)
_TRADING = re.compile(
    r"\b(?:before|ahead of) the (?:[\w-]+ )?(?:bell|open)\b|\b(?:was|were|is|are) (?:trading|changing hands)\b"
    r"|\btraded (?:\w+ )?(?:[\d.]+ ?%|up|down|higher|lower|at)"
    r"|\bchanged hands\b|\bhit(?:s|ting)? (?:(?:an?|its|their|the) |[^\w\s]{0,2}\d)",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"\W*(?:which|who|whose|that)\b", re.IGNORECASE)
_ON = re.compile(r"(?: (?:higher|lower))? on ")
_AND_DAY = re.compile(r",? (?:and|or|to|through|,) (?:on )?\w+day\b")
_HANGING = re.compile(r"[;.] |\b(?:after|before|since|until|when|once|following|having|which|who|whose|than|as|if)\b")
_TO_CLOSE = re.compile(r"before (?:it |they )?(?:\w+ly )?(?:clos|end|finish|settl)ing\b")
_FORM = re.compile(  # behind a name: the form of the firm, its code
    r"(?:,? (?:Holdings?|Inc|Corp|Co|Company|Ltd|Limited|Plc|PLC|AG|SE|SA|NV|ASA|AB|Bancorp|Bancshares|Group)\b\.?)*"
    r"(?: \((?:[A-Za-z]+: ?)?[A-Z0-9][A-Z0-9.]{0,9}\))?"
)
_NOUNS = re.compile(  # before the name of a firm: "homebuilder D.R. Horton", "Amazon-backed Rivian"
    r"(?:^|[,;:–—-] |\b(?:and|but|while|as|where) )(?:the |its |their |rival |fellow )*"
    r"(?P<words>(?:[A-Z][\w.]*-(?:based|backed|owned|led|founded|controlled) )?"
    r"(?:(?:[a-z-]+(?:['’]s)? ){0,3}"
    r"(?:[a-z-]+(?:er|or|ist)s?|firms?|compan(?:y|ies)|groups?|giants?|banks?|chains?|brands?|names?|lines?) )?)$"
)
_COUNT = re.compile(r"\b(?P<words>(?:\d{2,4}-(?:share|stock|issue|member|company|firm) )?(?:broader |wider )?)$")
_OTHERWISE = re.compile(
    r"\b(?:excluding|except|unlike|than|not|no|without|minus|half|twice|other|average|typical)\b|ing\b|[^-]\b\w+ed\b"
)
_AT_PLACE = re.compile(r"[\s–—-]*(?:(?:and|but|while) )?(?:in|on|at) [^,;]*,?\s*", re.IGNORECASE)


def unaccounted(sentence: Sentence, mark: Mark, s: Statement, context: Context, names: Names) -> tuple[Reason, ...]:
    """Why the statement at the mark is not judged, as far as the words around it tell; empty if each is accounted for."""  # noqa: E501
    place = region(names, s.who)
    elsewhere = (
        not sentence.has("date")
        and bool(place and context.days_by_region.keys() - {""})
        and s.date != context.days_by_region.get(place)
    )
    low = sentence.clause(mark)[0]
    own = _subject(sentence, mark, s)
    found = list(_doubtful(sentence, mark, own, s, context, names)) if context.last else []
    start = low if own is None or own.start >= low else sentence.clause(own)[0]
    found += [*_unreal(sentence, mark, start), *_time(sentence, mark, own, s, context, names, elsewhere)]
    found += [WHEN] * (context.about is not None and sentence.has("closed"))  # "fell on Saturday": no session's
    found += _path(sentence, mark, own, s, context)
    found += _signs(sentence, mark, s)
    found += _beyond(sentence, mark, s)
    found += [MOMENT] * (s.kind == "opening_gap" and _before_opening(sentence, mark))
    found += [MOMENT] * (_of_moment(sentence, mark) or _passed(sentence, mark, s, names))
    found += _listed(sentence, mark, s, names)
    found += other_quantity(sentence, mark, s, names)
    found += framed(sentence, mark, s)
    found += _words(sentence, mark, own, s)
    return tuple(dict.fromkeys(found))


def _doubtful(
    sentence: Sentence, mark: Mark, own: Mark | None, s: Statement, context: Context, names: Names
) -> Iterator[Reason]:
    """What went with wrong readings in six sets of pieces, whatever their words (docs/draft.md)."""
    if names.listings[s.who.symbols[0]].kind not in CLOSING:
        yield Reason("draft_round_the_clock")
    if s.kind == "record" or (s.low is None and _TO_RECORD.match(sentence.text, mark.end)):
        yield Reason("draft_record")
    low, high = sentence.clause(mark)
    early = sentence.all("moment", within=(0, high))
    if early and not LATE.search(sentence.text, early[-1].end, max(early[-1].end, mark.start)):
        yield MOMENT
    if context.moment and not LATE.search(sentence.text, 0, mark.end):
        yield MOMENT  # "Stocks were mixed at midday. The Dow was up 0.2%"
    later = _LATER.search(sentence.text, low, mark.start) or _LATER.match(sentence.text)
    if later or _PEAK.search(sentence.text, low, mark.end):
        yield MOMENT
    here = _trading(names, s.who)
    named = [who for m in sentence.all("names", "aside", "others") for who in m.value if len(who.symbols) == 1]
    if here and {_trading(names, who) for who in named} - {here, ""}:
        yield Reason("draft_place", symbol=s.who.symbols[0])
    first, last = (min(own.end, mark.end), max(own.start, mark.start)) if own else (0, mark.start)
    if sum(first < begin <= last for begin, _ in sentence.clauses) > FAR:
        yield Reason("draft_far")
    running = s.until and s.date and (s.until - s.date).days > WEEK
    if running and _HAD.search(sentence.text[low : mark.start]):
        yield SPAN  # "before the offer the shares had gained 34 % this year": up to which day?
    earlier = s.date and context.last and s.date < context.last
    if earlier and not (s.year or s.until or sentence.has("date")):
        yield WHICH_DAY


def _trading(names: Names, who: Subject) -> str:
    """Where a stock trades, the stocks of Europe together; empty for what is none."""
    if not who.symbols or names.listings[who.symbols[0]].kind != "stock":
        return ""
    return market(names, who) if region(names, who) == "Asia" else region(names, who)


def _subject(sentence: Sentence, mark: Mark, s: Statement) -> Mark | None:
    """The names that hold the subject: the last before the mark, else the first behind it."""
    named = [m for m in sentence.all("names", "aside", "others") if s.who in m.value]
    before = [m for m in named if m.start < mark.end]
    return before[-1] if before else next(iter(named), None)


def _unreal(sentence: Sentence, mark: Mark, start: int) -> Iterator[Reason]:
    """A condition, a forecast, a denial, or words that somebody else is quoted with."""
    low, high = sentence.clause(mark)
    if not (_pointing(sentence, low, mark) or _BUT.match(sentence.text[low:high])):
        low = min(low, start)  # the clause goes on with the verb before it
    asked = sentence.text.endswith(ASKED)
    if asked or sentence.has("condition") or sentence.has("modal", within=(low, high)):
        yield POSSIBLE
    if sentence.has("no", within=(low, high)) or sentence.has("denial"):
        yield DENIED
    if any(_inside(sentence.text, mark, *pair) for pair in _QUOTES):
        yield QUOTED


def _pointing(sentence: Sentence, low: int, mark: Mark) -> bool:
    """Whether the clause points back by a word: "it", "the shares", 該股, 收盤."""
    return sentence.has("pronoun", "role", "stock", "close", within=(low, mark.start))


def _inside(text: str, mark: Mark, opening: str, closing: str) -> bool:
    head, tail = text[: mark.start], text[mark.end :]
    if opening == closing:
        return head.count(opening) % 2 == 1 and opening in tail
    return head.rfind(opening) > head.rfind(closing) and closing in tail


def _time(
    sentence: Sentence, mark: Mark, own: Mark | None, s: Statement, context: Context, names: Names, carried: bool
) -> Iterator[Reason]:
    """A day that the clause itself does not tell is sure only where nothing says that another one may be meant."""
    low, high = sentence.clause(mark)
    if s.until and (_span_of_another(sentence, mark, own, low) or _AS_OF.search(sentence.text, 0, low)):
        yield SPAN
    if s.year and _FIRST_DAY.search(sentence.text, low, high):
        yield SPAN  # 2021年上市首日涨29%: of a day of it
    if s.year or s.until:
        return
    if sentence.chinese and _headed_by_span(sentence, mark):
        yield SPAN
    days = sentence.all("date", within=(low, high))
    if s.kind == "return" and (
        _SINCE_THEN.search(sentence.text, low, high) or any(_of_level(sentence, m) for m in days)
    ):
        yield SPAN
    following = _FOLLOWING.match(sentence.text[low:high]) and not sentence.has(*PARED, within=(low, high))
    following = following and not _TO_CLOSE.match(sentence.text, low)  # "dipped 3.8% on Tuesday before ending up 0.6%"
    earlier = following or (_ZH_PERFECT if sentence.chinese else _PERFECT).search(sentence.text[low : mark.start])
    if days:
        several = len({m.value for m in days}) > 1 and not (own and _beside(sentence, mark, s))
        late = earlier and s.date and any(m.value.date and m.value.date < s.date for m in sentence.all("date"))
        others = s.kind != "price_level" and s.date and all(m.value.date and m.value.date != s.date for m in days)
        steps = [m for m in sentence.all("date") if (m.value.steps or 0) > 0]
        again = days[-1] in steps and (context.stepped or days[-1] != steps[0])  # the next day of the next day?
        pointed = any(_THAT.search(sentence.text, 0, m.start) for m in days)
        if (
            several
            or late
            or again
            or pointed
            or (others and not sentence.chinese)
            or _of_next(sentence, mark, days, context)
        ):
            yield WHEN
    elif earlier:
        yield SPAN if sentence.has("period") else WHEN
    elif sentence.has("ahead", within=(low, high)) or _UNTIL.match(sentence.text, high):
        yield WHEN  # "at €700 before Tuesday's results"
    elif _spanned(sentence, low) or (
        s.kind == "return" and (of_span(sentence) or (context.spanned and not sentence.has("date")))
    ):
        yield SPAN  # "gained 1.9 % this week, and gold slumped 5.8 %", or in a sentence of its own
    elif carried or _FIRST_DAY.search(sentence.text):
        yield WHEN
    elif not _settled(sentence, own, low, s, context, names):
        yield from () if own and _told_behind(sentence, mark, s) else (WHEN,)


def of_span(sentence: Sentence) -> bool:
    """Whether a sentence that tells no day is of a month or the like, by its noun alone: "January was kind", "A: 上周呢?"."""  # noqa: E501
    asked = sentence.text.endswith(ASKED) and sentence.has("period") and not sentence.has("date")
    noun = None if sentence.chinese else _SPAN_NOUN.search(sentence.text)
    return asked or bool(noun and not sentence.has("date", within=(noun.start(), len(sentence.text))))


def _of_next(sentence: Sentence, mark: Mark, days: Sequence[Mark], context: Context) -> bool:
    """Whether an earlier day stands behind another verb of the subject: "rose 11.8% and crossed 30,000 on Nov. 24"."""
    day = days[0]
    if sentence.chinese or day.start < mark.end or not (day.value.date and context.last):
        return False
    between = (mark.end, day.start)
    joined = _AND_VERB.search(sentence.text, *between) and not sentence.has("names", within=between)
    return bool(joined) and sentence.has("amount", within=between) and day.value.date < context.last


def _headed_by_span(sentence: Sentence, mark: Mark) -> bool:
    """Whether a month, a quarter or the like heads what is told, and no day since: 全月来看,标普涨4%,那指涨6%."""
    headed = next((m for m in _SPAN_TOPIC.finditer(sentence.text, 0, mark.start)), None)
    return headed is not None and not sentence.has("date", within=(headed.end(), mark.end))


def _of_level(sentence: Sentence, day: Mark) -> bool:
    """Whether the day is only that of a level: "down 15% from their Dec. 17 record"."""
    return bool(_WHOSE_LEVEL.search(sentence.text, 0, day.start) and _LEVEL.match(sentence.text, day.end))


def _span_of_another(sentence: Sentence, mark: Mark, own: Mark | None, low: int) -> bool:
    """Whether the span is that of a clause before, with another subject: 本周累跌3.81%,创业板指跌2.06%."""
    named = sentence.chinese and own is not None and low <= own.start < mark.start
    return named and not sentence.has("period", "date", within=sentence.clause(mark)) and _spanned(sentence, low)


def _spanned(sentence: Sentence, low: int) -> bool:
    """Whether a clause before tells a span that may hold: in Chinese one with a move, a figure or nothing before it."""
    for m in sentence.all("period", within=(0, low)):
        first, end = sentence.clause(m)
        if not sentence.chinese or first == m.start or sentence.has("amount", *MOVES, within=(first, end)):
            return True
    return False


def _settled(sentence: Sentence, own: Mark | None, low: int, s: Statement, context: Context, names: Names) -> bool:
    """Whether no other day may be meant: none is told, a clause before tells its day alone, or its topic goes on."""
    told = [m for m in sentence.all("date") if m.value.steps != 0]  # 当天 is the day that is told
    headed = s.date in context.head.values() and {m.value.date for m in told} == {s.date}
    if headed and sentence.chinese and s.date == context.head.get(region(names, s.who)):
        return True  # the day of the head, which is of that part of the world
    return not told or (own is not None and (_led(sentence, low, s) or _topic(sentence, own, low, s, context)))


def _topic(sentence: Sentence, own: Mark, low: int, s: Statement, context: Context) -> bool:
    """Whether a clause of the subject tells the article's own day, and no news of it: 今日除息3.5元,终场涨0.9%."""
    told = [m for m in sentence.all("date") if m.value.steps != 0]
    first, end = sentence.clause(told[-1])
    day = told[0].value.date if len({m.value for m in told}) == 1 else None
    same = sentence.chinese and day is not None and day == s.date == context.paper and own.start < end <= low
    others = sentence.all("names", "aside", "others", within=(0, low))
    alone = all(s.who in m.value for m in others) and not sentence.has("period", "after", within=(0, low))
    return same and alone and not _NEWS.search(sentence.text, first, low)


def _led(sentence: Sentence, low: int, s: Statement) -> bool:
    """Whether the sentence tells its day alone, in a clause before that holds nothing unknown: "On Monday, …"."""
    told, high = sentence.all("date"), next(b for a, b in sentence.clauses if a == low)
    first, end = sentence.clause(told[-1])
    day = told[0].value.date if len({m.value for m in told}) == 1 else None
    alone = day and (day == s.date or s.kind == "price_level")  # "closed at $26.50, up from $25.98"
    if (
        sentence.chinese
        and sentence.has("amount", within=(told[-1].end, end))
        and sentence.has("names", within=(low, high))
    ):
        first = told[-1].end  # 川普发言后特斯拉周五跌3%,福特跌2%: the day of its move
    framed = sentence.chinese and _FRAMED.search(sentence.text, first, low)
    return bool(alone) and end <= low and bool(framed or not _unknown(sentence, first, end))


def _beside(sentence: Sentence, mark: Mark, s: Statement) -> bool:
    """Whether its one day stands right behind the figure, in a row of such: "0.9% on Tuesday and 0.1% on Wednesday"."""
    day = next((m for m in sentence.all("date") if m.start >= mark.end), None)
    beside = day and day.value.date == s.date and _ON.fullmatch(sentence.text, mark.end, day.start)
    return bool(beside and day and not sentence.chinese and not _AND_DAY.match(sentence.text, day.end))


def _told_behind(sentence: Sentence, mark: Mark, s: Statement) -> bool:
    """Whether the day is told at the end of what the figure begins: "A fell 2%, B 3% and C 4% on Monday"."""
    told = sentence.all("date")
    if sentence.chinese or {d.value.date for d in told} != {s.date} or told[-1].start < mark.end:
        return False
    between = (mark.end, told[-1].start)
    apart = any(not c.start <= mark.start < c.end for c in sentence.held(told[-1]))
    looked_back = _HAD.search(sentence.text, *between) or _HANGING.search(sentence.text, *between)
    return not (apart or looked_back or _unknown(sentence, *between))


def _path(sentence: Sentence, mark: Mark, own: Mark | None, s: Statement, context: Context) -> Iterator[Reason]:
    """From a subject in another clause, or in another sentence, to the figure."""
    low, high = sentence.clause(mark)
    if own is not None and (sentence.has("unsure", within=(own.start, own.end)) or _of_member(sentence, own)):
        yield WHOSE
    if own is not None and low <= own.start < high:
        first, last = min(own.end, mark.end), max(own.start, mark.start)
        between = sentence.all("names", within=(first, last))
        cause = next(iter(sentence.all("aside", within=(first, last)) if sentence.chinese else ()), None)
        moved = cause and sentence.has("amount", *MOVES, within=(cause.end, last))  # 道指因苹果跌4.1%而收低
        if moved or (between and not sentence.has("amount", *MOVES, within=(own.end, between[0].start))):
            yield WHOSE
    elif own is None and context.about and not sentence.has("names", "aside", "others"):
        yield from (WHOSE,) * strange(sentence)  # "fell 17%", of the one security that is asked about
    elif own is None:
        named = {symbol for who in context.named for symbol in who.symbols}
        other = sentence.has("pronoun", within=(low, mark.start)) and named and not named & {*s.who.symbols}
        if context.strange or other or _names_one(sentence, 0, low) or not _pointing(sentence, low, mark):
            yield WHOSE
    elif own.start >= high or _another_market(sentence, own, mark) or not _bridged(sentence, own, mark, low):
        yield WHOSE


def _of_member(sentence: Sentence, own: Mark) -> bool:
    """Whether an index is named only as that of a member: "Analog Devices was the best of the S&P 500, up 10.9%"."""
    index = any(who.is_index for who in own.value) and not _RELATIVE.match(sentence.text, own.end)
    return index and _AMONG.search(sentence.text, sentence.clause(own)[0], own.start) is not None


def _names_one(sentence: Sentence, low: int, high: int) -> bool:
    """Whether words that no rule knows may name a security: a capital, a Chinese word for a firm."""
    unknown = _unknown(sentence, low, high)
    if sentence.chinese:
        return any(_FIRM.search(w) for w in unknown)
    return any(w[0].isupper() and w not in sentence.rules.stop for w in unknown)


def _another_market(sentence: Sentence, own: Mark, mark: Mark) -> bool:
    """Whether a clause behind the subject begins with a market: 沪指转弱,港股亦步亦趋,收市倒跌73点."""
    return sentence.chinese and _MARKET_TOPIC.search(sentence.text, own.end, mark.start) is not None


def _bridged(sentence: Sentence, own: Mark, mark: Mark, low: int) -> bool:
    """Whether what lies between a subject and the clause of the figure is set in, or is known word by word."""
    first, end = sentence.clause(own)
    if _RELATIVE.match(sentence.text[low:]):
        return end == low and not sentence.text[own.end : end].strip(" ,;:、()")  # "which" speaks of the word before
    if _INSERTED.match(sentence.text[first:end]):
        return False
    others = [m for m in sentence.all("names", within=(first, low)) if m != own]
    beside = not sentence.chinese and not sentence.text[own.end : end].strip(" ,;:、()")
    if beside and not _unknown(sentence, first, own.start):
        return True  # "Oracle, which sells software, fell": the subject, a stretch that is set in, the verb
    if not any(_unknown(sentence, a, b) for a, b in sentence.clauses if first <= a and b <= low):
        return not [m for m in others if m.start > own.end]
    between = [(own.end, end), *(c for c in sentence.clauses if end <= c[0] and c[1] <= low)]
    alone = sentence.chinese and not sentence.has("names", "aside", "others", within=(own.end, low))
    if alone and not _unknown(sentence, first, own.start) and all(_goes_on(sentence, a, b) for a, b in between):
        return True
    pointing = _pointing(sentence, low, mark) or sentence.has("value", within=(low, mark.start))
    alone = not (others or sentence.has("aside", within=(first, low)))
    return pointing and alone and not _names_one(sentence, first, low)


def _goes_on(sentence: Sentence, low: int, high: int) -> bool:
    """Whether a stretch goes on with the topic: it begins with a word that is known, and what is not names no firm."""
    unknown = _unknown(sentence, low, high)
    begun = low + len(sentence.text[low:high]) - len(sentence.text[low:high].lstrip(" ,;:、()"))
    return not unknown or (
        not sentence.text.startswith(unknown[0], begun) and not any(_FIRM.search(w) for w in unknown)
    )


def _signs(sentence: Sentence, mark: Mark, s: Statement) -> Iterator[Reason]:
    """Moves of both directions beside one figure."""
    if not s.direction or s.kind == "price_level" or mark.kind != "amount" or mark.value.unit == "money":
        return
    low, high = sentence.clause(mark)
    beside = sentence.all("amount", "names", within=(low, high))
    before = max((m.end for m in beside if m.end <= mark.start), default=low)
    after = min((m.start for m in beside if m.start >= mark.end), default=high)
    if not sentence.chinese and (apart := _APART.search(sentence.text, mark.end, after)):
        after = apart.start()
    if {MOVES[m.kind] for m in sentence.all(*MOVES, within=(before, after))} - {s.direction}:
        yield SIGN


def _beyond(sentence: Sentence, mark: Mark, s: Statement) -> Iterator[Reason]:
    """What the words say of a move beside its direction; and a move that did not last to the close."""
    if s.kind != "return" or s.hedge != "direction":
        return
    low, high = sentence.clause(mark)
    ends = (c.end for c in sentence.parts if c.kind == COMPARISON and low <= c.start <= high)
    if _BEYOND.search(sentence.text, low, max([high, *ends])) or _OF_SUM.match(sentence.text, mark.end):
        yield MORE
    turned = _TURNED.search(sentence.text, mark.end)
    if turned and not sentence.has("names", "others", within=(mark.end, turned.end())):
        yield MOMENT


def _of_moment(sentence: Sentence, mark: Mark) -> bool:
    """Whether an English clause speaks of trading that goes on, or of a moment told behind the figure alone.

    "was trading 3% higher"; "up 137 points, or 0.3%, at midday".
    """
    if sentence.chinese or _TRADING.search(sentence.text, *sentence.clause(mark)):
        return not sentence.chinese
    moment = next((m for m in sentence.all("moment") if m.start >= mark.end), None)
    if moment is None or ";" in sentence.text[mark.end : moment.start]:
        return False
    return not sentence.has("names", "date", *MOVES, "closed", within=(mark.end, moment.start))


def _before_opening(sentence: Sentence, mark: Mark) -> bool:
    """Whether a move of the opening may be one before it: "before the bell on Thursday, Rivian was up 6.9%"."""
    opened = sentence.chinese or _OPENED.search(sentence.text)
    return not opened or _BEFORE_NEWS.search(sentence.text, 0, mark.start) is not None


def _passed(sentence: Sentence, mark: Mark, s: Statement, names: Names) -> bool:
    """Whether a level was passed by a coin, whose markets never close: 比特币首次突破10万美元."""
    passed = s.kind == "price_level" and s.hedge in {"more_than", "less_than"}
    coin = names.listings[s.who.symbols[0]].kind == "crypto"
    return passed and coin and not LATE.search(sentence.text, *sentence.clause(mark))


def _listed(sentence: Sentence, mark: Mark, s: Statement, names: Names) -> Iterator[Reason]:
    """The place of another exchange beside the figure: "its US-listed shares", 渣打港股; a currency against another."""
    kind = names.listings[s.who.symbols[0]].kind
    against = [m for m in sentence.all("aside", within=sentence.clause(mark)) if m.value != (s.who,)]
    paired = kind == "currency" or s.who == DOLLAR
    quoted = {"", "USD", names.listings[s.who.symbols[0]].currency}
    beside = [m.value for m in sentence.all("amount", within=sentence.clause(mark)) if m.value.unit == "money"]
    other = any(a != DOLLAR for m in against for a in m.value) or any(
        a.currency not in quoted or a.words.endswith("pence") for a in beside
    )
    if paired and other:
        yield WHOSE
    if kind == "yield" and sentence.chinese and "美" not in sentence.text:
        yield WHOSE  # 10年期国债收益率, of which state?
    low, high = sentence.clause(mark)
    if kind == "index" and s.kind == "price_level" and s.currency:
        yield WHOSE  # an index has points, no price
    name = _subject(sentence, mark, s)
    if kind == "index" and name and not sentence.chinese and _no_index(sentence.text, name):
        yield WHOSE
    following = sentence.all("names", "others", within=(mark.end, high))[:1]
    if sentence.chinese and sentence.text.startswith("的", mark.end) and any(s.who not in m.value for m in following):
        yield WHOSE  # 高开逾18%的东方财富收涨1.9%: the figure is of the name behind it
    if _SPOT.search(sentence.text, low, mark.start) and kind == "future":
        yield WHOSE  # the future before it is another security
    if kind not in {"stock", "commodity", "future"}:
        return
    figures = sentence.all("amount", within=(low, high))
    low = max((m.end for m in figures if m.end <= mark.start), default=low)
    high = min((m.start for m in figures if m.start >= mark.end), default=high)
    own = names.listings[s.who.symbols[0]].exchange
    behind, before = sentence.text[mark.end : high], sentence.text[low : mark.start]
    told = [m[0] for m in _SHARES.finditer(sentence.text, 0, mark.start)][-1:]  # 美股阿里巴巴涨6%,京东涨2%
    named = _places(sentence, behind) or _places(sentence, before) or (AMERICAN if told == ["美股"] else set())
    named = named or _places(sentence, _place_told(sentence, low))
    if named and not named & ({own} | (AMERICAN if own in AMERICAN else set())):
        yield Reason("draft_place", symbol=s.who.symbols[0])


def _no_index(text: str, own: Mark) -> bool:
    """Whether the name of an index is a part of another's, or a firm of that name."""
    shares = text[: own.end].lower().endswith(("shares", "stocks"))
    firm = _FIRM_BEFORE.search(text[: own.start]) or (not shares and _FIRM_BEHIND.match(text, own.end))
    whole = len(own.value) > 1 and not _LISTED.search(text, own.start, own.end)  # "the S&P 500 Value index"
    return bool(whole or _PART.match(text, own.end) or firm)


def _place_told(sentence: Sentence, low: int) -> str:
    """The stretch right before an English clause where it tells a place alone: "In Frankfurt trading, …"."""
    first, end = next((c for c in sentence.clauses if c[1] == low), (0, 0))
    told = _AT_PLACE.fullmatch(sentence.text, first, end)
    return told[0] if told and not sentence.has("names", "amount", *MOVES, within=(first, end)) else ""


def _places(sentence: Sentence, text: str) -> set[str]:
    """The exchanges that words for places in the text mean; a currency is no place."""
    places = sentence.rules.places.items()
    told = {mic for mic, place in places if any(m[0] not in _COINS for m in place.finditer(text))}
    return told | (AMERICAN if "美股" in text else set())


def region(names: Names, who: Subject) -> str:
    """The part of the world in whose hours a stock or an index trades; empty for what trades everywhere."""
    listing = names.listings[who.symbols[0]] if who.symbols else None
    if listing is not None and listing.symbol in ASIAN:
        return "Asia"
    if listing is None or listing.kind not in {"stock", "index", "fund"}:
        return ""
    return next((part for part, exchanges in REGIONS.items() if listing.exchange in exchanges), "Europe")


def market(names: Names, who: Subject) -> str:
    """The market that a stock or an index is traded on: its exchange, where one state has several one of them."""
    listing = names.listings[who.symbols[0]] if who.symbols else None
    if listing is None or listing.kind not in {"stock", "index"}:
        return ""
    return "America" if listing.exchange in AMERICAN else MARKETS.get(listing.exchange, listing.exchange)


def _words(sentence: Sentence, mark: Mark, own: Mark | None, s: Statement) -> Iterator[Reason]:
    """The words of the figure's clause that no rule knows."""
    low, high = sentence.clause(mark)
    unknown = _unknown(sentence, low, high) or _frame(sentence, low) or _split(sentence, mark) or _base(sentence, mark)
    if unknown:
        words = ", ".join(w[:FIRST] if sentence.chinese else w for w in unknown[:MOST])
        yield Reason("draft_unread", words=words)


def strange(sentence: Sentence) -> bool:
    """Whether the sentence holds a name that no list does."""
    return _names_one(sentence, 0, len(sentence.text))


def _split(sentence: Sentence, mark: Mark) -> list[str]:
    """A figure with another right before it, as in "two point nine per cent", may be a part of one."""
    other = sentence.last("amount", before=mark.start)
    parted = other is None or sentence.text[other.end : mark.start].strip()
    return [] if parted or other is None else [sentence.text[other.start : other.end]]


def _base(sentence: Sentence, mark: Mark) -> list[str]:
    """What says that a move began at a level: 从3350點跌0.24%."""
    before = sentence.text[mark.start - 1 : mark.start]
    return [before] if sentence.chinese and mark.kind == "amount" and before in {"从", "由"} else []


def _frame(sentence: Sentence, low: int) -> list[str]:
    """The words of a stretch in front that says in what the figure is told: "In dollar terms, …", 以美元計價."""
    first, end = sentence.clauses[0]
    return _unknown(sentence, first, end) if end <= low and _MEASURED.match(sentence.text) else []


def _unknown(sentence: Sentence, low: int, high: int) -> list[str]:
    """The words of a stretch that are no mark, no word before a level, and none that is known."""
    held = [m for m in sentence.marks if m.kind not in {"off", "parent", "stranger"}]
    taken = [(m.start, m.end) for m in held if low <= m.start and m.end <= high]
    taken += [span for m in sentence.all("amount", within=(low, high)) for span in _levels(sentence, low, m)]
    taken += [m.span() for k in sentence.all("rank", within=(low, high)) if (m := _OF_YEAR.match(sentence.text, k.end))]
    taken += [m.span() for m in _EXCHANGE.finditer(sentence.text, low, high)]
    if sentence.chinese:
        figures = sentence.all("amount", within=(low, high))
        moves = [(a.end, b.start) for a, b in pairwise(figures) if a.value.unit != b.value.unit]
        taken += [span for span in moves if sentence.text[slice(*span)] == "或"]  # 跌821點或3.3%: one move
        inside = [Mark(a, b, "") for a, b in [*taken, *_modifiers(sentence, low, high)]]
        places = leftover(sentence.text, low, high, inside, sentence.rules, sentence.rules.known_zh)
        return list(_runs(sentence.text, places))
    taken += _of_name(sentence, low, high)
    return [w for w in _latin(sentence, low, high, sorted(taken)) if not _known(sentence, w)]


def _of_name(sentence: Sentence, low: int, high: int) -> Iterator[tuple[int, int]]:
    """What belongs to a name in English: the form of the firm and its code behind it, what it is before it."""
    for own in sentence.all("names", within=(low, high)):
        if found := _FORM.match(sentence.text, own.end):
            yield found.span()
        firm = not any(who.is_index for who in own.value)
        before = _NOUNS.search(sentence.text, low, own.start) if firm else _COUNT.search(sentence.text, low, own.start)
        if before and not _OTHERWISE.search(before["words"]):
            yield before.span("words")


def _modifiers(sentence: Sentence, low: int, high: int) -> Iterator[tuple[int, int]]:
    """What only tells which firm is meant, or why it moved: 大洋彼岸的优步; 碧桂园因清盘呈请跌7%."""
    for own in sentence.all("names", within=(low, high)):
        begun = max((m.end for m in sentence.all("amount", *MOVES, "names", within=(low, own.start))), default=low)
        if role := _ROLE.search(sentence.text, low, own.start):
            yield role.span()
        if sentence.text[own.start - 1 : own.start] == "的" and not sentence.has("off", within=(begun, own.start)):
            yield begun, own.start
        move = next(iter(sentence.all(*MOVES, "amount", "names", "off", within=(own.end, high))), None)
        if move and move.kind in MOVES and (why := _why(sentence, own, move)):
            yield why


def _why(sentence: Sentence, own: Mark, move: Mark) -> tuple[int, int] | None:
    """What stands between a name and its move, or the day of it, and tells only why: 特斯拉发表无人计程车后周五重挫."""
    day = sentence.first("date", within=(own.end, move.start))
    ends = [move.start, *([day.start] if day else [])]
    return next((m.span() for end in ends if (m := _WHY.search(sentence.text, own.end, end))), None)


def _levels(sentence: Sentence, low: int, mark: Mark) -> Iterator[tuple[int, int]]:
    """The words that say that a price came to stand at the figure."""
    for pattern in sentence.rules.levels.values():
        if found := pattern.search(sentence.text, low, mark.value.at):
            yield found.span()


def _latin(sentence: Sentence, low: int, high: int, taken: Sequence[tuple[int, int]]) -> Iterator[str]:
    """The words that nothing takes, up to a cause that is told behind the figure."""
    end = high
    for _, b in taken:
        if (cause := _CAUSE.match(sentence.text, b)) and not sentence.has("amount", *MOVES, within=(cause.end(), high)):
            end = min(end, b)
    at = low
    for a, b in [*taken, (end, end)]:
        if a <= end:
            yield from _WORD.findall(sentence.text[at:a]) if a > at else ()
            at = max(at, b)


def _known(sentence: Sentence, word: str) -> bool:
    rules, whole = sentence.rules, word.lower().replace("’", "'")
    small = whole.removesuffix("'s").rstrip(".")
    if word[0].isupper() and not {small, whole} & rules.known:
        return small in rules.small
    if small in rules.changing:
        return False
    plain = {small, whole, small.removesuffix("s")} & rules.known or small in rules.small | rules.prepositions
    return bool(plain) or small.endswith("ly") or small == "s"


def _runs(text: str, places: Sequence[int]) -> Iterator[str]:
    begin = 0
    for k, (a, b) in enumerate(pairwise([*places, -9])):
        if b != a + 1:
            yield text[places[begin] : a + 1]
            begin = k + 1
