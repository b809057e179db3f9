"""The exchange, currency and benchmark of a symbol: from the list of names, else from its suffix."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection, Iterable
from functools import cache
from typing import NamedTuple

from eventwindow.draft.chinese import has_chinese, simplified
from eventwindow.draft.securities import shipped_table
from eventwindow.estimation.by_exchange import NO_BENCHMARK

FUNDS = {"^GSPC": "SPY"}  # an index without dividends → the fund that holds it
INDICES = {fund: index for index, fund in FUNDS.items()}


class Home(NamedTuple):
    """A symbol's exchange (ISO 10383), currency and benchmark; `listed` says whether the list of names holds it."""

    symbol: str
    exchange: str
    currency: str
    benchmark: str
    name: str
    listed: bool
    kind: str = "stock"  # as in the list of names
    name_zh: str = ""


def home_of(symbol: str) -> Home:
    """The home of a symbol of the list; of another, the one that most symbols of the same suffix have."""
    listed, by_suffix = _homes()
    if symbol in listed:
        return listed[symbol]
    exchange, currency, benchmark = by_suffix.get(_suffix(symbol), by_suffix[""])
    return Home(symbol, exchange, currency, benchmark, symbol, False)


def own_benchmark(home: Home, usual: str, asked: str | None = None) -> dict[str, str]:
    """The key `benchmark` of its security, where that is not the study's `usual` one: none is held against itself."""
    own = asked or home.benchmark
    if own == home.symbol:
        return {"benchmark": NO_BENCHMARK}
    return {} if own == usual else {"benchmark": own}


def benchmark_with_prices(home: Home, lacking: Collection[str]) -> str:
    """Its benchmark, else the index whose fund that is; none where neither has prices."""
    asked = (home.benchmark, INDICES.get(home.benchmark, ""))
    return next((symbol for symbol in asked if symbol and symbol not in lacking), NO_BENCHMARK)


def stand_ins(homes: Iterable[Home], lacking: Collection[str]) -> dict[str, str]:
    """The benchmarks of these that have no prices, and what stands in for each."""
    return {home.benchmark: benchmark_with_prices(home, lacking) for home in homes if home.benchmark in lacking}


def symbols_like(begun: str, most: int = 12) -> list[Home]:
    """Listings whose symbol or name begins so, those by symbol first; nothing for an empty beginning."""
    wanted = begun.strip().casefold()
    if not wanted:
        return []
    every = _homes()[0].values()
    by_symbol = [home for home in every if home.symbol.casefold().startswith(wanted)]
    named = [home for home in every if home.name.casefold().startswith(wanted) or home.name_zh.startswith(wanted)]
    by_name = [home for home in named if home not in by_symbol]
    return [*sorted(by_symbol, key=lambda home: len(home.symbol)), *by_name][:most]


def symbol_named(name: str) -> str | None:
    """The symbol of the firm with a name of the list; none for a word that may be a symbol too: up to four letters."""
    if name.isascii() and len(name) < 5:
        return None
    wanted, rows = simplified(name).casefold(), csv.DictReader(simplified(shipped_table()).splitlines())
    return next((r["symbol"] for r in rows if r["symbol"] and wanted in r["names"].casefold().split("|")), None)


@cache
def _homes() -> tuple[dict[str, Home], dict[str, tuple[str, str, str]]]:
    listed, counts = dict[str, Home](), dict[str, Counter[tuple[str, str, str]]]()
    for row in csv.DictReader(shipped_table().splitlines()):
        symbol, benchmark = row["symbol"], row["benchmark"]
        if not symbol:
            continue
        home = (row["exchange"], row["currency"], FUNDS.get(benchmark, benchmark))
        if benchmark:
            counts.setdefault(_suffix(symbol), Counter())[home] += 1
        names = row["names"].split("|")
        chinese = next((n for n in names if has_chinese(n)), "")
        listed[symbol] = Home(symbol, *home, names[0] or symbol, True, row["kind"], chinese)
    usual = {suffix: found.most_common(1)[0][0] for suffix, found in counts.items()}
    return {s: h if h.benchmark else h._replace(benchmark=_usual(s, usual)) for s, h in listed.items()}, usual


def _usual(symbol: str, usual: dict[str, tuple[str, str, str]]) -> str:
    return usual.get(_suffix(symbol), usual[""])[2]


def _suffix(symbol: str) -> str:
    """What stands behind the last dot, where it names an exchange: "2330.TW", not "BRK.B"."""
    stem, dot, end = symbol.rpartition(".")
    return end if dot and stem else ""
