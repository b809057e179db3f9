"""Spans of time that a figure is for: calendar years, a week, some sessions, or a span that a person must settle."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from eventwindow.calendars.dates import MONTHS, month_number
from eventwindow.draft.chinese import numeral
from eventwindow.draft.lexicon import Mark

TURN = 7  # days of a month in which one looks back on the last
NEAR = 3  # days before the end of a month on which it may be over
LATE = {1: 9, 3: 12, 6: 20, 12: 11}  # days behind so many months in which they are looked back on
EARLIEST = 1800  # years before are told of by no price
WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_N = rf"(?:{'|'.join(WORDS)}|\d{{1,3}})"
_ZH_N = r"(?:(?<!\d)\d{1,3}|[二三四五六七八九]?十[一二三四五六七八九]?|[两三四五六七八九])"
MONTH = "|".join(MONTHS)  # an English name in full
CUT_MONTH = "|".join(f"{n[:3]}(?:{n[3:].replace('tember', 't(?:ember)?')})?" for n in MONTHS)  # or what it is cut to
_EN_MONTH = f"(?P<em>{MONTH})"


@dataclass(frozen=True, slots=True)
class Period:
    """`years` one by one; or from `first` to `until` (the day spoken of last where None); or the last `sessions`."""

    years: tuple[int, ...] = ()
    first: dt.date | None = None
    until: dt.date | None = None
    sessions: int = 0
    open: bool = False  # the words do not settle it
    past: bool = False  # sessions up to the one before the day

    def resolved(self, day: dt.date | None, dated: dt.date) -> Period:
        """With both ends, where they can be told."""
        end = self.until or day or dated
        last = last_weekday(dated)
        behind = self.until == dated and self.first and day and self.first <= day < last  # up to which of the two days?
        first = self.first
        if self.past:
            end -= dt.timedelta(1)
        if self.sessions:
            first = end = last_weekday(end)
            for _ in range(self.sessions - 1):
                first -= dt.timedelta(3 if first.weekday() == 0 else 1)
        if first is None or first > end:
            return replace(self, first=None, until=None, open=True)
        return replace(self, first=first, until=end, open=self.open or bool(behind))


def month_end(year: int, month: int) -> dt.date:
    """The last day of a month."""
    following = dt.date(year, month, 28) + dt.timedelta(4)
    return following - dt.timedelta(following.day)


def last_weekday(day: dt.date) -> dt.date:
    """The day, or the Friday before a weekend."""
    return day - dt.timedelta(max(0, day.weekday() - 4))


def _year(m: re.Match[str], dated: dt.date) -> Period:
    year = int(m["en"] or m["zh"])
    running = m["en"] and year == dated.year and dated.month < 12
    return _this_year(m, dated) if running else Period(years=(year,))


def _past_years(m: re.Match[str], dated: dt.date) -> Period:
    count = _count(m["en"] or m["zh"])
    return Period(years=tuple(range(dated.year - count, dated.year)))


def _week(_: re.Match[str] | None, dated: dt.date) -> Period:
    """The article's week; on a Monday the week before."""
    monday = dated - dt.timedelta(dated.weekday() or 7)
    return Period(first=monday, until=min(dated, monday + dt.timedelta(4)))


def _past_week(m: re.Match[str], dated: dt.date) -> Period:
    """The week that ends with the article's; in the middle of one, which days are meant is not told."""
    return replace(_week(m, dated), open=dated.weekday() < 4 and dated.weekday() > 0)


def _last_week(m: re.Match[str], dated: dt.date) -> Period:
    """The week before the article's; on a Sunday, in English at a weekend, the one that is over."""
    ended = dated.weekday() == 6 or (dated.weekday() == 5 and "周" not in m[0])
    monday = dated - dt.timedelta(dated.weekday() + (0 if ended else 7))
    return Period(first=monday, until=monday + dt.timedelta(4), open=ended and "周" not in m[0])


def _week_before(m: re.Match[str], dated: dt.date) -> Period:
    """The week before the article's; behind "last week" the one before that."""
    told = _last_week(m, dated)
    if not (re.search(r"\blast week\b", m.string[: m.start()], re.IGNORECASE) and told.first and told.until):
        return told
    return Period(first=told.first - dt.timedelta(7), until=told.until - dt.timedelta(7))


def _this_year(_: re.Match[str], dated: dt.date) -> Period:
    return Period(first=dt.date(dated.year, 1, 1), until=dated)


def _half(m: re.Match[str], dated: dt.date) -> Period:
    """January to June or July to December, the last that had begun, up to its last weekday or the article's day."""
    start = 1 if m["half"] == "上" else 7
    year = int(m["y"] or dated.year - (m["past"] is not None or start > dated.month))
    last = dt.date(year, 6, 30) if start == 1 else dt.date(year, 12, 31)
    until = min(dated, last_weekday(last))
    beside = re.match("[^,。;]{0,2}[累涨跌升挫飙泻]", m.string[m.end() :])
    return Period(first=dt.date(year, start, 1), until=until, open=until == dated or not beside)


def _first_months(m: re.Match[str], dated: dt.date) -> Period:
    """January up to the month of that number, as far as they are over: 今年前10个月."""
    year, count = int(m["y"] or dated.year), _count(m["n"])
    over = 1 < count < 12 and (year, count) < (dated.year, dated.month)
    last = _of_month(dt.date(year, count, 1), dated).until if over else None
    return Period(first=dt.date(year, 1, 1) if over else None, until=last, open=not over)


def _the_year(m: re.Match[str], dated: dt.date) -> Period:
    """The running year; at its turn the one before may be meant."""
    return replace(_this_year(m, dated), open=dated.month in {1, 12})


def _whole_year(_: re.Match[str], dated: dt.date) -> Period:
    """The year that ended last or ends; that of a running one is none yet."""
    if dated.month in {1, 12}:
        return Period(years=(dated.year - (dated.month == 1),))
    return Period(first=dt.date(dated.year, 1, 1), until=dated, open=True)


def _twelve_months(_: re.Match[str], dated: dt.date) -> Period:
    """The calendar year at its turn, else as many months back."""
    if dated.month in {1, 12}:
        year = dated.year - (dated.month == 1)
        return Period(first=dt.date(year, 1, 1), until=min(dated, dt.date(year, 12, 31)), open=True)
    return Period(first=back(12, "month", dated), until=dated, open=True)


def _month(m: re.Match[str], dated: dt.date) -> Period:
    """A calendar month, up to the article's day; without a year the last one of that name."""
    number = int(m["zm"]) if m["zm"] else month_number(m["em"])
    year = int(m["ey"] or m["zy"] or dated.year - (number > dated.month))
    if m[0].endswith("今"):
        return Period(first=dt.date(year, number, 1), until=dated, open=True)  # 2月至今 goes on
    return _of_month(dt.date(year, number, 1), dated)


def _of_month(first: dt.date, dated: dt.date) -> Period:
    return Period(first=first, until=min(dated, month_end(first.year, first.month)))


def _quarter(m: re.Match[str], dated: dt.date) -> Period:
    """The quarter of that number that began last, up to the article's day."""
    number = "一二三四首1234".index(m["zq"].removeprefix("第")[0]) % 5 % 4
    first = dt.date(dated.year, 3 * number + 1, 1)
    first = first.replace(year=first.year - 1) if first > dated else first
    return Period(first=first, until=min(dated, month_end(first.year, first.month + 2)))


def _part_of_year(m: re.Match[str], dated: dt.date) -> Period:
    """A quarter or a half, the last one of its number that had begun; of which year is not told but by its number."""
    length = 3 if m["part"].lower() == "quarter" else 6
    start = length * ("first", "second", "third", "fourth").index(m["nth"].lower())
    if start >= 12:
        return Period(open=True)
    year = int(m["year"] or dated.year - (start + 1 > dated.month))
    last = month_end(year, start + length)
    return Period(first=dt.date(year, start + 1, 1), until=min(dated, last), open=True)


def _begun(m: re.Match[str], dated: dt.date) -> Period:
    """The first so many weeks, months or quarters of a year: "for the first four months of the year"."""
    year, count = int(m["year"] or dated.year), _count(m["n"])
    if m["unit"].lower() == "week":
        last = dt.date(year, 1, 1) + dt.timedelta(7 * count - 1)
    else:
        months = min(12, count * (3 if m["unit"].lower() == "quarter" else 1))
        last = month_end(year, months)
    return Period(first=dt.date(year, 1, 1), until=min(dated, last), open=True)


def _part_of_month(m: re.Match[str], dated: dt.date) -> Period:
    """The first or the last days or weeks of a month or of the year."""
    days = _count(m["n"] or "1") * (7 if m["unit"].lower() == "week" else 1)
    number = month_number(m["em"]) if m["em"] else 1
    first = dt.date(dated.year - (number > dated.month), number, 1)
    if m["which"].lower() in {"first", "opening"}:
        return Period(first=first, until=min(dated, first + dt.timedelta(days - 1)), open=True)
    last = _of_month(first, dated).until
    return Period(first=last - dt.timedelta(days - 1) if last and m["em"] else None, until=last, open=True)


def _this_month(_: re.Match[str], dated: dt.date) -> Period:
    return _of_month(dated.replace(day=1), dated)


def month_told(dated: dt.date) -> dt.date:
    """The first day of what "the month" is: in its first days, the one that is over."""
    return (dated.replace(day=1) - dt.timedelta(dated.day <= TURN)).replace(day=1)


def _the_month(_: re.Match[str], dated: dt.date) -> Period:
    first = month_told(dated)
    return replace(_of_month(first, dated), open=first.month != dated.month)


def _last_month(_: re.Match[str], dated: dt.date) -> Period:
    return _of_month((dated.replace(day=1) - dt.timedelta(1)).replace(day=1), dated)


def _sessions(m: re.Match[str], dated: dt.date) -> Period:
    """Up to a week of days may be sessions; more of them are days of the calendar, where no word says otherwise."""
    count = _count(m["en"] or m["zh"])
    days = count > 5 and not re.search("trading|session|交易", m[0])
    return Period(sessions=count, open=days or not (m["sure"] or m["sure2"]))


def _sessions_before(m: re.Match[str], dated: dt.date) -> Period:
    """ "over the previous three sessions": up to the one before the day."""
    return Period(sessions=_count(m["n"] or m["n2"]), past=True, open=True)


def _this_quarter(_: re.Match[str], dated: dt.date) -> Period:
    """The calendar quarter, up to the article's day; a firm's own may be meant."""
    return Period(first=dt.date(dated.year, dated.month - (dated.month - 1) % 3, 1), until=dated, open=True)


def over(months: int, dated: dt.date) -> Period | None:
    """The last calendar month, quarter, half or year that is over, or nearly so; None where that is long ago."""
    day = dated + dt.timedelta(NEAR if months < 12 else LATE[months])
    begun = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    last = begun - dt.timedelta(1)
    number = begun.year * 12 + begun.month - 1 - months
    first = dt.date(number // 12, number % 12 + 1, 1)
    return Period(first=first, until=min(dated, last), open=True) if (dated - last).days <= LATE[months] else None


def lasting(unit: str, day: dt.date) -> Period:
    """The week, month, quarter, half or year that is over at a day, or runs."""
    if unit == "week":
        return replace(_week(None, day), open=True)
    months = {"month": 1, "quarter": 3, "half": 6, "year": 12}[unit]
    running = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    return over(months, day) or Period(first=running, until=day, open=True)


def _ended(m: re.Match[str], dated: dt.date) -> Period:
    """ "ended the month 4 % lower"."""
    return lasting({"three months": "quarter", "six months": "half"}.get(m["span"].lower(), m["span"].lower()), dated)


def _months(m: re.Match[str], dated: dt.date) -> Period:
    """From the first of one month to the last day of another: "between July and September"."""
    one, other = (_of_month(dt.date(dated.year, month_number(m[g]), 1), dated) for g in ("em", "em2"))
    return Period(first=one.first, until=other.until, open=True)


def _end_of(m: re.Match[str], dated: dt.date) -> Period:
    """From the end of a year or a month: "15 % less than at the end of 2017"."""
    if m["year"]:
        return Period(first=dt.date(int(m["year"]) + 1, 1, 1), until=dated)
    number = month_number(m["em"])
    year = dated.year - (number >= dated.month) + number // 12
    return Period(first=dt.date(year, number % 12 + 1, 1), until=dated)


def back(count: int, unit: str, day: dt.date) -> dt.date:
    """The day behind the one that lies so many weeks, months or years before."""
    if unit == "week":
        return day - dt.timedelta(7 * count - 1)
    months = max(EARLIEST * 12, day.year * 12 + day.month - 1 - count * (12 if unit == "year" else 1))
    last = month_end(months // 12, months % 12 + 1)
    return last.replace(day=min(day.day, last.day)) + dt.timedelta(1)


def _units(m: re.Match[str], dated: dt.date) -> Period:
    """ "over the past three months", "over the 12 months to Tuesday", "a year ago"."""
    unit = m["unit"] or m["unit2"]
    return Period(first=back(_count(m["n"]) if m["n"] else 1, unit.lower(), dated), until=dated, open=True)


def _past_month(_: re.Match[str], dated: dt.date) -> Period:
    """From the day behind the same date of the month before; up to which day is not told."""
    first = (dated.replace(day=1) - dt.timedelta(1)).replace(day=1) + dt.timedelta(dated.day)
    return Period(first=first + dt.timedelta(max(0, 7 - first.weekday()) * (first.weekday() > 4)), open=True)


def _past(m: re.Match[str], dated: dt.date) -> Period:
    """From the day behind the same date so many months or years before."""
    first = back(_count(m["py"]), "year", dated) if m["py"] else back(_count(m["pm"]), "month", dated)
    return Period(first=first, open=True)


def _open(_: re.Match[str], dated: dt.date) -> Period:
    return Period(open=True)


_PATTERNS: tuple[tuple[str, Callable[[re.Match[str], dt.date], Period]], ...] = (
    (r"\b(?:in|both|and|of) (?P<en>(?:19|20)\d\d)\b|(?P<zh>(?:19|20)\d\d)\s*年(?!\s*\d*\s*(?:月|以来|底|初|代))", _year),  # noqa: E501
    (r"(?<=%) (?:for|in) (?P<en>(?:19|20)\d\d)\b(?P<zh>)", _year),
    (r"\b(?:for|in|over|during) the quarter\b|\bthis quarter\b|[本今]季度?(?=[^,。;\d]{0,6}[升跌涨挫泻飙弹回重累贬])", _this_quarter),  # noqa: E501
    (r"\b(?:in|for|over|during) the (?P<nth>first|second|third|fourth) (?P<part>quarter|half)\b(?: of (?:the year|(?P<year>(?:19|20)\d\d)))?", _part_of_year),  # noqa: E501
    (rf"\b(?:in|over|during|for) the (?P<which>first|opening|last|final) (?:(?P<n>{_N}) )?(?P<unit>day|week)s? of (?:{_EN_MONTH}|the year)\b", _part_of_month),  # noqa: E501
    (rf"\b(?P<en>{_N})[- ](?:day|session) (?=(?:gain|loss|drop|fall|rise|rally|slide|decline|advance|rout|slump|sell-?off|surge|plunge|jump)\b)(?P<sure>)(?P<sure2>)(?P<zh>)", _sessions),  # noqa: E501
    (rf"\b(?:in|for|over|during) the first (?P<n>{_N}) (?P<unit>week|month|quarter)s of (?:(?:the|this) year|(?P<year>(?:19|20)\d\d))\b", _begun),  # noqa: E501
    (rf"\bbetween {_EN_MONTH} and {_EN_MONTH.replace('em', 'em2')}\b(?! \d)", _months),
    (rf"\b(?:than|from|above|below) (?:at |it was at )?the end of (?:last )?(?:(?P<year>(?:19|20)\d\d)|{_EN_MONTH})\b", _end_of),  # noqa: E501
    (r"\b(?:where|than when|what) (?:it|they|the \w+) (?:was|were|stood|began|started) (?:at )?the (?:start of the |beginning of the )?year\b|\bthan at the (?:start|turn|beginning) of the year\b|\bover the year to date\b|\bon the year\b", _this_year),  # noqa: E501
    (rf"\b(?:over|within|(?:over|in|during|for|within)(?: (?:the|just|barely|only|past|last|previous))+) (?P<n>{_N}) (?P<unit>week|month|year)s\b(?: alone)?"  # noqa: E501
     rf"|\b(?:in|over) the (?:past|last) (?P<unit2>month|year)\b", _units),
    (r"\blast year\b|去年(?!\s*\d|年?底|年初)", lambda _, d: Period(years=(d.year - 1,))),
    (r"前年(?!\s*\d)|\bthe year before last\b", lambda _, d: Period(years=(d.year - 2,))),
    (r"\b(?:past|last) (?P<en>two|three|four|five) years\b|过去(?P<zh>[两二三四五])年", _past_years),
    (r"\b(?:over|for|in|during|on|(?:end|finish)(?:ed|ing)) the (?:trading |[a-z]+-shortened )?week\b|\b(?:end|finish)(?:ed|ing) the five days\b|\bweekly\b|\b(?:over|in|during|for) the five (?:trading )?(?:days|sessions)\b|\bfor the [a-z]+-shortened week\b|(?<!day of )\bthis week\b|(?:[本这当]|这一)周(?![一二三四五六日])(?:累计)?|周线|[全单整]个?(?:周|星期)(?:累计)?|(?<![近去上])一周(?:以?来)?(?=累|[升跌涨挫]|贬|[^,。;\d]{0,8}?[升跌涨挫贬]了?\d)|(?<![上本])周(?=[升跌涨挫]幅?[\d约近逾达累])", _week),  # noqa: E501
    (r"\b(?:past|previous) week\b|过去一周|近一周", _past_week),
    (rf"\b(?:for|over|during|in) (?:the (?:whole |month |course )of )?{_EN_MONTH}(?: (?P<ey>(?:19|20)\d\d))?\b"
     r"(?! (?:\d|delivery|contract|futures|settlement))"
     r"|(?P<whole>整个?)?(?:(?P<zy>(?:19|20)\d\d)年)?(?<!\d)(?P<zm>1[0-2]|0?[1-9])月份?(?(whole)(?!\d)|(?:全月|累计|整月|单月|(?=,[^,。;\d]{2,6}月线)|[至迄]今|(?=(?:[兑对](?:美元|人民币|日[元圆]|欧元))?(?:仍|则|也|更|仅|只|大约|约)?(?:[小微大重狂暴急上下回反][^,。;\d]?)?累?(?:[升跌涨挫贬摔泻飙扬弹]|(?<=[月则也更仅只约])回[落吐调]))|(?=(?:加权指数|[台港美A]股|恒指|大盘|股价|强势|同步|共)+[小大重狂暴急上下飙]?[升跌涨挫飙扬])|(?=的?(?:表现|走势))|(?=[该此这]指数[也则仅共大小微下上]*[升跌涨挫])|(?=[^\d,。;]{0,8}?(?:累计?[升跌涨挫]|累计))))", _month),  # noqa: E501
    (r"(?P<zq>(?:第?[一二三四首1-4])季度?)(?=(?:[兑对](?:美元|人民币|日[元圆]|欧元))?(?:[小大重上下飙狂]|则|也)?仍?累?[升跌涨挫泻飙扬弹]|[^,。;\d]{0,8}?累(?:计|[升跌涨挫]))", _quarter),  # noqa: E501
    (r"\b(?:end|finish|clos)(?:ed|ing) the (?P<span>month|quarter|half|three months|six months)\b(?! at)", _ended),
    (r"\b(?:over|for|during) the (?:whole|full) year\b|\b(?:end|finish|clos)(?:ed|ing) the year\b(?! at)", _whole_year),
    (r"\b(?:over|in|during|across) the (?:twelve|12) months\b(?! (?:to|through|ended|since))", _twelve_months),
    (r"(?<!去年)(?:总结|综观|纵观)全年(?=,)|(?<!去年)全年(?:(?:来看|来说|而言|计|合计)(?=,)|(?=[^,。;\d]{0,6}[升跌涨挫飙泻扬弹蒸缩]))"
     r"|(?<=[,;])(?:一年|12个月)(?:来|下来|间|内)?(?=[共累就已也]{0,2}(?:[大狂]?[升跌涨挫飙泻扬]|蒸发|缩水|[增减][加少]))", _whole_year),  # noqa: E501
    (r"\b(?:for|over|in|on|during) the month\b(?! (?:of|to|through|ended|since|before))|(?<![月份])全月(?:来看,|计)?(?:累计)?(?=[^,。;\d]{0,6}[升跌涨挫])", _the_month),  # noqa: E501
    (r"\b(?:this|so far in the) month\b(?! of)|[本这]个?月(?:以来|来|迄今|至今)?(?:已?累计)?(?!\d)(?!的?(?:单日|收[市盘]价?|盘中)?(?:新[高低]|最[大高低差佳好强弱慘惨]|首[次度]))", _this_month),  # noqa: E501
    (rf"(?:今年|(?P<y>20\d\d)年)前(?P<n>{_ZH_N})个月(?:累计)?", _first_months),
    (r"单月(?:累计)?", lambda m, d: replace(_this_month(m, d), open=True)),
    (r"\blast month\b|上个?月(?:累计)?(?!\d)", _last_month),
    (r"\blast week\b|上周(?:一周|(?![一二三四五六日]))(?:累计)?", _last_week),
    (r"(?:(?P<y>20\d\d)年|(?P<past>去)年|今年)?(?P<half>[上下])半年(?=[^,。;\d]{0,6}[累涨跌升挫飙泻贬扬]|来看|,)", _half),  # noqa: E501
    (r"\bfor the year\b(?! (?:to|ended|ending|through(?! \w+day)|ahead))", _the_year),
    (r"\b(?:so far )?this year\b|\byear[- ]to[- ]date\b|自?(?:今年|年)初以来|开年以来|今年(?:以来|来|迄今|至今)?(?:已?累计)?(?!的?(?:第一|首)个?交易日|的?(?:单日|收[市盘]价?|盘中)?(?:新[高低]|最[大高低差佳好强弱慘惨]|首[次度]))|年初至今|[较比](?:去年年?[底末]|今?年初)(?:的?收[市盘]价?)?(?=[高低涨跌升上下累])|[由从自以](?:去年年?[底末]|今?年初)(?:收[盘市]价?)?(?:起?计算?|算起|起算?|至今)|年[内內](?:已?累计)?(?!的?(?:单日|收[市盘]价?|盘中)?(?:新[高低]|最[大高低差佳好强弱慘惨]|首[次度]))", _this_year),  # noqa: E501
    (rf"\b(?:over|in|during|for|within) (?:the )?(?P<sure>past |last )?(?P<en>{_N}) (?:trading )?(?:days|sessions)\b"
     rf"|(?P<sure2>近|过去|最近)?(?<!第)(?P<zh>{_ZH_N})(?:个(?:交易|营业)日|天|(?<=[两三四五六七八九十])日)(?:\([^()]{5,20}\))?(?!之?[后前]|[线均]|创下|的?(?:收[盘市]|历史)(?:纪录|新高)|的?[升跌涨][势市浪])(?:下来|来|累计|内|以来|里)?", _sessions),  # noqa: E501
    (rf"\b(?:over|in|during|for|within|across|of) (?:the|its|their) (?:(?:previous|prior|preceding) (?P<n>{_N})|(?P<n2>{_N}) (?:previous|prior|preceding)) (?:trading )?(?:days|sessions)\b", _sessions_before),  # noqa: E501
    (rf"\b(?:the |in the )?(?:{_N} )?(?:days|weeks?|months?) before (?=(?:the|its|an?|their)\b)"  # some event
     rf"|(?<=[\u4e00-\u9fff])(?<!目)前(?:一周|{_ZH_N}(?:天|日|周|个?月))", _open),
    (r"\b(?:in |over |during )?the (?:week before|previous week)\b", _week_before),
    (r"\b(?:past|last) quarter\b|\b(?:past|last) year\b|\bpast month\b|\bover the (?:past|last)\b|\b(?:in|over) (?:a|one) (?:year|month)\b"  # noqa: E501
     rf"|近(?:二|{_ZH_N})个?月|近(?:[一二]|{_ZH_N})个?[年季]|过去(?:二|{_ZH_N})个?月|自[^,。]{{2,12}}以来|累计|累(?=[升跌涨挫])|波段(?=[升跌涨])", _open),  # noqa: E501
    (r"(?:近|过去)一个?月(?:来|已?累计)?", _past_month),
    (rf"(?:近(?P<py>一|{_ZH_N})年|(?:近|过去)(?P<pm>{_ZH_N})个月)(?=[^,。;\d]{{0,8}}[升跌涨挫])", _past),
)  # fmt: skip
_SPAN = re.compile(r"(?:over|for|in|during|within) the (?!past|last|previous)", re.IGNORECASE)
_WHICH = re.compile(
    r"\s(?:(?:immediately |right |just )?(?:after|following|since|before|from|of|that|when|beginning|starting)"
    r"|(?:to|through|until|up to|ended|ending)(?! (?:on )?Friday\b))\b",
    re.IGNORECASE,
)
_RUN = re.compile(
    rf"连续?(?:第?(?P<n>{_ZH_N}|(?<=第)二)个?(?:交易)?(?:日|天)?(?P<move>[黑红跌涨升挫扬])|(?P<moved>[跌涨升])了?(?P<days>{_ZH_N})(?:个交易日|日|天))"
)
_COMPILED = tuple((re.compile(pattern, re.IGNORECASE), read) for pattern, read in _PATTERNS)


def _count(text: str) -> int:
    return int(numeral(text))


def _reaching(m: re.Match[str], span: Period, text: str) -> Period:
    """The span, open where words behind say which it is: "in the week after its report", "in the week to Jan. 10"."""
    return replace(span, open=True) if _SPAN.match(m[0]) and _WHICH.match(text, m.end()) else span


def periods(text: str, dated: dt.date) -> Iterator[Mark]:
    """Every span named in the sentence, as marks whose value is a `Period`."""
    for pattern, read in _COMPILED:
        for m in pattern.finditer(text):
            span, told = m.span("en") if read is _year and m["en"] else m.span(), _reaching(m, read(m, dated), text)
            if max(told.years, default=dated.year) <= dated.year:  # what was expected for 2030 is no span of a move
                yield Mark(*span, "period", told)
    for m in _RUN.finditer(text):
        down = (m["move"] or m["moved"]) in "黑跌挫"
        yield Mark(*m.span(), "run_down" if down else "run_up", Period(sessions=_count(m["n"] or m["days"])))
