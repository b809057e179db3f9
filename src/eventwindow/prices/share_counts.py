"""Yahoo's share counts, as a second source beside filings."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from eventwindow.errors import Reason
from eventwindow.prices.cache import Cache, Store, cache_folder
from eventwindow.prices.retry import Limits
from eventwindow.prices.yahoo import ask_each, quiet_client

if TYPE_CHECKING:
    from curl_cffi.requests import Session

COLUMNS = ["symbol", "as_of", "shares", "source", "note", "address"]
PAGE = "https://finance.yahoo.com/quote/{}/key-statistics/"
FRESH = timedelta(days=7)


def yahoo_share_counts(
    symbols: Iterable[str],
    start: pd.Timestamp,
    end: pd.Timestamp,
    *,
    cache: Cache | None = None,
    store: Store | None = None,
    session: Session[Any] | None = None,
) -> tuple[pd.DataFrame, Mapping[str, Reason]]:
    """Yahoo's counts in the form of the table `shares` (source "yahoo"), in shares of `end`, and why some are not had.

    Fresh cache, Yahoo, older cache; splits are those of the kept prices. Raises SourceError where Yahoo is needed and
    cannot be reached.
    """
    store = Store(cache_folder() / "shares") if store is None else store
    cache = Cache() if cache is None else cache
    wanted = list(dict.fromkeys(symbols))
    held = {symbol: kept for symbol in wanted if (kept := store.get(symbol)) is not None}
    missing = [symbol for symbol in wanted if symbol not in held or held[symbol][1].age >= FRESH]
    found, lost = _pull(missing, start, end, store, session)
    texts = {symbol: data.decode() for symbol, (data, _) in held.items()} | found
    parts = [_rows(symbol, texts[symbol], cache, end) for symbol in wanted if symbol in texts]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)
    return table, {symbol: why for symbol, why in lost.items() if symbol not in texts}


def split_adjusted(counts: pd.Series, splits: pd.Series, end: pd.Timestamp) -> pd.Series:
    """Counts as they were given on their dates → counts in shares of `end`: multiplied by every split in between."""
    factor = pd.Series(1.0, index=counts.index)
    for day, ratio in splits[(splits > 0) & (splits.index <= end)].items():
        factor[counts.index < day] *= ratio
    return counts * factor


def kept_splits(symbol: str, cache: Cache) -> pd.Series:
    """The splits of the kept prices, ratio by date; none where nothing is kept."""
    kept = cache.every(symbol)
    return kept[0].pulled.table["split"] if kept else pd.Series(dtype=float, index=pd.DatetimeIndex([]))


def _pull(
    symbols: list[str], start: pd.Timestamp, end: pd.Timestamp, store: Store, session: Session[Any] | None
) -> tuple[dict[str, str], Mapping[str, Reason]]:
    """Counts by symbol as CSV (date, shares), kept as they arrive, and why a ticker has no answer."""
    if not symbols:
        return {}, {}
    pull = ask_each(partial(_ask, start, end), symbols, Limits(attempts=1, total=30.0), session)
    found = {symbol: text for symbol, text in pull.answers.items() if text}
    for symbol, text in found.items():
        try:
            store.put(symbol, text.encode(), source="yahoo", client="yfinance", facts={})
        except OSError:
            break  # a cache that cannot be written costs a request next time
    return found, pull.failures


def _ask(start: pd.Timestamp, end: pd.Timestamp, symbol: str, session: Session[Any]) -> str:
    """One ticker's counts by day, the last of a day: Yahoo's stamps are days, and come more than once."""
    ticker = quiet_client().Ticker(symbol, session=session)
    counts = ticker.get_shares_full(start=str(start.date()), end=str(end.date()))
    if counts is None or len(counts) == 0:
        return ""
    series = pd.Series(counts.to_numpy(dtype=float), index=[str(stamp.date()) for stamp in counts.index])
    return str(series[~series.index.duplicated(keep="last")].to_csv(header=False))


def _rows(symbol: str, text: str, cache: Cache, end: pd.Timestamp) -> pd.DataFrame:
    counts = pd.read_csv(io.StringIO(text), header=None, index_col=0, parse_dates=True)[1]
    counts.index = pd.DatetimeIndex(counts.index).as_unit("ns").rename("as_of")
    rows = split_adjusted(counts, kept_splits(symbol, cache), end).rename("shares").reset_index()
    return rows.assign(symbol=symbol, source="yahoo", note="restated", address=PAGE.format(symbol))[COLUMNS]
