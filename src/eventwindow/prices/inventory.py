"""What is held of a study's prices, and what a new pull changes in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from eventwindow.errors import Reason
from eventwindow.prices.bundled import shipped_histories
from eventwindow.prices.cache import Cache, Kept
from eventwindow.prices.history import OWN, PriceHistory, Prices, PriceSource, Unavailable
from eventwindow.prices.load import load_prices
from eventwindow.prices.reconcile import Reconciliation, reconcile
from eventwindow.prices.retry import Progress
from eventwindow.prices.yahoo import Yahoo, quoted_at

INVENTORY = ["symbol", "source", "fetched", "age_hours", "first", "last", "days", "currency", "client"]
CHANGES = ["symbol", "date", "what", "before", "after"]


@dataclass(frozen=True, slots=True)
class Refresh:
    """A pull made anew: its prices, and every day on which it differs from what was held.

    `changes` has the columns of `CHANGES`: a return that moved by more than 5 basis points, a day "added" or "gone".
    """

    prices: Prices
    changes: pd.DataFrame
    compared: int  # securities that were held before


def inventory(symbols: Iterable[str], figures: Path | None = None, cache: Cache | None = None) -> pd.DataFrame:
    """One row a symbol and place that holds it (a source's name is its cache), the columns of `INVENTORY`."""
    cache, symbols = Cache() if cache is None else cache, list(symbols)
    shipped = {} if figures is None else shipped_histories(figures, symbols)
    rows: list[dict[str, object]] = []
    for symbol in symbols:
        kept = cache.every(symbol)
        rows += [{"symbol": symbol} | _kept_row(one) for one in kept]
        if symbol in shipped:
            frame = shipped[symbol].frame
            days = {"first": frame.index[0].date(), "last": frame.index[-1].date(), "days": len(frame)}
            rows.append({"symbol": symbol, "source": "shipped"} | days)
        if not kept and symbol not in shipped:
            rows.append({"symbol": symbol, "source": "none"})
    return pd.DataFrame(rows, columns=INVENTORY)


def refresh(
    symbols: Iterable[str],
    start: date,
    end: date,
    *,
    figures: Path | None = None,
    progress: Progress | None = None,
    cache: Cache | None = None,
    yahoo: Yahoo | None = None,
) -> Refresh:
    """Pull every symbol again, whatever its age, and show what changed against what was held."""
    cache, symbols = Cache() if cache is None else cache, list(symbols)
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    before = {s: quoted_at(kept[0].pulled, first, last) for s in symbols if (kept := cache.every(s))}
    prices = load_prices(
        symbols, start, end, figures=figures, progress=progress, refresh=True, cache=cache, yahoo=yahoo
    )
    pulled = [s for s, history in prices.histories.items() if history.origin not in OWN]
    frames = {s: (b.frame, prices[s]) for s, b in before.items() if isinstance(b, PriceHistory) and s in pulled}
    found = [_changes(symbol, was, now) for symbol, (was, now) in frames.items()]
    changes = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=CHANGES)
    return Refresh(prices, changes, len(frames))


def verify(
    symbols: Iterable[str],
    start: date,
    end: date,
    source: PriceSource,
    *,
    figures: Path | None = None,
    cache: Cache | None = None,
) -> tuple[dict[tuple[str, str], Reconciliation], dict[str, Reason]]:
    """All that is held against what a source says now, by symbol and place; what was not compared, and why.

    Nothing held is changed. The places are the cache of each source, by its name, and "shipped". Dates before and after
    the study's that are held are compared too.
    """
    cache, symbols = Cache() if cache is None else cache, list(symbols)
    pulled = {(s, kept.entry.source): kept.pulled for s in symbols for kept in cache.every(s)}
    first = min([pd.Timestamp(start), *(p.start for p in pulled.values())])
    last = max([pd.Timestamp(end), *(p.table.index[-1] for p in pulled.values())])
    kept = {place: quoted_at(p, first, last) for place, p in pulled.items()}
    ours = {place: h for place, h in kept.items() if isinstance(h, PriceHistory)}
    shipped = shipped_histories(figures, symbols) if figures and figures.is_dir() else {}
    ours |= {(s, "shipped"): h for s, h in shipped.items()}
    known = {s for s, _ in ours}
    theirs = source.fetch([s for s in symbols if s in known], first, last)
    lost = {s: Reason("nothing_held") for s in symbols if s not in known}
    lost |= {s: t.reason for s, t in theirs.items() if isinstance(t, Unavailable)}
    found = {s: t.frame for s, t in theirs.items() if isinstance(t, PriceHistory)}
    return {(s, at): reconcile(s, ours[s, at].frame, found[s]) for s, at in sorted(ours) if s in found}, lost


def _kept_row(kept: Kept) -> dict[str, object]:
    table = kept.pulled.table
    return {
        "source": kept.entry.source,
        "fetched": kept.entry.fetched,
        "age_hours": round(kept.entry.age.total_seconds() / 3600, 1),
        "first": table.index[0].date(),
        "last": table.index[-1].date(),
        "days": len(table),
        "currency": kept.pulled.currency,
        "client": kept.entry.client,
    }


def _changes(symbol: str, was: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    moved = reconcile(symbol, was, now).differing
    rows = [(symbol, d, "return", a, b) for d, a, b in moved.itertuples(index=False)]
    rows += [(symbol, d, "added", None, now.at[d, "close"]) for d in now.index.difference(was.index)]
    rows += [(symbol, d, "gone", was.at[d, "close"], None) for d in was.index.difference(now.index)]
    return pd.DataFrame(rows, columns=CHANGES)
