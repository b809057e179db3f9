"""Yahoo's share counts, as a second source beside filings, and what an ADR stands for."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from eventwindow.prices.cache import Cache
from eventwindow.prices.retry import Limits, Pull
from eventwindow.prices.store import Store, cache_folder
from eventwindow.prices.yahoo import bounded_session, check_reachable, open_client_stores, quiet_client

if TYPE_CHECKING:
    from curl_cffi.requests import Session

COLUMNS = ["symbol", "as_of", "shares", "source", "note"]
FRESH = timedelta(days=7)


def yahoo_share_counts(
    symbols: Iterable[str],
    start: pd.Timestamp,
    end: pd.Timestamp,
    *,
    cache: Cache | None = None,
    store: Store | None = None,
    session: Session[Any] | None = None,
) -> pd.DataFrame:
    """Yahoo's counts in the form of the table `shares` (source "yahoo"), in shares of `end`; none for who has none.

    Fresh cache, Yahoo, older cache; splits are those of the kept prices. Raises SourceError where Yahoo is needed and
    cannot be reached.
    """
    store = Store(cache_folder() / "shares") if store is None else store
    cache = Cache() if cache is None else cache
    wanted = list(dict.fromkeys(symbols))
    held = {symbol: kept for symbol in wanted if (kept := store.get(symbol)) is not None}
    missing = [symbol for symbol in wanted if symbol not in held or held[symbol][1].age >= FRESH]
    texts = {symbol: data.decode() for symbol, (data, _) in held.items()} | _pull(missing, start, end, store, session)
    parts = [_rows(symbol, texts[symbol], cache, end) for symbol in wanted if symbol in texts]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


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
) -> dict[str, str]:
    """Counts by symbol as CSV (date, shares), kept as they arrive; a ticker without an answer is left out."""
    if not symbols:
        return {}
    limits = Limits(attempts=1, total=30.0)
    session = bounded_session(limits) if session is None else session
    check_reachable(session)
    open_client_stores()
    pull = Pull(lambda symbol: _ask(symbol, start, end, session), limits).run(symbols)
    found = {symbol: text for symbol, text in pull.answers.items() if text}
    for symbol, text in found.items():
        try:
            store.put(symbol, text.encode(), source="yahoo", client="yfinance", facts={})
        except OSError:
            break  # a cache that cannot be written costs a request next time
    return found


def _ask(symbol: str, start: pd.Timestamp, end: pd.Timestamp, session: Session[Any]) -> str:
    """One ticker's counts by day, the last of a day: Yahoo's stamps are days, and come more than once."""
    yf = quiet_client()
    try:
        counts = yf.Ticker(symbol, session=session).get_shares_full(start=str(start.date()), end=str(end.date()))
    except (OSError, json.JSONDecodeError, yf.exceptions.YFException, KeyError, IndexError, TypeError):
        return ""
    if counts is None or len(counts) == 0:
        return ""
    series = pd.Series(counts.to_numpy(dtype=float), index=[str(stamp.date()) for stamp in counts.index])
    return str(series[~series.index.duplicated(keep="last")].to_csv(header=False))


def _rows(symbol: str, text: str, cache: Cache, end: pd.Timestamp) -> pd.DataFrame:
    counts = pd.read_csv(io.StringIO(text), header=None, index_col=0, parse_dates=True)[1]
    counts.index = pd.DatetimeIndex(counts.index).as_unit("ns").rename("as_of")
    rows = split_adjusted(counts, kept_splits(symbol, cache), end).rename("shares").reset_index()
    return rows.assign(symbol=symbol, source="yahoo", note="restated")[COLUMNS]
