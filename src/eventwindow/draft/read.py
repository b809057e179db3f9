"""An article's lines → its statements about markets."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from eventwindow.draft.accounted import market, of_span, region, strange, unaccounted
from eventwindow.draft.chinese import has_chinese, numeral, simplified
from eventwindow.draft.clauses import COMPARISON, RELATIVE
from eventwindow.draft.context import (
    About,
    Context,
    contrasted,
    days_told,
    now,
    one_day,
    resolved,
    session_of,
    story_days,
    told_before,
)
from eventwindow.draft.dates import ALONE, ASIAN_CLOCK, DayMark, days
from eventwindow.draft.fallback import fallback
from eventwindow.draft.lexicon import Lexicon, Mark, lexicon
from eventwindow.draft.missed import missed, unreal, untold
from eventwindow.draft.periods import WORDS, Period, periods
from eventwindow.draft.quantified import (
    AFTER_HOURS,
    FALLBACK,
    LATE,
    MOMENT,
    POSSIBLE,
    SPAN,
    WHICH_DAY,
    against,
    figures,
)
from eventwindow.draft.review import SHORT, framed_after, reviewed, reviewed_zh
from eventwindow.draft.securities import Names, names
from eventwindow.draft.sentence import OPEN_AT_WEEKENDS, WEEKEND, Sentence, both, dateline, home, parse, sentences
from eventwindow.draft.statement import NOBODY, Statement, Subject
from eventwindow.draft.strangers import strange_names
from eventwindow.draft.subjects import topic_of
from eventwindow.draft.unquantified import remarks
from eventwindow.errors import Reason
from eventwindow.study.definition import Study

TWICE = Reason("draft_twice")
WEEKDAY = Reason("draft_weekday")
CLOSE = {"exact", "about", "nearly", "almost", "amounted_to"}  # hedges of figures that stand near the true one
AFTER = 3  # days between the dateline and the day of the paper
WEEK = 7  # days; one before is not that of the story
FAR = 5  # days back, from which on the same weekday to come is nearer than two days
LONG_AGO = 62  # days
FOUNDED = 1911  # the year before the first one of Taiwan's count
FEW = 5  # days, which may hold one session only
FROM_LEVEL = {"return", "points", "price_change", "value_change", "value_changes_sum"}
NEAR = 0.25  # how far two of them may be apart
_SPAN_FROM = re.compile(r"以来|至今|起|的?(?:盘中|收盘)?[高低][点位]")
_DAY_ALONE = re.compile(r"\d{1,2}日")
_DIGIT = re.compile(r"\d")
_WITH_YEAR = re.compile(r"(?:19|20)\d\d")
_MONTH_DAY = re.compile(r"\d\s?月\d|[a-z]\w* \d|\d \w*[a-z]", re.IGNORECASE)
_NUMBERED = re.compile(r"\d{4}|\d[日号]|[a-z]\w* \d|\d \w*[a-z]", re.IGNORECASE)
_EARLIER = re.compile(
    r"\b(?:after|from|since|following|before|earlier|than|against|previous|prior|last|on top of|had)\b"
    r"(?:[^.;]|\.\d){0,40}$|[从自较比继在]$",
    re.IGNORECASE,
)
_FRAME = re.compile(r"(?:For|On|Over|In) (?:the )?\w+:")  # a line over the lines of a table: "For the week:"
_DAY_FRAME = re.compile(  # 周四收盘一览:
    r"[^,。;:\d]{0,6}(?:[周昨今][一二三四五日天]|(?:\d{1,2}月)?\d{1,2}日)[^,。;:\d]{0,8}:"
)
_OF_CLOSE = re.compile(r"[收市盘]")
_AMERICA = re.compile(
    r"(?:(?:美国?股市?|华尔街|纽约股市)(?:方面,)?(?:于|在)?|(?:美东|纽约)时间)$"
    r"|,?(?:在|的)?(?:美国?股市?|美国[\u4e00-\u9fff]{0,4}股|华尔街|纽约股市)"
)
_ASIAN_MARKET = re.compile(r"[台港日韩陆A]股")
_TOPIC = re.compile(r"\?|交易日|股价|[股盘大后]市|盘面|行情|走势|表现|[涨升]跌|反应|两样情")  # of what comes next
_BY_DAY = re.compile(r"(?:天|日)$")  # 前一天 is looked back to; 前一晚 is when America traded
_ONCE = re.compile(r"[^,;。]{0,4}曾")  # 上周五盘中曾见479元: looked back to
_YIELD = re.compile(r"((?:孳息率?|[债債]息|收益率|殖利率)[^,;。\d]{0,10}\d[\d.]*)厘")  # in Hong Kong, per cent
_OF_MONTH = re.compile(  # of a day that is not told: 10月初才突破126000美元, 去年7月创下过148.57元的历史高价, 上周曾见
    r"(?:(?<!\d)(?:1[0-2]|[1-9])月(?:(?:[初底末间]|[上中下]旬)[^,;。\d]{0,8}?)?|上周(?=曾))(?:所|才|刚|也|曾经?|一度|首[度次])*"
    r"(?:突破|[跌升]破|升穿|站上|失守|[创写]下?|刷新|改写|缔造|来到|到过|[高低]?见|[跌涨升]到)"
)
_FROM_LEVEL = re.compile(r"(?:的|总?市值|收[盘市]价?)*(?:[\d,.万亿兆]+(?:点|元)|(?=[上下大小]?[涨跌升挫]|增|减))")
_ITS_WEEK = re.compile(r"[单当那整全]周(?![一二三四五六日])")
_NIGHT = re.compile(r"凌晨|[清今]晨|今早|早[上晨]")  # of a day in Asia, when the one before ends in America
_WIRE = re.compile(r"<(\^?[A-Z0-9]{1,6}[a-z]?\.[A-Z]{1,2})>")
_RIC = re.compile(r"\s?[(<](?:[A-Z]{1,6}\.(?:O|OQ|N|A|P|K)|\.[A-Z0-9]{2,8})[)>]")  # a wire's own code: Nvidia (NVDA.O)
_CODE = re.compile(r"\((?P<at>[A-Z]{3,6}): ?(?P<code>[A-Z0-9.]{1,7})\)|\((?P<us>[A-Z.]{1,5})[-.]US\)")
_SUFFIXES = {"LON": "L", "LSE": "L", "TSX": "TO", "ASX": "AX", "HKG": "HK", "HKEX": "HK", "SEHK": "HK", "TYO": "T",
             "TSE": "T", "TPE": "TW", "TWSE": "TW", "KRX": "KS", "ETR": "DE", "FRA": "DE", "EPA": "PA", "AMS": "AS",
             "BIT": "MI", "STO": "ST", "SWX": "SW", "NSE": "NS"}  # fmt: skip
_PER_CENT = re.compile(  # "11.7pc", not "top 5 PC makers"
    r"(?<=\d)(?:[ -]?(?i:per ?cent|pct)|pc|[ -]pc(?! (?:\w+ )?(?i:makers?|chips?|(?:chip)?stocks?|sales|shipments?|brands?|firms|compan(?:y|ies)|vendors?|suppliers?|units?|games?|market|users?|models?|parts?)\b))\b"  # noqa: E501
)
_FEW_CENTS = re.compile(rf"\b(?P<n>one|{'|'.join(WORDS)})(?= (?:(?:US )?cents?|sen)\b)")
_DIGITS = {c: str(k) for k, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0"}
_ZH = f"[{''.join(_DIGITS)}十百千]"
_WRITTEN = re.compile(  # 三十一.〇八一元, 一四六〇元, 十一月二日, as some papers write all figures
    rf"(?<![点第])(?P<whole>{_ZH}+)\.(?P<part>[{''.join(_DIGITS)}]+)|(?<!点)(?P<row>[{''.join(_DIGITS)}]{{3,}})(?![十百千万亿])"
    rf"|(?<![个第几近过前数])(?<!{_ZH})(?P<month>十[一二]?|[一二三四五六七八九])月"
    r"(?:(?P<day>三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])(?P<sign>[日号]))?(?!份?个)"
)
_TWENTY = re.compile(r"[卅廿](?=[一二三四五六七八九]?[元点點角%.]|[一二三四五六七八九]?[日万億亿])")
_MYRIAD = re.compile(rf"([一二两三四五六七八九十]+)万([{''.join(_DIGITS)}]{{4}})(?![十百千万亿])")  # 二万七二一一点
_POINT_BEHIND = re.compile(rf"(?<=\d)点([{''.join(_DIGITS)}]{{1,3}})(?=[点元])")  # 一六一五点四九点
_SIGNED = re.compile(r"(?<=[元点])\s*(?P<sign>[-+−–])(?=\d[\d.,]*%)")  # a table's 50.7元 -7.8%
_ROW = re.compile(  # of a table of closes: 日经225指数 27385.25 -34.36 -0.13%
    r"^(?P<name>(?!成交|合计|平均|总)(?=\S*[\u4e00-\u9fff])[\u4e00-\u9fffA-Za-z][^\s,。:]{1,16}?)(?P<code>\(?[\dA-Z.]{4,9}\))?"
    r" (?P<level>\d[\d,]*\.?\d*)[元点]?"
    r" (?P<sign>[-+−–])(?P<change>\d[\d,]*\.?\d*)[元点]? (?P=sign)(?P<share>\d+\.?\d*%)$"
)
_SHARE_CLASS = re.compile(r"(?<=[\u4e00-\u9fff])-S?W(?![A-Za-z])")  # of Hong Kong: 小米集团-W
_PLACES = {  # of a head
    "America": re.compile(r"纽约|华尔街|华盛顿|旧金山|洛杉矶|芝加哥|波士顿|西雅图"),
    "Europe": re.compile(r"伦敦|巴黎|柏林|法兰克福|苏黎世|日内瓦|阿姆斯特丹|哥本哈根|斯德哥尔摩|布鲁塞尔|米兰|马德里"),
}
_TEN_THOUSANDS = re.compile(  # 4万7944.76点, 27万6,313张, 4万995点
    r"(?<![\d.,])(?P<high>\d{1,3})[万萬](?:[零〇](?=\d{1,3}(?:\.|点)))?(?P<low>\d,\d{3}|\d{3,4}|(?<=[零〇])\d{1,2})(?P<part>\.\d+)?(?![\d,]|[万萬亿億])"
)
_REPUBLIC = re.compile(r"(?<!\d)1[01]\d(?=年\d{1,2}月\d{1,2}日)")  # a year as Taiwan counts them: 114年12月19日
_TURNED_OVER = re.compile(r"成交[额值](?:约为?|达|近|逾)?[\d,.]+亿(?=[,;。])")  # 成交额1671亿, as radio says it
_ABOUT = re.compile(r"约为(?=\d)")
_BASE_IN_BRACKETS = re.compile(  # 较上周(3月6日)的33599点
    r"较(?:上周)?\(((?:\d{4}年)?\d{1,2}月\d{1,2}日)\)(?=(?:的|市值)?\d)|较上周(?=的?\d[\d,.]*点)"
)
_MOST_IN_BULLETIN = (
    re.compile(  # 涨幅以水泥类指数上涨4%为最大, 本周跌幅最大则是玻璃陶瓷类指数下跌8%, as an exchange writes
        r"(?P<when>[本上]周)?(?P<of>[涨跌]幅)(?:以|(?P<most>最[大深])(?:的?是|为|则[是为]))"
        r"(?P<told>[\u4e00-\u9fff]{2,10}?(?:上涨|下跌)[\d.]+%)(?(most)|为?最[大深惨](?![\u4e00-\u9fff]))"
    )
)
_SIGN = re.compile(r"[▲△▼▽] ?(?=\d)")
_EIGHTHS = {"¼": "25", "½": "5", "¾": "75", "⅛": "125", "⅜": "375", "⅝": "625", "⅞": "875",
            "1/4": "25", "1/2": "5", "3/4": "75", "1/8": "125", "3/8": "375", "5/8": "625", "7/8": "875"}  # fmt: skip
_FRACTION = re.compile(  # as grain is quoted: $5.17¼, 14.24-1/2, "502 1/4 cents"
    r"(?<![\d./-])(?P<whole>\d[\d,]*(?P<point>\.\d+)?)(?: ?(?P<sign>[¼½¾⅛⅜⅝⅞])"
    r"|[ -](?P<part>[1357]/8|[13]/4|1/2)(?![\d/]))"
)
_BARE_POINT = re.compile(r"(?<![\w.,%)\]])\.(?=\d)")  # "fell .3 percent"
_RUPEES = re.compile(r"\bRs\.? ?(?=\d)")
_CRORE = re.compile(r"(?<![\d.,])(?P<n>\d[\d,]*(?:\.\d+)?)[ -](?P<lakh>lakh[ -])?crores?\b")
_LIVE = re.compile(  # written while the exchange is open
    r"半日|午收|(?:最新|现|暂)报|截至(?:[今\d]+[早天日])?(?:早上|上午|中午|下午)?\d{1,2}[时点:]|(?:日|[-/]\d\d) ?(?:0\d|1[0-3]):\d\d|开盘表现|\d点\d\d分"  # noqa: E501
)
_CLOCK = re.compile(  # of a byline, while the exchanges of America are open
    r"^[^\n]{0,60}\b(?:19|20)\d\d\b[^\n\d]{0,16}(?:(?:9:[3-5]\d|1[01]:\d\d) ?a\.?m|(?:12|[123]):\d\d ?p\.?m)\b",
    re.IGNORECASE | re.MULTILINE,
)
_TO_COME = re.compile(r"\b(?:will|would|due|expected|scheduled|plan\w*)\b|[将拟]|会(?!议|后|中)|预[计定期]|可[能望]")
_PLACE_HEAD = re.compile(r"[A-Z]{3,}(?: [A-Z]{3,}){0,3}:?")  # "DUBAI" over "The index rose 0.5%"
NO_SUBJECTS: tuple[tuple[Subject, ...], ...] = ((), (), ())
_INTRADAY = re.compile(  # of a lede, while the exchange is open: "jumped early on Tuesday", "at lunch break"
    r"\bearly (?:on )?\w+day\b|\b(?:at|after) the open(?:ing(?: bell)?)?\b"
    r"|\bin (?:early|morning|afternoon|midday) (?:trad|deal)\w+"
    r"|\b(?:higher|lower|up|down|mixed|flat|fell|rose|slid|gained|dropped|jumped|sank) (?:on )?"
    r"(?:late )?\w+day (?:late )?(?:morning|afternoon)\b"
    r"|\b(?:in|by|end|ends|ended) (?:the )?(?:morning|afternoon)\b(?! (?:of|edition))"
    r"|\bin the first (?:half-)?hour\b|\bopen(?:s|ed)? (?:\w+ )?(?:higher|lower|flat|mixed|up|down)\b"
    r"|\b(?:minutes|hours?) into (?:the )?(?:trading|session|day)\b"
    r"|\b(?:at )?(?:mid-?day|lunch(?:time| break)?|noon)\b"
    r"|\b(?:at|by|as of|around) (?:about )?(?:(?:8|9|1[0-2])(?:[:.]\d\d)? ?a|(?:12|[1-3])(?:[:.]\d\d)? ?p)\.?m\b"
    r"|[早午]盘(?!前|收|[^,。]{0,8}(?:随后|其后))|盘初|(?<![收复])开盘(?!价|前|首日|后)",
    re.IGNORECASE,
)
_PLUPERFECT = re.compile(r"\bhad(?: \w+)? \w+(?:ed|en|n|t)\b", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-–—•·]|\*{1,3})\s+(?=\S)")
_BY_NIGHT = re.compile(r"[晚夜]")  # 隔晚, 隔夜
_TABLED = re.compile(  # "Ocado Group (OCDO) 816.60p 8.42%", a row of a table of movers
    r"^(?P<name>[A-Z][^()\d]{2,40}) \([A-Z]{2,5}(?:\.[A-Z])?\)"
    r" (?P<price>[^\w\s]?[\d,]+\.\d+p?) (?P<sign>[-+−]?)(?P<share>\d+\.\d+%)$"
)
_NUMBERED_INDEX = re.compile(
    r"\b(Nifty|ASX|FTSE|S&P|Nasdaq|CAC|STOXX|Nikkei|CSI|KOSPI|Russell|TSX|NZX|IBEX)(?=\d{2,4}\b)"
)
_POINTS = re.compile(  # how a paragraph begins that goes back to the firm of the article
    r"(?:[^,\d]{2,40}, )?"
    r"(?i:(?:the|its) (?:stock|shares|company|firm)\b(?! (?:market|exchange|of|in)\b)|trading volume\b)"
)
_NIGHTLY = re.compile(  # "Mar 31, 2022, 12:40 a.m. UTC": written behind the day that it tells of
    r"\W*(?:(?:published|updated|posted|last updated|first published|modified)\b[:\s]*(?:on |at )?)?"
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun)\w*\W+)?(?:\w{3,9}\.? \d{1,2},? \d{4}"
    r"|\d{1,2} \w{3,9}\.?,? \d{4}|\d{4}-\d\d-\d\d)"
    r"\W+(?:at )?(?:12|[1-6]):\d\d ?a\.?m\b\.?(?:\W*[A-Z]{2,4}\b)?\W*",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"\(?\d{1,2}[:.]\d\d(?: ?[ap]m)?\)? (?![\d%]|points?\b|per ?cent)")  # of a blog, by the clock
_NOTE = re.compile(r"\((?:Correct|Refil|Repeat|Updat|Add|Recast|Rewrit)\w+ ")  # of an agency, on its own text
_SLUG = re.compile(
    r"^(?:CORRECTED|UPDATE \d|REFILE|WRAPUP \d|RPT|EXCLUSIVE|ANALYSIS|FOCUS|MARKET WRAP|WRAP)(?:-|: )(?=\w)"
)
_LIST = re.compile(r"[^.]{8,}:")
_CLOSED = re.compile(
    r"\b(?:clos|settl|end|finish)ed\b(?! \w+ing\b)"
    r"|(?<!午)(?<!半日)收(?:盘|市|报|在|于|约?\d|[跌涨高低升黑红])|终场|作收"
)
_SPACED = re.compile(r"(?<=[\u3400-\u9fff。])[ \t]+|[ \t]+(?=[\u3400-\u9fff])")


@dataclass(frozen=True, slots=True)
class Reading:
    """One sentence: where it stands, what it says about markets, and the figures and moves of which no statement was made."""  # noqa: E501

    line: int
    text: str
    statements: tuple[Statement, ...]
    missed: tuple[str, ...]
    untold: tuple[str, ...] = ()  # clauses that tell of a move
    unreal: bool = False  # a forecast, or of what is not
    firms: tuple[Subject, ...] = ()  # that it names
    days: tuple[dt.date, ...] = ()  # on which something happened, as its main clauses tell; in Chinese, in America
    back: frozenset[dt.date] = frozenset()  # days that it only looks back to


def statements(text: str, dated: dt.date, study: Study | None = None, own: Path | None = None) -> list[Statement]:
    """Every statement about markets in the text, in its order; a line that stands twice is read once."""
    return [s for reading in readings(text, dated, study, own) for s in reading.statements]


def readings(
    text: str,
    dated: dt.date,
    study: Study | None = None,
    own: Path | None = None,
    *,
    narrated: bool = False,
    about: About | None = None,
) -> Iterator[Reading]:
    """The text sentence by sentence; a line that stands twice is read once.

    `narrated`: that the text is of the day `dated` only its sentences tell; it may have been written later.
    `about`: what a sentence speaks of that is no article's, where it names no day or nobody.
    """
    chinese = has_chinese(text)
    rules = lexicon(chinese)
    plain = "\n".join(map(normal, text.splitlines())) if chinese else text
    known = names(chinese, study, own)
    known = known.meant(about.symbols) if about else known
    known = known.shortened(plain, rules.small | rules.known | {w.lower() for w in rules.stop})
    known = known if chinese else known.meant(_coins(plain, known))
    dated = _written_on(plain, dated) if chinese else dated
    known = known.settled(plain.splitlines()) if chinese else known
    known = replace(known, home=home(plain, known), both=both(plain, known)) if chinese else known
    if not chinese:
        told = [s for line in text.splitlines() for s in sentences(normal(line), rules)]
        known = replace(known, strange=strange_names(told, rules, known.told, known.meanings))
    found = list(_undated(list(_read(text, dated, rules, known, about)), dated, known))
    written = (_LIVE if chinese else _CLOCK).search(plain) or (not chinese and _blog(plain.splitlines()))
    live = dated if written or (chinese and _before_close(found, dated)) else _intraday(found)
    found = list(_live(found, live)) if live else found
    found = [*_behind([*_ahead(found, dated)] if narrated else [*_far(found, dated)], dated)]
    found = [*_unspoken(found, dated)]
    night = any(map(_NIGHTLY.fullmatch, plain.splitlines()))
    found = [*_of_then(found, dated)] if chinese else found
    found = [*_of_that_year(found, dated)]
    found = [*_listed(_before(located(found, known), dated, night), dated)]
    yield from agreeing([*_overnight(found, dated, known)] if chinese else found)


def _coins(text: str, known: Names) -> set[str]:
    """The currencies that an article names in full, and those in which what it names is quoted."""
    told = {s for m in known.marks(text) if isinstance(m.value, tuple) and len(m.value) == 1 for s in m.value}
    return {s if known.listings[s].kind == "currency" else f"{known.listings[s].currency}=X" for s in told}


def _written_on(text: str, dated: dt.date) -> dt.date:
    """The day that a dateline tells, of which 今天 is said, where the article came out in the days behind it."""
    lines = text.split("\n")
    told = [m.value.date for line in lines[:3] for m in days(line[: dateline(line)], dated)]
    day = next((day for day in told[::-1] if day and 0 < (dated - day).days <= AFTER), dated)
    numbered = (m.value.date for line in lines for m in days(line, dated) if _DIGIT.search(line[m.start : m.end]))
    return dated if any(d and day < d <= dated for d in numbered) else day  # a later day is told by its number


def _intraday(found: Sequence[Reading]) -> dt.date | None:
    """The day of the first sentence that tells what moved, where it or the head tells of the hours of trading, and it of no close."""  # noqa: E501
    first = next((n for n, r in enumerate(found) if r.statements and r.text.endswith((".", "。"))), None)
    if first is None or len(found) < 2:
        return None
    lede = found[first]
    heads = (r.text for r in found[:first] if not r.text.endswith((".", "。")))
    told = " / ".join([*heads, lede.text])
    hours = _INTRADAY.search(told)
    passed = hours and (_CLOSED.search(told) or _PLUPERFECT.search(told, 0, hours.start()))
    return lede.statements[0].date if hours and not passed else None


def _before_close(found: Sequence[Reading], dated: dt.date) -> bool:
    """Whether what is told of the article's own day is of the hours of trading, and nothing of its close."""
    told = [r.text for r in found if any(s.date == dated for s in r.statements)]
    return len(found) > 1 and any(map(_INTRADAY.search, told)) and not any(map(_CLOSED.search, told))


def _blog(lines: Sequence[str]) -> bool:
    """Whether an article is written as the day goes on: several of its lines begin with the clock."""
    return sum(map(bool, map(_ENTRY.match, lines))) > 1


def _live(found: Sequence[Reading], dated: dt.date) -> Iterator[Reading]:
    """The same; of the day itself only what a sentence tells of a close is no moment's."""
    for r in found:
        closed = _CLOSED.search(r.text)
        said = (s if closed or s.date != dated else replace(s, open=(MOMENT, *s.open)) for s in r.statements)
        yield replace(r, statements=tuple(said))


def _days_in(r: Reading, dated: dt.date) -> list[tuple[Mark, str]]:
    """The days that a sentence names, in their order, and as it writes them."""
    return [(m, r.text[m.start : m.end]) for m in sorted(days(r.text, dated), key=lambda m: m.start)]


def _ahead(found: Sequence[Reading], dated: dt.date) -> Iterator[Reading]:
    """The same; where a sentence tells the article's own day, a weekday behind it is one of the days after it.

    It was taken for the last one up to that day: "fell on Monday, 27 January 2025, and rebounded on Tuesday".
    """
    told = False
    for r in found:
        moved = dict[dt.date, dt.date]()
        for m, words in _days_in(r, dated):
            day = m.value.date
            if told and day and day < dated and ALONE.fullmatch(words) and not _EARLIER.search(r.text[: m.start]):
                moved[day] = day + dt.timedelta(WEEK)
            told = told or (day == dated and bool(_NUMBERED.search(words)))
        said = (
            replace(s, date=moved[s.date], open=(WEEKDAY, *s.open)) if s.date in moved and not s.until else s
            for s in r.statements
        )
        yield replace(r, statements=tuple(said))


def _far(found: Sequence[Reading], dated: dt.date) -> Iterator[Reading]:
    """The same; a weekday alone that is nearer behind the article's own day than before it may be of either week."""
    for r in found:
        alone = [m for m, words in _days_in(r, dated) if ALONE.fullmatch(words)]
        alone = [m for m in alone if not _EARLIER.search(r.text[: m.start])]  # "had closed at 21 on Friday"
        far = {m.value.date for m in alone if m.value.date and (dated - m.value.date).days >= FAR}
        said = (replace(s, open=(WEEKDAY, *s.open)) if s.date in far and not s.until else s for s in r.statements)
        yield replace(r, statements=tuple(said))


def _behind(found: Sequence[Reading], dated: dt.date) -> Iterator[Reading]:
    """The same; a weekday told behind a numbered day of an earlier week may be of that week: which one, stays open.

    "On Jan 21 Netflix fell 3%, and on Wednesday it rose 9.7%": behind a day of its own sentence, or of a move before.
    Not so a weekday that was told before that day. What tells no day is open, too, behind a weekday whose number
    is that of another one.
    """
    story: dt.date | None = None
    sure, lost = set[dt.date](), False
    for r in found:
        near, unsure, marks = story, set[dt.date](), _days_in(r, dated)
        for m, words in marks:
            day = m.value.date
            if day and ALONE.fullmatch(words):
                (unsure if near and near <= day - dt.timedelta(WEEK) and day not in sure else sure).add(day)
            elif day:
                near = day if _DIGIT.search(words) else None
        said = [replace(s, open=(WHICH_DAY, *s.open)) if s.date in unsure and not s.until else s for s in r.statements]
        said = [replace(s, open=(WHICH_DAY, *s.open)) for s in said] if lost and not marks else said
        yield replace(r, statements=tuple(said))
        moved = [s.date for s in said if s.date and s.date not in unsure and not (s.until or s.year)]
        story = near if near in moved or not moved else None
        contradicted = any(m.value == DayMark(None) and _DIGIT.search(words) for m, words in marks)
        lost = contradicted or (lost and not marks)


def _unspoken(found: Sequence[Reading], dated: dt.date) -> Iterator[Reading]:
    """The same; the article's own day, where no sentence tells it and one tells a day just before, stays open.

    美国政府关门进入第二天,华尔街周四收高。道琼指数上涨0.17%。 in a paper of Friday.
    """
    told = {
        m.value.date for r in found if r.statements or not _TO_COME.search(r.text) for m, _ in _days_in(r, dated)
    } - {None}
    near = dated not in told and any(day and dated - dt.timedelta(WEEK) < day < dated for day in told)
    for r in found:
        unsure = near and not _days_in(r, dated)
        said = (
            replace(s, open=(WHICH_DAY, *s.open)) if unsure and s.date == dated and not s.until else s
            for s in r.statements
        )
        yield replace(r, statements=tuple(said))


def _of_then(found: Sequence[Reading], dated: dt.date) -> Iterator[Reading]:
    """The same; a day of the month alone, behind a move of a far day, may be of that month: which one, stays open.

    "1987年10月19日道瓊下跌22.6%。富時指數20日下跌12.2%。"
    """
    far: dt.date | None = None
    for r in found:
        unsure = set[dt.date]()
        for m, words in _days_in(r, dated):
            if m.value.date and far and _DAY_ALONE.fullmatch(words):
                unsure.add(m.value.date)
        said = tuple(
            replace(s, open=(WHICH_DAY, *s.open)) if s.date in unsure and not s.until else s for s in r.statements
        )
        yield replace(r, statements=said)
        moved = any(s.kind in {"return", "points"} and not (s.until or s.year) for s in r.statements)
        told = (m for m, _ in _days_in(r, dated) if moved and not _SPAN_FROM.match(r.text, m.end))
        then = (m.value.date for m in told if not _EARLIER.search(r.text[: m.start]))
        far = next((day for day in then if day and (dated - day).days > LONG_AGO), far)


def _of_that_year(found: Sequence[Reading], dated: dt.date) -> Iterator[Reading]:
    """The same; a day of a month without a year, behind one of an earlier year, may be of that: which one, stays open.

    "On 9 March 2020 the S&P 500 lost 7.6%. Three days later it was worse. The FTSE 100 tumbled 10.9% on 12 March."
    So up to the next day that is told as near: by its weekday, or as today.
    """
    then = False
    for r in found:
        unsure = set[dt.date]()
        for m, words in _days_in(r, dated):
            day = m.value.date
            if day and _WITH_YEAR.search(words):
                then = (dated - day).days > LONG_AGO and day.year != dated.year
            elif day and _MONTH_DAY.search(words):
                unsure |= {day} if then else set()
            elif day:
                then = False
        said = (replace(s, open=(WHICH_DAY, *s.open)) if s.date in unsure and not s.until else s for s in r.statements)
        yield replace(r, statements=tuple(said))


def _before(found: Iterable[Reading], dated: dt.date, night: bool) -> Iterator[Reading]:
    """The same; a span up to now, where the last day that is told is before the article's own, may end with either.

    Of an article that was written at `night` it ends with the former.
    """
    readings = [*found]
    told = {s.date for r in readings for s in r.statements if s.date and not (s.until or s.year) and s.date <= dated}
    last = max(told - {None}, default=dated) if len(readings) > 1 else dated
    story = _story(readings, dated) or dated
    early = {s.date for r in readings for s in r.statements if {MOMENT, AFTER_HOURS} & {*s.open}}
    closed = {s.date for r in readings for s in r.statements if not (s.until or {MOMENT, AFTER_HOURS} & {*s.open})}
    headed = any(m.value.date == dated and _DIGIT.search(words) for r in readings for m, words in _days_in(r, dated))
    if story < dated and headed and dated not in closed and len(readings) > 1:
        last = max(told - {None, *early - closed}, default=dated)
        night = True  # told on a later day, of which no close is told
    for r in readings:
        now = {s for s in r.statements if last < dated == s.until and s.date and s.date < last}
        end = last if night else dated
        said = (replace(s, until=end, open=(SPAN, *s.open)) if s in now else s for s in r.statements)
        yield replace(r, statements=tuple(said))


def _listed(found: Iterable[Reading], dated: dt.date) -> Iterator[Reading]:
    """The same; what is listed behind "The biggest gainers this week:" is of that span: to be asked."""
    span, first, until = None, dated, dated
    for r in found:
        if _LIST.fullmatch(r.text):
            spans = [m.value for m in periods(r.text, dated) if m.value.first]
            span = spans[-1] if spans else span
            first, until = (span.first or dated, span.until or dated) if span else (dated, dated)
        told = [s for s in r.statements if s.kind == "return" and s.low is not None and not (s.until or s.year)]
        listed = {s for s in told if span and s.date in {None, dated} and not [*periods(r.text, dated)]}
        said = (replace(s, date=first, until=until, open=(SPAN, *s.open)) if s in listed else s for s in r.statements)
        yield replace(r, statements=tuple(said))


def _read(text: str, dated: dt.date, rules: Lexicon, known: Names, about: About | None) -> Iterator[Reading]:
    seen, told = set[str](), set[dt.date | None]()
    who, index, firms = NO_SUBJECTS
    main, goods = NO_SUBJECTS[:2]  # the firm that the article told of first, the commodity told of last
    places, elsewhere = dict[str, dt.date](), frozenset[dt.date]()  # the last day by part of the world; not America's
    frame, heading, framed, topic, span, daily = "", "", None, None, None, False  # daily: a day of its week was told
    lines = [normal(line) for line in text.splitlines()]
    spoken = _days_spoken(lines, dated)
    article = len([*islice((s for line in lines for s in sentences(line, rules)), 2)]) > 1
    review = (reviewed_zh(lines, dated) if has_chinese(text) else reviewed(lines, dated, rules)) if article else None
    head = _told_by_head(lines, dated) if has_chinese(text) else {}
    near = (day for day in spoken if day and dated - dt.timedelta(WEEK) <= day <= dated)
    last = max(near, default=dated) if article else None
    asked = about.day if about else dated if not has_chinese(text) and _blog(lines) else None
    for number, plain in enumerate(lines, 1):
        if plain and plain not in seen and not _NOTE.match(plain):
            alone = len(told) == 1 or told == {last, None}  # an article of one day goes on in it
            day = next(iter(told - {None}), None) if alone else None
            who, index, firms = NO_SUBJECTS if _PLACE_HEAD.fullmatch(plain) else (who, index, firms)
            who = main if main and who != main and _POINTS.match(plain) else who
            index = tuple(w for w in who if w.is_index) or index
            there = dict(places) if plain and has_chinese(plain) else {}
            frame = plain + " " if _FRAME.fullmatch(plain) else frame if len(plain) < SHORT else ""
            heading = _heading(plain, heading, dated)
            day = next((m.value.date for m in days(heading, dated)), day) or asked
            left = Context(
                who=who, index=index, firms=firms, several=True, date=topic or day, spoken=topic or day, goods=goods,
                days=not topic, last=asked or last, days_by_region=there, paper=dated, frame=frame, span=span,
                elsewhere=elsewhere, framed=framed or review, review=review, head=head, headed=not spoken, about=about,
            )  # fmt: skip
            silent, topic = True, None
            for reading in paragraph(plain, number, dated, rules, known, left):
                framed = framed_after(framed, reading.text, reading.statements, dated)
                daily |= any(dated - dt.timedelta(WEEK) < d <= dated for d in reading.days)
                topic = _topic(reading, dated)
                span = _last_span(reading.text, dated) or span
                silent, firms = silent and not reading.statements, reading.firms or firms
                goods = tuple(s.who for s in reading.statements if _of_goods(s.who, known))[-1:] or goods
                index = tuple(s.who for s in reading.statements if s.who.is_index and has_chinese(plain))[-1:] or index
                who = next(((s.who,) for s in reading.statements[::-1] if s.who.symbols or s.who.name), who)
                main = main or _first_firm(reading, known)
                kept = _goes_on_in(reading, dated)
                told |= {s.date for s in kept}
                asia, america = (_moved_in(part, kept, known) for part in ("Asia", "America"))
                elsewhere |= asia | ({*reading.days} - america)
                behind = [*america, *(d for d in reading.days if has_chinese(reading.text) and d <= dated)]
                places |= {"America": max([*behind, *places.values()])} if behind else {}
                yield reading
            who = (_firm(plain, known) or who) if silent else who
            framed = None if daily and not has_chinese(plain) else framed
        seen.add(plain)


def _days_spoken(lines: Sequence[str], dated: dt.date) -> list[dt.date | None]:
    """The days that the lines tell, but for datelines and for when they were written; None for one left open."""
    told_in = [line for line in lines if not _NIGHTLY.fullmatch(line)]
    return [m.value.date for line in told_in for m in days(line[dateline(line) :], dated)]


def _last_span(text: str, dated: dt.date) -> Period | None:
    spans = [m.value for m in periods(text, dated) if m.value.first and m.value.until]
    return spans[-1] if spans else None


def _first_firm(r: Reading, known: Names) -> tuple[Subject, ...]:
    return next(((s.who,) for s in r.statements if _a_firm(s.who, known) and s.who.symbols), ())


def _goes_on_in(r: Reading, dated: dt.date) -> list[Statement]:
    """The statements of a sentence in whose day an article goes on."""
    said = (s for s in r.statements if not (s.until or s.year or FALLBACK in s.open))
    return [s for s in said if not _looks_back(r, s, dated) and _goes_on(r, s, dated)]


def _moved_in(part: str, said: Sequence[Statement], known: Names) -> set[dt.date]:
    """The days on which what trades in a part of the world did something."""
    return {s.date for s in said if s.date and _own_region(known, s.who) == part}


def _topic(r: Reading, dated: dt.date) -> dt.date | None:
    """The day that the next paragraph tells of, as the last sentence of one says in Chinese, without a figure."""
    if r.statements or r.missed or not has_chinese(r.text):
        return None
    told = [m for m in days(r.text, dated) if m.start >= dateline(r.text) and m.value.date]
    headed = any(_TOPIC.search(re.split("[,;]", r.text[m.end :])[0]) for m in told)
    day: set[dt.date] = {m.value.date for m in told if headed and m.value.date <= dated}
    return day.pop() if len(day) == 1 else None


def _told_by_head(lines: Sequence[str], dated: dt.date) -> dict[str, dt.date]:
    """The article's own day by the part of the world that its head is of, which agencies of Asia do not say."""
    line = next(filter(None, lines), "")
    head = line[: dateline(line)]
    place = next((part for part, pattern in _PLACES.items() if pattern.search(head)), "Asia")
    return {place: dated} if any(m.value.date == dated for m in days(head, dated)) else {}


def _heading(line: str, before: str, dated: dt.date) -> str:
    """The heading that tells the day of a close for the short lines behind it, until one tells a day of its own."""
    if _DAY_FRAME.fullmatch(line):
        return line if _OF_CLOSE.search(line) else ""
    goes_on = before and len(line) < SHORT and not any(m.value.date for m in days(line, dated))
    return before if goes_on else ""


def _firm(text: str, known: Names) -> tuple[Subject, ...]:
    """The one firm that a paragraph names, of which the next one may go on to speak without a name."""
    named = {m.value for m in known.marks(text) if isinstance(m.value, tuple)}
    firms = [who for who in named if known.listings[who[0]].kind == "stock"]
    return (Subject(firms[0]),) if len(firms) == 1 else ()


def _looks_back(r: Reading, s: Statement, dated: dt.date) -> bool:
    """Whether the sentence names a later day, so that the article goes on in that: 今早公布…,较昨日收市价0.81元折让."""
    told = [m for m in days(r.text, dated) if m.start >= dateline(r.text)]
    later = [m.value.date for m in told if m.value.date and m.value.date <= dated]
    before = any(m.value.steps == -1 and _BY_DAY.search(r.text[m.start : m.end]) for m in told) and not later
    before = before or s.date in r.back
    return has_chinese(r.text) and s.date is not None and (before or max(later, default=s.date) > s.date)


def _goes_on(r: Reading, s: Statement, dated: dt.date) -> bool:
    """Whether an English article may go on in the statement's day: it is told in a main clause, or no other day is told, nor an hour."""  # noqa: E501
    dayless = not any(m.value.date for m in days(r.text, dated))
    return has_chinese(r.text) or (MOMENT not in s.open if dayless else s.date in r.days)


def _undated(found: Sequence[Reading], dated: dt.date, known: Names) -> Iterator[Reading]:
    """The same; in an article, what tells no day is of the day told most in it, by part of the world where one is: to be asked."""  # noqa: E501
    if not found:
        return
    told = [
        (region(known, s.who), s.date)
        for r in found
        for s in r.statements
        if not (s.year or s.until or _looks_back(r, s, dated))
    ]
    most = Counter(date for _, date in told).most_common(1)[0][0] if told else dated
    past = has_chinese(found[0].text) and not any(_says(r, dated) for r in found)  # 昨（20）日 in each sentence
    there = {place: date for (place, date), _ in Counter(told).most_common()[::-1] if date and (most or past)}
    story = _story(found, dated)
    day, there = story or most, {} if story else there
    overseas = [date for place, date in told if date and place == "America" and date < dated]
    if overseas and has_chinese(found[0].text) and "America" not in there:
        there |= {"America": max(overseas)}  # its day of the paper is not over
    for r in found if len(found) > 1 else ():
        said = (_asked(s, there.get(_own_region(known, s.who)) or day or dated) for s in r.statements)
        yield replace(r, statements=tuple(said))
    yield from found if len(found) == 1 else ()


def _story(found: Sequence[Reading], dated: dt.date) -> dt.date | None:
    """The day that an English article tells of: the first one of a main clause where something moved on it, else its own if it is told, else the first."""  # noqa: E501
    english = [r for r in found if not has_chinese(r.text)]
    told = [(day, r) for r in english for day in r.days if dated - dt.timedelta(WEEK) < day <= dated]
    first, begun = next(iter(told), (None, None))
    moved = begun is not None and any(s.date == first and not s.until for s in begun.statements)
    return first if moved or all(day != dated for day, _ in told) else dated


def _says(r: Reading, day: dt.date) -> bool:
    """Whether the sentence tells that day, but for its dateline and for the morning that ends America's."""
    told = [m for m in days(r.text, day) if m.start >= dateline(r.text) and m.value.date == day]
    return any(r.text[m.start : m.end] != "今晨" for m in told)


def _own_region(known: Names, who: Subject) -> str:
    """The part of the world where it trades, if one alone may be meant."""
    parts = {region(known, Subject((symbol,))) for symbol in who.symbols}
    return parts.pop() if len(parts) == 1 else ""


def _asked(s: Statement, day: dt.date) -> Statement:
    settled = s.date or s.year or {SPAN, POSSIBLE} & set(s.open)
    return s if settled else replace(s, date=day, open=(WHICH_DAY, *s.open))


def _overnight(found: Sequence[Reading], dated: dt.date, known: Names) -> Iterator[Reading]:
    """The same; where Asia's day is the paper's and none of America is told, America's is the session before: to be asked."""  # noqa: E501
    told = {(region(known, s.who), s.until or s.date) for r in found for s in r.statements}
    days_of = ((r, [m for m in days(r.text, dated) if m.value.date == dated]) for r in found)
    today = {id(r) for r, told_on in days_of if any(_said_of(r.text, m) for m in told_on)}
    of_today = any(id(r) in today and region(known, s.who) == "America" for r in found for s in r.statements)
    apart = ("Asia", dated) in told and not any(place == "America" and day != dated for place, day in told)
    before = DayMark(None, -1).resolved(dated)
    for r in found:
        shift = before if apart and not (of_today or "盘前" in r.text) else None
        told_of = ((s, shift if _own_region(known, s.who) == "America" else None) for s in r.statements)
        yield replace(r, statements=tuple(_of_day(s, dated, other) if other else s for s, other in told_of))


def _said_of(text: str, day: Mark) -> bool:
    """Whether a day may be America's: no dateline tells it, and no market of Asia stands beside it, 今日台股."""
    beside = _ASIAN_MARKET.match(text, day.end) or _ASIAN_MARKET.search(text[max(0, day.start - 2) : day.start])
    return day.start >= dateline(text) and beside is None


def _of_day(s: Statement, day: dt.date, other: dt.date) -> Statement:
    """The statement as one of the other day, or up to it."""
    if s.until == day:
        return replace(s, until=other, open=(WHICH_DAY, *s.open))
    return replace(s, date=other, open=(WHICH_DAY, *s.open)) if s.date == day and not s.until else s


def located(found: Sequence[Reading], known: Names) -> Iterator[Reading]:
    """The same; of two listings the one where most of the other securities trade, by market or part of the world: to be asked."""  # noqa: E501
    every = [s for r in found for s in r.statements]
    for r in found:
        yield replace(r, statements=tuple(_located(s, known, (r.statements, every)) for s in r.statements))


def _located(s: Statement, known: Names, others: Iterable[Sequence[Statement]]) -> Statement:
    """By the sentence's other statements first, then by the article's; by market first, then by part of the world."""
    if len(s.who.symbols) < 2:
        return s
    asked = Reason("draft_listing", symbols=" / ".join(s.who.symbols))
    for told, place in ((told, place) for told in others for place in (market, region)):
        parts = Counter(place(known, o.who) for o in told if len(o.who.symbols) == 1)
        meant = [(parts[at], m) for m in s.who.symbols if (at := place(known, Subject((m,))))]
        best = max(meant, default=(0, ""))
        if best[0] and [n for n, _ in meant].count(best[0]) == 1:
            return replace(s, who=Subject((best[1],)), open=(asked, *s.open))
    return s


def agreeing(found: Sequence[Reading]) -> Iterator[Reading]:
    """The same; two moves of one security on one day that do not go together are left open, for one is misread."""
    told: dict[tuple[Subject, dt.date | None], list[Statement]] = {}
    for s in (s for r in found for s in r.statements if s.kind == "return" and not s.until):
        told.setdefault((s.who, s.date), []).append(s)
    apart: set[int] = set()
    for several in told.values():
        sure, ways = [s for s in several if not s.open], {s.direction for s in several}
        if not all(map(_together, sure, sure[1:])):
            apart |= {id(s) for s in sure}
        if len(ways) > 1:  # 随后一路回落,收盘仅涨1.13%: a way without a figure is of the path
            apart |= {id(s) for s in sure if s.low is None}
    for r in found:
        said = (replace(s, open=(TWICE,)) if id(s) in apart else s for s in r.statements)
        yield replace(r, statements=tuple(said))


def _together(one: Statement, other: Statement) -> bool:
    """Whether two moves may be the same one: alike in sign, and in size as far as both are told."""
    if one.low is None or other.low is None or {one.hedge, other.hedge} - CLOSE:
        return one.direction == other.direction
    return one.direction == other.direction and abs(one.low - other.low) <= NEAR * max(
        abs(one.low), abs(other.low), 0.02
    )


def normal(line: str) -> str:
    """Full-width forms as plain ones, one script of Chinese without spaces around it, one sign for per cent."""
    line = _TABLED.sub(_as_sentence, _BULLET.sub("", line))
    line = line if has_chinese(line) else _NUMBERED_INDEX.sub(r"\1 ", line)
    line = _BARE_POINT.sub("0.", line)
    line = _CRORE.sub(_in_words, _RUPEES.sub("₹", _FRACTION.sub(_decimal, _SLUG.sub("", line))))
    plain = _PER_CENT.sub("%", _CODE.sub(_yahoo, _WIRE.sub(r"(\1)", _RIC.sub("", unicodedata.normalize("NFKC", line)))))
    plain = _TWENTY.sub(lambda m: "二十" if m[0] == "廿" else "三十", plain)
    plain = _FEW_CENTS.sub(lambda m: str(WORDS.get(m["n"], 1)), plain)
    plain = _SIGN.sub(lambda m: "涨" if m[0][0] in "▲△" else "跌", _TEN_THOUSANDS.sub(_in_digits, plain))
    plain = _YIELD.sub(r"\1%", _SHARE_CLASS.sub("", plain))
    plain = _SIGNED.sub(lambda m: "涨" if m["sign"] == "+" else "跌", simplified(plain))
    plain = _SPACED.sub("", _ROW.sub(_in_sentence, plain))
    plain = _MYRIAD.sub(lambda m: str(int(numeral(m[1]) * 10_000) + int("".join(_DIGITS[c] for c in m[2]))), plain)
    plain = _WRITTEN.sub(_arabic, plain).strip()
    plain = _POINT_BEHIND.sub(lambda m: "." + "".join(_DIGITS[c] for c in m[1]), plain)
    plain = _MOST_IN_BULLETIN.sub(r"\g<when>\g<told>,\g<of>最大", _ABOUT.sub("约", plain))
    plain = _TURNED_OVER.sub(r"\g<0>元", plain)
    return _BASE_IN_BRACKETS.sub(
        lambda m: f"较{m[1] or '上周五'}", _REPUBLIC.sub(lambda m: f"{int(m[0]) + FOUNDED}", plain)
    )


def _decimal(found: re.Match[str]) -> str:
    """A price with a fraction behind it as a decimal one; behind decimals the fraction is of the last one."""
    return found["whole"] + ("" if found["point"] else ".") + _EIGHTHS[found["sign"] or found["part"]]


def _in_words(found: re.Match[str]) -> str:
    """A sum in crore, tens of millions, or in lakh crore, trillions, as the rest of the world writes it."""
    if found["lakh"]:
        return f"{found['n']} trillion"
    whole, _, part = found["n"].replace(",", "").partition(".")
    return f"{int(whole + (part[:1] or '0')):,}" + (f".{part[1:]}" if part[1:] else "") + " million"


def _in_digits(found: re.Match[str]) -> str:
    return found["high"] + found["low"].replace(",", "").zfill(4) + (found["part"] or "")


def _as_sentence(found: re.Match[str]) -> str:
    """A row of an English table as the sentence that it stands for."""
    way = "fell" if found["sign"] in {"-", "−"} else "rose"
    return f"{found['name']} {way} {found['share']} to {found['price']}."


def _in_sentence(found: re.Match[str]) -> str:
    """A row of a table as the sentence that it stands for; an index is in points."""
    unit, way = "点" if re.search("指数?$", found["name"]) else "元", "涨" if found["sign"] == "+" else "跌"
    told = f"收{found['level']}{unit},{way}{found['change']}{unit},{way}{found['share']}"
    return found["name"] + (found["code"] or "") + told


def _arabic(found: re.Match[str]) -> str:
    """A figure written in characters throughout, in digits."""
    if found["month"]:
        return f"{_whole(found['month'])}月" + (f"{_whole(found['day'])}{found['sign']}" if found["day"] else "")
    part = "".join(_DIGITS[c] for c in found["part"] or "")
    return f"{_whole(found['whole'])}.{part}" if part else _whole(found["row"])


def _whole(words: str) -> str:
    return "".join(_DIGITS[c] for c in words) if {*words} <= {*_DIGITS} else f"{numeral(words):.0f}"


def _yahoo(code: re.Match[str]) -> str:
    """A code as Yahoo writes it: (TSX:BBD.B), (ORCL-US) → (BBD-B.TO), (ORCL); of another exchange as it is."""
    suffix = _SUFFIXES.get(code["at"] or "")
    other = f"({code['us']})" if code["us"] else code[0]
    return f"({code['code'].replace('.', '-')}.{suffix})" if suffix else other


def paragraph(
    line: str, number: int, dated: dt.date, rules: Lexicon, known: Names, context: Context
) -> Iterator[Reading]:
    """The sentences of one line; what one leaves behind is the next one's context."""
    read: list[tuple[str, Sentence, Context, list[tuple[Mark, Statement]]]] = []
    for text in sentences(line, rules):
        sentence = parse(context.frame + text, dated, rules, known, line)
        context = replace(context, topic=topic_of(sentence) or context.topic)
        said = list(figures(sentence, number, context, known, dated))
        said += list(remarks(sentence, number, context, known, said))
        settled = [(m, _settled(sentence, m, s, context, known, rules, dated)) for m, s in said]
        ordered = sorted(settled, key=lambda pair: pair[0].start)
        read.append((text, sentence, context, ordered))
        told = tuple(statement for _, statement in _once(ordered))
        days, spoken = days_told(sentence, context), days_told(sentence, context, "closed")
        days = [day for day in days if sentence.chinese or _near(day, dated) or any(s.date == day for s in told)]
        context = replace(
            context,
            date=max(filter(None, (*days, context.date, *_days_of(told, sentence, context))), default=None),
            spoken=spoken[-1] if spoken else context.spoken,
            stepped=any((m.value.steps or 0) > 0 for m in sentence.all("date")) if spoken else context.stepped,
            spanned=of_span(sentence) or (_of_span(told) if told else context.spanned),
            framed=framed_after(context.framed, text, told, dated),
            span=next((m.value for m in sentence.all("period")[::-1] if m.value.first and m.value.until), context.span),
            days=one_day(sentence, context, [s.date for s in told if s.date and not s.until])
            and not now(sentence, context),  # what comes next may be of that hour, too
            days_by_region=_later(
                context.days_by_region,
                _days(known, _onward(sentence, told, days, context), () if sentence.chinese else days),
            ),
            moment=sentence.has("moment") and not sentence.has("amount"),
            strange=strange(sentence) or (context.strange and not told),
            **_spoken_of(sentence, context, known, told),
        )
        if ordered:
            main = [pair for pair in ordered if not told_before(sentence, pair[0])] or ordered
            main = [pair for pair in main if not _hangs(sentence, pair[0])] or main
            context = _left(main, context, session_of(sentence, main[-1][0], context))
    for k, (text, sentence, at, said) in enumerate(read):
        following = read[k + 1][3] if k + 1 < len(read) else []
        left = fallback(sentence, number, at, known, dated, said, following)
        every = [*said, *((m, _from_base(sentence, m, _ended(sentence, m, s, at, known, dated))) for m, s in left)]
        told = tuple(statement for _, statement in _once(every))
        happened = story_days(sentence, at) or _in_america(sentence, at, known)
        used = [m for m, _ in every]
        passed = missed(sentence, used)
        written = tuple(sentence.text[m.start : m.end] for m in passed)
        moves = tuple(untold(sentence, used, passed))
        firms = _spoken_of(sentence, at, known, told)["firms"]
        yield Reading(number, text, told, written, moves, unreal(sentence), firms, tuple(happened), _back(sentence))


def _near(day: dt.date, dated: dt.date) -> bool:
    """Whether a story may be of the day that a clause tells without a move: none of weeks before the article."""
    return (dated - day).days <= WEEK


def _settled(
    sentence: Sentence, mark: Mark, s: Statement, context: Context, known: Names, rules: Lexicon, dated: dt.date
) -> Statement:
    """The statement with the day, the listing and the span that its sentence gives it, and why it is not judged."""
    s = _in_its_region(sentence, mark, _ended(sentence, mark, s, context, known, dated), context, known)
    s = _of_month(sentence, mark, _of_week(sentence, mark, _listed_there(sentence, mark, s, known, rules)))
    s = _from_base(sentence, mark, s)
    s = _meant(_of_head(sentence, mark, s, context, known), context.about)
    return _audited(sentence, mark, s, context, known, dated)


def _of_span(told: Sequence[Statement]) -> bool:
    """Whether the moves that a sentence tells are of spans, all of them; where it tells none, what else it tells."""
    return all(s.until or s.year for s in [s for s in told if s.kind == "return"] or told)


def _meant(s: Statement, about: About | None) -> Statement:
    """The statement with the day and the one security that it is about, where it names none."""
    if about is None:
        return s
    alone = s.who is NOBODY and len(about.symbols) == 1
    settled = s.date or s.year or s.open
    return replace(s, who=Subject(about.symbols) if alone else s.who, date=s.date if settled else about.day)


def _listed_there(sentence: Sentence, mark: Mark, s: Statement, known: Names, rules: Lexicon) -> Statement:
    """What is said of a firm without its name, of its listing at the place that the clause tells: "the London shares fell"."""  # noqa: E501
    named = any(s.who in m.value for m in sentence.all("names", "aside", "others"))
    if sentence.chinese or named or not s.who.symbols or known.listings[s.who.symbols[0]].kind != "stock":
        return s
    clause = sentence.text[slice(*sentence.clause(mark))]
    listings = {one for every in known.meanings.values() if s.who.symbols[0] in every for one in every}
    there = [one for one in listings if (at := rules.places.get(known.listings[one].exchange)) and at.search(clause)]
    if len(there) != 1 or s.who.symbols == (there[0],):
        return s
    asked = Reason("draft_listing", symbols=" / ".join(sorted({*there, *s.who.symbols})))
    return replace(s, who=Subject((there[0],)), open=(asked, *s.open))


def _hangs(sentence: Sentence, mark: Mark) -> bool:
    """Whether a relative clause or a comparison holds the mark: behind "the best on the MDAX, which fell 0.3%" the story goes on before it."""  # noqa: E501
    return any(c.kind in {RELATIVE, COMPARISON} for c in sentence.held(mark)) or against(sentence, mark)


def _in_america(sentence: Sentence, context: Context, known: Names) -> list[dt.date]:
    """The day beside the word for the market of America, whose close others go on to tell: 美股周一(3月9日)触发熔断.

    So is one before the paper's, in a sentence that names nothing of another part of the world: 联准会15日宣布升息.
    """
    if not sentence.chinese:
        return []
    beside = [
        m
        for m in sentence.all("date")
        if (_AMERICA.search(sentence.text, 0, m.start) or _AMERICA.match(sentence.text, m.end))
        and not ASIAN_CLOCK.search(sentence.text, 0, m.start)
    ]
    if beside:
        return [day for m in beside if (day := resolved(sentence, m, context))]
    elsewhere = {region(known, who) for m in sentence.all("names", "aside") for who in m.value} - {"", "America"}
    paper = context.paper
    told = [] if elsewhere or paper is None else days_told(sentence, context)
    return [day for day in told if paper and paper - dt.timedelta(WEEK) < day < paper]


def _audited(sentence: Sentence, mark: Mark, s: Statement, context: Context, known: Names, dated: dt.date) -> Statement:
    """The statement, open where its sentence holds what no rule accounts for, or its day is still to come."""
    framed = context.framed and not (s.until or s.year or sentence.has("date"))
    if framed or (s.date and max(s.date, s.until or s.date) > dated):
        return replace(s, open=(*s.open, WHICH_DAY))
    if s.open or len(s.who.symbols) != 1 or not (s.date or s.year):
        return s  # not judged anyway
    return replace(s, open=unaccounted(sentence, mark, s, context, known))


def _days_of(told: Sequence[Statement], sentence: Sentence, context: Context) -> list[dt.date]:
    held = [s.date for s in told if s.date and not s.until] if sentence.chinese or now(sentence, context) else []
    return [day for day in held if day not in _back(sentence)]


def _back(sentence: Sentence) -> frozenset[dt.date]:
    """The days that the sentence only looks back to, behind figures of one that it does not tell."""
    return frozenset(m.value.date for m in sentence.all("date") if m.value.date and contrasted(sentence, m))


def _onward(
    sentence: Sentence, told: Sequence[Statement], days: Sequence[dt.date], context: Context
) -> Sequence[Statement]:
    """In English, those of a day that the next sentence may go on in: none that a comparison alone tells."""
    if sentence.chinese:
        return [s for s in told if s.date not in _back(sentence)]
    if not sentence.has("date", "base"):
        return told
    return [s for s in told if s.date in {*days, context.date}]


def _days(known: Names, told: Sequence[Statement], onward: Sequence[dt.date]) -> dict[str, dt.date]:
    """The one day told of what trades in each part of the world ("": in none), none that is only looked back to."""
    days: dict[str, set[dt.date]] = {}
    for s in told:
        own = s.date and not s.until and (not onward or s.date in onward)
        if own and s.date and ((place := _own_region(known, s.who)) or s.who.name or s.who is NOBODY):
            days.setdefault(place, set()).add(s.date)
    return {place: next(iter(found)) for place, found in days.items() if len(found) == 1}


def _later(before: Mapping[str, dt.date], told: Mapping[str, dt.date]) -> dict[str, dt.date]:
    return {place: max(filter(None, (before.get(place), told.get(place)))) for place in {*before, *told}}


def _ended(sentence: Sentence, mark: Mark, s: Statement, context: Context, known: Names, dated: dt.date) -> Statement:
    """A span that goes on to the article's day ends with the day told last of the security: 27日飙升…,今年以来涨17倍."""  # noqa: E501
    if not (sentence.chinese and s.until == dated and s.date):
        return s
    near, place = sentence.last("date", before=mark.start), region(known, s.who)
    near = None if near and _ONCE.match(sentence.text, near.end) else near
    if near is None and len(s.who.symbols) > 1:
        return s
    end = resolved(sentence, near, context) if near else context.days_by_region.get(place) if place else None
    if end is None and context.head.get(place) == dated:
        return s
    if end is None and (place == "America" or (context.last or dated) < dated):
        last = context.last if context.last and s.date < context.last else dated
        return replace(s, until=last, open=(SPAN, *s.open))  # up to that day, or to the one before?
    return replace(s, until=end) if end and s.date < end < dated else s


def _in_its_region(sentence: Sentence, mark: Mark, s: Statement, context: Context, known: Names) -> Statement:
    """A day that its own clause does not tell is the one told last of what trades in the same part of the world."""
    place, low = _own_region(known, s.who), sentence.clause(mark)[0]
    there = context.days_by_region.get(place)
    if not s.date or s.year:
        settled = s.year or {SPAN, POSSIBLE} & {*s.open} or sentence.has("date") or not sentence.chinese
        return replace(s, date=there, open=(WHICH_DAY, *s.open)) if there and not settled else s
    if sentence.chinese and not s.until and s.date.weekday() >= WEEKEND and _closed_then(known, s.who):
        return replace(s, date=DayMark(None, -1).resolved(s.date), open=(WHICH_DAY, *s.open))
    if not place and s.who.symbols and not s.until and _overnight_told(sentence, s.date):
        return replace(s, date=context.paper)  # what trades at night too: of the day that the story is of
    if sentence.chinese and s.until and (day := _up_to(sentence, mark, s, context, there)):
        return replace(s, until=day, open=(SPAN, *s.open))
    near, told = sentence.last("date", before=mark.start), sentence.all("date", within=(0, low))
    inside = sentence.has("date", within=sentence.clause(mark))
    day, unsure = s.date, False
    if s.until or not place:
        apart = len(set(context.days_by_region.values())) > 1 and not sentence.has("date") and s.date == context.date
        unsure = sentence.chinese and bool(there and there < s.until if s.until else apart)
    elif place == "America" and (_night_before(sentence, s.date, context) or _night_of(sentence, near, s.date)):
        day, unsure = DayMark(None, -1).resolved(s.date) or day, True
    elif not sentence.has("date") and s.date == context.date:
        stranger = context.days_by_region.get("") if sentence.chinese else None
        day, unsure = there or day, bool(there and stranger and there < stranger == s.date)
        if place == "Asia" and not there and _of_the_night(sentence, day, context):
            day, unsure = context.paper or day, True
    elif told and sentence.chinese and not inside and place not in (_parts(sentence, told[-1], known) or {place}):
        # 美光前一晚大跌,南亚科跌停: of two parts of the world, each has its own day
        own = [m for m in told if place in (around := _parts(sentence, m, known)) or not around]
        meant = resolved(sentence, own[-1], context) if own else there or context.date
        night = meant is None and place == "Asia" and _BY_NIGHT.search(sentence.text, told[-1].start, told[-1].end)
        day, unsure = (context.paper or day, day != context.paper) if night else (meant or day, False)
    return replace(s, date=day, open=(*(WHICH_DAY,) * unsure, *s.open))


def _of_the_night(sentence: Sentence, day: dt.date, context: Context) -> bool:
    """Whether the day is that of America alone, before the paper's: 美股隔晚跌2%。恒指开市跌300点。"""
    paper = context.paper or day
    alone = context.days_by_region.get("America") == day and day not in context.elsewhere
    return sentence.chinese and alone and 0 < (paper - day).days <= AFTER


def _night_of(sentence: Sentence, day: Mark | None, date: dt.date) -> bool:
    """Whether the day, or the word behind it, is of a morning in Asia: 今晨, 6日凌晨."""
    return day is not None and date == day.value.date and bool(_NIGHT.search(sentence.text, day.start, day.end + 2))


def _night_before(sentence: Sentence, day: dt.date, context: Context) -> bool:
    """Whether "overnight" is told in a paper of the morning after: the night is the one before the story's day."""
    told = {context.days_by_region.get("Asia"), context.last if context.last != context.paper else None}
    return day in told and _overnight_told(sentence, day)


def _of_week(sentence: Sentence, mark: Mark, s: Statement) -> Statement:
    """The week of a day that the sentence tells, where that is an earlier one: 恒指4日涨5.4%,单周涨8.7%."""
    day = sentence.last("date", before=mark.start)
    if not (sentence.chinese and day and day.value.date and s.date and s.until):
        return s
    monday = day.value.date - dt.timedelta(day.value.date.weekday())
    other = monday < s.date and (s.until - s.date).days < WEEK and _ITS_WEEK.search(sentence.text, day.end, mark.start)
    return replace(s, date=monday, until=monday + dt.timedelta(4)) if other else s


def _from_base(sentence: Sentence, mark: Mark, s: Statement) -> Statement:
    """A move from a level of some days before, told with its day, is of the days since: 较3月6日的33599点下跌199点."""
    base = sentence.last("base", "ahead", before=mark.start)
    if not (sentence.chinese and base and base.value.date and s.date) or s.until or s.kind not in FROM_LEVEL:
        return s
    first = DayMark(None, 1).resolved(base.value.date)
    apart = sentence.has("names", "date", within=(base.end, mark.start))
    level = _FROM_LEVEL.match(sentence.text, base.end) and sentence.text[base.start - 1] in "较比"
    if first is None or (s.date - base.value.date).days < FEW or not level or apart:
        return s
    return replace(s, date=first, until=s.date, open=(SPAN, *s.open))


def _of_month(sentence: Sentence, mark: Mark, s: Statement) -> Statement:
    """A level or a record of a month has no day, where none is told behind the month."""
    if not sentence.chinese or s.kind not in {"price_level", "record"}:
        return s
    told = [m for m in _OF_MONTH.finditer(sentence.text) if m.start() < mark.start]
    if not told or sentence.has("date", "period", "base", within=(told[-1].start(), mark.start)):
        return s
    return replace(s, date=None, open=tuple(dict.fromkeys((SPAN, *s.open))))


def _of_head(sentence: Sentence, mark: Mark, s: Statement, context: Context, known: Names) -> Statement:
    """A move that tells no time is of the day of the article's head, where nothing else tells one."""
    if not context.headed or s.date or s.year or s.until or s.open:
        return s
    if sentence.has("closed", "ahead", "base", "period") or any(m.value.steps != 0 for m in sentence.all("date")):
        return s
    early = sentence.last("moment", "pre", "after", before=mark.start)
    if early and not LATE.search(sentence.text, early.end, mark.start):
        return s  # 那指早盘涨1.6%,费半涨2.4%
    day = context.head.get(region(known, s.who)) if s.who.symbols else None
    return replace(s, date=day) if day else s


def _closed_then(known: Names, who: Subject) -> bool:
    """Whether what the list holds does not trade at weekends."""
    return bool(who.symbols) and known.listings[who.symbols[0]].exchange not in OPEN_AT_WEEKENDS


def _overnight_told(sentence: Sentence, day: dt.date) -> bool:
    """Whether "overnight" told the day."""
    nights = (m for m in sentence.all("date") if sentence.text[m.start : m.end].lower() == "overnight")
    return any(m.value.date == day for m in nights)


def _up_to(sentence: Sentence, mark: Mark, s: Statement, context: Context, there: dt.date | None) -> dt.date | None:
    """The day that a running span of more than a week ends on where it is not the paper's: the one told last of what trades there."""  # noqa: E501
    told = next((m for m in sentence.all("date", "closed")[::-1] if m.end <= mark.start), None)
    told = None if told and _ONCE.match(sentence.text, told.end) else told
    day = (resolved(sentence, told, context) or context.last) if told else there
    if day is None or len(s.who.symbols) > 1 or not s.date or not s.until or s.until != context.paper:
        return None
    if (s.until - s.date).days <= WEEK:
        return None
    return day if s.date <= day < s.until and (s.until - day).days <= AFTER else None


def _parts(sentence: Sentence, day: Mark, known: Names) -> set[str]:
    """The parts of the world in which the names of a day's clause trade."""
    named = sentence.all("names", within=sentence.clause(day))
    return {region(known, who) for m in named for who in m.value} - {""}


def _spoken_of(sentence: Sentence, context: Context, known: Names, said: Sequence[Statement]) -> dict[str, Any]:
    """The index named last, and whether the sentence leaves more than one security that a pronoun may mean."""
    named = [s for m in sentence.all("names", "aside", "others") for s in m.value]
    index = [s for s in named if (s.is_index if s.name else s.symbols and known.listings[s.symbols[0]].kind == "index")]
    firms = {s for s in named if s not in index}
    apart = set(context.who) - firms if firms and not said else set()  # named, and nothing was read of it
    several = len(apart | firms or set(index)) > 1 if named else context.several
    several = several or len({s.who for s in said}) > 1
    main = {s for m in sentence.all("names") for s in m.value}  # 超过古茗的370亿元 goes on in the first
    single = {s for s in firms if s.group is None and (s in main or not sentence.chinese or not (main or context.who))}
    alone = {} if said or len(single) != 1 else {"who": tuple(single)}  # named alone, and nothing was said of it yet
    told = tuple(dict.fromkeys(s for m in sentence.all("names", "aside") for s in m.value if _a_firm(s, known)))
    goods = tuple(s for m in sentence.all("names") for s in m.value if _of_goods(s, known))
    kept = {
        "goods": goods[:1] or context.goods,
        "index": tuple(dict.fromkeys(index)) or context.index,
        "firms": told or context.firms,
        "named": tuple(dict.fromkeys(named)) or context.named,
    }
    return kept | {"several": several} | alone


def _of_goods(who: Subject, known: Names) -> bool:
    return bool(who.symbols) and known.listings[who.symbols[0]].kind in {"commodity", "future"}


def _a_firm(who: Subject, known: Names) -> bool:
    return bool(who.name) and not who.is_index if not who.symbols else known.listings[who.symbols[0]].kind == "stock"


def _once(said: Iterable[tuple[Mark, Statement]]) -> Iterator[tuple[Mark, Statement]]:
    seen: set[str] = set()
    for mark, statement in said:
        if (told := str(statement).removesuffix(" !")) not in seen:
            seen.add(told)
            yield mark, statement


def _left(said: Sequence[tuple[Mark, Statement]], context: Context, session: str) -> Context:
    """The last statement's place, with every security that shared it."""
    mark, last = said[-1]
    who = tuple(dict.fromkeys(s.who for m, s in said if m == mark and s.who is not NOBODY))
    return replace(
        context, who=who or context.who, session=session, direction=last.direction or context.direction, kind=last.kind
    )
