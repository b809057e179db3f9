"""The prices of a study, from whichever source has them: fresh cache, Yahoo, older cache, shipped figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from eventwindow.errors import PriceError, SourceError
from eventwindow.prices.cache import FRESH, Cache, Kept
from eventwindow.prices.files import PriceFiles
from eventwindow.prices.pull import Progress
from eventwindow.prices.shipped import ShippedFigures
from eventwindow.prices.table import PriceHistory, Prices, Unavailable
from eventwindow.prices.yahoo import Pulled, Yahoo, quoted_at

MODES = ("auto", "yahoo", "shipped")


@dataclass(slots=True)
class _Search:
    """What is found so far of one request, and who was asked."""

    symbols: list[str]
    start: pd.Timestamp
    end: pd.Timestamp
    found: dict[str, PriceHistory] = field(default_factory=dict)
    reasons: dict[str, list[Unavailable]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def missing(self) -> list[str]:
        return [symbol for symbol in self.symbols if symbol not in self.found]

    def take(self, answers: Mapping[str, PriceHistory | Unavailable]) -> None:
        for symbol, answer in answers.items():
            if isinstance(answer, PriceHistory):
                self.found[symbol] = answer
            else:
                self.reasons.setdefault(symbol, []).append(answer)


def load_prices(
    symbols: Iterable[str],
    start: date,
    end: date,
    *,
    mode: str | Path = "auto",
    figures: Path | None = None,
    progress: Progress | None = None,
    refresh: bool = False,
    cache: Cache | None = None,
    yahoo: Yahoo | None = None,
) -> Prices:
    """Daily histories from `start` to `end` (both included), quoted at `end`; reasons for what cannot be had.

    `mode` is "auto" (per ticker: fresh cache, Yahoo, older cache, shipped figure), "yahoo" (the same without shipped
    figures), "shipped", or the path of a file or folder of prices. Raises PriceError for a ticker that no source has
    ever known, SourceError where mode is "yahoo" and Yahoo cannot be reached.
    """
    search = _Search(list(dict.fromkeys(symbols)), pd.Timestamp(start), pd.Timestamp(end))
    cache = Cache() if cache is None else cache
    if mode not in MODES:
        search.take(PriceFiles(Path(mode)).fetch(search.missing, search.start, search.end))
    elif mode != "shipped":
        _from_yahoo(search, cache, Yahoo() if yahoo is None else yahoo, mode, progress, refresh)
    if mode in ("auto", "shipped"):
        _from_shipped(search, figures, mode)
    _refuse_unknown(search, cache, figures)
    unavailable = {symbol: _one_reason(symbol, search.reasons.get(symbol, [])) for symbol in search.missing}
    return Prices({s: search.found[s] for s in search.symbols if s in search.found}, unavailable, tuple(search.notes))


def _from_yahoo(
    search: _Search, cache: Cache, yahoo: Yahoo, mode: str | Path, progress: Progress | None, refresh: bool
) -> None:
    """Fresh cache, then Yahoo, then what an older pull left."""
    held = {symbol: kept for symbol in search.symbols if (kept := cache.get(symbol)) is not None}
    usable = {s: kept for s, kept in held.items() if kept.covers(search.start, search.end)}
    if not refresh:
        search.take(_quoted({s: kept for s, kept in usable.items() if kept.entry.age < FRESH}, search))
    if not search.missing:
        return
    try:
        search.take(_pulled(search, cache, held, yahoo, progress))
    except SourceError as error:
        if mode == "yahoo":
            raise
        search.notes.append(error.what)
    search.take(_quoted({s: kept for s, kept in usable.items() if s in search.missing}, search))


def _pulled(
    search: _Search, cache: Cache, held: Mapping[str, Kept], yahoo: Yahoo, progress: Progress | None
) -> Mapping[str, PriceHistory | Unavailable]:
    """Yahoo's answers, kept as they arrive; one that lost days which are held does not replace them."""
    client = f"yfinance {version('yfinance')}"
    starts = {s: min(search.start, held[s].pulled.start) if s in held else search.start for s in search.missing}
    unwritable: list[str] = []

    def keep(pulled: Pulled) -> None:
        try:
            if not _lost_days(held.get(pulled.symbol), pulled):
                cache.put(pulled, client)
        except OSError as error:
            unwritable.append(str(error.strerror or error))

    answers = yahoo.pull(starts, progress, keep)
    if unwritable:
        search.notes.append(f"Yahoo's answers could not be kept: {unwritable[0]}")
    return {symbol: _judged(answer, held.get(symbol), search) for symbol, answer in answers.items()}


def _judged(answer: Pulled | Unavailable, held: Kept | None, search: _Search) -> PriceHistory | Unavailable:
    if isinstance(answer, Unavailable):
        return answer
    lost = _lost_days(held, answer)
    if lost:
        return Unavailable(answer.symbol, f"Yahoo's answer lacked {lost} days that it gave before")
    return quoted_at(answer, search.start, search.end)


def _lost_days(held: Kept | None, pulled: Pulled) -> int:
    """How many held days an answer lacks, 0 where it is at most one in a hundred (a correction of Yahoo's)."""
    if held is None:
        return 0
    before = held.pulled.table.index
    lost = len(before[before >= pulled.start].difference(pulled.table.index))
    return lost if lost > max(2, len(before) // 100) else 0


def _quoted(held: Mapping[str, Kept], search: _Search) -> dict[str, PriceHistory | Unavailable]:
    return {symbol: quoted_at(kept.pulled, search.start, search.end) for symbol, kept in held.items()}


def _from_shipped(search: _Search, figures: Path | None, mode: str | Path) -> None:
    if figures is None or not figures.is_dir():
        if mode == "shipped":
            raise PriceError("no figures ship with this study", remedy="Use --prices auto, or --prices PATH.")
        return
    search.take(ShippedFigures(figures).fetch(search.missing, search.start, search.end))


def _refuse_unknown(search: _Search, cache: Cache, figures: Path | None) -> None:
    """Raises for tickers of which no source that was asked, no cache and no shipped figure has ever known."""
    doubtful = [s for s in search.missing if not any(_vouches(reason) for reason in search.reasons.get(s, []))]
    if not doubtful:
        return
    known = set(cache.store.entries())
    if figures is not None:
        answers = ShippedFigures(figures).fetch(doubtful, search.start, search.end)
        known |= {s for s, a in answers.items() if isinstance(a, PriceHistory) or a.known}
    unknown = [symbol for symbol in doubtful if symbol not in known]
    if unknown:
        said = "; ".join(dict.fromkeys([r.reason for s in unknown for r in search.reasons.get(s, [])] + search.notes))
        raise PriceError(
            f"no source has ever known {', '.join(unknown)}" + (f" ({said})" if said else ""),
            remedy="Correct the symbol in the study file, or give its prices with --prices PATH.",
        )


def _vouches(reason: Unavailable) -> bool:
    """A source that merely failed does not say that the ticker is unknown."""
    return reason.known


def _one_reason(symbol: str, reasons: list[Unavailable]) -> Unavailable:
    """All reasons in one, in the order in which the sources were asked."""
    return Unavailable(symbol, "; ".join(dict.fromkeys(reason.reason for reason in reasons)) or "no source holds it")
