"""Securities by ticker, name and alias: the table of the package, a user's own, and the names that a study gives."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from eventwindow.draft.chinese import has_chinese, simplified
from eventwindow.draft.finder import Finder, finder
from eventwindow.draft.lexicon import Group, Mark, lexicon
from eventwindow.draft.statement import Subject
from eventwindow.draft.vouched import vouched
from eventwindow.errors import StudyError, check_file

if TYPE_CHECKING:
    from eventwindow.study.definition import Study

LARGEST = 20_000_000  # bytes of a table of names; the one that ships has 190,000
LONGEST = 6  # characters of a Chinese name
COLUMNS = ("symbol", "exchange", "currency", "kind", "names")
LISTS = ("names", "former", "ambiguous")  # parted by |; a user's table may leave out the last two
_YIELD = re.compile(  # of the United States, where no other country is named
    r"(?<![\w-])(?:(?:[Tt]he )?(?:[Bb]enchmark )?(?P<of>2|5|10|30|[Tt]wo|[Ff]ive|[Tt]en|[Tt]hirty)-year (?:US |U\.S\. )?(?:Treasury )?(?:notes? |bonds? )?yields?"  # noqa: E501
    r"|[Yy]ields? (?:on|of|for) (?:the )?(?:benchmark )?(?P<on>2|5|10|30|two|five|ten|thirty)-year (?:US |U\.S\. )?(?:Treasur(?:y|ies|ys)\b(?: notes?| bonds?)?|notes?|bonds?))\b"  # noqa: E501
)
_PART = re.compile(  # "Nasdaq Biotechnology Index", "FTSE Eurofirst 300"
    r" (?!Composite|Industrial|Stock|Share|All|Index|Average|Price)(?:[A-Z]\w+ ){1,3}(?:Index|Average|\d{2,3})\b"
)
_BRANCH = re.compile(  # "Nifty Bank", which is no Nifty
    r" (?:PSU )?(?:Banks?|IT|Metals?|Auto|Pharma|Health(?:care)?|FMCG|Realty|Energy|Media|Infra|Biotech"
    r"|Financials?(?: Services)?|Tech(?:nology)?|Transports?|Utilities|Mid-?[Cc]ap|Small-?[Cc]ap|Next)\b(?: \d{2,3}\b)?"
    r"(?!['’]| (?:sub-?)?(?:index|sector|shares|stocks)\b)"
)
_SECTOR = re.compile(  # an index of a part: "the STOXX Europe 600 Banks index", "the FTSE 350 mining index"
    r"(?: \d{2,4}\b)?(?: (?!Composite|Industrial|Stock|Share|Price|Benchmark)[A-Z][\w&-]*){0,3}"
    r"(?: (?!(?:stock|share|price|composite|average|benchmark|main|market|total|return|performance|weighted"
    r"|blue-chip|stock-market|volatility|the|its|an?|as|and|or|in|of|by|for|to|on|at|with|while|sector|index|also|is|was|has|had)\b)"
    r"[a-z][a-z-]+(?<!ed))? (?:sub-?index|index|sector)\b"
)
_CAPITAL = re.compile(  # of no country: "Dutch Philips"
    r"(?<![\w.$-])(?P<word>[A-Z][a-z]{3,}(?<!an)(?<!ese)(?<!ish)(?<!ch)(?<!ss)) $"
)
_OF_KIND = re.compile(r"(?:^|[,;] |\b(?:and|but|while) )[A-Za-z][a-z-]+ $")
_OF_METAL = re.compile(r" (?:(?:mining|miners|producers) )?(?:sub-?index|index|sector)\b")  # "the gold index"
_ABROAD = re.compile(r"(?!American)[A-Z]\w+(?:['’]s|an|ese|ish|nch|eek) $")
_MATURITIES = {"2": "2YY=F", "5": "^FVX", "10": "^TNX", "30": "^TYX", "two": "2YY=F", "five": "^FVX", "ten": "^TNX",
               "thirty": "^TYX"}  # fmt: skip
_TICKER = re.compile(r"(?:(?<=[:$(])|(?<=: ))(?P<sure>\^?[A-Z0-9]{1,10}(?:[.=-][A-Z]{1,4}){0,2})(?![\w.-])|(?<![\w$.-])(?P<bare>[A-Z]{3,5}(?![\w-])|[A-Z]{2}(?= (?:stock|shares)\b))")  # fmt: skip  # noqa: E501
_CODE = re.compile(r"(?P<name>[\u4e00-\u9fff]{2,6})(?:-(?:S?W|KY|R|B))?\((?P<code>\d{4,6})(?:\.[A-Z]{2,3})?\)")
_CODED = re.compile(  # a code that no list holds, and what stands before it: 公开收购康舒(6282)
    r"(?P<head>^|[,;:。、!?●・的和与及是])?(?P<run>[\u4e00-\u9fff]{2,12})(?:-[A-Z]{1,2})?\((?P<code>\d{3,6}|[A-Z]{2,5})(?:[.-][A-Z]{1,3})?\)",
    re.MULTILINE,
)
_OWN_CODE = r"(?:\(\d{1,6}(?:\.[A-Z]{2})?\))?"  # 酒鬼酒(000799.SZ)
_SHORT = re.compile(r"\((?:简称)?(?P<name>[\u4e00-\u9fff]{2,6})[,:/](?P<code>\d{3,6})\)")  # 三商美邦人寿(三商寿,2867)
_SELF = re.compile(  # what a company calls itself in its notice: 敏华控股有限公司(「本公司」,股份代号:1999)
    r"(?P<name>[\u4e00-\u9fff]{2,10}?)(?:股份|集团)?(?:有限)?公司\((?:以下)?(?:简称|称为)?[^()]{0,8}本(?:公司|集团)[^()]*?(?P<code>\d{3,6})?\)"
    r"|(?P<fund>[\u4e00-\u9fff]{4,16}基金)(?= ?(?:20\d\d年)?\d{1,2}月月?报)"
)
_APPOSED = re.compile(
    r"^(?:新股|[母子]公司|旗下|控股股东|大股东|同[业行]|龙头|旅行社|大厂|反倒是|反观|至于|其中|而|但)(?=[\u4e00-\u9fff]{2})"
)
_FORM = re.compile(r"(?:生[技医物]|科技|电子|药业|医药|集团|控股|国际|半导体|光电|证券|眼科|食品|航空)$")
_DAUGHTER = re.compile(
    r"(?:汽车|物业|地产|健康|影业|服务|数科|生活|生物|药业|医药|医疗|环境|环保|新材|能源|传媒|证券|置业|置地)(?=\(|[周今昨]|\d{1,2}日|[AH]股|股价|[收低高重大暴急微再续]?[跌涨挫升泻飙开弹])"
)
_FIRST = re.compile(r"[A-ZÀ-Þ][a-zß-ÿ]{3,}(?= [A-Z])")
_INSIDE = re.compile(r"(?<=[a-z] )[A-Z][a-z]+\b(?! [A-Z])")
_LONGER = re.compile(r" (?!(?:Inc|Corp|Co|Ltd|Group|Holdings?|Motors?|Company|Corporation)\b)[A-Z][a-z]{2,}")
_LEGAL = re.compile(
    r",? (?:Inc|Corp|Co|Ltd|[Pp][Ll][Cc]|N\.?V|S\.?A|AG|SE|AB|ASA|SpA|KGaA)\b\.?(?!\w| [A-Z])"
)  # of the name
_RIC = re.compile(r"\s?\((?P<code>[A-Z-]{2,6}[a-z]?\.[A-Z]{1,2})\)")
_EXCHANGE = re.compile(r"(?:NYSE|NASDAQ):\s*$", re.IGNORECASE)


_FUND_CODE = re.compile(r"(?<![\d.A-Za-z])(?<!\d,)00\d{2,4}[A-Z]?(?![\d.,%元点A-Za-z])")  # 00878今年以来上涨27%


class Listing(NamedTuple):
    """A security on one exchange; several listings of one firm share its names."""

    symbol: str
    exchange: str
    currency: str
    kind: str  # stock, index, future, commodity, currency, crypto, yield, bond, fund


class Row(NamedTuple):
    """A line of a table: a listing, its names of today and of the past, and which of them are words too.

    A row without a symbol holds words that look like a name and are none: "Target price", 高通膨.
    """

    listing: Listing
    names: tuple[str, ...]
    ambiguous: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """Listings by symbol, and every name with the listings that it may mean."""

    listings: Mapping[str, Listing]
    meanings: Mapping[str, tuple[str, ...]]
    finder: Finder
    not_bare: frozenset[str]
    ambiguous: frozenset[str]  # names that are words too: they count only with a sign beside them
    traded: frozenset[str]  # those of currencies, commodities and the like, which are no firms
    shared: frozenset[str]  # those of firms with which names of other firms begin
    words: Mapping[str, re.Pattern[str]]
    home: str = ""  # the main index of the market that most names of the article are listed on
    both: tuple[str, str] | None = None  # an index and a currency of one place, of which the article names both
    told: frozenset[str] = frozenset()  # words with a capital inside a sentence of the article; names with a code
    strange: Mapping[str, str] = field(default_factory=dict)  # forms of names that no list holds → the name in full

    def meant(self, symbols: Collection[str]) -> Names:
        """The same, where of the listings that a name may mean just one is among the symbols: that one."""
        held = {name: tuple(s for s in of if s in symbols) for name, of in self.meanings.items() if len(of) > 1}
        return replace(self, meanings={**self.meanings, **{name: of for name, of in held.items() if len(of) == 1}})

    def settled(self, lines: Iterable[str]) -> Names:
        """The same for an article in which a name that is a word too is vouched for once, and so always meant."""
        found = ((line, [*self.finder.spans(line)]) for line in lines)
        sure = {s[2] for line, spans in found for s in vouched(line, spans, self.ambiguous, self.words, self.traded)}
        return replace(self, ambiguous=self.ambiguous - {n for n in sure if n not in self.traded})

    def marks(self, text: str) -> Iterator[Mark]:
        """Every name and ticker in the sentence, with the symbols that it may mean."""
        spans = list(self.finder.spans(text))
        for start, end, name in vouched(text, spans, self.ambiguous, self.words, self.traded):
            if name in self.shared and _LONGER.match(text, end):
                continue  # Hyundai Heavy Industries is none of the firms that the list holds
            if name.startswith("stocks ") and _OF_KIND.search(text, 0, start):
                continue  # "Mining stocks in London"
            if name in self.ambiguous and self._ends_another(text, start, end):
                continue  # Manchester United
            golden = name[-1] == "周" and text[end : end + 1] in set("一二三四五")  # 黃金週五 is no golden week
            of = self.meanings[name]
            index = bool(of) and self.listings[of[0]].kind == "index"
            part = (_PART.match(text, end) or _BRANCH.match(text, end)) if index else None
            sector = _SECTOR.match(text, end) if index and not part else None
            metal = _OF_METAL.match(text, end) if of and self.listings[of[0]].kind == "commodity" else None
            sector = metal or sector
            if sector and (metal or sector[0].count(" ") > 1):
                words = text[start : sector.end()]
                yield Mark(start, sector.end(), "name", Subject(group=Group(words, words)))
            elif daughter := part.end() if part else self._daughter(text, end, name):
                yield Mark(start, daughter, "name", Subject(name=text[start:daughter]))
            elif symbols := self.meanings[name] or (self.meanings.get(name[:-1]) if golden else ()):
                yield Mark(start, end - 1 if golden else self._whole(text, end), "name", symbols)
        for m in _YIELD.finditer(text):
            if not _ABROAD.search(text[: m.start()]):
                yield Mark(*m.span(), "name", (_MATURITIES[(m["of"] or m["on"]).lower()],))
        for m in _TICKER.finditer(text):
            symbol = m["sure"] or m["bare"]
            if symbol in self.listings and self._is_ticker(text, m):
                yield Mark(*m.span(), "name", (symbol,))
        yield from self._codes(text)

    def _codes(self, text: str) -> Iterator[Mark]:
        """The names with a code behind them, funds that are called by theirs, and what the article told with one."""
        for m in _CODE.finditer(text):
            listed = [s for s in self.listings if s.partition(".")[0] in {m["code"], m["code"].removeprefix("0")}]
            meant = {s: k for s in listed if (k := self._begun(s, m["name"])) is not None}
            if meant:
                yield Mark(m.start() + min(meant.values()), m.end() - 1, "name", tuple(meant))

        for m in _FUND_CODE.finditer(text) if has_chinese(text) else ():
            if (symbol := f"{m[0]}.TW") in self.listings:
                yield Mark(*m.span(), "name", (symbol,))
        forms = {name: name for name in self.told} | {**self.strange} if has_chinese(text) else {}
        for form, name in forms.items():
            coded = re.finditer(re.escape(form) + _OWN_CODE, text)
            yield from (Mark(*m.span(), "name", Subject(name=name)) for m in coded)

    def _listed(self, code: str | None) -> bool:
        """Whether a security of the list has that code."""
        return code is not None and any(
            s.partition(".")[0].lstrip("0") == code.lstrip("0") and (len(code) != len("06998") or s.endswith(".HK"))
            for s in self.listings
        )

    def _ends_another(self, text: str, start: int, end: int) -> bool:
        """Whether a name that is a word too ends another name: a capital stands before it inside the sentence."""
        before = _CAPITAL.search(text, 0, start)
        if before is None or not text[start].isupper() or before["word"] in lexicon(False).stop:
            return False
        return before.start() > 0 or text[before.start() : end] in self.strange

    def _daughter(self, text: str, end: int, name: str) -> int:
        """Where the name of another firm ends that begins with this one: 恒大汽车, 恒大物业."""
        whole = _DAUGHTER.match(text, end) if self.meanings[name] and has_chinese(name) else None
        own = whole is not None and self.listings[self.meanings[name][0]].kind == "stock"
        return whole.end() if whole and own and name + whole[0] not in self.meanings else 0

    def _whole(self, text: str, end: int) -> int:
        """Where a name ends with its legal form, and with a code of a wire that the list does not hold: (CRDI.MI)."""
        end = form.end() if (form := _LEGAL.match(text, end)) else end
        code = _RIC.match(text, end)
        return code.end() if code and code["code"] not in self.listings else end

    def _begun(self, symbol: str, words: str) -> int | None:
        """Where in the words before its code a name of the firm stands: 恆基 for 恆基地產, 騰訊控股 for 騰訊."""
        own = [name for name, symbols in self.meanings.items() if symbol in symbols]
        return next((k for k in range(len(words) - 1) if any(_alike(n, words[k:]) for n in own)), None)

    def shortened(self, text: str, stop: Collection[str]) -> Names:
        """With the first words of names told in full, as an article goes on to call them: Novo Nordisk, then Novo."""
        inside = frozenset(self._coded(text) if has_chinese(text) else _INSIDE.findall(text))
        own = _SELF.search(text) if has_chinese(text) else None
        if own and not self._listed(own["code"]):
            name = own["name"] or own["fund"]
            return replace(self, told=inside, strange={"本公司": name, "本集团": name, "本基金": name, name: name})
        told = {name for _, _, name in self.finder.spans(text) if not has_chinese(name) and self.meanings[name]}
        short = {m[0]: name for name in told if (m := _FIRST.match(name)) and m[0].lower() not in stop}
        firms: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        for name, symbols in self.meanings.items() if short else ():
            firms[name.partition(" ")[0]].add(symbols)
        new = {w: name for w, name in short.items() if len(firms[w]) == 1 and w not in self.meanings}
        if not new:
            return replace(self, told=inside)
        meanings = {**self.meanings, **{w: self.meanings[name] for w, name in new.items()}}
        return replace(
            self, meanings=meanings, finder=finder(meanings), ambiguous=self.ambiguous | set(new), told=inside
        )

    def _coded(self, text: str) -> Iterator[str]:
        """The names with a code that no list holds: as written elsewhere too, else all that stands before it."""
        yield from (m["name"] for m in _SHORT.finditer(text) if not self._listed(m["code"]))
        for m in _CODED.finditer(text):
            last = re.split("[的和与及是]", m["run"])[-1]
            run = _APPOSED.sub("", last if _named(last) else re.split("[的与及是]", m["run"])[-1])  # 嘉和生物
            if self._listed(m["code"]) or any(run.endswith(name) for name in self.meanings if name in run):
                continue
            whole = len(run) <= LONGEST and (m["head"] is not None or run != m["run"])
            again = (run[k:] for k in range(len(run) - 1) if text.count(run[k:]) > 1 and _named(run[k:]))
            short = len(m["code"]) == 4 and not _FORM.search(run)
            yield run if whole else next(again, run[-2 if short else -4 :])

    def _is_ticker(self, text: str, found: re.Match[str]) -> bool:
        """Letters that are words or abbreviations too, as in (AI) and (LNG), are tickers where an exchange says so."""
        symbol = found["sure"] or found["bare"]
        if symbol not in self.not_bare and (len(symbol) > 2 or found["bare"]):
            return True
        cashtag = text[: found.start()].endswith("$") and len(symbol) > 1
        return bool(found["sure"]) and (cashtag or bool(_EXCHANGE.search(text[: found.start()])))


def _named(words: str) -> bool:
    """Whether words before a code may be a whole name: neither what many names end in, as 生物, nor too long."""
    return len(words) <= LONGEST and _FORM.sub("", words) != ""


def _alike(name: str, words: str) -> bool:
    """Whether one begins the other, or the words are a short form of the name: 南航 of 南方航空."""
    short = len(words) > 1 and re.search(".*".join(map(re.escape, words)), name)
    return name.startswith(words) or words.startswith(name) or short is not None


def names(chinese: bool, study: Study | None = None, own: Path | None = None) -> Names:
    """The names of the package, of a user's table and of a study; what is given later adds to what is there."""
    given = () if own is None else _rows(_script(_own(own), chinese), own.name)
    return _names(chinese, (*given, *(() if study is None else _of_study(study, chinese))))


@lru_cache(maxsize=4)
def _names(chinese: bool, given: tuple[Row, ...]) -> Names:
    """The same names for each text that is read with the same tables."""
    rules, shipped = lexicon(chinese), tuple(_rows(_script(shipped_table(), chinese), "securities.csv"))
    listings: dict[str, Listing] = {}
    meanings: dict[str, tuple[str, ...]] = {}
    for row in (*shipped, *given):
        symbol = row.listing.symbol
        if symbol:
            listings.setdefault(symbol, row.listing)
        for name in row.names:
            if chinese or name.isascii() or not has_chinese(name):
                known = meanings.get(name, ())
                meanings[name] = known if symbol in known or not symbol else (*known, symbol)
    unsure = frozenset(n for row in (*shipped, *given) for n in row.ambiguous)
    sure = {n for row in given for n in row.names if n not in row.ambiguous}
    sure |= {n for n in unsure if len(meanings.get(n, ())) > 1}  # the reader asks which is meant
    left = unsure - sure
    traded = frozenset(n for n in left if meanings.get(n) and listings[meanings[n][0]].kind not in {"stock", "fund"})
    firms = {n: {*s} for n, s in meanings.items() if s and listings[s[0]].kind == "stock"}
    begun = ((" ".join(n.split(" ")[:k]), s) for n, s in meanings.items() for k in range(1, n.count(" ") + 1))
    shared = frozenset(first for first, s in begun if first in firms and not firms[first] & {*s})
    return Names(listings, meanings, finder(meanings), rules.not_bare | unsure, left, traded, shared, rules.words)


def shipped_table() -> str:
    """The list of names that ships, as CSV."""
    return resources.files(__package__).joinpath("securities.csv").read_text(encoding="utf-8")


def _script(text: str, chinese: bool) -> list[str]:
    """The lines of a table, for a Chinese text in the script that it is read in: at once, not name by name."""
    return (simplified(text) if chinese else text).splitlines()


def _read(reader: Any, file: str) -> Iterator[list[str]]:
    """The rows that a csv reader finds; what it cannot read is told with its line."""
    try:
        yield from reader
    except csv.Error as error:
        where = f"{file}, line {reader.line_num}"
        raise StudyError(f"the table cannot be read: {error}", where=where, remedy="Save it as CSV again.") from None


def _rows(lines: Iterable[str], file: str) -> Iterator[Row]:
    reader = csv.reader(lines)
    read = _read(reader, file)
    head = next(read, [])
    if missing := [c for c in COLUMNS if c not in head]:
        raise StudyError(f"the column {missing[0]!r} is missing", where=file, remedy=f"It has {', '.join(COLUMNS)}.")
    one = [head.index(c) for c in COLUMNS[:4]]
    lists = [head.index(c) if c in head else len(head) for c in LISTS]
    last = max(*one, lists[0])
    for cells in filter(None, read):
        if len(cells) <= last:
            where = f"{file}, line {reader.line_num}"
            raise StudyError("the row is too short", where=where, remedy=f"A row has {', '.join(COLUMNS)}.")
        current, former, ambiguous = (_parted(cells[k]) if k < len(cells) and cells[k] else () for k in lists)
        past = (f.rpartition(" until ")[0] for f in former)
        yield Row(Listing(*[cells[k].strip() for k in one]), (*current, *past), tuple(ambiguous))


def _parted(cell: str) -> list[str]:
    return [n for part in cell.split("|") if (n := part.strip())]


def _own(path: Path) -> str:
    try:
        check_file(path, LARGEST)
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise StudyError(
            f"there is no file {path.name}", remedy="--names takes a CSV file; see `eventwindow help draft`."
        ) from None
    except (UnicodeDecodeError, IsADirectoryError):
        raise StudyError(f"{path.name} is no UTF-8 text", remedy="Save it as CSV in UTF-8.") from None


def _of_study(study: Study, chinese: bool) -> Iterator[Row]:
    """A study's own names, without what stands in brackets: "TSMC (ADR)" is called TSMC."""
    for s in study.file.securities:
        words = [re.sub(r"\s*[(（].*?[)）]|\s+ADR$", "", n).strip() for n in (s.name_en, s.name_zh)]
        kind = "future" if s.symbol.endswith("=F") else "index" if s.symbol.startswith("^") else "stock"
        given = [w for w in (*words, *getattr(s, "aliases", ())) if len(w) > 1]
        yield Row(Listing(s.symbol, s.exchange, s.currency, kind), tuple(_script("\n".join(given), chinese)), ())
