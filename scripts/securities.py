"""Build the list of names that `draft` reads: `python scripts/securities.py [OUT]`, from the tables in `securities/`.

The tables hold facts only (symbol, exchange, names, membership); `securities/README.md` says how each was compiled and
against which public lists it was held. What follows from others is derived here: exchange, currency and benchmark from
the symbol's ending, and which names mean several securities. The same tables give the same bytes.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

TABLES = Path(__file__).parent / "securities"
OUT = Path(__file__).parents[1] / "src" / "eventwindow" / "draft" / "securities.csv"
COLUMNS = ("symbol", "exchange", "currency", "kind", "names", "former", "ambiguous", "firm", "benchmark", "indices", "listed")  # fmt: skip  # noqa: E501
Row = dict[str, str]

ENDINGS = {
    "L": "XLON", "DE": "XETR", "PA": "XPAR", "AS": "XAMS", "BR": "XBRU", "MC": "XMAD", "MI": "XMIL", "SW": "XSWX",
    "HE": "XHEL", "ST": "XSTO", "CO": "XCSE", "OL": "XOSL", "IR": "XDUB", "VI": "XWBO", "LS": "XLIS", "WA": "XWAR",
    "SR": "XSAU", "T": "XTKS", "HK": "XHKG", "TW": "XTAI", "TWO": "ROCO", "KS": "XKRX", "KQ": "XKOS", "SS": "XSHG",
    "SZ": "XSHE",
}  # fmt: skip
"""A symbol's ending on Yahoo → the exchange (MIC, ISO 10383)."""

MARKETS = {
    "XNYS": ("USD", "^GSPC"), "XNAS": ("USD", "^GSPC"), "XASE": ("USD", "^GSPC"), "ARCX": ("USD", "^GSPC"),
    "BATS": ("USD", "^GSPC"), "OOTC": ("USD", "^GSPC"), "XTSE": ("CAD", "^GSPTSE"), "XLON": ("GBP", "^FTSE"),
    "XETR": ("EUR", "^GDAXI"), "XPAR": ("EUR", "^FCHI"), "XAMS": ("EUR", "^AEX"), "XBRU": ("EUR", "^BFX"),
    "XMAD": ("EUR", "^IBEX"), "XMIL": ("EUR", "FTSEMIB.MI"), "XSWX": ("CHF", "^SSMI"), "XHEL": ("EUR", "^OMXH25"),
    "XSTO": ("SEK", "^OMX"), "XCSE": ("DKK", "^OMXC25"), "XOSL": ("NOK", "^STOXX"), "XDUB": ("EUR", "^ISEQ"),
    "XWBO": ("EUR", "^ATX"), "XLIS": ("EUR", "PSI20.LS"), "XWAR": ("PLN", "WIG20.WA"), "XSAU": ("SAR", "^TASI.SR"),
    "XTKS": ("JPY", "^N225"), "XHKG": ("HKD", "^HSI"), "XTAI": ("TWD", "^TWII"), "ROCO": ("TWD", "^TWOII"),
    "XKRX": ("KRW", "^KS11"), "XKOS": ("KRW", "^KQ11"), "XSHG": ("CNY", "000001.SS"), "XSHE": ("CNY", "399001.SZ"),
    "XNSE": ("INR", "^NSEI"), "XASX": ("AUD", "^AXJO"), "XSES": ("SGD", "^STI"), "XJSE": ("ZAR", "^J203.JO"),
    "MISX": ("RUB", "IMOEX.ME"),
}  # fmt: skip
"""An exchange → the currency of its prices and the index that its stocks are held against."""


MARKET = ("stock market", "share market")
"""What the stocks of a place are called, too."""


def main(argv: Sequence[str]) -> int:
    out = Path(argv[0]) if argv else OUT
    rows = securities()
    out.write_text(text(rows), encoding="utf-8", newline="\n")
    print(f"{out.name}: {len(rows)} securities, {sum(len(names(r)) for r in rows)} names")
    return 0


def securities(folder: Path = TABLES) -> list[Row]:
    """All securities with what is derived for each; ValueError where the tables contradict themselves."""
    rows = [*_stocks(folder), *_others(folder)]
    former, unsure = _former(folder), {r["name"] for r in _table(folder / "ambiguous.csv")}
    for row in rows:
        row["former"] = "|".join(f"{name} until {until}" for name, until in former.pop(row["symbol"], ()))
    _check_symbols(rows, former)
    unsure |= shared(rows)
    for row in rows:
        row["ambiguous"] = "|".join(n for n in dict.fromkeys((*all_names(row), row["symbol"])) if n in unsure)
    return rows


def text(rows: Sequence[Row]) -> str:
    """The rows as CSV; the last one holds words that look like a name and are none."""
    words = "|".join(r["word"] for r in _table(TABLES / "no_security.csv"))
    file = io.StringIO()
    table = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
    table.writeheader()
    table.writerows([*rows, {"kind": "word", "names": words}])
    return file.getvalue()


def names(row: Mapping[str, str]) -> list[str]:
    return row["names"].split("|")


def all_names(row: Mapping[str, str]) -> list[str]:
    """The names of today and those of the past."""
    return [*names(row), *(f.rpartition(" until ")[0] for f in row["former"].split("|") if f)]


def shared(rows: Sequence[Row]) -> set[str]:
    """Names and symbols that mean several firms (BYD: a car maker, Boyd Gaming); one firm's listings share theirs."""
    firms: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for name in (*all_names(row), row["symbol"]):
            firms[name].add(row["firm"] or row["symbol"])
    return {name for name, several in firms.items() if len(several) > 1}


def _stocks(folder: Path) -> Iterator[Row]:
    for path in sorted(folder.glob("stocks_*.csv"), key=lambda p: (p.stem != "stocks_us", p.stem)):
        for row in _table(path):
            mic = row["exchange"] or ENDINGS[row["symbol"].rpartition(".")[2]]
            currency, benchmark = MARKETS[mic]
            yield {**row, "exchange": mic, "currency": currency, "benchmark": benchmark, "kind": "stock"}


def _others(folder: Path) -> Iterator[Row]:
    """Indices, commodities, currencies and what else is no stock of the tables above; only stocks have a benchmark."""
    for row in _table(folder / "others.csv"):
        benchmark = MARKETS[row["exchange"]][1] if row["kind"] in {"stock", "fund"} else ""
        places = [n.removesuffix(" stocks") for n in names(row) if n.endswith(" stocks") and row["kind"] == "index"]
        named = [f"{place} {what}" for place in places for what in MARKET]
        told = "|".join(dict.fromkeys((*names(row), *named)))
        yield {**row, "names": told, "benchmark": benchmark, "indices": "", "listed": ""}


def _former(folder: Path) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in _table(folder / "former.csv"):
        found[row["symbol"]].append((row["name"], dt.date.fromisoformat(row["until"]).isoformat()))
    return found


def _check_symbols(rows: Sequence[Row], homeless: Mapping[str, object]) -> None:
    known = {row["symbol"] for row in rows}
    twice = [s for s, n in Counter(row["symbol"] for row in rows).items() if n > 1]
    lost = sorted({row[c] for row in rows for c in ("firm", "benchmark")} - known - {""})
    if twice or homeless or lost:
        raise ValueError(f"symbols twice {twice}, former names of none {sorted(homeless)}, references to none {lost}")


def _table(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
