"""Yahoo's share counts, as a second source beside filings, and what an ADR stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from eventwindow.errors import SourceError
from eventwindow.prices.yahoo import _client, check_reachable

if TYPE_CHECKING:
    from curl_cffi.requests import Session

COLUMNS = ["symbol", "as_of", "shares", "source", "note"]


def yahoo_share_counts(
    symbol: str, start: pd.Timestamp, end: pd.Timestamp, splits: pd.Series, session: Session[Any]
) -> pd.DataFrame:
    """Yahoo's counts in the form of the table `shares` (source "yahoo"), restated for the splits up to `end`.

    `splits` are the ratios by date. Yahoo's stamps are days, not moments, and come more than once: the last of a day
    is kept.
    """
    check_reachable(session)
    counts = _ask(symbol, start, end, session)
    rows = split_adjusted(counts, splits, end).rename("shares").rename_axis("as_of").reset_index()
    note = "Yahoo, restated for splits" if (splits > 0).any() else "Yahoo"
    return rows.assign(symbol=symbol, source="yahoo", note=note)[COLUMNS]


def split_adjusted(counts: pd.Series, splits: pd.Series, end: pd.Timestamp) -> pd.Series:
    """Counts as they were given on their dates → counts in shares of `end`: multiplied by every split in between."""
    factor = pd.Series(1.0, index=counts.index)
    for day, ratio in splits[(splits > 0) & (splits.index <= end)].items():
        factor[counts.index < day] *= ratio
    return counts * factor


def adr_premium(adr_close: pd.Series, home_close: pd.Series, ratio: float, rate: pd.Series) -> pd.Series:
    """What an ADR costs above the shares it stands for, decimal, on the days that all three series hold.

    `ratio` is home shares a receipt (TSM: 5), `rate` units of the home currency for one of the ADR's.
    """
    both = pd.concat({"adr": adr_close, "home": home_close, "rate": rate}, axis=1).dropna()
    return both["adr"] * both["rate"] / (ratio * both["home"]) - 1


def _ask(symbol: str, start: pd.Timestamp, end: pd.Timestamp, session: Session[Any]) -> pd.Series:
    import json

    from curl_cffi.requests.exceptions import RequestException

    yf = _client()
    try:
        counts = yf.Ticker(symbol, session=session).get_shares_full(start=str(start.date()), end=str(end.date()))
    except (RequestException, OSError, json.JSONDecodeError, yf.exceptions.YFException, KeyError, IndexError) as error:
        raise SourceError(f"Yahoo gave no share counts of {symbol}: {error}") from None
    if counts is None or len(counts) == 0:
        raise SourceError(f"Yahoo gave no share counts of {symbol}")
    days = pd.DatetimeIndex(pd.to_datetime([stamp.date() for stamp in counts.index])).as_unit("ns")
    series = pd.Series(counts.to_numpy(dtype=float), index=days)
    return series[~series.index.duplicated(keep="last")]
