"""A sentence with its marks, lists of names and clauses, and the look-ups that rules are made of."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from eventwindow.draft.amounts import amounts
from eventwindow.draft.chinese import has_chinese
from eventwindow.draft.clauses import APPOSITION, PARTICIPLE, RELATIVE, Clause, chain, clauses, innermost
from eventwindow.draft.dates import DayMark, days
from eventwindow.draft.lexicon import OF_LIST, Group, Lexicon, Mark, settled
from eventwindow.draft.pairs import exchanged, paired, quotations
from eventwindow.draft.periods import CUT_MONTH, Period, periods
from eventwindow.draft.securities import Names
from eventwindow.draft.spans import limits, since, stood_at
from eventwindow.draft.statement import Subject
from eventwindow.draft.strangers import NAMED_BEFORE, OF_PLACE, behind_role, strangers

ORDER = ("run_up|run_down", "date|ahead|closed", "since", "period", "rank", "valuable", "record_high",
         "record_low", "name|group", "amount", "same")  # fmt: skip
LONG = 600  # characters
_KINDS = (  # what such a name ends in is no firm
    "指数", "合约", "板块", "类股", " index", " sector", " sub-index", " subindex", " shares", " stocks",
    " futures",
)  # fmt: skip
_DELIVERY = re.compile(
    rf" (?:(?:futures|crude) )?(?:for|due in) (?:{CUT_MONTH})", re.IGNORECASE
)  # "Platinum for April"
HIDDEN = "\u25a1"  # in place of the last character of a name
WEEKEND = 5  # the first day of it
OPEN_AT_WEEKENDS = {"24/7", "XSAU"}
NEAR = 32  # characters behind a name in which the place of its listing stands
_JOIN = re.compile(
    r"(?:集团)?[\s,、&/()]*(?:and|or|as well as|和|与|及|以及|跟)?[\s,、()]*(?:the |[A-Z]\w+['’]s )?", re.IGNORECASE
)
_LINK = re.compile(
    r"\s*(?:in|for|of|to|by)\s+(?:the |shares of |shares in |[A-Z]\w+['’]s )?"
    r"(?:(?:main|benchmark|broad|broader|wider|overall|blue-chip|mid-cap|tech-heavy) )*",
    re.IGNORECASE,
)
_TITLED = re.compile(  # what stands before a commodity in the name of a firm
    r"(?:^|[,;。、])(?P<words>(?!国际|现货|纽约|伦敦|上海|避险|期货|布兰|布伦|昨[天日]|今[天日]|隔夜|同时|此外|其中|周[一二三四五六日末]|[本上当]周|[本上]月|当[天日]|[早午尾]盘|盘中|截至|不过)"
    r"[\u4e00-\u9fff]{2})$"
)
_FIRM = re.compile(  # and in English, where the commodity has a capital too: Tullow Oil
    r"(?:^|(?<=[ (]))(?P<words>"
    r"(?!(?:Crude|Brent|Spot|Physical|London|York|Benchmark|The|But|And|While|Palm|Heating|Fuel)\b)[A-Z][a-z]{2,} )$"
)
_OTHER = re.compile(
    r"\s?(?:期货|期指|期权|选择权|公司|期(?=[\d跌涨收夜近今以也则大上下]))|\s(?:futures|options|warrants|bonds)\b",
    re.IGNORECASE,
)
_OF_INDEX = re.compile(r"[\u4e00-\u9fff]{2,4}\d+指数")
_BIOTECH = re.compile(r"(?P<words>(?:恒生|[纳那]斯达克|中证|标普)?生物)$")  # 恒生生物科技指数 is not 科技指数
_SUBINDEX = re.compile(r"(?!股票|综合|[与和及跟])[\u4e00-\u9fff]{2,4}指数")  # 斯托克600银行指数
_ABROAD = re.compile(
    r"(?P<words>[法德英中韩泰]国|日本|意大利|希腊|西班牙|瑞士|澳大利亚|加拿大|台湾|印度|巴西|[德日英])$"
)
_VIX_OF = re.compile(r"(?P<words>印度|日经|日本|欧洲|恒指|恒生|台指|韩国|中国|原油|黄金)$")
_ADR = re.compile(r"(?:\s|的|['’]s\s)?(?:ADRs?(?![A-Za-z])|存托凭证|American depositary)", re.IGNORECASE)
_ENDS = re.compile(r"\s*(?:[,.;:]|and\b|while\b|but\b|in\b|$)")
_POINTS = re.compile(r",? or \S*\d%|,? to \d{1,3}(?:,\d{3})+")
_PLACED = re.compile(r"\b[Oo]n $")
_WHILE = re.compile(r"\b(?:while|but|and|whereas)\b|;")
_CAUSE = re.compile(r"(?<![起原成])因(?![此而素子])")
_CLAUSE = re.compile(r"[,;。]")
_COIN = re.compile(r"[0-9万]元|NT\$")
_AMERICAN = {"XNYS", "XNAS", "XASE", "OOTC"}
_EXCHANGES: dict[str, set[str]] = {"美": _AMERICAN, "港": {"XHKG"}, "台": {"XTAI"}, "日": {"XTKS"},
    "A": {"XSHG", "XSHE"}, "H": {"XHKG"}, "伦": {"XLON"},
}  # fmt: skip
_SHARE_OF = re.compile(
    r"(?P<own>其在?|公司的?)?(?P<market>[AH美港])股(?![通市价])|(?P<letter>[AH])(?=[收跌涨升挫低高平也则亦大微周昨今当\d]|[,、和与及(])|(?P<its>其)ADR|(?P<bare>(?<=[,;])ADR)(?=\s?(?:\d|周|[收跌涨升大急重飙弹]))"
    r"|(?P<it>[它其])在(?P<city>纽约|美国|香港)"
    r"|(?P<whose>其|公司的?)?(?P<receipts>在?美国?的?(?:存托|预托)(?:股票|股份|凭证|证券))"
    r"|(?<=[,;])在(?P<there>港|香港|纽约|美|纳斯达克)(?=[^,;。]{0,4}[跌涨升挫])"
    r"|(?P<town>伦敦|纽约|香港)股价"
)
_BEHIND_CLAUSE = re.compile(r"[,;。](?:其后|随后|稍后|而|但)?$")  # 其后伦敦股价跌6.6%
_CITIES = {"香": "港", "纳": "美", "纽": "美"}
_POINTED = re.compile("股价|该(?:公司|股)")
_BARE = re.compile(
    r"(?:[,;。]|^)(?:而|但|不过)?(?:隔[夜晚]|前[晚夜]|昨[晚夜]|(?:上?周|星期)[一二三四五])?$"
)  # 万科H股跌4.6%;A股跌4.1%: its own, or the market's?
FLOW = re.compile(r"(?:[卖买]超|净[卖买流])")  # 外资连续第三天卖超 is of no price
_DEPENDS = re.compile(r"(?:\b(?:of|to|by|for|with|in|than|from|at|on|over|like|and|or)|['’]s) (?:the )?$")
_TELLING = re.compile(r"[^,;:。]{2,20}的")
_PUBLISHED = re.compile(r"(?:最新)?(?:公布|发布|出炉)的")
_TOLD_ADR = re.compile(r"[\u4e00-\u9fff]ADR")
_THEN_MOVES = re.compile(r"(?:\([\dA-Z.]{4,9}\))?[^,;。股指]{0,8}?[跌涨升挫泻飙收][^,;。]{0,8}\d")
_WHEN = re.compile(r"(?:隔[夜晚]|前一?[晚夜]|昨[日夜晚]|(?:周|星期)[一二三四五])?在?")
_MARKET = re.compile(r"(?:美|港|台|日|陆|A|韩|英)股")
_HOURS = re.compile(
    r"(?:(?:上|本|这)?(?:周|星期)[一二三四五]|\d{1,2}日|当[天日]|昨[天日]|今[天日])?(?:开盘|盘前|盘后|盘中|收盘|早盘|开市|尾盘|(?:常规|正常)?交易时段|时段)"
)
BARE = ("up_weak", "down_weak")  # "the latter gained 2.1"
_SIGNED = re.compile(r",? [-+−]\d")
ASIDE = {RELATIVE, PARTICIPLE, APPOSITION}
RANKS = ("rank", "record_high", "record_low")
_MONTH = re.compile(r"[自从]?(?:(?P<year>\d{4})年)?(?P<month>1[0-2]|0?[1-9])月以来")
_SO_FAR = re.compile(
    r",?(?:[^,。;\d最新首第高低]{0,6}[涨跌升挫](?!幅[最第])|[^,。;\d最新首]{2,12}累计?[上下大]?[涨跌升挫])"
)  # 11月以来累计上涨11.6%
_NOUNS = re.compile(r"\s*(?:[\w%.,-]+\s+){0,4}|\s*(?:for|by) (?:the )?(?:[A-Z][\w&.-]*\s+|\d+\s+|the\s+|and\s+){1,9}")
_SUPERLATIVE = re.compile(r"\b(?:\w{3,}est|worst|best|most|least)(?: [\w-]+){0,4}\s*$")
_SINCE_RANK = re.compile(r"以来(?=的?(?:单日|收盘|盘中)?(?:最[^近]|新[高低]))")
_YEAR_BEFORE = re.compile(r"(?:自|从)?(?:[今去前]年|(?:19|20)\d\d年)$")
_WEEK_TO = re.compile(r"的?(?:前)?(?:一|这一|当)周(?![一二三四五六日前后内])")  # 截至5月17日的一周
_UNTIL_NOW = re.compile(
    r"(?:宣布|公布|公告|上市|挂牌)[^,;。\d]{0,4}[^,;。]{0,12},(?P<now>[至迄]今)(?=[^,;。\d]{0,8}[涨跌升挫飙])"
)
_FROM_THEN = re.compile(r"起(?![计算])")
COUNTED = r"起?计(?![划算])|起?计算|算起|起算"  # from the day or the level before it: 由1月10日收市計
_SINCE_THEN = re.compile(
    rf"(?:(?:的?(?P<close>收[市盘]价?))?(?:的?(?:收[市盘])?[高低][位点])?(?:的?[\d.,]+[点元])?(?P<counted>{COUNTED})|(?:(?:节|假|休市)后)?(?:(?:重新|恢复)?(?:开[市盘]|复[市牌])|上市|挂牌|恢复交易)?以来|至今|迄今|起)"
    r"(?P<past>,?[至到]去年年?底)?"
)
_FROM = re.compile(r"(?:\b(?:from|between|over)\s+(?:the close (?:of|on) )?|[从自由])$", re.IGNORECASE)
_TO = re.compile(
    r"\s*(?:to|until|till|through|and|到|至)\s*(?:the close (?:of|on) )?"
    r"|(?P<counted>的?(?:收[市盘]价?)?(?:起?计|算起)),?[到至]",
    re.IGNORECASE,
)
_HELD_BY = re.compile(r"(?:\b(?:the|its|their)|['’]s) $", re.IGNORECASE)
_WEEK = re.compile(r"\bthe week$")
_UP_TO = re.compile(r"\s(?:to|through|until|ended|ending|that ended)(?: on)?\s")
_THROUGH = re.compile(r"\s(?:through|to|until|up to)\s")
_OWNED = re.compile(r"['’]s\b(?! (?:open|start|trading|session))")
_BASED = re.compile(
    r"\b(?:from|than|after|before|against|following|despite|below|above|to|of|beside|based on|premium over|(?:revers|eras|extend|recoup|par|trim|match|repeat|undo|undid|wip|giv)\w*(?: (?:back|out|up|some|most|all|much|part|half))*(?: of)?)\s+$",  # noqa: E501
    re.IGNORECASE,
)
_LEVEL = re.compile(r"\b(?:from|compared (?:to|with)|against)\s+(?:\S*\d\S* (?:(?:late|early|on) )*\w+day and )?$")
_MOVED_FROM = re.compile(
    r"(?:%|\bpoints?|\b(?:high|low|strong|weak|firm)er|\b(?:up|down)(?: [^\w\s]{0,2}\d[\d.,]*(?: \w+)?)?),? from $"
)  # "up 2.1%, from Wednesday", "down 8.6 won from Friday"
_TO_PEAK = re.compile(r"(?:距离?|较|自|从|由|比|与|相[较比]于?)$")  # 较1月26日的收盘高点197.5港元
_PEAK_OF = re.compile(r"[^,;。\d]{0,10}(?:[\d.,]+[元点]的)?(?:历史)?(?:[高低][点位]|高峰|峰值)(?P<level>[\d.,]+)?")
_EVENING_NEWS = re.compile(
    r"(?:前一[天日晚夜]|前晚|昨[天日晚夜])(?:晚间|晚上|盘后|收[盘市]后)?(?:披露|公布|发布|公告|宣布|交出)(?!的)"
)
_COMPARED_TO = re.compile(r"(?:较|比|相较于?)(?:后者)?$")
_WITH, _COMPARED = re.compile("[与和跟]$"), re.compile("的?(?:收[盘市]价?)?(?:比较|相比|相较|比起)")  # 与前一交易日比较
_FROM_ZH = re.compile("[由从]$")
_NEXT_TO = re.compile(r"(?:逼近|接近|仅次于|超[过越]|不及|少于|多于|高于|低于)(?:了)?$")  # 逼近10月16日的11.41%
_OF_THEN = re.compile(r"的(?:[跌涨升]幅)?[\d.,]+(?:%|点|[美港日加]?元|日圆|瑞士法郎|瑞典克朗)")
_LEVEL_MOVED = re.compile(r"的?[\d.,]+(?:%|[美港日]?元|点)?[降升跌涨回下上扬贬滑]")  # 由周二的4.255%降到4.238%
_OF_NOUN = re.compile(r"的(?!收|开|早|午|尾)[\u4e00-\u9fff]{2,6}(?=[,;。])|的?基础上")  # 收复周四的全部失地
_CONTRACT = re.compile(r"(?:期货)?主力(?:合约)?")
_UNDONE = re.compile(r"(?:一洗|一扫|收复|回吐|抹去|抵消|延续|承接|补回|吐回|扭转)了?$")  # 一洗前一日创新低的颓风
_ITS_FIGURE = re.compile(r"的?[^,;。\d]{0,4}\d")
_FROM_BASE = re.compile(r"[从由自]$")
_PRICE_OF_DAY = re.compile(r"的[\d.,]+")  # 由上一交易日的2.85%回落至2.71%
_PRICE_OF = re.compile(r"的?(?:收[盘市]价|收[盘市]|总?市值)?[\d.,]+(?:[美港]?元|点|[万兆亿])")
_OF_PEAK = re.compile(  # "below its record close of Sept. 20"
    r"\b(?:below|above|from|off|under|since|than|short of|shy of)\b(?: \w+){0,3} (?:high|low|peak|record|close)s?\b"
    r"[^,;:.]{0,24}?\b(?:of|on|in|from|set|reached|hit)\s+$"
)
_DUE = re.compile(  # "ahead of earnings on Tuesday" tells no day of a move
    r"\blast (?:seen|reached|touched) on $|\b(?:ahead of|before|awaiting) (?:(?:its|the|their|an?) )?(?:[\w-]+ ){0,2}?(?:earnings|results|reports?|figures|data|meeting|decision|vote|election|speech) (?:due )?(?:on |this )?$"  # noqa: E501
)
_REPORTED = re.compile(  # of the books: "for the quarter ended on Sept. 30" tells no day of a move
    r"\b(?:quarter|half|months|weeks|year|period)(?:(?! shares| stock)[ \w-]){0,16}"
    r" (?:ended|ending|to|through) (?:on )?$",
    re.IGNORECASE,
)
_SOURCE_BEFORE = re.compile(
    r"\b(?:according to|(?:polled|surveyed|compiled) by|(?:data|estimates|figures) from) (?:the )?$"
)
_OWN_INDEX = re.compile(r"(?: [a-z]+){1,2} (?:sub-?)?index\b")  # "the Amex airline index"
_SOURCE_BEHIND = re.compile(
    r" (?:I/B/E/S|data\b|Datastream\b|StarMine\b|[Ee]stimates\b|polls?\b|surveys?\b|calculations\b)"
)
_NASDAQ_TRADE = re.compile(
    r" (?:trad(?:e|ing)\b|dealings\b|clos(?:e|ing price) (?:of|at) [^\w\s]\d|stock (?:market|exchange)\b)",
    re.IGNORECASE,
)
_ON_EXCHANGE = re.compile(  # "to $31.20 on the Nasdaq", "shares fell 3% on Nasdaq"
    r"(?:[^\w\s]\d[\d.,]*|\b(?:shares|stock)\b(?:[^;.]|\.\d){0,80}(?:\d%|day|trading|traded|closed)) on (?:the )?$",
    re.IGNORECASE,
)
BEHIND = re.compile(r"\s*\(?(?:(?:late|early|on|at|the|close|end|of|in|trading)\s+)*")
_ZH_AFTER = re.compile(  # 前一日暴漲10.4%之後再漲0.6%; 继6日跌停后再度跌停
    r"[^,。;\d]{0,8}\d[\d.,]*(?:%|点|元)之?后[^。;]{0,20}\d|[^,。;\d]{0,6}[涨跌]停板?之?后"
)
_SOURCE = r"(?:(?!股|指)[\u4e00-\u9fff/、A-Za-z-])"  # of an agency, a place, a reporter
_BY = r"(?:记者|编[辑译]|文/|撰文)"
_AGENCY = r"(?:社|[日时晚周信]报|网|财经|新闻|新闻台|电台|路透|彭博)"
_DATELINE = re.compile(  # up to the word for a wire, which 電子 and the like are not, and to who wrote it
    rf"(?:【更[正新]】)?[【〔(\[《]?{_SOURCE}{{2,20}}?(?:(?:(?:19|20)\d\d年)?\d{{1,2}}月)?\d{{1,2}}日"
    r"(?:(?:综合|专)?(?:外?电(?![子力信动机器池商视脑影缆网讯气话])|讯(?![号飞芯]))|[|丨]|\s?[-–—]{1,2}(?!\s?\d)"
    r"|(?:凌晨|[清早]晨|早间|上午|中午|午间|下午|晚间|[早晚]上?)?消息)[】〕)\]》]?"
    rf"(?:[(【]{_BY}[^()【】\d]{{1,20}}[)】])?"
    rf"|[【〔(\[](?={_SOURCE}*(?:{_BY}|报[导道]|[讯电][】〕)\]]|{_AGENCY}[】〕)\]])){_SOURCE}{{2,20}}[】〕)\]]"
    rf"|[【〔(\[]{_SOURCE}{{2,12}},(?:(?:(?:19|20)\d\d年)?\d{{1,2}}月)?\d{{1,2}}日[】〕)\]]"
    rf"|(?:《{_SOURCE}{{2,12}}》|{_SOURCE}{{0,8}}{_AGENCY})讯(?![号飞芯])"
    rf"|记者{_SOURCE}{{2,10}}报[导道](?![称说指,])"
)
_FULL = r"(?:19|20)\d\d(?:年\d{1,2}月\d{1,2}日|[-/.]\d{1,2}[-/.]\d{1,2}(?!\d))"
_DATED = re.compile(  # a day in brackets at the head of a line: 【2025年1月29日/綜合報導】
    rf"[【〔(\[][^【】〔〕()\[\]%。]{{0,16}}?{_FULL}(?P<by>[^【】〔〕()\[\]%。]{{0,16}})[】〕)\]]"
)
_BEFORE_DAY = re.compile(rf"{_FULL}(?=[^,。;\d至到和与、及-]{{2,12}}\d{{1,2}}日)")  # 2024年9月4日 輝達3日大跌
_WRITING = re.compile(r"报[导道]|[讯电]$|编[辑译]|撰文")
_DAY_BEHIND = re.compile(r"\d日|(?:周|星期|礼拜)[一二三四五六日天]|[昨前隔][一日天晚夜早个]|[翌次]日")
_LINE = re.compile(r"[A-Z][A-Z, ]+\b[^.]{0,40}? ?[-–—:]")  # a dateline in English: where it is written
_OR = re.compile(r"(?: (?:higher|lower|up|down|stronger|weaker))?,? (?:or|and also|i\.e\.,?) ", re.IGNORECASE)
_FUND = re.compile(r"fund\b")
_PREPOSITION = re.compile(r"(?<!shares )(?<!stock )\b(?:for|of|on|in|by|at|from|with)\s+(?:the )?$", re.IGNORECASE)
MOVES = {"down_strong": -1, "up_strong": 1, "down_weak": -1, "up_weak": 1,
         "down_wipe": -1, "down_object": -1, "pared_up": 1, "pared_down": -1,
         "open_up": 1, "open_down": -1}  # fmt: skip
_BOTH = re.compile(
    r"股(?P<other>[汇滙]市?)(?=双|齐|同|均|皆|都|\d{1,2}日|(?:周|星期)[一二三四五]|[今昨当]|[跌涨重大走下上])"
)  # 台北股汇市同步走扬
MAINS = {"XTAI": "^TWII", "XHKG": "^HSI", "XSHG": "000001.SS", "XTKS": "^N225", "XKRX": "^KS11"}
_INITIAL = re.compile(  # of a name, as in "Warren E. Buffett"; "Class A." and "plan B." end a sentence
    r"\b(?:[A-Z]\.)+[A-Z]$|(?:^|\(|(?<![\w-])(?!(?:Class|Plan|Series|Type|Grade|Groups?|Section|Schedule|Tier|Phase|Category|Part|Model|Option|Appendix|Exhibit|Vitamin|Hepatitis|Level|Stage|Round|Tranche|Zone|Team|Terminal|Shares?)\s)[A-Z][\w'’.-]*\s)[A-Z]$"
)
_HELD = {"name", "group", "stranger", "amount"}
OPENED = {"open_up", "open_down"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """The marks of one sentence in order, its clauses, and its lists of securities (a list of one, mostly).

    `clauses` are the stretches between commas and the like; `parts` tell what each is and on which it hangs.
    """

    text: str
    marks: Sequence[Mark]
    clauses: Sequence[tuple[int, int]]
    rules: Lexicon
    parts: Sequence[Clause]

    @property
    def chinese(self) -> bool:
        return has_chinese(self.text)

    def all(self, *kinds: str, within: tuple[int, int] | None = None) -> list[Mark]:
        low, high = within or (0, len(self.text))
        return [m for m in self.marks if m.kind in kinds and low <= m.start and m.end <= high]

    def has(self, *kinds: str, within: tuple[int, int] | None = None) -> bool:
        return bool(self.all(*kinds, within=within))

    def last(self, *kinds: str, before: int, since: int = 0) -> Mark | None:
        return next(iter(self.all(*kinds, within=(since, before))[::-1]), None)

    def first(self, *kinds: str, within: tuple[int, int] | None = None) -> Mark | None:
        return next(iter(self.all(*kinds, within=within)), None)

    def beside(self, kind: str, mark: Mark) -> Mark | None:
        """The mark of that kind with no other word between, in front or behind."""
        between = ((m, self.text[min(m.end, mark.end) : max(m.start, mark.start)]) for m in self.all(kind))
        near = [m for m, words in between if words.strip() in {"", "以", "的", "以来"}]
        return next(iter(near), None)

    def clause(self, mark: Mark) -> tuple[int, int]:
        return next(c for c in self.clauses if c[0] <= mark.start < c[1])

    def held(self, mark: Mark) -> list[Clause]:
        """The clauses that hold the mark and hang on another, the innermost first."""
        return [c for c in chain(self.parts, mark.start) if c.on is not None]

    def reaches(self, time: Mark, mark: Mark) -> bool:
        """Whether a day or a span may hold for the mark: one in a clause that hangs on another holds in it alone."""
        if self.chinese and any(m.start <= mark.start and self._tells(time, m) for m in self.all("names")):
            return False  # 去年涨171%的英伟达跌7.8%
        around = [c for c in self.held(time) if time.kind == "date" or c.start < time.start]  # "since Aug. 12, …"
        return all(c.start <= mark.start < c.end for c in around)

    def _tells(self, time: Mark, name: Mark) -> bool:
        """Whether a time is part of the attribute of a name: 去年涨171%的英伟达."""
        if _PUBLISHED.fullmatch(self.text, time.end, name.start):
            return False  # 上周五公布的SCFI上涨45.9点: of the day that it came out on
        return self.text[name.start - 1] == "的" and bool(_TELLING.fullmatch(self.text, time.end, name.start))

    def linked(self, end: int) -> Mark | None:
        """The list of names that follows at once: "a 17 % fall in …"."""
        following = next((m for m in self.all("names") if m.start >= end), None)
        return following if following and _LINK.fullmatch(self.text[end : following.start]) else None

    def object_of_preposition(self, mark: Mark) -> bool:
        return bool(_PREPOSITION.search(self.text[: mark.start]))


def dateline(text: str) -> int:
    """How long the dateline is: 【香港17日訊】 tells where and when it was written, not when a price moved.

    So does a day alone, （2024年9月4日）, before text that tells one, too.
    """
    if line := _DATELINE.match(text) or _BEFORE_DAY.match(text):
        return line.end()
    dated = _DATED.match(text)
    of_writing = dated and (_WRITING.search(dated["by"]) or _DAY_BEHIND.search(text, dated.end()))
    return dated.end() if dated and of_writing else 0


def parse(text: str, dated: dt.date, rules: Lexicon, names: Names, around: str = "") -> Sentence:
    """Mark the sentence, join lists of names, and cut it into clauses; `around` is the paragraph that it stands in."""
    found = [*names.marks(text), *rules.marks(text), *amounts(text, rules), *days(text, dated), *periods(text, dated)]
    found += [*_behind_names(found, text, rules), *exchanged(text, names)] if has_chinese(text) else []
    found = [m for m in found if not (m.kind == "name" and (_of_a_firm(m, text) or _no_security(m, text, names)))]
    if end := dateline(around if around.startswith(text) else text):
        found = [m for m in found if m.start >= end] + [Mark(end - 1, end, "boundary")]
    found = [w for m in found for w in _whole(m, names, around or text)] + [*_stocks_and_currency(text, names)]
    ends = [(m.start, m.end) for m in found if m.kind == "name"]
    firms = [(m.start, m.end) for m in found if m.kind == "name" and _stock(m, names)]
    found = [
        m for m in found if not (m.kind == "group" and OF_LIST.search(text, m.start, m.end) and _names_firms(m, firms))
    ]
    found = [m for m in found if not (m.kind == "group" and _ends_a_name(m, ends, text))]
    found = [_unhedged(m, ends) if m.kind == "amount" else m for m in found]
    always = any(_exchange(m, names) in OPEN_AT_WEEKENDS for m in found)
    found = [_ahead(m, dated, always) for m in found]
    boundaries = [m for m in found if m.kind == "boundary"]
    single = settled((m for m in found if m.kind != "boundary"), ORDER)
    strange = strangers(text, [*single, *boundaries], rules, names.told, names.strange)
    single = _unlisted(single, [m for m in strange if not _of_listed(text[m.start : m.end], names)])
    single = _spanned(_shares(single, text, names, around), text)
    single = [_unitless(m, single, text) for m in single]
    if has_chinese(text):
        single = [_since(m, single, text, dated) for m in single]
    else:
        single = [*limits(since(single, text, dated, _ranks), text, dated), *stood_at(text, dated)]
    single = [_base(m, single, text) for m in single]
    parts = clauses(text)
    marks = _joined(text, sorted(single, key=lambda m: m.start), names, parts)
    marks = [_placed(m, text, rules, names, around) if m.kind == "names" else m for m in marks]
    marks = _compared([_aside(m, text, rules) for m in marks])
    marks = _by_the_way(marks, parts, text)
    if has_chinese(text):
        marks = _attributes(_caused(marks, text, [b.start for b in boundaries]), text, [b.end for b in boundaries])
    else:
        marks = quotations([paired(m, marks, text, parts, names) for m in marks], text, names)
    traded = [m.end for m in marks if m.kind == "names" and any(_delivered(s, names) for s in m.value)]
    marks = [_of_contract(m, traded, text) for m in marks]
    heads = [m.start for m in marks if m.kind == "names" and text[m.start - 1 : m.start] == "的"]
    marks = [m for m in marks if not (m.kind in {"period", "run_up", "run_down"} and FLOW.match(text, m.end))]
    figures = [m.start for m in marks if m.kind == "amount"]
    marks = [m for m in marks if not (m.kind in {"date", "period"} and _modifies(m, heads, text, figures))]
    cuts = [b.end for b in boundaries if not any(m.start <= b.start < m.end for m in [*marks, *_alike(marks, text)])]
    cuts += [m.start for m in marks if m.kind == "parted"]
    edges = sorted({0, *cuts, len(text)})
    return Sentence(text, marks, list(pairwise(edges)), rules, parts)


def _of_a_firm(mark: Mark, text: str) -> bool:
    """Whether the shares of a place are those of a firm there: "the Sydney shares", "BHP's London shares"."""
    return text[mark.start : mark.end].endswith(" shares") and bool(_HELD_BY.search(text, 0, mark.start))


def _no_security(mark: Mark, text: str, names: Names) -> bool:
    """Whether a name is only that of an exchange, or of who counted: "at $31.20 on Nasdaq", "according to FactSet"."""
    words, behind = text[mark.start : mark.end], text[mark.end : mark.end + 1]
    if words == "Nasdaq":
        return bool(_NASDAQ_TRADE.match(text, mark.end) or _ON_EXCHANGE.search(text, 0, mark.start))
    firm = isinstance(mark.value, tuple) and mark.value and names.listings[mark.value[0]].kind == "stock"
    if firm and _OWN_INDEX.match(text, mark.end):
        return True
    source = _SOURCE_BEFORE.search(text, 0, mark.start) and behind in {"", ".", ",", ";", ")"}
    return bool(source or (words[:1].isupper() and _SOURCE_BEHIND.match(text, mark.end)))


def _names_firms(kinds: Mark, names: Sequence[tuple[int, int]]) -> bool:
    """Whether a list that ends in a kind of stocks begins with firms: 台积电、鸿海两大权值股, not 钢铁、煤炭板块."""
    return any(kinds.start <= start < kinds.end for start, _ in names)


def _ends_a_name(kind: Mark, names: Sequence[tuple[int, int]], text: str) -> bool:
    """Whether what looks like a kind of stocks is the end of a name: "HDFC Bank shares"."""
    inside = any(start < kind.start < end for start, end in names)
    return text[kind.start].isupper() and (inside or bool(NAMED_BEFORE.search(text, 0, kind.start)))


def _caused(marks: Sequence[Mark], text: str, boundaries: Sequence[int]) -> list[Mark]:
    """Without the nouns of what a clause gives as the cause of its move, whose names are no subjects: 因毛利率缩水大跌9.7%."""  # noqa: E501
    kept = list(marks)
    for m in _CAUSE.finditer(text):
        high = min((b for b in boundaries if b > m.start()), default=len(text))
        figures = [a for a in marks if a.kind == "amount" and m.end() <= a.start < high]
        moves = [v for v in marks if v.kind in MOVES and figures and m.end() <= v.start < figures[0].start]
        if moves and figures[0].start - moves[-1].end <= 1:
            inside = [k for k in kept if m.end() <= k.start < moves[-1].start]
            kept = [k for k in kept if k not in inside or k.kind not in {"off", "value", "volume", "modal", *MOVES}]
            kept = [replace(k, kind="aside") if k in inside and k.kind == "names" else k for k in kept]
    return kept


def _attributes(marks: Sequence[Mark], text: str, boundaries: Sequence[int]) -> list[Mark]:
    """A name in the attribute of another one in its clause is no subject: 替谷歌代工的宏達電彈5.7%."""
    kept = list(marks)
    for head in (m for m in marks if m.kind == "names" and text[m.start - 1 : m.start] == "的"):
        low = max((b for b in boundaries if b <= head.start), default=0)
        if any(m.kind == "amount" for m in marks if low <= m.start < head.start):
            continue
        inside = [k for k in kept if k.kind == "names" and low <= k.start < head.start and _led(text, low, k, marks)]
        kept = [replace(k, kind="aside") if k in inside else k for k in kept]
        kept = [k for k in kept if k.kind != "off" or not low <= k.start < head.start]  # 仰赖出口的钢铁股
    return kept


def _led(text: str, low: int, name: Mark, marks: Sequence[Mark]) -> bool:
    """Whether words stand before a name in its clause: 替谷歌代工的宏達電; what heads it is the subject."""
    taken = {k for m in marks if m.kind != "names" for k in range(m.start, m.end)}
    return any(k not in taken for k in range(low, name.start))


def _by_the_way(marks: Sequence[Mark], parts: Sequence[Clause], text: str) -> list[Mark]:
    """A name in a clause that hangs on another and tells no move is no subject: "Apple, Garmin's rival, dipped"."""
    told = [m for m in marks if m.kind in {*MOVES, *RANKS, "amount", "foremost"}]
    outside = [m for m in marks if m.kind == "names" and innermost(parts, m.start).kind not in ASIDE]
    kept = list[Mark]()
    for m in marks:
        around = innermost(parts, m.start)
        head = around.kind == APPOSITION and _heads(text, around, m, marks)
        moved = any(around.start <= t.start < around.end for t in told) or _SIGNED.match(text, around.end)
        person = text.startswith("who ", around.start) and not outside  # "analysts at UBS, who rate Boeing a buy"
        aside = around.kind in ASIDE and m.kind == "names" and not (head or moved or person)
        kept.append(replace(m, kind="aside") if aside else m)
    return kept


def _heads(text: str, around: Clause, name: Mark, marks: Sequence[Mark]) -> bool:
    """Whether an apposition is the name: it begins with it, or ends in it ("Its rival, the chipmaker AMD, fell")."""
    before, after = text[around.start : name.start], text[name.end : around.end]
    named = any(m.kind == "names" and m.end + 2 == around.start for m in marks)
    ends = not (after.strip(" ,") or named or _DEPENDS.search(before))
    return (ends or before in {"the ", ""}) and text[name.end : name.end + 1] not in {"'", "’"}


def _delivered(who: Subject, names: Names) -> bool:
    return bool(who.symbols) and names.listings[who.symbols[0]].kind in {"commodity", "future"}


def _of_contract(mark: Mark, traded: Sequence[int], text: str) -> Mark:
    """A month behind what is traded is that of its delivery, and no span: "Platinum for April eased 0.4%"."""
    delivery = mark.kind == "period" and any(_DELIVERY.fullmatch(text, end, mark.end) for end in traded)
    return replace(mark, kind="contract") if delivery else mark


def _of_listed(words: str, names: Names) -> bool:
    """Whether an index is told by its place alone, of which the list holds one: "Mexico's benchmark index"."""
    place = words.partition("'s ")[0] if OF_PLACE.fullmatch(words) else ""
    return bool(place) and any(n.endswith(" stocks") and n[:4] == place[:4] for n in names.meanings)


def _unlisted(marks: Sequence[Mark], named: Sequence[Mark]) -> list[Mark]:
    """The names that no list holds beside the other marks, without the words that are part of one: 神火股份."""
    return [m for m in marks if all(m.end <= n.start or n.end <= m.start for n in named)] + [*named]


def _unhedged(mark: Mark, names: Sequence[tuple[int, int]]) -> Mark:
    """The figure without a hedge that is the end of a name: 廣達278.5元."""
    end = next((end for start, end in names if start < mark.start < end <= mark.value.at), 0)
    return replace(mark, start=end, value=replace(mark.value, hedge="exact")) if end else mark


def _whole(mark: Mark, names: Names, around: str) -> list[Mark]:
    """大盘 as the index of the one market whose securities the paragraph names; else, to be asked, of the article's."""
    if mark.kind != "group" or mark.value.label != "the whole market" or not has_chinese(around):
        return [mark]
    told = [m.value[0] for m in names.marks(around) if isinstance(m.value, tuple) and len(m.value) == 1]
    main = {s for s in told if s in MAINS.values()}
    main = main or {MAINS.get(names.listings[s].exchange, "") for s in told}
    if len(main) == 1 and main != {""}:
        return [replace(mark, kind="name", value=tuple(main))]
    index = replace(mark, kind="name", value=(names.home,))
    return [Mark(mark.start, mark.start, "unsure"), index] if names.home else [mark]


def _stocks_and_currency(text: str, names: Names) -> Iterator[Mark]:
    """The index and the currency of a place, which 股汇市 means both, where the article names them."""
    index, currency = names.both or ("", "")
    for m in _BOTH.finditer(text) if index else ():
        yield Mark(m.start(), m.start("other"), "name", (currency,))  # first: an index would say where it trades
        yield Mark(m.start("other"), m.end(), "name", (index,))
        yield Mark(m.end(), m.end(), "unsure")


def both(text: str, names: Names) -> tuple[str, str] | None:
    """The index and the currency of the place of which an article names both; none where there are two such places."""
    told = {m.value[0] for m in names.marks(text) if isinstance(m.value, tuple)} if _BOTH.search(text) else set[str]()
    indices = [s for s in told if names.listings[s].kind == "index"]
    pairs = {(i, pair) for i in indices if (pair := f"{names.listings[i].currency}=X") in told}
    main = {p for p in pairs if p[0] in MAINS.values()} or pairs
    return main.pop() if len(main) == 1 else None


def home(text: str, names: Names) -> str:
    """The main index of the market on which most of the securities of an article are listed."""
    told = Counter(names.listings[m.value[0]].exchange for m in names.marks(text) if isinstance(m.value, tuple))
    exchange, count = next(iter(told.most_common(1)), ("", 0))
    return MAINS.get(exchange, "") if 2 * count > told.total() else ""


def _behind_names(found: Sequence[Mark], text: str, rules: Lexicon) -> Iterator[Mark]:
    """The moves right behind a name that ends in what another word for a move begins with: 超微跌, 松下跌, 特斯拉升."""
    moves = [m for m in found if m.kind in MOVES]
    for end in {n.end for n in found if n.kind == "name" and any(m.start < n.end < m.end for m in moves)}:
        masked = text[: end - 1] + HIDDEN + text[end:]
        yield from (m for m in rules.marks(masked) if m.start == end and m.kind in MOVES)


def _ahead(mark: Mark, dated: dt.date, always: bool) -> Mark:
    """A day behind the article's own is that of no move; one of a weekend only where something trades then."""
    day = mark.value.date if mark.kind == "date" else None
    if day and day > dated:
        return replace(mark, kind="ahead")
    return replace(mark, kind="closed") if day and day.weekday() >= WEEKEND and not always else mark


def _exchange(mark: Mark, names: Names) -> str:
    """Where the security trades that a mark names; empty for other marks."""
    named = mark.kind == "name" and isinstance(mark.value, tuple)
    return names.listings[mark.value[0]].exchange if named else ""


def _modifies(mark: Mark, heads: Sequence[int], text: str, figures: Sequence[int]) -> bool:
    """Whether a day only says which firm is meant, as in 上周刚公布业绩的石药集团, and is of no figure."""
    heads = [head for head in heads if not _PUBLISHED.fullmatch(text, mark.end, head)]
    telling = [head for head in heads if _TELLING.fullmatch(text, mark.end, head)]
    return any(not any(mark.end <= at < head for at in figures) for head in telling)


def _alike(marks: Sequence[Mark], text: str) -> Iterator[Mark]:
    """The commas around a figure said again in another unit end no clause: "199 points, or 3.1 per cent, lower"."""
    for one, other in pairwise([m for m in marks if m.kind == "amount"]):
        if _OR.fullmatch(text[one.end : other.start]) and one.value.unit != other.value.unit:
            yield Mark(one.end, other.end + 1, "")


def _spanned(marks: Sequence[Mark], text: str) -> list[Mark]:
    """Two days, or a span and a day, as the ends of one: "from Monday to Friday", 從週一到週三, "this year to Friday"."""  # noqa: E501
    kept = sorted(marks, key=lambda m: m.start)
    for one, other in pairwise([m for m in kept if m.kind in {"date", "period"}]):
        begun, between = (
            one.value if one.kind == "period" else Period(first=one.value.date),
            text[one.end : other.start],
        )
        last = other.value.date if other.kind == "date" else None
        to = _TO.fullmatch(between)
        if last and _WEEK.search(text[: one.end]) and _UP_TO.fullmatch(between):  # "in the week to Nov. 13"
            week = Period(first=last - dt.timedelta(last.weekday()), until=last, open=True)
            kept = [Mark(one.start, other.end, "period", week) if m == one else m for m in kept if m != other]
            continue
        days = one.kind == "date" and to and (to["counted"] or _FROM.search(text[: one.start]))
        if (
            last
            and begun.first
            and begun.first < last
            and (days or (one.kind == "period" and _THROUGH.fullmatch(between)))
        ):
            first = begun.first
            if days and ((to and to["counted"]) or (text[one.end - 1].isdigit() and not has_chinese(text))):
                first = DayMark(None, 1).resolved(first)  # "from Feb. 19 to March 23": of its close
            span = Mark(one.start, other.end, "period", replace(begun, first=first, until=last))
            kept = [span if m == one else m for m in kept if m != other]
    return kept


def _shares(marks: Sequence[Mark], text: str, names: Names, around: str) -> list[Mark]:
    """A firm with the market of its shares behind it, or 其 for it, is its listing there: 比亞迪A股漲2.9%,其港股漲3.5%."""  # noqa: E501
    kept = list(marks)
    for m in _SHARE_OF.finditer(text):
        told = m["market"] or m["letter"] or m["city"] or m["there"] or m["town"] or "美"
        place = _CITIES.get(told[0], told[0])
        own = m["own"] or m["its"] or m["it"] or m["whose"] or m["bare"]
        firms = [f for f in marks if f.kind == "name" and _stock(f, names) and f.end <= m.start()]
        alone = _BARE.search(text[: m.start()]) and (m["receipts"] or _THEN_MOVES.match(text, m.end()))
        there = m["there"] or (m["town"] and _BEHIND_CLAUSE.search(text, 0, m.start()))
        bare = there or (alone and not own)
        before = (
            around[: max(0, around.find(text))]
            if own or _POINTED.search(text[: m.start()]) or (bare and (m.start() or m["receipts"]))
            else ""
        )
        earlier = [f for f in names.marks(before) if _stock(f, names)]
        firm = max(firms or earlier, key=lambda f: f.start, default=None)
        if firm is None or not (own or bare or firm.end == m.start()) or (m["letter"] and firm.end < m.start()):
            continue
        of_firm = {s for every in names.meanings.values() if firm.value[0] in every for s in every}
        meant = tuple(s for s in of_firm if names.listings[s].exchange in _EXCHANGES[place])
        far = bool(bare or not firms)
        if far and len(meant) != 1:
            continue
        value = meant if len(meant) == 1 else Subject(name=text[firm.start : firm.end] + f"{place}股")
        kept = [k for k in kept if k.end <= m.start() or k.start >= m.end()]
        apart = own or bare
        elsewhere = tuple(s for s in firm.value if s not in meant)
        other = [replace(firm, value=elsewhere)] if apart and elsewhere and firm in kept else []
        kept = [k for k in kept if k != firm] + other if other or not apart else kept
        kept += [Mark(m.start(), m.start(), "unsure")] * far + [Mark(k.start, k.start, "unsure") for k in other if bare]
        kept.append(Mark(m.start() if apart else firm.start, m.end(), "name", value))
    return kept


def _stock(mark: Mark, names: Names) -> bool:
    """Whether a name means a stock of the list."""
    return isinstance(mark.value, tuple) and names.listings[mark.value[0]].kind == "stock"


def _unitless(mark: Mark, marks: Sequence[Mark], text: str) -> Mark:
    """A bare number right behind a name is in the unit of the figure before: "fell 4.4 per cent and Comerica 5.1"."""
    if (
        mark.kind != "amount"
        or mark.value.unit != "number"
        or not (_ENDS.match(text, mark.end) or _POINTS.match(text, mark.end))
    ):
        return mark
    before = [m for m in marks if m.end <= mark.start]
    index = [m.value for m in before if m.kind == "name" and isinstance(m.value, tuple)][-1:]
    if index and Subject(index[0]).is_index and before[-1].kind in MOVES and _POINTS.match(text, mark.end):
        return replace(mark, value=replace(mark.value, unit="points"))  # "adding 30.27, or 0.3 %, to 11,042.50"
    named = any(
        m.kind in {"name", *BARE} and not text[m.end : mark.start].strip() and m.end <= mark.start for m in marks
    )
    before = [m for m in marks if m.kind == "amount" and m.end <= mark.start]
    if not (named and before and before[-1].value.unit == "percent"):
        return mark
    amount = mark.value
    parts = {key: getattr(amount, key) / 100 for key in ("low", "high", "finest", "coarsest")}
    return replace(mark, value=replace(amount, unit="percent", **parts))


def _since(mark: Mark, marks: Sequence[Mark], text: str, dated: dt.date) -> Mark:
    """A day that a span or a rank looks back to, as in 自3月8日以来, is no day of a move."""
    if mark.kind == "since":
        return mark if _ranks(mark.start, marks, text) else _since_month(mark, text, dated)
    if mark.kind != "date":
        return mark
    then = _SINCE_THEN.match(text, mark.end)
    from_today = mark.value.date == dated and text.startswith("起", mark.end)  # 今天起罢工: of what is to come
    if (
        other := _week_to(mark, text) or _until_now(mark, marks, text, dated) or _to_come(mark, marks, text)
    ) is not None:
        return other
    valued = then and then["counted"] and text.endswith(("以", "按"), 0, mark.start)  # 以上周五收市价计: of that day
    if from_today or valued or not then:
        return mark
    if rank := _SINCE_RANK.match(text, mark.end):
        told = _YEAR_BEFORE.search(text[: mark.start])
        return Mark(told.start() if told else mark.start, rank.end(), "since")  # 去年11月3日以来最低
    first = mark.value.date
    if first and then["counted"]:
        first = DayMark(None, 1).resolved(first)  # 由4月19日收市起计: from that day's close
    until = dt.date(dated.year - 1, 12, 31) if then["past"] else dated
    return replace(mark, kind="period", value=Period(first=first, until=until if first else None, open=True))


def _until_now(mark: Mark, marks: Sequence[Mark], text: str, dated: dt.date) -> Mark | None:
    """8月11日宣布分割,至今飙升81%: from the day of the event that the clause before tells."""
    now = _UNTIL_NOW.match(text, mark.end)
    if now is None or mark.value.date is None:
        return None
    if any(m.kind in {"date", "period"} and mark.end <= m.start < now.end() for m in marks):
        return None
    return Mark(now.start("now"), now.end(), "period", Period(first=mark.value.date, until=dated, open=True))


def _week_to(mark: Mark, text: str) -> Mark | None:
    """截至5月17日的一周: a week told by its last day; one that ends before Friday may have begun in the last."""
    if not mark.value.date or not (week := _WEEK_TO.match(text, mark.end)):
        return None
    last = mark.value.date
    told = Period(first=last - dt.timedelta(last.weekday()), until=last, open=last.weekday() < WEEKEND - 1)
    return Mark(mark.start, week.end(), "period", told)


def _to_come(mark: Mark, marks: Sequence[Mark], text: str) -> Mark | None:
    """周三起恢复堂食: a day from which something is to come that is no move."""
    if not _FROM_THEN.match(text, mark.end):
        return None
    high = next((m.start() for m in _CLAUSE.finditer(text, mark.end)), len(text))
    moved = any(m.kind in {"amount", *MOVES} for m in marks if mark.end <= m.start < high)
    return None if moved else replace(mark, kind="ahead")


def _ranks(since: int, marks: Sequence[Mark], text: str) -> bool:
    """Whether a rank, a record or a superlative stands before: "its lowest close since", "the worst week since"."""
    ranked = any(m.kind in RANKS and m.end <= since and _NOUNS.fullmatch(text, m.end, since) for m in marks)
    return ranked or bool(_SUPERLATIVE.search(text[:since]))


def _since_month(mark: Mark, text: str, dated: dt.date) -> Mark:
    """11月以来累计涨13%: a span from that month on, where no rank looks back to it."""
    found = _MONTH.fullmatch(text, mark.start, mark.end)
    if found is None or not _SO_FAR.match(text, mark.end):
        return mark
    number = int(found["month"])
    first = dt.date(int(found["year"] or dated.year - (number > dated.month)), number, 1)
    return replace(mark, kind="period", value=Period(first=first, until=dated, open=True))


def _base(mark: Mark, marks: Sequence[Mark], text: str) -> Mark:
    """The day of what a move is counted from or takes back is none of the move: "from Friday's $286.14", "from 3.98 % on Friday"."""  # noqa: E501
    owned = mark.kind == "date" and _OWNED.match(text, mark.end)
    earlier = mark.kind == "date" and (mark.value.steps == -1 or "继" in text[max(0, mark.start - 6) : mark.start])
    based = (owned and _BASED.search(text[: mark.start])) or (earlier and _ZH_AFTER.match(text, mark.end))
    levels = [m for m in marks if m.kind == "amount" and m.end <= mark.start and mark.kind == "date"]
    behind = levels and BEHIND.fullmatch(text, levels[-1].end, mark.start) and _LEVEL.search(text[: levels[-1].start])
    head, numbered = text[: mark.start], re.search(r"\d", text[mark.start : mark.end])
    looked = _OF_PEAK.search(head) or _DUE.search(head) or (numbered and _REPORTED.search(head))
    if mark.kind == "date" and looked:
        return replace(mark, kind="ahead")  # the day of what is looked back to, and of no move
    peak = mark.kind == "date" and _TO_PEAK.search(text[: mark.start]) and _PEAK_OF.match(text, mark.end)
    if peak:
        return replace(mark, kind="base" if peak["level"] else "ahead")
    if mark.kind == "date" and _UNDONE.search(text[: mark.start]):
        return replace(mark, kind="base" if _ITS_FIGURE.match(text, mark.end) else "ahead")  # 回吐周一的3%涨幅
    if mark.kind == "date" and _OF_NOUN.match(text, mark.end):
        return replace(mark, kind="ahead")
    compared = mark.kind == "date" and _COMPARED.match(text, mark.end) and _WITH.search(text[: mark.start])
    if compared or (mark.kind == "date" and (compared := _COMPARED_TO.search(text[: mark.start]))):
        return _than(mark, compared.start(), text)
    based = based or (earlier and _FROM_BASE.search(text[: mark.start]) and _PRICE_OF_DAY.match(text, mark.end))
    based = based or (mark.kind == "date" and _NEXT_TO.search(text[: mark.start]) and _OF_THEN.match(text, mark.end))
    news = mark.kind == "date" and has_chinese(text) and _EVENING_NEWS.match(text, mark.start)
    moved = mark.kind == "date" and _MOVED_FROM.search(text[: mark.start])
    moved = moved or (
        mark.kind == "date" and _FROM_ZH.search(text[: mark.start]) and _LEVEL_MOVED.match(text, mark.end)
    )
    return replace(mark, kind="base") if based or behind or news or moved else mark


def _than(mark: Mark, start: int, text: str) -> Mark:
    """A day that is compared with: 较昨日收市价0.81元折让11%; every move is counted from the session before, 较前一日跌8点."""  # noqa: E501
    if _PRICE_OF.match(text, mark.end):
        return replace(mark, kind="base")
    return Mark(start, mark.end, "than_before") if mark.value.steps == -1 else replace(mark, kind="ahead")


def _aside(mark: Mark, text: str, rules: Lexicon) -> Mark:
    """A name that only says whose supplier, rival or member is meant, or what is compared, is no subject."""
    if mark.kind != "names":
        return mark
    before, after = text[: mark.start], text[mark.end :]
    chinese = has_chinese(text)
    aside = rules.aside["zh_before" if chinese else "en_before"].search(before)
    aside = aside or rules.aside["zh_after" if chinese else "en_after"].match(after)
    return replace(mark, kind="aside") if aside else mark


def _joined(text: str, marks: Sequence[Mark], names: Names, parts: Sequence[Clause]) -> list[Mark]:
    """Names and groups of a clause that only commas and the like part become one mark "names", with their subjects."""
    joined: list[Mark] = []
    for mark in marks:
        if mark.kind == "parent" and joined and joined[-1].kind == "names" and joined[-1].end == mark.start:
            joined.pop()  # "the parent of X" does not speak of X
            continue
        if mark.kind not in {"name", "group", "stranger"}:
            owned = joined and joined[-1].kind == "names" and joined[-1].end + 1 == mark.start
            if not (mark.kind == "off" and owned and _FUND.match(text, mark.start)):  # "the KRE fund" is a security
                joined.append(mark)
            continue
        subject = _subject(mark, text, names)
        last = joined[-1] if joined else None
        if last and last.kind == "names" and text[last.end : mark.start] in {"", ","} and _market(last, names):
            joined.pop()  # 台股 before 台積電, 美股 before 道指: where it trades, not a second subject
            last = joined[-1] if joined else None
        following = next((m for m in marks if m.start >= mark.end and m.kind in _HELD), None)
        figure = following and following.kind == "amount" and not _CLAUSE.search(text, mark.end, following.start)
        named = next((m for m in joined[::-1] if m.kind != "date"), None)  # Nike隔晚美股跌1.3%
        if _traded(mark, named, text, bool(figure)):
            if last and last.kind == "names" and last.end == mark.start:
                joined[-1] = replace(last, end=mark.end, value=_listed(last.value, text[mark.start], names))
            continue
        if last and last.kind == "names" and _apposed(text, last, mark, subject):
            joined[-1] = replace(last, end=mark.end, value=(*last.value[:-1], subject))  # Shopify (SHOP.TO)
        elif (
            last
            and last.kind == "names"
            and innermost(parts, last.start) == innermost(parts, mark.start)
            and _lists(_between(text, last, mark), last, subject, text[: last.start], has_chinese(text))
        ):
            subjects = last.value if subject in last.value else (*last.value, subject)
            joined[-1] = replace(last, end=mark.end, value=_narrowed(subjects))
        else:
            joined.append(Mark(mark.start, mark.end, "names", (subject,)))
    return joined


def _apposed(text: str, last: Mark, mark: Mark, subject: Subject) -> bool:
    """Whether a kind of stocks stands right before the name of one, or a code behind its name, which it settles."""
    between = text[last.end : mark.start]
    if between.strip() == "(":
        return re.fullmatch(r"[\^A-Z0-9.=-]+", text[mark.start : mark.end]) is not None
    kind = last.value[-1].group is not None and subject.group is None
    listed = has_chinese(text) and between == "" and bool(subject.symbols) and not subject.is_index  # 石油股中海油
    return kind and (between == " " or listed)


def _between(text: str, last: Mark, mark: Mark) -> str:
    """The words between two names, without what the second is: 神奇制药和金融软件商信雅达."""
    words = text[last.end : mark.start]
    role = (
        has_chinese(text) and words[:1] in {*"、和与及跟"} and behind_role(text, last.end + 1, len(text)) == mark.start
    )
    return words[0] if role else words


def _lists(between: str, last: Mark, subject: Subject, before: str, chinese: bool) -> bool:
    """Whether two names stand in one list; in Chinese a name said again begins a new clause."""
    if _PLACED.search(before) and between.startswith(", the "):
        return False  # "On Wall Street, the Dow rose"
    if chinese and subject in last.value:
        return between.strip() == "("  # 可口可樂 (Coca-Cola)
    if chinese and "," in between and last.value[-1].group:
        return False  # 资金流入金矿股,紫金矿业升1.7%
    if "," in between and subject.is_index != last.value[-1].is_index and (subject.is_index or len(last.value) == 1):
        return False  # "After losses in Apple, the Dow fell"; "On the TSX, Shopify fell"
    return bool(_JOIN.fullmatch(between))


def _subject(mark: Mark, text: str, names: Names) -> Subject:
    """What the mark names; its futures, its receipts, a firm called after a place or a metal are other securities."""
    if mark.kind == "group":
        return Subject(group=mark.value)
    words = text[mark.start : mark.end]
    if isinstance(mark.value, tuple) and "国债收益率" in words and "美" not in text:
        return Subject(group=Group(words, words))  # 10年期国债收益率 is China's where no other state is named
    if isinstance(mark.value, Subject):
        label = mark.value.name
        own = label.endswith("指数") and re.search(r"[A-Za-z\d]", label)  # 北证50指数 is the name of one
        own = own or re.fullmatch(r"[A-Z].* (?:stock|share|equity|bourse) index", label)
        kinds = label.endswith(_KINDS) or re.match(r"(?:(?:benchmark|main|leading) index o|sub-?index)", label)
        return Subject(group=Group(label, label)) if kinds and not own else mark.value
    kind, before = names.listings[mark.value[0]].kind, text[: mark.start]
    other = None if kind == "commodity" else _OTHER.match(text, mark.end)
    if other and kind == "stock" and other[0].strip() == "公司":
        other = None  # 博通公司 is 博通; 新加坡公司 is none that a list holds
    contract = _CONTRACT.match(text, mark.end) if kind == "commodity" and has_chinese(words) else None
    if contract:  # 铁矿石期货主力合约 is that of an exchange in China
        return Subject(group=Group(words + contract[0], words + contract[0]))
    followed = _OF_INDEX.match(text, mark.start) if kind == "fund" else None  # 台湾50指数 is none of the fund
    other = other or (followed if followed and followed.end() >= mark.end else None)
    part = _SUBINDEX.match(text, mark.end) if kind == "index" else None
    other = other or (part if part and not any(at == 0 for at, _, _ in names.finder.spans(part[0])) else None)
    pattern = {
        "index": _VIX_OF if mark.value == ("^VIX",) else _BIOTECH if words.startswith("科技") else None,
        "commodity": _FIRM if words.isascii() and words.istitle() else _TITLED,
        "yield": _ABROAD,
    }.get(kind)
    if titled := pattern and pattern.search(before):
        return Subject(name=text[titled.start("words") : mark.end])
    return Subject(name=text[mark.start : other.end()]) if other else Subject(mark.value)


def _traded(mark: Mark, last: Mark | None, text: str, alone: bool) -> bool:
    """阿里巴巴美股, 美股周四开盘后: the market says where and when something trades; 台股开盘后跌逾200点 is its own move."""  # noqa: E501
    if not _MARKET.fullmatch(text[mark.start : mark.end]):
        return False
    behind = last is not None and last.kind == "names" and bool(_WHEN.fullmatch(text, last.end, mark.start))
    return behind or (not alone and bool(_HOURS.match(text, mark.end)))


def _listed(subjects: tuple[Subject, ...], market: str, names: Names) -> tuple[Subject, ...]:
    """The last of the names as it is listed on the market said right behind it: 阿里巴巴美股."""
    meant = tuple(s for s in subjects[-1].symbols if names.listings[s].exchange in _EXCHANGES.get(market, ()))
    return (*subjects[:-1], Subject(meant)) if len(meant) == 1 else subjects


def _market(mark: Mark, names: Names) -> bool:
    """Whether the last of the list is an index: named right before another security it says where that trades."""
    last = mark.value[-1]
    return len(mark.value) == 1 and bool(last.symbols) and names.listings[last.symbols[0]].kind == "index"


def _compared(marks: Sequence[Mark]) -> list[Mark]:
    """Names behind "more than" are what is compared with ("others"), where the sentence speaks of market value."""
    if not any(m.kind == "value" for m in marks):
        return list(marks)
    kept: list[Mark] = []
    for mark in marks:
        nearest = next((m.kind for m in reversed(kept) if m.kind != "value"), "")
        comparing = nearest in {"more_against", "about_against"}
        kept.append(replace(mark, kind="others") if comparing and mark.kind in {"names", "aside"} else mark)
    return kept


def _narrowed(subjects: tuple[Subject, ...]) -> tuple[Subject, ...]:
    """A name followed by the ticker of one of its listings means that one."""
    single = {s.symbols[0] for s in subjects if len(s.symbols) == 1}
    return tuple(s for s in subjects if len(s.symbols) < 2 or not single & set(s.symbols))


def _placed(mark: Mark, text: str, rules: Lexicon, names: Names, around: str) -> Mark:
    """Words for the place of listing settle which of several is meant: near it, else before it."""
    subjects = mark.value
    behind = _CLAUSE.split(text[mark.end : mark.end + NEAR])[0]
    before = _CLAUSE.split(text[max(0, mark.start - 12) : mark.start])[-1]
    said = around[: max(0, around.find(text))]
    said = said if has_chinese(text) else line[0] if (line := _LINE.match(said)) else ""
    beside = text[mark.end : mark.end + NEAR]  # a place behind the next name, or a Chinese one, may be another's
    beside = " ".join(_COIN.findall(beside)) if has_chinese(text) else _WHILE.split(beside)[0]
    for words in (before + text[mark.start : mark.end] + behind, beside, text[: mark.start], said):
        subjects = tuple(_listing(s, words, rules, names) for s in subjects)
    if _TOLD_ADR.search(around):  # where receipts are told as such, the rest is at home
        subjects = tuple(_at_home(s, names) for s in subjects)
    return _receipt(replace(mark, value=subjects), text, names)


def _listing(subject: Subject, near: str, rules: Lexicon, names: Names) -> Subject:
    if len(subject.symbols) < 2:
        return subject
    meant = tuple(
        s
        for s in subject.symbols
        if (place := rules.places.get(names.listings[s].exchange)) is not None and place.search(near)
    )
    return Subject(meant) if len(meant) == 1 else subject


def _at_home(subject: Subject, names: Names) -> Subject:
    home = tuple(s for s in subject.symbols if names.listings[s].exchange not in _AMERICAN)
    return Subject(home) if len(subject.symbols) == len(home) + 1 == 2 else subject


def _receipt(mark: Mark, text: str, names: Names) -> Mark:
    """A name with "ADR" behind it whose receipt no list holds is no home share."""
    adr, last = _ADR.match(text, mark.end), mark.value[-1]
    if adr is None or not last.symbols or any(names.listings[s].exchange in _AMERICAN for s in last.symbols):
        return mark
    return replace(mark, value=(*mark.value[:-1], Subject(name=text[mark.start : adr.end()])))


def sentences(line: str, rules: Lexicon) -> Iterator[str]:
    """The line's sentences, in either language; an abbreviation does not end one."""
    start = 0
    for m in re.finditer(r"[。!?]+[”’\"」』)]*|\.(?=[\s”’\"」])[”’\"」』)]*\s+(?=[A-Z“‘\"「0-9])", line):
        head = line[start : m.start()]
        short = rf"(?:^|[\s(])(?:{'|'.join(map(re.escape, rules.abbreviations))})$"
        if m[0].startswith(".") and (_INITIAL.search(head) or re.search(short, head)):
            continue
        yield from _pieces(line[start : m.end()].strip())
        start = m.end()
    yield from _pieces(line[start:].strip())


def _pieces(sentence: str) -> Iterator[str]:
    """A sentence without end, as tables pasted into a text are, in pieces that stay quick to read."""
    while len(sentence) > LONG:
        cut = max(sentence.rfind(c, 0, LONG) for c in ", ") + 1 or LONG
        yield sentence[:cut]
        sentence = sentence[cut:].strip()
    if sentence:
        yield sentence
