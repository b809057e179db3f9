"""What English articles count beside a price: shares that changed hands, how many rose or fell, premiums to a close."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from eventwindow.claims.amounts import number_of
from eventwindow.draft.context import Context, day_of, frame_of, period_of, resolved
from eventwindow.draft.dates import days
from eventwindow.draft.lexicon import Group, Mark
from eventwindow.draft.quantified import EXTREME, figure_at
from eventwindow.draft.sentence import Sentence
from eventwindow.draft.statement import NOBODY, Statement, Subject
from eventwindow.draft.unquantified import since_told

Owners = Callable[[Mark], Sequence[Subject]]
Found = Iterator[tuple[Mark, Statement]]
LOT = 1000  # shares of a Taiwanese lot
_TRADED = re.compile(  # "9 million shares changed hands", "19.6 million of them were traded", "502 million worth"
    r"(?:\s(?:of them|of its shares|(?:[A-Z][\w.&]*(?:['’]s)? )?(?P<what>shares|lots|units)))?"
    r"(?:(?: of [A-Z]\w+)?(?: (?:were|had|have|was|been))* (?:traded|chang(?:ed|ing) hands)| worth)\b"
)
_VOLUME = re.compile(r"\bvolumes? (?:[\w-]+ ){0,6}?$", re.IGNORECASE)
_MARKET = re.compile(r"\bon the (main (?:section|board|market))\b")
_LOTS = re.compile(r"\s(?P<what>shares|lots|contracts)\b")
_DOWN = r"(?:fell|lost|dropped|declin\w+|los\w+|fall\w+|lower|down|retreat\w+|sank|slid|in the red)"
_WAY = rf"(?:(?P<down>{_DOWN})|rose|gain\w+|advanc\w+|ris\w+|climb\w+|higher|up|in the green|win\w+)"
_SIDE = r"(?:(?:advanc|declin|fall|ris|los|gain|winn)(?:ing|ers?)(?: (?:issues|stocks|shares))?)"
_OUTNUMBERED = re.compile(
    rf"\b(?P<more>{_SIDE}) (?:handily |easily |well )?(?:outnumber|outpac|thump|swamp|overwhelm|exceed)(?:ed|ing)\b"
    rf"|\boutnumbered by (?P<less>{_SIDE})",
    re.IGNORECASE,
)
_TICKER = r"(?: [A-Z^.]{2,6},? ?[-+−]?[\d.]+%)?"  # as some portals set one behind each name
_BE = r"(?:(?:were|was|had|have|all|also|finished|ended|closed|traded|\w+ly) ){0,3}"
_COUNTED = re.compile(  # "eight of the ASX's 11 sectors finished lower", "only six stocks in the S&P 500 rose"
    r"\b(?P<only>only )?(?P<n>\d+|[a-z]+)(?: of (?:the |its )?(?P<of>(?:[\w& ]+['’]s )?(?P<m>\d+) [\w -]{3,30}?)"
    r"|(?<!of) (?P<kind>(?:stocks|shares|members|components|companies|constituents)(?: in the [A-Z][\w& ]+?\d*)?))"
    rf"{_TICKER},? {_BE}{_WAY}\b",
    re.IGNORECASE,
)
_PLURAL = r"(?:(?!it\b|was\b|an?\b|but\b|that\b|of\b|ordinaries)[\w&'’-]+ ){0,6}?(?!ordinaries)[\w&-]+s"
_EVERY = re.compile(  # "all of the big four banks gained", "all 30 of its members fell", "every stock in it fell"
    rf"\b(?:all(?: \d+)?(?: of)? (?:the |its |their )?(?P<kind>{_PLURAL}(?: of the (?:index|market|benchmark))?)"
    r"(?: (?:on|in) the [A-Z][\w&]*(?: [A-Z][\w&]*){0,5})?"
    r"|every (?P<one>(?:stock|share|member|company|sector)[\w& -]{0,30}?))"
    rf"{_TICKER},? {_BE}{_WAY}\b",
    re.IGNORECASE,
)
_MEMBERS = {"members", "components", "constituents"}
_NONE = re.compile(  # "not a single member of the FTSE 100 has risen"
    r"\b(?:not (?:a single|one)|no|none of the) "
    r"(?P<kind>(?:stock|share|member|company|sector)s?(?: (?:of|in|on) the [A-Z][\w& ]{2,20}?)?)"
    rf" {_BE}(?:(?P<down>{_DOWN}|fallen)|rose|risen|gained|advanced|climbed|higher)\b",
    re.IGNORECASE,
)
_OF_SO_MANY = re.compile(  # "of the 934 traded issues, 198 advanced and 701 declined"
    rf"\bof (?:the |its |all )?(?P<m>\d[\d,]*) (?P<of>[\w &-]{{3,30}}?), (?P<n>\d[\d,]*|[a-z]+) {_WAY}"
    rf"(?:,? and (?P<n2>\d[\d,]*|[a-z]+) {_WAY.replace('down', 'down2')})?\b",
    re.IGNORECASE,
)
_FOR_ALL = re.compile(
    r"\b(?:(?:declines|losses|falls)|(?P<up>gains|advances)) (?:for|in|by) all (?:\d+ )?(?:of )?(?:its|the|their) "
    r"(?P<kind>\w+)"
)
_ALL_BUT = re.compile(
    rf"\ball but \w+ of (?:its|the|their) (?P<kind>\w+) (?:were |was |ending |closing )?"
    rf"(?:(?P<down>{_DOWN})|higher|up|gaining)"
)
_PREMIUM = re.compile(  # "a premium of 38 %", "31 % above Tuesday's close": of what is offered for a share
    r"\b(?:(?P<up>premium)|(?P<down>discount)) of (?:about |nearly |almost |more than |some )?$"
)
_TO = re.compile(r" (?:to|over|on|above) (?:its|the|\w+['’]s)\b")
_OVER = re.compile(
    r"(?: (?P<noun>premium|(?P<under>discount)))?"
    r" (?:to|above|(?:more|higher) than|over|(?P<less>below|(?:less|lower) than)) "
    r"(?:[\w&.'’]+ ){0,4}?(?:clos(?:e|ing price)|(?:market|average|share) price|undisturbed price)\b"
)
_PEAK = re.compile(  # "below its record close of", "5.9 % below the high it set on": it was one on the day that follows
    r"\b(?:below|under|from|off|beneath|short of|exceed\w*|since) (?:(?:its|their|the|an?|that) )?"
    r"(?:(?!\w+day['’])[\w'’-]+ ){0,2}?"
    r"(?:record|all-time|closing|high|peak)\b(?: (?:closing|high|close|peak|level))*"
    r"(?: of [^\w\s]{0,3}[\d.,]+(?: [a-z]+)?)?"
    r" (?:(?:(?:that |which )?(?:it |they )|that was )?(?:set|reached|hit|touched|made) )?"
    r"(?:of|on|from|in) $"
)
_ACTIVE = re.compile(
    r"\b(?:most (?:actively|heavily) traded(?: (?!by\b|on\b)[\w&'-]+){0,4}"
    r"(?: by (?:trading )?(?:volume|value|turnover))?"
    r"|(?:highest|largest|heaviest|biggest) (?:turnover|trading volume)\b(?= (?:of (?:any|all)|on|in)\b))",
    re.IGNORECASE,
)
_TWICE = re.compile(
    r"\b(?:volumes?|turnover|shares)\b[^,;.]{0,24}? (?:(?P<more>more than )|(?P<about>about |nearly |almost ))?"
    r"(?:twice|double) (?:the|its|their) (?:[\w-]+ ){0,3}?(?:average|usual|normal)\b",
    re.IGNORECASE,
)
_BACK = re.compile(r"[\w-]+-(?:week|month|year|decade)(?= (?:high|low))")
_BETWEEN = re.compile(r"\b(?:mov|trad|rang|fluctuat|swing|swung)\w* between $")
_OFFER = re.compile(
    r"\b(?:offer|bid|price|pay|paying|takeover|premium|discount|approach|proposal|placing)", re.IGNORECASE
)


def counts(sentence: Sentence, context: Context, owners: Owners) -> Found:
    """Every such statement of an English sentence."""
    if sentence.chinese:
        return
    for mark in sentence.all("amount"):
        yield from (
            (mark, s) for s in (*_traded(sentence, mark, context, owners), *_premium(sentence, mark, context, owners))
        )
    yield from _breadth(sentence, context)
    yield from _most_traded(sentence, context, owners)
    yield from _twice_usual(sentence, context, owners)
    yield from _ranges(sentence, context, owners)
    yield from _peaks(sentence, context, owners)


def _ranges(sentence: Sentence, context: Context, owners: Owners) -> Found:
    """The lowest and the highest price of a day: "after moving between 14,663 and 14,861"."""
    for mark in sentence.all("amount"):
        told = mark.value.low < mark.value.high and mark.value.unit in {"number", "points", "money"}
        if told and _BETWEEN.search(sentence.text, 0, mark.value.at):
            for who in owners(mark)[:1]:
                found = figure_at(sentence, mark, who, "price_level", 1, context)
                yield mark, replace(found, high=found.low, hedge="exact", open=(EXTREME, *found.open))
                yield mark, replace(found, low=found.high, hedge="exact", open=(EXTREME, *found.open))


def _peaks(sentence: Sentence, context: Context, owners: Owners) -> Found:
    """The records that a comparison looks back to, each of its own day."""
    for day in days(sentence.text, context.paper) if context.paper else ():
        found, on = _PEAK.search(sentence.text, 0, day.start), day.value.date
        if found and on and context.paper and on <= context.paper:
            mark = Mark(*found.span(), "record")
            back = _BACK.search(sentence.text, *found.span())
            since = since_told(sentence, Mark(*back.span(), "since"), on)[0] if back else ""
            record = Statement(0, "record", NOBODY, 0.0, 0.0, "exact", -1, step=1.0, date=on, by="high", since=since)
            yield from ((mark, replace(record, who=who)) for who in owners(mark)[:1])


def _most_traded(sentence: Sentence, context: Context, owners: Owners) -> Found:
    """ "was again the most actively traded counter by volume", "had the highest turnover of any stock"."""
    for m in _ACTIVE.finditer(sentence.text):
        mark = Mark(*m.span(), "rank")
        kind = "volume_rank" if "volume" in m[0].lower() else "turnover_rank"
        for who in owners(mark)[:1]:
            span = frame_of(sentence, mark, context) or period_of(sentence, mark, context)
            span = span if span and span.first and span.until else None
            day, until = (span.first, span.until) if span else (day_of(sentence, mark, context), None)
            yield mark, Statement(0, kind, who, 1.0, 1.0, "exact", -1, step=1.0, date=day, until=until)


def _twice_usual(sentence: Sentence, context: Context, owners: Owners) -> Found:
    """ "Volume was more than twice the daily average"."""
    for m in _TWICE.finditer(sentence.text):
        mark = Mark(*m.span(), "volume")
        hedge = "more_than" if m["more"] else "about" if m["about"] else "exact"
        for who in owners(mark)[:1]:
            day = day_of(sentence, mark, context)
            yield mark, Statement(0, "volume_multiple", who, 2.0, 2.0, hedge, 1, step=0.1, date=day)


def _traded(sentence: Sentence, mark: Mark, context: Context, owners: Owners) -> Iterator[Statement]:
    """How many shares changed hands."""
    if mark.value.unit != "number" or mark.value.high < LOT:
        return
    told = _VOLUME.search(sentence.text, sentence.clause(mark)[0], mark.start)
    found = _TRADED.match(sentence.text, mark.end) or (_LOTS.match(sentence.text, mark.end) if told else None)
    if found is None:
        return
    for who in _traded_of(sentence, mark, found, owners):
        taiwan = found["what"] == "lots" and all(s.endswith(".TW") for s in who.symbols)
        hedge = "exact" if mark.value.hedge == "amounted_to" else ""
        yield figure_at(sentence, mark, who, "volume", 1, context, hedge, scale=LOT if taiwan else 1.0)


def _traded_of(sentence: Sentence, mark: Mark, found: re.Match[str], owners: Owners) -> Sequence[Subject]:
    """Whose shares: of the name among the words that tell it, of a market, or of what is spoken of."""
    if market := _MARKET.search(sentence.text, *sentence.clause(mark)):
        return (Subject(group=Group(market[1], market[1])),)
    named = sentence.first("names", "aside", within=(mark.end, found.end()))
    return named.value[:1] if named else owners(mark)[:1]


def _premium(sentence: Sentence, mark: Mark, context: Context, owners: Owners) -> Iterator[Statement]:
    """By how much an offer or a sale of shares lies above or below a close, whose day it is of."""
    if mark.value.unit != "percent":
        return
    before = _PREMIUM.search(sentence.text, 0, mark.start) if _TO.match(sentence.text, mark.end) else None
    behind = _OVER.match(sentence.text, mark.end)
    offered = behind and (behind["noun"] or _OFFER.search(sentence.text, 0, mark.start))
    if not (before or offered):
        return
    below = (before and before["down"]) or (behind and (behind["under"] or behind["less"]))
    based = next((m for m in sentence.all("date", "base", "ahead", "closed") if m.start >= mark.end), None)
    for who in _bid_for(sentence, mark) or owners(mark)[:1] or context.who[:1]:
        found = figure_at(sentence, mark, who, "premium", -1 if below else 1, context)
        yield replace(found, date=resolved(sentence, based, context) if based else found.date)


def _bid_for(sentence: Sentence, mark: Mark) -> Sequence[Subject]:
    """Whose close the offer is held against: "a premium of 38 % to Elior's closing price"."""
    named = next((m for m in sentence.all("names", "aside", "others") if mark.end <= m.start < mark.end + 16), None)
    return named.value[:1] if named else ()


def _breadth(sentence: Sentence, context: Context) -> Found:
    """How many of a kind rose or fell, against those that did not."""
    for m in _OUTNUMBERED.finditer(sentence.text):
        side = m["more"] or m["less"]
        yield _told(sentence, context, m, side, "most", -1 if re.match("declin|fall|los", side, re.IGNORECASE) else 1)
    for m in _COUNTED.finditer(sentence.text):
        count, whole = number_of(m["n"].lower()), float(m["m"] or 0)
        way = -1 if m["down"] else 1
        if m["only"] and m["kind"]:
            yield _told(sentence, context, m, m["kind"], "most", -way)
        elif count and whole and count.value > whole / 2:
            yield _told(sentence, context, m, m["of"], "most", way)
    for m in _EVERY.finditer(sentence.text):
        kind = m["kind"] or m["one"]
        if kind.lower() in _MEMBERS or kind.split()[-1].lower() not in sentence.rules.no_kind:
            yield _told(sentence, context, m, kind, "all", -1 if m["down"] else 1)
    for m in _NONE.finditer(sentence.text):
        yield _told(sentence, context, m, m["kind"], "all", 1 if m["down"] else -1)
    for m in _OF_SO_MANY.finditer(sentence.text):
        sides = [(number_of((m[n] or "").lower()), -1 if m[way] else 1) for n, way in (("n", "down"), ("n2", "down2"))]
        every = number_of(m["m"])
        for some, way in sides:
            if some and every and some.value > every.value / 2:
                yield _told(sentence, context, m, m["of"], "most", way)
    for m in _FOR_ALL.finditer(sentence.text):
        yield _told(sentence, context, m, m["kind"], "all", 1 if m["up"] else -1)
    for m in _ALL_BUT.finditer(sentence.text):
        yield _told(sentence, context, m, m["kind"], "most", -1 if m["down"] else 1)


def _told(
    sentence: Sentence, context: Context, m: re.Match[str], kind: str, many: str, way: int
) -> tuple[Mark, Statement]:
    mark = Mark(*m.span(), "breadth")
    group = Subject(group=Group(kind, kind))
    return mark, Statement(0, "breadth", group, None, None, many, way, date=day_of(sentence, mark, context))
