"""The list of names: what it holds, that its parts agree, how names are found, and which words are no names."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest
from own_scripts import script

from eventwindow.draft.chinese import has_chinese, simplified
from eventwindow.draft.finder import finder
from eventwindow.draft.read import normal
from eventwindow.draft.securities import Names, names

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "src" / "eventwindow" / "draft" / "securities.csv"
TABLE = list(csv.DictReader(SHIPPED.read_text(encoding="utf-8").splitlines()))
ROWS = [row for row in TABLE if row["kind"] != "word"]
BY_SYMBOL = {row["symbol"]: row for row in ROWS}
MEMBERS = {
    "S&P 500": (500, 515),
    "Nasdaq 100": (100, 103),
    "Dow": (30, 30),
    "DAX": (40, 40),
    "EURO STOXX 50": (47, 50),
    "CAC 40": (40, 40),
    "FTSE 100": (100, 104),
    "Nikkei 225": (225, 227),
    "Hang Seng": (82, 90),
}
SYMBOLS = {
    "XLON": r"[A-Z0-9-]+\.L",
    "XETR": r"[A-Z0-9]+\.DE",
    "XPAR": r"[A-Z0-9]+\.PA",
    "XTKS": r"\d{3}[0-9A-Z]\.T",
    "XHKG": r"\d{4}\.HK",
    "XTAI": r"\d{4,5}\.TW",
    "ROCO": r"\d{4}\.TWO",
    "XKRX": r"\d{6}\.KS",
    "XKOS": r"\d{6}\.KQ",
    "XSHG": r"6\d{5}\.SS",
    "XSHE": r"[03]\d{5}\.SZ",
    "XNYS": r"[A-Z]{1,5}(-[A-Z])?",
    "XNAS": r"[A-Z]{1,5}(-[A-Z])?",
}


def parted(cell: str) -> list[str]:
    return [part for part in cell.split("|") if part]


def all_names(row: dict[str, str]) -> list[str]:
    return [*parted(row["names"]), *(f.rpartition(" until ")[0] for f in parted(row["former"]))]


@cache
def known(chinese: bool) -> Names:
    return names(chinese)


def read(text: str) -> dict[str, tuple[str, ...]]:
    plain = normal(text)
    return {plain[m.start : m.end]: m.value for m in known(has_chinese(plain)).marks(plain)}


# ---- what the list holds ----


def test_the_list_is_what_its_tables_give() -> None:
    assert script("securities").text(script("securities").securities()) == SHIPPED.read_text(encoding="utf-8")


def test_it_holds_the_members_of_the_great_indices() -> None:
    assert len(ROWS) > 2700
    counts = Counter(index for row in ROWS for index in parted(row["indices"]))
    assert counts.keys() == MEMBERS.keys()
    for index, (low, high) in MEMBERS.items():
        assert low <= counts[index] <= high, index
    places = Counter(row["exchange"] for row in ROWS if row["kind"] == "stock")
    assert places["XTAI"] >= 50
    assert places["XKRX"] >= 50


def test_it_holds_every_kind() -> None:
    kinds = Counter(row["kind"] for row in ROWS)
    least = {"index": 50, "commodity": 20, "currency": 25, "crypto": 20, "yield": 5, "bond": 4, "fund": 50, "future": 4}
    assert kinds.keys() == {"stock", *least}
    assert [kind for kind, n in least.items() if kinds[kind] < n] == []


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("Berkshire Hathaway", "BRK-B"), ("台積電", "2330.TW"), ("騰訊", "0700.HK"), ("Toyota", "7203.T"),
        ("三星電子", "005930.KS"), ("SAP", "SAP.DE"), ("LVMH", "MC.PA"), ("AstraZeneca", "AZN.L"),
        ("Novo Nordisk", "NOVO-B.CO"), ("貴州茅台", "600519.SS"), ("gold prices", "GC=F"), ("Brent crude", "BZ=F"),
        ("EUR/USD", "EURUSD=X"), ("dollar index", "DX-Y.NYB"), ("比特幣", "BTC-USD"), ("10-year Treasury yield", "^TNX"),
        ("CAC 40", "^FCHI"), ("Euro Stoxx 50", "^STOXX50E"), ("恆生指數", "^HSI"), ("滬深300", "000300.SS"),
        ("Spirit AeroSystems", "SPR"), ("Alaska Air", "ALK"), ("Airbus", "AIR.PA"), ("CrowdStrike", "CRWD"),
    ],
)  # fmt: skip
def test_a_name_has_the_symbol_of_yahoo(name: str, symbol: str) -> None:
    assert symbol in known(True).meanings[simplified(name)]


# ---- its parts agree ----


def test_no_symbol_stands_twice_and_each_has_the_form_of_its_exchange() -> None:
    assert [s for s, n in Counter(row["symbol"] for row in ROWS).items() if n > 1] == []
    stocks = [row for row in ROWS if row["kind"] == "stock" and row["exchange"] in SYMBOLS]
    assert len(stocks) > 2000
    assert [r["symbol"] for r in stocks if not re.fullmatch(SYMBOLS[r["exchange"]], r["symbol"])] == []


def test_every_row_is_whole() -> None:
    for row in ROWS:
        assert re.fullmatch(r"[A-Z0-9]{4}|24/[57]", row["exchange"]), row
        assert re.fullmatch(r"[A-Z]{3}", row["currency"]), row
        assert row["names"], row
        assert row["listed"] in {"", "no"}, row
        assert not row["firm"] or (row["firm"] in BY_SYMBOL and not BY_SYMBOL[row["firm"]]["firm"]), row
        assert len(set(all_names(row))) == len(all_names(row)), row
        assert all(name == name.strip() for name in all_names(row)), row


def test_a_stock_is_held_against_an_index_of_the_list() -> None:
    for row in ROWS:
        if row["kind"] in {"stock", "fund"}:
            assert BY_SYMBOL[row["benchmark"]]["kind"] == "index", row
        else:
            assert row["benchmark"] == "", row


def test_a_name_of_two_firms_is_marked() -> None:
    firms: dict[str, set[str]] = defaultdict(set)
    marked: set[str] = set()
    for row in ROWS:
        marked |= set(parted(row["ambiguous"]))
        for name in all_names(row):
            firms[name].add(row["firm"] or row["symbol"])
    shared = {name for name, several in firms.items() if len(several) > 1}
    assert {"Prudential", "oil prices"} <= shared
    assert shared <= marked


def test_words_that_are_more_than_names_are_marked() -> None:
    marked = {name for row in ROWS for name in parted(row["ambiguous"])}
    assert {"Visa", "Target", "Ford", "Gap", "Block", "Apple", "Meta", "Match", "統一", "台塑", "歐元"} <= marked
    assert {"Nvidia", "Microsoft", "台積電", "輝達"}.isdisjoint(marked)


def test_names_are_latin_or_hold_chinese_characters() -> None:
    odd = [n for row in ROWS for n in all_names(row) if not has_chinese(n) and not re.fullmatch(r"[ -~À-ſ–]+", n)]
    assert odd == []
    at_home = {"XTAI", "ROCO", "XHKG", "XSHG", "XSHE"}
    without = [r["symbol"] for r in ROWS if r["exchange"] in at_home and not any(map(has_chinese, all_names(r)))]
    assert without == []
    assert sum(any(map(has_chinese, all_names(row))) for row in ROWS) >= 1200
    assert all(not has_chinese(parted(row["names"])[0]) for row in ROWS), "the first name is English"


def test_former_names_have_the_day_on_which_they_ended() -> None:
    ended = {}
    for row in ROWS:
        for former in parted(row["former"]):
            name, _, until = former.rpartition(" until ")
            ended[row["symbol"], name] = dt.date.fromisoformat(until)
            assert name not in parted(row["names"]), "a former name is none of today"
    assert len(ended) >= 90
    assert all(dt.date(2012, 1, 1) < day < dt.date(2026, 12, 31) for day in ended.values())
    assert ended["META", "Facebook"] == dt.date(2021, 10, 28)
    assert ended["XYZ", "Square"] == dt.date(2021, 12, 10)
    assert ended["GOOGL", "Google"] == dt.date(2015, 10, 2)


def test_tables_that_contradict_themselves_are_refused(tmp_path: Path) -> None:
    for path in script("securities").TABLES.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    former = tmp_path / "former.csv"
    former.write_text(former.read_text(encoding="utf-8") + "NOBODY,Nobody,2020-01-01\n", encoding="utf-8")
    with pytest.raises(ValueError, match="NOBODY"):
        script("securities").securities(tmp_path)
    korea = tmp_path / "stocks_korea.csv"
    korea.write_text(korea.read_text(encoding="utf-8") + "7203.T,,,,,Toyota\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"twice \['7203.T'\]"):
        script("securities").securities(tmp_path)


# ---- how names are found ----


def test_the_look_up_finds_what_a_pattern_of_all_names_finds() -> None:
    """The pattern of 200 names is the definition: the longest at each place, Latin words alone, a small first letter either."""
    few = [
        "the dollar",
        "lululemon",
        "S&P",
        "S&P 500",
        "AT&T",
        "NTT",
        "NTT Data",
        "三星",
        "三星電子",
        "SK海力士",
        "A",
        *known(False).meanings,
    ][:200]

    def bounded(word: str) -> str:
        head = r"(?<![A-Za-z0-9])" if word[0].isascii() else ""
        tail = r"(?![A-Za-z0-9])" if word[-1].isascii() else ""
        first = f"[{word[0]}{word[0].upper()}]" if word[0].islower() else re.escape(word[0])
        return head + first + re.escape(word[1:]) + tail

    pattern = re.compile("|".join(map(bounded, sorted(few, key=len, reverse=True))))
    texts = [f"{a} and {b}s,{c}{d}" for a, b, c, d in zip(few, few[1:], few[2:], few[3:], strict=False)]
    texts += ["The dollar, S&P 500 S&P 5000 AT&TX NTT Datas xNTT", "買進三星電子與SK海力士SK海力士A", ""]
    found = finder(few)
    for text in texts:
        assert [span[:2] for span in found.spans(text)] == [m.span() for m in pattern.finditer(text)], text


def test_a_long_text_is_searched_to_its_end() -> None:
    text = "Shares of Nvidia fell while Apple and Meta Platforms rose; the Nasdaq lost 3.1%, Broadcom 17.4%. " * 50
    assert sum(1 for _ in known(False).marks(text)) == 250


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("Target fell 9% and Walmart slipped 2%.", {"Target": "TGT", "Walmart": "WMT"}),
        ("Target prices rose, and the target is 5%.", {}),
        ("Visa applications rose 5%.", {}),
        ("Visa and Mastercard lost 3%.", {"Visa": "V", "Mastercard": "MA"}),
        ("The gap widened to 5%, while Gap soared 20%.", {"Gap": "GAP"}),
        ("Sharp falls in Tokyo hit Sharp shares.", {"Sharp": "6753.T"}),
        ("Ford, GM and Tesla fell.", {"Ford": "F", "GM": "GM", "Tesla": "TSLA"}),
        ("Apple sold 232 million phones.", {}),
        ("Apple fell more than 9% on 3 April 2025.", {"Apple": "AAPL"}),
        ("Shares of Block sank.", {"Block": "XYZ"}),
        ("The Amazon rainforest burned.", {}),
        ("It spent 5 billion euro.", {}),
        ("The euro fell 0.3%.", {"The euro": "EURUSD=X"}),
        ("Facebook tumbled 19% on Thursday.", {"Facebook": "META"}),
        ("Artificial intelligence (AI), natural gas (LNG), technology (IT).", {}),
        ("The firm (NYSE: F) fell; the other (SAP.DE) rose.", {"F": "F", "SAP": "SAP.DE", "SAP.DE": "SAP.DE"}),
        ("高通膨壓力下,高通下跌2%。", {"高通": "QCOM"}),
        ("東南亞股市下跌,南亞科大漲。", {"南亚科": "2408.TW"}),
        ("統一發票中獎,統一股價上漲。", {"统一": "1216.TW"}),
        ("公司花了3億歐元,歐元上漲0.5%。", {"欧元": "EURUSD=X"}),
        ("聯想大跌,讓人聯想到去年。", {"联想": "0992.HK"}),
        ("Meta週五收盤創歷史新高。", {"Meta": "META"}),
    ],
)
def test_a_word_counts_as_a_name_only_with_a_sign_beside_it(text: str, symbols: dict[str, str]) -> None:
    assert read(text) == {name: (symbol,) for name, symbol in symbols.items()}


def test_a_name_of_two_firms_gives_both() -> None:
    assert read("Prudential fell 4%.") == {"Prudential": ("PRU", "PRU.L")}


def test_what_a_users_table_names_is_sure(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text("symbol,exchange,currency,kind,names\nTGT,XNYS,USD,stock,Target\n", encoding="utf-8")
    table = names(False, own=own)
    assert [m.value for m in table.marks("Target opened stores.")] == [("TGT",)]
    assert list(known(False).marks("Target stores opened.")) == []
