"""Share counts from the cover pages of filings: company facts of the SEC's EDGAR, with the minute of each filing."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from eventwindow.errors import Reason, SourceError
from eventwindow.prices.cache import Cache
from eventwindow.prices.keyed import RefusedError, get
from eventwindow.prices.retry import BusyError, Limits
from eventwindow.prices.share_counts import kept_splits, split_adjusted
from eventwindow.prices.yahoo import bounded_session

if TYPE_CHECKING:
    from curl_cffi.requests import Session

AGENT = "EVENTWINDOW_SEC_AGENT"  # the SEC asks who is asking: a name and an address of e-mail
TICKERS = "https://www.sec.gov/files/company_tickers.json"
FACTS = "https://data.sec.gov/api/xbrl/companyfacts/CIK{:010d}.json"
FILINGS = "https://data.sec.gov/submissions/CIK{:010d}.json"
PAUSE = 0.11  # seconds between requests: at most ten a second are allowed
COLUMNS = ["symbol", "as_of", "shares", "source", "known", "note", "address"]
FILING = "https://www.sec.gov/Archives/edgar/data/{}/{}/"


def agent() -> str:
    """Who asks, as the user gave it; "" where the SEC may not be asked."""
    given = os.environ.get(AGENT, "").strip()
    return given if "@" in given else ""


def edgar_share_counts(
    symbols: Iterable[str],
    start: pd.Timestamp,
    end: pd.Timestamp,
    *,
    cache: Cache | None = None,
    session: Session[Any] | None = None,
) -> pd.DataFrame:
    """Counts of cover pages in the form of the table `shares` (source "filing"), in shares of `end`.

    `known` is the moment at which the SEC accepted the filing (UTC). A company with several classes of shares states no
    single count: it has no row. No rows where `EVENTWINDOW_SEC_AGENT` names nobody. Raises SourceError where the SEC
    does not answer as it should.
    """
    who, limits = agent(), Limits(total=30.0)
    if not who:
        return pd.DataFrame(columns=COLUMNS)
    session = bounded_session(limits) if session is None else session

    def ask(address: str) -> Any:
        time.sleep(PAUSE)
        return get(session, "EDGAR", limits.request, address, {"User-Agent": who})

    try:
        numbers = {str(firm["ticker"]): int(firm["cik_str"]) for firm in ask(TICKERS).values()}
        parts = [_counts(symbol, numbers[symbol], ask) for symbol in symbols if symbol in numbers]
    except (BusyError, RefusedError) as error:
        raise SourceError(error.reason) from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SourceError(Reason("answer_form_of", source="EDGAR", why=type(error).__name__)) from None
    cache = Cache() if cache is None else cache
    found = [_restated(part, cache, start, end) for part in parts if len(part)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=COLUMNS)


def _restated(counts: pd.DataFrame, cache: Cache, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """Those dated from `start` to `end`, in shares of `end`."""
    splits = kept_splits(str(counts["symbol"].iloc[0]), cache)
    counts = counts[(counts["as_of"] >= start) & (counts["as_of"] <= end)]
    return counts.assign(shares=split_adjusted(counts.set_index("as_of")["shares"], splits, end).to_numpy())


def _counts(symbol: str, number: int, ask: Any) -> pd.DataFrame:
    """One company's counts, the last filing of a day."""
    try:
        facts = ask(FACTS.format(number))["facts"]["dei"]["EntityCommonStockSharesOutstanding"]["units"]["shares"]
    except (RefusedError, KeyError):
        return pd.DataFrame(columns=COLUMNS)
    recent = ask(FILINGS.format(number))["filings"]["recent"]
    accepted: Mapping[str, str] = dict(zip(recent["accessionNumber"], recent["acceptanceDateTime"], strict=True))
    rows = [
        {
            "symbol": symbol,
            "as_of": pd.Timestamp(fact["end"]),
            "shares": float(fact["val"]),
            "source": "filing",
            "known": pd.Timestamp(accepted.get(fact["accn"], fact["filed"])).strftime("%Y-%m-%dT%H:%MZ"),
            "note": f"SEC EDGAR, {fact['form']} {fact['accn']}",
            "address": FILING.format(number, fact["accn"].replace("-", "")),
        }
        for fact in facts
    ]
    table = pd.DataFrame(rows, columns=COLUMNS).sort_values(["as_of", "known"])
    return table.drop_duplicates("as_of", keep="last", ignore_index=True)
